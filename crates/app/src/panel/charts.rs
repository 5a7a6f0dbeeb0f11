//! Everything below the diagram: transport, timeline, chart strips on one time scale.

use session::Message;
use session::hud::Chart;
use yew::prelude::*;

use super::console::console;
use super::trail::trail;
use super::transport::transport;
use crate::app::Page;
use crate::dom;
use crate::store::Store;
use crate::ui::Below;
use crate::widget::{glyph, segment, sign, text};

/// What may stand under the timeline.
pub(super) const BELOW: [(Below, &str); 3] =
    [(Below::Charts, "Charts"), (Below::Console, "Console"), (Below::Trail, "CloudTrail")];

/// Shows a panel under the timeline.
pub(super) fn show(store: &Store, below: Below) {
    store.send(Message::ShowTrail((below == Below::Trail).then_some(false)));
    store.ui(move |ui| {
        ui.below = below;
        ui.charts_hidden = false;
    });
    if below == Below::Console {
        let focus = || dom::focus("#console .prompt input");
        gloo_timers::callback::Timeout::new(60, focus).forget();
    }
}

/// One button for each of them.
pub(super) fn choices(page: &Page) -> impl Iterator<Item = Html> {
    BELOW.iter().map(|(below, label)| {
        let onclick = page.store.does(move |store| show(store, *below));
        segment(page.ui.below == *below, label, onclick)
    })
}

/// The bottom bands.
pub(crate) fn bottom(page: &Page) -> Html {
    let hidden = page.ui.charts_hidden;
    let (label, name) = if hidden { ("Show panel", "caretup") } else { ("Hide panel", "caret") };
    html! {
        <section class="bot" aria-label="Time">
            { transport(page) }
            <div class="tl">
                <div class="cell h">
                    { for choices(page) }
                    <span class="sp" />
                    <button class="btn icon fold" type="button" aria-label={label}
                        onclick={page.store.changes(|ui| ui.charts_hidden = !ui.charts_hidden)}>
                        { glyph(name) }
                    </button>
                </div>
                <div class="plot">{ strip("rail".into()) }</div>
                <div class="cell e h evs">{ for counts(page) }</div>
            </div>
            if !hidden { { chosen(page) } }
        </section>
    }
}

/// What was chosen to stand under the timeline.
pub(super) fn chosen(page: &Page) -> Html {
    match page.ui.below {
        Below::Charts => page.hud.charts.iter().take(3).enumerate().map(row).collect(),
        Below::Console => console(page),
        Below::Trail => trail(page),
    }
}

/// A small canvas; `strips` paints it.
pub(super) fn strip(what: AttrValue) -> Html {
    html! { <canvas class="strip" data-draw={what} aria-hidden="true" /> }
}

fn row((at, chart): (usize, &Chart)) -> Html {
    html! {
        <div class="ch" key={format!("{}{}", chart.name, chart.of)}>
            <div class="cell">
                <span class="n1" title={chart.name.to_string()}>{ text(&chart.name) }</span>
                <span class="muted">{ text(&chart.of) }</span>
            </div>
            <div class="plot">{ strip(format!("chart {at}").into()) }</div>
            <div class="cell e vals">
                <b class={chart.bad.then_some("bad")}>{ text(&chart.value) }</b>
                <span class="muted">{ text(&chart.note) }</span>
            </div>
        </div>
    }
}

/// How often things happened, beside the rail.
pub(super) fn counts(page: &Page) -> impl Iterator<Item = Html> {
    let counts = page.hud.counts;
    let rows = [
        ("flush", counts.flushes),
        ("throttle", counts.throttled),
        ("reshard", counts.reshards),
        ("fault", counts.faults),
    ];
    rows.into_iter().filter(|(_, count)| *count > 0).map(|(name, count)| {
        let words = match count {
            0..10_000 => format!("{name} {}", base::units::grouped(count)),
            _ => format!("{name} {}.{} k", count / 1_000, count % 1_000 / 100),
        };
        html! { <span class="ev">{ sign(name) }{ words }</span> }
    })
}
