//! Shards that come and go through the API: facts, streams §1.4, §3.4, §4.1, §4.2, §5.3 and §5.4.

use base::{Duration, Time};
use serde_json::{Value, json};

use super::account_tests::{Caller, s};
use crate::kind::stream::SequenceNumber;

/// Half of the range of hash keys.
const HALF: &str = "170141183460469231731687303715884105728";
const DAY_SECS: u64 = 86_400;

/// An account like that of `rivulet api`, with its delays, and a stream `s` of so many shards.
fn unseen(shards: u32) -> Caller {
    let mut caller = Caller::of("2026-11");
    let account = &mut caller.engine.account;
    account.on_canvas = false;
    account.create_delay = Duration::from_millis(500);
    account.reshard_delay = Duration::from_millis(500);
    caller.ok("CreateStream", s(json!({ "ShardCount": shards })));
    wait_millis(&mut caller, 1_000);
    caller
}

fn wait_millis(caller: &mut Caller, millis: u64) {
    let until = Time(caller.engine.now().0 + millis * 1_000);
    caller.engine.advance(until, u32::MAX);
    assert_eq!(caller.engine.check(), Ok(()));
}

fn split() -> Value {
    s(json!({ "ShardToSplit": "shardId-000000000000", "NewStartingHashKey": HALF }))
}

fn merge(lower: u32) -> Value {
    let id = |index: u32| format!("shardId-{index:012}");
    s(json!({ "ShardToMerge": id(lower), "AdjacentShardToMerge": id(lower + 1) }))
}

fn scale(target: u32) -> Value {
    s(json!({ "TargetShardCount": target, "ScalingType": "UNIFORM_SCALING" }))
}

fn shards(caller: &mut Caller, more: Value) -> Vec<String> {
    let body = caller.ok("ListShards", s(more));
    let listed = body["Shards"].as_array().unwrap().iter();
    listed.map(|it| it["ShardId"].as_str().unwrap()[18..].to_owned()).collect()
}

/// §1.4: the number of a put orders the next one, whatever became of the shards in between and
/// however early in the second. A number that lies further ahead is refused as before.
#[test]
fn a_number_just_given_orders_the_next_put() {
    for (operation, change) in
        [("SplitShard", split()), ("MergeShards", merge(0)), ("UpdateShardCount", scale(3))]
    {
        let mut caller = unseen(if operation == "SplitShard" { 1 } else { 2 });
        caller.ok(operation, change);
        wait_millis(&mut caller, 500);
        let record = s(json!({ "PartitionKey": "a", "Data": "" }));
        let mut number = caller.ok("PutRecord", record.clone())["SequenceNumber"].clone();
        let ordered = |number: &Value| {
            let mut body = record.clone();
            body["SequenceNumberForOrdering"] = number.clone();
            body
        };
        for _put in 0..3 {
            let next = caller.ok("PutRecord", ordered(&number))["SequenceNumber"].clone();
            assert!(next.as_str() > number.as_str(), "{operation}: {next} after {number}");
            number = next;
            wait_millis(&mut caller, 100);
        }
        let mut ahead = SequenceNumber::parse(number.as_str().unwrap()).unwrap();
        ahead.secs += 60;
        let refused = caller.no("PutRecord", ordered(&ahead.to_string().into()));
        assert_eq!(refused, "InvalidArgumentException");
    }
}

/// §4.1 and §5.4: until a change is done there are the shards of before, then those that were asked
/// for; an account without a canvas has a single delay for every change.
#[test]
fn a_stream_is_updating_for_the_delay_that_was_set() {
    for (from, to) in [(2, 3), (2, 4), (4, 2), (5, 3), (10, 13)] {
        let mut caller = unseen(from);
        let told = |caller: &mut Caller| {
            let summary = caller.summary();
            (summary["StreamStatus"].clone(), summary["OpenShardCount"].clone())
        };
        caller.ok("UpdateShardCount", scale(to));
        assert_eq!(told(&mut caller), (json!("UPDATING"), json!(from)));
        wait_millis(&mut caller, 499);
        assert_eq!(told(&mut caller), (json!("UPDATING"), json!(from)), "{from} to {to}");
        wait_millis(&mut caller, 1);
        assert_eq!(told(&mut caller), (json!("ACTIVE"), json!(to)), "{from} to {to}");
    }
    let mut caller = unseen(1);
    let commitment = json!({ "MinimumThroughputBillingCommitment": { "Status": "ENABLED" } });
    caller.ok("UpdateAccountSettings", commitment);
    let warm = json!({ "StreamARN": super::account_tests::ARN, "WarmThroughputMiBps": 20,
                       "StreamModeDetails": { "StreamMode": "ON_DEMAND" } });
    caller.ok("UpdateStreamMode", warm);
    wait_millis(&mut caller, 500);
    let summary = caller.summary();
    let told = (&summary["StreamStatus"], &summary["OpenShardCount"]);
    assert_eq!(told, (&json!("ACTIVE"), &json!(20)));
}

/// §4.2 and §5.3: what has expired stays gone, though the retention period grows; a shard that is
/// only closed stays.
#[test]
fn an_expired_shard_does_not_come_back() {
    let hours = |hours: u32| s(json!({ "RetentionPeriodHours": hours }));
    let at = s(json!({ "ShardId": "0", "ShardIteratorType": "TRIM_HORIZON" }));
    let mut caller = unseen(1);
    caller.ok("SplitShard", split());
    caller.wait(30 * 3_600);
    assert_eq!(shards(&mut caller, json!({})), ["01", "02"]);
    caller.ok("IncreaseStreamRetentionPeriod", hours(48));
    assert_eq!(shards(&mut caller, json!({})), ["01", "02"]);
    let filter = json!({ "ShardFilter": { "Type": "AT_TRIM_HORIZON" } });
    assert_eq!(shards(&mut caller, filter), ["01", "02"], "the oldest data are theirs");
    assert_eq!(caller.no("GetShardIterator", at.clone()), "ResourceNotFoundException");
    caller.ok("MergeShards", merge(1));
    caller.wait(30 * 3_600);
    assert_eq!(shards(&mut caller, json!({})), ["01", "02", "03"], "closed, not expired");
    caller.ok("DecreaseStreamRetentionPeriod", hours(24));
    assert_eq!(shards(&mut caller, json!({})), ["03"]);
    caller.ok("IncreaseStreamRetentionPeriod", hours(48));
    assert_eq!(shards(&mut caller, json!({})), ["03"]);
    caller.ok("PutRecord", s(json!({ "PartitionKey": "a", "Data": "" })));
    caller.wait(2 * DAY_SECS - 1);
    assert_eq!(shards(&mut caller, json!({})), ["03"]);
}

/// §4.2: expired records too, to the microsecond.
#[test]
fn an_expired_record_does_not_come_back() {
    for (early_micros, left) in [(1, 1), (0, 0)] {
        let mut caller = unseen(1);
        let stored = caller.engine.now();
        caller.ok("PutRecord", s(json!({ "PartitionKey": "a", "Data": "" })));
        let until = Time(stored.0 + DAY_SECS * 1_000_000 - early_micros);
        caller.engine.advance(until, u32::MAX);
        caller.ok("IncreaseStreamRetentionPeriod", s(json!({ "RetentionPeriodHours": 48 })));
        let at = s(json!({ "ShardId": "0", "ShardIteratorType": "TRIM_HORIZON" }));
        let at = caller.ok("GetShardIterator", at)["ShardIterator"].clone();
        let got = caller.ok("GetRecords", json!({ "ShardIterator": at }));
        assert_eq!(got["Records"].as_array().unwrap().len(), left, "{early_micros} µs before");
    }
}

/// §3.4: a shard was open at a time when it began at it or before, and it begins with its stream:
/// at the time the service itself tells.
#[test]
fn shards_are_open_from_the_creation_the_service_tells() {
    let mut caller = Caller::of("2026-11");
    caller.engine.set_epoch_millis(1_767_225_600_250);
    wait_millis(&mut caller, 1_700);
    caller.ok("CreateStream", s(json!({ "ShardCount": 2 })));
    caller.wait(30);
    let created = caller.summary()["StreamCreationTimestamp"].clone();
    assert_eq!(created, 1_767_225_601.0);
    for (at, open) in [(created, 2), (json!(1_767_225_600.999), 0)] {
        let filter = json!({ "ShardFilter": { "Type": "AT_TIMESTAMP", "Timestamp": at } });
        assert_eq!(shards(&mut caller, filter).len(), open);
    }
}
