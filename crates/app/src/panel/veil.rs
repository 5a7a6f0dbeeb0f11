//! Over the diagram while it is not yet what was asked for: something is being opened, or the run
//! is on its way to a moment.

use yew::prelude::*;

use crate::app::Page;
use crate::widget::text;

/// One calm sentence.
pub(crate) fn veil(page: &Page) -> Html {
    let words = match &page.hud.transport.going {
        _ if page.ui.opening => html! { "Opening…" },
        Some(words) => text(words),
        None => return Html::default(),
    };
    html! { <div class="veil" role="status" data-over="">{ words }</div> }
}
