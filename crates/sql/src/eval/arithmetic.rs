//! Numbers, and time plus or minus intervals. Whole numbers have 64 bits here; whoever knows
//! their types narrows them.

use base::calendar::Civil;

use super::cast::finite;
use super::{Found, TOO_LARGE, class_word, mismatch};
use crate::decimal::Decimal;
use crate::expr::BinaryOp;
use crate::rules::{Floats, Overflow, Rules};
use crate::value::{MICROS_A_DAY, Value, midnight};

const ZERO: &str = "Division by zero";

/// Two numbers as one type.
pub(super) enum Pair {
    Whole(i64, i64),
    Exact(Decimal, Decimal),
    Single(f32, f32),
    Float(f64, f64),
}

/// Two numbers as the wider type of both.
pub(super) fn pair(left: &Value, right: &Value) -> Option<Pair> {
    match (left, right) {
        (Value::Integer(a), Value::Integer(b)) => return Some(Pair::Whole(*a, *b)),
        (Value::Real(a), Value::Real(b)) => return Some(Pair::Single(*a, *b)),
        (Value::Real(a), Value::Integer(b)) => return Some(Pair::Single(*a, single_of(*b))),
        (Value::Integer(a), Value::Real(b)) => return Some(Pair::Single(single_of(*a), *b)),
        _ => {}
    }
    match (left.exact(), right.exact()) {
        (Some(a), Some(b)) => Some(Pair::Exact(a, b)),
        _ => Some(Pair::Float(left.float()?, right.float()?)),
    }
}

#[expect(clippy::cast_precision_loss, reason = "that is what a REAL is")]
fn single_of(whole: i64) -> f32 {
    whole as f32
}

/// A number as it is.
pub(super) fn number(value: &Value, asked_by: &str) -> Found {
    match value {
        Value::Null | Value::Integer(_) | Value::Decimal(_) | Value::Real(_) | Value::Double(_) => {
            Ok(value.clone())
        }
        other => Err(mismatch(asked_by, other)),
    }
}

pub(super) fn negate(value: &Value, rules: &Rules) -> Found {
    match value {
        Value::Null => Ok(Value::Null),
        Value::Integer(it) => whole(it.checked_neg(), || it.wrapping_neg(), rules),
        Value::Decimal(it) => Ok(Value::Decimal(it.negated())),
        Value::Real(it) => Ok(Value::Real(-it)),
        Value::Double(it) => Ok(Value::Double(-it)),
        Value::Interval(it) => it.checked_neg().map(Value::Interval).ok_or_else(too_large),
        Value::Months(it) => it.checked_neg().map(Value::Months).ok_or_else(too_large),
        other => Err(mismatch("-", other)),
    }
}

/// `+ - * /`.
pub(super) fn binary(op: BinaryOp, left: &Value, right: &Value, rules: &Rules) -> Found {
    if matches!(left, Value::Null) || matches!(right, Value::Null) {
        return Ok(Value::Null);
    }
    match pair(left, right) {
        Some(Pair::Whole(a, b)) => wholes(op, a, b, rules),
        Some(Pair::Exact(a, b)) => exacts(op, a, b, rules),
        Some(Pair::Single(a, b)) => singles(op, a, b, rules),
        Some(Pair::Float(a, b)) => floats(op, a, b, rules),
        None => moments(op, left, right),
    }
}

fn too_large() -> String {
    TOO_LARGE.to_owned()
}

fn whole(checked: Option<i64>, wrapped: impl Fn() -> i64, rules: &Rules) -> Found {
    match (checked, rules.overflow) {
        (Some(it), _) => Ok(Value::Integer(it)),
        (None, Overflow::Wraps) => Ok(Value::Integer(wrapped())),
        (None, Overflow::Faults) => Err(too_large()),
    }
}

/// Dividing cuts off: 7 / 2 is 3 (facts, analytics §2.2 and §3.1).
fn wholes(op: BinaryOp, a: i64, b: i64, rules: &Rules) -> Found {
    match op {
        BinaryOp::Add => whole(a.checked_add(b), || a.wrapping_add(b), rules),
        BinaryOp::Subtract => whole(a.checked_sub(b), || a.wrapping_sub(b), rules),
        BinaryOp::Multiply => whole(a.checked_mul(b), || a.wrapping_mul(b), rules),
        _ if b == 0 => Err(ZERO.to_owned()),
        _ => whole(a.checked_div(b), || a.wrapping_div(b), rules),
    }
}

fn exacts(op: BinaryOp, a: Decimal, b: Decimal, rules: &Rules) -> Found {
    decimal(
        match op {
            BinaryOp::Add => a.plus(b, rules),
            BinaryOp::Subtract => a.plus(b.negated(), rules),
            BinaryOp::Multiply => a.times(b, rules),
            _ if b.unscaled == 0 => return Err(ZERO.to_owned()),
            _ => a.over(b, rules),
        },
        rules,
    )
}

/// A decimal; one of too many digits is a fault or NULL, as the dialect has it.
pub(super) fn decimal(found: Option<Decimal>, rules: &Rules) -> Found {
    match (found, rules.overflow) {
        (Some(it), _) => Ok(Value::Decimal(it)),
        (None, Overflow::Wraps) => Ok(Value::Null),
        (None, Overflow::Faults) => Err(too_large()),
    }
}

/// Dividing a float by zero is an error where floats are numbers only (facts, analytics §2.2).
fn floats(op: BinaryOp, a: f64, b: f64, rules: &Rules) -> Found {
    finite(
        match op {
            BinaryOp::Add => a + b,
            BinaryOp::Subtract => a - b,
            BinaryOp::Multiply => a * b,
            _ if b == 0.0 && rules.floats == Floats::Finite => return Err(ZERO.to_owned()),
            _ => a / b,
        },
        rules,
    )
}

fn singles(op: BinaryOp, a: f32, b: f32, rules: &Rules) -> Found {
    let found = match op {
        BinaryOp::Add => a + b,
        BinaryOp::Subtract => a - b,
        BinaryOp::Multiply => a * b,
        _ if b == 0.0 && rules.floats == Floats::Finite => return Err(ZERO.to_owned()),
        _ => a / b,
    };
    finite(found.into(), rules)?;
    Ok(Value::Real(found))
}

/// The rest of a division; its sign is the dividend's.
pub(super) fn rest(left: &Value, right: &Value, rules: &Rules) -> Found {
    match pair(left, right) {
        Some(Pair::Whole(_, 0)) => Err(ZERO.to_owned()),
        Some(Pair::Whole(a, b)) => Ok(Value::Integer(a.wrapping_rem(b))),
        Some(Pair::Exact(_, b)) if b.unscaled == 0 => Err(ZERO.to_owned()),
        Some(Pair::Exact(a, b)) => decimal(a.rest(b, rules), rules),
        Some(Pair::Float(a, b)) if rules.floats == Floats::Any => Ok(Value::Double(a % b)),
        Some(Pair::Single(a, b)) if rules.floats == Floats::Any => Ok(Value::Real(a % b)),
        Some(Pair::Float(..) | Pair::Single(..)) => Err("MOD cannot take a float".to_owned()),
        None => Err(mismatch("MOD", left)),
    }
}

/// Days and moments plus or minus intervals, and intervals among themselves.
fn moments(op: BinaryOp, left: &Value, right: &Value) -> Found {
    let sums = matches!(op, BinaryOp::Add | BinaryOp::Subtract);
    let moved = |from: i64, by: i64| match op {
        BinaryOp::Add => from.checked_add(by).ok_or_else(too_large),
        _ => from.checked_sub(by).ok_or_else(too_large),
    };
    match (left, right) {
        (Value::Timestamp(at), Value::Interval(by)) if sums => {
            Ok(Value::Timestamp(moved(*at, *by)?))
        }
        (Value::Interval(a), Value::Interval(b)) if sums => Ok(Value::Interval(moved(*a, *b)?)),
        (Value::Date(days), Value::Interval(by)) if sums => {
            date_at(moved(midnight(*days), *by)?).map(Value::Date)
        }
        (Value::Time(at), Value::Interval(by)) if sums => {
            Ok(Value::Time(moved(*at, *by % MICROS_A_DAY)?.rem_euclid(MICROS_A_DAY)))
        }
        (Value::Timestamp(_) | Value::Date(_), Value::Months(by)) if sums => {
            let by = if op == BinaryOp::Add { Some(*by) } else { by.checked_neg() };
            add_months(left, by.ok_or_else(too_large)?)
        }
        (Value::Months(a), Value::Months(b)) if sums => {
            let sum = if op == BinaryOp::Add { a.checked_add(*b) } else { a.checked_sub(*b) };
            sum.map(Value::Months).ok_or_else(too_large)
        }
        (
            Value::Interval(_) | Value::Months(_),
            Value::Timestamp(_) | Value::Date(_) | Value::Time(_),
        ) if op == BinaryOp::Add => moments(op, right, left),
        (Value::Interval(by), Value::Integer(times)) if op == BinaryOp::Multiply => {
            by.checked_mul(*times).map(Value::Interval).ok_or_else(too_large)
        }
        (Value::Integer(_), Value::Interval(_)) if op == BinaryOp::Multiply => {
            moments(op, right, left)
        }
        (Value::Interval(by), Value::Integer(parts)) if op == BinaryOp::Divide => {
            by.checked_div(*parts).map(Value::Interval).ok_or_else(|| ZERO.to_owned())
        }
        _ => {
            let (left, right) = (class_word(left), class_word(right));
            Err(format!("{} cannot take {left} and {right}", op.word()))
        }
    }
}

/// The day of a moment.
pub(super) fn date_at(micros: i64) -> Result<i32, String> {
    i32::try_from(micros.div_euclid(MICROS_A_DAY)).map_err(|_large| too_large())
}

/// So many months later, on the last day of the month where it has fewer days.
pub(super) fn add_months(value: &Value, months: i32) -> Found {
    let micros = match value {
        Value::Timestamp(at) => *at,
        Value::Date(days) => midnight(*days),
        other => return Err(mismatch("+", other)),
    };
    let at = Civil::at(micros, 0);
    let month = at.year * 12 + at.month - 1 + i64::from(months);
    let first = Civil { year: month.div_euclid(12), month: month.rem_euclid(12) + 1, day: 1, ..at };
    let begin = first.micros_since_1970(0).ok_or_else(too_large)?;
    let last_day = (28..=31).rev().find(|day| {
        let moved = begin.saturating_add((day - 1) * MICROS_A_DAY);
        Civil::at(moved, 0).month == first.month
    });
    let day = at.day.min(last_day.unwrap_or(28));
    let micros = begin.checked_add((day - 1) * MICROS_A_DAY).ok_or_else(too_large)?;
    match value {
        Value::Date(_) => date_at(micros).map(Value::Date),
        _ => Ok(Value::Timestamp(micros)),
    }
}
