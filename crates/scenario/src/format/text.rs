//! From bytes to JSON: size, UTF-8, nesting, syntax, each with its line and column.

use base::units::bytes_text;
use base::{Diagnostic, Place, limits};
use serde_json::{Map, Value};

use crate::raw;

/// Numbers told one by one.
const NUMBERS_TOLD_MAX: u32 = 20;

/// The root object of a scenario file; what is odd about its keys goes to `warnings`.
pub(super) fn parse(
    bytes: &[u8],
    warnings: &mut Vec<Diagnostic>,
) -> Result<Map<String, Value>, Diagnostic> {
    if bytes.len() > limits::FILE_BYTES_MAX as usize {
        return Err(Diagnostic::error(
            "SCN-001",
            Place::Document,
            format!("The file is larger than {}", bytes_text(u64::from(limits::FILE_BYTES_MAX))),
            "No scenario is that large; keep large data sets in files of their own",
        ));
    }
    let text = utf8(bytes)?;
    check_nesting(text)?;
    match serde_json::from_str(text) {
        Ok(Value::Object(root)) => {
            super::twice::check(text, warnings);
            check_numbers(text, warnings);
            Ok(root)
        }
        Ok(other) => Err(Diagnostic::error(
            "SCN-005",
            Place::Document,
            format!("This is JSON, but not an object: `{}`", shown(&other)),
            "A scenario file is one JSON object",
        )),
        Err(error) => Err(syntax(text, &error)),
    }
}

/// Warns about numbers that a double cannot hold: they are kept as the nearest one.
fn check_numbers(text: &str, warnings: &mut Vec<Diagnostic>) {
    let bytes = text.as_bytes();
    let (mut at, mut told) = (0, 0);
    while at < bytes.len() && told < NUMBERS_TOLD_MAX {
        let from = at;
        at += 1;
        match bytes[from] {
            b'"' => at = raw::end_of_string(bytes, at) + 1,
            b'-' | b'0'..=b'9' => {
                let within = |byte: &u8| byte.is_ascii_digit() || b"+-.eE".contains(byte);
                at += bytes[at..].iter().take_while(|byte| within(byte)).count();
                let number = &text[from..at];
                let read = serde_json::from_str::<Value>(number).unwrap_or_default().to_string();
                if digits(&read) != digits(number) {
                    told += 1;
                    warnings.push(Diagnostic::warning(
                        "SCN-080",
                        place_at(text, from),
                        format!("{} is kept as {read}", shown(&Value::from(number))),
                        "Write it in quotes if every digit counts",
                    ));
                }
            }
            _ => {}
        }
    }
}

/// The digits of a number that count, and the power of ten of the last one.
fn digits(number: &str) -> (String, i64) {
    let (plain, power) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let (whole, part) = plain.split_once('.').unwrap_or((plain, ""));
    let all = format!("{}{part}", whole.trim_start_matches('-'));
    let kept = all.trim_end_matches('0');
    let cut = i64::try_from(all.len() - kept.len()).unwrap_or(0);
    let behind = i64::try_from(part.len()).unwrap_or(0);
    let power = power.parse::<i64>().unwrap_or(0) - behind + cut;
    let kept = kept.trim_start_matches('0').to_owned();
    let power = if kept.is_empty() { 0 } else { power };
    (kept, power)
}

/// A value in a message: its JSON, cut where it gets long.
pub(crate) fn shown(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    if text.chars().count() <= 40 {
        return text;
    }
    let head: String = text.chars().take(39).collect();
    format!("{head}…")
}

/// Line and column, both from 1, of a byte offset.
pub(crate) fn place_at(text: &str, offset: usize) -> Place {
    let mut end = offset.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let before = &text[..end];
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let line = number(before.bytes().filter(|byte| *byte == b'\n').count() + 1);
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    Place::Text { line, column: number(before[start..].chars().count() + 1) }
}

fn utf8(bytes: &[u8]) -> Result<&str, Diagnostic> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    core::str::from_utf8(bytes).map_err(|error| {
        let good = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
        Diagnostic::error(
            "SCN-002",
            place_at(&good, good.len()),
            "This is not UTF-8 text",
            "Save the file as UTF-8",
        )
    })
}

/// Refuses what would nest deeper than a scenario ever does, before the parser recurses.
fn check_nesting(text: &str) -> Result<(), Diagnostic> {
    let (mut depth, mut in_text, mut escaped) = (0_u32, false, false);
    for (offset, byte) in text.bytes().enumerate() {
        if in_text {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_text = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_text = true,
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > limits::NESTING_MAX {
            return Err(Diagnostic::error(
                "SCN-004",
                place_at(text, offset),
                format!("The JSON is nested deeper than {} levels", limits::NESTING_MAX),
                "No field of a scenario needs that; look for a bracket too many",
            ));
        }
    }
    Ok(())
}

#[inline(never)]
fn syntax(text: &str, error: &serde_json::Error) -> Diagnostic {
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or_default();
    // serde_json counts bytes; people count characters.
    let line_start = text
        .split_inclusive('\n')
        .take(error.line().saturating_sub(1))
        .map(str::len)
        .sum::<usize>();
    let place = place_at(text, line_start + error.column().saturating_sub(1));
    let help = if error.is_eof() {
        "The text ends too early; was it copied whole?"
    } else {
        "This is not JSON; mend the text at this place"
    };
    Diagnostic::error("SCN-003", place, format!("The JSON breaks here: {message}"), help)
}
