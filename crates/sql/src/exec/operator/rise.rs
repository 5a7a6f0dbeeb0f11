//! `GROUP BY MONOTONIC(e), k`: groups for as long as an expression stays the same, of which the
//! query promises that it never falls (facts, analytics §2.3).
//!
//! The row with which it rises brings them out, with its `ROWTIME`: no clock tells that it will.

use super::Operator;
use crate::agg::Accumulator;
use crate::eval::eval;
use crate::exec::calls::{Calls, KeyOf, said};
use crate::exec::key::KeyMap;
use crate::exec::{Output, Row, Track};
use crate::expr::{Expr, Span};
use crate::limits::{GROUPS_MAX, too_much};
use crate::value::Value;

/// Rows of the time the group began with, the keys and the aggregates.
#[derive(Clone, Debug)]
pub struct Rise {
    rising: Expr,
    keys: KeyOf,
    calls: Calls,
    /// Where the query stands.
    span: Span,
    /// What the expression is, and the time of the first row with it.
    open: Option<(Value, i64)>,
    groups: KeyMap<Vec<Accumulator>>,
}

impl Rise {
    /// Nothing has come yet.
    #[must_use]
    pub fn new(rising: Expr, keys: Vec<Expr>, calls: Calls, span: Span) -> Self {
        let (keys, groups) = (KeyOf::new(keys), KeyMap::default());
        Self { rising, keys, calls, span, open: None, groups }
    }

    fn add(&mut self, row: &Row, out: &mut Output) -> Result<(), String> {
        let value = eval(&self.rising, row).map_err(said)?;
        if self.open.as_ref().is_none_or(|it| it.0 != value) {
            self.close(row.time, out);
            self.open = Some((value, row.time));
        }
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

    fn close(&mut self, time: i64, out: &mut Output) {
        let Some((_, start)) = self.open.take() else { return };
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

impl Operator for Rise {
    fn push(&mut self, _input: u32, row: Row, out: &mut Output) {
        if let Err(message) = self.add(&row, out) {
            out.fail(row, "Row cannot be computed", message);
        }
    }

    fn advance(&mut self, _input: u32, clock: i64, out: &mut Output) {
        out.clock(clock);
    }

    fn watch(&self, track: &mut Track) {
        track.keep(self.groups.len(), self.keys.width() + self.calls.0.len());
    }
}
