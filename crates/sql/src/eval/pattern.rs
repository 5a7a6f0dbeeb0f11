//! Functions of regular expressions. Their syntax is that of Java but for looking around and for
//! groups that refer to groups, so that each takes time in proportion to its text.

use std::sync::{Arc, Mutex, PoisonError};

use regex_lite::{Captures, Regex, RegexBuilder};

use super::Found;
use super::arguments::{Arguments, count, truth};
use super::text::{between, is_long, joined, text_value};
use crate::function::Function;
use crate::value::Value;

/// Largest compiled expression in bytes.
const SIZE_MAX: usize = 200_000;

/// What a function of regular expressions gives; none of another function.
pub(super) fn call(of: &Arguments<'_>) -> Option<Found> {
    Some(match of.function {
        Function::Regexp => found(of).map(|(regex, text)| Value::Boolean(regex.is_match(text))),
        Function::RegexpExtract => found(of).and_then(|(regex, text)| {
            let group = usize::try_from(of.whole_at(2)?.unwrap_or(0)).unwrap_or(usize::MAX);
            let part = regex.captures(text).and_then(|it| it.get(group).map(|it| it.as_str()));
            Ok(part.map_or(Value::Null, text_value))
        }),
        Function::RegexpReplace => {
            found(of).and_then(|(regex, text)| between(&mut regex.split(text), of.text(2)?))
        }
        Function::RegexpCount => {
            found(of).map(|(regex, text)| count(regex.find_iter(text).count()))
        }
        Function::RegexReplace => replace(of),
        Function::Similar => similar(of),
        Function::Substring if matches!(of.values, [_, Value::Text(_), ..]) => {
            found(of).map(|(regex, text)| {
                regex.find(text).map_or(Value::Null, |it| text_value(it.as_str()))
            })
        }
        Function::IsAlpha => {
            of.text(0).and_then(|it| truth(!it.is_empty() && it.chars().all(char::is_alphabetic)))
        }
        Function::IsDigit => of
            .text(0)
            .and_then(|it| truth(!it.is_empty() && it.chars().all(|c| c.is_ascii_digit()))),
        Function::IsDecimal => {
            of.text(0).and_then(|it| Ok(Value::Boolean(compiled(r"^-?\d+(\.\d+)?$")?.is_match(it))))
        }
        _ => return None,
    })
}

/// The expression of the second argument and the text of the first.
fn found<'a>(of: &Arguments<'a>) -> Result<(Arc<Regex>, &'a str), String> {
    Ok((compiled(of.text(1)?)?, of.text(0)?))
}

/// The latest regular expressions: a query has the same ones for every row.
static LATEST: Mutex<Vec<(String, Arc<Regex>)>> = Mutex::new(Vec::new());
/// How many of them are kept.
const LATEST_MAX: usize = 32;

/// A regular expression of bounded size. What it is depends on the pattern alone, so those that
/// were asked for lately are kept.
///
/// # Errors
/// It is none, or too large.
pub(crate) fn compiled(pattern: &str) -> Result<Arc<Regex>, String> {
    let mut latest = LATEST.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, regex)) = latest.iter().find(|it| it.0 == pattern) {
        return Ok(Arc::clone(regex));
    }
    let regex = Arc::new(built(pattern)?);
    if latest.len() >= LATEST_MAX {
        latest.remove(0);
    }
    latest.push((pattern.to_owned(), Arc::clone(&regex)));
    Ok(regex)
}

fn built(pattern: &str) -> Result<Regex, String> {
    let built = RegexBuilder::new(pattern).size_limit(SIZE_MAX).build();
    built.map_err(|_error| format!("`{}` is no regular expression here", shortened(pattern)))
}

/// `REGEX_REPLACE(a, pattern, by, from, which)`, which AWS explains by Java's `replaceAll` (SQL
/// reference, "String functions").
fn replace(of: &Arguments<'_>) -> Found {
    let ((regex, text), by) = (found(of)?, of.text(2)?);
    let (from, which) = (of.whole(3)?, of.whole(4)?);
    if from < 1 || which < 0 {
        return Err("REGEX_REPLACE begins at character 1 and counts from 0".to_owned());
    }
    let skipped = usize::try_from(from - 1).unwrap_or(usize::MAX);
    let begin = text.char_indices().nth(skipped).map_or(text.len(), |(at, _)| at);
    let mut out = text[..begin].to_owned();
    let mut copied = begin;
    for (index, groups) in (1..).zip(regex.captures_iter(&text[begin..])) {
        let Some(part) = groups.get(0).filter(|_| which == 0 || index == which) else { continue };
        out.push_str(&text[copied..begin + part.start()]);
        write_groups(by, &groups, &mut out);
        copied = begin + part.end();
        if is_long(&out) {
            break;
        }
    }
    out.push_str(&text[copied..]);
    joined(&[&out])
}

/// What stands in the place of a match: `$1` is its first group, and a character behind a
/// backslash is itself, as in Java's `replaceAll`.
fn write_groups(by: &str, groups: &Captures<'_>, out: &mut String) {
    let mut chars = by.chars().peekable();
    while let Some(c) = chars.next() {
        let group = chars.peek().filter(|_| c == '$').and_then(|it| it.to_digit(10));
        match group {
            Some(group) => {
                chars.next();
                out.push_str(groups.get(group as usize).map_or("", |it| it.as_str()));
            }
            None if c == '\\' => out.extend(chars.next()),
            None => out.push(c),
        }
    }
}

/// `a SIMILAR TO b ESCAPE c`: `%` and `_` as in `LIKE`, the rest as a regular expression that fits
/// the whole text; a point is any character, as in Calcite.
fn similar(of: &Arguments<'_>) -> Found {
    let escape = if of.has(2) { of.text(2)?.chars().next() } else { None };
    let mut pattern = "(?s)^(?:".to_owned();
    let mut chars = of.text(1)?.chars();
    let mut in_class = false;
    while let Some(c) = chars.next() {
        match c {
            _ if Some(c) == escape => {
                let next = chars.next().ok_or("Nothing stands behind the escape character")?;
                pattern.push('\\');
                pattern.push(next);
            }
            '%' if !in_class => pattern.push_str(".*"),
            '_' if !in_class => pattern.push('.'),
            '$' | '\\' if !in_class => {
                pattern.push('\\');
                pattern.push(c);
            }
            _ => {
                in_class = c == '[' || (in_class && c != ']');
                pattern.push(c);
            }
        }
    }
    pattern.push_str(")$");
    truth(compiled(&pattern)?.is_match(of.text(0)?))
}

fn shortened(text: &str) -> &str {
    text.char_indices().nth(40).map_or(text, |(end, _)| &text[..end])
}
