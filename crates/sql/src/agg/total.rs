//! Sums that stay exact as long as what is added is.

use crate::decimal::{Decimal, power, rescale};
use crate::eval::TOO_LARGE;
use crate::value::Value;

/// A sum. It begins whole and becomes what its values are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Total {
    /// Of whole numbers.
    Whole(i128),
    /// Of decimals with so many digits behind the point.
    Exact(i128, u8),
    /// Of floats.
    Float(f64),
}

/// How precise floats are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Width {
    /// Rounded to 32 bits after each step, as a `REAL` is.
    Single,
    /// 64 bits.
    Double,
}

impl Total {
    /// Nothing yet.
    pub(super) const ZERO: Self = Self::Whole(0);

    /// A number as a sum of itself.
    pub(super) fn of(value: &Value) -> Result<Self, String> {
        match value {
            Value::Integer(it) => Ok(Self::Whole((*it).into())),
            Value::Decimal(it) => Ok(Self::Exact(it.unscaled, it.scale)),
            Value::Real(it) => Ok(Self::Float((*it).into())),
            Value::Double(it) => Ok(Self::Float(*it)),
            other => Err(crate::eval::mismatch("A sum", other)),
        }
    }

    /// With another one.
    pub(super) fn plus(self, other: Self, width: Width) -> Result<Self, String> {
        let too_large = || TOO_LARGE.to_owned();
        Ok(match (self, other) {
            (Self::Whole(a), Self::Whole(b)) => {
                Self::Whole(a.checked_add(b).ok_or_else(too_large)?)
            }
            (Self::Float(a), Self::Float(b)) => Self::Float(width.round(a + b)),
            (Self::Float(_), _) | (_, Self::Float(_)) => {
                Self::Float(width.round(self.to_double() + other.to_double()))
            }
            (Self::Exact(a, s1), Self::Exact(b, s2)) if s1 == s2 => {
                Self::Exact(a.checked_add(b).ok_or_else(too_large)?, s1)
            }
            _ => {
                let scale = self.scale().max(other.scale());
                let at = |it: Self| rescale(it.unscaled(), it.scale(), scale);
                let sum = at(self).zip(at(other)).and_then(|(a, b)| a.checked_add(b));
                Self::Exact(sum.ok_or_else(too_large)?, scale)
            }
        })
    }

    /// The same below zero, or above.
    pub(super) fn negated(self) -> Self {
        match self {
            Self::Whole(it) => Self::Whole(-it),
            Self::Exact(it, scale) => Self::Exact(-it, scale),
            Self::Float(it) => Self::Float(-it),
        }
    }

    /// Times itself; a float where the digits do not suffice.
    pub(super) fn squared(self) -> Self {
        let float = Self::Float(self.to_double() * self.to_double());
        let it = self.unscaled();
        match self {
            Self::Whole(_) => it.checked_mul(it).map_or(float, Self::Whole),
            Self::Exact(_, scale) => {
                it.checked_mul(it).map_or(float, |it| Self::Exact(it, 2 * scale))
            }
            Self::Float(_) => float,
        }
    }

    /// The nearest double.
    #[expect(clippy::cast_precision_loss, reason = "that is what a double is")]
    pub(super) fn to_double(self) -> f64 {
        match self {
            Self::Whole(it) => it as f64,
            Self::Exact(it, scale) => it as f64 / power(scale) as f64,
            Self::Float(it) => it,
        }
    }

    /// All digits; none of a float.
    pub(super) fn unscaled(self) -> i128 {
        match self {
            Self::Whole(it) | Self::Exact(it, _) => it,
            Self::Float(_) => 0,
        }
    }

    /// Digits behind the point.
    pub(super) fn scale(self) -> u8 {
        match self {
            Self::Exact(_, scale) => scale,
            Self::Whole(_) | Self::Float(_) => 0,
        }
    }

    /// A decimal of so many digits; none when they do not hold it.
    pub(super) fn decimal(unscaled: i128, digits: (u8, u8)) -> Option<Decimal> {
        let fits = unscaled.unsigned_abs() < power(digits.0).unsigned_abs();
        fits.then_some(Decimal { unscaled, precision: digits.0, scale: digits.1 })
    }
}

impl Width {
    /// A float of this width.
    #[expect(clippy::cast_possible_truncation, reason = "that is what a REAL is")]
    pub(super) fn round(self, float: f64) -> f64 {
        match self {
            Self::Single => f64::from(float as f32),
            Self::Double => float,
        }
    }
}
