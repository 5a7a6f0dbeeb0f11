//! Looking into JSON text as it stands: numbers keep every digit, members that stand twice show.
//!
//! For text that a parser has found to be JSON; of anything else it says something, never panics.

/// Visits the members of the object with their names unescaped and their values as they stand.
pub fn members<'a>(json: &'a str, visit: &mut dyn FnMut(&str, &'a str)) {
    let bytes = json.as_bytes();
    let Some(mut at) = json.find('{') else { return };
    while let Some(quote) = json.get(at + 1..).and_then(|rest| rest.find('"')) {
        let key_from = at + 2 + quote;
        let key_end = end_of_string(bytes, key_from);
        let Some(colon) = json.get(key_end..).and_then(|rest| rest.find(':')) else { return };
        let from = key_end + colon + 1;
        at = end_of_value(bytes, from);
        let (Some(key), Some(value)) = (json.get(key_from..key_end), json.get(from..at)) else {
            return;
        };
        visit(&unescaped(key), value.trim());
        if bytes.get(at) != Some(&b',') {
            return;
        }
    }
}

/// A number that is a member of the object, with the digits it is written with.
#[must_use]
pub fn number<'a>(json: &'a str, name: &str) -> Option<&'a str> {
    let mut found = None;
    members(json, &mut |key, value| {
        if key == name {
            found = Some(value);
        }
    });
    found.filter(|value| is_number(value))
}

/// Whether a value is a number.
pub(crate) fn is_number(value: &str) -> bool {
    value.starts_with(|c: char| c == '-' || c.is_ascii_digit())
}

/// The position of the quote that closes the string.
pub(crate) fn end_of_string(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    while at < bytes.len() && bytes[at] != b'"' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    at.min(bytes.len().saturating_sub(1))
}

/// The text of a string that stands between quotes.
pub(crate) fn unescaped(text: &str) -> String {
    let plain = !text.contains('\\');
    let read = (!plain).then(|| serde_json::from_str(&format!("\"{text}\"")).ok()).flatten();
    read.unwrap_or_else(|| text.to_owned())
}

/// The position of the comma or bracket behind a value.
fn end_of_value(bytes: &[u8], from: usize) -> usize {
    let (mut at, mut depth) = (from, 0_u32);
    while at < bytes.len() {
        match bytes[at] {
            b'"' => at = end_of_string(bytes, at + 1),
            b'{' | b'[' => depth += 1,
            b'}' | b']' | b',' if depth == 0 => break,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_stand_as_they_are_written() {
        let text = r#" {"a":1.50 , "b\u0031":{"a":[2,"}"]},"c":"x\",","d":-1e2}"#;
        let mut seen = Vec::new();
        members(text, &mut |key, value| seen.push((key.to_owned(), value)));
        let wanted = [("a", "1.50"), ("b1", r#"{"a":[2,"}"]}"#), ("c", r#""x\",""#), ("d", "-1e2")];
        assert_eq!(seen, wanted.map(|(key, value)| (key.to_owned(), value)));
        assert_eq!(number(text, "a"), Some("1.50"));
        assert_eq!(number(text, "d"), Some("-1e2"));
        assert_eq!(number(text, "c"), None);
        members("{}", &mut |key, _| panic!("{key}"));
    }

    /// Cut text is never given here, and does no harm.
    #[test]
    fn cut_text_does_no_harm() {
        let text = r#"{"é":"ü\\","b":[1,{"c":"\u00e9"}],"#;
        for end in (0..=text.len()).filter(|end| text.is_char_boundary(*end)) {
            members(&text[..end], &mut |_, _| {});
        }
    }
}
