//! A domain behind a connector application: ids, items that fail, requests that are denied.

use base::NodeId;
use serde_json::{Value, json};

use crate::cause::Reason;
use crate::engine::Engine;
use crate::trial::{self, counter, go};

const APP: usize = 2;
const DOMAIN: usize = 3;

/// A hundred records in the first second, emitted after five.
fn engine(app: &Value, payload: &str, script: &Value) -> Engine {
    trial::engine(json!({
        "nodes": [
            {"id": 1, "kind": "producer", "name": "clicks", "config": {
                "arrival": "burst", "records_per_sec": 0, "to_records_per_sec": 100,
                "period_secs": 3_600, "burst_millis": 1_000, "payload": payload,
                "size": "template"}},
            {"id": 2, "kind": "stream", "name": "orders"},
            {"id": 3, "kind": "connector", "name": "archive", "config": app},
            {"id": 4, "kind": "elasticsearch", "name": "search"},
        ],
        "edges": [
            {"id": 1, "from": [1, "out"], "to": [2, "in"]},
            {"id": 2, "from": [2, "out"], "to": [3, "in"]},
            {"id": 3, "from": [3, "out"], "to": [4, "in"]},
        ],
        "script": script,
    }))
}

/// The sequence number the stream gave a record is the id of its document.
#[test]
fn documents_can_be_read() {
    let app = json!({"buffer_millis": 5_000, "index": "clicks"});
    let mut engine = engine(&app, "{\"n\":${seq}}", &json!([]));
    go(&mut engine, 30);
    let sheet = engine.sheet(NodeId(4), 3).unwrap();
    assert_eq!(sheet.columns, ["_id", "_index", "_version", "indexed", "_source"]);
    let newest = engine.records(NodeId(2), 0, 3);
    assert_eq!(newest.len(), 3);
    for (row, record) in sheet.rows.iter().zip(newest) {
        let source = String::from_utf8(record.data).unwrap();
        assert_eq!((&row[0], &row[4]), (&record.sequence_number, &source));
        assert_eq!((&*row[1], &*row[2]), ("clicks", "1"));
    }
}

/// `SearchableDocuments` and `DeletedDocuments` are totals of the index, not what came in a second
/// (OpenSearch Service developer guide, cluster metrics): the second hundred replaces the first.
#[test]
fn documents_are_counted_as_they_stand() {
    let script = json!([
        {"at_micros": 0, "do": "fault", "node": 4, "fault": "timeout", "percent": 100,
         "for_micros": 20_000_000},
    ]);
    let mut engine = engine(&json!({"buffer_millis": 5_000}), "{\"n\":${seq}}", &script);
    go(&mut engine, 58);
    let last = |engine: &Engine, metric| engine.series(NodeId(4), metric, 5);
    assert_eq!(last(&engine, 1), [100; 5]);
    assert_eq!(last(&engine, 2), [100; 5]);
}

/// Elasticsearch reference, Bulk API: items fail one by one, with 429 where the queue of writes is
/// full; the library emits the failed ones again (amazon-kinesis-connectors, `IEmitter.emit`).
#[test]
fn rejected_items_are_emitted_again_and_no_others() {
    let script = json!([
        {"at_micros": 0, "do": "fault", "node": 4, "fault": "reject", "percent": 50,
         "for_micros": 8_000_000},
    ]);
    let app = json!({"buffer_millis": 5_000});
    let mut engine = engine(&app, "{\"n\":${seq}}", &script);
    let early = go(&mut engine, 8);
    let (indexed, full) =
        (counter(&early, DOMAIN, "indexed"), counter(&early, DOMAIN, "queue full"));
    assert_eq!(indexed + full, 100);
    assert!(indexed > 20 && full > 20, "{indexed} and {full}");
    assert!(engine.causes(NodeId(4)).iter().any(|cause| cause.reason == Reason::BulkQueueFull));
    let late = go(&mut engine, 30);
    assert_eq!(counter(&late, DOMAIN, "indexed"), 100);
    assert_eq!(counter(&late, DOMAIN, "indexed twice"), 0);
    assert_eq!(counter(&late, APP, "failed to emit"), 0);
}

/// An index takes JSON objects: texts, numbers and lists are none, white space around one is no
/// fault (RFC 8259).
#[test]
fn only_objects_are_documents() {
    for (payload, documents) in [
        (" {\"a\":[1]}\n", 100),
        ("[{\"a\":1}]", 0),
        ("7", 0),
        ("{\"a\":1}{\"a\":2}", 0),
        ("{\"a\":1", 0),
        ("{\"a\":01}", 0),
    ] {
        let mut engine = engine(&json!({"buffer_millis": 5_000}), payload, &json!([]));
        let seen = go(&mut engine, 8);
        assert_eq!(counter(&seen, DOMAIN, "documents"), documents, "{payload}");
        assert_eq!(counter(&seen, DOMAIN, "unparsed"), 100 - documents, "{payload}");
    }
}

/// A member that is not there, or not plain, leaves the id to the index.
#[test]
fn an_id_is_a_plain_member() {
    for (payload, documents) in [
        ("{\"id\":\"a\"}", 1),
        ("{\"id\":7}", 1),
        ("{\"id\":true}", 1),
        ("{\"id\":null}", 100),
        ("{\"id\":{\"n\":1}}", 100),
        ("{\"n\":1}", 100),
    ] {
        let app = json!({"buffer_millis": 5_000, "document_id": "field"});
        let mut engine = engine(&app, payload, &json!([]));
        let seen = go(&mut engine, 8);
        assert_eq!(counter(&seen, DOMAIN, "documents"), documents, "{payload}");
    }
}

/// OpenSearch Service developer guide, "Identity and Access Management": `es:ESHttpPost` on
/// `arn:aws:es:region:account:domain/name/path`.
#[test]
fn a_policy_names_the_requests_of_a_domain() {
    for (action, resource, indexed) in [
        ("es:ESHttpPost", "arn:aws:es:us-east-1:123456789012:domain/search/*", 100),
        ("es:ESHttpPost", "arn:aws:es:us-east-1:123456789012:domain/search/_bulk", 100),
        ("es:ESHttp*", "*", 100),
        ("es:ESHttpGet", "*", 0),
        ("es:ESHttpPost", "arn:aws:es:us-east-1:123456789012:domain/other/*", 0),
    ] {
        let policy = json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": ["kinesis:*", "dynamodb:*"], "Resource": "*"},
            {"Effect": "Allow", "Action": action, "Resource": resource},
        ]});
        let script = json!([
            {"at_micros": 0, "do": "set", "node": 3, "fields": {"policy": policy.to_string()}},
        ]);
        let mut engine = engine(&json!({"buffer_millis": 5_000}), "{\"n\":1}", &script);
        let seen = go(&mut engine, 20);
        assert_eq!(counter(&seen, DOMAIN, "indexed"), indexed, "{action} {resource}");
        assert_eq!(counter(&seen, APP, "failed to emit"), 0);
    }
}
