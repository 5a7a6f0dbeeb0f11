//! Building blocks of panels: glyphs, marks, dialogs, form fields.

mod dialog;
mod draft;
mod field;
mod glyph;
mod list_field;
mod mark;
mod slider;

pub(crate) use dialog::modal;
pub(crate) use draft::{Draft, draft};
pub(crate) use field::field;
pub(crate) use glyph::{g20, glyph};
pub(crate) use mark::{mark, sign};
pub(crate) use slider::{speed_slider, speed_text};

use std::rc::Rc;

use yew::prelude::*;

/// Words of the HUD, shared instead of copied.
pub(crate) fn text(words: &Rc<str>) -> Html {
    AttrValue::from(words.clone()).into()
}

/// A square button with a glyph and a name for those who do not see it.
pub(crate) fn icon_button(
    label: impl Into<AttrValue>,
    name: &str,
    onclick: Callback<MouseEvent>,
) -> Html {
    named_button(label.into(), name, onclick, false)
}

/// The same, perhaps switched off.
pub(crate) fn named_button(
    label: AttrValue,
    name: &str,
    onclick: Callback<MouseEvent>,
    disabled: bool,
) -> Html {
    html! {
        <button class="btn icon" type="button" aria-label={label.clone()} title={label} {disabled}
            {onclick}>
            { glyph(name) }
        </button>
    }
}

/// A button with words; `class` says which: `btn`, `btn line`, `btn solid`, `btn big`.
pub(crate) fn button(
    class: &'static str,
    label: impl Into<AttrValue>,
    onclick: Callback<MouseEvent>,
) -> Html {
    word_button(class, label.into(), onclick)
}

fn word_button(class: &'static str, label: AttrValue, onclick: Callback<MouseEvent>) -> Html {
    html! { <button {class} type="button" {onclick}>{ label }</button> }
}

/// One of a few that exclude each other.
pub(crate) fn segment(on: bool, label: &'static str, onclick: Callback<MouseEvent>) -> Html {
    html! { <button type="button" aria-pressed={truth(on)} {onclick}>{ label }</button> }
}

/// An entry of a `select`.
pub(crate) fn choice(selected: bool, value: String, label: String) -> Html {
    html! { <option {value} {selected}>{ label }</option> }
}

/// A tab.
pub(crate) fn tab(
    selected: bool,
    content: Html,
    onclick: Callback<MouseEvent>,
    onkeydown: Option<Callback<KeyboardEvent>>,
) -> Html {
    let tabindex = if selected || onkeydown.is_none() { "0" } else { "-1" };
    html! {
        <button type="button" role="tab" aria-selected={truth(selected)} {tabindex} {onclick}
            {onkeydown}>{ content }</button>
    }
}

/// The word for an attribute that is either.
pub(crate) fn truth(yes: bool) -> &'static str {
    if yes { "true" } else { "false" }
}
