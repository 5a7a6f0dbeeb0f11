//! Functions, operators, casts and their types against what Apache Flink 2.3.0 answers
//! (`data/flink.txt`).

use crate::check::check_bound_by;
use crate::eval::{Row, cast, eval};
use crate::expr::Name;
use crate::lower::lower;
use crate::print::text_of;
use crate::rules::Rules;
use crate::types::{Class, DataType};
use crate::value::Value;
use crate::{Dialect, parse_expr_of};

/// A row without columns.
struct Empty;

impl Row for Empty {
    fn column(&self, _path: &[Name]) -> Value {
        Value::Null
    }

    fn now_micros(&self) -> i64 {
        0
    }

    fn rules(&self) -> &'static Rules {
        &Rules::FLINK
    }
}

/// The type and the text of an expression; zeros behind the seconds do not matter.
fn answer(text: &str) -> Result<(Option<DataType>, String), String> {
    let expr = parse_expr_of(text, Dialect::Flink).map_err(|it| it.message)?;
    let mut problems = Vec::new();
    let found = check_bound_by(&expr, &[], &Rules::FLINK, &mut problems);
    if let Some(problem) = problems.first() {
        return Err(problem.message.clone());
    }
    let value = eval(&lower(&expr, &[], &Rules::FLINK), &Empty).map_err(|it| it.message)?;
    let moment = matches!(value, Value::Time(_) | Value::Timestamp(_));
    Ok((
        found,
        match cast(&value, DataType::Varchar(u32::MAX), &Rules::FLINK)? {
            Value::Null => "NULL".to_owned(),
            text if moment => text_of(&text).trim_end_matches(['0', '.']).to_owned(),
            text => text_of(&text),
        },
    ))
}

/// Whether a type is the one Flink tells: of numbers all of it, of others the class.
fn same_type(found: DataType, told: &str) -> bool {
    let told =
        told.replace("FLOAT", "REAL").replace("INT", "INTEGER").replace("BIGINTEGER", "BIGINT");
    let told = told.replace("TINYINTEGER", "TINYINT").replace("SMALLINTEGER", "SMALLINT");
    match found.class() {
        Class::Number => found.to_string() == told,
        Class::Text => ["CHAR", "VARCHAR", "STRING"].iter().any(|it| told.starts_with(it)),
        Class::Boolean => told == "BOOLEAN",
        Class::Date => told == "DATE",
        Class::Time => told.starts_with("TIME("),
        Class::Timestamp => told.starts_with("TIMESTAMP"),
        Class::Bytes | Class::Interval | Class::Months => false,
    }
}

/// Whether two floats differ in their last digit at most: Java's functions and ours round apart.
fn is_near(a: &str, b: &str) -> bool {
    let (Ok(a), Ok(b)) = (a.parse::<f64>(), b.parse::<f64>()) else { return false };
    b.to_string().len() > 15 && (a - b).abs() <= b.abs() * f64::EPSILON
}

#[test]
fn flink_agrees() {
    let lines = include_str!("../data/flink.txt").lines();
    let (mut count, mut wrong) = (0, Vec::new());
    for line in lines.filter(|line| line.contains(" => ")) {
        let (text, rest) = line.split_once(" => ").unwrap();
        let (told, expected) = rest.split_once(" => ").unwrap();
        let is_moment = told.starts_with("TIME");
        let expected = if is_moment && expected != "NULL" {
            expected.trim_end_matches(['0', '.'])
        } else {
            expected
        };
        count += 1;
        match answer(text) {
            Err(_) if expected == "ERROR" => {}
            Ok((found, value)) if value == expected || is_near(&value, expected) => {
                if let Some(found) = found.filter(|it| !same_type(*it, told)) {
                    wrong.push(format!("{text} is {found}, not {told}"));
                }
            }
            other => wrong.push(format!("{text} => {expected}, not {other:?}")),
        }
    }
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count >= 300, "only {count} cases");
}
