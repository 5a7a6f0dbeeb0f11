//! Redshift: a table of a cluster that `COPY` commands load from objects of a bucket.

use super::redshift_columns::{self, RedshiftColumn};
use super::setting::{settings, words};
use super::spec::{
    Checker, Fidelity, Field, FieldKind, Group, KindSpec, MetricSpec, Stat, field, int, only,
};
use crate::ports::{Direction, Flow, Port};

/// Columns a table can have (Redshift database developer guide, CREATE TABLE).
const COLUMNS_MAX: usize = 1_600;
/// Bytes of an identifier (the same guide, "Names and identifiers").
const NAME_BYTES_MAX: usize = 127;

/// `FORMAT` of the `COPY` command.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CopyFormat {
    /// `JSON 'auto'`: members of an object go to the columns of their names.
    #[default]
    JsonAuto,
    /// `CSV`: values go to the columns in their order.
    Csv,
}

words!(CopyFormat { JsonAuto = "json_auto", Csv = "csv" });

/// Settings of a table and of the `COPY` commands that load it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedshiftConfig {
    /// The table.
    pub table: String,
    /// Its columns: names with types, commas or new lines between them.
    pub columns: String,
    /// `FORMAT`.
    pub format: CopyFormat,
    /// `DELIMITER`: one ASCII character.
    pub delimiter: String,
    /// `GZIP`.
    pub gzip: bool,
    /// `MAXERROR`.
    pub max_error: u32,
    /// What a `COPY` takes, however little it loads.
    pub copy_base_millis: u32,
    /// What it takes for each MiB.
    pub copy_millis_per_mib: u32,
}

settings!(RedshiftConfig {
    table,
    columns,
    format,
    delimiter,
    gzip,
    max_error,
    copy_base_millis,
    copy_millis_per_mib,
});

impl Default for RedshiftConfig {
    fn default() -> Self {
        Self {
            table: "records".to_owned(),
            columns: "key, at, value".to_owned(),
            format: CopyFormat::JsonAuto,
            delimiter: ",".to_owned(),
            gzip: false,
            max_error: 0,
            copy_base_millis: 2_000,
            copy_millis_per_mib: 50,
        }
    }
}

const FIELDS: &[Field] = &[
    field("table", "Table", "", FieldKind::Text { chars_max: 127 }, "", "What `COPY` loads into"),
    field(
        "columns",
        "Columns",
        "",
        FieldKind::Code { chars_max: 32_768 },
        "",
        "`name type`, commas or new lines between them: integer, decimal(10,2), boolean, \
         varchar(20), date, timestamp and others. Without a type a column takes any text",
    ),
    field(
        "format",
        "FORMAT",
        "",
        FieldKind::Choice(&[("json_auto", "JSON 'auto'"), ("csv", "CSV")]),
        "COPY",
        "JSON goes to the columns of the same names, a column without a member is NULL; CSV goes \
         by order and must have a value for every column",
    ),
    only(
        Some(("format", &["csv"])),
        field(
            "delimiter",
            "DELIMITER",
            "",
            FieldKind::Text { chars_max: 1 },
            "COPY",
            "One ASCII character",
        ),
    ),
    field("gzip", "GZIP", "", FieldKind::Bool, "COPY", "Files are compressed with gzip"),
    field(
        "max_error",
        "MAXERROR",
        "rows",
        int(0, 100_000),
        "COPY",
        "So many rows that cannot be read make the whole COPY fail; at 0 the first does",
    ),
    field(
        "copy_base_millis",
        "COPY takes",
        "ms",
        int(1, 3_600_000),
        "Model",
        "However little it loads; one COPY runs at a time",
    ),
    field(
        "copy_millis_per_mib",
        "and per MiB",
        "ms",
        int(0, 600_000),
        "Model",
        "Of the files as they are stored",
    ),
];

/// What a cluster is.
pub(crate) static SPEC: KindSpec = KindSpec {
    kind: "redshift",
    title: "Redshift cluster",
    badge: "COPY",
    stem: "warehouse",
    about: "A table that COPY commands load from files in a bucket, one command after the other",
    group: Group::Targets,
    glyph: "redshift",
    fidelity: Fidelity::Simplified,
    size: (204, 176),
    ports: &[Port { name: "in", direction: Direction::In, flows: &[Flow::Copy], edges_max: 50 }],
    fields: || FIELDS,
    limits: &super::spec::limits::<{ FIELDS.len() }>(FIELDS),
    metrics: &[
        MetricSpec { name: "WriteThroughput", stat: Stat::Sum, unit: "bytes", bad: false },
        MetricSpec { name: "QueryDuration", stat: Stat::Max, unit: "ms", bad: false },
        MetricSpec {
            name: "QueriesCompletedPerSecond",
            stat: Stat::Sum,
            unit: "calls",
            bad: false,
        },
        MetricSpec { name: "STL_LOAD_ERRORS", stat: Stat::Sum, unit: "rows", bad: true },
    ],
    faults: &["down", "slow", "reject", "timeout"],
};

impl RedshiftConfig {
    /// Rules beyond single ranges: what tables and columns may be called, and the delimiter.
    pub fn check(&self, out: &mut Checker<'_>) {
        let help = "Use lower-case letters, digits and `_`, no digit first, 127 at most";
        if !is_identifier(&self.table) {
            let message = format!("`{}` is no name of a table", self.table);
            out.error("SCN-122", "table", message, help);
        }
        let read = self.read_columns();
        if let Some(text) = read.iter().find_map(|column| column.as_ref().err()) {
            let message = format!("`{text}` is no type of a column");
            let help = "Use smallint, integer, bigint, decimal(10,2), real, double precision, \
                        boolean, char(20), varchar(256), date or timestamp; without a type a \
                        column takes any text";
            out.error("SCN-122", "columns", message, help);
        }
        let names: Vec<&str> = read.iter().flatten().map(|column| column.name).collect();
        if let Some(name) = names.iter().find(|name| !is_identifier(name)) {
            out.error("SCN-122", "columns", format!("`{name}` is no name of a column"), help);
        }
        let twice = names.iter().enumerate().find(|(at, name)| names[..*at].contains(name));
        if let Some((_, name)) = twice {
            let message = format!("There are two columns called `{name}`");
            out.error("SCN-122", "columns", message, "Rename one of them");
        }
        if names.len() > COLUMNS_MAX {
            let message = format!("There are {} columns", names.len());
            out.error("SCN-122", "columns", message, "A table has at most 1,600");
        }
        let is_plain =
            |c: char| c.is_ascii() && !c.is_ascii_alphanumeric() && !"\r\n\"".contains(c);
        if self.format == CopyFormat::Csv && !self.delimiter.starts_with(is_plain) {
            let message = format!("`{}` cannot separate values", self.delimiter.escape_debug());
            let help = "Use one ASCII character such as `,` or `|`";
            out.error("SCN-123", "delimiter", message, help);
        }
    }

    fn read_columns(&self) -> Vec<Result<RedshiftColumn<'_>, &str>> {
        redshift_columns::read(&self.columns)
    }

    /// The columns with what they take, in order.
    #[must_use]
    pub fn table_columns(&self) -> Vec<RedshiftColumn<'_>> {
        self.read_columns().into_iter().flatten().collect()
    }
}

/// Standard identifiers, as they are stored: in lower case (Redshift database developer guide,
/// "Names and identifiers").
fn is_identifier(name: &str) -> bool {
    let mut chars = name.chars();
    let first = chars.next().is_some_and(|c| c.is_ascii_lowercase() || c == '_');
    let rest = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '$';
    first && name.len() <= NAME_BYTES_MAX && chars.all(rest)
}
