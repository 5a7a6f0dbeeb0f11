//! Column types (facts, analytics §2.2).

use core::fmt;

/// Most digits of a `DECIMAL` of the Kinesis dialect (facts, analytics §2.2).
pub const DIGITS_MAX: u8 = 18;
/// Most characters of a text and bytes of binary data (facts, analytics §2.2).
pub const LENGTH_MAX: u32 = 65_535;

/// The type of a column or expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DataType {
    /// True, false or unknown.
    Boolean,
    /// 8 bits.
    TinyInt,
    /// 16 bits.
    SmallInt,
    /// 32 bits.
    Integer,
    /// 64 bits.
    BigInt,
    /// Exact decimal with total and fractional digits.
    Decimal {
        /// All digits, 1 to 18 or 38.
        precision: u8,
        /// Digits behind the point.
        scale: u8,
    },
    /// IEEE 754 single.
    Real,
    /// IEEE 754 double.
    Double,
    /// Text of exactly this many characters, filled up with blanks.
    Char(u32),
    /// Text of at most this many characters.
    Varchar(u32),
    /// Bytes, at most this many.
    Varbinary(u32),
    /// Days since 1970-01-01.
    Date,
    /// Microseconds since midnight.
    Time,
    /// Microseconds since 1970-01-01 00:00 UTC.
    Timestamp,
    /// A span of time in microseconds: days, hours, minutes and seconds, no months.
    Interval,
    /// A span of time in months.
    Months,
}

/// Types that can stand for each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// True and false.
    Boolean,
    /// Whole numbers, decimals and floats.
    Number,
    /// Text.
    Text,
    /// Bytes.
    Bytes,
    /// Days.
    Date,
    /// Times of day.
    Time,
    /// Moments.
    Timestamp,
    /// Spans of time.
    Interval,
    /// Spans of months.
    Months,
}

impl DataType {
    /// What it can be compared with.
    #[must_use]
    pub fn class(self) -> Class {
        match self {
            Self::Boolean => Class::Boolean,
            Self::TinyInt
            | Self::SmallInt
            | Self::Integer
            | Self::BigInt
            | Self::Decimal { .. }
            | Self::Real
            | Self::Double => Class::Number,
            Self::Char(_) | Self::Varchar(_) => Class::Text,
            Self::Varbinary(_) => Class::Bytes,
            Self::Date => Class::Date,
            Self::Time => Class::Time,
            Self::Timestamp => Class::Timestamp,
            Self::Interval => Class::Interval,
            Self::Months => Class::Months,
        }
    }

    /// The bounds of a whole number type.
    #[must_use]
    pub fn whole(self) -> Option<(i64, i64)> {
        match self {
            Self::TinyInt => Some((i8::MIN.into(), i8::MAX.into())),
            Self::SmallInt => Some((i16::MIN.into(), i16::MAX.into())),
            Self::Integer => Some((i32::MIN.into(), i32::MAX.into())),
            Self::BigInt => Some((i64::MIN, i64::MAX)),
            _ => None,
        }
    }

    /// A whole number of this type, begun again at the other end where it does not fit.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "that is what wrapping around is")]
    pub(crate) fn wrapped(self, number: i128) -> i64 {
        match self {
            Self::TinyInt => (number as i8).into(),
            Self::SmallInt => (number as i16).into(),
            Self::Integer => (number as i32).into(),
            _ => number as i64,
        }
    }

    /// Whether it is a float.
    #[must_use]
    pub fn is_float(self) -> bool {
        matches!(self, Self::Real | Self::Double)
    }
}

impl Class {
    /// What a sentence calls it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Boolean => "a truth value",
            Self::Number => "a number",
            Self::Text => "text",
            Self::Bytes => "bytes",
            Self::Date => "a date",
            Self::Time => "a time",
            Self::Timestamp => "a timestamp",
            Self::Interval => "an interval",
            Self::Months => "an interval of months",
        }
    }
}

impl fmt::Display for DataType {
    /// Prints the type as SQL spells it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean => f.write_str("BOOLEAN"),
            Self::TinyInt => f.write_str("TINYINT"),
            Self::SmallInt => f.write_str("SMALLINT"),
            Self::Integer => f.write_str("INTEGER"),
            Self::BigInt => f.write_str("BIGINT"),
            Self::Decimal { precision, scale } => write!(f, "DECIMAL({precision}, {scale})"),
            Self::Real => f.write_str("REAL"),
            Self::Double => f.write_str("DOUBLE"),
            Self::Char(chars) => write!(f, "CHAR({chars})"),
            Self::Varchar(u32::MAX) => f.write_str("STRING"),
            Self::Varbinary(u32::MAX) => f.write_str("BYTES"),
            Self::Varchar(chars) => write!(f, "VARCHAR({chars})"),
            Self::Varbinary(bytes) => write!(f, "VARBINARY({bytes})"),
            Self::Date => f.write_str("DATE"),
            Self::Time => f.write_str("TIME"),
            Self::Timestamp => f.write_str("TIMESTAMP"),
            Self::Interval => f.write_str("INTERVAL DAY TO SECOND"),
            Self::Months => f.write_str("INTERVAL YEAR TO MONTH"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::DataType;

    #[test]
    fn types_read_as_sql() {
        assert_eq!(DataType::Decimal { precision: 10, scale: 2 }.to_string(), "DECIMAL(10, 2)");
        assert_eq!(DataType::Varchar(4).to_string(), "VARCHAR(4)");
    }
}
