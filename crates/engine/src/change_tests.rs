//! Changes of a running scenario: nothing is lost from the books, nobody waits for ever.

use std::sync::Arc;

use base::{NodeId, Time};
use scenario::{Action, DataSets, Document, Fault, FaultKind, format};
use serde_json::json;

use crate::cause::Reason;
use crate::engine::{Engine, Progress};
use crate::formats::Formats;
use crate::snapshot::{MarkKind, Snapshot};

const PRODUCER: NodeId = NodeId(1);
const STREAM: NodeId = NodeId(2);
const READER: NodeId = NodeId(3);

fn document(script: &serde_json::Value) -> Document {
    let text = json!({
        "format": "rivulet/scenario", "version": 1,
        "nodes": [
            {"id": 1, "kind": "producer", "name": "clicks", "config": {"records_per_sec": 800}},
            {"id": 2, "kind": "stream", "name": "orders", "config": {"shards": 2}},
            {"id": 3, "kind": "consumer", "name": "reader", "config": {
                "start": "TRIM_HORIZON", "work_micros": 100}},
            {"id": 4, "kind": "firehose", "name": "to-s3", "config": {
                "buffer_size_mib": 1, "buffer_interval_secs": 1}},
            {"id": 5, "kind": "bucket", "name": "lake"},
        ],
        "edges": [
            {"id": 1, "from": [1, "out"], "to": [2, "in"]},
            {"id": 2, "from": [2, "out"], "to": [3, "in"]},
            {"id": 3, "from": [2, "out"], "to": [4, "in"]},
            {"id": 4, "from": [4, "out"], "to": [5, "in"]},
        ],
        "script": script,
    });
    format::load(text.to_string().as_bytes()).document.unwrap()
}

fn engine() -> Engine {
    Engine::new(&document(&json!([])), &DataSets::default(), Formats::none()).unwrap()
}

fn go(engine: &mut Engine, micros: u64) {
    while engine.advance(Time(micros), 10_000) == Progress::BudgetSpent {}
    assert_eq!(engine.check(), Ok(()));
}

fn set(node: NodeId, fields: serde_json::Value) -> Action {
    let serde_json::Value::Object(fields) = fields else { panic!("{fields}") };
    Action::Set { node, fields }
}

/// Whatever part goes in the middle of its calls, at many moments, the run goes on and the books
/// balance; and it can come back.
#[test]
fn any_part_may_go_at_any_moment_and_come_back() {
    let document = document(&json!([]));
    for id in (1..=5).map(NodeId) {
        for moment in (0..12).map(|n| 1_500_000 + n * 3_701) {
            let mut engine = Engine::new(&document, &DataSets::default(), Formats::none()).unwrap();
            go(&mut engine, moment);
            engine.apply(&Action::RemoveNode(id)).unwrap();
            assert_eq!(engine.check(), Ok(()));
            go(&mut engine, moment + 400_000);
            let part = document.node(id).unwrap();
            engine.apply(&Action::AddNode(Arc::clone(part))).unwrap();
            for edge in document.edges.iter().filter(|e| e.from.node == id || e.to.node == id) {
                engine.apply(&Action::AddEdge(Arc::clone(edge))).unwrap();
            }
            let before = engine.totals().delivered;
            go(&mut engine, moment + 6_000_000);
            assert!(engine.totals().delivered > before, "{id} at {moment}");
        }
    }
}

#[test]
fn what_a_removed_stream_held_is_dropped_as_removed() {
    let mut engine = engine();
    go(&mut engine, 3_000_000);
    let held = engine.totals().held;
    assert!(held > 1_000);
    engine.apply(&Action::RemoveNode(STREAM)).unwrap();
    let dropped = engine.totals().dropped;
    let removed = dropped.iter().find(|(reason, _)| *reason == Reason::Removed).unwrap().1;
    assert!(removed > 1_000 && removed <= held, "{removed} of {held}");
    go(&mut engine, 6_000_000);
}

/// Facts, streams §5: each key's records are read in order across a reshard, parents first.
#[test]
fn a_reshard_loses_nothing_and_repeats_nothing() {
    let mut engine = engine();
    go(&mut engine, 4_000_000);
    for (shards, at) in [(5, 8_000_000), (1, 12_000_000), (3, 16_000_000)] {
        engine.apply(&set(STREAM, json!({"shards": shards}))).unwrap();
        go(&mut engine, at);
    }
    engine.apply(&set(PRODUCER, json!({"records_per_sec": 0}))).unwrap();
    go(&mut engine, 25_000_000);
    let mut snapshot = Snapshot::default();
    engine.observe(&mut snapshot);
    let counter = |node: usize, name: &str| {
        let counters = &snapshot.nodes[node].counters;
        counters.iter().find(|(label, _)| *label == name).unwrap().1
    };
    assert!(counter(1, "stored") > 10_000);
    assert_eq!(counter(2, "processed"), counter(1, "stored"));
    let reshards = snapshot.marks.iter().filter(|mark| mark.kind == MarkKind::Reshard);
    assert_eq!(reshards.count(), 3);
}

#[test]
fn a_refused_action_changes_nothing_and_says_why() {
    let mut engine = engine();
    go(&mut engine, 1_000_000);
    let hash = engine.trace_hash();
    for action in [
        set(STREAM, json!({"shards": 0})),
        set(STREAM, json!({"shards": "many"})),
        set(NodeId(99), json!({})),
        Action::RemoveNode(NodeId(99)),
        Action::Fault(Fault {
            node: NodeId(99),
            kind: FaultKind::Down,
            lasts: base::Duration::SECOND,
        }),
    ] {
        let error = engine.apply(&action).unwrap_err();
        assert!(error.diagnostics.iter().any(base::Diagnostic::is_error), "{action:?}");
    }
    assert_eq!(engine.trace_hash(), hash);
}

#[test]
fn a_script_that_cannot_go_on_says_so() {
    let script = json!([{"at_micros": 2_000_000, "do": "set", "node": 3, "fields": {"limit": 10}}]);
    let mut engine =
        Engine::new(&document(&script), &DataSets::default(), Formats::none()).unwrap();
    go(&mut engine, 1_000_000);
    engine.apply(&Action::RemoveNode(READER)).unwrap();
    go(&mut engine, 3_000_000);
    let mut snapshot = Snapshot::default();
    engine.observe(&mut snapshot);
    assert_eq!(snapshot.notices.len(), 1);
    assert_eq!(snapshot.notices[0].at, Time(2_000_000));
}

#[test]
fn live_settings_decide_about_the_future_only() {
    let (mut live, mut same) = (engine(), engine());
    go(&mut live, 2_000_000);
    go(&mut same, 2_000_000);
    assert_eq!(live.trace_hash(), same.trace_hash());
    live.apply(&set(STREAM, json!({"retention_hours": 48}))).unwrap();
    assert_ne!(live.trace_hash(), same.trace_hash());
    let document = live.document().node(STREAM).unwrap();
    assert_eq!(document.config.fields()["retention_hours"], 48);
}

#[test]
fn stored_records_can_be_looked_at() {
    let mut engine = engine();
    go(&mut engine, 2_000_000);
    let newest = engine.records(STREAM, 1, 3);
    assert_eq!(newest.len(), 3);
    assert!(newest.is_sorted_by(|a, b| a.sequence_number > b.sequence_number));
    assert!(newest.iter().all(|record| record.sequence_number.len() == 56));
    assert_eq!(newest[0].shard_id, "shardId-000000000001");
    assert!(newest[0].hash >= 1 << 127);
}
