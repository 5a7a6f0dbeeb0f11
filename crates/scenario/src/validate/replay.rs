//! Producers that replay a data set: the set and its columns exist.

use base::Diagnostic;

use super::place;
use crate::data::{DataSet, DataSets};
use crate::document::{Document, Node};
use crate::kind::{Config, ProducerConfig, Source};

/// Checks every producer that replays.
pub(super) fn check(document: &Document, data: &DataSets, out: &mut Vec<Diagnostic>) {
    for node in &document.nodes {
        if let Config::Producer(config) = &node.config
            && config.source == Source::Data
        {
            check_one(document, node, config, data, out);
        }
    }
}

fn check_one(
    document: &Document,
    node: &Node,
    config: &ProducerConfig,
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
}

fn columns_text(set: &DataSet) -> String {
    let shown: Vec<String> =
        set.columns.iter().take(20).map(|column| format!("`{column}`")).collect();
    shown.join(", ")
}
