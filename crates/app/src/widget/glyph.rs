//! Line glyphs of the scene, as SVG.

use yew::prelude::*;

/// A 16 px glyph.
pub(crate) fn glyph(name: &str) -> Html {
    sized(name, "g")
}

/// A 20 px glyph.
pub(crate) fn g20(name: &str) -> Html {
    sized(name, "g g20")
}

fn sized(name: &str, class: &'static str) -> Html {
    let paths = scene::glyph::path(name).split('|').map(|part| match part.strip_prefix('!') {
        Some(filled) => html! { <path class="f" d={filled.to_owned()} /> },
        None => html! { <path d={part.to_owned()} /> },
    });
    html! { <svg {class} viewBox="0 0 20 20" aria-hidden="true">{ for paths }</svg> }
}
