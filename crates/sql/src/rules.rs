//! What the dialects answer differently about values: one struct of answers, and no question of
//! "which dialect" anywhere in the evaluation itself.

use crate::function::Speaks;

/// The answers of one dialect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Whose functions there are.
    pub speaks: Speaks,
    /// Most digits of a `DECIMAL`.
    pub digits_max: u8,
    /// How a result gives way that has more digits.
    pub digits: DigitsRule,
    /// What a whole number does that leaves its type.
    pub overflow: Overflow,
    /// What a float does that is divided by zero or grows too large.
    pub floats: Floats,
    /// What `CAST` does with what does not fit.
    pub casts: Casts,
    /// What `FIRST_VALUE` and `LAST_VALUE` do with NULL, unless the query says.
    pub nulls: Nulls,
}

/// How the result of two decimals gives way that has more digits than there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DigitsRule {
    /// The most there are; of a quotient whole digits come first (facts, analytics §2.2).
    Capped,
    /// Digits behind the point give way, until there are six.
    Adjusted,
    /// Digits behind the point give way, until there are four; a quotient begins with no more
    /// (Redshift guide, "Computations with numeric values").
    Quartered,
}

/// What a number does that leaves its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overflow {
    /// The row is a fault.
    Faults,
    /// A whole number begins again at the other end; a decimal is NULL.
    Wraps,
}

/// What floats may become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Floats {
    /// Only numbers: everything else is a fault.
    Finite,
    /// Infinite, and no number, as IEEE 754 has it.
    Any,
}

/// What `CAST` does with what does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Casts {
    /// 1.5 is 2; what does not fit is a fault; few classes become others.
    Strict,
    /// 1.9 is 1; numbers are cut as machines cut them; most classes become others.
    Cut,
    /// 1.5 is 2; what does not fit is a fault; most classes become others, and a text beside a
    /// moment is one (Redshift guide, "Type compatibility and conversion").
    Wide,
}

/// Whether NULL counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nulls {
    /// NULL is a value like others.
    Respect,
    /// NULL is passed over.
    Ignore,
}

impl Rules {
    /// Kinesis Data Analytics for SQL (facts, analytics §2.2): what cannot be goes to the error
    /// stream, a division by zero of floats too.
    pub const KINESIS: Self = Self {
        speaks: Speaks::Kinesis,
        digits_max: 18,
        digits: DigitsRule::Capped,
        overflow: Overflow::Faults,
        floats: Floats::Finite,
        casts: Casts::Strict,
        nulls: Nulls::Respect,
    };

    /// Amazon Redshift (its guide, "Data types"): what cannot be ends the query.
    pub const REDSHIFT: Self = Self {
        speaks: Speaks::Batch,
        digits_max: 38,
        digits: DigitsRule::Quartered,
        overflow: Overflow::Faults,
        floats: Floats::Finite,
        casts: Casts::Wide,
        nulls: Nulls::Respect,
    };

    /// Apache Flink (facts, analytics §3.1, "Expressions").
    pub const FLINK: Self = Self {
        speaks: Speaks::Flink,
        digits_max: 38,
        digits: DigitsRule::Adjusted,
        overflow: Overflow::Wraps,
        floats: Floats::Any,
        casts: Casts::Cut,
        nulls: Nulls::Ignore,
    };
}
