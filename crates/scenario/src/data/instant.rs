//! Moments as data sets write them.

use base::calendar;

/// Numbers from here on count milliseconds: as seconds this lies beyond the year 5000.
const MILLIS_FROM: i64 = 100_000_000_000;

/// Reads ISO 8601 (without an offset it is UTC), or seconds or milliseconds since 1970; gives
/// microseconds since 1970.
#[must_use]
pub fn parse(text: &str) -> Option<i64> {
    let text = text.trim();
    number(text).or_else(|| calendar::parse(text))
}

fn number(text: &str) -> Option<i64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let count: i64 = whole.parse().ok()?;
    if !part.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    if count >= MILLIS_FROM {
        return count.checked_mul(1_000);
    }
    let digits: String = part.chars().chain("000000".chars()).take(6).collect();
    let micros: i64 = digits.parse().ok()?;
    let micros = if whole.starts_with('-') { -micros } else { micros };
    count.checked_mul(1_000_000)?.checked_add(micros)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_data_sets_write() {
        let want = 1_357_035_420_000_000;
        for text in [
            "2013-01-01T10:17:00Z",
            "2013-01-01T11:17:00+01:00",
            "2013-01-01 10:17:00",
            "2013-01-01T10:17",
            "1357035420",
            "1357035420.0",
            "1357035420000",
            " 2013-01-01T10:17:00.000Z ",
        ] {
            assert_eq!(parse(text), Some(want), "{text}");
        }
        assert_eq!(parse("2013-01-01"), Some(1_356_998_400_000_000));
        assert_eq!(parse("1517363399.65"), Some(1_517_363_399_650_000));
        for text in ["", "soon", "2013-13-01T00:00:00Z", "12:00"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
