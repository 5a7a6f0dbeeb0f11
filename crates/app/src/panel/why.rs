//! The Why tab: each refusal in one sentence with its numbers, and where the rule is written.

use std::rc::Rc;

use session::hud::{Inspector, WhyCard};
use yew::prelude::*;

use crate::widget::{glyph, text};

/// The newest explanation of each reason and shard.
#[inline(never)]
pub(super) fn tab(model: &Inspector) -> Html {
    if model.why.is_empty() && model.problems.is_empty() {
        return html! {
            <p class="muted">
                { "Nothing was rejected or lost here, so there is nothing to explain." }
            </p>
        };
    }
    html! {
        <>
            { for model.problems.iter().map(problem) }
            { for model.why.iter().map(card) }
        </>
    }
}

/// What keeps the part from running.
fn problem((message, help): &(Rc<str>, Rc<str>)) -> Html {
    html! {
        <section class="why">
            <header>{ glyph("alert") }{ "Why does it not run?" }</header>
            <p>{ text(message) }</p>
            <p class="muted">{ text(help) }</p>
        </section>
    }
}

/// One card.
pub(super) fn card(card: &WhyCard) -> Html {
    let (title, address) = &card.source;
    html! {
        <section class={classes!("why", card.is_past.then_some("past"))}>
            <header>
                { glyph("kill") }{ text(&card.title) }<span class="sp" />
                <span class="code">{ text(&card.reason) }</span>
            </header>
            if !card.times.is_empty() { <p class="muted">{ text(&card.times) }</p> }
            <p>
                { for card.runs.iter().map(|(words, strong)| if *strong {
                    html! { <b class="b">{ text(words) }</b> }
                } else {
                    html! { { text(words) } }
                }) }
            </p>
            if !card.error.is_empty() { <p class="code error">{ text(&card.error) }</p> }
            <footer>
                if address.starts_with("https://") {
                    <a href={address.to_string()} target="_blank" rel="noopener noreferrer">
                        { text(title) }
                    </a>
                } else {
                    <span class="muted">{ text(title) }</span>
                }
            </footer>
        </section>
    }
}
