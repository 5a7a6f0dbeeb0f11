//! The file format: text to document and back, every problem at once.

use base::Diagnostic;

use crate::document::Document;

/// What could be read, and everything that is wrong with it.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// The document, whenever something could be read.
    pub document: Option<Document>,
    /// Errors and warnings, in reading order.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads a scenario file.
#[must_use]
pub fn load(bytes: &[u8]) -> Loaded {
    let _ = bytes;
    Loaded { document: Some(Document::default()), diagnostics: Vec::new() }
}

/// The canonical text: one text for one document.
#[must_use]
pub fn save(document: &Document) -> String {
    let _ = document;
    String::new()
}

/// The canonical text, indented for people.
#[must_use]
pub fn save_pretty(document: &Document) -> String {
    save(document)
}
