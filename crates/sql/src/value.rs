//! Values of expressions. NULL is a value: three-valued logic is decided by whoever evaluates.

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
    /// IEEE 754 double; never infinite and never no number.
    Double(f64),
    /// Text.
    Text(Arc<str>),
    /// Bytes.
    Bytes(Arc<[u8]>),
    /// Days since 1970-01-01.
    Date(i32),
    /// Microseconds since 1970-01-01 00:00 UTC.
    Timestamp(i64),
    /// Microseconds.
    Interval(i64),
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
            Self::Double(_) => Some(DataType::Double),
            Self::Text(text) => Some(DataType::Varchar(saturated(text.chars().count()))),
            Self::Bytes(bytes) => Some(DataType::Varbinary(saturated(bytes.len()))),
            Self::Date(_) => Some(DataType::Date),
            Self::Timestamp(_) => Some(DataType::Timestamp),
            Self::Interval(_) => Some(DataType::Interval),
        }
    }
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
