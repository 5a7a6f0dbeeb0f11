//! The page on a phone: a short top bar and a sheet with three detents and three tabs.

use session::Message;
use session::hud::Tab;
use yew::prelude::*;

use super::parts::{self, GROUPS};
use super::timeline::Rail;
use super::top_bar::{TitleMenu, theme_button};
use super::transport::{clock, lens, play, speed_words};
use super::{Props, inspector};
use crate::store::Store;
use crate::ui::{Detent, Dialog, Sheet};
use crate::widget::{SpeedSlider, glyph, icon_button, use_store};

/// Title, outline, share, theme.
#[component]
pub(crate) fn PhoneTop(props: &Props) -> Html {
    let store = use_store();
    html! {
        <header class="top">
            <span class="brand">{ glyph("brand") }</span>
            <h1 class="title">{ props.hud.title.to_string() }</h1>
            <TitleMenu />
            <span class="sp" />
            { icon_button("Outline", "outline", store.changes(|ui| ui.outline = !ui.outline)) }
            { icon_button("Share", "share", store.changes(|ui| ui.dialog = Some(Dialog::Share))) }
            { theme_button(&store, props.ui.wanted) }
        </header>
    }
}

const TABS: [(Sheet, &str, &str); 3] = [
    (Sheet::Run, "Run", "play"),
    (Sheet::Build, "Build", "build"),
    (Sheet::Inspect, "Inspect", "inspect"),
];

/// The sheet.
#[component]
pub(crate) fn PhoneSheet(props: &Props) -> Html {
    let store = use_store();
    let (next, label) = match props.ui.detent {
        Detent::Peek => (Detent::Half, "Sheet, lowered. Raise it"),
        Detent::Half => (Detent::Full, "Sheet, half open. Open it fully"),
        Detent::Full => (Detent::Peek, "Sheet, fully open. Lower it"),
    };
    let body = match props.ui.sheet {
        Sheet::Run => run(&store, props),
        Sheet::Build => build(&store),
        Sheet::Inspect => match props.hud.inspector.as_deref() {
            Some(model) => inspector::part(&store, model, None),
            None => html! { <p class="muted">{ "Tap a part to see its settings." }</p> },
        },
    };
    html! {
        <section class="sheet" aria-label="Controls" id="inspector">
            <button class="grab" type="button" aria-label={label}
                onclick={store.changes(move |ui| ui.detent = next)} />
            <div class="tabs" role="tablist" aria-label="Controls">
                { for TABS.iter().map(|(sheet, label, name)| {
                    let (sheet, selected) = (*sheet, props.ui.sheet == *sheet);
                    let onclick = store.changes(move |ui| {
                        ui.sheet = sheet;
                        if ui.detent == Detent::Peek { ui.detent = Detent::Half; }
                    });
                    html! {
                        <button type="button" role="tab" aria-selected={selected.to_string()}
                            {onclick}>{ glyph(name) }{ label }</button>
                    }
                }) }
            </div>
            <div class="in">{ body }</div>
        </section>
    }
}

fn run(store: &Store, props: &Props) -> Html {
    let hud = &props.hud;
    let model = &hud.transport;
    let problems = (!hud.problems.is_empty()).then(|| {
        let open = store.changes(|ui| ui.dialog = Some(Dialog::Problems));
        html! {
            <div class="alert">
                { glyph("kill") }{ hud.problems[0].message.to_string() }<span class="sp" />
                <button class="btn" type="button" onclick={open}>{ "Why?" }</button>
            </div>
        }
    });
    let alert = hud.alert.as_ref().map(|alert| {
        let (store, node) = (store.clone(), alert.node);
        let open = Callback::from(move |_: MouseEvent| {
            store.send(Message::SelectNode(node, false));
            store.send(Message::ShowTab(Tab::Why));
            store.ui(|ui| ui.sheet = Sheet::Inspect);
        });
        html! {
            <div class="alert">
                { glyph("kill") }<b>{ alert.words.to_string() }</b><span class="sp" />
                <button class="btn" type="button" onclick={open}>{ "Why?" }</button>
            </div>
        }
    });
    html! {
        <>
            { alert.or(problems) }
            <div class="row">{ clock(model) }<span class="sp" />{ speed_words(model) }</div>
            <div class="rail"><Rail marks={hud.marks.clone()} transport={model.clone()} /></div>
            <div class="ctl5">
                { icon_button("Back to start", "start", store.sends(Message::Restart)) }
                { play(store, model) }
                { icon_button("Next event", "next", store.sends(Message::StepEvent)) }
                <button class="btn big" type="button"
                    onclick={store.sends(Message::StepMicros(1_000_000))}>{ "+1 s" }</button>
            </div>
            <div class="row">
                <span class="sm muted">{ "0.1×" }</span>
                <SpeedSlider milli={model.speed_milli} />
                <span class="sm muted">{ "1000×" }</span>
            </div>
            <div class="row">
                <button class="btn line" type="button"
                    onclick={store.changes(|ui| ui.dialog = Some(Dialog::Examples))}>
                    { "Examples" }
                </button>
                { lens(store, props.ui.lens) }
            </div>
        </>
    }
}

fn build(store: &Store) -> Html {
    let parts = parts::all();
    let sections = GROUPS.iter().map(|(group, title)| {
        html! {
            <section key={*title}>
                <h2>{ title }</h2>
                <div class="grid2">
                    { for parts.iter().filter(|part| part.group == *group).map(|part| html! {
                        <button class="part" type="button" key={part.title.to_string()}
                            onclick={store.sends(part.place(None, true))}>
                            { glyph(part.glyph) }<span>{ &part.title }</span>
                        </button>
                    }) }
                </div>
            </section>
        }
    });
    html! { <>{ for sections }</> }
}
