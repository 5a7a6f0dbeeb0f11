//! The benches `streams` and `sql` under WebAssembly, with Node's clock:
//! `cargo xtask bench`.

#![cfg(all(target_arch = "wasm32", not(debug_assertions)))]

use tests::bench::{self, BENCHES};
use tests::queries::{self, QUERIES};
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

/// Least share of its floor that the query `tumbling` must reach (docs/budgets.md).
const QUERY_SHARE_MIN: f64 = 0.1;

#[wasm_bindgen_test]
fn queries_stay_near_their_floor() {
    let clock = || js_sys::Date::now() / 1000.0;
    for query in &QUERIES {
        let rate = queries::run(query, queries::ROWS / 2, clock).rows_per_sec();
        console_log!("{} under WebAssembly: {rate:.0} rows/s", query.name);
        if query.name == QUERIES[0].name {
            let share = rate / queries::floor(queries::ROWS / 2, clock).rows_per_sec();
            console_log!("{share:.2} of its floor");
            assert!(share >= QUERY_SHARE_MIN, "{share:.2} of the floor, not {QUERY_SHARE_MIN}");
        }
    }
}
