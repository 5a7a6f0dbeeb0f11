//! Functions of days and moments; everything is UTC.

use base::calendar::Civil;

use super::arguments::{Arguments, too_large};
use super::arithmetic::{add_months, date_at};
use super::format::{self, Style};
use super::{Found, mismatch};
use crate::function::{Function, Period, Unit};
use crate::parse::timestamp_of;
use crate::types::Class;
use crate::value::{MICROS_A_DAY, Value};

const MICROS_A_MILLI: i64 = 1_000;
const MICROS_A_SECOND: i64 = 1_000_000;
/// How Flink writes a moment unless it is told.
const STANDARD: &str = "yyyy-MM-dd HH:mm:ss";

/// What a function of time gives; none of another function.
pub(super) fn call(of: &Arguments<'_>) -> Option<Found> {
    let now = of.now_micros;
    let at = || of.micros(0);
    let whole = |it: i64| Ok(Value::Integer(it));
    Some(match of.function {
        Function::CurrentDate => date_at(now).map(Value::Date),
        Function::CurrentTime => Ok(Value::Time(now.rem_euclid(MICROS_A_DAY))),
        Function::CurrentRowTimestamp | Function::CurrentTimestamp | Function::LocalTimestamp => {
            Ok(Value::Timestamp(now))
        }
        Function::Extract(unit) => at().and_then(|at| whole(extract(unit, at))),
        // 1 for Sunday.
        Function::DayOfWeek => at().and_then(|at| whole((Civil::at(at, 0).weekday() + 1) % 7 + 1)),
        Function::DayOfYear => at().and_then(|at| whole(Civil::at(at, 0).day_of_year())),
        Function::Epoch => at().and_then(|at| whole(at.div_euclid(MICROS_A_SECOND))),
        Function::FloorTo(unit) if matches!(of.values, [Value::Interval(_)]) => {
            let [Value::Interval(micros)] = of.values else { return None };
            let unit = unit.micros().unwrap_or(1);
            Ok(Value::Interval(micros.saturating_sub(micros.rem_euclid(unit))))
        }
        Function::FloorTo(unit) => at().and_then(|at| like(of.value(0)?, floor(unit, at))),
        Function::CeilTo(unit) => at().and_then(|at| {
            let below = floor(unit, at);
            let same = below == Some(at);
            like(of.value(0)?, if same { below } else { below.and_then(|it| next(unit, it)) })
        }),
        Function::Step => step(of),
        Function::TsDiff => at().and_then(|begin| {
            let micros = too_large(of.micros(1)?.checked_sub(begin))?;
            whole(micros / MICROS_A_MILLI)
        }),
        Function::Span(unit) if unit.months().is_some() => at().and_then(|end| {
            let months = units_between(Unit::Month, of.micros(1)?, end);
            too_large(i32::try_from(months).ok()).map(Value::Months)
        }),
        Function::Span(_) => {
            at().and_then(|end| too_large(end.checked_sub(of.micros(1)?)).map(Value::Interval))
        }
        Function::TimestampDiff(unit) => {
            at().and_then(|begin| whole(units_between(unit, begin, of.micros(1)?)))
        }
        Function::TimestampAdd(unit) => added(of, unit),
        Function::UnixTimestamp => at().and_then(|at| whole(at.div_euclid(MICROS_A_MILLI))),
        Function::ToTimestamp => of
            .whole(0)
            .and_then(|millis| too_large(millis.checked_mul(MICROS_A_MILLI)).map(Value::Timestamp)),
        Function::ToTimestampLtz => to_timestamp_ltz(of),
        Function::Period(period) => periods(of, period),
        _ => return texts(of),
    })
}

/// Functions between moments and texts; none of another function.
fn texts(of: &Arguments<'_>) -> Option<Found> {
    let read = |style| format::read(of.text(0)?, of.text(1)?, style);
    let refused = || Err(format!("`{}` does not follow its format", of.text(1)?));
    let strict = |class| match read(Style::Simple) {
        Ok(Some(at)) => of_class(class, at),
        Ok(None) => refused(),
        Err(message) => Err(message),
    };
    Some(match of.function {
        Function::CharToDate => strict(Class::Date),
        Function::CharToTime => strict(Class::Time),
        Function::CharToTimestamp => strict(Class::Timestamp),
        Function::ToChar => of.text(0).and_then(|pattern| {
            Ok(Value::Text(format::write(pattern, of.micros(1)?, Style::Simple)?.into()))
        }),
        Function::DateFormat => moment_of(of).and_then(|at| match at {
            Some(at) => Ok(Value::Text(format::write(of.text(1)?, at, Style::Standard)?.into())),
            None => Ok(Value::Null),
        }),
        Function::FromUnixTime => of.whole(0).and_then(|seconds| {
            let at = too_large(seconds.checked_mul(MICROS_A_SECOND))?;
            let pattern = of.text_or(1, STANDARD)?;
            Ok(Value::Text(format::write(pattern, at, Style::Simple)?.into()))
        }),
        Function::UnixSeconds if !of.has(0) => {
            Ok(Value::Integer(of.now_micros.div_euclid(MICROS_A_SECOND)))
        }
        Function::UnixSeconds => {
            format::read(of.text_or(1, STANDARD).ok()?, of.text(0).ok()?, Style::Simple).map(|at| {
                match at {
                    Some(at) => Value::Integer(at.div_euclid(MICROS_A_SECOND)),
                    // What Flink gives for a text that is none.
                    None => Value::Integer(i64::MIN),
                }
            })
        }
        Function::TextToTimestamp | Function::ToDate => of.text(0).and_then(|text| {
            let found = match of.has(1) {
                true => format::read(of.text(1)?, text, Style::Standard)?,
                false => timestamp_of(text).filter(|_| !text.contains(['T', 't'])),
            };
            let class = match of.function {
                Function::ToDate => Class::Date,
                _ => Class::Timestamp,
            };
            found.map_or(Ok(Value::Null), |at| of_class(class, at))
        }),
        _ => return None,
    })
}

/// The moment `DATE_FORMAT` writes, of a text too.
fn moment_of(of: &Arguments<'_>) -> Result<Option<i64>, String> {
    match of.value(0)? {
        Value::Text(text) => Ok(timestamp_of(text)),
        _ => of.micros(0).map(Some),
    }
}

fn of_class(class: Class, at: i64) -> Found {
    Ok(match class {
        Class::Date => Value::Date(date_at(at)?),
        Class::Time => Value::Time(at.rem_euclid(MICROS_A_DAY)),
        _ => Value::Timestamp(at),
    })
}

/// `TO_TIMESTAMP_LTZ(n, precision)`: of seconds or milliseconds.
fn to_timestamp_ltz(of: &Arguments<'_>) -> Found {
    let unit = match of.whole_at(1)?.unwrap_or(3) {
        0 => MICROS_A_SECOND,
        3 => MICROS_A_MILLI,
        _ => return Err("TO_TIMESTAMP_LTZ takes a precision of 0 or 3".to_owned()),
    };
    too_large(of.whole(0)?.checked_mul(unit)).map(Value::Timestamp)
}

/// `TIMESTAMPADD(HOUR, n, a)`. Less than a day makes a timestamp of a date.
fn added(of: &Arguments<'_>, unit: Unit) -> Found {
    let (count, value) = (of.whole(0)?, of.value(1)?);
    if let Some(months) = unit.months() {
        let months = i32::try_from(count).ok().and_then(|it| it.checked_mul(months));
        return add_months(value, too_large(months)?);
    }
    let by = unit.micros().and_then(|it| it.checked_mul(count));
    let at = too_large(by.and_then(|by| of.micros(1).ok()?.checked_add(by)))?;
    let keeps = matches!(unit, Unit::Day | Unit::Week);
    if keeps { like(value, Some(at)) } else { Ok(Value::Timestamp(at)) }
}

/// Whole units from one moment to another; a month has passed when its last day has.
fn units_between(unit: Unit, begin: i64, end: i64) -> i64 {
    let Some(of_unit) = unit.months() else {
        return end.saturating_sub(begin) / unit.micros().unwrap_or(1);
    };
    if end < begin {
        return -units_between(unit, end, begin);
    }
    let (from, to) = (Civil::at(begin, 0), Civil::at(end, 0));
    let months = (to.year - from.year) * 12 + to.month - from.month;
    let later = i32::try_from(months).ok().map(|it| add_months(&Value::Timestamp(begin), it));
    let too_late = !matches!(later, Some(Ok(Value::Timestamp(at))) if at <= end);
    (months - i64::from(too_late)) / i64::from(of_unit)
}

/// How one period stands to another (AWS SQL reference, "Temporal Predicates"); a moment behind
/// `CONTAINS` lies before the end.
fn periods(of: &Arguments<'_>, period: Period) -> Found {
    let (s1, e1, s2) = (of.micros(0)?, of.micros(1)?, of.micros(2)?);
    if !of.has(3) {
        return Ok(Value::Boolean(s1 <= s2 && s2 < e1));
    }
    let e2 = of.micros(3)?;
    Ok(Value::Boolean(match period {
        Period::Contains => s1 <= s2 && e2 <= e1,
        Period::Equals => s1 == s2 && e1 == e2,
        Period::ImmediatelySucceeds => s1 == e2,
        Period::ImmediatelyPrecedes => e1 == s2,
        Period::Overlaps => s1 < e2 && s2 < e1,
        Period::Precedes => e1 <= s2,
        Period::StrictlyContains => s1 < s2 && e2 < e1,
        Period::StrictlyPrecedes => e1 < s2,
        Period::StrictlySucceeds => e2 < s1,
        Period::Succeeds => e2 <= s1,
    }))
}

/// A part of a moment.
fn extract(unit: Unit, micros: i64) -> i64 {
    let at = Civil::at(micros, 0);
    match unit {
        Unit::Year => at.year,
        Unit::Quarter => (at.month + 2) / 3,
        Unit::Month => at.month,
        Unit::Week => week_of(at),
        Unit::Day => at.day,
        Unit::Hour => at.hour,
        Unit::Minute => at.minute,
        Unit::Second => at.second,
        Unit::Millisecond => at.micros / 1_000,
    }
}

/// The week of the year as ISO 8601 counts: the first one has the first Thursday.
pub(super) fn week_of(at: Civil) -> i64 {
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

/// The next multiple of an interval downwards, counted from 1970 (facts, analytics §2.5).
fn step(of: &Arguments<'_>) -> Found {
    let at = of.micros(0)?;
    match of.value(1)? {
        Value::Interval(..=0) => Err("STEP cannot take a step of zero or less".to_owned()),
        Value::Interval(by) => like(of.value(0)?, at.checked_sub(at.rem_euclid(*by))),
        other => Err(mismatch("STEP", other)),
    }
}

/// A moment of the same type as before.
fn like(value: &Value, at: Option<i64>) -> Found {
    let at = too_large(at)?;
    Ok(match value {
        Value::Date(_) => Value::Date(date_at(at)?),
        Value::Time(_) => Value::Time(at.rem_euclid(MICROS_A_DAY)),
        _ => Value::Timestamp(at),
    })
}

fn floor(unit: Unit, at: i64) -> Option<i64> {
    let Some(months) = unit.months().map(i64::from) else {
        // Weeks begin on Sundays; 1970-01-01 was a Thursday.
        let from = if unit == Unit::Week { -4 * MICROS_A_DAY } else { 0 };
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
