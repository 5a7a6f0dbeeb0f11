//! The rows of a query as rows of the stream they are inserted into.

use std::sync::Arc;

use super::Operator;
use crate::eval::eval;
use crate::exec::calls::said;
use crate::exec::{Output, Row};
use crate::expr::Expr;
use crate::value::Value;

/// Brings values to the types of columns; NULL where none may be is a fault (facts, analytics
/// §1.2).
#[derive(Clone, Debug)]
pub struct Coerce {
    /// The value of each column.
    pub values: Arc<[Expr]>,
    /// The columns that may not be NULL, with their names.
    pub required: Arc<[(u32, String)]>,
}

impl Coerce {
    fn row(&self, row: &Row) -> Result<Row, String> {
        let values: Result<Arc<[Value]>, String> =
            self.values.iter().map(|expr| eval(expr, row).map_err(said)).collect();
        let values = values?;
        for (slot, name) in &*self.required {
            if values.get(*slot as usize) == Some(&Value::Null) {
                return Err(format!("`{name}` cannot be NULL"));
            }
        }
        Ok(row.with(values))
    }
}

impl Operator for Coerce {
    fn push(&mut self, _input: u32, row: Row, out: &mut Output) {
        match self.row(&row) {
            Ok(made) => out.row(made),
            Err(message) => out.fail(row, "Row cannot be inserted", message),
        }
    }

    fn advance(&mut self, _input: u32, clock: i64, out: &mut Output) {
        out.clock(clock);
    }

    fn listens(&self) -> bool {
        false
    }
}
