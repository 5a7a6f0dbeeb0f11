//! Exact decimals of up to 18 digits, with the digits of results as the dialect gives them
//! (facts, analytics §2.2).

use core::cmp::Ordering;
use core::fmt;

use crate::rules::{DigitsRule, Rules};

/// `unscaled * 10^-scale`, the digits of a result as a dialect has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimal {
    /// All digits as a whole number, fewer than 19 of them.
    pub unscaled: i128,
    /// Digits its type has, the point left out.
    pub precision: u8,
    /// Those behind the point.
    pub scale: u8,
}

/// All digits of a type, and those behind the point.
pub type Digits = (u8, u8);

/// What a whole number counts as beside a decimal: `INTEGER` has ten digits.
pub const WHOLE: Digits = (10, 0);

/// The digits of a sum or difference.
#[must_use]
pub fn sum_digits((p1, s1): Digits, (p2, s2): Digits, rules: &Rules) -> Digits {
    let scale = s1.max(s2);
    let whole = (p1 - s1).max(p2 - s2);
    match rules.digits {
        DigitsRule::Capped => ((whole + scale + 1).min(rules.digits_max), scale),
        DigitsRule::Adjusted | DigitsRule::Quartered => adjusted(whole + 1, scale, rules),
    }
}

/// The digits of a product.
#[must_use]
pub fn product_digits((p1, s1): Digits, (p2, s2): Digits, rules: &Rules) -> Digits {
    match rules.digits {
        DigitsRule::Capped => ((p1 + p2).min(rules.digits_max), (s1 + s2).min(rules.digits_max)),
        DigitsRule::Adjusted | DigitsRule::Quartered => {
            adjusted(p1 + p2 + 1 - s1 - s2, s1 + s2, rules)
        }
    }
}

/// The digits of a quotient: whole digits come first, but never fewer behind the point than the
/// dividend has.
#[must_use]
pub fn quotient_digits((p1, s1): Digits, (p2, s2): Digits, rules: &Rules) -> Digits {
    let whole = p1 - s1 + s2;
    let scale = (s1 + p2 + 1).max(6);
    let most = rules.digits_max;
    match rules.digits {
        DigitsRule::Adjusted => adjusted(whole, scale, rules),
        DigitsRule::Quartered => adjusted(whole, (s1 + p2 + 1).saturating_sub(s2).max(4), rules),
        DigitsRule::Capped if whole + scale <= most => (whole + scale, scale),
        DigitsRule::Capped => (most, most.saturating_sub(whole).max(s1)),
    }
}

/// Where there are too many digits, those behind the point give way until there are few.
fn adjusted(whole: u8, scale: u8, rules: &Rules) -> Digits {
    let most = rules.digits_max;
    if whole + scale <= most {
        return (whole + scale, scale);
    }
    let few = if rules.digits == DigitsRule::Quartered { 4 } else { 6 };
    (most, most.saturating_sub(whole).max(scale.min(few)))
}

impl Decimal {
    /// A whole number beside decimals.
    #[must_use]
    pub fn whole(number: i64) -> Self {
        Self { unscaled: number.into(), precision: WHOLE.0, scale: WHOLE.1 }
    }

    /// Its type's digits.
    #[must_use]
    pub fn digits(self) -> Digits {
        (self.precision, self.scale)
    }

    /// As many digits as said; none when they do not hold it. Rounds half away from zero.
    #[must_use]
    pub fn fit(self, (precision, scale): Digits) -> Option<Self> {
        let unscaled = rescale(self.unscaled, self.scale, scale)?;
        let fits = unscaled.unsigned_abs() < power(precision).unsigned_abs();
        fits.then_some(Self { unscaled, precision, scale })
    }

    /// The sum; none when it overflows.
    #[must_use]
    pub fn plus(self, other: Self, rules: &Rules) -> Option<Self> {
        let (precision, scale) = sum_digits(self.digits(), other.digits(), rules);
        let left = rescale(self.unscaled, self.scale, scale)?;
        let unscaled = left.checked_add(rescale(other.unscaled, other.scale, scale)?)?;
        Self { unscaled, precision, scale }.checked(rules)
    }

    /// The same number below zero, or above.
    #[must_use]
    pub fn negated(self) -> Self {
        Self { unscaled: -self.unscaled, ..self }
    }

    /// The product; none when it overflows.
    #[must_use]
    pub fn times(self, other: Self, rules: &Rules) -> Option<Self> {
        let (precision, scale) = product_digits(self.digits(), other.digits(), rules);
        let product = self.unscaled.checked_mul(other.unscaled)?;
        let unscaled = rescale(product, self.scale + other.scale, scale)?;
        Self { unscaled, precision, scale }.checked(rules)
    }

    /// The quotient, rounded half away from zero; none when it overflows or the divisor is zero.
    #[must_use]
    pub fn over(self, other: Self, rules: &Rules) -> Option<Self> {
        let (precision, scale) = quotient_digits(self.digits(), other.digits(), rules);
        // The quotient of the digits has scale s1 - s2: it lacks so many.
        let unscaled = match (scale + other.scale).checked_sub(self.scale) {
            Some(more @ 0..=38) => divide(self.unscaled.checked_mul(power(more))?, other.unscaled)?,
            Some(_) => return None,
            None => {
                let fewer = self.scale - scale - other.scale;
                divide(self.unscaled, other.unscaled.checked_mul(power(fewer))?)?
            }
        };
        Self { unscaled, precision, scale }.checked(rules)
    }

    /// What is left after dividing without digits behind the point; the sign is the dividend's.
    #[must_use]
    pub fn rest(self, other: Self, rules: &Rules) -> Option<Self> {
        let scale = self.scale.max(other.scale);
        let left = rescale(self.unscaled, self.scale, scale)?;
        let right = rescale(other.unscaled, other.scale, scale)?;
        let precision = other.precision.max(scale);
        Self { unscaled: left.checked_rem(right)?, precision, scale }.checked(rules)
    }

    /// The next whole number towards minus infinity.
    #[must_use]
    pub fn floor(self) -> Self {
        let unscaled = self.unscaled.div_euclid(power(self.scale));
        Self { unscaled, precision: self.precision, scale: 0 }
    }

    /// Compares two decimals of whatever digits.
    #[must_use]
    pub fn order(self, other: Self) -> Ordering {
        // What stands before the point decides first: 38 digits leave no room for more.
        let scale = self.scale.max(other.scale);
        let parts = |it: Self| {
            let one = power(it.scale);
            (it.unscaled.div_euclid(one), it.unscaled.rem_euclid(one) * power(scale - it.scale))
        };
        parts(self).cmp(&parts(other))
    }

    /// The nearest double.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "that is what a double is")]
    pub fn to_double(self) -> f64 {
        self.unscaled as f64 / power(self.scale) as f64
    }

    /// Nothing has more digits than a type may have, whatever its own are.
    fn checked(self, rules: &Rules) -> Option<Self> {
        let most = power(rules.digits_max).unsigned_abs();
        (self.unscaled.unsigned_abs() < most).then_some(self)
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.unscaled < 0 { "-" } else { "" };
        let (digits, one) = (self.unscaled.unsigned_abs(), power(self.scale).unsigned_abs());
        write!(f, "{sign}{}", digits / one)?;
        let width = usize::from(self.scale);
        if width == 0 { Ok(()) } else { write!(f, ".{:0width$}", digits % one) }
    }
}

/// Ten to the power of a number of digits, 38 at the most.
#[must_use]
pub(crate) fn power(digits: u8) -> i128 {
    10_i128.pow(digits.min(38).into())
}

/// Moves the point; rounds half away from zero.
pub(crate) fn rescale(unscaled: i128, from: u8, to: u8) -> Option<i128> {
    match (to.checked_sub(from), from.saturating_sub(to)) {
        (Some(more @ 0..=38), _) => unscaled.checked_mul(power(more)),
        (Some(_), _) => (unscaled == 0).then_some(0),
        (None, fewer @ 0..=38) => divide(unscaled, power(fewer)),
        // Half of one is more than any number of 38 digits.
        (None, _) => Some(0),
    }
}

/// Divides and rounds half away from zero.
pub(crate) fn divide(dividend: i128, divisor: i128) -> Option<i128> {
    let (quotient, rest) = (dividend.checked_div(divisor)?, dividend.checked_rem(divisor)?);
    let away = if (dividend < 0) == (divisor < 0) { 1 } else { -1 };
    let rounds = rest.unsigned_abs() >= divisor.unsigned_abs() - rest.unsigned_abs();
    Some(if rounds { quotient + away } else { quotient })
}

#[cfg(test)]
mod tests {
    use super::*;

    const K: &Rules = &Rules::KINESIS;

    fn decimal(unscaled: i128, precision: u8, scale: u8) -> Decimal {
        Decimal { unscaled, precision, scale }
    }

    /// Facts, analytics §2.2: the digits of results, capped at 18.
    #[test]
    fn results_have_the_digits_of_the_dialect() {
        assert_eq!(sum_digits((5, 2), (4, 3), K), (7, 3));
        assert_eq!(sum_digits((18, 2), (18, 2), K), (18, 2));
        assert_eq!(product_digits((5, 2), (4, 3), K), (9, 5));
        assert_eq!(product_digits((18, 10), (18, 10), K), (18, 18));
        assert_eq!(quotient_digits((10, 0), (2, 1), K), (17, 6), "an INTEGER by 2.0");
        assert_eq!(quotient_digits((5, 2), (4, 3), K), (13, 7));
        assert_eq!(quotient_digits((18, 2), (10, 0), K), (18, 2), "whole digits come first");
        assert_eq!(quotient_digits((6, 2), (10, 0), K), (17, 13));
        assert_eq!(quotient_digits((9, 2), (10, 0), K), (18, 11));
    }

    /// Facts, analytics §3.1: 7/2.0 = 3.500000 in the sibling dialect, by the same rule.
    #[test]
    fn decimals_are_exact() {
        let show = |it: Option<Decimal>| it.map(|it| it.to_string());
        let (two, seven) = (decimal(20, 2, 1), Decimal::whole(7));
        assert_eq!(show(seven.over(two, K)).as_deref(), Some("3.500000"));
        assert_eq!(show(decimal(1, 1, 1).plus(decimal(2, 1, 1), K)).as_deref(), Some("0.3"));
        assert_eq!(show(decimal(-5, 1, 2).times(two, K)).as_deref(), Some("-0.100"));
        assert_eq!(show(decimal(-75, 2, 1).rest(two, K)).as_deref(), Some("-1.5"));
        assert_eq!(decimal(-15, 2, 1).floor().unscaled, -2);
        assert_eq!(decimal(150, 3, 2).order(decimal(15, 2, 1)), Ordering::Equal);
        assert_eq!(seven.over(decimal(0, 2, 1), K), None);
    }

    #[test]
    fn rounding_goes_half_away_from_zero() {
        let whole = |unscaled| decimal(unscaled, 3, 1).fit((18, 0)).unwrap().unscaled;
        assert_eq!([14, 15, 16, -14, -15, -16].map(whole), [1, 2, 2, -1, -2, -2]);
    }

    #[test]
    fn nothing_wraps_around() {
        let most = decimal(power(18) - 1, 18, 0);
        assert_eq!(most.plus(decimal(1, 1, 0), K), None);
        assert_eq!(most.times(decimal(2, 1, 0), K), None);
        assert_eq!(most.fit((18, 1)), None);
        assert_eq!(most.over(decimal(1, 18, 18), K), None);
        let least = Decimal::whole(i64::MIN);
        assert_eq!(least.order(decimal(1, 18, 18)), Ordering::Less);
        assert_eq!(least.plus(least, K), None);
    }
}
