//! The outline: the pipeline as a list, in which everything can be done without a pointer.

use session::Message;
use session::hud::OutlineRow;
use yew::prelude::*;

use super::{Props, inspector, parts};
use crate::dom;
use crate::store::Store;
use crate::widget::{glyph, icon_button, use_store};

/// Parts with their state in words; the selected one with its wires.
#[component]
pub(crate) fn Outline(props: &Props) -> Html {
    let store = use_store();
    let add = {
        let store = store.clone();
        Callback::from(move |event: Event| {
            let at = dom::value_of(&event).parse::<usize>().ok();
            if let Some(part) = at.and_then(|at| parts::all().into_iter().nth(at)) {
                store.send(part.place(None, true));
            }
        })
    };
    let count = props.hud.outline.len();
    html! {
        <section class="outline" aria-label="Outline" data-over="" id="outline">
            <header>
                <h2>{ "Outline" }</h2><span class="sp" />
                { icon_button("Close the outline", "close",
                    store.changes(|ui| ui.outline = false)) }
            </header>
            <select class="field" aria-label="Add a part" onchange={add}
                key={format!("add-{count}")}>
                <option value="" selected=true>{ "Add a part…" }</option>
                { for parts::all().iter().enumerate().map(|(at, part)| html! {
                    <option value={at.to_string()}>{ &part.title }</option>
                }) }
            </select>
            <ul>
                { for props.hud.outline.iter().map(|row| entry(&store, props, row)) }
            </ul>
            if count == 0 { <p class="muted">{ "The canvas is empty." }</p> }
        </section>
    }
}

fn entry(store: &Store, props: &Props, row: &OutlineRow) -> Html {
    let node = row.node;
    let open = props.hud.inspector.as_deref().filter(|it| it.node == node);
    let class = classes!(row.selected.then_some("chosen"), row.invalid.then_some("invalid"));
    html! {
        <li key={node.0} {class}>
            <button type="button" class="entry" aria-pressed={row.selected.to_string()}
                data-outline={row.name.to_string()}
                onclick={store.sends(Message::SelectNode(node, false))}>
                { glyph(&row.glyph) }
                <span><b class="b">{ row.name.to_string() }</b>{ " " }
                    <span class="muted">{ row.title.to_string() }</span>
                    <span class="words">{ row.words.to_string() }</span></span>
            </button>
            if let Some(model) = open {
                { rename(store, row) }
                { inspector::wires(store, node, model) }
                <button class="btn line" type="button"
                    onclick={store.sends(Message::RemoveNode(node))}>
                    { format!("Delete {}", row.name) }
                </button>
            }
        </li>
    }
}

fn rename(store: &Store, row: &OutlineRow) -> Html {
    let (store, node) = (store.clone(), row.node);
    let id = format!("rename-{}", node.0);
    let onchange = Callback::from(move |event: Event| {
        store.send(Message::Rename(node, dom::value_of(&event)));
    });
    html! {
        <div class="setting">
            <label class="fl" for={id.clone()}>{ "Name" }</label>
            <span class="field"><input {id} value={row.name.to_string()} {onchange} /></span>
        </div>
    }
}
