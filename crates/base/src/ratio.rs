//! A probability or share as two integers, so that no float enters a file or a decision.

use core::fmt;

/// `num / den`, printed and stored as `"1/100"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ratio {
    /// How many of `den`.
    pub num: u32,
    /// Never zero.
    pub den: u32,
}

impl Ratio {
    /// `num / den`; a zero `den` becomes one.
    #[must_use]
    pub const fn new(num: u32, den: u32) -> Self {
        Self { num, den: if den == 0 { 1 } else { den } }
    }

    /// A whole number of per cent.
    #[must_use]
    pub const fn percent(percent: u32) -> Self {
        Self { num: percent, den: 100 }
    }

    /// Reads `1/3`, `12 %`, `0.25` or `0`.
    ///
    /// # Errors
    /// Returns what is wrong with the text, in a sentence.
    pub fn parse(text: &str) -> Result<Self, String> {
        let bad = || format!("`{text}` is not a ratio; write it like `1/100` or `1 %`");
        let number = |part: &str| part.trim().parse::<u32>().map_err(|_e| bad());
        if let Some((num, den)) = text.split_once('/') {
            let den = number(den)?;
            return if den == 0 { Err(bad()) } else { Ok(Self { num: number(num)?, den }) };
        }
        if let Some(percent) = text.trim().strip_suffix('%') {
            return Ok(Self { num: number(percent)?, den: 100 });
        }
        let Some((whole, digits)) = text.trim().split_once('.') else {
            return Ok(Self { num: number(text)?, den: 1 });
        };
        let exact = digits.len() <= 6 && digits.bytes().all(|byte| byte.is_ascii_digit());
        let den = 10_u32.pow(if exact { u32::try_from(digits.len()).unwrap_or(0) } else { 0 });
        let parts = if exact { number(whole)?.checked_mul(den) } else { None };
        let num = parts.and_then(|it| it.checked_add(number(digits).ok()?));
        num.map(|num| Self { num, den }).ok_or_else(bad)
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.num, self.den)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_fractions_and_per_cent() {
        assert_eq!(Ratio::parse("1/3"), Ok(Ratio::new(1, 3)));
        assert_eq!(Ratio::parse("12 %"), Ok(Ratio::new(12, 100)));
        assert_eq!(Ratio::parse("0.25"), Ok(Ratio::new(25, 100)));
        assert_eq!(Ratio::parse("3.0"), Ok(Ratio::new(30, 10)));
        for bad in ["1/0", "0.", "1.2.3", "0.-5", "9999.999999", "0.1234567"] {
            assert!(Ratio::parse(bad).is_err(), "{bad}");
        }
        assert!(Ratio::parse("a").is_err());
    }
}
