//! Times and ages as people read them.

use base::Time;

/// The time of day (UTC) with its milliseconds: `10:04:31` and `.250`.
#[must_use]
pub fn clock(epoch_millis: u64, at: Time) -> (String, String) {
    let millis = epoch_millis.saturating_add(at.millis());
    let secs = millis / 1_000;
    let (h, m, s) = (secs / 3_600 % 24, secs / 60 % 60, secs % 60);
    (format!("{h:02}:{m:02}:{s:02}"), format!(".{:03}", millis % 1_000))
}

/// `10:04:31.250`.
#[must_use]
pub fn moment(epoch_millis: u64, at: Time) -> String {
    let (clock, millis) = clock(epoch_millis, at);
    clock + &millis
}

/// A length of time with its two largest units: `87 ms`, `27.4 s`, `4 min 10 s`, `3 h 5 min`.
#[must_use]
pub fn age(micros: u64) -> String {
    let secs = micros / 1_000_000;
    match secs {
        0 => format!("{} ms", micros / 1_000),
        1..60 => format!("{secs}.{} s", micros / 100_000 % 10),
        60..3_600 => format!("{} min {} s", secs / 60, secs % 60),
        3_600..86_400 => format!("{} h {} min", secs / 3_600, secs / 60 % 60),
        _ => format!("{} d {} h", secs / 86_400, secs / 3_600 % 24),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_shows_utc() {
        // 2026-11-21 10:00:00 UTC and 4 min 31.25 s.
        assert_eq!(moment(1_795_255_200_000, Time(271_250_000)), "10:04:31.250");
    }

    #[test]
    fn ages_read_well() {
        for (micros, words) in [
            (87_000, "87 ms"),
            (27_450_000, "27.4 s"),
            (250_000_000, "4 min 10 s"),
            (11_100_000_000, "3 h 5 min"),
            (90_000_000_000, "1 d 1 h"),
        ] {
            assert_eq!(age(micros), words);
        }
    }
}
