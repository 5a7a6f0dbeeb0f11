//! Windows that tile time: which one a moment belongs to, and when it ends.

use base::calendar::Civil;

use crate::function::Unit;

/// How time is cut into windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// `STEP(… BY INTERVAL …)` and `FLOOR` to a unit of fixed length: so many microseconds,
    /// counted from 1970 (facts, analytics §2.5).
    Micros(i64),
    /// `FLOOR(… TO MONTH)` or `YEAR`.
    Calendar(Unit),
    /// Each moment is a window of its own: `GROUP BY s.ROWTIME`.
    Moment,
}

impl Width {
    /// `FLOOR(… TO unit)`.
    #[must_use]
    pub fn of_unit(unit: Unit) -> Self {
        unit.micros().map_or(Self::Calendar(unit), Self::Micros)
    }

    /// The beginning of the window a moment belongs to.
    #[must_use]
    pub fn start(self, at: i64) -> i64 {
        match self {
            Self::Micros(width) => at.saturating_sub(at.rem_euclid(width.max(1))),
            Self::Calendar(unit) => {
                let civil = Civil::at(at, 0);
                first_of(civil.year, if unit == Unit::Year { 1 } else { civil.month })
            }
            Self::Moment => at,
        }
    }

    /// Where the window ends that begins there: the first moment that is not in it.
    #[must_use]
    pub fn end(self, start: i64) -> i64 {
        match self {
            Self::Micros(width) => start.saturating_add(width),
            Self::Calendar(Unit::Year) => first_of(Civil::at(start, 0).year + 1, 1),
            Self::Calendar(_) => {
                let civil = Civil::at(start, 0);
                let december = civil.month == 12;
                let month = if december { 1 } else { civil.month + 1 };
                first_of(civil.year + i64::from(december), month)
            }
            Self::Moment => start.saturating_add(1),
        }
    }

    /// `ROWTIME` of what comes out of the window: its end (facts, analytics §2.5). A moment ends
    /// where it is.
    #[must_use]
    pub fn rowtime(self, start: i64) -> i64 {
        match self {
            Self::Moment => start,
            Self::Micros(_) | Self::Calendar(_) => self.end(start),
        }
    }
}

fn first_of(year: i64, month: i64) -> i64 {
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
        ] {
            let found = width.start(parse(at).unwrap());
            assert_eq!(Some(found), parse(start), "{at}");
            assert_eq!(Some(width.end(found)), parse(end), "{at}");
        }
    }
}
