//! A mapping on a running stream: what its card says is what it does.

use base::Time;
use scenario::{DataSets, format};
use serde_json::{Value, json};

use super::Lambda;
use crate::engine::{Engine, Progress};
use crate::kind::Node;
use crate::snapshot::{Gauge, Invocation, Snapshot, Stage};

/// Ten records a second into one shard, a function behind it, a bucket for what it gives up.
fn engine(function: &Value) -> Engine {
    let text = json!({
        "format": "rivulet/scenario", "version": 1,
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
    });
    let loaded = format::load(text.to_string().as_bytes());
    assert_eq!(loaded.diagnostics, []);
    Engine::new(&loaded.document.unwrap(), &DataSets::default()).unwrap()
}

fn go(engine: &mut Engine, millis: u64) -> Snapshot {
    while engine.advance(Time(millis * 1_000), 100_000) == Progress::BudgetSpent {}
    let mut snapshot = Snapshot::default();
    engine.observe(&mut snapshot);
    snapshot
}

fn function(engine: &Engine) -> &Lambda {
    match &engine.nodes[2].1 {
        Node::Lambda(function) => function,
        other => panic!("{other:?}"),
    }
}

fn card(snapshot: &Snapshot) -> &Invocation {
    match snapshot.nodes[2].gauges.as_slice() {
        [Gauge::Invocation(seen)] => seen,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_card_follows_a_batch_through_its_attempts() {
    let mut engine = engine(&json!({
        "start": "TRIM_HORIZON", "creation_secs": 0, "batch_size": 6, "batch_millis": 300,
        "body": "fail", "fail_percent": 100, "retries": "limited", "retry_attempts": 2,
    }));
    let mut stages = Vec::new();
    let mut attempts = Vec::new();
    for millis in (3_000..20_000).step_by(50) {
        let snapshot = go(&mut engine, millis);
        let (seen, now) = (card(&snapshot), snapshot.now);
        let line = function(&engine).lines.values().next().expect("one shard, one line");
        let (stage, piece, due) = match (&line.running, line.retry.front()) {
            (Some(run), _) => (Stage::Runs, Some(&run.piece), run.until),
            (None, Some(piece)) => (Stage::Rests, Some(piece), line.rests_until),
            (None, None) if line.waiting.is_empty() => (Stage::Idle, None, now),
            (None, None) => (Stage::Gathers, None, now),
        };
        assert_eq!(seen.stage, stage);
        if let Some(piece) = piece {
            assert_eq!((seen.records, seen.attempt), (piece.rows.len() as u64, piece.failures + 1));
            assert_eq!(seen.left_micros, due.since(now).0);
            assert!(seen.left_micros <= seen.whole_micros, "{seen:?}");
            attempts.push(seen.attempt);
        }
        assert_eq!(seen.attempts_max, Some(3));
        stages.push(stage);
        let counters = &snapshot.nodes[2].counters;
        let given_up = counters.iter().find(|(name, _)| *name == "discarded").unwrap().1;
        let told = seen.facts.iter().find(|(label, ..)| label == "failed → failures").unwrap();
        assert_eq!((told.1.as_str(), told.2), (given_up.to_string().as_str(), given_up > 0));
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
    let snapshot = go(&mut engine, 6_000);
    let (seen, line) = (card(&snapshot), function(&engine).lines.values().next().unwrap());
    assert_eq!((seen.stage, seen.records_max), (Stage::Gathers, 1_000));
    assert_eq!(seen.records, line.waiting.len() as u64);
    assert!(seen.records > 0);
    let due = line.since.0 + 10_000_000;
    assert_eq!((seen.left_micros, seen.whole_micros), (due - snapshot.now.0, 10_000_000));
}
