//! Rows of two inputs whose times are not too far apart.
//!
//! A pair comes out when its second row comes. A row without a partner comes out once the
//! watermark rules one out, where its side keeps such rows (facts, analytics §3.1). What follows
//! is told of time later by the longer of both distances, so that its rows are not late.

use std::collections::VecDeque;

use super::{Clocks, Operator};
use crate::exec::calls::moment_of;
use crate::exec::join::{JoinShape, side};
use crate::exec::key::{Key, KeyMap};
use crate::exec::{Output, Row, Track};
use crate::expr::Span;
use crate::limits::{ROWS_KEPT_MAX, too_much};

/// A join bounded by time.
#[derive(Clone, Debug)]
pub struct IntervalJoin {
    /// Keys and sides.
    pub shape: JoinShape,
    /// The time of a row, for each side.
    pub times: [u32; 2],
    /// Time of the left row minus time of the right one: the least and the most, included.
    pub bounds: (i64, i64),
    /// Where the query stands.
    pub span: Span,
    kept: [KeyMap<Vec<Kept>>; 2],
    /// When the rows of a side can have no partner any more, in order: that moment and a running
    /// number.
    leaves: [VecDeque<((i64, u64), Key)>; 2],
    clocks: Clocks,
    clock: i64,
    counter: u64,
}

#[derive(Clone, Debug)]
struct Kept {
    number: u64,
    time: i64,
    row: Row,
    matched: bool,
}

impl IntervalJoin {
    /// Nothing has come yet.
    #[must_use]
    pub fn new(shape: JoinShape, times: [u32; 2], bounds: (i64, i64), span: Span) -> Self {
        let kept = [KeyMap::default(), KeyMap::default()];
        let (leaves, clocks) = ([VecDeque::new(), VecDeque::new()], Clocks::new(2));
        let (clock, counter) = (i64::MIN, 0);
        Self { shape, times, bounds, span, kept, leaves, clocks, clock, counter }
    }

    /// The last moment a partner of a row can have.
    fn last(&self, side: usize, time: i64) -> i64 {
        let (low, high) = self.bounds;
        if side == 0 { time.saturating_sub(low) } else { time.saturating_add(high) }
    }

    fn take(&mut self, side: usize, row: &Row, out: &mut Output) -> Result<(), String> {
        let (key, time) = (self.shape.key(side, row)?, moment_of(row, self.times[side]));
        let (Some(key), Some(time)) = (key, time) else {
            if self.shape.stays[side] {
                out.row(self.shape.alone(side, row));
            }
            return Ok(());
        };
        let mut matched = false;
        for other in self.kept[1 - side].get_mut(&key).into_iter().flatten() {
            let apart = if side == 0 { time - other.time } else { other.time - time };
            if apart < self.bounds.0 || apart > self.bounds.1 {
                continue;
            }
            if let Some(pair) = self.shape.joined(side, row, &other.row)? {
                (matched, other.matched) = (true, true);
                out.row(pair);
            }
        }
        let last = self.last(side, time);
        if last >= self.clock {
            self.counter += 1;
            let kept = Kept { number: self.counter, time, row: row.clone(), matched };
            // Rows come about in the order of their time: this is near the end.
            let leaves = &mut self.leaves[side];
            let behind = leaves.iter().rev().take_while(|(at, _)| at.0 > last).count();
            leaves.insert(leaves.len() - behind, ((last, self.counter), key.clone()));
            self.kept[side].entry(key).or_default().push(kept);
        } else if !matched && self.shape.stays[side] {
            out.row(self.shape.alone(side, row));
        }
        if self.leaves.iter().map(VecDeque::len).sum::<usize>() > ROWS_KEPT_MAX {
            out.stop(too_much(self.span, "rows", ROWS_KEPT_MAX));
        }
        Ok(())
    }

    /// Forgets the rows that can have no partner any more.
    fn leave(&mut self, clock: i64, out: &mut Output) {
        loop {
            let due = |side: usize| Some(self.leaves[side].front()?.0).filter(|it| it.0 < clock);
            let side = match (due(0), due(1)) {
                (None, None) => return,
                (Some(left), right) if right.is_none_or(|right| left < right) => 0,
                _ => 1,
            };
            let Some(((_, number), key)) = self.leaves[side].pop_front() else { return };
            let Some(rows) = self.kept[side].get_mut(&key) else { continue };
            if let Some(at) = rows.iter().position(|it| it.number == number) {
                let kept = rows.remove(at);
                if !kept.matched && self.shape.stays[side] {
                    out.row(self.shape.alone(side, &kept.row));
                }
            }
            if rows.is_empty() {
                self.kept[side].swap_remove(&key);
            }
        }
    }
}

impl Operator for IntervalJoin {
    fn push(&mut self, input: u32, row: Row, out: &mut Output) {
        if let Err(message) = self.take(side(input), &row, out) {
            out.fail(row, "Row cannot be joined", message);
        }
    }

    fn advance(&mut self, input: u32, clock: i64, out: &mut Output) {
        let Some(clock) = self.clocks.advance(input, clock) else { return };
        self.clock = clock;
        self.leave(clock, out);
        let (low, high) = self.bounds;
        let delay = low.saturating_neg().max(high).max(0);
        out.clock(if clock == i64::MAX { clock } else { clock.saturating_sub(delay) });
    }

    fn watch(&self, track: &mut Track) {
        track.keep(self.leaves.len(), self.shape.widths[0].max(self.shape.widths[1]));
    }
}
