//! The first rows of each window: `ROW_NUMBER()` over `window_start` and `window_end`.
//!
//! They come once, when the clock reaches the end of the window (facts, analytics §3.2, F6).

use base::VecMap;

use super::Operator;
use super::scan::MILLISECOND;
use crate::exec::calls::{SortKey, key_of, moment_of, sort_order, sort_values};
use crate::exec::key::KeyMap;
use crate::exec::{Output, Row, Track};
use crate::expr::{Expr, Span};
use crate::limits::{ROWS_KEPT_MAX, too_much};
use crate::value::Value;

type Rows = Vec<(Vec<Value>, Row)>;

/// The rows from one place to another, for each window and partition; the rank behind the values.
#[derive(Clone, Debug)]
pub struct WindowRank {
    /// Beginning and end of the window of a row.
    pub window: (u32, u32),
    /// Different values here are ranked by themselves.
    pub partition: Vec<Expr>,
    /// What rows are ordered by; of equals the first that came is the first.
    pub order: Vec<SortKey>,
    /// The first and the last place, counted from 1.
    pub places: (u64, u64),
    /// Where the query stands.
    pub span: Span,
    open: VecMap<(i64, i64), KeyMap<Rows>>,
    count: usize,
    clock: i64,
}

impl WindowRank {
    /// Nothing has come yet.
    #[must_use]
    pub fn new(
        window: (u32, u32),
        (partition, order): (Vec<Expr>, Vec<SortKey>),
        places: (u64, u64),
        span: Span,
    ) -> Self {
        let (open, clock) = (VecMap::default(), i64::MIN);
        Self { window, partition, order, places, span, open, count: 0, clock }
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
        let key = key_of(&self.partition, row)?;
        let sort = sort_values(&self.order, row)?;
        let rows = self.open.get_or_insert_with((end, start), KeyMap::default);
        let rows = rows.entry(key).or_default();
        let most = usize::try_from(self.places.1).unwrap_or(usize::MAX);
        let at = rows.partition_point(|it| sort_order(&self.order, &it.0, &sort).is_le());
        if at >= most {
            return Ok(());
        }
        self.count -= rows.len();
        rows.insert(at, (sort, row.clone()));
        rows.truncate(most);
        self.count += rows.len();
        if self.count > ROWS_KEPT_MAX {
            out.stop(too_much(self.span, "rows", ROWS_KEPT_MAX));
        }
        Ok(())
    }
}

impl Operator for WindowRank {
    fn push(&mut self, _input: u32, row: Row, out: &mut Output) {
        if let Err(message) = self.take(&row, out) {
            out.fail(row, "Row cannot be ranked", message);
        }
    }

    fn advance(&mut self, _input: u32, clock: i64, out: &mut Output) {
        self.clock = self.clock.max(clock);
        while let Some((window, _)) = self.open.first().filter(|it| it.0.0 <= clock) {
            let window = *window;
            for (_, rows) in self.open.remove(&window).unwrap_or_default() {
                self.count -= rows.len();
                for (place, (_, row)) in (1..).zip(rows) {
                    if u64::try_from(place).is_ok_and(|it| it >= self.places.0) {
                        let values = row.values.iter().cloned().chain([Value::Integer(place)]);
                        let values: Vec<Value> = values.collect();
                        out.row(Row::flink(window.0 - MILLISECOND, values));
                    }
                }
            }
        }
        out.clock(clock);
    }

    fn watch(&self, track: &mut Track) {
        let one = self.open.first().and_then(|(_, it)| it.first()?.1.first());
        track.keep_rows(self.count, one.map(|it| &it.1));
    }
}
