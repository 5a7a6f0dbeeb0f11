//! Answers of the API beyond what the tests of `control` see: facts, streams §2.3, §3 and §14.

use base::Time;
use scenario::{DataSets, Document};
use serde_json::{Value, json};

use super::Profile::{self, Classic, Current};
use crate::engine::Engine;
use crate::formats::Formats;

/// An account with one stream of two shards, thirty seconds old.
fn account() -> Engine {
    let mut engine =
        Engine::new(&Document::default(), &DataSets::default(), Formats::none()).unwrap();
    call(&mut engine, "CreateStream", &json!({ "StreamName": "s", "ShardCount": 2 }));
    after(&mut engine, 30_000);
    engine
}

fn after(engine: &mut Engine, millis: u64) {
    engine.advance(Time(engine.now().0 + millis * 1_000), u32::MAX);
    assert_eq!(engine.check(), Ok(()));
}

fn answer(engine: &mut Engine, profile: Profile, operation: &str, body: &Value) -> (u16, Value) {
    let answer = engine.call(profile, &format!("Kinesis_20131202.{operation}"), body);
    (answer.status, answer.body)
}

fn call(engine: &mut Engine, operation: &str, body: &Value) -> Value {
    let (status, answer) = answer(engine, Current, operation, body);
    assert_eq!(status, 200, "{operation}: {answer}");
    answer
}

fn refusal(engine: &mut Engine, operation: &str, body: &Value) -> (String, String) {
    let (status, answer) = answer(engine, Current, operation, body);
    assert_eq!(status, 400, "{operation}: {answer}");
    let text = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
    (text("__type"), text("message"))
}

fn ids(answer: &Value) -> Vec<u32> {
    let shards = answer["Shards"].as_array().unwrap().iter();
    let id = |shard: &Value| shard["ShardId"].as_str().unwrap()[8..].parse().unwrap();
    shards.map(id).collect()
}

/// Shard 0 is split after a minute into 2 and 3; 2 and 3 are merged into 4 a minute later.
fn resharded() -> Engine {
    let mut engine = account();
    after(&mut engine, 30_000);
    let key = json!({
        "StreamName": "s",
        "ShardToSplit": "0",
        "NewStartingHashKey": "85070591730234615865843651857942052864",
    });
    call(&mut engine, "SplitShard", &key);
    after(&mut engine, 60_000);
    let pair = json!({ "StreamName": "s", "ShardToMerge": "2", "AdjacentShardToMerge": "3" });
    call(&mut engine, "MergeShards", &pair);
    after(&mut engine, 60_000);
    engine
}

/// Facts, streams §3.4. The split was done at 90 s, the merge at 150 s of 180 s.
#[test]
fn filters_choose_shards_by_their_times() {
    let mut engine = resharded();
    let epoch = Document::default().epoch_millis / 1_000;
    let mut listed = |filter: Value| {
        ids(&call(&mut engine, "ListShards", &json!({ "StreamName": "s", "ShardFilter": filter })))
    };
    let at = |kind: &str, secs: u64| json!({ "Type": kind, "Timestamp": epoch + secs });
    assert_eq!(listed(json!({ "Type": "FROM_TRIM_HORIZON" })), [0, 1, 2, 3, 4]);
    assert_eq!(listed(json!({ "Type": "AT_LATEST" })), [1, 4]);
    assert_eq!(listed(json!({ "Type": "AT_TRIM_HORIZON" })), [0, 1]);
    assert_eq!(listed(json!({ "Type": "AFTER_SHARD_ID", "ShardId": "2" })), [3, 4]);
    assert_eq!(listed(at("AT_TIMESTAMP", 60)), [0, 1]);
    assert_eq!(listed(at("AT_TIMESTAMP", 120)), [1, 2, 3]);
    assert_eq!(listed(at("AT_TIMESTAMP", 170)), [1, 4]);
    assert_eq!(listed(at("FROM_TIMESTAMP", 120)), [1, 2, 3, 4]);
    let missing = json!({ "StreamName": "s", "ShardFilter": { "Type": "AT_TIMESTAMP" } });
    assert_eq!(refusal(&mut engine, "ListShards", &missing).0, "InvalidArgumentException");
}

/// Facts, streams §3.4: a token lives for 300 s and stands alone.
#[test]
fn pages_follow_each_other_for_five_minutes() {
    let mut engine = resharded();
    let filter = json!({ "Type": "FROM_TIMESTAMP", "Timestamp": 1.0 });
    let first = json!({ "StreamName": "s", "MaxResults": 2, "ShardFilter": filter });
    let page = call(&mut engine, "ListShards", &first);
    assert_eq!(ids(&page), [0, 1]);
    let token = page["NextToken"].clone();
    let next = json!({ "NextToken": token, "MaxResults": 2 });
    let page = call(&mut engine, "ListShards", &next);
    assert_eq!(ids(&page), [2, 3]);
    let last = call(&mut engine, "ListShards", &json!({ "NextToken": page["NextToken"] }));
    assert_eq!((ids(&last), last.get("NextToken")), (vec![4], None));
    let both = json!({ "NextToken": token, "StreamName": "s" });
    assert_eq!(
        refusal(&mut engine, "ListShards", &both),
        (
            "InvalidArgumentException".to_owned(),
            "NextToken and StreamName cannot be provided together.".to_owned()
        )
    );
    after(&mut engine, 300_001);
    assert_eq!(refusal(&mut engine, "ListShards", &next).0, "ExpiredNextTokenException");
}

/// Facts, streams §3.2: the last call names the children; both parents of a merge.
#[test]
fn the_end_of_a_shard_names_its_children() {
    let mut engine = resharded();
    let mut end = |profile, shard: &str| {
        let body = json!({ "StreamName": "s", "ShardId": shard, "ShardIteratorType": "LATEST" });
        let (_, iterator) = answer(&mut engine, profile, "GetShardIterator", &body);
        answer(&mut engine, profile, "GetRecords", &iterator).1
    };
    let child = |id: u32, parents: &[u32], first: &str, last: &str| {
        let name = |id: &u32| format!("shardId-{id:012}");
        let parents: Vec<String> = parents.iter().map(name).collect();
        let range = json!({ "StartingHashKey": first, "EndingHashKey": last });
        json!({ "ShardId": name(&id), "ParentShards": parents, "HashKeyRange": range })
    };
    let quarter = 1_u128 << 126;
    let (middle, half) = ((quarter - 1).to_string(), (quarter * 2 - 1).to_string());
    let of_0 = end(Current, "0");
    assert_eq!(
        of_0["ChildShards"],
        json!([child(2, &[0], "0", &middle), child(3, &[0], &quarter.to_string(), &half)])
    );
    assert_eq!(of_0.get("NextShardIterator"), None);
    assert_eq!(end(Current, "3")["ChildShards"], json!([child(4, &[2, 3], "0", &half)]));
    // The member is newer than 2020.
    let classic = end(Classic, "0");
    assert_eq!(classic, json!({ "Records": [], "MillisBehindLatest": 0 }));
}

/// Facts, streams §2.3: `DescribeStream` has 10 calls a second for the account.
#[test]
fn the_control_plane_has_limits_of_its_own() {
    let mut engine = account();
    let s = json!({ "StreamName": "s" });
    (0..10).for_each(|_| drop(call(&mut engine, "DescribeStream", &s)));
    let (exception, message) = refusal(&mut engine, "DescribeStream", &s);
    assert_eq!(exception, "LimitExceededException");
    assert!(message.starts_with("Rate exceeded for stream s"), "{message}");
    call(&mut engine, "DescribeStreamSummary", &s);
    after(&mut engine, 100);
    call(&mut engine, "DescribeStream", &s);
    engine.account.throttling = false;
    (0..50).for_each(|_| drop(call(&mut engine, "DescribeStream", &s)));
}

/// Facts, streams §1.2: 50 tags; a tag that is there already counts once. The text says 10
/// (§14.2).
#[test]
fn a_stream_has_fifty_tags() {
    let mut engine = account();
    engine.account.throttling = false;
    let tags = |from: u32, count: u32| {
        let tags: Value = (from..from + count).map(|at| (format!("k{at}"), json!(""))).collect();
        json!({ "StreamName": "s", "Tags": tags })
    };
    call(&mut engine, "AddTagsToStream", &tags(0, 50));
    call(&mut engine, "AddTagsToStream", &tags(40, 10));
    let (exception, message) = refusal(&mut engine, "AddTagsToStream", &tags(45, 10));
    assert_eq!(exception, "InvalidArgumentException");
    assert!(message.ends_with("cannot have more than 10 tags associated with it."), "{message}");
    let page = json!({ "StreamName": "s", "ExclusiveStartTagKey": "k48" });
    let listed = call(&mut engine, "ListTagsForStream", &page);
    let keys: Vec<&Value> =
        listed["Tags"].as_array().unwrap().iter().map(|it| &it["Key"]).collect();
    assert_eq!(keys, ["k49", "k5", "k6", "k7", "k8", "k9"]);
    assert_eq!(listed["HasMoreTags"], false);
}

/// botocore 1.44.5: a call with `DryRun` stores nothing.
#[test]
fn a_dry_run_has_no_effect() {
    let mut engine = account();
    let put = json!({ "StreamName": "s", "PartitionKey": "a", "Data": "", "DryRun": true });
    assert_eq!(refusal(&mut engine, "PutRecord", &put).0, "DryRunOperationException");
    let start = json!({ "StreamName": "s", "ShardId": "0", "ShardIteratorType": "TRIM_HORIZON" });
    let iterator = call(&mut engine, "GetShardIterator", &start);
    assert_eq!(call(&mut engine, "GetRecords", &iterator)["Records"], json!([]));
    let missing = json!({ "StreamName": "x", "PartitionKey": "a", "Data": "", "DryRun": true });
    assert_eq!(refusal(&mut engine, "PutRecord", &missing).0, "ResourceNotFoundException");
}

/// Facts, streams §3.1: 152 bytes and 16 more for each 16 of the name; a token of another make,
/// or one letter changed, is no iterator.
#[test]
fn iterators_are_opaque() {
    let mut engine = account();
    let start = json!({ "StreamName": "s", "ShardId": "0", "ShardIteratorType": "LATEST" });
    let iterator = call(&mut engine, "GetShardIterator", &start);
    let text = iterator["ShardIterator"].as_str().unwrap();
    assert_eq!(super::blob::length(text), Ok(152));
    // Seven zeros and a one, as in every example of AWS.
    assert!(
        text.starts_with("AAAAAAAAAA") && ('E'..='H').contains(&char::from(text.as_bytes()[10]))
    );
    call(&mut engine, "GetRecords", &iterator);
    for at in [0, 11, 20, 100, 200] {
        let mut letters: Vec<char> = text.chars().collect();
        letters[at] = if letters[at] == 'B' { 'C' } else { 'B' };
        let changed = json!({ "ShardIterator": letters.iter().collect::<String>() });
        let (exception, message) = refusal(&mut engine, "GetRecords", &changed);
        assert_eq!(
            (&*exception, &*message),
            ("InvalidArgumentException", "Invalid ShardIterator.")
        );
    }
}

/// Facts, streams §14.3: puts want `ACTIVE` or `UPDATING`; §4.1: reading may go on while the stream
/// goes away. In another stream of the name an old iterator lies before every record (kinesalite).
#[test]
fn iterators_outlive_their_stream() {
    let mut engine = account();
    let put = json!({ "StreamName": "s", "PartitionKey": "a", "Data": "b25l" });
    call(&mut engine, "PutRecord", &put);
    call(&mut engine, "PutRecord", &put);
    let start = json!({ "StreamName": "s", "ShardId": "0", "ShardIteratorType": "LATEST" });
    let iterator = call(&mut engine, "GetShardIterator", &start);
    call(&mut engine, "DeleteStream", &json!({ "StreamName": "s" }));
    assert_eq!(refusal(&mut engine, "PutRecord", &put).0, "ResourceNotFoundException");
    call(&mut engine, "GetRecords", &iterator);
    after(&mut engine, 30_000);
    let (exception, message) = refusal(&mut engine, "GetRecords", &iterator);
    assert_eq!(exception, "ResourceNotFoundException");
    assert!(message.starts_with("Shard shardId-000000000000 in stream s under"), "{message}");
    call(&mut engine, "CreateStream", &json!({ "StreamName": "s", "ShardCount": 1 }));
    after(&mut engine, 30_000);
    call(&mut engine, "PutRecord", &put);
    let got = call(&mut engine, "GetRecords", &iterator);
    assert_eq!(got["Records"].as_array().map(Vec::len), Some(1));
}

/// Facts, streams §6 and §14.3: `ShardCount` is a must unless the stream is on demand, which begins
/// with four shards; AUTO is for those alone (§14.2). Tags may come with the call.
#[test]
fn a_stream_is_created_as_asked() {
    let mut engine = account();
    let none = json!({ "StreamName": "x" });
    let (exception, message) = refusal(&mut engine, "CreateStream", &none);
    assert_eq!(exception, "ValidationException");
    assert!(message.contains("Value null at 'shardCount'"), "{message}");
    let auto = json!({ "StreamName": "x", "ShardCount": 1, "RecordDistributionStrategy": "AUTO" });
    let (exception, message) = refusal(&mut engine, "CreateStream", &auto);
    assert_eq!(exception, "InvalidArgumentException");
    assert!(message.ends_with("Stream x is using PROVISIONED mode."), "{message}");
    let mode = json!({ "StreamMode": "ON_DEMAND" });
    let tagged =
        json!({ "StreamName": "x", "StreamModeDetails": mode, "Tags": { "team": "blue" } });
    call(&mut engine, "CreateStream", &tagged);
    after(&mut engine, 30_000);
    let x = json!({ "StreamName": "x" });
    assert_eq!(call(&mut engine, "ListTagsForStream", &x)["Tags"][0]["Value"], "blue");
    assert_eq!(ids(&call(&mut engine, "ListShards", &x)), [0, 1, 2, 3]);
}
