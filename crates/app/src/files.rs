//! Files in and out: downloads, and files a person picked or dropped.

use std::sync::Arc;

use js_sys::{Array, JsString, RegExp, Uint8Array};
use session::Announce;
use wasm_bindgen::JsCast as _;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, BlobPropertyBag, File, HtmlAnchorElement, Url};

use crate::dom;
use crate::effects;
use crate::formats;
use crate::store::Store;

/// Lets the browser save bytes under a name.
pub(crate) fn download(name: &str, kind: &str, bytes: &[u8]) {
    let parts = Array::of1(&Uint8Array::from(bytes));
    let options = BlobPropertyBag::new();
    options.set_type(kind);
    let Ok(blob) = Blob::new_with_u8_array_sequence_and_options(&parts, &options) else { return };
    let Ok(address) = Url::create_object_url_with_blob(&blob) else { return };
    let anchor = dom::document().create_element("a").ok();
    if let Some(anchor) = anchor.and_then(|it| it.dyn_into::<HtmlAnchorElement>().ok()) {
        anchor.set_href(&address);
        anchor.set_download(name);
        anchor.click();
    }
    dom::quiet(Url::revoke_object_url(&address));
}

/// Lets the browser save many files as one ZIP archive.
#[inline(never)]
pub(crate) fn download_zip(store: &Store, name: String, files: Vec<(String, Arc<[u8]>)>) {
    let store = store.clone();
    spawn_local(async move {
        let contents: Vec<(&str, &[u8])> =
            files.iter().map(|(name, bytes)| (name.as_str(), &**bytes)).collect();
        formats::is_here().await;
        match store.with_session(|session| session.zip(&contents)) {
            Ok(bytes) => download(&name, "application/zip", &bytes),
            // The banner says it to those who see.
            Err(why) => effects::announce(&store, Announce::Assertive, why),
        }
    });
}

/// Reads a file and hands over its name and bytes, once all that may be done with them is there.
pub(crate) fn read(file: File, run: impl FnOnce(String, Vec<u8>) + 'static) {
    spawn_local(async move {
        if let Ok(buffer) = JsFuture::from(file.array_buffer()).await {
            dom::promised("restReady").await;
            run(file.name(), Uint8Array::new(&buffer).to_vec());
        }
    });
}

/// A file name from a title: letters, digits and hyphens.
pub(crate) fn file_name(title: &str, ending: &str) -> String {
    let others = RegExp::new(r"[^\p{L}\p{N}]", "gu");
    let kept = JsString::from(dom::lower(title)).replace_by_pattern(&others, "-");
    let kept = String::from(kept);
    let stem = kept.trim_matches('-');
    format!("{}.{ending}", if stem.is_empty() { "scenario" } else { stem })
}
