//! Streaming SQL: for now the expression language, after Kinesis Data Analytics for SQL.
//!
//! An expression is plain data: types, values and trees, each node with its place in the text. A
//! text becomes a tree ([`parse_expr`], [`parse_select`]), the tree has a type ([`check`]) and,
//! over a row, a value ([`eval`]). Knows nothing of scenarios or the engine, so functions, filters
//! and queries can share it.
//!
//! Lengths and depths are bounded, so no text and no row can bring it down. Nothing wraps around:
//! what does not fit is a [`Fault`].

pub mod agg;
pub mod check;
pub mod decimal;
pub mod eval;
pub mod expr;
pub mod function;
pub mod json;
pub mod parse;
pub mod print;
pub mod problem;
pub mod rules;
pub mod types;
pub mod value;

pub use agg::{Accumulator, Aggregate, AggregateFunction};
pub use check::{Column, check};
pub use decimal::Decimal;
pub use eval::{Fault, Row, eval};
pub use expr::{BinaryOp, Expr, ExprKind, Name, Select, SelectItem, Span, UnaryOp};
pub use function::Function;
pub use parse::{parse_expr, parse_select};
pub use problem::Problem;
pub use rules::Rules;
pub use types::DataType;
pub use value::Value;

#[cfg(test)]
mod random_tests;
#[cfg(test)]
mod value_tests;
