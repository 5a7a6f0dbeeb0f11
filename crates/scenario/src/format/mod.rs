//! The file format: text to document and back, every problem at once.
//!
//! Reading goes text → JSON → `format` and `version` → migrations → typed document. What this
//! version does not know is kept, inert: unknown fields, unknown kinds, script entries and data
//! sets that cannot be read. Writing is canonical: one text for one document.

mod object;
mod pretty;
mod read;
mod script;
mod text;
mod twice;
mod write;

use base::{Diagnostic, Place};
use serde_json::{Map, Value};

pub(crate) use read::{ID_MAX, PLACE_MAX, TITLE_CHARS_MAX};
pub(crate) use text::{place_at, shown};
pub(crate) use twice::{TWICE, each as each_twice};

use crate::document::Document;
use crate::migrate;

/// What `format` must say.
pub const FORMAT: &str = "rivulet/scenario";

/// What could be read, and everything that is wrong with it.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// The document, whenever something could be read.
    pub document: Option<Document>,
    /// Errors and warnings, in reading order.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads a scenario file. What is wrong with the meaning of a readable document (ranges, wires,
/// names) is for [`crate::validate::validate`] to say.
#[must_use]
pub fn load(bytes: &[u8]) -> Loaded {
    let mut diagnostics = Vec::new();
    let document = match text::parse(bytes, &mut diagnostics) {
        Ok(root) => load_root(root, &mut diagnostics),
        Err(finding) => {
            diagnostics.push(finding);
            None
        }
    };
    Loaded { document, diagnostics }
}

/// The canonical text: fixed key order, defaults omitted, ids ascending.
#[must_use]
pub fn save(document: &Document) -> String {
    Value::Object(write::document(document)).to_string()
}

/// The canonical text, indented for people.
#[must_use]
pub fn save_pretty(document: &Document) -> String {
    pretty::print(&Value::Object(write::document(document)))
}

fn load_root(mut root: Map<String, Value>, out: &mut Vec<Diagnostic>) -> Option<Document> {
    let format = root.shift_remove("format");
    if format.as_ref().and_then(Value::as_str) != Some(FORMAT) {
        out.push(Diagnostic::error(
            "SCN-019",
            Place::Document,
            match format {
                Some(other) => format!("`format` is `{}`", shown(&other)),
                None => "This is JSON, but it has no `format`".to_owned(),
            },
            format!("A scenario file begins with {{ \"format\": \"{FORMAT}\", \"version\": 1, …"),
        ));
        if !root.contains_key("nodes") {
            return None;
        }
    }
    let version = version_of(root.shift_remove("version"), out);
    migrate::migrate(&mut root, version);
    Some(read::document(root, out))
}

fn version_of(version: Option<Value>, out: &mut Vec<Diagnostic>) -> u32 {
    let current = migrate::CURRENT;
    let number = version.as_ref().and_then(Value::as_u64).filter(|number| *number > 0);
    let known = number.and_then(|number| u32::try_from(number).ok());
    match (number, version) {
        (Some(_), _) if known.is_some_and(|known| known <= current) => known.unwrap_or(current),
        (Some(number), _) => {
            out.push(Diagnostic::error(
                "SCN-006",
                Place::Document,
                format!("This file has version {number}; the newest known here is {current}"),
                "Open it with a newer Rivulet; what could be read is shown, and saving it here \
                 would lose the rest",
            ));
            current
        }
        (None, found) => {
            let message = match found {
                Some(value) => format!("`version` is `{}`", shown(&value)),
                None => "`version` is missing".to_owned(),
            };
            let help = format!("Versions are whole numbers from 1; this one writes {current}");
            out.push(Diagnostic::error("SCN-007", Place::Document, message, help));
            current
        }
    }
}

#[cfg(test)]
mod format_tests;
