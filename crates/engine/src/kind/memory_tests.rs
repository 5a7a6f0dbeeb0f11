//! What each kind keeps is counted: the bound of a whole run (`limits::HELD_BYTES_MAX`) rests on
//! it.
//!
//! Nothing is asserted but that what is there takes the room of its data at least; and where it may
//! lie, each place alone: a place that is forgotten lets a run eat the memory of the page.

use serde_json::{Value, json};

use crate::Engine;
use crate::trial::{self, counter, go};

/// A thousand bytes, no two times the same: what is alike lies in memory once.
fn payload() -> String {
    format!("${{seq}} {}", "x".repeat(998))
}

/// A part that makes a hundred records of 1,000 bytes in the first second, in front of a stream.
fn source(kind: &str, config: &Value, stream: &Value, script: &Value) -> Engine {
    let burst = json!({
        "arrival": "burst", "records_per_sec": 0, "to_records_per_sec": 100, "period_secs": 3_600,
        "burst_millis": 1_000, "size": "template", "payload": payload(),
    });
    let mut fields = burst;
    for (name, value) in config.as_object().into_iter().flatten() {
        fields[name] = value.clone();
    }
    trial::engine(json!({
        "nodes": [
            {"id": 1, "kind": kind, "name": "clicks", "config": fields},
            {"id": 2, "kind": "stream", "name": "orders", "config": stream},
        ],
        "edges": [{"id": 1, "from": [1, "out"], "to": [2, "in"]}],
        "script": script,
    }))
}

/// Bytes a part says it takes after so many seconds.
fn memory(engine: &mut Engine, node: usize, secs: u64) -> u64 {
    go(engine, secs);
    engine.nodes[node].1.memory()
}

/// Calls take ten seconds.
fn slow() -> Value {
    json!({"put_latency_millis": 10_000, "put_latency_p99_millis": 10_001})
}

fn check(what: &str, bytes: u64, least: u64) {
    assert!((least..8 * least).contains(&bytes), "{what}: {bytes} bytes, {least} of data");
}

#[test]
fn records_on_their_way_take_memory() {
    let none = json!([]);
    let long = json!({"call_timeout_millis": 60_000, "linger_millis": 100});
    check("producer", memory(&mut source("producer", &long, &slow(), &none), 0, 4), 100_000);
    let packed = json!({"request_timeout_millis": 60_000});
    check("kpl", memory(&mut source("kpl", &packed, &slow(), &none), 0, 4), 100_000);
    let agent = json!({"buffer_age_millis_max": 1_000, "socket_timeout_millis": 60_000});
    check("agent", memory(&mut source("agent", &agent, &slow(), &none), 0, 4), 100_000);
}

#[test]
fn records_that_wait_take_memory() {
    let down = json!([
        {"at_micros": 0, "do": "fault", "node": 2, "fault": "down",
         "for_micros": 3_600_000_000_u64},
    ]);
    let patient = json!({"backoff": "fixed", "backoff_millis": 60_000, "attempts_max": 10,
        "backoff_millis_max": 60_000});
    check("producer", memory(&mut source("producer", &patient, &json!({}), &down), 0, 4), 100_000);
    // All in one container: neither is it full nor are they due.
    let packs = json!({"record_buffered_millis_max": 20_000, "aggregation_bytes_max": 1_000_000});
    check("kpl", memory(&mut source("kpl", &packs, &json!({}), &json!([])), 0, 4), 100_000);
    let dead = json!([
        {"at_micros": 0, "do": "fault", "node": 1, "fault": "kill",
         "for_micros": 3_600_000_000_u64},
    ]);
    check("agent", memory(&mut source("agent", &json!({}), &json!({}), &dead), 0, 4), 100_000);
    let logs = json!({"service": "cloudwatch_logs", "log_batch_millis": 60_000});
    check("writer", memory(&mut source("writer", &logs, &json!({}), &json!([])), 0, 4), 100_000);
}

/// The newest answer can be looked at, with the records it is about.
#[test]
fn the_newest_answer_takes_memory() {
    let one_call = json!({"linger_millis": 2_000, "batch_records": 500});
    let mut engine = source("producer", &one_call, &json!({}), &json!([]));
    let bytes = memory(&mut engine, 0, 10);
    assert_eq!(engine.totals().delivered + engine.totals().flight, 0);
    assert_eq!(engine.nodes[0].1.held(), 0);
    check("producer", bytes, 100_000);
}

/// A stream gives back what expired.
#[test]
fn stored_records_take_memory_while_they_are_kept() {
    let once = json!([
        {"at_micros": 5_000_000, "do": "set", "node": 1, "fields": {"to_records_per_sec": 0}},
    ]);
    let mut engine = source("producer", &json!({}), &json!({}), &once);
    check("stream", memory(&mut engine, 1, 10), 100_000);
    assert_eq!(memory(&mut engine, 1, 25 * 3_600), 0);
}

/// Ids are kept for ever: each is the 56 digits of a sequence number (facts, streams §1.4).
#[test]
fn ids_of_documents_take_memory() {
    let mut engine = trial::engine(json!({
        "nodes": [
            {"id": 1, "kind": "producer", "name": "clicks", "config": {
                "records_per_sec": 100, "payload": "{\"n\":1}", "size": "template"}},
            {"id": 2, "kind": "stream", "name": "orders"},
            {"id": 3, "kind": "connector", "name": "archive", "config": {"buffer_millis": 1_000}},
            {"id": 4, "kind": "elasticsearch", "name": "search"},
        ],
        "edges": [
            {"id": 1, "from": [1, "out"], "to": [2, "in"]},
            {"id": 2, "from": [2, "out"], "to": [3, "in"]},
            {"id": 3, "from": [3, "out"], "to": [4, "in"]},
        ],
    }));
    let bytes = memory(&mut engine, 3, 60);
    let documents = counter(&go(&mut engine, 60), 3, "documents");
    assert!(documents > 1_000, "{documents}");
    check("elasticsearch", bytes, documents * 56);
}

/// Files that a `COPY` reads, and those that wait for the one before (firehose facts §6).
#[test]
fn files_before_a_copy_take_memory() {
    let mut engine = trial::engine(json!({
        "nodes": [
            {"id": 1, "kind": "producer", "name": "clicks", "config": {
                "arrival": "burst", "records_per_sec": 0, "to_records_per_sec": 100,
                "period_secs": 3_600, "burst_millis": 1_000, "size": "template",
                "payload": payload()}},
            {"id": 2, "kind": "stream", "name": "orders", "config": {"shards": 4}},
            {"id": 3, "kind": "connector", "name": "archive", "config": {"buffer_records": 10}},
            {"id": 4, "kind": "redshift", "name": "dw", "config": {"copy_base_millis": 60_000}},
            {"id": 5, "kind": "bucket", "name": "lake"},
        ],
        "edges": [
            {"id": 1, "from": [1, "out"], "to": [2, "in"]},
            {"id": 2, "from": [2, "out"], "to": [3, "in"]},
            {"id": 3, "from": [3, "out"], "to": [5, "in"]},
            {"id": 4, "from": [3, "copy"], "to": [4, "in"]},
        ],
    }));
    let bytes = memory(&mut engine, 3, 40);
    let files: Vec<u64> =
        engine.objects(base::NodeId(5)).iter().map(|it| it.stored_bytes).collect();
    assert!(files.len() > 1, "one is read, others wait: {files:?}");
    assert_eq!(bytes, files.iter().sum::<u64>());
}

/// A bit for each record that was written, for each key, and for each sequence number.
#[test]
fn what_a_table_has_seen_takes_memory() {
    let mut engine = trial::engine(json!({
        "nodes": [
            {"id": 1, "kind": "producer", "name": "clicks", "config": {"records_per_sec": 640}},
            {"id": 2, "kind": "stream", "name": "orders"},
            {"id": 3, "kind": "kcl", "name": "workers", "config": {"start": "TRIM_HORIZON"}},
            {"id": 4, "kind": "table", "name": "items"},
        ],
        "edges": [
            {"id": 1, "from": [1, "out"], "to": [2, "in"]},
            {"id": 2, "from": [2, "out"], "to": [3, "in"]},
            {"id": 3, "from": [3, "out"], "to": [4, "in"]},
        ],
    }));
    let bytes = memory(&mut engine, 3, 60);
    let written = counter(&go(&mut engine, 60), 3, "written");
    assert!(written > 10_000, "{written}");
    assert!(bytes >= written / 4, "{bytes} bytes");
}
