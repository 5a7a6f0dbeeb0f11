//! The command palette: type a few letters, press Enter.

use session::Message;
use yew::prelude::*;

use super::charts::{BELOW, show};
use super::examples::opens_example;
use super::parts;
use crate::app::Page;
use crate::dom;
use crate::ui::{Dialog, Ui};

/// Entries shown at most.
const SHOWN: usize = 12;

/// Something that can be run by its name.
type Entry = (String, Callback<MouseEvent>);

/// Search field and list.
#[inline(never)]
pub(crate) fn command(page: &Page) -> Html {
    let wanted = dom::lower(&page.ui.inside.search);
    let mut found = entries(page);
    found.retain(|(label, _)| dom::lower(label).contains(&wanted));
    found.truncate(SHOWN);
    let nothing = found.is_empty();
    let last = found.len().saturating_sub(1);
    let at = page.ui.inside.chosen.min(last);
    let store = page.store.clone();
    let oninput = Callback::from(move |event: InputEvent| {
        let text = dom::value_of(&event);
        store.ui(move |ui| {
            ui.inside.search = text;
            ui.inside.chosen = 0;
        });
    });
    let store = page.store.clone();
    let enter = dom::enter_clicks(".choices .chosen");
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        let to = match event.key().as_str() {
            "ArrowDown" => (at + 1).min(last),
            "ArrowUp" => at.saturating_sub(1),
            _ => return enter.emit(event),
        };
        event.prevent_default();
        store.ui(move |ui| ui.inside.chosen = to);
    });
    html! {
        <>
            <input class="field search" aria-label="Search or run" autofocus=true
                placeholder="Search or run" {oninput} {onkeydown} autocomplete="off" />
            <ul class="choices">
                { for found.into_iter().enumerate().map(|(row, (label, onclick))| html! {
                    <li key={label.clone()}>
                        <button type="button" class={(row == at).then_some("chosen")} {onclick}>
                            { label }
                        </button>
                    </li>
                }) }
            </ul>
            if nothing { <p class="muted">{ "Nothing is called like that." }</p> }
        </>
    }
}

fn entries(page: &Page) -> Vec<Entry> {
    let store = &page.store;
    let commands = [
        ("Play or pause", Message::Toggle),
        ("Next event", Message::StepEvent),
        ("Step 1 second", Message::StepMicros(1_000_000)),
        ("Back to start", Message::Restart),
        ("Tidy: arrange left to right", Message::Tidy),
        ("Fit everything in sight", Message::Fit),
        ("Zoom to 100 %", Message::ZoomReset),
        ("Lanes: as high as their hash range", Message::ToggleHeights),
        ("Undo", Message::Undo),
        ("Redo", Message::Redo),
        ("Select all", Message::SelectAll),
        ("New scenario", Message::New),
    ];
    let commands = commands.into_iter().map(|(label, it)| (label.to_owned(), it));
    let parts = parts::all();
    let parts = parts.iter().map(|it| (format!("Add {}", it.title), it.place(None, true)));
    let nodes = page.hud.outline.iter().map(|row| {
        (format!("Go to {} ({})", row.name, row.title), Message::SelectNode(row.node, false))
    });
    let sent = commands.chain(parts).chain(nodes);
    let mut out: Vec<Entry> = sent.map(|(label, message)| (label, store.closes(message))).collect();
    for example in page.ui.examples.iter() {
        out.push((format!("Open {}", example.title), opens_example(store, &example.slug)));
    }
    for (below, label) in BELOW {
        out.push((
            format!("Show {label}"),
            store.does(move |store| {
                show(store, below);
                store.ui(Ui::close);
            }),
        ));
    }
    out.push(("Problems".to_owned(), store.opens(Dialog::Problems)));
    out.push(("Templates".to_owned(), store.opens(Dialog::Examples)));
    out.push(("Cost".to_owned(), store.opens(Dialog::Cost)));
    out.push(("Share".to_owned(), store.opens(Dialog::Share)));
    out.push(("Help and keys".to_owned(), store.opens(Dialog::Help)));
    out
}
