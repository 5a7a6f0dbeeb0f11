//! `GROUP BY STEP(s.ROWTIME BY …), k`: groups of one window after another.
//!
//! Rows come in the order of their time, so one window is open at once. When the clock reaches its
//! end all its groups come out together, in the order they came; empty windows give nothing
//! (facts, analytics §2.5).

use std::sync::Arc;

use super::Operator;
use crate::agg::Accumulator;
use crate::eval::eval;
use crate::exec::calls::{Calls, said};
use crate::exec::key::{Key, KeyMap, Probe};
use crate::exec::width::Width;
use crate::exec::{Output, Row};
use crate::expr::{Expr, Span};
use crate::limits::{GROUPS_MAX, too_much};
use crate::value::Value;

/// Rows of the window's beginning, the keys and the aggregates.
#[derive(Clone, Debug)]
pub struct Tumble {
    width: Width,
    /// What is grouped by beside the window.
    keys: Arc<[Expr]>,
    calls: Calls,
    /// Where the query stands.
    span: Span,
    /// Where the open window begins, and where it ends.
    open: Option<(i64, i64)>,
    groups: KeyMap<Vec<Accumulator>>,
    /// The key of the row at hand.
    key: Vec<Value>,
}

impl Tumble {
    /// No window is open yet.
    #[must_use]
    pub fn new(width: Width, keys: Vec<Expr>, calls: Calls, span: Span) -> Self {
        let (keys, groups) = (keys.into(), KeyMap::default());
        Self { width, keys, calls, span, open: None, groups, key: Vec::new() }
    }

    fn add(&mut self, row: &Row, out: &mut Output) -> Result<(), String> {
        if self.open.is_none_or(|(_, end)| row.time >= end) {
            self.close(out);
            let start = self.width.start(row.time);
            self.open = Some((start, self.width.end(start)));
        }
        self.key.clear();
        for expr in &*self.keys {
            self.key.push(eval(expr, row).map_err(said)?);
        }
        if let Some(group) = self.groups.get_mut(&Probe(&self.key)) {
            return self.calls.add(group, row);
        }
        if self.groups.len() >= GROUPS_MAX {
            out.stop(too_much(self.span, "groups", GROUPS_MAX));
            return Ok(());
        }
        let mut group = self.calls.start();
        self.calls.add(&mut group, row)?;
        self.groups.insert(Key(self.key.as_slice().into()), group);
        Ok(())
    }

    fn close(&mut self, out: &mut Output) {
        let Some((start, _)) = self.open.take() else { return };
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
}
