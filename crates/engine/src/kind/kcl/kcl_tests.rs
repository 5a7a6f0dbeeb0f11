//! Applications on a running stream: who holds which lease when, and what is processed twice.

use base::{NodeId, Time};
use scenario::{Action, Fault, FaultKind};
use serde_json::{Value, json};

use super::Kcl;
use crate::engine::Engine;
use crate::kind::Node;
use crate::snapshot::{Gauge, Holder, HolderState, Leases, Snapshot};
use crate::trial;

const APP: NodeId = NodeId(3);

fn engine(seed: u64, producer: &Value, stream: &Value, app: &Value) -> Engine {
    trial::engine(json!({
        "seed": seed,
        "nodes": [
            {"id": 1, "kind": "producer", "name": "clicks", "config": producer},
            {"id": 2, "kind": "stream", "name": "orders", "config": stream},
            {"id": 3, "kind": "kcl", "name": "workers", "config": app},
        ],
        "edges": [
            {"id": 1, "from": [1, "out"], "to": [2, "in"]},
            {"id": 2, "from": [2, "out"], "to": [3, "in"]},
        ],
    }))
}

fn go(engine: &mut Engine, millis: u64) -> Snapshot {
    trial::until(engine, Time(millis * 1_000))
}

fn app(engine: &Engine) -> &Kcl {
    match &engine.nodes[2].1 {
        Node::Kcl(app) => app,
        other => panic!("{other:?}"),
    }
}

/// Leases each worker believes it holds, by worker.
fn held(engine: &Engine) -> Vec<(u32, usize)> {
    let count = |worker: &super::Worker| worker.pumps.values().filter(|pump| !pump.lost).count();
    app(engine).workers.iter().map(|(id, worker)| (*id, count(worker))).collect()
}

fn counter(snapshot: &Snapshot, name: &str) -> u64 {
    trial::counter(snapshot, 2, name)
}

fn strike(engine: &mut Engine, kind: FaultKind, secs: u64) {
    let fault = Fault { node: APP, kind, lasts: base::Duration::from_secs(secs) };
    engine.apply(&Action::Fault(fault)).unwrap();
}

fn set(engine: &mut Engine, fields: Value) {
    let Value::Object(fields) = fields else { panic!("{fields}") };
    engine.apply(&Action::Set { node: APP, fields }).unwrap();
}

/// Two workers with two leases each, and no stealing.
fn two_and_two(seed: u64) -> Engine {
    let workers = json!({"start": "TRIM_HORIZON", "leases_max": 2});
    let mut engine = engine(seed, &json!({"records_per_sec": 40}), &json!({"shards": 4}), &workers);
    go(&mut engine, 5_000);
    assert_eq!(held(&engine), [(1, 2), (2, 2)]);
    set(&mut engine, json!({"leases_max": 100}));
    engine
}

/// A lone survivor finds a dead worker's leases free when two of its scans, 20,050 ms apart, saw
/// the same counter, which the dead had moved at most 3,308 ms before its death (facts, streams
/// §9.2 and §9.3; `updateAllLeases` of `DynamoDBLeaseTaker`): after 16.7 to 40.1 s.
#[test]
fn fail_over_takes_as_long_as_the_taker_needs() {
    let mut took = Vec::new();
    for seed in 0..48 {
        let mut engine = two_and_two(seed);
        let death = 30_000 + seed * 877;
        go(&mut engine, death);
        strike(&mut engine, FaultKind::Kill { worker: 2 }, 10_000);
        let mut at = death;
        while held(&engine) != [(1, 4)] {
            at += 100;
            go(&mut engine, at);
        }
        took.push(at - death);
    }
    let range = 20_050 - 3_308..=20_050 + 20_050 + 100;
    assert!(took.iter().all(|millis| range.contains(millis)), "{took:?}");
    assert!(took.iter().any(|millis| *millis < 20_050), "{took:?}");
    assert!(took.iter().any(|millis| *millis > 37_000), "{took:?}");
}

/// Leases outlive their owner: the card shows them, late, until somebody takes them.
#[test]
fn orphaned_leases_stay_on_the_card() {
    let mut engine = two_and_two(1);
    set(&mut engine, json!({"age_alarm_millis": 5_000}));
    go(&mut engine, 60_000);
    strike(&mut engine, FaultKind::Kill { worker: 2 }, 10_000);
    let snapshot = go(&mut engine, 70_000);
    assert_eq!(counter(&snapshot, "leases without owner"), 2);
    let leases = leases(&snapshot);
    assert_eq!(leases.orphans.len(), 2);
    assert!(leases.orphans.iter().all(|lease| lease.late), "{:?}", leases.orphans);
    assert_eq!(leases.workers.len(), 1);
    assert_eq!(shards(&leases.workers[0]).len(), 2);
}

fn leases(snapshot: &Snapshot) -> Leases {
    let found = snapshot.nodes[2].gauges.iter().find_map(|gauge| match gauge {
        Gauge::Leases(leases) => Some(leases.clone()),
        _ => None,
    });
    found.expect("an application shows its leases")
}

fn shards(holder: &Holder) -> Vec<u32> {
    holder.leases.iter().map(|lease| lease.shard).collect()
}

/// The card names who holds what, who stands still, and how old the oldest position is.
#[test]
fn the_card_shows_what_each_worker_holds() {
    let mut engine = two_and_two(1);
    set(&mut engine, json!({"paused_workers": 1, "age_alarm_millis": 5_000}));
    let snapshot = go(&mut engine, 70_000);
    let leases = leases(&snapshot);
    let seen: Vec<_> = leases.workers.iter().map(|it| (it.worker, shards(it))).collect();
    let [(1, old), (2, new)] = seen.as_slice() else { panic!("{seen:?}") };
    assert_eq!(old.len(), 2, "it does not know that others took over");
    assert_eq!(new, &[0, 1, 2, 3]);
    let states: Vec<_> = leases.workers.iter().map(|it| it.state).collect();
    assert_eq!(states, [HolderState::Paused, HolderState::Well]);
    let ages = || leases.workers.iter().flat_map(|it| &it.leases).map(|it| it.age_micros);
    let worst = ages().max().unwrap();
    // It stood still at 5 s, 65 s ago, with what it had read in the last second.
    assert!((64_000_000..=67_000_000).contains(&worst), "{worst}");
    let newest = leases.series.last().copied();
    assert_eq!(newest.map(u64::from), Some(worst / 1_000));
    assert!(leases.workers[0].leases.iter().any(|lease| lease.late));
    assert!(!leases.workers[1].leases.iter().any(|lease| lease.late));
}

/// About one stolen lease each 20 s with defaults (facts, streams §9.3: convergence).
#[test]
fn a_worker_that_joins_steals_one_lease_each_twenty_seconds() {
    let workers = json!({"start": "TRIM_HORIZON", "workers": 1});
    let mut engine = engine(3, &json!({}), &json!({"shards": 8}), &workers);
    go(&mut engine, 100_000);
    set(&mut engine, json!({"workers": 2}));
    let of_the_second = |engine: &mut Engine, millis| {
        go(engine, millis);
        held(engine)[1].1
    };
    // Up within a second, then every 20,050 ms.
    let seen = [101_000, 121_100, 141_150, 161_200, 181_250, 260_000]
        .map(|millis| of_the_second(&mut engine, millis));
    assert_eq!(seen, [1, 2, 3, 4, 4, 4]);
}

/// A dead worker is replaced when the fault ends; the new one has a new number and no leases.
#[test]
fn a_killed_worker_comes_back_as_another() {
    let mut engine = two_and_two(2);
    go(&mut engine, 30_000);
    strike(&mut engine, FaultKind::Kill { worker: 0 }, 5);
    assert_eq!(held(&engine).len(), 1);
    go(&mut engine, 34_900);
    assert_eq!(held(&engine).len(), 1);
    go(&mut engine, 36_100);
    assert_eq!(held(&engine).iter().map(|(id, _)| *id).collect::<Vec<_>>(), [2, 3]);
}

/// Duplicates after a restart = everything after the last checkpoint (facts, streams §9.5).
#[test]
fn what_came_after_the_last_checkpoint_is_processed_twice() {
    let workers = json!({"start": "TRIM_HORIZON", "workers": 1, "checkpoint": "records",
        "checkpoint_records": 1_000});
    let mut engine = engine(4, &json!({"records_per_sec": 70}), &json!({"shards": 1}), &workers);
    let before = go(&mut engine, 60_000);
    let shard = app(&engine).shards.get(&0).copied().unwrap();
    let unsaved = shard.frontier.unwrap() - shard.saved;
    assert!((1..1_100).contains(&unsaved), "{unsaved}");
    assert_eq!(counter(&before, "processed twice"), 0);
    strike(&mut engine, FaultKind::Kill { worker: 0 }, 1);
    let after = go(&mut engine, 120_000);
    assert_eq!(counter(&after, "processed twice"), unsaved);
    assert_eq!(counter(&after, "missed"), 0);
}

/// What is skipped is not processed, however often it is read.
#[test]
fn what_is_skipped_again_was_never_processed() {
    let workers = json!({"start": "TRIM_HORIZON", "workers": 1, "checkpoint": "records",
        "checkpoint_records": 1_000, "fail_percent": 100, "on_exception": "skip"});
    let mut engine = engine(4, &json!({"records_per_sec": 70}), &json!({"shards": 1}), &workers);
    let before = go(&mut engine, 60_000);
    strike(&mut engine, FaultKind::Kill { worker: 0 }, 1);
    let after = go(&mut engine, 120_000);
    assert!(counter(&after, "skipped") > counter(&before, "skipped") + 4_200, "read again");
    assert_eq!(counter(&after, "processed"), 0);
    assert_eq!(counter(&after, "processed twice"), 0);
}

/// A checkpoint before the work: what the dead worker had in hand is never processed.
#[test]
fn a_checkpoint_before_the_work_loses_what_was_in_hand() {
    let workers = json!({"start": "TRIM_HORIZON", "workers": 1, "checkpoint": "before",
        "work_micros": 20_000});
    let mut engine = engine(5, &json!({"records_per_sec": 40}), &json!({"shards": 1}), &workers);
    go(&mut engine, 30_000);
    let in_hand = app(&engine).held;
    assert!(in_hand > 0);
    strike(&mut engine, FaultKind::Kill { worker: 0 }, 1);
    let after = go(&mut engine, 120_000);
    assert_eq!(counter(&after, "missed"), in_hand);
    assert_eq!(counter(&after, "processed twice"), 0);
}

/// A paused worker and its successor process the same shard for a while (facts, streams §9.5), but
/// a zombie must not checkpoint: positions never go back, which `check` watches.
#[test]
fn a_zombie_finishes_its_batch_and_saves_nothing() {
    let workers = json!({"start": "TRIM_HORIZON", "leases_max": 2, "work_micros": 30_000,
        "max_records": 100});
    let mut engine = engine(6, &json!({"records_per_sec": 60}), &json!({"shards": 4}), &workers);
    go(&mut engine, 5_000);
    set(&mut engine, json!({"leases_max": 100}));
    go(&mut engine, 60_000);
    strike(&mut engine, FaultKind::Pause { worker: 2 }, 60);
    let paused = go(&mut engine, 119_000);
    assert_eq!(counter(&paused, "leases lost"), 0, "it knows nothing yet");
    let owners = |engine: &Engine| {
        let rows: Vec<_> = app(engine).table.rows().map(|(_, row)| row.owner).collect();
        rows.iter().filter(|owner| **owner == Some(2)).count()
    };
    assert_eq!(owners(&engine), 0);
    let awake = go(&mut engine, 124_000);
    assert_eq!(counter(&awake, "leases lost"), 2);
    assert!(counter(&awake, "processed twice") > 0);
    assert_eq!(counter(&awake, "missed"), 0);
}

/// A worker whose leases ran out by its own clock lets them go even if nobody took them
/// (`renewLease` of `DynamoDBLeaseRenewer` does not renew an expired lease).
#[test]
fn a_lone_worker_that_wakes_takes_its_own_leases_anew() {
    let workers = json!({"start": "TRIM_HORIZON", "workers": 1});
    let mut engine = engine(7, &json!({}), &json!({"shards": 2}), &workers);
    go(&mut engine, 30_000);
    strike(&mut engine, FaultKind::Pause { worker: 0 }, 15);
    let awake = go(&mut engine, 49_000);
    assert_eq!(counter(&awake, "leases lost"), 2);
    let later = go(&mut engine, 100_000);
    assert_eq!(held(&engine), [(1, 2)]);
    assert_eq!(counter(&later, "leases taken"), 4);
}

/// A pause shorter than the failover time costs nothing.
#[test]
fn a_short_pause_loses_no_lease() {
    let workers = json!({"start": "TRIM_HORIZON", "workers": 1});
    let mut engine = engine(8, &json!({}), &json!({"shards": 2}), &workers);
    go(&mut engine, 30_000);
    strike(&mut engine, FaultKind::Pause { worker: 0 }, 6);
    let later = go(&mut engine, 100_000);
    assert_eq!(counter(&later, "leases lost"), 0);
    assert_eq!(counter(&later, "processed twice"), 0);
}

/// Children wait until all their parents are at `SHARD_END` (facts, streams §9.5).
#[test]
fn no_child_is_processed_before_its_parents_ended() {
    let workers = json!({"start": "TRIM_HORIZON", "workers": 3, "work_micros": 10_000,
        "max_records": 50, "slow_workers": 1, "slow_times": 6});
    let mut engine = engine(9, &json!({"records_per_sec": 240}), &json!({"shards": 4}), &workers);
    go(&mut engine, 40_000);
    let Value::Object(fields) = json!({"shards": 2}) else { panic!() };
    engine.apply(&Action::Set { node: NodeId(2), fields }).unwrap();
    let mut begun = 0;
    for second in 41..400 {
        go(&mut engine, second * 1_000);
        let shards = &app(&engine).shards;
        for (child, known) in shards.iter().filter(|(id, known)| **id > 3 && known.saved > 0) {
            begun += 1;
            let mut parents = shards
                .iter()
                .filter(|(id, it)| *id < child && crate::lease::overlap(it.range, known.range));
            assert!(parents.all(|(_, parent)| parent.ended), "{second} s, shard {child}");
        }
    }
    assert!(begun > 0);
}

/// One slow worker: its shards fall behind, those of the others do not.
#[test]
fn a_slow_worker_holds_up_only_its_own_shards() {
    let workers = json!({"start": "TRIM_HORIZON", "leases_max": 2, "work_micros": 5_000,
        "slow_workers": 1, "slow_times": 20});
    let mut engine = engine(10, &json!({"records_per_sec": 80}), &json!({"shards": 4}), &workers);
    let snapshot = go(&mut engine, 200_000);
    let of_the_first: Vec<u32> =
        app(&engine).workers.get(&1).unwrap().pumps.keys().copied().collect();
    for cell in leases(&snapshot).workers.iter().flat_map(|holder| &holder.leases) {
        let is_slow = of_the_first.contains(&cell.shard);
        assert_eq!(cell.age_micros > 30_000_000, is_slow, "{cell:?}");
    }
}

/// `MillisBehindLatest` is that of the shard that is furthest behind (facts, streams §9.5), also in
/// a second in which only another one was read. The first hex digits of the MD5 sums are 0 and d.
#[test]
fn an_application_is_as_late_as_its_worst_shard() {
    let producer = json!({"records_per_sec": 100, "keys": "list",
        "key_list": [["a", 1], ["user-1", 99]]});
    let workers = json!({"start": "TRIM_HORIZON", "workers": 1, "work_micros": 30_000,
        "max_records": 200});
    let mut engine = engine(12, &producer, &json!({"shards": 2}), &workers);
    let snapshot = go(&mut engine, 200_000);
    let ages: Vec<u64> = leases(&snapshot).all().map(|lease| lease.age_micros).collect();
    assert!(ages.iter().any(|age| *age < 20_000_000), "one shard keeps up: {ages:?}");
    let told = engine.series(APP, super::metric::MILLIS_BEHIND, 60);
    let silent = told.iter().filter(|millis| **millis < 60_000).count();
    assert_eq!(silent, 0, "{told:?}");
}

/// A new iterator begins at the last position, not at the last checkpoint (facts, streams §9.5).
#[test]
fn an_expired_iterator_costs_no_duplicates() {
    let workers = json!({"start": "TRIM_HORIZON", "workers": 1, "work_micros": 4_000_000,
        "max_records": 100, "checkpoint": "interval", "checkpoint_millis": 86_400_000});
    let mut engine = engine(11, &json!({"records_per_sec": 10}), &json!({"shards": 1}), &workers);
    let snapshot = go(&mut engine, 1_500_000);
    let expired = super::metric::EXPIRED_ITERATOR;
    assert!(snapshot.nodes[2].metrics[usize::from(expired)].total >= 3);
    assert_eq!(counter(&snapshot, "processed twice"), 0);
    assert!(counter(&snapshot, "processed") >= 300);
}

/// Fan-out: about 70 ms instead of the pause between reads, subscriptions of five minutes that
/// follow each other without a gap or a duplicate (facts, streams §3.3).
#[test]
fn fan_out_brings_records_sooner_and_all_of_them() {
    let workers =
        |retrieval: &str| json!({"start": "TRIM_HORIZON", "leases_max": 1, "retrieval": retrieval});
    let run = |retrieval: &str| {
        let mut engine =
            engine(12, &json!({"records_per_sec": 50}), &json!({"shards": 2}), &workers(retrieval));
        let snapshot = go(&mut engine, 1_000_000);
        assert_eq!(counter(&snapshot, "processed twice"), 0);
        assert_eq!(counter(&snapshot, "missed"), 0);
        let stored = snapshot.nodes[1].counters.iter().find(|(label, _)| *label == "stored");
        stored.unwrap().1 - counter(&snapshot, "processed")
    };
    let pushed = run("fan_out");
    assert!(pushed <= 50 / 5, "{pushed} records wait for their push");
    assert!(run("polling") > pushed);
}

/// A reshard under fan-out: parents to their end, then children (facts, streams §9.5).
#[test]
fn fan_out_reads_parents_before_children() {
    let workers = json!({"start": "TRIM_HORIZON", "workers": 1, "retrieval": "fan_out"});
    let mut engine = engine(13, &json!({"records_per_sec": 50}), &json!({"shards": 2}), &workers);
    go(&mut engine, 60_000);
    let Value::Object(fields) = json!({"shards": 4}) else { panic!() };
    engine.apply(&Action::Set { node: NodeId(2), fields }).unwrap();
    let snapshot = go(&mut engine, 300_000);
    assert_eq!(counter(&snapshot, "leases"), 4);
    assert_eq!(counter(&snapshot, "missed"), 0);
    assert_eq!(counter(&snapshot, "processed twice"), 0);
    let stored = snapshot.nodes[1].counters.iter().find(|(label, _)| *label == "stored").unwrap();
    assert!(stored.1 - counter(&snapshot, "processed") <= 10);
}

/// Another way of retrieval goes on where the last one stopped.
#[test]
fn retrieval_can_be_switched_while_running() {
    let workers = json!({"start": "TRIM_HORIZON", "workers": 2, "leases_max": 1});
    let mut engine = engine(14, &json!({"records_per_sec": 50}), &json!({"shards": 2}), &workers);
    for (at, retrieval) in [(30_000, "fan_out"), (60_000, "polling"), (90_000, "fan_out")] {
        go(&mut engine, at);
        set(&mut engine, json!({"retrieval": retrieval}));
    }
    let snapshot = go(&mut engine, 200_000);
    assert_eq!(counter(&snapshot, "missed"), 0);
    assert_eq!(counter(&snapshot, "processed twice"), 0);
    let stored = snapshot.nodes[1].counters.iter().find(|(label, _)| *label == "stored").unwrap();
    assert!(stored.1 - counter(&snapshot, "processed") <= 10);
}

fn led(more: &Value) -> Value {
    let mut app = json!({"start": "TRIM_HORIZON", "balancing": "leader"});
    for (key, value) in more.as_object().unwrap() {
        app[key] = value.clone();
    }
    app
}

/// One leader assigns: leases go to the least loaded workers, and nobody steals (facts, streams
/// §9.4).
#[test]
fn a_leader_spreads_new_leases_evenly() {
    let workers = led(&json!({"workers": 4}));
    let mut engine = engine(21, &json!({}), &json!({"shards": 8}), &workers);
    // Discovery every 9,975 ms.
    let snapshot = go(&mut engine, 12_000);
    assert_eq!(held(&engine), [(1, 2), (2, 2), (3, 2), (4, 2)]);
    assert_eq!(counter(&snapshot, "leases lost"), 0);
    assert_eq!(counter(&snapshot, "leases taken"), 8);
}

/// A follower dies: the leader sees its counters stand still between two runs, 20 s apart, and
/// whoever got its leases looks every 9,975 ms (facts, streams §9.2 and §9.4).
#[test]
fn the_leases_of_a_dead_follower_are_assigned_anew() {
    let mut engine = engine(22, &json!({}), &json!({"shards": 4}), &led(&json!({"workers": 2})));
    go(&mut engine, 60_000);
    let leader = app(&engine).leader.unwrap().worker;
    strike(&mut engine, FaultKind::Kill { worker: 3 - leader }, 10_000);
    let dead = go(&mut engine, 60_000 + 16_000);
    assert_eq!(counter(&dead, "leases without owner"), 2);
    // Two reports must be missed before the dead worker is no candidate any more.
    let late = go(&mut engine, 60_000 + 150_000);
    assert_eq!(counter(&late, "leases without owner"), 0);
    assert_eq!(held(&engine), [(leader, 4)]);
}

/// The leader's lock lasts 120 s: until it ends nobody assigns anything (facts, streams §9.2).
#[test]
fn a_dead_leader_is_missed_for_two_minutes() {
    let mut engine = engine(23, &json!({}), &json!({"shards": 4}), &led(&json!({"workers": 2})));
    go(&mut engine, 60_000);
    let leader = app(&engine).leader.unwrap().worker;
    strike(&mut engine, FaultKind::Kill { worker: leader }, 10_000);
    let early = go(&mut engine, 60_000 + 99_000);
    assert_eq!(counter(&early, "leases without owner"), 2);
    let late = go(&mut engine, 60_000 + 220_000);
    assert_eq!(counter(&late, "leases without owner"), 0);
    assert_eq!(counter(&late, "missed"), 0);
}

/// A worker whose CPU lies more than 10 % above the average gives leases away (facts, streams
/// §9.4); a lease count alone would leave it as it is.
#[test]
fn a_leader_moves_load_away_from_a_slow_worker() {
    let heavy = json!({"workers": 2, "slow_workers": 1, "slow_times": 4, "work_micros": 2_000,
        "max_records": 100});
    let mut engine =
        engine(24, &json!({"records_per_sec": 160}), &json!({"shards": 12}), &led(&heavy));
    go(&mut engine, 15_000);
    assert_eq!(held(&engine), [(1, 6), (2, 6)]);
    let snapshot = go(&mut engine, 900_000);
    let held = held(&engine);
    assert!(held[0].1 < held[1].1, "the slow one keeps fewer: {held:?}");
    assert!(held[0].1 >= 1, "{held:?}");
    assert_eq!(counter(&snapshot, "missed"), 0);
}

/// KCL takes aggregates apart: each user record is work, is counted, and has a place in the
/// checkpoint (facts, streams §8.3 and §9.1: `checkpointSubSequenceNumber`).
#[test]
fn user_records_inside_aggregates_are_counted() {
    let mut engine = trial::engine(json!({
        "nodes": [
            {"id": 1, "kind": "kpl", "name": "clicks", "config":
             {"records_per_sec": 100, "aggregation_count_max": 10}},
            {"id": 2, "kind": "stream", "name": "orders", "config": {"shards": 1}},
            {"id": 3, "kind": "kcl", "name": "workers", "config":
             {"start": "TRIM_HORIZON", "workers": 1}},
        ],
        "edges": [
            {"id": 1, "from": [1, "out"], "to": [2, "in"]},
            {"id": 2, "from": [2, "out"], "to": [3, "in"]},
        ],
        "script": [{"at_micros": 20_000_000, "do": "set", "node": 1,
            "fields": {"records_per_sec": 0}}],
    }));
    let snapshot = go(&mut engine, 60_000);
    assert_eq!(counter(&snapshot, "processed"), 2_000);
    let stored = trial::counter(&snapshot, 1, "stored");
    assert!(stored < 400, "{stored} Kinesis records");
    let sheet = engine.sheet(APP, 1).unwrap();
    let sub: u64 = sheet.rows[0][4].parse().unwrap();
    assert!((1..10).contains(&sub), "the last aggregate holds several: {sub}");
}
