//! What `COPY` reads and what it leaves out, and rows that can be looked at.

use base::{NodeId, Time};
use scenario::kind::{CopyFormat, RedshiftConfig};
use serde_json::json;

use super::load::Load;
use crate::engine::Engine;
use crate::gzip;
use crate::object::{Object, Purpose};
use crate::snapshot::Seal;
use crate::trial::{self, go};

fn object(bytes: &[u8]) -> Object {
    let stored_bytes = bytes.len() as u64;
    Object {
        key: "a-b".into(),
        bytes: bytes.into(),
        stored_bytes,
        raw_bytes: 1_000,
        booked_bytes: 0,
        records: 0,
        sealed_at: Time::ZERO,
        delivered_at: Time::ZERO,
        reason: Seal::Size,
        purpose: Purpose::Records,
    }
}

fn read(bytes: &[u8], config: &RedshiftConfig) -> Load {
    let mut load = Load::new(u32::MAX);
    assert!(load.read(&object(bytes), config));
    load
}

/// Values of the rows, NULL as a dot; lines, columns and codes of the errors.
fn told(load: &Load) -> (Vec<String>, Vec<String>) {
    let rows = load.newest_rows.iter().map(|row| {
        let cells = row.cells.iter().map(|cell| cell.as_deref().unwrap_or("."));
        cells.collect::<Vec<_>>().join("/")
    });
    let errors = load.newest_errors.iter();
    let errors = errors.map(|it| format!("{}: {} {} {}", it.line, it.column, it.why.0, it.raw));
    (rows.collect(), errors.collect())
}

/// Redshift database developer guide, "COPY from JSON format": the first example has two objects
/// over several lines with a title in one and a name in the other; names match columns exactly,
/// and what has no column is left out.
#[test]
fn objects_fill_columns_of_their_names() {
    let config = RedshiftConfig { columns: "id, title,name".to_owned(), ..Default::default() };
    let text = br#"{
    "id": 1006410,
    "title": "Amazon Redshift Database Developer Guide"
}
{
    "id": 100540,
    "name": "Amazon Simple Storage Service User Guide"
}{"ID": 1, "title": null, "name": ["nisi", "ad"], "more": 1}{"id":true}"#;
    let (rows, errors) = told(&read(text, &config));
    let wanted = [
        "1006410/Amazon Redshift Database Developer Guide/.",
        "100540/./Amazon Simple Storage Service User Guide",
        "././[\"nisi\",\"ad\"]",
        "true/./.",
    ];
    assert_eq!(rows, wanted);
    assert_eq!(errors, [""; 0]);
}

/// Load error reference: 1216 for a line that is not valid, 1220 for bytes that are no UTF-8; a
/// list at the top is no object ("JSON should not be in an array").
#[test]
fn what_is_no_object_is_a_load_error() {
    let config = RedshiftConfig { columns: "n".to_owned(), ..Default::default() };
    let text = b"{\"n\":1}\nGET /cart {\"n\":2}\n{\"n\":3}oops{\"n\":4}\n[{\"n\":5}]\n\
        {\"n\":\"\xa4\"}\n{\"n\":6";
    let load = read(text, &config);
    let (rows, errors) = told(&load);
    assert_eq!(rows, ["1", "3"]);
    let wanted = [
        "2:  1216 GET /cart {\"n\":2}",
        "3:  1216 oops{\"n\":4}",
        "4:  1216 [{\"n\":5}]",
        "5:  1220 {\"n\":\"\u{fffd}\"}",
        "6:  1216 {\"n\":6",
    ];
    assert_eq!(errors, wanted);
    assert_eq!((load.rows, load.errors.0), ((2, 14), 5));
}

/// `STL_LOAD_ERRORS` (Redshift database developer guide): which column, its type and length, the
/// value that was to blame and why; the first of a row.
#[test]
fn values_that_do_not_fit_their_column_are_load_errors() {
    let columns = "id integer, name varchar(4),\nborn date, price decimal(5,2)".to_owned();
    let config = RedshiftConfig { columns, ..Default::default() };
    let text = br#"{"id":1,"name":"ab","born":"2026-11-22","price":"123.456"}
{"id":"x1","name":"ab"}
{"id":2,"name":"abcde"}
{"id":3,"born":"22 Nov"}
{"id":4,"price":1234}
{"id":null}"#;
    let load = read(text, &config);
    let (rows, errors) = told(&load);
    assert_eq!(rows, ["1/ab/2026-11-22/123.456", "./././."]);
    let codes = errors.iter().map(|it| it.split(' ').take(3).collect::<Vec<_>>().join(" "));
    let wanted = ["2: id 1207", "3: name 1204", "4: born 1205", "5: price 1204"];
    assert_eq!(codes.collect::<Vec<_>>(), wanted);
    let second = load.newest_errors.iter().nth(1).unwrap();
    assert_eq!((&*second.file, second.kind, &*second.value), ("a-b", ("varchar", 4), "abcde"));
    assert_eq!(second.why.1, "String length exceeds DDL length");
}

/// Load error reference: 1214 where a delimiter is missing, 1202 where there are more values than
/// columns.
#[test]
fn csv_has_a_value_for_every_column() {
    let config = RedshiftConfig {
        columns: "a, b".to_owned(),
        format: CopyFormat::Csv,
        delimiter: "|".to_owned(),
        ..Default::default()
    };
    let text = b"1|2\n\"x|\"\"y\n\"|\n3\n4|5|6\n\xff|7\n8|9";
    let (rows, errors) = told(&read(text, &config));
    assert_eq!(rows, ["1/2", "x|\"y\n/", "8/9"]);
    assert_eq!(errors, ["4: a 1214 3", "5: b 1202 4|5|6", "6:  1220 \u{fffd}|7"]);
}

/// `GZIP` reads gzip files and no others; without it a gzip file is no text.
#[test]
fn gzip_is_an_option() {
    let text = b"{\"id\":1}{\"id\":2}";
    let packed = gzip::member(text);
    let plain = RedshiftConfig { columns: "id".to_owned(), ..Default::default() };
    let gzip = RedshiftConfig { gzip: true, ..plain.clone() };
    assert_eq!(read(&packed, &gzip).rows, (2, 16));
    assert!(!Load::new(u32::MAX).read(&object(text), &gzip));
    let load = read(&packed, &plain);
    assert_eq!(load.rows.0, 0);
    assert!(load.errors.0 > 0);
}

fn engine(app: &serde_json::Value, cluster: &serde_json::Value, payload: &str) -> Engine {
    trial::engine(json!({
        "nodes": [
            {"id": 1, "kind": "producer", "name": "clicks", "config": {
                "arrival": "burst", "records_per_sec": 0, "to_records_per_sec": 10,
                "period_secs": 3_600, "burst_millis": 1_000, "payload": payload,
                "size": "template"}},
            {"id": 2, "kind": "stream", "name": "orders"},
            {"id": 3, "kind": "connector", "name": "archive", "config": app},
            {"id": 4, "kind": "bucket", "name": "lake"},
            {"id": 5, "kind": "redshift", "name": "dw", "config": cluster},
        ],
        "edges": [
            {"id": 1, "from": [1, "out"], "to": [2, "in"]},
            {"id": 2, "from": [2, "out"], "to": [3, "in"]},
            {"id": 3, "from": [3, "out"], "to": [4, "in"]},
            {"id": 4, "from": [3, "copy"], "to": [5, "in"]},
        ],
    }))
}

/// The newest rows stand on top, under the columns of the settings.
#[test]
fn rows_can_be_read() {
    let app = json!({"buffer_millis": 5_000, "delimiter": "newline"});
    let mut engine = engine(&app, &json!({"columns": "n, nothing"}), "{\"n\":${seq}}");
    go(&mut engine, 30);
    let sheet = engine.sheet(NodeId(5), 2).unwrap();
    assert_eq!(sheet.columns, ["n", "nothing"]);
    assert_eq!(sheet.rows, [["10", "NULL"], ["9", "NULL"]]);
}

/// Firehose facts §6: the next `COPY` starts when the previous ends; the time is the base and so
/// much for each MiB.
#[test]
fn a_copy_takes_its_time() {
    let app = json!({"buffer_millis": 5_000});
    let cluster = json!({"copy_base_millis": 3_000, "copy_millis_per_mib": 600_000});
    let mut engine = engine(&app, &cluster, &format!("{{\"n\":\"{}\"}}", "x".repeat(2_000)));
    let snapshot = go(&mut engine, 40);
    let bytes = engine.objects(NodeId(4))[0].stored_bytes;
    let wanted = 3_000 + bytes * 600_000 / (1 << 20);
    let duration = snapshot.nodes[4].metrics[usize::from(super::metric::QUERY_DURATION)].total;
    assert_eq!(duration, wanted);
    assert!(wanted > 10_000);
}
