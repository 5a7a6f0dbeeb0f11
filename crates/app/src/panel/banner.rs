//! A lasting warning over the diagram, with the two ways to keep one's work, or with the way to try
//! once more.

use session::Message;
use session::hud::Libraries;
use yew::prelude::*;

use super::top_bar::download_file;
use crate::app::Page;
use crate::store::Store;
use crate::ui::Dialog;
use crate::widget::{button, glyph, icon_button};

/// Shown until it is closed.
pub(crate) fn banner(page: &Page) -> Html {
    let store = &page.store;
    let Some(words) = &page.ui.banner else {
        return match page.hud.transport.libraries {
            Libraries::Missing => libraries(store),
            Libraries::Ready | Libraries::Coming => Html::default(),
        };
    };
    html! {
        <div class="banner" role="status" data-over="">
            { glyph("alert") }<span>{ words }</span><span class="sp" />
            { button("btn", "Download", store.does(download_file)) }
            { button("btn", "Copy link", store.opens(Dialog::Share)) }
            { icon_button("Close", "close", store.changes(|ui| ui.banner = None)) }
        </div>
    }
}

/// What runs jq and writes Parquet could not be had: the run waits for it.
#[inline(never)]
fn libraries(store: &Store) -> Html {
    html! {
        <div class="banner" role="status" data-over="">
            { glyph("alert") }
            <span>{ LIBRARIES_MISSING }</span>
            <span class="sp" />
            { button("btn", "Try again", store.sends(Message::FetchFormats)) }
        </div>
    }
}

/// What is said where the libraries are missed.
pub(super) const LIBRARIES_MISSING: &str = "What runs jq and writes Parquet, ZIP and Snappy could \
                                            not be loaded. Is the page offline?";
