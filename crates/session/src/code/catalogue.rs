//! The streams, tables and views a script can name, with their columns.

use sql::Dialect;
use sql::ast::{CreateTable, Script, StatementKind, TableElement};
use sql::types::{DataType, LENGTH_MAX};

use super::around::{Around, Outside};

/// Something that rows are selected from or inserted into.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Relation {
    /// Its name, folded.
    pub name: String,
    /// As it is written.
    pub written: String,
    /// What it is.
    pub role: Role,
    /// Its columns: the name as it is written, and the type where it is known.
    pub columns: Vec<(String, Option<DataType>)>,
    /// The column of event time.
    pub time: Option<String>,
}

/// What a relation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Rows come into it from outside.
    Source,
    /// A stream of the script.
    Stream,
    /// A reference table, or a table of Flink.
    Table,
    /// A query with a name.
    View,
}

impl Role {
    /// What stands beside its name.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Source => "source stream",
            Self::Stream => "stream",
            Self::Table => "table",
            Self::View => "view",
        }
    }
}

/// Everything a script can name: sources first, then what it makes, in order.
pub(super) fn relations(dialect: Dialect, around: &Around, script: &Script) -> Vec<Relation> {
    let mut found = Vec::new();
    found.extend(around.streams.iter().map(|it| from_outside(dialect, it, Role::Source)));
    found.extend(around.tables.iter().map(|it| from_outside(dialect, it, Role::Table)));
    for statement in &script.statements {
        let relation = match &statement.kind {
            StatementKind::CreateStream(stream) => {
                let columns = stream
                    .columns
                    .iter()
                    .map(|it| (written(dialect, &dialect.folded(&it.name)), Some(it.data_type)));
                made(dialect, dialect.folded(stream.name.last()), Role::Stream, columns.collect())
            }
            StatementKind::CreateTable(table) => of_table(table),
            StatementKind::CreateView(view) => {
                let columns = view.columns.iter();
                let columns = columns.map(|it| (written(dialect, &dialect.folded(it)), None));
                made(dialect, dialect.folded(view.name.last()), Role::View, columns.collect())
            }
            _ => continue,
        };
        found.push(relation);
    }
    found
}

fn from_outside(dialect: Dialect, it: &Outside, role: Role) -> Relation {
    let columns = it.columns.iter().map(|it| (written(dialect, &it.name), it.data_type));
    let mut relation = made(dialect, it.name.clone(), role, columns.collect());
    if role == Role::Source {
        // As AWS's samples have it.
        relation.written = quoted(dialect, &it.name);
    }
    relation
}

fn made(
    dialect: Dialect,
    name: String,
    role: Role,
    columns: Vec<(String, Option<DataType>)>,
) -> Relation {
    let written = written(dialect, &name);
    Relation { name, written, role, columns, time: None }
}

fn of_table(table: &CreateTable) -> Relation {
    let dialect = Dialect::Flink;
    let mut columns = Vec::new();
    let mut time = None;
    for element in &table.elements {
        match element {
            TableElement::Column(def) | TableElement::Metadata { column: def, .. } => {
                columns.push((written(dialect, &def.name.text), Some(def.data_type)));
            }
            TableElement::Computed { name, .. } => {
                columns.push((written(dialect, &name.text), None));
            }
            TableElement::Watermark { column, .. } => {
                time = Some(written(dialect, &column.text));
            }
            TableElement::PrimaryKey { .. } => {}
        }
    }
    Relation { time, ..made(dialect, table.name.last().text.clone(), Role::Table, columns) }
}

/// A name as a script has to write it: in quotes only where it must be.
pub(super) fn written(dialect: Dialect, name: &str) -> String {
    let is_plain = |c: char| c == '_' || c.is_ascii_alphanumeric();
    let is_kept = dialect == Dialect::Flink || !name.chars().any(char::is_lowercase);
    let begins = name.starts_with(|c: char| c == '_' || c.is_ascii_alphabetic());
    let is_taken = sql::parse::is_reserved(name) || dialect.reserves(name);
    if begins && is_kept && name.chars().all(is_plain) && !is_taken {
        return name.to_owned();
    }
    quoted(dialect, name)
}

fn quoted(dialect: Dialect, name: &str) -> String {
    let quote = dialect.quote();
    let inside = name.replace(quote, &format!("{quote}{quote}"));
    format!("{quote}{inside}{quote}")
}

impl Relation {
    /// The column rows are told apart by: the first text, or the first of all.
    pub(super) fn key(&self) -> Option<&(String, Option<DataType>)> {
        let is_text = |it: &&(String, Option<DataType>)| {
            matches!(it.1, Some(DataType::Varchar(_) | DataType::Char(_)))
        };
        self.columns.iter().find(is_text).or(self.columns.first())
    }

    /// A column that can be summed up.
    pub(super) fn number(&self) -> Option<(&str, DataType)> {
        let mut typed = self.columns.iter().filter_map(|it| Some((it.0.as_str(), it.1?)));
        typed.find(|(_, it)| it.class() == sql::types::Class::Number)
    }
}

/// A type as the Kinesis dialect may write it for a column of an own stream: no wider than it has.
pub(super) fn kinesis_type(data_type: Option<DataType>) -> String {
    match data_type {
        Some(DataType::Varchar(chars)) => DataType::Varchar(chars.min(LENGTH_MAX)).to_string(),
        Some(known) => known.to_string(),
        None => DataType::Varchar(256).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_in_quotes_where_they_must() {
        let names = ["SYM", "sym", "order", "a b", "1A", "ÄB"];
        let kinesis = names.map(|it| written(Dialect::Kinesis, it));
        assert_eq!(kinesis, ["SYM", "\"sym\"", "\"order\"", "\"a b\"", "\"1A\"", "\"ÄB\""]);
        let flink = names.map(|it| written(Dialect::Flink, it));
        assert_eq!(flink, ["SYM", "sym", "`order`", "`a b`", "`1A`", "`ÄB`"]);
    }

    #[test]
    fn a_table_of_flink_knows_its_time() {
        let text = "CREATE TABLE t (k STRING, v INT, n AS v * 2, ts TIMESTAMP(3), \
                    WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)";
        let script = sql::parse_script(text, Dialect::Flink).0;
        let found = relations(Dialect::Flink, &Around::default(), &script);
        assert_eq!(found[0].time.as_deref(), Some("ts"));
        assert_eq!(found[0].columns.len(), 4);
        assert_eq!(found[0].number(), Some(("v", DataType::Integer)));
    }
}
