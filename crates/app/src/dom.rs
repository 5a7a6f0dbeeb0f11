//! Small handles on the browser that many modules need.

use js_sys::JsString;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::convert::FromWasmAbi;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    AddEventListenerOptions, Document, Event, EventTarget, HtmlElement, KeyboardEvent, Window,
};
use yew::TargetCast as _;

/// The window.
pub(crate) fn window() -> Window {
    web_sys::window().expect("the page runs in a window")
}

/// The document.
pub(crate) fn document() -> Document {
    window().document().expect("a window has a document")
}

/// Listens for as long as the page lives; `active` listeners may prevent the default.
pub(crate) fn listen<E>(target: &EventTarget, name: &str, run: impl FnMut(E) + 'static)
where
    E: FromWasmAbi + 'static,
{
    let closure = Closure::<dyn FnMut(E)>::new(run);
    let options = AddEventListenerOptions::new();
    options.set_passive(false);
    let added = target.add_event_listener_with_callback_and_add_event_listener_options(
        name,
        closure.as_ref().unchecked_ref(),
        &options,
    );
    debug_assert!(added.is_ok(), "a function is always taken as a listener");
    closure.forget();
}

/// Whether a media query holds now.
pub(crate) fn media(query: &str) -> bool {
    window().match_media(query).ok().flatten().is_some_and(|list| list.matches())
}

/// Runs when the answer to a media query changes.
pub(crate) fn on_media(query: &str, run: impl FnMut(Event) + 'static) {
    if let Ok(Some(list)) = window().match_media(query) {
        listen(&list, "change", run);
    }
}

/// The first element that fits.
pub(crate) fn find<E: JsCast>(selector: &str) -> Option<E> {
    document().query_selector(selector).ok().flatten().and_then(|it| it.dyn_into().ok())
}

/// Moves the focus to the first element that fits.
pub(crate) fn focus(selector: &str) {
    if let Some(element) = find::<HtmlElement>(selector) {
        quiet(element.focus());
    }
}

/// In a search field, Enter clicks what was found.
pub(crate) fn enter_clicks(selector: &'static str) -> yew::Callback<KeyboardEvent> {
    yew::Callback::from(move |event: KeyboardEvent| {
        if event.key() == "Enter" {
            event.prevent_default();
            if let Some(found) = find::<HtmlElement>(selector) {
                found.click();
            }
        }
    })
}

/// What a form control says, whichever kind it is.
pub(crate) fn value_of(event: &Event) -> String {
    if let Some(input) = event.target_dyn_into::<web_sys::HtmlInputElement>() {
        return input.value();
    }
    if let Some(select) = event.target_dyn_into::<web_sys::HtmlSelectElement>() {
        return select.value();
    }
    event
        .target_dyn_into::<web_sys::HtmlTextAreaElement>()
        .map_or_else(String::new, |it| it.value())
}

/// A text in small letters; the browser has the tables of all scripts, so the page brings none.
pub(crate) fn lower(text: &str) -> String {
    JsString::from(text).to_lower_case().into()
}

/// Whether somebody is typing into the target of an event.
pub(crate) fn is_typing(event: &Event) -> bool {
    let Some(element) = event.target_dyn_into::<HtmlElement>() else { return false };
    let tag = element.tag_name();
    matches!(tag.as_str(), "INPUT" | "TEXTAREA" | "SELECT") || element.is_content_editable()
}

/// Waits for a promise that the loader left under this name, however it ends; not at all where
/// there is none.
pub(crate) async fn promised(name: &str) {
    let found = js_sys::Reflect::get(&window(), &name.into()).ok();
    if let Some(promise) = found.and_then(|it| it.dyn_into::<js_sys::Promise>().ok()) {
        quiet(wasm_bindgen_futures::JsFuture::from(promise).await);
    }
}

/// For calls whose failure changes nothing, such as focusing an element that just went away.
pub(crate) fn quiet<T>(result: Result<T, JsValue>) {
    drop(result);
}
