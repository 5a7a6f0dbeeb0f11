//! Numbers as cards say them.

use base::units;

/// `61 %`, rounded to the nearest percent.
pub(super) fn percent(permille: u32) -> String {
    format!("{} %", units::grouped(u64::from(permille.saturating_add(5) / 10)))
}

/// `0.2 s`, `27 s`, `1.7 m`, `3.2 h`, `4 d`: two digits that matter.
pub(super) fn age(micros: u64) -> String {
    let tenths = |unit: u64| {
        let n = micros / (unit / 10);
        format!("{}.{}", n / 10, n % 10)
    };
    const SECOND: u64 = 1_000_000;
    match micros {
        0..10_000_000 => format!("{} s", tenths(SECOND)),
        10_000_000..100_000_000 => format!("{} s", micros / SECOND),
        100_000_000..6_000_000_000 => format!("{} m", tenths(60 * SECOND)),
        6_000_000_000..172_800_000_000 => format!("{} h", tenths(3_600 * SECOND)),
        _ => format!("{} d", micros / (86_400 * SECOND)),
    }
}

/// `18.0` of a whole that is given in MiB; `0.02` where tenths would look like nothing.
pub(super) fn mib(bytes: u64) -> String {
    if bytes > 0 && bytes < units::MIB / 10 {
        return format!("0.{:02}", bytes.saturating_mul(100).div_ceil(units::MIB));
    }
    let tenths = bytes.saturating_mul(10) / units::MIB;
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// Bytes in a narrow column: three digits and more need no tenths.
pub(super) fn size(bytes: u64) -> String {
    let text = units::bytes_text(bytes);
    match text.split_once('.') {
        Some((whole, tenths)) if whole.len() > 2 => {
            let unit = tenths.trim_start_matches(|digit: char| digit.is_ascii_digit());
            format!("{whole}{unit}")
        }
        _ => text,
    }
}

/// The first two hexadecimal digits of both ends: `80–BF`.
pub(super) fn range(range: (u128, u128)) -> String {
    format!("{:02X}–{:02X}", range.0 >> 120, range.1 >> 120)
}

/// The same with four digits, for shards that share their first two: `8000–8041`.
pub(super) fn fine_range(range: (u128, u128)) -> String {
    format!("{:04X}–{:04X}", range.0 >> 112, range.1 >> 112)
}

/// `24 h`, `7 d`.
pub(super) fn retention(hours: u32) -> String {
    if hours >= 48 && hours.is_multiple_of(24) {
        format!("{} d", hours / 24)
    } else {
        format!("{hours} h")
    }
}

/// `1 shard`, `4 shards`.
pub(super) fn count(n: u64, noun: &str) -> String {
    let plural = if n == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", units::grouped(n))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_keep_two_digits() {
        for (micros, words) in [
            (0, "0.0 s"),
            (8_400_000, "8.4 s"),
            (27_999_999, "27 s"),
            (102_000_000, "1.7 m"),
            (7_200_000_000, "2.0 h"),
            (300_000_000_000, "3 d"),
        ] {
            assert_eq!(age(micros), words);
        }
    }

    #[test]
    fn shares_ranges_and_counts_read_well() {
        assert_eq!(percent(1_880), "188 %");
        assert_eq!(percent(614), "61 %");
        let quarter = u128::MAX / 4;
        assert_eq!(range((0, quarter)), "00–3F");
        assert_eq!(range((quarter * 2 + 2, u128::MAX)), "80–FF");
        assert_eq!(count(1, "shard"), "1 shard");
        assert_eq!(count(1_204, "object"), "1,204 objects");
        assert_eq!((retention(24), retention(168)), ("24 h".to_owned(), "7 d".to_owned()));
    }

    #[test]
    fn a_nearly_empty_tank_is_told_from_an_empty_one() {
        let kib = units::KIB;
        assert_eq!([0, kib, 17 * kib, 512 * kib].map(mib), ["0.0", "0.01", "0.02", "0.5"]);
    }

    #[test]
    fn sizes_in_a_column_have_three_digits() {
        let kib = units::KIB;
        let sizes = [300, 17 * kib + 300, 247 * kib, 9 * units::MIB];
        assert_eq!(sizes.map(size), ["300 B", "17.2 KiB", "247 KiB", "9.0 MiB"]);
    }
}
