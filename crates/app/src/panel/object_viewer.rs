//! An object of a bucket: as text, lines or JSON, with the read-as-lines check.

use std::rc::Rc;

use session::hud::ObjectView;
use yew::prelude::*;

use crate::app::Page;
use crate::files;
use crate::ui::Form;
use crate::widget::{button, glyph, segment, text};

/// Facts, check, content, download.
#[inline(never)]
pub(super) fn object_viewer(page: &Page, object: &Rc<ObjectView>) -> Html {
    let (store, form) = (&page.store, page.ui.inside.form);
    let saved = object.clone();
    let download = store.does(move |_store| {
        let name = saved.key.rsplit('/').next().unwrap_or("object");
        files::download(name, "application/octet-stream", &saved.content);
    });
    let pick = |which: Form, label: &'static str| {
        let onclick = store.does(move |store| store.ui(move |ui| ui.inside.form = which));
        segment(form == which, label, onclick)
    };
    let (words, passed) = &object.lines_check;
    let raw = (object.raw_bytes != object.bytes).then(|| {
        format!(", {} before {}", base::units::bytes_text(object.raw_bytes), object.encoding)
    });
    html! {
        <div class="object">
            <p class="code">{ text(&object.key) }</p>
            <p>{ format!("{}{}, {} records, sealed by {}", base::units::bytes_text(object.bytes),
                raw.unwrap_or_default(), base::units::grouped(object.records), object.reason) }</p>
            <p class={if *passed { "ok" } else { "bad" }}>
                { glyph(if *passed { "check" } else { "cross" }) }
                <span>{ text(words) }</span>
            </p>
            <div class="row">
                <span class="seg" role="group" aria-label="Show as">
                    { pick(Form::Text, "Text") }
                    { pick(Form::Lines, "Lines") }
                    { pick(Form::Json, "JSON") }
                </span>
                <span class="sp" />
                { button("btn line", "Download", download) }
            </div>
            { content(object, form) }
        </div>
    }
}

fn content(object: &ObjectView, form: Form) -> Html {
    match form {
        Form::Text => html! { <pre class="code" tabindex="0">{ text(&object.text) }</pre> },
        Form::Lines => html! {
            <ol class="code lines" tabindex="0">{ for object.lines.iter().map(|line| {
                html! { <li>{ text(line) }</li> }
            }) }</ol>
        },
        Form::Json if object.json.is_empty() => {
            html! { <p class="muted">{ "The content does not begin with a JSON document." }</p> }
        }
        Form::Json => html! { <pre class="code" tabindex="0">{ text(&object.json) }</pre> },
    }
}
