//! A script of one dialect in the words of the other: tree to tree, then the printer.
//!
//! What both dialects have is put into words; what one has not is said in a [`Note`], with what
//! comes nearest. A translation without notes gives the same rows; in which order groups of one
//! window come, and when a window is told, stays the affair of each dialect.

mod flink;
mod kinesis;
mod names;
mod tree;

use crate::ast::{Script, StatementKind};
use crate::bind::flink as flink_binder;
use crate::bind::kinesis::{self as kinesis_binder, ReferenceTable};
use crate::dialect::Dialect;
use crate::expr::Span;
use crate::limits::PROBLEMS_MAX;
use crate::parse::parse_script;
use crate::print::print_statement;
use crate::problem::Problem;
use crate::types::DataType;

/// A script in the other dialect.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Translation {
    /// The script, a clause a line; what could not be translated is a comment in it.
    pub text: String,
    /// What differs, and what has no equivalent, in the order it was met.
    pub notes: Vec<Note>,
}

/// What a reader of a translation should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Where it stands in the script that was translated; none is about all of it.
    pub place: Option<Span>,
    /// A sentence.
    pub text: String,
}

/// A stream or table that the script reads and does not create: the source of an application, or
/// its reference table.
#[derive(Clone, Debug, PartialEq)]
pub struct Declared {
    /// Its name, folded.
    pub name: String,
    /// Its columns but `ROWTIME`.
    pub columns: Vec<(String, DataType)>,
    /// Whether it is a reference table.
    pub is_table: bool,
}

/// A script of one dialect in the other one. A script that cannot be read gives no text, and what
/// is wrong as notes.
#[must_use]
#[inline(never)]
pub fn translate(script: &str, from: Dialect) -> Translation {
    translate_with(script, from, &[])
}

/// As [`translate`], with what is known of sources that the script does not create.
#[must_use]
#[inline(never)]
pub fn translate_with(script: &str, from: Dialect, declared: &[Declared]) -> Translation {
    if from == Dialect::Batch {
        let text = "A query of tables is no streaming query: there is nothing to translate";
        return Translation::refused([Note { place: None, text: text.to_owned() }]);
    }
    let (script, problems) = parse_script(script, from);
    if !problems.is_empty() {
        let notes = problems.iter().map(|it| {
            let text = format!("{} {}. {}", it.code, it.message, it.help);
            Note { place: Some(it.span), text }
        });
        return Translation::refused(notes);
    }
    let mut made = Made::default();
    let to = match from {
        Dialect::Kinesis => {
            flink::script(&script, declared, &mut made);
            Dialect::Flink
        }
        Dialect::Flink | Dialect::Batch => {
            kinesis::script(&script, &mut made);
            Dialect::Kinesis
        }
    };
    let mut text = String::new();
    for piece in &made.pieces {
        text.push_str(if text.is_empty() { "" } else { "\n" });
        match piece {
            Piece::Statement(kind) => text.push_str(&print_statement(kind, to)),
            Piece::Comment(words) => {
                text.push_str("-- ");
                text.push_str(words);
                text.push('\n');
            }
        }
    }
    let refused = refused(&text, to, core::mem::take(&mut made.references));
    let mut notes = made.notes;
    notes.extend(refused.into_iter().map(|problem| {
        let text = format!("This does not run so: {}. {}", problem.message, problem.help);
        Note { place: None, text }
    }));
    Translation { text, notes }
}

impl Translation {
    fn refused(notes: impl IntoIterator<Item = Note>) -> Self {
        Self { text: String::new(), notes: notes.into_iter().collect() }
    }
}

/// What the binder of a dialect says of a text.
fn refused(text: &str, dialect: Dialect, references: Vec<ReferenceTable>) -> Vec<Problem> {
    let (script, problems) = parse_script(text, dialect);
    if !problems.is_empty() {
        return problems;
    }
    match dialect {
        Dialect::Kinesis => {
            let names: Vec<String> = kinesis_binder::stream_names(&script);
            kinesis_binder::bind(&script, &names, references).err().unwrap_or_default()
        }
        Dialect::Flink | Dialect::Batch => flink_binder::bind(&script).err().unwrap_or_default(),
    }
}

/// A statement of the translation, or words in its place.
#[derive(Clone, Debug)]
enum Piece {
    Statement(Box<StatementKind>),
    Comment(String),
}

/// What has been translated so far.
#[derive(Debug, Default)]
struct Made {
    pieces: Vec<Piece>,
    notes: Vec<Note>,
    /// Reference tables that the application has.
    references: Vec<ReferenceTable>,
}

impl Made {
    /// Says something once.
    fn note(&mut self, place: Span, text: impl Into<String>) {
        let text = text.into();
        if self.notes.len() < PROBLEMS_MAX && self.notes.iter().all(|it| it.text != text) {
            let place = Some(place).filter(|it| it.to > it.from);
            self.notes.push(Note { place, text });
        }
    }

    /// Says that something has no equivalent, and what comes nearest.
    fn absent<T>(&mut self, place: Span, what: &str, nearest: &str) -> Option<T> {
        self.note(place, format!("{what} has no equivalent. {nearest}"));
        None
    }

    fn statement(&mut self, kind: StatementKind) {
        self.pieces.push(Piece::Statement(kind.into()));
    }

    fn comment(&mut self, words: impl Into<String>) {
        self.pieces.push(Piece::Comment(words.into()));
    }

    /// The statements, for who asks what they give.
    fn statements(&self) -> impl Iterator<Item = &StatementKind> {
        self.pieces.iter().filter_map(|it| match it {
            Piece::Statement(kind) => Some(kind.as_ref()),
            Piece::Comment(_) => None,
        })
    }
}

/// The statements of a script with what they create, for both directions.
fn kinds(script: &Script) -> impl Iterator<Item = (&StatementKind, Span)> {
    script.statements.iter().map(|it| (&it.kind, it.span))
}
