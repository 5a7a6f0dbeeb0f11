//! Runs what the session asks of its host.

use std::rc::Rc;

use session::{Announce, Effect, Message};
use wasm_bindgen::JsCast as _;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use yew::AttrValue;

use crate::dom;
use crate::files;
use crate::formats;
use crate::store::Store;
use crate::ui::Dialog;

/// Runs one effect; whatever takes time answers with a message later.
pub(crate) fn run(store: &Store, effect: Effect) {
    match effect {
        // A player inside somebody's page keeps nothing and leaves the address alone.
        Effect::Save if store.embedded => {}
        Effect::Save => {
            store.link.mark_stale();
            store.local.save_soon(store);
        }
        Effect::Copy(text) => copy_text(store, &text),
        Effect::Announce(urgency, words) => announce(store, urgency, words),
        Effect::FetchData(name) => fetch_data(store, name),
        Effect::LoadFormats => formats::fetch(store),
        Effect::Menu { at } => store.ui(move |ui| ui.menu = Some(at)),
        Effect::QuickAdd { at, fit } => {
            store.ui(move |ui| ui.dialog = Some(Dialog::QuickAdd { at, fit }));
        }
        Effect::FocusNode(node) => {
            // The handle may only be there after the next HUD.
            let selector = format!("[data-id=\"{node}\"]");
            gloo_timers::callback::Timeout::new(60, move || dom::focus(&selector)).forget();
        }
        Effect::Download { name, bytes } => {
            files::download(&name, "application/octet-stream", &bytes);
        }
        Effect::DownloadZip { name, files } => files::download_zip(store, name, files),
        Effect::ShowKeys => store.ui(|ui| ui.dialog = Some(Dialog::Help)),
        Effect::ShowShare => store.ui(|ui| ui.dialog = Some(Dialog::Share)),
        Effect::EditCode(node) => crate::panel::open_code(store, node),
        Effect::FocusInspector => {
            store.ui(|ui| {
                ui.drawer = true;
                ui.sheet = crate::ui::Sheet::Inspect;
            });
            let first = "#inspector [role=tab][aria-selected=true]";
            gloo_timers::callback::Timeout::new(60, move || dom::focus(first)).forget();
        }
    }
}

/// Lets a screen reader say something; the same words twice are said twice.
pub(crate) fn announce(store: &Store, urgency: Announce, words: String) {
    let words = AttrValue::from(words);
    store.ui(move |ui| {
        ui.said.2 = ui.said.2.wrapping_add(1);
        match urgency {
            Announce::Polite => ui.said.0 = words,
            Announce::Assertive => ui.said.1 = words,
        }
    });
}

/// Puts text on the clipboard and says so, or says what to do where that is forbidden.
pub(crate) fn copy_text(store: &Store, text: &str) {
    let clipboard = js_sys::Reflect::get(&dom::window().navigator(), &"clipboard".into());
    let usable = clipboard.is_ok_and(|it| !it.is_undefined());
    let write = usable.then(|| dom::window().navigator().clipboard().write_text(text));
    let store = store.clone();
    spawn_local(async move {
        let written = match write {
            Some(promise) => JsFuture::from(promise).await.is_ok(),
            None => false,
        };
        let words = if written { "Copied" } else { "The browser forbids copying here" };
        announce(&store, Announce::Assertive, words.to_owned());
    });
}

#[inline(never)]
fn fetch_data(store: &Store, name: String) {
    let store = store.clone();
    spawn_local(async move {
        match fetch_bytes(&format!("data/{name}")).await {
            Some(bytes) => store.send(Message::AddData { name, bytes }),
            None => {
                let words =
                    format!("The data set {name} could not be loaded. Is the page offline?");
                store.ui(move |ui| ui.banner = Some(AttrValue::from(words)));
            }
        }
    });
}

/// The bytes of a file that lies beside the page.
pub(crate) async fn fetch_bytes(path: &str) -> Option<Vec<u8>> {
    let response = JsFuture::from(dom::window().fetch_with_str(path)).await.ok()?;
    let response: web_sys::Response = response.dyn_into().ok()?;
    if !response.ok() {
        return None;
    }
    let buffer = JsFuture::from(response.array_buffer().ok()?).await.ok()?;
    Some(js_sys::Uint8Array::new(&buffer).to_vec())
}

/// The text of a file that lies beside the page.
pub(crate) async fn fetch_text(path: &str) -> Option<Rc<str>> {
    let bytes = fetch_bytes(path).await?;
    String::from_utf8(bytes).ok().map(Rc::from)
}
