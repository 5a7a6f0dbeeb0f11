//! Functions of Amazon Redshift alone (its guide, "SQL functions reference").

use base::calendar::{Civil, WEEKDAYS};

use super::arguments::{Arguments, count, too_large};
use super::arithmetic::{add_months, date_at};
use super::cast::digits_of;
use super::{Found, compare, occurrence, pattern_of_moment, pattern_of_number};
use crate::function::{Function, Redshift, Unit};
use crate::value::{MICROS_A_DAY, Value};

/// What a function of Redshift gives; none of another function.
pub(super) fn call(of: &Arguments<'_>) -> Option<Found> {
    let Function::Redshift(function) = of.function else { return None };
    Some(match function {
        Redshift::AddMonths => added_months(of),
        Redshift::DateAdd(unit) => added(of, unit),
        Redshift::DateDiff(unit) => of.micros(0).and_then(|begin| {
            let end = boundary(unit, of.micros(1)?);
            Ok(Value::Integer(end.saturating_sub(boundary(unit, begin))))
        }),
        Redshift::DateTrunc(unit) => {
            of.micros(0).and_then(|at| too_large(floor(unit, at)).map(Value::Timestamp))
        }
        Redshift::DayOfWeek => {
            of.micros(0).map(|at| Value::Integer((Civil::at(at, 0).weekday() + 1).rem_euclid(7)))
        }
        Redshift::Greatest | Redshift::Least => most(of, function == Redshift::Least),
        Redshift::JsonPath => json_path(of),
        Redshift::LastDay => of.micros(0).and_then(|at| last_day(at).map(Value::Date)),
        Redshift::MonthsBetween => months_between(of),
        Redshift::SplitPart => split_part(of),
        Redshift::RegexpCount
        | Redshift::RegexpInstr
        | Redshift::RegexpReplace
        | Redshift::RegexpSubstr => occurrence::call(of, function),
        Redshift::JsonElement | Redshift::JsonLength => json_array(of, function),
        Redshift::NextDay => next_day(of),
        Redshift::ToChar => to_char(of),
        Redshift::ToDate => read(of).and_then(|at| date_at(at).map(Value::Date)),
        Redshift::ToTimestamp => read(of).map(Value::Timestamp),
    })
}

fn to_char(of: &Arguments<'_>) -> Found {
    let (value, pattern) = (of.value(0)?, of.text(1)?);
    let number = match value {
        Value::Double(_) | Value::Real(_) => digits_of(value.float().unwrap_or_default()),
        _ => value.exact(),
    };
    let text = match number {
        Some(number) => pattern_of_number::write(pattern, number)?,
        None => pattern_of_moment::write(pattern, of.micros(0)?)?,
    };
    Ok(Value::Text(text.into()))
}

/// The first day of this name behind a day; its first two letters tell it.
fn next_day(of: &Arguments<'_>) -> Found {
    let (at, name) = (of.micros(0)?, of.text(1)?);
    let short = name.get(..2).unwrap_or(name);
    let named = |it: &&str| it[..2].eq_ignore_ascii_case(short);
    let wanted = (0..).zip(WEEKDAYS.iter()).find(|it| named(it.1));
    let (wanted, _) = wanted.ok_or_else(|| format!("`{name}` is no day of the week"))?;
    let days = (wanted - Civil::at(at, 0).weekday() - 1).rem_euclid(7) + 1;
    date_at(too_large(at.checked_add(days * MICROS_A_DAY))?).map(Value::Date)
}

/// How many elements an array has, or one of them: an empty text where there is none.
fn json_array(of: &Arguments<'_>, function: Redshift) -> Found {
    let json = serde_json::from_str(of.text(0)?);
    let json: Vec<serde_json::Value> =
        json.map_err(|why| format!("The text is no JSON array: {why}"))?;
    if function == Redshift::JsonLength {
        return Ok(count(json.len()));
    }
    let place = usize::try_from(of.whole(1)?).unwrap_or(usize::MAX);
    Ok(json_text(json.get(place).unwrap_or(&serde_json::Value::Null)))
}

fn json_text(json: &serde_json::Value) -> Value {
    Value::Text(match json {
        serde_json::Value::String(text) => text.as_str().into(),
        serde_json::Value::Null => "".into(),
        other => other.to_string().into(),
    })
}

fn read(of: &Arguments<'_>) -> Result<i64, String> {
    let (text, pattern) = (of.text(0)?, of.text(1)?);
    pattern_of_moment::read(pattern, text)?
        .ok_or_else(|| format!("`{text}` does not follow `{pattern}`"))
}

/// `DATEADD(month, n, a)`; a date becomes a timestamp.
fn added(of: &Arguments<'_>, unit: Unit) -> Found {
    let (count, at) = (of.whole(0)?, of.micros(1)?);
    if let Some(months) = unit.months() {
        let months = i32::try_from(count).ok().and_then(|it| it.checked_mul(months));
        return add_months(&Value::Timestamp(at), too_large(months)?);
    }
    let by = unit.micros().and_then(|it| it.checked_mul(count));
    too_large(by.and_then(|by| at.checked_add(by))).map(Value::Timestamp)
}

/// The last day of a month becomes the last day of another.
fn added_months(of: &Arguments<'_>) -> Found {
    let (at, months) = (of.micros(0)?, of.whole(1)?);
    let months = too_large(i32::try_from(months).ok())?;
    let moved = add_months(&Value::Timestamp(at), months)?;
    match moved {
        Value::Timestamp(to) if last_day(at)? == date_at(at)? => {
            let days = i64::from(last_day(to)?) - i64::from(date_at(to)?);
            Ok(Value::Timestamp(to.saturating_add(days * MICROS_A_DAY)))
        }
        _ => Ok(moved),
    }
}

fn last_day(at: i64) -> Result<i32, String> {
    let civil = Civil::at(at, 0);
    let next = floor(Unit::Month, at).and_then(|first| {
        let (year, month) = (civil.year + civil.month / 12, civil.month % 12 + 1);
        let next = Civil { year, month, day: 1, hour: 0, minute: 0, second: 0, micros: 0 };
        next.micros_since_1970(0).filter(|it| *it > first)
    });
    date_at(too_large(next)? - 1)
}

/// Whole months, and the days that are left in parts of 31; two last days are whole months apart.
fn months_between(of: &Arguments<'_>) -> Found {
    let (a, b) = (of.micros(0)?, of.micros(1)?);
    let (first, second) = (Civil::at(a, 0), Civil::at(b, 0));
    let months = (first.year - second.year) * 12 + first.month - second.month;
    let both_last = last_day(a)? == date_at(a)? && last_day(b)? == date_at(b)?;
    #[expect(clippy::cast_precision_loss, reason = "months and days are small")]
    let found = if both_last || first.day == second.day {
        months as f64
    } else {
        months as f64 + (first.day - second.day) as f64 / 31.0
    };
    Ok(Value::Double(found))
}

/// Which unit a moment lies in, counted from some beginning.
fn boundary(unit: Unit, at: i64) -> i64 {
    let civil = Civil::at(at, 0);
    match unit.months() {
        Some(months) => (civil.year * 12 + civil.month - 1).div_euclid(months.into()),
        // 1970-01-04 was a Sunday: Redshift counts weeks from Sundays here.
        None if unit == Unit::Week => at.div_euclid(MICROS_A_DAY).saturating_sub(3).div_euclid(7),
        None => at.div_euclid(unit.micros().unwrap_or(1)),
    }
}

/// The beginning of a unit; weeks begin on Mondays.
fn floor(unit: Unit, at: i64) -> Option<i64> {
    let civil = Civil::at(at, 0);
    match unit.months().map(i64::from) {
        Some(months) => {
            let month = (civil.year * 12 + civil.month - 1).div_euclid(months) * months;
            let (year, month) = (month.div_euclid(12), month.rem_euclid(12) + 1);
            let first = Civil { year, month, day: 1, hour: 0, minute: 0, second: 0, micros: 0 };
            first.micros_since_1970(0)
        }
        None if unit == Unit::Week => {
            // 1970-01-05 was a Monday.
            let monday = 4 * MICROS_A_DAY;
            at.checked_sub(at.checked_sub(monday)?.rem_euclid(7 * MICROS_A_DAY))
        }
        None => at.checked_sub(at.rem_euclid(unit.micros()?)),
    }
}

/// The largest or smallest; NULL only when all are.
fn most(of: &Arguments<'_>, least: bool) -> Found {
    let mut found = &Value::Null;
    for value in of.values {
        let order = compare::order(value, found, of.rules)?;
        let better = order.is_some_and(|it| if least { it.is_lt() } else { it.is_gt() });
        if *found == Value::Null || better {
            found = value;
        }
    }
    Ok(found.clone())
}

fn split_part(of: &Arguments<'_>) -> Found {
    let (text, separator) = (of.text(0)?, of.text(1)?);
    let place = usize::try_from(of.whole(2)?).ok().and_then(|it| it.checked_sub(1));
    let place = place.ok_or("SPLIT_PART counts its parts from 1")?;
    let part = if separator.is_empty() {
        Some(text).filter(|_| place == 0)
    } else {
        text.split(separator).nth(place)
    };
    Ok(Value::Text(part.unwrap_or_default().into()))
}

/// Members of members; what is not there is an empty text.
fn json_path(of: &Arguments<'_>) -> Found {
    let json: serde_json::Value =
        serde_json::from_str(of.text(0)?).map_err(|why| format!("The text is no JSON: {why}"))?;
    let mut found = &json;
    for index in 1..of.values.len() {
        match found.get(of.text(index)?) {
            Some(member) => found = member,
            None => return Ok(Value::Text("".into())),
        }
    }
    Ok(json_text(found))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::midnight;

    fn at(text: &str) -> i64 {
        crate::parse::timestamp_of(text).unwrap()
    }

    /// Redshift guide, "DATEDIFF function" and "`DATE_TRUNC` function".
    #[test]
    fn boundaries_are_counted() {
        let between = |unit, a, b| boundary(unit, at(b)) - boundary(unit, at(a));
        assert_eq!(between(Unit::Year, "2009-12-31", "2010-01-01"), 1);
        assert_eq!(between(Unit::Quarter, "1998-07-01", "2008-12-31"), 41);
        assert_eq!(between(Unit::Week, "2009-01-01", "2009-12-31"), 52);
        assert_eq!(between(Unit::Hour, "2013-03-05 00:59:59", "2013-03-05 01:00:00"), 1);
        let monday = floor(Unit::Week, at("2008-05-05 23:59:59"));
        assert_eq!(monday, Some(at("2008-05-05")));
        assert_eq!(last_day(at("2004-02-10")), Ok(12_477), "a leap year");
        assert_eq!(midnight(12_477), at("2004-02-29"));
    }
}
