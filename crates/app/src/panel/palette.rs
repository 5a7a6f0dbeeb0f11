//! The palette: parts by group, a search field, and faults for the selected part.

use scenario::kind::Group;
use session::Message;
use yew::prelude::*;

use super::parts::{self, FAULT_MICROS, FAULTS, GENERAL_FAULTS, GROUPS, Part};
use crate::app::Page;
use crate::dom;
use crate::store::Store;
use crate::widget::{glyph, truth};

/// Click adds beside the selection, dragging places.
pub(crate) fn palette(page: &Page) -> Html {
    let store = &page.store;
    let searched = store.clone();
    let oninput = Callback::from(move |event: InputEvent| {
        let text = dom::value_of(&event);
        searched.ui(move |ui| ui.find = text);
    });
    html! {
        <aside class="pal" aria-label="Parts" id="palette">
            <label class="field find">
                { glyph("search") }
                <input type="search" aria-label="Find a part" placeholder="Find a part"
                    value={page.ui.find.clone()} {oninput} />
                <kbd>{ "A" }</kbd>
            </label>
            <div class="parts">
                { for sections(store, &page.ui.find, true) }
                { faults(page) }
            </div>
            <footer>
                <b>{ format!("Limits of {}", page.hud.limits) }</b>
                { format!(" · seed {}", page.hud.seed) }<br />
                { "Not affiliated with AWS" }
            </footer>
        </aside>
    }
}

/// The parts that fit a search, by group; on glass nothing is dragged.
pub(super) fn sections(store: &Store, search: &str, draggable: bool) -> Vec<Html> {
    let mut parts = parts::all();
    parts.retain(|part| part.rank(search).is_some());
    let section = |(group, title): &(Group, &'static str)| {
        let mut found = parts.iter().filter(|part| part.group == *group).peekable();
        found.peek()?;
        Some(html! {
            <section key={*title}>
                <h2>{ title }</h2>
                <div class="grid2">{ for found.map(|it| part(store, it, draggable)) }</div>
            </section>
        })
    };
    GROUPS.iter().filter_map(section).collect()
}

fn part(store: &Store, part: &Part, draggable: bool) -> Html {
    let word = part.word();
    let ondragstart = Callback::from(move |event: DragEvent| {
        if let Some(data) = event.data_transfer() {
            dom::quiet(data.set_data("text/rivulet-part", word));
            dom::quiet(data.set_data("text/plain", word));
        }
    });
    html! {
        <button class="part" type="button" key={part.title.to_string()} title={part.about}
            draggable={truth(draggable)} data-part={part.kind} {ondragstart}
            onclick={store.sends(part.place(None, true))}>
            { glyph(part.glyph) }<span>{ &part.title }</span>
        </button>
    }
}

/// Faults the selected part understands; without a selection the general ones, switched off, so
/// that everybody sees what there is.
pub(super) fn faults(page: &Page) -> Html {
    let store = &page.store;
    let inspector = page.hud.inspector.as_deref();
    let title =
        inspector.map_or_else(|| "Faults".to_owned(), |it| format!("Faults on {}", it.name));
    html! {
        <section key="faults">
            <h2>{ title }</h2>
            <div class="grid2">
                { for FAULTS.iter().enumerate().filter_map(|(at, (name, label, kind))| {
                    let understood = inspector
                        .filter(|it| it.faults.iter().any(|word| **word == *kind.word()));
                    if understood.is_none() && (inspector.is_some() || at >= GENERAL_FAULTS) {
                        return None;
                    }
                    let onclick = understood.map(|it| {
                        let (node, kind) = (it.node, *kind);
                        store.sends(Message::Fault { node, kind, micros: FAULT_MICROS })
                    });
                    Some(html! {
                        <button class="part fault" type="button" disabled={understood.is_none()}
                            title={*label} {onclick}>{ glyph(name) }<span>{ label }</span></button>
                    })
                }) }
            </div>
        </section>
    }
}
