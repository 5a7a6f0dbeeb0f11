//! Members of records as values of columns.

use serde_json::Value as Json;

use crate::eval::cast;
use crate::expr::ExprKind;
use crate::json::value_of;
use crate::parse::parse_expr;
use crate::rules::Rules;
use crate::types::{Class, DataType};
use crate::value::Value;

/// A member as a column of a schema, as the service converts it (facts, analytics §1.2).
///
/// # Errors
/// Why it cannot be: the service sends such a row to its error stream.
pub fn column_of(json: &Json, column: DataType) -> Result<Value, String> {
    let value = value_of(json);
    let refused = || format!("{json} is no {column}");
    match (column.class(), json) {
        (_, Json::Null) => Ok(Value::Null),
        (Class::Text, Json::String(text)) => {
            cast(&Value::Text(text.as_str().into()), column, &Rules::KINESIS)
        }
        (Class::Text, _) => cast(&Value::Text(json.to_string().into()), column, &Rules::KINESIS),
        (_, Json::Array(_) | Json::Object(_)) => Err(refused()),
        (Class::Number, Json::Bool(it)) => {
            cast(&Value::Integer(i64::from(*it)), column, &Rules::KINESIS)
        }
        // Digits behind the point fit no whole number: here nothing is rounded.
        (Class::Number, _) if column.whole().is_some() && is_broken(json) => Err(refused()),
        (Class::Number, Json::Number(_)) => cast(&value, column, &Rules::KINESIS),
        (Class::Boolean, Json::Number(number)) => Ok(Value::Boolean(number.as_f64() != Some(0.0))),
        (Class::Boolean, Json::String(text)) => {
            Ok(Value::Boolean(text.eq_ignore_ascii_case("true")))
        }
        (Class::Boolean, Json::Bool(it)) => Ok(Value::Boolean(*it)),
        (Class::Bytes, Json::Bool(it)) => Ok(Value::Bytes([u8::from(*it)].into())),
        (Class::Bytes, Json::String(text)) => bytes_of(text, column).ok_or_else(refused),
        (Class::Number | Class::Date | Class::Time | Class::Timestamp, Json::String(_)) => {
            cast(&value, column, &Rules::KINESIS)
        }
        _ => Err(refused()),
    }
}

/// Whether a number, or a text that is one, has digits behind the point.
fn is_broken(json: &Json) -> bool {
    let number = match json {
        Json::Number(number) => number.as_f64(),
        Json::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    number.is_some_and(|it: f64| libm::trunc(it) != it)
}

/// Bytes as `X'3F67'` tells them.
fn bytes_of(text: &str, column: DataType) -> Option<Value> {
    match parse_expr(text).ok()?.kind {
        ExprKind::Literal(bytes @ Value::Bytes(_)) => cast(&bytes, column, &Rules::KINESIS).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Facts, analytics §1.2 and E16: JSON becomes the columns of a schema.
    #[test]
    fn members_become_columns_as_the_service_converts_them() {
        let (int, short) = (DataType::Integer, DataType::Varchar(2));
        let (yes, text) = (Value::Boolean(true), |it: &str| Value::Text(it.into()));
        for (json, column, expected) in [
            ("7", int, Some(Value::Integer(7))),
            ("true", int, Some(Value::Integer(1))),
            ("\"12\"", int, Some(Value::Integer(12))),
            ("null", int, Some(Value::Null)),
            ("1.5", int, None),
            ("123.4", int, None),
            ("\"1.5\"", int, None),
            ("1.0", int, Some(Value::Integer(1))),
            ("1e300", int, None),
            ("12345678901234567890", DataType::Varchar(20), Some(text("12345678901234567890"))),
            ("\"x\"", int, None),
            ("4000000000", int, None),
            ("\"abc\"", short, Some(text("ab"))),
            ("true", short, Some(text("tr"))),
            ("5", short, Some(text("5"))),
            ("{\"a\":1}", DataType::Varchar(9), Some(text("{\"a\":1}"))),
            ("[1]", int, None),
            ("\"TRUE\"", DataType::Boolean, Some(yes.clone())),
            ("\"x\"", DataType::Boolean, Some(Value::Boolean(false))),
            ("0", DataType::Boolean, Some(Value::Boolean(false))),
            ("0.5", DataType::Boolean, Some(yes)),
            ("\"1992-02-14\"", DataType::Date, Some(Value::Date(8_079))),
            (
                "\"1992-02-14 18:35:44.0\"",
                DataType::Timestamp,
                Some(Value::Timestamp(698_092_544_000_000)),
            ),
            ("true", DataType::Varbinary(2), Some(Value::Bytes([1].into()))),
            ("\"X'3F67'\"", DataType::Varbinary(2), Some(Value::Bytes([0x3f, 0x67].into()))),
            ("\"3F67\"", DataType::Varbinary(2), None),
            ("3", DataType::Varbinary(2), None),
            ("true", DataType::Timestamp, None),
            ("7", DataType::Date, None),
        ] {
            let json: Json = serde_json::from_str(json).unwrap();
            assert_eq!(column_of(&json, column).ok(), expected, "{json} as {column}");
        }
    }
}
