//! Everything that is wrong, each with its place and a way out.

use base::Severity;
use session::Message;
use yew::prelude::*;

use super::Props;
use crate::widget::{glyph, use_store};

/// A list; an entry about a part leads to it.
#[component]
pub(crate) fn Problems(props: &Props) -> Html {
    let store = use_store();
    if props.hud.problems.is_empty() {
        return html! { <p>{ "No problems: the scenario runs as it is." }</p> };
    }
    html! {
        <ul class="problems">
            { for props.hud.problems.iter().map(|problem| {
                let (class, name) = match problem.severity {
                    Severity::Error => ("bad", "kill"),
                    Severity::Warning => ("warn", "alert"),
                };
                let go = problem.node.map(|node| {
                    let store = store.clone();
                    let onclick = Callback::from(move |_event: MouseEvent| {
                        store.ui(|ui| ui.dialog = None);
                        store.send(Message::SelectNode(node, false));
                    });
                    html! { <button class="btn line" type="button" {onclick}>{ "Show" }</button> }
                });
                html! {
                    <li>
                        <span {class}>{ glyph(name) }</span>
                        <div>
                            <p><b class="b">{ problem.place.to_string() }</b>{ ": " }
                                { problem.message.to_string() }</p>
                            <p class="muted md">{ problem.help.to_string() }{ " " }
                                <span class="code">{ problem.code.to_string() }</span></p>
                        </div>
                        { go }
                    </li>
                }
            }) }
        </ul>
    }
}
