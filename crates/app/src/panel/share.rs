//! Share: a link that holds everything, a file, a snippet for other people's pages.

use yew::prelude::*;

use super::Props;
use super::top_bar::download_file;
use crate::effects;
use crate::link;
use crate::widget::{glyph, use_store};

/// What chats, query strings and browsers can be trusted with, in characters.
const BUDGETS: [(usize, &str); 3] =
    [(2_000, "chats"), (8_000, "most services"), (64_000, "browsers")];

/// Link, file, embed.
#[component]
pub(crate) fn Share(props: &Props) -> Html {
    let store = use_store();
    let at_start = use_state(|| false);
    let mut fragment = link::moment(&store);
    if *at_start {
        fragment.at = None;
    }
    let fragment = fragment.to_text();
    let address = format!("{}#{fragment}", link::page());
    let snippet = format!(
        "<iframe src=\"{}?embed=1#{fragment}\" title=\"Rivulet: {}\" width=\"720\" height=\"420\" \
         loading=\"lazy\" sandbox=\"allow-scripts allow-popups\" allow=\"clipboard-write; \
         fullscreen\"></iframe>",
        link::page(),
        props.hud.title.replace(['"', '<', '>', '&'], " ")
    );
    let copy = |text: &str| {
        let (store, text) = (store.clone(), text.to_owned());
        Callback::from(move |_event: MouseEvent| effects::copy_text(&store, &text))
    };
    let saver = store.clone();
    let download = Callback::from(move |_event: MouseEvent| download_file(&saver));
    let moment = {
        let at_start = at_start.clone();
        Callback::from(move |_event: Event| at_start.set(!*at_start))
    };
    let length = address.chars().count();
    let clock = format!("{}{}", props.hud.transport.clock, props.hud.transport.millis);
    html! {
        <div class="share">
            <label class="fl" for="share-link">{ "Link" }</label>
            <textarea id="share-link" class="code" rows="4" readonly=true value={address.clone()} />
            <label class="row md">
                <input type="checkbox" class="check-box" checked={!*at_start} onchange={moment} />
                { format!("Open at this moment, {clock}") }
            </label>
            <p class="md">{ format!("{} characters: ", base::units::grouped(length as u64)) }
                { for BUDGETS.iter().map(|(most, what)| {
                    let fits = length <= *most;
                    let class = if fits { "ok" } else { "warn" };
                    let words = if fits { "fits" } else { "too long for" };
                    let words = format!("{words} {what}");
                    html! { <span class={classes!("budget", class)}>{ words }</span> }
                }) }
            </p>
            <div class="foot-row">
                <button class="btn solid" type="button" onclick={copy(&address)}>
                    { glyph("share") }{ "Copy link" }
                </button>
                <button class="btn line" type="button" onclick={download}>
                    { "Download JSON file" }
                </button>
            </div>
            <label class="fl" for="share-embed">{ "Embed" }</label>
            <textarea id="share-embed" class="code" rows="4" readonly=true
                value={snippet.clone()} />
            <div class="foot-row">
                <button class="btn line" type="button" onclick={copy(&snippet)}>
                    { "Copy snippet" }
                </button>
            </div>
            <p class="muted md">
                { "The link holds the whole scenario: nothing is stored on a server." }
            </p>
        </div>
    }
}
