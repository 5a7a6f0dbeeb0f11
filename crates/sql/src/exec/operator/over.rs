//! `OVER (PARTITION BY … ORDER BY ts …)`: each row with what the rows before it come to.
//!
//! Rows come out when the watermark has passed them, in the order of their time; late ones are
//! dropped. A range of time holds both its ends, and rows of one moment share its result; a number
//! of rows counts them one by one (facts, analytics §3.1).

use std::collections::VecDeque;

use base::VecMap;

use super::Operator;
use super::scan::MILLISECOND;
use crate::agg::Accumulator;
use crate::exec::calls::{Calls, key_of, moment_of};
use crate::exec::key::{Key, KeyMap};
use crate::exec::{Output, Row, Track};
use crate::expr::{Expr, Span};
use crate::limits::{ROWS_KEPT_MAX, too_much};
use crate::value::Value;

/// How far back a window reaches; it ends at the current row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// So many microseconds before, both ends included.
    Time(i64),
    /// So many rows before the current one.
    Rows(u64),
    /// Everything before, and the rows of the same moment.
    AllTime,
    /// Everything before.
    AllRows,
}

/// Results behind the values of each row.
#[derive(Clone, Debug)]
pub struct Over {
    /// The time of a row; without it rows are taken as they come.
    pub time: Option<u32>,
    /// Different values here have windows of their own.
    pub partition: Vec<Expr>,
    /// How far back they reach.
    pub reach: Reach,
    /// What is computed of a window.
    pub calls: Calls,
    /// Where the query stands.
    pub span: Span,
    /// Rows the watermark has not passed, by their time.
    waiting: VecMap<i64, KeyMap<Vec<Row>>>,
    windows: KeyMap<Window>,
    count: usize,
    clock: i64,
}

/// The rows a partition still needs, oldest first, and what they come to.
#[derive(Clone, Debug)]
struct Window {
    rows: VecDeque<(i64, Row)>,
    state: Vec<Accumulator>,
    /// The last moment that came out.
    last: i64,
}

impl Over {
    /// Nothing has come yet.
    #[must_use]
    pub fn new(
        time: Option<u32>,
        (partition, reach): (Vec<Expr>, Reach),
        calls: Calls,
        span: Span,
    ) -> Self {
        let (waiting, windows) = (VecMap::default(), KeyMap::default());
        Self { time, partition, reach, calls, span, waiting, windows, count: 0, clock: i64::MIN }
    }

    fn take(&mut self, row: &Row, out: &mut Output) -> Result<(), String> {
        let key = key_of(&self.partition, row)?;
        let Some(slot) = self.time else {
            return self.moment(row.time, &key, core::slice::from_ref(row), out);
        };
        // Where old rows leave, only what has come out already is too late.
        let last = match self.reach {
            Reach::Time(_) | Reach::Rows(_) => {
                self.windows.get(&key).map_or(i64::MIN, |it| it.last)
            }
            Reach::AllTime | Reach::AllRows => self.clock.saturating_sub(1),
        };
        let Some(time) = moment_of(row, slot) else { return Ok(()) };
        if time <= last {
            out.late(time, self.clock - MILLISECOND);
            return Ok(());
        }
        let rows = self.waiting.get_or_insert_with(time, KeyMap::default);
        rows.entry(key).or_default().push(row.clone());
        self.count += 1;
        if self.count > ROWS_KEPT_MAX {
            out.stop(too_much(self.span, "rows", ROWS_KEPT_MAX));
        }
        Ok(())
    }

    /// The rows of one moment and one partition.
    fn moment(
        &mut self,
        time: i64,
        key: &Key,
        rows: &[Row],
        out: &mut Output,
    ) -> Result<(), String> {
        let calls = &self.calls;
        let fresh = || Window { rows: VecDeque::new(), state: calls.start(), last: time };
        let window = self.windows.entry(key.clone()).or_insert_with(fresh);
        let shared = matches!(self.reach, Reach::Time(_) | Reach::AllTime);
        if shared {
            for row in rows {
                calls.add(&mut window.state, row)?;
            }
        }
        window.last = time;
        let before = window.rows.len();
        for row in rows {
            if !shared {
                calls.add(&mut window.state, row)?;
            }
            if matches!(self.reach, Reach::Time(_) | Reach::Rows(_)) {
                window.rows.push_back((time, row.clone()));
            }
            while let Some((_, old)) = window.rows.front().filter(|(at, _)| match self.reach {
                Reach::Time(most) => time.saturating_sub(*at) > most,
                Reach::Rows(most) => window.rows.len() as u64 > most.saturating_add(1),
                Reach::AllTime | Reach::AllRows => false,
            }) {
                calls.retract(&mut window.state, old)?;
                window.rows.pop_front();
            }
            let mut values = row.values.to_vec();
            calls.values(&window.state, &mut values)?;
            out.row(row.with(values));
        }
        self.count = (self.count + window.rows.len()).saturating_sub(before);
        Ok(())
    }
}

impl Operator for Over {
    fn push(&mut self, _input: u32, row: Row, out: &mut Output) {
        if let Err(message) = self.take(&row, out) {
            out.fail(row, "Row cannot be computed", message);
        }
    }

    fn advance(&mut self, _input: u32, clock: i64, out: &mut Output) {
        self.clock = self.clock.max(clock);
        while let Some((time, _)) = self.waiting.first().filter(|it| it.0 < clock) {
            let time = *time;
            for (key, rows) in self.waiting.remove(&time).unwrap_or_default() {
                self.count -= rows.len();
                if let Err(message) = self.moment(time, &key, &rows, out) {
                    let row = Row::flink(time, Vec::<Value>::new());
                    out.fail(row, "Window cannot be computed", message);
                }
            }
        }
        out.clock(clock);
    }

    fn watch(&self, track: &mut Track) {
        if let Reach::Time(back) = self.reach
            && self.clock != i64::MIN
        {
            track.open(self.clock.saturating_sub(back), self.clock, self.count as u64);
        }
        let one = self.windows.first().and_then(|(_, it)| it.rows.front());
        track.keep_rows(self.count, one.map(|it| &it.1));
        track.keep(self.windows.len(), self.calls.0.len());
    }
}
