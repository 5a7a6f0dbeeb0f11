//! Marks of the event timeline: what happened when, bounded.

use base::{NodeId, Ring, Time};

use crate::snapshot::{Mark, MarkKind};

/// Marks kept.
const MARKS_MAX: u32 = 2_000;
/// A throttle mark goes on while rejections come at least this often.
const THROTTLE_GAP_MICROS: u64 = 2_000_000;
/// A loss mark goes on while losses come at least this often.
const LOSS_GAP_MICROS: u64 = 10_000_000;

/// All marks, oldest first.
#[derive(Clone, Debug)]
pub struct Marks {
    ring: Ring<Mark>,
    /// Throttle and loss marks that may still grow, one of each kind for each node.
    growing: Vec<Mark>,
}

impl Default for Marks {
    fn default() -> Self {
        Self { ring: Ring::new(MARKS_MAX), growing: Vec::new() }
    }
}

impl Marks {
    /// Adds a mark.
    pub fn add(&mut self, at: Time, until: Option<Time>, kind: MarkKind, node: NodeId) {
        self.ring.push(Mark { at, until, kind, node });
    }

    /// Ends a lasting mark before its time.
    pub fn end(&mut self, began: Time, now: Time, kind: MarkKind, node: NodeId) {
        let wanted = |mark: &&mut Mark| (mark.at, mark.kind, mark.node) == (began, kind, node);
        for mark in self.ring.iter_mut().filter(wanted) {
            mark.until = mark.until.map(|until| until.min(now));
        }
    }

    /// Notes a rejection: starts a throttle mark or makes the running one longer.
    pub fn throttle(&mut self, now: Time, node: NodeId) {
        self.grow(now, THROTTLE_GAP_MICROS, MarkKind::Throttle, node);
    }

    /// Notes a loss: starts a loss mark or makes the running one longer.
    pub fn loss(&mut self, now: Time, node: NodeId) {
        self.grow(now, LOSS_GAP_MICROS, MarkKind::Loss, node);
    }

    fn grow(&mut self, now: Time, gap_micros: u64, kind: MarkKind, node: NodeId) {
        let fresh = Mark { at: now, until: Some(now), kind, node };
        let same = |mark: &&mut Mark| (mark.kind, mark.node) == (kind, node);
        let Some(mark) = self.growing.iter_mut().find(same) else {
            self.growing.push(fresh);
            return;
        };
        let until = mark.until.unwrap_or(mark.at);
        if now.since(until).0 <= gap_micros {
            mark.until = Some(now);
        } else {
            self.ring.push(std::mem::replace(mark, fresh));
        }
    }

    /// All marks, oldest first.
    pub fn view(&self, out: &mut Vec<Mark>) {
        out.clear();
        out.extend(self.ring.iter().copied());
        out.extend(self.growing.iter().copied());
        base::order::sort_by_key(&mut out[..], |mark| (mark.at, mark.kind, mark.node));
    }
}
