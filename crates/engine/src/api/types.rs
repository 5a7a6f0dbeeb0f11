//! Whether the members have their types: the texts of `SerializationException`.

use serde_json::{Map, Number, Value};

use super::shape::{Member, Shape};
use super::{Profile, blob};

const LIST: &str = "Start of list found where not expected";
const STRUCTURE: &str = "Start of structure or map found where not expected.";

/// The members that are known and not null, in the table's order.
pub(super) fn read(
    profile: Profile,
    members: &[Member],
    body: &Value,
) -> Result<Map<String, Value>, String> {
    let mut read = Map::new();
    let body = match body {
        Value::Object(body) => body,
        Value::Null => return Ok(read),
        Value::Array(_) => return Err(LIST.into()),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => return Err("Expected null".into()),
    };
    for member in members.iter().filter(|member| member.is_in(profile)) {
        let value = body.get(member.name).filter(|value| !value.is_null());
        if let Some(value) = value {
            read.insert(member.name.into(), value_of(profile, member.shape, value)?);
        }
    }
    Ok(read)
}

fn value_of(profile: Profile, shape: Shape, value: &Value) -> Result<Value, String> {
    if value.is_null() {
        return Ok(Value::Null);
    }
    match shape {
        Shape::Boolean => boolean(value),
        Shape::Integer => whole(value),
        Shape::Double => scalar(value, "a Double", Value::is_number),
        Shape::Text => scalar(value, "an String", Value::is_string),
        Shape::Timestamp => scalar(value, "milliseconds since epoch", Value::is_number),
        Shape::Blob => bytes(value),
        Shape::List(item) => match value {
            Value::Array(items) => {
                let items = items.iter().map(|it| value_of(profile, *item, it));
                items.collect::<Result<Vec<_>, _>>().map(Value::Array)
            }
            Value::Object(_) => Err(STRUCTURE.into()),
            Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Null => {
                Err("Expected list or null".into())
            }
        },
        Shape::Tags => match value {
            Value::Object(tags) => {
                for tag in tags.values() {
                    value_of(profile, Shape::Text, tag)?;
                }
                Ok(value.clone())
            }
            Value::Array(_) => Err(LIST.into()),
            Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Null => {
                Err("Expected map or null".into())
            }
        },
        Shape::Structure(members) | Shape::Partial(members) => {
            read(profile, members, value).map(Value::Object)
        }
    }
}

/// The value when `fits`, or why it does not convert.
fn scalar(value: &Value, to: &str, fits: fn(&Value) -> bool) -> Result<Value, String> {
    if fits(value) {
        return Ok(value.clone());
    }
    let class = match value {
        Value::Array(_) => return Err(LIST.into()),
        Value::Object(_) | Value::Null => return Err(STRUCTURE.into()),
        Value::Bool(_) => "java.lang.Boolean",
        Value::String(_) => "java.lang.String",
        Value::Number(_) => "com.amazon.coral.value.json.numbers.TruncatingBigNumber",
    };
    Err(format!("class {class} can not be converted to {to}"))
}

fn boolean(value: &Value) -> Result<Value, String> {
    let Value::String(text) = value else {
        return scalar(value, "an Boolean", Value::is_boolean);
    };
    Err(format!("'{}' can not be converted to an Boolean", text.to_uppercase()))
}

fn whole(value: &Value) -> Result<Value, String> {
    let value = scalar(value, "an Integer", Value::is_number)?;
    let number = value.as_i64().or_else(|| value.as_f64().map(floor)).unwrap_or_default();
    Ok(Value::Number(Number::from(number.min(i64::from(i32::MAX)))))
}

#[expect(clippy::cast_possible_truncation, reason = "floored, and out of range saturates")]
fn floor(number: f64) -> i64 {
    number.floor() as i64
}

fn bytes(value: &Value) -> Result<Value, String> {
    let read = scalar(value, "a Blob", Value::is_string)?;
    let text = read.as_str().unwrap_or_default();
    match blob::length(text) {
        Ok(_) => Ok(read),
        Err(why) => Err(format!("'{text}' can not be converted to a Blob: {why}")),
    }
}
