//! Record format conversion: JSON to Parquet as the OpenX deserializer and the Parquet serializer
//! of Firehose do it, through the library `parquet`.
//!
//! The file depends on the records alone: no clock, no version of a tool. Timestamps are INT96, as
//! Hive writes them.

mod rows;
mod scalar;
pub(crate) mod schema;
mod shred;

use std::borrow::Cow;
use std::sync::Arc;

use parquet::basic::{Compression, ConvertedType, GzipLevel, Repetition, Type as Physical};
use parquet::column::writer::ColumnWriter;
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{Type as Node, TypePtr};

pub(crate) use rows::rows;
use scalar::Values;
use schema::{Column, Type};
use shred::{Leaf, Leaves};

use crate::json::{self, Json};
use crate::wire::Failure;

/// How records become a file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Table<'a> {
    pub(crate) schema: &'a str,
    pub(crate) mappings: &'a str,
    pub(crate) case_insensitive: bool,
    pub(crate) dots_to_underscores: bool,
    pub(crate) compression: &'a str,
}

/// A file and what is not in it.
#[derive(Clone, Debug)]
pub(crate) struct Converted {
    pub(crate) file: Vec<u8>,
    pub(crate) rows: u64,
    /// Position, code and message.
    pub(crate) failed: Vec<(usize, &'static str, String)>,
}

/// `lastErrorCode` of data that is no JSON.
const PARSE_ERROR: &str = "DataFormatConversion.ParseError";
/// `lastErrorCode` of data that does not fit the schema.
const MALFORMED_DATA: &str = "DataFormatConversion.MalformedData";

/// Which JSON key a column takes.
#[derive(Debug)]
pub(super) struct Keys {
    /// Column, and its key.
    mappings: Vec<(String, String)>,
    case_insensitive: bool,
    dots_to_underscores: bool,
}

/// Whether schema, mappings and compression can be read.
pub(crate) fn check(table: &Table<'_>) -> Result<(), Failure> {
    schema::columns(table.schema)?;
    Keys::of(table)?;
    compression(table.compression).map(|_| ())
}

/// Converts records to one file.
pub(crate) fn convert(table: &Table<'_>, records: &[&[u8]]) -> Result<Converted, Failure> {
    let columns = schema::columns(table.schema)?;
    let keys = Keys::of(table)?;
    let compression = compression(table.compression)?;
    let mut leaves = Leaves::of(&columns);
    let (mut rows, mut failed) = (0, Vec::new());
    for (index, record) in records.iter().enumerate() {
        leaves.mark();
        match take(&columns, &keys, &mut leaves, record) {
            Ok(taken) => rows += taken,
            Err((code, message)) => {
                leaves.back();
                failed.push((index, code, message));
            }
        }
    }
    if rows == 0 {
        return Ok(Converted { file: Vec::new(), rows, failed });
    }
    let file = write(&columns, leaves, compression)
        .map_err(|error| Failure::new(format!("The Parquet file cannot be written: {error}")))?;
    Ok(Converted { file, rows, failed })
}

/// All objects of one record, or why none of them.
fn take(
    columns: &[Column],
    keys: &Keys,
    leaves: &mut Leaves,
    record: &[u8],
) -> Result<u64, (&'static str, String)> {
    let values = json::values(record).map_err(|failure| {
        let at = failure.at.unwrap_or_default();
        (PARSE_ERROR, format!("Encountered malformed JSON. {} at offset {at}", failure.message))
    })?;
    if values.is_empty() {
        return Err((PARSE_ERROR, "Encountered malformed JSON. The record is empty".into()));
    }
    for value in &values {
        let Json::Object(object) = value else {
            let what = if matches!(value, Json::Array(_)) { "an array" } else { "a simple value" };
            let message = format!(
                "Data does not match the schema. A record is {what}: it has to \
                                   be one JSON object, or several one after the other"
            );
            return Err((MALFORMED_DATA, message));
        };
        leaves.row(columns, keys, object).map_err(|mismatch| {
            let (column, value) = (mismatch.column, mismatch.value);
            let kind = columns.iter().find(|it| it.name == column).map(|it| word(&it.kind));
            let kind = kind.unwrap_or_default();
            let message = format!(
                "Data does not match the schema. Column `{column}` is {kind} \
                                   and cannot take {value}"
            );
            (MALFORMED_DATA, message)
        })?;
    }
    Ok(values.len() as u64)
}

impl Keys {
    fn of(table: &Table<'_>) -> Result<Self, Failure> {
        let mut mappings = Vec::new();
        let mut begin = 0;
        for line in table.mappings.split('\n') {
            let at = begin;
            begin += line.len() + 1;
            if line.trim().is_empty() {
                continue;
            }
            let (column, key) = line.split_once('=').ok_or_else(|| Failure {
                message: "A mapping is `column=key`, such as `ts=timestamp`".into(),
                at: Some(at),
            })?;
            mappings.push((column.trim().to_owned(), key.trim().to_owned()));
        }
        let Table { case_insensitive, dots_to_underscores, .. } = *table;
        Ok(Self { mappings, case_insensitive, dots_to_underscores })
    }

    /// The key of a column.
    fn of_column<'a>(&'a self, column: &'a str) -> &'a str {
        let mapped = self.mappings.iter().find(|(name, _)| name == column);
        mapped.map_or(column, |(_, key)| key)
    }

    /// The value of a key; of its last when it comes twice.
    fn find<'a, 'b>(
        &self,
        object: &'a [(Cow<'b, str>, Json<'b>)],
        wanted: &str,
    ) -> Option<&'a Json<'b>> {
        object.iter().rev().find(|(key, _)| self.is_same(key, wanted)).map(|(_, value)| value)
    }

    fn is_same(&self, key: &str, wanted: &str) -> bool {
        let dotless = self.dots_to_underscores && key.contains('.');
        let key = if dotless { Cow::Owned(key.replace('.', "_")) } else { Cow::Borrowed(key) };
        key == wanted || self.case_insensitive && key.to_lowercase() == wanted.to_lowercase()
    }
}

fn compression(word: &str) -> Result<Compression, Failure> {
    match word {
        "SNAPPY" => Ok(Compression::SNAPPY),
        "GZIP" => Ok(Compression::GZIP(GzipLevel::default())),
        "UNCOMPRESSED" => Ok(Compression::UNCOMPRESSED),
        _ => Err(Failure::new(format!("Parquet has no compression `{word}`"))),
    }
}

/// Writer V1 without a dictionary are the defaults of `ParquetSerDe` (Firehose API reference).
fn write(
    columns: &[Column],
    leaves: Leaves,
    compression: Compression,
) -> Result<Vec<u8>, ParquetError> {
    let fields = columns.iter().map(|it| node(&it.name, &it.kind)).collect::<Result<_, _>>()?;
    let root = Node::group_type_builder("hive_schema").with_fields(fields).build()?;
    let properties = WriterProperties::builder()
        .set_created_by("rivulet".to_owned())
        .set_compression(compression)
        .set_dictionary_enabled(false)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_offset_index_disabled(true)
        .build();
    let mut writer = SerializedFileWriter::new(Vec::new(), Arc::new(root), Arc::new(properties))?;
    let mut group = writer.next_row_group()?;
    for leaf in leaves.0 {
        let Some(mut column) = group.next_column()? else { break };
        fill(column.untyped(), &leaf)?;
        column.close()?;
    }
    group.close()?;
    writer.into_inner()
}

fn fill(column: &mut ColumnWriter<'_>, leaf: &Leaf) -> Result<usize, ParquetError> {
    let (levels, lists) = (Some(&*leaf.definitions), Some(&*leaf.repetitions));
    match (column, &leaf.values) {
        (ColumnWriter::BoolColumnWriter(to), Values::Bool(it)) => to.write_batch(it, levels, lists),
        (ColumnWriter::Int32ColumnWriter(to), Values::Int32(it)) => {
            to.write_batch(it, levels, lists)
        }
        (ColumnWriter::Int64ColumnWriter(to), Values::Int64(it)) => {
            to.write_batch(it, levels, lists)
        }
        (ColumnWriter::Int96ColumnWriter(to), Values::Int96(it)) => {
            to.write_batch(it, levels, lists)
        }
        (ColumnWriter::FloatColumnWriter(to), Values::Float(it)) => {
            to.write_batch(it, levels, lists)
        }
        (ColumnWriter::DoubleColumnWriter(to), Values::Double(it)) => {
            to.write_batch(it, levels, lists)
        }
        (ColumnWriter::ByteArrayColumnWriter(to), Values::Bytes(it)) => {
            to.write_batch(it, levels, lists)
        }
        (ColumnWriter::FixedLenByteArrayColumnWriter(to), Values::Fixed(it)) => {
            to.write_batch(it, levels, lists)
        }
        _ => Err(ParquetError::General("a leaf is not of its column's type".to_owned())),
    }
}

/// A type as Hive writes it into a Parquet schema: everything but the key of a map is optional.
fn node(name: &str, kind: &Type) -> Result<TypePtr, ParquetError> {
    let group = |fields, converted, repetition| {
        Node::group_type_builder(name)
            .with_repetition(repetition)
            .with_converted_type(converted)
            .with_fields(fields)
            .build()
    };
    let optional = Repetition::OPTIONAL;
    Ok(Arc::new(match kind {
        Type::Array(item) => {
            let list = Node::group_type_builder("list")
                .with_repetition(Repetition::REPEATED)
                .with_fields(vec![node("element", item)?])
                .build()?;
            group(vec![Arc::new(list)], ConvertedType::LIST, optional)?
        }
        Type::Map(key, value) => {
            let key = simple("key", key, Repetition::REQUIRED)?;
            let entries = Node::group_type_builder("key_value")
                .with_repetition(Repetition::REPEATED)
                .with_fields(vec![Arc::new(key), node("value", value)?])
                .build()?;
            group(vec![Arc::new(entries)], ConvertedType::MAP, optional)?
        }
        Type::Struct(fields) => {
            let fields = fields.iter().map(|it| node(&it.name, &it.kind)).collect::<Result<_, _>>();
            group(fields?, ConvertedType::NONE, optional)?
        }
        _ => simple(name, kind, optional)?,
    }))
}

fn simple(name: &str, kind: &Type, repetition: Repetition) -> Result<Node, ParquetError> {
    let (physical, converted) = match kind {
        Type::Boolean => (Physical::BOOLEAN, ConvertedType::NONE),
        Type::TinyInt => (Physical::INT32, ConvertedType::INT_8),
        Type::SmallInt => (Physical::INT32, ConvertedType::INT_16),
        Type::Int => (Physical::INT32, ConvertedType::NONE),
        Type::BigInt => (Physical::INT64, ConvertedType::NONE),
        Type::Float => (Physical::FLOAT, ConvertedType::NONE),
        Type::Double => (Physical::DOUBLE, ConvertedType::NONE),
        Type::Decimal(..) => (Physical::FIXED_LEN_BYTE_ARRAY, ConvertedType::DECIMAL),
        Type::Date => (Physical::INT32, ConvertedType::DATE),
        Type::Timestamp => (Physical::INT96, ConvertedType::NONE),
        Type::Binary => (Physical::BYTE_ARRAY, ConvertedType::NONE),
        Type::Text | Type::Array(_) | Type::Map(..) | Type::Struct(_) => {
            (Physical::BYTE_ARRAY, ConvertedType::UTF8)
        }
    };
    let mut builder = Node::primitive_type_builder(name, physical)
        .with_repetition(repetition)
        .with_converted_type(converted);
    if let Type::Decimal(digits, scale) = kind {
        let number = |value: usize| i32::try_from(value).unwrap_or(i32::MAX);
        builder = builder
            .with_length(number(scalar::decimal_bytes(*digits)))
            .with_precision(number(*digits as usize))
            .with_scale(number(*scale as usize));
    }
    builder.build()
}

/// A type as Glue writes it.
fn word(kind: &Type) -> String {
    match kind {
        Type::Boolean => "boolean".into(),
        Type::TinyInt => "tinyint".into(),
        Type::SmallInt => "smallint".into(),
        Type::Int => "int".into(),
        Type::BigInt => "bigint".into(),
        Type::Float => "float".into(),
        Type::Double => "double".into(),
        Type::Decimal(digits, scale) => format!("decimal({digits},{scale})"),
        Type::Text => "string".into(),
        Type::Binary => "binary".into(),
        Type::Date => "date".into(),
        Type::Timestamp => "timestamp".into(),
        Type::Array(item) => format!("array<{}>", word(item)),
        Type::Map(key, value) => format!("map<{},{}>", word(key), word(value)),
        Type::Struct(fields) => {
            let fields: Vec<String> =
                fields.iter().map(|it| format!("{}:{}", it.name, word(&it.kind))).collect();
            format!("struct<{}>", fields.join(","))
        }
    }
}
