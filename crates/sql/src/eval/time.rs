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
        Unit::Quarter => (at.month + 2) / 3,
        Unit::Month => at.month,
        Unit::Week => week_of(at),
        Unit::Day => at.day,
        Unit::Hour => at.hour,
        Unit::Minute => at.minute,
        Unit::Second => at.second,
        Unit::Millisecond => at.second * 1_000 + at.micros / 1_000,
    }))
}

/// The week of the year as ISO 8601 counts: the first one has the first Thursday.
fn week_of(at: Civil) -> i64 {
    let thursday = |day_of_year: i64| day_of_year + 3 - at.weekday();
    let this = thursday(at.day_of_year());
    let days = |year: i64| Civil { year, month: 12, day: 31, ..at }.day_of_year();
    let of_year = match this {
        ..=0 => this + days(at.year - 1),
        _ if this > days(at.year) => this - days(at.year),
        _ => this,
    };
    (of_year - 1) / 7 + 1
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
        Value::Time(at) => Ok(*at),
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
        Value::Time(_) => Value::Time(at.rem_euclid(MICROS_A_DAY)),
        _ => Value::Timestamp(at),
    })
}

fn floor(unit: Unit, at: i64) -> Option<i64> {
    let Some(months) = unit.months().map(i64::from) else {
        // Weeks begin on Mondays; 1970-01-01 was a Thursday.
        let from = if unit == Unit::Week { -3 * MICROS_A_DAY } else { 0 };
        return at.checked_sub((at.checked_sub(from)?).rem_euclid(unit.micros()?));
    };
    let civil = Civil::at(at, 0);
    let month = (civil.year * 12 + civil.month - 1).div_euclid(months) * months;
    first_of(month)
}

/// The beginning of a month, counted from year 0.
fn first_of(month: i64) -> Option<i64> {
    let (year, month) = (month.div_euclid(12), month.rem_euclid(12) + 1);
    let at = Civil { year, month, day: 1, hour: 0, minute: 0, second: 0, micros: 0 };
    at.micros_since_1970(0)
}

/// The beginning of the next unit.
fn next(unit: Unit, begin: i64) -> Option<i64> {
    let Some(months) = unit.months() else { return begin.checked_add(unit.micros()?) };
    let civil = Civil::at(begin, 0);
    first_of(civil.year * 12 + civil.month - 1 + i64::from(months))
}
