//! A modal dialog: the browser's own element keeps the focus inside and closes with Escape.

use yew::prelude::*;

use super::icon_button;
use crate::store::Store;

/// A titled dialog; `class` is `wide`, `small` or empty. The page opens it once it is there.
pub(crate) fn modal(
    store: &Store,
    title: &'static str,
    class: &'static str,
    close: fn(&Store),
    content: Html,
) -> Html {
    let onclose = store.takes(move |store, _| close(store));
    let closer = store.clone();
    let backdrop = Callback::from(move |event: MouseEvent| {
        if event.target() == event.current_target() {
            close(&closer);
        }
    });
    html! {
        <dialog key={title} class={classes!("modal", class)} {onclose} onclick={backdrop}
            aria-label={title}>
            <div class="frame">
                <header>
                    <h2>{ title }</h2>
                    <span class="sp" />
                    { icon_button("Close", "close", store.does(close)) }
                </header>
                <div class="inside">{ content }</div>
            </div>
        </dialog>
    }
}
