//! The inspector: settings, live metrics, records and explanations of the selected part.

use base::NodeId;
use session::Message;
use session::hud::{Inspector as Model, Tab};
use yew::prelude::*;

use super::group::group;
use super::{live, records, why};
use crate::app::Page;
use crate::dom;
use crate::store::Store;
use crate::ui::{Dialog, Layout};
use crate::widget::{self, Draft, button, choice, draft, g20, glyph, icon_button, text};

const TABS: [(Tab, &str); 4] = [
    (Tab::Settings, "Settings"),
    (Tab::Live, "Live"),
    (Tab::Records, "Records"),
    (Tab::Why, "Why"),
];

/// The column at the right.
pub(crate) fn inspector(page: &Page) -> Html {
    let store = &page.store;
    let close = (page.ui.layout == Layout::Drawer).then(|| {
        icon_button("Close the inspector", "close", store.changes(|ui| ui.drawer = false))
    });
    html! {
        <aside class="ins" aria-label="Inspector" id="inspector">
            { match (page.hud.inspector.as_deref(), page.hud.group.as_deref()) {
                (Some(model), _) => part(page, model, close),
                (None, Some(several)) => group(page, several, close),
                (None, None) => scenario(page, close),
            } }
        </aside>
    }
}

/// One part in full.
pub(super) fn part(page: &Page, model: &Model, close: Option<Html>) -> Html {
    let (store, node) = (&page.store, model.node);
    let Draft { value, oninput, onblur, onkeydown } =
        draft(page, format!("name-{}", node.0), model.name.to_string(), renames(node));
    let body = match model.tab {
        Tab::Settings => settings(page, model),
        Tab::Live => live::tab(page, model),
        Tab::Records => records::tab(page, model),
        Tab::Why => why::tab(model),
    };
    html! {
        <>
            <div class="who">
                { g20(&model.glyph) }
                <input class="name" aria-label="Name" key={node.0} autocomplete="off"
                    spellcheck="false" size={name_size(&model.name)} title={model.name.to_string()}
                    {value} {oninput} {onblur} {onkeydown} />
                <span class="muted md">{ text(&model.title) }</span>
                <span class="sp" />
                <span class="chip" title={model.about.to_string()}>
                    { text(&model.fidelity) }
                </span>
                { close.unwrap_or_else(|| {
                    icon_button("Select nothing", "close", store.sends(Message::SelectNone))
                }) }
            </div>
            <div class="tabs" role="tablist" aria-label="About this part">
                { for TABS.iter().map(|(tab, label)| tab_button(store, model, *tab, label)) }
            </div>
            <div class="body" role="tabpanel" aria-label="Details" tabindex="0"
                key={format!("{}{:?}", node.0, model.tab)}>{ body }</div>
        </>
    }
}

/// Letters a name has room for, so that the kind stands beside it.
fn name_size(name: &str) -> String {
    name.chars().count().clamp(4, 24).to_string()
}

/// Gives a part another name.
pub(super) fn renames(node: NodeId) -> impl Fn(&Store, &str) {
    move |store, name| store.send(Message::Rename(node, name.to_owned()))
}

fn tab_button(store: &Store, model: &Model, tab: Tab, label: &str) -> Html {
    let selected = model.tab == tab;
    let count = (tab == Tab::Why && model.why_count > 0).then_some(model.why_count);
    let more = if model.why_more { "+" } else { "" };
    let store_too = store.clone();
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        let at = TABS.iter().position(|(it, _)| *it == tab).unwrap_or(0);
        let to = match event.key().as_str() {
            "ArrowRight" => (at + 1) % TABS.len(),
            "ArrowLeft" => (at + TABS.len() - 1) % TABS.len(),
            _ => return,
        };
        store_too.send(Message::ShowTab(TABS[to].0));
        let chosen = "#inspector [role=tab][aria-selected=true]";
        gloo_timers::callback::Timeout::new(60, move || dom::focus(chosen)).forget();
    });
    let content = html! {
        <>{ label }if let Some(count) = count { <span class="n">{ count }{ more }</span> }</>
    };
    widget::tab(selected, content, store.sends(Message::ShowTab(tab)), Some(onkeydown))
}

fn settings(page: &Page, model: &Model) -> Html {
    let store = &page.store;
    let node = model.node;
    let mut section = "";
    let mut newest = model.why.iter().find(|card| !card.is_past);
    let rows = model.fields.iter().map(|row| {
        let heading = (row.field.section != section && !row.field.section.is_empty()).then(|| {
            let card = newest.take().map(why::card);
            html! { <>{ card }<h2 class="section">{ row.field.section }</h2></> }
        });
        section = row.field.section;
        html! { <key={row.field.key}>{ heading }{ widget::field(page, node, row) }</> }
    });
    html! {
        <>
            <p class="muted md about">{ text(&model.about) }</p>
            <div class="form">{ for rows }</div>
            { key_shards(model) }
            { heights(store, model) }
            { calls(store, model) }
            { wires(store, node, model) }
            { button("btn", "Delete this part", store.sends(Message::RemoveNode(node))) }
        </>
    }
}

/// Whether lanes are as high as their hash range is wide: of the picture, not of the stream.
fn heights(store: &Store, model: &Model) -> Html {
    let Some(is_on) = model.true_heights else { return Html::default() };
    let onclick = store.sends(Message::ToggleHeights);
    html! {
        <button class="btn line" type="button" aria-pressed={is_on.to_string()} {onclick}>
            { "Lane heights by hash range" }
        </button>
    }
}

/// Calls of the API that make sense for the part now.
pub(super) fn calls(store: &Store, model: &Model) -> Html {
    if model.calls.is_empty() {
        return Html::default();
    }
    html! {
        <>
            <div class="hr" />
            <div class="fl"><b>{ "Calls" }</b></div>
            <ul class="calls">
                { for model.calls.iter().map(|(label, operation, body)| {
                    let (operation, body) = (operation.clone(), body.clone());
                    let title = operation.clone();
                    let onclick = store.sends(Message::Api { operation, body });
                    html! {
                        <li key={label.to_string()}>
                            <button class="btn line" type="button" {title} {onclick}>
                                { text(label) }
                            </button>
                        </li>
                    }
                }) }
            </ul>
        </>
    }
}

/// How the keys of a producer fall on the shards.
fn key_shards(model: &Model) -> Html {
    if model.key_shards.is_empty() { Html::default() } else { key_bars(model) }
}

#[inline(never)]
fn key_bars(model: &Model) -> Html {
    html! {
        <>
            <div class="hr" />
            <div class="fl"><b>{ "Keys on shards" }</b></div>
            <ul class="bars">
                { for model.key_shards.iter().map(|(label, permille)| html! {
                    <li key={label.to_string()}>
                        <span>{ text(label) }</span>
                        <i style={format!("width:{}%", permille / 10)} />
                    </li>
                }) }
            </ul>
        </>
    }
}

/// Wires as a list: each can be removed, and legal new ones drawn, without a pointer.
pub(super) fn wires(store: &Store, node: NodeId, model: &Model) -> Html {
    let targets = model.targets.clone();
    let onchange = store.takes(move |store, at| {
        let at = at.parse::<usize>().ok();
        if let Some((_, from, to)) = at.and_then(|at| targets.get(at)) {
            store.send(Message::Connect(from.clone(), to.clone()));
        }
    });
    html! {
        <>
            <div class="hr" />
            <div class="fl"><b>{ "Wires" }</b></div>
            <ul class="wires">
                { for model.wires.iter().map(|(words, edge, _)| html! {
                    <li key={edge.0}>
                        <span>{ text(words) }</span>
                        { icon_button(format!("Remove the wire: {words}"), "cross",
                            store.sends(Message::Disconnect(*edge))) }
                    </li>
                }) }
            </ul>
            if !model.targets.is_empty() {
                <select class="field" aria-label="Connect to" {onchange}
                    key={format!("{}-{}", node.0, model.wires.len())}>
                    { choice(true, String::new(), "Connect to…".to_owned()) }
                    { for model.targets.iter().enumerate().map(|(at, (words, _, _))| {
                        choice(false, at.to_string(), words.to_string())
                    }) }
                </select>
            }
        </>
    }
}

/// The scenario itself, while nothing is selected.
pub(super) fn scenario(page: &Page, close: Option<Html>) -> Html {
    let (store, hud) = (&page.store, &page.hud);
    let Draft { value, oninput, onblur, onkeydown } =
        draft(page, "seed".to_owned(), hud.seed.to_string(), |store, text| {
            if let Ok(seed) = text.trim().parse() {
                store.send(Message::SetSeed(seed));
            }
        });
    html! {
        <>
            <div class="who">
                { g20("inspect") }<h2>{ "Scenario" }</h2><span class="sp" />{ close }
            </div>
            <div class="body" tabindex="0" role="group" aria-label="About the scenario">
                if !hud.about.is_empty() { <p class="about">{ text(&hud.about) }</p> }
                <div class="setting">
                    <label class="fl" for="seed">
                        { "Seed: the same seed gives the same run" }
                    </label>
                    <span class="field"><input id="seed" inputmode="numeric"
                        autocomplete="off" {value} {oninput} {onblur} {onkeydown} /></span>
                </div>
                <div class="hr" />
                <div class="fl"><b>{ "Where all records are" }</b></div>
                <dl class="sums">
                    { for hud.totals.iter().map(|(label, records, lost)| html! {
                        <div key={label.to_string()}
                            class={(*lost && *records > 0).then_some("bad")}>
                            <dt>{ text(label) }</dt>
                            <dd>{ base::units::grouped(*records) }</dd>
                        </div>
                    }) }
                </dl>
                <div class="hr" />
                <p class="muted md">
                    { "Select a part to see its settings, or add one from the palette." }
                </p>
                <button class="btn line" type="button"
                    onclick={store.opens(Dialog::Examples)}>
                    { glyph("lesson") }{ "Open a template" }
                </button>
            </div>
        </>
    }
}
