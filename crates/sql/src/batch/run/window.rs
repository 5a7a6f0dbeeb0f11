//! Functions over windows: rows are cut into partitions, put in order, and each gets its values.

use core::ops::Range;

use super::frame::{Sorted, pieces};
use super::key::key_of;
use super::{Made, Run, failed};
use crate::ast::window::Exclude;
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
            Slide::Offset { value, by, onwards, default, ignore_nulls } => {
                let values = values(value)?;
                let counted = counted_places(&values, *ignore_nulls);
                let mut out = Vec::with_capacity(rows.len());
                for (place, row) in rows.iter().enumerate() {
                    let by = by.as_ref().map(|it| self.value(it, row, arguments)).transpose()?;
                    let Value::Integer(by) = by.unwrap_or(Value::Integer(1)) else {
                        out.push(Value::Null);
                        continue;
                    };
                    let by = if *onwards { by } else { by.saturating_neg() };
                    out.push(match (offset(&counted, place, by), default) {
                        (Some(found), _) => values[found].clone(),
                        (None, Some(default)) => self.value(default, row, arguments)?,
                        (None, None) => Value::Null,
                    });
                }
                out
            }
            Slide::Nth { value, place, ignore_nulls } => {
                let values = values(value)?;
                let counted = counted_places(&values, *ignore_nulls);
                let frames = self.frames(&call.frame, &window.order, sorted, call.span)?;
                let found = |(row, reach): (usize, (usize, usize))| {
                    let pieces = pieces(call.frame.exclude, sorted, row, reach);
                    let found = nth(&counted, pieces, *place);
                    found.map_or(Value::Null, |it| values[it].clone())
                };
                frames.into_iter().enumerate().map(found).collect()
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
                self.folds(fold, &call.frame, (rows, sorted), &frames, arguments)?
            }
        })
    }

    /// An aggregate over the frame of each row. A frame that only grows is gone on with; another
    /// one is computed anew, unless the one before was the same.
    fn folds(
        &self,
        call: &Call,
        frame: &Frame,
        (rows, sorted): (&[&Line], &Sorted),
        frames: &[(usize, usize)],
        arguments: &[Value],
    ) -> Made<Vec<Value>> {
        let mut out: Vec<Value> = Vec::with_capacity(rows.len());
        let failed = |message: String| failed(call.span, message);
        let whole = frame.exclude == Exclude::NoOthers;
        if let (Fold::Aggregate(aggregate), Edge::UnboundedPreceding, true) =
            (&call.fold, &frame.start, call.order.is_empty() && whole)
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
            let same = place > 0 && frames[place - 1] == (*from, *to) && whole;
            match out.last().filter(|_| same) {
                Some(last) => out.push(last.clone()),
                None => {
                    self.spend(to - from, call.span)?;
                    let pieces = pieces(frame.exclude, sorted, place, (*from, *to));
                    let kept: Vec<&Line> =
                        pieces.into_iter().flatten().map(|it| rows[it]).collect();
                    out.push(self.fold(call, &kept, &[], arguments)?);
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

/// The places of values that count, in order.
fn counted_places(values: &[Value], ignore_nulls: bool) -> Vec<usize> {
    let counts = |it: &usize| !ignore_nulls || values[*it] != Value::Null;
    (0..values.len()).filter(counts).collect()
}

/// The place so many counted rows on or back; none outside of the partition.
fn offset(counted: &[usize], row: usize, by: i64) -> Option<usize> {
    let distance = usize::try_from(by.unsigned_abs()).unwrap_or(usize::MAX);
    if distance == 0 {
        return Some(row);
    }
    let at = if by > 0 {
        counted.partition_point(|it| *it <= row).checked_add(distance - 1)
    } else {
        counted.partition_point(|it| *it < row).checked_sub(distance)
    };
    counted.get(at?).copied()
}

/// The first, last or n-th counted place of a frame in pieces.
fn nth(counted: &[usize], pieces: [Range<usize>; 3], place: Place) -> Option<usize> {
    let mut pieces = pieces.map(|piece| {
        let at = |place: usize| counted.partition_point(|it| *it < place);
        let from = at(piece.start);
        &counted[from..at(piece.end).max(from)]
    });
    let mut left = match place {
        Place::First => 0,
        Place::Nth(at) => at.checked_sub(1)?,
        Place::Last => {
            pieces.reverse();
            return pieces.iter().find_map(|it| it.last()).copied();
        }
    };
    for piece in pieces {
        match piece.get(left) {
            Some(found) => return Some(*found),
            None => left -= piece.len(),
        }
    }
    None
}
