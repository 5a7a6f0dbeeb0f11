//! The top bar: brand, title, undo and redo, templates, search, problems, share, theme, help.

use session::Message;
use wasm_bindgen::JsCast as _;
use web_sys::{HtmlElement, Node};
use yew::prelude::*;

use super::{cost, more};
use crate::app::Page;
use crate::dom;
use crate::files;
use crate::store::Store;
use crate::ui::{Dialog, Layout, Wanted, theme_of};
use crate::widget::{Draft, button, draft, glyph, icon_button, named_button, truth};

/// The bar.
pub(crate) fn top_bar(page: &Page) -> Html {
    let store = &page.store;
    let hud = &page.hud;
    let narrow = page.ui.layout == Layout::Drawer;
    html! {
        <header class="top">
            <h1 class="brand">{ glyph("brand") }<span class="only-brand">{ "Rivulet" }</span></h1>
            { title(page) }
            { title_menu(page) }
            <span class="rule" />
            { history(store, "undo", "Undo", hud.undo.as_deref(), Message::Undo) }
            { history(store, "redo", "Redo", hud.redo.as_deref(), Message::Redo) }
            <span class="rule" />
            if !narrow {
                { button("btn", "Templates", store.opens(Dialog::Examples)) }
                { button("btn", "Your data", store.opens(Dialog::OwnData)) }
            }
            <button class="btn cmdk" type="button" onclick={store.opens(Dialog::Command)}>
                { glyph("search") }{ "Search or run" }<kbd>{ "⌘ K" }</kbd>
            </button>
            <span class="sp" />
            { cost::stat(page) }
            { totals(page) }
            { problems(page, store.opens(Dialog::Problems)) }
            <button class="btn solid" type="button" onclick={store.opens(Dialog::Share)}>
                { glyph("share") }{ "Share" }
            </button>
            if narrow {
                { more::menu(page) }
            } else {
                { theme_button(store, page.ui.wanted) }
                { icon_button("Help", "help", store.opens(Dialog::Help)) }
            }
        </header>
    }
}

pub(super) fn history(
    store: &Store,
    name: &str,
    word: &str,
    step: Option<&str>,
    message: Message,
) -> Html {
    let label = step.map_or_else(|| word.to_owned(), |step| format!("{word}: {step}"));
    named_button(label.into(), name, store.sends(message), step.is_none())
}

fn totals(page: &Page) -> Html {
    let lost: u64 = page.hud.totals.iter().filter(|row| row.2).map(|row| row.1).sum();
    let words: Vec<String> = page
        .hud
        .totals
        .iter()
        .map(|(label, records, _)| format!("{label} {}", base::units::grouped(*records)))
        .collect();
    let class = classes!("stat", "only-wide", (lost > 0).then_some("bad"));
    html! {
        <button {class} type="button" title={words.join(", ")}
            onclick={page.store.opens(Dialog::Problems)}>
            <span class="muted">{ "Lost" }</span><b>{ base::units::count_text(lost) }</b>
        </button>
    }
}

/// How many problems there are.
pub(super) fn problem_words(page: &Page) -> String {
    match page.hud.problem_count {
        0 => "No problems".to_owned(),
        1 => "1 problem".to_owned(),
        count => format!("{count} problems"),
    }
}

fn problems(page: &Page, onclick: Callback<MouseEvent>) -> Html {
    let count = page.hud.problem_count;
    let words = problem_words(page);
    let class = classes!("stat", "findings", (count > 0).then_some("bad"));
    html! {
        <button {class} type="button" title={words.clone()} {onclick}>
            { glyph(if count > 0 { "kill" } else { "check" }) }<b>{ words }</b>
        </button>
    }
}

/// System, light, dark, and around again.
fn theme_button(store: &Store, wanted: Wanted) -> Html {
    let (next, now, word) = after_theme(wanted);
    let name = if wanted == Wanted::Dark { "sun" } else { "moon" };
    icon_button(format!("Theme: {now}. Switch to {word}"), name, switches(store, next, word))
}

/// The theme that follows, the words for this one and the word for that.
pub(super) fn after_theme(wanted: Wanted) -> (Wanted, &'static str, &'static str) {
    match wanted {
        Wanted::System => (Wanted::Light, "as the system", "light"),
        Wanted::Light => (Wanted::Dark, "light", "dark"),
        Wanted::Dark => (Wanted::System, "dark", "system"),
    }
}

pub(super) fn switches(store: &Store, next: Wanted, word: &'static str) -> Callback<MouseEvent> {
    store.does(move |store| {
        store.local.keep_theme(word);
        store.ui(move |ui| {
            ui.wanted = next;
            ui.theme = theme_of(next);
        });
    })
}

/// The title, to be written over.
pub(super) fn title(page: &Page) -> Html {
    let size = page.hud.title.chars().count().clamp(8, 32).to_string();
    let commit = |store: &Store, text: &str| store.send(Message::SetTitle(text.to_owned()));
    let Draft { value, oninput, onblur, onkeydown } =
        draft(page, "title".to_owned(), page.hud.title.to_string(), commit);
    html! {
        <input class="btn title" aria-label="Title" {size} autocomplete="off" spellcheck="false"
            {value} {oninput} {onblur} {onkeydown} />
    }
}

/// New, open, download, templates.
pub(super) fn title_menu(page: &Page) -> Html {
    let store = &page.store;
    let shown = page.ui.scenario_menu;
    html! {
        <span class="menu-of" onfocusout={hides(store)}>
            <button class="btn icon" type="button" aria-label="Scenario menu" aria-haspopup="true"
                aria-expanded={truth(shown)}
                onclick={store.changes(|ui| ui.scenario_menu = !ui.scenario_menu)}>
                <span class="caret-box">{ glyph("caret") }</span>
            </button>
            <input id="open-file" type="file" accept=".json,application/json" hidden=true
                onchange={picked(store)} />
            if shown {
                <div class="menu" role="group" aria-label="Scenario"
                    onclick={store.changes(|ui| ui.scenario_menu = false)}>
                    { button("", "New", store.closes(Message::New)) }
                    { button("", "Open file…", store.does(|_store| {
                        if let Some(input) = dom::find::<HtmlElement>("#open-file") {
                            input.click();
                        }
                    })) }
                    { button("", "Download file", store.does(download_file)) }
                    { button("", "Templates…", store.opens(Dialog::Examples)) }
                </div>
            }
        </span>
    }
}

/// The menu goes when the focus leaves it.
pub(super) fn hides(store: &Store) -> Callback<FocusEvent> {
    let store = store.clone();
    Callback::from(move |event: FocusEvent| {
        let menu = event.current_target().and_then(|it| it.dyn_into::<Node>().ok());
        let next = event.related_target().and_then(|it| it.dyn_into::<Node>().ok());
        if !menu.is_some_and(|menu| menu.contains(next.as_ref())) {
            store.ui(|ui| {
                ui.scenario_menu = false;
                ui.more_menu = false;
            });
        }
    })
}

/// Opens the file that was picked.
fn picked(store: &Store) -> Callback<Event> {
    let store = store.clone();
    Callback::from(move |event: Event| {
        let input: Option<web_sys::HtmlInputElement> = event.target_dyn_into();
        if let Some(file) = input.and_then(|it| it.files()).and_then(|files| files.get(0)) {
            let store = store.clone();
            files::read(file, move |_name, bytes| {
                store.send(Message::OpenFile(bytes));
                store.send(Message::Fit);
            });
        }
    })
}

/// Saves the scenario as a file people can read.
pub(super) fn download_file(store: &Store) {
    let document = store.document();
    let text = scenario::format::save_pretty(&document);
    let name = files::file_name(&document.title, "json");
    files::download(&name, "application/json", text.as_bytes());
}
