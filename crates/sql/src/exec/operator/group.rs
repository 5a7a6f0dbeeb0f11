//! Groups without a window: each row changes the result of its group, and the change goes on.
//!
//! The first result of a group is `+I`, then `-U` and `+U` when it changes, `-D` when its last
//! row is taken away (facts, analytics §3.2, F10). Groups are kept for ever, or
//! for as long as state lasts.

use std::sync::Arc;

use super::Operator;
use crate::agg::Accumulator;
use crate::exec::calls::{Calls, key_of};
use crate::exec::key::KeyMap;
use crate::exec::{Lasting, Op, Output, Row, Track};
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
    lasting: Lasting,
}

/// A group.
#[derive(Clone, Debug)]
struct Kept {
    rows: u64,
    state: Vec<Accumulator>,
    /// What was told of it last.
    told: Option<Arc<[Value]>>,
    /// When it changed last, in processing time.
    written: i64,
}

impl Group {
    /// Nothing has come yet.
    #[must_use]
    pub fn new(keys: Vec<Expr>, calls: Calls, lasting: Lasting, span: Span) -> Self {
        Self { keys, calls, span, groups: KeyMap::default(), lasting }
    }

    fn take(&mut self, row: &Row, out: &mut Output) -> Result<(), String> {
        let key = key_of(&self.keys, row)?;
        let (calls, now, lasting) = (&self.calls, out.now(), self.lasting);
        if self.lasting.sweeps(now) {
            self.groups.retain(|_, it| !lasting.is_over(it.written, now));
        }
        let fresh = || Kept { rows: 0, state: calls.start(), told: None, written: now };
        let kept = self.groups.entry(key.clone()).or_insert_with(fresh);
        if lasting.is_over(kept.written, now) {
            *kept = fresh();
        }
        kept.written = now;
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

    fn watch(&self, track: &mut Track) {
        track.keep(self.groups.len(), self.keys.len() + self.calls.0.len());
    }
}
