//! Quick add: type ahead over all parts. A loose wire leaves those it fits; beside a selected part
//! those come first that can be wired to it, and the others say that they stand alone.

use session::Fit;
use yew::prelude::*;

use super::parts::{self, Part};
use crate::app::Page;
use crate::dom;
use crate::widget::glyph;

/// Enter adds the first match.
#[inline(never)]
pub(crate) fn quick_add(page: &Page, at: Option<(i32, i32)>, fit: &Fit) -> Html {
    let store = &page.store;
    let fits = |part: &Part| match fit {
        Fit::Free => true,
        Fit::Wire(kinds) | Fit::Part(_, kinds) => kinds.iter().any(|kind| kind == part.kind),
    };
    let about = |part: &Part| match fit {
        Fit::Part(name, _) if !fits(part) => format!("Stands alone: it cannot be wired to {name}"),
        _ => part.about.to_owned(),
    };
    let mut found = parts::all();
    let search = &page.ui.inside.search;
    let is_wire = matches!(fit, Fit::Wire(_));
    found.retain(|part| part.rank(search).is_some() && (fits(part) || !is_wire));
    base::order::sort_by_key(&mut found[..], |part| (!fits(part), part.rank(search)));
    let at = at.map(|(x, y)| (f64::from(x), f64::from(y)));
    let searched = store.clone();
    let oninput = Callback::from(move |event: InputEvent| {
        let text = dom::value_of(&event);
        searched.ui(move |ui| ui.inside.search = text);
    });
    html! {
        <>
            <input class="field search" aria-label="Find a part" placeholder="Find a part"
                autofocus=true {oninput} onkeydown={dom::enter_clicks(".choices button")}
                autocomplete="off" />
            <ul class="choices">
                { for found.iter().map(|part| html! {
                    <li key={part.title.to_string()}>
                        <button type="button" onclick={store.closes(part.place(at, true))}>
                            { glyph(part.glyph) }<b class="b">{ &part.title }</b>
                            <span class="muted">{ about(part) }</span>
                        </button>
                    </li>
                }) }
            </ul>
            if found.is_empty() && is_wire {
                <p class="muted">{ "No part of this name can be wired from here." }</p>
            }
        </>
    }
}
