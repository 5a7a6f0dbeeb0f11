//! From bytes to JSON: size, UTF-8, nesting, syntax, each with its line and column.

use base::units::bytes_text;
use base::{Diagnostic, Place, limits};
use serde_json::{Map, Value};

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
