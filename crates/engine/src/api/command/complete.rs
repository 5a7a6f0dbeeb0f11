//! What may come next while a line is typed.

use super::{IGNORED, IGNORED_FLAGS, WAITERS, kebab, members, named, names, operations, words};
use crate::api::Service;
use crate::api::operation::Operation;
use crate::api::shape::{Rule, Shape};

/// Words that fit in place of the last one of a line that ends at the cursor; `streams` are the
/// names of the account's streams.
#[must_use]
pub fn complete(line: &str, streams: &[String]) -> Vec<String> {
    let Ok(mut words) = words::split(line) else { return Vec::new() };
    let begins = line.is_empty() || line.ends_with(char::is_whitespace);
    let typed = if begins { String::new() } else { words.pop().unwrap_or_default() };
    let before: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut found = match before[..] {
        [] => vec!["aws".to_owned()],
        ["aws"] => vec!["kinesis".to_owned(), "help".to_owned()],
        ["aws", "kinesis", "wait"] => WAITERS.map(|(name, _)| name.to_owned()).into(),
        ["aws", "kinesis", "wait", _, ref options @ ..] => {
            let described = operations(Service::Kinesis).find(|it| it.name == "DescribeStream");
            described.map_or_else(Vec::new, |operation| next(operation, options, streams))
        }
        ["aws", service] => Service::of_name(service).map_or_else(Vec::new, names),
        ["aws", service, name, ref options @ ..] => {
            let mut all = Service::of_name(service).into_iter().flat_map(operations);
            let operation = all.find(|it| kebab(it.name) == name);
            operation.map_or_else(Vec::new, |operation| next(operation, options, streams))
        }
        _ => Vec::new(),
    };
    found.retain(|it| it.starts_with(&typed));
    found
}

/// Values of the option that was typed last, or the options that are left.
fn next(operation: &Operation, typed: &[&str], streams: &[String]) -> Vec<String> {
    if let Some((option, values)) = last_option(typed)
        && let Some((member, _)) = named(operation, option)
    {
        let chosen = member.rules.iter().find_map(|rule| match rule {
            Rule::OneOf(set) => Some(set.iter().map(|it| (*it).to_owned()).collect()),
            _ => None,
        });
        let values_of = match member.name {
            "StreamName"
            | "ExclusiveStartStreamName"
            | "DeliveryStreamName"
            | "ExclusiveStartDeliveryStreamName" => Some(streams.to_vec()),
            _ => chosen,
        };
        let many = matches!(member.shape, Shape::List(_) | Shape::Tags);
        if !matches!(member.shape, Shape::Boolean) && (values == 0 || many) {
            let mut found: Vec<String> = values_of.unwrap_or_default();
            found.retain(|it| !typed.contains(&&**it));
            if values == 0 {
                return found;
            }
            return found.into_iter().chain(options(operation, typed)).collect();
        }
    }
    match last_option(typed) {
        Some(("--cli-binary-format", 0)) => {
            vec!["base64".to_owned(), "raw-in-base64-out".to_owned()]
        }
        Some(("--output", 0)) => ["json", "table", "text"].map(str::to_owned).into(),
        Some(("--query", 0)) => Vec::new(),
        Some((option, 0)) if IGNORED.contains(&option) => Vec::new(),
        _ => options(operation, typed),
    }
}

/// The option before the cursor, and how many values it has.
fn last_option<'a>(typed: &[&'a str]) -> Option<(&'a str, usize)> {
    let at = typed.iter().rposition(|word| word.starts_with("--"))?;
    Some((typed[at], typed.len() - at - 1))
}

fn options(operation: &Operation, typed: &[&str]) -> Vec<String> {
    let mut found: Vec<String> =
        members(operation).map(|it| format!("--{}", kebab(it.name))).collect();
    found.extend(
        ["--cli-binary-format", "--cli-input-json", "--output", "--query"].map(str::to_owned),
    );
    found.extend(IGNORED_FLAGS.first().map(|it| (*it).to_owned()));
    found.retain(|it| !typed.contains(&&**it));
    found
}
