//! Marks of the event timeline: what happened when, bounded.

use base::{NodeId, Ring, Time};

use crate::snapshot::{Mark, MarkKind};

/// Marks kept.
const MARKS_MAX: u32 = 2_000;
/// A throttle mark goes on while rejections come at least this often.
const THROTTLE_GAP_MICROS: u64 = 2_000_000;

/// All marks, oldest first.
#[derive(Clone, Debug)]
pub struct Marks {
    ring: Ring<Mark>,
    /// The throttle mark that may still grow, one for each node.
    throttles: Vec<Mark>,
}

impl Default for Marks {
    fn default() -> Self {
        Self { ring: Ring::new(MARKS_MAX), throttles: Vec::new() }
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
        if let Some(mark) = self.throttles.iter_mut().find(|mark| mark.node == node) {
            let until = mark.until.unwrap_or(mark.at);
            if now.since(until).0 <= THROTTLE_GAP_MICROS {
                mark.until = Some(now);
                return;
            }
            let done = *mark;
            *mark = Mark { at: now, until: Some(now), kind: MarkKind::Throttle, node };
            self.ring.push(done);
            return;
        }
        let mark = Mark { at: now, until: Some(now), kind: MarkKind::Throttle, node };
        self.throttles.push(mark);
    }

    /// All marks, oldest first.
    pub fn view(&self, out: &mut Vec<Mark>) {
        out.clear();
        out.extend(self.ring.iter().copied());
        out.extend(self.throttles.iter().copied());
        out.sort_by_key(|mark| (mark.at, mark.kind, mark.node));
    }
}
