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

/// A card is described by its settings and its wires; an update changes the run, and where it
/// leads the wires decide.
#[test]
fn a_card_is_described_and_updated() {
    let mut engine = direct();
    let body = json!({ "DeliveryStreamName": "f" });
    let described = |engine: &mut Engine| {
        let (status, answer) = call(engine, "DescribeDeliveryStream", &body);
        assert_eq!(status, 200, "{answer}");
        let it = &answer["DeliveryStreamDescription"];
        (it["VersionId"].clone(), it["Destinations"][0]["ExtendedS3DestinationDescription"].clone())
    };
    let (version, found) = described(&mut engine);
    assert_eq!((&version, &found["BucketARN"]), (&json!("1"), &json!("arn:aws:s3:::lake")));
    let hints = json!({ "SizeInMBs": 5, "IntervalInSeconds": 1 });
    assert_eq!(found["BufferingHints"], hints);
    let update = |members: Value, version: &str| {
        json!({
            "DeliveryStreamName": "f", "CurrentDeliveryStreamVersionId": version,
            "DestinationId": "destinationId-000000000001", "ExtendedS3DestinationUpdate": members,
        })
    };
    let delimiter = json!({ "Type": "AppendDelimiterToRecord", "Parameters": [] });
    let processing = json!({ "Enabled": true, "Processors": [delimiter] });
    let members = json!({ "Prefix": "p/", "ProcessingConfiguration": processing });
    let (status, answer) = call(&mut engine, "UpdateDestination", &update(members, "1"));
    assert_eq!((status, answer), (200, json!({})));
    let (version, found) = described(&mut engine);
    assert_eq!((&version, &found["Prefix"]), (&json!("2"), &json!("p/")));
    assert_eq!(found["BufferingHints"], hints);
    let elsewhere = json!({ "BucketARN": "arn:aws:s3:::pond" });
    let (_, answer) = call(&mut engine, "UpdateDestination", &update(elsewhere, "2"));
    assert_eq!(answer["__type"], "InvalidArgumentException");
    // A setting by hand is described as well, and is one version more.
    let fields = json!({ "compression": "GZIP", "newline": false });
    let Value::Object(fields) = fields else { unreachable!() };
    engine.apply(&scenario::Action::Set { node: base::NodeId(2), fields }).unwrap();
    let (version, found) = described(&mut engine);
    assert_eq!((&version, &found["CompressionFormat"]), (&json!("3"), &json!("GZIP")));
    assert_eq!(found["Prefix"], "p/");
    assert_eq!(found["ProcessingConfiguration"], json!({ "Enabled": false, "Processors": [] }));
}

/// What processors say is a setting and the other way round (facts, Firehose §3 and §5).
#[test]
fn processors_are_settings() {
    let mut engine = direct();
    let fields = json!({
        "deaggregate": "delimited", "deaggregate_delimiter": "\\t",
        "transform": "redact", "transform_field": "card", "transform_buffer_mb": "1/2",
        "transform_retries": 7,
    });
    let Value::Object(fields) = fields else { unreachable!() };
    engine.apply(&scenario::Action::Set { node: base::NodeId(2), fields }).unwrap();
    let body = json!({ "DeliveryStreamName": "f" });
    let (_, answer) = call(&mut engine, "DescribeDeliveryStream", &body);
    let found = &answer["DeliveryStreamDescription"]["Destinations"][0];
    let processing = &found["ExtendedS3DestinationDescription"]["ProcessingConfiguration"];
    let parameter =
        |name: &str, value: &str| json!({ "ParameterName": name, "ParameterValue": value });
    let split = json!({ "Type": "RecordDeAggregation", "Parameters": [
        parameter("SubRecordType", "DELIMITED"), parameter("Delimiter", "CQ=="),
    ] });
    let arn = "arn:aws:lambda:us-east-1:123456789012:function:redact";
    let function = json!({ "Type": "Lambda", "Parameters": [
        parameter("LambdaArn", arn), parameter("NumberOfRetries", "7"),
        parameter("BufferSizeInMBs", "0.5"), parameter("BufferIntervalInSeconds", "60"),
    ] });
    assert_eq!(*processing, json!({ "Enabled": true, "Processors": [split, function] }));
    // Said again as it was described, nothing changes but the version.
    let update = json!({
        "DeliveryStreamName": "f", "DestinationId": "destinationId-000000000001",
        "CurrentDeliveryStreamVersionId": answer["DeliveryStreamDescription"]["VersionId"],
        "ExtendedS3DestinationUpdate": { "ProcessingConfiguration": processing },
    });
    let before = engine.document().node(base::NodeId(2)).unwrap().config.fields();
    assert_eq!(call(&mut engine, "UpdateDestination", &update).0, 200);
    let after = engine.document().node(base::NodeId(2)).unwrap().config.fields();
    assert_eq!(before, after);
    // Only CloudWatch Logs put records into a stream that decompresses.
    let fields = [("decompress".to_owned(), Value::Bool(true))].into_iter().collect();
    engine.apply(&scenario::Action::Set { node: base::NodeId(2), fields }).unwrap();
    let one = json!({ "DeliveryStreamName": "f", "Record": { "Data": "aGVsbG8=" } });
    assert_eq!(call(&mut engine, "PutRecord", &one).1["__type"], "InvalidSourceException");
}
