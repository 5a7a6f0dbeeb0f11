//! The proleptic Gregorian calendar, and moments written as ISO 8601 does.
//!
//! Only what the simulation needs: UTC and fixed offsets, no leap seconds, no time zones.

/// Names of the months, in English.
pub static MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
/// Names of the days of a week, Monday first, as [`Civil::weekday`] counts them.
pub static WEEKDAYS: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

const SECS_A_DAY: i64 = 86_400;
/// Days from 0000-03-01, where the cycle of 400 years is counted from, to 1970-01-01.
const DAYS_TO_1970: i64 = 719_468;
const DAYS_IN_400_YEARS: i64 = 146_097;

/// A date and a time of day on somebody's wall.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Civil {
    /// The year; the one before year 1 is 0.
    pub year: i64,
    /// 1 to 12.
    pub month: i64,
    /// 1 to 31.
    pub day: i64,
    /// 0 to 23.
    pub hour: i64,
    /// 0 to 59.
    pub minute: i64,
    /// 0 to 59.
    pub second: i64,
    /// 0 to 999,999.
    pub micros: i64,
}

impl Civil {
    /// The calendar at microseconds since 1970 UTC, seen this many seconds east of UTC.
    #[must_use]
    pub fn at(micros: i64, offset_secs: i64) -> Self {
        let secs = micros.div_euclid(1_000_000) + offset_secs;
        let of_day = secs.rem_euclid(SECS_A_DAY);
        let (year, month, day) = date(secs.div_euclid(SECS_A_DAY));
        let (hour, minute, second) = (of_day / 3_600, of_day / 60 % 60, of_day % 60);
        Self { year, month, day, hour, minute, second, micros: micros.rem_euclid(1_000_000) }
    }

    /// Microseconds since 1970 UTC, of a wall this many seconds east of UTC; none when they are
    /// too many to count.
    #[must_use]
    pub fn micros_since_1970(&self, offset_secs: i64) -> Option<i64> {
        let days = days(self.year, self.month, self.day);
        let of_day = self.hour * 3_600 + self.minute * 60 + self.second - offset_secs;
        let secs = days.checked_mul(SECS_A_DAY)?.checked_add(of_day)?;
        secs.checked_mul(1_000_000)?.checked_add(self.micros)
    }

    /// 0 for Monday to 6 for Sunday.
    #[must_use]
    pub fn weekday(&self) -> i64 {
        // 1970-01-01 was a Thursday.
        (days(self.year, self.month, self.day) + 3).rem_euclid(7)
    }

    /// 1 for the first of January to 365, or 366 in leap years.
    #[must_use]
    pub fn day_of_year(&self) -> i64 {
        days(self.year, self.month, self.day) - days(self.year, 1, 1) + 1
    }

    /// `2026-11-21T10:03:14.214`, to the millisecond.
    #[must_use]
    pub fn text(&self) -> String {
        let Self { year, month, day, hour, minute, second, micros } = self;
        let millis = micros / 1_000;
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}")
    }
}

/// Reads `2026-11-21T10:03:14.214Z` and its shorter forms: the date alone or the time to the
/// minute, a space for the `T`, an offset such as `+01:00`; without an offset it is UTC. Gives
/// microseconds since 1970; digits beyond are cut off.
#[must_use]
pub fn parse(text: &str) -> Option<i64> {
    let mut rest = text.as_bytes();
    let mut at = Civil { year: 0, month: 1, day: 1, hour: 0, minute: 0, second: 0, micros: 0 };
    at.year = number(&mut rest, 4)?;
    at.month = part(&mut rest, b'-')?;
    at.day = part(&mut rest, b'-')?;
    let mut offset_secs = 0;
    if take(&mut rest, b"Tt ") {
        at.hour = number(&mut rest, 2)?;
        at.minute = part(&mut rest, b':')?;
        if let Some(second) = part(&mut rest, b':') {
            at.second = second;
            at.micros = fraction(&mut rest)?;
        }
        offset_secs = offset(&mut rest)?;
    }
    // A leap second counts as the one before it.
    at.second -= i64::from(at.second == 60);
    let good = rest.is_empty() && at.hour < 24 && at.minute < 60 && at.second < 60;
    // A date that is none, such as February 30, turns into another one.
    let real = date(days(at.year, at.month, at.day)) == (at.year, at.month, at.day);
    (good && (1..=12).contains(&at.month) && real).then(|| at.micros_since_1970(offset_secs))?
}

/// Reads `Z`, `+01:00`, `+0100` or `+01`; gives seconds east of UTC, 0 at the end of the text.
fn offset(rest: &mut &[u8]) -> Option<i64> {
    if rest.is_empty() || take(rest, b"Zz") {
        return Some(0);
    }
    let west = rest.first() == Some(&b'-');
    if !take(rest, b"+-") {
        return None;
    }
    let hours = number(rest, 2)?;
    take(rest, b":");
    let minutes = if rest.is_empty() { 0 } else { number(rest, 2)? };
    let secs = hours * 3_600 + minutes * 60;
    (hours < 24 && minutes < 60).then_some(if west { -secs } else { secs })
}

/// Reads `.214`, if it is there; gives microseconds.
fn fraction(rest: &mut &[u8]) -> Option<i64> {
    if !take(rest, b".,") {
        return Some(0);
    }
    let (mut micros, mut unit, before) = (0, 100_000, rest.len());
    while let Some(digit) = number(rest, 1) {
        micros += digit * unit;
        unit /= 10;
    }
    (rest.len() < before).then_some(micros)
}

/// Reads a separator and two digits.
fn part(rest: &mut &[u8], separator: u8) -> Option<i64> {
    if take(rest, &[separator]) { number(rest, 2) } else { None }
}

/// Takes one byte if it is among these.
fn take(rest: &mut &[u8], among: &[u8]) -> bool {
    match rest {
        [first, after @ ..] if among.contains(first) => {
            *rest = after;
            true
        }
        _ => false,
    }
}

/// Takes this many digits, or nothing.
fn number(rest: &mut &[u8], digits: usize) -> Option<i64> {
    let (number, after) = rest.split_at_checked(digits)?;
    if !number.iter().all(u8::is_ascii_digit) {
        return None;
    }
    *rest = after;
    Some(number.iter().fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0')))
}

/// Days since 1970-01-01. Years count from March, so that the leap day is their last; months then
/// begin on day (153 m + 2) / 5.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let (cycle, year) = (year.div_euclid(400), year.rem_euclid(400));
    let of_cycle = year * 365 + year / 4 - year / 100 + (153 * month + 2) / 5 + day - 1;
    cycle * DAYS_IN_400_YEARS + of_cycle - DAYS_TO_1970
}

/// The year, month and day at days since 1970-01-01.
fn date(days: i64) -> (i64, i64, i64) {
    let days = days + DAYS_TO_1970;
    let (cycle, of_cycle) =
        (days.div_euclid(DAYS_IN_400_YEARS), days.rem_euclid(DAYS_IN_400_YEARS));
    // Without the leap days before it, a year is 365 days long.
    let leaps = of_cycle / 1_460 - of_cycle / 36_524 + of_cycle / 146_096;
    let year = (of_cycle - leaps) / 365;
    let of_year = of_cycle - (year * 365 + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let (turn, month) = if month < 10 { (0, month + 3) } else { (1, month - 9) };
    (cycle * 400 + year + turn, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rng;

    /// Python's `datetime`: microseconds since 1970, the weekday from Monday, the day of the year.
    const FACTS: [(&str, i64, i64, i64); 18] = [
        ("1970-01-01T00:00:00.000Z", 0, 3, 1),
        ("1969-12-31T23:59:59.999Z", -1_000, 2, 365),
        ("2000-02-29T12:34:56.789Z", 951_827_696_789_000, 1, 60),
        ("2000-03-01T00:00:00.000Z", 951_868_800_000_000, 2, 61),
        ("1900-02-28T23:59:59.000Z", -2_203_891_201_000_000, 2, 59),
        ("1900-03-01T00:00:00.000Z", -2_203_891_200_000_000, 3, 60),
        ("2100-02-28T00:00:00.000Z", 4_107_456_000_000_000, 6, 59),
        ("2100-03-01T00:00:00.000Z", 4_107_542_400_000_000, 0, 60),
        ("2024-02-29T23:59:59.999Z", 1_709_251_199_999_000, 3, 60),
        ("2024-12-31T00:00:00.000Z", 1_735_603_200_000_000, 1, 366),
        ("2023-12-31T06:07:08.009Z", 1_704_002_828_009_000, 6, 365),
        ("2018-08-07T15:04:05.067Z", 1_533_654_245_067_000, 1, 219),
        ("2013-01-01T10:17:00.000Z", 1_357_035_420_000_000, 1, 1),
        ("2026-11-21T10:03:14.214Z", 1_795_255_394_214_000, 5, 325),
        ("0001-01-01T00:00:00.000Z", -62_135_596_800_000_000, 0, 1),
        ("9999-12-31T23:59:59.999Z", 253_402_300_799_999_000, 4, 365),
        ("1600-02-29T00:00:00.000Z", -11_670_998_400_000_000, 1, 60),
        ("2038-01-19T03:14:08.000Z", 2_147_483_648_000_000, 1, 19),
    ];

    #[test]
    fn agrees_with_python() {
        for (text, micros, weekday, day_of_year) in FACTS {
            assert_eq!(parse(text), Some(micros), "{text}");
            let at = Civil::at(micros, 0);
            assert_eq!(format!("{}Z", at.text()), text);
            assert_eq!((at.weekday(), at.day_of_year()), (weekday, day_of_year), "{text}");
            assert_eq!(at.micros_since_1970(0), Some(micros), "{text}");
        }
    }

    #[test]
    fn every_day_follows_the_one_before() {
        // From the year -400 to the year 3600.
        let (first, last) = (days(-400, 1, 1), days(3600, 1, 1));
        let mut before = date(first - 1);
        for day in first..last {
            let today = date(day);
            assert_eq!(days(today.0, today.1, today.2), day);
            let new_year = before == (today.0 - 1, 12, 31) && today.1 == 1 && today.2 == 1;
            let new_month = before.0 == today.0 && before.1 + 1 == today.1 && today.2 == 1;
            let new_day = (before.0, before.1, before.2 + 1) == today;
            assert!(new_year || new_month || new_day, "{before:?} {today:?}");
            before = today;
        }
        assert_eq!(before, (3599, 12, 31));
    }

    #[test]
    fn any_moment_there_and_back() {
        let mut rng = Rng::from_seed(13);
        for _step in 0..20_000 {
            // Years 1 to 9999, as Python and most data sets have them.
            let span = 315_537_897_600_000_000;
            let micros = i64::try_from(rng.below64(span)).unwrap() - 62_135_596_800_000_000;
            let offset = i64::try_from(rng.below64(172_800)).unwrap() - 86_400;
            assert_eq!(Civil::at(micros, offset).micros_since_1970(offset), Some(micros));
            let millis = micros.div_euclid(1_000) * 1_000;
            assert_eq!(parse(&Civil::at(micros, 0).text()), Some(millis));
        }
        for micros in [i64::MIN + 1_000_000, i64::MAX, -1, 0] {
            assert_eq!(Civil::at(micros, 0).micros_since_1970(0), Some(micros));
        }
    }

    #[test]
    fn reads_what_people_write() {
        let want = Some(1_357_035_420_000_000);
        for text in [
            "2013-01-01T10:17:00Z",
            "2013-01-01t10:17z",
            "2013-01-01 10:17:00",
            "2013-01-01T11:17:00+01:00",
            "2013-01-01T04:47:00-0530",
            "2013-01-01T12:17:00,0+02",
        ] {
            assert_eq!(parse(text), want, "{text}");
        }
        assert_eq!(parse("1969-12-31T23:59:59.9999999Z"), Some(-1));
        assert_eq!(parse("2016-12-31T23:59:60Z"), parse("2016-12-31T23:59:59Z"));
        for text in [
            "",
            "soon",
            "12:00",
            "2013-13-01",
            "2013-00-10",
            "2013-02-29",
            "2013-04-31",
            "2013-01-00",
            "2013-01-01T24:00",
            "2013-01-01T10:60",
            "2013-01-01T10:17:00+24:00",
            "2013-01-01T10:17:00.Z",
            "2013-01-01T10:17:00Z ",
            "2013-1-1",
            "2013-01-01T10:17:00 UTC",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
