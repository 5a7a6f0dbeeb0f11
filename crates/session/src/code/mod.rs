//! The editor of a script: what is typed is read at once, and applied to the run once it binds and
//! nobody has typed for a while. A text that does not bind stays here as a draft, and what ran
//! before goes on.
//!
//! Pure: the host carries the text and shows the marks.

mod around;
mod beside;
mod catalogue;
mod check;
mod complete;
mod place;
mod scan;
mod template;
mod words;

use std::rc::Rc;
use std::sync::Arc;

use base::{NodeId, VecMap};
use scenario::{Document, Edit};
use scene::Camera;
use serde_json::{Value, json};
use sql::problem::line_and_column;
use sql::translate::{Note, translate_with};
use sql::{Dialect, Span};

pub(crate) use self::check::problem_of;

use self::around::Around;
use self::check::Findings;
use crate::hud::{CodeProblem, CodeState, CodeTemplate, CodeTwin, CodeView, Completion};
use crate::session::Session;
use crate::why::plural;

/// Real time without a key before a text is applied.
const PAUSE_MICROS: u64 = 900_000;

/// The open editor, and what was left unfinished.
#[derive(Debug, Default)]
pub(crate) struct Code {
    open: Option<Open>,
    /// Texts that were not applied when their editors were closed.
    drafts: VecMap<NodeId, Rc<str>>,
    /// Counts texts that were not typed.
    editions: u32,
    /// The camera before an editor was opened.
    camera: Option<Camera>,
    /// The size of the canvas then.
    size: (f64, f64),
}

#[derive(Debug)]
struct Open {
    node: NodeId,
    key: &'static str,
    dialect: Dialect,
    text: Rc<str>,
    edition: u32,
    /// As the document has it.
    applied: Rc<str>,
    /// What `around` was made of.
    document: Arc<Document>,
    around: Around,
    findings: Findings,
    problems: Rc<Vec<CodeProblem>>,
    templates: Rc<Vec<CodeTemplate>>,
    shows_twin: bool,
    twin: Option<Rc<CodeTwin>>,
    /// Real time since the last key.
    quiet_micros: u64,
    /// The document did not take it.
    is_refused: bool,
}

impl Open {
    fn state(&self) -> CodeState {
        match () {
            () if self.text == self.applied && self.findings.errors.is_empty() => {
                CodeState::Applied
            }
            () if self.findings.errors.is_empty() && !self.is_refused => CodeState::Waiting,
            () => CodeState::Draft,
        }
    }

    /// Reads the text anew.
    fn look(&mut self) {
        self.findings = check::check(&self.text, self.dialect, &self.around);
        self.problems = Rc::new(self.findings.problems(&self.text));
        let (dialect, script) = (self.dialect, &self.findings.script);
        let templates = template::offered(dialect, &self.text, script, &self.around);
        if *self.templates != templates {
            self.templates = Rc::new(templates);
        }
        self.twin = self.shows_twin.then(|| Rc::new(twin(self)));
    }
}

impl Session {
    /// Opens the editor of a part that has a script.
    #[inline(never)]
    pub(crate) fn open_code(&mut self, id: NodeId) {
        self.close_code();
        let Some(node) = self.document.node(id) else { return };
        let Some((field, dialect)) = around::field_of(node) else { return };
        let applied: Rc<str> = text_of(&node.config.fields(), field.key).into();
        let text = self.code.drafts.remove(&id).unwrap_or_else(|| Rc::clone(&applied));
        self.code.editions += 1;
        let mut open = Open {
            node: id,
            key: field.key,
            dialect,
            text,
            edition: self.code.editions,
            applied,
            document: Arc::clone(&self.document),
            around: Around::of(&self.document, node),
            findings: Findings::default(),
            problems: Rc::default(),
            templates: Rc::default(),
            shows_twin: false,
            twin: None,
            quiet_micros: 0,
            is_refused: false,
        };
        open.look();
        self.code.open = Some(open);
        self.code.camera = Some(self.view.camera);
        self.code.size = self.view.size;
    }

    /// Closes it; what was not applied is kept for the next time.
    #[inline(never)]
    pub(crate) fn close_code(&mut self) {
        self.apply_code();
        let Some(open) = self.code.open.take() else { return };
        self.view.camera = self.code.camera.take().unwrap_or(self.view.camera);
        if open.text != open.applied {
            self.code.drafts.insert(open.node, open.text);
        }
    }

    /// Another document: nothing is open, and nothing was left.
    #[inline(never)]
    pub(crate) fn forget_code(&mut self) {
        self.code.open = None;
        self.code.drafts.clear();
    }

    /// Another text, as typed.
    #[inline(never)]
    pub(crate) fn type_code(&mut self, node: NodeId, text: &str) {
        let Some(open) = self.code.open.as_mut().filter(|it| it.node == node) else { return };
        if *open.text == *text {
            return;
        }
        open.text = text.into();
        open.quiet_micros = 0;
        open.is_refused = false;
        open.look();
    }

    /// A template in place of the text.
    #[inline(never)]
    pub(crate) fn take_template(&mut self, index: u32) {
        let Some(open) = &mut self.code.open else { return };
        let (script, index) = (&open.findings.script, index as usize);
        let written = template::written(open.dialect, index, &open.text, script, &open.around);
        let Some(text) = written else { return };
        self.code.editions += 1;
        open.edition = self.code.editions;
        open.text = text.into();
        open.quiet_micros = 0;
        open.is_refused = false;
        open.look();
        let title = open.templates.get(index).map_or("", |it| it.title);
        self.say(format!("{title}: taken into the editor"));
    }

    /// Real time passed.
    #[inline(never)]
    pub(crate) fn pass_code(&mut self, elapsed_micros: u64) {
        let Some(open) = &mut self.code.open else { return };
        open.quiet_micros = open.quiet_micros.saturating_add(elapsed_micros);
        if open.quiet_micros >= PAUSE_MICROS {
            self.apply_code();
        }
    }

    /// Whether a part has a script.
    pub(crate) fn has_code(&self, id: NodeId) -> bool {
        self.document.node(id).is_some_and(|node| around::field_of(node).is_some())
    }

    /// The part whose editor is open.
    pub(crate) fn code_node(&self) -> Option<NodeId> {
        self.code.open.as_ref().map(|it| it.node)
    }

    /// Whether a text waits to be applied: time has to pass.
    #[inline(never)]
    pub(crate) fn awaits_code(&self) -> bool {
        self.code.open.as_ref().is_some_and(|it| it.state() == CodeState::Waiting)
    }

    /// Makes the text that of the document, if it binds: one step of the history.
    #[inline(never)]
    pub(crate) fn apply_code(&mut self) {
        let Some(open) = self.code.open.as_ref() else { return };
        if open.state() != CodeState::Waiting {
            return;
        }
        let (node, key, value) = (open.node, open.key.to_owned(), Value::from(&*open.text));
        let label = format!("change the query of {}", self.name(node));
        let is_taken = self.edit(label, None, &[Edit::SetField { node, key, value }]);
        if let Some(open) = self.code.open.as_mut().filter(|_| !is_taken) {
            open.is_refused = true;
        }
        // Nobody did anything at this moment, and yet everything may look another way.
        self.hud.is_touched = true;
        self.follow_code();
    }

    /// What the document says comes first: another text there, by undo or by the form, is the text
    /// of the editor.
    #[inline(never)]
    pub(crate) fn follow_code(&mut self) {
        let Some(open) = &mut self.code.open else { return };
        if Arc::ptr_eq(&open.document, &self.document) {
            return;
        }
        let Some(node) = self.document.node(open.node) else {
            self.code.open = None;
            self.view.camera = self.code.camera.take().unwrap_or(self.view.camera);
            return;
        };
        open.document = Arc::clone(&self.document);
        let around = Around::of(&self.document, node);
        let fields = node.config.fields();
        let text = text_of(&fields, open.key);
        let is_other = *open.applied != *text;
        if is_other {
            open.applied = text.into();
            if open.text != open.applied {
                self.code.editions += 1;
                open.edition = self.code.editions;
                open.text = Rc::clone(&open.applied);
            }
        }
        if is_other || around != open.around {
            open.around = around;
            open.look();
        } else if open.shows_twin {
            open.twin = Some(Rc::new(twin(open)));
        }
    }

    /// Shows the equivalent in the other dialect, or does not any more.
    #[inline(never)]
    pub(crate) fn show_twin(&mut self, is_shown: bool) {
        let Some(open) = &mut self.code.open else { return };
        open.shows_twin = is_shown;
        open.twin = is_shown.then(|| Rc::new(twin(open)));
    }

    /// What can stand at a place of the open text, in UTF-16 units: where that begins, and what.
    #[must_use]
    #[inline(never)]
    pub fn completions(&self, at: u32) -> (u32, Vec<Completion>) {
        let Some(open) = &self.code.open else { return (at, Vec::new()) };
        let known = catalogue::relations(open.dialect, &open.around, &open.findings.script);
        let at = place::byte_of(&open.text, at);
        let (from, found) = complete::complete(&open.text, at, open.dialect, &known);
        let from = u32::try_from(from).unwrap_or(u32::MAX);
        (place::unit_of(&open.text, from), found)
    }

    /// What the editor shows besides the text that is being typed.
    #[inline(never)]
    pub(crate) fn code_view(&self) -> Option<Rc<CodeView>> {
        let open = self.code.open.as_ref()?;
        let node = self.document.node(open.node)?;
        let state = open.state();
        Some(Rc::new(CodeView {
            node: open.node,
            name: node.name.as_str().into(),
            glyph: node.spec().glyph.into(),
            dialect: open.dialect,
            language: language(open.dialect),
            other: language(other(open.dialect)),
            edition: open.edition,
            text: Rc::clone(&open.text),
            state,
            words: self.code_words(open, state).into(),
            problems: Rc::clone(&open.problems),
            templates: Rc::clone(&open.templates),
            twin: open.twin.clone(),
        }))
    }

    fn code_words(&self, open: &Open, state: CodeState) -> String {
        let of_part = |it: &&base::Diagnostic| match &it.place {
            base::Place::Node { node, .. } => it.is_error() && *node == open.node,
            _ => false,
        };
        match state {
            CodeState::Waiting => "This binds and runs in a moment".to_owned(),
            CodeState::Draft if open.is_refused => "This could not be applied".to_owned(),
            CodeState::Draft => {
                let count = open.findings.errors.len() as u64;
                let problems = plural(count, "problem", "problems");
                if open.applied.trim().is_empty() || open.text == open.applied {
                    format!("{problems}: nothing of this runs")
                } else {
                    format!("Draft with {problems}: the query before goes on")
                }
            }
            CodeState::Applied => match self.problems.iter().find(of_part) {
                Some(it) => format!("{}. {}", it.message, it.help),
                None if open.text.trim().is_empty() => "There is no query yet".to_owned(),
                None => "This is what runs".to_owned(),
            },
        }
    }
}

fn text_of<'a>(fields: &'a serde_json::Map<String, Value>, key: &str) -> &'a str {
    fields.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// The same in the other dialect, as far as it has it.
#[inline(never)]
fn twin(open: &Open) -> CodeTwin {
    let made = translate_with(&open.text, open.dialect, &open.around.declared(&open.text));
    let line = |place: Span| line_and_column(&open.text, place).0;
    let note = |it: &Note| (it.place.map_or(0, line), it.text.as_str().into());
    let mut notes: Vec<_> = made.notes.iter().map(note).collect();
    let (mut text, mut opens_as) = (made.text, "");
    if let Some(node) = open.document.node(open.node).filter(|_| open.dialect == Dialect::Kinesis) {
        let wired = beside::wired(&text, &open.document, node);
        text = wired.text;
        notes.extend(wired.notes);
        opens_as = "Flink app";
    }
    CodeTwin { language: language(other(open.dialect)), text: text.into(), notes, opens_as }
}

fn other(dialect: Dialect) -> Dialect {
    match dialect {
        Dialect::Kinesis => Dialect::Flink,
        Dialect::Flink => Dialect::Kinesis,
        Dialect::Batch => Dialect::Batch,
    }
}

fn language(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Kinesis => "Kinesis SQL",
        Dialect::Flink => "Flink SQL",
        Dialect::Batch => "SQL",
    }
}

/// The words of a dialect as the editor takes them: `quote`, `keywords`, `types`, `functions`.
#[must_use]
#[inline(never)]
pub fn words_of(dialect: Dialect) -> Value {
    let functions: Vec<&str> = words::functions(dialect).iter().map(|it| it.0).collect();
    let keywords: Vec<&str> = words::keywords(dialect).collect();
    json!({
        "quote": dialect.quote().to_string(),
        "keywords": keywords,
        "types": words::types(dialect),
        "functions": functions,
    })
}
