//! Windows that tile time: which one a moment belongs to, and when it ends.

use base::calendar::Civil;

use crate::function::Unit;
use crate::value::MICROS_A_DAY;

/// How time is cut into windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// `STEP(… BY INTERVAL …)` and `FLOOR` to a unit of fixed length: so many microseconds,
    /// counted from 1970 (facts, analytics §2.5).
    Micros(i64),
    /// `FLOOR(… TO MONTH)`, `QUARTER` or `YEAR`.
    Calendar(Unit),
    /// `FLOOR(… TO WEEK)`: weeks begin on Sundays.
    Week,
    /// Each moment is a window of its own: `GROUP BY s.ROWTIME`.
    Moment,
}

impl Width {
    /// `FLOOR(… TO unit)`.
    #[must_use]
    pub fn of_unit(unit: Unit) -> Self {
        match unit.micros() {
            _ if unit == Unit::Week => Self::Week,
            Some(micros) => Self::Micros(micros),
            None => Self::Calendar(unit),
        }
    }

    /// The beginning of the window a moment belongs to.
    #[must_use]
    pub fn start(self, at: i64) -> i64 {
        match self {
            Self::Micros(width) => at.saturating_sub(at.rem_euclid(width.max(1))),
            Self::Calendar(unit) => first_of(month_of(unit, at)),
            // 1970-01-04 was a Sunday.
            Self::Week => {
                at.saturating_sub(at.saturating_sub(3 * MICROS_A_DAY).rem_euclid(7 * MICROS_A_DAY))
            }
            Self::Moment => at,
        }
    }

    /// Where the window ends that begins there: the first moment that is not in it.
    #[must_use]
    pub fn end(self, start: i64) -> i64 {
        match self {
            Self::Micros(width) => start.saturating_add(width),
            Self::Calendar(unit) => {
                first_of(month_of(unit, start) + unit.months().map_or(1, i64::from))
            }
            Self::Week => start.saturating_add(7 * MICROS_A_DAY),
            Self::Moment => start.saturating_add(1),
        }
    }

    /// `ROWTIME` of what comes out of the window: its end (facts, analytics §2.5). A moment ends
    /// where it is.
    #[must_use]
    pub fn rowtime(self, start: i64) -> i64 {
        match self {
            Self::Moment => start,
            Self::Micros(_) | Self::Calendar(_) | Self::Week => self.end(start),
        }
    }
}

/// The month a unit begins with that a moment lies in, counted from year 0.
fn month_of(unit: Unit, at: i64) -> i64 {
    let civil = Civil::at(at, 0);
    let months = unit.months().map_or(1, i64::from);
    (civil.year * 12 + civil.month - 1).div_euclid(months) * months
}

/// The beginning of a month, counted from year 0.
fn first_of(month: i64) -> i64 {
    let (year, month) = (month.div_euclid(12), month.rem_euclid(12) + 1);
    let at = Civil { year, month, day: 1, hour: 0, minute: 0, second: 0, micros: 0 };
    at.micros_since_1970(0).unwrap_or(if year < 0 { i64::MIN } else { i64::MAX })
}

#[cfg(test)]
mod tests {
    use base::calendar::parse;

    use super::*;

    /// Facts, analytics §2.5: multiples of the interval from the epoch; a row at the boundary
    /// belongs to the new window.
    #[test]
    fn moments_belong_to_windows() {
        let minute = Width::Micros(60_000_000);
        for (width, at, start, end) in [
            (minute, "2026-03-01T10:00:59Z", "2026-03-01T10:00:00Z", "2026-03-01T10:01:00Z"),
            (minute, "2026-03-01T10:01:00Z", "2026-03-01T10:01:00Z", "2026-03-01T10:02:00Z"),
            (minute, "1969-12-31T23:59:59Z", "1969-12-31T23:59:00Z", "1970-01-01T00:00:00Z"),
            (
                Width::of_unit(Unit::Month),
                "2026-12-31T10:00:00Z",
                "2026-12-01T00:00:00Z",
                "2027-01-01T00:00:00Z",
            ),
            (
                Width::of_unit(Unit::Year),
                "2026-03-01T10:00:00Z",
                "2026-01-01T00:00:00Z",
                "2027-01-01T00:00:00Z",
            ),
            (
                Width::of_unit(Unit::Quarter),
                "2026-12-31T10:00:00Z",
                "2026-10-01T00:00:00Z",
                "2027-01-01T00:00:00Z",
            ),
            // As `FLOOR` does (`data/flink.txt`).
            (
                Width::of_unit(Unit::Week),
                "2026-03-17T10:01:59Z",
                "2026-03-15T00:00:00Z",
                "2026-03-22T00:00:00Z",
            ),
        ] {
            let found = width.start(parse(at).unwrap());
            assert_eq!(Some(found), parse(start), "{at}");
            assert_eq!(Some(width.end(found)), parse(end), "{at}");
        }
    }
}
