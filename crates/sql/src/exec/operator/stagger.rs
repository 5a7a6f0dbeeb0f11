//! `WINDOWED BY STAGGER (PARTITION BY k RANGE …)`: a window for each key, from its first row on.
//!
//! It closes when the clock reaches its first row's time plus the range, and one row comes out
//! with that time. A row at that moment opens the next window (facts, analytics §2.5).

use std::collections::VecDeque;

use super::Operator;
use crate::agg::Accumulator;
use crate::exec::calls::{Calls, KeyOf};
use crate::exec::key::{Key, KeyMap};
use crate::exec::track::{Seen, WINDOWS_MAX};
use crate::exec::{Output, Row, Track};
use crate::expr::{Expr, Span};
use crate::limits::{GROUPS_MAX, too_much};

/// Rows of the keys and the aggregates.
#[derive(Clone, Debug)]
pub struct Stagger {
    /// How long a window stays open, in microseconds.
    range: i64,
    keys: KeyOf,
    calls: Calls,
    /// Where the query stands.
    span: Span,
    open: KeyMap<(u64, Vec<Accumulator>)>,
    seen: Seen,
    /// When windows close, the first one first: all stay open equally long.
    closings: VecDeque<(i64, Key)>,
}

impl Stagger {
    /// No window is open yet.
    #[must_use]
    pub fn new(range: i64, keys: Vec<Expr>, calls: Calls, span: Span) -> Self {
        let (keys, open, closings) = (KeyOf::new(keys), KeyMap::default(), VecDeque::new());
        Self { range, keys, calls, span, open, seen: Seen::default(), closings }
    }

    fn add(&mut self, row: &Row, out: &mut Output) -> Result<(), String> {
        if let Some(place) = self.keys.find(row, &self.open)? {
            let (rows, window) = &mut self.open[place];
            *rows += 1;
            return self.calls.add(window, row);
        }
        if self.open.len() >= GROUPS_MAX {
            out.stop(too_much(self.span, "windows", GROUPS_MAX));
            return Ok(());
        }
        let mut window = self.calls.start();
        self.calls.add(&mut window, row)?;
        let key = self.keys.found(row);
        self.closings.push_back((row.time.saturating_add(self.range), key.clone()));
        self.open.insert(key, (1, window));
        Ok(())
    }
}

impl Operator for Stagger {
    fn push(&mut self, _input: u32, row: Row, out: &mut Output) {
        if let Err(message) = self.add(&row, out) {
            out.fail(row, "Row cannot be computed", message);
        }
    }

    fn advance(&mut self, _input: u32, clock: i64, out: &mut Output) {
        while let Some((time, key)) = self.closings.pop_front_if(|(time, _)| *time <= clock) {
            let (rows, window) = self.open.swap_remove(&key).unwrap_or_default();
            self.seen.close(time.saturating_sub(self.range), time, rows);
            let mut values = key.0.to_vec();
            match self.calls.values(&window, &mut values) {
                Ok(()) => out.row(Row::insert(time, values)),
                Err(message) => {
                    out.fail(Row::insert(time, values), "Window cannot be computed", message);
                }
            }
        }
        out.clock(clock);
    }

    fn watch(&self, track: &mut Track) {
        track.seen(&self.seen);
        for (time, key) in self.closings.iter().rev().take(WINDOWS_MAX) {
            let rows = self.open.get(key).map_or(0, |it| it.0);
            track.open(time.saturating_sub(self.range), *time, rows);
        }
        track.keep(self.open.len(), self.keys.width() + self.calls.0.len());
    }
}
