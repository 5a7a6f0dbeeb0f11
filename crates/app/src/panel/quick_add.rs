//! Quick add: type ahead over all parts; those a loose wire fits come first.

use yew::prelude::*;

use super::parts::{self, Part};
use crate::dom;
use crate::widget::{glyph, use_store};

#[derive(Properties, PartialEq)]
pub(crate) struct QuickProps {
    pub(crate) at: Option<(i32, i32)>,
    pub(crate) legal: Vec<String>,
}

/// Enter adds the first match.
#[component]
pub(crate) fn QuickAdd(props: &QuickProps) -> Html {
    let store = use_store();
    let search = use_state(String::new);
    let fits = |part: &Part| props.legal.iter().any(|kind| kind == part.kind);
    let mut found = parts::all();
    found.retain(|part| part.rank(&search).is_some());
    base::order::sort_by_key(&mut found[..], |part| (!fits(part), part.rank(&search)));
    let at = props.at.map(|(x, y)| (f64::from(x), f64::from(y)));
    let add = |part: &Part| {
        let (store, message) = (store.clone(), part.place(at, true));
        Callback::from(move |()| {
            store.ui(|ui| ui.dialog = None);
            store.send(message.clone());
        })
    };
    let first = found.first().map(add);
    let oninput = {
        let search = search.clone();
        Callback::from(move |event: InputEvent| search.set(dom::value_of(&event)))
    };
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        if event.key() == "Enter" {
            event.prevent_default();
            first.iter().for_each(|add| add.emit(()));
        }
    });
    html! {
        <>
            <input class="field search" aria-label="Find a part" placeholder="Find a part"
                autofocus=true {oninput} {onkeydown} autocomplete="off" />
            <ul class="choices">
                { for found.iter().map(|part| html! {
                    <li key={part.title.to_string()}>
                        <button type="button" onclick={add(part).reform(|_event: MouseEvent| ())}>
                            { glyph(part.glyph) }<b class="b">{ &part.title }</b>
                            <span class="muted">{ part.about }</span>
                        </button>
                    </li>
                }) }
            </ul>
        </>
    }
}
