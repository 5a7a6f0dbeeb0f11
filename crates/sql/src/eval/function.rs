//! What functions give.

use super::arithmetic::rest;
use super::cast::finite;
use super::{Fault, Found, Row, TOO_LARGE, eval, fault, mismatch, order, text, time};
use crate::decimal::Decimal;
use crate::expr::Expr;
use crate::function::Function;
use crate::rules::Rules;
use crate::value::{MICROS_A_DAY, Value};

const MICROS_A_MILLI: i64 = 1_000;

/// A call over a row. NULL goes through all but `COALESCE` and `NULLIF`.
pub(super) fn call(
    function: Function,
    expr: &Expr,
    arguments: &[Expr],
    row: &dyn Row,
) -> Result<Value, Fault> {
    let mut values = Vec::with_capacity(arguments.len());
    for argument in arguments {
        let value = eval(argument, row)?;
        if function == Function::Coalesce {
            if value != Value::Null {
                return Ok(value);
            }
        } else if function != Function::NullIf && value == Value::Null {
            return Ok(Value::Null);
        }
        values.push(value);
    }
    of_values(function, &values, row).map_err(|message| fault(expr, message))
}

fn of_values(function: Function, values: &[Value], row: &dyn Row) -> Found {
    let (now_micros, rules) = (row.now_micros(), row.rules());
    match (function, values) {
        (Function::Coalesce, _) => Ok(Value::Null),
        (Function::CurrentDate, []) => {
            let days = now_micros.div_euclid(MICROS_A_DAY);
            i32::try_from(days).map(Value::Date).map_err(|_large| TOO_LARGE.to_owned())
        }
        (
            Function::CurrentRowTimestamp | Function::CurrentTimestamp | Function::LocalTimestamp,
            [],
        ) => Ok(Value::Timestamp(now_micros)),
        (_, [one]) => of_one(function, one, rules),
        (_, [first, rest @ ..]) => of_more(function, first, rest, rules),
        (_, []) => Err(format!("{} takes arguments", function.name())),
    }
}

fn of_one(function: Function, value: &Value, rules: &Rules) -> Found {
    match function {
        Function::Abs | Function::Ceil | Function::Floor => rounded(function, value),
        Function::Exp | Function::Ln | Function::Log10 => transcendental(function, value, rules),
        Function::CeilTo(unit) => time::ceil_to(unit, value),
        Function::FloorTo(unit) => time::floor_to(unit, value),
        Function::Extract(unit) => time::extract(unit, value),
        Function::ToTimestamp => {
            let micros = whole(function, value)?.checked_mul(MICROS_A_MILLI);
            micros.map(Value::Timestamp).ok_or_else(|| TOO_LARGE.to_owned())
        }
        Function::UnixTimestamp => match value {
            Value::Timestamp(at) => Ok(Value::Integer(at.div_euclid(MICROS_A_MILLI))),
            other => Err(mismatch(function.name(), other)),
        },
        _ => of_text(function, string(function, value)?),
    }
}

fn of_text(function: Function, value: &str) -> Found {
    Ok(match function {
        Function::CharLength => {
            Value::Integer(i64::try_from(value.chars().count()).unwrap_or(i64::MAX))
        }
        Function::InitCap => text::init_cap(value),
        Function::Lower => text::text_value(&value.to_lowercase()),
        Function::Upper => text::text_value(&value.to_uppercase()),
        Function::Trim(side) => return text::trim(value, side, " "),
        _ => return Err(format!("{} takes more arguments", function.name())),
    })
}

fn of_more(function: Function, first: &Value, rest_of: &[Value], rules: &Rules) -> Found {
    let text = |value| string(function, value);
    let number = |value| whole(function, value);
    let last = |index: usize| rest_of.get(index).map(number).transpose();
    match (function, rest_of) {
        (Function::Mod, [by]) => rest(first, by, rules),
        (Function::NullIf, [other]) => {
            let same = order(first, other)?.is_some_and(core::cmp::Ordering::is_eq);
            Ok(if same { Value::Null } else { first.clone() })
        }
        (Function::Power, [exponent]) => {
            let double = |value: &Value| value.float().ok_or_else(|| mismatch("POWER", value));
            finite(libm::pow(double(first)?, double(exponent)?), rules)
        }
        (Function::Step, [Value::Interval(by)]) => time::step(first, *by),
        (Function::Step, [by]) => match (number(first)?, number(by)?) {
            (_, ..=0) => Err("STEP cannot take a step of zero or less".to_owned()),
            (value, by) => {
                let found = value.checked_sub(value.rem_euclid(by));
                found.map(Value::Integer).ok_or_else(|| TOO_LARGE.to_owned())
            }
        },
        (Function::TsDiff, [end]) => match (first, end) {
            (Value::Timestamp(begin), Value::Timestamp(end)) => {
                let micros = end.checked_sub(*begin).ok_or_else(|| TOO_LARGE.to_owned())?;
                Ok(Value::Integer(micros / MICROS_A_MILLI))
            }
            _ => Err("TSDIFF takes two timestamps".to_owned()),
        },
        (Function::Position, [whole]) => Ok(text::position(text(first)?, text(whole)?)),
        (Function::Trim(side), [what]) => text::trim(text(first)?, side, text(what)?),
        (Function::Substring, [from, ..]) => {
            let part = text::substring(text(first)?, number(from)?, last(1)?)?;
            Ok(text::text_value(part))
        }
        (Function::Overlay, [by, from, ..]) => {
            text::overlay(text(first)?, text(by)?, number(from)?, last(2)?)
        }
        _ => Err(format!("{} takes fewer arguments", function.name())),
    }
}

fn string(function: Function, value: &Value) -> Result<&str, String> {
    match value {
        Value::Text(text) => Ok(text),
        other => Err(mismatch(function.name(), other)),
    }
}

fn whole(function: Function, value: &Value) -> Result<i64, String> {
    match value {
        Value::Integer(number) => Ok(*number),
        Value::Decimal(_) | Value::Real(_) | Value::Double(_) => {
            Err(format!("{} takes whole numbers", function.name()))
        }
        other => Err(mismatch(function.name(), other)),
    }
}

/// `ABS`, `CEIL` and `FLOOR` keep the type.
fn rounded(function: Function, value: &Value) -> Found {
    let upwards = function == Function::Ceil;
    match value {
        Value::Integer(number) if function == Function::Abs => {
            number.checked_abs().map(Value::Integer).ok_or_else(|| TOO_LARGE.to_owned())
        }
        Value::Integer(_) => Ok(value.clone()),
        Value::Decimal(number) if function == Function::Abs => {
            Ok(Value::Decimal(Decimal { unscaled: number.unscaled.abs(), ..*number }))
        }
        Value::Decimal(number) if upwards => Ok(Value::Decimal(number.negated().floor().negated())),
        Value::Decimal(number) => Ok(Value::Decimal(number.floor())),
        Value::Double(number) => Ok(Value::Double(match function {
            Function::Abs => number.abs(),
            _ if upwards => libm::ceil(*number),
            _ => libm::floor(*number),
        })),
        Value::Real(number) => Ok(Value::Real(match function {
            Function::Abs => number.abs(),
            _ if upwards => libm::ceilf(*number),
            _ => libm::floorf(*number),
        })),
        other => Err(mismatch(function.name(), other)),
    }
}

fn transcendental(function: Function, value: &Value, rules: &Rules) -> Found {
    let number = value.float().ok_or_else(|| mismatch(function.name(), value))?;
    if function == Function::Exp {
        return finite(libm::exp(number), rules);
    }
    if number <= 0.0 {
        return Err(format!("{} takes numbers above zero", function.name()));
    }
    finite(if function == Function::Ln { libm::log(number) } else { libm::log10(number) }, rules)
}
