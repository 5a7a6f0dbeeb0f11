//! Templates of Flink SQL (Flink documentation, "Queries"; facts, analytics §3.1).

use sql::Dialect;
use sql::ast::{Script, StatementKind};
use sql::types::{Class, DataType, LENGTH_MAX};

use super::super::around::Around;
use super::super::catalogue::{Relation, relations};
use super::{Fill, Template};

/// In the order of a course.
pub(super) static TEMPLATES: [Template; 12] = [
    Template { title: "Filter", about: "Every row that fits comes out at once", write: filter },
    Template {
        title: "Tumbling window (TUMBLE)",
        about: "One row a minute of event time and key, when the watermark has passed its end",
        write: |fill| windowed(fill, "TUMBLE", "INTERVAL '1' MINUTE"),
    },
    Template {
        title: "Hopping window (HOP)",
        about: "The last minute, every ten seconds",
        write: |fill| windowed(fill, "HOP", "INTERVAL '10' SECOND, INTERVAL '1' MINUTE"),
    },
    Template {
        title: "Cumulating window (CUMULATE)",
        about: "The minute so far, every ten seconds",
        write: |fill| windowed(fill, "CUMULATE", "INTERVAL '10' SECOND, INTERVAL '1' MINUTE"),
    },
    Template {
        title: "Session window (SESSION)",
        about: "Rows of a key that follow each other within 30 seconds",
        write: |fill| windowed(fill, "SESSION", "INTERVAL '30' SECOND"),
    },
    Template {
        title: "OVER window",
        about: "With each row, what the last minute of its key comes to",
        write: over,
    },
    Template {
        title: "Top-N of a window",
        about: "The three keys with most in each minute",
        write: top,
    },
    Template {
        title: "Deduplication",
        about: "The first row of each key, and no other",
        write: dedup,
    },
    Template {
        title: "Interval join",
        about: "Rows meet later ones of the same key within a minute",
        write: interval_join,
    },
    Template {
        title: "Temporal join",
        about: "Each row meets the version of its key that held at its time",
        write: temporal_join,
    },
    Template {
        title: "Pattern (MATCH_RECOGNIZE)",
        about: "A number that falls and rises again",
        write: pattern,
    },
    Template {
        title: "GROUP BY without a window",
        about: "Results that change with each row: -U takes the old one back, +U gives the new one",
        write: changelog,
    },
];

type Written = Result<String, &'static str>;

/// A table to begin with, where the script has none with a time: what a new producer makes.
fn events(stream: &str) -> String {
    format!(
        "CREATE TABLE events (\n  `key` STRING,\n  `value` INT,\n  \
         arrived TIMESTAMP(3) METADATA FROM 'timestamp' VIRTUAL,\n  \
         WATERMARK FOR arrived AS arrived - INTERVAL '2' SECOND\n) WITH (\n  \
         'connector' = 'kinesis',\n  'stream' = '{}',\n  'format' = 'json'\n);\n",
        stream.replace('\'', "''")
    )
}

/// The first table of a script with event time, and the statements that make what it reads.
pub(super) fn fill(text: &str, script: &Script, around: &Around) -> Fill {
    let (reads, writes) = around.wired.clone();
    let source = |script: &Script| {
        let known = relations(Dialect::Flink, &Around::default(), script);
        let targets = targets(script);
        let is_source = |it: &Relation| it.time.is_some() && !targets.contains(&it.name);
        known.into_iter().find(is_source)
    };
    if let Some(source) = source(script) {
        return Fill { source, reference: None, declared: declared(text, script), writes };
    }
    let text = events(reads.as_deref().unwrap_or("orders"));
    let script = sql::parse_script(&text, Dialect::Flink).0;
    let source = source(&script).expect("the table above has a time");
    Fill { source, reference: None, declared: text, writes }
}

/// The tables that rows are inserted into.
fn targets(script: &Script) -> Vec<String> {
    let mut targets = Vec::new();
    for statement in &script.statements {
        let inserts = match &statement.kind {
            StatementKind::Insert(insert) => core::slice::from_ref(insert),
            StatementKind::InsertSet(inserts) => &inserts[..],
            _ => continue,
        };
        targets.extend(inserts.iter().map(|it| it.target.last().text.clone()));
    }
    targets
}

/// The statements that make what a script reads, as they are written.
fn declared(text: &str, script: &Script) -> String {
    let targets = targets(script);
    let mut declared = String::new();
    for statement in &script.statements {
        let StatementKind::CreateTable(table) = &statement.kind else { continue };
        let name = &table.name.last().text;
        if targets.contains(name) || name == SINK {
            continue;
        }
        let (from, to) = (statement.span.from as usize, statement.span.to as usize);
        let statement = text.get(from..to).unwrap_or_default();
        declared += &format!("{};\n", statement.trim_end().trim_end_matches(';'));
    }
    declared
}

/// The table that rows go to.
const SINK: &str = "results";
/// Into the log of the job, which takes rows back as well.
const PRINT: &str = "'connector' = 'print'";

/// Tables and the query that goes between them: into the stream that is wired, or into the log.
fn insert(fill: &Fill, columns: &[(&str, String)], before: &str, query: &str) -> String {
    let options = fill.writes.as_ref().map_or_else(
        || PRINT.to_owned(),
        |stream| {
            let stream = stream.replace('\'', "''");
            format!("'connector' = 'kinesis', 'stream' = '{stream}', 'format' = 'json'")
        },
    );
    insert_into(fill, &options, columns, before, query)
}

fn insert_into(
    fill: &Fill,
    options: &str,
    columns: &[(&str, String)],
    before: &str,
    query: &str,
) -> String {
    let columns: Vec<String> =
        columns.iter().map(|(name, data_type)| format!("  {name} {data_type}")).collect();
    format!(
        "{}\nCREATE TABLE {SINK} (\n{}\n) WITH ({options});\n{before}\n\
         INSERT INTO {SINK}\n{query};\n",
        fill.declared,
        columns.join(",\n")
    )
}

/// Parts of the source that queries name.
struct Parts<'a> {
    table: &'a str,
    key: &'a str,
    key_type: String,
    /// A column with numbers, or one that stands for it.
    number: &'a str,
    number_type: String,
    time: &'a str,
}

const TIME: &str = "TIMESTAMP(3)";

fn parts(source: &Relation) -> Parts<'_> {
    let (key, key_type) = source.key().map_or(("", None), |it| (it.0.as_str(), it.1));
    let (number, number_type) = source.number().unwrap_or(("1", DataType::Integer));
    Parts {
        table: &source.written,
        key,
        key_type: flink_type(key_type),
        number,
        number_type: flink_type(Some(number_type)),
        time: source.time.as_deref().unwrap_or_default(),
    }
}

fn flink_type(data_type: Option<DataType>) -> String {
    match data_type {
        Some(known) if known.class() == Class::Timestamp => TIME.to_owned(),
        Some(DataType::Varchar(LENGTH_MAX..)) | None => "STRING".to_owned(),
        Some(known) => known.to_string(),
    }
}

fn filter(fill: &Fill) -> Written {
    let Parts { table, key, key_type, number, number_type, time } = parts(&fill.source);
    let columns = [("k", key_type), ("v", number_type), ("seen_at", TIME.to_owned())];
    let query = format!("SELECT {key}, {number}, {time}\nFROM {table}\nWHERE {number} > 0");
    Ok(insert(fill, &columns, "", &query))
}

fn windowed(fill: &Fill, function: &str, sizes: &str) -> Written {
    let Parts { table, key, key_type, number, number_type, time } = parts(&fill.source);
    let by = if function == "SESSION" { format!(" PARTITION BY {key}") } else { String::new() };
    let columns = [
        ("begins", TIME.to_owned()),
        ("ends", TIME.to_owned()),
        ("k", key_type),
        ("n", "BIGINT".to_owned()),
        ("total", number_type),
    ];
    let query = format!(
        "SELECT window_start, window_end, {key}, COUNT(*), SUM({number})\n\
         FROM TABLE({function}(TABLE {table}{by}, DESCRIPTOR({time}), {sizes}))\n\
         GROUP BY window_start, window_end, {key}"
    );
    Ok(insert(fill, &columns, "", &query))
}

fn over(fill: &Fill) -> Written {
    let Parts { table, key, key_type, number, number_type, time } = parts(&fill.source);
    let columns = [
        ("k", key_type),
        ("seen_at", TIME.to_owned()),
        ("n", "BIGINT".to_owned()),
        ("total", number_type),
    ];
    let query = format!(
        "SELECT {key}, {time}, COUNT(*) OVER w, SUM({number}) OVER w\nFROM {table}\n\
         WINDOW w AS (PARTITION BY {key} ORDER BY {time}\n  \
         RANGE BETWEEN INTERVAL '1' MINUTE PRECEDING AND CURRENT ROW)"
    );
    Ok(insert(fill, &columns, "", &query))
}

fn top(fill: &Fill) -> Written {
    let Parts { table, key, key_type, number, number_type, time } = parts(&fill.source);
    let columns = [
        ("begins", TIME.to_owned()),
        ("k", key_type),
        ("total", number_type),
        ("place", "BIGINT".to_owned()),
    ];
    let query = format!(
        "SELECT window_start, {key}, total, place\nFROM (\n  \
         SELECT *, ROW_NUMBER() OVER (\n    \
         PARTITION BY window_start, window_end ORDER BY total DESC) AS place\n  FROM (\n    \
         SELECT window_start, window_end, {key}, SUM({number}) AS total\n    \
         FROM TABLE(TUMBLE(TABLE {table}, DESCRIPTOR({time}), INTERVAL '1' MINUTE))\n    \
         GROUP BY window_start, window_end, {key}))\nWHERE place <= 3"
    );
    Ok(insert(fill, &columns, "", &query))
}

fn dedup(fill: &Fill) -> Written {
    let Parts { table, key, key_type, number, number_type, time } = parts(&fill.source);
    let columns = [("k", key_type), ("v", number_type), ("seen_at", TIME.to_owned())];
    let query = format!(
        "SELECT {key}, v, {time}\nFROM (\n  SELECT {key}, {number} AS v, {time}, \
         ROW_NUMBER() OVER (PARTITION BY {key} ORDER BY {time} ASC) AS place\n  \
         FROM {table})\nWHERE place = 1"
    );
    Ok(insert(fill, &columns, "", &query))
}

fn interval_join(fill: &Fill) -> Written {
    let Parts { table, key, key_type, time, .. } = parts(&fill.source);
    let time_type = || TIME.to_owned();
    let columns = [("k", key_type), ("first_at", time_type()), ("then_at", time_type())];
    let query = format!(
        "SELECT a.{key}, a.{time}, b.{time}\nFROM {table} AS a\nJOIN {table} AS b\n  \
         ON a.{key} = b.{key}\n  \
         AND b.{time} BETWEEN a.{time} + INTERVAL '1' SECOND AND a.{time} + INTERVAL '1' MINUTE"
    );
    Ok(insert(fill, &columns, "", &query))
}

fn temporal_join(fill: &Fill) -> Written {
    let Parts { table, key, key_type, number, number_type, time } = parts(&fill.source);
    let columns = [("k", key_type), ("seen_at", TIME.to_owned()), ("held", number_type)];
    let versions = format!(
        "CREATE VIEW versions AS\nSELECT {key}, v, {time}\nFROM (\n  \
         SELECT {key}, {number} AS v, {time}, \
         ROW_NUMBER() OVER (PARTITION BY {key} ORDER BY {time} DESC) AS place\n  \
         FROM {table})\nWHERE place = 1;\n"
    );
    let query = format!(
        "SELECT a.{key}, a.{time}, b.v\nFROM {table} AS a\n\
         LEFT JOIN versions FOR SYSTEM_TIME AS OF a.{time} AS b ON a.{key} = b.{key}"
    );
    Ok(insert(fill, &columns, &versions, &query))
}

fn pattern(fill: &Fill) -> Written {
    let Parts { table, key, key_type, number, number_type, time } = parts(&fill.source);
    let columns = [
        ("k", key_type),
        ("from_at", TIME.to_owned()),
        ("lowest", number_type),
        ("up_at", TIME.to_owned()),
    ];
    let number = if number == "1" { return Err(super::LACKS_NUMBER) } else { number };
    let query = format!(
        "SELECT {key}, from_at, lowest, up_at\nFROM {table} MATCH_RECOGNIZE (\n  \
         PARTITION BY {key} ORDER BY {time}\n  \
         MEASURES S.{time} AS from_at, LAST(DN.{number}) AS lowest, UP.{time} AS up_at\n  \
         ONE ROW PER MATCH AFTER MATCH SKIP PAST LAST ROW\n  PATTERN (S DN+ UP)\n  DEFINE\n    \
         DN AS (LAST(DN.{number}, 1) IS NULL AND DN.{number} < S.{number})\n      \
         OR DN.{number} < LAST(DN.{number}, 1),\n    \
         UP AS UP.{number} > LAST(DN.{number}))"
    );
    Ok(insert(fill, &columns, "", &query))
}

fn changelog(fill: &Fill) -> Written {
    let Parts { table, key, key_type, number, number_type, .. } = parts(&fill.source);
    let columns = [("k", key_type), ("n", "BIGINT".to_owned()), ("total", number_type)];
    let query = format!("SELECT {key}, COUNT(*), SUM({number})\nFROM {table}\nGROUP BY {key}");
    // Nothing but a log takes rows back.
    Ok(insert_into(fill, PRINT, &columns, "", &query))
}
