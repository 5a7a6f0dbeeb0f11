//! Functions of text. Places and lengths count characters from 1.

use std::sync::Arc;

use super::{Found, mismatch};
use crate::function::Side;
use crate::types::LENGTH_MAX;
use crate::value::Value;

/// `a || b`.
pub(super) fn concat(left: &Value, right: &Value) -> Found {
    match (left, right) {
        (Value::Text(left), Value::Text(right)) => joined(&[left, right]),
        (Value::Null, Value::Null | Value::Text(_)) | (Value::Text(_), Value::Null) => {
            Ok(Value::Null)
        }
        (Value::Null | Value::Text(_), other) | (other, _) => Err(mismatch("||", other)),
    }
}

/// Pieces in a row, if they are short enough.
fn joined(pieces: &[&str]) -> Found {
    let text = pieces.concat();
    let most = LENGTH_MAX as usize;
    // A character has at least one byte.
    if text.len() > most && text.chars().count() > most {
        return Err(format!("A text has at most {LENGTH_MAX} characters"));
    }
    Ok(text_value(&text))
}

pub(super) fn text_value(text: &str) -> Value {
    Value::Text(Arc::from(text))
}

/// Each word with a capital.
pub(super) fn init_cap(text: &str) -> Value {
    let mut out = String::with_capacity(text.len());
    let mut inside = false;
    for c in text.chars() {
        if inside {
            out.extend(c.to_lowercase());
        } else {
            out.extend(c.to_uppercase());
        }
        inside = c.is_alphanumeric();
    }
    Value::Text(out.into())
}

/// Where a part begins; 0 when it is not there.
pub(super) fn position(part: &str, text: &str) -> Value {
    let at = text.find(part).map_or(0, |at| 1 + text[..at].chars().count());
    Value::Integer(i64::try_from(at).unwrap_or(i64::MAX))
}

/// Characters from a place on, all of them or so many.
pub(super) fn substring(text: &str, from: i64, length: Option<i64>) -> Result<&str, String> {
    if length.is_some_and(|length| length < 0) {
        return Err("SUBSTRING cannot take a length below zero".to_owned());
    }
    // What lies before the first character counts, but is empty.
    let end = length.map_or(i64::MAX, |length| from.saturating_add(length));
    let (start, end) = (from.max(1), end.max(1));
    let byte_of = |place: i64| {
        let index = usize::try_from(place - 1).unwrap_or(usize::MAX);
        text.char_indices().nth(index).map_or(text.len(), |(at, _)| at)
    };
    Ok(if start < end { &text[byte_of(start)..byte_of(end)] } else { "" })
}

/// Another text in the place of some characters.
pub(super) fn overlay(text: &str, by: &str, from: i64, length: Option<i64>) -> Found {
    if from < 1 {
        return Err("OVERLAY cannot begin before the first character".to_owned());
    }
    let own = i64::try_from(by.chars().count()).unwrap_or(i64::MAX);
    let behind = from.saturating_add(length.unwrap_or(own).max(0));
    joined(&[substring(text, 1, Some(from - 1))?, by, substring(text, behind, None)?])
}

/// Without some character at its ends.
pub(super) fn trim(text: &str, side: Side, what: &str) -> Found {
    let mut chars = what.chars();
    let (Some(c), None) = (chars.next(), chars.next()) else {
        return Err("TRIM takes away one character".to_owned());
    };
    Ok(text_value(match side {
        Side::Both => text.trim_matches(c),
        Side::Leading => text.trim_start_matches(c),
        Side::Trailing => text.trim_end_matches(c),
    }))
}
