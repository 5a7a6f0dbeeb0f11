//! Rows of sessions as they are, with the columns of their window: they come out when it ends.

use std::sync::Arc;

use super::Operator;
use super::assign::window_values;
use crate::exec::calls::{key_of, moment_of};
use crate::exec::sessions::Sessions;
use crate::exec::{Output, Row, Track};
use crate::expr::{Expr, Span};
use crate::limits::{ROWS_KEPT_MAX, too_much};
use crate::value::Value;

/// Puts beginning, end and time of its session behind the values of a row.
#[derive(Clone, Debug)]
pub struct SessionRows {
    /// The time of a row.
    time: u32,
    /// Sessions of different values here are different ones.
    partition: Vec<Expr>,
    span: Span,
    sessions: Sessions<Vec<Row>>,
    count: usize,
}

impl SessionRows {
    /// Nothing has come yet; the gap is in microseconds.
    #[must_use]
    pub fn new((time, gap): (u32, i64), partition: Vec<Expr>, span: Span) -> Self {
        Self { time, partition, span, sessions: Sessions::new(gap), count: 0 }
    }

    fn take(&mut self, row: Row, out: &mut Output) -> Result<(), String> {
        let Some(time) = moment_of(&row, self.time) else { return Ok(()) };
        let key = key_of(&self.partition, &row)?;
        let Some((mut live, met)) = self.sessions.at(&key, time, out) else { return Ok(()) };
        live.kept = met.into_iter().flat_map(|it| it.kept).collect();
        live.kept.push(row);
        self.sessions.keep(key, live);
        self.count += 1;
        Ok(())
    }
}

impl Operator for SessionRows {
    fn push(&mut self, _input: u32, row: Row, out: &mut Output) {
        if let Err(message) = self.take(row.clone(), out) {
            out.fail(row, "Row cannot be computed", message);
        }
        if self.count > ROWS_KEPT_MAX {
            out.stop(too_much(self.span, "rows", ROWS_KEPT_MAX));
        }
    }

    fn advance(&mut self, _input: u32, clock: i64, out: &mut Output) {
        for live in self.sessions.ended(clock) {
            self.count -= live.kept.len();
            for row in live.kept {
                let behind = window_values(live.start, live.end);
                let values = row.values.iter().cloned().chain(behind);
                out.row(row.with(values.collect::<Arc<[Value]>>()));
            }
        }
        out.clock(clock);
    }

    fn watch(&self, track: &mut Track) {
        self.sessions.watch(track);
        track.keep(self.count, 1);
    }
}
