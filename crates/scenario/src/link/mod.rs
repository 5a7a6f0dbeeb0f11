//! Links: a whole scenario in the fragment of an address.

mod fragment;

use base::Code;

pub use fragment::Fragment;

use crate::document::Document;
use crate::format::Loaded;

/// Why a link cannot be opened as it is.
#[derive(Clone, Debug)]
pub struct LinkError {
    /// Which kind of finding.
    pub code: Code,
    /// What is wrong, in a sentence.
    pub message: String,
    /// What to do about it.
    pub help: String,
    /// Characters of payload that arrived.
    pub got_chars: Option<u32>,
    /// Characters of payload the link says it has.
    pub want_chars: Option<u32>,
    /// What could still be read.
    pub partial: Option<Loaded>,
}

impl LinkError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> Code {
        self.code
    }
}

/// The payload of a link: `1d~LLLL.CCCCCCCC.<base64url>`.
#[must_use]
pub fn encode(document: &Document) -> String {
    let _ = document;
    String::new()
}

/// Reads what [`encode`] wrote.
///
/// # Errors
/// A link that is cut off, damaged, too large or not a link at all.
pub fn decode(text: &str) -> Result<Loaded, LinkError> {
    let _ = text;
    Ok(Loaded { document: Some(Document::default()), diagnostics: Vec::new() })
}
