//! Applications at work: states, cost, pace, and what is shown of them.

use base::{Duration, NodeId, Time};
use scenario::price::{Item, Prices};
use scenario::{Action, DataSets, Fault, FaultKind, format};
use serde_json::{Value, json};

use crate::snapshot::{Snapshot, Table, Window, WindowTrack};
use crate::trial::{self, counter, go, track};
use crate::{Engine, Formats};

const APP: NodeId = NodeId(3);

/// A producer, a stream and an application with these settings; its code counts by ten seconds.
fn engine(rate: u32, settings: &Value) -> Engine {
    let mut config = json!({
        "schema": "SYM VARCHAR(4) $.sym\nQTY INTEGER $.qty\nAT TIMESTAMP $.at",
        "code": "CREATE STREAM \"D\" (SYM VARCHAR(4), C INTEGER);
            CREATE PUMP P AS INSERT INTO \"D\" SELECT STREAM SYM, COUNT(*)
            FROM \"SOURCE_SQL_STREAM_001\" AS S
            GROUP BY SYM, STEP(S.ROWTIME BY INTERVAL '10' SECOND);",
        "output_1": "D",
    });
    let settings = settings.as_object().cloned().unwrap_or_default();
    config.as_object_mut().unwrap().extend(settings);
    let document = json!({
        "format": "rivulet/scenario", "version": 1,
        "nodes": [
            {"id": 1, "kind": "producer", "name": "tills", "config": {
                "records_per_sec": rate, "keys": if rate > 1_000 { "uniform" } else { "list" },
                "key_list": [["AAA", 1]],
                "payload": "{\"sym\":\"${key}\",\"qty\":2,\"at\":\"2026-11-21 09:59:58.5\"}"}},
            {"id": 2, "kind": "stream", "name": "sales", "config": {"shards": 10}},
            {"id": 3, "kind": "sql_application", "name": "app", "config": config},
        ],
        "edges": [
            {"id": 1, "from": [1, "out"], "to": [2, "in"]},
            {"id": 2, "from": [2, "out"], "to": [3, "in"]},
        ],
    });
    let loaded = format::load(document.to_string().as_bytes());
    let document = loaded.document.expect("readable");
    Engine::new(&document, &DataSets::default(), Formats::none()).expect("legal")
}

fn at(engine: &mut Engine, secs: u64) -> WindowTrack {
    engine.advance(Time(secs * 1_000_000), u32::MAX);
    engine.check().expect("the books are in order");
    let mut snapshot = Snapshot::default();
    engine.observe(&mut snapshot);
    track(&snapshot, 2).clone()
}

fn set(engine: &mut Engine, fields: &Value) -> bool {
    let fields = fields.as_object().cloned().unwrap_or_default();
    engine.apply(&Action::Set { node: APP, fields }).is_ok()
}

/// Facts, analytics §1.1: READY, STARTING, RUNNING, STOPPING, UPDATING.
#[test]
fn an_application_has_the_states_of_the_service() {
    let mut engine = engine(10, &json!({"runs": false, "starting_secs": 5}));
    assert_eq!(at(&mut engine, 1).state, "READY");
    assert!(set(&mut engine, &json!({"runs": true})));
    assert_eq!(at(&mut engine, 5).state, "STARTING");
    assert_eq!(at(&mut engine, 7).state, "RUNNING");
    assert!(set(&mut engine, &json!({"input_parallelism": 2})));
    assert_eq!(at(&mut engine, 8).state, "UPDATING");
    assert_eq!(at(&mut engine, 13).state, "RUNNING");
    assert!(set(&mut engine, &json!({"runs": false})));
    assert_eq!(engine.now(), Time(13_000_000));
    engine.advance(Time(13_500_000), u32::MAX);
    assert_eq!(at(&mut engine, 14).state, "READY");
}

/// Code that does not bind is refused, and the application goes on with what it has.
#[test]
fn wrong_code_leaves_the_old_one_running() {
    let mut engine = engine(10, &json!({}));
    at(&mut engine, 15);
    assert!(!set(&mut engine, &json!({"code": "CREATE STREAM \"D\" (A INTEGER"})));
    let track = at(&mut engine, 21);
    assert_eq!((track.state, track.emitted), ("RUNNING", 2));
}

/// Facts, analytics §1.1: 0.11 USD a KPU-hour, for the KPUs it takes, while it runs.
#[test]
fn an_hour_of_one_kpu_costs_eleven_cents() {
    let mut engine = engine(0, &json!({"runs": false}));
    at(&mut engine, 100);
    let used = |engine: &Engine| -> u128 {
        let usage = engine.usage();
        usage.iter().filter(|it| it.item == Item::KpuHour).map(|it| it.quantity).sum()
    };
    assert_eq!(used(&engine), 0);
    set(&mut engine, &json!({"runs": true}));
    at(&mut engine, 3_700);
    let cost = Item::KpuHour.cost(used(&engine), &Prices::new());
    assert_eq!(cost, 110_000_000_000);
}

/// Facts, analytics §1.1: at most the KPUs that are allowed; what they do not manage waits in the
/// stream. 8,000 records a second are more than the 5,000 of one KPU, and take two.
#[test]
fn a_limit_of_kpus_lets_the_application_fall_behind() {
    let behind = |kpus: u32| {
        let mut engine = engine(8_000, &json!({"kpus": kpus, "start": "TRIM_HORIZON"}));
        let track = at(&mut engine, 5);
        let kpus = scenario::kind::Config::default_of("sql_application").unwrap().spec();
        let series = engine.series(APP, kpus.metric("KPUs").unwrap(), 1);
        (track.behind_micros > 1_000_000, series)
    };
    assert_eq!(behind(8), (false, vec![2]));
    assert_eq!(behind(1), (true, vec![1]));
}

/// The window of now is open and has what was read, by ROWTIME; by the column of the data the rows
/// lie before it.
#[test]
fn windows_and_rows_are_shown_by_both_times() {
    let mut engine = engine(10, &json!({"start": "TRIM_HORIZON"}));
    let track = at(&mut engine, 15);
    let [rowtime, event] = &track.times;
    let (open, closed): (Vec<Window>, Vec<Window>) = rowtime.windows.iter().partition(|it| it.open);
    assert_eq!((open.len(), closed.len()), (1, 1));
    assert_eq!(open[0].end - open[0].start, 10_000_000);
    assert!((40..=60).contains(&open[0].rows), "{:?}", open[0]);
    assert_eq!((track.caption.as_str(), track.emitted), ("tumbling 10 s", 1));
    assert_eq!(track.code[0], "SELECT STREAM SYM, COUNT(*)");
    assert_eq!((rowtime.name.as_str(), event.name.as_str()), ("ROWTIME", "AT"));
    // 2026-11-21 09:59:58.5 UTC.
    assert!(event.rows.iter().all(|dot| dot.time == 1_795_255_198_500_000));
    assert_eq!(event.reached, 1_795_255_198_500_000);
    assert!(rowtime.rows.len() >= 20 && rowtime.clock == 1_795_255_215_000_000, "{rowtime:?}");
    assert_eq!(track.out[0].label, "AAA");
}

/// A table for each in-application stream, `error_stream` last.
#[test]
fn the_newest_rows_of_each_stream_can_be_seen() {
    let mut engine = engine(10, &json!({"start": "TRIM_HORIZON"}));
    at(&mut engine, 21);
    let tables = engine.tables(APP, 1);
    let names: Vec<(&str, u64)> = tables.iter().map(|it| (it.name.as_str(), it.total)).collect();
    assert_eq!(names, [("D", 2), (Table::ERRORS, 0)]);
    let sheet = &tables[0].sheet;
    assert_eq!(sheet.columns, ["ROWTIME", "SYM", "C"]);
    assert_eq!(sheet.rows, [["2026-11-21 10:00:20.000", "AAA", "100"]]);
}

/// A producer of ten records a second for twenty seconds, a Firehose stream, an application that
/// hands each row on, and two streams: what both have stored after 40 s.
fn from_firehose(settings: &Value, actions: &[Value]) -> (u64, u64) {
    let mut config = json!({
        "schema": "N INTEGER $.n", "output_1": "D", "output_2": "D",
        "code": "CREATE STREAM \"D\" (N INTEGER); CREATE PUMP P AS INSERT INTO \"D\"
            SELECT STREAM N FROM \"SOURCE_SQL_STREAM_001\";",
    });
    let settings = settings.as_object().cloned().unwrap_or_default();
    config.as_object_mut().unwrap().extend(settings);
    let mut script = actions.to_vec();
    script.push(json!({"at_micros": 20_000_000, "do": "set", "node": 1,
        "fields": {"records_per_sec": 0}}));
    let mut engine = trial::engine(json!({
        "title": "copies",
        "nodes": [
            {"id": 1, "kind": "producer", "name": "p", "at": [0, 0],
             "config": {"records_per_sec": 10, "payload": "{\"n\":${seq}}"}},
            {"id": 2, "kind": "firehose", "name": "f", "at": [300, 0]},
            {"id": 3, "kind": "sql_application", "name": "app", "at": [700, 0], "config": config},
            {"id": 4, "kind": "stream", "name": "fast", "at": [1200, 0]},
            {"id": 5, "kind": "stream", "name": "slow", "at": [1200, 200]},
            {"id": 6, "kind": "bucket", "name": "b", "at": [700, 400]},
        ],
        "edges": [
            {"id": 1, "from": [1, "out"], "to": [2, "in"]},
            {"id": 2, "from": [2, "tap"], "to": [3, "in"]},
            {"id": 3, "from": [3, "out_1"], "to": [4, "in"]},
            {"id": 4, "from": [3, "out_2"], "to": [5, "in"]},
            {"id": 5, "from": [2, "out"], "to": [6, "in"]},
        ],
        "script": script,
    }));
    let snapshot = go(&mut engine, 40);
    (counter(&snapshot, 3, "stored"), counter(&snapshot, 4, "stored"))
}

fn strike(node: u32, fault: &str, at: u64, lasts: u64) -> Value {
    json!({"at_micros": at, "do": "fault", "node": node, "fault": fault, "for_micros": lasts})
}

fn runs(at: u64, runs: bool) -> Value {
    json!({"at_micros": at, "do": "set", "node": 3, "fields": {"runs": runs}})
}

/// Facts, analytics §1.1: at least once, also of a Firehose stream; after recovery reading goes on
/// behind what the slowest destination has, so others see duplicates.
#[test]
fn a_firehose_stream_is_read_on_behind_the_slowest_output() {
    assert_eq!(from_firehose(&json!({}), &[]), (200, 200));
    let dies = strike(3, "kill", 9_500_000, 2_000_000);
    assert_eq!(from_firehose(&json!({}), core::slice::from_ref(&dies)), (200, 200));
    let refused = strike(5, "down", 5_000_000, 8_000_000);
    let (fast, slow) = from_firehose(&json!({}), &[refused, dies]);
    assert_eq!(slow, 200);
    assert!((230..=250).contains(&fast), "{fast}: those of 5 s to 9.5 s twice");
}

/// Facts, analytics §1.1: where a start begins. What comes in the five seconds it stands still is
/// read by one that goes on where it stopped, not by one that begins with what comes now.
#[test]
fn a_start_says_where_a_firehose_stream_is_read() {
    let pause = [runs(5_500_000, false), runs(10_500_000, true)];
    let on = json!({"start": "LAST_STOPPED_POINT"});
    assert_eq!(from_firehose(&on, &pause), (200, 200));
    let (now, _) = from_firehose(&json!({"start": "NOW"}), &pause);
    assert!((140..=152).contains(&now), "{now}");
}

/// A kill does not shorten a start.
#[test]
fn a_start_takes_its_time_whatever_happens() {
    let mut engine = engine(10, &json!({"runs": false, "starting_secs": 20}));
    at(&mut engine, 1);
    assert!(set(&mut engine, &json!({"runs": true})));
    at(&mut engine, 3);
    let kind = FaultKind::Kill { worker: 0 };
    let fault = Fault { node: APP, kind, lasts: Duration::SECOND };
    engine.apply(&Action::Fault(fault)).expect("a fault");
    assert_eq!(at(&mut engine, 10).state, "STARTING");
    assert_eq!(at(&mut engine, 22).state, "RUNNING");
}
