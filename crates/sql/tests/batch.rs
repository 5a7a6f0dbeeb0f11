//! Queries of finite tables against `DuckDB`: every case of `tests/sql/batch` gives the rows it
//! gave, or those of Redshift's rules where these differ.

use serde_json::Value as Json;
use sql::batch::{Line, Table, run};
use sql::eval::cast;
use sql::print::text_of;
use sql::types::LENGTH_MAX;
use sql::{DataType, Rules, Value};

static FILES: [(&str, &str); 10] = [
    ("forms", include_str!("../../../tests/sql/batch/forms.sqlt")),
    ("frames", include_str!("../../../tests/sql/batch/frames.sqlt")),
    ("function", include_str!("../../../tests/sql/batch/function.sqlt")),
    ("group", include_str!("../../../tests/sql/batch/group.sqlt")),
    ("join", include_str!("../../../tests/sql/batch/join.sqlt")),
    ("moments", include_str!("../../../tests/sql/batch/moments.sqlt")),
    ("select", include_str!("../../../tests/sql/batch/select.sqlt")),
    ("subquery", include_str!("../../../tests/sql/batch/subquery.sqlt")),
    ("value", include_str!("../../../tests/sql/batch/value.sqlt")),
    ("window", include_str!("../../../tests/sql/batch/window.sqlt")),
];

/// 2026-11-22 12:00 UTC.
const NOW_MICROS: i64 = 1_795_348_800_000_000;

fn type_of(text: &str) -> DataType {
    match text {
        "int" => DataType::Integer,
        "double" => DataType::Double,
        "date" => DataType::Date,
        "timestamp" => DataType::Timestamp,
        "boolean" => DataType::Boolean,
        "decimal(8,2)" => DataType::Decimal { precision: 8, scale: 2 },
        _ => DataType::Varchar(LENGTH_MAX),
    }
}

fn table(name: &str, lines: &[&str]) -> Table {
    let column = |it: &str| {
        let (name, word) = it.split_once(' ').expect("a name and a type");
        (name.to_owned(), type_of(word))
    };
    let columns: Vec<(String, DataType)> = lines[0].split(", ").map(column).collect();
    let value = |(json, column): (&Json, &(String, DataType))| {
        let text = match json {
            Json::Null => return Value::Null,
            Json::String(text) => text.clone(),
            other => other.to_string(),
        };
        cast(&Value::Text(text.into()), column.1, &Rules::REDSHIFT).expect("a value of its type")
    };
    let row = |line: &&str| -> Line {
        let row: Vec<Json> = serde_json::from_str(line).expect("a row");
        row.iter().zip(&columns).map(value).collect()
    };
    let rows = lines[1..].iter().map(row).collect();
    Table { name: name.to_owned(), rows, columns }
}

fn json_of(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Boolean(it) => Json::Bool(*it),
        Value::Integer(it) => Json::from(*it),
        Value::Double(it) => Json::from(*it),
        other => Json::String(text_of(other)),
    }
}

/// Numbers of one value are the same whatever type they have; the last digits of floats may
/// differ.
fn same(ours: &Json, theirs: &Json) -> bool {
    let number = |it: &Json| match it {
        Json::String(text) => text.parse::<f64>().ok(),
        other => other.as_f64(),
    };
    match (number(ours), number(theirs)) {
        (Some(a), Some(b)) => (a - b).abs() <= 1e-12 * b.abs().max(1.0),
        _ => ours == theirs || text_without_midnight(ours) == text_without_midnight(theirs),
    }
}

/// A date and the moment it begins with are the same here: `DuckDB` gives one of them for some
/// functions, Redshift the other.
fn text_without_midnight(json: &Json) -> Option<&str> {
    json.as_str().map(|it| it.strip_suffix(" 00:00:00.000").unwrap_or(it))
}

fn rows_same(ours: &[Json], theirs: &[Json]) -> bool {
    ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(a, b)| same(a, b))
}

/// Whether a case is answered as it should be, or how not.
fn check(kind: &str, query: &str, answer: &[&str], tables: &[Table]) -> Result<(), String> {
    let refused = answer == ["refused"];
    let found = match run(query, tables, NOW_MICROS) {
        Ok(_) if refused => return Err("it is refused elsewhere".to_owned()),
        Ok(found) => found,
        Err(_) if refused => return Ok(()),
        Err(problems) => {
            let first = &problems[0];
            let place = first.span.from as usize..first.span.to as usize;
            return Err(format!("{} {} {:?}", first.code, first.message, query.get(place)));
        }
    };
    let ours: Vec<Vec<Json>> =
        found.rows.iter().map(|row| row.iter().map(json_of).collect()).collect();
    let theirs: Vec<Vec<Json>> =
        answer.iter().map(|it| serde_json::from_str(it).expect("a row")).collect();
    let fits = if kind == "redshift" {
        ours == theirs
    } else if query.contains("ORDER BY") {
        ours.len() == theirs.len() && ours.iter().zip(&theirs).all(|(a, b)| rows_same(a, b))
    } else {
        let mut left = theirs.clone();
        ours.len() == theirs.len()
            && ours.iter().all(|row| {
                let at = left.iter().position(|it| rows_same(row, it));
                at.map(|at| left.swap_remove(at)).is_some()
            })
    };
    if fits { Ok(()) } else { Err(format!("\n    ours {ours:?}\n  theirs {theirs:?}")) }
}

#[test]
fn answers_are_those_of_duckdb_or_of_redshift() {
    let (mut count, mut wrong) = (0, Vec::new());
    for (file, text) in FILES {
        let mut tables = Vec::new();
        for block in text.trim().split("\n\n") {
            let lines: Vec<&str> = block.lines().collect();
            let (kind, name) = lines[0].split_once(' ').unwrap_or((lines[0], ""));
            if kind == "data" {
                tables.push(table(name, &lines[1..]));
            }
            let Some(cut) = lines.iter().position(|it| *it == "----") else { continue };
            let asked = lines[1..cut].iter().filter(|it| !it.starts_with("because "));
            let query: Vec<&str> = asked.copied().collect();
            count += 1;
            if let Err(why) = check(kind, &query.join("\n"), &lines[cut + 1..], &tables) {
                wrong.push(format!("{file}: {name}: {why}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count >= 280, "only {count} cases");
}
