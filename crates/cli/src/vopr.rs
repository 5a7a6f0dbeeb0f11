//! Random scenarios, seed by seed; the first that breaks a promise is made small and printed.

use std::num::NonZero;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use scenario::format;
use tests::{shrink, vopr};

use crate::output::{complain, say};
use crate::{Outcome, Stop};

/// Reads `0..500`.
pub(crate) fn seeds(text: &str) -> Result<Range<u64>, String> {
    let range = text.split_once("..").and_then(|(from, to)| {
        let (from, to) = (from.parse().ok()?, to.parse().ok()?);
        (from < to).then_some(from..to)
    });
    range.ok_or_else(|| "two numbers, the smaller first, such as 0..500".to_owned())
}

/// Checks every seed of the range, as many at a time as the machine has cores: a seed knows
/// nothing of the others.
pub(crate) fn vopr(seeds: Range<u64>) -> Outcome {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let next = AtomicU64::new(seeds.start);
    let work = || {
        let (mut events, mut records) = (0_u64, 0_u64);
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= seeds.end {
                return Ok((events, records));
            }
            let report = vopr::run_seed(seed).map_err(|failure| {
                next.store(seeds.end, Ordering::Relaxed);
                told(seed, &failure)
            })?;
            events += report.events;
            records += report.records;
        }
    };
    let (mut events, mut records) = (0, 0);
    thread::scope(|scope| {
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        for thread in threads {
            let ended = thread.join().unwrap_or_else(|_| Err("a check panicked".to_owned()));
            let (more_events, more_records) = ended.map_err(Stop::Fault)?;
            events += more_events;
            records += more_records;
        }
        Ok(())
    })?;
    let count = seeds.end - seeds.start;
    say(&format!("{count} seeds passed, 0 failed: {events} events, {records} records")).map(drop)
}

/// The smallest case that fails like a seed, as a scenario that can be opened. What failed is told
/// at once: making it smaller takes minutes.
fn told(seed: u64, failure: &vopr::Failure) -> String {
    complain(&format!("seed {seed}, {failure}; looking for a smaller scenario that fails alike …"));
    let (case, failure) = shrink::shrink(&vopr::case(seed), failure);
    let scenario = format::save_pretty(&case.document);
    format!("seed {seed}, {failure}\n{scenario}\nby hand: {:#?}", case.by_hand)
}
