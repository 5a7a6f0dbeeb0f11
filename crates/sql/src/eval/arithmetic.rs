//! Numbers, and time plus or minus intervals. Whole numbers have 64 bits.

use super::cast::finite;
use super::{Found, TOO_LARGE, class_word, mismatch};
use crate::decimal::Decimal;
use crate::expr::BinaryOp;
use crate::value::{MICROS_A_DAY, Value, midnight};

const ZERO: &str = "Division by zero";

/// Two numbers as one type.
pub(super) enum Pair {
    Whole(i64, i64),
    Exact(Decimal, Decimal),
    Float(f64, f64),
}

/// Two numbers as the wider type of both.
pub(super) fn pair(left: &Value, right: &Value) -> Option<Pair> {
    if let (Value::Integer(a), Value::Integer(b)) = (left, right) {
        return Some(Pair::Whole(*a, *b));
    }
    match (left.exact(), right.exact()) {
        (Some(a), Some(b)) => Some(Pair::Exact(a, b)),
        _ => Some(Pair::Float(left.float()?, right.float()?)),
    }
}

/// A number as it is.
pub(super) fn number(value: &Value, asked_by: &str) -> Found {
    match value {
        Value::Null | Value::Integer(_) | Value::Decimal(_) | Value::Double(_) => Ok(value.clone()),
        other => Err(mismatch(asked_by, other)),
    }
}

pub(super) fn negate(value: &Value) -> Found {
    match value {
        Value::Null => Ok(Value::Null),
        Value::Integer(it) => whole(it.checked_neg()),
        Value::Decimal(it) => Ok(Value::Decimal(it.negated())),
        Value::Double(it) => Ok(Value::Double(-it)),
        Value::Interval(it) => it.checked_neg().map(Value::Interval).ok_or_else(too_large),
        other => Err(mismatch("-", other)),
    }
}

/// `+ - * /`.
pub(super) fn binary(op: BinaryOp, left: &Value, right: &Value) -> Found {
    if *left == Value::Null || *right == Value::Null {
        return Ok(Value::Null);
    }
    match pair(left, right) {
        Some(Pair::Whole(a, b)) => wholes(op, a, b),
        Some(Pair::Exact(a, b)) => exacts(op, a, b),
        Some(Pair::Float(a, b)) => floats(op, a, b),
        None => moments(op, left, right),
    }
}

fn too_large() -> String {
    TOO_LARGE.to_owned()
}

fn whole(number: Option<i64>) -> Found {
    number.map(Value::Integer).ok_or_else(too_large)
}

/// Dividing cuts off: 7 / 2 is 3 (facts, analytics §2.2).
fn wholes(op: BinaryOp, a: i64, b: i64) -> Found {
    match op {
        BinaryOp::Add => whole(a.checked_add(b)),
        BinaryOp::Subtract => whole(a.checked_sub(b)),
        BinaryOp::Multiply => whole(a.checked_mul(b)),
        _ if b == 0 => Err(ZERO.to_owned()),
        _ => whole(a.checked_div(b)),
    }
}

fn exacts(op: BinaryOp, a: Decimal, b: Decimal) -> Found {
    let found = match op {
        BinaryOp::Add => a.plus(b),
        BinaryOp::Subtract => a.plus(b.negated()),
        BinaryOp::Multiply => a.times(b),
        _ if b.unscaled == 0 => return Err(ZERO.to_owned()),
        _ => a.over(b),
    };
    found.map(Value::Decimal).ok_or_else(too_large)
}

/// Dividing a float by zero is an error too (facts, analytics §2.2).
fn floats(op: BinaryOp, a: f64, b: f64) -> Found {
    finite(match op {
        BinaryOp::Add => a + b,
        BinaryOp::Subtract => a - b,
        BinaryOp::Multiply => a * b,
        _ if b == 0.0 => return Err(ZERO.to_owned()),
        _ => a / b,
    })
}

/// The rest of a division; its sign is the dividend's.
pub(super) fn rest(left: &Value, right: &Value) -> Found {
    let found = match pair(left, right) {
        Some(Pair::Whole(_, 0)) => return Err(ZERO.to_owned()),
        Some(Pair::Whole(a, b)) => return Ok(Value::Integer(a.wrapping_rem(b))),
        Some(Pair::Exact(_, b)) if b.unscaled == 0 => return Err(ZERO.to_owned()),
        Some(Pair::Exact(a, b)) => a.rest(b),
        Some(Pair::Float(..)) => return Err("MOD cannot take a float".to_owned()),
        None => return Err(mismatch("MOD", left)),
    };
    found.map(Value::Decimal).ok_or_else(too_large)
}

/// Days and moments plus or minus intervals, and intervals among themselves.
fn moments(op: BinaryOp, left: &Value, right: &Value) -> Found {
    let moved = |from: i64, by: i64| match op {
        BinaryOp::Add => from.checked_add(by).ok_or_else(too_large),
        _ => from.checked_sub(by).ok_or_else(too_large),
    };
    match (op, left, right) {
        (BinaryOp::Add | BinaryOp::Subtract, Value::Timestamp(at), Value::Interval(by)) => {
            Ok(Value::Timestamp(moved(*at, *by)?))
        }
        (BinaryOp::Add | BinaryOp::Subtract, Value::Interval(a), Value::Interval(b)) => {
            Ok(Value::Interval(moved(*a, *b)?))
        }
        (BinaryOp::Add | BinaryOp::Subtract, Value::Date(days), Value::Interval(by)) => {
            let at = moved(midnight(*days), *by)?;
            let days = i32::try_from(at.div_euclid(MICROS_A_DAY)).map_err(|_large| too_large())?;
            Ok(Value::Date(days))
        }
        (BinaryOp::Add, Value::Interval(_), Value::Timestamp(_) | Value::Date(_)) => {
            moments(op, right, left)
        }
        _ => {
            let (left, right) = (class_word(left), class_word(right));
            Err(format!("{} cannot take {left} and {right}", op.word()))
        }
    }
}
