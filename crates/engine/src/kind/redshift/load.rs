//! What `COPY` makes of a file: rows, and lines it cannot read (Redshift database developer guide,
//! "COPY from JSON format", "Load error reference").

use std::sync::Arc;

use base::Ring;
use scenario::data::csv_rows;
use scenario::kind::{CopyFormat, RedshiftColumn, RedshiftConfig};
use serde_json::{Deserializer, Value};

use super::cell::{self, Why};
use crate::gzip;
use crate::object::Object;

/// Newest rows that can be queried: a course has no larger table, and a row takes about 1 KB.
const ROWS_KEPT_MAX: u32 = 20_000;
/// Newest load errors that can be looked at.
const ERRORS_KEPT_MAX: u32 = 1_000;
/// `raw_line` of `STL_LOAD_ERRORS` has so many bytes; values are shown no further.
const SHOWN_BYTES: usize = 1_024;
/// The first bytes of every gzip file (RFC 1952).
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// Codes and texts of the load error reference.
const EXTRA_COLUMNS: (u32, &str) = (1202, "Extra column(s) found");
const NO_DELIMITER: (u32, &str) = (1214, "Delimiter not found");
const INVALID_LINE: (u32, &str) = (1216, "Input line is not valid");
const INVALID_UTF8: (u32, &str) = (1220, "String contains invalid or unsupported UTF-8 codepoints");

/// A loaded row.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// NULL where there is none.
    pub(super) cells: Vec<Option<String>>,
}

/// A row of `STL_LOAD_ERRORS`.
#[derive(Clone, Debug)]
pub(super) struct LoadError {
    /// `filename`.
    pub(super) file: Arc<str>,
    pub(super) line: u64,
    /// `colname`, where it is known.
    pub(super) column: String,
    /// `type` and `col_length`.
    pub(super) kind: (&'static str, u32),
    pub(super) raw: String,
    /// `raw_field_value`, where a value is to blame.
    pub(super) value: String,
    /// `err_code` and `err_reason`.
    pub(super) why: Why,
}

/// What a `COPY` has read so far.
#[derive(Clone, Debug)]
pub(super) struct Load {
    /// Rows and their bytes.
    pub(super) rows: (u64, u64),
    /// Load errors and the bytes of their lines.
    pub(super) errors: (u64, u64),
    /// So many of them end it.
    pub(super) errors_max: u64,
    pub(super) newest_rows: Ring<Row>,
    pub(super) newest_errors: Ring<LoadError>,
    /// The file that is being read.
    file: Arc<str>,
}

impl Load {
    /// "If the load returns the `error_count` number of errors or greater, the load fails"; the
    /// default of 0 stands for the first one (Redshift database developer guide, `MAXERROR`).
    pub(super) fn new(max_error: u32) -> Self {
        Self {
            rows: (0, 0),
            errors: (0, 0),
            errors_max: max_error.max(1).into(),
            newest_rows: Ring::new(ROWS_KEPT_MAX),
            newest_errors: Ring::new(ERRORS_KEPT_MAX),
            file: "".into(),
        }
    }

    /// Whether there were too many errors: nothing is read any more.
    pub(super) fn has_failed(&self) -> bool {
        self.errors.0 >= self.errors_max
    }

    /// Reads a file; false when it is not compressed although it should be.
    #[inline(never)]
    pub(super) fn read(&mut self, object: &Object, config: &RedshiftConfig) -> bool {
        let columns = config.table_columns();
        self.file = Arc::clone(&object.key);
        let unpacked;
        let mut text = &*object.bytes;
        if config.gzip {
            if !text.starts_with(&GZIP_MAGIC) {
                return false;
            }
            let bytes_max = usize::try_from(object.raw_bytes).unwrap_or(usize::MAX);
            unpacked = gzip::inflate(text, bytes_max);
            text = &unpacked;
        }
        match config.format {
            CopyFormat::JsonAuto => self.json(text, &columns),
            CopyFormat::Csv => {
                let delimiter = config.delimiter.bytes().next().unwrap_or(b',');
                self.csv(text, delimiter, &columns);
            }
        }
        true
    }

    /// Objects one behind the other, with or without white space between them. Behind text that is
    /// no JSON it goes on with the next line.
    fn json(&mut self, text: &[u8], columns: &[RedshiftColumn<'_>]) {
        let (mut at, mut line, mut counted) = (0, 1, 0);
        loop {
            at += text[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            if at == text.len() || self.has_failed() {
                return;
            }
            line += text[counted..at].iter().filter(|byte| **byte == b'\n').count() as u64;
            counted = at;
            let mut values = Deserializer::from_slice(&text[at..]).into_iter::<Value>();
            let value = values.next().and_then(Result::ok);
            let length = match value {
                Some(_) => values.byte_offset(),
                None => {
                    let line_end = text[at..].iter().position(|byte| *byte == b'\n');
                    line_end.unwrap_or(text.len() - at)
                }
            };
            let raw = &text[at..at + length];
            at += length;
            match value {
                Some(Value::Object(object)) => {
                    let cell =
                        |column: &RedshiftColumn<'_>| object.get(column.name).and_then(shown);
                    self.row(line, columns.iter().map(cell).collect(), raw, columns);
                }
                _ if core::str::from_utf8(raw).is_err() => {
                    self.error(line, None, raw, INVALID_UTF8);
                }
                _ => self.error(line, None, raw, INVALID_LINE),
            }
        }
    }

    /// One value for each column in every row.
    fn csv(&mut self, text: &[u8], delimiter: u8, columns: &[RedshiftColumn<'_>]) {
        for row in csv_rows::read(text, delimiter) {
            if self.has_failed() {
                return;
            }
            let (line, raw) = (row.line, row.raw);
            let Ok(cells) = row.cells else {
                self.error(line, None, raw, INVALID_UTF8);
                continue;
            };
            let last = columns.get(cells.len() - 1).or(columns.last());
            match cells.len().cmp(&columns.len()) {
                core::cmp::Ordering::Less => self.error(line, last, raw, NO_DELIMITER),
                core::cmp::Ordering::Greater => self.error(line, last, raw, EXTRA_COLUMNS),
                core::cmp::Ordering::Equal => {
                    let cells = cells.into_iter().map(Some).collect();
                    self.row(line, cells, raw, columns);
                }
            }
        }
    }

    /// A row is loaded when every value fits its column; of those that do not, the first is told.
    fn row(
        &mut self,
        line: u64,
        mut cells: Vec<Option<String>>,
        raw: &[u8],
        columns: &[RedshiftColumn<'_>],
    ) {
        for (cell, column) in cells.iter().zip(columns) {
            let Some(value) = cell else { continue };
            if let Err(why) = cell::fit(value, column.kind) {
                return self.fail(line, Some(column), (raw, value), why);
            }
        }
        self.rows = (self.rows.0 + 1, self.rows.1 + raw.len() as u64);
        for cell in cells.iter_mut().flatten() {
            cut(cell);
        }
        self.newest_rows.push(Row { cells });
    }

    fn error(
        &mut self,
        line: u64,
        column: Option<&RedshiftColumn<'_>>,
        raw: &[u8],
        (code, reason): (u32, &str),
    ) {
        self.fail(line, column, (raw, ""), (code, reason.to_owned()));
    }

    fn fail(
        &mut self,
        line: u64,
        column: Option<&RedshiftColumn<'_>>,
        (raw, value): (&[u8], &str),
        why: Why,
    ) {
        self.errors = (self.errors.0 + 1, self.errors.1 + raw.len() as u64);
        let mut error = LoadError {
            file: Arc::clone(&self.file),
            line,
            column: column.map_or_else(String::new, |column| column.name.to_owned()),
            kind: column.map_or(("", 0), |column| column.kind.told()),
            raw: String::from_utf8_lossy(raw).into_owned(),
            value: value.to_owned(),
            why,
        };
        cut(&mut error.raw);
        cut(&mut error.value);
        self.newest_errors.push(error);
    }
}

/// A value as a column of text takes it; objects and lists as their JSON.
fn shown(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

fn cut(text: &mut String) {
    text.truncate(text.floor_char_boundary(SHOWN_BYTES));
}
