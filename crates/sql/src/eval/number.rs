//! Functions of numbers.

use super::arguments::{Arguments, too_large};
use super::arithmetic::{decimal, rest};
use super::cast::{digits_of, finite};
use super::{Found, mismatch};
use crate::decimal::{Decimal, power};
use crate::function::Function;
use crate::rules::{Casts, Floats};
use crate::types::DataType;
use crate::value::Value;

/// What a function of numbers gives; none of another function.
pub(super) fn call(of: &Arguments<'_>) -> Option<Found> {
    Some(match of.function {
        Function::Abs | Function::Ceil | Function::Floor | Function::Sign => rounded(of),
        Function::Mod => of.value(0).and_then(|a| rest(a, of.value(1)?, of.rules)),
        Function::Round | Function::Truncate => digits(of),
        Function::Step if !matches!(of.values, [_, Value::Interval(_)]) => step(of),
        Function::Bin => of.whole(0).map(|it| Value::Text(format!("{it:b}").into())),
        Function::Exp | Function::Ln | Function::Log10 | Function::Log | Function::Log2 => {
            logarithm(of)
        }
        _ => return curve(of),
    })
}

/// `STEP(a BY b)` of whole numbers.
fn step(of: &Arguments<'_>) -> Found {
    match (of.whole(0)?, of.whole(1)?) {
        (_, ..=0) => Err("STEP cannot take a step of zero or less".to_owned()),
        (value, by) => too_large(value.checked_sub(value.rem_euclid(by))).map(Value::Integer),
    }
}

/// `ABS`, `CEIL`, `FLOOR` and `SIGN` keep the type.
fn rounded(of: &Arguments<'_>) -> Found {
    let by_sign = |sign: core::cmp::Ordering| i64::from(sign as i8);
    Ok(match (of.function, of.value(0)?) {
        (Function::Abs, Value::Integer(it)) => Value::Integer(too_large(it.checked_abs())?),
        (Function::Abs, Value::Decimal(it)) => {
            Value::Decimal(Decimal { unscaled: it.unscaled.abs(), ..*it })
        }
        (Function::Abs, Value::Real(it)) => Value::Real(it.abs()),
        (Function::Abs, Value::Double(it)) => Value::Double(it.abs()),
        (Function::Sign, Value::Integer(it)) => Value::Integer(it.signum()),
        (Function::Sign, Value::Decimal(it)) => {
            let sign = by_sign(it.unscaled.cmp(&0));
            Value::Decimal(Decimal { unscaled: i128::from(sign) * power(it.scale), ..*it })
        }
        (Function::Sign, Value::Double(it)) => {
            Value::Double(if *it == 0.0 || it.is_nan() { *it } else { it.signum() })
        }
        (_, Value::Integer(it)) => Value::Integer(*it),
        (Function::Ceil, Value::Decimal(it)) => Value::Decimal(it.negated().floor().negated()),
        (_, Value::Decimal(it)) => Value::Decimal(it.floor()),
        (Function::Ceil, Value::Double(it)) => Value::Double(libm::ceil(*it)),
        (Function::Ceil, Value::Real(it)) => Value::Real(libm::ceilf(*it)),
        (_, Value::Double(it)) => Value::Double(libm::floor(*it)),
        (_, Value::Real(it)) => Value::Real(libm::floorf(*it)),
        (function, other) => return Err(mismatch(function.name(), other)),
    })
}

/// `ROUND(a, n)` and `TRUNCATE(a, n)`: half goes away from zero.
fn digits(of: &Arguments<'_>) -> Found {
    let places = of.whole_at(1)?.unwrap_or(0).clamp(-38, 38);
    let scale = u8::try_from(places.max(0)).unwrap_or_default();
    let zeros = u8::try_from((-places).max(0)).unwrap_or_default();
    let cuts = of.function == Function::Truncate;
    let moved = |it: Decimal| -> Option<Decimal> {
        let cut_by = power(it.scale.saturating_sub(scale));
        let mut found = match (cuts, it.scale > scale) {
            (_, false) => it,
            (true, true) => Decimal { unscaled: it.unscaled / cut_by, scale, ..it },
            (false, true) => it.fit((38, scale))?,
        };
        if zeros > 0 {
            let one = power(zeros);
            let whole = if cuts {
                found.unscaled / one
            } else {
                crate::decimal::divide(found.unscaled, one)?
            };
            found.unscaled = whole.checked_mul(one)?;
        }
        Some(found)
    };
    match of.value(0)? {
        Value::Integer(it) => {
            let found = too_large(moved(Decimal::whole(*it)))?;
            too_large(i64::try_from(found.unscaled).ok()).map(Value::Integer)
        }
        Value::Decimal(it) => decimal(moved(*it), of.rules),
        value @ (Value::Double(_) | Value::Real(_)) => {
            let float = value.float().unwrap_or_default();
            if of.rules.casts == Casts::Wide && !cuts {
                let zeros = f64::from(i32::try_from(places.abs()).unwrap_or_default());
                let one = libm::pow(10.0, zeros);
                let found = match places {
                    ..0 => libm::round(float / one) * one,
                    0.. => libm::round(float * one) / one,
                };
                return Ok(Value::Double(if found.is_finite() { found } else { float }));
            }
            let text = digits_of(float).and_then(moved).map(|it| it.to_string());
            let found = text.and_then(|it| it.parse().ok()).unwrap_or(float);
            match value {
                Value::Real(_) => super::cast(&Value::Double(found), DataType::Real, of.rules),
                _ => Ok(Value::Double(found)),
            }
        }
        other => Err(mismatch(of.function.name(), other)),
    }
}

fn logarithm(of: &Arguments<'_>) -> Found {
    let number = of.float(of.values.len().saturating_sub(1))?;
    if of.function == Function::Exp {
        return finite(libm::exp(number), of.rules);
    }
    if number <= 0.0 && of.rules.floats == Floats::Finite {
        return Err(format!("{} takes numbers above zero", of.function.name()));
    }
    let found = match of.function {
        Function::Log10 => libm::log10(number),
        Function::Log2 => libm::log(number) / libm::log(2.0),
        _ if of.has(1) => libm::log(number) / libm::log(of.float(0)?),
        _ => libm::log(number),
    };
    finite(found, of.rules)
}

/// Functions of doubles; none of another function.
fn curve(of: &Arguments<'_>) -> Option<Found> {
    let two = |f: fn(f64, f64) -> f64| of.float(0).and_then(|a| Ok(f(a, of.float(1)?)));
    let one = |f: fn(f64) -> f64| of.float(0).map(f);
    let found = match of.function {
        Function::Power => two(libm::pow),
        Function::Atan2 => two(libm::atan2),
        Function::Sqrt => one(libm::sqrt),
        Function::Sin => one(libm::sin),
        Function::Cos => one(libm::cos),
        Function::Tan => one(libm::tan),
        Function::Cot => one(|it| 1.0 / libm::tan(it)),
        Function::Asin => one(libm::asin),
        Function::Acos => one(libm::acos),
        Function::Atan => one(libm::atan),
        Function::Sinh => one(libm::sinh),
        Function::Cosh => one(libm::cosh),
        Function::Tanh => one(libm::tanh),
        Function::Degrees => one(|it| it * (180.0 / core::f64::consts::PI)),
        Function::Radians => one(|it| it * (core::f64::consts::PI / 180.0)),
        Function::Pi => Ok(core::f64::consts::PI),
        Function::E => Ok(core::f64::consts::E),
        _ => return None,
    };
    Some(found.and_then(|it| finite(it, of.rules)))
}
