//! Each row several times: once for each set of keys of `GROUPING SETS`, `ROLLUP` or `CUBE`.

use std::sync::Arc;

use super::Operator;
use crate::eval::{Fault, eval};
use crate::exec::{Output, Row};
use crate::expr::Expr;
use crate::value::Value;

/// Puts one of several lists of values behind those of a row.
#[derive(Clone, Debug)]
pub struct Expand {
    /// The lists, over the values of the row.
    pub sets: Arc<[Vec<Expr>]>,
}

impl Operator for Expand {
    fn push(&mut self, _input: u32, row: Row, out: &mut Output) {
        for set in &*self.sets {
            let more: Result<Vec<Value>, Fault> = set.iter().map(|it| eval(it, &row)).collect();
            match more {
                Ok(more) => {
                    let values = row.values.iter().cloned().chain(more);
                    out.row(row.with(values.collect::<Arc<[Value]>>()));
                }
                Err(fault) => {
                    return out.fail(row, "Row cannot be computed", fault.message);
                }
            }
        }
    }

    fn advance(&mut self, _input: u32, clock: i64, out: &mut Output) {
        out.clock(clock);
    }

    fn listens(&self) -> bool {
        false
    }
}
