//! How large payloads are: padding, and cutting where that is harmless.

use base::{Rng, sample};
use scenario::kind::{RecordsConfig, SizeRule};

/// Opens a padding member after others.
const MEMBER: &[u8] = b",\"pad\":\"";
/// Opens a padding member in an empty object.
const ONLY_MEMBER: &[u8] = b"\"pad\":\"";

/// Draws sizes and makes payloads that large.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// As the template makes them.
    Template,
    /// Always the same.
    Fixed(u32),
    /// Evenly from the first to the second.
    Uniform(u32, u32),
    /// Log-normal: median and 99th percentile.
    LogNormal(u32, u32),
}

impl Size {
    /// Largest payload, in bytes: the API's own bound (botocore 1.44.5).
    pub const BYTES_MAX: u32 = 10_485_760;

    /// Sizes by these settings.
    #[must_use]
    pub fn new(config: &RecordsConfig) -> Self {
        let (low, high) = (config.size_bytes, config.size_bytes_max);
        match config.size {
            SizeRule::Template => Self::Template,
            SizeRule::Fixed => Self::Fixed(low),
            SizeRule::Uniform => Self::Uniform(low, high),
            SizeRule::LogNormal => Self::LogNormal(low, high),
        }
    }

    /// The size of the next payload; `None` as the template makes it.
    #[inline]
    pub fn draw(self, rng: &mut Rng) -> Option<u32> {
        let drawn = match self {
            Self::Template => return None,
            Self::Fixed(bytes) => return Some(bytes),
            Self::Uniform(low, high) => rng.between(u64::from(low), u64::from(high)),
            Self::LogNormal(median, p99) => {
                sample::log_normal(rng, u64::from(median), u64::from(p99))
            }
        };
        Some(u32::try_from(drawn).unwrap_or(u32::MAX).min(Self::BYTES_MAX))
    }
}

/// Cuts the payload that begins at `from` where that is harmless, and tells how long it is to be
/// once `pad` has padded it. A JSON object is never cut.
#[must_use]
pub fn fit(out: &mut Vec<u8>, from: usize, bytes: u32, json: bool) -> u32 {
    if !json {
        out.truncate(from + bytes as usize);
    }
    bytes.max(u32::try_from(out.len() - from).unwrap_or(u32::MAX))
}

/// Makes the payload that begins at `from` exactly `bytes` long: a JSON object gets a member
/// `pad`, other text gets dots. White space at the end stays at the end.
pub fn pad(out: &mut Vec<u8>, from: usize, bytes: u32) {
    let text = out[from..].trim_ascii();
    let json = text.starts_with(b"{") && text.ends_with(b"}");
    let end = from + out[from..].trim_ascii_end().len();
    let tail = out.split_off(end);
    let want = (from + bytes as usize).saturating_sub(tail.len());
    if json {
        pad_object(out, want);
    } else {
        out.resize(want, b'.');
    }
    out.extend_from_slice(&tail);
}

/// Makes the JSON object at the end longer, so that all is `want` bytes long.
fn pad_object(out: &mut Vec<u8>, want: usize) {
    let empty = out[..out.len() - 1].last() == Some(&b'{');
    let open = if empty { ONLY_MEMBER } else { MEMBER };
    if want < out.len() + open.len() + 1 {
        // Too little room for a member: white space after an object is JSON too.
        out.resize(want, b' ');
        return;
    }
    out.truncate(out.len() - 1);
    out.extend_from_slice(open);
    out.resize(want - 2, b'.');
    out.extend_from_slice(b"\"}");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fitted(text: &str, bytes: u32) -> String {
        let mut out = b"before".to_vec();
        out.extend_from_slice(text.as_bytes());
        let len = fit(&mut out, 6, bytes, text.trim_end().ends_with('}'));
        pad(&mut out, 6, len);
        assert_eq!(out.len(), 6 + len as usize);
        String::from_utf8(out[6..].to_vec()).expect("the sample is ASCII")
    }

    #[test]
    fn objects_stay_json_at_every_size() {
        for text in [r#"{"a":1,"b":"x"}"#, "{}", r#"{"a":{}}"#, "{}\n", " {} \r\n"] {
            for bytes in 0..60 {
                let out = fitted(text, bytes);
                let object: serde_json::Value = serde_json::from_str(&out).expect("valid JSON");
                assert!(object.is_object());
                assert_eq!(out.ends_with('\n'), text.ends_with('\n'));
                assert_eq!(out.len(), text.len().max(bytes as usize), "{out}");
            }
        }
    }

    #[test]
    fn text_is_padded_or_cut() {
        assert_eq!(fitted("click", 8), "click...");
        assert_eq!(fitted("click", 3), "cli");
        assert_eq!(fitted("click", 0), "");
    }

    #[test]
    fn sizes_stay_in_their_range() {
        let mut rng = Rng::from_seed(1);
        assert_eq!(Size::Template.draw(&mut rng), None);
        assert_eq!(Size::Fixed(9).draw(&mut rng), Some(9));
        let sizes: Vec<u32> =
            (0..5_000).filter_map(|_i| Size::Uniform(10, 20).draw(&mut rng)).collect();
        assert_eq!((sizes.iter().min(), sizes.iter().max()), (Some(&10), Some(&20)));
        let tail = (0..5_000)
            .filter_map(|_i| Size::LogNormal(100, 1_000).draw(&mut rng))
            .filter(|size| *size > 1_000)
            .count();
        assert!((20..90).contains(&tail), "{tail}");
    }
}
