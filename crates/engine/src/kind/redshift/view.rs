//! What the card and the data view of a cluster show.

use std::borrow::Cow;

use super::load::{LoadError, Row};
use super::{Redshift, metric};
use crate::kernel::Kernel;
use crate::snapshot::{Counter, Gauge, NodeView, Sheet};

/// Points of the spark.
const SPARK_SECS: u32 = 60;
/// Load errors that stand above the rows.
const ERRORS_SHOWN: usize = 20;

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

    /// Load errors, then rows, newest first.
    pub(super) fn table(&self, count: usize) -> Sheet {
        let names: Vec<String> = self.config.column_names().map(str::to_owned).collect();
        let width = names.len();
        let last = ["line_number", "colname", "err_code", "err_reason"];
        let mut columns: Vec<Cow<'static, str>> = names.into_iter().map(Cow::Owned).collect();
        columns.extend(last.map(Cow::Borrowed));
        let errors = self.newest_errors.iter().rev().take(ERRORS_SHOWN);
        let rows = self.newest_rows.iter().rev();
        let all = errors.map(|it| error(it, width)).chain(rows.map(|it| row(it, width)));
        Sheet { columns, rows: all.take(count).collect() }
    }
}

/// The line stands where the first value would.
fn error(error: &LoadError, width: usize) -> Vec<String> {
    let LoadError { line, column, raw, why: (code, reason) } = error;
    let mut cells = vec![String::new(); width];
    if let Some(first) = cells.first_mut() {
        first.clone_from(raw);
    }
    cells.extend([line.to_string(), column.clone(), code.to_string(), (*reason).to_owned()]);
    cells
}

/// A row that was loaded under other columns keeps as many values as there are columns now.
fn row(row: &Row, width: usize) -> Vec<String> {
    let null = || "NULL".to_owned();
    let mut cells: Vec<String> =
        row.cells.iter().take(width).map(|cell| cell.clone().unwrap_or_else(null)).collect();
    cells.resize_with(width, null);
    cells.extend([row.line.to_string(), String::new(), String::new(), String::new()]);
    cells
}
