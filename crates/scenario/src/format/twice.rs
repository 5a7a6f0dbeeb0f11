//! Keys that stand twice in one object: the JSON parser keeps the last one without a word.

use base::{Diagnostic, VecMap};

use super::text::place_at;
use crate::raw;

/// The code of a key that stands twice.
pub(crate) const TWICE: &str = "SCN-072";
/// Keys told one by one.
const TOLD_MAX: u32 = 20;

/// Warns about every key of a well-formed JSON text that its object had before.
pub(super) fn check(text: &str, out: &mut Vec<Diagnostic>) {
    let mut told = 0;
    each(text, &mut |key, at| {
        told += 1;
        if told <= TOLD_MAX {
            let message = format!("`{key}` stands twice in one object");
            let help = "Remove one of them; the last one counts";
            out.push(Diagnostic::warning(TWICE, place_at(text, at), message, help));
        }
    });
}

/// Every key of a well-formed JSON text that its object had before, with the place of its quote.
pub(crate) fn each(text: &str, found: &mut dyn FnMut(&str, usize)) {
    let bytes = text.as_bytes();
    let mut objects: Vec<VecMap<String, ()>> = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'{' => objects.push(VecMap::new()),
            b'}' => drop(objects.pop()),
            b'"' => {
                let from = at + 1;
                at = raw::end_of_string(bytes, from);
                let is_key = text[at + 1..].trim_start().starts_with(':');
                if let Some(keys) = objects.last_mut().filter(|_| is_key) {
                    // Escapes are another way to write the same key.
                    let key = raw::unescaped(&text[from..at]);
                    if keys.insert(key.clone(), ()).is_some() {
                        found(&key, from - 1);
                    }
                }
            }
            _ => {}
        }
        at += 1;
    }
}
