//! One row for each key: the first or the last, by event time or by arrival.
//!
//! The earliest by event time comes once the watermark has passed it; the latest is an update at
//! once, equal times replace and earlier ones are ignored (facts, analytics §3.1).

use super::Operator;
use crate::exec::calls::{key_of, moment_of};
use crate::exec::key::KeyMap;
use crate::exec::{Lasting, Op, Output, Row, Track};
use crate::expr::{Expr, Span};
use crate::limits::{GROUPS_MAX, too_much};

/// Which row stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// The first that came.
    FirstCome,
    /// The last that came.
    LastCome,
    /// The earliest by the time in this column.
    Earliest(u32),
    /// The latest by the time in this column.
    Latest(u32),
}

/// One row for each key.
#[derive(Clone, Debug)]
pub struct Dedup {
    /// The key.
    pub partition: Vec<Expr>,
    /// Which row stays.
    pub keep: Keep,
    /// Where the query stands.
    pub span: Span,
    kept: KeyMap<Kept>,
    lasting: Lasting,
    clock: i64,
    /// The earliest time of a row that has not been told.
    next: i64,
}

#[derive(Clone, Debug)]
struct Kept {
    row: Row,
    told: bool,
    /// When it came, in processing time.
    written: i64,
}

impl Dedup {
    /// Nothing has come yet.
    #[must_use]
    pub fn new(partition: Vec<Expr>, keep: Keep, lasting: Lasting, span: Span) -> Self {
        let (kept, clock, next) = (KeyMap::default(), i64::MIN, i64::MAX);
        Self { partition, keep, span, kept, lasting, clock, next }
    }

    fn take(&mut self, row: &Row, out: &mut Output) -> Result<(), String> {
        let key = key_of(&self.partition, row)?;
        let time_of = |row: &Row, slot: u32| {
            moment_of(row, slot).ok_or("The time attribute of a row cannot be NULL")
        };
        let (now, lasting) = (out.now(), self.lasting);
        if self.lasting.sweeps(now) {
            self.kept.retain(|_, it| !lasting.is_over(it.written, now));
        }
        let before = self.kept.get_mut(&key).filter(|it| !lasting.is_over(it.written, now));
        let told = match (self.keep, before) {
            (Keep::FirstCome, Some(_)) => return Ok(()),
            (Keep::FirstCome | Keep::LastCome | Keep::Latest(_), None) => {
                out.row(Row { op: Op::Insert, ..row.clone() });
                true
            }
            (Keep::Latest(slot), Some(it)) if time_of(row, slot)? < time_of(&it.row, slot)? => {
                return Ok(());
            }
            (Keep::LastCome | Keep::Latest(_), Some(it)) => {
                out.row(Row { op: Op::UpdateBefore, time: row.time, ..it.row.clone() });
                out.row(Row { op: Op::UpdateAfter, ..row.clone() });
                true
            }
            (Keep::Earliest(slot), before) => {
                let time = time_of(row, slot)?;
                let later =
                    |it: &Kept| it.told || time_of(&it.row, slot).is_ok_and(|at| at <= time);
                if time < self.clock || before.is_some_and(|it| later(it)) {
                    return Ok(());
                }
                self.next = self.next.min(time);
                false
            }
        };
        self.kept.insert(key, Kept { row: row.clone(), told, written: now });
        if self.kept.len() > GROUPS_MAX {
            out.stop(too_much(self.span, "keys", GROUPS_MAX));
        }
        Ok(())
    }

    /// Gives the rows the watermark has passed, in the order of their times.
    fn pass(&mut self, slot: u32, clock: i64, out: &mut Output) {
        let mut due = Vec::new();
        self.next = i64::MAX;
        for kept in self.kept.values_mut().filter(|it| !it.told) {
            let time = moment_of(&kept.row, slot).unwrap_or(i64::MIN);
            if time < clock {
                kept.told = true;
                due.push((time, Row { op: Op::Insert, ..kept.row.clone() }));
            } else {
                self.next = self.next.min(time);
            }
        }
        base::order::sort_by_key(&mut due, |it| it.0);
        due.into_iter().for_each(|(_, row)| out.row(row));
    }
}

impl Operator for Dedup {
    fn push(&mut self, _input: u32, row: Row, out: &mut Output) {
        if let Err(message) = self.take(&row, out) {
            out.fail(row, "Row cannot be compared", message);
        }
    }

    fn advance(&mut self, _input: u32, clock: i64, out: &mut Output) {
        self.clock = self.clock.max(clock);
        if let Keep::Earliest(slot) = self.keep
            && self.next < clock
        {
            self.pass(slot, clock, out);
        }
        out.clock(clock);
    }

    fn watch(&self, track: &mut Track) {
        track.keep_rows(self.kept.len(), self.kept.first().map(|(_, it)| &it.row));
    }
}
