//! What an aggregate remembers, and how that changes with rows.

use std::collections::VecDeque;

use super::Aggregate;
use super::bag::Bag;
use super::fading::Fading;
use super::function::AggregateFunction;
use super::spread::{Spread, Way};
use super::total::{Total, Width};
use crate::decimal::{divide, rescale};
use crate::eval::{Found, TOO_LARGE, cast, mismatch};
use crate::print::text_of;
use crate::rules::{Floats, Nulls, Overflow};
use crate::types::DataType;
use crate::value::Value;

/// What an aggregate remembers of its rows.
#[derive(Clone, Debug, PartialEq)]
pub enum Accumulator {
    /// `COUNT`.
    Count(i64),
    /// `SUM` and `AVG`.
    Sum(Sum),
    /// `MIN`, `MAX`, `FIRST_VALUE` or `LAST_VALUE` of rows that stay; none before the first.
    One(Option<Value>),
    /// `ANY` and `EVERY`: how often true and how often false.
    Truth(i64, i64),
    /// Variances.
    Spread(Spread),
    /// `EXP_AVG`.
    Fading(Fading),
    /// `MIN` and `MAX` of rows that leave.
    Bag(Bag),
    /// Values in the order they came.
    Queue(VecDeque<Value>),
    /// Different values, and what the aggregate remembers of them.
    Distinct(Box<(Bag, Self)>),
}

/// A sum and of how many values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sum {
    total: Total,
    count: i64,
}

impl Aggregate {
    /// Before the first row.
    #[must_use]
    pub fn start(&self) -> Accumulator {
        let plain = self.start_plain();
        if self.distinct { Accumulator::Distinct(Box::new((Bag::default(), plain))) } else { plain }
    }

    fn start_plain(&self) -> Accumulator {
        match self.function {
            AggregateFunction::Any | AggregateFunction::Every => Accumulator::Truth(0, 0),
            AggregateFunction::Avg | AggregateFunction::Sum => {
                Accumulator::Sum(Sum { total: Total::ZERO, count: 0 })
            }
            AggregateFunction::Count | AggregateFunction::CountRows => Accumulator::Count(0),
            AggregateFunction::ExpAvg => Accumulator::Fading(Fading::EMPTY),
            AggregateFunction::Max | AggregateFunction::Min if self.retracts => {
                Accumulator::Bag(Bag::default())
            }
            AggregateFunction::FirstValue | AggregateFunction::LastValue if self.retracts => {
                Accumulator::Queue(VecDeque::new())
            }
            AggregateFunction::FirstValue
            | AggregateFunction::LastValue
            | AggregateFunction::Max
            | AggregateFunction::Min => Accumulator::One(None),
            AggregateFunction::Lag | AggregateFunction::ListAgg | AggregateFunction::NthValue => {
                Accumulator::Queue(VecDeque::new())
            }
            AggregateFunction::StddevPop
            | AggregateFunction::StddevSamp
            | AggregateFunction::VarPop
            | AggregateFunction::VarSamp => Accumulator::Spread(Spread::EMPTY),
        }
    }

    /// A row comes: the value of its argument (whatever for `COUNT(*)`), and its time in
    /// microseconds since 1970, which `EXP_AVG` alone asks for.
    ///
    /// # Errors
    /// The value is of the wrong class, or the sum has too many digits.
    pub fn add(&self, to: &mut Accumulator, value: &Value, at_micros: i64) -> Result<(), String> {
        if self.passes(value) {
            return Ok(());
        }
        match to {
            Accumulator::Count(count) => *count += 1,
            Accumulator::Sum(sum) => sum.change(value, Way::In, self.width())?,
            Accumulator::One(one) => {
                if one.as_ref().is_none_or(|before| self.replaces(before, value)) {
                    *one = Some(value.clone());
                }
            }
            Accumulator::Truth(yes, no) => *truth(self, value, yes, no)? += 1,
            Accumulator::Spread(spread) => spread.change(value, Way::In)?,
            Accumulator::Fading(fading) => {
                fading.merge(&self.faded(value, at_micros)?, self.interval_micros());
            }
            Accumulator::Bag(bag) => {
                bag.add(value, 1);
            }
            Accumulator::Queue(queue) => queue.push_back(value.clone()),
            Accumulator::Distinct(inner) => {
                if inner.0.add(value, 1) == 0 {
                    self.add(&mut inner.1, value, at_micros)?;
                }
            }
        }
        Ok(())
    }

    /// A row leaves that came before. Of equal values the oldest leaves; what stays forever
    /// ([`Accumulator::One`]) stays.
    ///
    /// # Errors
    /// As for [`Aggregate::add`].
    pub fn retract(
        &self,
        from: &mut Accumulator,
        value: &Value,
        at_micros: i64,
    ) -> Result<(), String> {
        if self.passes(value) {
            return Ok(());
        }
        match from {
            Accumulator::Count(count) => *count -= 1,
            Accumulator::Sum(sum) => sum.change(value, Way::Out, self.width())?,
            Accumulator::One(_) => {}
            Accumulator::Truth(yes, no) => *truth(self, value, yes, no)? -= 1,
            Accumulator::Spread(spread) => spread.change(value, Way::Out)?,
            Accumulator::Fading(fading) => {
                fading.merge(&self.faded(value, at_micros)?.negated(), self.interval_micros());
            }
            Accumulator::Bag(bag) => {
                bag.remove(value);
            }
            Accumulator::Queue(queue) => {
                if let Some(at) = queue.iter().position(|it| it.order(value).is_eq()) {
                    queue.remove(at);
                }
            }
            Accumulator::Distinct(inner) => {
                if inner.0.remove(value) == Some(0) {
                    self.retract(&mut inner.1, value, at_micros)?;
                }
            }
        }
        Ok(())
    }

    /// Two groups become one; the rows of the other one came later.
    ///
    /// # Errors
    /// As for [`Aggregate::add`].
    pub fn merge(&self, into: &mut Accumulator, other: &Accumulator) -> Result<(), String> {
        match (into, other) {
            (Accumulator::Count(a), Accumulator::Count(b)) => *a += b,
            (Accumulator::Sum(a), Accumulator::Sum(b)) => a.merge(*b, self.width())?,
            (Accumulator::One(a), Accumulator::One(Some(b)))
                if a.as_ref().is_none_or(|before| self.replaces(before, b)) =>
            {
                *a = Some(b.clone());
            }
            (Accumulator::Truth(yes, no), Accumulator::Truth(more_yes, more_no)) => {
                *yes += more_yes;
                *no += more_no;
            }
            (Accumulator::Spread(a), Accumulator::Spread(b)) => a.merge(b)?,
            (Accumulator::Fading(a), Accumulator::Fading(b)) => a.merge(b, self.interval_micros()),
            (Accumulator::Bag(a), Accumulator::Bag(b)) => {
                for (value, times) in b.iter() {
                    a.add(value, times);
                }
            }
            (Accumulator::Queue(a), Accumulator::Queue(b)) => a.extend(b.iter().cloned()),
            (Accumulator::Distinct(a), Accumulator::Distinct(b)) => {
                for (value, times) in b.0.iter() {
                    if a.0.add(value, times) == 0 {
                        self.add(&mut a.1, value, 0)?;
                    }
                }
            }
            // One call makes one kind.
            _ => {}
        }
        Ok(())
    }

    /// The value of the rows that are there.
    ///
    /// # Errors
    /// It does not fit its type.
    pub fn value(&self, of: &Accumulator) -> Found {
        Ok(match of {
            Accumulator::Count(count) => Value::Integer(*count),
            Accumulator::Sum(sum) => return self.sum_value(*sum),
            Accumulator::One(one) => one.clone().unwrap_or(Value::Null),
            Accumulator::Truth(0, 0) => Value::Null,
            Accumulator::Truth(yes, no) => Value::Boolean(match self.function {
                AggregateFunction::Any => *yes > 0,
                _ => *no == 0,
            }),
            Accumulator::Spread(spread) => {
                let found = self.float(spread.value(self.function))?;
                return match self.result() {
                    Some(result) => cast(&found, result, &self.rules),
                    None => Ok(found),
                };
            }
            Accumulator::Fading(fading) => return self.float(fading.value()),
            Accumulator::Bag(bag) => bag.ends().map_or(Value::Null, |(least, most)| {
                if self.function == AggregateFunction::Min { least } else { most }.clone()
            }),
            Accumulator::Queue(queue) => self.of_queue(queue),
            Accumulator::Distinct(inner) => return self.value(&inner.1),
        })
    }

    /// Whether a value counts for nothing.
    fn passes(&self, value: &Value) -> bool {
        matches!(value, Value::Null)
            && match self.function {
                AggregateFunction::CountRows
                | AggregateFunction::Lag
                | AggregateFunction::NthValue => false,
                AggregateFunction::FirstValue | AggregateFunction::LastValue => {
                    self.nulls == Nulls::Ignore
                }
                _ => true,
            }
    }

    fn replaces(&self, before: &Value, value: &Value) -> bool {
        match self.function {
            AggregateFunction::Min => value.order(before).is_lt(),
            AggregateFunction::Max => value.order(before).is_gt(),
            AggregateFunction::LastValue => true,
            _ => false,
        }
    }

    fn width(&self) -> Width {
        if self.argument == Some(DataType::Real) { Width::Single } else { Width::Double }
    }

    fn interval_micros(&self) -> i64 {
        match self.constants.first() {
            Some(Value::Interval(micros)) => *micros,
            _ => 1,
        }
    }

    fn faded(&self, value: &Value, at_micros: i64) -> Result<Fading, String> {
        let number = value.float().ok_or_else(|| mismatch(self.function.name(), value))?;
        Ok(Fading::of(number, at_micros))
    }

    fn float(&self, found: Option<f64>) -> Found {
        match found {
            None => Ok(Value::Null),
            Some(it) if it.is_finite() || self.rules.floats == Floats::Any => Ok(Value::Double(it)),
            Some(_) => Err(TOO_LARGE.to_owned()),
        }
    }

    /// What does not fit is a fault or wraps around, as the dialect has it.
    fn sum_value(&self, Sum { total, count }: Sum) -> Found {
        if count == 0 {
            return Ok(Value::Null);
        }
        let is_mean = self.function == AggregateFunction::Avg;
        match total {
            Total::Whole(sum) => {
                let Value::Integer(sum) = self.whole(sum)? else { return Ok(Value::Null) };
                Ok(Value::Integer(if is_mean { sum / count } else { sum }))
            }
            Total::Exact(sum, scale) => {
                let scale_to = if is_mean { self.mean_scale(scale) } else { scale };
                let sum = rescale(sum, scale, scale_to);
                let number =
                    if is_mean { sum.and_then(|it| divide(it, count.into())) } else { sum };
                let found =
                    number.and_then(|it| Total::decimal(it, (self.rules.digits_max, scale_to)));
                match (found, self.rules.overflow) {
                    (Some(found), _) => Ok(Value::Decimal(found)),
                    (None, Overflow::Wraps) => Ok(Value::Null),
                    (None, Overflow::Faults) => Err(TOO_LARGE.to_owned()),
                }
            }
            #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
            Total::Float(sum) => {
                let found = self.float(Some(if is_mean { sum / count as f64 } else { sum }));
                match self.argument {
                    Some(DataType::Real) => cast(&found?, DataType::Real, &self.rules),
                    _ => found,
                }
            }
        }
    }

    /// A sum of whole numbers, of which Flink makes a mean only when it has wrapped around.
    fn whole(&self, number: i128) -> Found {
        let result = self.result().unwrap_or(DataType::BigInt);
        let found = match self.rules.overflow {
            Overflow::Wraps => Some(result.wrapped(number)),
            Overflow::Faults => i64::try_from(number).ok(),
        };
        found.map(Value::Integer).ok_or_else(|| TOO_LARGE.to_owned())
    }

    fn of_queue(&self, queue: &VecDeque<Value>) -> Value {
        let kept = |it: &&Value| self.nulls == Nulls::Respect || **it != Value::Null;
        let place = match self.constants.first() {
            Some(Value::Integer(place)) => usize::try_from(*place).unwrap_or(usize::MAX),
            _ => 1,
        };
        let found = match self.function {
            AggregateFunction::FirstValue => queue.front(),
            AggregateFunction::LastValue => queue.back(),
            AggregateFunction::ListAgg => return self.joined(queue),
            // The current row is the last one; a row that is there but NULL is no default.
            AggregateFunction::Lag => {
                let before = queue.iter().rev().skip(1).filter(kept).nth(place.saturating_sub(1));
                let current = queue.back().filter(|_| place == 0);
                current.or(before).or(self.constants.get(1))
            }
            _ if place == 0 => None,
            _ if self.from_last => queue.iter().rev().filter(kept).nth(place - 1),
            _ => queue.iter().filter(kept).nth(place - 1),
        };
        found.cloned().unwrap_or(Value::Null)
    }

    fn joined(&self, queue: &VecDeque<Value>) -> Value {
        if queue.is_empty() {
            return Value::Null;
        }
        let separator = self.constants.first().map_or_else(|| ",".to_owned(), text_of);
        let mut text = String::new();
        for (index, value) in queue.iter().enumerate() {
            text.push_str(if index > 0 { &separator } else { "" });
            text.push_str(&text_of(value));
        }
        Value::Text(text.into())
    }
}

fn truth<'a>(
    aggregate: &Aggregate,
    value: &Value,
    yes: &'a mut i64,
    no: &'a mut i64,
) -> Result<&'a mut i64, String> {
    match value {
        Value::Boolean(true) => Ok(yes),
        Value::Boolean(false) => Ok(no),
        other => Err(mismatch(aggregate.function.name(), other)),
    }
}

impl Sum {
    #[inline]
    fn change(&mut self, value: &Value, way: Way, width: Width) -> Result<(), String> {
        // The common cases by themselves: they are what a bench sees.
        match (&mut self.total, value, way) {
            (Total::Whole(sum), Value::Integer(it), Way::In) => {
                *sum += i128::from(*it);
                self.count += 1;
                Ok(())
            }
            (_, _, Way::In) => self.merge(Self { total: Total::of(value)?, count: 1 }, width),
            (_, _, Way::Out) => {
                self.merge(Self { total: Total::of(value)?.negated(), count: -1 }, width)
            }
        }
    }

    fn merge(&mut self, other: Self, width: Width) -> Result<(), String> {
        let count = self.count + other.count;
        // What floats left behind by rounding goes with the last of them.
        let total = if count == 0 { Total::ZERO } else { self.total.plus(other.total, width)? };
        *self = Self { total, count };
        Ok(())
    }
}

impl Accumulator {
    /// About how many bytes it holds, for limits and for what is shown of a state.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        let behind = match self {
            Self::Bag(bag) => bag.iter().map(|(value, _)| value.bytes() + 8).sum(),
            Self::Queue(queue) => queue.iter().map(Value::bytes).sum(),
            Self::One(Some(value)) => value.text_bytes(),
            Self::Distinct(inner) => {
                inner.0.iter().map(|(value, _)| value.bytes() + 8).sum::<u64>() + inner.1.bytes()
            }
            Self::Count(_)
            | Self::Sum(_)
            | Self::One(None)
            | Self::Truth(..)
            | Self::Spread(_)
            | Self::Fading(_) => 0,
        };
        size_of::<Self>() as u64 + behind
    }
}
