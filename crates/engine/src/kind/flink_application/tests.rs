//! Flink applications at work: what they write, leave out and write again.

use base::NodeId;
use serde_json::{Value, json};

use crate::cause::Reason;
use crate::engine::Engine;
use crate::kernel::ledger::Account;
use crate::trial::{self, counter, go};

const APP: NodeId = NodeId(3);
const ROWS: NodeId = NodeId(4);

/// A producer of ten records a second, a stream, an application that reads it from the beginning as
/// `events (k, n, ts)`, and a stream of four shards, `rows`.
fn engine(payload: &str, script: &str, settings: &Value, actions: &Value) -> Engine {
    let code = format!(
        "CREATE TABLE events (k STRING, n INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH (\
         'connector' = 'kinesis', 'stream' = 'events', 'scan.stream.initpos' = 'TRIM_HORIZON', \
         'format' = 'json'); {script}"
    );
    let mut config = json!({"code": code});
    let settings = settings.as_object().cloned().unwrap_or_default();
    config.as_object_mut().expect("an object").extend(settings);
    trial::engine(json!({
        "title": "rows",
        "nodes": [
            {"id": 1, "kind": "producer", "name": "p", "at": [0, 0],
             "config": {"records_per_sec": 10, "payload": payload}},
            {"id": 2, "kind": "stream", "name": "events", "at": [300, 0]},
            {"id": 3, "kind": "flink_application", "name": "job", "at": [700, 0], "config": config},
            {"id": 4, "kind": "stream", "name": "rows", "at": [1200, 0], "config": {"shards": 4}}
        ],
        "edges": [
            {"id": 1, "from": [1, "out"], "to": [2, "in"]},
            {"id": 2, "from": [2, "out"], "to": [3, "in"]},
            {"id": 3, "from": [3, "out"], "to": [4, "in"]}
        ],
        "script": actions
    }))
}

const PLAIN: &str = "{\"k\":\"${pick a|b}\",\"n\":7,\"ts\":\"2026-03-01 09:00:00\"}";

/// The partition keys of the rows written by a table with this between its columns and `WITH`, and
/// with these options.
fn keys(partitioned: &str, options: &str) -> Vec<String> {
    let script = format!(
        "CREATE TABLE sink (k STRING, n INT) {partitioned} WITH ('connector' = 'kinesis', \
         'stream' = 'rows', {options} 'format' = 'json'); INSERT INTO sink SELECT k, n FROM events"
    );
    let mut engine = engine(PLAIN, &script, &json!({}), &json!([]));
    go(&mut engine, 10);
    let shards = (0..4).flat_map(|shard| engine.records(ROWS, shard, 100));
    let mut keys: Vec<String> = shards.map(|it| it.key.to_string()).collect();
    assert!(keys.len() > 80, "{}", keys.len());
    keys.sort();
    keys.dedup();
    keys
}

/// Flink's Kinesis connector, "Sink Partitioning": random keys, unless the table is partitioned by
/// columns, whose values then are the key, with `|` between them.
#[test]
fn a_table_decides_about_partition_keys() {
    assert!(keys("", "").len() > 80);
    assert_eq!(keys("PARTITIONED BY (k)", ""), ["a", "b"]);
    assert_eq!(keys("PARTITIONED BY (k, n)", ""), ["a|7", "b|7"]);
    let semicolon = "'sink.partitioner-field-delimiter' = ';',";
    assert_eq!(keys("PARTITIONED BY (n, k)", semicolon), ["7;a", "7;b"]);
    assert_eq!(keys("", "'sink.partitioner' = 'fixed',").len(), 1);
}

const SUMS: &str = "CREATE TABLE sums (w TIMESTAMP(3), c BIGINT) WITH ('connector' = 'kinesis', \
    'stream' = 'rows', 'format' = 'json'); INSERT INTO sums SELECT window_start, COUNT(*) FROM \
    TUMBLE(TABLE events, DESCRIPTOR(ts), INTERVAL '1' SECOND) GROUP BY window_start, window_end";

/// Facts, analytics §3.1: rows for a window that fired are dropped, and counted by
/// `numLateRecordsDropped`. The clock is at 09:00:50, so those of 09:00:10 are 39 to 40 s late.
#[test]
fn late_rows_are_counted_and_explained() {
    let payload = "{\"k\":\"a\",\"n\":7,\"ts\":\"2026-03-01 09:00:${pick 10|50}\"}";
    let mut engine = engine(payload, SUMS, &json!({}), &json!([]));
    let snapshot = go(&mut engine, 20);
    let causes = engine.causes(APP);
    assert!(!causes.is_empty());
    for cause in &causes {
        assert_eq!((cause.reason, cause.used), (Reason::LateRow, 40_000_000), "{cause:?}");
        assert!((1..=10).contains(&cause.records), "{cause:?}");
    }
    let kind = scenario::kind::Config::default_of("flink_application").expect("a kind").spec();
    let metric = kind.metric("numLateRecordsDropped").expect("a metric");
    let counted: u64 = engine.series(APP, metric, 20).iter().sum();
    let track = trial::track(&snapshot, 2);
    assert!(counted > 50 && counted <= track.late.count, "{counted} of {}", track.late.count);
    assert!(!track.late.slots.is_empty(), "they lie in the tray");
}

/// What the sink took, what was marked as a copy, and what the ledger derived.
fn written(settings: &Value, actions: &Value) -> (u64, u64, u64) {
    let script = "CREATE TABLE sink (k STRING, n INT) WITH ('connector' = 'kinesis', \
        'stream' = 'rows', 'format' = 'json'); INSERT INTO sink SELECT k, n FROM events";
    let mut engine = engine(PLAIN, script, settings, actions);
    let snapshot = go(&mut engine, 40);
    let derived = engine.accounts().find(|it| *it.0 == Account::Derived(APP));
    let derived = derived.expect("rows come out").1.unsigned_abs();
    (counter(&snapshot, 2, "stored"), counter(&snapshot, 2, "emitted again"), derived)
}

const STOP: &str = "{\"at_micros\": 20000000, \"do\": \"set\", \"node\": 1, \"fields\": \
    {\"records_per_sec\": 0}}";

/// Facts, analytics §3.4: what came out after the last checkpoint comes out again, and without one
/// everything. The ledger knows rows that come again as copies: 200 were made.
#[test]
fn rows_that_come_again_are_copies() {
    let stop: Value = serde_json::from_str(STOP).expect("an action");
    let kill = |at: u64| {
        let fault = json!({"at_micros": at, "do": "fault", "node": 3, "fault": "kill",
            "for_micros": 1_000_000});
        json!([fault, stop])
    };
    let (stored, again, derived) = written(&json!({"checkpointing": false}), &kill(10_000_000));
    assert_eq!((stored, derived), (200 + again, 200));
    assert!((90..=101).contains(&again), "{again} rows of ten seconds");
    // At the very moment of a checkpoint: it is not complete, so the one before it counts.
    let often = json!({"checkpoint_interval_secs": 5, "checkpoint_pause_secs": 0});
    let (stored, again, derived) = written(&often, &kill(10_000_000));
    assert_eq!((stored, derived), (200 + again, 200));
    assert!((40..=52).contains(&again), "{again} rows of five seconds");
    // Right behind it only what came meanwhile.
    let (stored, again, derived) = written(&often, &kill(10_150_000));
    assert_eq!((stored, derived), (200 + again, 200));
    assert!(again <= 5, "{again} rows of a moment");
}

/// A snapshot that was given up for a stop is no end of a later job: it goes on through its next
/// checkpoints.
#[test]
fn a_stop_during_an_update_leaves_nothing_behind() {
    let set =
        |at: u64, fields: Value| json!({"at_micros": at, "do": "set", "node": 3, "fields": fields});
    let actions = json!([
        set(10_000_000, json!({"parallelism": 2})),
        set(10_000_001, json!({"runs": false})),
        set(15_000_000, json!({"runs": true})),
    ]);
    let mut engine = engine(PLAIN, SUMS, &json!({"checkpoint_interval_secs": 5}), &actions);
    let snapshot = go(&mut engine, 40);
    assert_eq!(counter(&snapshot, 2, "snapshots"), 0);
    assert!(counter(&snapshot, 2, "checkpoints") >= 4);
    assert!(trial::track(&snapshot, 2).behind_micros < 1_000_000);
    let kind = scenario::kind::Config::default_of("flink_application").expect("a kind").spec();
    let uptime = engine.series(APP, kind.metric("uptime").expect("a metric"), 2);
    assert!(uptime.iter().all(|millis| *millis >= 22_000), "{uptime:?}");
}

fn set(at: u64, fields: &Value) -> Value {
    json!({"at_micros": at, "do": "set", "node": 3, "fields": fields})
}

/// Facts, analytics §3.4: a start goes on with the latest snapshot, or with nothing; then
/// everything is read, and comes out, again.
#[test]
fn a_start_restores_the_latest_snapshot_or_nothing() {
    let stop: Value = serde_json::from_str(STOP).expect("an action");
    let pause = |restore: &str| {
        json!([
            set(10_500_000, &json!({"runs": false})),
            set(12_000_000, &json!({"restore": restore})),
            set(15_500_000, &json!({"runs": true})),
            stop
        ])
    };
    let latest = written(&json!({}), &pause("RESTORE_FROM_LATEST_SNAPSHOT"));
    assert_eq!(latest, (200, 0, 200));
    let (stored, again, derived) = written(&json!({}), &pause("SKIP_RESTORE_FROM_SNAPSHOT"));
    assert_eq!((stored, derived), (200 + again, 200));
    assert!((100..=106).contains(&again), "{again}");
}

/// Facts, analytics §3.4: an update makes a snapshot, if `SnapshotsEnabled`, and goes on
/// with it.
#[test]
fn an_update_makes_a_snapshot() {
    for (snapshots, count) in [(true, 1), (false, 0)] {
        let actions = json!([set(10_500_000, &json!({"parallelism": 2}))]);
        let settings = json!({"snapshots": snapshots, "starting_secs": 3});
        let mut engine = engine(PLAIN, SUMS, &settings, &actions);
        assert_eq!(trial::track(&go(&mut engine, 12), 2).state, "UPDATING");
        let snapshot = go(&mut engine, 20);
        assert_eq!(trial::track(&snapshot, 2).state, "RUNNING");
        assert_eq!(counter(&snapshot, 2, "snapshots"), count);
        let records = counter(&snapshot, 2, "records");
        assert!(if snapshots { records <= 200 } else { records > 200 }, "{records}");
        assert_eq!(counter(&snapshot, 2, "version"), 2);
    }
}

/// Facts, analytics §3.4: a checkpoint every 60 s and 5 s between two of them at least, unless set
/// otherwise. The 12th of every five seconds begins at 60.55 s, as each takes 50 ms.
#[test]
fn checkpoints_keep_their_interval_and_their_pause() {
    let count = |settings: &Value, micros: u64| {
        let mut engine = engine(PLAIN, SUMS, settings, &json!([]));
        counter(&trial::until(&mut engine, base::Time(micros)), 2, "checkpoints")
    };
    assert_eq!(count(&json!({}), 59_900_000), 0);
    assert_eq!(count(&json!({}), 121_000_000), 2);
    let often = json!({"checkpoint_interval_secs": 5});
    assert_eq!(count(&often, 60_300_000), 11);
    let more = json!({"checkpoint_interval_secs": 5, "checkpoint_pause_secs": 0});
    assert_eq!(count(&more, 60_300_000), 12);
}

/// Facts, analytics §3.4: brief downtime, state AUTOSCALING, and never below the parallelism set.
#[test]
fn scaling_is_a_state() {
    let settings = json!({"record_micros": 90_000, "starting_secs": 20});
    let mut engine = engine(PLAIN, SUMS, &settings, &json!([]));
    // The job runs from 20 s on, and 15 full minutes are over at 920 s or a minute later.
    let mut states = Vec::new();
    for secs in (890..1_020).step_by(10) {
        let snapshot = go(&mut engine, secs);
        states.push(trial::track(&snapshot, 2).state);
    }
    states.dedup();
    assert_eq!(states, ["RUNNING", "AUTOSCALING", "RUNNING"]);
    let snapshot = go(&mut engine, 1_020);
    assert_eq!(counter(&snapshot, 2, "parallelism"), 2);
}
