//! Data sets a producer replays: columns, rows, and the checks on the way in.

pub mod csv_rows;
mod csv_text;
#[cfg(test)]
mod data_tests;
mod delimiter;
pub mod instant;
mod json_lines;
mod times;

use std::sync::Arc;

use base::units::{bytes_text, grouped};
use base::{Diagnostic, Place, VecMap, limits, order};

pub use self::delimiter::{Delimiter, Imported};
pub use self::times::{OddTimes, Rows};

/// Findings about single rows before only their number is told.
const ROWS_NAMED_MAX: usize = 20;
/// Columns in a data set: more cannot be shown.
const COLUMNS_MAX: usize = 256;
/// Cells in a data set, about 64 MiB of pointers.
const CELLS_MAX: usize = 4_000_000;

/// How the text of a data set is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataFormat {
    /// A header line, then comma separated values (RFC 4180).
    Csv,
    /// One JSON object a line.
    JsonLines,
}

/// A parsed data set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataSet {
    /// `flights.csv`, or the name of the person's file.
    pub name: String,
    /// How the text was written.
    pub format: DataFormat,
    /// Column names in file order.
    pub columns: Vec<String>,
    /// Cell texts, row by row, `columns.len()` to a row.
    pub cells: Vec<Box<str>>,
    /// The text as it came, for saving inside a document.
    pub text: Arc<str>,
    times: times::Cache,
}

/// Data sets by name.
#[derive(Clone, Debug, Default)]
pub struct DataSets {
    /// All that are at hand.
    pub by_name: VecMap<String, Arc<DataSet>>,
}

impl DataSet {
    /// Reads CSV or JSON lines, told apart by the first character. With the data set come
    /// warnings.
    ///
    /// # Errors
    /// All findings (ragged rows with their numbers, invalid UTF-8, too large, …).
    pub fn parse(name: &str, bytes: &[u8]) -> Result<(Self, Vec<Diagnostic>), Vec<Diagnostic>> {
        let text = text_of(bytes).map_err(|finding| vec![finding])?;
        let mut out = Findings::default();
        let table = match text.trim_start().starts_with('{') {
            true => json_lines::read(text, &mut out),
            false => csv_text::read(text, Delimiter::Comma, &mut out),
        };
        Self::of(name, text, table, out)
    }

    /// The data set of a table with its text, unless something is wrong with it.
    fn of(
        name: &str,
        text: &str,
        table: Table,
        mut out: Findings,
    ) -> Result<(Self, Vec<Diagnostic>), Vec<Diagnostic>> {
        let rows = table.cells.len().checked_div(table.columns.len()).unwrap_or(0);
        if rows == 0 && out.is_good() {
            let help = "After the header line, each line is one record";
            out.error("DAT-004", Place::Document, "There are column names, but no rows", help);
        }
        let findings = out.finish();
        if findings.iter().any(Diagnostic::is_error) {
            return Err(findings);
        }
        let format = match text.trim_start().starts_with('{') {
            true => DataFormat::JsonLines,
            false => DataFormat::Csv,
        };
        let Table { columns, cells } = table;
        let times = times::Cache::new(columns.len());
        let set = Self { name: name.to_owned(), format, columns, cells, text: text.into(), times };
        Ok((set, findings))
    }

    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.cells.len().checked_div(self.columns.len()).unwrap_or(0)
    }

    /// The cells of one row.
    #[must_use]
    pub fn row(&self, row: usize) -> &[Box<str>] {
        let width = self.columns.len();
        self.cells.get(row * width..(row + 1) * width).unwrap_or_default()
    }

    /// The position of a column.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column == name)
    }

    /// The values of a column with the rows that have them, heaviest first, then by value; empty
    /// when there is no such column.
    #[must_use]
    pub fn key_histogram(&self, column: &str) -> Vec<(&str, u64)> {
        let Some(idx) = self.column(column) else { return Vec::new() };
        let rows = self.cells.chunks_exact(self.columns.len());
        let mut values: Vec<&str> = rows.map(|row| &*row[idx]).collect();
        order::sort(&mut values[..]);
        let runs = values.chunk_by(|a, b| a == b);
        let mut pairs: Vec<(&str, u64)> = runs.map(|run| (run[0], run.len() as u64)).collect();
        order::sort_by_key(&mut pairs[..], |(_value, count)| core::cmp::Reverse(*count));
        pairs
    }
}

impl DataSets {
    /// The data sets that come with the program.
    #[must_use]
    pub fn builtin_names() -> &'static [&'static str] {
        &["flights.csv", "earthquakes.csv"]
    }

    /// Whether a data set of this name comes with the program.
    #[must_use]
    pub fn is_builtin(name: &str) -> bool {
        Self::builtin_names().contains(&name)
    }

    /// Adds a data set under its name, in place of an earlier one.
    pub fn add(&mut self, set: Arc<DataSet>) {
        self.by_name.insert(set.name.clone(), set);
    }
}

/// Columns and cells before they have a name.
#[derive(Default)]
struct Table {
    columns: Vec<String>,
    cells: Vec<Box<str>>,
}

/// Findings; of those about single rows only the first are told one by one.
#[derive(Default)]
struct Findings {
    out: Vec<Diagnostic>,
    row_findings: usize,
}

impl Findings {
    fn error(&mut self, code: &'static str, place: Place, message: impl Into<String>, help: &str) {
        self.out.push(Diagnostic::error(code, place, message, help));
    }

    /// An error about one row.
    fn row(&mut self, code: &'static str, place: Place, message: String, help: &str) {
        self.row_findings += 1;
        if self.row_findings <= ROWS_NAMED_MAX {
            self.error(code, place, message, help);
        }
    }

    fn is_good(&self) -> bool {
        self.out.is_empty()
    }

    fn finish(mut self) -> Vec<Diagnostic> {
        let more = self.row_findings.saturating_sub(ROWS_NAMED_MAX);
        if more > 0 {
            let message = format!("{} more rows are wrong in such a way", grouped(more as u64));
            let help = "Mend the first ones and load the file again";
            self.error("DAT-009", Place::Document, message, help);
        }
        self.out
    }

    fn too_wide(&mut self, columns: usize) {
        let message = format!("There are {columns} columns or more");
        self.error("DAT-013", Place::Document, message, "At most 256 fit; leave some out");
    }

    /// Whether there is room for one more row.
    fn room(&mut self, rows: usize, cells: usize) -> bool {
        if rows < limits::DATA_ROWS_MAX as usize && cells <= CELLS_MAX {
            return true;
        }
        let message = format!(
            "There are more than {} rows or {} cells",
            grouped(u64::from(limits::DATA_ROWS_MAX)),
            grouped(CELLS_MAX as u64)
        );
        self.error("DAT-008", Place::Document, message, "Load a part of the file");
        false
    }
}

fn text_of(bytes: &[u8]) -> Result<&str, Diagnostic> {
    let failed = |code, place, message: String, help: &str| {
        Err(Diagnostic::error(code, place, message, help))
    };
    if bytes.len() > limits::DATA_BYTES_MAX as usize {
        // Who reads files stops just beyond the bound, so how long this one is is not known.
        let most = bytes_text(u64::from(limits::DATA_BYTES_MAX));
        let message = format!("The file is larger than {most}");
        return failed("DAT-001", Place::Document, message, "Load a part of the file");
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let text = match core::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let good = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
            let place = crate::format::place_at(&good, good.len());
            let message = format!("This is not UTF-8 text from {place} on");
            return failed("DAT-002", place, message, "Save the file as UTF-8");
        }
    };
    if text.trim().is_empty() {
        let help = "A data set is CSV with a header line, or one JSON object a line";
        return failed("DAT-003", Place::Document, "The file is empty".to_owned(), help);
    }
    Ok(text)
}

fn line(number: u64) -> Place {
    Place::Text { line: u32::try_from(number).unwrap_or(u32::MAX), column: 1 }
}
