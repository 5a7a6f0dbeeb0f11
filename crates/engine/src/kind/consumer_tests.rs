//! Consumers on a running stream: what they read, when, and what happens when they stand still.

use base::NodeId;
use scenario::Action;
use serde_json::{Value, json};

use crate::cause::Reason;
use crate::engine::Engine;
use crate::snapshot::Gauge;
use crate::trial::{self, counter, go};

const READER: NodeId = NodeId(3);

fn engine(producer: &Value, stream: &Value, reader: &Value, script: &Value) -> Engine {
    trial::engine(json!({
        "nodes": [
            {"id": 1, "kind": "producer", "name": "clicks", "config": producer},
            {"id": 2, "kind": "stream", "name": "orders", "config": stream},
            {"id": 3, "kind": "consumer", "name": "reader", "config": reader},
        ],
        "edges": [
            {"id": 1, "from": [1, "out"], "to": [2, "in"]},
            {"id": 2, "from": [2, "out"], "to": [3, "in"]},
        ],
        "script": script,
    }))
}

/// Facts, streams §3.1: an iterator lives five minutes; the position outlives it.
#[test]
fn an_expired_iterator_is_renewed_where_it_was() {
    let script = json!([
        {"at_micros": 10_000_000, "do": "fault", "node": 3, "fault": "down",
         "for_micros": 400_000_000},
        {"at_micros": 420_000_000, "do": "set", "node": 1, "fields": {"records_per_sec": 0}},
    ]);
    let mut engine = engine(
        &json!({"records_per_sec": 50}),
        &json!({"shards": 2}),
        &json!({"start": "TRIM_HORIZON"}),
        &script,
    );
    let away = go(&mut engine, 405);
    assert!(counter(&away, 2, "read") <= 500);
    let stands = away.nodes[2].gauges.iter().find_map(|gauge| match gauge {
        Gauge::Shards { cells } => Some(cells.iter().all(|cell| cell.late)),
        _ => None,
    });
    assert_eq!(stands, Some(true), "nobody reads: the age grows");
    let back = go(&mut engine, 440);
    let expired = |reason| engine.causes(READER).iter().any(|cause| cause.reason == reason);
    assert!(expired(Reason::ExpiredIterator));
    assert_eq!(counter(&back, 2, "processed"), counter(&back, 1, "stored"));
}

/// Facts, streams §3.1: LATEST means from now on; a future timestamp is an error until it passed.
#[test]
fn latest_and_a_time_that_has_not_come() {
    let producer = json!({"records_per_sec": 100});
    let none = json!([]);
    let ahead = json!({"start": "AT_TIMESTAMP", "start_secs": 10});
    let mut waiting = engine(&producer, &json!({}), &ahead, &none);
    let before = go(&mut waiting, 9);
    assert_eq!(counter(&before, 2, "read"), 0);
    let after = go(&mut waiting, 20);
    assert!((900..=1_000).contains(&counter(&after, 2, "read")), "{:?}", after.nodes[2].counters);
}

/// A sequence number names its shard: that one is read from there, others from the horizon.
#[test]
fn reading_begins_at_a_sequence_number() {
    let producer = json!({"records_per_sec": 10});
    let mut engine = engine(&producer, &json!({}), &json!({}), &json!([]));
    go(&mut engine, 10);
    let stored = engine.records(NodeId(2), 0, 1_000);
    let fields = json!({
        "start": "AFTER_SEQUENCE_NUMBER",
        "start_sequence_number": stored[9].sequence_number,
    });
    let wire = engine.document().edges_to(READER).next().unwrap().clone();
    let Value::Object(fields) = fields else { panic!("{fields}") };
    // The starting point counts when a stream is connected.
    engine.apply(&Action::RemoveEdge(wire.id)).unwrap();
    engine.apply(&Action::Set { node: READER, fields }).unwrap();
    let before = counter(&go(&mut engine, 11), 2, "read");
    let new = engine.records(NodeId(2), 0, 1_000).len() - stored.len();
    engine.apply(&Action::AddEdge(wire)).unwrap();
    let after = go(&mut engine, 11);
    assert_eq!(counter(&after, 2, "read"), before);
    let after = go(&mut engine, 12);
    let newer = engine.records(NodeId(2), 0, 1_000).len() - stored.len() - new;
    let read = counter(&after, 2, "read") - before;
    let wanted = 9 + new as u64;
    assert!((wanted..=wanted + newer as u64).contains(&read), "{read}: {wanted} and {newer}");
}

#[test]
fn a_new_pace_takes_effect_at_once() {
    let reader = json!({"start": "TRIM_HORIZON", "poll_millis": 600_000});
    let mut engine = engine(&json!({"records_per_sec": 100}), &json!({}), &reader, &json!([]));
    assert_eq!(counter(&go(&mut engine, 20), 2, "read"), 0);
    let fields = serde_json::Map::from_iter([("poll_millis".to_owned(), json!(1_000))]);
    engine.apply(&Action::Set { node: READER, fields }).unwrap();
    assert!(counter(&go(&mut engine, 21), 2, "read") > 1_900);
}

/// Records come about 70 ms after they were stored, and a subscription of five minutes is followed
/// by the next without a gap (facts, streams §3.3).
#[test]
fn fan_out_pushes_every_record_once() {
    let reader = json!({"start": "TRIM_HORIZON", "retrieval": "fan_out"});
    let producer = json!({"records_per_sec": 100});
    let mut engine = engine(&producer, &json!({"shards": 2}), &reader, &json!([]));
    let early = go(&mut engine, 4);
    assert_eq!(counter(&early, 2, "read"), 0, "the consumer is CREATING");
    let late = go(&mut engine, 700);
    let waiting = counter(&late, 1, "stored") - counter(&late, 2, "read");
    assert!(waiting <= 20, "{waiting} records wait for their push");
}

/// Each registered consumer has 2 MiB a second of each shard for itself; polling readers share
/// them (facts, streams §3.3).
#[test]
fn fan_out_readers_do_not_share_a_shard() {
    let together = |retrieval: &str| {
        let config = json!({"start": "TRIM_HORIZON", "retrieval": retrieval, "poll_millis": 1_000});
        let reader = |id: u32| {
            let name = format!("r{id}");
            json!({"id": id, "kind": "consumer", "name": name, "config": config})
        };
        let mut engine = trial::engine(json!({
            "nodes": [
                {"id": 1, "kind": "producer", "name": "clicks", "config":
                 {"records_per_sec": 18, "size": "fixed", "size_bytes": 50_000}},
                {"id": 2, "kind": "stream", "name": "orders", "config": {"shards": 1}},
                reader(3), reader(4), reader(5),
            ],
            "edges": [
                {"id": 1, "from": [1, "out"], "to": [2, "in"]},
                {"id": 2, "from": [2, "out"], "to": [3, "in"]},
                {"id": 3, "from": [2, "out"], "to": [4, "in"]},
                {"id": 4, "from": [2, "out"], "to": [5, "in"]},
            ],
        }));
        let snapshot = go(&mut engine, 120);
        let stored = counter(&snapshot, 1, "stored");
        (2..5).map(|node| stored - counter(&snapshot, node, "read")).max().unwrap()
    };
    assert!(together("fan_out") <= 10);
    assert!(together("polling") > 100, "three times 0.9 MB/s are more than 2 MiB/s");
}

/// Switching on a running reader loses and repeats nothing.
#[test]
fn a_reader_can_be_switched_to_fan_out() {
    let reader = json!({"start": "TRIM_HORIZON"});
    let script = json!([
        {"at_micros": 30_000_000, "do": "set", "node": 3, "fields": {"retrieval": "fan_out"}},
        {"at_micros": 60_000_000, "do": "set", "node": 3, "fields": {"retrieval": "polling"}},
        {"at_micros": 80_000_000, "do": "set", "node": 1, "fields": {"records_per_sec": 0}},
    ]);
    let mut engine = engine(&json!({"records_per_sec": 100}), &json!({}), &reader, &script);
    let end = go(&mut engine, 120);
    assert_eq!(counter(&end, 2, "processed"), counter(&end, 1, "stored"));
}

/// A merged shard is read after both its parents (facts, streams §5.3), also when the reader learns
/// of it while neither is read to its end: a third shard was split meanwhile. Keys `a` and `b` fall
/// into the first and the second of three shards (facts, streams §1.1).
#[test]
fn a_merged_shard_waits_for_both_parents() {
    let producer = json!({
        "records_per_sec": 500, "keys": "list", "key_list": [["a", 55], ["b", 45]],
    });
    let reader = json!({"start": "TRIM_HORIZON", "limit": 100, "poll_millis": 1_000});
    let call = |secs: u64, operation: &str, body: &Value| {
        let at_micros = secs * 1_000_000;
        json!({"at_micros": at_micros, "do": "api", "operation": operation, "body": body})
    };
    let merge = json!({
        "StreamName": "orders", "ShardToMerge": "shardId-000000000000",
        "AdjacentShardToMerge": "shardId-000000000001",
    });
    let split = json!({
        "StreamName": "orders", "ShardToSplit": "shardId-000000000002",
        "NewStartingHashKey": "283568639100782052886145506193140176213",
    });
    let script = json!([
        call(10, "MergeShards", &merge),
        call(45, "SplitShard", &split),
        {"at_micros": 50_000_000, "do": "set", "node": 1, "fields": {"records_per_sec": 0}},
    ]);
    let mut engine = engine(&producer, &json!({"shards": 3}), &reader, &script);
    let mut states = Vec::new();
    for secs in 45..200 {
        let snapshot = go(&mut engine, secs);
        let lanes = snapshot.nodes[1].gauges.iter().find_map(|gauge| match gauge {
            Gauge::Lanes(lanes) => Some(&lanes.lanes),
            _ => None,
        });
        let lane = |shard| lanes.unwrap().iter().find(|lane| lane.shard == shard);
        let is_read = |shard| lane(shard).is_none_or(|lane| lane.drained);
        let has_begun = lane(3).is_some_and(|lane| !lane.flags.is_empty());
        let state = (is_read(0), is_read(1), has_begun);
        if states.last() != Some(&state) {
            states.push(state);
        }
    }
    assert_eq!(states, [(false, false, false), (false, true, false), (true, true, true)]);
}

/// The ARN of a consumer ends in the second it was registered in (facts, streams §3.3): a policy
/// that names it lets its reader subscribe, one with another second does not.
#[test]
fn a_policy_names_a_consumer_by_its_second() {
    let pushed = |late_secs: u64| {
        let stream = "arn:aws:kinesis:us-east-1:123456789012:stream/orders";
        let epoch_secs = 1_780_000_000;
        let consumer = format!("{stream}/consumer/reader:{}", epoch_secs + late_secs);
        let may = |action: &str, arn: &str| {
            let action = format!("kinesis:{action}");
            json!({"Effect": "Allow", "Action": action, "Resource": arn})
        };
        let policy = json!({"Version": "2012-10-17", "Statement": [
            may("ListShards", stream), may("RegisterStreamConsumer", stream),
            may("DescribeStreamConsumer", "*"), may("SubscribeToShard", &consumer),
        ]});
        let mut engine = trial::engine(json!({
            "epoch_millis": epoch_secs * 1_000,
            "nodes": [
                {"id": 1, "kind": "producer", "name": "clicks", "config": {"records_per_sec": 100}},
                {"id": 2, "kind": "stream", "name": "orders"},
                {"id": 3, "kind": "consumer", "name": "reader", "config": {
                    "start": "TRIM_HORIZON", "retrieval": "fan_out"}},
            ],
            "edges": [
                {"id": 1, "from": [1, "out"], "to": [2, "in"]},
                {"id": 2, "from": [2, "out"], "to": [3, "in"]},
            ],
            "policies": [{"node": 3, "policy": policy}],
        }));
        counter(&go(&mut engine, 30), 2, "read")
    };
    assert!(pushed(0) > 2_000);
    assert_eq!(pushed(1), 0);
}
