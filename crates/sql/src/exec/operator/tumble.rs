//! `GROUP BY STEP(s.ROWTIME BY …), k`: groups of one window after another.
//!
//! Rows come in the order of their time, so one window is open at once. When the clock reaches its
//! end all its groups come out together, in the order they came; empty windows give nothing
//! (facts, analytics §2.5).

use super::Operator;
use crate::exec::calls::Calls;
use crate::exec::groups::Groups;
use crate::exec::track::Seen;
use crate::exec::width::Width;
use crate::exec::{Output, Row, Track};
use crate::expr::{Expr, Span};

/// Rows of the window's beginning, the keys and the aggregates.
#[derive(Clone, Debug)]
pub struct Tumble {
    width: Width,
    /// Where the open window begins, and where it ends.
    open: Option<(i64, i64)>,
    /// How many rows it has.
    rows: u64,
    seen: Seen,
    groups: Groups,
}

impl Tumble {
    /// No window is open yet.
    #[must_use]
    pub fn new(width: Width, keys: Vec<Expr>, calls: Calls, span: Span) -> Self {
        let groups = Groups::new(keys, calls, span);
        Self { width, open: None, rows: 0, seen: Seen::default(), groups }
    }

    fn add(&mut self, row: &Row, out: &mut Output) -> Result<(), String> {
        if self.open.is_none_or(|(_, end)| row.time >= end) {
            self.close(out);
            let start = self.width.start(row.time);
            self.open = Some((start, self.width.end(start)));
        }
        self.rows += 1;
        self.groups.add(row, out)
    }

    fn close(&mut self, out: &mut Output) {
        let Some((start, end)) = self.open.take() else { return };
        self.seen.close(start, end, core::mem::take(&mut self.rows));
        self.groups.close(start, self.width.rowtime(start), out);
    }
}

impl Operator for Tumble {
    fn push(&mut self, _input: u32, row: Row, out: &mut Output) {
        if let Err(message) = self.add(&row, out) {
            out.fail(row, "Row cannot be computed", message);
        }
    }

    fn advance(&mut self, _input: u32, clock: i64, out: &mut Output) {
        if self.open.is_some_and(|(_, end)| clock >= end) {
            self.close(out);
        }
        // A row of the window that is open, or of one to come, has the time of its end.
        out.clock(clock);
    }

    fn watch(&self, track: &mut Track) {
        track.seen(&self.seen);
        if let Some((start, end)) = self.open {
            track.open(start, end, self.rows);
        }
        self.groups.watch(track);
    }
}
