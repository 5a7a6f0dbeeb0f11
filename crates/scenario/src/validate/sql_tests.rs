//! What validation says of SQL applications.

use base::Diagnostic;

use super::*;
use crate::format::load;

const CODE: &str = r#"CREATE STREAM \"D\" (A INTEGER);
    CREATE PUMP P AS INSERT INTO \"D\" SELECT STREAM A FROM \"IN_001\";"#;

/// Findings about an application with these settings, between a stream and a stream, and beside a
/// bucket with these.
fn findings(settings: &str, bucket: &str) -> Vec<Diagnostic> {
    let plain = r#""name_prefix":"IN","schema":"A INTEGER $.a","output_1":"D""#;
    let given: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(&format!("{{{settings}}}")).expect("settings");
    let mut all: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(&format!("{{{plain},\"code\":\"{}\"}}", CODE.replace('\n', " ")))
            .expect("settings");
    all.extend(given);
    let config = serde_json::Value::Object(all);
    let text = format!(
        r#"{{"format":"rivulet/scenario","version":1,"nodes":[
        {{"id":1,"kind":"producer","name":"web","at":[0,0]}},
        {{"id":2,"kind":"stream","name":"orders","at":[0,0]}},
        {{"id":3,"kind":"sql_application","name":"app","at":[0,0],"config":{config}}},
        {{"id":4,"kind":"stream","name":"sums","at":[0,0]}},
        {{"id":5,"kind":"bucket","name":"lake","at":[0,0],"config":{{{bucket}}}}}],
        "edges":[{{"id":1,"from":[1,"out"],"to":[2,"in"]}},
        {{"id":2,"from":[2,"out"],"to":[3,"in"]}},
        {{"id":3,"from":[3,"out_1"],"to":[4,"in"]}},
        {{"id":4,"from":[5,"objects"],"to":[3,"reference"]}}]}}"#
    );
    let loaded = load(text.as_bytes());
    assert!(loaded.diagnostics.is_empty(), "{settings}: {:?}", loaded.diagnostics);
    validate(&loaded.document.expect("readable"), &DataSets::default())
}

fn check(settings: &str, bucket: &str, wanted: &[&str]) {
    let found = findings(settings, bucket);
    let codes: Vec<&str> = found.iter().map(|it| it.code.0).collect();
    assert_eq!(codes, wanted, "{settings} {bucket}: {found:?}");
}

/// Facts, analytics §1.1: the prefix, the schema, code of at most 102,400 characters, and outputs
/// that name a stream letter by letter.
#[test]
fn an_application_is_told_what_is_wrong_with_it() {
    check("", "", &[]);
    check(r#""name_prefix":"""#, "", &["SCN-170", "SQL-042"]);
    check(r#""name_prefix":"OTHER""#, "", &["SQL-042"]);
    check(r#""format":"csv","column_delimiter":"""#, "", &["SCN-171"]);
    check(r#""row_path":"rows""#, "", &["SCN-172"]);
    check(r#""schema":"A WORD $.a""#, "", &["SQL-015"]);
    check(r#""output_1":"""#, "", &["SCN-174"]);
    check(r#""output_1":"d""#, "", &["SCN-175"]);
    check(r#""output_1":"error_stream""#, "", &[]);
    check(r#""transform":"redact""#, "", &["SCN-139"]);
    let long = format!(r#""code":"{}""#, " ".repeat(102_401));
    let found = findings(&long, "");
    assert!(found.iter().any(|it| it.code.0 == "SCN-013"), "{found:?}");
}

/// Each problem of the code is told at its place.
#[test]
fn code_is_told_line_and_column() {
    let code = r#""code":"CREATE STREAM \"D\" (A INTEGER);\nSELEC;\nSELECT STREAM A FROM B;""#;
    let found = findings(code, "");
    let lines: Vec<&str> =
        found.iter().filter_map(|it| it.message.split_once(',')).map(|(line, _)| line).collect();
    assert!(lines.starts_with(&["Line 2"]), "{found:?}");
}

/// Facts, analytics §1.1: one table, of an object in a bucket.
#[test]
fn reference_data_is_an_object_of_the_bucket() {
    let code = r#""code":"CREATE STREAM \"D\" (N VARCHAR(9)); CREATE PUMP P AS INSERT INTO \"D\"
        SELECT STREAM r.\"name\" FROM \"IN_001\" AS s JOIN \"R\" AS r ON s.A = r.\"id\";","#
        .replace('\n', " ");
    let settings = format!(r#"{code}"reference_name":"R","reference_key":"names.csv""#);
    check(&settings, r#""file_key":"names.csv","file_text":"id,name\n1,Acme\n""#, &[]);
    check(&settings, r#""file_key":"other.csv","file_text":"id,name\n1,Acme\n""#, &["SCN-173"]);
    check(&settings, r#""file_key":"names.csv","file_text":"""#, &["SCN-173"]);
}

/// Facts, analytics §1.1: wrong code is refused with `CodeValidationException`; what else is
/// wrong with an update is not.
#[test]
fn an_update_with_wrong_code_is_refused() {
    let text = format!(
        r#"{{"format":"rivulet/scenario","version":1,"nodes":[
        {{"id":1,"kind":"sql_application","name":"app","at":[0,0],"config":{{"code":"{}",
          "name_prefix":"IN","schema":"A INTEGER $.a","output_1":"D"}}}}],
        "script":[
        {{"at_micros":1,"do":"set","node":1,"fields":{{"code":"CREATE STREAM"}}}},
        {{"at_micros":2,"do":"set","node":1,"fields":{{"row_path":"rows"}}}}]}}"#,
        CODE.replace('\n', " ")
    );
    let loaded = load(text.as_bytes());
    let found = validate(&loaded.document.expect("readable"), &DataSets::default());
    let named = |it: &Diagnostic| it.message.starts_with("CodeValidationException: Line 1, column");
    let (code, other): (Vec<&Diagnostic>, Vec<&Diagnostic>) =
        found.iter().partition(|it| named(it));
    assert!(!code.is_empty(), "{found:?}");
    assert!(other.iter().any(|it| it.code.0 == "SCN-172"), "{found:?}");
}

/// Facts, analytics §1.1: 1 to 128 letters, digits, `_`, `.` and `-`.
#[test]
fn an_application_has_a_name_as_aws_takes_it() {
    for kind in ["sql_application", "flink_application"] {
        for (name, wanted) in [("my-app_1.0", false), ("my app", true), ("appé", true)] {
            let text = format!(
                r#"{{"format":"rivulet/scenario","version":1,"nodes":[
                {{"id":1,"kind":"{kind}","name":"{name}","at":[0,0]}}]}}"#
            );
            let document = load(text.as_bytes()).document.expect("readable");
            let found = validate(&document, &DataSets::default());
            let refused = found.iter().any(|it| it.code.0 == "SCN-058");
            assert_eq!(refused, wanted, "{name}: {found:?}");
        }
    }
}
