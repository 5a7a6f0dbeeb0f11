//! Groups without a window: each row changes the result of its group, and the change goes on.
//!
//! The first result of a group is `+I`, then `-U` and `+U` when it changes, `-D` when its last
//! row is taken away (facts, analytics §3.2, F10). Groups are kept for ever.

use std::sync::Arc;

use super::Operator;
use crate::agg::Accumulator;
use crate::exec::calls::{Calls, key_of};
use crate::exec::key::KeyMap;
use crate::exec::{Op, Output, Row};
use crate::expr::{Expr, Span};
use crate::limits::{GROUPS_MAX, too_much};
use crate::value::Value;

/// One row for each key, as it is now: keys and results.
#[derive(Clone, Debug)]
pub struct Group {
    /// What rows are grouped by.
    pub keys: Vec<Expr>,
    /// What is computed of a group.
    pub calls: Calls,
    /// Where the query stands.
    pub span: Span,
    groups: KeyMap<Kept>,
}

/// A group.
#[derive(Clone, Debug)]
struct Kept {
    rows: u64,
    state: Vec<Accumulator>,
    /// What was told of it last.
    told: Option<Arc<[Value]>>,
}

impl Group {
    /// Nothing has come yet.
    #[must_use]
    pub fn new(keys: Vec<Expr>, calls: Calls, span: Span) -> Self {
        Self { keys, calls, span, groups: KeyMap::default() }
    }

    fn take(&mut self, row: &Row, out: &mut Output) -> Result<(), String> {
        let key = key_of(&self.keys, row)?;
        let calls = &self.calls;
        let fresh = || Kept { rows: 0, state: calls.start(), told: None };
        let kept = self.groups.entry(key.clone()).or_insert_with(fresh);
        if row.op.adds() {
            calls.add(&mut kept.state, row)?;
            kept.rows += 1;
        } else if kept.rows > 0 {
            calls.retract(&mut kept.state, row)?;
            kept.rows -= 1;
        }
        let tell = |op: Op, values: &Arc<[Value]>| Row { op, ..row.with(Arc::clone(values)) };
        if kept.rows == 0 {
            if let Some(told) = &kept.told {
                out.row(tell(Op::Delete, told));
            }
            self.groups.swap_remove(&key);
            return Ok(());
        }
        let mut values = key.0.to_vec();
        calls.values(&kept.state, &mut values)?;
        let now: Arc<[Value]> = values.into();
        match kept.told.replace(Arc::clone(&now)) {
            None => out.row(tell(Op::Insert, &now)),
            Some(before) if before == now => {}
            Some(before) => {
                out.row(tell(Op::UpdateBefore, &before));
                out.row(tell(Op::UpdateAfter, &now));
            }
        }
        if self.groups.len() > GROUPS_MAX {
            out.stop(too_much(self.span, "groups", GROUPS_MAX));
        }
        Ok(())
    }
}

impl Operator for Group {
    fn push(&mut self, _input: u32, row: Row, out: &mut Output) {
        if let Err(message) = self.take(&row, out) {
            out.fail(row, "Row cannot be computed", message);
        }
    }

    fn advance(&mut self, _input: u32, clock: i64, out: &mut Output) {
        out.clock(clock);
    }
}
