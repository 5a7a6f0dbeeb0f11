//! From the words behind an option to the value of a member, and the command line's own checks
//! before anything is sent.

use serde_json::{Map, Number, Value};

use super::super::blob;
use super::super::shape::{Member, Rule, Shape};
use super::{is_needed, kebab, shorthand};
use crate::api::Profile;

/// How data is written.
#[derive(Clone, Copy)]
pub(super) enum Blobs {
    /// As base64: the default of version 2.
    Base64,
    /// As text.
    Raw,
}

/// What was typed, as JSON of about the right shape.
pub(super) fn value(member: &Member, words: &[&str]) -> Result<Value, String> {
    let option = format!("--{}", kebab(member.name));
    let first = words.first().copied().unwrap_or_default();
    if let Some(file) = first.strip_prefix("file://").or(first.strip_prefix("fileb://")) {
        return Err(format!(
            "\nError parsing parameter '{option}': Unable to load paramfile {first}: [Errno 2] No \
             such file or directory: '{file}'"
        ));
    }
    let parsed = |why: String| format!("\nError parsing parameter '{option}': {why}");
    let complex = |word: &str| {
        if word.trim_start().starts_with(['{', '[']) {
            let json = word.parse::<Value>();
            return json.map_err(|_why| parsed(format!("Invalid JSON: {word}")));
        }
        let item = if let Shape::List(item) = member.shape { *item } else { member.shape };
        shorthand::read(word).map_err(parsed).map(|value| typed(item, value))
    };
    match member.shape {
        Shape::List(Shape::Structure(_)) if first.trim_start().starts_with('[') => complex(first),
        Shape::List(Shape::Structure(_)) => words.iter().map(|word| complex(word)).collect(),
        Shape::List(_) if first.trim_start().starts_with('[') => complex(first),
        Shape::List(_) => Ok(words.iter().map(|word| Value::from(*word)).collect()),
        Shape::Structure(_) | Shape::Partial(_) | Shape::Tags => complex(&words.join(" ")),
        Shape::Integer => {
            let number = first.trim().parse::<i64>().map(Value::from);
            number.map_err(|_why| format!("\ninvalid literal for int() with base 10: '{first}'"))
        }
        Shape::Double => {
            let number = first.trim().parse::<Number>().map(Value::Number);
            number.map_err(|_why| format!("\ncould not convert string to float: '{first}'"))
        }
        Shape::Boolean => Ok(Value::Bool(first == "true")),
        Shape::Text | Shape::Blob | Shape::Timestamp => Ok(first.into()),
    }
}

/// A value of the shorthand, where all is text, as its shape has it.
fn typed(shape: Shape, value: Value) -> Value {
    match (shape, value) {
        (Shape::Integer, Value::String(text)) => {
            text.parse::<i64>().map_or(Value::String(text), Value::from)
        }
        (Shape::Double, Value::String(text)) => {
            text.parse::<Number>().map_or(Value::String(text), Value::Number)
        }
        (Shape::Boolean, Value::String(text)) => {
            text.to_ascii_lowercase().parse::<bool>().map_or(Value::String(text), Value::from)
        }
        (Shape::List(item), Value::Array(items)) => {
            items.into_iter().map(|value| typed(*item, value)).collect()
        }
        (Shape::List(item), value) => Value::Array(vec![typed(*item, value)]),
        (Shape::Structure(members) | Shape::Partial(members), Value::Object(body)) => {
            let body = body.into_iter().map(|(name, value)| {
                let value = match members.iter().find(|member| *member.name == *name) {
                    Some(member) => typed(member.shape, value),
                    None => value,
                };
                (name, value)
            });
            body.collect::<Map<_, _>>().into()
        }
        (_, value) => value,
    }
}

/// The request as it is sent.
pub(super) fn finish(
    members: &'static [Member],
    body: Map<String, Value>,
    blobs: Blobs,
) -> Result<Value, String> {
    let mut reports = Vec::new();
    let body = structure(Shape::Structure(members), body, "", blobs, &mut reports)?;
    if reports.is_empty() {
        return Ok(body);
    }
    Err(format!("\nParameter validation failed:\n{}", reports.join("\n")))
}

fn structure(
    shape: Shape,
    body: Map<String, Value>,
    path: &str,
    blobs: Blobs,
    reports: &mut Vec<String>,
) -> Result<Value, String> {
    let members = shape.members().unwrap_or_default();
    let members = || members.iter().filter(|member| member.is_in(Profile::Current));
    let is_asked = |member: &Member| is_needed(member) && !matches!(shape, Shape::Partial(_));
    let place = if path.is_empty() { "input" } else { path };
    for member in members().filter(|it| is_asked(it) && !body.contains_key(it.name)) {
        reports.push(format!("Missing required parameter in {place}: \"{}\"", member.name));
    }
    let mut out = Map::new();
    for (name, value) in body {
        let Some(member) = members().find(|member| member.name == name) else {
            let known: Vec<&str> = members().map(|member| member.name).collect();
            let known = known.join(", ");
            reports
                .push(format!("Unknown parameter in {place}: \"{name}\", must be one of: {known}"));
            continue;
        };
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        check(member, &value, &path, reports);
        out.insert(name, leaf(member.shape, value, &path, blobs, reports)?);
    }
    Ok(Value::Object(out))
}

/// A value with everything in it as the service takes it.
fn leaf(
    shape: Shape,
    value: Value,
    path: &str,
    blobs: Blobs,
    reports: &mut Vec<String>,
) -> Result<Value, String> {
    let wrong = |value: &Value, reports: &mut Vec<String>, valid: &str| {
        reports.push(format!(
            "Invalid type for parameter {path}, value: {}, type: <class '{}'>, \
             valid types: {valid}",
            python(value),
            class(value)
        ));
    };
    match (shape, value) {
        (Shape::Structure(_) | Shape::Partial(_), Value::Object(body)) => {
            return structure(shape, body, path, blobs, reports);
        }
        (Shape::List(item), Value::Array(items)) => {
            let items = items
                .into_iter()
                .enumerate()
                .map(|(at, value)| leaf(*item, value, &format!("{path}[{at}]"), blobs, reports));
            return items.collect();
        }
        (Shape::Blob, Value::String(text)) => {
            return match blobs {
                Blobs::Raw => Ok(blob::encode(text.as_bytes()).into()),
                Blobs::Base64 if blob::length(&text).is_ok() => Ok(text.into()),
                Blobs::Base64 => Err(format!("\nInvalid base64: \"{text}\"")),
            };
        }
        (Shape::Timestamp, Value::String(text)) => match moment(&text) {
            Some(moment) => return Ok(moment),
            None => {
                let valid = "<class 'datetime.datetime'>, timestamp-string";
                wrong(&Value::String(text), reports, valid);
            }
        },
        (Shape::Text, value @ Value::String(_))
        | (Shape::Integer | Shape::Double | Shape::Timestamp, value @ Value::Number(_))
        | (Shape::Boolean, value @ Value::Bool(_))
        | (Shape::Tags, value @ Value::Object(_)) => return Ok(value),
        (shape, value) => wrong(&value, reports, valid(shape)),
    }
    Ok(Value::Null)
}

/// The two constraints the command line checks by itself.
fn check(member: &Member, value: &Value, path: &str, reports: &mut Vec<String>) {
    let length = match value {
        Value::String(text) => Some(text.chars().count()),
        Value::Array(items) => Some(items.len()),
        Value::Object(members) if matches!(member.shape, Shape::Tags) => Some(members.len()),
        _ => None,
    };
    for rule in member.rules {
        match (*rule, length, value.as_i64()) {
            (Rule::LengthAtLeast(least), Some(length), _) if length < least => reports.push(format!(
                "Invalid length for parameter {path}, value: {length}, valid min length: {least}"
            )),
            (Rule::AtLeast(least), _, Some(number)) if number < least => reports.push(format!(
                "Invalid range for parameter {path}, value: {number}, valid min value: {least}"
            )),
            _ => {}
        }
    }
}

/// A time as people write it: seconds since 1970, or a date of ISO 8601.
fn moment(text: &str) -> Option<Value> {
    if let Ok(number) = text.parse::<Number>() {
        return Some(Value::Number(number));
    }
    let micros = base::calendar::parse(text)?;
    Some(crate::api::request::seconds(u64::try_from(micros).ok()? / 1_000))
}

/// A value as Python prints it.
fn python(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "None".into(),
        Value::Bool(true) => "True".into(),
        Value::Bool(false) => "False".into(),
        other => other.to_string().replace('"', "'").replace(',', ", ").replace(':', ": "),
    }
}

fn class(value: &Value) -> &'static str {
    match value {
        Value::Null => "NoneType",
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_f64() => "float",
        Value::Number(_) => "int",
        Value::String(_) => "str",
        Value::Array(_) => "list",
        Value::Object(_) => "dict",
    }
}

fn valid(shape: Shape) -> &'static str {
    match shape {
        Shape::Boolean => "<class 'bool'>",
        Shape::Integer => "<class 'int'>",
        Shape::Double => "<class 'float'>, <class 'int'>",
        Shape::Text => "<class 'str'>",
        Shape::Blob => "<class 'bytes'>, <class 'bytearray'>, file-like object",
        Shape::Timestamp => "<class 'datetime.datetime'>, timestamp-string",
        Shape::List(_) => "<class 'list'>, <class 'tuple'>",
        Shape::Tags | Shape::Structure(_) | Shape::Partial(_) => "<class 'dict'>",
    }
}
