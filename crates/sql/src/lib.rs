//! Streaming SQL: the language, and queries at work.
//!
//! Two ways in. **Expressions** over one row serve functions and filters: a text becomes a tree
//! ([`parse_expr`], [`parse_select`]), the tree has a type ([`check`]) and, over a row, a value
//! ([`eval`]). **Scripts** serve SQL applications, in one of two [`Dialect`]s:
//!
//! ```text
//! text ─ parse_script ─► ast::Script ─ bind ─► exec::Graph of operators ─► rows that come out
//!          (problems)                (problems)     push(row) · advance(clock)
//! ```
//!
//! - [`dialect`]: what differs, as questions a dialect answers.
//! - [`parse`], [`print`]: statements and expressions; all problems are told, with their places.
//! - [`ast`]: statements as written. [`expr`]: expressions, as written and, with
//!   [`ExprKind::Slot`] in the place of names, as bound.
//! - [`bind`]: names looked up, types checked, operators wired. One file for each dialect.
//! - [`exec`]: rows, operators, the graph. A new operator is a file in `exec/operator` and a line
//!   of its list. [`exec::key`] has the map for groups; nothing goes in the order of a hash.
//! - [`agg`]: functions over many rows. [`rules`]: where values of the dialects differ.
//! - [`live`]: a script that runs, record by record. [`input`]: records as rows of a schema.
//! - [`batch`]: one query of finite tables, as Redshift reads it, bound and answered at once.
//! - [`feed`]: a script over timed JSON rows, as the command line and the goldens run it.
//! - [`translate`]: a script of one dialect in the words of the other.
//! - [`limits`]: every bound, each with its diagnostic.
//!
//! Knows nothing of scenarios or the engine. Lengths and depths are bounded, so no text and no
//! row can bring it down. Nothing wraps around unless its dialect says so: what does not fit is a
//! [`Fault`].

pub mod agg;
pub mod ast;
pub mod batch;
pub mod bind;
pub mod check;
pub mod decimal;
pub mod dialect;
pub mod eval;
pub mod exec;
pub mod expr;
pub mod feed;
pub mod function;
pub mod input;
pub mod json;
pub mod limits;
pub mod live;
pub mod lower;
pub mod parse;
pub mod path;
pub mod print;
pub mod problem;
pub mod rules;
pub mod translate;
pub mod types;
pub mod value;

pub use agg::{Accumulator, Aggregate, AggregateFunction};
pub use check::{Column, check};
pub use decimal::Decimal;
pub use dialect::Dialect;
pub use eval::{Fault, Row, eval};
pub use expr::{BinaryOp, Expr, ExprKind, Name, Select, SelectItem, Span, UnaryOp};
pub use function::Function;
pub use lower::lower;
pub use parse::{parse_expr, parse_expr_of, parse_script, parse_select};
pub use problem::Problem;
pub use rules::Rules;
pub use types::DataType;
pub use value::Value;

#[cfg(test)]
mod flink_tests;
#[cfg(test)]
mod fuzz_tests;
#[cfg(test)]
mod model_tests;
#[cfg(test)]
mod random_tests;
#[cfg(test)]
mod script_tests;
#[cfg(test)]
mod value_tests;
