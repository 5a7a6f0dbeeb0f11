//! Consumers, encryption, monitoring, modes and limits through the API: facts, streams §2.3, §3.3,
//! §4.1, §4.3, §4.5, §6 and §14.3, in the shapes of botocore 1.44.5.

use std::sync::Arc;

use base::{EdgeId, NodeId, Time};
use scenario::{Action, DataSets, Document, Edge, End};
use serde_json::{Value, json};

use super::Profile;
use crate::call::ErrorCode;
use crate::engine::Engine;
use crate::formats::Formats;

pub(super) const ARN: &str = "arn:aws:kinesis:us-east-1:123456789012:stream/s";

/// A caller of the API, which passes the time between calls on its own.
pub(super) struct Caller {
    pub(super) engine: Engine,
    profile: Profile,
}

impl Caller {
    pub(super) fn of(limits: &str) -> Self {
        let document = Document { limits: limits.to_owned(), ..Document::default() };
        let engine = Engine::new(&document, &DataSets::default(), Formats::none()).unwrap();
        let profile = if limits == "2021-01" { Profile::Classic } else { Profile::Current };
        Self { engine, profile }
    }

    /// With a stream `s` of so many shards.
    pub(super) fn with_stream(shards: u32) -> Self {
        let mut caller = Self::of("2026-11");
        caller.ok("CreateStream", json!({ "StreamName": "s", "ShardCount": shards }));
        caller.wait(30);
        caller
    }

    pub(super) fn on_demand() -> Self {
        let mut caller = Self::of("2026-11");
        let mode = json!({ "StreamMode": "ON_DEMAND" });
        caller.ok("CreateStream", json!({ "StreamName": "s", "StreamModeDetails": mode }));
        caller.wait(30);
        caller
    }

    pub(super) fn wait(&mut self, secs: u64) {
        self.engine.advance(Time(self.engine.now().0 + secs * 1_000_000), u32::MAX);
        assert_eq!(self.engine.check(), Ok(()));
    }

    pub(super) fn call(&mut self, operation: &str, body: &Value) -> (u16, Value) {
        let target = format!("Kinesis_20131202.{operation}");
        let answer = self.engine.call(self.profile, &target, body);
        (answer.status, answer.body)
    }

    #[expect(clippy::needless_pass_by_value, reason = "requests are written where they are made")]
    pub(super) fn ok(&mut self, operation: &str, body: Value) -> Value {
        let (status, answer) = self.call(operation, &body);
        assert_eq!(status, 200, "{operation}: {answer}");
        answer
    }

    /// The exception.
    #[expect(clippy::needless_pass_by_value, reason = "requests are written where they are made")]
    pub(super) fn no(&mut self, operation: &str, body: Value) -> String {
        let (status, answer) = self.call(operation, &body);
        assert_eq!(status, 400, "{operation}: {answer}");
        answer["__type"].as_str().unwrap().to_owned()
    }

    pub(super) fn summary(&mut self) -> Value {
        let body = self.ok("DescribeStreamSummary", json!({ "StreamName": "s" }));
        body["StreamDescriptionSummary"].clone()
    }

    pub(super) fn put(&mut self, key: &str) -> Value {
        self.ok("PutRecord", json!({ "StreamName": "s", "PartitionKey": key, "Data": "YQ==" }))
    }
}

pub(super) fn s(more: Value) -> Value {
    let mut body = json!({ "StreamName": "s" });
    let Value::Object(more) = more else { panic!("{more}") };
    body.as_object_mut().unwrap().extend(more);
    body
}

#[test]
fn a_consumer_is_registered_described_listed_and_gone() {
    let mut caller = Caller::with_stream(1);
    let named = json!({ "StreamARN": ARN, "ConsumerName": "c" });
    let made = caller.ok("RegisterStreamConsumer", named.clone())["Consumer"].clone();
    let created = made["ConsumerCreationTimestamp"].as_f64().unwrap();
    let arn = format!("{ARN}/consumer/c:{created:.0}");
    assert_eq!((&made["ConsumerARN"], &made["ConsumerStatus"]), (&json!(arn), &json!("CREATING")));
    assert_eq!(caller.no("RegisterStreamConsumer", named.clone()), "ResourceInUseException");
    assert_eq!(caller.summary()["ConsumerCount"], 1);
    caller.wait(30);
    let found = caller.ok("DescribeStreamConsumer", json!({ "ConsumerARN": arn }));
    assert_eq!(found["ConsumerDescription"]["ConsumerStatus"], "ACTIVE");
    assert_eq!(found["ConsumerDescription"]["StreamARN"], ARN);
    let listed = caller.ok("ListStreamConsumers", json!({ "StreamARN": ARN }));
    assert_eq!(listed["Consumers"][0]["ConsumerARN"], arn);
    let stuck = caller.no("DeleteStream", json!({ "StreamName": "s" }));
    assert_eq!(stuck, "ResourceInUseException");
    caller.ok("DeregisterStreamConsumer", named.clone());
    caller.wait(30);
    assert_eq!(caller.no("DescribeStreamConsumer", named), "ResourceNotFoundException");
    caller.ok("DeleteStream", json!({ "StreamName": "s" }));
}

/// Enforced deletion takes the consumers along.
#[test]
fn consumers_hold_a_stream_unless_told_otherwise() {
    let mut caller = Caller::with_stream(1);
    caller.ok("RegisterStreamConsumer", json!({ "StreamARN": ARN, "ConsumerName": "c" }));
    caller.ok("DeleteStream", s(json!({ "EnforceConsumerDeletion": true })));
}

/// Five in `CREATING` at once; twenty, in 2021 five, for a stream.
#[test]
fn consumers_are_counted() {
    for (limits, most) in [("2021-01", 5), ("2026-11", 20)] {
        let mut caller = Caller::of(limits);
        caller.ok("CreateStream", json!({ "StreamName": "s", "ShardCount": 1 }));
        caller.wait(30);
        for n in 0..most {
            if n > 0 && n % 5 == 0 {
                let early = json!({ "StreamARN": ARN, "ConsumerName": "early" });
                caller.wait(1);
                assert_eq!(caller.no("RegisterStreamConsumer", early), "LimitExceededException");
                caller.wait(30);
            }
            let named = json!({ "StreamARN": ARN, "ConsumerName": format!("c{n}") });
            caller.ok("RegisterStreamConsumer", named);
        }
        caller.wait(60);
        let late = json!({ "StreamARN": ARN, "ConsumerName": "late" });
        assert_eq!(caller.no("RegisterStreamConsumer", late), "LimitExceededException");
    }
}

#[test]
fn the_first_event_tells_records_and_where_to_go_on() {
    let mut caller = Caller::with_stream(1);
    let named = json!({ "StreamARN": ARN, "ConsumerName": "c" });
    let made = caller.ok("RegisterStreamConsumer", named);
    let arn = made["Consumer"]["ConsumerARN"].clone();
    let from = |position: Value| {
        json!({ "ConsumerARN": arn, "ShardId": "shardId-000000000000",
                "StartingPosition": position })
    };
    let horizon = from(json!({ "Type": "TRIM_HORIZON" }));
    assert_eq!(caller.no("SubscribeToShard", horizon.clone()), "ResourceInUseException");
    caller.wait(30);
    let stored = caller.put("a");
    let event = |body: &Value| body["EventStream"][0]["SubscribeToShardEvent"].clone();
    let first = event(&caller.ok("SubscribeToShard", horizon.clone()));
    assert_eq!(first["Records"][0]["SequenceNumber"], stored["SequenceNumber"]);
    assert_eq!(caller.no("SubscribeToShard", horizon.clone()), "LimitExceededException");
    caller.wait(4);
    assert_eq!(caller.no("SubscribeToShard", horizon), "ResourceInUseException");
    caller.put("b");
    caller.wait(5);
    let after = first["ContinuationSequenceNumber"].clone();
    let next = from(json!({ "Type": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": after }));
    let second = event(&caller.ok("SubscribeToShard", next));
    assert_eq!(second["Records"].as_array().unwrap().len(), 1);
    assert_eq!(second["Records"][0]["PartitionKey"], "b");
}

/// `UPDATING`, then up to five seconds; what is stored stays as it was; the record says so.
#[test]
fn encryption_begins_and_ends_with_a_record() {
    let mut caller = Caller::with_stream(1);
    assert_eq!(caller.summary()["EncryptionType"], "NONE");
    let key = s(json!({ "EncryptionType": "KMS", "KeyId": "alias/mine" }));
    caller.put("before");
    caller.ok("StartStreamEncryption", key.clone());
    assert_eq!(caller.summary()["StreamStatus"], "UPDATING");
    assert_eq!(caller.no("StopStreamEncryption", key.clone()), "ResourceInUseException");
    caller.wait(30);
    let summary = caller.summary();
    assert_eq!(
        (&summary["StreamStatus"], &summary["KeyId"]),
        (&json!("ACTIVE"), &json!("alias/mine"))
    );
    assert_eq!(caller.put("during").get("EncryptionType"), None);
    caller.wait(5);
    assert_eq!(caller.put("after")["EncryptionType"], "KMS");
    caller.ok("StopStreamEncryption", key);
    caller.wait(36);
    caller.put("again");
    let shard = "shardId-000000000000";
    let at = s(json!({ "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON" }));
    let at = caller.ok("GetShardIterator", at);
    let got = caller.ok("GetRecords", at_only(&at));
    let types = got["Records"].as_array().unwrap().iter().map(|it| it["EncryptionType"].clone());
    let expected = [Value::Null, Value::Null, json!("KMS"), Value::Null];
    assert_eq!(types.collect::<Vec<_>>(), expected);
}

fn at_only(answer: &Value) -> Value {
    json!({ "ShardIterator": answer["ShardIterator"] })
}

/// Each at most 25 times in 24 hours.
#[test]
fn encryption_changes_25_times_a_day() {
    let mut caller = Caller::with_stream(1);
    let key = s(json!({ "EncryptionType": "KMS", "KeyId": "alias/aws/kinesis" }));
    for _round in 0..25 {
        caller.ok("StartStreamEncryption", key.clone());
        caller.wait(30);
        caller.ok("StopStreamEncryption", key.clone());
        caller.wait(30);
    }
    assert_eq!(caller.no("StartStreamEncryption", key.clone()), "LimitExceededException");
    assert_eq!(caller.no("StopStreamEncryption", key.clone()), "LimitExceededException");
    caller.wait(86_400);
    caller.ok("StartStreamEncryption", key);
}

#[test]
fn shard_level_metrics_are_told_before_and_after() {
    let mut caller = Caller::with_stream(1);
    let some = s(json!({ "ShardLevelMetrics": ["OutgoingBytes", "IncomingBytes"] }));
    let answer = caller.ok("EnableEnhancedMonitoring", some.clone());
    assert_eq!(answer["CurrentShardLevelMetrics"], json!([]));
    assert_eq!(answer["DesiredShardLevelMetrics"], json!(["IncomingBytes", "OutgoingBytes"]));
    let all = s(json!({ "ShardLevelMetrics": ["ALL"] }));
    let answer = caller.ok("EnableEnhancedMonitoring", all);
    assert_eq!(answer["DesiredShardLevelMetrics"].as_array().unwrap().len(), 7);
    let answer = caller.ok("DisableEnhancedMonitoring", some);
    assert_eq!(answer["DesiredShardLevelMetrics"].as_array().unwrap().len(), 5);
    let told = caller.summary()["EnhancedMonitoring"][0]["ShardLevelMetrics"].clone();
    assert_eq!(told, answer["DesiredShardLevelMetrics"]);
}

/// Four shards; no resharding by hand; the shards stay at a switch, two switches in 24 hours.
#[test]
fn on_demand_streams_are_the_services_business() {
    let mut caller = Caller::on_demand();
    assert_eq!(caller.summary()["OpenShardCount"], 4);
    assert_eq!(caller.summary()["StreamModeDetails"]["StreamMode"], "ON_DEMAND");
    let (first, half) = ("shardId-000000000000", "1000000000");
    let split = s(json!({ "ShardToSplit": first, "NewStartingHashKey": half }));
    let (_, answer) = caller.call("SplitShard", &split);
    assert_eq!(answer["__type"], "ValidationException");
    let text = "Request is invalid. Stream s under account 123456789012 is in On-Demand mode.";
    assert_eq!(answer["message"], text);
    let scale = s(json!({ "TargetShardCount": 5, "ScalingType": "UNIFORM_SCALING" }));
    assert_eq!(caller.no("UpdateShardCount", scale.clone()), "ValidationException");
    let to = |mode: &str| json!({ "StreamARN": ARN, "StreamModeDetails": { "StreamMode": mode } });
    caller.ok("UpdateStreamMode", to("PROVISIONED"));
    assert_eq!(caller.summary()["StreamStatus"], "UPDATING");
    caller.wait(30);
    assert_eq!(caller.summary()["OpenShardCount"], 4);
    caller.ok("UpdateShardCount", scale);
    caller.wait(300);
    caller.ok("UpdateStreamMode", to("ON_DEMAND"));
    caller.wait(30);
    assert_eq!(caller.summary()["OpenShardCount"], 5);
    assert_eq!(caller.no("UpdateStreamMode", to("PROVISIONED")), "LimitExceededException");
    caller.wait(86_400);
    caller.ok("UpdateStreamMode", to("PROVISIONED"));
}

/// Shards of provisioned streams, on-demand streams, and their limits; once a second.
#[test]
fn limits_are_described_once_a_second() {
    let mut caller = Caller::with_stream(3);
    let mode = json!({ "StreamMode": "ON_DEMAND" });
    caller.ok("CreateStream", json!({ "StreamName": "d", "StreamModeDetails": mode }));
    let limits = caller.ok("DescribeLimits", json!({}));
    let expected = json!({ "ShardLimit": 20_000, "OpenShardCount": 3, "OnDemandStreamCount": 1,
                           "OnDemandStreamCountLimit": 50 });
    assert_eq!(limits, expected);
    assert_eq!(caller.no("DescribeLimits", json!({})), "LimitExceededException");
    caller.wait(1);
    caller.ok("DescribeLimits", json!({}));
    let mut classic = Caller::of("2021-01");
    let limits = classic.ok("DescribeLimits", json!({}));
    assert_eq!(limits, json!({ "ShardLimit": 500, "OpenShardCount": 0 }));
}

/// Five calls a second for a stream or the account, ten `DescribeStream`, twenty summaries.
#[test]
fn calls_that_manage_streams_have_quotas() {
    let mut caller = Caller::with_stream(1);
    let stream = json!({ "StreamName": "s" });
    for (operation, most) in
        [("ListTagsForStream", 5), ("DescribeStream", 10), ("DescribeStreamSummary", 20)]
    {
        for _call in 0..most {
            caller.ok(operation, stream.clone());
        }
        assert_eq!(caller.no(operation, stream.clone()), "LimitExceededException", "{operation}");
    }
    let (_, answer) = caller.call("ListTagsForStream", &stream);
    assert!(answer["message"].as_str().unwrap().starts_with("Rate exceeded for stream s"));
    caller.wait(1);
    caller.ok("ListTagsForStream", stream.clone());
    caller.engine.account.throttling = false;
    for _call in 0..50 {
        caller.ok("DescribeStream", stream.clone());
    }
}

/// 1 MiB unless raised, then up to 10 MiB; the limit counts data and key.
#[test]
fn the_largest_record_grows_when_asked() {
    let mut caller = Caller::with_stream(1);
    let large = "A".repeat(2 << 20);
    let put = json!({ "StreamName": "s", "PartitionKey": "k", "Data": large });
    assert_eq!(caller.no("PutRecord", put.clone()), "InvalidArgumentException");
    let size = |kib: u32| json!({ "StreamARN": ARN, "MaxRecordSizeInKiB": kib });
    assert_eq!(caller.no("UpdateMaxRecordSize", size(10_241)), "ValidationException");
    caller.ok("UpdateMaxRecordSize", size(10_240));
    assert_eq!(caller.summary()["MaxRecordSizeInKiB"], 10_240);
    caller.ok("PutRecord", put);
}

/// Warm throughput needs On-demand Advantage, which stays for 24 hours at least.
#[test]
fn warm_throughput_makes_room_at_once() {
    let mut caller = Caller::on_demand();
    let warm = |mibps: u32| s(json!({ "WarmThroughputMiBps": mibps }));
    assert_eq!(caller.no("UpdateStreamWarmThroughput", warm(20)), "InvalidArgumentException");
    let set = |status: &str| json!({ "MinimumThroughputBillingCommitment": { "Status": status } });
    let status = |body: Value| body["MinimumThroughputBillingCommitment"]["Status"].clone();
    assert_eq!(status(caller.ok("UpdateAccountSettings", set("ENABLED"))), "ENABLED");
    caller.ok("UpdateStreamWarmThroughput", warm(20));
    caller.wait(120);
    assert_eq!(caller.summary()["OpenShardCount"], 20);
    assert_eq!(caller.summary()["WarmThroughput"]["TargetMiBps"], 20);
    assert_eq!(caller.no("UpdateAccountSettings", set("DISABLED")), "InvalidArgumentException");
    caller.ok("UpdateStreamWarmThroughput", warm(0));
    caller.wait(30);
    let early = status(caller.ok("UpdateAccountSettings", set("DISABLED")));
    assert_eq!(early, "ENABLED_UNTIL_EARLIEST_ALLOWED_END");
    caller.wait(86_400);
    assert_eq!(status(caller.ok("DescribeAccountSettings", json!({}))), "DISABLED");
}

/// What changed since 2021: retention and requests.
#[test]
fn a_dated_profile_decides() {
    let mut old = Caller::of("2021-01");
    old.ok("CreateStream", json!({ "StreamName": "s", "ShardCount": 1 }));
    old.wait(30);
    let many = json!({ "StreamName": "many", "ShardCount": 500 });
    assert_eq!(old.no("CreateStream", many), "LimitExceededException", "one is open already");
    let error = old.engine.increase_retention("s", 169).unwrap_err();
    assert!(error.message.starts_with("Maximum allowed retention period is 168 hours."));
    let mut new = Caller::with_stream(1);
    new.ok("IncreaseStreamRetentionPeriod", s(json!({ "RetentionPeriodHours": 8_760 })));
    for caller in [&mut old, &mut new] {
        let one = "A".repeat(1 << 20);
        let records = vec![json!({ "PartitionKey": "k", "Data": one }); 7];
        let (status, answer) = caller.call("PutRecords", &s(json!({ "Records": records })));
        let is_old = caller.profile == Profile::Classic;
        assert_eq!(status, if is_old { 400 } else { 200 }, "{answer}");
    }
}

/// Calls through wires and calls of the API share the limits by the second: a hundred `ListShards`
/// of 2020 leave none for a reader that begins in the same moment (facts, streams §2.3).
#[test]
fn parts_share_the_limits_of_the_account() {
    let document = json!({
        "format": "rivulet/scenario", "version": 1, "limits": "2021-01",
        "nodes": [{"id": 1, "kind": "stream", "name": "s", "at": [0, 0]},
                  {"id": 2, "kind": "consumer", "name": "c", "at": [0, 0]}],
    });
    let document = scenario::format::load(document.to_string().as_bytes()).document.unwrap();
    for (calls, refused) in [(99, 0), (100, 1)] {
        let mut engine = Engine::new(&document, &DataSets::default(), Formats::none()).unwrap();
        engine.advance(Time(2_000_000), u32::MAX);
        for _call in 0..calls {
            let body = json!({ "StreamName": "s" });
            let answer = engine.call(Profile::Classic, "Kinesis_20131202.ListShards", &body);
            assert_eq!(answer.status, 200, "{}", answer.body);
        }
        let end = |node, port: &str| End { node: NodeId(node), port: port.to_owned() };
        let edge = Edge { id: EdgeId(1), from: end(1, "out"), to: end(2, "in") };
        engine.apply(&Action::AddEdge(Arc::new(edge))).unwrap();
        engine.advance(Time(20_000_000), u32::MAX);
        let lists = engine.trail(false).filter(|event| event.operation == "ListShards");
        let errors: Vec<_> = lists.map(|event| event.error).collect();
        let limited = errors.iter().filter(|it| **it == Some(ErrorCode::LimitExceeded)).count();
        assert_eq!(limited, refused, "{errors:?}");
        assert_eq!(errors.last(), Some(&None), "the reader asks again");
    }
}
