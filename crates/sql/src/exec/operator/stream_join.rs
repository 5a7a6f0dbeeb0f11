//! Two streams side by side, each with a window (facts, analytics §2.6).
//!
//! A row meets the rows that are in the window of the other side when it comes: an earlier row
//! `a` meets a later row `b` when `b` comes no later than the window of `a`'s side reaches. A side
//! without a window takes part with rows of the same moment only. The pair has the later of both
//! times, and comes out then.

use std::collections::VecDeque;
use std::sync::Arc;

use super::{Clocks, Operator};
use crate::eval::eval;
use crate::exec::calls::{key_of, said};
use crate::exec::key::{Key, KeyMap};
use crate::exec::{Output, Row, Track};
use crate::expr::{Expr, Span};
use crate::limits::{ROWS_KEPT_MAX, too_much};
use crate::value::Value;

/// One side of the join.
#[derive(Clone, Debug)]
pub struct Side {
    /// How long its rows stay in its window, in microseconds; 0 for their own moment.
    pub reach: i64,
    /// Most rows in its window: `ROWS n PRECEDING`.
    pub rows_max: Option<u64>,
    /// What must be equal.
    pub keys: Arc<[Expr]>,
    /// Whether its rows stay when nothing met them.
    pub stays: bool,
    /// How many columns it has.
    pub width: usize,
    rows: VecDeque<Kept>,
    /// How many rows have left.
    left: u64,
    /// The rows of each key, the oldest first: how many came before each.
    by_key: KeyMap<VecDeque<u64>>,
}

#[derive(Clone, Debug)]
struct Kept {
    row: Row,
    key: Option<Key>,
    met: bool,
}

/// Joins two streams.
#[derive(Clone, Debug)]
pub struct StreamJoin {
    sides: [Side; 2],
    /// What else must hold, over the values and times of both.
    condition: Option<Expr>,
    clocks: Clocks,
    /// The latest time that came out: what nothing met is known late, and goes back behind none.
    latest: i64,
    /// Where the join stands.
    span: Span,
}

impl Side {
    /// Nothing is in its window yet.
    #[must_use]
    pub fn new(
        (reach, rows_max): (i64, Option<u64>),
        keys: Vec<Expr>,
        stays: bool,
        width: usize,
    ) -> Self {
        let (rows, by_key) = (VecDeque::new(), KeyMap::default());
        Self { reach, rows_max, keys: keys.into(), stays, width, rows, left: 0, by_key }
    }

    fn keep(&mut self, kept: Kept) {
        if let Some(key) = &kept.key {
            let number = self.left + self.rows.len() as u64;
            match self.by_key.get_mut(key) {
                Some(rows) => rows.push_back(number),
                None => {
                    self.by_key.insert(key.clone(), [number].into());
                }
            }
        }
        self.rows.push_back(kept);
    }

    fn forget(&mut self) -> Option<Kept> {
        let kept = self.rows.pop_front()?;
        self.left += 1;
        if let Some(key) = &kept.key
            && let Some(rows) = self.by_key.get_mut(key)
        {
            rows.pop_front();
            if rows.is_empty() {
                self.by_key.swap_remove(key);
            }
        }
        Some(kept)
    }

    /// The places of the rows with a key, the oldest first.
    fn places(&self, key: Option<&Key>) -> Vec<usize> {
        let rows = key.and_then(|key| self.by_key.get(key)).into_iter().flatten();
        rows.map(|number| usize::try_from(number - self.left).unwrap_or(usize::MAX)).collect()
    }
}

impl StreamJoin {
    /// Nothing has come yet.
    #[must_use]
    pub fn new(sides: [Side; 2], condition: Option<Expr>, span: Span) -> Self {
        Self { sides, condition, clocks: Clocks::new(2), latest: i64::MIN, span }
    }

    fn join(&mut self, input: u32, row: &Row, out: &mut Output) -> Result<(), String> {
        let mine = usize::from(input != 0);
        let key = key_of(&self.sides[mine].keys, row)?;
        let key = Some(key).filter(|key| !key.0.contains(&Value::Null));
        let mut met = false;
        let (my_reach, other_reach) = (self.sides[mine].reach, self.sides[1 - mine].reach);
        for index in self.sides[1 - mine].places(key.as_ref()) {
            let other = &self.sides[1 - mine].rows[index];
            let reach = if other.row.time <= row.time { other_reach } else { my_reach };
            let near = row.time.abs_diff(other.row.time) <= reach.unsigned_abs();
            if !near {
                continue;
            }
            let both = self.both(mine, row, &other.row);
            if let Some(condition) = &self.condition
                && eval(condition, &both).map_err(said)? != Value::Boolean(true)
            {
                continue;
            }
            met = true;
            self.sides[1 - mine].rows[index].met = true;
            self.latest = self.latest.max(both.time);
            out.row(both);
        }
        let side = &mut self.sides[mine];
        side.keep(Kept { row: row.clone(), key, met });
        if side.rows.len() > ROWS_KEPT_MAX {
            out.stop(too_much(self.span, "rows", ROWS_KEPT_MAX));
        }
        if side.rows_max.is_some_and(|most| side.rows.len() as u64 > most.saturating_add(1)) {
            self.leave(mine, row.time, out);
        }
        Ok(())
    }

    /// Both rows with their times, at the later of these.
    fn both(&self, mine: usize, row: &Row, other: &Row) -> Row {
        let (left, right) = if mine == 0 { (row, other) } else { (other, row) };
        let mut values = Vec::with_capacity(left.values.len() + right.values.len() + 2);
        for side in [left, right] {
            values.extend_from_slice(&side.values);
            values.push(Value::Timestamp(side.time));
        }
        Row::insert(left.time.max(right.time), values)
    }

    /// The oldest row of a side leaves; alone, if nothing met it and it stays.
    fn leave(&mut self, side: usize, time: i64, out: &mut Output) {
        let Some(kept) = self.sides[side].forget() else { return };
        if kept.met || !self.sides[side].stays {
            return;
        }
        let nothing = vec![Value::Null; self.sides[1 - side].width + 1];
        let mut own = kept.row.values.to_vec();
        own.push(Value::Timestamp(kept.row.time));
        let values = if side == 0 { [own, nothing].concat() } else { [nothing, own].concat() };
        self.latest = self.latest.max(time);
        out.row(Row::insert(self.latest, values));
    }
}

impl Operator for StreamJoin {
    fn push(&mut self, input: u32, row: Row, out: &mut Output) {
        if let Err(message) = self.join(input, &row, out) {
            out.fail(row, "Row cannot be computed", message);
        }
    }

    fn advance(&mut self, input: u32, clock: i64, out: &mut Output) {
        let moved = self.clocks.advance(input, clock);
        // Rows of the other side wait for rows of this one, which come no earlier from now on.
        let other = usize::from(input == 0);
        let reach = self.sides[other].reach;
        let over = |kept: &Kept| kept.row.time.saturating_add(reach) < clock;
        while let Some(kept) = self.sides[other].rows.front().filter(|kept| over(kept)) {
            let time = kept.row.time.saturating_add(reach);
            self.leave(other, time, out);
        }
        if let Some(clock) = moved {
            out.clock(clock);
        }
    }

    fn watch(&self, track: &mut Track) {
        for side in &self.sides {
            track.keep(side.rows.len(), side.width);
        }
    }
}
