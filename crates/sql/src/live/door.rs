//! Where records come in: how they become rows of one stream or table.

use std::sync::Arc;

use super::{Arrival, added_columns};
use crate::bind::flink;
use crate::exec::NodeId;
use crate::input::{Format, InputColumn, RowFound, Schema};
use crate::path::Step;
use crate::value::Value;

/// An input at work.
#[derive(Clone, Debug)]
pub(super) struct Door {
    pub node: NodeId,
    pub reader: Reader,
    /// Whether its clock is processing time.
    pub is_processing: bool,
    /// Whether records that cannot be read are passed over.
    pub ignores_errors: bool,
    /// When the last record came, or time began.
    pub heard: i64,
}

/// How records become rows.
#[derive(Clone, Debug)]
pub(super) enum Reader {
    /// They do not: rows come.
    Rows,
    /// By the schema of a source; with the columns of shards, or without.
    Source(Arc<Schema>, bool),
    /// By the columns of a table, of which some are known beside the data.
    Table(Arc<Schema>, Arc<[(u32, Known)]>),
}

/// What a metadata column of a table tells (Flink's Kinesis connector, "Available Metadata").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    /// `timestamp`: when the stream took the record.
    Timestamp,
    /// `shard-id`.
    Shard,
    /// `sequence-number`.
    Sequence,
}

impl Door {
    pub(super) fn new(node: NodeId, reader: Reader) -> Self {
        let (is_processing, ignores_errors, heard) = (false, false, i64::MIN);
        Self { node, reader, is_processing, ignores_errors, heard }
    }

    /// By the options of a table: JSON unless it says CSV.
    pub(super) fn of_table(table: &flink::Input) -> Self {
        let option =
            |key: &str| table.options.iter().find(|it| it.0 == key).map(|it| it.1.as_str());
        let format = match option("format") {
            Some("csv") => {
                let columns = option("csv.field-delimiter").unwrap_or(",").to_owned();
                Format::Csv { rows: "\n".to_owned(), columns }
            }
            _ => Format::Json(Vec::new()),
        };
        let known: Vec<(u32, Known)> = table
            .metadata
            .iter()
            .filter_map(|(slot, key)| {
                let known = match key.as_str() {
                    "timestamp" => Known::Timestamp,
                    "shard-id" => Known::Shard,
                    "sequence-number" => Known::Sequence,
                    _ => return None,
                };
                Some((*slot, known))
            })
            .collect();
        let columns = table.columns.iter().map(|(name, data_type)| InputColumn {
            name: name.clone(),
            data_type: *data_type,
            mapping: vec![Step::Member(name.clone())],
        });
        let schema = Schema { format, columns: columns.collect() };
        let reader = Reader::Table(Arc::new(schema), known.into());
        let ignores = ["json.ignore-parse-errors", "csv.ignore-parse-errors"];
        let ignores_errors = ignores.iter().any(|key| option(key) == Some("true"));
        let is_processing = table.is_processing;
        Self { is_processing, ignores_errors, ..Self::new(table.node, reader) }
    }

    /// The rows of a record.
    pub(super) fn read(&self, arrival: &Arrival<'_>, data: &[u8]) -> Vec<RowFound> {
        let millis = |micros: i64| Value::Timestamp(micros - micros.rem_euclid(1_000));
        let text = |it: &str| Value::Text(it.into());
        match &self.reader {
            Reader::Rows => Vec::new(),
            Reader::Source(schema, has_shards) => {
                let added: Vec<Value> = added_columns(schema, *has_shards)
                    .map(|(_, _, place)| match place {
                        0 => millis(arrival.approximate_arrival_micros),
                        1 => text(arrival.shard),
                        2 => text(arrival.partition_key),
                        _ => text(arrival.sequence_number),
                    })
                    .collect();
                let mut rows = schema.rows(data);
                rows.iter_mut().flatten().for_each(|row| row.extend_from_slice(&added));
                rows
            }
            Reader::Table(schema, known) => {
                let mut rows = schema.rows(data);
                // A record is a row of a table.
                rows.truncate(1);
                for row in rows.iter_mut().flatten() {
                    for (slot, known) in known.iter() {
                        let Some(value) = row.get_mut(*slot as usize) else { continue };
                        *value = match known {
                            Known::Timestamp => millis(arrival.approximate_arrival_micros),
                            Known::Shard => text(arrival.shard),
                            Known::Sequence => text(arrival.sequence_number),
                        };
                    }
                }
                rows
            }
        }
    }
}
