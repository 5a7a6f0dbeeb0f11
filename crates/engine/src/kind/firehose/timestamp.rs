//! `!{timestamp:…}`: the letters of Java's `DateTimeFormatter` that prefixes are written with.

use std::fmt::Write as _;

use base::calendar::{Civil, MONTHS, WEEKDAYS};
use scenario::kind::FirehoseConfig;

use crate::formats::Formats;

/// The calendar at a wall clock in milliseconds since 1970 UTC.
pub(super) fn civil(wall_millis: u64, offset_secs: i64) -> Civil {
    let micros = i64::try_from(wall_millis.saturating_mul(1_000));
    Civil::at(micros.unwrap_or(i64::MAX), offset_secs)
}

/// The calendar in the time zone of the settings.
pub(super) fn local(config: &FirehoseConfig, wall_millis: u64, formats: Formats) -> Civil {
    let offset_secs = match config.named_time_zone() {
        // A run begins with names that are there.
        Some(zone) => formats.offset_secs(zone, wall_millis).unwrap_or(0),
        None => offset(&config.time_zone),
    };
    civil(wall_millis, offset_secs)
}

/// Seconds east of UTC by `UTC` or a fixed offset such as `+02:00`; anything else counts as UTC.
fn offset(zone: &str) -> i64 {
    let parse = || {
        let (sign, rest) = match zone.trim().split_at_checked(1)? {
            ("+", rest) => (1, rest),
            ("-", rest) => (-1, rest),
            _ => return None,
        };
        let (hours, minutes) = rest.split_once(':').unwrap_or((rest, "0"));
        let (hours, minutes): (u8, u8) = (hours.parse().ok()?, minutes.parse().ok()?);
        let secs = sign * (i64::from(hours) * 3_600 + i64::from(minutes) * 60);
        (hours < 24).then_some(secs)
    };
    parse().unwrap_or(0)
}

/// Writes `at` by a pattern. Text in single quotes is literal, two quotes are one quote, and a
/// letter outside the list stands for itself.
pub(super) fn format(pattern: &str, at: Civil, out: &mut String) {
    let mut rest = pattern;
    while let Some(letter) = rest.chars().next() {
        if letter == '\'' {
            rest = quoted(&rest[1..], out);
            continue;
        }
        let run = rest.chars().take_while(|other| *other == letter).count();
        let (field, after) = rest.split_at(run * letter.len_utf8());
        write_field(letter, run, at, out).unwrap_or_else(|| out.push_str(field));
        rest = after;
    }
}

/// Copies a literal whose opening quote was taken; returns what follows it.
fn quoted<'a>(text: &'a str, out: &mut String) -> &'a str {
    if let Some(rest) = text.strip_prefix('\'') {
        out.push('\'');
        return rest;
    }
    let mut rest = text;
    loop {
        let Some((literal, after)) = rest.split_once('\'') else {
            out.push_str(rest);
            return "";
        };
        out.push_str(literal);
        let Some(next) = after.strip_prefix('\'') else { return after };
        out.push('\'');
        rest = next;
    }
}

fn write_field(letter: char, run: usize, at: Civil, out: &mut String) -> Option<()> {
    let Civil { year, hour, .. } = at;
    let number = match letter {
        'y' | 'u' if run == 2 => year.rem_euclid(100),
        'y' | 'u' => year,
        'M' | 'L' if run >= 3 => {
            let month = MONTHS[usize::try_from(at.month - 1).ok()?];
            return push_name(month, run, out);
        }
        'M' | 'L' => at.month,
        'd' => at.day,
        'D' => at.day_of_year(),
        'H' => hour,
        'k' => (hour + 23) % 24 + 1,
        'K' => hour % 12,
        'h' => (hour + 11) % 12 + 1,
        'm' => at.minute,
        's' => at.second,
        'S' => {
            let nanos = format!("{:06}000", at.micros);
            out.push_str(&nanos[..run.min(9)]);
            return Some(());
        }
        'a' => {
            out.push_str(if hour < 12 { "AM" } else { "PM" });
            return Some(());
        }
        'E' => {
            let weekday = WEEKDAYS[usize::try_from(at.weekday()).ok()?];
            return push_name(weekday, run, out);
        }
        _ => return None,
    };
    write!(out, "{number:0run$}").ok()
}

/// Up to three letters give the short name, four the whole one, five the first letter.
fn push_name(name: &str, run: usize, out: &mut String) -> Option<()> {
    let len = match run {
        0..=3 => 3,
        4 => name.len(),
        _ => 1,
    };
    out.push_str(name.get(..len)?);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn formatted(pattern: &str) -> String {
        // 2018-08-07T15:04:05.067Z, a Tuesday, day 219 of its year.
        let at = civil(1_533_654_245_067, 0);
        let mut out = String::new();
        format(pattern, at, &mut out);
        out
    }

    /// The letters and widths of `java.time.format.DateTimeFormatter`'s documentation.
    #[test]
    fn letters_mean_what_java_says() {
        let expected = [
            ("yyyy/MM/dd/HH/", "2018/08/07/15/"),
            ("yy-M-d H:m:s", "18-8-7 15:4:5"),
            ("y u uuuu", "2018 2018 2018"),
            ("D DDD", "219 219"),
            ("hh a, K k", "03 PM, 3 15"),
            ("ss.SSS", "05.067"),
            ("E EEE EEEE", "Tue Tue Tuesday"),
            ("MMM MMMM", "Aug August"),
            ("'year='yyyy'/month='MM", "year=2018/month=08"),
            ("HH'o''clock'", "15o'clock"),
            ("HH''mm", "15'04"),
        ];
        for (pattern, text) in expected {
            assert_eq!(formatted(pattern), text, "{pattern}");
        }
    }

    #[test]
    fn midnight_and_noon_read_as_twelve() {
        for (millis, text) in [(0, "12 AM 24 0"), (43_200_000, "12 PM 12 0")] {
            let mut out = String::new();
            format("h a k K", civil(millis, 0), &mut out);
            assert_eq!(out, text);
        }
    }

    #[test]
    fn fixed_offsets_shift_the_calendar() {
        let at = |zone| civil(1_533_654_245_067, offset(zone)).text();
        assert_eq!(at("UTC"), "2018-08-07T15:04:05.067");
        assert_eq!(at("+02:00"), "2018-08-07T17:04:05.067");
        assert_eq!(at("-03:30"), "2018-08-07T11:34:05.067");
        assert_eq!(at("+10"), "2018-08-08T01:04:05.067");
        assert_eq!(at("Mars/Base"), at("UTC"));
    }
}
