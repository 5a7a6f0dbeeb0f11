//! Functions of JSON texts.

use serde_json::Value as Json;

use super::arguments::{Arguments, truth};
use super::text::{joined, text_value};
use super::{Found, cast};
use crate::function::{Function, JsonKind, Nothing, Wrapper};
use crate::path::{self, Mode};
use crate::print::text_of;
use crate::types::{Class, DataType};
use crate::value::Value;

/// What a function of JSON gives; none of another function.
pub(super) fn call(of: &Arguments<'_>) -> Option<Found> {
    Some(match of.function {
        Function::JsonString => of.value(0).map(|value| text_value(&json_of(value))),
        Function::JsonArray => {
            let known = of.values.iter().filter(|it| **it != Value::Null);
            joined(&["[", &known.map(json_of).collect::<Vec<_>>().join(","), "]"])
        }
        Function::JsonObject => {
            let member = |pair: &[Value; 2]| {
                let name = Json::String(text_of(&pair[0])).to_string();
                format!("{name}:{}", json_of(&pair[1]))
            };
            let members = of.values.as_chunks::<2>().0.iter().map(member).collect::<Vec<_>>();
            joined(&["{", &members.join(","), "}"])
        }
        Function::IsJson(_) if *of.value(0).ok()? == Value::Null => truth(false),
        Function::IsJson(kind) => of.text(0).and_then(|text| {
            let json = serde_json::from_str::<Json>(text).ok();
            truth(json.is_some_and(|json| match kind {
                JsonKind::Value => true,
                JsonKind::Object => json.is_object(),
                JsonKind::Array => json.is_array(),
                JsonKind::Scalar => !json.is_object() && !json.is_array(),
            }))
        }),
        Function::JsonValue(empty, error, returned) => at_path(of).and_then(|found| match found {
            Place::Here(Json::Bool(it)) if returned == Some(DataType::Boolean) => truth(it),
            Place::Here(Json::String(text))
                if returned.is_some_and(|it| it.class() != Class::Text) =>
            {
                Err(format!("`{text}` is no value of the type this returns"))
            }
            Place::Here(Json::Null) => Ok(Value::Null),
            Place::Here(Json::String(text)) => Ok(text_value(&text)),
            Place::Here(Json::Array(_) | Json::Object(_)) | Place::Error => {
                instead(of, error, if empty == Nothing::Default { 3 } else { 2 })
            }
            Place::Here(scalar) => {
                let text = text_value(&scalar.to_string());
                returned.map_or_else(|| Ok(text.clone()), |it| cast(&text, it, of.rules))
            }
            Place::Empty => instead(of, empty, 2),
        }),
        Function::JsonQuery(wrapper, empty, error) => at_path(of).and_then(|found| match found {
            Place::Here(json) => {
                let is_tree = json.is_array() || json.is_object();
                match wrapper {
                    Wrapper::Without if !is_tree => instead(of, error, 2),
                    Wrapper::Conditional if !is_tree => Ok(text_value(&format!("[{json}]"))),
                    Wrapper::Unconditional => Ok(text_value(&format!("[{json}]"))),
                    Wrapper::Without | Wrapper::Conditional => Ok(text_value(&json.to_string())),
                }
            }
            Place::Empty => instead(of, empty, 2),
            Place::Error => instead(of, error, 2),
        }),
        Function::JsonExists(error) => at_path(of).and_then(|found| match found {
            Place::Here(_) => truth(true),
            Place::Empty => truth(false),
            Place::Error => instead(of, error, 2),
        }),
        _ => return None,
    })
}

/// A value as JSON.
fn json_of(value: &Value) -> String {
    match value {
        Value::Null
        | Value::Boolean(_)
        | Value::Integer(_)
        | Value::Decimal(_)
        | Value::Real(_)
        | Value::Double(_) => text_of(value),
        other => Json::String(text_of(other)).to_string(),
    }
}

/// What stands at a path.
enum Place {
    Here(Json),
    /// Nothing, and that is none's fault.
    Empty,
    /// The text is no JSON, or strictly there should be something.
    Error,
}

fn at_path(of: &Arguments<'_>) -> Result<Place, String> {
    let (mode, steps) = path::parse(of.text(1)?)?;
    let Ok(json) = serde_json::from_str::<Json>(of.text(0)?) else { return Ok(Place::Error) };
    Ok(match (path::find(&json, &steps), mode) {
        (Some(found), _) => Place::Here(found),
        (None, Mode::Lax) => Place::Empty,
        (None, Mode::Strict) => Place::Error,
    })
}

/// What the call says there is instead; a default stands at this index.
fn instead(of: &Arguments<'_>, nothing: Nothing, default: usize) -> Found {
    match nothing {
        Nothing::Null => Ok(Value::Null),
        Nothing::Error => Err(format!("{} finds nothing at this path", of.function.name())),
        Nothing::Default => of.value(default).cloned(),
        Nothing::EmptyArray => Ok(text_value("[]")),
        Nothing::EmptyObject => Ok(text_value("{}")),
        Nothing::True => truth(true),
        Nothing::False => truth(false),
    }
}
