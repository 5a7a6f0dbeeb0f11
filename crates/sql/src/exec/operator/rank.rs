//! The first rows of an order, kept up to date: `ROW_NUMBER() … <= n`, and `ORDER BY … LIMIT n`.
//!
//! With the rank in the result (or an offset) each place is a row that changes; without it rows
//! come (`+I`) and go (`-D`), and a single first row is put in another's place (`+U`) as Flink's
//! own operators have it (facts, analytics §3.2, F11).

use super::Operator;
use crate::exec::calls::{SortKey, key_of, sort_order, sort_values};
use crate::exec::key::KeyMap;
use crate::exec::{Lasting, Op, Output, Row, Track};
use crate::expr::{Expr, Span};
use crate::limits::{ROWS_KEPT_MAX, too_much};
use crate::value::Value;

/// What a change of the first rows is told as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// Place by place; the rank, behind the values of the row, with it.
    Places,
    /// Rows that come and go.
    Rows,
    /// The only row, in the place of the one before.
    One,
}

/// The rows from one place to another, for each partition.
#[derive(Clone, Debug)]
pub struct Rank {
    /// Different values here are ranked by themselves.
    pub partition: Vec<Expr>,
    /// What rows are ordered by; of equals the first that came is the first.
    pub order: Vec<SortKey>,
    /// The first and the last place, counted from 1.
    pub places: (u64, u64),
    /// How changes are told.
    pub told: Told,
    /// Whether rows may be taken away again: all of them are kept then.
    pub retracts: bool,
    /// Where the query stands.
    pub span: Span,
    kept: KeyMap<Kept>,
    lasting: Lasting,
    count: usize,
}

/// The rows of a partition in their order, and when they changed last, in processing time.
#[derive(Clone, Debug, Default)]
struct Kept {
    rows: Vec<(Vec<Value>, Row)>,
    written: i64,
}

impl Rank {
    /// Nothing has come yet.
    #[must_use]
    pub fn new(
        (partition, order): (Vec<Expr>, Vec<SortKey>),
        places: (u64, u64),
        told: Told,
        (retracts, lasting): (bool, Lasting),
        span: Span,
    ) -> Self {
        let kept = KeyMap::default();
        Self { partition, order, places, told, retracts, span, kept, lasting, count: 0 }
    }

    fn take(&mut self, row: &Row, out: &mut Output) -> Result<(), String> {
        let key = key_of(&self.partition, row)?;
        let sort = sort_values(&self.order, row)?;
        let (from, to) = (size(self.places.0 - 1), size(self.places.1));
        let (now, lasting) = (out.now(), self.lasting);
        if self.lasting.sweeps(now) {
            self.kept.retain(|_, it| !lasting.is_over(it.written, now));
            self.count = self.kept.values().map(|it| it.rows.len()).sum();
        }
        let entry = self.kept.entry(key).or_insert_with(|| Kept { rows: Vec::new(), written: now });
        let Kept { rows: kept, written } = entry;
        self.count -= kept.len();
        if lasting.is_over(*written, now) {
            kept.clear();
        }
        *written = now;
        let shown = |kept: &[(Vec<Value>, Row)]| -> Vec<Row> {
            kept.iter().take(to).skip(from).map(|it| it.1.clone()).collect()
        };
        let before = shown(kept);
        if row.op.adds() {
            let at = kept.partition_point(|it| sort_order(&self.order, &it.0, &sort).is_le());
            if self.retracts || at < to {
                kept.insert(at, (sort, Row { op: Op::Insert, ..row.clone() }));
            }
        } else if let Some(at) = kept.iter().position(|it| it.1.values == row.values) {
            kept.remove(at);
        }
        if !self.retracts {
            kept.truncate(to);
        }
        self.count += kept.len();
        let now = shown(kept);
        if self.count > ROWS_KEPT_MAX {
            out.stop(too_much(self.span, "rows", ROWS_KEPT_MAX));
        }
        self.tell(&before, &now, row.time, out);
        Ok(())
    }

    fn tell(&self, before: &[Row], now: &[Row], time: i64, out: &mut Output) {
        let mut say = |op: Op, row: &Row, rank: Option<usize>| {
            let rank = rank.and_then(|it| i64::try_from(it).ok()).map_or(Value::Null, |it| {
                Value::Integer(it + i64::try_from(self.places.0).unwrap_or(1))
            });
            let values: Vec<Value> = row.values.iter().cloned().chain([rank]).collect();
            out.row(Row { op, time, ..row.with(values) });
        };
        match self.told {
            Told::Places => {
                for place in 0..before.len().max(now.len()) {
                    match (before.get(place), now.get(place)) {
                        (Some(old), Some(new)) if old.values == new.values => {}
                        (Some(old), Some(new)) => {
                            say(Op::UpdateBefore, old, Some(place));
                            say(Op::UpdateAfter, new, Some(place));
                        }
                        (Some(old), None) => say(Op::Delete, old, Some(place)),
                        (None, Some(new)) => say(Op::Insert, new, Some(place)),
                        (None, None) => {}
                    }
                }
            }
            Told::Rows => {
                without(before, now).for_each(|it| say(Op::Delete, it, None));
                without(now, before).for_each(|it| say(Op::Insert, it, None));
            }
            Told::One => match (before.first(), now.first()) {
                (Some(old), Some(new)) if old.values == new.values => {}
                (Some(_), Some(new)) => say(Op::UpdateAfter, new, None),
                (Some(old), None) => say(Op::Delete, old, None),
                (None, Some(new)) => say(Op::Insert, new, None),
                (None, None) => {}
            },
        }
    }
}

/// The rows of one side that the other side has not, equal ones counted.
fn without<'a>(rows: &'a [Row], others: &[Row]) -> impl Iterator<Item = &'a Row> {
    let mut left: Vec<&Row> = others.iter().collect();
    let mut found = Vec::new();
    for row in rows {
        match left.iter().position(|it| it.values == row.values) {
            Some(at) => {
                left.swap_remove(at);
            }
            None => found.push(row),
        }
    }
    found.into_iter()
}

fn size(place: u64) -> usize {
    usize::try_from(place).unwrap_or(usize::MAX)
}

impl Operator for Rank {
    fn push(&mut self, _input: u32, row: Row, out: &mut Output) {
        if let Err(message) = self.take(&row, out) {
            out.fail(row, "Row cannot be ranked", message);
        }
    }

    fn advance(&mut self, _input: u32, clock: i64, out: &mut Output) {
        out.clock(clock);
    }

    fn watch(&self, track: &mut Track) {
        let one = self.kept.first().and_then(|(_, it)| it.rows.first());
        track.keep_rows(self.count, one.map(|it| &it.1));
    }
}
