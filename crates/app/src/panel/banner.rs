//! A lasting warning over the diagram, with the two ways to keep one's work.

use yew::prelude::*;

use super::Props;
use super::top_bar::download_file;
use crate::ui::Dialog;
use crate::widget::{glyph, icon_button, use_store};

/// Shown until it is closed.
#[component]
pub(crate) fn Banner(props: &Props) -> Html {
    let store = use_store();
    let Some(words) = &props.ui.banner else { return Html::default() };
    let saver = store.clone();
    html! {
        <div class="banner" role="status" data-over="">
            { glyph("alert") }<span>{ words }</span><span class="sp" />
            <button class="btn" type="button"
                onclick={Callback::from(move |_event: MouseEvent| download_file(&saver))}>
                { "Download" }
            </button>
            <button class="btn" type="button"
                onclick={store.changes(|ui| ui.dialog = Some(Dialog::Share))}>
                { "Copy link" }
            </button>
            { icon_button("Close", "close", store.changes(|ui| ui.banner = None)) }
        </div>
    }
}
