//! Names of objects: `<evaluated prefix><stream>-<version>-<yyyy-MM-dd-HH-mm-ss>-<uuid><ext>`
//! (facts of the Firehose developer guide, "Amazon S3 object name format").
//!
//! All times are the arrival of the oldest record in the object. The custom time zone applies to
//! the prefix; the suffix stays in UTC, which AWS leaves open.

use base::Rng;
use base::calendar::Civil;
use scenario::kind::{FirehoseConfig, FormatConversion};

use super::timestamp;

/// Characters of `!{firehose:random-string}`.
const RANDOM_CHARS: usize = 11;

/// The key of an object whose oldest record arrived at `wall_millis`, which is `local` by the
/// settings; `folder` is the prefix of a partition, to which no time is appended.
pub(super) fn key(
    (config, folder): (&FirehoseConfig, Option<String>),
    (stream, version): (&str, u32),
    (wall_millis, local): (u64, Civil),
    rng: &mut Rng,
) -> String {
    let mut out = folder.unwrap_or_else(|| dated(&config.prefix, local, rng));
    suffix(stream, version, wall_millis, rng, &mut out);
    out.push_str(match (config.file_extension.as_str(), config.convert) {
        ("", FormatConversion::Parquet) => ".parquet",
        ("", FormatConversion::None) => config.compression.extension(),
        (own, _) => own,
    });
    out
}

/// What follows the prefix, without the extension.
pub(super) fn suffix(
    stream: &str,
    version: u32,
    wall_millis: u64,
    rng: &mut Rng,
    out: &mut String,
) {
    out.push_str(stream);
    out.push('-');
    out.push_str(&version.to_string());
    let utc = timestamp::civil(wall_millis, 0);
    timestamp::format("'-'yyyy-MM-dd-HH-mm-ss'-'", utc, out);
    out.push_str(&uuid(rng));
}

/// A prefix with every expression evaluated. Without a timestamp expression `yyyy/MM/dd/HH/` is
/// appended, and no slash is put before it.
pub(super) fn dated(prefix: &str, at: Civil, rng: &mut Rng) -> String {
    let (mut out, has_time) = evaluate(prefix, at, "", rng);
    if !has_time {
        timestamp::format("yyyy/MM/dd/HH/", at, &mut out);
    }
    out
}

/// A prefix with its expressions evaluated, and whether one of them was a timestamp.
pub(super) fn evaluate(
    prefix: &str,
    at: Civil,
    error_output_type: &str,
    rng: &mut Rng,
) -> (String, bool) {
    let mut out = String::new();
    let mut rest = prefix;
    let mut has_time = false;
    while let Some((literal, opened)) = rest.split_once("!{") {
        let Some(end) = closing(opened) else { break };
        let (expression, after) = (&opened[..end], &opened[end + 1..]);
        out.push_str(literal);
        match expression.split_once(':') {
            Some(("timestamp", pattern)) => {
                timestamp::format(pattern, at, &mut out);
                has_time = true;
            }
            Some(("firehose", "random-string")) => {
                out.push_str(&hex(rng)[..RANDOM_CHARS]);
            }
            Some(("firehose", "error-output-type")) => out.push_str(error_output_type),
            // Validation refuses everything else; what is kept all the same stands for itself.
            _ => out.push_str(&rest[literal.len()..rest.len() - after.len()]),
        }
        rest = after;
    }
    out.push_str(rest);
    (out, has_time)
}

/// The brace that closes an expression: the first one outside single quotes.
fn closing(opened: &str) -> Option<usize> {
    let mut quoted = false;
    opened.find(|c| {
        quoted ^= c == '\'';
        c == '}' && !quoted
    })
}

/// 16 hexadecimal digits.
fn hex(rng: &mut Rng) -> String {
    format!("{:016x}", rng.word64())
}

/// A random UUID, version 4 (RFC 9562).
pub(super) fn uuid(rng: &mut Rng) -> String {
    let high = (rng.word64() & !0xf000) | 0x4000;
    let low = (rng.word64() & !(0b11 << 62)) | (0b10 << 62);
    let (high, low) = (format!("{high:016x}"), format!("{low:016x}"));
    format!("{}-{}-{}-{}-{}", &high[..8], &high[8..12], &high[12..], &low[..4], &low[4..])
}

#[cfg(test)]
mod tests {
    use scenario::kind::Compression;

    use super::*;
    use crate::formats::Formats;

    /// 2018-08-27T10:30:00Z, the instant of AWS's own examples.
    const AT: u64 = 1_535_365_800_000;

    fn local(time_zone: &str) -> Civil {
        let config = FirehoseConfig { time_zone: time_zone.into(), ..FirehoseConfig::default() };
        timestamp::local(&config, AT, Formats::none())
    }

    fn prefix_of(prefix: &str, time_zone: &str) -> String {
        dated(prefix, local(time_zone), &mut Rng::from_seed(1))
    }

    /// The examples of "Custom prefixes for Amazon S3 objects".
    #[test]
    fn prefixes_match_the_published_examples() {
        assert_eq!(prefix_of("", "UTC"), "2018/08/27/10/");
        assert_eq!(prefix_of("a/", "UTC"), "a/2018/08/27/10/");
        assert_eq!(prefix_of("logs", "UTC"), "logs2018/08/27/10/");
        assert_eq!(prefix_of("!{timestamp:yyyy/MM/dd}", "UTC"), "2018/08/27");
        assert_eq!(prefix_of("", "-11:00"), "2018/08/26/23/");
        assert_eq!(prefix_of("!{timestamp:'{'yyyy'}'}/", "UTC"), "{2018}/");
        let random = prefix_of("myFirehose/y=!{timestamp:yyyy}/r=!{firehose:random-string}/", "");
        let digits = random.strip_prefix("myFirehose/y=2018/r=").unwrap();
        let digits = digits.strip_suffix('/').unwrap();
        assert_eq!(digits.len(), 11);
        assert!(digits.bytes().all(|b| b.is_ascii_hexdigit()), "{digits}");
    }

    #[test]
    fn every_random_string_is_new() {
        let text = prefix_of("!{firehose:random-string}!{firehose:random-string}", "UTC");
        let (one, two) = (&text[..11], &text[11..22]);
        assert_ne!(one, two);
        assert_eq!(&text[22..], "2018/08/27/10/");
    }

    #[test]
    fn an_unfinished_expression_stands_for_itself() {
        assert_eq!(prefix_of("a!{timestamp", "UTC"), "a!{timestamp2018/08/27/10/");
        assert_eq!(prefix_of("a!{x:y}/", "UTC"), "a!{x:y}/2018/08/27/10/");
    }

    #[test]
    fn names_carry_stream_version_time_and_a_version_4_uuid() {
        let config = FirehoseConfig { compression: Compression::Gzip, ..FirehoseConfig::default() };
        let key = key((&config, None), ("to-s3", 3), (AT, local("UTC")), &mut Rng::from_seed(9));
        let rest = key.strip_prefix("2018/08/27/10/to-s3-3-2018-08-27-10-30-00-").unwrap();
        let uuid = rest.strip_suffix(".gz").unwrap();
        let groups: Vec<_> = uuid.split('-').map(str::len).collect();
        assert_eq!(groups, [8, 4, 4, 4, 12]);
        assert_eq!(uuid.as_bytes()[14], b'4', "version");
        assert!(b"89ab".contains(&uuid.as_bytes()[19]), "variant");
    }
}
