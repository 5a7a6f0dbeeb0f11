//! One page of an object in one form: rows, documents, lines, text or bytes.

use std::rc::Rc;

use serde_json::Value;

use super::content::{Content, Kind};
use crate::hud::{Body, Form, Sheet};

/// Rows, lines or records of a page.
const PAGE_ROWS: usize = 50;
/// JSON documents of a page, indented.
const PAGE_DOCUMENTS: usize = 10;
/// Bytes of a page of text, and of a page of bytes.
const PAGE_TEXT: usize = 4_096;
const PAGE_BYTES: usize = 512;
/// Letters of a line, and of a cell.
const LINE_BYTES: usize = 1_024;
const CELL_BYTES: usize = 120;
/// Columns of a table; what JSON has beyond them is seen in its other forms.
const COLUMNS_MAX: usize = 24;
/// A larger document is shown as text, not parsed.
const DOCUMENT_BYTES_MAX: usize = 256 << 10;
const HEX_ROW: usize = 16;

/// Where a page begins.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Start {
    /// Offset in the window; for Parquet a row.
    at: usize,
    /// Rows, lines or bytes before it.
    pub(super) row: u64,
}

/// A page, and where the next one begins when there is one.
pub(super) fn page(content: &Content, form: Form, start: Start) -> (Body, Option<Start>) {
    let window = content.window();
    match (form, &content.kind) {
        (Form::Schema, Kind::Parquet(rows)) => {
            let row = |(name, of): &(String, String)| vec![name.clone(), of.clone()];
            let sheet = Sheet::new(&["column", "type"], rows.columns.iter().map(row).collect());
            (Body::Table(Rc::new(sheet)), None)
        }
        (Form::Table, Kind::Parquet(rows)) => {
            let columns = rows.columns.iter().map(|(name, _)| name.clone().into()).collect();
            let shown = rows.rows.iter().skip(start.at).take(PAGE_ROWS);
            let cells = |row: &Vec<String>| row.iter().map(|cell| cut(cell, CELL_BYTES)).collect();
            let sheet = Sheet { columns, rows: shown.map(cells).collect() };
            let at = start.at + PAGE_ROWS;
            let next = (at < rows.rows.len()).then_some(Start { at, row: at as u64 });
            (Body::Table(Rc::new(sheet)), next)
        }
        (Form::Table, Kind::Csv) => {
            let (lines, next) = lines(window, start);
            (csv(&lines), next)
        }
        (Form::Table, _) => {
            let (documents, next) = documents(window, start, PAGE_ROWS);
            (table(&documents), next)
        }
        (Form::Json, _) => {
            let (documents, next) = documents(window, start, PAGE_DOCUMENTS);
            let text = |found: &Document<'_>| match &found.value {
                Some(value) => format!("{value:#}"),
                None => lossy(found.raw, LINE_BYTES),
            };
            let texts: Vec<String> = documents.iter().map(text).collect();
            (Body::Text(texts.join("\n").into()), next)
        }
        (Form::Lines, _) => {
            let (lines, next) = lines(window, start);
            let shown = lines.iter().map(|line| lossy(line, LINE_BYTES).into()).collect();
            (Body::Lines(start.row + 1, shown), next)
        }
        (Form::Text | Form::Schema, _) => text(window, start),
        (Form::Bytes, _) => hex(content.stored(), start),
    }
}

/// Lines from a place on; empty ones are none.
fn lines(window: &[u8], start: Start) -> (Vec<&[u8]>, Option<Start>) {
    let (mut found, mut at) = (Vec::new(), start.at);
    while found.len() < PAGE_ROWS && at < window.len() {
        let rest = &window[at..];
        let end = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
        if end > 0 {
            found.push(rest[..end].strip_suffix(b"\r").unwrap_or(&rest[..end]));
        }
        at += end + 1;
    }
    let row = start.row + found.len() as u64;
    (found, (at < window.len()).then_some(Start { at, row }))
}

/// A JSON document, or what stands where one was looked for.
pub(super) struct Document<'a> {
    raw: &'a [u8],
    pub(super) value: Option<Value>,
}

/// Documents from a place on, whether a line each or glued together. What is none counts as one
/// up to the end of its line, or to what may be the next one.
pub(super) fn documents(
    window: &[u8],
    start: Start,
    most: usize,
) -> (Vec<Document<'_>>, Option<Start>) {
    let (mut found, mut at) = (Vec::new(), start.at);
    while found.len() < most && at < window.len() {
        let rest = &window[at..];
        let blank = rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let rest = &rest[blank..];
        if rest.is_empty() {
            at = window.len();
            break;
        }
        let text = utf8(&rest[..rest.len().min(DOCUMENT_BYTES_MAX)]);
        let mut stream = serde_json::Deserializer::from_str(text).into_iter::<Value>();
        let value = stream.next().and_then(Result::ok);
        let end = match value {
            Some(_) => stream.byte_offset(),
            None => 1 + rest.iter().skip(1).take_while(|byte| !b"\n{".contains(byte)).count(),
        };
        found.push(Document { raw: &rest[..end], value });
        at += blank + end;
    }
    let is_more = window.get(at..).is_some_and(|rest| !rest.trim_ascii().is_empty());
    let row = start.row + found.len() as u64;
    (found, is_more.then_some(Start { at, row }))
}

/// As much of the bytes as is text.
fn utf8(bytes: &[u8]) -> &str {
    bytes.utf8_chunks().next().map_or("", |chunk| chunk.valid())
}

/// Members of JSON objects as columns, in the order in which they turn up.
fn table(documents: &[Document<'_>]) -> Body {
    let mut columns: Vec<String> = Vec::new();
    let members = documents.iter().filter_map(|found| found.value.as_ref()?.as_object());
    for key in members.flat_map(|object| object.keys()) {
        if columns.len() < COLUMNS_MAX && !columns.contains(key) {
            columns.push(key.clone());
        }
    }
    if columns.is_empty() {
        columns.push("value".to_owned());
    }
    if columns.iter().any(|key| key == RAW_DATA) {
        columns.push(DECODED.to_owned());
    }
    let cells = |found: &Document<'_>| {
        let cell = |key: &String| match &found.value {
            Some(Value::Object(object)) if key == DECODED => decoded(object.get(RAW_DATA)),
            Some(Value::Object(object)) => object.get(key).map_or_else(String::new, plain),
            Some(value) if *key == columns[0] => plain(value),
            None if *key == columns[0] => lossy(found.raw, CELL_BYTES),
            _ => String::new(),
        };
        columns.iter().map(cell).collect()
    };
    let rows = documents.iter().map(cells).collect();
    let columns = columns.iter().map(|key| key.clone().into()).collect();
    Body::Table(Rc::new(Sheet { columns, rows }))
}

/// The record as it came, in the documents Firehose writes of what failed.
const RAW_DATA: &str = "rawData";
/// A column of ours behind theirs.
const DECODED: &str = "rawData, decoded";

/// What was in a record that failed.
fn decoded(raw: Option<&Value>) -> String {
    let bytes = raw.and_then(Value::as_str).and_then(engine::api::from_base64);
    bytes.map_or_else(String::new, |bytes| lossy(&bytes, CELL_BYTES))
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => cut(text, CELL_BYTES),
        other => cut(&other.to_string(), CELL_BYTES),
    }
}

/// Firehose writes no header, so columns have numbers.
fn csv(lines: &[&[u8]]) -> Body {
    let text = lines.join(&b'\n');
    let read = scenario::data::csv_rows::read(&text, b',');
    let cells = |row: &scenario::data::csv_rows::CsvRow<'_>| match &row.cells {
        Ok(cells) => cells.iter().take(COLUMNS_MAX).map(|cell| cut(cell, CELL_BYTES)).collect(),
        Err(_) => vec![lossy(row.raw, CELL_BYTES)],
    };
    let rows: Vec<Vec<String>> = read.iter().map(cells).collect();
    let width = rows.iter().map(Vec::len).max().unwrap_or(1);
    let columns = (1..=width).map(|number| number.to_string().into()).collect();
    Body::Table(Rc::new(Sheet { columns, rows }))
}

fn text(window: &[u8], start: Start) -> (Body, Option<Start>) {
    let rest = &window[start.at.min(window.len())..];
    let mut end = rest.len().min(PAGE_TEXT);
    // Between two characters, when these are characters.
    while end > 0 && end < rest.len() && (rest[end] & 0xC0) == 0x80 {
        end -= 1;
    }
    let at = start.at + end;
    let next = (end > 0 && at < window.len()).then_some(Start { at, row: at as u64 });
    (Body::Text(String::from_utf8_lossy(&rest[..end]).into()), next)
}

/// Offset, bytes, letters: as `hexdump -C` prints.
fn hex(stored: &[u8], start: Start) -> (Body, Option<Start>) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble & 15)]);
    let rest = &stored[start.at.min(stored.len())..];
    let mut out = String::new();
    for (row, bytes) in rest[..rest.len().min(PAGE_BYTES)].chunks(HEX_ROW).enumerate() {
        out += &format!("{:08x} ", start.at + row * HEX_ROW);
        for byte in bytes {
            out.extend([' ', digit(byte >> 4), digit(*byte)]);
        }
        out.extend(core::iter::repeat_n(' ', 3 * (HEX_ROW - bytes.len()) + 2));
        let letter = |byte: &u8| if (32..127).contains(byte) { char::from(*byte) } else { '.' };
        out.extend(bytes.iter().map(letter));
        out.push('\n');
    }
    let at = start.at + PAGE_BYTES;
    (Body::Text(out.into()), (at < stored.len()).then_some(Start { at, row: at as u64 }))
}

fn lossy(bytes: &[u8], most: usize) -> String {
    cut(&String::from_utf8_lossy(&bytes[..bytes.len().min(most)]), most)
}

fn cut(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    let end = (0..=most).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    format!("{}…", &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(body: Body) -> (Vec<String>, Vec<Vec<String>>) {
        let Body::Table(sheet) = body else { panic!("{body:?}") };
        (sheet.columns.iter().map(ToString::to_string).collect(), sheet.rows.clone())
    }

    #[test]
    fn glued_documents_are_rows_as_well_as_lines_are() {
        let glued = br#"{"a":1,"b":"x"}{"a":2}nonsense"#;
        let lined = b"{\"a\":1,\"b\":\"x\"}\n{\"a\":2}\nnonsense\n";
        for window in [&glued[..], lined] {
            let (found, next) = documents(window, Start::default(), 50);
            let (columns, rows) = rows(table(&found));
            assert_eq!(columns, ["a", "b"]);
            assert_eq!(rows, [["1", "x"], ["2", ""], ["nonsense", ""]]);
            assert!(next.is_none());
        }
    }

    /// RFC 4648, section 10: `foobar` is `Zm9vYmFy`.
    #[test]
    fn records_that_failed_are_read_beside_their_base64() {
        let window = br#"{"errorCode":"x","rawData":"Zm9vYmFy"}{"rawData":"no base64"}"#;
        let (found, _) = documents(window, Start::default(), 50);
        let (columns, rows) = rows(table(&found));
        assert_eq!(columns, ["errorCode", "rawData", "rawData, decoded"]);
        assert_eq!(rows, [["x", "Zm9vYmFy", "foobar"], ["", "no base64", ""]]);
    }

    #[test]
    fn pages_follow_each_other_without_a_gap() {
        let content: Vec<u8> = (0..120).flat_map(|n| format!("line {n}\n").into_bytes()).collect();
        let (mut start, mut seen) = (Some(Start::default()), Vec::new());
        while let Some(from) = start {
            assert_eq!(from.row, seen.len() as u64);
            let (found, next) = lines(&content, from);
            seen.extend(found.iter().map(|line| String::from_utf8_lossy(line).into_owned()));
            start = next;
        }
        assert_eq!(seen.len(), 120);
        assert_eq!((&*seen[0], &*seen[119]), ("line 0", "line 119"));
    }

    #[test]
    fn values_with_commas_stay_in_their_column() {
        let (columns, rows) = rows(csv(&[b"gate-1,\"1,5\"", b"gate-2,2"]));
        assert_eq!(columns, ["1", "2"]);
        assert_eq!(rows, [["gate-1", "1,5"], ["gate-2", "2"]]);
    }

    /// As `printf 'Rivulet\n' | hexdump -C` prints it.
    #[test]
    fn bytes_are_printed_as_hexdump_does() {
        let (body, _) = hex(b"Rivulet\n", Start::default());
        let expected = "00000000  52 69 76 75 6c 65 74 0a                          Rivulet.\n";
        assert_eq!(body, Body::Text(expected.into()));
    }
}
