//! Variances and standard deviations, from counts, sums and sums of squares: exact as long as the
//! values are, and rows may leave again.

use super::function::AggregateFunction;
use super::total::{Total, Width};
use crate::decimal::power;
use crate::value::Value;

/// What a variance remembers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    count: i64,
    sum: Total,
    squares: Total,
}

/// Whether values come or go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// They come.
    In,
    /// They go.
    Out,
}

impl Spread {
    pub(super) const EMPTY: Self = Self { count: 0, sum: Total::ZERO, squares: Total::ZERO };

    /// One number comes or goes.
    pub(super) fn change(&mut self, value: &Value, way: Way) -> Result<(), String> {
        let one = Total::of(value)?;
        let other = Self { count: 1, sum: one, squares: one.squared() };
        match way {
            Way::In => self.merge(&other),
            Way::Out => self.merge(&Self {
                count: -1,
                sum: other.sum.negated(),
                squares: other.squares.negated(),
            }),
        }
    }

    /// All numbers of another one come.
    pub(super) fn merge(&mut self, other: &Self) -> Result<(), String> {
        self.count += other.count;
        if self.count == 0 {
            *self = Self::EMPTY;
            return Ok(());
        }
        self.sum = self.sum.plus(other.sum, Width::Double)?;
        self.squares = self.squares.plus(other.squares, Width::Double)?;
        Ok(())
    }

    /// The variance or deviation; none of too few numbers.
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
    pub(super) fn value(&self, function: AggregateFunction) -> Option<f64> {
        let (of_sample, is_root) = match function {
            AggregateFunction::StddevPop => (0, true),
            AggregateFunction::StddevSamp => (1, true),
            AggregateFunction::VarSamp => (1, false),
            _ => (0, false),
        };
        let by = self.count - of_sample;
        if by <= 0 {
            return None;
        }
        let around = self.exact().unwrap_or_else(|| {
            let sum = self.sum.to_double();
            self.squares.to_double() - sum * sum / self.count as f64
        });
        // Rounding may leave less than nothing; no number stays none.
        let variance = if around < 0.0 { 0.0 } else { around / by as f64 };
        Some(if is_root { libm::sqrt(variance) } else { variance })
    }

    /// The sum of squares around the mean without rounding, where the digits suffice.
    #[expect(clippy::cast_precision_loss, reason = "that is what a double is")]
    fn exact(&self) -> Option<f64> {
        if let (Total::Float(_), _) | (_, Total::Float(_)) = (self.sum, self.squares) {
            return None;
        }
        let scale = self.squares.scale();
        // Whole numbers beside decimals have fewer digits than the others' squares.
        let sum = crate::decimal::rescale(self.sum.unscaled(), self.sum.scale(), scale / 2)?;
        let many = self.squares.unscaled().checked_mul(self.count.into())?;
        let around = many.checked_sub(sum.checked_mul(sum)?)?;
        Some(around as f64 / power(scale) as f64 / self.count as f64)
    }
}
