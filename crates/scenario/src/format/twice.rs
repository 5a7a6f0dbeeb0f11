//! Keys that stand twice in one object: the JSON parser keeps the last one without a word.

use base::{Diagnostic, VecMap};

use super::text::place_at;

/// Keys told one by one.
const TOLD_MAX: usize = 20;

/// Warns about every key of a well-formed JSON text that its object had before.
pub(super) fn check(text: &str, out: &mut Vec<Diagnostic>) {
    let bytes = text.as_bytes();
    let mut objects: Vec<VecMap<&str, ()>> = Vec::new();
    let (mut at, mut told) = (0, 0);
    while at < bytes.len() && told < TOLD_MAX {
        match bytes[at] {
            b'{' => objects.push(VecMap::new()),
            b'}' => drop(objects.pop()),
            b'"' => {
                let from = at + 1;
                at = end_of_string(bytes, from);
                let key = &text[from..at];
                let is_key = text[at + 1..].trim_start().starts_with(':');
                if is_key && objects.last_mut().is_some_and(|keys| keys.insert(key, ()).is_some()) {
                    told += 1;
                    let message = format!("`{key}` stands twice in one object");
                    let help = "Remove one of them; the last one counts";
                    out.push(Diagnostic::warning(
                        "SCN-072",
                        place_at(text, from - 1),
                        message,
                        help,
                    ));
                }
            }
            _ => {}
        }
        at += 1;
    }
}

/// The position of the quote that closes the string.
fn end_of_string(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    while at < bytes.len() && bytes[at] != b'"' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    at.min(bytes.len().saturating_sub(1))
}
