//! The context menu of the diagram: what a right click, a long press or Shift+F10 opens.

use session::{Fit, Message};
use yew::prelude::*;

use super::parts::{FAULT_MICROS, FAULTS};
use crate::app::Page;
use crate::dom;
use crate::ui::{Dialog, Ui};

/// Actions on the selection, or on the canvas.
pub(crate) fn context_menu(page: &Page) -> Html {
    let store = &page.store;
    let Some((x, y)) = page.ui.menu else { return Html::default() };
    let item = |label: String, message: Message| {
        let onclick = store.closes(message);
        html! { <button type="button" role="menuitem" {onclick}>{ label }</button> }
    };
    let closer = store.clone();
    let onkeydown = Callback::from(move |event: KeyboardEvent| match event.key().as_str() {
        "Escape" => {
            closer.ui(Ui::close);
            dom::focus("#stage .handle[tabindex='0']");
        }
        "ArrowDown" => step(&event, 1),
        "ArrowUp" => step(&event, -1),
        _ => {}
    });
    let leave = store.changes(Ui::close);
    let size = crate::stage::size();
    let left = f64::from(x).min(size.0 - 200.0).max(0.0);
    let top = f64::from(y).min(size.1 - 260.0).max(0.0);
    let faults = page.hud.inspector.as_deref();
    html! {
        <>
            <div class="scrim" data-over="" onclick={leave} />
            <div class="menu" id="context-menu" role="menu" data-over="" aria-label="Actions"
                style={format!("left:{left}px;top:{top}px")} {onkeydown}>
                if let Some(part) = faults {
                    { item(format!("Delete {}", part.name), Message::RemoveNode(part.node)) }
                    { item("Duplicate".to_owned(), Message::Duplicate) }
                    { item("Copy".to_owned(), Message::Copy) }
                    { for FAULTS.iter().filter(|(_, _, kind)| {
                        part.faults.iter().any(|word| **word == *kind.word())
                    }).map(|(_, label, kind)| {
                        let (node, kind) = (part.node, *kind);
                        let fault = Message::Fault { node, kind, micros: FAULT_MICROS };
                        item(format!("Fault for 30 s: {}", label.to_ascii_lowercase()), fault)
                    }) }
                    if !part.faults_running.is_empty() {
                        { item("End all faults".to_owned(), Message::ClearFaults(part.node)) }
                    }
                } else {
                    <button type="button" role="menuitem" onclick={store.does(move |store| {
                        store.ui(move |ui| {
                            ui.close();
                            let fit = Fit::Free;
                            ui.dialog = Some(Dialog::QuickAdd { at: Some((x, y)), fit });
                        });
                    })}>{ "Add a part…" }</button>
                    { item("Delete".to_owned(), Message::Delete) }
                    { item("Select all".to_owned(), Message::SelectAll) }
                    { item("Tidy".to_owned(), Message::Tidy) }
                    { item("Fit".to_owned(), Message::Fit) }
                }
            </div>
        </>
    }
}

/// Moves the focus to the next or previous item.
fn step(event: &KeyboardEvent, by: i32) {
    event.prevent_default();
    let Some(active) = dom::document().active_element() else { return };
    let next = match by {
        1 => active.next_element_sibling(),
        _ => active.previous_element_sibling(),
    };
    if let Some(next) =
        next.and_then(|it| wasm_bindgen::JsCast::dyn_into::<web_sys::HtmlElement>(it).ok())
    {
        dom::quiet(next.focus());
    }
}
