//! jq, Parquet and compression: a WebAssembly module of their own, which `www/boot.js` fetches when
//! something needs it.

use session::Message;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::spawn_local;

use crate::store::Store;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = formats, js_name = call)]
    fn answer(request: &[u8]) -> Vec<u8>;
    #[wasm_bindgen(js_namespace = formats, js_name = load, catch)]
    async fn load() -> Result<JsValue, JsValue>;
}

/// Answers as `formats::call` does; with nothing before the module is here.
pub(crate) fn call(request: &[u8]) -> Vec<u8> {
    answer(request)
}

/// Fetches the module; whether it is here.
pub(crate) async fn is_here() -> bool {
    load().await.is_ok()
}

/// Fetches the module and tells the session.
#[inline(never)]
pub(crate) fn fetch(store: &Store) {
    let store = store.clone();
    spawn_local(async move {
        let is_here = is_here().await;
        store.send(Message::FormatsCame(is_here));
    });
}
