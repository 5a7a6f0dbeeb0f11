//! The `RecordDeAggregation` processor: several JSON documents or delimited records inside of one
//! (facts, firehose §1.1 and §5). Line feeds between documents are stripped.

use scenario::kind::{Deaggregation, FirehoseConfig};
use serde_json::{Deserializer, Value};

use super::made;
use crate::batch::Record;
use crate::kernel::ctx::Ctx;

/// A record with more inside stays whole.
const PARTS_MAX: usize = 500;

/// The records inside of one; `None` when it stays as it is.
pub(super) fn parts(
    config: &FirehoseConfig,
    record: &Record,
    ctx: &mut Ctx<'_>,
) -> Option<Vec<Record>> {
    let mut data = Vec::new();
    record.append_to(&mut data);
    let parts = match config.deaggregate {
        Deaggregation::None => None,
        Deaggregation::Json => documents(&data),
        Deaggregation::Delimited => Some(pieces(&data, &config.delimiter())),
    };
    let parts = parts.filter(|parts| parts.len() <= PARTS_MAX)?;
    if matches!(parts.as_slice(), [only] if only.len() == data.len()) {
        return None;
    }
    let parts: Vec<_> = parts.into_iter().map(|part| (record, part)).collect();
    Some(made(&parts, ctx))
}

/// JSON documents one after the other; `None` when there is something else.
fn documents(data: &[u8]) -> Option<Vec<&[u8]>> {
    let mut stream = Deserializer::from_slice(data).into_iter::<Value>();
    let mut parts = Vec::new();
    let mut from = 0;
    while let Some(document) = stream.next() {
        document.ok()?;
        let to = stream.byte_offset();
        parts.push(data[from..to].trim_ascii());
        from = to;
        if parts.len() > PARTS_MAX {
            break;
        }
    }
    Some(parts)
}

/// What stands between delimiters; nothing between two of them is no record.
fn pieces<'a>(data: &'a [u8], delimiter: &[u8]) -> Vec<&'a [u8]> {
    if delimiter.is_empty() {
        return vec![data];
    }
    let (mut parts, mut from, mut at) = (Vec::new(), 0, 0);
    while at < data.len() {
        if data[at..].starts_with(delimiter) {
            parts.push(&data[from..at]);
            at += delimiter.len();
            from = at;
        } else {
            at += 1;
        }
    }
    parts.push(&data[from..]);
    parts.retain(|part| !part.is_empty());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Facts, firehose §4 and §5: documents stand back to back or on lines of their own.
    #[test]
    fn json_documents_are_told_apart() {
        let check = |data: &str, parts: Option<&[&str]>| {
            let parts = parts.map(|it| it.iter().map(|part| part.as_bytes()).collect::<Vec<_>>());
            assert_eq!(documents(data.as_bytes()), parts, "{data}");
        };
        check(r#"{"a":1}{"a":2}"#, Some(&[r#"{"a":1}"#, r#"{"a":2}"#]));
        check("{\"a\":1}\n{\"a\":\"}{\"}\n", Some(&[r#"{"a":1}"#, r#"{"a":"}{"}"#]));
        check("[1,2]", Some(&["[1,2]"]));
        check("{\"a\":1} and", None);
    }

    #[test]
    fn delimiters_have_any_length() {
        assert_eq!(pieces(b"a|b||c|", b"|"), [b"a", b"b", b"c"]);
        assert_eq!(pieces(b"a\r\nb\nc", b"\r\n"), [&b"a"[..], b"b\nc"]);
        assert_eq!(pieces(b"abc", b"#"), [b"abc"]);
    }
}
