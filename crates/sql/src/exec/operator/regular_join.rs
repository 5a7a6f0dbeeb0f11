//! A join without any bound in time: every row meets every row of the other side, then or later.
//!
//! Results change: a row that stood alone is taken back when a partner comes. Everything is kept
//! for ever.

use super::{Clocks, Operator};
use crate::exec::join::{JoinShape, side};
use crate::exec::key::KeyMap;
use crate::exec::{Op, Output, Row};
use crate::expr::Span;
use crate::limits::{ROWS_KEPT_MAX, too_much};

/// A join of everything.
#[derive(Clone, Debug)]
pub struct RegularJoin {
    /// Keys and sides.
    pub shape: JoinShape,
    /// Where the query stands.
    pub span: Span,
    kept: [KeyMap<Vec<Kept>>; 2],
    clocks: Clocks,
    count: usize,
}

#[derive(Clone, Debug)]
struct Kept {
    row: Row,
    partners: u64,
}

impl RegularJoin {
    /// Nothing has come yet.
    #[must_use]
    pub fn new(shape: JoinShape, span: Span) -> Self {
        let kept = [KeyMap::default(), KeyMap::default()];
        Self { shape, span, kept, clocks: Clocks::new(2), count: 0 }
    }

    fn take(&mut self, side: usize, row: &Row, out: &mut Output) -> Result<(), String> {
        let shape = &self.shape;
        let as_op = |op: Op, row: Row| Row { op, ..row };
        let Some(key) = shape.key(side, row)? else {
            if shape.stays[side] {
                out.row(shape.alone(side, row));
            }
            return Ok(());
        };
        let mut partners = 0;
        for other in self.kept[1 - side].get_mut(&key).into_iter().flatten() {
            let Some(pair) = shape.joined(side, row, &other.row)? else { continue };
            partners += 1;
            let stays = shape.stays[1 - side];
            let alone = || Row { time: row.time, ..shape.alone(1 - side, &other.row) };
            if row.op.adds() {
                if stays && other.partners == 0 {
                    out.row(as_op(Op::Delete, alone()));
                }
                other.partners += 1;
                out.row(if stays { as_op(Op::Insert, pair) } else { pair });
            } else {
                other.partners = other.partners.saturating_sub(1);
                out.row(if stays { as_op(Op::Delete, pair) } else { pair });
                if stays && other.partners == 0 {
                    out.row(as_op(Op::Insert, alone()));
                }
            }
        }
        if partners == 0 && shape.stays[side] {
            out.row(shape.alone(side, row));
        }
        let mine = self.kept[side].entry(key).or_default();
        if row.op.adds() {
            mine.push(Kept { row: as_op(Op::Insert, row.clone()), partners });
            self.count += 1;
        } else if let Some(at) = mine.iter().position(|it| it.row.values == row.values) {
            mine.remove(at);
            self.count -= 1;
        }
        if self.count > ROWS_KEPT_MAX {
            out.stop(too_much(self.span, "rows", ROWS_KEPT_MAX));
        }
        Ok(())
    }
}

impl Operator for RegularJoin {
    fn push(&mut self, input: u32, row: Row, out: &mut Output) {
        if let Err(message) = self.take(side(input), &row, out) {
            out.fail(row, "Row cannot be joined", message);
        }
    }

    fn advance(&mut self, input: u32, clock: i64, out: &mut Output) {
        if let Some(clock) = self.clocks.advance(input, clock) {
            out.clock(clock);
        }
    }
}
