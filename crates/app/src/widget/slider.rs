//! The speed: a logarithmic slider from 0.1× to 1000× with detents that snap.

use session::Message;
use yew::prelude::*;

use crate::dom;
use crate::store::Store;

/// The detents in thousandths.
const DETENTS: [u32; 12] =
    [100, 250, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 100_000, 300_000, 1_000_000];
/// Steps of the range input.
const STEPS: f64 = 400.0;
/// How near to a detent it snaps, in steps; 1× pulls harder.
const SNAP: f64 = 5.0;
const SNAP_ONE: f64 = 12.0;

/// The slider with its ticks.
pub(crate) fn speed_slider(store: &Store, milli: u32) -> Html {
    let sender = store.clone();
    let oninput = Callback::from(move |event: InputEvent| {
        if let Ok(steps) = dom::value_of(&event).parse::<u32>() {
            sender.send(Message::Speed(milli_of(f64::from(steps))));
        }
    });
    let store = store.clone();
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        let by = match event.key().as_str() {
            "ArrowLeft" | "ArrowDown" => -1,
            "ArrowRight" | "ArrowUp" => 1,
            _ => return,
        };
        event.prevent_default();
        store.send(Message::SpeedBy(by));
    });
    let at = steps_of(milli);
    html! {
        <span class="sl">
            <input type="range" min="0" max="400" value={whole(at).to_string()} {oninput}
                {onkeydown} aria-label="Speed" aria-valuetext={speed_text(milli)}
                style={format!("--at:{}", percent(at))} />
            <span class="ticks" aria-hidden="true">
                { for DETENTS.map(|milli| {
                    let left = format!("left:{}", percent(steps_of(milli)));
                    html! { <i style={left} class={(milli == 1_000).then_some("one")} /> }
                }) }
            </span>
        </span>
    }
}

/// `0.25×`, `60×`.
pub(crate) fn speed_text(milli: u32) -> String {
    let part = milli % 1_000;
    let whole = milli / 1_000;
    let text = if part == 0 { whole.to_string() } else { format!("{whole}.{part:03}") };
    let text = if part == 0 { text } else { text.trim_end_matches('0').to_owned() };
    format!("{text}×")
}

fn steps_of(milli: u32) -> f64 {
    ((f64::from(milli.max(100)) / 1_000.0).log10() + 1.0) / 4.0 * STEPS
}

/// Where a step lies on the track.
fn percent(steps: f64) -> String {
    let tenths = whole(steps / STEPS * 1_000.0);
    format!("{}.{}%", tenths / 10, tenths % 10)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between 0 and 1,000,000"
)]
fn whole(number: f64) -> u32 {
    number.round() as u32
}

fn milli_of(steps: f64) -> u32 {
    let near = DETENTS.into_iter().find(|milli| {
        let reach = if *milli == 1_000 { SNAP_ONE } else { SNAP };
        (steps_of(*milli) - steps).abs() <= reach
    });
    let free = 10_f64.powf(steps / STEPS * 4.0 - 1.0) * 1_000.0;
    near.unwrap_or(whole(free / 10.0) * 10).clamp(100, 1_000_000)
}
