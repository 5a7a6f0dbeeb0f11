//! What stands between the values of a person's file, and taking such a file in.
//!
//! A document has RFC 4180 with commas and nothing else: a file with other separators is checked as
//! it is, so that findings name its own lines, and then written anew with commas.

use base::Diagnostic;

use super::{DataSet, Findings, Table, csv_text, json_lines, text_of};

/// Lines that are looked at.
const LINES: usize = 20;

/// What stands between two values of a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Delimiter {
    /// As in RFC 4180.
    #[default]
    Comma,
    /// As spreadsheets write where the comma stands in numbers.
    Semicolon,
    /// Tab-separated values.
    Tab,
    /// `|`.
    Pipe,
}

/// A person's file as far as it was understood.
#[derive(Debug)]
pub struct Imported {
    /// What separates its values; nothing for JSON lines.
    pub delimiter: Option<Delimiter>,
    /// The data set with commas, and warnings; or all that is wrong.
    pub result: Result<(DataSet, Vec<Diagnostic>), Vec<Diagnostic>>,
}

impl Delimiter {
    /// All there are, the most usual first.
    pub const ALL: [Self; 4] = [Self::Comma, Self::Semicolon, Self::Tab, Self::Pipe];

    /// Its letter.
    #[must_use]
    pub const fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Tab => b'\t',
            Self::Pipe => b'|',
        }
    }

    /// Its name: `commas`.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Comma => "commas",
            Self::Semicolon => "semicolons",
            Self::Tab => "tabs",
            Self::Pipe => "vertical bars",
        }
    }

    /// The one that cuts the most of the first lines into as many values as the header has, and of
    /// several the one with most values; commas where none does.
    #[must_use]
    pub fn detect(text: &str) -> Self {
        let mut best = (0, 0, Self::Comma);
        for delimiter in Self::ALL {
            let (lines, width) = agreement(text, delimiter);
            if width > 1 && (lines, width) > (best.0, best.1) {
                best = (lines, width, delimiter);
            }
        }
        best.2
    }
}

/// How many of the first lines have as many values as the header, and how many these are.
fn agreement(text: &str, delimiter: Delimiter) -> (usize, usize) {
    let mut reader = csv_text::reader(text, delimiter);
    let widths: Vec<usize> = reader.records().take(LINES).flatten().map(|it| it.len()).collect();
    let width = widths.first().copied().unwrap_or(0);
    (widths.iter().filter(|it| **it == width).count(), width)
}

impl DataSet {
    /// Reads a person's file; without a delimiter, with the one its first lines have.
    #[must_use]
    pub fn import(name: &str, bytes: &[u8], delimiter: Option<Delimiter>) -> Imported {
        let text = match text_of(bytes) {
            Ok(text) => text,
            Err(finding) => return Imported { delimiter, result: Err(vec![finding]) },
        };
        let mut out = Findings::default();
        if text.trim_start().starts_with('{') {
            let table = json_lines::read(text, &mut out);
            return Imported { delimiter: None, result: Self::of(name, text, table, out) };
        }
        let delimiter = delimiter.unwrap_or_else(|| Delimiter::detect(text));
        let table = csv_text::read(text, delimiter, &mut out);
        let result = match delimiter {
            Delimiter::Comma => Self::of(name, text, table, out),
            _ => {
                let text = with_commas(&table);
                Self::of(name, &text, table, out)
            }
        };
        Imported { delimiter: Some(delimiter), result }
    }
}

/// The table as RFC 4180 has it.
fn with_commas(table: &Table) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let cells = table.cells.chunks_exact(table.columns.len().max(1));
    // Rows of one width in memory leave nothing to fail on.
    let written = writer.write_record(&table.columns).and_then(|()| {
        cells.into_iter().try_for_each(|row| writer.write_record(row.iter().map(|it| &**it)))
    });
    let bytes = written.ok().and_then(|()| writer.into_inner().ok()).unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}
