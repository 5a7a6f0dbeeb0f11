//! Several selected parts: how many, which, and what can be done with all of them.

use session::hud::Group;
use session::{Line, Message};
use yew::prelude::*;

use crate::app::Page;
use crate::widget::{button, g20, glyph, icon_button, text};

/// The panel; `close` stands in for the way to select nothing.
#[inline(never)]
pub(super) fn group(page: &Page, group: &Group, close: Option<Html>) -> Html {
    let store = &page.store;
    let action = |label: &'static str, message: Message| {
        html! { <li>{ button("btn line", label, store.sends(message)) }</li> }
    };
    html! {
        <>
            <div class="who">
                { g20("inspect") }<h2>{ text(&group.words) }</h2><span class="sp" />
                { close.unwrap_or_else(|| {
                    icon_button("Select nothing", "close", store.sends(Message::SelectNone))
                }) }
            </div>
            <div class="body" tabindex="0" role="group" aria-label="About the selected parts">
                <ul class="calls">
                    { action("Put into a row", Message::Align(Line::Row)) }
                    { action("Put into a column", Message::Align(Line::Column)) }
                    { action("Duplicate", Message::Duplicate) }
                    { action("Copy", Message::Copy) }
                    { action("Delete", Message::Delete) }
                </ul>
                <div class="hr" />
                <ul class="choices selected">
                    { for group.parts.iter().map(|part| html! {
                        <li key={part.node.0}>
                            <button type="button"
                                onclick={store.sends(Message::SelectNode(part.node, false))}>
                                { glyph(part.glyph) }<b class="b">{ text(&part.name) }</b>
                                <span class="muted">{ part.title }</span>
                            </button>
                        </li>
                    }) }
                </ul>
            </div>
        </>
    }
}
