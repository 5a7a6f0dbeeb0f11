//! Random scenarios, seed by seed; the first that breaks a promise is made small and printed.

use std::ops::Range;

use scenario::format;
use tests::{shrink, vopr};

use crate::{Outcome, Stop};

/// Reads `0..500`.
pub(crate) fn seeds(text: &str) -> Result<Range<u64>, String> {
    let range = text.split_once("..").and_then(|(from, to)| {
        let (from, to) = (from.parse().ok()?, to.parse().ok()?);
        (from < to).then_some(from..to)
    });
    range.ok_or_else(|| "two numbers, the smaller first, such as 0..500".to_owned())
}

/// Checks every seed of the range.
pub(crate) fn vopr(seeds: Range<u64>) -> Outcome {
    let (mut events, mut records) = (0_u64, 0_u64);
    for seed in seeds.clone() {
        let report = vopr::run_seed(seed).map_err(|failure| {
            let case = vopr::case(seed);
            let (case, failure) = shrink::shrink(&case, &failure);
            let scenario = format::save_pretty(&case.document);
            Stop::Fault(format!("seed {seed}, {failure}\n{scenario}\nby hand: {:#?}", case.by_hand))
        })?;
        events += report.events;
        records += report.records;
    }
    let count = seeds.end - seeds.start;
    println!("{count} seeds passed, 0 failed: {events} events, {records} records");
    Ok(())
}
