//! `GROUP BY STEP(s.ROWTIME BY …), k`: groups of one window after another.
//!
//! Rows come in the order of their time, so one window is open at once. When the clock reaches its
//! end all its groups come out together, in the order they came; empty windows give nothing
//! (facts, analytics §2.5).

use super::Operator;
use crate::agg::Accumulator;
use crate::exec::calls::{Calls, KeyOf};
use crate::exec::key::KeyMap;
use crate::exec::track::Seen;
use crate::exec::width::Width;
use crate::exec::{Output, Row, Track};
use crate::expr::{Expr, Span};
use crate::limits::{GROUPS_MAX, too_much};
use crate::value::Value;

/// Rows of the window's beginning, the keys and the aggregates.
#[derive(Clone, Debug)]
pub struct Tumble {
    width: Width,
    /// What is grouped by beside the window.
    keys: KeyOf,
    calls: Calls,
    /// Where the query stands.
    span: Span,
    /// Where the open window begins, and where it ends.
    open: Option<(i64, i64)>,
    /// How many rows it has.
    rows: u64,
    seen: Seen,
    groups: KeyMap<Vec<Accumulator>>,
}

impl Tumble {
    /// No window is open yet.
    #[must_use]
    pub fn new(width: Width, keys: Vec<Expr>, calls: Calls, span: Span) -> Self {
        let (keys, groups) = (KeyOf::new(keys), KeyMap::default());
        let (open, seen) = (None, Seen::default());
        Self { width, keys, calls, span, open, rows: 0, seen, groups }
    }

    fn add(&mut self, row: &Row, out: &mut Output) -> Result<(), String> {
        if self.open.is_none_or(|(_, end)| row.time >= end) {
            self.close(out);
            let start = self.width.start(row.time);
            self.open = Some((start, self.width.end(start)));
        }
        self.rows += 1;
        if let Some(place) = self.keys.find(row, &self.groups)? {
            return self.calls.add(&mut self.groups[place], row);
        }
        if self.groups.len() >= GROUPS_MAX {
            out.stop(too_much(self.span, "groups", GROUPS_MAX));
            return Ok(());
        }
        let mut group = self.calls.start();
        self.calls.add(&mut group, row)?;
        self.groups.insert(self.keys.found(row), group);
        Ok(())
    }

    fn close(&mut self, out: &mut Output) {
        let Some((start, end)) = self.open.take() else { return };
        self.seen.close(start, end, core::mem::take(&mut self.rows));
        let time = self.width.rowtime(start);
        for (key, group) in self.groups.drain(..) {
            let mut values = Vec::with_capacity(1 + key.0.len() + group.len());
            values.push(Value::Timestamp(start));
            values.extend_from_slice(&key.0);
            match self.calls.values(&group, &mut values) {
                Ok(()) => out.row(Row::insert(time, values)),
                Err(message) => {
                    out.fail(Row::insert(time, values), "Group cannot be computed", message);
                }
            }
        }
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
        track.keep(self.groups.len(), self.keys.width() + self.calls.0.len());
    }
}
