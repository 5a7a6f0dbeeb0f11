//! Rows of the left by whether the right has a partner for them: `IN`, `EXISTS` and their opposites
//! without any bound in time.
//!
//! What comes first from the right may put rows there or take them back, and so may what goes. A
//! row keeps the kind of the change that let it out. Everything is kept for ever, or for as long
//! as state lasts.

use super::{Clocks, Operator};
use crate::exec::join::{Gives, JoinShape, side};
use crate::exec::key::{Key, KeyMap};
use crate::exec::{Lasting, Op, Output, Row, Track};
use crate::expr::Span;
use crate::limits::{ROWS_KEPT_MAX, too_much};

/// Which rows of the left have a partner.
#[derive(Clone, Debug)]
pub struct SemiJoin {
    /// Keys and sides.
    pub shape: JoinShape,
    /// Where the query stands.
    pub span: Span,
    kept: KeyMap<Kept>,
    clocks: Clocks,
    lasting: Lasting,
    count: usize,
}

/// The rows of a key.
#[derive(Clone, Debug, Default)]
struct Kept {
    left: Vec<Left>,
    right: Vec<(Row, i64)>,
}

#[derive(Clone, Debug)]
struct Left {
    row: Row,
    partners: u64,
    /// When it came, in processing time.
    written: i64,
}

impl SemiJoin {
    /// Nothing has come yet.
    #[must_use]
    pub fn new(shape: JoinShape, lasting: Lasting, span: Span) -> Self {
        Self { shape, span, kept: KeyMap::default(), clocks: Clocks::new(2), lasting, count: 0 }
    }

    /// Lets go of what is over.
    fn sweep(&mut self, now: i64) {
        let lasting = self.lasting;
        self.count = 0;
        for kept in self.kept.values_mut() {
            kept.left.retain(|it| !lasting.is_over(it.written, now));
            kept.right.retain(|it| !lasting.is_over(it.1, now));
            self.count += kept.left.len() + kept.right.len();
        }
        self.kept.retain(|_, it| !it.left.is_empty() || !it.right.is_empty());
    }

    fn left(&mut self, key: Option<Key>, row: Row, out: &mut Output) -> Result<(), String> {
        let unmet = self.shape.gives == Gives::Unmet;
        let Some(key) = key else {
            if unmet {
                out.row(row);
            }
            return Ok(());
        };
        let (now, lasting, mut partners) = (out.now(), self.lasting, 0);
        let kept = self.kept.entry(key).or_default();
        for (other, written) in &kept.right {
            let lasts = !lasting.is_over(*written, now);
            partners += u64::from(lasts && self.shape.joined(0, &row, other)?.is_some());
        }
        if (partners == 0) == unmet {
            out.row(row.clone());
        }
        if row.op.adds() {
            let row = Row { op: Op::Insert, ..row };
            kept.left.push(Left { row, partners, written: now });
            self.count += 1;
        } else if let Some(at) = kept.left.iter().position(|it| it.row.values == row.values) {
            kept.left.remove(at);
            self.count -= 1;
        }
        Ok(())
    }

    fn right(&mut self, key: Option<Key>, row: Row, out: &mut Output) -> Result<(), String> {
        let Some(key) = key else { return Ok(()) };
        let (now, lasting) = (out.now(), self.lasting);
        let unmet = self.shape.gives == Gives::Unmet;
        let kept = self.kept.entry(key).or_default();
        for mine in kept.left.iter_mut().filter(|it| !lasting.is_over(it.written, now)) {
            if self.shape.joined(1, &row, &mine.row)?.is_none() {
                continue;
            }
            let (turns, op) = match (row.op.adds(), unmet) {
                (true, true) => (mine.partners == 0, Op::Delete),
                (false, true) => (mine.partners == 1, Op::Insert),
                (true, false) => (mine.partners == 0, row.op),
                (false, false) => (mine.partners == 1, row.op),
            };
            if turns {
                out.row(Row { op, time: row.time, ..mine.row.clone() });
            }
            mine.partners =
                if row.op.adds() { mine.partners + 1 } else { mine.partners.saturating_sub(1) };
        }
        if row.op.adds() {
            kept.right.push((row, now));
            self.count += 1;
        } else if let Some(at) = kept.right.iter().position(|it| it.0.values == row.values) {
            kept.right.remove(at);
            self.count -= 1;
        }
        Ok(())
    }
}

impl Operator for SemiJoin {
    fn push(&mut self, input: u32, row: Row, out: &mut Output) {
        if self.lasting.sweeps(out.now()) {
            self.sweep(out.now());
        }
        let side = side(input);
        let taken = self.shape.key(side, &row).and_then(|key| match side {
            0 => self.left(key, row.clone(), out),
            _ => self.right(key, row.clone(), out),
        });
        if let Err(message) = taken {
            out.fail(row, "Row cannot be joined", message);
        }
        if self.count > ROWS_KEPT_MAX {
            out.stop(too_much(self.span, "rows", ROWS_KEPT_MAX));
        }
    }

    fn advance(&mut self, input: u32, clock: i64, out: &mut Output) {
        if let Some(clock) = self.clocks.advance(input, clock) {
            out.clock(clock);
        }
    }

    fn watch(&self, track: &mut Track) {
        track.keep(self.count, self.shape.widths[0].max(self.shape.widths[1]));
    }
}
