//! Functions over windows: rows are cut into partitions, put in order, and each gets its values.

use super::frame::Sorted;
use super::key::key_of;
use super::{Made, Run, failed};
use crate::batch::Line;
use crate::batch::plan::{Call, Edge, Fold, Frame, Place, Slide, Sliding, Window};
use crate::exec::calls::sort_order;
use crate::exec::key::KeyMap;
use crate::value::Value;

impl Run<'_> {
    /// Each row with the values of the functions behind its own; the rows stay in their order.
    pub(super) fn window(&self, window: &Window, arguments: &[Value]) -> Made<Vec<Line>> {
        let rows = self.rows(&window.from, arguments)?;
        let span = window.calls.first().map_or_else(Default::default, |it| it.span);
        let width = rows.first().map_or(0, |it| it.len()) + window.calls.len();
        self.bound(rows.len(), width, span)?;
        let mut partitions: KeyMap<Vec<usize>> = KeyMap::default();
        for (place, row) in rows.iter().enumerate() {
            let key = self.values(&window.partition, row, arguments)?;
            partitions.entry(key_of(&key)).or_default().push(place);
        }
        let mut found = vec![vec![Value::Null; window.calls.len()]; rows.len()];
        for places in partitions.into_values() {
            let mut keyed = Vec::with_capacity(places.len());
            for place in places {
                keyed.push((self.sort_values(&window.order, &rows[place], arguments)?, place));
            }
            base::order::sort_by(&mut keyed, |a, b| sort_order(&window.order, &a.0, &b.0));
            let own: Vec<&Line> = keyed.iter().map(|it| &rows[it.1]).collect();
            let places: Vec<usize> = keyed.iter().map(|it| it.1).collect();
            let keys = keyed.into_iter().map(|it| it.0).collect();
            let sorted = Sorted::of(&window.order, keys);
            for (index, call) in window.calls.iter().enumerate() {
                self.spend(own.len(), call.span)?;
                let values = self.slide(call, window, (&own, &sorted), arguments)?;
                for (place, value) in places.iter().zip(values) {
                    found[*place][index] = value;
                }
            }
        }
        let both = |(row, more): (&Line, Vec<Value>)| row.iter().cloned().chain(more).collect();
        Ok(rows.iter().zip(found).map(both).collect())
    }

    /// The value of a function for each row of a partition in order.
    fn slide(
        &self,
        call: &Sliding,
        window: &Window,
        (rows, sorted): (&[&Line], &Sorted),
        arguments: &[Value],
    ) -> Made<Vec<Value>> {
        let all = 0..rows.len();
        let values = |expr: &crate::expr::Expr| -> Made<Vec<Value>> {
            rows.iter().map(|row| self.value(expr, row, arguments)).collect()
        };
        Ok(match &call.what {
            Slide::RowNumber => all.map(|it| count(it + 1)).collect(),
            Slide::Rank => all.map(|it| count(sorted.peers_from(it) + 1)).collect(),
            Slide::DenseRank => all.map(|it| count(sorted.groups[it] + 1)).collect(),
            Slide::PercentRank => {
                let most = rows.len().saturating_sub(1).max(1);
                all.map(|it| part(sorted.peers_from(it), most)).collect()
            }
            Slide::CumeDist => all.map(|it| part(sorted.peers_to(it), rows.len())).collect(),
            Slide::Ntile(tiles) => {
                let tiles = match rows.first() {
                    Some(row) => self.value(tiles, row, arguments)?,
                    None => Value::Integer(1),
                };
                let Value::Integer(tiles @ 1..) = tiles else {
                    return Err(failed(call.span, "NTILE takes a number of tiles from 1"));
                };
                let tiles = usize::try_from(tiles).unwrap_or(usize::MAX);
                all.map(|it| count(tile(it, rows.len(), tiles))).collect()
            }
            Slide::Offset { value, by, default, ignore_nulls } => {
                let values = values(value)?;
                let mut out = Vec::with_capacity(rows.len());
                for (place, row) in rows.iter().enumerate() {
                    let found = offset(&values, place, *by, *ignore_nulls);
                    out.push(match (found, default) {
                        (Some(found), _) => found,
                        (None, Some(default)) => self.value(default, row, arguments)?,
                        (None, None) => Value::Null,
                    });
                }
                out
            }
            Slide::Nth { value, place, ignore_nulls } => {
                let values = values(value)?;
                let frames = self.frames(&call.frame, &window.order, sorted, call.span)?;
                let found =
                    |(from, to): (usize, usize)| nth(&values[from..to], *place, *ignore_nulls);
                frames.into_iter().map(found).collect()
            }
            Slide::Ratio(value) => {
                let values: Vec<Option<f64>> = values(value)?.iter().map(Value::float).collect();
                let sum: f64 = values.iter().flatten().sum();
                let ratio = |it: Option<f64>| it.map_or(Value::Null, |it| Value::Double(it / sum));
                if sum == 0.0 {
                    return Err(failed(call.span, "Division by zero"));
                }
                values.into_iter().map(ratio).collect()
            }
            Slide::Fold(fold) => {
                let frames = self.frames(&call.frame, &window.order, sorted, call.span)?;
                self.folds(fold, &call.frame, rows, &frames, arguments)?
            }
        })
    }

    /// An aggregate over the frame of each row. A frame that only grows is gone on with; another
    /// one is computed anew, unless the one before was the same.
    fn folds(
        &self,
        call: &Call,
        frame: &Frame,
        rows: &[&Line],
        frames: &[(usize, usize)],
        arguments: &[Value],
    ) -> Made<Vec<Value>> {
        let mut out: Vec<Value> = Vec::with_capacity(rows.len());
        let failed = |message: String| failed(call.span, message);
        if let (Fold::Aggregate(aggregate), Edge::UnboundedPreceding, true) =
            (&call.fold, &frame.start, call.order.is_empty())
        {
            let (mut state, mut done) = (aggregate.start(), 0);
            for (_, to) in frames {
                let same = done == *to && !out.is_empty();
                for row in &rows[done..*to] {
                    if let Some(value) = self.counted(call, row, arguments)? {
                        aggregate.add(&mut state, &value, 0).map_err(failed)?;
                    }
                }
                done = *to;
                match out.last().filter(|_| same) {
                    Some(last) => out.push(last.clone()),
                    None => out.push(aggregate.value(&state).map_err(failed)?),
                }
            }
            return Ok(out);
        }
        for (place, (from, to)) in frames.iter().enumerate() {
            let same = place > 0 && frames[place - 1] == (*from, *to);
            match out.last().filter(|_| same) {
                Some(last) => out.push(last.clone()),
                None => {
                    self.spend(to - from, call.span)?;
                    out.push(self.fold(call, &rows[*from..*to], &[], arguments)?);
                }
            }
        }
        Ok(out)
    }
}

fn count(of: usize) -> Value {
    Value::Integer(i64::try_from(of).unwrap_or(i64::MAX))
}

#[expect(clippy::cast_precision_loss, reason = "there are far fewer than 2^53 rows")]
fn part(of: usize, all: usize) -> Value {
    Value::Double(of as f64 / all as f64)
}

/// Rows fall into tiles of the same size, the first ones one larger where they do not fit.
fn tile(row: usize, rows: usize, tiles: usize) -> usize {
    let (size, larger) = (rows / tiles, rows % tiles);
    let of_larger = larger * (size + 1);
    if row < of_larger {
        row / (size + 1) + 1
    } else {
        larger + (row - of_larger) / size.max(1) + 1
    }
}

/// The value so many rows on or back; none outside of the partition.
fn offset(values: &[Value], row: usize, by: i64, ignore_nulls: bool) -> Option<Value> {
    let distance = usize::try_from(by.unsigned_abs()).unwrap_or(usize::MAX);
    if distance == 0 {
        return values.get(row).cloned();
    }
    let kept = |it: &&Value| !ignore_nulls || **it != Value::Null;
    if by > 0 {
        values[row + 1..].iter().filter(kept).nth(distance - 1).cloned()
    } else {
        values[..row].iter().rev().filter(kept).nth(distance - 1).cloned()
    }
}

fn nth(frame: &[Value], place: Place, ignore_nulls: bool) -> Value {
    let mut kept = frame.iter().filter(|it| !ignore_nulls || **it != Value::Null);
    let found = match place {
        Place::First => kept.next(),
        Place::Last => kept.next_back(),
        Place::Nth(0) => None,
        Place::Nth(at) => kept.nth(at - 1),
    };
    found.cloned().unwrap_or(Value::Null)
}
