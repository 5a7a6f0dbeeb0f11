//! Transport: restart, play, step, clock, speed.

use session::Message;
use session::hud::{Libraries, Transport as Model};
use yew::prelude::*;

use crate::app::Page;
use crate::store::Store;
use crate::widget::{button, glyph, icon_button, segment, speed_slider, speed_text, text};

/// The band under the diagram.
pub(super) fn transport(page: &Page) -> Html {
    let store = &page.store;
    let model = &page.hud.transport;
    html! {
        <div class="tr">
            <div class="keys">
                { icon_button("Back to start", "start", store.sends(Message::Restart)) }
                { play(store, model) }
                { icon_button("Next event", "next", store.sends(Message::StepEvent)) }
                { button("btn", "+1 s", store.sends(Message::StepMicros(1_000_000))) }
                { button("btn", "+1 min", store.sends(Message::StepMicros(60_000_000))) }
            </div>
            <div class="mid">
                { clock(model) }
                <div class="speed">
                    <span class="sm muted">{ "0.1×" }</span>
                    { speed_slider(store, model.speed_milli) }
                    <span class="sm muted">{ "1000×" }</span>
                    { speed_words(model) }
                </div>
            </div>
            <div class="end">
                { until(page) }
                { lens(store, page.ui.lens) }
            </div>
        </div>
    }
}

/// The only filled round button.
pub(super) fn play(store: &Store, model: &Model) -> Html {
    let (label, name) = if model.playing { ("Pause", "pause") } else { ("Play", "play") };
    html! {
        <button class="play" type="button" aria-label={label} title={label}
            disabled={!model.ready} onclick={store.sends(Message::Toggle)}>{ glyph(name) }</button>
    }
}

/// `10:04:31.250`.
pub(super) fn clock(model: &Model) -> Html {
    html! {
        <div class="clock num">{ text(&model.clock) }<i>{ text(&model.millis) }</i></div>
    }
}

/// `60×  1 s = 1 min`, or what the device manages of it.
pub(super) fn speed_words(model: &Model) -> Html {
    let words = match model.achieved_milli {
        Some(milli) => format!("running at {}", speed_text(milli)),
        None => model.speed_words.to_string(),
    };
    let class = if model.achieved_milli.is_some() { "warn" } else { "muted" };
    html! {
        <output aria-label="Speed in words">
            <b>{ speed_text(model.speed_milli) }</b>{ " " }
            <span {class}>{ words }</span>
        </output>
    }
}

fn until(page: &Page) -> Html {
    match (&page.hud.halted, page.hud.transport.ready) {
        (Some(words), _) => html! { <span class="warn md">{ words.to_string() }</span> },
        (None, _) if page.hud.transport.libraries == Libraries::Coming => {
            html! { <span class="muted md">{ "Fetching jq, Parquet, ZIP…" }</span> }
        }
        (None, false) => html! { <span class="muted md">{ "Mend the problems to run" }</span> },
        (None, true) => {
            html! { <span class="muted md">{ format!("seed {}", page.hud.seed) }</span> }
        }
    }
}

/// Charts by the second, or by the minute as CloudWatch shows them.
pub(super) fn lens(store: &Store, now: u32) -> Html {
    let choice = |secs: u32, label: &'static str| {
        let onclick = store.does(move |store| {
            store.send(Message::Lens(secs));
            store.ui(move |ui| ui.lens = secs);
        });
        segment(now == secs, label, onclick)
    };
    html! {
        <span class="seg" role="group" aria-label="CloudWatch lens" title="CloudWatch lens">
            { choice(1, "1 s") }{ choice(60, "1 min") }
        </span>
    }
}
