//! `WHERE` and the select list: each row out at once, or not at all.

use std::sync::Arc;

use super::Operator;
use crate::eval::{Fault, eval};
use crate::exec::{Output, Row};
use crate::expr::Expr;
use crate::value::Value;

/// Keeps the rows a condition holds for, and computes new ones from them.
#[derive(Clone, Debug)]
pub struct Project {
    /// `WHERE`, over the values of the row.
    pub filter: Option<Expr>,
    /// The values of the new row; none leaves the row as it is.
    pub values: Option<Arc<[Expr]>>,
    /// The time of the new row, when it is not that of the old one: `SELECT evt AS ROWTIME`.
    pub time: Option<Expr>,
}

impl Project {
    fn row(&self, row: &Row) -> Result<Option<Row>, Fault> {
        if let Some(filter) = &self.filter
            && eval(filter, row)? != Value::Boolean(true)
        {
            return Ok(None);
        }
        let mut made = match &self.values {
            None => row.clone(),
            Some(values) => {
                let values: Result<Arc<[Value]>, Fault> =
                    values.iter().map(|expr| eval(expr, row)).collect();
                row.with(values?)
            }
        };
        if let Some(time) = &self.time {
            made.time = match eval(time, row)? {
                Value::Timestamp(micros) => micros,
                _ => {
                    let message = "ROWTIME cannot be NULL".to_owned();
                    return Err(Fault { span: time.span, message });
                }
            };
        }
        Ok(Some(made))
    }
}

impl Operator for Project {
    fn push(&mut self, _input: u32, row: Row, out: &mut Output) {
        match self.row(&row) {
            Ok(Some(made)) => out.row(made),
            Ok(None) => {}
            Err(fault) => out.fail(row, "Row cannot be computed", fault.message),
        }
    }

    fn advance(&mut self, _input: u32, clock: i64, out: &mut Output) {
        // What is promised of the old times says nothing of the new ones.
        if self.time.is_none() {
            out.clock(clock);
        }
    }

    fn listens(&self) -> bool {
        false
    }
}
