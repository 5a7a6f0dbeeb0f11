//! Words that stand among the arguments of functions.

/// A unit of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Years.
    Year,
    /// Three months.
    Quarter,
    /// Months.
    Month,
    /// Seven days; `FLOOR` and `CEIL` begin one on Sunday, `EXTRACT` counts them as ISO 8601 does.
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

/// How a line of a log is taken apart (AWS SQL reference, "Log Parsing Functions").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogParser {
    /// Columns of fixed places.
    Fixed,
    /// Groups of a regular expression.
    Regex,
    /// A line of the system log: a moment and a text.
    System,
    /// Columns with a delimiter between them.
    Variable,
    /// A line of a web server.
    W3c,
}

/// How one period of time stands to another (AWS SQL reference, "Temporal Predicates"). A period
/// begins with its first moment and ends before its last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    /// All of the other is inside.
    Contains,
    /// Both begin and end together.
    Equals,
    /// It begins when the other ends.
    ImmediatelySucceeds,
    /// It ends when the other begins.
    ImmediatelyPrecedes,
    /// There is a moment in both.
    Overlaps,
    /// It ends before the other begins.
    Precedes,
    /// All of the other is inside, and there is more on either side.
    StrictlyContains,
    /// There is time between its end and the other's beginning.
    StrictlyPrecedes,
    /// There is time between the other's end and its beginning.
    StrictlySucceeds,
    /// It begins after the other ends.
    Succeeds,
}

/// What there is where a JSON path finds nothing, or nothing it may find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nothing {
    /// NULL.
    Null,
    /// A fault.
    Error,
    /// Another argument of the call.
    Default,
    /// `[]`.
    EmptyArray,
    /// `{}`.
    EmptyObject,
    /// True.
    True,
    /// False.
    False,
}

/// What `JSON_QUERY` puts brackets around.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrapper {
    /// Nothing.
    Without,
    /// What is no array or object.
    Conditional,
    /// Everything.
    Unconditional,
}

/// What `IS JSON` asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonKind {
    /// Whether it is JSON.
    Value,
    /// Whether it is an object.
    Object,
    /// Whether it is an array.
    Array,
    /// Whether it is neither of both.
    Scalar,
}

impl Period {
    /// Every predicate with its words, longer ones first where they begin alike.
    pub const ALL: [(Self, &'static str); 12] = [
        (Self::Contains, "CONTAINS"),
        (Self::Equals, "EQUALS"),
        (Self::ImmediatelySucceeds, "IMMEDIATELY SUCCEEDS"),
        (Self::ImmediatelyPrecedes, "IMMEDIATELY PRECEDES"),
        (Self::Overlaps, "OVERLAPS"),
        (Self::Precedes, "PRECEDES"),
        (Self::StrictlyContains, "STRICTLY CONTAINS"),
        (Self::StrictlyPrecedes, "STRICTLY PRECEDES"),
        (Self::StrictlySucceeds, "STRICTLY SUCCEEDS"),
        (Self::Succeeds, "SUCCEEDS"),
        (Self::Precedes, "BEFORE"),
        (Self::Succeeds, "AFTER"),
    ];

    /// Its words.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|it| it.0 == self).map_or("", |it| it.1)
    }
}

impl Nothing {
    /// Its words; a default stands behind them.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Null => "NULL",
            Self::Error => "ERROR",
            Self::Default => "DEFAULT",
            Self::EmptyArray => "EMPTY ARRAY",
            Self::EmptyObject => "EMPTY OBJECT",
            Self::True => "TRUE",
            Self::False => "FALSE",
        }
    }
}

impl JsonKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Value, Self::Object, Self::Array, Self::Scalar];

    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Value => "VALUE",
            Self::Object => "OBJECT",
            Self::Array => "ARRAY",
            Self::Scalar => "SCALAR",
        }
    }
}
