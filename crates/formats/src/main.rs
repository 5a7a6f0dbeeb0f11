//! The module of the page: what [`formats::call`] does, as WebAssembly.

use wasm_bindgen::prelude::wasm_bindgen;

/// Answers a request of `engine::formats`.
#[wasm_bindgen]
#[must_use]
pub fn call(request: &[u8]) -> Vec<u8> {
    formats::call(request)
}

fn main() {}
