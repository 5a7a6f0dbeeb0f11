//! Byte units as AWS counts them: 1 KB = 1,024 B and 1 MB = 1,048,576 B (facts, streams §0).

/// 1,024 bytes.
pub const KIB: u64 = 1_024;
/// 1,048,576 bytes.
pub const MIB: u64 = 1_048_576;
/// 1,073,741,824 bytes.
pub const GIB: u64 = 1_073_741_824;

/// `part` of `whole` in per mille, rounded down; zero when `whole` is zero.
#[must_use]
pub fn permille(part: u64, whole: u64) -> u64 {
    part.saturating_mul(1_000).checked_div(whole).unwrap_or(0)
}

/// A count as people read it: `950`, `1,243`, `64.2 k`, `3.1 M`.
#[must_use]
pub fn count_text(n: u64) -> String {
    match n {
        0..=99_999 => grouped(n),
        100_000..=999_999 => format!("{}.{} k", n / 1_000, n % 1_000 / 100),
        1_000_000..=999_999_999 => format!("{}.{:02} M", n / 1_000_000, n % 1_000_000 / 10_000),
        _ => format!("{}.{:02} G", n / 1_000_000_000, n % 1_000_000_000 / 10_000_000),
    }
}

/// A number with thousands separated by commas: `404,006`.
#[must_use]
pub fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

/// Bytes as people read them: `512 B`, `1.9 KB`, `18.0 MiB`.
#[must_use]
pub fn bytes_text(bytes: u64) -> String {
    let tenths = |unit: u64| {
        let t = bytes.saturating_mul(10) / unit;
        format!("{}.{}", t / 10, t % 10)
    };
    match bytes {
        0..KIB => format!("{bytes} B"),
        KIB..MIB => format!("{} KiB", tenths(KIB)),
        MIB..GIB => format!("{} MiB", tenths(MIB)),
        _ => format!("{} GiB", tenths(GIB)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(grouped(404_006), "404,006");
        assert_eq!(grouped(12), "12");
        assert_eq!(count_text(641_900), "641.9 k");
        assert_eq!(bytes_text(18 * MIB), "18.0 MiB");
        assert_eq!(permille(1, 3), 333);
        assert_eq!(permille(1, 0), 0);
    }
}
