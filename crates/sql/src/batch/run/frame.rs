//! Which rows of a partition a window reaches from each row.

use core::ops::Range;

use super::{Made, Run, failed};
use crate::ast::window::{Exclude, FrameUnit};
use crate::batch::plan::{Edge, Frame};
use crate::exec::calls::SortKey;
use crate::exec::calls::sort_order;
use crate::expr::{BinaryOp, Expr, ExprKind, Span};
use crate::value::Value;

/// A partition in order.
pub(super) struct Sorted {
    /// What each row is ordered by.
    pub keys: Vec<Vec<Value>>,
    /// The number of different values before each row.
    pub groups: Vec<usize>,
    /// Where each of them begins, and where the last one ends.
    pub begins: Vec<usize>,
    /// The places of rows that are ordered by something: the others stand before or behind them.
    known: Range<usize>,
}

impl Sorted {
    pub(super) fn of(order: &[SortKey], keys: Vec<Vec<Value>>) -> Self {
        let (mut groups, mut begins) = (Vec::with_capacity(keys.len()), Vec::new());
        for (place, key) in keys.iter().enumerate() {
            let same = place > 0 && sort_order(order, &keys[place - 1], key).is_eq();
            if !same {
                begins.push(place);
            }
            groups.push(begins.len() - 1);
        }
        begins.push(keys.len());
        let known = |it: &Vec<Value>| it.first() != Some(&Value::Null);
        let first = keys.iter().position(known).unwrap_or(0);
        let known = first..keys.iter().rposition(known).map_or(first, |it| it + 1);
        Self { keys, groups, begins, known }
    }

    /// The first of the rows that are ordered as this one.
    pub(super) fn peers_from(&self, row: usize) -> usize {
        self.begins[self.groups[row]]
    }

    /// The row behind the last of them.
    pub(super) fn peers_to(&self, row: usize) -> usize {
        self.begins[self.groups[row] + 1]
    }
}

impl Run<'_> {
    /// Where the frame of each row begins and ends: `from..to`.
    pub(super) fn frames(
        &self,
        frame: &Frame,
        order: &[SortKey],
        sorted: &Sorted,
        span: Span,
    ) -> Made<Vec<(usize, usize)>> {
        let mut frames = Vec::with_capacity(sorted.keys.len());
        for row in 0..sorted.keys.len() {
            let from =
                self.edge(&frame.start, frame.unit, (order, sorted), row, Side::From, span)?;
            let to = self.edge(&frame.end, frame.unit, (order, sorted), row, Side::To, span)?;
            frames.push((from, to.max(from)));
        }
        Ok(frames)
    }

    fn edge(
        &self,
        edge: &Edge,
        unit: FrameUnit,
        (order, sorted): (&[SortKey], &Sorted),
        row: usize,
        side: Side,
        span: Span,
    ) -> Made<usize> {
        let rows = sorted.keys.len();
        let (by, onwards) = match edge {
            Edge::UnboundedPreceding => return Ok(0),
            Edge::UnboundedFollowing => return Ok(rows),
            Edge::CurrentRow => {
                return Ok(match (unit, side) {
                    (FrameUnit::Rows, Side::From) => row,
                    (FrameUnit::Rows, Side::To) => row + 1,
                    (_, Side::From) => sorted.peers_from(row),
                    (_, Side::To) => sorted.peers_to(row),
                });
            }
            Edge::Preceding(by) => (by, false),
            Edge::Following(by) => (by, true),
        };
        let behind = usize::from(side == Side::To);
        match unit {
            FrameUnit::Rows => Ok(moved(row, by, onwards)
                .map_or(if onwards { rows } else { 0 }, |it| (it + behind).min(rows))),
            FrameUnit::Groups => {
                let group = moved(sorted.groups[row], by, onwards);
                let last = sorted.begins.len() - 1;
                Ok(group.map_or(if onwards { rows } else { 0 }, |it| {
                    sorted.begins[(it + behind).min(last)]
                }))
            }
            FrameUnit::Range => self.distance(by, onwards, (order, sorted), row, side, span),
        }
    }

    /// By what is added to the order. Rows without one are a frame of their own.
    fn distance(
        &self,
        by: &Value,
        onwards: bool,
        (order, sorted): (&[SortKey], &Sorted),
        row: usize,
        side: Side,
        span: Span,
    ) -> Made<usize> {
        let own = sorted.keys[row].first().unwrap_or(&Value::Null);
        let Some(key) = order.first().filter(|_| *own != Value::Null) else {
            return Ok(match side {
                Side::From => sorted.peers_from(row),
                Side::To => sorted.peers_to(row),
            });
        };
        let op = if onwards == key.descending { BinaryOp::Subtract } else { BinaryOp::Add };
        let literal = |it: &Value| Box::new(Expr::new(ExprKind::Literal(it.clone()), span));
        let sum = Expr::new(ExprKind::Binary(op, literal(own), literal(by)), span);
        let end = self.value(&sum, &[], &[]).map_err(|it| failed(span, it.message))?;
        let end = [end];
        // The keys are in order, so the first one that is not before the end is searched for.
        let before = |place: &Vec<Value>| {
            let found = sort_order(core::slice::from_ref(key), place, &end);
            if side == Side::From { found.is_lt() } else { found.is_le() }
        };
        let found = sorted.keys.partition_point(before);
        // NULL lies at no distance, wherever it stands in the order.
        Ok(found.clamp(sorted.known.start, sorted.known.end))
    }
}

/// The places a frame reaches: before what it leaves out around its row, the row, and behind it.
pub(super) fn pieces(
    exclude: Exclude,
    sorted: &Sorted,
    row: usize,
    (from, to): (usize, usize),
) -> [Range<usize>; 3] {
    let out = match exclude {
        Exclude::NoOthers => return [from..to, to..to, to..to],
        Exclude::CurrentRow => row..row + 1,
        Exclude::Group | Exclude::Ties => sorted.peers_from(row)..sorted.peers_to(row),
    };
    let stays = exclude == Exclude::Ties && (from..to).contains(&row);
    [from..out.start.min(to), row..row + usize::from(stays), out.end.max(from)..to]
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    From,
    To,
}

/// So many places onwards or back; none before the first.
fn moved(place: usize, by: &Value, onwards: bool) -> Option<usize> {
    let Value::Integer(by) = by else { return Some(place) };
    let by = usize::try_from(*by).unwrap_or(usize::MAX);
    if onwards { place.checked_add(by) } else { place.checked_sub(by) }
}
