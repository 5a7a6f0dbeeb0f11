//! One transparent, focusable element over each card and port: name, focus ring, and what tests
//! click. They draw nothing.

use base::NodeId;
use session::Message;
use yew::prelude::*;

use crate::app::Page;
use crate::store::Store;
use crate::widget::truth;

/// Bytes of a name that the narrowest card shows.
const NAME_SHOWN: usize = 12;

/// Handles of all nodes, over the canvases and under the bars.
pub(crate) fn handles(page: &Page) -> Html {
    let store = &page.store;
    let rows = &page.hud.outline;
    let entry = rows.iter().position(|row| row.selected).unwrap_or(0);
    html! {
        <div class="handles" role="group" aria-label="Parts of the pipeline" tabindex={
            if rows.is_empty() { "0" } else { "-1" }
        }>
            { for rows.iter().enumerate().map(|(at, row)| handle(store, row, at == entry)) }
        </div>
    }
}

fn handle(store: &Store, row: &session::hud::OutlineRow, entry: bool) -> Html {
    let (x, y, w, h) = row.rect;
    let style = format!("left:{x}px;top:{y}px;width:{w}px;height:{h}px");
    let label = format!("{} {}. {}", row.title, row.name, row.words);
    let focus = select(store, row.node);
    // Cards cut long names.
    let title = (row.name.len() > NAME_SHOWN).then(|| row.name.to_string());
    html! {
        <div class="handle" key={row.node.0} role="button" {style}
            tabindex={if entry { "0" } else { "-1" }}
            aria-label={label} {title} aria-pressed={truth(row.selected)}
            data-id={row.node.0.to_string()} data-node={row.name.to_string()} onfocus={focus}>
            { for row.ports.iter().map(|(port, px, py)| html! {
                <span class="port" key={*port} data-port={format!("{}.{port}", row.name)}
                    style={format!("left:{}px;top:{}px", px - x, py - y)} />
            }) }
        </div>
    }
}

/// The focus selects when it comes by keyboard; a click selects through the stage.
fn select(store: &Store, node: NodeId) -> Callback<FocusEvent> {
    let store = store.clone();
    Callback::from(move |event: FocusEvent| {
        let target: Option<web_sys::Element> = event.target_dyn_into();
        let by_keys = target.is_some_and(|it| it.matches(":focus-visible").unwrap_or(false));
        let selected = store.hud().outline.iter().any(|row| row.node == node && row.selected);
        if by_keys && !selected {
            store.send(Message::SelectNode(node, false));
        }
    })
}
