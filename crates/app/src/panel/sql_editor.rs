//! The editor of a script, between the diagram and the time: what was typed goes to the session,
//! what the session says of it stands under the text and around it.

use std::rc::Rc;

use session::Message;
use session::hud::{Apart, CodeProblem, CodeState, CodeTemplate, CodeTwin, CodeView, Grade};
use yew::prelude::*;

use crate::app::Page;
use crate::code;
use crate::dom;
use crate::effects;
use crate::store::Store;
use crate::ui::CodeSide;
use crate::widget::{button, glyph, icon_button, segment, text};

/// The band; nothing while no editor is open.
pub(crate) fn sql_editor(page: &Page) -> Html {
    page.hud.code.as_ref().map(|view| band(page, view)).unwrap_or_default()
}

#[inline(never)]
fn band(page: &Page, view: &Apart<CodeView>) -> Html {
    html! {
        <section class="code-band" aria-label="Query" key={format!("code-{}", view.node.0)}>
            { bar(page, view) }
            <div class="code-panes">
                <div class="code-main">
                    if page.ui.code.missing {
                        { plain(&page.store, view) }
                    } else {
                        <div class="code-host" id="code-host" />
                    }
                    { problems(&page.store, view) }
                </div>
                { side(page, view) }
            </div>
        </section>
    }
}

fn bar(page: &Page, view: &Apart<CodeView>) -> Html {
    let store = &page.store;
    let (class, sign) = match view.state {
        CodeState::Applied => ("ok", "check"),
        CodeState::Waiting => ("muted", "play"),
        CodeState::Draft => ("bad", "alert"),
    };
    let choice = |side: CodeSide, label: &'static str| {
        let is_open = page.ui.code.side == side;
        let onclick =
            store.does(move |store| show(store, if is_open { CodeSide::None } else { side }));
        segment(is_open, label, onclick)
    };
    let run = store.does(|store| {
        code::tell(store);
        store.send(Message::CodeRun);
    });
    html! {
        <header class="code-bar">
            { glyph(&view.glyph) }
            <h2>{ text(&view.name) }</h2>
            <span class="chip">{ view.language }</span>
            <p class={classes!("state", class)} role="status">
                { glyph(sign) }<span>{ text(&view.words) }</span>
            </p>
            <span class="sp" />
            if view.state == CodeState::Waiting {
                { button("btn line", "Run now", run) }
            }
            <span class="seg" role="group" aria-label="Beside the query">
                { choice(CodeSide::Templates, "Query templates") }
                { choice(CodeSide::Twin, view.other) }
            </span>
            { icon_button("Close the editor", "close", store.does(close)) }
        </header>
    }
}

/// Opens the editor of a part.
#[inline(never)]
pub(crate) fn open(store: &Store, node: base::NodeId) {
    store.send(Message::CodeOpened(node));
    store.ui(|ui| {
        // The diagram keeps the room that charts would take.
        ui.charts_hidden = true;
        ui.code = crate::ui::CodePanel::default();
    });
}

fn close(store: &Store) {
    code::tell(store);
    store.send(Message::CodeClosed);
    gloo_timers::callback::Timeout::new(60, || dom::focus(".edit-query")).forget();
}

/// Shows something beside the text, or nothing.
fn show(store: &Store, side: CodeSide) {
    store.ui(move |ui| ui.code.side = side);
    store.send(Message::CodeTwin(side == CodeSide::Twin));
}

/// In place of an editor that could not be fetched: the same text, without colours.
fn plain(store: &Store, view: &Apart<CodeView>) -> Html {
    let (store, node) = (store.clone(), view.node);
    let oninput = Callback::from(move |event: InputEvent| {
        store.send(Message::CodeTyped(node, dom::value_of(&event)));
    });
    html! {
        <>
            <p class="muted md">
                { "The editor could not be fetched, so this one has no colours and completes \
                   nothing. What is wrong stands below all the same." }
            </p>
            <textarea class="code code-host" aria-label="Query" spellcheck="false"
                value={AttrValue::from(view.text.clone())} {oninput} />
        </>
    }
}

/// What is wrong, in the order of the text; each goes to its place.
fn problems(store: &Store, view: &Apart<CodeView>) -> Html {
    if view.problems.is_empty() {
        return Html::default();
    }
    html! {
        <ol class="code-problems" aria-label="Problems of the query">
            { for view.problems.iter().map(|it| problem(store, it)) }
        </ol>
    }
}

fn problem(store: &Store, it: &CodeProblem) -> Html {
    let at = it.units.0;
    let onclick = store.does(move |store| code::go(store, at));
    let (class, sign) = match it.grade {
        Grade::Error => ("bad", "kill"),
        Grade::Warning => ("warn", "alert"),
    };
    html! {
        <li>
            <button type="button" {onclick}>
                <span {class}>{ glyph(sign) }</span>
                <span class="code num">{ format!("{}:{}", it.line, it.column) }</span>
                <span><b class="b">{ text(&it.message) }</b>{ ". " }{ text(&it.help) }</span>
                <span class="code muted">{ it.code }</span>
            </button>
        </li>
    }
}

fn side(page: &Page, view: &Apart<CodeView>) -> Html {
    match page.ui.code.side {
        CodeSide::None => Html::default(),
        CodeSide::Templates => html! {
            <aside class="code-side" aria-label="Query templates" tabindex="0">
                <ul>
                    { for view.templates.iter().enumerate().map(|it| template(&page.store, it)) }
                </ul>
            </aside>
        },
        CodeSide::Twin => html! {
            <aside class="code-side" aria-label={view.other} tabindex="0">
                { view.twin.as_ref().map(|it| twin(&page.store, it)) }
            </aside>
        },
    }
}

fn template(store: &Store, (index, it): (usize, &CodeTemplate)) -> Html {
    let index = u32::try_from(index).unwrap_or(u32::MAX);
    let onclick = store.does(move |store| {
        code::tell(store);
        store.send(Message::CodeTemplate(index));
    });
    let lacks = !it.lacks.is_empty();
    html! {
        <li key={it.title}>
            <button class="template" type="button" disabled={lacks} {onclick}>
                <b class="b">{ it.title }</b>
                <span class="muted md">{ it.about }</span>
                if lacks { <span class="warn md">{ format!("Needs {}", it.lacks) }</span> }
            </button>
        </li>
    }
}

fn twin(store: &Store, it: &Rc<CodeTwin>) -> Html {
    let copied = it.text.clone();
    let copy = store.does(move |store| effects::copy_text(store, &copied));
    let beside = store.does(|store| {
        code::tell(store);
        store.send(Message::CodeBeside);
    });
    html! {
        <>
            if !it.text.is_empty() {
                <div class="row">
                    <b class="b">{ format!("The same in {}", it.language) }</b>
                    <span class="sp" />
                    { button("btn line", "Copy", copy) }
                    if !it.opens_as.is_empty() {
                        { button("btn line", format!("Add as {}", it.opens_as), beside) }
                    }
                </div>
                <pre class="code" tabindex="0" aria-label="Equivalent query">
                    { text(&it.text) }
                </pre>
            }
            <ul class="notes">
                { for it.notes.iter().map(|(line, words)| html! {
                    <li>
                        if *line > 0 {
                            <span class="code num muted">{ format!("Line {line}: ") }</span>
                        }
                        { text(words) }
                    </li>
                }) }
            </ul>
        </>
    }
}

/// The script in the inspector, to be read, and the way into the editor.
#[inline(never)]
pub(crate) fn preview(page: &Page, node: base::NodeId, label: &'static str, script: &str) -> Html {
    let is_open = page.hud.code.as_ref().is_some_and(|it| it.node == node);
    let onclick = page.store.does(move |store| open(store, node));
    html! {
        <>
            <span class="fl">{ label }</span>
            <pre class="code query" tabindex="0" aria-label={label}>
                { if script.trim().is_empty() { "-- no query yet" } else { script } }
            </pre>
            <button class="btn line edit-query" type="button" disabled={is_open} {onclick}>
                { "Edit query" }
            </button>
        </>
    }
}
