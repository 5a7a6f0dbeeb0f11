//! Producers that replay a data set: the set and its columns exist.

use base::Diagnostic;

use super::place;
use crate::data::{DataSet, DataSets, Rows};
use crate::document::{Document, Node};
use crate::kind::{RecordsConfig, Source};

/// Checks a part, if it replays.
pub(super) fn check(document: &Document, node: &Node, data: &DataSets, out: &mut Vec<Diagnostic>) {
    if let Some(config) = node.config.records()
        && config.source == Source::Data
    {
        check_one(document, node, config, data, out);
    }
}

#[inline(never)]
fn check_one(
    document: &Document,
    node: &Node,
    config: &RecordsConfig,
    data: &DataSets,
    out: &mut Vec<Diagnostic>,
) {
    let mut error = |code: &'static str, field: &str, message: String, help: String| {
        out.push(Diagnostic::error(code, place(node, Some(field)), message, help));
    };
    let inline = document.data.iter().find(|set| set.name == config.data);
    let Some(set) = inline.or_else(|| data.by_name.get(&config.data)) else {
        let message = match config.data.as_str() {
            "" => "No data set is chosen".to_owned(),
            name => format!("The data set `{name}` is not at hand"),
        };
        let builtin = DataSets::builtin_names().join("`, `");
        let help = format!("Choose `{builtin}`, or load the file again: your own stay with you");
        error("SCN-042", "data", message, help);
        return;
    };
    let columns = columns_text(set);
    if config.key_column.is_empty() {
        let help = format!("Choose one of {columns}");
        error("SCN-043", "key_column", "No key column is chosen".to_owned(), help);
    }
    for (field, column) in
        [("key_column", &config.key_column), ("time_column", &config.time_column)]
    {
        if !column.is_empty() && set.column(column).is_none() {
            let message = format!("`{}` has no column `{column}`", set.name);
            error("SCN-044", field, message, format!("Choose one of {columns}"));
        }
    }
    check_times(node, set, &config.time_column, out);
    check_lengths(node, set, config, out);
}

/// A key that Kinesis would refuse is told before a whole call is refused because of it.
fn check_lengths(node: &Node, set: &DataSet, config: &RecordsConfig, out: &mut Vec<Diagnostic>) {
    let longest = config.key_chars_max();
    let column = &config.key_column;
    let long = set.column(column).map(|at| set.long_cells(at, longest)).unwrap_or_default();
    if long.count > 0 {
        let rows = long.text();
        out.push(Diagnostic::error(
            "SCN-084",
            place(node, Some("key_column")),
            format!(
                "`{column}` of `{}`, {rows}: a key of more than {longest} characters",
                set.name
            ),
            format!("Kinesis takes partition keys of 1 to 256 characters; here 1 to {longest} fit"),
        ));
    }
}

/// Rows whose times cannot be kept are sent all the same; the person learns which.
fn check_times(node: &Node, set: &DataSet, column: &str, out: &mut Vec<Diagnostic>) {
    let Some(odd) = set.column(column).and_then(|column| set.odd_times(column)) else { return };
    let place = place(node, Some("time_column"));
    let told = |rows: &Rows| format!("`{column}` of `{}`, {}", set.name, rows.text());
    let unreadable = odd.unreadable.count;
    if unreadable > 0 {
        let message = format!("{}: no time that can be read", told(&odd.unreadable));
        let help = "Write ISO 8601 such as 2026-11-21T10:00:00Z, or seconds or milliseconds since \
                    1970";
        out.push(if unreadable == set.rows() {
            Diagnostic::error("SCN-073", place.clone(), message, help)
        } else {
            let help = format!("{help}; these rows go with the row before them");
            Diagnostic::warning("SCN-073", place.clone(), message, help)
        });
    }
    if odd.back.count > 0 {
        let message = format!("{}: the time goes backwards", told(&odd.back));
        let help = format!("These rows are sent at once; sort the file by `{column}`");
        out.push(Diagnostic::warning("SCN-074", place, message, help));
    }
}

fn columns_text(set: &DataSet) -> String {
    let shown: Vec<String> =
        set.columns.iter().take(20).map(|column| format!("`{column}`")).collect();
    shown.join(", ")
}
