//! `ORDER BY evt WITHIN INTERVAL '1' MINUTE`: rows that come out of order, in the order of a time
//! of their own.
//!
//! A row waits until one comes that is an interval later: none before it is taken any more then.
//! Bounds of the input say nothing about these times and are left out; what is later than the
//! interval is dropped (facts, analytics §2.4).

use std::collections::VecDeque;

use super::Operator;
use crate::exec::{Output, Row, Track};
use crate::expr::Span;
use crate::limits::{ROWS_KEPT_MAX, too_much};

/// Sorts rows by their time, as far as they come late by an interval.
#[derive(Clone, Debug)]
pub struct TardySort {
    /// In microseconds.
    interval: i64,
    /// Where the query stands.
    span: Span,
    /// In the order of their times, equal ones as they came.
    rows: VecDeque<Row>,
    /// No row before this moment is taken.
    clock: i64,
}

impl TardySort {
    /// Nothing has come yet.
    #[must_use]
    pub fn new(interval: i64, span: Span) -> Self {
        Self { interval, span, rows: VecDeque::new(), clock: i64::MIN }
    }
}

impl Operator for TardySort {
    fn push(&mut self, _input: u32, row: Row, out: &mut Output) {
        if row.time < self.clock {
            return;
        }
        let clock = row.time.saturating_sub(self.interval);
        let place = self.rows.partition_point(|it| it.time <= row.time);
        self.rows.insert(place, row);
        if self.rows.len() > ROWS_KEPT_MAX {
            out.stop(too_much(self.span, "rows", ROWS_KEPT_MAX));
        }
        if clock <= self.clock {
            return;
        }
        self.clock = clock;
        while let Some(row) = self.rows.pop_front_if(|it| it.time < clock) {
            out.row(row);
        }
        out.clock(clock);
    }

    fn advance(&mut self, _input: u32, _clock: i64, _out: &mut Output) {}

    fn watch(&self, track: &mut Track) {
        track.keep_rows(self.rows.len(), self.rows.front());
    }
}
