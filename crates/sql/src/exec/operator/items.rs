//! `TOP_K_ITEMS_TUMBLING` and `COUNT_DISTINCT_ITEMS_TUMBLING`: items of one column, counted in
//! windows of so many seconds (facts, analytics §2.3).
//!
//! The service counts many items roughly; here every one is counted. Windows begin at multiples of
//! their width, as `STEP` has them; an empty one gives nothing.

use super::Operator;
use crate::agg::Bag;
use crate::eval::Row as _;
use crate::exec::{Output, Row, Track};
use crate::expr::Span;
use crate::limits::{GROUPS_MAX, too_much};
use crate::print::text_of;
use crate::value::Value;

/// What comes out of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// The items there are most of, at most so many, with their counts.
    Top(u32),
    /// How many different items there are.
    Distinct,
}

/// The items of the window that is open.
#[derive(Clone, Debug)]
pub struct Items {
    /// Which value of a row is an item.
    slot: u32,
    wanted: Wanted,
    width_micros: i64,
    /// Where the query stands.
    span: Span,
    /// Where the open window ends.
    end: Option<i64>,
    items: Bag,
    distinct: usize,
}

impl Items {
    /// No window is open yet.
    #[must_use]
    pub fn new(slot: u32, wanted: Wanted, width_micros: i64, span: Span) -> Self {
        let (end, items, distinct) = (None, Bag::default(), 0);
        Self { slot, wanted, width_micros: width_micros.max(1), span, end, items, distinct }
    }

    fn close(&mut self, out: &mut Output) {
        let Some(time) = self.end.take() else { return };
        match self.wanted {
            Wanted::Distinct => {
                let count = i64::try_from(self.items.distinct()).unwrap_or(i64::MAX);
                out.row(Row::insert(time, [Value::Integer(count)]));
            }
            Wanted::Top(most) => {
                for (item, count) in self.items.top(most) {
                    let count = i64::try_from(count).unwrap_or(i64::MAX);
                    let values = [Value::Text(text_of(item).into()), Value::Integer(count)];
                    out.row(Row::insert(time, values));
                }
            }
        }
        (self.items, self.distinct) = (Bag::default(), 0);
    }
}

impl Operator for Items {
    fn push(&mut self, _input: u32, row: Row, out: &mut Output) {
        if self.end.is_none_or(|end| row.time >= end) {
            self.close(out);
            let start = row.time.saturating_sub(row.time.rem_euclid(self.width_micros));
            self.end = Some(start.saturating_add(self.width_micros));
        }
        let item = row.slot(self.slot);
        if item == Value::Null {
            return;
        }
        self.distinct += usize::from(self.items.add(&item, 1) == 0);
        if self.distinct > GROUPS_MAX {
            out.stop(too_much(self.span, "items", GROUPS_MAX));
        }
    }

    fn advance(&mut self, _input: u32, clock: i64, out: &mut Output) {
        if self.end.is_some_and(|end| clock >= end) {
            self.close(out);
        }
        out.clock(clock);
    }

    fn watch(&self, track: &mut Track) {
        track.keep(self.distinct, 1);
    }
}
