//! The Why tab: each refusal in one sentence with its numbers, and where the rule is written.

use session::hud::{Inspector, WhyCard};
use yew::prelude::*;

use crate::widget::glyph;

/// All explanations at hand, newest first.
pub(super) fn tab(model: &Inspector) -> Html {
    if model.why.is_empty() {
        return html! {
            <p class="muted">
                { "Nothing was rejected or lost here, so there is nothing to explain." }
            </p>
        };
    }
    html! { <>{ for model.why.iter().map(card) }</> }
}

/// One card.
pub(super) fn card(card: &WhyCard) -> Html {
    let (title, address) = &card.source;
    html! {
        <section class="why">
            <header>
                { glyph("kill") }{ card.title.to_string() }<span class="sp" />
                <span class="code">{ card.reason.to_string() }</span>
            </header>
            <p>
                { for card.runs.iter().map(|(words, strong)| if *strong {
                    html! { <b class="b">{ words.to_string() }</b> }
                } else {
                    html! { { words.to_string() } }
                }) }
            </p>
            if !card.error.is_empty() { <p class="code error">{ card.error.to_string() }</p> }
            <footer>
                if address.starts_with("https://") {
                    <a href={address.to_string()} target="_blank" rel="noopener noreferrer">
                        { title.to_string() }
                    </a>
                } else {
                    <span class="muted">{ title.to_string() }</span>
                }
            </footer>
        </section>
    }
}
