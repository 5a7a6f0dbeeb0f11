//! The code of SQL applications, and what it is wired to (facts, analytics §1.1, §2). Each problem
//! of the code is told with its own code and place.

use base::Diagnostic;
use sql::Problem;
use sql::feed::TextTable;
use sql::live::{Live, ReferenceTable, Source};
use sql::problem::line_and_column;

use super::place;
use crate::data::DataSet;
use crate::document::{Document, Node};
use crate::kind::{Config, SchemaFault, SqlApplicationConfig};

/// Checks every SQL application of the document.
pub(super) fn check(document: &Document, out: &mut Vec<Diagnostic>) {
    for node in &document.nodes {
        check_one(document, node, out);
    }
}

/// Checks a part, if it is an application.
fn check_one(document: &Document, node: &Node, out: &mut Vec<Diagnostic>) {
    if let Config::SqlApplication(config) = &node.config {
        check_application(document, node, config, out);
    }
}

/// The same for one that is updated: wrong code is what `UpdateApplication` refuses it for (facts,
/// analytics §1.1).
pub(super) fn check_update(document: &Document, node: &Node, out: &mut Vec<Diagnostic>) {
    let from = out.len();
    check_one(document, node, out);
    let code = place(node, Some("code"));
    for finding in out[from..].iter_mut().filter(|it| it.place == code) {
        finding.message = format!("CodeValidationException: {}", finding.message);
    }
}

#[inline(never)]
fn check_application(
    document: &Document,
    node: &Node,
    config: &SqlApplicationConfig,
    out: &mut Vec<Diagnostic>,
) {
    let Some(source) = source(document, node, config, out) else { return };
    let Some(tables) = reference(document, node, config, out) else { return };
    match Live::kinesis(&config.code, &source, tables) {
        Ok(live) => check_outputs(document, node, config, &live, out),
        Err(problems) => tell(node, "code", &config.code, &problems, out),
    }
}

/// What the code of a SQL application is bound to: its source, and its reference table as far as
/// it can be known. Nothing for other parts, and where the schema is wrong.
#[must_use]
#[inline(never)]
pub fn bound_to(document: &Document, node: &Node) -> Option<(Source, Vec<ReferenceTable>)> {
    let Config::SqlApplication(config) = &node.config else { return None };
    // What is wrong is told by `check`.
    let mut out = Vec::new();
    let source = source(document, node, config, &mut out)?;
    Some((source, reference(document, node, config, &mut out).unwrap_or_default()))
}

/// The streams that records come into; nothing when their schema is wrong.
fn source(
    document: &Document,
    node: &Node,
    config: &SqlApplicationConfig,
    out: &mut Vec<Diagnostic>,
) -> Option<Source> {
    let schema = match config.schema() {
        Ok(schema) => schema,
        Err(SchemaFault::RowPath(why)) => {
            let help = "Write `$` for the record itself, or such as `$.rows[0:]`";
            out.push(Diagnostic::error("SCN-172", place(node, Some("row_path")), why, help));
            return None;
        }
        Err(SchemaFault::Columns(problems)) => {
            tell(node, "schema", &config.schema, &problems, out);
            return None;
        }
    };
    Some(Source {
        prefix: config.name_prefix.clone(),
        parallelism: config.input_parallelism,
        schema,
        has_shards: !reads_firehose(document, node),
    })
}

fn reads_firehose(document: &Document, node: &Node) -> bool {
    let mut sources = document.edges_to(node.id).filter_map(|edge| document.node(edge.from.node));
    sources.any(|source| source.config.kind() == "firehose")
}

/// Everything that is wrong with a text, each with its line and column.
fn tell(node: &Node, field: &str, text: &str, problems: &[Problem], out: &mut Vec<Diagnostic>) {
    for problem in problems {
        let (line, column) = line_and_column(text, problem.span);
        let message = format!("Line {line}, column {column}: {}", problem.message);
        let place = place(node, Some(field));
        out.push(Diagnostic::error(problem.code, place, message, &*problem.help));
    }
}

/// The table of reference data, if the application has one; nothing when it cannot be known.
fn reference(
    document: &Document,
    node: &Node,
    config: &SqlApplicationConfig,
    out: &mut Vec<Diagnostic>,
) -> Option<Vec<ReferenceTable>> {
    if config.reference_name.is_empty() {
        return Some(Vec::new());
    }
    let mut wires = document.edges_to(node.id).filter(|edge| edge.to.port == "reference");
    let bucket = wires.next().and_then(|edge| document.node(edge.from.node));
    let mut refuse = |field, message: String, help| {
        out.push(Diagnostic::error("SCN-173", place(node, Some(field)), message, help));
        None
    };
    let Some(Config::Bucket(bucket)) = bucket.map(|bucket| &bucket.config) else {
        let message = format!("`{}` has no bucket to load its reference data from", node.name);
        let help = "Connect an S3 bucket to `reference`, or leave the table's name empty";
        return refuse("reference_name", message, help);
    };
    if bucket.file_key.is_empty() || bucket.file_key != config.reference_key {
        let message = format!("The bucket has no object `{}`", config.reference_key);
        let help = "Give the bucket an object of its own with this key";
        return refuse("reference_key", message, help);
    }
    let Ok((set, _)) = DataSet::parse(&bucket.file_key, bucket.file_text.as_bytes()) else {
        let message = format!("`{}` cannot be read as a table", bucket.file_key);
        let help = "Write CSV with a line of names and at least one row, or JSON lines";
        return refuse("reference_key", message, help);
    };
    let rows = (0..set.rows()).map(|row| set.row(row).iter().map(|it| it.to_string()).collect());
    let text = TextTable {
        name: config.reference_name.clone(),
        rows: rows.collect(),
        columns: set.columns.clone(),
    };
    Some(vec![text.typed()])
}

/// Names are compared letter by letter (facts, analytics §1.1).
fn check_outputs(
    document: &Document,
    node: &Node,
    config: &SqlApplicationConfig,
    live: &Live,
    out: &mut Vec<Diagnostic>,
) {
    let names = || live.outputs().iter().map(|it| it.name.as_str());
    for (output, (name, _)) in config.outputs().into_iter().enumerate() {
        let field = SqlApplicationConfig::output_field(output);
        let port = format!("out_{}", output + 1);
        let is_wired = document.edges_from(node.id).any(|edge| edge.from.port == port);
        if name.is_empty() && is_wired {
            out.push(Diagnostic::warning(
                "SCN-174",
                place(node, Some(field)),
                format!("Nothing goes to `{port}`"),
                "Name the in-application stream whose rows it takes",
            ));
        }
        if is_wired && !name.is_empty() && !names().any(|it| it == name) {
            let known = names().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ");
            out.push(Diagnostic::error(
                "SCN-175",
                place(node, Some(field)),
                format!("The code makes no stream `{name}`"),
                format!("Capital letters count. It makes {known}"),
            ));
        }
    }
}
