//! The command palette: type a few letters, press Enter.

use scenario::link::Fragment;
use session::Message;
use yew::prelude::*;

use super::{Props, parts};
use crate::boot;
use crate::dom;
use crate::store::Store;
use crate::ui::{Dialog, Ui};
use crate::widget::use_store;

/// Something that can be run by its name.
struct Entry {
    label: String,
    run: Callback<()>,
}

/// Search field and list.
#[component]
pub(crate) fn Command(props: &Props) -> Html {
    let store = use_store();
    let search = use_state(String::new);
    let chosen = use_state(|| 0_usize);
    let found: Vec<Entry> = entries(&store, props)
        .into_iter()
        .filter(|entry| entry.label.to_lowercase().contains(&search.to_lowercase()))
        .take(12)
        .collect();
    let oninput = {
        let (search, chosen) = (search.clone(), chosen.clone());
        Callback::from(move |event: InputEvent| {
            search.set(dom::value_of(&event));
            chosen.set(0);
        })
    };
    let at = (*chosen).min(found.len().saturating_sub(1));
    let run: Vec<Callback<()>> = found.iter().map(|entry| entry.run.clone()).collect();
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        match event.key().as_str() {
            "ArrowDown" => chosen.set((at + 1).min(run.len().saturating_sub(1))),
            "ArrowUp" => chosen.set(at.saturating_sub(1)),
            "Enter" => run.get(at).into_iter().for_each(|run| run.emit(())),
            _ => return,
        }
        event.prevent_default();
    });
    html! {
        <>
            <input class="field search" aria-label="Search or run" autofocus=true
                placeholder="Search or run" {oninput} {onkeydown} autocomplete="off" />
            <ul class="choices">
                { for found.iter().enumerate().map(|(row, entry)| html! {
                    <li key={entry.label.clone()}>
                        <button type="button" class={(row == at).then_some("chosen")}
                            onclick={entry.run.reform(|_event: MouseEvent| ())}>
                            { &entry.label }
                        </button>
                    </li>
                }) }
            </ul>
            if found.is_empty() { <p class="muted">{ "Nothing is called like that." }</p> }
        </>
    }
}

fn entries(store: &Store, props: &Props) -> Vec<Entry> {
    let mut out = Vec::new();
    let commands = [
        ("Play or pause", Message::Toggle),
        ("Next event", Message::StepEvent),
        ("Step 1 second", Message::StepMicros(1_000_000)),
        ("Back to start", Message::Restart),
        ("Tidy: arrange left to right", Message::Tidy),
        ("Fit everything in sight", Message::Fit),
        ("Zoom to 100 %", Message::ZoomReset),
        ("Undo", Message::Undo),
        ("Redo", Message::Redo),
        ("Select all", Message::SelectAll),
        ("New scenario", Message::New),
    ];
    for (label, message) in commands {
        out.push(closing(store, label.to_owned(), move |store| store.send(message.clone())));
    }
    for part in parts::all() {
        let label = format!("Add {}", part.title);
        out.push(closing(store, label, move |store| store.send(part.place(None, true))));
    }
    for row in props.hud.outline.iter() {
        let node = row.node;
        let label = format!("Go to {} ({})", row.name, row.title);
        out.push(closing(store, label, move |store| {
            store.send(Message::SelectNode(node, false));
        }));
    }
    for example in props.ui.examples.iter() {
        let slug = example.slug.clone();
        out.push(closing(store, format!("Open {}", example.title), move |store| {
            let (store, slug) = (store.clone(), slug.clone());
            wasm_bindgen_futures::spawn_local(async move {
                boot::open_example(&store, &slug, &Fragment::default()).await;
            });
        }));
    }
    for (label, dialog) in [("Share", Dialog::Share), ("Help and keys", Dialog::Help)] {
        let store = store.clone();
        let run = Callback::from(move |()| {
            let dialog = dialog.clone();
            store.ui(move |ui: &mut Ui| ui.dialog = Some(dialog));
        });
        out.push(Entry { label: label.to_owned(), run });
    }
    out
}

fn closing(store: &Store, label: String, run: impl Fn(&Store) + 'static) -> Entry {
    let store = store.clone();
    let run = Callback::from(move |()| {
        store.ui(|ui| ui.dialog = None);
        run(&store);
    });
    Entry { label, run }
}
