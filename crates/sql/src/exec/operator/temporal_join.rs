//! Each row with what the other side said at the time of the row: `FOR SYSTEM_TIME AS OF`.
//!
//! By event time a row comes out when the watermark passes its time: a version holds from its own
//! time on, that moment included, until the next one. By processing time a row comes out at once,
//! with what there is now (facts, analytics §3.1).

use base::VecMap;

use super::{Clocks, Operator};
use crate::exec::calls::moment_of;
use crate::exec::join::{JoinShape, side};
use crate::exec::key::{Key, KeyMap};
use crate::exec::{Op, Output, Row, Track};
use crate::expr::Span;
use crate::limits::{ROWS_KEPT_MAX, too_much};

/// A join with the versions of a table.
#[derive(Clone, Debug)]
pub struct TemporalJoin {
    /// Keys and sides; the right one never stays alone.
    pub shape: JoinShape,
    /// The time of a row, for each side; without it processing time counts.
    pub times: Option<[u32; 2]>,
    /// Where the query stands.
    pub span: Span,
    waiting: KeyMap<Vec<(i64, Row)>>,
    /// Versions by their times; none where the row was taken away.
    versions: KeyMap<VecMap<i64, Option<Row>>>,
    clocks: Clocks,
    count: usize,
}

impl TemporalJoin {
    /// Nothing has come yet.
    #[must_use]
    pub fn new(shape: JoinShape, times: Option<[u32; 2]>, span: Span) -> Self {
        let (waiting, versions) = (KeyMap::default(), KeyMap::default());
        Self { shape, times, span, waiting, versions, clocks: Clocks::new(2), count: 0 }
    }

    fn take(&mut self, side: usize, row: Row, out: &mut Output) -> Result<(), String> {
        // By processing time each row comes after all before it.
        let time = self.times.map_or(Some(0), |it| moment_of(&row, it[side]));
        let Some(time) = time else { return Ok(()) };
        let Some(key) = self.shape.key(side, &row)? else {
            if side == 0 && self.shape.stays[0] {
                out.row(self.shape.alone(0, &row));
            }
            return Ok(());
        };
        if side == 0 && self.times.is_none() {
            if let Some(pair) = self.paired(&key, time, &row)? {
                out.row(pair);
            }
            return Ok(());
        }
        if side == 0 {
            self.waiting.entry(key).or_default().push((time, row));
        } else {
            let version = match row.op {
                Op::UpdateBefore => return Ok(()),
                Op::Insert | Op::UpdateAfter => Some(row),
                Op::Delete => None,
            };
            if self.versions.entry(key).or_default().insert(time, version).is_some() {
                return Ok(());
            }
        }
        self.count += 1;
        if self.count > ROWS_KEPT_MAX {
            out.stop(too_much(self.span, "rows", ROWS_KEPT_MAX));
        }
        Ok(())
    }

    fn pass(&mut self, clock: i64, out: &mut Output) -> Result<(), String> {
        let mut due = Vec::new();
        for (key, rows) in &mut self.waiting {
            let passed: Vec<(i64, Row)> = rows.extract_if(.., |it| it.0 < clock).collect();
            if let Some(first) = passed.iter().map(|it| it.0).min() {
                due.push((first, key.clone(), passed));
            }
        }
        self.waiting.retain(|_, rows| !rows.is_empty());
        base::order::sort_by_key(&mut due, |it| it.0);
        for (_, key, rows) in due {
            self.count -= rows.len();
            for (time, row) in rows {
                if let Some(pair) = self.paired(&key, time, &row)? {
                    out.row(pair);
                }
            }
        }
        self.forget(clock);
        Ok(())
    }

    /// A row with the version that holds at a time, or alone.
    fn paired(&self, key: &Key, time: i64, row: &Row) -> Result<Option<Row>, String> {
        let versions = self.versions.get(key);
        let valid = versions.and_then(|it| it.iter().rfind(|it| *it.0 <= time));
        let pair = match valid.and_then(|it| it.1.as_ref()) {
            Some(version) => self.shape.joined(0, row, version)?,
            None => None,
        };
        Ok(pair.or_else(|| self.shape.stays[0].then(|| self.shape.alone(0, row))))
    }

    /// Of the versions that hold already only the last is needed.
    fn forget(&mut self, clock: i64) {
        for versions in self.versions.values_mut() {
            let passed = versions.keys().filter(|at| **at < clock).count();
            for _ in 1..passed {
                let Some(first) = versions.first().map(|it| it.0) else { break };
                versions.remove(&first);
                self.count -= 1;
            }
        }
    }
}

impl Operator for TemporalJoin {
    fn push(&mut self, input: u32, row: Row, out: &mut Output) {
        if let Err(message) = self.take(side(input), row.clone(), out) {
            out.fail(row, "Row cannot be joined", message);
        }
    }

    fn advance(&mut self, input: u32, clock: i64, out: &mut Output) {
        let Some(clock) = self.clocks.advance(input, clock) else { return };
        if let Err(message) = self.pass(clock, out) {
            let row = Row::flink(clock, Vec::new());
            out.fail(row, "Row cannot be joined", message);
        }
        out.clock(clock);
    }

    fn watch(&self, track: &mut Track) {
        track.keep(self.count, self.shape.widths[0].max(self.shape.widths[1]));
    }
}
