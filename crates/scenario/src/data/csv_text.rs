//! CSV as RFC 4180 has it: a header line, commas, quotes doubled inside quotes.

use base::Diagnostic;

use super::{COLUMNS_MAX, Findings, Table, line};

/// Reads the table; findings go to `out`.
pub(super) fn read(text: &str, out: &mut Findings) -> Table {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut record = csv::StringRecord::new();
    let mut table = Table::default();
    let mut rows = 0;
    let mut start = None;
    loop {
        // Valid UTF-8 in memory with any number of cells to a row leaves nothing to fail on.
        if !reader.read_record(&mut record).unwrap_or(false) {
            check_last(text, start.as_ref(), out);
            return table;
        }
        start = record.position().cloned();
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
        let place = line(record.position().map_or(1, csv::Position::line));
        let cells =
            if record.len() == 1 { "1 cell".to_owned() } else { format!("{} cells", record.len()) };
        let message = format!("Row {rows} has {cells}, the header has {width}");
        out.row("DAT-007", place, message, "Commas inside a value need quotes around the value");
    }
}

/// Whether the last record ends inside quotes: what follows an open quote is one long value.
fn check_last(text: &str, start: Option<&csv::Position>, out: &mut Findings) {
    let Some(start) = start else { return };
    let from = usize::try_from(start.byte()).unwrap_or(usize::MAX);
    let last = text.get(from..).unwrap_or_default().trim_start();
    let quotes = last.bytes().filter(|byte| *byte == b'"').count();
    if quotes % 2 == 1 && (last.starts_with('"') || last.contains(",\"")) {
        let help = "Close it; a quote inside quotes is written twice";
        out.error("DAT-014", line(start.line()), "A quote opens here and never closes", help);
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
