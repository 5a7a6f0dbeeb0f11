//! The top bar: brand, title, undo and redo, examples, search, problems, share, theme, help.

use session::Message;
use yew::prelude::*;

use super::Props;
use crate::dom;
use crate::files;
use crate::store::Store;
use crate::ui::{Dialog, Wanted, theme_of};
use crate::widget::{glyph, icon_button, use_store};

/// The bar.
#[component]
pub(crate) fn TopBar(props: &Props) -> Html {
    let store = use_store();
    let hud = &props.hud;
    let open = |dialog: Dialog| store.changes(move |ui| ui.dialog = Some(dialog.clone()));
    html! {
        <header class="top">
            <h1 class="brand">{ glyph("brand") }<span class="only-brand">{ "Rivulet" }</span></h1>
            <Title title={AttrValue::from(hud.title.to_string())} />
            <TitleMenu />
            <span class="rule" />
            { history(&store, "undo", "Undo", hud.undo.as_deref(), Message::Undo) }
            { history(&store, "redo", "Redo", hud.redo.as_deref(), Message::Redo) }
            <span class="rule" />
            <button class="btn" type="button" onclick={open(Dialog::Examples)}>
                { "Templates" }
            </button>
            <button class="btn" type="button" onclick={open(Dialog::OwnData)}>
                { "Your data" }
            </button>
            <button class="btn cmdk" type="button" onclick={open(Dialog::Command)}>
                { glyph("search") }{ "Search or run" }<kbd>{ "⌘ K" }</kbd>
            </button>
            <span class="sp" />
            { totals(props) }
            { problems(props, open(Dialog::Problems)) }
            <button class="btn solid" type="button" onclick={open(Dialog::Share)}>
                { glyph("share") }{ "Share" }
            </button>
            { theme_button(&store, props.ui.wanted) }
            { icon_button("Help", "help", open(Dialog::Help)) }
        </header>
    }
}

fn history(store: &Store, name: &str, word: &str, step: Option<&str>, message: Message) -> Html {
    let label = step.map_or_else(|| word.to_owned(), |step| format!("{word}: {step}"));
    html! {
        <button class="btn icon" type="button" aria-label={label.clone()} title={label}
            disabled={step.is_none()} onclick={store.sends(message)}>{ glyph(name) }</button>
    }
}

fn totals(props: &Props) -> Html {
    let lost: u64 = props.hud.totals.iter().filter(|row| row.2).map(|row| row.1).sum();
    let words: Vec<String> = props
        .hud
        .totals
        .iter()
        .map(|(label, records, _)| format!("{label} {}", base::units::grouped(*records)))
        .collect();
    let class = classes!("stat", "only-wide", (lost > 0).then_some("bad"));
    html! {
        <span {class} title={words.join(", ")}>
            <span class="muted">{ "Lost" }</span><b>{ base::units::count_text(lost) }</b>
        </span>
    }
}

fn problems(props: &Props, onclick: Callback<MouseEvent>) -> Html {
    let count = props.hud.problems.len();
    let words = match count {
        0 => "No problems".to_owned(),
        1 => "1 problem".to_owned(),
        _ => format!("{count} problems"),
    };
    html! {
        <button class={classes!("stat", (count > 0).then_some("bad"))} type="button" {onclick}>
            { glyph(if count > 0 { "kill" } else { "check" }) }<b>{ words }</b>
        </button>
    }
}

/// System, light, dark, and around again.
pub(super) fn theme_button(store: &Store, wanted: Wanted) -> Html {
    let (next, now, name, word) = match wanted {
        Wanted::System => (Wanted::Light, "as the system", "moon", "light"),
        Wanted::Light => (Wanted::Dark, "light", "moon", "dark"),
        Wanted::Dark => (Wanted::System, "dark", "sun", "system"),
    };
    let keeper = store.clone();
    let onclick = Callback::from(move |_event: MouseEvent| {
        keeper.local.keep_theme(word);
        keeper.ui(move |ui| {
            ui.wanted = next;
            ui.theme = theme_of(next);
        });
    });
    icon_button(format!("Theme: {now}. Switch to {word}"), name, onclick)
}

#[derive(Properties, PartialEq)]
struct TitleProps {
    title: AttrValue,
}

#[component]
fn Title(props: &TitleProps) -> Html {
    let store = use_store();
    let onchange = Callback::from(move |event: Event| {
        store.send(Message::SetTitle(dom::value_of(&event)));
    });
    let size = props.title.chars().count().clamp(8, 32).to_string();
    html! {
        <input class="btn title" aria-label="Title" value={props.title.clone()} {onchange} {size}
            autocomplete="off" spellcheck="false" />
    }
}

/// New, open, download, examples: a native menu of buttons.
#[component]
pub(super) fn TitleMenu() -> Html {
    let store = use_store();
    let shown = use_state(|| false);
    let toggle = {
        let shown = shown.clone();
        Callback::from(move |_event: MouseEvent| shown.set(!*shown))
    };
    let chosen = {
        let shown = shown.clone();
        Callback::from(move |_event: MouseEvent| shown.set(false))
    };
    let hide = {
        let shown = shown.clone();
        Callback::from(move |event: FocusEvent| {
            let menu = event
                .current_target()
                .and_then(|it| wasm_bindgen::JsCast::dyn_into::<web_sys::Node>(it).ok());
            let next = event
                .related_target()
                .and_then(|it| wasm_bindgen::JsCast::dyn_into::<web_sys::Node>(it).ok());
            if !menu.is_some_and(|menu| menu.contains(next.as_ref())) {
                shown.set(false);
            }
        })
    };
    let picker = use_node_ref();
    let pick = {
        let picker = picker.clone();
        Callback::from(move |_event: MouseEvent| {
            if let Some(input) = picker.cast::<web_sys::HtmlInputElement>() {
                input.click();
            }
        })
    };
    let opened = store.clone();
    let onchange = Callback::from(move |event: Event| {
        let input: Option<web_sys::HtmlInputElement> = event.target_dyn_into();
        if let Some(file) = input.and_then(|it| it.files()).and_then(|files| files.get(0)) {
            let store = opened.clone();
            files::read(file, move |_name, bytes| {
                store.send(Message::OpenFile(bytes));
                store.send(Message::Fit);
            });
        }
    });
    let saved = store.clone();
    let download = Callback::from(move |_event: MouseEvent| download_file(&saved));
    html! {
        <span class="menu-of" onfocusout={hide}>
            <button class="btn icon" type="button" aria-label="Scenario menu" aria-haspopup="true"
                aria-expanded={shown.to_string()} onclick={toggle}>
                <span class="caret-box">{ glyph("caret") }</span>
            </button>
            <input ref={picker} type="file" accept=".json,application/json" hidden=true
                {onchange} />
            if *shown {
                <div class="menu" role="group" aria-label="Scenario" onclick={chosen}>
                    <button type="button" onclick={store.sends(Message::New)}>{ "New" }</button>
                    <button type="button" onclick={pick}>{ "Open file…" }</button>
                    <button type="button" onclick={download}>{ "Download file" }</button>
                    <button type="button" onclick={store.changes(|ui| {
                        ui.dialog = Some(Dialog::Examples);
                    })}>{ "Examples…" }</button>
                </div>
            }
        </span>
    }
}

/// Saves the scenario as a file people can read.
pub(super) fn download_file(store: &Store) {
    let document = store.document();
    let text = scenario::format::save_pretty(&document);
    let name = files::file_name(&document.title, "json");
    files::download(&name, "application/json", text.as_bytes());
}
