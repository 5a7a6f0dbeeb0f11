//! Tables beside a running application: leases to look at, leases that are throttled, and what
//! duplicates do to items.

use base::{Duration, NodeId, Time};
use serde_json::{Value, json};

use super::super::Node;
use super::Table;
use crate::call::{Request, Response};
use crate::cause::Reason;
use crate::engine::{Engine, Progress};
use crate::kernel::ctx::Ctx;
use crate::kernel::queue::Event;
use crate::lease::{Checkpoint, LeaseCall};
use crate::snapshot::Snapshot;
use crate::trial::{self, counter, go};

const TABLE: usize = 3;

/// An application of four shards with a table: `port` says what for.
fn engine(app: &Value, port: &str, table: &Value, script: &Value) -> Engine {
    of_shards(4, app, port, table, script)
}

fn of_shards(shards: u32, app: &Value, port: &str, table: &Value, script: &Value) -> Engine {
    trial::engine(json!({
        "nodes": [
            {"id": 1, "kind": "producer", "name": "clicks", "config": {"records_per_sec": 100}},
            {"id": 2, "kind": "stream", "name": "orders", "config": {"shards": shards}},
            {"id": 3, "kind": "kcl", "name": "workers", "config": app},
            {"id": 4, "kind": "table", "name": "table", "config": table},
        ],
        "edges": [
            {"id": 1, "from": [1, "out"], "to": [2, "in"]},
            {"id": 2, "from": [2, "out"], "to": [3, "in"]},
            {"id": 3, "from": [3, port], "to": [4, "in"]},
        ],
        "script": script,
    }))
}

fn metric(snapshot: &Snapshot, metric: u8) -> u64 {
    snapshot.nodes[TABLE].metrics[usize::from(metric)].total
}

fn table(engine: &Engine) -> &Table {
    match &engine.nodes[TABLE].1 {
        Node::Table(table) => table,
        other => panic!("{other:?}"),
    }
}

/// One item for each shard with its columns (facts, streams §9.1).
#[test]
fn the_lease_table_can_be_read() {
    let mut engine = engine(&json!({"start": "TRIM_HORIZON"}), "leases", &json!({}), &json!([]));
    go(&mut engine, 100);
    let sheet = engine.sheet(NodeId(4), 100).unwrap();
    assert_eq!(sheet.columns[..4], ["leaseKey", "leaseOwner", "leaseCounter", "checkpoint"]);
    let keys: Vec<&str> = sheet.rows.iter().map(|row| &*row[0]).collect();
    assert_eq!(keys.len(), 4);
    assert_eq!(keys[3], "shardId-000000000003");
    let owners = |worker: &str| sheet.rows.iter().filter(|row| row[1] == worker).count();
    assert_eq!((owners("worker 1"), owners("worker 2")), (2, 2));
    for (row, shard) in sheet.rows.iter().zip(0..) {
        let newest = engine.records(NodeId(2), shard, 300);
        let saved = newest.iter().any(|record| record.sequence_number == row[3]);
        assert!(saved, "checkpoint {} is no record of shard {shard}", row[3]);
    }
    assert_eq!(sheet.rows[0][7], "0");
    assert_eq!(sheet.rows[3][8], u128::MAX.to_string());
}

/// Writes are leases / 3.308 s for renewals, where no checkpoint moves the counter already, and
/// reads one scan of each worker every 20 s (facts, streams §9.3).
#[test]
fn leases_use_as_many_units_as_the_library_needs() {
    let app = json!({"start": "TRIM_HORIZON", "checkpoint": "records",
        "checkpoint_records": 100_000_000, "leases_max": 2});
    let mut engine = engine(&app, "leases", &json!({}), &json!([]));
    let before = metric(&go(&mut engine, 30), super::metric::WRITE_UNITS);
    let after = metric(&go(&mut engine, 1_030), super::metric::WRITE_UNITS);
    let renewals = 4.0 * 1_000.0 / 3.308;
    let seen = f64::from(u32::try_from(after - before).unwrap());
    assert!((seen - renewals).abs() <= 8.0, "{seen} instead of {renewals}");
}

/// An application behaves alike with a hidden and with a visible table.
#[test]
fn a_visible_table_changes_nothing_but_the_latency() {
    let app = json!({"start": "TRIM_HORIZON"});
    let script = json!([
        {"at_micros": 90_000_000, "do": "fault", "node": 3, "fault": "kill", "worker": 2,
         "for_micros": 1_000_000_000},
    ]);
    let mut visible = engine(&app, "leases", &json!({"latency_millis": 1}), &script);
    let early = go(&mut visible, 100);
    assert_eq!(counter(&early, 2, "leases without owner"), 2);
    let late = go(&mut visible, 180);
    assert_eq!(counter(&late, 2, "leases without owner"), 0);
    assert_eq!(counter(&late, 2, "missed"), 0);
    let owners = table(&visible).leases.rows().filter(|(_, lease)| lease.owner == Some(1));
    assert_eq!(owners.count(), 4);
}

/// Too little WCU: renewals and checkpoints fail, leases run out and wander (facts, streams §9.1).
#[test]
fn too_few_write_units_cost_leases() {
    let script = json!([
        {"at_micros": 60_000_000, "do": "set", "node": 4, "fields":
         {"billing_mode": "PROVISIONED", "write_units": 1, "burst_secs": 1}},
    ]);
    let app = json!({"start": "TRIM_HORIZON"});
    let mut engine = of_shards(16, &app, "leases", &json!({}), &script);
    let fine = go(&mut engine, 60);
    let before = metric(&fine, super::metric::WRITE_UNITS);
    let snapshot = go(&mut engine, 300);
    assert!(metric(&snapshot, super::metric::WRITE_THROTTLES) > 100);
    assert!(counter(&snapshot, 2, "lease calls refused") > 100);
    assert!(counter(&snapshot, 2, "leases lost") >= counter(&fine, 2, "leases lost") + 4);
    assert_eq!(counter(&snapshot, 2, "missed"), 0, "slow, but at least once");
    let explained = engine.causes(NodeId(4));
    assert!(explained.iter().any(|cause| cause.reason == Reason::TableCapacity));
    let units = metric(&snapshot, super::metric::WRITE_UNITS) - before;
    assert!(units <= 241, "one unit a second is no more than {units}");
}

/// A table that is down stops new leases and renewals; processing goes on until the leases run out.
#[test]
fn an_application_survives_an_outage_of_its_table() {
    let script = json!([
        {"at_micros": 60_000_000, "do": "fault", "node": 4, "fault": "down",
         "for_micros": 60_000_000},
    ]);
    let mut engine = engine(&json!({"start": "TRIM_HORIZON"}), "leases", &json!({}), &script);
    let down = go(&mut engine, 110);
    assert_eq!(counter(&down, 2, "leases without owner"), 4, "all ran out");
    let back = go(&mut engine, 200);
    assert_eq!(counter(&back, 2, "leases without owner"), 0);
    assert_eq!(counter(&back, 2, "missed"), 0);
}

/// Everything is processed twice after a death: what the table makes of it.
fn after_a_death(table: &Value) -> (Snapshot, u64) {
    let app = json!({"start": "TRIM_HORIZON", "workers": 1, "checkpoint": "interval",
        "checkpoint_millis": 30_000});
    let script = json!([
        {"at_micros": 50_000_000, "do": "fault", "node": 3, "fault": "kill",
         "for_micros": 1_000_000},
        {"at_micros": 100_000_000, "do": "set", "node": 1, "fields": {"records_per_sec": 0}},
    ]);
    let mut engine = engine(&app, "out", table, &script);
    let snapshot = go(&mut engine, 200);
    let twice = counter(&snapshot, 2, "processed twice");
    assert!(twice > 500, "{twice}");
    let stored = counter(&snapshot, 1, "stored");
    assert_eq!(counter(&snapshot, TABLE, "distinct records"), stored);
    (snapshot, twice)
}

/// An upsert under a unique id leaves one item for each record (facts, streams §11, recipe 1).
#[test]
fn idempotent_writes_hide_what_was_processed_twice() {
    let (snapshot, twice) = after_a_death(&json!({"write": "put"}));
    let stored = counter(&snapshot, 1, "stored");
    assert_eq!(counter(&snapshot, TABLE, "items"), stored);
    assert_eq!(counter(&snapshot, TABLE, "written"), stored + twice);
    assert_eq!(snapshot.totals.delivered, stored);
}

/// A conditional write refuses what is there (facts, streams §11, recipe 1).
#[test]
fn conditional_writes_refuse_what_was_processed_twice() {
    let (snapshot, twice) = after_a_death(&json!({"write": "put_if_absent"}));
    assert_eq!(counter(&snapshot, TABLE, "items"), counter(&snapshot, 1, "stored"));
    assert_eq!(counter(&snapshot, TABLE, "refused by condition"), twice);
    assert_eq!(metric(&snapshot, super::metric::CONDITION_FAILED), twice);
}

/// Plain writes show every duplicate (facts, streams §11).
#[test]
fn appended_items_and_counters_show_what_was_processed_twice() {
    let (snapshot, twice) = after_a_death(&json!({"write": "append"}));
    let stored = counter(&snapshot, 1, "stored");
    assert_eq!(counter(&snapshot, TABLE, "items"), stored + twice);
    let (snapshot, again) = after_a_death(&json!({"write": "add"}));
    assert!(counter(&snapshot, TABLE, "items") < stored, "one counter for each key");
    assert_eq!(counter(&snapshot, TABLE, "written twice"), again);
}

/// A sequence number identifies consumer-side duplicates but not producer-side ones (facts,
/// streams §11): after lost answers of the stream there are more sequence numbers than records.
#[test]
fn sequence_numbers_miss_what_was_put_twice() {
    let script = json!([
        {"at_micros": 10_000_000, "do": "fault", "node": 2, "fault": "timeout", "percent": 30,
         "for_micros": 20_000_000},
    ]);
    let app = json!({"start": "TRIM_HORIZON", "workers": 1});
    let items = |key: &str| {
        let mut engine = engine(&app, "out", &json!({"item_key": key}), &script);
        let snapshot = go(&mut engine, 120);
        let count = |name| counter(&snapshot, TABLE, name);
        let delivered = snapshot.totals.delivered;
        (count("items"), count("distinct records"), count("written twice"), delivered)
    };
    let (by_number, records, again, delivered) = items("sequence_number");
    assert!(again > 0, "the producer made duplicates");
    assert_eq!(by_number, records + again);
    assert_eq!(delivered, by_number, "two sequence numbers are two items");
    let (by_id, records, _, delivered) = items("record_id");
    assert_eq!(by_id, records);
    assert_eq!(delivered, records, "a copy replaces its like");
}

/// What is read again has the number it had: it replaces its item (facts, streams §11).
#[test]
fn what_is_read_again_is_no_second_item() {
    let (snapshot, twice) = after_a_death(&json!({"item_key": "sequence_number"}));
    let stored = counter(&snapshot, 1, "stored");
    assert_eq!(counter(&snapshot, TABLE, "items"), stored);
    assert_eq!(counter(&snapshot, TABLE, "written twice"), twice);
    assert_eq!(snapshot.totals.delivered, stored);
}

/// Throttled items are written later: nothing is lost, and checkpoints wait for them.
#[test]
fn throttled_items_arrive_late_but_whole() {
    let lean = json!({"billing_mode": "PROVISIONED", "write_units": 20, "burst_secs": 1});
    let script = json!([
        {"at_micros": 20_000_000, "do": "set", "node": 1, "fields": {"records_per_sec": 0}},
    ]);
    let app = json!({"start": "TRIM_HORIZON", "workers": 1});
    let mut engine = engine(&app, "out", &lean, &script);
    let early = go(&mut engine, 30);
    let stored = counter(&early, 1, "stored");
    assert!(counter(&early, TABLE, "written") <= 20 * 31);
    assert!(metric(&early, super::metric::WRITE_THROTTLES) > 0);
    let late = go(&mut engine, 200);
    assert_eq!(counter(&late, TABLE, "written"), stored);
    assert_eq!(counter(&late, TABLE, "written twice"), 0);
    assert_eq!(counter(&late, 2, "processed"), stored);
}

/// A lost answer makes the writer write again: harmless under a key, double where items are
/// appended; the books balance either way.
#[test]
fn lost_answers_make_duplicates_of_plain_writes() {
    let script = json!([
        {"at_micros": 10_000_000, "do": "fault", "node": 4, "fault": "timeout", "percent": 20,
         "for_micros": 30_000_000},
        {"at_micros": 60_000_000, "do": "set", "node": 1, "fields": {"records_per_sec": 0}},
    ]);
    let app = json!({"start": "TRIM_HORIZON", "workers": 1});
    let mut engine = engine(&app, "out", &json!({"write": "append"}), &script);
    let snapshot = go(&mut engine, 400);
    let stored = counter(&snapshot, 1, "stored");
    let again = counter(&snapshot, TABLE, "written twice");
    assert!(again > 0);
    assert_eq!(counter(&snapshot, TABLE, "items"), stored + again);
    assert_eq!(counter(&snapshot, TABLE, "distinct records"), stored);
}

/// Two shards that become one, and an application with a table.
fn merged() -> Engine {
    let app = json!({"start": "TRIM_HORIZON", "workers": 1, "failover_millis": 1_000,
        "idle_millis": 200});
    let script = json!([
        {"at_micros": 1_000_000, "do": "api", "operation": "MergeShards", "body": {
            "StreamName": "orders", "ShardToMerge": "shardId-000000000000",
            "AdjacentShardToMerge": "shardId-000000000001"}},
    ]);
    of_shards(2, &app, "leases", &json!({}), &script)
}

/// Runs up to a time; meanwhile the table throttles every call that `refused` is true for.
fn throttling(engine: &mut Engine, until_secs: u64, refused: impl Fn(&LeaseCall) -> bool) {
    // A call arrives at the time it is made: one event at a time.
    while engine.advance(Time(until_secs * 1_000_000), 1) == Progress::BudgetSpent {
        let calls = engine.kernel.queue.take_where(|_node, event| {
            let Event::Request { request: Request::Lease(call), .. } = event else { return false };
            refused(call)
        });
        for call in calls {
            let Event::Request { token, .. } = call.event else { continue };
            let answer = Response::Lease(Err(super::throttled()));
            Ctx::new(&mut engine.kernel, NodeId(4)).reply(token, Duration::ZERO, answer);
        }
    }
}

/// A child waits for both its parents (facts, streams §9.5), also while the table is too busy to
/// take the row of one of them.
#[test]
fn a_merged_shard_waits_for_a_parent_whose_row_is_throttled() {
    let mut engine = merged();
    let of_the_second = |call: &LeaseCall| matches!(call, LeaseCall::Create { shard: 1, .. });
    throttling(&mut engine, 60, of_the_second);
    let rows = |engine: &Engine| {
        table(engine).leases.rows().map(|(it, row)| (it, row.checkpoint)).collect::<Vec<_>>()
    };
    assert_eq!(rows(&engine), [(0, Checkpoint::ShardEnd)]);
    let snapshot = go(&mut engine, 120);
    assert!(rows(&engine).iter().any(|(shard, _)| *shard == 2), "{:?}", rows(&engine));
    assert_eq!((counter(&snapshot, 2, "missed"), counter(&snapshot, 2, "skipped")), (0, 0));
}

/// The end of a shard is written and the answer lost: whoever sees the row goes on to the children.
#[test]
fn an_end_whose_answer_was_lost_is_an_end() {
    let mut engine = merged();
    let is_end = |call: &LeaseCall| {
        matches!(call, LeaseCall::Checkpoint { checkpoint: Checkpoint::ShardEnd, .. })
    };
    // The table has it: only the application does not know.
    throttling(&mut engine, 40, is_end);
    for shard in [0, 1] {
        let row = *table(&engine).leases.get(shard).unwrap();
        let Some(owner) = row.owner else { panic!("{row:?}") };
        let (counter, checkpoint) = (row.counter, Checkpoint::ShardEnd);
        let Node::Table(table) = &mut engine.nodes[TABLE].1 else { panic!("a table") };
        table.leases.call(LeaseCall::Checkpoint { shard, owner, counter, checkpoint });
    }
    let snapshot = go(&mut engine, 120);
    assert!(table(&engine).leases.get(2).is_some_and(|row| row.owner.is_some()));
    assert_eq!(counter(&snapshot, 2, "missed"), 0);
}
