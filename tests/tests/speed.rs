//! The bench `streams` under WebAssembly, with Node's clock:
//! `cargo xtask bench`.

#![cfg(all(target_arch = "wasm32", not(debug_assertions)))]

use tests::bench::{self, BENCHES};
use wasm_bindgen_test::{console_log, wasm_bindgen_test};

/// Least share of the floor (docs/budgets.md).
const SHARE_MIN: f64 = 0.15;
/// Two simulated seconds: all ten would fill a browser's memory.
const SECS: u64 = 2;

#[wasm_bindgen_test]
fn streams_stay_near_the_floor() {
    let clock = || js_sys::Date::now() / 1000.0;
    let (figures, _engine) = bench::run(&BENCHES[0], SECS, clock);
    let floor = bench::floor(figures.records, clock).records_per_sec();
    let rate = figures.records_per_sec();
    let share = rate / floor;
    console_log!("streams under WebAssembly: {rate:.0} records/s, {share:.2} of {floor:.0}");
    assert!(share >= SHARE_MIN, "{share:.2} of the floor, not {SHARE_MIN}");
}
