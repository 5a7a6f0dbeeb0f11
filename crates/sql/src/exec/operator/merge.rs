//! `UNION ALL` of the Kinesis dialect: rows of several queries in the order of `ROWTIME`. A row is
//! released once the clock of every input has reached it (facts, analytics §2.6).

use std::collections::VecDeque;

use super::{Clocks, Operator};
use crate::exec::{Output, Row, Track};
use crate::expr::Span;
use crate::limits::{ROWS_KEPT_MAX, too_much};

/// Merges inputs that are each in order.
#[derive(Clone, Debug)]
pub struct Merge {
    clocks: Clocks,
    /// What waits, by input.
    waiting: Vec<VecDeque<Row>>,
    /// Where the query stands.
    span: Span,
}

impl Merge {
    /// Of so many inputs.
    #[must_use]
    pub fn new(inputs: u32, span: Span) -> Self {
        let waiting = vec![VecDeque::new(); inputs as usize];
        Self { clocks: Clocks::new(inputs), waiting, span }
    }

    /// Releases what all clocks have reached, the oldest first and of equal ones that of the
    /// first input.
    fn release(&mut self, out: &mut Output) {
        let least = self.clocks.least();
        loop {
            let heads = self.waiting.iter().enumerate();
            let heads = heads.filter_map(|(index, rows)| Some((rows.front()?.time, index)));
            let Some((_, index)) = heads.min().filter(|(time, _)| *time <= least) else { return };
            if let Some(row) = self.waiting[index].pop_front() {
                out.row(row);
            }
        }
    }
}

impl Operator for Merge {
    fn push(&mut self, input: u32, row: Row, out: &mut Output) {
        let kept: usize = self.waiting.iter().map(VecDeque::len).sum();
        if kept >= ROWS_KEPT_MAX {
            out.stop(too_much(self.span, "rows", ROWS_KEPT_MAX));
            return;
        }
        self.waiting[input as usize].push_back(row);
        self.release(out);
    }

    fn advance(&mut self, input: u32, clock: i64, out: &mut Output) {
        let moved = self.clocks.advance(input, clock);
        self.release(out);
        if let Some(clock) = moved {
            out.clock(clock);
        }
    }

    fn watch(&self, track: &mut Track) {
        for rows in &self.waiting {
            track.keep_rows(rows.len(), rows.front());
        }
    }
}
