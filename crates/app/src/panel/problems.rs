//! Everything that is wrong, each with its place and a way out.

use base::Severity;
use session::Message;
use yew::prelude::*;

use crate::app::Page;
use crate::widget::{button, glyph, text};

/// A list; an entry about a part leads to it.
#[inline(never)]
pub(crate) fn problems(page: &Page) -> Html {
    let store = &page.store;
    if page.hud.problems.is_empty() {
        return html! { <p>{ "No problems: the scenario runs as it is." }</p> };
    }
    html! {
        <ul class="problems">
            { for page.hud.problems.iter().map(|problem| {
                let (class, name) = match problem.severity {
                    Severity::Error => ("bad", "kill"),
                    Severity::Warning => ("warn", "alert"),
                };
                let go = problem.node.map(|node| {
                    let show = store.closes(Message::SelectNode(node, false));
                    button("btn line", "Show", show)
                });
                html! {
                    <li>
                        <span {class}>{ glyph(name) }</span>
                        <div>
                            <p><b class="b">{ text(&problem.place) }</b>{ ": " }
                                { text(&problem.message) }</p>
                            <p class="muted md">{ text(&problem.help) }{ " " }
                                <span class="code">{ text(&problem.code) }</span></p>
                        </div>
                        { go }
                    </li>
                }
            }) }
        </ul>
    }
}
