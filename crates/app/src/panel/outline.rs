//! The outline: the pipeline as a list, in which everything can be done without a pointer.

use session::Message;
use session::hud::OutlineRow;
use yew::prelude::*;

use super::{inspector, parts};
use crate::app::Page;
use crate::widget::{Draft, button, choice, draft, glyph, icon_button, text, truth};

/// Parts with their state in words; the selected one with its wires.
#[inline(never)]
pub(crate) fn outline(page: &Page) -> Html {
    let store = &page.store;
    let add = store.takes(|store, at| {
        let at = at.parse::<usize>().ok();
        if let Some(part) = at.and_then(|at| parts::all().into_iter().nth(at)) {
            store.send(part.place(None, true));
        }
    });
    let count = page.hud.outline.len();
    html! {
        <section class="outline" aria-label="Outline" data-over="" id="outline">
            <header>
                <h2>{ "Outline" }</h2><span class="sp" />
                { icon_button("Close the outline", "close",
                    store.changes(|ui| ui.outline = false)) }
            </header>
            <select class="field" aria-label="Add a part" onchange={add}
                key={format!("add-{count}")}>
                { choice(true, String::new(), "Add a part…".to_owned()) }
                { for parts::all().iter().enumerate().map(|(at, part)| {
                    choice(false, at.to_string(), part.title.to_string())
                }) }
            </select>
            <ul>
                { for page.hud.outline.iter().map(|row| entry(page, row)) }
            </ul>
            if count == 0 { <p class="muted">{ "The canvas is empty." }</p> }
        </section>
    }
}

fn entry(page: &Page, row: &OutlineRow) -> Html {
    let (store, node) = (&page.store, row.node);
    let open = page.hud.inspector.as_deref().filter(|it| it.node == node);
    let class = classes!(row.selected.then_some("chosen"), row.invalid.then_some("invalid"));
    html! {
        <li key={node.0} {class}>
            <button type="button" class="entry" aria-pressed={truth(row.selected)}
                data-outline={row.name.to_string()}
                onclick={store.sends(Message::SelectNode(node, false))}>
                { glyph(&row.glyph) }
                <span><b class="b">{ text(&row.name) }</b>{ " " }
                    <span class="muted">{ text(&row.title) }</span>
                    <span class="words">{ text(&row.words) }</span></span>
            </button>
            if let Some(model) = open {
                { rename(page, row) }
                { inspector::wires(store, node, model) }
                { button("btn line", format!("Delete {}", row.name),
                    store.sends(Message::RemoveNode(node))) }
            }
        </li>
    }
}

fn rename(page: &Page, row: &OutlineRow) -> Html {
    let id = format!("rename-{}", row.node.0);
    let Draft { value, oninput, onblur, onkeydown } =
        draft(page, id.clone(), row.name.to_string(), inspector::renames(row.node));
    html! {
        <div class="setting">
            <label class="fl" for={id.clone()}>{ "Name" }</label>
            <span class="field">
                <input {id} {value} {oninput} {onblur} {onkeydown} />
            </span>
        </div>
    }
}
