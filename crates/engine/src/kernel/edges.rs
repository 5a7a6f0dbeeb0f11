//! Wires: who they join, and what passed them lately (for drawing, never for deciding).

use std::sync::Arc;

use base::{EdgeId, NodeId, Ring, Time};
use scenario::Edge;

use crate::snapshot::{EdgeView, Outcome, Passage};

/// Sampled passages kept for each edge.
const PASSAGES_MAX: u32 = 2_048;

/// One wire.
#[derive(Clone, Debug)]
pub struct EdgeState {
    /// As drawn.
    pub edge: Arc<Edge>,
    /// Iterator age from which its reader counts as late.
    alarm_micros: Option<u64>,
    passages: Ring<Passage>,
    running: Second,
    last: Second,
}

#[derive(Clone, Copy, Debug, Default)]
struct Second {
    records: u32,
    rejected: u32,
    by_slot: [u32; 7],
}

/// All wires, ascending by id.
#[derive(Clone, Debug, Default)]
pub struct Edges {
    edges: Vec<EdgeState>,
}

impl Edges {
    /// Adds a wire.
    pub fn add(&mut self, edge: Arc<Edge>) {
        let at = self.edges.partition_point(|other| other.edge.id < edge.id);
        let state = EdgeState {
            edge,
            alarm_micros: None,
            passages: Ring::new(PASSAGES_MAX),
            running: Second::default(),
            last: Second::default(),
        };
        self.edges.insert(at, state);
    }

    /// Removes a wire.
    pub fn remove(&mut self, id: EdgeId) -> Option<Arc<Edge>> {
        let at = self.edges.binary_search_by_key(&id, |state| state.edge.id).ok()?;
        Some(self.edges.remove(at).edge)
    }

    /// The wire with this id.
    #[must_use]
    pub fn get(&self, id: EdgeId) -> Option<&Arc<Edge>> {
        let at = self.edges.binary_search_by_key(&id, |state| state.edge.id).ok()?;
        Some(&self.edges[at].edge)
    }

    /// All wires in order.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Edge>> {
        self.edges.iter().map(|state| &state.edge)
    }

    /// Wires that leave a node.
    pub fn from(&self, node: NodeId) -> impl Iterator<Item = &Arc<Edge>> {
        self.iter().filter(move |edge| edge.from.node == node)
    }

    /// Wires that reach a node.
    pub fn to(&self, node: NodeId) -> impl Iterator<Item = &Arc<Edge>> {
        self.iter().filter(move |edge| edge.to.node == node)
    }

    /// Sets the iterator age from which the reader of a wire counts as late.
    pub fn set_alarm(&mut self, id: EdgeId, micros: u64) {
        if let Ok(at) = self.edges.binary_search_by_key(&id, |state| state.edge.id) {
            self.edges[at].alarm_micros = Some(micros);
        }
    }

    /// Whether an iterator age is past the alarm of a wire's reader.
    #[must_use]
    pub fn is_late(&self, id: EdgeId, age_micros: u64) -> bool {
        let at = self.edges.binary_search_by_key(&id, |state| state.edge.id);
        let alarm = at.ok().and_then(|at| self.edges[at].alarm_micros);
        alarm.is_some_and(|alarm| age_micros > alarm)
    }

    /// Counts records that passed, or were refused at the end of, a wire.
    pub fn count(&mut self, id: EdgeId, slot: u8, records: u32, outcome: Outcome) {
        if records == 0 {
            return;
        }
        let Ok(at) = self.edges.binary_search_by_key(&id, |state| state.edge.id) else { return };
        let second = &mut self.edges[at].running;
        second.records += records;
        if outcome == Outcome::Rejected {
            second.rejected += records;
        }
        second.by_slot[usize::from(slot.min(6))] += records;
    }

    /// Remembers one sampled record.
    pub fn pass(&mut self, id: EdgeId, passage: Passage) {
        if let Ok(at) = self.edges.binary_search_by_key(&id, |state| state.edge.id) {
            self.edges[at].passages.push(passage);
        }
    }

    /// Closes the running second; returns the records of the busiest wire.
    pub fn close_second(&mut self) -> u32 {
        for state in &mut self.edges {
            state.last = core::mem::take(&mut state.running);
        }
        self.edges.iter().map(|state| state.last.records).max().unwrap_or(0)
    }

    /// Fills the views of all wires; passages older than `since` are left out.
    pub fn view(&self, since: Time, out: &mut Vec<EdgeView>) {
        out.resize_with(self.edges.len(), EdgeView::default);
        for (state, view) in self.edges.iter().zip(out) {
            view.id = state.edge.id;
            view.records_per_sec = state.last.records;
            view.rejected_per_sec = state.last.rejected;
            view.mix = mix(&state.last.by_slot);
            view.letter = None;
            view.crates.clear();
            view.passages.clear();
            let young = state.passages.iter().rev().take_while(|passage| passage.at >= since);
            view.passages.extend(young.copied());
            view.passages.reverse();
        }
    }
}

/// Shares of a total in per mille.
#[must_use]
pub fn mix(by_slot: &[u32; 7]) -> [u16; 7] {
    let total: u64 = by_slot.iter().map(|n| u64::from(*n)).sum();
    by_slot.map(|n| {
        u16::try_from(base::units::permille(u64::from(n), total)).expect("a share is at most 1000")
    })
}
