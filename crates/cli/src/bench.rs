//! How fast this machine simulates, and what a record costs in memory.

use std::fs;
use std::time::Instant;

use tests::bench::{self, BENCHES, Bench};
use tests::queries::{self, QUERIES, Query};

use crate::output::say;
use crate::{Outcome, Stop};

/// Least share of the floor that `streams` must reach (docs/budgets.md).
const STREAMS_SHARE_MIN: f64 = 0.25;
/// Least share of the floor that `reshard` must reach (docs/budgets.md).
const RESHARD_SHARE_MIN: f64 = 0.1;
/// Least share of the floor that `firehose` must reach (docs/budgets.md).
const FIREHOSE_SHARE_MIN: f64 = 0.5;
/// Least simulated seconds a second that `kcl` must reach (docs/budgets.md).
const KCL_TIMES_MIN: f64 = 100.0;
/// Least rows a second of the query `tumbling` (docs/budgets.md).
const TUMBLING_ROWS_MIN: f64 = 2_000_000.0;
/// Keys whose state is measured.
const STATE_KEYS: u32 = 500_000;
/// Most bytes a held record may cost, payload included.
const RECORD_BYTES_MAX: u64 = 250;

/// Runs one bench, or all, for as long as each takes or for so many simulated seconds.
pub(crate) fn bench(name: Option<&str>, secs: Option<u64>) -> Outcome {
    let with_sql = name.is_none_or(|name| name == "sql");
    let chosen: Vec<&Bench> =
        BENCHES.iter().filter(|it| name.is_none_or(|name| name == it.name)).collect();
    if chosen.is_empty() && !with_sql {
        let names: Vec<&str> = BENCHES.iter().map(|it| it.name).chain(["sql"]).collect();
        return Err(Stop::Input(format!("there is no such bench; take {}", names.join(", "))));
    }
    let measured = chosen.into_iter().map(|it| measure(it, secs.unwrap_or(it.secs)));
    let mut missed = measured.collect::<Result<Vec<_>, Stop>>()?.concat();
    if with_sql {
        missed.extend(sql()?);
    }
    if missed.is_empty() { Ok(()) } else { Err(Stop::Fault(missed.join("\n"))) }
}

/// Measures and prints; returns a sentence for each budget that is missed.
fn measure(bench: &Bench, secs: u64) -> Result<Vec<String>, Stop> {
    let begin = Instant::now();
    let clock = || begin.elapsed().as_secs_f64();
    let before = resident_bytes();
    let (figures, engine) = bench::run(bench, secs, clock);
    let after = resident_bytes();
    drop(engine);
    let rate = figures.records_per_sec();
    say(&format!("{}: {}", bench.name, bench.about))?;
    say(&format!(
        "  {rate:>12.0} records/s ({} records, {} events)",
        figures.records, figures.events
    ))?;
    let mut missed = Vec::new();
    if bench.name == "kcl" {
        let times = figures.times_real(secs);
        say(&format!("  {times:>12.0} simulated seconds a second"))?;
        if times < KCL_TIMES_MIN {
            missed.push(format!("kcl runs {times:.0} times real time, not {KCL_TIMES_MIN}"));
        }
    }
    let share_min = match bench.name {
        "streams" => Some(STREAMS_SHARE_MIN),
        "reshard" => Some(RESHARD_SHARE_MIN),
        "firehose" => Some(FIREHOSE_SHARE_MIN),
        _ => None,
    };
    if let Some(share_min) = share_min {
        let floor = match bench.name {
            "firehose" => bench::floor_of_delivery(bench, figures.records, clock),
            _ => bench::floor(figures.records, clock),
        };
        let floor = floor.records_per_sec();
        let share = rate / floor;
        say(&format!("  {floor:>12.0} records/s is the floor of this machine: {share:.2} of it"))?;
        if share < share_min {
            let name = bench.name;
            missed.push(format!("{name} reaches {share:.2} of the floor, not {share_min}"));
        }
    }
    if bench.name == "streams"
        && let (Some(before), Some(after)) = (before, after)
    {
        let bytes = after.saturating_sub(before) / figures.held.max(1);
        say(&format!("  {bytes:>12} bytes a record held ({} records)", figures.held))?;
        if bytes > RECORD_BYTES_MAX {
            missed.push(format!("a held record costs {bytes} bytes, not {RECORD_BYTES_MAX}"));
        }
    }
    Ok(missed)
}

/// Measures streaming SQL; a sentence when the promised query is too slow.
fn sql() -> Result<Option<String>, Stop> {
    let begin = Instant::now();
    let clock = || begin.elapsed().as_secs_f64();
    say(&format!("sql: {} rows, {} keys", queries::ROWS, queries::KEYS))?;
    // First, as long as no memory is left over that it could use.
    let before = resident_bytes();
    let window = queries::open_window(STATE_KEYS);
    if let (Some(before), Some(after)) = (before, resident_bytes()) {
        let bytes = after.saturating_sub(before) / u64::from(STATE_KEYS);
        say(&format!("  {bytes:>12} bytes a key of an open window"))?;
    }
    drop(window);
    let rates = QUERIES.iter().map(|query| query_rate(query, clock));
    let rates = rates.collect::<Result<Vec<f64>, Stop>>()?;
    let floor = queries::floor(queries::ROWS, clock).rows_per_sec();
    let share = rates[0] / floor;
    say(&format!("  {floor:>12.0} rows/s is the floor of `tumbling`: {share:.2} of it"))?;
    let slow = rates[0] < TUMBLING_ROWS_MIN;
    Ok(slow.then(|| format!("tumbling does {:.0} rows/s, not {TUMBLING_ROWS_MIN}", rates[0])))
}

/// Measures one query and prints it.
fn query_rate(query: &Query, clock: impl Fn() -> f64) -> Result<f64, Stop> {
    let figures = queries::run(query, queries::ROWS, clock);
    let (rate, out) = (figures.rows_per_sec(), figures.out);
    say(&format!("  {rate:>12.0} rows/s {}: {} ({out} rows came out)", query.name, query.about))?;
    Ok(rate)
}

/// Memory of this process that is in use, where the system tells (Linux).
fn resident_bytes() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}
