//! `SELECT STREAM DISTINCT ROWTIME, k`: each combination once in a window of time (facts,
//! analytics §2.7).

use super::Operator;
use crate::exec::key::{Key, KeyMap};
use crate::exec::width::Width;
use crate::exec::{Output, Row, Track};
use crate::expr::Span;
use crate::limits::{GROUPS_MAX, too_much};

/// Passes the first of equal rows on.
#[derive(Clone, Debug)]
pub struct Distinct {
    width: Width,
    /// Where the query stands.
    span: Span,
    start: i64,
    seen: KeyMap<()>,
}

impl Distinct {
    /// Nothing has come yet.
    #[must_use]
    pub fn new(width: Width, span: Span) -> Self {
        Self { width, span, start: i64::MIN, seen: KeyMap::default() }
    }
}

impl Operator for Distinct {
    fn push(&mut self, _input: u32, row: Row, out: &mut Output) {
        let start = self.width.start(row.time);
        if start != self.start {
            self.start = start;
            self.seen.clear();
        }
        if self.seen.insert(Key(row.values.clone()), ()).is_none() {
            if self.seen.len() > GROUPS_MAX {
                out.stop(too_much(self.span, "rows", GROUPS_MAX));
            }
            out.row(row);
        }
    }

    fn advance(&mut self, _input: u32, clock: i64, out: &mut Output) {
        out.clock(clock);
    }

    fn watch(&self, track: &mut Track) {
        track.keep(self.seen.len(), 0);
    }
}
