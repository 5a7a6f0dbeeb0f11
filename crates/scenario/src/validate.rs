//! Everything that is wrong with a document as a whole.

use base::Diagnostic;

use crate::data::DataSets;
use crate::document::Document;

/// All findings about a document, with the data sets that are at hand.
#[must_use]
pub fn validate(document: &Document, data: &DataSets) -> Vec<Diagnostic> {
    let _ = data;
    let mut out = Vec::new();
    for node in &document.nodes {
        node.config.diagnose(node.id, &node.name, &mut out);
    }
    out
}
