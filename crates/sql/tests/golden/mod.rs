//! Golden files of the Kinesis dialect: `tests/sql/kinesis/*.sqlt`.

use std::fs;
use std::path::{Path, PathBuf};

use sql::feed::{Feed, Rows, TextTable};

/// A script, its input and what the facts say of it.
#[derive(Debug, Default)]
pub(crate) struct Golden {
    /// Statements.
    pub(crate) script: String,
    /// Rows and tables.
    pub(crate) feed: Feed,
    /// Rows or codes, by hand.
    pub(crate) facts: Vec<String>,
    /// Rows of one moment come as the facts are written.
    pub(crate) in_order: bool,
}

/// Reads a golden.
pub(crate) fn read(text: &str) -> Golden {
    let mut golden = Golden::default();
    let mut section = String::new();
    for line in text.lines() {
        if let Some(title) = line.strip_prefix("--- ") {
            section = title.to_owned();
            golden.in_order |= section == "facts in order";
            if let Some(name) = section.strip_prefix("input ") {
                golden.feed.inputs.push(Rows { name: name.to_owned(), rows: Vec::new() });
            }
            if let Some(name) = section.strip_prefix("reference ") {
                let (name, columns, rows) = (name.to_owned(), Vec::new(), Vec::new());
                golden.feed.tables.push(TextTable { name, columns, rows });
            }
            if let Some(time) = section.strip_prefix("until ") {
                golden.feed.until = Some(base::calendar::parse(time).expect("a time"));
            }
            continue;
        }
        match section.split(' ').next().unwrap_or_default() {
            "script" => golden.script.push_str(&format!("{line}\n")),
            "input" if !line.is_empty() => {
                let row = serde_json::from_str(line).expect("a JSON object");
                golden.feed.inputs.last_mut().expect("an input").rows.push(row);
            }
            "reference" if !line.is_empty() => {
                let table = golden.feed.tables.last_mut().expect("a table");
                let cells: Vec<String> = line.split(',').map(str::to_owned).collect();
                if table.columns.is_empty() {
                    table.columns = cells;
                } else {
                    table.rows.push(cells);
                }
            }
            "facts" if !line.is_empty() => golden.facts.push(line.to_owned()),
            _ => {}
        }
    }
    golden
}

/// The files, sorted.
pub(crate) fn paths() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/sql/kinesis");
    let entries = fs::read_dir(folder).expect("tests/sql/kinesis");
    let mut all: Vec<PathBuf> = entries.map(|it| it.expect("a golden").path()).collect();
    all.sort();
    all
}
