//! What requests are refused for, and how: facts, streams §3.2, §4.5, §14.2 and §14.3, and botocore
//! 1.44.5.

use serde_json::{Value, json};

use super::account_tests::{ARN, Caller, s};

const SHARD: &str = "shardId-000000000000";

fn iterator(caller: &mut Caller, kind: &str) -> Value {
    let body = s(json!({ "ShardId": SHARD, "ShardIteratorType": kind }));
    caller.ok("GetShardIterator", body)["ShardIterator"].clone()
}

/// botocore 1.44.5: `DryRun` tells whether the call would succeed. What would not is refused for
/// its own reason.
#[test]
fn a_dry_run_is_refused_as_the_call_would_be() {
    let mut caller = Caller::with_stream(1);
    let old = iterator(&mut caller, "LATEST");
    caller.wait(301);
    let put = |data: &str| json!({ "PartitionKey": "a", "Data": data });
    let large = "A".repeat(2 << 20);
    let at = |more: Value| {
        let mut body = s(json!({ "ShardId": "0", "ShardIteratorType": "TRIM_HORIZON" }));
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let future = json!({ "ShardIteratorType": "AT_TIMESTAMP", "Timestamp": 9_000_000_000_u64 });
    let number = json!({ "SequenceNumberForOrdering": "1" });
    let mut ordered = s(put(""));
    ordered.as_object_mut().unwrap().extend(number.as_object().unwrap().clone());
    let dry = "DryRunOperationException";
    let invalid = "InvalidArgumentException";
    let new = iterator(&mut caller, "LATEST");
    for (operation, mut body, expected) in [
        ("PutRecord", s(put("")), dry),
        ("PutRecord", s(put(&large)), invalid),
        ("PutRecords", s(json!({ "Records": [put("")] })), dry),
        ("PutRecords", s(json!({ "Records": [put(&large)] })), invalid),
        ("GetShardIterator", at(json!({})), dry),
        ("GetShardIterator", at(json!({ "ShardId": "7" })), "ResourceNotFoundException"),
        ("GetShardIterator", at(future), invalid),
        ("GetShardIterator", at(json!({ "StartingSequenceNumber": "1" })), invalid),
        ("GetRecords", json!({ "ShardIterator": new }), dry),
        ("GetRecords", json!({ "ShardIterator": old }), "ExpiredIteratorException"),
    ] {
        body["DryRun"] = true.into();
        assert_eq!(caller.no(operation, body.clone()), expected, "{operation} {body:.200}");
    }
    for _call in 0..9 {
        let mut body = at(json!({}));
        body["DryRun"] = true.into();
        assert_eq!(caller.no("GetShardIterator", body), dry, "nothing is used up");
    }
    iterator(&mut caller, "LATEST");
}

/// A dry run takes no subscription.
#[test]
fn a_dry_run_leaves_the_shard_to_the_call() {
    let mut caller = Caller::with_stream(1);
    let named = json!({ "StreamARN": ARN, "ConsumerName": "c" });
    let made = caller.ok("RegisterStreamConsumer", named);
    let mut body = json!({ "ConsumerARN": made["Consumer"]["ConsumerARN"], "ShardId": SHARD,
                           "StartingPosition": { "Type": "LATEST" }, "DryRun": true });
    assert_eq!(caller.no("SubscribeToShard", body.clone()), "ResourceInUseException", "CREATING");
    caller.wait(30);
    assert_eq!(caller.no("SubscribeToShard", body.clone()), "DryRunOperationException");
    assert_eq!(caller.no("SubscribeToShard", body.clone()), "DryRunOperationException");
    body["DryRun"] = false.into();
    caller.ok("SubscribeToShard", body.clone());
    body["DryRun"] = true.into();
    assert_eq!(caller.no("SubscribeToShard", body), "ResourceInUseException", "taken");
}

/// §3.2: zero says that nothing is left to read; else it is the way from the last record that was
/// read to now.
#[test]
fn a_reader_is_behind_while_records_are_left() {
    let mut caller = Caller::with_stream(1);
    let at = iterator(&mut caller, "TRIM_HORIZON");
    for _record in 0..3 {
        caller.wait(1);
        caller.put("a");
    }
    let limited = |limit: u32| json!({ "ShardIterator": at, "Limit": limit });
    let mut behind = |limit| caller.ok("GetRecords", limited(limit))["MillisBehindLatest"].clone();
    assert_eq!([1, 2, 3].map(&mut behind), [2_000, 1_000, 0]);
    let mut caller = Caller::with_stream(1);
    let at = iterator(&mut caller, "TRIM_HORIZON");
    (0..2).for_each(|_| drop(caller.put("a")));
    let got = caller.ok("GetRecords", json!({ "ShardIterator": at, "Limit": 1 }));
    assert_ne!(got["MillisBehindLatest"], 0, "one of two of the same moment");
}

/// botocore 1.44.5: the stream of the iterator is the stream of the call.
#[test]
fn an_iterator_is_for_its_stream() {
    let mut caller = Caller::with_stream(1);
    caller.ok("CreateStream", json!({ "StreamName": "t", "ShardCount": 1 }));
    caller.wait(30);
    let at = iterator(&mut caller, "LATEST");
    let of = |arn: String| json!({ "ShardIterator": at, "StreamARN": arn });
    caller.ok("GetRecords", of(ARN.to_owned()));
    let other = ARN.replace("stream/s", "stream/t");
    assert_eq!(caller.no("GetRecords", of(other)), "InvalidArgumentException");
    let missing = ARN.replace("stream/s", "stream/x");
    assert_eq!(caller.no("GetRecords", of(missing)), "ResourceNotFoundException");
    let abroad = ARN.replace("us-east-1", "eu-west-1");
    assert_eq!(caller.no("GetRecords", of(abroad)), "ResourceNotFoundException");
}

/// §14.3: `EncryptionType` is KMS, `KeyId` has one of AWS's forms, and first of all the stream is
/// there.
#[test]
fn a_key_is_named_in_one_of_five_ways() {
    let mut caller = Caller::with_stream(1);
    let id = "12345678-1234-1234-1234-123456789012";
    let arn = format!("arn:aws:kms:us-east-1:123456789012:key/{id}");
    let key = |how: &str, id: &str| s(json!({ "EncryptionType": how, "KeyId": id }));
    let bad = [
        "x",
        "alias/",
        "key/mine",
        "alias/a b",
        "12345678-1234-1234-1234-12345678901",
        "12345678123412341234123456789012",
        "arn:aws:kms:us-east-1:123456789012:key/mine",
        "arn:aws:s3:us-east-1:123456789012:alias/a",
        "arn:aws:kms:us-east-1:12:alias/a",
    ];
    for operation in ["StartStreamEncryption", "StopStreamEncryption"] {
        let mut missing = key("NONE", "x");
        missing["StreamName"] = "x".into();
        assert_eq!(caller.no(operation, missing), "ResourceNotFoundException");
        assert_eq!(caller.no(operation, key("NONE", "alias/a")), "InvalidArgumentException");
        for id in bad {
            assert_eq!(caller.no(operation, key("KMS", id)), "InvalidArgumentException", "{id}");
        }
        for id in ["", &"k".repeat(2_049)] {
            assert_eq!(caller.no(operation, key("KMS", id)), "ValidationException");
        }
    }
    let alias = "arn:aws:kms:us-east-1:123456789012:alias/MyAliasName";
    for id in [id, &arn, alias, "alias/MyAliasName", "alias/aws/kinesis"] {
        caller.ok("StartStreamEncryption", key("KMS", id));
        caller.wait(30);
        assert_eq!(caller.summary()["KeyId"], id);
    }
}

/// §4.5: the stream works with the old key until the change is done.
#[test]
fn the_old_key_stands_until_the_switch() {
    let mut caller = Caller::with_stream(1);
    let key = |id: &str| s(json!({ "EncryptionType": "KMS", "KeyId": id }));
    caller.ok("StartStreamEncryption", key("alias/old"));
    caller.wait(30);
    caller.ok("StartStreamEncryption", key("alias/new"));
    assert_eq!(caller.summary()["KeyId"], "alias/old");
    caller.wait(30);
    caller.ok("StopStreamEncryption", key("alias/new"));
    let summary = caller.summary();
    assert_eq!(
        (&summary["StreamStatus"], &summary["KeyId"]),
        (&json!("UPDATING"), &json!("alias/new"))
    );
    caller.wait(30);
    assert_eq!(caller.summary().get("KeyId"), None);
}

/// Records that are not there and tags without a value are no requests: nothing is dropped in
/// silence.
#[test]
fn nulls_inside_of_lists_and_maps_are_refused() {
    let mut caller = Caller::with_stream(1);
    let record = json!({ "PartitionKey": "a", "Data": "" });
    let (_, answer) = caller.call("PutRecords", &s(json!({ "Records": [record, null] })));
    let text = "1 validation error detected: Value null at 'records.2.member.data' failed to \
                satisfy constraint: Member must not be null";
    assert_eq!(
        (&answer["__type"], &answer["message"]),
        (&json!("ValidationException"), &json!(text))
    );
    let tags = json!({ "Tags": { "a": null } });
    assert_eq!(caller.no("AddTagsToStream", s(tags)), "ValidationException");
    caller.ok("AddTagsToStream", s(json!({ "Tags": { "a": "" } })));
}

/// Facts, streams §15 and §14.2: AUTO is for on-demand streams; it is switched at once, ignores
/// keys and explicit hash keys, needs none, spreads evenly and forbids
/// `SequenceNumberForOrdering`.
#[test]
fn auto_streams_spread_records_whatever_their_keys() {
    let mut caller = Caller::of("2026-11");
    let create = |strategy: &str, mode: &str| {
        json!({ "StreamName": "s", "ShardCount": 1, "StreamModeDetails": { "StreamMode": mode },
                "RecordDistributionStrategy": strategy })
    };
    assert_eq!(
        caller.no("CreateStream", create("AUTO", "PROVISIONED")),
        "InvalidArgumentException"
    );
    caller.ok("CreateStream", create("AUTO", "ON_DEMAND"));
    caller.wait(60);
    let strategy = |caller: &mut Caller| caller.summary()["RecordDistributionStrategy"].clone();
    assert_eq!(strategy(&mut caller), "AUTO");
    let record = json!({ "Data": "AAAA", "PartitionKey": "a", "ExplicitHashKey": "0" });
    let put = json!({ "StreamName": "s", "Records": [record, record, { "Data": "AAAA" }, record] });
    let shards = |answer: Value| {
        let records = answer["Records"].as_array().cloned().unwrap_or_default();
        let mut shards: Vec<String> = records.iter().map(|it| it["ShardId"].to_string()).collect();
        shards.sort();
        shards.dedup();
        shards.len()
    };
    assert_eq!(shards(caller.ok("PutRecords", put.clone())), 4, "one record each");
    let (mut with, mut without) = (0, 0);
    for shard in ["0", "1", "2", "3"] {
        let from = json!({ "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON" });
        let iterator = caller.ok("GetShardIterator", s(from))["ShardIterator"].clone();
        let got = caller.ok("GetRecords", json!({ "ShardIterator": iterator }));
        let keyed = got["Records"][0].get("PartitionKey").is_some();
        (with, without) = (with + u32::from(keyed), without + u32::from(!keyed));
    }
    assert_eq!((with, without), (3, 1), "a key that was given is returned");
    let ordered = json!({ "Data": "AAAA", "PartitionKey": "a", "SequenceNumberForOrdering": "0" });
    assert_eq!(caller.no("PutRecord", s(ordered)), "InvalidArgumentException");
    let to = json!({ "StreamARN": ARN, "RecordDistributionStrategy": "USER_PARTITION_KEY" });
    caller.ok("UpdateStreamRecordDistributionStrategy", to);
    assert_eq!(strategy(&mut caller), "USER_PARTITION_KEY");
    assert_eq!(caller.no("PutRecords", put), "InvalidArgumentException", "a key is needed again");
    let keyed = json!({ "StreamName": "s", "Records": [record, record, record, record] });
    assert_eq!(shards(caller.ok("PutRecords", keyed)), 1);
}

/// §2.2: stream and account stand in the text as they are, though a stream's name holds the number
/// of AWS's own examples.
#[test]
fn a_refusal_names_the_stream_as_it_is_called() {
    let mut caller = Caller::of("2026-11");
    caller.engine.account.id = "000000000000".into();
    let name = "logs-123456789012";
    caller.ok("CreateStream", json!({ "StreamName": name, "ShardCount": 1 }));
    caller.wait(30);
    let body = json!({ "StreamName": name, "ShardId": "0", "ShardIteratorType": "LATEST" });
    for _call in 0..5 {
        caller.ok("GetShardIterator", body.clone());
    }
    let (_, answer) = caller.call("GetShardIterator", &body);
    let text = format!(
        "Rate exceeded for shard {SHARD} in stream {name} under account \
                        000000000000."
    );
    assert_eq!(answer["message"], text);
}

/// §14.2: what the items of a list must satisfy is told as a constraint of the list.
#[test]
fn items_are_constrained_within_their_list() {
    let mut caller = Caller::with_stream(1);
    for operation in ["EnableEnhancedMonitoring", "DisableEnhancedMonitoring"] {
        let (_, answer) = caller.call(operation, &s(json!({ "ShardLevelMetrics": ["X"] })));
        let text = answer["message"].as_str().unwrap();
        let start = "1 validation error detected: Value '[X]' at 'shardLevelMetrics' failed to \
                     satisfy constraint: Member must satisfy constraint: [Member must satisfy enum \
                     value set: [";
        assert!(text.starts_with(start) && text.ends_with("]]"), "{text}");
    }
    let (_, answer) = caller.call("UpdateShardCount", &s(json!({ "ScalingType": "X" })));
    let text = answer["message"].as_str().unwrap();
    assert!(text.contains("constraint: Member must satisfy enum value set: ["), "{text}");
}
