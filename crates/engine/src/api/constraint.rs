//! Whether the values keep their constraints: the texts of `ValidationException`.

use serde_json::{Map, Value};

use super::shape::{Member, Rule, Shape};
use super::{Profile, blob};

/// The service reports no more than this many at once.
const REPORTS_MAX: usize = 10;
/// How the service prints an entry of `PutRecords`.
const ENTRY: &str = "com.amazonaws.kinesis.v20131202.PutRecordsRequestEntry@c965e310";
/// Firehose prints its own entries likewise, by the names of its model.
const RECORD: &str = "com.amazonaws.firehose.v20150804.Record@c965e310";
const TAG: &str = "com.amazonaws.firehose.v20150804.Tag@c965e310";

/// What is broken, in one text.
pub(super) fn broken(
    profile: Profile,
    members: &[Member],
    body: &Map<String, Value>,
) -> Option<String> {
    let mut reports = Vec::new();
    walk(profile, (members, Given::Whole), Some(body), "", &mut reports);
    let plural = if reports.len() == 1 { "" } else { "s" };
    let count = reports.len();
    let joined = reports.join("; ");
    (count > 0).then(|| format!("{count} validation error{plural} detected: {joined}"))
}

/// Whether a structure has to be whole.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Given {
    Whole,
    InPart,
}

fn walk(
    profile: Profile,
    (members, given): (&[Member], Given),
    body: Option<&Map<String, Value>>,
    parent: &str,
    reports: &mut Vec<String>,
) {
    for member in members.iter().filter(|member| member.is_in(profile)) {
        let value = body.and_then(|body| body.get(member.name)).unwrap_or(&Value::Null);
        let path = format!("{parent}{}", lower_first(member.name));
        for rule in member.rules {
            let is_idle = given == Given::InPart && matches!(rule, Rule::NotNull);
            if reports.len() < REPORTS_MAX && !is_idle {
                reports.extend(report(member.shape, *rule, value, &path));
            }
        }
        match (member.shape, value) {
            (
                shape @ (Shape::Structure(members) | Shape::Partial(members)),
                Value::Object(inner),
            ) => {
                let is_part = matches!(shape, Shape::Partial(_));
                let given = if is_part { Given::InPart } else { Given::Whole };
                walk(profile, (members, given), Some(inner), &format!("{path}."), reports);
            }
            (Shape::List(Shape::Structure(members)), Value::Array(items)) => {
                for (at, item) in items.iter().enumerate() {
                    let path = format!("{path}.{}.member.", at + 1);
                    walk(profile, (members, Given::Whole), item.as_object(), &path, reports);
                }
            }
            _ => {}
        }
    }
}

fn lower_first(name: &str) -> String {
    let (first, rest) = name.split_at(1);
    first.to_ascii_lowercase() + rest
}

/// One broken rule; null breaks nothing but `NotNull`.
fn report(shape: Shape, rule: Rule, value: &Value, path: &str) -> Option<String> {
    if value.is_null() {
        let asked = matches!(rule, Rule::NotNull);
        let text = || text(path, "null", "Member must not be null");
        return asked.then(text);
    }
    if holds(shape, rule, value) {
        return None;
    }
    let shown = format!("'{}'", printed(shape, value));
    let tail = tail(rule);
    // What items must satisfy is a constraint of their list.
    match (shape, rule) {
        (Shape::List(_), Rule::OneOf(_) | Rule::Matches(_)) => {
            Some(text(path, &shown, &format!("Member must satisfy constraint: [{tail}]")))
        }
        _ => Some(text(path, &shown, &tail)),
    }
}

fn text(path: &str, value: &str, tail: &str) -> String {
    format!("Value {value} at '{path}' failed to satisfy constraint: {tail}")
}

fn holds(shape: Shape, rule: Rule, value: &Value) -> bool {
    let (low, high) = around(value);
    let within = |value: &Value, least, most| (least..=most).contains(&length(Shape::Text, value));
    match rule {
        Rule::NotNull => true,
        Rule::AtLeast(least) => low >= least,
        Rule::AtMost(most) => high <= most,
        Rule::LengthAtLeast(least) => length(shape, value) >= least,
        Rule::LengthAtMost(most) => length(shape, value) <= most,
        Rule::Matches(pattern) => {
            let matches = |it: &Value| it.as_str().is_some_and(|it| pattern.matches(it));
            value.as_array().map_or_else(|| matches(value), |items| items.iter().all(matches))
        }
        Rule::OneOf(set) => match value {
            Value::Array(items) => {
                items.iter().all(|it| it.as_str().is_some_and(|it| set.contains(&it)))
            }
            other => other.as_str().is_some_and(|it| set.contains(&it)),
        },
        Rule::Items(least, most) => {
            value.as_array().is_some_and(|it| it.iter().all(|it| within(it, least, most)))
        }
        Rule::Keys(least, most) => value
            .as_object()
            .is_some_and(|it| it.keys().all(|it| (least..=most).contains(&units(it)))),
        Rule::Values(least, most) => {
            let is_legal = |it: &Value| it.is_string() && within(it, least, most);
            value.as_object().is_some_and(|it| it.values().all(is_legal))
        }
    }
}

/// The whole numbers a number lies between.
#[expect(clippy::cast_possible_truncation, reason = "rounded, and out of range saturates")]
fn around(value: &Value) -> (i64, i64) {
    let fraction = value.as_f64().unwrap_or_default();
    value.as_i64().map_or((fraction.floor() as i64, fraction.ceil() as i64), |it| (it, it))
}

fn length(shape: Shape, value: &Value) -> usize {
    match value {
        Value::String(text) if matches!(shape, Shape::Blob) => blob::length(text).unwrap_or(0),
        Value::String(text) => units(text),
        Value::Array(items) => items.len(),
        Value::Object(members) => members.len(),
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
    }
}

/// Characters as Java counts them.
fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

fn tail(rule: Rule) -> String {
    let lengths = |of: &str, least: usize, most: usize| {
        format!(
            "{of} must satisfy constraint: [Member must have length less than or equal to {most}, \
             Member must have length greater than or equal to {least}]"
        )
    };
    let needs = match rule {
        Rule::NotNull => "not be null".into(),
        Rule::AtLeast(least) => format!("have value greater than or equal to {least}"),
        Rule::AtMost(most) => format!("have value less than or equal to {most}"),
        Rule::LengthAtLeast(least) => format!("have length greater than or equal to {least}"),
        Rule::LengthAtMost(most) => format!("have length less than or equal to {most}"),
        Rule::Matches(pattern) => {
            format!("satisfy regular expression pattern: {}", pattern.text())
        }
        Rule::OneOf(set) => format!("satisfy enum value set: [{}]", set.join(", ")),
        Rule::Items(least, most) => return lengths("Member", least, most),
        Rule::Keys(least, most) => return lengths("Map keys", least, most),
        Rule::Values(least, most) => return lengths("Map value", least, most),
    };
    format!("Member must {needs}")
}

/// A value as the service's messages print it.
fn printed(shape: Shape, value: &Value) -> String {
    match (shape, value) {
        (Shape::Blob, _) => {
            let bytes = length(shape, value);
            format!("java.nio.HeapByteBuffer[pos=0 lim={bytes} cap={bytes}]")
        }
        (Shape::List(item), Value::Array(items)) => {
            let items: Vec<_> = items.iter().map(|it| printed(*item, it)).collect();
            format!("[{}]", items.join(", "))
        }
        (Shape::Structure(members) | Shape::Partial(members), _) => {
            let has = |name: &str| members.iter().any(|member| member.name == name);
            match (has("PartitionKey"), has("Data")) {
                (true, _) => ENTRY,
                (false, true) => RECORD,
                (false, false) => TAG,
            }
            .into()
        }
        (Shape::Tags, Value::Object(tags)) => {
            let tags = tags.iter().map(|(key, it)| format!("{key}={}", printed(Shape::Text, it)));
            format!("{{{}}}", tags.collect::<Vec<_>>().join(", "))
        }
        (_, Value::String(text)) => text.clone(),
        (_, other) => other.to_string(),
    }
}
