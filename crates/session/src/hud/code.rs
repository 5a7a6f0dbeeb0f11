//! The open editor of a script.

use std::rc::Rc;

use base::NodeId;
use sql::Dialect;

/// What the editor shows besides the text that is being typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeView {
    /// The part whose script it is.
    pub node: NodeId,
    /// Its name.
    pub name: Rc<str>,
    /// Glyph of its kind.
    pub glyph: Rc<str>,
    /// What it is written in.
    pub dialect: Dialect,
    /// The same in words: `Kinesis SQL`.
    pub language: &'static str,
    /// The other one: `Flink SQL`.
    pub other: &'static str,
    /// Another number whenever the text is another one without having been typed: the editor then
    /// takes it.
    pub edition: u32,
    /// The text.
    pub text: Rc<str>,
    /// What became of it.
    pub state: CodeState,
    /// The same as a sentence.
    pub words: Rc<str>,
    /// What is wrong with it, in its order.
    pub problems: Rc<Vec<CodeProblem>>,
    /// Scripts to begin with.
    pub templates: Rc<Vec<CodeTemplate>>,
    /// The equivalent in the other dialect, while it is shown.
    pub twin: Option<Rc<CodeTwin>>,
}

/// What became of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeState {
    /// It is what runs.
    Applied,
    /// It is right, and applied as soon as nobody types any more.
    Waiting,
    /// It is wrong: the text before goes on.
    Draft,
}

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grade {
    /// The text cannot run.
    Error,
    /// It runs in spite of it.
    Warning,
}

/// What is wrong at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeProblem {
    /// `SQL-040`.
    pub code: &'static str,
    /// How bad it is.
    pub grade: Grade,
    /// Counted from 1.
    pub line: u32,
    /// In characters, counted from 1.
    pub column: u32,
    /// From and to, in UTF-16 units.
    pub units: (u32, u32),
    /// What is wrong, in a sentence.
    pub message: Rc<str>,
    /// What to write instead.
    pub help: Rc<str>,
}

/// A script to begin with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeTemplate {
    /// `Tumbling window by STEP`.
    pub title: &'static str,
    /// One sentence.
    pub about: &'static str,
    /// What it needs that the application has not; empty when it can be taken.
    pub lacks: &'static str,
}

/// A script in the other dialect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeTwin {
    /// What it is written in.
    pub language: &'static str,
    /// The script; empty when there is none.
    pub text: Rc<str>,
    /// What has no equivalent: line, or 0, and sentence.
    pub notes: Vec<(u32, Rc<str>)>,
    /// The part that would run it beside this one; empty where there is none.
    pub opens_as: &'static str,
}

/// Something that can stand at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// What is looked for.
    pub label: String,
    /// Beside it: a type, a signature.
    pub detail: String,
    /// What it is.
    pub kind: CompletionKind,
    /// What is written; `${…}` are stops of a snippet.
    pub text: String,
}

/// What a completion is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompletionKind {
    /// A column.
    Column,
    /// A function.
    Function,
    /// A word of the language.
    Keyword,
    /// Several words with stops.
    Snippet,
    /// A stream, a table or a view.
    Stream,
    /// A type.
    Type,
}

impl CompletionKind {
    /// `column`, …
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Column => "column",
            Self::Function => "function",
            Self::Keyword => "keyword",
            Self::Snippet => "snippet",
            Self::Stream => "stream",
            Self::Type => "type",
        }
    }
}
