//! Undo and redo: whole documents behind shared pointers, so that no inverse can be wrong.
//!
//! One gesture is one step. Camera and selection make no steps; the selection of the time comes
//! back with a step.

use std::collections::VecDeque;
use std::sync::Arc;

use base::{NodeId, limits};
use scenario::{Document, Fault};
use scene::Selection;

/// Real time without a change that ends a burst.
const BURST_MICROS: u64 = 2_000_000;

/// Changes that melt into one step while nothing else happens in between.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Burst {
    /// Typing in one field.
    Field(NodeId, String),
    /// Typing a name.
    Name(NodeId),
    /// Typing the title.
    Title,
    /// Moving by arrow keys.
    Nudge(Vec<NodeId>),
}

/// A document that was, with what was selected and the words for the step that left it.
#[derive(Clone, Debug)]
pub struct Step {
    /// As it was before the step (undo) or after it (redo).
    pub document: Arc<Document>,
    /// What was selected.
    pub selection: Selection,
    /// `change Shards to 8`.
    pub label: String,
    /// Faults that were set or ended by hand: the run has them, the document does not.
    pub struck: Option<Struck>,
}

/// What a step did to the faults of a run.
#[derive(Clone, Debug)]
pub enum Struck {
    /// These began.
    Set(Vec<Fault>),
    /// These ended; each as long as it would have lasted.
    Ended(Vec<Fault>),
}

/// Both stacks.
#[derive(Clone, Debug, Default)]
pub struct History {
    undo: VecDeque<Step>,
    redo: Vec<Step>,
    burst: Option<Burst>,
    /// Real time since the last change of the burst, as far as time was told to pass.
    quiet_micros: u64,
}

impl History {
    /// Real time passed: a burst ends after a while.
    pub fn pass(&mut self, elapsed_micros: u64) {
        self.quiet_micros = self.quiet_micros.saturating_add(elapsed_micros);
        if self.quiet_micros >= BURST_MICROS {
            self.burst = None;
        }
    }

    /// Notes a change: the document and selection before it, and its words. A burst that goes on
    /// only takes the new words.
    pub fn push(&mut self, before: Step, burst: Option<Burst>) {
        self.redo.clear();
        let goes_on = burst.is_some() && burst == self.burst;
        self.burst = burst;
        self.quiet_micros = 0;
        if let Some(last) = self.undo.back_mut().filter(|_| goes_on) {
            last.label = before.label;
            return;
        }
        self.undo.push_back(before);
        if self.undo.len() > limits::UNDO_MAX as usize {
            self.undo.pop_front();
        }
    }

    /// The next change begins a step of its own.
    pub fn end_burst(&mut self) {
        self.burst = None;
    }

    /// Gives back the state before the last step; `now` is what redo returns to.
    pub fn undo(&mut self, document: &Arc<Document>, selection: &Selection) -> Option<Step> {
        let step = self.undo.pop_back()?;
        self.redo.push(now(document, selection, &step));
        self.burst = None;
        Some(step)
    }

    /// Gives back the state after the last undone step.
    pub fn redo(&mut self, document: &Arc<Document>, selection: &Selection) -> Option<Step> {
        let step = self.redo.pop()?;
        self.undo.push_back(now(document, selection, &step));
        self.burst = None;
        Some(step)
    }

    /// Words of the step undo takes back.
    #[must_use]
    pub fn undo_label(&self) -> Option<&str> {
        self.undo.back().map(|step| step.label.as_str())
    }

    /// Words of the step redo does again.
    #[must_use]
    pub fn redo_label(&self) -> Option<&str> {
        self.redo.last().map(|step| step.label.as_str())
    }
}

fn now(document: &Arc<Document>, selection: &Selection, step: &Step) -> Step {
    Step { document: Arc::clone(document), selection: selection.clone(), ..step.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_steps_are_forgotten() {
        let mut history = History::default();
        let document = Arc::<Document>::default();
        for label in 0..=limits::UNDO_MAX {
            let document = Arc::clone(&document);
            let (selection, label) = (Selection::default(), label.to_string());
            let step = Step { document, selection, label, struck: None };
            history.push(step, None);
        }
        let mut steps = 0;
        let mut last = String::new();
        while let Some(step) = history.undo(&document, &Selection::default()) {
            steps += 1;
            last = step.label;
        }
        assert_eq!((steps, last.as_str()), (limits::UNDO_MAX, "1"));
    }
}
