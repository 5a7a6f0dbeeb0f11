//! `ORDER BY` the time attribute: rows in its order, as the watermark passes them.
//!
//! A row is late, and dropped, when a row of its time or a later one has come out: it may be behind
//! the watermark as long as nothing has (Flink's own operator; facts, analytics §3.2, F12). Of one
//! moment the rest of the order decides, then who came first.

use base::VecMap;

use super::Operator;
use crate::exec::calls::{SortKey, moment_of, sort_order, sort_values};
use crate::exec::{Output, Row, Track};
use crate::expr::Span;
use crate::limits::{ROWS_KEPT_MAX, too_much};
use crate::value::Value;

/// Rows in the order of their time.
#[derive(Clone, Debug)]
pub struct TimeSort {
    /// The time of a row.
    pub time: u32,
    /// What rows of one moment are ordered by.
    pub then: Vec<SortKey>,
    /// Where the query stands.
    pub span: Span,
    waiting: VecMap<i64, Vec<(Vec<Value>, Row)>>,
    count: usize,
    /// The last moment that came out.
    last: i64,
}

impl TimeSort {
    /// Nothing has come yet.
    #[must_use]
    pub fn new(time: u32, then: Vec<SortKey>, span: Span) -> Self {
        Self { time, then, span, waiting: VecMap::default(), count: 0, last: i64::MIN }
    }

    fn take(&mut self, row: Row, out: &mut Output) -> Result<(), String> {
        let Some(time) = moment_of(&row, self.time) else { return Ok(()) };
        if time <= self.last {
            out.late(time, self.last);
            return Ok(());
        }
        let sort = sort_values(&self.then, &row)?;
        let rows = self.waiting.get_or_insert_with(time, Vec::new);
        let at = rows.partition_point(|it| sort_order(&self.then, &it.0, &sort).is_le());
        rows.insert(at, (sort, row));
        self.count += 1;
        if self.count > ROWS_KEPT_MAX {
            out.stop(too_much(self.span, "rows", ROWS_KEPT_MAX));
        }
        Ok(())
    }
}

impl Operator for TimeSort {
    fn push(&mut self, _input: u32, row: Row, out: &mut Output) {
        if let Err(message) = self.take(row.clone(), out) {
            out.fail(row, "Row cannot be ordered", message);
        }
    }

    fn advance(&mut self, _input: u32, clock: i64, out: &mut Output) {
        while let Some((time, _)) = self.waiting.first().filter(|it| it.0 < clock) {
            let time = *time;
            self.last = time;
            let rows = self.waiting.remove(&time).unwrap_or_default();
            self.count -= rows.len();
            rows.into_iter().for_each(|(_, row)| out.row(row));
        }
        out.clock(clock);
    }

    fn watch(&self, track: &mut Track) {
        let one = self.waiting.first().and_then(|(_, it)| it.first());
        track.keep_rows(self.count, one.map(|it| &it.1));
    }
}
