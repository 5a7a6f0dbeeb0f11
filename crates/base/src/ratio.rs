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

    /// Reads `1/3`, `12 %` or `0`.
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
        Ok(Self { num: number(text)?, den: 1 })
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
        assert!(Ratio::parse("1/0").is_err());
        assert!(Ratio::parse("a").is_err());
    }
}
