//! A table of the Flink dialect: computed columns, and a watermark behind each row.
//!
//! The watermark is the greatest so far of its expression and never goes back (facts, analytics
//! §3.1). A clock is one millisecond later: the first moment that is not late yet.

use std::sync::Arc;

use super::Operator;
use crate::eval::eval;
use crate::exec::calls::{moment_of, said};
use crate::exec::{Output, Row};
use crate::expr::Expr;
use crate::rules::Rules;
use crate::value::Value;

/// Microseconds of a millisecond, what watermarks are counted in.
pub const MILLISECOND: i64 = 1_000;

/// How far from 1970 a time attribute may be: windows are computed from it without a look at what
/// 64 bits hold.
const TIME_MICROS_MAX: u64 = 1 << 61;

/// Where rows of the outside come in.
#[derive(Clone, Debug)]
pub struct Scan {
    /// All columns, over those that come in; none when they are the same.
    pub values: Option<Arc<[Expr]>>,
    /// The time attribute and the watermark behind a row, over all columns.
    pub watermark: Option<(u32, Expr)>,
    /// Whether its clock is processing time: rows move it on before they are looked at, and none
    /// is late.
    pub is_processing: bool,
    /// What was promised last.
    pub clock: i64,
}

impl Scan {
    /// The time a row will have, where a column says it.
    #[must_use]
    pub fn time_of(&self, row: &Row) -> Option<i64> {
        let mut row = row.clone();
        self.watermark.as_ref()?;
        self.computed(&mut row).is_ok().then_some(row.time)
    }

    fn computed(&self, row: &mut Row) -> Result<Option<i64>, String> {
        row.rules = &Rules::FLINK;
        let made = row;
        if let Some(values) = &self.values {
            let values: Result<Arc<[Value]>, String> =
                values.iter().map(|expr| eval(expr, made).map_err(said)).collect();
            made.values = values?;
        }
        let Some((slot, watermark)) = &self.watermark else { return Ok(None) };
        made.time = moment_of(made, *slot).ok_or("The time attribute of a row cannot be NULL")?;
        if made.time.unsigned_abs() > TIME_MICROS_MAX {
            return Err("The time attribute of a row is too far from 1970".to_owned());
        }
        Ok(match eval(watermark, made).map_err(said)? {
            Value::Timestamp(micros) => {
                let clock = micros.div_euclid(MILLISECOND).saturating_add(1);
                Some(clock.saturating_mul(MILLISECOND))
            }
            _ => None,
        })
    }
}

impl Operator for Scan {
    fn push(&mut self, _input: u32, mut row: Row, out: &mut Output) {
        match self.computed(&mut row) {
            Ok(clock) => {
                if self.is_processing && row.time > self.clock {
                    self.clock = row.time;
                    out.clock(row.time);
                }
                out.row(row);
                if let Some(clock) = clock.filter(|clock| *clock > self.clock) {
                    self.clock = clock;
                    out.clock(clock);
                }
            }
            Err(message) => out.fail(row, "Row cannot be read", message),
        }
    }

    fn advance(&mut self, _input: u32, clock: i64, out: &mut Output) {
        if clock > self.clock {
            self.clock = clock;
            out.clock(clock);
        }
    }
}
