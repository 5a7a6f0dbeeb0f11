//! CSV without a header, row by row: what `COPY … FORMAT CSV` reads.

use core::str::Utf8Error;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CsvRow<'a> {
    /// The line it begins in, from one.
    pub line: u64,
    /// Its text, without the line feed.
    pub raw: &'a [u8],
    /// Its values; an error when one is no UTF-8.
    pub cells: Result<Vec<String>, Utf8Error>,
}

/// Every row of a text with values between `delimiter`s and quotes doubled inside quotes; empty
/// lines are none.
#[must_use]
pub fn read(text: &[u8], delimiter: u8) -> Vec<CsvRow<'_>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text);
    let mut record = csv::ByteRecord::new();
    let mut rows = Vec::new();
    let place =
        |at: &csv::Position| usize::try_from(at.byte()).unwrap_or(usize::MAX).min(text.len());
    let (mut line, mut counted) = (1, 0);
    // Bytes in memory with any number of values to a row leave nothing to fail on.
    while reader.read_byte_record(&mut record).unwrap_or(false) {
        // The reader counts the end of the row before, and empty lines, to the row behind them.
        let from = record.position().map_or(0, place);
        let ends = text[from..].iter().take_while(|byte| b"\r\n".contains(byte)).count();
        let from = from + ends;
        line += text[counted..from].iter().filter(|byte| **byte == b'\n').count() as u64;
        counted = from;
        let raw = text.get(from..place(reader.position())).unwrap_or_default().trim_ascii_end();
        let value = |cell: &[u8]| core::str::from_utf8(cell).map(str::to_owned);
        rows.push(CsvRow { line, raw, cells: record.iter().map(value).collect() });
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4180 with another separator: quotes, doubled quotes, line feeds inside quotes, an empty
    /// value, a last line without an end.
    #[test]
    fn rows_are_read_as_the_rfc_has_it() {
        let text = b"a|b c|\r\n\"x|\"\"y\"\"\n\"|2|3\n\n7|\xff|9\n1|2";
        let rows = read(text, b'|');
        let lines: Vec<u64> = rows.iter().map(|row| row.line).collect();
        assert_eq!(lines, [1, 2, 5, 6]);
        let cells = |row: usize| rows[row].cells.as_ref().unwrap().join("/");
        assert_eq!(
            (cells(0), cells(1), cells(3)),
            ("a/b c/".into(), "x|\"y\"\n/2/3".into(), "1/2".into())
        );
        assert!(rows[2].cells.is_err());
        assert_eq!(rows[0].raw, b"a|b c|");
        assert_eq!(rows[3].raw, b"1|2");
    }
}
