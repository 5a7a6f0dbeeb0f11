//! Records by hand into Firehose: facts, Firehose §2 (limits, answers and refusals of Direct PUT).

use base::Time;
use scenario::DataSets;
use serde_json::{Value, json};

use crate::api::Profile;
use crate::{Engine, Formats};

fn engine(edges: &Value) -> Engine {
    let document = json!({
        "format": "rivulet/scenario", "version": 1,
        "nodes": [
            {"id": 1, "kind": "stream", "name": "s", "at": [0, 0]},
            {"id": 2, "kind": "firehose", "name": "f", "at": [0, 0],
             "config": {"buffer_interval_secs": 1}},
            {"id": 3, "kind": "bucket", "name": "lake", "at": [0, 0]},
        ],
        "edges": edges,
    });
    let document = scenario::format::load(document.to_string().as_bytes()).document.unwrap();
    let mut engine = Engine::new(&document, &DataSets::default(), Formats::none()).unwrap();
    engine.advance(Time(1_000_000), u32::MAX);
    engine
}

fn direct() -> Engine {
    engine(&json!([{"id": 1, "from": [2, "out"], "to": [3, "in"]}]))
}

fn call(engine: &mut Engine, operation: &str, body: &Value) -> (u16, Value) {
    let target = format!("Firehose_20150804.{operation}");
    let answer = engine.call(Profile::Current, &target, body);
    (answer.status, answer.body)
}

/// Every record gets an id of its own and is delivered in order.
#[test]
fn records_by_hand_reach_the_bucket() {
    let mut engine = direct();
    let one = json!({ "DeliveryStreamName": "f", "Record": { "Data": "aGVsbG8=" } });
    let (status, answer) = call(&mut engine, "PutRecord", &one);
    assert_eq!((status, &answer["Encrypted"]), (200, &json!(false)));
    let batch =
        json!({ "DeliveryStreamName": "f", "Records": [{ "Data": "IA==" }, { "Data": "eW91" }] });
    let (status, answers) = call(&mut engine, "PutRecordBatch", &batch);
    assert_eq!((status, &answers["FailedPutCount"]), (200, &json!(0)));
    let ids = [
        &answer["RecordId"],
        &answers["RequestResponses"][0]["RecordId"],
        &answers["RequestResponses"][1]["RecordId"],
    ];
    assert!(ids.iter().all(|id| id.as_str().is_some_and(|id| id.len() > 100)), "{ids:?}");
    assert!(ids[0] != ids[1] && ids[1] != ids[2]);
    engine.advance(Time(10_000_000), u32::MAX);
    let objects = engine.objects(base::NodeId(3));
    let bytes: Vec<u8> = objects.iter().flat_map(|object| object.bytes.to_vec()).collect();
    assert_eq!(bytes, b"hello you");
    engine.check().unwrap();
}

/// The shape's limits, the source, and who is not there (facts, Firehose §2).
#[test]
fn what_firehose_does_not_take_is_refused_as_aws_refuses_it() {
    let mut engine = direct();
    let refused = |engine: &mut Engine, operation: &str, body: &Value| {
        let (status, answer) = call(engine, operation, body);
        let text = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
        (status, text("__type"), text("message"))
    };
    let to = |name: &str| json!({ "DeliveryStreamName": name, "Record": { "Data": "aGk=" } });
    let (status, exception, message) = refused(&mut engine, "PutRecord", &to("nobody"));
    assert_eq!((status, &*exception), (400, "ResourceNotFoundException"));
    assert_eq!(message, "Firehose nobody under account 123456789012 not found.");
    let many: Vec<Value> = (0..501).map(|_| json!({ "Data": "aGk=" })).collect();
    let body = json!({ "DeliveryStreamName": "f", "Records": many });
    let (_, exception, message) = refused(&mut engine, "PutRecordBatch", &body);
    assert_eq!(exception, "ValidationException");
    assert!(message.ends_with("Member must have length less than or equal to 500"), "{message}");
    let large = "A".repeat(1_024_000 / 3 * 4 + 8);
    let body = json!({ "DeliveryStreamName": "f", "Record": { "Data": large } });
    let (_, exception, message) = refused(&mut engine, "PutRecord", &body);
    assert_eq!(exception, "ValidationException");
    assert!(message.contains("'record.data'") && message.ends_with("1024000"), "{message}");
    let mut engine = self::engine(&json!([
        {"id": 1, "from": [2, "out"], "to": [3, "in"]},
        {"id": 2, "from": [1, "out"], "to": [2, "in"]},
    ]));
    let (_, exception, message) = refused(&mut engine, "PutRecord", &to("f"));
    assert_eq!(exception, "InvalidArgumentException");
    assert_eq!(
        message,
        "This operation is not permitted on KinesisStreamAsSource delivery stream type."
    );
}
