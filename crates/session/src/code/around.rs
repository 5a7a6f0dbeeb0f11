//! What a script finds in its application: the streams and tables it does not make itself.

use scenario::kind::{Field, FieldKind};
use scenario::{Document, Node, validate};
use sql::Dialect;
use sql::live::{Column, Live, ReferenceTable, Source};
use sql::translate::Declared;

/// The setting of a part that is a script, with its dialect.
pub(super) fn field_of(node: &Node) -> Option<(&'static Field, Dialect)> {
    node.spec().fields().iter().find_map(|field| match field.kind {
        FieldKind::Sql { dialect, .. } => Some((field, dialect)),
        _ => None,
    })
}

/// Columns every source has behind those of its schema (facts, analytics §1.2).
pub(super) const OF_ARRIVAL: [&str; 4] =
    ["APPROXIMATE_ARRIVAL_TIME", "SHARD_ID", "PARTITION_KEY", "SEQUENCE_NUMBER"];

/// A stream or table from outside.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Outside {
    /// Its name, letter by letter.
    pub name: String,
    /// Its columns.
    pub columns: Vec<Column>,
}

/// Everything from outside.
#[derive(Clone, Debug, Default)]
pub(super) struct Around {
    /// What the script is bound to, where its part says so.
    pub bound_to: Option<(Source, Vec<ReferenceTable>)>,
    /// Streams that rows come into.
    pub streams: Vec<Outside>,
    /// Tables that are looked up.
    pub tables: Vec<Outside>,
    /// The data stream at the other end of an input, by its name, and that of an output.
    pub wired: (Option<String>, Option<String>),
}

impl PartialEq for Around {
    /// Whether a script finds the same names and types.
    fn eq(&self, other: &Self) -> bool {
        self.streams == other.streams && self.tables == other.tables && self.wired == other.wired
    }
}

impl Around {
    /// What a part gives its script.
    #[inline(never)]
    pub(super) fn of(document: &Document, node: &Node) -> Self {
        let found = validate::bound_to(document, node);
        let around = found.map(|(source, tables)| Self::bound(source, tables));
        let stream = |id| {
            let node = document.node(id).filter(|it| it.config.kind() == "stream")?;
            Some(node.name.clone())
        };
        let mut reads = document.edges_to(node.id).filter_map(|edge| stream(edge.from.node));
        let mut writes = document.edges_from(node.id).filter_map(|edge| stream(edge.to.node));
        Self { wired: (reads.next(), writes.next()), ..around.unwrap_or_default() }
    }

    /// The same for the translator; of what is known of each record only what the script names.
    pub(super) fn declared(&self, script: &str) -> Vec<Declared> {
        let script = script.to_uppercase();
        let is_named = |it: &&Column| {
            !OF_ARRIVAL.contains(&it.name.as_str()) || script.contains(it.name.as_str())
        };
        let declared = |it: &Outside, is_table| {
            let columns = it.columns.iter().filter(is_named);
            let columns = columns.filter_map(|it| Some((it.name.clone(), it.data_type?)));
            Declared { name: it.name.clone(), columns: columns.collect(), is_table }
        };
        let streams = self.streams.iter().map(|it| declared(it, false));
        streams.chain(self.tables.iter().map(|it| declared(it, true))).collect()
    }

    /// What this source and these tables are to a script.
    pub(super) fn bound(source: Source, tables: Vec<ReferenceTable>) -> Self {
        let empty = Live::kinesis("", &source, Vec::new());
        let streams = empty.map(|live| {
            let inputs = live.inputs().iter();
            inputs
                .map(|it| Outside { name: it.name.clone(), columns: it.columns.clone() })
                .collect()
        });
        let outside =
            |it: &ReferenceTable| Outside { name: it.name.clone(), columns: it.columns.clone() };
        Self {
            streams: streams.unwrap_or_default(),
            tables: tables.iter().map(outside).collect(),
            bound_to: Some((source, tables)),
            wired: (None, None),
        }
    }
}
