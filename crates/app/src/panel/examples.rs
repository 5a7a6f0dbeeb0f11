//! The gallery of examples.

use scenario::link::Fragment;
use yew::prelude::*;

use super::Props;
use crate::boot;
use crate::widget::use_store;

/// One card for each example; a click opens it.
#[component]
pub(crate) fn Gallery(props: &Props) -> Html {
    let store = use_store();
    if props.ui.examples.is_empty() {
        return html! { <p class="muted">{ "The examples could not be loaded." }</p> };
    }
    html! {
        <ul class="gallery">
            { for props.ui.examples.iter().map(|example| {
                let (store, slug) = (store.clone(), example.slug.clone());
                let onclick = Callback::from(move |_event: MouseEvent| {
                    let (store, slug) = (store.clone(), slug.clone());
                    store.ui(|ui| ui.dialog = None);
                    wasm_bindgen_futures::spawn_local(async move {
                        boot::open_example(&store, &slug, &Fragment::default()).await;
                    });
                });
                html! {
                    <li key={example.slug.to_string()}>
                        <button type="button" {onclick} data-example={example.slug.clone()}>
                            <b class="b">{ &example.title }</b>
                            <span class="muted">{ &example.about }</span>
                        </button>
                    </li>
                }
            }) }
        </ul>
    }
}
