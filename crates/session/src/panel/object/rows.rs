//! The rows of delivered objects, to be queried: JSON documents, lines of CSV, rows of Parquet
//! files, as S3 Select has them (S3 user guide, "Filtering and retrieving data using S3 Select").

use engine::{Formats, Object};
use scenario::data::csv_rows;
use serde_json::{Map, Value};

use super::content::{Content, Kind};
use super::shape::{Start, documents};

/// Rows that are read, the oldest ones.
pub(in crate::panel) const ROWS_MAX: usize = 20_000;

/// A row by the names of its columns.
type Row = Map<String, Value>;

/// The rows of objects, the oldest first, and whether there are more.
pub(in crate::panel) fn of_objects(objects: &[Object], formats: Formats) -> (Vec<Row>, bool) {
    let mut rows = Vec::new();
    for object in objects {
        let content = Content::of(object, formats);
        match &content.kind {
            Kind::Json => json(content.window(), &mut rows),
            Kind::Csv | Kind::Text => csv(content.window(), &mut rows),
            Kind::Parquet(table) => {
                let names: Vec<String> = table.columns.iter().map(|it| it.0.clone()).collect();
                let cells = |row: &Vec<String>| named(&names, row);
                rows.extend(table.rows.iter().map(cells));
            }
            Kind::Binary => {}
        }
        if rows.len() > ROWS_MAX || !content.is_whole() {
            rows.truncate(ROWS_MAX);
            return (rows, true);
        }
    }
    (rows, false)
}

fn json(window: &[u8], rows: &mut Vec<Row>) {
    for document in documents(window, Start::default(), ROWS_MAX + 1).0 {
        match document.value {
            Some(Value::Object(row)) => rows.push(row),
            Some(other) => {
                let mut row = Row::new();
                row.insert("_1".to_owned(), other);
                rows.push(row);
            }
            None => {}
        }
    }
}

/// Columns are called by the first line where it tells names; otherwise `_1`, `_2` and so on.
fn csv(window: &[u8], rows: &mut Vec<Row>) {
    let read = csv_rows::read(window, b',');
    let mut lines = read.iter().filter_map(|row| row.cells.as_ref().ok()).peekable();
    let Some(first) = lines.peek() else { return };
    let numbers = |cells: &Vec<String>| cells.iter().any(|cell| cell.trim().parse::<f64>().is_ok());
    let second = read.iter().filter_map(|row| row.cells.as_ref().ok()).nth(1);
    let is_header = !numbers(first) && second.is_some_and(numbers);
    let names: Vec<String> = match is_header {
        true => first.iter().map(|cell| cell.trim().to_owned()).collect(),
        false => (1..=first.len()).map(|number| format!("_{number}")).collect(),
    };
    for cells in lines.skip(usize::from(is_header)).take(ROWS_MAX + 1) {
        rows.push(named(&names, cells));
    }
}

/// Numbers and truths are such where they look like it.
fn named(names: &[String], cells: &[String]) -> Row {
    let value = |cell: &str| match cell {
        "" => Value::Null,
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        _ => {
            let is_code = cell.len() > 1 && cell.starts_with('0') && !cell.starts_with("0.");
            let number = cell.parse::<i64>().map(Value::from).ok();
            let number = number.or_else(|| cell.parse::<f64>().ok().map(Value::from));
            number.filter(|it| it.is_number() && !is_code).unwrap_or_else(|| cell.into())
        }
    };
    names.iter().cloned().zip(cells.iter().map(|it| value(it))).collect()
}
