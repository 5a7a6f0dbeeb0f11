//! The functions of Amazon Redshift that the streaming dialects have not, or have otherwise (its
//! guide, "SQL functions reference").

use super::Function as F;
use super::table::{Gives as G, Signature, Speaks, f};
use super::unit::{JsonKind, Side, Unit};
use crate::types::DataType;

/// A function of Redshift alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Redshift {
    /// `ADD_MONTHS(a, n)`: the last day of a month stays one.
    AddMonths,
    /// `DATEADD(day, n, a)`.
    DateAdd(Unit),
    /// `DATEDIFF(day, a, b)`: how many boundaries lie between.
    DateDiff(Unit),
    /// `DATE_TRUNC('week', a)`; weeks begin on Monday.
    DateTrunc(Unit),
    /// 0 for Sunday to 6 for Saturday.
    DayOfWeek,
    /// The largest that is not NULL.
    Greatest,
    /// `JSON_EXTRACT_PATH_TEXT(json, 'a', 'b')`.
    JsonPath,
    /// The last day of the month.
    LastDay,
    /// The smallest that is not NULL.
    Least,
    /// Months between two days, the rest in parts of 31.
    MonthsBetween,
    /// `REGEXP_COUNT(a, pattern, from, 'i')`.
    RegexpCount,
    /// `REGEXP_INSTR(a, pattern, from, n, 1 for its end, 'i')`.
    RegexpInstr,
    /// `REGEXP_REPLACE(a, pattern, by, from, 'i')`.
    RegexpReplace,
    /// `REGEXP_SUBSTR(a, pattern, from, n, 'ie')`.
    RegexpSubstr,
    /// `JSON_EXTRACT_ARRAY_ELEMENT_TEXT(json, n)`, counted from 0.
    JsonElement,
    /// `JSON_ARRAY_LENGTH(json)`.
    JsonLength,
    /// `NEXT_DAY(a, 'Tuesday')`.
    NextDay,
    /// `SPLIT_PART(a, separator, n)`, counted from 1.
    SplitPart,
    /// A moment or a number as text, by a format such as `YYYY-MM-DD HH24:MI:SS` or `9,999.00`.
    ToChar,
    /// The day a text means, by such a format.
    ToDate,
    /// The moment a text means, by such a format.
    ToTimestamp,
}

impl Redshift {
    /// The unit it counts in, if it does.
    #[must_use]
    pub fn unit(self) -> Option<Unit> {
        match self {
            Self::DateAdd(unit) | Self::DateDiff(unit) | Self::DateTrunc(unit) => Some(unit),
            _ => None,
        }
    }

    /// The same in another unit.
    #[must_use]
    pub fn with(self, unit: Unit) -> Self {
        match self {
            Self::DateAdd(_) => Self::DateAdd(unit),
            Self::DateDiff(_) => Self::DateDiff(unit),
            Self::DateTrunc(_) => Self::DateTrunc(unit),
            other => other,
        }
    }
}

use Redshift as R;

const B: Speaks = Speaks::Batch;
const TRUTH: G = G::Type(DataType::Boolean);
const DOUBLE: G = G::Type(DataType::Double);
const WHOLE: G = G::Type(DataType::BigInt);
const MOMENT: G = G::Type(DataType::Timestamp);

/// One line a function; what all dialects have stands in the other table.
#[rustfmt::skip]
pub(super) static TABLE: [Signature; 79] = [
    // numbers.
    f("ACOS", F::Acos, B, "n", (1, 1), DOUBLE),
    f("ASIN", F::Asin, B, "n", (1, 1), DOUBLE),
    f("ATAN", F::Atan, B, "n", (1, 1), DOUBLE),
    f("ATAN2", F::Atan2, B, "nn", (2, 2), DOUBLE),
    f("COS", F::Cos, B, "n", (1, 1), DOUBLE),
    f("COT", F::Cot, B, "n", (1, 1), DOUBLE),
    f("DEGREES", F::Degrees, B, "n", (1, 1), DOUBLE),
    f("GREATEST", F::Redshift(R::Greatest), B, "a", (1, 1000), G::Common),
    f("LEAST", F::Redshift(R::Least), B, "a", (1, 1000), G::Common),
    f("DEXP", F::Exp, B, "n", (1, 1), DOUBLE),
    f("LOG", F::Log10, B, "n", (1, 1), DOUBLE),
    f("PI", F::Pi, B, "", (0, 0), DOUBLE),
    f("POW", F::Power, B, "nn", (2, 2), DOUBLE),
    f("RADIANS", F::Radians, B, "n", (1, 1), DOUBLE),
    f("ROUND", F::Round, B, "nn", (1, 2), G::Digits),
    f("SIGN", F::Sign, B, "n", (1, 1), G::First),
    f("SIN", F::Sin, B, "n", (1, 1), DOUBLE),
    f("SQRT", F::Sqrt, B, "n", (1, 1), DOUBLE),
    f("TAN", F::Tan, B, "n", (1, 1), DOUBLE),
    f("TRUNC", F::Truncate, B, "nn", (1, 2), G::Digits),
    // NULL.
    f("NVL", F::Coalesce, B, "a", (1, 1000), G::Common),
    // text.
    f("ASCII", F::Ascii, B, "t", (1, 1), G::Count),
    f("BTRIM", F::TrimSet(Side::Both), B, "tt", (1, 2), G::FirstText),
    f("CHARINDEX", F::Locate, B, "tt", (2, 2), G::Count),
    f("CHR", F::Chr, B, "n", (1, 1), G::Text),
    f("CONCAT", F::Concat, B, "t", (1, 1000), G::Text),
    f("JSON_EXTRACT_PATH_TEXT", F::Redshift(R::JsonPath), B, "t", (2, 6), G::Text),
    f("LEFT", F::Left, B, "tn", (2, 2), G::FirstText),
    f("LEN", F::CharLength, B, "t", (1, 1), G::Count),
    f("LENGTH", F::CharLength, B, "t", (1, 1), G::Count),
    f("LPAD", F::Lpad, B, "tnt", (2, 3), G::Text),
    f("LTRIM", F::TrimSet(Side::Leading), B, "tt", (1, 2), G::FirstText),
    f("MD5", F::Md5, B, "t", (1, 1), G::Text),
    f("IS_VALID_JSON", F::IsJson(JsonKind::Object), B, "t", (1, 1), TRUTH),
    f("IS_VALID_JSON_ARRAY", F::IsJson(JsonKind::Array), B, "t", (1, 1), TRUTH),
    f("JSON_ARRAY_LENGTH", F::Redshift(R::JsonLength), B, "t", (1, 1), G::Count),
    f("JSON_EXTRACT_ARRAY_ELEMENT_TEXT", F::Redshift(R::JsonElement), B, "tn", (2, 2), G::Text),
    f("REGEXP_COUNT", F::Redshift(R::RegexpCount), B, "ttnt", (2, 4), G::Count),
    f("REGEXP_INSTR", F::Redshift(R::RegexpInstr), B, "ttnnnt", (2, 6), G::Count),
    f("REGEXP_REPLACE", F::Redshift(R::RegexpReplace), B, "tttnt", (2, 5), G::Text),
    f("REGEXP_SUBSTR", F::Redshift(R::RegexpSubstr), B, "ttnnt", (2, 5), G::Text),
    f("REPEAT", F::Repeat, B, "tn", (2, 2), G::Text),
    f("REPLACE", F::Replace, B, "ttt", (3, 3), G::Text),
    f("REPLICATE", F::Repeat, B, "tn", (2, 2), G::Text),
    f("REVERSE", F::Reverse, B, "t", (1, 1), G::FirstText),
    f("RIGHT", F::Right, B, "tn", (2, 2), G::FirstText),
    f("RPAD", F::Rpad, B, "tnt", (2, 3), G::Text),
    f("RTRIM", F::TrimSet(Side::Trailing), B, "tt", (1, 2), G::FirstText),
    f("SPLIT_PART", F::Redshift(R::SplitPart), B, "ttn", (3, 3), G::Text),
    f("STRPOS", F::Instr, B, "tt", (2, 2), G::Count),
    f("SUBSTR", F::Substring, B, "tnn", (2, 3), G::FirstText),
    f("TEXTLEN", F::CharLength, B, "t", (1, 1), G::Count),
    f("TRANSLATE", F::Translate, B, "ttt", (3, 3), G::Text),
    // time.
    f("ADD_MONTHS", F::Redshift(R::AddMonths), B, "mn", (2, 2), MOMENT),
    f("NEXT_DAY", F::Redshift(R::NextDay), B, "mt", (2, 2), G::Type(DataType::Date)),
    f("DATEADD", F::Redshift(R::DateAdd(Unit::Day)), B, "nm", (2, 2), MOMENT),
    f("DATE_ADD", F::Redshift(R::DateAdd(Unit::Day)), B, "nm", (2, 2), MOMENT),
    f("DATEDIFF", F::Redshift(R::DateDiff(Unit::Day)), B, "mm", (2, 2), WHOLE),
    f("DATE_DIFF", F::Redshift(R::DateDiff(Unit::Day)), B, "mm", (2, 2), WHOLE),
    f("DATE_PART", F::Extract(Unit::Day), B, "m", (1, 1), WHOLE),
    f("DATE_TRUNC", F::Redshift(R::DateTrunc(Unit::Day)), B, "m", (1, 1), MOMENT),
    f("DAYOFWEEK", F::Redshift(R::DayOfWeek), B, "m", (1, 1), WHOLE),
    f("DAYOFYEAR", F::DayOfYear, B, "m", (1, 1), WHOLE),
    f("GETDATE", F::CurrentTimestamp, B, "", (0, 0), MOMENT),
    f("LAST_DAY", F::Redshift(R::LastDay), B, "m", (1, 1), G::Type(DataType::Date)),
    f("MONTHS_BETWEEN", F::Redshift(R::MonthsBetween), B, "mm", (2, 2), DOUBLE),
    f("NOW", F::CurrentTimestamp, B, "", (0, 0), MOMENT),
    f("SYSDATE", F::CurrentTimestamp, B, "", (0, 0), MOMENT),
    f("TO_CHAR", F::Redshift(R::ToChar), B, "at", (2, 2), G::Text),
    f("TO_DATE", F::Redshift(R::ToDate), B, "tt", (2, 2), G::Type(DataType::Date)),
    f("TO_TIMESTAMP", F::Redshift(R::ToTimestamp), B, "tt", (2, 2), MOMENT),
    f("YEAR", F::Extract(Unit::Year), B, "m", (1, 1), WHOLE),
    f("QUARTER", F::Extract(Unit::Quarter), B, "m", (1, 1), WHOLE),
    f("MONTH", F::Extract(Unit::Month), B, "m", (1, 1), WHOLE),
    f("DAY", F::Extract(Unit::Day), B, "m", (1, 1), WHOLE),
    f("HOUR", F::Extract(Unit::Hour), B, "m", (1, 1), WHOLE),
    f("MINUTE", F::Extract(Unit::Minute), B, "m", (1, 1), WHOLE),
    f("SECOND", F::Extract(Unit::Second), B, "m", (1, 1), WHOLE),
    f("WEEK", F::Extract(Unit::Week), B, "m", (1, 1), WHOLE),
];
