//! What an object holds: opened as far as it is shown, and recognised by its first bytes.

use std::sync::Arc;

use base::units::bytes_text;
use engine::Formats;
use engine::Object;
use engine::formats::{Codec, Rows};
use scenario::data::csv_rows;

use crate::hud::Form;

/// As much of an object is opened, read and shown.
pub(super) const WINDOW_BYTES: usize = 4 << 20;
/// Rows of a Parquet file that are read.
const ROWS_MAX: u32 = 1_000;
/// A larger Parquet file is not read: its end has to be there before its beginning can be.
const PARQUET_BYTES_MAX: usize = 64 << 20;
/// Data that is compressed twice is opened twice: once by Firehose, once by who put it there.
const LAYERS_MAX: usize = 2;
/// Bytes that decide what an object is: what comes later may still be anything.
const HEAD_BYTES: usize = 4_096;
/// Lines that decide whether text is CSV.
const CSV_LINES: usize = 20;

/// The name of the framing format: what Firehose calls Snappy begins with it.
const SNAPPY_FRAME: &[u8] = b"\xff\x06\x00\x00sNaPpY";

/// What Parquet files and ZIP archives begin with.
const PARQUET: &[u8] = b"PAR1";
const ZIP: &[u8] = b"PK\x03\x04";

/// An opened object.
#[derive(Debug)]
pub(super) struct Content {
    pub(super) kind: Kind,
    /// `gzip`, `gzip in Snappy`; empty when it is stored as it is.
    pub(super) encoding: String,
    /// What of it is not shown and why.
    pub(super) note: String,
    stored: Arc<[u8]>,
    /// What was in it, when it was compressed.
    inner: Option<Vec<u8>>,
    is_cut: bool,
}

/// What bytes are.
#[derive(Debug)]
pub(super) enum Kind {
    Json,
    Csv,
    Text,
    Binary,
    Parquet(Rows),
}

/// Whether only large libraries can open it.
pub(super) fn needs_library(object: &Object) -> bool {
    let heads = [PARQUET, ZIP, SNAPPY_FRAME];
    heads.iter().any(|head| object.bytes.starts_with(head)) || object.key.ends_with(".hsnappy")
}

impl Content {
    pub(super) fn of(object: &Object, formats: Formats) -> Self {
        let mut content = Self {
            kind: Kind::Binary,
            encoding: String::new(),
            note: String::new(),
            stored: Arc::clone(&object.bytes),
            inner: None,
            is_cut: false,
        };
        for _layer in 0..LAYERS_MAX {
            content.open(&object.key, formats);
        }
        content.is_cut |= content.inner.is_none() && content.stored.len() > WINDOW_BYTES;
        content.kind = content.recognise(formats);
        if content.is_cut && !matches!(content.kind, Kind::Parquet(_)) {
            let shown = bytes_text(WINDOW_BYTES as u64);
            content.note = format!("The first {shown} are shown; download it for the rest");
        }
        content
    }

    /// As much of the content as is shown.
    pub(super) fn window(&self) -> &[u8] {
        let bytes: &[u8] = self.inner.as_deref().unwrap_or(&self.stored);
        &bytes[..bytes.len().min(WINDOW_BYTES)]
    }

    pub(super) fn stored(&self) -> &[u8] {
        &self.stored
    }

    /// Whether the window is all of it.
    pub(super) fn is_whole(&self) -> bool {
        !self.is_cut
    }

    /// One layer of compression.
    fn open(&mut self, key: &str, formats: Formats) {
        let bytes: &[u8] = self.inner.as_deref().unwrap_or(&self.stored);
        let is_outer = self.inner.is_none();
        let unpack = |codec| {
            let most = u32::try_from(WINDOW_BYTES).unwrap_or(u32::MAX);
            formats.decompress(codec, bytes, most).map_err(|failure| failure.message)
        };
        let (name, opened) = if bytes.starts_with(&[0x1F, 0x8B]) {
            ("gzip", Ok(engine::gzip::inflate(bytes, WINDOW_BYTES)))
        } else if bytes.starts_with(ZIP) {
            ("ZIP", unpack(Codec::Zip))
        } else if bytes.starts_with(SNAPPY_FRAME) {
            ("Snappy", unpack(Codec::Snappy))
        } else if is_outer && key.ends_with(".hsnappy") {
            ("Hadoop Snappy", unpack(Codec::HadoopSnappy))
        } else {
            return;
        };
        self.encoding = match self.encoding.as_str() {
            "" => name.to_owned(),
            outer => format!("{name} in {outer}"),
        };
        match opened {
            Ok(inner) => {
                self.is_cut = inner.len() >= WINDOW_BYTES;
                self.inner = Some(inner);
            }
            Err(message) => self.note = format!("The {name} content cannot be opened: {message}"),
        }
    }

    fn recognise(&mut self, formats: Formats) -> Kind {
        if self.stored.starts_with(PARQUET) {
            return self.parquet(formats);
        }
        let window = self.window();
        let Some(text) = text(&window[..window.len().min(HEAD_BYTES)]) else { return Kind::Binary };
        let first = text.trim_start().bytes().next();
        if matches!(first, Some(b'{' | b'[')) {
            return Kind::Json;
        }
        // The last line may be cut.
        let whole = if text.len() < window.len() { text.rfind('\n') } else { None };
        let text = &text[..whole.unwrap_or(text.len())];
        let end = text.match_indices('\n').nth(CSV_LINES).map_or(text.len(), |(at, _)| at);
        let rows = csv_rows::read(&text.as_bytes()[..end], b',');
        let width = |row: &csv_rows::CsvRow<'_>| row.cells.as_ref().map_or(0, Vec::len);
        let columns = rows.first().map_or(0, width);
        let is_csv = columns > 1 && rows.iter().all(|row| width(row) == columns);
        if is_csv { Kind::Csv } else { Kind::Text }
    }

    fn parquet(&mut self, formats: Formats) -> Kind {
        if self.stored.len() > PARQUET_BYTES_MAX {
            let most = bytes_text(PARQUET_BYTES_MAX as u64);
            self.note = format!("Parquet files of more than {most} are not read here");
            return Kind::Binary;
        }
        match formats.parquet_rows(&self.stored, ROWS_MAX) {
            Ok(rows) => {
                if rows.count > u64::from(ROWS_MAX) {
                    let (some, all) = (ROWS_MAX.into(), rows.count);
                    let [some, all] = [some, all].map(base::units::grouped);
                    self.note = format!("The first {some} of {all} rows are shown");
                }
                Kind::Parquet(rows)
            }
            Err(failure) => {
                self.note = format!("This Parquet file cannot be read: {}", failure.message);
                Kind::Binary
            }
        }
    }

    /// How it can be shown; the first one is how it is shown first.
    pub(super) fn forms(&self) -> Vec<Form> {
        match self.kind {
            Kind::Json => vec![Form::Table, Form::Json, Form::Lines, Form::Text, Form::Bytes],
            Kind::Csv => vec![Form::Table, Form::Lines, Form::Text, Form::Bytes],
            Kind::Text => vec![Form::Text, Form::Lines, Form::Bytes],
            Kind::Binary => vec![Form::Bytes],
            Kind::Parquet(_) => vec![Form::Table, Form::Schema, Form::Bytes],
        }
    }

    pub(super) fn format(&self) -> &'static str {
        match self.kind {
            Kind::Json => "JSON",
            Kind::Csv => "CSV",
            Kind::Text => "text",
            Kind::Binary => "binary",
            Kind::Parquet(_) => "Parquet",
        }
    }
}

/// Bytes as text; a character that is cut at their end does not matter.
fn text(bytes: &[u8]) -> Option<&str> {
    let head = match str::from_utf8(bytes) {
        Ok(text) => return Some(text),
        Err(error) if error.error_len().is_none() => &bytes[..error.valid_up_to()],
        Err(_) => return None,
    };
    str::from_utf8(head).ok()
}
