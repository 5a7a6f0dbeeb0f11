//! An object of a bucket: what it is, one page of it in the form that was asked for, and the way to
//! its bytes.

use session::hud::{Apart, Body, Libraries, ObjectView, Sheet};
use session::{Message, Pick};
use yew::prelude::*;

use super::banner::LIBRARIES_MISSING;
use crate::store::Store;
use crate::widget::{button, glyph, named_button, segment, text};

/// Facts, check, a page, download.
#[inline(never)]
pub(super) fn object_viewer(store: &Store, object: &Apart<ObjectView>) -> Html {
    let (words, passed) = &object.check;
    let encoding = match &*object.encoding {
        "" => String::new(),
        encoding => format!(" in {encoding}"),
    };
    html! {
        <div class="object">
            <p class="code">{ text(&object.key) }</p>
            <p>{ format!("{}{encoding}: ", object.format) }{ text(&object.facts) }</p>
            if object.libraries == Libraries::Ready {
                <p class={if *passed { "ok" } else { "bad" }}>
                    { glyph(if *passed { "check" } else { "cross" }) }
                    <span>{ text(words) }</span>
                </p>
            }
            <div class="row">
                <span class="seg" role="group" aria-label="Show as">
                    { for object.forms.iter().map(|form| {
                        let onclick = store.sends(Message::ShowObjectAs(*form));
                        segment(*form == object.form, form.label(), onclick)
                    }) }
                </span>
                <span class="sp" />
                { pager(store, object) }
                { button("btn line", "Download", store.sends(Message::Download(Pick::Open))) }
            </div>
            if object.libraries == Libraries::Ready {
                { body(object) }
            } else {
                { waits(store, object.libraries) }
            }
            if !object.note.is_empty() && object.libraries == Libraries::Ready {
                <p class="muted">{ text(&object.note) }</p>
            }
        </div>
    }
}

/// In place of a content that only the libraries can open.
fn waits(store: &Store, libraries: Libraries) -> Html {
    if libraries == Libraries::Coming {
        return html! { <p role="status">{ "Fetching what opens Parquet, ZIP and Snappy…" }</p> };
    }
    html! {
        <div class="caution" role="alert">
            { glyph("alert") }<span>{ LIBRARIES_MISSING }</span>
            { button("btn line", "Try again", store.sends(Message::FetchFormats)) }
        </div>
    }
}

fn body(object: &ObjectView) -> Html {
    match &object.body {
        Body::Text(words) => html! { <pre class="code" tabindex="0">{ text(words) }</pre> },
        Body::Lines(first, lines) => html! {
            <ol class="code lines" tabindex="0" start={first.to_string()}>
                { for lines.iter().map(|line| html! { <li>{ text(line) }</li> }) }
            </ol>
        },
        Body::Table(sheet) => table(sheet),
    }
}

/// Rows under the names of their columns.
pub(super) fn table(sheet: &Sheet) -> Html {
    html! {
        <div class="grid-box" tabindex="0" role="region" aria-label="Rows">
            <table class="grid">
                <thead><tr>
                    { for sheet.columns.iter().map(|name| html! {
                        <th scope="col">{ name.to_string() }</th>
                    }) }
                </tr></thead>
                <tbody>
                    { for sheet.rows.iter().map(|row| html! {
                        <tr>{ for row.iter().map(|cell| html! { <td>{ cell.clone() }</td> }) }</tr>
                    }) }
                </tbody>
            </table>
        </div>
    }
}

fn pager(store: &Store, object: &ObjectView) -> Html {
    if object.range.is_empty() {
        return Html::default();
    }
    let turn = |label: &'static str, name, page: Option<u32>| {
        let to = Message::TurnObject(page.unwrap_or(0));
        named_button(label.into(), name, store.sends(to), page.is_none())
    };
    html! {
        <span class="row pager">
            { turn("Page before", "left", object.turns.0) }
            <span class="num">{ text(&object.range) }</span>
            { turn("Page after", "right", object.turns.1) }
        </span>
    }
}
