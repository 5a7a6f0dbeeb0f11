//! The key bar: which key has which mark, and how many records one dot stands for.

use yew::prelude::*;

use crate::app::Page;
use crate::ui::Layout;
use crate::widget::{glyph, mark, text};

/// The legend over the diagram.
pub(crate) fn key_bar(page: &Page) -> Html {
    let store = &page.store;
    let embed = page.ui.layout == Layout::Embed;
    let hud = &page.hud;
    let dots = (hud.stride > 1).then(|| {
        html! { <span class="muted only-wide">{ format!("• = {} records", hud.stride) }</span> }
    });
    html! {
        <div class={if embed { "ttl" } else { "keybar" }} data-over="">
            if embed {
                <h1>{ text(&hud.title) }</h1>
                <span class="sp" />
            } else if !hud.legend.is_empty() {
                <span class="muted only-wide">{ "Keys" }</span>
            }
            <span class="keys">{ for keys(page) }</span>
            if !embed { <span class="sp" /> }
            { dots }
            if !embed {
                <button class="btn" type="button" aria-pressed={page.ui.outline.to_string()}
                    onclick={store.changes(|ui| ui.outline = !ui.outline)}>
                    { glyph("outline") }{ "Outline" }
                </button>
            }
        </div>
    }
}

/// The marks with their keys, the hottest first.
pub(super) fn keys(page: &Page) -> impl Iterator<Item = Html> {
    page.hud.legend.iter().enumerate().map(|(at, key)| {
        html! {
            <span class={classes!("k", (at > 3).then_some("only-wide"))} key={key.slot}>
                { mark(key.slot) }
                if at == 0 && key.slot > 0 {
                    <b class="b">{ text(&key.key) }</b>
                    <span>{ share(key.percent) }</span>
                } else {
                    { text(&key.key) }
                    <span class="muted only-wide">{ share(key.percent) }</span>
                }
            </span>
        }
    })
}

/// `47 %`, or less than the first of them.
fn share(percent: u32) -> String {
    if percent == 0 { "<1 %".to_owned() } else { format!("{percent} %") }
}
