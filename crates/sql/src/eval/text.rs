//! Functions of text. Places and lengths count characters from 1.

use std::sync::Arc;

use super::arguments::{Arguments, count, truth};
use super::{Found, mismatch};
use crate::function::{Function, Side};
use crate::rules::Casts;
use crate::types::LENGTH_MAX;
use crate::value::Value;

/// What a function of text gives; none of another function.
pub(super) fn call(of: &Arguments<'_>) -> Option<Found> {
    let first = || of.text(0);
    Some(match of.function {
        Function::CharLength => first().map(|text| count(text.chars().count())),
        Function::InitCap => first().map(init_cap),
        Function::Lower => first().map(|text| text_value(&text.to_lowercase())),
        Function::Upper => first().map(|text| text_value(&text.to_uppercase())),
        Function::Reverse => first().map(|text| of_chars(text.chars().rev())),
        Function::Ascii => first().map(|text| ascii(text, of.rules.casts)),
        Function::Chr => of.whole(0).and_then(|code| chr(code, of.rules.casts)),
        Function::Position | Function::Instr | Function::Locate => position(of),
        Function::Trim(side) => {
            first().and_then(|text| trim(text, side, of.text_or(1, " ")?, of.rules.casts))
        }
        Function::TrimSet(side) => {
            first().and_then(|text| trim(text, side, of.text_or(1, " ")?, Casts::Cut))
        }
        Function::Substring if !matches!(of.values, [_, Value::Text(_), ..]) => part(of),
        Function::Left | Function::Right => end(of),
        Function::Overlay => overlay(of),
        Function::Replace => replaced(of),
        Function::Translate => translate(of),
        Function::Elt => of.whole(0).and_then(|index| {
            let index = usize::try_from(index).unwrap_or_default();
            if index > 0 && of.has(index) {
                of.text(index).map(text_value)
            } else {
                Ok(Value::Null)
            }
        }),
        Function::Lpad | Function::Rpad => pad(of),
        Function::Repeat => first().and_then(|text| {
            let times = usize::try_from(of.whole(1)?.max(0)).unwrap_or(usize::MAX);
            // Nothing stays nothing however often it is repeated.
            let times = if text.is_empty() { 0 } else { times };
            between(&mut core::iter::repeat_n(text, times), "")
        }),
        Function::SplitIndex => first().and_then(|text| {
            let Ok(index) = usize::try_from(of.whole(2)?) else { return Ok(Value::Null) };
            let separator = of.text(1)?;
            let piece = if separator.is_empty() {
                Some(text).filter(|_| index == 0)
            } else {
                text.split(separator).nth(index)
            };
            Ok(piece.map_or(Value::Null, text_value))
        }),
        Function::LogField => log_field(of),
        Function::Concat => (0..of.values.len())
            .map(|index| of.text(index))
            .collect::<Result<Vec<_>, _>>()
            .and_then(|pieces| joined(&pieces)),
        Function::ConcatWs => with_separator(of),
        Function::StartsWith => first().and_then(|text| truth(text.starts_with(of.text(1)?))),
        Function::EndsWith => first().and_then(|text| truth(text.ends_with(of.text(1)?))),
        _ => return None,
    })
}

fn of_chars(chars: impl Iterator<Item = char>) -> Value {
    Value::Text(chars.collect::<String>().into())
}

/// The code of the first character: that of Unicode in Redshift (its guide, "ASCII function"), of
/// its first byte in Flink.
fn ascii(text: &str, casts: Casts) -> Value {
    Value::Integer(match casts {
        Casts::Wide => text.chars().next().map_or(0, |it| u32::from(it).into()),
        Casts::Strict | Casts::Cut => text.bytes().next().unwrap_or_default().into(),
    })
}

/// The character of a code; in Flink of its lowest byte.
fn chr(code: i64, casts: Casts) -> Found {
    let character = match casts {
        Casts::Wide => u32::try_from(code).ok().filter(|it| *it > 0).and_then(char::from_u32),
        Casts::Strict | Casts::Cut if code < 0 => return Ok(text_value("")),
        Casts::Strict | Casts::Cut => u8::try_from(code & 255).ok().map(char::from),
    };
    let character = character.ok_or_else(|| format!("No character has the code {code}"))?;
    Ok(text_value(character.encode_utf8(&mut [0; 4])))
}

/// Every part replaced by another; an empty part is nowhere in Redshift, and everywhere in Flink.
fn replaced(of: &Arguments<'_>) -> Found {
    let (text, part, by) = (of.text(0)?, of.text(1)?, of.text(2)?);
    match of.rules.casts {
        Casts::Wide if part.is_empty() => Ok(text_value(text)),
        _ => between(&mut text.split(part), by),
    }
}

/// Where a part begins; 0 when it is not there. The part comes first but in `INSTR`.
fn position(of: &Arguments<'_>) -> Found {
    let (part, text) = match of.function {
        Function::Instr => (of.text(1)?, of.text(0)?),
        _ => (of.text(0)?, of.text(1)?),
    };
    let skipped = usize::try_from(of.whole_at(2)?.unwrap_or(1) - 1).unwrap_or(usize::MAX);
    let begin = text.char_indices().nth(skipped).map_or(text.len(), |(at, _)| at);
    let found = text[begin..].find(part).map(|at| text[..begin + at].chars().count() + 1);
    Ok(count(found.unwrap_or(0)))
}

/// `SUBSTRING(a FROM b FOR c)`. In the Kinesis dialect what lies before the first character counts
/// but is empty; in Flink a place below zero counts from the end.
fn part(of: &Arguments<'_>) -> Found {
    let (text, from, length) = (of.text(0)?, of.whole(1)?, of.whole_at(2)?);
    if of.rules.casts != Casts::Cut {
        return substring(text, from, length).map(text_value);
    }
    if length.is_some_and(|it| it < 0) {
        return Ok(Value::Null);
    }
    let chars = i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
    let from = match from {
        0 => 1,
        ..0 if chars + from < 0 => return Ok(text_value("")),
        ..0 => chars + from + 1,
        _ => from,
    };
    substring(text, from, length).map(text_value)
}

/// `LEFT(a, n)` and `RIGHT(a, n)`.
fn end(of: &Arguments<'_>) -> Found {
    let (text, most) = (of.text(0)?, usize::try_from(of.whole(1)?.max(0)).unwrap_or(usize::MAX));
    let skipped = match of.function {
        Function::Left => 0,
        _ => text.chars().count().saturating_sub(most),
    };
    Ok(of_chars(text.chars().skip(skipped).take(most)))
}

/// Another text in the place of some characters.
fn overlay(of: &Arguments<'_>) -> Found {
    let (text, by, from) = (of.text(0)?, of.text(1)?, of.whole(2)?);
    let outside = from < 1 || from > i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
    match of.rules.casts {
        Casts::Cut if outside => return Ok(text_value(text)),
        Casts::Strict if from < 1 => {
            return Err("OVERLAY cannot begin before the first character".to_owned());
        }
        _ => {}
    }
    let own = i64::try_from(by.chars().count()).unwrap_or(i64::MAX);
    let behind = from.saturating_add(of.whole_at(3)?.unwrap_or(own).max(0));
    joined(&[substring(text, 1, Some(from - 1))?, by, substring(text, behind, None)?])
}

/// `TRANSLATE(a, from, to)`: characters without another in their place are left out.
fn translate(of: &Arguments<'_>) -> Found {
    let (text, from, to) = (of.text(0)?, of.text(1)?, of.text(2)?);
    let moved = |c: char| match from.chars().position(|it| it == c) {
        Some(at) => to.chars().nth(at),
        None => Some(c),
    };
    Ok(of_chars(text.chars().filter_map(moved)))
}

/// `LPAD` and `RPAD`: filled up or cut to a length.
fn pad(of: &Arguments<'_>) -> Found {
    let (text, by) = (of.text(0)?, of.text_or(2, " ")?);
    let Ok(length) = usize::try_from(of.whole(1)?) else { return Ok(Value::Null) };
    let own = text.chars().count();
    if length <= own {
        return Ok(of_chars(text.chars().take(length)));
    }
    if by.is_empty() {
        return Ok(Value::Null);
    }
    let length = length.min(LENGTH_MAX as usize + 1);
    let filling: String = by.chars().cycle().take(length - own.min(length)).collect();
    match of.function {
        Function::Lpad => joined(&[&filling, text]),
        _ => joined(&[text, &filling]),
    }
}

/// Those that are not NULL, with the first between them.
fn with_separator(of: &Arguments<'_>) -> Found {
    let separator = of.text(0)?;
    let mut pieces = Vec::new();
    for index in 1..of.values.len() {
        if *of.value(index)? != Value::Null {
            pieces.extend((!pieces.is_empty()).then_some(separator));
            pieces.push(of.text(index)?);
        }
    }
    joined(&pieces)
}

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
pub(super) fn joined(pieces: &[&str]) -> Found {
    between(&mut pieces.iter().copied(), "")
}

/// Pieces with a text between each two, if they are short enough together.
pub(super) fn between(pieces: &mut dyn Iterator<Item = &str>, by: &str) -> Found {
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        if is_long(&text) {
            break;
        }
        text.push_str(by);
        text.push_str(piece);
    }
    // A character has at least one byte.
    if is_long(&text) || text.chars().count() > LENGTH_MAX as usize {
        return Err(format!("A text has at most {LENGTH_MAX} characters"));
    }
    Ok(text_value(&text))
}

/// Whether a text has too many characters whatever they are: none has more than four bytes.
pub(super) fn is_long(text: &str) -> bool {
    text.len() > 4 * LENGTH_MAX as usize
}

pub(super) fn text_value(text: &str) -> Value {
    Value::Text(Arc::from(text))
}

/// Each word with a capital.
fn init_cap(text: &str) -> Value {
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

/// Characters from a place on, all of them or so many.
fn substring(text: &str, from: i64, length: Option<i64>) -> Result<&str, String> {
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

/// Without one character at its ends; in Flink without all of a set.
fn trim(text: &str, side: Side, what: &str, casts: Casts) -> Found {
    if casts == Casts::Strict && what.chars().count() != 1 {
        return Err("TRIM takes away one character".to_owned());
    }
    let inside = |c: char| what.contains(c);
    Ok(text_value(match side {
        Side::Both => text.trim_matches(inside),
        Side::Leading => text.trim_start_matches(inside),
        Side::Trailing => text.trim_end_matches(inside),
    }))
}

/// A piece between delimiters that are neither escaped nor within quotes: the text, the delimiter,
/// an escape character, one or two quotes, and which piece (AWS SQL reference,
/// `VARIABLE_COLUMN_LOG_PARSE`).
fn log_field(of: &Arguments<'_>) -> Found {
    let (text, delimiter) = (of.text(0)?, of.text(1)?);
    let escape = of.text(2)?.chars().next();
    let mut quotes = of.text(3)?.chars();
    let begin = quotes.next();
    let end = quotes.next().or(begin);
    let wanted = of.whole(4)?;
    let (mut field, mut index, mut quoted) = (String::new(), 0, false);
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let behind = &rest[letter.len_utf8()..];
        if Some(letter) == escape && !behind.is_empty() {
            let next = behind.chars().next().unwrap_or_default();
            field.push(next);
            rest = &behind[next.len_utf8()..];
        } else if quoted || Some(letter) == begin {
            let ends = quoted && Some(letter) == end;
            if quoted && !ends {
                field.push(letter);
            }
            quoted = !ends;
            rest = behind;
        } else if let Some(next) = rest.strip_prefix(delimiter).filter(|_| !delimiter.is_empty()) {
            if index == wanted {
                return Ok(text_value(&field));
            }
            field.clear();
            index += 1;
            rest = next;
        } else {
            field.push(letter);
            rest = behind;
        }
    }
    Ok(if index == wanted { text_value(&field) } else { Value::Null })
}
