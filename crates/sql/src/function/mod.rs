//! The functions over one row there are: one table, which the parser, the checker, completion and
//! what is written about them read (facts, analytics §2.3; Flink documentation, "System
//! Functions").

mod redshift;
mod table;
mod unit;

pub use self::redshift::Redshift;
pub use self::table::{Gives, Signature, Speaks, TABLE};
pub use self::unit::{JsonKind, LogParser, Nothing, Period, Side, Unit, Wrapper};

use crate::rules::Rules;
use crate::types::{Class, DataType};

/// A function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// Without its sign.
    Abs,
    /// The arc cosine.
    Acos,
    /// The code of the first character.
    Ascii,
    /// The arc sine.
    Asin,
    /// The arc tangent.
    Atan,
    /// The angle of a point.
    Atan2,
    /// The binary digits.
    Bin,
    /// The next whole number upwards.
    Ceil,
    /// `CEIL(a TO HOUR)`.
    CeilTo(Unit),
    /// Characters of a text.
    CharLength,
    /// `CHAR_TO_DATE(format, a)`.
    CharToDate,
    /// `CHAR_TO_TIME(format, a)`.
    CharToTime,
    /// `CHAR_TO_TIMESTAMP(format, a)`.
    CharToTimestamp,
    /// The character of a code.
    Chr,
    /// The first that is not NULL.
    Coalesce,
    /// Texts in a row; NULL if one is.
    Concat,
    /// Texts with a separator between them; those that are NULL are left out.
    ConcatWs,
    /// The cosine.
    Cos,
    /// The hyperbolic cosine.
    Cosh,
    /// The cotangent.
    Cot,
    /// Today.
    CurrentDate,
    /// The time of the row.
    CurrentRowTimestamp,
    /// The time of day.
    CurrentTime,
    /// Now.
    CurrentTimestamp,
    /// A timestamp as text in a format.
    DateFormat,
    /// 1 for Sunday to 7 for Saturday.
    DayOfWeek,
    /// 1 for the first of January.
    DayOfYear,
    /// Radians as degrees.
    Degrees,
    /// The base of natural logarithms.
    E,
    /// The argument of this index, counted from 1.
    Elt,
    /// Whether a text ends with another.
    EndsWith,
    /// `EXTRACT(EPOCH FROM a)`: seconds since 1970.
    Epoch,
    /// e to the power of it.
    Exp,
    /// `EXTRACT(HOUR FROM a)`.
    Extract(Unit),
    /// The next whole number downwards.
    Floor,
    /// `FLOOR(a TO HOUR)`.
    FloorTo(Unit),
    /// The text a Base64 text means.
    FromBase64,
    /// Seconds since 1970 as text, in a format perhaps.
    FromUnixTime,
    /// The largest; NULL if one is.
    Greatest,
    /// The hexadecimal digits of a number or a text.
    Hex,
    /// The second or, unless the first is true, the third.
    If,
    /// Each word with a capital.
    InitCap,
    /// Where a part begins; 0 when it is not there.
    Instr,
    /// Whether there are only letters.
    IsAlpha,
    /// Whether a text is a number.
    IsDecimal,
    /// Whether there are only digits.
    IsDigit,
    /// `a IS JSON OBJECT`.
    IsJson(JsonKind),
    /// An array of those that are not NULL.
    JsonArray,
    /// `JSON_EXISTS(a, path)`.
    JsonExists(Nothing),
    /// `JSON_OBJECT(a VALUE b, …)`: an object; NULL is a member like others.
    JsonObject,
    /// `JSON_QUERY(a, path)`: an array or object as text.
    JsonQuery(Wrapper, Nothing, Nothing),
    /// A value as JSON.
    JsonString,
    /// `JSON_VALUE(a, path)`: one scalar; what there is when it is empty and when it is an error,
    /// and the type it has.
    JsonValue(Nothing, Nothing, Option<DataType>),
    /// The smallest; NULL if one is.
    Least,
    /// So many characters from the beginning.
    Left,
    /// The natural logarithm.
    Ln,
    /// Now; there is only UTC.
    LocalTimestamp,
    /// Where a part begins, from a place on; 0 when it is not there.
    Locate,
    /// A column of what a delimiter separates: text, delimiter, escape, quotes, and which one.
    /// Nobody writes it: whoever binds names puts it in the place of a log parser.
    LogField,
    /// `REGEX_LOG_PARSE(…)` and its kin: a record, read as `t.rec.COLUMN1`.
    LogParse(LogParser),
    /// `LOG(a)`: the natural logarithm; `LOG(base, a)`.
    Log,
    /// The decimal logarithm.
    Log10,
    /// The logarithm to base 2.
    Log2,
    /// In small letters.
    Lower,
    /// Filled up at the beginning.
    Lpad,
    /// The MD5 digest in hexadecimal digits.
    Md5,
    /// The rest of a division.
    Mod,
    /// Its argument: a promise that it never falls.
    Monotonic,
    /// Its argument, begun again at the other end where it leaves a whole type. Nobody writes it:
    /// whoever knows the types puts it in.
    Narrow(DataType),
    /// NULL when both are equal.
    NullIf,
    /// `OVERLAY(a PLACING b FROM c FOR d)`.
    Overlay,
    /// `(a, b) OVERLAPS (c, d)` and its kin.
    Period(Period),
    /// The ratio of a circle.
    Pi,
    /// `POSITION(a IN b)`.
    Position,
    /// To the power of.
    Power,
    /// Degrees as radians.
    Radians,
    /// `REGEX_REPLACE(a, pattern, by, from, which)`: which one, 0 for all.
    RegexReplace,
    /// Whether a regular expression fits somewhere.
    Regexp,
    /// How often a regular expression fits.
    RegexpCount,
    /// A group of a regular expression, 0 for all of it.
    RegexpExtract,
    /// Another text where a regular expression fits; `$1` is its first group.
    RegexpReplace,
    /// So many times.
    Repeat,
    /// One text in the place of another.
    Replace,
    /// From the end to the beginning.
    Reverse,
    /// So many characters from the end.
    Right,
    /// So many digits behind the point, rounded.
    Round,
    /// Filled up at the end.
    Rpad,
    /// -1, 0 or 1.
    Sign,
    /// `a SIMILAR TO b ESCAPE c`.
    Similar,
    /// The sine.
    Sin,
    /// The hyperbolic sine.
    Sinh,
    /// `(a - b) SECOND`: the time from b to a, counted in a unit.
    Span(Unit),
    /// The piece of this index between separators, counted from 0.
    SplitIndex,
    /// The square root.
    Sqrt,
    /// Whether a text begins with another.
    StartsWith,
    /// `STEP(a BY b)`: the next multiple downwards.
    Step,
    /// `SUBSTRING(a FROM b FOR c)`, or what fits a regular expression.
    Substring,
    /// The tangent.
    Tan,
    /// The hyperbolic tangent.
    Tanh,
    /// The timestamp a text means, in a format perhaps; NULL if none.
    TextToTimestamp,
    /// `TIMESTAMPADD(HOUR, n, a)`: so many units later.
    TimestampAdd(Unit),
    /// `TIMESTAMPDIFF(HOUR, a, b)`: whole units from one to the other.
    TimestampDiff(Unit),
    /// A text in Base64.
    ToBase64,
    /// `DATE_TO_CHAR(format, a)` and its kin.
    ToChar,
    /// The day a text means, in a format perhaps; NULL if none.
    ToDate,
    /// A timestamp of milliseconds since 1970.
    ToTimestamp,
    /// A timestamp of seconds (0) or milliseconds (3) since 1970.
    ToTimestampLtz,
    /// Characters in the place of others, one by one.
    Translate,
    /// `TRIM(BOTH a FROM b)`.
    Trim(Side),
    /// `LTRIM(a, b)` and its kin: without these characters at an end.
    TrimSet(Side),
    /// So many digits behind the point, cut off.
    Truncate,
    /// `TRY_CAST(a AS INT)`: NULL where a cast cannot be.
    TryCast(DataType),
    /// Milliseconds from one timestamp to another.
    TsDiff,
    /// Seconds since 1970, now or of a text in a format perhaps.
    UnixSeconds,
    /// Milliseconds since 1970 of a timestamp.
    UnixTimestamp,
    /// In capitals.
    Upper,
    /// One of Amazon Redshift alone.
    Redshift(Redshift),
}

/// What is known about a name in front of a parenthesis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// A function, with its fewest and most arguments.
    Here(Function, usize, usize),
    /// A function over many rows.
    Aggregate,
    /// None; perhaps this one was meant.
    Unknown(Option<&'static str>),
}

/// Looks a name up, in capitals.
#[must_use]
pub fn find(name: &str, rules: &Rules) -> Known {
    let mut spoken = redshift::TABLE.iter().chain(&TABLE).filter(|it| it.speaks.is_spoken(rules));
    if let Some(it) = spoken.clone().find(|it| it.name == name) {
        return Known::Here(it.function, it.arguments.0, it.arguments.1);
    }
    if crate::agg::find(name).is_some() {
        return Known::Aggregate;
    }
    let near = |it: &&Signature| it.name.len() > 2 && name.starts_with(&it.name[..3]);
    Known::Unknown(spoken.find(near).map(|it| it.name))
}

impl Function {
    /// The first line of the table about it; none for what has no name of its own.
    #[must_use]
    pub fn signature(self) -> Option<&'static Signature> {
        let same = |it: &&Signature| match (it.function, self) {
            (Self::Redshift(a), Self::Redshift(b)) => {
                core::mem::discriminant(&a) == core::mem::discriminant(&b)
            }
            (a, b) => core::mem::discriminant(&a) == core::mem::discriminant(&b),
        };
        let mut all = TABLE.iter().chain(&redshift::TABLE);
        all.clone().find(|it| it.function == self).or_else(|| all.find(same))
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::CeilTo(_) => "CEIL",
            Self::FloorTo(_) => "FLOOR",
            Self::Extract(_) | Self::Epoch => "EXTRACT",
            Self::TryCast(_) => "TRY_CAST",
            Self::Similar => "SIMILAR TO",
            Self::IsJson(_) => "IS JSON",
            Self::Span(unit) => unit.word(),
            Self::Period(period) => period.word(),
            _ => self.signature().map_or("", |it| it.name),
        }
    }

    /// Whether it is written without parentheses.
    #[must_use]
    pub fn is_bare(self) -> bool {
        matches!(
            self,
            Self::CurrentDate
                | Self::CurrentRowTimestamp
                | Self::CurrentTime
                | Self::CurrentTimestamp
                | Self::LocalTimestamp
        )
    }

    /// What it takes as its argument of this index; none is more than one class.
    #[must_use]
    pub fn takes(self, index: usize) -> Option<Class> {
        match self {
            Self::Similar | Self::IsJson(_) => Some(Class::Text),
            _ => self.signature()?.takes(index),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Facts, analytics §2.3: the groups of functions of the Kinesis dialect.
    #[test]
    fn every_scalar_function_of_the_facts_is_known() {
        let named = "CHAR_LENGTH CHARACTER_LENGTH INITCAP LOWER OVERLAY POSITION SUBSTRING TRIM \
                     UPPER REGEX_REPLACE ABS CEIL CEILING EXP FLOOR LN LOG10 MOD POWER STEP \
                     COALESCE NULLIF CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP LOCALTIME \
                     LOCALTIMESTAMP CURRENT_ROW_TIMESTAMP EXTRACT TSDIFF TO_TIMESTAMP \
                     UNIX_TIMESTAMP CHAR_TO_DATE CHAR_TO_TIME CHAR_TO_TIMESTAMP DATE_TO_CHAR \
                     TIME_TO_CHAR TIMESTAMP_TO_CHAR MONOTONIC FAST_REGEX_LOG_PARSER \
                     FIXED_COLUMN_LOG_PARSE REGEX_LOG_PARSE SYS_LOG_PARSE \
                     VARIABLE_COLUMN_LOG_PARSE W3C_LOG_PARSE";
        for name in named.split_whitespace() {
            assert!(matches!(find(name, &Rules::KINESIS), Known::Here(..)), "{name}");
        }
        assert_eq!(find("COUNT", &Rules::KINESIS), Known::Aggregate);
        assert_eq!(find("UPPERCASE", &Rules::KINESIS), Known::Unknown(Some("UPPER")));
        assert_eq!(find("X", &Rules::KINESIS), Known::Unknown(None));
        assert_eq!(find("CONCAT_WS", &Rules::KINESIS), Known::Unknown(None));
        let flink = |name| find(name, &Rules::FLINK);
        assert_eq!(flink("TO_TIMESTAMP"), Known::Here(Function::TextToTimestamp, 1, 2));
        assert!(matches!(flink("STEP"), Known::Unknown(_)));
    }

    /// One line for a name in a dialect; every line is complete.
    #[test]
    fn the_table_is_whole() {
        for (index, it) in TABLE.iter().enumerate() {
            let (least, most) = it.arguments;
            assert!(least <= most && (most == 0) == it.takes.is_empty(), "{}", it.name);
            for other in &TABLE[index + 1..] {
                let both =
                    it.speaks == other.speaks || [it.speaks, other.speaks].contains(&Speaks::Both);
                assert!(it.name != other.name || !both, "{} twice", it.name);
            }
            assert!(it.function.signature().is_some() && !it.function.name().is_empty());
        }
    }
}
