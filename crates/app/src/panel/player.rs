//! The player of an embed: one row.

use session::Message;
use yew::prelude::*;

use super::charts::strip;
use super::top_bar::problem_words;
use super::transport::{clock, play};
use crate::app::Page;
use crate::widget::{glyph, icon_button, speed_text};
use crate::{dom, link};

/// Play, next event, clock, rail, speed, problem, and the way to the whole page.
pub(crate) fn player(page: &Page) -> Html {
    let store = &page.store;
    let hud = &page.hud;
    let faster = if hud.transport.speed_milli >= 1_000_000 { -11 } else { 1 };
    // What makes a link need not be there before somebody follows it: a press comes before its
    // click, and both before the browser goes where the link leads.
    let leads = {
        let store = store.clone();
        Callback::from(move |event: MouseEvent| {
            if let Some(link) = event.target_dyn_into::<web_sys::Element>()
                && let Ok(Some(link)) = link.closest("a")
            {
                dom::quiet(link.set_attribute("href", &link::address(&store)));
            }
        })
    };
    let alert = hud.alert.as_ref().map(|alert| alert.words.to_string());
    let trouble = alert.or_else(|| (hud.problem_count > 0).then(|| problem_words(page)));
    html! {
        <section class="player" aria-label="Player">
            { play(store, &hud.transport) }
            { icon_button("Next event", "next", store.sends(Message::StepEvent)) }
            { clock(&hud.transport) }
            <div class="rail">{ strip("rail".into()) }</div>
            <button class="btn" type="button" aria-label={format!("Speed {}. Next",
                speed_text(hud.transport.speed_milli))}
                onclick={store.sends(Message::SpeedBy(faster))}>
                { speed_text(hud.transport.speed_milli) }
                <span class="caret-box">{ glyph("caretup") }</span>
            </button>
            if let Some(words) = trouble {
                <span class="trouble" title={words.clone()} role="img" aria-label={words}>
                    { glyph("kill") }
                </span>
            }
            <a class="btn line" href={link::page()} target="_blank" rel="noopener"
                onmousedown={leads.clone()} onclick={leads}>
                <span class="only-roomy">{ "Open in Rivulet" }</span>{ glyph("open") }
            </a>
        </section>
    }
}
