//! Records as rows of an input schema (facts, analytics §1.2): JSON by paths, of which one array
//! may be flattened, and CSV by position. A row that cannot be is told, for the error stream.

mod coerce;
mod csv;
mod discover;
mod text;

use serde_json::Value as Json;

pub use self::coerce::column_of;
pub use self::discover::{column_name, discover};
use crate::path::{self, Step};
use crate::types::DataType;
use crate::value::Value;

/// Most columns of a schema (facts, analytics §1.1).
pub const COLUMNS_MAX: usize = 1_000;
/// Most rows of one record: a record has at most 10 MiB (facts, streams §1.3), and an item of an
/// array two bytes.
pub const ROWS_MAX: usize = 5_000_000;

/// What records look like.
#[derive(Clone, Debug, PartialEq)]
pub struct Schema {
    /// JSON or CSV.
    pub format: Format,
    /// In order.
    pub columns: Vec<InputColumn>,
}

/// A format of records.
#[derive(Clone, Debug, PartialEq)]
pub enum Format {
    /// Objects, at a path: `$`, or an array whose items are rows, `$.rows[0:]`.
    Json(Vec<Step>),
    /// Columns by position.
    Csv {
        /// What stands between rows.
        rows: String,
        /// What stands between columns.
        columns: String,
    },
}

/// A column of a schema.
#[derive(Clone, Debug, PartialEq)]
pub struct InputColumn {
    /// Its name, letter by letter.
    pub name: String,
    /// Its type.
    pub data_type: DataType,
    /// Where it stands in JSON; of no meaning in CSV.
    pub mapping: Vec<Step>,
}

/// One row, or why there is none.
pub type RowFound = Result<Vec<Value>, String>;

impl Schema {
    /// The rows of a record.
    #[must_use]
    pub fn rows(&self, data: &[u8]) -> Vec<RowFound> {
        match &self.format {
            Format::Csv { rows, columns } => match core::str::from_utf8(data) {
                Ok(text) => csv::rows(text, rows, columns, &self.columns),
                Err(_) => vec![Err("The record is no UTF-8".to_owned())],
            },
            Format::Json(at) => {
                let mut out = Vec::new();
                for document in serde_json::Deserializer::from_slice(data).into_iter::<Json>() {
                    let Ok(json) = document else {
                        out.push(Err("The record is no JSON".to_owned()));
                        break;
                    };
                    match path::find(&json, at) {
                        Some(Json::Array(items)) if at.last() == Some(&Step::All) => {
                            items.iter().for_each(|item| self.flatten(item, &mut out));
                        }
                        Some(row) => self.flatten(&row, &mut out),
                        None => out.push(Err("There is nothing at the record row path".to_owned())),
                    }
                }
                out.truncate(ROWS_MAX);
                out
            }
        }
    }

    /// One row, or one for each item of the array that is flattened. Where there is no item there
    /// is a row of NULL.
    fn flatten(&self, json: &Json, out: &mut Vec<RowFound>) {
        let Some(array) = self.columns.iter().find_map(|it| flattened(&it.mapping)) else {
            return out.push(self.row(json, None));
        };
        match path::at(json, array).and_then(Json::as_array).filter(|it| !it.is_empty()) {
            Some(items) => out.extend(items.iter().map(|item| self.row(json, Some(item)))),
            None => out.push(Ok(vec![Value::Null; self.columns.len()])),
        }
    }

    fn row(&self, json: &Json, item: Option<&Json>) -> RowFound {
        let value = |column: &InputColumn| {
            let found = match (flattened(&column.mapping), item) {
                (Some(array), Some(item)) => {
                    path::at(item, column.mapping.get(array.len() + 1..).unwrap_or_default())
                        .cloned()
                }
                _ => path::find(json, &column.mapping),
            };
            let refused = |why| format!("Column {}: {why}", column.name);
            found.map_or(Ok(Value::Null), |it| column_of(&it, column.data_type).map_err(refused))
        };
        self.columns.iter().map(value).collect()
    }

    /// Whether it can be: a sentence on what cannot.
    ///
    /// # Errors
    /// Two arrays are flattened, or one inside another, or there are too many columns or none.
    pub fn check(&self) -> Result<(), String> {
        if self.columns.is_empty() || self.columns.len() > COLUMNS_MAX {
            return Err(format!("A schema has 1 to {COLUMNS_MAX} columns"));
        }
        let mut before: Option<&[Step]> = None;
        for array in self.columns.iter().filter_map(|it| flattened(&it.mapping)) {
            if before.is_some_and(|it| it != array) || array.contains(&Step::All) {
                return Err("Only one array can be flattened, and none inside another".to_owned());
            }
            before = Some(array);
        }
        Ok(())
    }
}

/// The way to the array whose items become rows: steps before the last `[0:]`. An array that
/// stands at the end is taken as a whole.
fn flattened(mapping: &[Step]) -> Option<&[Step]> {
    let all = mapping.iter().rposition(|it| *it == Step::All)?;
    (all + 1 < mapping.len()).then(|| &mapping[..all])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::print::text_of;

    fn column(name: &str, data_type: DataType, mapping: &str) -> InputColumn {
        InputColumn { name: name.to_owned(), data_type, mapping: path::parse(mapping).unwrap().1 }
    }

    fn rows(schema: &Schema, data: &str) -> Vec<String> {
        let text = |row: &RowFound| match row {
            Ok(row) => row.iter().map(text_of).collect::<Vec<_>>().join("|"),
            Err(why) => format!("error: {why}"),
        };
        schema.check().unwrap();
        schema.rows(data.as_bytes()).iter().map(text).collect()
    }

    fn json(columns: Vec<InputColumn>) -> Schema {
        Schema { format: Format::Json(Vec::new()), columns }
    }

    /// Facts, analytics E16.
    #[test]
    fn values_are_converted_or_the_row_is_an_error() {
        let schema = json(vec![
            column("A", DataType::Integer, "$.A"),
            column("B", DataType::Varchar(2), "$.B"),
            column("C", DataType::Boolean, "$.C"),
        ]);
        let data = r#"{"A":7,"B":"abc","C":"TRUE"}{"A":true,"B":true,"C":0}
            {"A":"12","B":5,"C":"x"} {"A":null} {"A":1.5} {"A":"x"}"#;
        assert_eq!(
            rows(&schema, data),
            [
                "7|ab|true",
                "1|tr|false",
                "12|5|false",
                "null|null|null",
                "error: Column A: 1.5 is no INTEGER",
                "error: Column A: `x` does not fit INTEGER",
            ]
        );
        assert_eq!(rows(&schema, "{\"A\":1} no"), ["1|null|null", "error: The record is no JSON"]);
    }

    /// Facts, analytics E17 and §1.2: one array may be flattened; at the end of a path it stays
    /// whole.
    #[test]
    fn one_array_becomes_rows() {
        let int = DataType::Integer;
        let schema = json(vec![
            column("N", DataType::Varchar(4), "$.n"),
            column("ID", int, "$.o[0:].id"),
            column("O", DataType::Varchar(40), "$.o[0:]"),
        ]);
        let data = r#"{"n":"J","o":[{"id":1},{"x":2},{"id":3}]}"#;
        let whole = r#"[{"id":1},{"x":2},{"id":3}]"#;
        let expected = ["1", "null", "3"].map(|id| format!("J|{id}|{whole}"));
        assert_eq!(rows(&schema, data), expected);
        assert_eq!(rows(&schema, r#"{"n":"K","o":[]}"#).len(), 1);
        let two = [column("A", int, "$.a[0:].x"), column("B", int, "$.b[0:].x")];
        assert!(json(two.into()).check().is_err());
        assert!(json(vec![column("A", int, "$.a[0:].b[0:].x")]).check().is_err());
    }

    #[test]
    fn rows_may_stand_at_a_path() {
        let mut schema = json(vec![column("ID", DataType::Integer, "$.id")]);
        schema.format = Format::Json(path::parse("$.r[0:]").unwrap().1);
        assert_eq!(rows(&schema, r#"{"r":[{"id":1},{"id":2}]}"#), ["1", "2"]);
        assert_eq!(rows(&schema, "{}"), ["error: There is nothing at the record row path"]);
    }

    /// Facts, analytics §1.2: columns by position, which may stop early.
    #[test]
    fn csv_is_read_by_position() {
        let schema = Schema {
            format: Format::Csv { rows: "\n".to_owned(), columns: ",".to_owned() },
            columns: vec![
                column("A", DataType::Integer, "$"),
                column("B", DataType::Varchar(9), "$"),
                column("C", DataType::Double, "$"),
            ],
        };
        let data = "1,a,2.5\r\n2,\"b, \"\"c\"\"\nd\",\n3\nx,y\n";
        assert_eq!(
            rows(&schema, data),
            [
                "1|a|2.5",
                "2|b, \"c\"\nd|null",
                "3|null|null",
                "error: Column A: `x` does not fit INTEGER",
            ]
        );
    }
}
