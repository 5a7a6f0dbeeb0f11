//! What the card and the data view of a cluster show.

use std::borrow::Cow;

use scenario::kind::ColumnType;
use sql::batch::Table;
use sql::eval::cast;
use sql::types::{DataType, LENGTH_MAX};
use sql::{Rules, Value};

use super::load::{LoadError, Row};
use super::{Redshift, metric};
use crate::kernel::Kernel;
use crate::snapshot::{Counter, Gauge, NodeView, Sheet};

/// Points of the spark.
const SPARK_SECS: u32 = 60;

impl Redshift {
    pub(super) fn view(&self, kernel: &Kernel, out: &mut NodeView) {
        let written = kernel.metrics.series(out.id, metric::WRITE_THROUGHPUT, SPARK_SECS);
        let last = |at: u8| out.metrics.get(usize::from(at)).map_or(0, |metric| metric.last);
        out.gauges.push(Gauge::Spark {
            label: "written",
            value: last(metric::WRITE_THROUGHPUT),
            unit: "B/s",
            series: written.into_iter().map(|it| u32::try_from(it).unwrap_or(u32::MAX)).collect(),
            limit: None,
            late: last(metric::LOAD_ERRORS) > 0,
        });
        let waiting = self.waiting.len() as u64;
        let state = if self.running.is_some() { "COPY runs" } else { "no COPY runs" };
        out.gauges.push(Gauge::Line { left: state.to_owned(), right: format!("{waiting} wait") });
        let line = |label, value, bad| Counter { sign: "", label, value, bad };
        out.gauges.push(Gauge::Counters(vec![
            line("COPYs", self.copies, false),
            line("COPYs failed", self.copies_failed, true),
            line("rows", self.rows, false),
            line("load errors", self.load_errors, true),
        ]));
        out.counters.extend([
            ("copies", self.copies),
            ("copies failed", self.copies_failed),
            ("copies waiting", waiting),
            ("rows", self.rows),
            ("load errors", self.load_errors),
        ]);
    }

    /// Rows, newest first.
    pub(super) fn table(&self, count: usize) -> Sheet {
        let columns = self.config.table_columns();
        let width = columns.len();
        let columns = columns.iter().map(|column| Cow::Owned(column.name.to_owned())).collect();
        let rows = self.newest_rows.iter().rev().take(count);
        Sheet { columns, rows: rows.map(|it| row(it, width)).collect() }
    }

    /// Rows as a table of the types of its columns, in the order they were loaded.
    #[inline(never)]
    pub(super) fn relation_of_rows(&self) -> Table {
        let columns = self.config.table_columns();
        let columns: Vec<(String, DataType)> =
            columns.iter().map(|it| (it.name.to_owned(), data_type(it.kind))).collect();
        let value = |(cell, column): (&Option<String>, &(String, DataType))| match cell {
            // What was loaded under another type may not fit this one.
            Some(text) => {
                let text = Value::Text(text.as_str().into());
                cast(&text, column.1, &Rules::REDSHIFT).unwrap_or(Value::Null)
            }
            None => Value::Null,
        };
        let row = |row: &Row| {
            let missing = core::iter::repeat(&None);
            row.cells.iter().chain(missing).zip(&columns).map(value).collect()
        };
        let rows = self.newest_rows.iter().map(row).collect();
        Table { name: self.config.table.clone(), rows, columns }
    }

    /// Rows of `STL_LOAD_ERRORS`, newest first (Redshift database developer guide).
    pub(super) fn load_errors(&self, count: usize) -> Sheet {
        let columns = &[
            "filename",
            "line_number",
            "colname",
            "type",
            "col_length",
            "raw_line",
            "raw_field_value",
            "err_code",
            "err_reason",
        ];
        let errors = self.newest_errors.iter().rev().take(count);
        Sheet::new(columns, errors.map(error).collect())
    }
}

/// What a column holds; one without a type holds any text.
fn data_type(of: ColumnType) -> DataType {
    let digits = |it: u32| u8::try_from(it).unwrap_or(38).min(38);
    match of {
        ColumnType::Any => DataType::Varchar(LENGTH_MAX),
        ColumnType::SmallInt => DataType::SmallInt,
        ColumnType::Integer => DataType::Integer,
        ColumnType::BigInt => DataType::BigInt,
        ColumnType::Decimal(all, behind) => {
            DataType::Decimal { precision: digits(all), scale: digits(behind) }
        }
        ColumnType::Real => DataType::Real,
        ColumnType::Double => DataType::Double,
        ColumnType::Boolean => DataType::Boolean,
        ColumnType::Char(bytes) | ColumnType::Varchar(bytes) => DataType::Varchar(bytes),
        ColumnType::Date => DataType::Date,
        ColumnType::Timestamp => DataType::Timestamp,
    }
}

fn error(error: &LoadError) -> Vec<String> {
    let LoadError { file, line, column, kind: (kind, length), raw, value, why } = error;
    let length = if *length > 0 { length.to_string() } else { String::new() };
    let (line, code) = (line.to_string(), why.0.to_string());
    let kind = (*kind).to_owned();
    let (raw, value) = (raw.clone(), value.clone());
    vec![file.to_string(), line, column.clone(), kind, length, raw, value, code, why.1.clone()]
}

/// A row that was loaded under other columns keeps as many values as there are columns now.
fn row(row: &Row, width: usize) -> Vec<String> {
    let null = || "NULL".to_owned();
    let mut cells: Vec<String> =
        row.cells.iter().take(width).map(|cell| cell.clone().unwrap_or_else(null)).collect();
    cells.resize_with(width, null);
    cells
}
