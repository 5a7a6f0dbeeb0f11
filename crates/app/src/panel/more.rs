//! What has a place of its own on larger screens: a menu at the end of a narrow top bar, and a tab
//! of the phone's sheet.

use session::Message;
use yew::prelude::*;

use super::charts::{choices, chosen, counts};
use super::key_bar::keys;
use super::navigator::zoom;
use super::top_bar::{after_theme, hides, history, problem_words, switches};
use crate::app::Page;
use crate::ui::{Below, Dialog};
use crate::widget::{button, glyph, text, truth};

const LINE: &str = "btn line";

/// Undo, the bill, what is wrong, the person's own data, keys, zoom, charts, console, CloudTrail.
#[inline(never)]
pub(super) fn tab(page: &Page) -> Html {
    let (store, hud) = (&page.store, &page.hud);
    let bad = (hud.problem_count > 0).then_some("bad");
    let problems = store.opens(Dialog::Problems);
    html! {
        <>
            <div class="row">
                { history(store, "undo", "Undo", hud.undo.as_deref(), Message::Undo) }
                { history(store, "redo", "Redo", hud.redo.as_deref(), Message::Redo) }
                <span class="sp" />
                { zoom(page) }
            </div>
            <div class="pairs">
                <button class={classes!("btn", "line", bad)} type="button" onclick={problems}>
                    { problem_words(page) }
                </button>
                <button class="btn line" type="button" onclick={store.opens(Dialog::Cost)}>
                    { "Cost" }<b class="b">{ text(&hud.cost.month) }</b>
                </button>
                { button(LINE, "Your data", store.opens(Dialog::OwnData)) }
                { button(LINE, "Search or run", store.opens(Dialog::Command)) }
                { theme_entry(LINE, page) }
                { button(LINE, "Help", store.opens(Dialog::Help)) }
            </div>
            if !hud.legend.is_empty() {
                <div><h2>{ "Keys" }</h2><p class="keys">{ for keys(page) }</p></div>
            }
            <div class="seg full" role="group" aria-label="Under the timeline">
                { for choices(page) }
            </div>
            if page.ui.below == Below::Charts { <p class="evs">{ for counts(page) }</p> }
            { chosen(page) }
        </>
    }
}

/// What finds no room in a narrow bar.
#[inline(never)]
pub(super) fn menu(page: &Page) -> Html {
    let store = &page.store;
    let shown = page.ui.more_menu;
    html! {
        <span class="menu-of right" onfocusout={hides(store)}>
            <button class="btn icon" type="button" aria-label="More" title="More"
                aria-haspopup="true" aria-expanded={truth(shown)}
                onclick={store.changes(|ui| ui.more_menu = !ui.more_menu)}>
                { glyph("more") }
            </button>
            if shown {
                <div class="menu" role="group" aria-label="More"
                    onclick={store.changes(|ui| ui.more_menu = false)}>
                    { button("", "Templates", store.opens(Dialog::Examples)) }
                    { button("", "Your data", store.opens(Dialog::OwnData)) }
                    { theme_entry("", page) }
                    { button("", "Help", store.opens(Dialog::Help)) }
                </div>
            }
        </span>
    }
}

/// System, light, dark, and around again.
fn theme_entry(class: &'static str, page: &Page) -> Html {
    let (next, now, word) = after_theme(page.ui.wanted);
    button(class, format!("Theme: {now}"), switches(&page.store, next, word))
}
