//! One JSON value as one value of a column, as the OpenX deserializer takes it: numbers and truth
//! values also from text, text from anything.

use parquet::data_type::{ByteArray, FixedLenByteArray, Int96};

use super::schema::Type;
use crate::calendar::{self, DAY_SECS};
use crate::json::Json;

/// 1970-01-01 as a Julian day, which INT96 timestamps count from.
const JULIAN_DAY_OF_EPOCH: i64 = 2_440_588;

/// Values of one leaf, in the physical type of its column.
#[derive(Clone, Debug)]
pub(super) enum Values {
    Bool(Vec<bool>),
    Int32(Vec<i32>),
    Int64(Vec<i64>),
    Int96(Vec<Int96>),
    Float(Vec<f32>),
    Double(Vec<f64>),
    Bytes(Vec<ByteArray>),
    Fixed(Vec<FixedLenByteArray>),
}

impl Values {
    /// No value yet of a simple type.
    pub(super) fn of(kind: &Type) -> Self {
        match kind {
            Type::Boolean => Self::Bool(Vec::new()),
            Type::TinyInt | Type::SmallInt | Type::Int | Type::Date => Self::Int32(Vec::new()),
            Type::BigInt => Self::Int64(Vec::new()),
            Type::Timestamp => Self::Int96(Vec::new()),
            Type::Float => Self::Float(Vec::new()),
            Type::Double => Self::Double(Vec::new()),
            Type::Decimal(..) => Self::Fixed(Vec::new()),
            Type::Text | Type::Binary | Type::Array(_) | Type::Map(..) | Type::Struct(_) => {
                Self::Bytes(Vec::new())
            }
        }
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Bool(values) => values.len(),
            Self::Int32(values) => values.len(),
            Self::Int64(values) => values.len(),
            Self::Int96(values) => values.len(),
            Self::Float(values) => values.len(),
            Self::Double(values) => values.len(),
            Self::Bytes(values) => values.len(),
            Self::Fixed(values) => values.len(),
        }
    }

    pub(super) fn truncate(&mut self, len: usize) {
        match self {
            Self::Bool(values) => values.truncate(len),
            Self::Int32(values) => values.truncate(len),
            Self::Int64(values) => values.truncate(len),
            Self::Int96(values) => values.truncate(len),
            Self::Float(values) => values.truncate(len),
            Self::Double(values) => values.truncate(len),
            Self::Bytes(values) => values.truncate(len),
            Self::Fixed(values) => values.truncate(len),
        }
    }

    /// Takes a value over; nothing when it is not of the column's type.
    pub(super) fn push(&mut self, kind: &Type, value: &Json<'_>) -> Option<()> {
        match self {
            Self::Bool(values) => values.push(truth(value)?),
            Self::Int32(values) => values.push(match kind {
                Type::Date => i32::try_from(date(value)?).ok()?,
                Type::TinyInt => i32::from(i8::try_from(integer(value)?).ok()?),
                Type::SmallInt => i32::from(i16::try_from(integer(value)?).ok()?),
                _ => i32::try_from(integer(value)?).ok()?,
            }),
            Self::Int64(values) => values.push(integer(value)?),
            Self::Int96(values) => values.push(int96(timestamp(value)?)?),
            Self::Float(values) => values.push(digits(value)?.parse().ok()?),
            Self::Double(values) => values.push(digits(value)?.parse().ok()?),
            Self::Bytes(values) => values.push(text(value).into_bytes().into()),
            Self::Fixed(values) => {
                let Type::Decimal(precision, scale) = kind else { return None };
                let number = unscaled(digits(value)?, *precision, *scale)?.to_be_bytes();
                let bytes = number[number.len() - decimal_bytes(*precision)..].to_vec();
                values.push(ByteArray::from(bytes).into());
            }
        }
        Some(())
    }
}

/// The fewest bytes that hold every decimal of so many digits, with its sign.
pub(super) fn decimal_bytes(digits: u32) -> usize {
    let most = 10_i128.pow(digits) - 1;
    (129 - most.leading_zeros() as usize).div_ceil(8)
}

fn truth(value: &Json<'_>) -> Option<bool> {
    match value {
        Json::Bool(value) => Some(*value),
        Json::Text(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Json::Text(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// The digits of a number, or of a text that is one.
fn digits<'a>(value: &'a Json<'_>) -> Option<&'a str> {
    match value {
        Json::Number(digits) => Some(digits),
        Json::Text(text) => {
            let text = text.trim();
            let is_number = text.bytes().any(|it| it.is_ascii_digit())
                && text.bytes().all(|it| it.is_ascii_digit() || b"+-.eE".contains(&it));
            is_number.then_some(text)
        }
        _ => None,
    }
}

fn integer(value: &Json<'_>) -> Option<i64> {
    digits(value)?.parse().ok()
}

fn text(value: &Json<'_>) -> String {
    match value {
        Json::Text(text) => text.clone().into_owned(),
        other => {
            let mut text = String::new();
            other.write(&mut text);
            text
        }
    }
}

/// A number as the integer it is after moving its point; nothing when digits would be lost at the
/// left or the right.
fn unscaled(digits: &str, precision: u32, scale: u32) -> Option<i128> {
    let (mantissa, exponent) = match digits.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (digits, 0),
    };
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let mut number: i128 = format!("{whole}{part}").parse().ok()?;
    let mut shift = exponent.checked_add(i32::try_from(scale).ok()?)?;
    shift = shift.checked_sub(i32::try_from(part.len()).ok()?)?;
    for _ in 0..shift.clamp(0, 40) {
        number = number.checked_mul(10)?;
    }
    for _ in 0..shift.clamp(-40, 0).unsigned_abs() {
        if number % 10 != 0 {
            return None;
        }
        number /= 10;
    }
    (number.unsigned_abs() < 10_u128.pow(precision)).then_some(number)
}

fn date(value: &Json<'_>) -> Option<i64> {
    let Json::Text(text) = value else { return None };
    date_text(text)
}

/// `yyyy-[M]M-[d]d`.
fn date_text(text: &str) -> Option<i64> {
    let mut parts = text.splitn(3, '-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let is_short = |part: &str| (1..=2).contains(&part.len());
    let are_digits = |part: &str| part.bytes().all(|it| it.is_ascii_digit());
    let fits = year.len() == 4 && is_short(month) && is_short(day);
    if !fits || ![year, month, day].into_iter().all(are_digits) {
        return None;
    }
    calendar::days_of(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

/// Nanoseconds since 1970 of the forms that OpenX reads in Firehose ("Convert input data format",
/// 2026): `yyyy-MM-dd'T'HH:mm:ss[.S]'Z'`, `yyyy-[M]M-[d]d HH:mm:ss[.S]` with nine digits at most,
/// seconds, milliseconds, and seconds with a fraction.
fn timestamp(value: &Json<'_>) -> Option<i128> {
    match value {
        Json::Number(digits) => epoch(digits),
        Json::Text(text) => {
            let written = text.strip_suffix('Z').map(|text| (text, 'T')).unwrap_or((text, ' '));
            match written.0.split_once(written.1) {
                Some((day, clock)) => {
                    let days = i128::from(date_text(day)?) * i128::from(DAY_SECS);
                    Some(days * 1_000_000_000 + clock_nanos(clock)?)
                }
                None => epoch(digits(value)?),
            }
        }
        _ => None,
    }
}

/// Seconds are told from milliseconds by their size: the year 5138 as seconds is 1973 as
/// milliseconds.
fn epoch(digits: &str) -> Option<i128> {
    const MILLIS_FROM: u128 = 100_000_000_000;
    let nanos = unscaled(digits, 38, 9)?;
    let is_whole = !digits.contains(['.', 'e', 'E']);
    let is_millis = is_whole && nanos.unsigned_abs() >= MILLIS_FROM * 1_000_000_000;
    Some(if is_millis { nanos / 1_000 } else { nanos })
}

/// `HH:mm:ss[.S]`.
fn clock_nanos(text: &str) -> Option<i128> {
    let (clock, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let parts: Vec<&str> = clock.split(':').collect();
    let [hour, minute, second] = parts[..] else { return None };
    let limits = [(hour, 24), (minute, 60), (second, 60)];
    let mut secs = 0;
    for (part, limit) in limits {
        let number: i128 = part.parse().ok().filter(|number| part.len() == 2 && *number < limit)?;
        secs = secs * 60 + number;
    }
    let is_fraction =
        (1..=9).contains(&fraction.len()) && fraction.bytes().all(|digit| digit.is_ascii_digit());
    let nanos: i128 = format!("{fraction:0<9}").parse().ok().filter(|_| is_fraction)?;
    Some(secs * 1_000_000_000 + nanos)
}

fn int96(nanos: i128) -> Option<Int96> {
    const DAY_NANOS: i128 = DAY_SECS as i128 * 1_000_000_000;
    let day = i64::try_from(nanos.div_euclid(DAY_NANOS)).ok()? + JULIAN_DAY_OF_EPOCH;
    let of_day = u64::try_from(nanos.rem_euclid(DAY_NANOS)).ok()?;
    let [b0, b1, b2, b3, b4, b5, b6, b7] = of_day.to_le_bytes();
    let mut value = Int96::new();
    value.set_data(
        u32::from_le_bytes([b0, b1, b2, b3]),
        u32::from_le_bytes([b4, b5, b6, b7]),
        u32::try_from(day).ok()?,
    );
    Some(value)
}
