//! One line for each function and dialect.

use super::Function as F;
use super::unit::{LogParser, Nothing, Side, Unit, Wrapper};
use crate::rules::Rules;
use crate::types::{Class, DataType};
use Gives as G;
use Speaks as S;

/// One function as a dialect has it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Signature {
    /// Its name, in capitals.
    pub name: &'static str,
    /// What it is.
    pub function: F,
    /// Who speaks it.
    pub speaks: Speaks,
    /// A letter an argument, the last for all that follow: `n` number, `t` text, `b` truth, `s`
    /// timestamp, `m` date, time or timestamp, `a` anything.
    pub takes: &'static str,
    /// Fewest and most arguments.
    pub arguments: (usize, usize),
    /// The type of what it gives.
    pub gives: Gives,
}

/// Which dialects have a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speaks {
    /// Both.
    Both,
    /// The Kinesis dialect only.
    Kinesis,
    /// Flink only.
    Flink,
    /// Queries of finite tables only.
    Batch,
}

/// The type of what a function gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gives {
    /// Always this one.
    Type(DataType),
    /// That of its first argument.
    First,
    /// That of its last argument.
    Last,
    /// One that all arguments fit.
    Common,
    /// One that all arguments behind the first fit.
    CommonBehind,
    /// That of its first argument, without digits behind the point.
    Rounded,
    /// That of its first argument, with digits as its second says.
    Digits,
    /// That of the rest of a division.
    Rest,
    /// A number of characters or units.
    Count,
    /// Text of any length.
    Text,
    /// Text not longer than its first argument.
    FirstText,
}

pub(super) const fn f(
    name: &'static str,
    function: F,
    speaks: Speaks,
    takes: &'static str,
    arguments: (usize, usize),
    gives: Gives,
) -> Signature {
    Signature { name, function, speaks, takes, arguments, gives }
}

/// Every function. Those with words between their arguments stand here in one form.
#[rustfmt::skip]
pub static TABLE: [Signature; 130] = [
    // numbers.
    f("ABS", F::Abs, S::Both, "n", (1, 1), G::First),
    f("CEIL", F::Ceil, S::Both, "n", (1, 1), G::Rounded),
    f("CEILING", F::Ceil, S::Both, "n", (1, 1), G::Rounded),
    f("FLOOR", F::Floor, S::Both, "n", (1, 1), G::Rounded),
    f("EXP", F::Exp, S::Both, "n", (1, 1), G::Type(DataType::Double)),
    f("LN", F::Ln, S::Both, "n", (1, 1), G::Type(DataType::Double)),
    f("LOG10", F::Log10, S::Both, "n", (1, 1), G::Type(DataType::Double)),
    f("LOG", F::Log, S::Flink, "nn", (1, 2), G::Type(DataType::Double)),
    f("LOG2", F::Log2, S::Flink, "n", (1, 1), G::Type(DataType::Double)),
    f("MOD", F::Mod, S::Both, "nn", (2, 2), G::Rest),
    f("POWER", F::Power, S::Both, "nn", (2, 2), G::Type(DataType::Double)),
    f("SQRT", F::Sqrt, S::Flink, "n", (1, 1), G::Type(DataType::Double)),
    f("ROUND", F::Round, S::Flink, "nn", (1, 2), G::Digits),
    f("TRUNCATE", F::Truncate, S::Flink, "nn", (1, 2), G::Digits),
    f("SIGN", F::Sign, S::Flink, "n", (1, 1), G::First),
    f("SIN", F::Sin, S::Flink, "n", (1, 1), G::Type(DataType::Double)),
    f("COS", F::Cos, S::Flink, "n", (1, 1), G::Type(DataType::Double)),
    f("TAN", F::Tan, S::Flink, "n", (1, 1), G::Type(DataType::Double)),
    f("COT", F::Cot, S::Flink, "n", (1, 1), G::Type(DataType::Double)),
    f("ASIN", F::Asin, S::Flink, "n", (1, 1), G::Type(DataType::Double)),
    f("ACOS", F::Acos, S::Flink, "n", (1, 1), G::Type(DataType::Double)),
    f("ATAN", F::Atan, S::Flink, "n", (1, 1), G::Type(DataType::Double)),
    f("ATAN2", F::Atan2, S::Flink, "nn", (2, 2), G::Type(DataType::Double)),
    f("SINH", F::Sinh, S::Flink, "n", (1, 1), G::Type(DataType::Double)),
    f("COSH", F::Cosh, S::Flink, "n", (1, 1), G::Type(DataType::Double)),
    f("TANH", F::Tanh, S::Flink, "n", (1, 1), G::Type(DataType::Double)),
    f("DEGREES", F::Degrees, S::Flink, "n", (1, 1), G::Type(DataType::Double)),
    f("RADIANS", F::Radians, S::Flink, "n", (1, 1), G::Type(DataType::Double)),
    f("PI", F::Pi, S::Flink, "", (0, 0), G::Type(DataType::Double)),
    f("E", F::E, S::Flink, "", (0, 0), G::Type(DataType::Double)),
    f("GREATEST", F::Greatest, S::Flink, "a", (1, 1000), G::Common),
    f("LEAST", F::Least, S::Flink, "a", (1, 1000), G::Common),
    f("BIN", F::Bin, S::Flink, "n", (1, 1), G::Text),
    f("HEX", F::Hex, S::Flink, "a", (1, 1), G::Text),
    f("STEP", F::Step, S::Kinesis, "aa", (2, 2), G::First),
    f("MONOTONIC", F::Monotonic, S::Kinesis, "a", (1, 1), G::First),
    // NULL and conditions.
    f("COALESCE", F::Coalesce, S::Both, "a", (1, 1000), G::Common),
    f("IFNULL", F::Coalesce, S::Flink, "aa", (2, 2), G::Common),
    f("NULLIF", F::NullIf, S::Both, "aa", (2, 2), G::First),
    f("IF", F::If, S::Flink, "baa", (3, 3), G::CommonBehind),
    // text.
    f("CHAR_LENGTH", F::CharLength, S::Both, "t", (1, 1), G::Count),
    f("CHARACTER_LENGTH", F::CharLength, S::Both, "t", (1, 1), G::Count),
    f("INITCAP", F::InitCap, S::Both, "t", (1, 1), G::Text),
    f("LOWER", F::Lower, S::Both, "t", (1, 1), G::Text),
    f("UPPER", F::Upper, S::Both, "t", (1, 1), G::Text),
    f("OVERLAY", F::Overlay, S::Both, "ttnn", (3, 4), G::Text),
    f("POSITION", F::Position, S::Both, "tt", (2, 2), G::Count),
    f("SUBSTRING", F::Substring, S::Both, "tan", (2, 3), G::FirstText),
    f("SUBSTR", F::Substring, S::Flink, "tnn", (2, 3), G::FirstText),
    f("TRIM", F::Trim(Side::Both), S::Both, "tt", (1, 2), G::FirstText),
    f("LTRIM", F::TrimSet(Side::Leading), S::Flink, "tt", (1, 2), G::FirstText),
    f("RTRIM", F::TrimSet(Side::Trailing), S::Flink, "tt", (1, 2), G::FirstText),
    f("BTRIM", F::TrimSet(Side::Both), S::Flink, "tt", (1, 2), G::FirstText),
    f("REGEX_REPLACE", F::RegexReplace, S::Kinesis, "tttnn", (5, 5), G::Text),
    f("REGEXP_REPLACE", F::RegexpReplace, S::Flink, "ttt", (3, 3), G::Text),
    f("REGEXP_EXTRACT", F::RegexpExtract, S::Flink, "ttn", (2, 3), G::Text),
    f("REGEXP", F::Regexp, S::Flink, "tt", (2, 2), G::Type(DataType::Boolean)),
    f("REPLACE", F::Replace, S::Flink, "ttt", (3, 3), G::Text),
    f("LEFT", F::Left, S::Flink, "tn", (2, 2), G::FirstText),
    f("RIGHT", F::Right, S::Flink, "tn", (2, 2), G::FirstText),
    f("LPAD", F::Lpad, S::Flink, "tnt", (3, 3), G::Text),
    f("RPAD", F::Rpad, S::Flink, "tnt", (3, 3), G::Text),
    f("REPEAT", F::Repeat, S::Flink, "tn", (2, 2), G::Text),
    f("REVERSE", F::Reverse, S::Flink, "t", (1, 1), G::FirstText),
    f("SPLIT_INDEX", F::SplitIndex, S::Flink, "ttn", (3, 3), G::Text),
    f("CONCAT", F::Concat, S::Flink, "t", (1, 1000), G::Text),
    f("CONCAT_WS", F::ConcatWs, S::Flink, "t", (2, 1000), G::Text),
    f("LOCATE", F::Locate, S::Flink, "ttn", (2, 3), G::Count),
    f("INSTR", F::Instr, S::Flink, "tt", (2, 2), G::Count),
    f("ASCII", F::Ascii, S::Flink, "t", (1, 1), G::Count),
    f("CHR", F::Chr, S::Flink, "n", (1, 1), G::Text),
    f("STARTSWITH", F::StartsWith, S::Flink, "tt", (2, 2), G::Type(DataType::Boolean)),
    f("ENDSWITH", F::EndsWith, S::Flink, "tt", (2, 2), G::Type(DataType::Boolean)),
    f("IS_ALPHA", F::IsAlpha, S::Flink, "t", (1, 1), G::Type(DataType::Boolean)),
    f("IS_DIGIT", F::IsDigit, S::Flink, "t", (1, 1), G::Type(DataType::Boolean)),
    f("IS_DECIMAL", F::IsDecimal, S::Flink, "t", (1, 1), G::Type(DataType::Boolean)),
    f("REGEXP_COUNT", F::RegexpCount, S::Flink, "tt", (2, 2), G::Count),
    f("TRANSLATE", F::Translate, S::Flink, "ttt", (3, 3), G::Text),
    f("ELT", F::Elt, S::Flink, "nt", (2, 1000), G::Text),
    f("MD5", F::Md5, S::Flink, "t", (1, 1), G::Text),
    f("TO_BASE64", F::ToBase64, S::Flink, "t", (1, 1), G::Text),
    f("FROM_BASE64", F::FromBase64, S::Flink, "t", (1, 1), G::Text),
    // time.
    f("CURRENT_DATE", F::CurrentDate, S::Both, "", (0, 0), G::Type(DataType::Date)),
    f("CURRENT_TIME", F::CurrentTime, S::Both, "", (0, 0), G::Type(DataType::Time)),
    f("LOCALTIME", F::CurrentTime, S::Both, "", (0, 0), G::Type(DataType::Time)),
    f("CURRENT_TIMESTAMP", F::CurrentTimestamp, S::Both, "", (0, 0), G::Type(DataType::Timestamp)),
    f("NOW", F::CurrentTimestamp, S::Flink, "", (0, 0), G::Type(DataType::Timestamp)),
    f("LOCALTIMESTAMP", F::LocalTimestamp, S::Both, "", (0, 0), G::Type(DataType::Timestamp)),
    f(
        "CURRENT_ROW_TIMESTAMP",
        F::CurrentRowTimestamp,
        S::Both,
        "",
        (0, 0),
        G::Type(DataType::Timestamp),
    ),
    f("EXTRACT", F::Extract(Unit::Day), S::Both, "a", (1, 1), G::Type(DataType::BigInt)),
    f("YEAR", F::Extract(Unit::Year), S::Flink, "a", (1, 1), G::Type(DataType::BigInt)),
    f("QUARTER", F::Extract(Unit::Quarter), S::Flink, "a", (1, 1), G::Type(DataType::BigInt)),
    f("MONTH", F::Extract(Unit::Month), S::Flink, "a", (1, 1), G::Type(DataType::BigInt)),
    f("WEEK", F::Extract(Unit::Week), S::Flink, "a", (1, 1), G::Type(DataType::BigInt)),
    f("DAYOFMONTH", F::Extract(Unit::Day), S::Flink, "a", (1, 1), G::Type(DataType::BigInt)),
    f("HOUR", F::Extract(Unit::Hour), S::Flink, "a", (1, 1), G::Type(DataType::BigInt)),
    f("MINUTE", F::Extract(Unit::Minute), S::Flink, "a", (1, 1), G::Type(DataType::BigInt)),
    f("SECOND", F::Extract(Unit::Second), S::Flink, "a", (1, 1), G::Type(DataType::BigInt)),
    f("DAYOFWEEK", F::DayOfWeek, S::Flink, "a", (1, 1), G::Type(DataType::BigInt)),
    f("DAYOFYEAR", F::DayOfYear, S::Flink, "a", (1, 1), G::Type(DataType::BigInt)),
    f("TSDIFF", F::TsDiff, S::Kinesis, "ss", (2, 2), G::Type(DataType::BigInt)),
    f("TIMESTAMPDIFF", F::TimestampDiff(Unit::Second), S::Flink, "mm", (2, 2), G::Count),
    f("TIMESTAMPADD", F::TimestampAdd(Unit::Second), S::Flink, "nm", (2, 2), G::Last),
    f("TO_TIMESTAMP", F::ToTimestamp, S::Kinesis, "n", (1, 1), G::Type(DataType::Timestamp)),
    f("TO_TIMESTAMP", F::TextToTimestamp, S::Flink, "tt", (1, 2), G::Type(DataType::Timestamp)),
    f("TO_TIMESTAMP_LTZ", F::ToTimestampLtz, S::Flink, "nn", (1, 2), G::Type(DataType::Timestamp)),
    f("TO_DATE", F::ToDate, S::Flink, "tt", (1, 2), G::Type(DataType::Date)),
    f("UNIX_TIMESTAMP", F::UnixTimestamp, S::Kinesis, "s", (1, 1), G::Type(DataType::BigInt)),
    f("UNIX_TIMESTAMP", F::UnixSeconds, S::Flink, "tt", (0, 2), G::Type(DataType::BigInt)),
    f("FROM_UNIXTIME", F::FromUnixTime, S::Flink, "nt", (1, 2), G::Text),
    f("DATE_FORMAT", F::DateFormat, S::Flink, "at", (2, 2), G::Text),
    f("CHAR_TO_DATE", F::CharToDate, S::Kinesis, "tt", (2, 2), G::Type(DataType::Date)),
    f("CHAR_TO_TIME", F::CharToTime, S::Kinesis, "tt", (2, 2), G::Type(DataType::Time)),
    f("CHAR_TO_TIMESTAMP", F::CharToTimestamp,
        S::Kinesis, "tt", (2, 2), G::Type(DataType::Timestamp)),
    f("DATE_TO_CHAR", F::ToChar, S::Kinesis, "tm", (2, 2), G::Text),
    f("TIME_TO_CHAR", F::ToChar, S::Kinesis, "tm", (2, 2), G::Text),
    f("TIMESTAMP_TO_CHAR", F::ToChar, S::Kinesis, "tm", (2, 2), G::Text),
    // lines of logs.
    f("REGEX_LOG_PARSE", F::LogParse(LogParser::Regex), S::Kinesis, "tt", (2, 2), G::Text),
    f("FAST_REGEX_LOG_PARSER", F::LogParse(LogParser::Regex), S::Kinesis, "tt", (2, 2), G::Text),
    f("FAST_REGEX_LOG_PARSE", F::LogParse(LogParser::Regex), S::Kinesis, "tt", (2, 2), G::Text),
    f("FIXED_COLUMN_LOG_PARSE", F::LogParse(LogParser::Fixed), S::Kinesis, "tt", (2, 2), G::Text),
    f("SYS_LOG_PARSE", F::LogParse(LogParser::System), S::Kinesis, "t", (1, 1), G::Text),
    f("VARIABLE_COLUMN_LOG_PARSE", F::LogParse(LogParser::Variable),
        S::Kinesis, "tattt", (3, 5), G::Text),
    f("W3C_LOG_PARSE", F::LogParse(LogParser::W3c), S::Kinesis, "tt", (2, 2), G::Text),
    // JSON.
    f("JSON_VALUE", F::JsonValue(Nothing::Null, Nothing::Null, None),
        S::Flink, "ttaa", (2, 4), G::Text),
    f("JSON_QUERY", F::JsonQuery(Wrapper::Without, Nothing::Null, Nothing::Null),
        S::Flink, "tt", (2, 2), G::Text),
    f("JSON_EXISTS", F::JsonExists(Nothing::False),
        S::Flink, "tt", (2, 2), G::Type(DataType::Boolean)),
    f("JSON_STRING", F::JsonString, S::Flink, "a", (1, 1), G::Text),
    f("JSON_OBJECT", F::JsonObject, S::Flink, "a", (0, 1000), G::Text),
    f("JSON_ARRAY", F::JsonArray, S::Flink, "a", (0, 1000), G::Text),
];

impl Signature {
    /// What it takes as its argument of this index; none is more than one class.
    #[must_use]
    pub fn takes(&self, index: usize) -> Option<Class> {
        let letters = self.takes.as_bytes();
        match letters.get(index).or(letters.last())? {
            b'n' => Some(Class::Number),
            b't' => Some(Class::Text),
            b'b' => Some(Class::Boolean),
            b's' => Some(Class::Timestamp),
            _ => None,
        }
    }

    /// Whether its argument of this index is a date, a time or a timestamp.
    #[must_use]
    pub fn takes_moment(&self, index: usize) -> bool {
        self.takes.as_bytes().get(index) == Some(&b'm')
    }
}

impl Speaks {
    /// Whether a dialect has it.
    #[must_use]
    pub fn is_spoken(self, rules: &Rules) -> bool {
        self == Self::Both || self == rules.speaks
    }
}
