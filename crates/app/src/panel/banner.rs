//! A lasting warning over the diagram, with the two ways to keep one's work.

use yew::prelude::*;

use super::top_bar::download_file;
use crate::app::Page;
use crate::ui::Dialog;
use crate::widget::{button, glyph, icon_button};

/// Shown until it is closed.
pub(crate) fn banner(page: &Page) -> Html {
    let store = &page.store;
    let Some(words) = &page.ui.banner else { return Html::default() };
    html! {
        <div class="banner" role="status" data-over="">
            { glyph("alert") }<span>{ words }</span><span class="sp" />
            { button("btn", "Download", store.does(download_file)) }
            { button("btn", "Copy link", store.opens(Dialog::Share)) }
            { icon_button("Close", "close", store.changes(|ui| ui.banner = None)) }
        </div>
    }
}
