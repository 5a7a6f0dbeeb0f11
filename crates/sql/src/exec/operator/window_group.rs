//! Groups of rows in windows that are columns of the rows: `GROUP BY window_start, window_end, k`.
//!
//! A window gives its groups once, when the clock reaches its end; rows that come for it later are
//! dropped (facts, analytics §3.1). Empty windows give nothing.

use base::VecMap;

use super::Operator;
use super::assign::window_values;
use super::scan::MILLISECOND;
use crate::agg::Accumulator;
use crate::exec::calls::{Calls, KeyOf, moment_of};
use crate::exec::key::KeyMap;
use crate::exec::track::Seen;
use crate::exec::{Output, Row, Track};
use crate::expr::{Expr, Span};
use crate::limits::{GROUPS_MAX, too_much};

/// Groups of open windows, by key in the order keys came.
type Groups = KeyMap<Vec<Accumulator>>;

/// An open window.
#[derive(Clone, Debug, Default)]
struct Open {
    rows: u64,
    groups: Groups,
}

/// One row for each key of each window: keys, results, beginning, end and time of the window.
#[derive(Clone, Debug)]
pub struct WindowGroup {
    /// Beginning and end of the window of a row.
    pub window: (u32, u32),
    /// What rows are grouped by, beside the window.
    pub keys: KeyOf,
    /// What is computed of a group.
    pub calls: Calls,
    /// Where the query stands.
    pub span: Span,
    open: VecMap<(i64, i64), Open>,
    count: usize,
    clock: i64,
    seen: Seen,
}

impl WindowGroup {
    /// Nothing has come yet.
    #[must_use]
    pub fn new(window: (u32, u32), keys: Vec<Expr>, calls: Calls, span: Span) -> Self {
        let (keys, open) = (KeyOf::new(keys), VecMap::default());
        Self { window, keys, calls, span, open, count: 0, clock: i64::MIN, seen: Seen::default() }
    }

    fn take(&mut self, row: &Row, out: &mut Output) -> Result<(), String> {
        let (Some(start), Some(end)) =
            (moment_of(row, self.window.0), moment_of(row, self.window.1))
        else {
            return Ok(());
        };
        if end <= self.clock {
            out.late(row.time, self.clock - MILLISECOND);
            return Ok(());
        }
        let open = self.open.get_or_insert_with((end, start), Open::default);
        open.rows += 1;
        let groups = &mut open.groups;
        if let Some(place) = self.keys.find(row, groups)? {
            return self.calls.add(&mut groups[place], row);
        }
        let place = groups.insert_full(self.keys.found(row), self.calls.start()).0;
        self.count += 1;
        self.calls.add(&mut groups[place], row)?;
        if self.count > GROUPS_MAX {
            out.stop(too_much(self.span, "groups", GROUPS_MAX));
        }
        Ok(())
    }

    fn fire(&self, (end, start): (i64, i64), groups: &Groups, out: &mut Output) {
        for (key, group) in groups {
            let mut values = key.0.to_vec();
            let found = self.calls.values(group, &mut values);
            values.extend(window_values(start, end));
            let row = Row::flink(end - MILLISECOND, values);
            match found {
                Ok(()) => out.row(row),
                Err(message) => out.fail(row, "Group cannot be computed", message),
            }
        }
    }
}

impl Operator for WindowGroup {
    fn push(&mut self, _input: u32, row: Row, out: &mut Output) {
        if let Err(message) = self.take(&row, out) {
            out.fail(row, "Row cannot be computed", message);
        }
    }

    fn advance(&mut self, _input: u32, clock: i64, out: &mut Output) {
        self.clock = self.clock.max(clock);
        while let Some((window, _)) = self.open.first().filter(|it| it.0.0 <= clock) {
            let window = *window;
            let Open { rows, groups } = self.open.remove(&window).unwrap_or_default();
            self.seen.close(window.1, window.0, rows);
            self.count -= groups.len();
            self.fire(window, &groups, out);
        }
        out.clock(clock);
    }

    fn watch(&self, track: &mut Track) {
        track.seen(&self.seen);
        for ((end, start), open) in self.open.iter() {
            track.open(*start, *end, open.rows);
        }
        track.keep(self.count, self.keys.width() + self.calls.0.len());
    }
}
