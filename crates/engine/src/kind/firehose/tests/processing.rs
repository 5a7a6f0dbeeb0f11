//! Steps between ingestion and the buffer: the function and its contract, keys and partitions, logs
//! in gzip, and what becomes of records a step cannot work on.

use scenario::kind::{Deaggregation, FormatConversion, Transform};
use serde_json::{Value, json};

use super::*;
use crate::gzip;

/// A function with an interval of 10 s in front of a bucket with one of 60 s.
fn function(transform: Transform) -> FirehoseConfig {
    FirehoseConfig { transform, transform_interval_secs: 10, ..hints(5, 60) }
}

/// The JSON lines of an object.
fn lines(object: &Object) -> Vec<Value> {
    let text = core::str::from_utf8(&object.bytes).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Time of the wall in milliseconds.
fn wall(secs_and_tenths: (u64, u64)) -> u64 {
    EPOCH + secs_and_tenths.0 * 1_000 + secs_and_tenths.1 * 100
}

/// Facts, firehose §3: after three retries the whole batch has failed; one JSON document for each
/// record, with these members, under `processing-failed`.
#[test]
fn a_failed_batch_is_written_down_with_the_fields_of_the_guide() {
    let fails = FirehoseConfig { transform_fail_percent: 100, ..function(Transform::Fail) };
    let mut world = World::new(&fails);
    world.put(&texts(&["a", "b"]));
    world.run(secs(200));
    let [object] = world.objects() else { panic!("one error object") };
    assert!(object.key.starts_with("processing-failed/2018/08/27/10/to-s3-1-2018-08-27-10-30-00-"));
    // Four attempts of 0.2 s with a second between them.
    let expected = |data: &str| {
        json!({
            "attemptsMade": 4,
            "arrivalTimestamp": wall((0, 0)),
            "errorCode": "Lambda.FunctionError",
            "errorMessage":
                "The Lambda function was successfully invoked but it returned an error result.",
            "attemptEndingTimestamp": wall((13, 8)),
            "rawData": data,
            "lambdaArn":
                "arn:aws:lambda:us-east-1:123456789012:function:to-s3-transform:$LATEST",
        })
    };
    assert_eq!(lines(object), [expected("YQ=="), expected("Yg==")]);
    assert_eq!(object.records, 2);
    assert_eq!(world.balance(Account::Delivered(BUCKET)), 2);
    assert!(world.causes().iter().any(|cause| cause.reason == Reason::TransformFailed));
}

/// Facts, firehose §3: every record comes back exactly once, in JSON; nobody asks again.
#[test]
fn an_answer_that_breaks_the_contract_has_its_code() {
    let mut world = World::new(&function(Transform::WrongIds));
    for batch in 0..3 {
        world.put(&texts(&["a"]));
        world.run(secs((batch + 1) * 15));
    }
    world.run(secs(200));
    let told: Vec<_> = world.objects().iter().flat_map(lines).collect();
    let codes: Vec<_> = told.iter().map(|line| line["errorCode"].as_str().unwrap()).collect();
    let expected =
        ["Lambda.MissingRecordId", "Lambda.DuplicatedRecordId", "Lambda.JsonProcessingException"];
    assert_eq!(codes, expected);
    assert!(told.iter().all(|line| line["attemptsMade"] == 1));
}

/// Facts, firehose §3: 5 minutes are the most, and then it counts as a failed invocation.
#[test]
fn a_function_that_takes_too_long_times_out() {
    let slow = FirehoseConfig { transform_retries: 1, ..function(Transform::Slow) };
    let mut world = World::new(&slow);
    world.put(&texts(&["a"]));
    world.run(secs(800));
    let told = lines(&world.objects()[0]);
    assert_eq!(told[0]["errorCode"], "Lambda.FunctionTimedOut");
    assert_eq!(told[0]["attemptsMade"], 2);
    // 10 s in its buffer, 300 s, a second, 300 s.
    assert_eq!(told[0]["attemptEndingTimestamp"], wall((611, 0)));
    let longest = world.kernel.metrics.series(FIREHOSE, FUNCTION_MILLIS, 800);
    assert_eq!(longest.iter().max(), Some(&300_000));
}

/// Five minutes to the millisecond are not too long.
#[test]
fn a_function_may_take_five_minutes() {
    for (millis, taken) in [(300_000, 1), (300_001, 0)] {
        let config = FirehoseConfig {
            transform_millis: millis,
            transform_retries: 0,
            ..function(Transform::Identity)
        };
        let mut world = World::new(&config);
        world.put(&texts(&["a"]));
        world.run(secs(500));
        let series = world.kernel.metrics.series(FIREHOSE, PROCESSED_RECORDS, 500);
        assert_eq!(series.iter().sum::<u64>(), taken, "{millis} ms");
    }
}

/// Facts, firehose §3: `ProcessingFailed` is about one record; the others go on, and `Dropped` ones
/// are delivered nowhere.
#[test]
fn each_record_goes_where_the_function_says() {
    let drops = FirehoseConfig {
        transform_field: "level=DEBUG".to_owned(),
        newline: true,
        ..function(Transform::Drop)
    };
    let mut world = World::new(&drops);
    world.put(&texts(&[r#"{"level":"DEBUG"}"#, r#"{"level":"INFO"}"#, "no json"]));
    world.run(secs(200));
    let [data, failed] = world.objects() else { panic!("data and failed") };
    let (data, failed) = if data.key.starts_with("proc") { (failed, data) } else { (data, failed) };
    assert_eq!(&*data.bytes, b"{\"level\":\"INFO\"}\n");
    let [line] = &lines(failed)[..] else { panic!("one failed") };
    assert_eq!(
        (&line["errorCode"], &line["rawData"]),
        (&"Lambda.ProcessingFailedStatus".into(), &"bm8ganNvbg==".into(),)
    );
    let dropped = Account::Dropped(FIREHOSE, Reason::TransformDropped);
    assert_eq!(world.balance(dropped), 1);
    assert_eq!(world.balance(Account::Delivered(BUCKET)), 2);
}

/// Facts, firehose §2: the function has its own buffer, and the interval of the destination begins
/// when the function has answered. The name has the arrival of the oldest record.
#[test]
fn the_function_has_a_buffer_of_its_own() {
    let config =
        FirehoseConfig { transform_buffer_mb: base::Ratio::new(1, 5), ..function(Transform::Sql) };
    let config = FirehoseConfig { transform_sql: "n + 1 AS n".to_owned(), ..config };
    let mut world = World::new(&config);
    let record = format!(r#"{{"n":1,"x":"{}"}}"#, "x".repeat(1_010)).into_bytes();
    assert_eq!(record.len(), 1_024);
    // 0.2 MB are 204.8 of these: 205 fill the buffer, five wait for its interval.
    world.put(&vec![record; 210]);
    world.run(secs(1));
    assert_eq!(world.balance(Account::Derived(FIREHOSE)), 205, "made after 0.2 s");
    world.run(secs(9));
    assert_eq!(world.balance(Account::Derived(FIREHOSE)), 205);
    world.run(secs(11));
    assert_eq!(world.balance(Account::Derived(FIREHOSE)), 210);
    world.run(secs(62));
    assert_eq!(world.seals(), [(210, 60, Seal::Time)], "60 s after 0.2 s");
    assert!(world.objects()[0].key.contains("-2018-08-27-10-30-00-"));
    assert_eq!(&world.objects()[0].bytes[..7], b"{\"n\":2}");
}

/// New hints count for what has gathered, as they do for the buffer of the destination.
#[test]
fn new_hints_count_for_the_buffer_of_the_function() {
    let config = |secs: u32, mb: base::Ratio| FirehoseConfig {
        transform_interval_secs: secs,
        transform_buffer_mb: mb,
        ..function(Transform::Identity)
    };
    let one = base::Ratio::new(1, 1);
    let invoked = |later: &FirehoseConfig| {
        let mut world = World::new(&config(300, one));
        world.put(&vec![vec![b'x'; 1_024]; 300]);
        world.run(secs(100));
        world.reconfigure(later);
        world.run(secs(400));
        let series = world.kernel.metrics.series(FIREHOSE, PROCESSED_RECORDS, 400);
        series.iter().position(|records| *records > 0)
    };
    assert_eq!(invoked(&config(300, one)), Some(300));
    assert_eq!(invoked(&config(150, one)), Some(150));
    assert_eq!(invoked(&config(300, base::Ratio::new(1, 5))), Some(100), "0.2 MB are there");
}

/// Facts, firehose §3: 6 MB a payload, Base64 included, whatever the hint says.
#[test]
fn many_small_records_fill_a_payload_before_the_buffer() {
    let config =
        FirehoseConfig { transform_buffer_mb: base::Ratio::new(3, 1), ..function(Transform::Drop) };
    let config = FirehoseConfig { transform_field: "n=1".to_owned(), quota_times: 100, ..config };
    let mut world = World::new(&config);
    // Seven bytes are 12 in Base64 and 130 around it: 44,306 fit into 6 MiB.
    let record = br#"{"n":1}"#.to_vec();
    for _call in 0..100 {
        world.put(&vec![record.clone(); 500]);
    }
    world.run(secs(1));
    let dropped = Account::Dropped(FIREHOSE, Reason::TransformDropped);
    assert_eq!(world.balance(dropped), (6 << 20) / (12 + 130));
}

/// Facts, firehose §3: 6 MB a payload; a record of a stream can be too large all alone.
#[test]
fn a_record_too_large_for_a_request_has_failed() {
    for (bytes, dropped) in [(4_000_000, 1), (5_000_000, 0)] {
        let config =
            FirehoseConfig { transform_field: "n=1".to_owned(), ..function(Transform::Drop) };
        let mut world = World::with_stream(&config, 1);
        world.run(secs(10));
        world.put(&texts(&[&format!(r#"{{"n":1,"x":"{}"}}"#, "x".repeat(bytes))]));
        world.run(secs(400));
        let reason = Account::Dropped(FIREHOSE, Reason::TransformDropped);
        assert_eq!(world.balance(reason), dropped, "{bytes}");
        assert_eq!(world.balance(Account::Delivered(BUCKET)), 1 - dropped);
    }
}

/// Facts, firehose §1.2: five outstanding invocations for each shard of a stream.
#[test]
fn a_stream_has_five_invocations_a_shard() {
    let config = FirehoseConfig {
        transform_millis: 10_000,
        transform_interval_secs: 0,
        ..function(Transform::Identity)
    };
    let mut world = World::with_stream(&config, 1);
    for second in 1..=9 {
        world.run(secs(second));
        world.put(&texts(&["a"]));
    }
    world.run(secs(10));
    let Node::Firehose(firehose) = world.node(FIREHOSE) else { panic!("a Firehose stream") };
    let seen = firehose
        .transformer
        .view(&config, (world.kernel.now, firehose.running_max(secs(9)).unwrap()));
    assert_eq!((seen.running, seen.under_way > 5), ((5, 5), true));
    world.run(secs(200));
    assert_eq!(world.balance(Account::Delivered(BUCKET)), 9);
}

/// What waits for a function that is taken away is delivered as it is.
#[test]
fn a_function_that_goes_lets_its_records_go() {
    let config = function(Transform::Redact);
    let mut world = World::new(&FirehoseConfig { transform_field: "a".to_owned(), ..config });
    world.put(&texts(&["{\"a\":1}"]));
    world.run(secs(5));
    world.reconfigure(&hints(5, 60));
    world.run(secs(70));
    assert_eq!(&*world.objects()[0].bytes, b"{\"a\":1}");
}

/// Facts, firehose §1.5: one record holds many log events; a `CONTROL_MESSAGE` holds none.
#[test]
fn log_events_come_out_of_their_gzip() {
    let config =
        FirehoseConfig { decompress: true, extract_messages: true, newline: true, ..hints(5, 60) };
    let mut world = World::new(&config);
    let document = |kind: &str| {
        let events = [
            json!({ "id": "1", "timestamp": 1, "message": "one" }),
            json!({ "id": "2", "timestamp": 2, "message": "two" }),
        ];
        gzip::member(json!({ "messageType": kind, "logEvents": events }).to_string().as_bytes())
    };
    let broken = document("DATA_MESSAGE")[..40].to_vec();
    world.put(&[document("DATA_MESSAGE"), document("CONTROL_MESSAGE"), broken.clone()]);
    world.run(secs(200));
    let Node::Firehose(firehose) = world.node(FIREHOSE) else { panic!("a Firehose stream") };
    // Facts, firehose §7: what was decompressed is billed, by the size it then has.
    let unfolded = |kind| gzip::expand(&document(kind), 1 << 20).unwrap().len() as u64;
    let both = unfolded("DATA_MESSAGE") + unfolded("CONTROL_MESSAGE");
    assert_eq!(firehose.decompressed_bytes, both);
    let object = |begin: &str| world.objects().iter().find(|it| it.key.starts_with(begin)).unwrap();
    assert_eq!(&*object("2018/").bytes, b"one\ntwo\n");
    assert_eq!(*object("decompression-failed/").bytes, broken, "as it came");
    assert_eq!(world.balance(Account::Folded(FIREHOSE)), 2);
}

/// Facts, firehose §1.1: more than 500 inside of one record, and it stays whole.
#[test]
fn a_record_of_more_than_500_stays_whole() {
    for (count, records) in [(500, 500), (501, 1)] {
        let config = FirehoseConfig { deaggregate: Deaggregation::Json, ..hints(5, 60) };
        let mut world = World::new(&config);
        world.put(&texts(&[&"{\"a\":1}".repeat(count)]));
        world.run(secs(61));
        assert_eq!(world.objects()[0].records, records);
        assert_eq!(world.objects()[0].raw_bytes, 7 * count as u64);
    }
}

/// Facts, firehose §4: the fields of a record that could not be converted. Without a library none
/// can.
#[test]
fn what_is_not_converted_is_written_down_with_the_fields_of_the_guide() {
    let config = FirehoseConfig {
        convert: FormatConversion::Parquet,
        schema: "a int".to_owned(),
        ..hints(64, 60)
    };
    let mut world = World::new(&config);
    world.put(&texts(&["{\"a\":1}"]));
    world.run(secs(200));
    let [object] = world.objects() else { panic!("one error object") };
    assert!(object.key.starts_with("format-conversion-failed/2018/08/27/10/"));
    let Node::Firehose(firehose) = world.node(FIREHOSE) else { panic!("a Firehose stream") };
    assert_eq!(firehose.converted_bytes, 5_120, "of what came in, rounded up (facts, §7)");
    let line = &lines(object)[0];
    let names: Vec<_> = line.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "attemptsMade",
            "arrivalTimestamp",
            "lastErrorCode",
            "lastErrorMessage",
            "attemptEndingTimestamp",
            "rawData",
            "sequenceNumber",
            "subSequenceNumber",
            "dataCatalogTable",
        ]
    );
    let table = line["dataCatalogTable"].as_object().unwrap();
    let names: Vec<_> = table.keys().map(String::as_str).collect();
    let expected = ["catalogId", "databaseName", "tableName", "region", "versionId", "catalogArn"];
    assert_eq!(names, expected);
}

/// Facts, firehose §4: what could not be converted is tried for ever and holds up the rest, which
/// Direct PUT loses after 24 hours.
#[test]
fn what_is_not_converted_is_kept_until_it_is_stored() {
    let config = FirehoseConfig {
        convert: FormatConversion::Parquet,
        schema: "a int".to_owned(),
        ..hints(64, 60)
    };
    let mut world = World::new(&config);
    world.fault(BUCKET, FaultKind::Down, 30 * 3_600);
    world.put(&texts(&["{\"a\":1}"]));
    world.run(secs(3_600));
    world.reconfigure(&hints(5, 60));
    world.put(&texts(&["plain"]));
    world.run(secs(26 * 3_600));
    assert_eq!(world.balance(Account::Dropped(FIREHOSE, Reason::DeliveryExpired)), 0);
    world.run(secs(31 * 3_600));
    let [object] = world.objects() else { panic!("one error object") };
    assert!(object.key.starts_with("format-conversion-failed/2018/08/27/10/"));
    assert_eq!(world.balance(Account::Dropped(FIREHOSE, Reason::DeliveryExpired)), 1);
}
