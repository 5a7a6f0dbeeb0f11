//! The functions there are, and those of the dialect that are not here (facts, analytics §2.3).

use crate::types::{Class, DataType};

/// A unit of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Years.
    Year,
    /// Three months.
    Quarter,
    /// Months.
    Month,
    /// Seven days; a week of the calendar begins on Monday.
    Week,
    /// Days.
    Day,
    /// Hours.
    Hour,
    /// Minutes.
    Minute,
    /// Seconds.
    Second,
    /// Thousandths of a second.
    Millisecond,
}

/// Which end of a text `TRIM` takes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Both.
    Both,
    /// The beginning.
    Leading,
    /// The end.
    Trailing,
}

/// A function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// Without its sign.
    Abs,
    /// The next whole number upwards.
    Ceil,
    /// `CEIL(a TO HOUR)`.
    CeilTo(Unit),
    /// Characters of a text.
    CharLength,
    /// The first that is not NULL.
    Coalesce,
    /// Today.
    CurrentDate,
    /// The time of the row.
    CurrentRowTimestamp,
    /// Now.
    CurrentTimestamp,
    /// e to the power of it.
    Exp,
    /// `EXTRACT(HOUR FROM a)`.
    Extract(Unit),
    /// The next whole number downwards.
    Floor,
    /// `FLOOR(a TO HOUR)`.
    FloorTo(Unit),
    /// Each word with a capital.
    InitCap,
    /// The natural logarithm.
    Ln,
    /// Now; there is only UTC.
    LocalTimestamp,
    /// The decimal logarithm.
    Log10,
    /// In small letters.
    Lower,
    /// The rest of a division.
    Mod,
    /// NULL when both are equal.
    NullIf,
    /// `OVERLAY(a PLACING b FROM c FOR d)`.
    Overlay,
    /// `POSITION(a IN b)`.
    Position,
    /// To the power of.
    Power,
    /// `STEP(a BY b)`: the next multiple downwards.
    Step,
    /// `SUBSTRING(a FROM b FOR c)`.
    Substring,
    /// A timestamp of milliseconds since 1970.
    ToTimestamp,
    /// `TRIM(BOTH a FROM b)`.
    Trim(Side),
    /// Milliseconds from one timestamp to another.
    TsDiff,
    /// Milliseconds since 1970 of a timestamp.
    UnixTimestamp,
    /// In capitals.
    Upper,
}

/// What a function takes: a class, or anything.
type Takes = Option<Class>;

const NUMBER: Takes = Some(Class::Number);
const TEXT: Takes = Some(Class::Text);
const MOMENT: Takes = Some(Class::Timestamp);

/// Name, function, fewest and most arguments.
type Entry = (&'static str, Function, usize, usize);

/// Every name, sorted. Functions with words between their arguments stand here in one form.
static FUNCTIONS: [Entry; 29] = [
    ("ABS", Function::Abs, 1, 1),
    ("CEIL", Function::Ceil, 1, 1),
    ("CEILING", Function::Ceil, 1, 1),
    ("CHARACTER_LENGTH", Function::CharLength, 1, 1),
    ("CHAR_LENGTH", Function::CharLength, 1, 1),
    ("COALESCE", Function::Coalesce, 1, 1_000),
    ("CURRENT_DATE", Function::CurrentDate, 0, 0),
    ("CURRENT_ROW_TIMESTAMP", Function::CurrentRowTimestamp, 0, 0),
    ("CURRENT_TIMESTAMP", Function::CurrentTimestamp, 0, 0),
    ("EXP", Function::Exp, 1, 1),
    ("EXTRACT", Function::Extract(Unit::Day), 1, 1),
    ("FLOOR", Function::Floor, 1, 1),
    ("INITCAP", Function::InitCap, 1, 1),
    ("LN", Function::Ln, 1, 1),
    ("LOCALTIMESTAMP", Function::LocalTimestamp, 0, 0),
    ("LOG10", Function::Log10, 1, 1),
    ("LOWER", Function::Lower, 1, 1),
    ("MOD", Function::Mod, 2, 2),
    ("NULLIF", Function::NullIf, 2, 2),
    ("OVERLAY", Function::Overlay, 3, 4),
    ("POSITION", Function::Position, 2, 2),
    ("POWER", Function::Power, 2, 2),
    ("STEP", Function::Step, 2, 2),
    ("SUBSTRING", Function::Substring, 2, 3),
    ("TO_TIMESTAMP", Function::ToTimestamp, 1, 1),
    ("TRIM", Function::Trim(Side::Both), 1, 2),
    ("TSDIFF", Function::TsDiff, 2, 2),
    ("UNIX_TIMESTAMP", Function::UnixTimestamp, 1, 1),
    ("UPPER", Function::Upper, 1, 1),
];

/// Functions over many rows.
static AGGREGATES: [&str; 14] = [
    "ANY",
    "AVG",
    "COUNT",
    "EVERY",
    "EXP_AVG",
    "FIRST_VALUE",
    "LAG",
    "LAST_VALUE",
    "MAX",
    "MIN",
    "NTH_VALUE",
    "STDDEV_POP",
    "STDDEV_SAMP",
    "SUM",
];

/// Functions over one row that the service has and we have not.
static ABSENT: [&str; 14] = [
    "CHAR_TO_DATE",
    "CHAR_TO_TIME",
    "CHAR_TO_TIMESTAMP",
    "CURRENT_TIME",
    "DATE_TO_CHAR",
    "FAST_REGEX_LOG_PARSER",
    "LOCALTIME",
    "MONOTONIC",
    "REGEX_LOG_PARSE",
    "REGEX_REPLACE",
    "TIMESTAMP_TO_CHAR",
    "TIME_TO_CHAR",
    "VARIABLE_COLUMN_LOG_PARSE",
    "W3C_LOG_PARSE",
];

/// What is known about a name in front of a parenthesis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// A function, with its fewest and most arguments.
    Here(Function, usize, usize),
    /// A function over many rows.
    Aggregate,
    /// One the service has and we have not.
    Absent,
    /// None; perhaps this one was meant.
    Unknown(Option<&'static str>),
}

/// Looks a name up, in capitals.
#[must_use]
pub fn find(name: &str) -> Known {
    if let Some((_, function, least, most)) = FUNCTIONS.iter().find(|it| it.0 == name) {
        return Known::Here(*function, *least, *most);
    }
    if AGGREGATES.contains(&name) {
        return Known::Aggregate;
    }
    if ABSENT.contains(&name) {
        return Known::Absent;
    }
    let near = |it: &&Entry| it.0.len() > 2 && name.starts_with(&it.0[..3]);
    Known::Unknown(FUNCTIONS.iter().find(near).map(|it| it.0))
}

impl Function {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        let same = |it: &&Entry| core::mem::discriminant(&it.1) == core::mem::discriminant(&self);
        match self {
            Self::Ceil | Self::CeilTo(_) => "CEIL",
            Self::FloorTo(_) => "FLOOR",
            Self::CharLength => "CHAR_LENGTH",
            _ => FUNCTIONS.iter().find(same).map_or("", |it| it.0),
        }
    }

    /// Whether it is written without parentheses.
    #[must_use]
    pub fn is_bare(self) -> bool {
        matches!(
            self,
            Self::CurrentDate
                | Self::CurrentRowTimestamp
                | Self::CurrentTimestamp
                | Self::LocalTimestamp
        )
    }

    /// What it takes as its argument of this index; none is anything.
    #[must_use]
    pub fn takes(self, index: usize) -> Takes {
        match (self, index) {
            (Self::Abs | Self::Ceil | Self::Exp | Self::Floor | Self::Ln | Self::Log10, _)
            | (Self::Mod | Self::Power | Self::ToTimestamp, _)
            | (Self::Substring, 1 | 2)
            | (Self::Overlay, 2 | 3) => NUMBER,
            (Self::CharLength | Self::InitCap | Self::Lower | Self::Upper, _)
            | (Self::Trim(_) | Self::Position | Self::Overlay, _) => TEXT,
            (Self::TsDiff | Self::UnixTimestamp, _) => MOMENT,
            _ => None,
        }
    }

    /// The type of what it gives, where its arguments do not decide.
    #[must_use]
    pub fn gives(self) -> Option<DataType> {
        match self {
            Self::CharLength | Self::Extract(_) | Self::Position | Self::TsDiff => {
                Some(DataType::BigInt)
            }
            Self::UnixTimestamp => Some(DataType::BigInt),
            Self::CurrentDate => Some(DataType::Date),
            Self::CurrentRowTimestamp
            | Self::CurrentTimestamp
            | Self::LocalTimestamp
            | Self::ToTimestamp => Some(DataType::Timestamp),
            Self::Exp | Self::Ln | Self::Log10 | Self::Power => Some(DataType::Double),
            _ => None,
        }
    }
}

impl Unit {
    /// Every unit, the longest first.
    pub const ALL: [Self; 9] = [
        Self::Year,
        Self::Quarter,
        Self::Month,
        Self::Week,
        Self::Day,
        Self::Hour,
        Self::Minute,
        Self::Second,
        Self::Millisecond,
    ];

    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Year => "YEAR",
            Self::Quarter => "QUARTER",
            Self::Month => "MONTH",
            Self::Week => "WEEK",
            Self::Day => "DAY",
            Self::Hour => "HOUR",
            Self::Minute => "MINUTE",
            Self::Second => "SECOND",
            Self::Millisecond => "MILLISECOND",
        }
    }

    /// How long it is in microseconds, if always the same.
    #[must_use]
    pub fn micros(self) -> Option<i64> {
        match self {
            Self::Year | Self::Quarter | Self::Month => None,
            Self::Week => Some(7 * 86_400_000_000),
            Self::Day => Some(86_400_000_000),
            Self::Hour => Some(3_600_000_000),
            Self::Minute => Some(60_000_000),
            Self::Second => Some(1_000_000),
            Self::Millisecond => Some(1_000),
        }
    }

    /// How many months it is, if it is months.
    #[must_use]
    pub fn months(self) -> Option<i32> {
        match self {
            Self::Year => Some(12),
            Self::Quarter => Some(3),
            Self::Month => Some(1),
            Self::Week
            | Self::Day
            | Self::Hour
            | Self::Minute
            | Self::Second
            | Self::Millisecond => None,
        }
    }

    /// The units an interval may name from this one on, itself first: `HOUR TO SECOND`.
    #[must_use]
    pub fn chain(self) -> &'static [Self] {
        match self {
            Self::Year => &[Self::Year, Self::Month],
            Self::Quarter => &[Self::Quarter],
            Self::Month => &[Self::Month],
            Self::Week => &[Self::Week],
            Self::Day => &[Self::Day, Self::Hour, Self::Minute, Self::Second],
            Self::Hour => &[Self::Hour, Self::Minute, Self::Second],
            Self::Minute => &[Self::Minute, Self::Second],
            Self::Second => &[Self::Second],
            Self::Millisecond => &[Self::Millisecond],
        }
    }
}

impl Side {
    /// Every side.
    pub const ALL: [Self; 3] = [Self::Both, Self::Leading, Self::Trailing];

    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Both => "BOTH",
            Self::Leading => "LEADING",
            Self::Trailing => "TRAILING",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Facts, analytics §2.3: the groups of functions; what is not here is said to be absent.
    #[test]
    fn every_scalar_function_of_the_facts_is_known() {
        let named = "CHAR_LENGTH CHARACTER_LENGTH INITCAP LOWER OVERLAY POSITION SUBSTRING TRIM \
                     UPPER ABS CEIL CEILING EXP FLOOR LN LOG10 MOD POWER STEP COALESCE NULLIF \
                     CURRENT_DATE CURRENT_TIMESTAMP LOCALTIMESTAMP CURRENT_ROW_TIMESTAMP EXTRACT \
                     TSDIFF TO_TIMESTAMP UNIX_TIMESTAMP";
        for name in named.split_whitespace() {
            assert!(matches!(find(name), Known::Here(..)), "{name}");
        }
        for name in ["REGEX_REPLACE", "CHAR_TO_TIMESTAMP", "TIMESTAMP_TO_CHAR", "CURRENT_TIME"] {
            assert_eq!(find(name), Known::Absent);
        }
        assert_eq!(find("COUNT"), Known::Aggregate);
        assert_eq!(find("UPPERCASE"), Known::Unknown(Some("UPPER")));
        assert_eq!(find("X"), Known::Unknown(None));
    }
}
