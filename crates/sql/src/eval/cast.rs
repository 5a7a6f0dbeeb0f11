//! `CAST` (AWS SQL reference, "CAST": the table of conversions, and numbers are rounded; Flink
//! documentation, "Data Types", "CAST": its table, numbers are cut).

use std::sync::Arc;

use super::{Found, TOO_LARGE, class_word};
use crate::decimal::Decimal;
use crate::parse::{date_of, time_of, timestamp_of};
use crate::print::{java_text, text_of};
use crate::rules::{Casts, Floats, Overflow, Rules};
use crate::types::{Class, DIGITS_MAX, DataType};
use crate::value::{MICROS_A_DAY, Value, midnight};

/// Whether there is a conversion between two classes at all.
#[must_use]
pub fn can_cast(from: Class, to: Class, rules: &Rules) -> bool {
    let wide = rules.casts != Casts::Strict;
    match from {
        Class::Text => (wide || to != Class::Bytes) && to != Class::Interval && to != Class::Months,
        Class::Number => to == from || to == Class::Text || (wide && to == Class::Boolean),
        Class::Boolean => to == from || to == Class::Text || (wide && to == Class::Number),
        Class::Interval | Class::Months => to == from || matches!(to, Class::Text | Class::Number),
        Class::Date => matches!(to, Class::Text | Class::Date | Class::Timestamp),
        Class::Time => matches!(to, Class::Text | Class::Time | Class::Timestamp),
        Class::Timestamp => {
            matches!(to, Class::Text | Class::Date | Class::Time | Class::Timestamp)
        }
        Class::Bytes => to == Class::Bytes || (wide && to == Class::Text),
    }
}

/// A value as another type.
///
/// # Errors
/// Why it cannot be.
pub fn cast(value: &Value, target: DataType, rules: &Rules) -> Found {
    let Some(from) = value.data_type() else { return Ok(Value::Null) };
    if !can_cast(from.class(), target.class(), rules) {
        return Err(format!("Cannot cast {} to {target}", class_word(value)));
    }
    let found = match (value, target) {
        (Value::Text(text), _) => from_text(text, target, rules),
        (_, DataType::Char(_) | DataType::Varchar(_)) => to_text(value, target, rules),
        (Value::Boolean(it), _) if target.class() == Class::Number => {
            number(&Value::Integer(i64::from(*it)), target, rules)
        }
        (_, DataType::Boolean) if from.class() == Class::Number => {
            Some(Value::Boolean(value.float() != Some(0.0)))
        }
        // Without a unit an interval counts seconds, or months.
        (Value::Interval(micros), _) if target.class() == Class::Number => {
            number(&Value::Integer(micros / 1_000_000), target, rules)
        }
        (Value::Months(months), _) if target.class() == Class::Number => {
            number(&Value::Integer((*months).into()), target, rules)
        }
        _ if target.class() == Class::Number => match number(value, target, rules) {
            None if matches!(target, DataType::Decimal { .. })
                && rules.overflow == Overflow::Wraps =>
            {
                Some(Value::Null)
            }
            found => found,
        },
        (Value::Date(days), DataType::Timestamp) => Some(Value::Timestamp(midnight(*days))),
        (Value::Time(at), DataType::Timestamp) => Some(Value::Timestamp(*at)),
        (Value::Timestamp(at), DataType::Time) => {
            let at = at.rem_euclid(MICROS_A_DAY);
            // TIME of Flink is TIME(0).
            let cut = if rules.casts == Casts::Cut { at % 1_000_000 } else { 0 };
            Some(Value::Time(at - cut))
        }
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

fn to_text(value: &Value, target: DataType, rules: &Rules) -> Option<Value> {
    if let Value::Bytes(bytes) = value {
        let text = String::from_utf8_lossy(bytes);
        return Some(Value::Text(filled(&text, target)));
    }
    let (cuts, wide) = (rules.casts == Casts::Cut, rules.casts != Casts::Strict);
    let text = match value {
        Value::Boolean(it) if cuts => if *it { "TRUE" } else { "FALSE" }.to_owned(),
        Value::Double(_) | Value::Real(_) if cuts => java_text(value),
        Value::Time(_) if cuts => text_of(value).trim_end_matches(".000").to_owned(),
        _ => text_of(value),
    };
    // A date needs its ten characters (AWS SQL reference, "CAST").
    let fits = wide || text.chars().count() <= longest(target);
    fits.then(|| Value::Text(filled(&text, target)))
}

fn number(value: &Value, target: DataType, rules: &Rules) -> Option<Value> {
    match target {
        DataType::Real => {
            let single = single(value.float()?);
            return finite(single.into(), rules).ok().map(|_| Value::Real(single));
        }
        DataType::Double => return finite(value.float()?, rules).ok(),
        _ => {}
    }
    let digits = match target {
        DataType::Decimal { precision, scale } => (precision, scale),
        // No decimal has so many digits, but a double may have.
        _ => (38, 0),
    };
    if let (Value::Integer(whole), Some((least, most))) = (value, target.whole()) {
        return match rules.casts {
            Casts::Cut => Some(Value::Integer(target.wrapped((*whole).into()))),
            Casts::Strict | Casts::Wide => {
                (least..=most).contains(whole).then_some(Value::Integer(*whole))
            }
        };
    }
    let exact = match (value, target.whole()) {
        (Value::Double(_) | Value::Real(_), Some(bounds)) if rules.casts == Casts::Cut => {
            return Some(Value::Integer(target.wrapped(cut(value.float()?, bounds).into())));
        }
        // Half of one goes to the even number, as in `PostgreSQL`.
        (Value::Double(_) | Value::Real(_), Some(_)) if rules.casts == Casts::Wide => {
            of_double(libm::rint(value.float()?), 0)?
        }
        (Value::Double(_) | Value::Real(_), _) => of_double(value.float()?, digits.1)?,
        _ => value.exact()?,
    };
    let Some((least, most)) = target.whole() else { return exact.fit(digits).map(Value::Decimal) };
    if rules.casts == Casts::Cut {
        let one = crate::decimal::power(exact.scale);
        return Some(Value::Integer(target.wrapped(exact.unscaled / one)));
    }
    let whole = i64::try_from(exact.fit(digits)?.unscaled).ok()?;
    (least..=most).contains(&whole).then_some(Value::Integer(whole))
}

/// The whole part, at the most what the type holds, or an INTEGER where the type is narrower: what
/// is left of it wraps around, as in Java.
#[expect(clippy::cast_possible_truncation, reason = "that is what a cast cuts off")]
fn cut(double: f64, (least, most): (i64, i64)) -> i64 {
    (double as i64).clamp(least.min(i32::MIN.into()), most.max(i32::MAX.into()))
}

/// A double with so many digits behind the point, rounded half away from zero.
#[expect(clippy::cast_possible_truncation, reason = "what is beyond 10^37 has left before")]
fn of_double(double: f64, scale: u8) -> Option<Decimal> {
    if !double.is_finite() {
        return None;
    }
    // Its shortest digits are what was meant: 2.675 is no 2.67499….
    if let Some(found) = digits_of(double) {
        return found.fit((38, scale));
    }
    let moved = libm::round(double * libm::pow(10.0, scale.into()));
    if moved.abs() >= 1e37 {
        return None;
    }
    Some(Decimal { unscaled: moved as i128, precision: 38, scale })
}

/// The shortest decimal that means this double, if it has up to 30 digits.
pub(super) fn digits_of(double: f64) -> Option<Decimal> {
    let text = double.to_string();
    let (whole, behind) = text.split_once('.').unwrap_or((&text, ""));
    if whole.len() + behind.len() > 30 {
        return None;
    }
    let scale = u8::try_from(behind.len()).ok()?;
    let unscaled = [whole, behind].concat().parse().ok()?;
    Some(Decimal { unscaled, precision: 38, scale })
}

/// The nearest number of 32 bits.
#[expect(clippy::cast_possible_truncation, reason = "that is what a REAL is")]
fn single(double: f64) -> f32 {
    double as f32
}

/// A double, if the dialect has such.
pub(crate) fn finite(double: f64, rules: &Rules) -> Found {
    if double.is_finite() || rules.floats == Floats::Any {
        Ok(Value::Double(double))
    } else {
        Err(TOO_LARGE.to_owned())
    }
}

fn from_text(text: &Arc<str>, target: DataType, rules: &Rules) -> Option<Value> {
    let trimmed = text.trim();
    match target {
        DataType::Char(_) | DataType::Varchar(_) => Some(Value::Text(filled(text, target))),
        DataType::Boolean => truth_of(trimmed, rules).map(Value::Boolean),
        DataType::Varbinary(most) => {
            let bytes = text.as_bytes();
            Some(Value::Bytes(bytes[..bytes.len().min(most as usize)].into()))
        }
        DataType::Interval | DataType::Months => None,
        DataType::Date => match rules.casts {
            Casts::Strict => date_of(trimmed).map(Value::Date),
            Casts::Cut | Casts::Wide => {
                let at = timestamp_of(trimmed)?;
                i32::try_from(at.div_euclid(MICROS_A_DAY)).ok().map(Value::Date)
            }
        },
        DataType::Time => time_of(trimmed).map(Value::Time),
        DataType::Timestamp => timestamp_of(trimmed).map(Value::Timestamp),
        DataType::TinyInt
        | DataType::SmallInt
        | DataType::Integer
        | DataType::BigInt
        | DataType::Decimal { .. }
        | DataType::Real
        | DataType::Double => {
            let parsed = parsed(trimmed, rules)?;
            match (&parsed, target.whole()) {
                // A text that is no number of this type is no number that is cut.
                (Value::Integer(it), Some((least, most))) => {
                    (least..=most).contains(it).then_some(parsed)
                }
                _ => number(&parsed, target, rules),
            }
        }
    }
}

fn truth_of(text: &str, rules: &Rules) -> Option<bool> {
    let is = |words: &[&str]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    match rules.casts {
        _ if is(&["true"]) => Some(true),
        _ if is(&["false"]) => Some(false),
        Casts::Strict => None,
        Casts::Cut | Casts::Wide if is(&["t", "yes", "y", "1"]) => Some(true),
        Casts::Cut | Casts::Wide => is(&["f", "no", "n", "0"]).then_some(false),
    }
}

/// A number as text has it.
fn parsed(text: &str, rules: &Rules) -> Option<Value> {
    if let Ok(whole) = text.parse() {
        return Some(Value::Integer(whole));
    }
    let is_digit = |byte: u8| byte.is_ascii_digit() || b"+-.eE".contains(&byte);
    if !text.bytes().all(is_digit) {
        let infinite = text.trim_start_matches(['+', '-']);
        let known = rules.floats == Floats::Any && matches!(infinite, "NaN" | "Infinity");
        return text.parse().ok().filter(|_| known).map(Value::Double);
    }
    let (whole, behind) = text.split_once('.').unwrap_or((text, ""));
    let short = whole.len() + behind.len() <= usize::from(rules.digits_max.max(DIGITS_MAX));
    if short && !text.contains(['e', 'E']) && behind.bytes().all(|it| it.is_ascii_digit()) {
        let mut digits = whole.to_owned();
        digits.push_str(behind);
        let scale = u8::try_from(behind.len()).ok()?;
        let unscaled = digits.parse().ok()?;
        return Some(Value::Decimal(Decimal { unscaled, precision: rules.digits_max, scale }));
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
