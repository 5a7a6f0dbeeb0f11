//! Changing the design: edits as steps of the history, undo and redo, and what follows from a
//! change.

use std::sync::Arc;

use base::{Diagnostic, EdgeId, NodeId, Place};
use scenario::kind::FieldKind;
use scenario::{Document, Edge, Edit, End, Point};
use scene::Selection;
use serde_json::Value;

use crate::effect::Effect;
use crate::history::{Burst, Step, Struck};
use crate::message::Line;
use crate::session::Session;
use crate::why::plural;

/// World units between parts that were put into one line.
const ALIGNED_GAP: i32 = 24;

impl Session {
    /// Applies edits as one step. Nothing happens when one of them is refused: the reason is said.
    pub(crate) fn edit(&mut self, label: String, burst: Option<Burst>, edits: &[Edit]) -> bool {
        if self.refuses_edits() {
            return false;
        }
        self.cancel_tool();
        let mut next = Document::clone(&self.document);
        for edit in edits {
            if let Err(finding) = edit.apply(&mut next) {
                self.say(sentence(&finding));
                return false;
            }
        }
        crate::data::pack(&mut next, &self.data);
        if next == *self.document {
            return false;
        }
        self.commit(Arc::new(next), label, burst);
        true
    }

    /// Makes `next` the document: one step.
    pub(crate) fn commit(&mut self, next: Arc<Document>, label: String, burst: Option<Burst>) {
        let before = Step {
            document: core::mem::replace(&mut self.document, next),
            selection: self.view.selection.clone(),
            label,
            struck: None,
        };
        self.history.push(before, burst);
        self.settle();
    }

    /// Everything that follows from a changed document: findings, the run, the draft.
    pub(crate) fn settle(&mut self) {
        self.prune_selection();
        self.settle_run();
        self.effects.push(Effect::Save);
    }

    /// Findings about the document, and the run when there are no errors.
    pub(crate) fn settle_run(&mut self) {
        self.check();
        if !self.has_errors() {
            let caught_up_at = self.run.take(&self.document, &self.data);
            if let Some(now) = caught_up_at {
                let playing = self.playback.playing;
                self.playback.run_to(now);
                self.playback.playing = playing;
            }
        }
    }

    /// Looks for problems and for data sets to fetch.
    pub(crate) fn check(&mut self) {
        self.problems = scenario::validate::validate(&self.document, &self.data);
        self.problems.extend(crate::data::left_behind(&self.document, &self.data));
        if self.document.needs_formats() {
            self.check_library();
        }
        self.view.invalid.clear();
        for finding in self.problems.iter().filter(|finding| finding.is_error()) {
            let Place::Node { node, .. } = &finding.place else { continue };
            if self.view.invalid.iter().all(|(id, _words)| id != node) {
                self.view.invalid.push((*node, finding.message.clone()));
            }
        }
        self.fetch_missing();
    }

    /// Whether only looking is allowed; says so.
    pub(crate) fn refuses_edits(&mut self) -> bool {
        if self.is_view_only {
            self.say("This is for looking only. Open it in Rivulet to change it");
        }
        self.is_view_only
    }

    #[inline(never)]
    pub(crate) fn set_field(&mut self, id: NodeId, key: String, value: Value) {
        let Some(node) = self.document.node(id) else { return };
        let label = match node.spec().field(&key) {
            Some(field) => {
                let words = value_words(&field.kind, &value);
                format!("change {} to {words}", field.label)
            }
            None => format!("change {key}"),
        };
        let burst = Burst::Field(id, key.clone());
        self.edit(label, Some(burst), &[Edit::SetField { node: id, key, value }]);
    }

    pub(crate) fn rename(&mut self, node: NodeId, name: String) {
        let label = format!("rename to {name}");
        self.edit(label, Some(Burst::Name(node)), &[Edit::Rename(node, name)]);
    }

    pub(crate) fn set_title(&mut self, title: String) {
        let label = "change the title".to_owned();
        self.edit(label, Some(Burst::Title), &[Edit::SetTitle(title)]);
    }

    pub(crate) fn set_seed(&mut self, seed: u64) {
        self.edit(format!("change the seed to {seed}"), None, &[Edit::SetSeed(seed)]);
    }

    #[inline(never)]
    pub(crate) fn nudge(&mut self, dx: i32, dy: i32) {
        let nodes = self.view.selection.nodes.clone();
        if nodes.is_empty() {
            return;
        }
        let places = nodes.iter().filter_map(|id| {
            let at = self.document.node(*id)?.at;
            Some((*id, Point { x: at.x.saturating_add(dx), y: at.y.saturating_add(dy) }))
        });
        let edit = Edit::Move(places.collect());
        let label = format!("move {}", self.names(&nodes));
        self.edit(label, Some(Burst::Nudge(nodes)), &[edit]);
    }

    /// Draws a wire, whichever way round the ends come; whether it could.
    #[inline(never)]
    pub(crate) fn connect(&mut self, from: End, to: End) -> bool {
        let (from, to) = self.oriented(from, to);
        let label = format!("connect {} to {}", self.name(from.node), self.name(to.node));
        let edge = Edge { id: self.document.next_edge_id(), from, to };
        let words = label.replacen("connect", "Connected", 1);
        let done = self.edit(label, None, &[Edit::Connect(Arc::new(edge))]);
        if done {
            self.say(words);
        }
        done
    }

    /// The output first.
    pub(crate) fn oriented(&self, a: End, b: End) -> (End, End) {
        let is_input = |end: &End| {
            let port = self.document.node(end.node).and_then(|node| node.spec().port(&end.port));
            port.is_some_and(|port| port.direction == scenario::ports::Direction::In)
        };
        if is_input(&a) && !is_input(&b) { (b, a) } else { (a, b) }
    }

    #[inline(never)]
    pub(crate) fn remove(&mut self, nodes: &[NodeId], edges: &[EdgeId]) {
        let what = match (nodes, edges) {
            ([], [edge]) => match self.document.edge(*edge) {
                Some(edge) => {
                    let (from, to) = (self.name(edge.from.node), self.name(edge.to.node));
                    format!("the wire from {from} to {to}")
                }
                None => return,
            },
            ([], edges) => plural(edges.len() as u64, "wire", "wires"),
            (nodes, _edges) => self.names(nodes),
        };
        let edit = Edit::Remove { nodes: nodes.to_vec(), edges: edges.to_vec() };
        if self.edit(format!("delete {what}"), None, &[edit]) {
            self.say(format!("Deleted {what}"));
        }
    }

    /// Removes what is selected.
    pub(crate) fn delete(&mut self) {
        let Selection { nodes, edges } = self.view.selection.clone();
        if !nodes.is_empty() || !edges.is_empty() {
            self.remove(&nodes, &edges);
        }
    }

    /// Arranges everything from left to right.
    #[inline(never)]
    pub(crate) fn tidy(&mut self) {
        let places = scene::layout::tidy(&self.document);
        if self.edit("tidy up".to_owned(), None, &[Edit::Move(places)]) {
            self.fit();
            self.say("Arranged from left to right");
        }
    }

    /// Puts the selected parts into a row or a column; what would lie on another moves on.
    #[inline(never)]
    pub(crate) fn align(&mut self, line: Line) {
        let nodes = self.view.selection.nodes.clone();
        let found = nodes.iter().filter_map(|id| self.document.node(*id));
        let mut found: Vec<_> = found
            .map(|node| (node.id, scene::geometry::node_rect(&self.document, node), node.at))
            .collect();
        let (left, top) = found
            .iter()
            .fold((i32::MAX, i32::MAX), |(x, y), (_, _, at)| (x.min(at.x), y.min(at.y)));
        let along = |at: Point| if line == Line::Row { at.x } else { at.y };
        base::order::sort_by_key(&mut found[..], |(_, _, at)| along(*at));
        let mut free = i32::MIN;
        let places = found.iter().map(|(id, rect, at)| {
            let start = along(*at).max(free);
            let length = if line == Line::Row { rect.w } else { rect.h };
            let length = scene::geometry::to_point((length, 0.0)).x;
            free = start.saturating_add(length).saturating_add(ALIGNED_GAP);
            let at = match line {
                Line::Row => Point { x: start, y: top },
                Line::Column => Point { x: left, y: start },
            };
            (*id, at)
        });
        let places: Vec<(NodeId, Point)> = places.collect();
        let word = if line == Line::Row { "row" } else { "column" };
        let words = format!("{} into a {word}", self.names(&nodes));
        if self.edit(format!("put {words}"), None, &[Edit::Move(places)]) {
            self.say(format!("Put {words}"));
        }
    }

    pub(crate) fn undo(&mut self) {
        self.cancel_tool();
        if self.refuses_edits() {
            return;
        }
        match self.history.undo(&self.document, &self.view.selection) {
            Some(step) => {
                let (ends, sets) = match step.struck.clone() {
                    Some(Struck::Set(faults)) => (faults, Vec::new()),
                    Some(Struck::Ended(faults)) => (Vec::new(), faults),
                    None => return self.return_to(step, "Undone"),
                };
                self.strike_again(step, "Undone", ends, sets);
            }
            None => self.say("There is nothing to undo"),
        }
    }

    pub(crate) fn redo(&mut self) {
        self.cancel_tool();
        if self.refuses_edits() {
            return;
        }
        match self.history.redo(&self.document, &self.view.selection) {
            Some(step) => {
                let (ends, sets) = match step.struck.clone() {
                    Some(Struck::Set(faults)) => (Vec::new(), faults),
                    Some(Struck::Ended(faults)) => (faults, Vec::new()),
                    None => return self.return_to(step, "Redone"),
                };
                self.strike_again(step, "Redone", ends, sets);
            }
            None => self.say("There is nothing to redo"),
        }
    }

    fn return_to(&mut self, step: Step, word: &str) {
        self.document = step.document;
        self.view.selection = step.selection;
        self.settle();
        self.say(format!("{word}: {}", step.label));
    }

    /// The name of a node.
    pub(crate) fn name(&self, id: NodeId) -> String {
        self.document.node(id).map_or_else(|| id.to_string(), |node| node.name.clone())
    }

    /// `orders`, or `3 parts`.
    pub(crate) fn names(&self, nodes: &[NodeId]) -> String {
        match nodes {
            [node] => self.name(*node),
            nodes => plural(nodes.len() as u64, "part", "parts"),
        }
    }
}

/// A finding as one or two sentences.
pub(crate) fn sentence(finding: &Diagnostic) -> String {
    let place = match &finding.place {
        Place::Document | Place::Edge(_) => String::new(),
        place => format!("{place}: "),
    };
    if finding.help.is_empty() {
        return format!("{place}{}", finding.message);
    }
    format!("{place}{}. {}", finding.message, finding.help)
}

/// A value as the form shows it.
fn value_words(kind: &FieldKind, value: &Value) -> String {
    const CHARS_MAX: usize = 40;
    if let (FieldKind::Choice(choices), Some(word)) = (kind, value.as_str())
        && let Some((_word, label)) = choices.iter().find(|(choice, _label)| *choice == word)
    {
        return (*label).to_owned();
    }
    let words = match value {
        Value::Bool(true) => "on".to_owned(),
        Value::Bool(false) => "off".to_owned(),
        Value::String(text) if text.is_empty() => "nothing".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    if words.chars().count() <= CHARS_MAX {
        return words;
    }
    words.chars().take(CHARS_MAX).chain(['…']).collect()
}
