//! What is wrong with a person's input: a stable code, a place, a sentence and a way out.
//!
//! Messages say what and where; `help` says what to do. No trailing full stop; values stand in
//! backticks. Codes are never reused; `docs/errors.md` lists them all.

use core::fmt;

use crate::ids::{EdgeId, NodeId};

/// A stable code such as `SCN-012`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(pub &'static str);

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Works, but probably not as meant.
    Warning,
    /// Cannot be simulated until it is mended.
    Error,
}

/// Where it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// The document as a whole.
    Document,
    /// A part, or one field of it.
    Node {
        /// The part.
        node: NodeId,
        /// Its name, for texts.
        name: String,
        /// The key of the field, when it is about one.
        field: Option<String>,
    },
    /// A wire.
    Edge(EdgeId),
    /// An entry of the script, counted from 0.
    Script(u32),
    /// A line and column of a text, counted from 1 (a scenario file, a data set).
    Text {
        /// Line.
        line: u32,
        /// Column in characters.
        column: u32,
    },
}

/// One finding about the input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Which kind of finding.
    pub code: Code,
    /// How bad.
    pub severity: Severity,
    /// Where.
    pub place: Place,
    /// What is wrong, in a sentence.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

impl Diagnostic {
    /// An error at a place.
    pub fn error(
        code: &'static str,
        place: Place,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        let severity = Severity::Error;
        Self { code: Code(code), severity, place, message: message.into(), help: help.into() }
    }

    /// A warning at a place.
    pub fn warning(
        code: &'static str,
        place: Place,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        let severity = Severity::Warning;
        Self { code: Code(code), severity, place, message: message.into(), help: help.into() }
    }

    /// Whether this one stops a run.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Document => f.write_str("document"),
            Self::Node { name, field: None, .. } => write!(f, "{name}"),
            Self::Node { name, field: Some(field), .. } => write!(f, "{name}.{field}"),
            Self::Edge(id) => write!(f, "edge {id}"),
            Self::Script(entry) => write!(f, "script entry {}", entry + 1),
            Self::Text { line, column } => write!(f, "line {line}, column {column}"),
        }
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = if self.is_error() { "error" } else { "warning" };
        write!(f, "{word}[{}] {}: {}", self.code, self.place, self.message)?;
        if self.help.is_empty() { Ok(()) } else { write!(f, "\n  help: {}", self.help) }
    }
}
