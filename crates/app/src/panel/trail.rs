//! CloudTrail: the calls of all parts, newest first; each opens to its event.

use session::Message;
use session::hud::TrailRow;
use yew::prelude::*;

use crate::app::Page;
use crate::widget::{segment, text};

/// The panel under the timeline.
#[inline(never)]
pub(super) fn trail(page: &Page) -> Html {
    let Some(trail) = page.hud.trail.as_deref() else { return Html::default() };
    let choice = |data: bool, label: &'static str| {
        segment(trail.data == data, label, page.store.sends(Message::ShowTrail(Some(data))))
    };
    html! {
        <div class="below" role="region" aria-label="CloudTrail" tabindex="0">
            <div class="bar">
                <span class="seg" role="group" aria-label="Events">
                    { choice(false, "Management events") }{ choice(true, "Data events") }
                </span>
                <span class="muted md">
                    { "The newest 200 calls of parts, as CloudTrail has them. Data events cost \
                       extra and are logged on choice." }
                </span>
            </div>
            if trail.rows.is_empty() {
                <p class="muted md">{ "No such call was answered yet." }</p>
            }
            <ul class="trail">{ for trail.rows.iter().map(row) }</ul>
        </div>
    }
}

fn row(row: &TrailRow) -> Html {
    html! {
        <li key={&*row.key}>
            <details>
                <summary>
                    <span class="num muted">{ text(&row.at) }</span>
                    <b class="b">{ text(&row.operation) }</b>
                    <span>{ text(&row.by) }{ " → " }{ text(&row.of) }</span>
                    <span class="bad code">{ text(&row.error) }</span>
                </summary>
                <pre class="code">{ text(&row.json) }</pre>
            </details>
        </li>
    }
}
