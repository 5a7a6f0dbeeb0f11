//! `ORDER BY FLOOR(s.ROWTIME TO MINUTE), x`: rows are gathered until the clock passes their
//! window, then sorted and released (facts, analytics §2.7).
//!
//! They come out with the time of the window's end, as groups do: sorted otherwise their own times
//! would go back. The facts leave that time open.

use super::Operator;
use crate::exec::calls::{SortKey, sort_order, sort_values};
use crate::exec::width::Width;
use crate::exec::{Output, Row, Track};
use crate::expr::Span;
use crate::limits::{ROWS_KEPT_MAX, too_much};
use crate::value::Value;

/// Sorts the rows of one window after another.
#[derive(Clone, Debug)]
pub struct Gather {
    width: Width,
    keys: Vec<SortKey>,
    /// Values of a row that comes out: those behind are only sorted by.
    columns: usize,
    /// Where the query stands.
    span: Span,
    /// Where the open window begins.
    start: Option<i64>,
    rows: Vec<(Vec<Value>, Row)>,
}

impl Gather {
    /// Nothing has come yet.
    #[must_use]
    pub fn new(width: Width, keys: Vec<SortKey>, columns: usize, span: Span) -> Self {
        Self { width, keys, columns, span, start: None, rows: Vec::new() }
    }

    fn release(&mut self, out: &mut Output) {
        let Some(start) = self.start.take() else { return };
        let mut rows = core::mem::take(&mut self.rows);
        base::order::sort_by(&mut rows, |a, b| sort_order(&self.keys, &a.0, &b.0));
        let time = self.width.rowtime(start);
        for (_, mut row) in rows {
            row.time = time;
            if let Some(values) = row.values.get(..self.columns) {
                row.values = values.into();
            }
            out.row(row);
        }
    }
}

impl Operator for Gather {
    fn push(&mut self, _input: u32, row: Row, out: &mut Output) {
        let start = self.width.start(row.time);
        if self.start != Some(start) {
            self.release(out);
            self.start = Some(start);
        }
        if self.rows.len() >= ROWS_KEPT_MAX {
            out.stop(too_much(self.span, "rows", ROWS_KEPT_MAX));
            return;
        }
        match sort_values(&self.keys, &row) {
            Ok(keys) => self.rows.push((keys, row)),
            Err(message) => out.fail(row, "Row cannot be computed", message),
        }
    }

    fn advance(&mut self, _input: u32, clock: i64, out: &mut Output) {
        if self.start.is_some_and(|start| clock >= self.width.end(start)) {
            self.release(out);
        }
        out.clock(clock);
    }

    fn watch(&self, track: &mut Track) {
        if let Some(start) = self.start {
            track.open(start, self.width.end(start), self.rows.len() as u64);
        }
        track.keep_rows(self.rows.len(), self.rows.first().map(|it| &it.1));
    }
}
