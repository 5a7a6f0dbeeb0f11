//! The palette: parts by group, a search field, and faults for the selected part.

use session::Message;
use yew::prelude::*;

use super::Props;
use super::parts::{self, FAULT_MICROS, FAULTS, GROUPS, Part};
use crate::dom;
use crate::store::Store;
use crate::widget::{glyph, use_store};

/// Click adds beside the selection, dragging places.
#[component]
pub(crate) fn Palette(props: &Props) -> Html {
    let store = use_store();
    let search = use_state(String::new);
    let oninput = {
        let search = search.clone();
        Callback::from(move |event: InputEvent| search.set(dom::value_of(&event)))
    };
    let parts = parts::all();
    html! {
        <aside class="pal" aria-label="Parts" id="palette">
            <label class="field find">
                { glyph("search") }
                <input type="search" aria-label="Find a part" placeholder="Find a part"
                    value={(*search).clone()} {oninput} />
                <kbd>{ "A" }</kbd>
            </label>
            <div class="parts">
                { for GROUPS.iter().map(|(group, title)| {
                    let found: Vec<&Part> = parts
                        .iter()
                        .filter(|part| part.group == *group && part.rank(&search).is_some())
                        .collect();
                    if found.is_empty() {
                        return Html::default();
                    }
                    html! {
                        <section key={*title}>
                            <h2>{ title }</h2>
                            <div class="grid2">
                                { for found.into_iter().map(|part| button(&store, part)) }
                            </div>
                        </section>
                    }
                }) }
                { faults(&store, props) }
            </div>
            <footer>
                <b>{ format!("Limits of {}", props.hud.limits) }</b>
                { format!(" · seed {}", props.hud.seed) }<br />
                { "Not affiliated with AWS" }
            </footer>
        </aside>
    }
}

fn button(store: &Store, part: &Part) -> Html {
    let message = part.place(None, true);
    let ondragstart = {
        let word = part.word();
        Callback::from(move |event: DragEvent| {
            if let Some(data) = event.data_transfer() {
                dom::quiet(data.set_data("text/rivulet-part", word));
                dom::quiet(data.set_data("text/plain", word));
            }
        })
    };
    html! {
        <button class="part" type="button" key={part.title.to_string()} title={part.about}
            draggable="true" data-part={part.kind} {ondragstart} onclick={store.sends(message)}>
            { glyph(part.glyph) }<span>{ &part.title }</span>
        </button>
    }
}

/// Faults the selected part understands; the others stay visible and switched off.
fn faults(store: &Store, props: &Props) -> Html {
    let inspector = props.hud.inspector.as_deref();
    let title =
        inspector.map_or_else(|| "Faults".to_owned(), |it| format!("Faults on {}", it.name));
    html! {
        <section key="faults">
            <h2>{ title }</h2>
            <div class="grid2">
                { for FAULTS.iter().map(|(name, label, kind)| {
                    let understood = inspector
                        .filter(|it| it.faults.iter().any(|word| **word == *kind.word()));
                    let onclick = understood.map(|it| {
                        let (node, kind) = (it.node, *kind);
                        store.sends(Message::Fault { node, kind, micros: FAULT_MICROS })
                    });
                    html! {
                        <button class="part fault" type="button" disabled={understood.is_none()}
                            {onclick}>{ glyph(name) }<span>{ label }</span></button>
                    }
                }) }
            </div>
        </section>
    }
}
