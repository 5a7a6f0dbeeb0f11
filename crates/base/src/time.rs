//! Simulated time in integer microseconds.
//!
//! `Time` is a point (since the scenario began), `Duration` a length. Arithmetic that could leave
//! the range panics through overflow checks: a run is bounded by `limits::TIME_MAX`.

use core::fmt;
use core::ops::{Add, AddAssign, Sub};

/// Microseconds since the scenario began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(pub u64);

/// A length of simulated time in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Duration(pub u64);

impl Time {
    /// The beginning of the scenario.
    pub const ZERO: Self = Self(0);

    /// Time elapsed since `earlier`; zero when `earlier` lies in the future.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration(self.0.saturating_sub(earlier.0))
    }

    /// Whole milliseconds since the scenario began, rounded down.
    #[must_use]
    pub fn millis(self) -> u64 {
        self.0 / 1_000
    }

    /// Whole seconds since the scenario began, rounded down.
    #[must_use]
    pub fn secs(self) -> u64 {
        self.0 / 1_000_000
    }

    /// The point this far before, or the beginning.
    #[must_use]
    pub fn before(self, length: Duration) -> Self {
        Self(self.0.saturating_sub(length.0))
    }
}

impl Duration {
    /// No time at all.
    pub const ZERO: Self = Self(0);
    /// One second.
    pub const SECOND: Self = Self(1_000_000);
    /// 24 hours.
    pub const DAY: Self = Self(86_400_000_000);

    /// A length of whole milliseconds.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis * 1_000)
    }

    /// A length of whole seconds.
    #[must_use]
    pub const fn from_secs(secs: u64) -> Self {
        Self(secs * 1_000_000)
    }

    /// Whole milliseconds, rounded down.
    #[must_use]
    pub fn millis(self) -> u64 {
        self.0 / 1_000
    }

    /// Whole seconds, rounded down.
    #[must_use]
    pub fn secs(self) -> u64 {
        self.0 / 1_000_000
    }

    /// Reads `250ms`, `20s`, `1m30s`, `2h`, `1d`, `1500us` or a bare number of seconds.
    ///
    /// # Errors
    /// Returns what is wrong with the text, in a sentence.
    pub fn parse(text: &str) -> Result<Self, String> {
        let bad = || format!("`{text}` is not a length of time; write it like `1m30s` or `250ms`");
        let text = text.trim();
        if let Ok(secs) = text.parse::<u64>() {
            return secs.checked_mul(1_000_000).map(Self).ok_or_else(bad);
        }
        let mut rest = text;
        let mut total = 0_u64;
        if rest.is_empty() {
            return Err(bad());
        }
        while !rest.is_empty() {
            let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(bad)?;
            let (number, tail) = rest.split_at(digits);
            let letters = tail.find(|c: char| c.is_ascii_digit()).unwrap_or(tail.len());
            let (unit, tail) = tail.split_at(letters);
            let scale = match unit {
                "us" => 1,
                "ms" => 1_000,
                "s" => 1_000_000,
                "m" | "min" => 60_000_000,
                "h" => 3_600_000_000,
                "d" => 86_400_000_000,
                _ => return Err(bad()),
            };
            let part = number.parse::<u64>().ok().and_then(|n| n.checked_mul(scale));
            total = part.and_then(|p| total.checked_add(p)).ok_or_else(bad)?;
            rest = tail;
        }
        Ok(Self(total))
    }
}

impl fmt::Display for Duration {
    /// Prints the shortest exact form, for example `1m30s` or `250ms`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("0s");
        }
        let mut rest = self.0;
        let units: [(&str, u64); 6] = [
            ("d", 86_400_000_000),
            ("h", 3_600_000_000),
            ("m", 60_000_000),
            ("s", 1_000_000),
            ("ms", 1_000),
            ("us", 1),
        ];
        for (name, scale) in units {
            if rest >= scale {
                write!(f, "{}{name}", rest / scale)?;
                rest %= scale;
            }
        }
        Ok(())
    }
}

impl Add<Duration> for Time {
    type Output = Self;
    fn add(self, length: Duration) -> Self {
        Self(self.0 + length.0)
    }
}

impl AddAssign<Duration> for Time {
    fn add_assign(&mut self, length: Duration) {
        self.0 += length.0;
    }
}

impl Add for Duration {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Duration {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn print_then_parse_is_a_fixed_point() {
        for micros in [0, 1, 999, 1_000, 90_000_000, 86_400_000_000, 3_661_001_001] {
            let length = Duration(micros);
            assert_eq!(Duration::parse(&length.to_string()), Ok(length));
        }
    }

    #[test]
    fn reads_the_forms_people_type() {
        assert_eq!(Duration::parse("1m30s"), Ok(Duration::from_secs(90)));
        assert_eq!(Duration::parse("5"), Ok(Duration::from_secs(5)));
        assert_eq!(Duration::parse("250ms"), Ok(Duration::from_millis(250)));
    }

    #[test]
    fn refuses_what_is_not_a_length() {
        for text in ["", "s", "5x", "-1s", "1.5s", "99999999999999999999d", "18446744073709551615"]
        {
            assert!(Duration::parse(text).is_err(), "{text:?} was accepted");
        }
    }
}
