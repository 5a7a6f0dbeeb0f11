//! Records of delimited columns. A field in double quotes may hold delimiters; two quotes inside
//! stand for one.

use serde_json::Value as Json;

use super::{InputColumn, ROWS_MAX, RowFound, column_of};
use crate::types::Class;
use crate::value::Value;

/// The rows of a text. What lacks at the end of a row is NULL, and so is an empty field that is no
/// text; what a row has too much is left out.
pub(super) fn rows(
    text: &str,
    row_delimiter: &str,
    column_delimiter: &str,
    columns: &[InputColumn],
) -> Vec<RowFound> {
    let mut out = Vec::new();
    let mut rest = text;
    while !rest.is_empty() && out.len() < ROWS_MAX {
        let mut fields = Vec::new();
        loop {
            let (field, behind) = field(rest, row_delimiter, column_delimiter);
            fields.push(field);
            if let Some(behind) = strip(behind, column_delimiter) {
                rest = behind;
                continue;
            }
            rest = strip(behind, row_delimiter).unwrap_or_default();
            break;
        }
        // A blank line is none.
        if fields.len() > 1 || fields.iter().any(|it| !it.trim().is_empty()) {
            out.push(row(fields, columns));
        }
    }
    out
}

fn row(fields: Vec<String>, columns: &[InputColumn]) -> RowFound {
    let mut fields = fields.into_iter();
    let value = |column: &InputColumn| {
        let Some(field) = fields.next() else { return Ok(Value::Null) };
        if field.is_empty() && column.data_type.class() != Class::Text {
            return Ok(Value::Null);
        }
        column_of(&Json::String(field), column.data_type)
            .map_err(|why| format!("Column {}: {why}", column.name))
    };
    columns.iter().map(value).collect()
}

/// One field, and what stands behind it: a delimiter or nothing.
fn field<'a>(text: &'a str, row: &str, column: &str) -> (String, &'a str) {
    let mut out = String::new();
    let mut rest = text;
    if let Some(quoted) = text.strip_prefix('"') {
        rest = quoted;
        while let Some((before, behind)) = rest.split_once('"') {
            out.push_str(before);
            rest = behind;
            match behind.strip_prefix('"') {
                Some(more) => rest = more,
                None => break,
            }
            out.push('"');
        }
    }
    let end =
        [row, column].iter().filter(|it| !it.is_empty()).filter_map(|it| rest.find(*it)).min();
    let (last, behind) = rest.split_at(end.unwrap_or(rest.len()));
    // Lines may end as on Windows.
    let ends_line = !behind.starts_with(column) || column.is_empty();
    out.push_str(if ends_line { last.strip_suffix('\r').unwrap_or(last) } else { last });
    (out, behind)
}

/// What stands behind a delimiter; none where it does not stand, or is none.
fn strip<'a>(text: &'a str, delimiter: &str) -> Option<&'a str> {
    if delimiter.is_empty() { None } else { text.strip_prefix(delimiter) }
}
