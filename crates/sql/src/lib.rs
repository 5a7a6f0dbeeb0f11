//! Streaming SQL, as far as other crates already speak of it: the expression language.
//!
//! An expression is plain data here: types, values and trees, each node with its place in the
//! text. Knows nothing of scenarios or the engine, so filters, transforms and queries can share
//! it.

pub mod expr;
pub mod types;
pub mod value;

pub use expr::{BinaryOp, Expr, ExprKind, Span, UnaryOp};
pub use types::DataType;
pub use value::Value;
