//! `CAST` (AWS SQL reference, "CAST": the table of conversions, and numbers are rounded).

use std::sync::Arc;

use super::{Found, TOO_LARGE, class_word};
use crate::decimal::Decimal;
use crate::parse::{date_of, timestamp_of};
use crate::print::text_of;
use crate::types::{Class, DIGITS_MAX, DataType};
use crate::value::{MICROS_A_DAY, Value, midnight};

/// Whether there is a conversion between two classes at all.
#[must_use]
pub fn can_cast(from: Class, to: Class) -> bool {
    match from {
        Class::Text => to != Class::Bytes && to != Class::Interval,
        Class::Number | Class::Boolean | Class::Interval => to == from || to == Class::Text,
        Class::Date | Class::Timestamp => {
            matches!(to, Class::Text | Class::Date | Class::Timestamp)
        }
        Class::Bytes => to == Class::Bytes,
    }
}

/// A value as another type.
///
/// # Errors
/// Why it cannot be.
pub fn cast(value: &Value, target: DataType) -> Found {
    let Some(from) = value.data_type() else { return Ok(Value::Null) };
    if !can_cast(from.class(), target.class()) {
        return Err(format!("Cannot cast {} to {target}", class_word(value)));
    }
    let found = match (value, target) {
        (Value::Text(text), _) => from_text(text, target),
        (_, DataType::Char(_) | DataType::Varchar(_)) => {
            let text = text_of(value);
            let most = longest(target);
            // A date needs its ten characters (AWS SQL reference, "CAST").
            (text.chars().count() <= most).then(|| Value::Text(filled(&text, target)))
        }
        (_, DataType::Decimal { .. }) | (_, DataType::Real | DataType::Double) => {
            number(value, target)
        }
        _ if target.whole().is_some() => number(value, target),
        (Value::Date(days), DataType::Timestamp) => Some(Value::Timestamp(midnight(*days))),
        (Value::Timestamp(at), DataType::Date) => {
            i32::try_from(at.div_euclid(MICROS_A_DAY)).ok().map(Value::Date)
        }
        (Value::Bytes(bytes), DataType::Varbinary(most)) => {
            let most = bytes.len().min(most as usize);
            Some(Value::Bytes(Arc::from(&bytes[..most])))
        }
        _ => Some(value.clone()),
    };
    found.ok_or_else(|| format!("`{}` does not fit {target}", shortened(&text_of(value))))
}

fn number(value: &Value, target: DataType) -> Option<Value> {
    if target.is_float() {
        let double = value.float()?;
        return finite(if target == DataType::Real { single(double) } else { double }).ok();
    }
    let digits = match target {
        DataType::Decimal { precision, scale } => (precision, scale),
        // No decimal has so many digits, but a double may have.
        _ => (DIGITS_MAX + 1, 0),
    };
    if let (Value::Integer(whole), Some((least, most))) = (value, target.whole()) {
        return (least..=most).contains(whole).then_some(Value::Integer(*whole));
    }
    let exact = match value {
        Value::Double(double) => of_double(*double, digits.1)?,
        _ => value.exact()?,
    };
    let fitted = exact.fit(digits)?;
    let Some((least, most)) = target.whole() else { return Some(Value::Decimal(fitted)) };
    let whole = i64::try_from(fitted.unscaled).ok()?;
    (least..=most).contains(&whole).then_some(Value::Integer(whole))
}

/// A double with so many digits behind the point, rounded half away from zero.
#[expect(clippy::cast_possible_truncation, reason = "what is beyond 10^19 has left before")]
fn of_double(double: f64, scale: u8) -> Option<Decimal> {
    let moved = libm::round(double * libm::pow(10.0, scale.into()));
    if moved.abs() >= 1e19 {
        return None;
    }
    Some(Decimal { unscaled: moved as i128, precision: DIGITS_MAX + 1, scale })
}

/// The nearest number of 32 bits.
#[expect(clippy::cast_possible_truncation, reason = "that is what a REAL is")]
fn single(double: f64) -> f64 {
    f64::from(double as f32)
}

/// A double, if it is a number.
pub(crate) fn finite(double: f64) -> Found {
    if double.is_finite() { Ok(Value::Double(double)) } else { Err(TOO_LARGE.to_owned()) }
}

fn from_text(text: &Arc<str>, target: DataType) -> Option<Value> {
    let trimmed = text.trim();
    match target {
        DataType::Char(_) | DataType::Varchar(_) => Some(Value::Text(filled(text, target))),
        DataType::Boolean if trimmed.eq_ignore_ascii_case("true") => Some(Value::Boolean(true)),
        DataType::Boolean if trimmed.eq_ignore_ascii_case("false") => Some(Value::Boolean(false)),
        DataType::Boolean | DataType::Varbinary(_) | DataType::Interval => None,
        DataType::Date => date_of(trimmed).map(Value::Date),
        DataType::Timestamp => timestamp_of(trimmed).map(Value::Timestamp),
        DataType::TinyInt
        | DataType::SmallInt
        | DataType::Integer
        | DataType::BigInt
        | DataType::Decimal { .. }
        | DataType::Real
        | DataType::Double => number(&parsed(trimmed)?, target),
    }
}

/// A number as text has it.
fn parsed(text: &str) -> Option<Value> {
    if let Ok(whole) = text.parse() {
        return Some(Value::Integer(whole));
    }
    let is_digit = |byte: u8| byte.is_ascii_digit() || b"+-.eE".contains(&byte);
    if !text.bytes().all(is_digit) {
        return None;
    }
    let (whole, behind) = text.split_once('.').unwrap_or((text, ""));
    let short = whole.len() + behind.len() <= usize::from(DIGITS_MAX);
    if short && !text.contains(['e', 'E']) && behind.bytes().all(|it| it.is_ascii_digit()) {
        let mut digits = whole.to_owned();
        digits.push_str(behind);
        let scale = u8::try_from(behind.len()).ok()?;
        let unscaled = digits.parse().ok()?;
        return Some(Value::Decimal(Decimal { unscaled, precision: DIGITS_MAX, scale }));
    }
    text.parse().ok().filter(|it: &f64| it.is_finite()).map(Value::Double)
}

fn longest(target: DataType) -> usize {
    match target {
        DataType::Char(chars) | DataType::Varchar(chars) => chars as usize,
        _ => usize::MAX,
    }
}

/// A text of the target's length: cut off, and filled up with blanks if it is fixed.
fn filled(text: &str, target: DataType) -> Arc<str> {
    let most = longest(target);
    let cut = text.char_indices().nth(most).map_or(text, |(end, _)| &text[..end]);
    let DataType::Char(_) = target else { return cut.into() };
    let mut filled = cut.to_owned();
    filled.extend(core::iter::repeat_n(' ', most - cut.chars().count()));
    filled.into()
}

fn shortened(text: &str) -> &str {
    text.char_indices().nth(40).map_or(text, |(end, _)| &text[..end])
}
