//! Tables of rows that say no types: each column has the narrowest one that holds all of it.

use serde_json::{Map, Value as Json};

use super::{Line, Table};
use crate::eval::cast;
use crate::parse::{date_of, timestamp_of};
use crate::rules::Rules;
use crate::types::{DataType, LENGTH_MAX};
use crate::value::Value;

/// Types a column may have, the narrowest first; every value fits the last one.
static TYPES: [DataType; 6] = [
    DataType::Boolean,
    DataType::BigInt,
    DataType::Double,
    DataType::Date,
    DataType::Timestamp,
    DataType::Varchar(LENGTH_MAX),
];

impl Table {
    /// A table of JSON objects: a column for each member, in the order they are seen first.
    /// Objects and arrays within are texts.
    #[must_use]
    pub fn of_json(name: &str, objects: &[Map<String, Json>]) -> Self {
        let mut columns: Vec<String> = Vec::new();
        for member in objects.iter().flat_map(Map::keys) {
            if !columns.contains(member) {
                columns.push(member.clone());
            }
        }
        let value = |json: Option<&Json>| match json {
            None | Some(Json::Null) => Value::Null,
            Some(Json::Bool(it)) => Value::Boolean(*it),
            Some(Json::Number(it)) => match (it.as_i64(), it.as_f64()) {
                (Some(whole), _) => Value::Integer(whole),
                (None, Some(float)) => Value::Double(float),
                (None, None) => Value::Text(it.to_string().into()),
            },
            Some(Json::String(it)) => Value::Text(it.as_str().into()),
            Some(other) => Value::Text(other.to_string().into()),
        };
        let row = |it: &Map<String, Json>| columns.iter().map(|name| value(it.get(name))).collect();
        let rows = objects.iter().map(row).collect();
        Self::typed(name, &columns, rows, &|value| own_type(value, &text_of_json))
    }

    /// A table of texts, of which an empty one is NULL.
    #[must_use]
    pub fn of_texts(name: &str, columns: &[String], rows: &[Vec<String>]) -> Self {
        let value = |text: Option<&String>| match text {
            Some(text) if !text.is_empty() => Value::Text(text.as_str().into()),
            _ => Value::Null,
        };
        let row = |it: &Vec<String>| (0..columns.len()).map(|at| value(it.get(at))).collect();
        let rows = rows.iter().map(row).collect();
        Self::typed(name, columns, rows, &|value| own_type(value, &text_of_cell))
    }

    fn typed(
        name: &str,
        columns: &[String],
        rows: Vec<Vec<Value>>,
        type_of: &dyn Fn(&Value) -> Option<usize>,
    ) -> Self {
        let column = |(at, name): (usize, &String)| {
            let types: Vec<usize> = rows.iter().filter_map(|row| type_of(row.get(at)?)).collect();
            (name.clone(), TYPES[one_type(&types)])
        };
        let columns: Vec<(String, DataType)> = columns.iter().enumerate().map(column).collect();
        let line = |row: Vec<Value>| -> Line {
            let cell = |(value, column): (Value, &(String, DataType))| {
                cast(&value, column.1, &Rules::REDSHIFT).unwrap_or(Value::Null)
            };
            row.into_iter().zip(&columns).map(cell).collect()
        };
        let rows = rows.into_iter().map(line).collect();
        Self { name: name.to_owned(), columns, rows }
    }
}

/// The place of the narrowest type that holds values of these.
fn one_type(types: &[usize]) -> usize {
    let text = TYPES.len() - 1;
    let Some(first) = types.first() else { return text };
    let same = |group: &[usize]| types.iter().all(|it| group.contains(it));
    match () {
        () if same(&[*first]) => *first,
        () if same(&[1, 2]) => 2,
        () if same(&[3, 4]) => 4,
        () => text,
    }
}

/// The place of the type a value has; none for NULL.
fn own_type(value: &Value, of_text: &dyn Fn(&str) -> usize) -> Option<usize> {
    Some(match value {
        Value::Null => return None,
        Value::Boolean(_) => 0,
        Value::Integer(_) => 1,
        Value::Double(_) => 2,
        Value::Text(text) => of_text(text),
        _ => TYPES.len() - 1,
    })
}

/// Texts of JSON may be days and moments; numbers in quotes are meant as texts.
fn text_of_json(text: &str) -> usize {
    let day = text.len() >= 10 && text.as_bytes().first().is_some_and(u8::is_ascii_digit);
    match () {
        () if day && date_of(text).is_some() => 3,
        () if day && text.len() >= 16 && timestamp_of(text).is_some() => 4,
        () => TYPES.len() - 1,
    }
}

/// Texts of CSV may be anything; digits behind a zero are no number but a code.
fn text_of_cell(text: &str) -> usize {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_code = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
    let is_number = digits.starts_with(|it: char| it.is_ascii_digit() || it == '.') && !is_code;
    match text {
        "true" | "false" | "TRUE" | "FALSE" => 0,
        _ if is_number && text.parse::<i64>().is_ok() => 1,
        _ if is_number && text.parse::<f64>().is_ok_and(f64::is_finite) => 2,
        _ => text_of_json(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_the_narrowest_type() {
        let texts = |rows: &[&str]| {
            let rows: Vec<Vec<String>> = rows.iter().map(|it| vec![(*it).to_owned()]).collect();
            Table::of_texts("t", &["a".to_owned()], &rows).columns[0].1.to_string()
        };
        assert_eq!(texts(&["1", "", "-2"]), "BIGINT");
        assert_eq!(texts(&["1", "2.5"]), "DOUBLE");
        assert_eq!(texts(&["007", "8"]), "VARCHAR(65535)");
        assert_eq!(texts(&["2026-03-01", "2026-03-01 10:00:00"]), "TIMESTAMP");
        assert_eq!(texts(&["true", "false"]), "BOOLEAN");
        assert_eq!(texts(&["true", "1"]), "VARCHAR(65535)");
        assert_eq!(texts(&[]), "VARCHAR(65535)");
        let json = serde_json::json!({ "a": "12", "b": [1], "c": 1, "d": 1.5 });
        let table = Table::of_json("t", &[json.as_object().cloned().unwrap()]);
        let names: Vec<&str> = table.columns.iter().map(|it| it.0.as_str()).collect();
        assert_eq!(names, ["a", "b", "c", "d"]);
        assert_eq!(table.rows[0][0], Value::Text("12".into()));
        assert_eq!(table.rows[0][1], Value::Text("[1]".into()));
    }
}
