//! What arrives at a stream that a service writes to.

use base::{NodeId, Time};
use scenario::DataSets;
use serde_json::Value;

use crate::engine::RecordView;
use crate::{Engine, Formats, Progress, gzip};

/// The records of a stream after three seconds, oldest first.
fn written(config: &str) -> Vec<RecordView> {
    let text = format!(
        r#"{{"format":"rivulet/scenario","version":1,"nodes":[
        {{"id":1,"kind":"writer","name":"app","config":{{{config}}}}},
        {{"id":2,"kind":"stream","name":"orders"}}],
        "edges":[{{"id":1,"from":[1,"out"],"to":[2,"in"]}}]}}"#
    );
    let document = scenario::format::load(text.as_bytes()).document.expect("a document");
    let mut engine =
        Engine::new(&document, &DataSets::default(), Formats::none()).expect("it can run");
    while engine.advance(Time(3_000_000), 100_000) == Progress::BudgetSpent {}
    assert_eq!(engine.check(), Ok(()));
    let mut records = engine.records(NodeId(2), 0, 10_000);
    records.reverse();
    records
}

fn json(data: &[u8]) -> Value {
    serde_json::from_slice(data).expect("it is JSON")
}

/// Facts, firehose §1.5.
#[test]
fn a_subscription_sends_a_probe_and_then_log_events_of_one_stream_each() {
    let records = written(r#""records_per_sec":50,"key_count":3,"payload":"line ${seq}""#);
    let objects: Vec<Value> =
        records.iter().map(|it| json(&gzip::inflate(&it.data, 1 << 20))).collect();
    assert_eq!(objects[0]["messageType"], "CONTROL_MESSAGE");
    let mut messages = Vec::new();
    for (object, record) in objects.iter().zip(&records).skip(1) {
        assert_eq!(object["messageType"], "DATA_MESSAGE");
        assert_eq!(object["logGroup"], "app");
        assert_eq!(object["logStream"], *record.key);
        for event in object["logEvents"].as_array().expect("a list") {
            messages.push(event["message"].as_str().expect("text").to_owned());
        }
    }
    assert!(records.len() <= 1 + 3 * 3, "three streams, a record a second each");
    messages.sort_by_key(|it| it[5..].parse::<u64>().expect("a number"));
    let expected = (1..=60).map(|n| format!("line {n}"));
    assert!(messages.iter().take(60).cloned().eq(expected), "{messages:?}");
    let all = messages.len();
    messages.dedup();
    assert_eq!(messages.len(), all, "none comes twice");
}

#[test]
fn each_service_has_its_partition_keys() {
    for (config, check) in [
        (r#""service":"iot_rule","partition_key":"${topic(2)}""#, "user-"),
        (r#""service":"eventbridge","partition_key":"$.detail.key""#, "user-"),
        (r#""service":"eventbridge","partition_key":"$.source""#, "com.example.shop"),
        (r#""service":"api_gateway","partition_key":"$input.path('$.key')""#, "user-"),
        (r#""service":"cloudwatch_logs""#, ""),
    ] {
        let records = written(config);
        assert!(records.len() > 1, "{config}");
        assert!(records.iter().all(|it| it.key.starts_with(check)), "{config}");
    }
    let events = written(r#""service":"eventbridge""#);
    assert!(events.iter().all(|it| json(&it.data)["id"] == *it.key), "the event's own id");
}
