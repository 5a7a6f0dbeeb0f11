//! CSV as RFC 4180 has it: a header line, commas or what stands for them, quotes doubled inside
//! quotes.

use base::Diagnostic;

use super::{COLUMNS_MAX, Delimiter, Findings, Table, line};

/// Reads the table; findings go to `out`.
pub(super) fn read(text: &str, delimiter: Delimiter, out: &mut Findings) -> Table {
    check_quotes(text, delimiter.byte(), out);
    let mut reader = reader(text, delimiter);
    let mut record = csv::StringRecord::new();
    let mut table = Table::default();
    let mut rows = 0;
    loop {
        // Valid UTF-8 in memory with any number of cells to a row leaves nothing to fail on.
        if !reader.read_record(&mut record).unwrap_or(false) {
            if table.columns.len() == 1 {
                check_gaps(text, out);
            }
            return table;
        }
        if table.columns.is_empty() {
            table.columns = header(&record, out);
            if table.columns.len() > COLUMNS_MAX {
                return table;
            }
            continue;
        }
        if !out.room(rows, table.cells.len()) {
            return table;
        }
        rows += 1;
        let width = table.columns.len();
        if record.len() == width {
            table.cells.extend(record.iter().map(Box::<str>::from));
            continue;
        }
        let place = line(record.position().map_or(1, |at| line_of(text, at)));
        let cells =
            if record.len() == 1 { "1 cell".to_owned() } else { format!("{} cells", record.len()) };
        let message = format!("Row {rows} has {cells}, the header has {width}");
        let help = match delimiter {
            Delimiter::Comma => "Commas inside a value need quotes around the value",
            _ => "A value that contains what separates values needs quotes",
        };
        out.row("DAT-007", place, message, help);
    }
}

/// The line a row begins in: the reader counts empty lines to the row behind them.
fn line_of(text: &str, at: &csv::Position) -> u64 {
    let from = usize::try_from(at.byte()).unwrap_or(usize::MAX).min(text.len());
    let ends = text.as_bytes()[from..].iter().take_while(|byte| b"\r\n".contains(byte));
    at.line() + ends.filter(|byte| **byte == b'\n').count() as u64
}

/// Rows of any width, the header among them.
pub(super) fn reader(text: &str, delimiter: Delimiter) -> csv::Reader<&[u8]> {
    let mut builder = csv::ReaderBuilder::new();
    let builder = builder.has_headers(false).flexible(true).delimiter(delimiter.byte());
    builder.from_reader(text.as_bytes())
}

/// Quotes as RFC 4180 has them: a value in quotes ends where they close, and they do close. A
/// reader that is not strict about it changes values without a word.
fn check_quotes(text: &str, delimiter: u8, out: &mut Findings) {
    let bytes = text.as_bytes();
    let (mut at, mut number) = (0, 1);
    let mut begins_value = true;
    while at < bytes.len() {
        let byte = bytes[at];
        at += 1;
        number += u64::from(byte == b'\n');
        if byte == b'"' && begins_value {
            let opened = number;
            loop {
                match bytes.get(at) {
                    Some(b'"') if bytes.get(at + 1) == Some(&b'"') => at += 1,
                    Some(b'"') => break,
                    Some(byte) => number += u64::from(*byte == b'\n'),
                    None => {
                        let help = "Close it; a quote inside quotes is written twice";
                        let message = "A quote opens here and never closes";
                        return out.error("DAT-014", line(opened), message, help);
                    }
                }
                at += 1;
            }
            at += 1;
            let ends = |byte: &u8| *byte == delimiter || matches!(byte, b'\r' | b'\n');
            if !bytes.get(at).is_none_or(ends) {
                let message = format!("Line {number}: a value goes on behind its closing quote");
                let help = "Put all of it in quotes; a quote inside quotes is written twice";
                out.row("DAT-015", line(number), message, help);
            }
        }
        begins_value = byte == delimiter || matches!(byte, b'\r' | b'\n');
    }
}

/// Where there is one column, an empty line is an empty value to some and nothing to others.
fn check_gaps(text: &str, out: &mut Findings) {
    for (gap, number) in text.trim_end().lines().zip(1_u64..) {
        if gap.is_empty() {
            let message = format!("Line {number} is empty");
            out.row("DAT-016", line(number), message, "Write \"\" for an empty value");
        }
    }
}

fn header(record: &csv::StringRecord, out: &mut Findings) -> Vec<String> {
    let mut columns: Vec<String> = Vec::with_capacity(record.len());
    for (idx, name) in record.iter().map(str::trim).enumerate() {
        if name.is_empty() {
            let number = idx + 1;
            let message = format!("Column {number} has no name");
            let help = format!("It is called `column_{number}` here");
            out.out.push(Diagnostic::warning("DAT-006", line(1), message, help));
            columns.push(format!("column_{number}"));
            continue;
        }
        if columns.iter().any(|column| column == name) {
            let message = format!("There are two columns called `{name}`");
            out.error("DAT-005", line(1), message, "Rename one of them");
        }
        columns.push(name.to_owned());
    }
    if columns.len() > COLUMNS_MAX {
        out.too_wide(columns.len());
    }
    if let [only] = columns.as_slice()
        && (only.contains(';') || only.contains('\t'))
    {
        let message = "There is one column; semicolons or tabs do not separate values";
        let help = "Save the file with commas between the values";
        out.out.push(Diagnostic::warning("DAT-012", line(1), message, help));
    }
    columns
}
