//! JSON in bounds: what is valid but too large to be held becomes something that can be.
//!
//! A number beyond every float becomes the largest of its sign, and what is nested deeper than any
//! request comes back empty. The service does no less: larger numbers than an `Integer` are its
//! largest (kinesalite), and what it does not know it does not read.

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
        let held = if is_held { in_range(token) } else { "" };
        bounded &= held == token;
        out.push_str(held);
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

#[cfg(test)]
mod tests {
    use super::*;

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
