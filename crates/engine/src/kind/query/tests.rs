//! What is told of rows that a query leaves out.

use base::NodeId;
use serde_json::json;

use crate::cause::Reason;
use crate::engine::Engine;
use crate::snapshot::Table;
use crate::trial::{self, go};

/// Five rows a second, by a query of this select list.
fn run(select: &str) -> Engine {
    let code = format!(
        "CREATE STREAM D (V INTEGER); CREATE PUMP P AS INSERT INTO D \
         SELECT STREAM {select} FROM SOURCE_SQL_STREAM_001;"
    );
    let payload = "{\"v\":${seq},\"at\":\"2026-03-01 09:00:1${pick 0|5}.000\"}";
    let mut engine = trial::engine(json!({
        "title": "rows",
        "nodes": [
            {"id": 1, "kind": "producer", "name": "p", "at": [0, 0],
             "config": {"records_per_sec": 5, "payload": payload}},
            {"id": 2, "kind": "stream", "name": "s", "at": [300, 0]},
            {"id": 3, "kind": "sql_application", "name": "q", "at": [700, 0], "config": {
                "start": "TRIM_HORIZON", "code": code, "output_1": "",
                "schema": "V INTEGER $.v\nEVT TIMESTAMP $.at"}}
        ],
        "edges": [
            {"id": 1, "from": [1, "out"], "to": [2, "in"]},
            {"id": 2, "from": [2, "out"], "to": [3, "in"]}
        ]
    }));
    go(&mut engine, 10);
    engine
}

/// Facts, analytics E15: a division by zero goes to `error_stream` and stops nothing.
#[test]
fn a_row_that_cannot_be_worked_on_is_explained() {
    let engine = run("V / (V - 3)");
    let causes = engine.causes(NodeId(3));
    let [cause] = causes.as_slice() else { panic!("{causes:?}") };
    assert_eq!((cause.reason, cause.records), (Reason::ErrorRow, 1));
    let tables = engine.tables(NodeId(3), 100);
    let last = tables.last().expect("its error stream");
    assert_eq!((&*last.name, last.total), (Table::ERRORS, 1));
    assert!(tables[0].total > 30, "the others come out");
}

/// Facts, analytics E22: ROWTIME of a stream never goes back; what lies before it is reported.
#[test]
fn a_late_row_is_explained_with_how_late_it_is() {
    let engine = run("EVT AS ROWTIME, V");
    let causes = engine.causes(NodeId(3));
    assert!(!causes.is_empty(), "every second row or so goes back");
    for cause in causes {
        // 09:00:10 behind 09:00:15.
        assert_eq!((cause.reason, cause.used), (Reason::LateRow, 5_000_000), "{cause:?}");
    }
}
