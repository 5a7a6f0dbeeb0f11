//! A Parquet file read back, for looking at: its columns with their types, its first rows as JSON.

use parquet::basic::{ConvertedType, Type as Physical};
use parquet::data_type::Decimal;
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::record::Field;
use parquet::schema::types::Type as Node;

use super::schema::{Column, Type};
use super::word;
use crate::calendar;
use crate::json::write_text;
use crate::wire::Failure;

/// What a file holds.
#[derive(Clone, Debug)]
pub(crate) struct Rows {
    /// Names and types.
    pub(crate) columns: Vec<(String, String)>,
    /// JSON values.
    pub(crate) rows: Vec<Vec<String>>,
    pub(crate) count: u64,
}

/// Reads a file, at most `rows_max` of its rows.
pub(crate) fn rows(file: &[u8], rows_max: usize) -> Result<Rows, Failure> {
    let damaged =
        |error| Failure::new(format!("This is no Parquet file that can be read: {error}"));
    let reader = SerializedFileReader::new(bytes::Bytes::copy_from_slice(file)).map_err(damaged)?;
    let metadata = reader.metadata().file_metadata();
    let fields = metadata.schema().get_fields();
    let columns = fields.iter().map(|it| (it.name().to_owned(), word(&kind(it)))).collect();
    let count = u64::try_from(metadata.num_rows()).unwrap_or(0);
    let mut rows = Vec::new();
    for row in reader.get_row_iter(None).map_err(damaged)?.take(rows_max) {
        let row = row.map_err(damaged)?;
        let cells = row.get_column_iter().map(|(_name, field)| {
            let mut text = String::new();
            write(field, &mut text);
            text
        });
        rows.push(cells.collect());
    }
    Ok(Rows { columns, rows, count })
}

fn kind(node: &Node) -> Type {
    if node.is_primitive() {
        return simple(node);
    }
    let inner = node.get_fields().first().filter(|it| it.is_group());
    let children = inner.map(|it| it.get_fields().to_vec()).unwrap_or_default();
    match (node.get_basic_info().converted_type(), &*children) {
        (ConvertedType::LIST, [item]) => Type::Array(Box::new(kind(item))),
        (ConvertedType::MAP | ConvertedType::MAP_KEY_VALUE, [key, value]) => {
            Type::Map(Box::new(kind(key)), Box::new(kind(value)))
        }
        _ => {
            let column = |it: &Node| Column { name: it.name().to_owned(), kind: kind(it) };
            Type::Struct(node.get_fields().iter().map(|it| column(it)).collect())
        }
    }
}

fn simple(node: &Node) -> Type {
    match (node.get_physical_type(), node.get_basic_info().converted_type()) {
        (_, ConvertedType::DECIMAL) => {
            let digits = |value: i32| u32::try_from(value).unwrap_or(0);
            Type::Decimal(digits(node.get_precision()), digits(node.get_scale()))
        }
        (_, ConvertedType::UTF8 | ConvertedType::JSON | ConvertedType::ENUM) => Type::Text,
        (_, ConvertedType::DATE) => Type::Date,
        (_, ConvertedType::TIMESTAMP_MILLIS | ConvertedType::TIMESTAMP_MICROS)
        | (Physical::INT96, _) => Type::Timestamp,
        (_, ConvertedType::INT_8) => Type::TinyInt,
        (_, ConvertedType::INT_16) => Type::SmallInt,
        (Physical::BOOLEAN, _) => Type::Boolean,
        (Physical::INT32, _) => Type::Int,
        (Physical::INT64, _) => Type::BigInt,
        (Physical::FLOAT, _) => Type::Float,
        (Physical::DOUBLE, _) => Type::Double,
        (Physical::BYTE_ARRAY | Physical::FIXED_LEN_BYTE_ARRAY, _) => Type::Binary,
    }
}

fn write(field: &Field, out: &mut String) {
    match field {
        Field::Null => out.push_str("null"),
        Field::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Field::Byte(value) => out.push_str(&value.to_string()),
        Field::Short(value) => out.push_str(&value.to_string()),
        Field::Int(value) => out.push_str(&value.to_string()),
        Field::Long(value) => out.push_str(&value.to_string()),
        Field::UByte(value) => out.push_str(&value.to_string()),
        Field::UShort(value) => out.push_str(&value.to_string()),
        Field::UInt(value) => out.push_str(&value.to_string()),
        Field::ULong(value) => out.push_str(&value.to_string()),
        Field::Float16(value) => out.push_str(&value.to_f32().to_string()),
        Field::Float(value) => out.push_str(&value.to_string()),
        Field::Double(value) => out.push_str(&value.to_string()),
        Field::Decimal(value) => out.push_str(&decimal(value)),
        Field::Str(text) => write_text(text, out),
        Field::Bytes(bytes) => write_text(&String::from_utf8_lossy(bytes.data()), out),
        Field::Date(days) => write_text(&date(i64::from(*days)), out),
        Field::TimeMillis(millis) => out.push_str(&millis.to_string()),
        Field::TimeMicros(micros) => out.push_str(&micros.to_string()),
        Field::TimestampMillis(millis) => write_text(&time(*millis * 1_000), out),
        Field::TimestampMicros(micros) => write_text(&time(*micros), out),
        Field::Group(row) => {
            let fields = row.get_column_iter().map(|(name, field)| {
                let mut key = String::new();
                write_text(name, &mut key);
                (key, field)
            });
            object(&fields.collect::<Vec<_>>(), out);
        }
        Field::ListInternal(list) => {
            out.push('[');
            for (at, item) in list.elements().iter().enumerate() {
                out.push_str(if at == 0 { "" } else { "," });
                write(item, out);
            }
            out.push(']');
        }
        Field::MapInternal(map) => {
            let entries = map.entries().iter().map(|(name, field)| {
                let mut key = String::new();
                write(name, &mut key);
                (if key.starts_with('"') { key } else { format!("\"{key}\"") }, field)
            });
            object(&entries.collect::<Vec<_>>(), out);
        }
    }
}

fn object(fields: &[(String, &Field)], out: &mut String) {
    out.push('{');
    for (at, (key, field)) in fields.iter().enumerate() {
        out.push_str(if at == 0 { "" } else { "," });
        out.push_str(key);
        out.push(':');
        write(field, out);
    }
    out.push('}');
}

fn decimal(value: &Decimal) -> String {
    let bytes = value.data();
    let first = if bytes.first().is_some_and(|byte| *byte >= 0x80) { -1_i128 } else { 0 };
    let number = bytes.iter().fold(first, |number, byte| number << 8 | i128::from(*byte));
    let scale = usize::try_from(value.scale()).unwrap_or(0);
    let sign = if number < 0 { "-" } else { "" };
    let digits = format!("{:0>1$}", number.unsigned_abs(), scale + 1);
    let (whole, part) = digits.split_at(digits.len() - scale);
    if part.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part}") }
}

fn date(days: i64) -> String {
    let (year, month, day) = calendar::date_of(days);
    format!("{year:04}-{month:02}-{day:02}")
}

fn time(micros: i64) -> String {
    let (secs, part) = (micros.div_euclid(1_000_000), micros.rem_euclid(1_000_000));
    let of_day = secs.rem_euclid(calendar::DAY_SECS);
    let (hour, minute, second) = (of_day / 3_600, of_day / 60 % 60, of_day % 60);
    let day = date(secs.div_euclid(calendar::DAY_SECS));
    format!("{day} {hour:02}:{minute:02}:{second:02}.{part:06}")
}
