//! A mapping on a running stream: what its card says is what it does.

use base::Time;
use serde_json::{Value, json};

use crate::engine::Engine;
use crate::snapshot::{Gauge, Invocation, Snapshot, Stage};
use crate::trial;

/// Ten records a second into one shard, a function behind it, a bucket for what it gives up.
fn engine(function: &Value) -> Engine {
    trial::engine(json!({
        "nodes": [
            {"id": 1, "kind": "producer", "name": "tills", "config": {"records_per_sec": 10}},
            {"id": 2, "kind": "stream", "name": "sales", "config": {"shards": 1}},
            {"id": 3, "kind": "lambda", "name": "invoices", "config": function},
            {"id": 4, "kind": "bucket", "name": "failures"},
        ],
        "edges": [
            {"id": 1, "from": [1, "out"], "to": [2, "in"]},
            {"id": 2, "from": [2, "out"], "to": [3, "in"]},
            {"id": 3, "from": [3, "failed"], "to": [4, "in"]},
        ],
    }))
}

fn go(engine: &mut Engine, millis: u64) -> Snapshot {
    trial::until(engine, Time(millis * 1_000))
}

fn card(snapshot: &Snapshot) -> &Invocation {
    match snapshot.nodes[2].gauges.as_slice() {
        [Gauge::Invocation(seen)] => seen,
        other => panic!("{other:?}"),
    }
}

/// Six records, 300 ms an attempt, a second between two, three attempts: then they are given up.
#[test]
fn the_card_follows_a_batch_through_its_attempts() {
    let mut engine = engine(&json!({
        "start": "TRIM_HORIZON", "creation_secs": 0, "batch_size": 6, "batch_millis": 300,
        "cold_start_millis": 0, "record_micros": 0,
        "body": "fail", "fail_percent": 100, "retries": "limited", "retry_attempts": 2,
    }));
    let mut stages = Vec::new();
    let mut attempts = Vec::new();
    let mut given_up = 0;
    let mut before = Invocation::default();
    for millis in (3_000..20_000).step_by(50) {
        let snapshot = go(&mut engine, millis);
        let seen = card(&snapshot);
        assert_eq!((seen.attempts_max, seen.records_max), (Some(3), 6));
        let whole_micros = match seen.stage {
            Stage::Runs => 300_000,
            Stage::Rests => 1_000_000,
            Stage::Gathers | Stage::Idle => 0,
        };
        assert_eq!(seen.whole_micros, whole_micros, "{seen:?}");
        assert!(seen.left_micros <= whole_micros, "{seen:?}");
        let goes_on = (seen.stage, seen.attempt) == (before.stage, before.attempt);
        if goes_on && seen.left_micros > 0 {
            assert_eq!(seen.left_micros + 50_000, before.left_micros, "{seen:?}");
        }
        if matches!(seen.stage, Stage::Runs | Stage::Rests) {
            assert!((1..=6).contains(&seen.records), "{seen:?}");
            attempts.push(seen.attempt);
        }
        given_up += if seen.attempt < before.attempt { before.records } else { 0 };
        let counters = &snapshot.nodes[2].counters;
        let discarded = counters.iter().find(|(name, _)| *name == "discarded").unwrap().1;
        if millis == 3_000 {
            given_up = discarded;
        }
        let told = seen.facts.iter().find(|(label, ..)| label == "failed → failures").unwrap();
        assert_eq!((told.1.as_str(), told.2), (given_up.to_string().as_str(), given_up > 0));
        assert_eq!(discarded, given_up);
        stages.push(seen.stage);
        before = seen.clone();
    }
    attempts.dedup();
    let first = attempts.iter().position(|attempt| *attempt == 1).unwrap();
    assert_eq!(attempts[first..first + 4], [1, 2, 3, 1], "two retries each");
    assert!(stages.contains(&Stage::Runs) && stages.contains(&Stage::Rests));
}

#[test]
fn a_batch_that_gathers_says_until_when() {
    let mut engine = engine(&json!({
        "start": "TRIM_HORIZON", "creation_secs": 0, "batch_size": 1_000,
        "batching_window_secs": 10,
    }));
    let (early, late) = (go(&mut engine, 6_000), go(&mut engine, 7_000));
    let (early, late) = (card(&early), card(&late));
    for seen in [early, late] {
        assert_eq!((seen.stage, seen.records_max), (Stage::Gathers, 1_000));
        assert_eq!(seen.whole_micros, 10_000_000);
    }
    // Ten records a second, read every second, since the first second.
    assert!((40..=60).contains(&early.records), "{early:?}");
    assert_eq!(late.records, early.records + 10);
    assert!((4_000_000..=6_000_000).contains(&early.left_micros), "{early:?}");
    assert_eq!(late.left_micros + 1_000_000, early.left_micros);
}

/// Nothing behind a batch that fails goes on, so its shard ages with it, though reading goes on
/// (facts, streams §10: the shard is blocked, `IteratorAge` is the age of the batch).
#[test]
fn a_stuck_batch_ages_while_reading_goes_on() {
    let mut engine = engine(&json!({
        "start": "TRIM_HORIZON", "creation_secs": 0, "batch_size": 10_000,
        "body": "fail", "fail_percent": 100,
    }));
    for secs in [30, 60] {
        let worst = card(&go(&mut engine, secs * 1_000)).worst.unwrap();
        // The first batch has records of the first seconds.
        let ages = (secs - 3) * 1_000_000..=secs * 1_000_000;
        assert!(ages.contains(&worst.age_micros) && worst.late, "{worst:?} after {secs} s");
    }
}
