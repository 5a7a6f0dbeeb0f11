//! Whether an object can be read as what it is: a line a record, columns, rows.

use std::rc::Rc;

use base::units::{bytes_text, grouped};
use engine::Object;
use serde_json::Value;

use super::content::{Content, Kind};
use crate::why::plural;

/// Content that is read to the end; larger objects are checked up to here.
const CHECKED_BYTES_MAX: usize = 1 << 20;

/// A sentence, and whether it went well.
pub(super) fn check(content: &Content, object: &Object) -> (Rc<str>, bool) {
    if !object.is_kept() {
        let words = "The bucket let the content of this object go to stay within memory";
        return (words.into(), false);
    }
    let window = content.window();
    let head = &window[..window.len().min(CHECKED_BYTES_MAX)];
    let is_whole = content.is_whole() && head.len() == window.len();
    // A line that is cut says nothing about itself.
    let cut = if is_whole { None } else { head.iter().rposition(|byte| *byte == b'\n') };
    let head = &head[..cut.unwrap_or(head.len())];
    let lines = head.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    match &content.kind {
        Kind::Json => check_lines(lines, object.records, is_whole),
        Kind::Csv | Kind::Text => {
            let (count, more) = (lines.count() as u64, if is_whole { "" } else { " and more" });
            let records = plural(object.records, "record", "records");
            let words = format!("{}{more} for {records}", plural(count, "line", "lines"));
            (words.into(), count == object.records || !is_whole)
        }
        Kind::Parquet(rows) => {
            let columns = plural(rows.columns.len() as u64, "column", "columns");
            let words = format!("{} of {columns}", plural(rows.count, "row", "rows"));
            (words.into(), true)
        }
        Kind::Binary => ("No text: columns and lines cannot be told".into(), false),
    }
}

/// JSON documents one after the other. Read as text like everything else: a second reader of JSON,
/// for bytes, would be 6 KB of the page.
fn documents(text: &str) -> impl Iterator<Item = serde_json::Result<Value>> {
    serde_json::Deserializer::from_str(text).into_iter()
}

/// Whether a reader that takes the object line by line finds one JSON document on each.
fn check_lines(
    lines: impl Iterator<Item = impl AsRef<[u8]>>,
    records: u64,
    is_whole: bool,
) -> (Rc<str>, bool) {
    let (mut count, mut good, mut glued) = (0_u64, 0_u64, 0_u64);
    for line in lines {
        count += 1;
        let Ok(line) = str::from_utf8(line.as_ref()) else { continue };
        let mut documents = documents(line);
        match (documents.next(), documents.next()) {
            (Some(Ok(_)), None) => good += 1,
            (Some(Ok(_)), Some(_)) => glued += 1,
            (Some(Err(_)) | None, _) => {}
        }
    }
    let lines = plural(count, "line", "lines");
    let words = if !is_whole {
        let checked = bytes_text(CHECKED_BYTES_MAX as u64);
        format!("{} of {lines} in the first {checked} hold one JSON document", grouped(good))
    } else if glued > 0 || (count < records && good < count) {
        format!(
            "{lines} for {}: objects are glued together; turn on New line after each record",
            plural(records, "record", "records")
        )
    } else if good == count && count == records {
        format!("{lines}, each one JSON document: it reads as lines")
    } else if good == count {
        format!("{lines} of JSON for {}", plural(records, "record", "records"))
    } else {
        format!("{} of {lines} hold one JSON document", grouped(good))
    };
    (words.into(), good == count && (count == records || !is_whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(content: &str, records: u64) -> (Rc<str>, bool) {
        let lines = content.as_bytes().split(|byte| *byte == b'\n');
        check_lines(lines.filter(|line| !line.is_empty()), records, true)
    }

    #[test]
    fn glued_records_are_told() {
        let glued = r#"{"a":1}"#.repeat(612);
        let (words, passed) = check(&glued, 612);
        let expected = "1 line for 612 records: objects are glued together; turn on New line \
                        after each record";
        assert_eq!((&*words, passed), (expected, false));
    }

    #[test]
    fn one_document_a_line_passes() {
        let (words, passed) = check("{\"a\":1}\n{\"a\":2}\n", 2);
        assert_eq!((&*words, passed), ("2 lines, each one JSON document: it reads as lines", true));
        assert!(!check("a,b\nc,d\n", 2).1);
    }
}
