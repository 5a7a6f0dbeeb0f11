//! Everything that is wrong, each with its place and a way out.

use base::Severity;
use session::hud::{Problem, Tab};
use session::{Effect, Message};
use yew::prelude::*;

use crate::app::Page;
use crate::effects;
use crate::store::Store;
use crate::ui::Ui;
use crate::widget::{button, glyph, text};

/// A list; an entry about a part leads to it.
#[inline(never)]
pub(crate) fn problems(page: &Page) -> Html {
    let store = &page.store;
    let problems = store.problems();
    if problems.is_empty() {
        return html! { <p>{ "No problems: the scenario runs as it is." }</p> };
    }
    html! {
        <ul class="problems">
            { for problems.iter().map(|problem| {
                let (class, name) = match problem.severity {
                    Severity::Error => ("bad", "kill"),
                    Severity::Warning => ("warn", "alert"),
                };
                let go = leads(store, problem).map(|onclick| {
                    let word = if problem.tab == Tab::Why { "Why?" } else { "Show" };
                    button("btn line", word, onclick)
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

/// Selects the part and opens what tells more about the problem.
pub(super) fn leads(store: &Store, problem: &Problem) -> Option<Callback<MouseEvent>> {
    let (node, tab) = (problem.node?, problem.tab);
    Some(store.does(move |store| {
        store.ui(Ui::close);
        store.send(Message::SelectNode(node, false));
        store.send(Message::ShowTab(tab));
        effects::run(store, Effect::FocusInspector);
    }))
}
