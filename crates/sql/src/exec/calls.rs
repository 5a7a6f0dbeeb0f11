//! The aggregate functions of one query over one group of rows.

use core::cmp::Ordering;
use std::sync::Arc;

use super::Row;
use super::key::{Columns, Key, KeyMap, Probe};
use crate::agg::{Accumulator, Aggregate};
use crate::eval::{Fault, eval};
use crate::expr::{Expr, ExprKind, TIME_SLOT};
use crate::value::Value;

/// One aggregate function as it is called.
#[derive(Clone, Debug)]
pub struct Call {
    /// What it computes.
    pub aggregate: Aggregate,
    /// Its argument over the values of a row; none for `COUNT(*)`.
    pub argument: Option<Expr>,
    /// `FILTER (WHERE …)`: rows it does not hold for are passed over.
    pub filter: Option<Expr>,
}

/// All of them, in order.
#[derive(Clone, Debug)]
pub struct Calls(pub Arc<[Call]>);

/// One key of an order.
#[derive(Clone, Debug)]
pub struct SortKey {
    /// What is ordered by.
    pub expr: Expr,
    /// The largest first.
    pub descending: bool,
    /// Where NULL stands.
    pub nulls_first: bool,
}

impl Calls {
    /// Before the first row.
    #[must_use]
    pub fn start(&self) -> Vec<Accumulator> {
        self.0.iter().map(|call| call.aggregate.start()).collect()
    }

    /// A row joins the group.
    ///
    /// # Errors
    /// An argument has no value, or a sum does not fit.
    pub fn add(&self, to: &mut [Accumulator], row: &Row) -> Result<(), String> {
        self.each(row, |index, call, value| call.aggregate.add(&mut to[index], value, row.time))
    }

    /// A row leaves the group.
    ///
    /// # Errors
    /// As for [`Calls::add`].
    pub fn retract(&self, from: &mut [Accumulator], row: &Row) -> Result<(), String> {
        self.each(row, |index, call, value| {
            call.aggregate.retract(&mut from[index], value, row.time)
        })
    }

    /// Two groups become one.
    ///
    /// # Errors
    /// As for [`Calls::add`].
    pub fn merge(&self, into: &mut [Accumulator], other: &[Accumulator]) -> Result<(), String> {
        for ((call, into), other) in self.0.iter().zip(into).zip(other) {
            call.aggregate.merge(into, other)?;
        }
        Ok(())
    }

    /// What the group comes to, behind what `out` has already.
    ///
    /// # Errors
    /// A result does not fit its type.
    pub fn values(&self, of: &[Accumulator], out: &mut Vec<Value>) -> Result<(), String> {
        for (call, state) in self.0.iter().zip(of) {
            out.push(call.aggregate.value(state)?);
        }
        Ok(())
    }

    fn each(
        &self,
        row: &Row,
        mut change: impl FnMut(usize, &Call, &Value) -> Result<(), String>,
    ) -> Result<(), String> {
        for (index, call) in self.0.iter().enumerate() {
            if let Some(filter) = &call.filter
                && eval(filter, row).map_err(said)? != Value::Boolean(true)
            {
                continue;
            }
            let Some(argument) = &call.argument else {
                change(index, call, &Value::Null)?;
                continue;
            };
            match column(argument, row) {
                Some(value) => change(index, call, value)?,
                None => change(index, call, &eval(argument, row).map_err(said)?)?,
            }
        }
        Ok(())
    }
}

/// The value of an expression that is a column and nothing else, where it stands.
#[inline]
fn column<'a>(expr: &Expr, row: &'a Row) -> Option<&'a Value> {
    match expr.kind {
        ExprKind::Slot(slot) => row.values.get(slot as usize),
        _ => None,
    }
}

/// What a fault says.
#[must_use]
pub fn said(fault: Fault) -> String {
    fault.message
}

/// The key of a row.
///
/// # Errors
/// A part of it has no value.
pub fn key_of(exprs: &[Expr], row: &Row) -> Result<Key, String> {
    let values: Result<Arc<[Value]>, Fault> = exprs.iter().map(|expr| eval(expr, row)).collect();
    values.map(Key).map_err(said)
}

/// What rows are grouped by. Plain columns are compared where they stand.
#[derive(Clone, Debug)]
pub struct KeyOf {
    exprs: Arc<[Expr]>,
    /// The columns they are, when all of them are plain ones.
    columns: Option<Arc<[u32]>>,
    /// The key of the row at hand.
    key: Vec<Value>,
}

impl KeyOf {
    /// These expressions over the values of a row.
    #[must_use]
    pub fn new(exprs: Vec<Expr>) -> Self {
        let plain = |expr: &Expr| match expr.kind {
            ExprKind::Slot(slot) if slot != TIME_SLOT => Some(slot),
            _ => None,
        };
        let columns = exprs.iter().map(plain).collect();
        Self { exprs: exprs.into(), columns, key: Vec::new() }
    }

    /// How many values a key has.
    #[must_use]
    pub fn width(&self) -> usize {
        self.exprs.len()
    }

    /// Where the group of a row is in a map, if it is.
    ///
    /// # Errors
    /// A part of the key has no value.
    pub fn find<V>(&mut self, row: &Row, map: &KeyMap<V>) -> Result<Option<usize>, String> {
        if let Some(columns) = &self.columns {
            return Ok(map.get_index_of(&Columns(columns, &row.values)));
        }
        self.key.clear();
        for expr in &*self.exprs {
            self.key.push(eval(expr, row).map_err(said)?);
        }
        Ok(map.get_index_of(&Probe(&self.key)))
    }

    /// The key of the row that was looked for last.
    #[must_use]
    pub fn found(&self, row: &Row) -> Key {
        let column = |slot: &u32| row.values.get(*slot as usize).cloned().unwrap_or(Value::Null);
        match &self.columns {
            Some(columns) => Key(columns.iter().map(column).collect()),
            None => Key(self.key.as_slice().into()),
        }
    }
}

/// The moment in a column; none for NULL.
#[must_use]
pub fn moment_of(row: &Row, slot: u32) -> Option<i64> {
    match row.values.get(slot as usize) {
        Some(Value::Timestamp(micros)) => Some(*micros),
        _ => None,
    }
}

/// What a row is ordered by.
///
/// # Errors
/// A part of it has no value.
pub fn sort_values(keys: &[SortKey], row: &Row) -> Result<Vec<Value>, String> {
    keys.iter().map(|key| eval(&key.expr, row).map_err(said)).collect()
}

/// Which of two rows comes first, by what they are ordered by.
#[must_use]
pub fn sort_order(keys: &[SortKey], left: &[Value], right: &[Value]) -> Ordering {
    for ((key, left), right) in keys.iter().zip(left).zip(right) {
        let order = match (left, right) {
            (Value::Null, Value::Null) => Ordering::Equal,
            (Value::Null, _) if key.nulls_first => Ordering::Less,
            (Value::Null, _) => Ordering::Greater,
            (_, Value::Null) if key.nulls_first => Ordering::Greater,
            (_, Value::Null) => Ordering::Less,
            (left, right) if key.descending => right.order(left),
            (left, right) => left.order(right),
        };
        if order.is_ne() {
            return order;
        }
    }
    Ordering::Equal
}
