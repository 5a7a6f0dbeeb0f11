//! The aggregate functions there are, and the types of their results.

use super::Aggregate;
use crate::rules::{DigitsRule, Overflow};
use crate::types::{Class, DataType, LENGTH_MAX};

/// An aggregate function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AggregateFunction {
    /// Whether it is true once.
    Any,
    /// The mean.
    Avg,
    /// How many are not NULL.
    Count,
    /// `COUNT(*)`: how many rows.
    CountRows,
    /// Whether it is never false.
    Every,
    /// The mean that forgets with time.
    ExpAvg,
    /// The first.
    FirstValue,
    /// The one so many rows before.
    Lag,
    /// The last.
    LastValue,
    /// All of them, as one text.
    ListAgg,
    /// The largest.
    Max,
    /// The smallest.
    Min,
    /// The one at a place, counted from 1.
    NthValue,
    /// The standard deviation of all.
    StddevPop,
    /// The standard deviation of a sample.
    StddevSamp,
    /// The sum.
    Sum,
    /// The variance of all.
    VarPop,
    /// The variance of a sample.
    VarSamp,
}

/// Name, function, fewest and most arguments.
type Entry = (&'static str, AggregateFunction, usize, usize);

/// Every name, sorted.
static AGGREGATES: [Entry; 20] = [
    ("ANY", AggregateFunction::Any, 1, 1),
    ("AVG", AggregateFunction::Avg, 1, 1),
    ("COUNT", AggregateFunction::Count, 1, 1),
    ("EVERY", AggregateFunction::Every, 1, 1),
    ("EXP_AVG", AggregateFunction::ExpAvg, 2, 2),
    ("FIRST_VALUE", AggregateFunction::FirstValue, 1, 1),
    ("LAG", AggregateFunction::Lag, 1, 3),
    ("LAST_VALUE", AggregateFunction::LastValue, 1, 1),
    ("LISTAGG", AggregateFunction::ListAgg, 1, 2),
    ("MAX", AggregateFunction::Max, 1, 1),
    ("MIN", AggregateFunction::Min, 1, 1),
    ("NTH_VALUE", AggregateFunction::NthValue, 2, 2),
    ("SOME", AggregateFunction::Any, 1, 1),
    ("STDDEV", AggregateFunction::StddevSamp, 1, 1),
    ("STDDEV_POP", AggregateFunction::StddevPop, 1, 1),
    ("STDDEV_SAMP", AggregateFunction::StddevSamp, 1, 1),
    ("SUM", AggregateFunction::Sum, 1, 1),
    ("VARIANCE", AggregateFunction::VarSamp, 1, 1),
    ("VAR_POP", AggregateFunction::VarPop, 1, 1),
    ("VAR_SAMP", AggregateFunction::VarSamp, 1, 1),
];

/// Looks a name up, in capitals: the function with its fewest and most arguments. `COUNT(*)` is
/// the caller's to see.
#[must_use]
pub fn find(name: &str) -> Option<(AggregateFunction, usize, usize)> {
    let entry = AGGREGATES.iter().find(|it| it.0 == name)?;
    Some((entry.1, entry.2, entry.3))
}

/// Every name, sorted.
pub fn names() -> impl Iterator<Item = &'static str> {
    AGGREGATES.iter().map(|it| it.0)
}

impl AggregateFunction {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::CountRows => "COUNT",
            _ => AGGREGATES.iter().rfind(|it| it.1 == self && it.0 != "SOME").map_or("", |it| it.0),
        }
    }

    /// What its first argument must be; none is anything.
    #[must_use]
    pub fn takes(self) -> Option<Class> {
        match self {
            Self::Any | Self::Every => Some(Class::Boolean),
            Self::Avg
            | Self::ExpAvg
            | Self::StddevPop
            | Self::StddevSamp
            | Self::Sum
            | Self::VarPop
            | Self::VarSamp => Some(Class::Number),
            Self::ListAgg => Some(Class::Text),
            Self::Count
            | Self::CountRows
            | Self::FirstValue
            | Self::Lag
            | Self::LastValue
            | Self::Max
            | Self::Min
            | Self::NthValue => None,
        }
    }
}

impl Aggregate {
    /// The type of its result, if that of its argument is known.
    ///
    /// Flink keeps the type of numbers (facts, analytics §3.1: `AVG(INT)` is `INT`), deviations
    /// included, and gives decimals all 38 digits. For the Kinesis dialect the facts leave it open
    /// (§2.2): a sum of whole numbers has 64 bits as its additions have, a mean keeps their type.
    #[must_use]
    pub fn result(&self) -> Option<DataType> {
        Some(match self.function {
            AggregateFunction::Any | AggregateFunction::Every => DataType::Boolean,
            AggregateFunction::Count | AggregateFunction::CountRows => DataType::BigInt,
            AggregateFunction::ListAgg => DataType::Varchar(LENGTH_MAX),
            AggregateFunction::ExpAvg => DataType::Double,
            AggregateFunction::StddevPop
            | AggregateFunction::StddevSamp
            | AggregateFunction::VarPop
            | AggregateFunction::VarSamp => match self.rules.overflow {
                Overflow::Faults => DataType::Double,
                Overflow::Wraps => self.sum_type(self.argument?),
            },
            AggregateFunction::FirstValue
            | AggregateFunction::Lag
            | AggregateFunction::LastValue
            | AggregateFunction::Max
            | AggregateFunction::Min
            | AggregateFunction::NthValue => self.argument?,
            AggregateFunction::Sum | AggregateFunction::Avg => self.sum_type(self.argument?),
        })
    }

    /// Digits behind the point of a mean of decimals; Redshift adds none (its guide, "AVG
    /// function").
    pub(super) fn mean_scale(&self, scale: u8) -> u8 {
        match self.rules.digits {
            DigitsRule::Quartered => scale,
            DigitsRule::Capped | DigitsRule::Adjusted => scale.max(MEAN_SCALE),
        }
    }

    fn sum_type(&self, argument: DataType) -> DataType {
        let is_mean = self.function != AggregateFunction::Sum;
        match argument {
            DataType::Decimal { scale, .. } => DataType::Decimal {
                precision: self.rules.digits_max,
                scale: if is_mean { self.mean_scale(scale) } else { scale },
            },
            _ if argument.whole().is_some()
                && !is_mean
                && self.rules.overflow == Overflow::Faults =>
            {
                DataType::BigInt
            }
            _ => argument,
        }
    }
}

/// Fewest digits behind the point of a mean of decimals, as of a quotient (facts, analytics §2.2).
const MEAN_SCALE: u8 = 6;
