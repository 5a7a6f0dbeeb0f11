//! Share: a link that holds everything, a file, a snippet for other people's pages.

use yew::prelude::*;

use super::top_bar::download_file;
use crate::app::Page;
use crate::effects;
use crate::link;
use crate::widget::{button, glyph};

/// What chats, query strings and browsers can be trusted with, in characters.
const BUDGETS: [(usize, &str); 3] =
    [(2_000, "chats"), (8_000, "most services"), (64_000, "browsers")];

/// Link, file, embed.
#[inline(never)]
pub(crate) fn share(page: &Page) -> Html {
    let store = &page.store;
    let at_start = page.ui.inside.at_start;
    let mut fragment = link::moment(store);
    if at_start {
        fragment.at = None;
        fragment.scenario = Some(store.payload().to_string());
    }
    let fragment = fragment.to_text();
    let address = format!("{}#{fragment}", link::page());
    let snippet = format!(
        "<iframe src=\"{}?embed=1#{fragment}\" title=\"Rivulet: {}\" width=\"720\" height=\"420\" \
         loading=\"lazy\" sandbox=\"allow-scripts allow-popups\" allow=\"clipboard-write; \
         fullscreen\"></iframe>",
        link::page(),
        page.hud.title.replace(['"', '<', '>', '&'], " ")
    );
    let copy = |text: &str| {
        let text = text.to_owned();
        store.does(move |store| effects::copy_text(store, &text))
    };
    let moment = store.changes(|ui| ui.inside.at_start = !ui.inside.at_start);
    let words = if at_start { "" } else { store.with_session(session::Session::link_words) };
    let length = address.chars().count();
    let clock = format!("{}{}", page.hud.transport.clock, page.hud.transport.millis);
    html! {
        <div class="share">
            <label class="fl" for="share-link">{ "Link" }</label>
            <textarea id="share-link" class="code" rows="4" readonly=true value={address.clone()} />
            <label class="row md">
                <input type="checkbox" class="check-box" checked={!at_start} onclick={moment} />
                { format!("Open at this moment, {clock}") }
            </label>
            if !words.is_empty() {
                <p class="muted md">{ words }</p>
            }
            <p class="md">{ format!("{} characters: ", base::units::grouped(length as u64)) }
                { for BUDGETS.iter().map(|(most, what)| {
                    let fits = length <= *most;
                    let class = if fits { "budget ok" } else { "budget warn" };
                    let words = if fits { "fits" } else { "too long for" };
                    html! { <span {class}>{ words }{ " " }{ what }</span> }
                }) }
            </p>
            <div class="foot-row">
                <button class="btn solid" type="button" onclick={copy(&address)}>
                    { glyph("share") }{ "Copy link" }
                </button>
                { button("btn line", "Download JSON file", store.does(download_file)) }
            </div>
            <label class="fl" for="share-embed">{ "Embed" }</label>
            <textarea id="share-embed" class="code" rows="4" readonly=true
                value={snippet.clone()} />
            <div class="foot-row">
                { button("btn line", "Copy snippet", copy(&snippet)) }
            </div>
            <p class="muted md">
                { "The link holds the whole scenario: nothing is stored on a server." }
            </p>
        </div>
    }
}
