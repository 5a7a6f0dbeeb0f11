//! The goldens under WebAssembly come to what they come to natively, hash included:
//! `cargo test --target wasm32-unknown-unknown -p tests --test parity`.

#![cfg(target_arch = "wasm32")]

use tests::golden::{self, Golden};
use wasm_bindgen_test::wasm_bindgen_test;

include!(concat!(env!("OUT_DIR"), "/goldens.rs"));

#[wasm_bindgen_test]
fn goldens_come_to_the_same_under_wasm() {
    assert!(!GOLDENS.is_empty(), "there is nothing to compare");
    let mut faults = Vec::new();
    for (name, scenario, expected) in GOLDENS {
        let outcome = golden::run(Golden { scenario, expected });
        faults.extend(outcome.faults.iter().map(|fault| format!("{name}: {fault}")));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
