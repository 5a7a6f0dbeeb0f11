//! The player inside somebody else's page: `?embed=1`. It starts held unless `run=1`, holds while
//! it is out of sight, and listens to a few messages of its host.

use js_sys::Reflect;
use serde::Serialize;
use session::Message;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_futures::spawn_local;
use web_sys::{IntersectionObserver, IntersectionObserverEntry, MessageEvent, UrlSearchParams};

use crate::dom;
use crate::store::Store;

/// Version of the messages.
const VERSION: u32 = 1;

/// What the player tells.
#[derive(Serialize)]
struct Tell {
    rivulet: u32,
    #[serde(rename = "type")]
    kind: &'static str,
}

/// A parameter of the query.
pub(crate) fn query(name: &str) -> Option<String> {
    let search = dom::window().location().search().ok()?;
    UrlSearchParams::new_with_str(&search).ok()?.get(name)
}

/// Whether the page is a player.
pub(crate) fn is_embedded() -> bool {
    query("embed").is_some_and(|value| value != "0")
}

/// Starts listening.
pub(crate) fn start(store: &Store) {
    if !store.embedded {
        return;
    }
    store.send(Message::ViewOnly(true));
    hold_out_of_sight(store);
    let host = dom::window().parent().ok().flatten();
    let asked = store.clone();
    let only = host.clone();
    dom::listen(&dom::window(), "message", move |event: MessageEvent| {
        let ours = event.source().is_some_and(|source| {
            only.as_ref().is_some_and(|host| JsValue::from(host.clone()) == JsValue::from(source))
        });
        if ours && let Some(message) = message_of(&event.data()) {
            // A scenario may need the second half; all messages wait, so that they stay in order.
            let asked = asked.clone();
            spawn_local(async move {
                dom::promised("restReady").await;
                asked.send(message);
            });
        }
    });
    let ready = Tell { rivulet: VERSION, kind: "ready" };
    if let (Some(host), Ok(ready)) = (host, serde_wasm_bindgen::to_value(&ready)) {
        dom::quiet(host.post_message(&ready, "*"));
    }
}

/// What a host asks: `{ type, milli, scenario }`; anything else is not for us.
fn message_of(ask: &JsValue) -> Option<Message> {
    let told = |key: &str| Reflect::get(ask, &JsValue::from_str(key)).ok();
    match told("type")?.as_string()?.as_str() {
        "play" => Some(Message::Play),
        "pause" => Some(Message::Pause),
        "step" => Some(Message::StepEvent),
        "restart" => Some(Message::Restart),
        "speed" => told("milli")?.as_f64().and_then(milli).map(Message::Speed),
        "load" => told("scenario")?.as_string().map(Message::OpenLink),
        _ => None,
    }
}

/// A speed in thousandths, if it is a whole number.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked just before")]
fn milli(number: f64) -> Option<u32> {
    let whole = number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number);
    whole.then_some(number as u32)
}

fn hold_out_of_sight(store: &Store) {
    let store = store.clone();
    let seen = Closure::<dyn FnMut(js_sys::Array)>::new(move |entries: js_sys::Array| {
        let last = entries.get(entries.length().saturating_sub(1));
        if let Ok(entry) = last.dyn_into::<IntersectionObserverEntry>() {
            store.send(Message::Hidden(!entry.is_intersecting()));
        }
    });
    let observer = IntersectionObserver::new(seen.as_ref().unchecked_ref());
    if let (Ok(observer), Some(body)) = (observer, dom::document().body()) {
        observer.observe(&body);
    }
    seen.forget();
}
