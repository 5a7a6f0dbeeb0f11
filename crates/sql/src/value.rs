//! Values of expressions. NULL is a value: three-valued logic is decided by whoever evaluates.

use core::cmp::Ordering;
use std::sync::Arc;

use crate::decimal::Decimal;
use crate::types::DataType;

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Unknown.
    Null,
    /// True or false.
    Boolean(bool),
    /// Any whole number type.
    Integer(i64),
    /// An exact decimal.
    Decimal(Decimal),
    /// IEEE 754 single; finite where the dialect wants numbers only.
    Real(f32),
    /// IEEE 754 double; finite where the dialect wants numbers only.
    Double(f64),
    /// Text.
    Text(Arc<str>),
    /// Bytes.
    Bytes(Arc<[u8]>),
    /// Days since 1970-01-01.
    Date(i32),
    /// Microseconds since midnight.
    Time(i64),
    /// Microseconds since 1970-01-01 00:00 UTC.
    Timestamp(i64),
    /// A span of time in microseconds.
    Interval(i64),
    /// A span of time in months.
    Months(i32),
}

impl Value {
    /// The narrowest type that holds this value; `None` for NULL, which fits every type. Whole
    /// numbers are `INTEGER` at least, as literals are.
    #[must_use]
    pub fn data_type(&self) -> Option<DataType> {
        match self {
            Self::Null => None,
            Self::Boolean(_) => Some(DataType::Boolean),
            Self::Integer(n) if i32::try_from(*n).is_ok() => Some(DataType::Integer),
            Self::Integer(_) => Some(DataType::BigInt),
            Self::Decimal(it) => {
                Some(DataType::Decimal { precision: it.precision, scale: it.scale })
            }
            Self::Real(_) => Some(DataType::Real),
            Self::Double(_) => Some(DataType::Double),
            Self::Text(text) => Some(DataType::Varchar(saturated(text.chars().count()))),
            Self::Bytes(bytes) => Some(DataType::Varbinary(saturated(bytes.len()))),
            Self::Date(_) => Some(DataType::Date),
            Self::Time(_) => Some(DataType::Time),
            Self::Timestamp(_) => Some(DataType::Timestamp),
            Self::Interval(_) => Some(DataType::Interval),
            Self::Months(_) => Some(DataType::Months),
        }
    }
}

impl Value {
    /// The order of keys: NULL first and the same as NULL, what is no number last and the same as
    /// itself. Unlike a comparison it always knows; values of different classes stand by class.
    #[must_use]
    pub fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Integer(a), Self::Integer(b)) => a.cmp(b),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            (Self::Boolean(a), Self::Boolean(b)) => a.cmp(b),
            (Self::Bytes(a), Self::Bytes(b)) => a.cmp(b),
            (Self::Date(a), Self::Date(b)) => a.cmp(b),
            (Self::Months(a), Self::Months(b)) => a.cmp(b),
            (Self::Timestamp(a), Self::Timestamp(b))
            | (Self::Interval(a), Self::Interval(b))
            | (Self::Time(a), Self::Time(b)) => a.cmp(b),
            _ => match (self.exact(), other.exact()) {
                (Some(a), Some(b)) => a.order(b),
                _ => match (self.float(), other.float()) {
                    (Some(a), Some(b)) => order_of_floats(a, b),
                    _ => self.rank().cmp(&other.rank()),
                },
            },
        }
    }

    /// About how many bytes it holds.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        size_of::<Self>() as u64 + self.text_bytes()
    }

    /// Bytes of text behind it.
    pub(crate) fn text_bytes(&self) -> u64 {
        match self {
            Self::Text(text) => text.len() as u64,
            Self::Bytes(bytes) => bytes.len() as u64,
            _ => 0,
        }
    }

    /// A whole number or decimal.
    pub(crate) fn exact(&self) -> Option<Decimal> {
        match self {
            Self::Integer(it) => Some(Decimal::whole(*it)),
            Self::Decimal(it) => Some(*it),
            _ => None,
        }
    }

    /// Any number as a double.
    #[expect(clippy::cast_precision_loss, reason = "that is what a double is")]
    pub(crate) fn float(&self) -> Option<f64> {
        match self {
            Self::Integer(it) => Some(*it as f64),
            Self::Decimal(it) => Some(it.to_double()),
            Self::Real(it) => Some((*it).into()),
            Self::Double(it) => Some(*it),
            _ => None,
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Null => 0,
            Self::Boolean(_) => 1,
            Self::Integer(_) | Self::Decimal(_) | Self::Real(_) | Self::Double(_) => 2,
            Self::Text(_) => 3,
            Self::Bytes(_) => 4,
            Self::Date(_) => 5,
            Self::Time(_) => 6,
            Self::Timestamp(_) => 7,
            Self::Interval(_) => 8,
            Self::Months(_) => 9,
        }
    }
}

/// Floats in order, both zeros the same and what is no number last.
pub(crate) fn order_of_floats(a: f64, b: f64) -> Ordering {
    a.partial_cmp(&b).unwrap_or_else(|| a.is_nan().cmp(&b.is_nan()))
}

/// Microseconds of a day.
pub(crate) const MICROS_A_DAY: i64 = 86_400_000_000;

/// The first moment of a day; whatever is computed here stays far within these 64 bits.
pub(crate) fn midnight(days: i32) -> i64 {
    i64::from(days).saturating_mul(MICROS_A_DAY)
}

fn saturated(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_know_their_narrowest_type() {
        assert_eq!(Value::Integer(1).data_type(), Some(DataType::Integer));
        assert_eq!(Value::Integer(1 << 40).data_type(), Some(DataType::BigInt));
        assert_eq!(Value::Text("müll".into()).data_type(), Some(DataType::Varchar(4)));
        assert_eq!(Value::Null.data_type(), None);
    }
}
