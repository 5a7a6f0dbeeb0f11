//! JSON in bounds: what is valid but too large to be held becomes something that can be.
//!
//! A number beyond every float becomes the largest of its sign, and what is nested deeper than any
//! request comes back empty. The service does no less: larger numbers than an `Integer` are its
//! largest (kinesalite), and what it does not know it does not read. Half of a surrogate pair is
//! legal in a JSON string (RFC 8259 §8.2), and no character: it becomes U+FFFD, as with kinesalite.

use std::borrow::Cow;

/// Lists and structures in each other; requests of the API need six.
const NESTING_MAX: u32 = 64;

/// The text with every value in bounds. It must be valid JSON.
pub(crate) fn bounded(json: &str) -> Cow<'_, str> {
    let mut nesting = 0_u32;
    let mut bounded = true;
    let mut out = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(first) = rest.bytes().next() {
        let len = match first {
            b'"' => string_len(rest),
            b'-' | b'0'..=b'9' => number_len(rest),
            _ => rest.chars().next().map_or(1, char::len_utf8),
        };
        let (token, next) = rest.split_at(len);
        rest = next;
        if matches!(first, b']' | b'}') {
            nesting = nesting.saturating_sub(1);
        }
        let is_held = nesting < NESTING_MAX;
        if matches!(first, b'[' | b'{') {
            nesting += 1;
        }
        let held = match first {
            _ if !is_held => Cow::Borrowed(""),
            b'"' => paired(token),
            _ => Cow::Borrowed(in_range(token)),
        };
        bounded &= held == token;
        out.push_str(&held);
    }
    if bounded { Cow::Borrowed(json) } else { Cow::Owned(out) }
}

/// How long the string at the beginning is, quotes included.
fn string_len(text: &str) -> usize {
    let mut escaped = false;
    let end = text.bytes().skip(1).position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    });
    end.map_or(text.len(), |end| end + 2)
}

fn number_len(text: &str) -> usize {
    let inside = |byte: u8| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E');
    text.bytes().position(|byte| !inside(byte)).unwrap_or(text.len())
}

/// A number that a float holds; other tokens are as they are.
fn in_range(token: &str) -> &str {
    match token.parse::<f64>() {
        Ok(number) if number == f64::INFINITY => "1.7976931348623157e308",
        Ok(number) if number == f64::NEG_INFINITY => "-1.7976931348623157e308",
        _ => token,
    }
}

/// A string whose escaped surrogates come in pairs.
fn paired(token: &str) -> Cow<'_, str> {
    const LONE: &str = "\\ufffd";
    let mut out = String::new();
    let mut rest = token;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        let len = match (surrogate(escape), escape.get(6..).and_then(surrogate)) {
            (Some(Half::High), Some(Half::Low)) => 12,
            (Some(_), _) => 6,
            // The character behind a backslash begins no other escape.
            (None, _) => 1 + escape.chars().nth(1).map_or(0, char::len_utf8),
        };
        let (escape, next) = escape.split_at(len);
        out.push_str(before);
        out.push_str(if len == 6 { LONE } else { escape });
        rest = next;
    }
    out.push_str(rest);
    if out == token { Cow::Borrowed(token) } else { Cow::Owned(out) }
}

/// Half of a pair of surrogates.
enum Half {
    High,
    Low,
}

/// Which half the escape at the beginning is, if any.
fn surrogate(text: &str) -> Option<Half> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    match u16::from_str_radix(digits, 16).ok()? {
        0xd800..0xdc00 => Some(Half::High),
        0xdc00..0xe000 => Some(Half::Low),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Escapes of RFC 8259 §7: two halves make a character, one alone is none.
    #[test]
    fn half_a_pair_is_replaced() {
        for (text, expected) in [
            (r#""\ud83d""#, r#""\ufffd""#),
            (r#"{"\ud83d":"\uDE00\ud83d x"}"#, r#"{"\ufffd":"\ufffd\ufffd x"}"#),
            (r#"["\ud83d\ude00","\uD83D\u0041"]"#, r#"["\ud83d\ude00","\ufffd\u0041"]"#),
            (r#""\\ud83d \"é\n\u00e9""#, r#""\\ud83d \"é\n\u00e9""#),
        ] {
            assert_eq!(bounded(text), expected);
            assert!(serde_json::from_str::<serde_json::Value>(&bounded(text)).is_ok(), "{text}");
        }
    }

    #[test]
    fn what_is_in_bounds_stays_as_it_was() {
        for text in
            ["{}", r#"{"a": [1, -2.5e3, "1e400", "\"1e400\\"], "é": null, "b": true}"#, "1e308", ""]
        {
            assert!(matches!(bounded(text), Cow::Borrowed(same) if same == text), "{text}");
        }
    }

    #[test]
    fn numbers_end_at_the_largest() {
        let text = r#"{"a":1e400,"b":[-1E+400],"1e400":"1e400"}"#;
        let largest = "1.7976931348623157e308";
        let expected = format!(r#"{{"a":{largest},"b":[-{largest}],"1e400":"1e400"}}"#);
        assert_eq!(bounded(text), expected);
    }

    #[test]
    fn depth_ends_in_empty_lists() {
        let nested = |depth: usize, inside: &str| {
            format!("{}{inside}{}", "[".repeat(depth), "]".repeat(depth))
        };
        assert_eq!(bounded(&nested(64, "")), nested(64, ""));
        assert_eq!(bounded(&nested(100_000, r#"1,{"a":2}"#)), nested(64, ""));
    }
}
