//! Answers as the command line prints them.

use base::calendar::Civil;
use serde_json::Value;

use super::Call;
use crate::api::Answer;
use crate::api::request::millis;

/// What appears below the line: JSON with dates in ISO 8601, as version 2 prints it; nothing where
/// the service sends nothing.
///
/// # Errors
/// The exception in a sentence, as the command line tells it.
pub fn print(call: &Call, answer: &Answer) -> Result<String, String> {
    if answer.status != 200 {
        let text = |names: &[&str]| {
            let told = names.iter().find_map(|name| answer.body.get(name)?.as_str());
            told.unwrap_or_default().to_owned()
        };
        let (exception, message) = (text(&["__type"]), text(&["message", "Message"]));
        let operation = call.operation;
        return Err(format!(
            "\nAn error occurred ({exception}) when calling the {operation} operation: {message}"
        ));
    }
    let mut out = String::new();
    if !answer.body.is_null() {
        write(&answer.body, "", 0, &mut out);
    }
    Ok(out)
}

fn write(value: &Value, name: &str, depth: usize, out: &mut String) {
    let indent = |depth: usize, out: &mut String| {
        out.push('\n');
        out.extend(core::iter::repeat_n("    ", depth));
    };
    match value {
        Value::Array(items) if !items.is_empty() => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                out.push_str(if at > 0 { "," } else { "" });
                indent(depth + 1, out);
                write(item, "", depth + 1, out);
            }
            indent(depth, out);
            out.push(']');
        }
        Value::Object(members) if !members.is_empty() => {
            out.push('{');
            for (at, (name, item)) in members.iter().enumerate() {
                out.push_str(if at > 0 { "," } else { "" });
                indent(depth + 1, out);
                *out += &format!("\"{name}\": ");
                write(item, name, depth + 1, out);
            }
            indent(depth, out);
            out.push('}');
        }
        Value::Number(_) if name.ends_with("Timestamp") => *out += &date(value),
        other => *out += &other.to_string(),
    }
}

fn date(value: &Value) -> String {
    let millis = millis(value).unwrap_or_default();
    let micros = i64::try_from(millis.saturating_mul(1_000)).unwrap_or(i64::MAX);
    let Civil { year, month, day, hour, minute, second, micros } = Civil::at(micros, 0);
    let fraction = if micros == 0 { String::new() } else { format!(".{micros:06}") };
    format!("\"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}+00:00\"")
}
