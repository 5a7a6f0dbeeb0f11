//! What validation says of Flink applications.

use base::{Diagnostic, Place};

use super::*;
use crate::format::load;

const EVENTS: &str = "CREATE TABLE events (k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS \
    ts) WITH ('connector' = 'kinesis', 'stream' = 'orders', 'format' = 'json'); ";
const SUMS: &str = "CREATE TABLE sums (k STRING, n BIGINT) WITH ('connector' = 'kinesis', \
    'stream' = 'sums', 'format' = 'json'); ";
const PRINT: &str = "CREATE TABLE sums (k STRING, n BIGINT) WITH ('connector' = 'print'); ";
const COPY: &str = "INSERT INTO sums SELECT k, CAST(v AS BIGINT) FROM events";

/// The codes for an application with this code and these settings, between a stream `orders` and a
/// stream `sums`.
fn check(code: &str, settings: &str, wanted: &[&str]) {
    let code = serde_json::Value::from(code);
    let text = format!(
        r#"{{"format":"rivulet/scenario","version":1,"nodes":[
        {{"id":1,"kind":"producer","name":"web","at":[0,0]}},
        {{"id":2,"kind":"stream","name":"orders","at":[0,0]}},
        {{"id":3,"kind":"flink_application","name":"app","at":[0,0],
          "config":{{{settings}"code":{code}}}}},
        {{"id":4,"kind":"stream","name":"sums","at":[0,0]}}],
        "edges":[{{"id":1,"from":[1,"out"],"to":[2,"in"]}},
        {{"id":2,"from":[2,"out"],"to":[3,"in"]}},
        {{"id":3,"from":[3,"out"],"to":[4,"in"]}}]}}"#
    );
    let loaded = load(text.as_bytes());
    assert!(loaded.diagnostics.is_empty(), "{code}: {:?}", loaded.diagnostics);
    let found = validate(&loaded.document.expect("readable"), &DataSets::default());
    let codes: Vec<&str> = found.iter().map(|it| it.code.0).collect();
    assert_eq!(codes, wanted, "{code}: {found:?}");
}

/// Facts, analytics §3.4: tables stand for what is wired, Firehose is no source, and a query that
/// changes its rows does not go into a sink that only takes new ones.
#[test]
fn an_application_is_told_what_is_wrong_with_it() {
    let grouped = "INSERT INTO sums SELECT k, COUNT(*) FROM events GROUP BY k";
    check(&format!("{EVENTS}{SUMS}{COPY}"), "", &[]);
    check(&format!("{EVENTS}{SUMS}{COPY} WHERE w = 1"), "", &["SQL-100"]);
    check(&format!("{EVENTS}{SUMS}{grouped}"), "", &["SQL-113", "SCN-184"]);
    check(&format!("{EVENTS}{PRINT}{grouped}"), "", &["SQL-113", "SCN-186"]);
    check(&format!("{EVENTS}SELECT k FROM events"), "", &["SCN-183", "SCN-186"]);
    let bare = EVENTS.replace("'connector' = 'kinesis', ", "");
    check(&format!("{bare}{SUMS}{COPY}"), "", &["SCN-181", "SCN-186"]);
    let firehose =
        EVENTS.replace("'kinesis', 'stream' = 'orders'", "'firehose', 'delivery-stream' = 'f'");
    check(&format!("{firehose}{SUMS}{COPY}"), "", &["SCN-182", "SCN-186"]);
    let twice = SUMS.replace("WITH (", "PARTITIONED BY (k) WITH ('sink.partitioner' = 'fixed', ");
    check(&format!("{EVENTS}{twice}{COPY}"), "", &["SCN-181"]);
    let other = EVENTS.replace("'orders'", "'clicks'");
    check(&format!("{other}{SUMS}{COPY}"), "", &["SCN-185", "SCN-186"]);
}

/// Facts, analytics §3.4: 64 KPUs an application.
#[test]
fn an_application_has_so_many_kpus() {
    let code = format!("{EVENTS}{SUMS}{COPY}");
    check(&code, "\"parallelism\":64,", &[]);
    check(&code, "\"parallelism\":65,", &["SCN-180"]);
    check(&code, "\"parallelism\":256,\"parallelism_per_kpu\":4,", &[]);
}

/// An update is checked as the application it makes.
#[test]
fn an_update_with_wrong_code_is_refused() {
    let script = format!("{EVENTS}{SUMS}{COPY}");
    let text = serde_json::json!({
        "format": "rivulet/scenario", "version": 1,
        "nodes": [{"id": 1, "kind": "flink_application", "name": "app", "at": [0, 0],
            "config": {"code": script}}],
        "script": [{"at_micros": 1, "do": "set", "node": 1,
            "fields": {"code": script.replace("SELECT k,", "SELECT q,")}}],
    });
    let loaded = load(text.to_string().as_bytes());
    let found = validate(&loaded.document.expect("readable"), &DataSets::default());
    let of_script = |it: &&Diagnostic| matches!(it.place, Place::Script(0));
    let codes: Vec<&str> = found.iter().filter(of_script).map(|it| it.code.0).collect();
    assert_eq!(codes, ["SQL-100"], "{found:?}");
}
