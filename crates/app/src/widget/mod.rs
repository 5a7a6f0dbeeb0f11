//! Building blocks of panels: glyphs, marks, dialogs, form fields, small charts.

mod chart;
mod dialog;
mod field;
mod glyph;
mod list_field;
mod mark;
mod slider;

pub(crate) use chart::{float, line, spark};
pub(crate) use dialog::Modal;
pub(crate) use field::FieldInput;
pub(crate) use glyph::{g20, glyph};
pub(crate) use mark::{mark, sign, sign_at};
pub(crate) use slider::{SpeedSlider, speed_text};

use yew::prelude::*;

use crate::store::Store;

/// The store that the page provides.
#[hook]
pub(crate) fn use_store() -> Store {
    use_context::<Store>().expect("the page provides a store")
}

/// A square button with a glyph and a name for those who do not see it.
pub(crate) fn icon_button(
    label: impl Into<AttrValue>,
    name: &str,
    onclick: Callback<MouseEvent>,
) -> Html {
    let label = label.into();
    html! {
        <button class="btn icon" type="button" aria-label={label.clone()} title={label} {onclick}>
            { glyph(name) }
        </button>
    }
}
