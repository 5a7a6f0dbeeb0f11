//! `GROUP BY MONOTONIC(e), k`: groups for as long as an expression stays the same, of which the
//! query promises that it never falls (facts, analytics §2.3).
//!
//! The row with which it rises brings them out, with its `ROWTIME`: no clock tells that it will.

use super::Operator;
use crate::eval::eval;
use crate::exec::calls::{Calls, said};
use crate::exec::groups::Groups;
use crate::exec::{Output, Row, Track};
use crate::expr::{Expr, Span};
use crate::value::Value;

/// Rows of the time the group began with, the keys and the aggregates.
#[derive(Clone, Debug)]
pub struct Rise {
    rising: Expr,
    /// What the expression is, and the time of the first row with it.
    open: Option<(Value, i64)>,
    groups: Groups,
}

impl Rise {
    /// Nothing has come yet.
    #[must_use]
    pub fn new(rising: Expr, keys: Vec<Expr>, calls: Calls, span: Span) -> Self {
        Self { rising, open: None, groups: Groups::new(keys, calls, span) }
    }

    fn add(&mut self, row: &Row, out: &mut Output) -> Result<(), String> {
        let value = eval(&self.rising, row).map_err(said)?;
        if self.open.as_ref().is_none_or(|it| it.0 != value) {
            self.close(row.time, out);
            self.open = Some((value, row.time));
        }
        self.groups.add(row, out)
    }

    fn close(&mut self, time: i64, out: &mut Output) {
        if let Some((_, start)) = self.open.take() {
            self.groups.close(start, time, out);
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
        self.groups.watch(track);
    }
}
