//! The gallery of examples.

use scenario::link::Fragment;
use yew::prelude::*;

use crate::app::Page;
use crate::boot;
use crate::store::Store;
use crate::ui::Ui;

/// One card for each example; a click opens it.
#[inline(never)]
pub(crate) fn gallery(page: &Page) -> Html {
    if page.ui.examples.is_empty() {
        return html! { <p class="muted">{ "The examples could not be loaded." }</p> };
    }
    html! {
        <ul class="gallery">
            { for page.ui.examples.iter().map(|example| html! {
                <li key={example.slug.to_string()}>
                    <button type="button" onclick={opens_example(&page.store, &example.slug)}
                        data-example={example.slug.clone()}>
                        <b class="b">{ &example.title }</b>
                        <span class="muted">{ &example.about }</span>
                    </button>
                </li>
            }) }
        </ul>
    }
}

/// A click that opens an example.
pub(super) fn opens_example(store: &Store, slug: &AttrValue) -> Callback<MouseEvent> {
    let slug = slug.clone();
    store.does(move |store| {
        let (store, slug) = (store.clone(), slug.clone());
        store.ui(Ui::close);
        wasm_bindgen_futures::spawn_local(async move {
            boot::open_example(&store, &slug, &Fragment::default(), Store::send).await;
        });
    })
}
