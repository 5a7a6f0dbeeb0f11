//! The gallery of examples.

use scenario::link::Fragment;
use yew::prelude::*;

use crate::app::Page;
use crate::link;
use crate::local::{Draft, Local};
use crate::store::Store;
use crate::ui::Ui;
use crate::widget::icon_button;
use crate::{boot, dom};

/// What was changed here, then one card for each example; a click opens it.
#[inline(never)]
pub(crate) fn gallery(page: &Page) -> Html {
    if page.ui.examples.is_empty() {
        return html! { <p class="muted">{ "The templates could not be loaded." }</p> };
    }
    let drafts = page.store.local.drafts();
    html! {
        <>
        if !drafts.is_empty() {
            <h3 class="fl"><b>{ "Your drafts" }</b><span>{ "kept in this browser" }</span></h3>
            <ul class="drafts">{ for drafts.iter().map(|it| draft(&page.store, it)) }</ul>
            <h3 class="fl"><b>{ "Templates" }</b></h3>
        }
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
        </>
    }
}

fn draft(store: &Store, draft: &Draft) -> Html {
    let id = draft.id.clone();
    let open = store.does(move |store| {
        store.ui(Ui::close);
        let (store, id) = (store.clone(), id.clone());
        wasm_bindgen_futures::spawn_local(async move { Local::reopen(&store, &id).await });
    });
    let id = draft.id.clone();
    let forget = store.does(move |store| {
        let sure = "Throw this draft away? It cannot be brought back.";
        if dom::window().confirm_with_message(sure).unwrap_or(false) {
            store.local.forget(&id);
            store.ui(|_ui| ());
        }
    });
    html! {
        <li key={draft.id.clone()}>
            <button type="button" class="entry" onclick={open}>{ draft.title.clone() }</button>
            { icon_button("Throw away", "close", forget) }
        </li>
    }
}

/// A click that opens an example.
pub(super) fn opens_example(store: &Store, slug: &AttrValue) -> Callback<MouseEvent> {
    let slug = slug.clone();
    store.does(move |store| {
        let (store, slug) = (store.clone(), slug.clone());
        store.ui(Ui::close);
        wasm_bindgen_futures::spawn_local(async move {
            if boot::open_example(&store, &slug, &Fragment::default()).await {
                link::name_example(&slug);
            }
        });
    })
}
