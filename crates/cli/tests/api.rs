//! `rivulet api` as a stranger meets it: a line in, a line out, whatever the line holds.

#![expect(clippy::unwrap_used, reason = "a test that cannot start its program has failed")]

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

/// What the program answers, and that the end of the input is a good end.
fn output(options: &[&str], lines: &[u8]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rivulet"));
    command.arg("api").args(options).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(lines).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    String::from_utf8(output.stdout).unwrap()
}

fn answers(options: &[&str], lines: &[u8]) -> Vec<Value> {
    let text = output(options, lines);
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn line(at_micros: u64, operation: &str, body: &Value) -> String {
    let target = format!("Kinesis_20131202.{operation}");
    let line = json!({ "id": at_micros, "at_micros": at_micros, "target": target, "body": body });
    format!("{line}\n")
}

/// Whatever the line holds, who asked can tell which answer is for it: the id comes back letter by
/// letter.
#[test]
fn an_id_comes_back_as_it_was_written() {
    let ids =
        ["12345678901234567890123", "1e400", "-0.0", r#""\ud800""#, r#"{"b": [1,  2]}"#, "null"];
    let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
    let bodies = ["{}", "1e400", r#""\ud800""#, &deep];
    for (id, body) in ids.iter().flat_map(|id| bodies.map(|body| (id, body))) {
        let target = "Kinesis_20131202.ListStreams";
        let line =
            format!(r#"{{"id": {id}, "at_micros": 0, "target": "{target}", "body": {body}}}"#);
        let output = output(&[], format!("{line}\n").as_bytes());
        let status = if body == "{}" { 200 } else { 400 };
        let start = format!(r#"{{"id":{id},"status":{status},"#);
        assert!(output.starts_with(&start), "{id} with {body:.20}: {output:.120}");
    }
}

/// Issues a stream, puts records into it through a change of its shards and reads them back. The
/// times are those of the options; the numbers are facts, streams §1.4 and §4.1.
#[test]
fn a_line_is_a_call_at_its_time() {
    let s = json!({ "StreamName": "s" });
    let lines = [
        line(0, "CreateStream", &json!({ "StreamName": "s", "ShardCount": 1 })),
        line(1_999_999, "DescribeStreamSummary", &s),
        line(2_000_000, "DescribeStreamSummary", &s),
        line(
            5_250_000,
            "PutRecord",
            &json!({ "StreamName": "s", "PartitionKey": "a", "Data": "aGk=" }),
        ),
    ];
    let options = [
        "--create-delay",
        "2s",
        "--account",
        "000011112222",
        "--region",
        "eu-west-1",
        "--epoch-millis",
        "1767225600000",
    ];
    let answers = answers(&options, lines.concat().as_bytes());
    let ids: Vec<&Value> = answers.iter().map(|it| &it["id"]).collect();
    assert_eq!(ids, [0, 1_999_999, 2_000_000, 5_250_000]);
    assert_eq!((&answers[0]["body"], &answers[0]["status"]), (&json!({}), &json!(200)));
    assert_eq!(answers[0]["headers"]["Content-Length"], "0");
    let summary = |at: usize| &answers[at]["body"]["StreamDescriptionSummary"];
    assert_eq!(summary(1)["StreamStatus"], "CREATING");
    assert_eq!(summary(2)["StreamStatus"], "ACTIVE");
    let arn = "arn:aws:kinesis:eu-west-1:000011112222:stream/s";
    assert_eq!(summary(2)["StreamARN"], arn);
    assert_eq!(summary(2)["StreamCreationTimestamp"], 1_767_225_600.0);
    // Shard 0, created two seconds before the call, first number, arrived in second 5.
    let number = engine::kind::stream::SequenceNumber {
        created_secs: 1_767_225_598,
        index: 1,
        secs: 1_767_225_605,
        shard: 0,
    };
    assert_eq!(answers[3]["body"]["SequenceNumber"], number.to_string());
    let id = answers[3]["headers"]["x-amzn-RequestId"].as_str().unwrap();
    assert_eq!(id.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
    let length = answers[3]["body"].to_string().len().to_string();
    assert_eq!(answers[3]["headers"]["Content-Length"], length);
}

#[test]
fn what_is_no_request_is_told_so() {
    let deep = format!("{}{}\n", "[".repeat(5_000), "]".repeat(5_000));
    let cases: [(&[u8], &str); 11] = [
        (b"nonsense\n", "not JSON"),
        (b"[1]\n", "one JSON object"),
        (b"{\"id\": 1\n", "not JSON"),
        (b"\xff\xfe\n", "not JSON"),
        (b"{}\n", "at_micros"),
        (b"{\"at_micros\": -1, \"target\": \"x\"}\n", "at_micros"),
        (b"{\"at_micros\": 1.5, \"target\": \"x\"}\n", "at_micros"),
        (b"{\"at_micros\": 18446744073709551615, \"target\": \"x\"}\n", "at_micros"),
        (b"{\"at_micros\": 0}\n", "target"),
        (b"{\"at_micros\": 0, \"target\": 7}\n", "target"),
        (deep.as_bytes(), "one JSON object"),
    ];
    for (lines, told) in cases {
        let answers = answers(&[], lines);
        assert_eq!(answers.len(), 1, "{told}");
        assert_eq!(answers[0]["status"], 400);
        assert_eq!(answers[0]["body"]["__type"], "SerializationException");
        let message = answers[0]["body"]["Message"].as_str().unwrap();
        assert!(message.contains(told), "{message}");
    }
    assert_eq!(answers(&[], b""), Vec::<Value>::new());
    assert_eq!(answers(&[], b"\n \r\n"), Vec::<Value>::new());
}

#[test]
fn time_never_goes_back_and_the_next_line_is_answered() {
    let list = |at| line(at, "ListStreams", &json!({}));
    let lines = [list(10), list(9), list(10), list(11)].concat();
    let statuses: Vec<Value> =
        answers(&[], lines.as_bytes()).iter().map(|it| it["status"].clone()).collect();
    assert_eq!(statuses, [200, 400, 200, 200]);
}

/// Facts, streams §14.1: the body parses, then the operation is known, then the types are right.
#[test]
fn checks_come_in_the_order_of_the_service() {
    let target = |name: &str| json!({ "at_micros": 0, "target": name, "body": {} }).to_string();
    let bodiless = json!({ "at_micros": 0, "target": "Kinesis_20131202.Nothing" }).to_string();
    let lines = [
        bodiless,
        target("Kinesis_20131202.Nothing"),
        target("DynamoDB_20120810.ListTables"),
        target("ListStreams"),
        target("Kinesis_20131202.CreateStream"),
    ];
    let answers = answers(&[], (lines.join("\n") + "\n").as_bytes());
    let types: Vec<&Value> = answers.iter().map(|it| &it["body"]["__type"]).collect();
    let unknown = "UnknownOperationException";
    assert_eq!(types, ["SerializationException", unknown, unknown, unknown, "ValidationException"]);
    assert_eq!(answers[1]["body"], json!({ "__type": unknown }));
}

/// What was not there in 2020 is not there in the classic profile, in answers and in requests.
#[test]
fn the_profile_is_an_age() {
    let create = json!({ "StreamName": "s", "ShardCount": 1 });
    let arn = json!({ "StreamARN": "arn:aws:kinesis:us-east-1:123456789012:stream/s" });
    let lines = [
        line(0, "CreateStream", &create),
        line(600_000, "DescribeStream", &json!({ "StreamName": "s" })),
        line(600_000, "DescribeStream", &arn),
        line(600_000, "ListStreams", &json!({})),
    ];
    let keys = |it: &Value| {
        it.as_object().map_or_else(Vec::new, |it| it.keys().cloned().collect::<Vec<_>>())
    };
    let classic = answers(&["--profile", "classic"], lines.concat().as_bytes());
    let stream = keys(&classic[1]["body"]["StreamDescription"]);
    assert!(!stream.contains(&"StreamModeDetails".to_owned()), "{stream:?}");
    assert_eq!(classic[2]["body"]["__type"], "ValidationException");
    assert_eq!(classic[3]["body"], json!({ "StreamNames": ["s"], "HasMoreStreams": false }));
    let current = answers(&["--profile", "current"], lines.concat().as_bytes());
    assert_eq!(current[2]["body"], current[1]["body"]);
    assert_eq!(keys(&current[3]["body"]).len(), 3);
}

#[test]
fn options_are_checked() {
    for options in [
        ["--account", "12"],
        ["--region", ""],
        ["--profile", "old"],
        ["--reshard-delay", "401d"],
        ["--create-delay", "213503982334d"],
        ["--shard-limit", "1000001"],
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rivulet"));
        let output = command.arg("api").args(options).stdin(Stdio::null()).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{options:?}");
    }
}

/// Valid JSON is never called none: numbers above an `Integer` are its largest (kinesalite), and
/// members the service does not know hold what they like (facts, streams §14.1).
#[test]
fn what_is_json_is_read_as_such() {
    let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
    let text = "class com.amazon.coral.value.json.numbers.TruncatingBigNumber can not be \
                   converted to an String";
    let largest = "1 validation error detected: Value '2147483647' at 'limit' failed to satisfy \
                   constraint: Member must have value less than or equal to 10000";
    // Half a pair of surrogates is legal JSON (RFC 8259 §8.2), and no letter of a name.
    let half = "1 validation error detected: Value '\u{fffd}' at 'exclusiveStartStreamName' failed \
                to satisfy constraint: Member must satisfy regular expression pattern: \
                [a-zA-Z0-9_.-]+";
    for (body, told) in [
        (r#"{"ExclusiveStartStreamName":"\ud83d"}"#.to_owned(), half),
        (r#"{"X":"\ud83d"}"#.to_owned(), ""),
        (r#"{"Limit":1e400}"#.to_owned(), largest),
        (r#"{"X":1e400,"Y":[-1e400]}"#.to_owned(), ""),
        (format!(r#"{{"X":{deep}}}"#), ""),
        (r#"{"ExclusiveStartStreamName":1e400}"#.to_owned(), text),
        (format!(r#"{{"Limit":{deep}}}"#), "Start of list found where not expected"),
    ] {
        let target = "Kinesis_20131202.ListStreams";
        let line = format!(r#"{{"at_micros":0,"target":"{target}","body":{body}}}"#);
        let answer = &answers(&[], format!("{line}\n").as_bytes())[0];
        let message = ["message", "Message"].into_iter().find_map(|it| answer["body"].get(it));
        assert_eq!(message.map_or("", |it| it.as_str().unwrap()), told, "{body:.40}");
        assert_eq!(answer["status"], if told.is_empty() { 200 } else { 400 });
    }
}

/// Regions have the partitions of botocore 1.44.5 in their ARNs, and calls find streams by them.
#[test]
fn a_region_is_in_its_partition() {
    for (region, partition) in [
        ("eu-west-1", "aws"),
        ("cn-north-1", "aws-cn"),
        ("us-gov-west-1", "aws-us-gov"),
        ("us-iso-east-1", "aws-iso"),
        ("us-isob-east-1", "aws-iso-b"),
    ] {
        let arn = format!("arn:{partition}:kinesis:{region}:123456789012:stream/s");
        let lines = [
            line(0, "CreateStream", &json!({ "StreamName": "s", "ShardCount": 1 })),
            line(500_000, "DescribeStreamSummary", &json!({ "StreamARN": arn })),
        ];
        let answers = answers(&["--region", region], lines.concat().as_bytes());
        assert_eq!(answers[1]["body"]["StreamDescriptionSummary"]["StreamARN"], arn);
    }
}

/// Half a second for every change, and the shards that were asked for.
#[test]
fn the_delay_and_the_limit_are_those_that_were_set() {
    let s = json!({ "StreamName": "s" });
    let lines = [
        line(0, "CreateStream", &json!({ "StreamName": "s", "ShardCount": 300 })),
        line(0, "DescribeLimits", &json!({})),
        line(
            1_000_000,
            "UpdateShardCount",
            &json!({ "StreamName": "s", "TargetShardCount": 400,
                     "ScalingType": "UNIFORM_SCALING" }),
        ),
        line(1_499_999, "DescribeStreamSummary", &s),
        line(1_500_000, "DescribeStreamSummary", &s),
    ];
    let options = ["--profile", "classic", "--shard-limit", "1000", "--reshard-delay", "500ms"];
    let answers = answers(&options, lines.concat().as_bytes());
    assert_eq!(answers[1]["body"]["ShardLimit"], 1_000);
    for (at, status, open) in [(3, "UPDATING", 300), (4, "ACTIVE", 400)] {
        let summary = &answers[at]["body"]["StreamDescriptionSummary"];
        assert_eq!(
            (&summary["StreamStatus"], &summary["OpenShardCount"]),
            (&json!(status), &json!(open))
        );
    }
}
