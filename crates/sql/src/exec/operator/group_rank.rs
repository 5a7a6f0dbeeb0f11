//! `GROUP_RANK`: rows of one moment with their ranks (AWS SQL reference, "Group Rank").
//!
//! Rows are gathered until the clock passes their moment. The service gives up waiting after an
//! idle time as well; here the clock goes on by itself, so that nothing waits.

use core::cmp::Ordering;

use super::Operator;
use crate::eval::Row as _;
use crate::exec::{Output, Row};
use crate::expr::Span;
use crate::limits::{ROWS_KEPT_MAX, too_much};
use crate::value::Value;

/// What is ranked, and how ranks come out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ranking {
    /// The value that is ranked by.
    pub slot: u32,
    /// Whether the largest is the first.
    pub descending: bool,
    /// The order ranks come out in; none is that of the rows.
    pub order: Option<Ordering>,
    /// Rows that come out at most; 0 is all of them.
    pub most: u32,
}

/// The rows of one moment.
#[derive(Clone, Debug)]
pub struct GroupRank {
    ranking: Ranking,
    /// Where the query stands.
    span: Span,
    time: Option<i64>,
    rows: Vec<Row>,
}

impl GroupRank {
    /// Nothing has come yet.
    #[must_use]
    pub fn new(ranking: Ranking, span: Span) -> Self {
        Self { ranking, span, time: None, rows: Vec::new() }
    }

    fn release(&mut self, out: &mut Output) {
        self.time = None;
        let Ranking { slot, descending, order, most } = self.ranking;
        let rows = core::mem::take(&mut self.rows);
        let value = |at: usize| rows[at].slot(slot);
        let mut sorted: Vec<usize> = (0..rows.len()).collect();
        base::order::sort_by(&mut sorted, |a, b| {
            let found = value(*a).order(&value(*b));
            if descending { found.reverse() } else { found }
        });
        // Equal values share the rank of the first of them.
        let mut ranks: Vec<(i64, usize)> = Vec::new();
        for (place, at) in (1..).zip(&sorted) {
            let shared = ranks.last().filter(|it| value(it.1) == value(*at)).map(|it| it.0);
            ranks.push((shared.unwrap_or(place), *at));
        }
        match order {
            None => base::order::sort_by(&mut ranks, |a, b| a.1.cmp(&b.1)),
            Some(Ordering::Greater) => {
                base::order::sort_by(&mut ranks, |a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
            }
            Some(_) => {}
        }
        let most = if most == 0 { usize::MAX } else { most as usize };
        for (rank, at) in ranks.into_iter().take(most) {
            let mut values = rows[at].values.to_vec();
            values.push(Value::Integer(rank));
            out.row(rows[at].with(values));
        }
    }
}

impl Operator for GroupRank {
    fn push(&mut self, _input: u32, row: Row, out: &mut Output) {
        if self.time != Some(row.time) {
            self.release(out);
            self.time = Some(row.time);
        }
        if self.rows.len() >= ROWS_KEPT_MAX {
            return out.stop(too_much(self.span, "rows", ROWS_KEPT_MAX));
        }
        self.rows.push(row);
    }

    fn advance(&mut self, _input: u32, clock: i64, out: &mut Output) {
        if self.time.is_some_and(|time| clock > time) {
            self.release(out);
        }
        out.clock(clock);
    }
}
