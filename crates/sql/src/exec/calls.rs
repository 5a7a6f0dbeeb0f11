//! The aggregate functions of one query over one group of rows.

use core::cmp::Ordering;
use std::sync::Arc;

use super::Row;
use super::key::Key;
use crate::agg::{Accumulator, Aggregate};
use crate::eval::{Fault, eval};
use crate::expr::Expr;
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
            match &call.argument {
                Some(argument) => change(index, call, &eval(argument, row).map_err(said)?)?,
                None => change(index, call, &Value::Null)?,
            }
        }
        Ok(())
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
