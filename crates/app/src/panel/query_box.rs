//! A query of rows, above them: a text, what is wrong with it at its place, the answer.

use session::Message;
use session::hud::{Apart, CodeProblem, Question};
use yew::prelude::*;

use super::object_viewer::table;
use crate::app::Page;
use crate::dom;
use crate::store::Store;
use crate::widget::{button, glyph, text};

/// The box; nothing for parts without rows.
#[inline(never)]
pub(super) fn query_box(page: &Page, question: Option<&Apart<Question>>) -> Html {
    let Some(question) = question else { return Html::default() };
    let field = AttrValue::from(format!("{}.query", question.node.0));
    let typed = page.ui.draft.as_ref().filter(|(of, _)| *of == field).map(|(_, text)| text);
    let value = AttrValue::from(typed.cloned().unwrap_or_else(|| question.text.to_string()));
    let store = page.store.clone();
    let oninput = Callback::from(move |event: InputEvent| {
        let (field, text) = (field.clone(), dom::value_of(&event));
        store.ui(move |ui| ui.draft = Some((field, text)));
    });
    let ask = asks(&page.store, question, value.clone());
    let run = ask.clone();
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
            event.prevent_default();
            ask.emit(());
        }
    });
    html! {
        <section class="query-box" aria-label="Query">
            <label class="fl" for="row-query">{ "SQL query" }</label>
            <textarea id="row-query" class="code" rows="3" spellcheck="false" autocomplete="off"
                {value} {oninput} {onkeydown} />
            <div class="row">
                { button("btn line", "Run query", run.reform(|_: MouseEvent| ())) }
                <span class="muted md">{ "Ctrl+Enter" }</span>
            </div>
            if !question.problems.is_empty() {
                <ol class="code-problems" role="alert">
                    { for question.problems.iter().map(problem) }
                </ol>
            }
            <p class="muted md" role="status">{ text(&question.words) }</p>
            if let Some(sheet) = &question.sheet {
                { table(sheet) }
            }
        </section>
    }
}

/// Asks what stands in the box.
fn asks(store: &Store, question: &Apart<Question>, value: AttrValue) -> Callback<()> {
    let (store, node) = (store.clone(), question.node);
    Callback::from(move |()| store.send(Message::AskRows(node, value.to_string())))
}

fn problem(it: &CodeProblem) -> Html {
    html! {
        <li>
            <p>
                <span class="bad">{ glyph("kill") }</span>
                <span class="code num">{ format!("{}:{}", it.line, it.column) }</span>
                <span><b class="b">{ text(&it.message) }</b>{ ". " }{ text(&it.help) }</span>
                <span class="code muted">{ it.code }</span>
            </p>
        </li>
    }
}
