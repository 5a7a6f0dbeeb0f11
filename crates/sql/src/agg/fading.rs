//! `EXP_AVG`: a mean in which a row of one interval ago weighs 1/e of a row of now.
//!
//! The facts name the function and leave its numbers open (analytics §2.8, "Not golden"); this is
//! the usual mean with weights `exp(-age / interval)`.

/// What it remembers: sums as of the last row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fading {
    count: i64,
    sum: f64,
    weight: f64,
    at_micros: i64,
}

impl Fading {
    pub(super) const EMPTY: Self = Self { count: 0, sum: 0.0, weight: 0.0, at_micros: 0 };

    /// One number of one time, as such a mean.
    pub(super) fn of(number: f64, at_micros: i64) -> Self {
        Self { count: 1, sum: number, weight: 1.0, at_micros }
    }

    /// The same, leaving.
    pub(super) fn negated(self) -> Self {
        Self { count: -self.count, sum: -self.sum, weight: -self.weight, ..self }
    }

    /// All rows of another one come.
    pub(super) fn merge(&mut self, other: &Self, interval_micros: i64) {
        let at_micros =
            if self.count == 0 { other.at_micros } else { self.at_micros.max(other.at_micros) };
        let (left, right) =
            (self.kept(at_micros, interval_micros), other.kept(at_micros, interval_micros));
        *self = Self {
            count: self.count + other.count,
            sum: self.sum * left + other.sum * right,
            weight: self.weight * left + other.weight * right,
            at_micros,
        };
        if self.count == 0 {
            *self = Self::EMPTY;
        }
    }

    /// The mean; none of nothing.
    pub(super) fn value(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum / self.weight)
    }

    /// The weight its sums have left at a later time.
    #[expect(clippy::cast_precision_loss, reason = "a weight is an approximation")]
    fn kept(&self, at_micros: i64, interval_micros: i64) -> f64 {
        let age = at_micros.saturating_sub(self.at_micros);
        libm::exp(-(age as f64) / interval_micros.max(1) as f64)
    }
}
