//! Functions over many rows: what one is called with ([`Aggregate`]), and what it remembers
//! ([`Accumulator`]).
//!
//! NULL is passed over by all but `COUNT(*)` and the functions that give back one of the values
//! (facts, analytics §2.2). What an aggregate remembers is plain data: clone it for a checkpoint.
//! Rows leave windows and changelogs by [`Aggregate::retract`], sessions grow together by
//! [`Aggregate::merge`]. `FILTER` is the caller's: rows it turns down are not added.

mod accumulator;
mod bag;
mod fading;
mod function;
mod spread;
mod total;

pub use self::accumulator::Accumulator;
pub use self::bag::Bag;
pub use self::function::{AggregateFunction, find, names};

use crate::rules::{Nulls, Rules};
use crate::types::DataType;
use crate::value::Value;

/// An aggregate function with what its call says.
#[derive(Clone, Debug, PartialEq)]
pub struct Aggregate {
    /// Which one.
    pub function: AggregateFunction,
    /// The type of its argument, if it is known; none for `COUNT(*)`.
    pub argument: Option<DataType>,
    /// `COUNT(DISTINCT x)`: equal values count once.
    pub distinct: bool,
    /// What it does with NULL, where that is a question.
    pub nulls: Nulls,
    /// Whether rows will leave again. Some remember more then.
    pub retracts: bool,
    /// The arguments behind the first, in order: the interval of `EXP_AVG`, the place of
    /// `NTH_VALUE` and `LAG` with its default, the separator of `LISTAGG`.
    pub constants: Vec<Value>,
    /// `NTH_VALUE(…) FROM LAST`.
    pub from_last: bool,
    /// The answers of the dialect.
    pub rules: Rules,
}

impl Aggregate {
    /// A call without anything special.
    #[must_use]
    pub fn new(function: AggregateFunction, argument: Option<DataType>, rules: Rules) -> Self {
        Self {
            function,
            argument,
            distinct: false,
            nulls: rules.nulls,
            retracts: false,
            constants: Vec::new(),
            from_last: false,
            rules,
        }
    }
}

#[cfg(test)]
mod tests;
