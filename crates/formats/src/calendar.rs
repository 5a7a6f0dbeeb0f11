//! The Gregorian calendar in UTC, for timestamps in records.

/// Seconds of a day.
pub(crate) const DAY_SECS: i64 = 86_400;

/// Days from 1970-01-01 to a date; nothing where there is no such date in years 0 to 9999.
pub(crate) fn days_of(year: i64, month: i64, day: i64) -> Option<i64> {
    let is_date = (0..10_000).contains(&year)
        && (1..13).contains(&month)
        && (1..=month_days(year, month)).contains(&day);
    if !is_date {
        return None;
    }
    // Years from March on, so that the leap day is their last (Howard Hinnant, "chrono-Compatible
    // Low-Level Date Algorithms").
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
    Some(era * 146_097 + day_of_era - 719_468)
}

/// Year, month and day of a count of days from 1970-01-01.
pub(crate) fn date_of(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

fn month_days(year: i64, month: i64) -> i64 {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 => 28 + i64::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}
