//! Destinations other than S3, and the bucket beside them (facts, firehose §6).

use base::NodeId;
use serde_json::{Value, json};

use crate::cause::Reason;
use crate::engine::Engine;
use crate::object::Purpose;
use crate::snapshot::{Gauge, Snapshot};
use crate::trial::{self, counter, go};

const FIREHOSE: usize = 1;
const TARGET: usize = 2;
const BUCKET: NodeId = NodeId(4);
/// When the ten records of the first second are sealed.
const SEALED: u64 = 5;
/// The shortest interval of a backup.
const BACKUP: u64 = 60;

/// Ten records in the first second, five seconds of buffering, a target and a bucket beside it.
fn engine(kind: &str, target: &Value, firehose: &Value, script: &Value) -> Engine {
    fed(r#"{"n":${seq}}"#, kind, target, firehose, script)
}

fn fed(payload: &str, kind: &str, target: &Value, firehose: &Value, script: &Value) -> Engine {
    let mut config = json!({
        "buffer_interval_secs": 5, "backup_interval_secs": 60, "backup_prefix": "beside/",
    });
    for (key, value) in firehose.as_object().unwrap() {
        config[key] = value.clone();
    }
    trial::engine(json!({
        "nodes": [
            {"id": 1, "kind": "producer", "name": "clicks", "config": {
                "arrival": "burst", "records_per_sec": 0, "to_records_per_sec": 10,
                "period_secs": 86_400, "burst_millis": 1_000, "payload": payload,
                "size": "template"}},
            {"id": 2, "kind": "firehose", "name": "to-it", "config": config},
            {"id": 3, "kind": kind, "name": "target", "config": target},
            {"id": 4, "kind": "bucket", "name": "beside"},
        ],
        "edges": [
            {"id": 1, "from": [1, "out"], "to": [2, "in"]},
            {"id": 2, "from": [2, "out"], "to": [3, "in"]},
            {"id": 3, "from": [2, "bucket"], "to": [4, "in"]},
        ],
        "script": script,
    }))
}

fn down(node: u32, secs: u64) -> Value {
    json!({"at_micros": 0, "do": "fault", "node": node, "fault": "down",
           "for_micros": secs * 1_000_000})
}

fn fault(node: u32, kind: &str, secs: u64) -> Value {
    json!({"at_micros": 0, "do": "fault", "node": node, "fault": kind, "percent": 100,
           "for_micros": secs * 1_000_000})
}

/// The lines of an object in the bucket, as JSON.
fn lines(engine: &Engine, at: usize) -> Vec<Value> {
    let text = String::from_utf8(engine.objects(BUCKET)[at].bytes.to_vec()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn keys(engine: &Engine) -> Vec<String> {
    engine.objects(BUCKET).iter().map(|object| object.key.to_string()).collect()
}

fn metric(snapshot: &Snapshot, at: u8) -> u64 {
    snapshot.nodes[FIREHOSE].metrics[usize::from(at)].total
}

fn members(line: &Value) -> Vec<&str> {
    line.as_object().unwrap().keys().map(String::as_str).collect()
}

/// Retry 300 s, every five minutes, the first attempt counted: two attempts. Then one JSON document
/// each under `AmazonOpenSearchService_failed/`, with the fields the guide names.
#[test]
fn documents_that_fail_for_the_retry_duration_go_to_the_backup() {
    let script = json!([down(3, 86_000)]);
    let mut engine = engine("elasticsearch", &json!({}), &json!({"index": "idx"}), &script);
    go(&mut engine, SEALED + 301 + BACKUP - 2);
    assert_eq!(keys(&engine), [""; 0]);
    let seen = go(&mut engine, SEALED + 303 + BACKUP);
    let key = &keys(&engine)[0];
    assert!(key.starts_with("beside/AmazonOpenSearchService_failed/20"), "{key}");
    let lines = lines(&engine, 0);
    assert_eq!(lines.len(), 10);
    let wanted = [
        "attemptsMade",
        "arrivalTimestamp",
        "errorCode",
        "errorMessage",
        "attemptEndingTimestamp",
        "esDocumentId",
        "esIndexName",
        "esTypeName",
        "rawData",
    ];
    assert_eq!(members(&lines[0]), wanted);
    assert_eq!(lines[0]["attemptsMade"], 2);
    assert_eq!(lines[0]["rawData"], "eyJuIjoxfQ==");
    assert_eq!(counter(&seen, FIREHOSE, "diverted"), 10);
    assert_eq!(metric(&seen, super::metric::BACKUP_RECORDS), 10);
    assert_eq!(metric(&seen, super::metric::SEARCH_RECORDS), 0);
}

/// What failed is in nobody's hands for the interval of the backup: the card tells where it is, and
/// the object that comes of it is known from others.
#[test]
fn what_waits_for_the_backup_is_told_until_it_is_stored() {
    let config = json!({"retry_secs": 0});
    let mut engine = engine("http_endpoint", &json!({}), &config, &json!([down(3, 86_000)]));
    let lines = |seen: &Snapshot| -> Vec<String> {
        let gauges = seen.nodes[FIREHOSE].gauges.iter();
        gauges
            .filter_map(|gauge| match gauge {
                Gauge::Line { left, right } => Some(format!("{left}{right}")),
                _ => None,
            })
            .collect()
    };
    // The buffer is sealed five seconds after its first record, and refused a little later.
    let seen = go(&mut engine, SEALED + 1 + BACKUP / 2);
    let told = lines(&seen);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with("10 failed, stored in 2"), "{told:?}");
    let seen = go(&mut engine, SEALED + BACKUP + 3);
    assert_eq!(lines(&seen), [""; 0]);
    assert_eq!(engine.objects(BUCKET)[0].purpose, Purpose::Failed);
}

/// A retry duration of 0 means no retry.
#[test]
fn without_a_retry_duration_there_is_one_attempt() {
    let script = json!([down(3, 86_000)]);
    let config = json!({"retry_secs": 0});
    for kind in ["elasticsearch", "splunk", "http_endpoint"] {
        let mut engine = engine(kind, &json!({}), &config, &script);
        go(&mut engine, SEALED + BACKUP + 3);
        assert_eq!(lines(&engine, 0)[0]["attemptsMade"], 1, "{kind}");
    }
}

/// Items fail one by one: what is no JSON goes to the backup, all else is indexed at once; a number
/// beyond what a double holds is none.
#[test]
fn only_the_documents_that_failed_go_to_the_backup() {
    let payload = r#"{"n":1e${int 308 309}}"#;
    let config = json!({"retry_secs": 0});
    let mut engine = fed(payload, "elasticsearch", &json!({}), &config, &json!([]));
    let seen = go(&mut engine, SEALED + 3);
    let indexed = counter(&seen, TARGET, "indexed");
    assert!((1..10).contains(&indexed), "{indexed}");
    assert_eq!(counter(&seen, FIREHOSE, "delivered"), indexed);
    go(&mut engine, SEALED + BACKUP + 3);
    let lines = lines(&engine, 0);
    assert_eq!(lines.len() as u64, 10 - indexed);
    assert!(lines.iter().all(|line| line["rawData"] == "eyJuIjoxZTMwOX0="));
    assert_eq!(lines[0]["errorCode"], "400");
}

/// `FIREHOSE_DEFAULT`: the same id in every attempt, no duplicates. `NO_DOCUMENT_ID`: the domain
/// makes one each time, and a lost answer doubles what was indexed.
#[test]
fn document_ids_decide_about_duplicates() {
    let script = json!([fault(3, "timeout", 20)]);
    for (format, documents) in [("FIREHOSE_DEFAULT", 10), ("NO_DOCUMENT_ID", 20)] {
        let config = json!({"document_id": format});
        let mut engine = engine("elasticsearch", &json!({}), &config, &script);
        let seen = go(&mut engine, SEALED + 310);
        assert_eq!(counter(&seen, TARGET, "indexed"), 20, "{format}");
        assert_eq!(counter(&seen, TARGET, "documents"), documents, "{format}");
        assert_eq!(counter(&seen, FIREHOSE, "delivered"), 10);
    }
}

/// Back-off 1 s × 2^n, at most 120 s, ± 15 %, within 300 s: pauses of 1 to 64 s and one of 120 s
/// are 247 s, give or take 37; another of 102 s at least is too much. Nine attempts.
#[test]
fn endpoints_are_tried_nine_times_in_five_minutes() {
    for (kind, folder, last) in [
        ("splunk", "splunk-failed", "EventId"),
        ("http_endpoint", "http-endpoint-failed", "dataId"),
    ] {
        let script = json!([fault(3, "reject", 86_000)]);
        let mut engine = engine(kind, &json!({}), &json!({}), &script);
        let seen = go(&mut engine, SEALED + 300 + BACKUP + 10);
        let key = &keys(&engine)[0];
        assert!(key.starts_with(&format!("beside/{folder}/20")), "{key}");
        let lines = lines(&engine, 0);
        assert_eq!(lines.len(), 10);
        assert_eq!(lines[0]["attemptsMade"], 9, "{kind}");
        assert_eq!(members(&lines[0]).last(), Some(&last));
        assert_eq!(counter(&seen, FIREHOSE, "delivered"), 0);
        // The metric counts each attempt (developer guide, HTTP endpoint metrics).
        let attempted = if kind == "splunk" { 0 } else { 90 };
        assert_eq!(metric(&seen, super::metric::HTTP_PROCESSED_RECORDS), attempted);
    }
}

/// The retry duration counts neither waits for acknowledgements nor answers: with one of 180 s
/// missing each time there are still nine attempts, and all of them were indexed.
#[test]
fn waits_for_acknowledgements_do_not_count() {
    let target = json!({"ack_latency_millis": 3_600_000});
    let mut engine = engine("splunk", &target, &json!({}), &json!([]));
    let seen = go(&mut engine, SEALED + 9 * 180 + 300 + BACKUP);
    assert_eq!(lines(&engine, 0)[0]["attemptsMade"], 9);
    assert_eq!(lines(&engine, 0)[0]["errorCode"], "Splunk.AckTimeout");
    assert_eq!(counter(&seen, TARGET, "records"), 90);
    assert_eq!(counter(&seen, TARGET, "distinct records"), 10);
}

/// Records are glued together: without a new line at their end they are one event of the raw
/// endpoint. The event endpoint refuses what has no member `event`.
#[test]
fn the_raw_endpoint_makes_events_of_lines() {
    for (payload, endpoint, events) in [
        ("one event", "Raw", 1),
        ("one event\n", "Raw", 10),
        (r#"{"event":{"n":${seq}}}"#, "Event", 10),
        (r#"{"n":${seq}}"#, "Event", 0),
    ] {
        let config = json!({"hec_endpoint": endpoint});
        let mut engine = fed(payload, "splunk", &json!({}), &config, &json!([]));
        let seen = go(&mut engine, 30);
        assert_eq!(counter(&seen, TARGET, "events"), events, "{payload}");
    }
}

/// The metric is the time from the request to its acknowledgement.
#[test]
fn acknowledgements_have_a_latency() {
    let target = json!({"ack_latency_millis": 7_000});
    let mut engine = engine("splunk", &target, &json!({}), &json!([]));
    let seen = go(&mut engine, 30);
    assert_eq!(metric(&seen, super::metric::SPLUNK_ACK_LATENCY), 7);
    assert_eq!(metric(&seen, super::metric::SPLUNK_RECORDS), 10);
}

/// 413 is a permanent failure: nothing is sent again, and nothing goes to the error bucket.
#[test]
fn a_request_that_is_too_large_is_lost() {
    let mut engine = engine("http_endpoint", &json!({"status": 413}), &json!({}), &json!([]));
    let seen = go(&mut engine, SEALED + 300 + BACKUP);
    assert_eq!(counter(&seen, TARGET, "requests"), 1);
    assert_eq!(counter(&seen, FIREHOSE, "lost"), 10);
    assert_eq!(keys(&engine), [""; 0]);
}

/// Only 200 with the contract's body is a success; what was taken all the same comes again under
/// the same request id.
#[test]
fn an_answer_outside_the_contract_counts_as_a_failure() {
    for (answer, taken, delivered) in
        [("contract", 10, 10), ("wrong_id", 90, 0), ("html", 90, 0), ("too_large", 90, 0)]
    {
        let mut engine =
            engine("http_endpoint", &json!({"answer": answer}), &json!({}), &json!([]));
        let seen = go(&mut engine, SEALED + 310);
        assert_eq!(counter(&seen, TARGET, "records taken"), taken, "{answer}");
        assert_eq!(counter(&seen, FIREHOSE, "delivered"), delivered, "{answer}");
        let sheet = engine.sheet(NodeId(3), 100).unwrap();
        assert!(sheet.rows.iter().all(|row| row[0] == sheet.rows[0][0]));
    }
}

/// The contract's header and body, and its length with and without GZIP.
#[test]
fn a_request_has_the_form_of_the_contract() {
    for (gzip, longest) in [(false, 10_000), (true, 350)] {
        let config = json!({"http_attributes": "env=prod\nteam = a b", "http_gzip": gzip});
        let mut engine = engine("http_endpoint", &json!({}), &config, &json!([]));
        go(&mut engine, 30);
        let row = &engine.sheet(NodeId(3), 1).unwrap().rows[0];
        assert_eq!(row[5], r#"{"commonAttributes":{"env":"prod","team":"a b"}}"#);
        let body: Value = serde_json::from_str(&row[6]).unwrap();
        assert_eq!(members(&body), ["requestId", "timestamp", "records"]);
        assert_eq!(body["requestId"], row[0].as_str());
        assert_eq!(body["records"][0]["data"], "eyJuIjoxfQ==");
        // 90 bytes around ten records; the data of the tenth is one byte longer, in base64 as long.
        let length: u64 = row[4].parse().unwrap();
        assert!(length <= longest, "{length}");
        assert_eq!(!gzip, length == 90 + 10 * (12 + 12));
    }
}

/// At most 10,000 records in one request.
#[test]
fn many_records_are_several_requests() {
    let more =
        json!({"at_micros": 0, "do": "set", "node": 1, "fields": {"to_records_per_sec": 12_000}});
    let mut engine = engine("http_endpoint", &json!({}), &json!({}), &json!([more]));
    let seen = go(&mut engine, 30);
    assert_eq!(counter(&seen, TARGET, "records taken"), 12_000);
    let rows = engine.sheet(NodeId(3), 100).unwrap().rows;
    let records: Vec<&str> = rows.iter().map(|row| &*row[3]).collect();
    assert_eq!(records, ["2000", "10000"]);
}

/// Three minutes for an answer.
#[test]
fn an_endpoint_has_three_minutes() {
    for (millis, delivered) in [(179_000, 10), (181_000, 0)] {
        let target = json!({"latency_millis": millis});
        let mut engine = engine("http_endpoint", &target, &json!({}), &json!([]));
        let seen = go(&mut engine, SEALED + 182);
        assert_eq!(counter(&seen, FIREHOSE, "delivered"), delivered);
    }
}

/// Objects first go to the bucket beside the cluster and stay there; a manifest names them; `COPY`
/// loads them. A `COPY` that runs long gathers the objects that come meanwhile.
#[test]
fn a_cluster_is_loaded_from_the_bucket_beside_it() {
    let target = json!({"columns": "n integer"});
    let mut engine = engine("redshift", &target, &json!({"prefix": "data/"}), &json!([]));
    let seen = go(&mut engine, 30);
    let keys = keys(&engine);
    assert!(keys[0].starts_with("data/20") && keys[1].starts_with("manifests/20"), "{keys:?}");
    assert_eq!(keys.len(), 2);
    let manifest = &lines(&engine, 1)[0];
    assert_eq!(manifest["entries"][0]["url"], format!("s3://beside/{}", keys[0]));
    assert_eq!(counter(&seen, TARGET, "rows"), 10);
    assert_eq!(counter(&seen, FIREHOSE, "delivered"), 10);
    assert_eq!(metric(&seen, super::metric::REDSHIFT_RECORDS), 10);
    assert_eq!(metric(&seen, super::metric::S3_RECORDS), 10);
}

/// Retries every five minutes while the duration runs, the last one at its end; then the batch is
/// skipped, and a manifest under `errors/manifests/` names its objects.
#[test]
fn a_copy_that_fails_for_the_retry_duration_is_skipped() {
    for (retry_secs, copies) in [(0, 1), (299, 1), (600, 3)] {
        let target = json!({"columns": "n date"});
        let config = json!({"copy_retry_secs": retry_secs});
        let mut engine = engine("redshift", &target, &config, &json!([]));
        let seen = go(&mut engine, 700);
        assert_eq!(counter(&seen, TARGET, "copies failed"), copies, "{retry_secs}");
        assert_eq!(counter(&seen, FIREHOSE, "skipped"), 10);
        let keys = keys(&engine);
        assert!(keys[2].starts_with("errors/manifests/20"), "{keys:?}");
        assert_eq!(engine.objects(BUCKET)[2].bytes, engine.objects(BUCKET)[1].bytes);
        let errors = engine.errors(NodeId(3), 100).unwrap();
        assert_eq!(errors.columns[6], "raw_field_value");
        assert_eq!(errors.rows[0][2..8], ["n", "date", "", "{\"n\":1}", "1", "1205"]);
    }
}

/// "If the time of the first attempt exceeds the retry duration there is no retry": 400 s of a
/// `COPY` that fails are more than 300.
#[test]
fn a_first_copy_that_takes_too_long_is_the_last() {
    let target = json!({"columns": "n date", "copy_base_millis": 400_000});
    let config = json!({"copy_retry_secs": 300});
    let mut engine = engine("redshift", &target, &config, &json!([]));
    let seen = go(&mut engine, 2_000);
    assert_eq!(counter(&seen, TARGET, "copies failed"), 1);
    assert_eq!(counter(&seen, FIREHOSE, "skipped"), 10);
}

/// With neither the destination nor the bucket the stream pauses, and goes on when either works.
/// Ten records come every 20 minutes; the first ten are on their way into the bucket when it turns
/// out to be down.
#[test]
fn when_nothing_can_be_written_the_stream_pauses() {
    for (target_secs, bucket_secs, failed, delivered) in
        [(86_000, 1_800, 30, 0), (1_800, 86_000, 0, 20)]
    {
        let often =
            json!({"at_micros": 0, "do": "set", "node": 1, "fields": {"period_secs": 1_200}});
        let script = json!([often, down(3, target_secs), down(4, bucket_secs)]);
        let mut engine = engine("splunk", &json!({}), &json!({"retry_secs": 0}), &script);
        let early = go(&mut engine, 1_790);
        assert_eq!(counter(&early, FIREHOSE, "diverted"), 0);
        assert_eq!(counter(&early, FIREHOSE, "delivered"), 0);
        let causes = engine.causes(NodeId(2));
        assert!(causes.iter().any(|cause| cause.reason == Reason::DeliveryPaused));
        let late = go(&mut engine, 3_000);
        assert_eq!(counter(&late, FIREHOSE, "lost"), 0);
        assert_eq!(counter(&late, FIREHOSE, "diverted"), failed);
        assert_eq!(counter(&late, FIREHOSE, "delivered"), delivered);
    }
}

/// Direct PUT data is kept for 24 hours, in front of a bucket for failed data as well.
#[test]
fn what_waits_for_a_day_is_lost() {
    let script = json!([down(3, 200_000), down(4, 200_000)]);
    let mut engine = engine("splunk", &json!({}), &json!({}), &script);
    let before = go(&mut engine, 86_395);
    assert_eq!(counter(&before, FIREHOSE, "lost"), 0);
    let after = go(&mut engine, 86_600);
    assert_eq!(counter(&after, FIREHOSE, "lost"), 10);
}

/// `S3BackupMode` for everything: a copy of each source record, beside what is delivered.
#[test]
fn all_source_records_can_be_backed_up() {
    let config = json!({"backup_all": true});
    let mut engine = engine("http_endpoint", &json!({}), &config, &json!([]));
    let seen = go(&mut engine, BACKUP + 5);
    assert_eq!(counter(&seen, FIREHOSE, "backed up"), 10);
    assert_eq!(counter(&seen, TARGET, "records taken"), 10);
    assert!(keys(&engine)[0].starts_with("beside/20"));
    let object = &engine.objects(BUCKET)[0];
    assert!(object.bytes.starts_with(b"{\"n\":1}{\"n\":2}"));
}

/// The same for S3: what is delivered and the copy go to two buckets.
#[test]
fn an_s3_destination_has_another_bucket_for_its_backup() {
    let config = json!({"backup_all": true, "prefix": "data/"});
    let mut engine = engine("bucket", &json!({}), &config, &json!([]));
    let seen = go(&mut engine, BACKUP + 5);
    assert_eq!(counter(&seen, FIREHOSE, "backed up"), 10);
    assert!(engine.objects(NodeId(3))[0].key.starts_with("data/20"));
    assert!(engine.objects(BUCKET)[0].key.starts_with("beside/20"));
    assert_eq!(engine.objects(NodeId(3))[0].bytes, engine.objects(BUCKET)[0].bytes);
}

/// Facts, firehose §5: without an error prefix, which Redshift may not have, the prefix of the data
/// stands before the folder of what failed; other destinations have that of their bucket.
#[test]
fn failed_records_stand_below_the_prefix_of_their_bucket() {
    for (kind, begin) in [("redshift", "data/"), ("elasticsearch", "beside/")] {
        let config = json!({
            "prefix": "data/", "transform": "fail", "transform_fail_percent": 100,
            "transform_retries": 0, "transform_interval_secs": 1,
        });
        let mut engine = engine(kind, &json!({}), &config, &json!([]));
        go(&mut engine, 100);
        let [key] = &keys(&engine)[..] else { panic!("one error object") };
        assert!(key.starts_with(&format!("{begin}processing-failed/")), "{key}");
    }
}

/// Each document that failed has a reason of its own (Elasticsearch reference, Bulk API).
#[test]
fn each_failed_document_says_why() {
    let payload = r#"{"n":${pick 1|true|oops}}"#;
    let config = json!({"retry_secs": 0});
    let mut engine = fed(payload, "elasticsearch", &json!({}), &config, &json!([]));
    go(&mut engine, SEALED + BACKUP + 3);
    let broken = crate::api::base64(br#"{"n":oops}"#);
    let lines = lines(&engine, 0);
    let (unread, misfit): (Vec<&Value>, Vec<&Value>) =
        lines.iter().partition(|line| line["rawData"] == *broken);
    assert!(!unread.is_empty() && !misfit.is_empty());
    assert!(unread.iter().all(|line| line["errorMessage"] == "failed to parse"));
    for line in misfit {
        let text = line["errorMessage"].as_str().unwrap();
        assert!(text.starts_with("failed to parse field [n] of type ["), "{text}");
        let id = line["esDocumentId"].as_str().unwrap();
        assert!(text.contains(&format!("in document with id '{id}'")), "{text}");
    }
}
