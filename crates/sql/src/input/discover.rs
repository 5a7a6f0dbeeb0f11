//! The schema that samples of records suggest (facts, analytics §1.2, "Discovery").

use serde_json::{Map, Value as Json};

use super::{COLUMNS_MAX, Format, InputColumn, Schema};
use crate::parse::{is_reserved, timestamp_of};
use crate::path::Step;
use crate::types::{DataType, LENGTH_MAX};

/// Longest name that stays as it is (facts, analytics §1.2).
const NAME_CHARS_MAX: usize = 100;
/// Shortest text a column is made for.
const LENGTH_MIN: u32 = 4;

/// A schema for these records: JSON objects, flattened one level, or else lines of commas. None
/// when nothing is there to look at.
#[must_use]
pub fn discover(samples: &[&[u8]]) -> Option<Schema> {
    let objects: Vec<Map<String, Json>> = samples
        .iter()
        .flat_map(|sample| serde_json::Deserializer::from_slice(sample).into_iter::<Json>())
        .map_while(Result::ok)
        .filter_map(|json| match json {
            Json::Object(members) => Some(members),
            _ => None,
        })
        .collect();
    let (format, found) = if objects.is_empty() {
        let lines: Vec<&str> = samples
            .iter()
            .filter_map(|sample| core::str::from_utf8(sample).ok())
            .flat_map(str::lines)
            .filter(|line| !line.trim().is_empty())
            .collect();
        let format = Format::Csv { rows: "\n".to_owned(), columns: ",".to_owned() };
        (format, of_lines(&lines))
    } else {
        (Format::Json(Vec::new()), of_objects(&objects))
    };
    let mut columns: Vec<InputColumn> = Vec::new();
    for (index, Found { name, data_type, mapping }) in found.into_iter().enumerate() {
        let mut name = column_name(&name, index);
        while columns.iter().any(|it| it.name == name) {
            name.push_str("_0");
        }
        columns.push(InputColumn { name, data_type: data_type.unwrap_or(TEXT), mapping });
    }
    columns.truncate(COLUMNS_MAX);
    (!columns.is_empty()).then_some(Schema { format, columns })
}

/// What only NULL was seen of.
const TEXT: DataType = DataType::Varchar(LENGTH_MIN);

/// A column so far.
struct Found {
    name: String,
    data_type: Option<DataType>,
    mapping: Vec<Step>,
}

fn of_objects(objects: &[Map<String, Json>]) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    for object in objects {
        for (name, value) in object {
            match value {
                Json::Object(inner) => {
                    for (below, value) in inner {
                        let steps = [name, below].map(|it| Step::Member(it.clone()));
                        see(&mut found, below, &steps, value);
                    }
                }
                _ => see(&mut found, name, &[Step::Member(name.clone())], value),
            }
        }
    }
    found
}

fn of_lines(lines: &[&str]) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    for line in lines {
        for (index, field) in line.trim_end().split(',').enumerate() {
            let value = serde_json::from_str::<Json>(field).ok().filter(|it| !it.is_string());
            let text =
                || if field.is_empty() { Json::Null } else { Json::String(field.to_owned()) };
            let value = value.unwrap_or_else(text);
            see(&mut found, &index.to_string(), &[Step::Item(index)], &value);
        }
    }
    found
}

fn see(found: &mut Vec<Found>, name: &str, mapping: &[Step], value: &Json) {
    let data_type = type_of(value);
    match found.iter_mut().find(|it| it.mapping == mapping) {
        Some(column) => column.data_type = wider(column.data_type, data_type),
        None => found.push(Found { name: name.to_owned(), data_type, mapping: mapping.to_vec() }),
    }
}

fn type_of(value: &Json) -> Option<DataType> {
    Some(match value {
        Json::Null => return None,
        Json::Bool(_) => DataType::Boolean,
        Json::Number(number) => match number.as_i64() {
            Some(whole) if i32::try_from(whole).is_ok() => DataType::Integer,
            Some(_) => DataType::BigInt,
            None => DataType::Double,
        },
        Json::String(text) if text.len() > 10 && timestamp_of(text).is_some() => {
            DataType::Timestamp
        }
        Json::String(text) => text_type(text.chars().count()),
        Json::Array(_) | Json::Object(_) => text_type(value.to_string().chars().count()),
    })
}

/// Text of a power of two of characters.
fn text_type(chars: usize) -> DataType {
    let chars = u32::try_from(chars).unwrap_or(LENGTH_MAX).min(LENGTH_MAX);
    DataType::Varchar(chars.next_power_of_two().clamp(LENGTH_MIN, LENGTH_MAX))
}

/// A type for both; text where they do not fit together.
fn wider(before: Option<DataType>, next: Option<DataType>) -> Option<DataType> {
    let (Some(a), Some(b)) = (before, next) else { return before.or(next) };
    Some(match (a, b) {
        _ if a == b => a,
        (DataType::Varchar(a), DataType::Varchar(b)) => DataType::Varchar(a.max(b)),
        (DataType::Varchar(chars), _) | (_, DataType::Varchar(chars)) => {
            DataType::Varchar(chars.max(32))
        }
        (DataType::Double, DataType::Integer | DataType::BigInt)
        | (DataType::Integer | DataType::BigInt, DataType::Double) => DataType::Double,
        (DataType::Integer | DataType::BigInt, DataType::Integer | DataType::BigInt) => {
            DataType::BigInt
        }
        _ => DataType::Varchar(32),
    })
}

/// What a column is called after a member: characters that cannot be are left out; with those, a
/// word of the language, a digit in front, or more than 100 characters `COL_` comes before it, and
/// what has no name is `COL_` and its place (facts, analytics §1.2).
#[must_use]
pub fn column_name(member: &str, place: usize) -> String {
    let kept = |c: &char| c.is_ascii_alphanumeric() || *c == '_';
    let name: String = member.chars().filter(kept).take(NAME_CHARS_MAX).collect();
    if name.is_empty() {
        return format!("COL_{place}");
    }
    let is_changed = name.len() < member.len();
    let begins_with_digit = name.starts_with(|c: char| c.is_ascii_digit());
    let needs = is_changed || begins_with_digit || is_reserved(&name);
    if needs { format!("COL_{name}") } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Facts, analytics §1.2: `USER@DOMAIN` becomes `COL_USERDOMAIN`, `@@` becomes `COL_0`.
    #[test]
    fn names_are_made_fit() {
        assert_eq!(column_name("USER@DOMAIN", 0), "COL_USERDOMAIN");
        assert_eq!(column_name("@@", 0), "COL_0");
        assert_eq!(column_name("select", 3), "COL_select");
        assert_eq!(column_name("2nd", 3), "COL_2nd");
        assert_eq!(column_name("price", 3), "price");
        assert_eq!(column_name(&"x".repeat(101), 3).len(), 104);
    }

    #[test]
    fn samples_suggest_a_schema() {
        let told = |samples: &[&[u8]]| {
            let schema = discover(samples)?;
            let text = |it: &InputColumn| format!("{} {}", it.name, it.data_type);
            Some(schema.columns.iter().map(text).collect::<Vec<_>>().join(", "))
        };
        let samples: [&[u8]; 2] = [
            br#"{"sym":"AMZN","qty":1,"at":"2026-03-01 10:00:00","who":{"id":7}}"#,
            br#"{"sym":"A","qty":1.5,"on":true,"who":{"id":5000000000}} {"sym":"ABCDEFGHI"}"#,
        ];
        let expected = "sym VARCHAR(16), qty DOUBLE, at TIMESTAMP, id BIGINT, COL_on BOOLEAN";
        assert_eq!(told(&samples).as_deref(), Some(expected));
        let lines = told(&[b"1,abc,2.5\n2,defgh,\n"]);
        assert_eq!(lines.as_deref(), Some("COL_0 INTEGER, COL_1 VARCHAR(8), COL_2 DOUBLE"));
        assert_eq!(told(&[b"", b"\n"]), None);
    }
}
