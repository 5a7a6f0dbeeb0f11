//! A function that enriches: what lands in its target, and what is told about what does not.

use base::{NodeId, Time};
use scenario::Action;
use serde_json::{Map, Value, json};

use super::Lambda;
use super::line::Row;
use crate::cause::{Cause, Reason};
use crate::engine::Engine;
use crate::kind::{Component as _, Node};
use crate::trial;

const FUNCTION: NodeId = NodeId(3);
const TARGET: NodeId = NodeId(4);

/// Two records a second of this payload, through this expression, for ten seconds.
fn run(payload: &str, expression: &str, target: &str) -> Engine {
    run_with(payload, expression, target, &json!([]))
}

fn run_with(payload: &str, expression: &str, target: &str, script: &Value) -> Engine {
    let mut engine = trial::engine(json!({
        "nodes": [
            {"id": 1, "kind": "producer", "name": "tills", "config": {
                "records_per_sec": 2, "keys": "list", "key_list": [["till-7", 1]],
                "payload": payload,
            }},
            {"id": 2, "kind": "stream", "name": "sales"},
            {"id": 3, "kind": "lambda", "name": "enrich", "config": {
                "body": "enrich", "expression": expression,
            }},
            {"id": 4, "kind": target, "name": "target"},
        ],
        "edges": [
            {"id": 1, "from": [1, "out"], "to": [2, "in"]},
            {"id": 2, "from": [2, "out"], "to": [3, "in"]},
            {"id": 3, "from": [3, "out"], "to": [4, "in"]},
        ],
        "script": script,
    }));
    trial::go(&mut engine, 10);
    engine
}

fn failures(engine: &Engine) -> Vec<Cause> {
    let causes = engine.causes(FUNCTION).into_iter();
    causes.filter(|cause| cause.reason == Reason::FunctionError).collect()
}

#[test]
fn the_target_gets_what_the_expression_makes() {
    let payload = r#"{"gate":"a1","price":2.5,"quantity":4,"n":${seq}}"#;
    let list = "gate, price * quantity AS total, n, CURRENT_DATE AS day";
    let engine = run(payload, list, "stream");
    let records = engine.records(TARGET, 0, 100);
    assert!(records.len() >= 10, "{}", records.len());
    for record in &records {
        let made: Value = serde_json::from_slice(&record.data).unwrap();
        assert_eq!(made["gate"], "a1");
        assert_eq!(made["total"], 10.0);
        assert!(made["n"].is_u64() && made["day"].is_string() && made["price"].is_null());
        assert_eq!(&*record.key, "till-7");
    }
}

/// Facts, analytics §1.2 and §2.2: what the service would send to its error stream.
#[test]
fn a_failure_tells_its_reason_and_its_record() {
    for (payload, expression, reason) in [
        (r#"{"n":0}"#, "1 / n AS x", "Division by zero (line 1, column 1)"),
        (
            r#"{"n":"x"}"#,
            "n,\n CAST(n AS INTEGER) AS m",
            "`x` does not fit INTEGER (line 2, column 2)",
        ),
        ("plain", "*", "The data is no JSON object"),
    ] {
        let failures = failures(&run(payload, expression, "table"));
        assert!(failures.len() > 3, "it is invoked again and again");
        for failure in failures {
            assert_eq!(&*failure.error, reason);
            assert_eq!(failure.key.as_deref(), Some("till-7"));
        }
    }
}

/// A call that fails is the reason as well: what the service said.
#[test]
fn a_refused_call_is_the_reason() {
    for target in ["stream", "table"] {
        let script = json!([
            {"at_micros": 0, "do": "fault", "node": 4, "fault": "down", "for_micros": 8_000_000},
        ]);
        let engine = run_with("{}", "1 AS one", target, &script);
        let failures = failures(&engine);
        assert!(failures.len() > 3, "{target}: {}", failures.len());
        for failure in failures {
            assert!(failure.error.starts_with("InternalFailure: "), "{target}: {}", failure.error);
        }
    }
}

/// What an invocation wrote decides what becomes of its batch, whatever the settings are when it
/// ends: each record it made is one more, so each that it was made of ends in it.
#[test]
fn settings_of_later_do_not_change_what_was_written() {
    let mut engine = run(r#"{"n":${seq}}"#, "n, 1 AS one", "stream");
    let mut micros = 10_000_000;
    while function(&engine).sent.is_empty() {
        micros += 1_000;
        engine.advance(Time(micros), 100_000);
    }
    let lambda = function(&engine);
    let rows = lambda.held * size_of::<Row>() as u64;
    assert!(lambda.memory() > rows, "what is on its way takes memory");
    let fields = Map::from_iter([("body".to_owned(), json!("ok"))]);
    engine.apply(&Action::Set { node: FUNCTION, fields }).unwrap();
    engine.advance(Time(micros + 900_000), 100_000);
    assert!(function(&engine).sent.is_empty());
    assert_eq!(engine.check(), Ok(()));
    let totals = engine.totals();
    assert!(totals.derived > 10, "{totals:?}");
    assert_eq!(totals.folded, totals.derived, "{totals:?}");
}

fn function(engine: &Engine) -> &Lambda {
    match &engine.nodes[2].1 {
        Node::Lambda(function) => function,
        other => panic!("{other:?}"),
    }
}
