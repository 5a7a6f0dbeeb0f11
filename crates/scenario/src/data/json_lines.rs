//! JSON lines: one object a line; the columns are the keys in order of first appearance.

use base::Place;
use serde_json::{Map, Value};

use super::{CELLS_MAX, COLUMNS_MAX, Findings, Table};
use crate::raw;

/// Reads the table; findings go to `out`.
pub(super) fn read(text: &str, out: &mut Findings) -> Table {
    let mut rows: Vec<Map<String, Value>> = Vec::new();
    let mut columns: Vec<String> = Vec::new();
    for (idx, text) in text.lines().enumerate() {
        if text.trim().is_empty() {
            continue;
        }
        if !out.room(rows.len(), rows.len() * columns.len()) {
            return Table::default();
        }
        let number = u32::try_from(idx + 1).unwrap_or(u32::MAX);
        let Some(row) = object(text, number, out) else { continue };
        for key in row.keys() {
            if !columns.contains(key) {
                columns.push(key.clone());
            }
        }
        if columns.len() > COLUMNS_MAX {
            out.too_wide(columns.len());
            return Table::default();
        }
        rows.push(row);
    }
    if rows.len() * columns.len() > CELLS_MAX {
        out.room(rows.len(), rows.len() * columns.len());
        return Table::default();
    }
    let mut cells = Vec::with_capacity(rows.len() * columns.len());
    for row in &rows {
        cells.extend(columns.iter().map(|column| cell(row.get(column))));
    }
    Table { columns, cells }
}

fn object(text: &str, line: u32, out: &mut Findings) -> Option<Map<String, Value>> {
    match serde_json::from_str(text) {
        Ok(Value::Object(mut map)) => {
            // A number is a text here: as it is written, whatever a computer makes of it.
            raw::members(text, &mut |key, value| {
                if let Some(cell) = map.get_mut(key)
                    && raw::is_number(value)
                {
                    *cell = Value::String(value.to_owned());
                }
            });
            Some(map)
        }
        Ok(_other) => {
            let message = format!("Line {line} is not an object");
            let help = "Each line is one object, such as {\"carrier\": \"UA\"}";
            out.row("DAT-011", Place::Text { line, column: 1 }, message, help);
            None
        }
        Err(error) => {
            let words = error.to_string();
            let words = words.split(" at line ").next().unwrap_or_default();
            let bytes = text.get(..error.column().saturating_sub(1)).unwrap_or(text);
            let column = u32::try_from(bytes.chars().count() + 1).unwrap_or(u32::MAX);
            let message = format!("Line {line} is not JSON: {words}");
            let help = "Each line is one whole object; lines are not joined by commas";
            out.row("DAT-010", Place::Text { line, column }, message, help);
            None
        }
    }
}

/// Text and numbers as they are, nothing for null, JSON for all else.
fn cell(value: Option<&Value>) -> Box<str> {
    match value {
        None | Some(Value::Null) => Box::from(""),
        Some(Value::String(text)) => text.as_str().into(),
        Some(other) => other.to_string().into(),
    }
}
