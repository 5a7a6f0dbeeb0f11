//! Answers as the command line prints them.

use base::calendar::Civil;
use serde_json::Value;

use super::{Call, page};
use crate::api::Answer;
use crate::api::request::millis;

/// What appears below the line, with dates in ISO 8601, as version 2 prints them; nothing where the
/// service sends nothing.
///
/// # Errors
/// The exception in a sentence, as the command line tells it, or what `--query` cannot do.
pub fn print(call: &Call, answer: &Answer) -> Result<String, String> {
    let operation = call.operation;
    if answer.status != 200 {
        let text = |names: &[&str]| {
            let told = names.iter().find_map(|name| answer.body.get(name)?.as_str());
            told.unwrap_or_default().to_owned()
        };
        let (exception, message) = (text(&["__type"]), text(&["message", "Message"]));
        return Err(format!(
            "\nAn error occurred ({exception}) when calling the {operation} operation: {message}"
        ));
    }
    if answer.body.is_null() {
        return Ok(String::new());
    }
    let mut body = answer.body.clone();
    dates(&mut body, "");
    page::mark(operation, &mut body);
    call.output.show(operation, &body)
}

fn dates(value: &mut Value, name: &str) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| dates(item, "")),
        Value::Object(members) => members.iter_mut().for_each(|(name, item)| dates(item, name)),
        Value::Number(_) if name.ends_with("Timestamp") => *value = date(value).into(),
        _ => {}
    }
}

fn date(value: &Value) -> String {
    let millis = millis(value).unwrap_or_default();
    let micros = i64::try_from(millis.saturating_mul(1_000)).unwrap_or(i64::MAX);
    let Civil { year, month, day, hour, minute, second, micros } = Civil::at(micros, 0);
    let fraction = if micros == 0 { String::new() } else { format!(".{micros:06}") };
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}+00:00")
}
