//! `tests/sql/values`: one expression or one wrong script a line, with what it comes to, written by
//! hand; and whether each function, operator and code has a case somewhere.

use std::fs;
use std::path::{Path, PathBuf};

use sql::bind::{flink, kinesis};
use sql::exec::Row;
use sql::function::{Speaks, TABLE};
use sql::print::text_of;
use sql::{Dialect, eval, parse_expr, parse_script};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(name)
}

fn lines(name: &str) -> Vec<String> {
    let text = fs::read_to_string(folder("tests/sql/values").join(name)).expect("cases");
    let is_case = |it: &&str| !it.is_empty() && !it.starts_with('#');
    text.lines().filter(is_case).map(str::to_owned).collect()
}

/// All that stands in files below a folder, of one ending.
fn read(folder: &Path, ending: &str) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("a file").path();
        if path.is_dir() {
            text.push_str(&read(&path, ending));
        } else if path.extension().is_some_and(|it| it == ending) {
            text.push_str(&fs::read_to_string(&path).expect("text"));
        }
    }
    text
}

#[test]
fn expressions_have_the_values_of_the_facts() {
    let at = base::calendar::parse("2026-03-01T10:01:59Z").expect("a time");
    let mut faults = Vec::new();
    for line in lines("kinesis.txt") {
        let (text, value) = line.split_once(" => ").expect("an expression and its value");
        let expr = match parse_expr(text) {
            Ok(expr) => expr,
            Err(problem) => {
                faults.push(format!("{text}: {problem:?}"));
                continue;
            }
        };
        let found = eval(&expr, &Row::insert(at, Vec::new()));
        let told = found.map_or("fault".to_owned(), |it| text_of(&it));
        if told != value {
            faults.push(format!("{text} is {told}, not {value}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn what_is_wrong_is_told_with_its_code() {
    let mut faults = Vec::new();
    for line in lines("refused.txt") {
        let mut words = line.splitn(3, ' ');
        let (code, dialect, text) = (words.next(), words.next(), words.next());
        let (code, text) = (code.expect("a code"), text.expect("a script"));
        let codes: Vec<&str> = if dialect == Some("kinesis") {
            let head = "CREATE STREAM S (A INTEGER, B VARCHAR(4)); \
                        CREATE STREAM T (A INTEGER, B VARCHAR(4)); ";
            let (script, problems) = parse_script(&format!("{head}{text}"), Dialect::Kinesis);
            let bound = kinesis::bind(&script, &["T".to_owned()], Vec::new());
            problems.iter().chain(&bound.err().unwrap_or_default()).map(|it| it.code).collect()
        } else {
            let head = "CREATE TABLE T (A INT, B STRING, ts TIMESTAMP(3), \
                        WATERMARK FOR ts AS ts - INTERVAL '2' SECOND); ";
            let (script, problems) = parse_script(&format!("{head}{text}"), Dialect::Flink);
            let bound = flink::bind(&script);
            problems.iter().chain(&bound.err().unwrap_or_default()).map(|it| it.code).collect()
        };
        if !codes.contains(&code) {
            faults.push(format!("{line}: {codes:?}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Codes of what cannot be said in a line: texts and runs that are too large, expressions of
/// functions of other parts, a warning, and those of schemas and of queries of tables, which have
/// tests of their own.
const ELSEWHERE: [&str; 13] = [
    "SQL-001", "SQL-011", "SQL-012", "SQL-016", "SQL-018", "SQL-024", "SQL-030", "SQL-061",
    "SQL-080", "SQL-081", "SQL-082", "SQL-112", "SQL-113",
];

#[test]
fn each_function_and_code_has_a_case() {
    let kinesis = read(&folder("tests/sql/kinesis"), "sqlt") + &lines("kinesis.txt").join("\n");
    let flink = read(&folder("tests/sql/flink"), "sqlt");
    let mut absent = Vec::new();
    for it in &TABLE {
        if it.speaks != Speaks::Flink && !kinesis.contains(it.name) {
            absent.push(format!("{} in the Kinesis dialect", it.name));
        }
        if it.speaks == Speaks::Flink && !flink.contains(it.name) {
            absent.push(format!("{} in Flink", it.name));
        }
    }
    let cases = read(&folder("tests/sql"), "sqlt") + &read(&folder("tests/sql/values"), "txt");
    let source = read(&folder("crates/sql/src"), "rs");
    let codes = source.split("\"SQL-").skip(1).filter_map(|it| it.get(..3));
    for code in codes.map(|it| format!("SQL-{it}")) {
        let number: u32 = code[4..].parse().unwrap_or(0);
        let of_streams = number < 130 && !ELSEWHERE.contains(&code.as_str());
        if of_streams && !cases.contains(&code) {
            absent.push(code);
        }
    }
    absent.sort();
    absent.dedup();
    assert!(absent.is_empty(), "without a case: {}", absent.join(", "));
}
