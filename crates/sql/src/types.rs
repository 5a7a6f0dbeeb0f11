//! Column types that both dialects share (facts, analytics §2.2).

use core::fmt;

/// The type of a column or expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DataType {
    /// True, false or unknown.
    Boolean,
    /// 32 bits.
    Integer,
    /// 64 bits.
    BigInt,
    /// Exact decimal with total and fractional digits.
    Decimal {
        /// All digits, 1 to 38.
        precision: u8,
        /// Digits behind the point.
        scale: u8,
    },
    /// IEEE 754 double.
    Double,
    /// Text of at most this many characters.
    Varchar(u32),
    /// Bytes, at most this many.
    Varbinary(u32),
    /// Days since 1970-01-01.
    Date,
    /// Microseconds since 1970-01-01 00:00 UTC.
    Timestamp,
}

impl fmt::Display for DataType {
    /// Prints the type as SQL spells it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean => f.write_str("BOOLEAN"),
            Self::Integer => f.write_str("INTEGER"),
            Self::BigInt => f.write_str("BIGINT"),
            Self::Decimal { precision, scale } => write!(f, "DECIMAL({precision}, {scale})"),
            Self::Double => f.write_str("DOUBLE"),
            Self::Varchar(chars) => write!(f, "VARCHAR({chars})"),
            Self::Varbinary(bytes) => write!(f, "VARBINARY({bytes})"),
            Self::Date => f.write_str("DATE"),
            Self::Timestamp => f.write_str("TIMESTAMP"),
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
