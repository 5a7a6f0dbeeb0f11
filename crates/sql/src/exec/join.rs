//! What every join is made of: keys of both sides, one more condition, which rows stay alone.

use core::iter::repeat_n;

use super::Row;
use super::calls::{key_of, said};
use super::key::Key;
use crate::eval::eval;
use crate::expr::Expr;
use crate::value::Value;

/// A join of two inputs: 0 is the left one, 1 the right one.
#[derive(Clone, Debug)]
pub struct JoinShape {
    /// What must be equal, over each side.
    pub keys: [Vec<Expr>; 2],
    /// What must hold beside it, over the values of both.
    pub condition: Option<Expr>,
    /// Whether the rows of a side stay when they have no partner.
    pub stays: [bool; 2],
    /// How many columns each side has.
    pub widths: [usize; 2],
    /// What comes out.
    pub gives: Gives,
    /// Whether NULL equals NULL, as it does between the rows of `INTERSECT`.
    pub nulls_meet: bool,
}

/// What comes out of a join.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gives {
    /// Rows of both sides beside each other.
    Pairs,
    /// Rows of the left that have a partner: `IN`, `EXISTS`.
    Met,
    /// Rows of the left that have none: `NOT IN`, `NOT EXISTS`.
    Unmet,
}

/// The number of a side.
#[must_use]
pub fn side(input: u32) -> usize {
    usize::from(input != 0)
}

impl JoinShape {
    /// The key of a row of a side; none when a part of it is NULL, which equals nothing.
    ///
    /// # Errors
    /// A part has no value.
    pub fn key(&self, side: usize, row: &Row) -> Result<Option<Key>, String> {
        let key = key_of(&self.keys[side], row)?;
        Ok((self.nulls_meet || !key.0.contains(&Value::Null)).then_some(key))
    }

    /// Both rows side by side, if the condition holds; `mine` is of this side.
    ///
    /// # Errors
    /// The condition has no value.
    pub fn joined(&self, side: usize, mine: &Row, other: &Row) -> Result<Option<Row>, String> {
        let (left, right) = if side == 0 { (mine, other) } else { (other, mine) };
        let values: Vec<Value> = left.values.iter().chain(&*right.values).cloned().collect();
        let row = mine.with(values);
        match &self.condition {
            Some(condition) if eval(condition, &row).map_err(said)? != Value::Boolean(true) => {
                Ok(None)
            }
            Some(_) | None => Ok(Some(row)),
        }
    }

    /// A row of a side with nothing on the other.
    #[must_use]
    pub fn alone(&self, side: usize, row: &Row) -> Row {
        let nothing = repeat_n(Value::Null, self.widths[1 - side]);
        let values: Vec<Value> = match side {
            0 => row.values.iter().cloned().chain(nothing).collect(),
            _ => nothing.chain(row.values.iter().cloned()).collect(),
        };
        row.with(values)
    }
}
