//! Templates of Kinesis Data Analytics for SQL (facts, analytics §2.5 to §2.7).

use sql::types::DataType;

use super::super::catalogue::kinesis_type;
use super::{Fill, LACKS_NUMBER, Template};

/// In the order of a course.
pub(super) static TEMPLATES: [Template; 12] = [
    Template {
        title: "Filter",
        about: "Every row that fits comes out at once, with the columns of the source",
        write: filter,
    },
    Template {
        title: "Tumbling window by STEP",
        about: "One row a minute and key, when the minute of ROWTIME is over",
        write: |fill| {
            grouped(fill, &format!("STEP({}.ROWTIME BY INTERVAL '60' SECOND)", fill.source.written))
        },
    },
    Template {
        title: "Tumbling window by FLOOR",
        about: "The same by whole units of time: SECOND, MINUTE, HOUR, DAY",
        write: |fill| grouped(fill, &format!("FLOOR({}.ROWTIME TO MINUTE)", fill.source.written)),
    },
    Template {
        title: "Stagger window",
        about: "A minute for each key that begins with its first row: late rows stay together",
        write: stagger,
    },
    Template {
        title: "Sliding window by time",
        about: "With each row, what the last minute of its key comes to",
        write: |fill| sliding(fill, "RANGE INTERVAL '1' MINUTE PRECEDING"),
    },
    Template {
        title: "Sliding window by rows",
        about: "With each row, what it and the ten before it of its key come to",
        write: |fill| sliding(fill, "ROWS 10 PRECEDING"),
    },
    Template {
        title: "Join of two streams",
        about: "Rows of one stream meet those of another that come within a minute after them",
        write: join,
    },
    Template {
        title: "Join with the reference table",
        about: "Each row looks the table up that was loaded from the bucket",
        write: reference,
    },
    Template {
        title: "ORDER BY",
        about: "Rows are gathered for a minute of ROWTIME, then come out sorted",
        write: order,
    },
    Template {
        title: "Most frequent values (TOP_K_ITEMS_TUMBLING)",
        about: "The ten most frequent values of a column, every minute",
        write: top_k,
    },
    Template {
        title: "Distinct values (COUNT_DISTINCT_ITEMS_TUMBLING)",
        about: "How many different values a column has, every minute",
        write: distinct,
    },
    Template {
        title: "Anomalies (RANDOM_CUT_FOREST)",
        about: "A score for each row: how little it is like those before",
        write: forest,
    },
];

type Written = Result<String, &'static str>;

/// A stream that rows come out of, and the pump that fills it.
fn pump(columns: &[(&str, String)], query: &str) -> String {
    pump_into("DESTINATION_SQL_STREAM", "STREAM_PUMP", columns, query)
}

fn pump_into(stream: &str, pump: &str, columns: &[(&str, String)], query: &str) -> String {
    let columns: Vec<String> =
        columns.iter().map(|(name, data_type)| format!("{name} {data_type}")).collect();
    format!(
        "CREATE OR REPLACE STREAM \"{stream}\" (\n  {}\n);\n\
         CREATE OR REPLACE PUMP \"{pump}\" AS INSERT INTO \"{stream}\"\n{query};\n",
        columns.join(", ")
    )
}

impl Fill {
    /// The column of the key with its type.
    fn keyed(&self) -> (&str, String) {
        let (name, data_type) = self.source.key().map_or(("ROWTIME", None), |it| (&it.0, it.1));
        (name, kinesis_type(data_type))
    }

    /// A column with numbers that is not the key, with a type that holds its sums.
    fn summed(&self) -> Option<(&str, String)> {
        let (name, data_type) = self.source.number()?;
        let held = match data_type {
            DataType::Real | DataType::Double => DataType::Double,
            DataType::Decimal { scale, .. } => DataType::Decimal { precision: 18, scale },
            _ => DataType::BigInt,
        };
        Some((name, held.to_string()))
    }

    /// All columns with their types.
    fn all(&self) -> (String, Vec<(&str, String)>) {
        let columns = &self.source.columns;
        let names: Vec<&str> = columns.iter().map(|it| it.0.as_str()).collect();
        let typed = columns.iter().map(|it| (it.0.as_str(), kinesis_type(it.1)));
        (names.join(", "), typed.collect())
    }
}

fn filter(fill: &Fill) -> Written {
    let (names, columns) = fill.all();
    let fits = match fill.summed() {
        Some((number, _)) => format!("{number} > 0"),
        None => format!("{} IS NOT NULL", fill.keyed().0),
    };
    let source = &fill.source.written;
    Ok(pump(&columns, &format!("SELECT STREAM {names}\nFROM {source}\nWHERE {fits}")))
}

/// What is counted and, where there is a number, summed up: columns and select list.
fn measures(fill: &Fill, over: &str) -> (Vec<(&'static str, String)>, String) {
    let over = if over.is_empty() { String::new() } else { format!(" {over}") };
    let mut columns = vec![("RECORDS", "BIGINT".to_owned())];
    let mut list = format!("COUNT(*){over} AS RECORDS");
    if let Some((number, data_type)) = fill.summed() {
        columns.push(("TOTAL", data_type));
        list += &format!(", SUM({number}){over} AS TOTAL");
    }
    (columns, list)
}

/// Rows by key and a window of ROWTIME.
fn grouped(fill: &Fill, window: &str) -> Written {
    let (key, source) = (fill.keyed(), &fill.source.written);
    let (measured, list) = measures(fill, "");
    let name = key.0;
    let query = format!("SELECT STREAM {name}, {list}\nFROM {source}\nGROUP BY {name}, {window}");
    Ok(pump(&[&[key.clone()][..], &measured].concat(), &query))
}

fn stagger(fill: &Fill) -> Written {
    let (key, source) = (fill.keyed(), &fill.source.written);
    let (measured, list) = measures(fill, "");
    let name = key.0;
    let query = format!(
        "SELECT STREAM {name}, {list}\nFROM {source}\n\
         WINDOWED BY STAGGER (PARTITION BY {name} RANGE INTERVAL '1' MINUTE)"
    );
    Ok(pump(&[&[key.clone()][..], &measured].concat(), &query))
}

fn sliding(fill: &Fill, frame: &str) -> Written {
    let (key, source) = (fill.keyed(), &fill.source.written);
    let (measured, list) = measures(fill, "OVER W");
    let name = key.0;
    let query = format!(
        "SELECT STREAM {name}, {list}\nFROM {source}\n\
         WINDOW W AS (PARTITION BY {name} {frame})"
    );
    Ok(pump(&[&[key.clone()][..], &measured].concat(), &query))
}

fn join(fill: &Fill) -> Written {
    let (key, source) = (fill.keyed(), &fill.source.written);
    let name = key.0;
    let fits = match fill.summed() {
        Some((number, _)) => format!("{number} > 0"),
        None => format!("{name} IS NOT NULL"),
    };
    let chosen = pump_into(
        "CHOSEN",
        "CHOSEN_PUMP",
        core::slice::from_ref(&key),
        &format!("SELECT STREAM {name}\nFROM {source}\nWHERE {fits}"),
    );
    let query = format!(
        "SELECT STREAM s.{name}, s.ROWTIME, c.ROWTIME\n\
         FROM {source} OVER (RANGE INTERVAL '1' MINUTE PRECEDING) AS s\n\
         JOIN \"CHOSEN\" AS c ON s.{name} = c.{name}"
    );
    let time = || "TIMESTAMP".to_owned();
    Ok(chosen + &pump(&[key.clone(), ("FIRST_AT", time()), ("THEN_AT", time())], &query))
}

fn reference(fill: &Fill) -> Written {
    let table = fill.reference.as_ref().ok_or("a reference table")?;
    let (key, source) = (fill.keyed(), &fill.source.written);
    let text = |it: &&(String, Option<DataType>)| {
        it.1.is_some_and(|it| it.class() == sql::types::Class::Text)
    };
    let column = table.columns.iter().find(text).or(table.columns.first());
    let (found, found_type) = column.ok_or("a reference table")?;
    let (name, table) = (key.0, &table.written);
    let data_type = kinesis_type(*found_type);
    // Only like can be compared with like.
    let alike = format!("CAST(s.{name} AS VARCHAR(256)) = CAST(r.{found} AS VARCHAR(256))");
    let query = format!(
        "SELECT STREAM s.{name}, r.{found}\nFROM {source} AS s\n\
         LEFT JOIN {table} AS r ON {alike}"
    );
    Ok(pump(&[key.clone(), ("FOUND", data_type)], &query))
}

fn order(fill: &Fill) -> Written {
    let (names, columns) = fill.all();
    let source = &fill.source.written;
    let by = fill.summed().map_or(fill.keyed().0, |it| it.0);
    let query = format!(
        "SELECT STREAM {names}\nFROM {source}\n\
         ORDER BY FLOOR({source}.ROWTIME TO MINUTE), {by} DESC"
    );
    Ok(pump(&columns, &query))
}

/// A name as a function takes it in a text.
fn bare(name: &str) -> String {
    name.trim_matches('"').replace("\"\"", "\"").replace('\'', "''")
}

fn top_k(fill: &Fill) -> Written {
    let ((name, _), source) = (fill.keyed(), &fill.source.written);
    let query = format!(
        "SELECT STREAM ITEM, ITEM_COUNT\nFROM TABLE(TOP_K_ITEMS_TUMBLING(\n  \
         CURSOR(SELECT STREAM {name} FROM {source}), '{}', 10, 60)) AS t",
        bare(name)
    );
    Ok(pump(&[("ITEM", "VARCHAR(1024)".to_owned()), ("ITEM_COUNT", "BIGINT".to_owned())], &query))
}

fn distinct(fill: &Fill) -> Written {
    let ((name, _), source) = (fill.keyed(), &fill.source.written);
    let query = format!(
        "SELECT STREAM NUMBER_OF_DISTINCT_ITEMS\nFROM TABLE(COUNT_DISTINCT_ITEMS_TUMBLING(\n  \
         CURSOR(SELECT STREAM {name} FROM {source}), '{}', 60)) AS t",
        bare(name)
    );
    Ok(pump(&[("DIFFERENT", "BIGINT".to_owned())], &query))
}

fn forest(fill: &Fill) -> Written {
    let ((number, _), source) = (fill.summed().ok_or(LACKS_NUMBER)?, &fill.source.written);
    let query = format!(
        "SELECT STREAM V, ANOMALY_SCORE\nFROM TABLE(RANDOM_CUT_FOREST(\n  \
         CURSOR(SELECT STREAM CAST({number} AS DOUBLE) AS V FROM {source})))"
    );
    let double = || "DOUBLE".to_owned();
    Ok(pump(&[("V", double()), ("ANOMALY_SCORE", double())], &query))
}
