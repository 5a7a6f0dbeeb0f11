//! Functions of days and moments; everything is UTC.

use base::calendar::Civil;

use super::{Found, TOO_LARGE, mismatch};
use crate::function::Unit;
use crate::value::{MICROS_A_DAY, Value, midnight};

/// `EXTRACT(HOUR FROM a)`.
pub(super) fn extract(unit: Unit, value: &Value) -> Found {
    let at = Civil::at(micros(value, "EXTRACT")?, 0);
    Ok(Value::Integer(match unit {
        Unit::Year => at.year,
        Unit::Month => at.month,
        Unit::Day => at.day,
        Unit::Hour => at.hour,
        Unit::Minute => at.minute,
        Unit::Second => at.second,
    }))
}

/// `FLOOR(a TO HOUR)`.
pub(super) fn floor_to(unit: Unit, value: &Value) -> Found {
    like(value, floor(unit, micros(value, "FLOOR")?))
}

/// `CEIL(a TO HOUR)`.
pub(super) fn ceil_to(unit: Unit, value: &Value) -> Found {
    let at = micros(value, "CEIL")?;
    let below = floor(unit, at);
    like(value, if below == Some(at) { below } else { below.and_then(|it| next(unit, it)) })
}

/// The next multiple of an interval downwards, counted from 1970 (facts, analytics §2.5).
pub(super) fn step(value: &Value, by: i64) -> Found {
    let at = micros(value, "STEP")?;
    if by <= 0 {
        return Err("STEP cannot take a step of zero or less".to_owned());
    }
    like(value, at.checked_sub(at.rem_euclid(by)))
}

fn micros(value: &Value, asked_by: &str) -> Result<i64, String> {
    match value {
        Value::Timestamp(at) => Ok(*at),
        Value::Date(days) => Ok(midnight(*days)),
        other => Err(mismatch(asked_by, other)),
    }
}

/// A moment of the same type as before.
fn like(value: &Value, at: Option<i64>) -> Found {
    let at = at.ok_or_else(|| TOO_LARGE.to_owned())?;
    Ok(match value {
        Value::Date(_) => Value::Date(
            i32::try_from(at.div_euclid(MICROS_A_DAY)).map_err(|_large| TOO_LARGE.to_owned())?,
        ),
        _ => Value::Timestamp(at),
    })
}

fn floor(unit: Unit, at: i64) -> Option<i64> {
    if let Some(micros) = unit.micros() {
        return at.checked_sub(at.rem_euclid(micros));
    }
    let civil = Civil::at(at, 0);
    let month = if unit == Unit::Year { 1 } else { civil.month };
    first_of(civil.year, month)
}

fn first_of(year: i64, month: i64) -> Option<i64> {
    let at = Civil { year, month, day: 1, hour: 0, minute: 0, second: 0, micros: 0 };
    at.micros_since_1970(0)
}

/// The beginning of the next unit.
fn next(unit: Unit, begin: i64) -> Option<i64> {
    if let Some(micros) = unit.micros() {
        return begin.checked_add(micros);
    }
    let civil = Civil::at(begin, 0);
    match unit {
        Unit::Month if civil.month < 12 => first_of(civil.year, civil.month + 1),
        _ => first_of(civil.year + 1, 1),
    }
}
