//! A join without any bound in time: every row meets every row of the other side, then or later.
//!
//! Results change: a row that stood alone is taken back when a partner comes. Everything is kept
//! for ever, or for as long as state lasts.

use super::{Clocks, Operator};
use crate::exec::join::{JoinShape, side};
use crate::exec::key::KeyMap;
use crate::exec::{Lasting, Op, Output, Row, Track};
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
    lasting: Lasting,
    count: usize,
}

#[derive(Clone, Debug)]
struct Kept {
    row: Row,
    partners: u64,
    /// When it came, in processing time.
    written: i64,
}

impl RegularJoin {
    /// Nothing has come yet.
    #[must_use]
    pub fn new(shape: JoinShape, lasting: Lasting, span: Span) -> Self {
        let kept = [KeyMap::default(), KeyMap::default()];
        Self { shape, span, kept, clocks: Clocks::new(2), lasting, count: 0 }
    }

    /// Lets go of what is over.
    fn sweep(&mut self, now: i64) {
        let lasting = self.lasting;
        for kept in &mut self.kept {
            for rows in kept.values_mut() {
                rows.retain(|it| !lasting.is_over(it.written, now));
            }
            kept.retain(|_, rows| !rows.is_empty());
        }
        let rows = self.kept.iter().flat_map(|it| it.values());
        self.count = rows.map(Vec::len).sum();
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
        let (now, lasting, mut partners) = (out.now(), self.lasting, 0);
        let others = self.kept[1 - side].get_mut(&key).into_iter().flatten();
        for other in others.filter(|it| !lasting.is_over(it.written, now)) {
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
            mine.push(Kept { row: as_op(Op::Insert, row.clone()), partners, written: now });
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
        if self.lasting.sweeps(out.now()) {
            self.sweep(out.now());
        }
        if let Err(message) = self.take(side(input), &row, out) {
            out.fail(row, "Row cannot be joined", message);
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
