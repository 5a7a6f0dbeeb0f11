//! `agg OVER (PARTITION BY k RANGE … PRECEDING)` of the Kinesis dialect: each row at once, with
//! what the rows before it and itself come to.
//!
//! A row of the same moment that comes later is not counted. The lower end of a range is included
//! (facts, analytics §2.5).

use std::collections::VecDeque;

use super::Operator;
use crate::agg::Accumulator;
use crate::exec::calls::{Calls, KeyOf};
use crate::exec::key::{Key, KeyMap};
use crate::exec::{Output, Row, Track};
use crate::expr::{Expr, Span};
use crate::limits::{GROUPS_MAX, ROWS_KEPT_MAX, too_much};
use crate::value::Value;

/// How far back a window reaches from the current row, which it contains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Back {
    /// So many microseconds.
    Micros(i64),
    /// So many rows.
    Rows(u64),
    /// To the beginning.
    All,
}

/// One window and what is computed over it.
#[derive(Clone, Debug)]
pub struct SlidingWindow {
    /// A window for each combination of these.
    pub partition: KeyOf,
    /// How far back it reaches.
    pub back: Back,
    /// What is computed.
    pub calls: Calls,
    parts: KeyMap<Part>,
    /// The rows kept in all partitions and whose they are, the oldest first, of a window of time.
    kept: VecDeque<(i64, Key)>,
    rows: usize,
}

/// The rows of one partition.
#[derive(Clone, Debug, Default)]
struct Part {
    rows: VecDeque<Row>,
    state: Vec<Accumulator>,
}

/// The values of each row, and behind them those of its windows in order.
#[derive(Clone, Debug)]
pub struct Slide {
    windows: Vec<SlidingWindow>,
    /// The latest moment that came.
    clock: i64,
    /// Where the query stands.
    span: Span,
}

impl SlidingWindow {
    /// Nothing is in it yet.
    #[must_use]
    pub fn new(partition: Vec<Expr>, back: Back, calls: Calls) -> Self {
        let (partition, parts, kept) = (KeyOf::new(partition), KeyMap::default(), VecDeque::new());
        Self { partition, back, calls, parts, kept, rows: 0 }
    }

    fn add(&mut self, row: &Row, values: &mut Vec<Value>) -> Result<(), String> {
        self.forget_before(row.time)?;
        let calls = &self.calls;
        let place = match self.partition.find(row, &self.parts)? {
            Some(place) => place,
            None => {
                let part = Part { rows: VecDeque::new(), state: calls.start() };
                self.parts.insert_full(self.partition.found(row), part).0
            }
        };
        let Some((key, part)) = self.parts.get_index_mut(place) else { return Ok(()) };
        calls.add(&mut part.state, row)?;
        match self.back {
            Back::Micros(_) => {
                part.rows.push_back(row.clone());
                self.kept.push_back((row.time, key.clone()));
                self.rows += 1;
            }
            Back::Rows(most) => {
                part.rows.push_back(row.clone());
                self.rows += 1;
                if part.rows.len() as u64 > most.saturating_add(1)
                    && let Some(old) = part.rows.pop_front()
                {
                    calls.retract(&mut part.state, &old)?;
                    self.rows -= 1;
                }
            }
            Back::All => {}
        }
        calls.values(&part.state, values)
    }

    /// Lets the rows go that no window reaches any more at this moment.
    fn forget_before(&mut self, time: i64) -> Result<(), String> {
        let Back::Micros(back) = self.back else { return Ok(()) };
        let least = time.saturating_sub(back);
        while let Some((_, key)) = self.kept.pop_front_if(|(at, _)| *at < least) {
            let Some(part) = self.parts.get_mut(&key) else { continue };
            if let Some(old) = part.rows.pop_front() {
                self.rows -= 1;
                self.calls.retract(&mut part.state, &old)?;
            }
            if part.rows.is_empty() {
                self.parts.swap_remove(&key);
            }
        }
        Ok(())
    }
}

impl Slide {
    /// Nothing has come yet.
    #[must_use]
    pub fn new(windows: Vec<SlidingWindow>, span: Span) -> Self {
        Self { windows, clock: i64::MIN, span }
    }

    fn add(&mut self, row: &Row, out: &mut Output) -> Result<Row, String> {
        let mut values = row.values.to_vec();
        self.clock = self.clock.max(row.time);
        for window in &mut self.windows {
            window.add(row, &mut values)?;
            if window.rows > ROWS_KEPT_MAX {
                out.stop(too_much(self.span, "rows", ROWS_KEPT_MAX));
            }
            if window.parts.len() > GROUPS_MAX {
                out.stop(too_much(self.span, "keys", GROUPS_MAX));
            }
        }
        Ok(row.with(values))
    }
}

impl Operator for Slide {
    fn push(&mut self, _input: u32, row: Row, out: &mut Output) {
        match self.add(&row, out) {
            Ok(made) => out.row(made),
            Err(message) => out.fail(row, "Row cannot be computed", message),
        }
    }

    fn advance(&mut self, _input: u32, clock: i64, out: &mut Output) {
        self.clock = self.clock.max(clock);
        for window in &mut self.windows {
            if let Err(message) = window.forget_before(clock) {
                let row = Row::insert(clock, Vec::new());
                out.fail(row, "Window cannot be computed", message);
            }
        }
        out.clock(clock);
    }

    fn watch(&self, track: &mut Track) {
        for window in &self.windows {
            if let Back::Micros(back) = window.back
                && self.clock != i64::MIN
            {
                track.open(self.clock.saturating_sub(back), self.clock, window.rows as u64);
            }
            let one = window.parts.first().and_then(|(_, part)| part.rows.front());
            track.keep_rows(window.rows, one);
            track.keep(window.parts.len(), window.calls.0.len());
        }
    }
}
