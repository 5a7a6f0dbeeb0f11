//! Every golden of the Kinesis dialect in the words of Flink: what is translated without a note
//! gives the same rows there. When they come out, and in which order those of one window do, is
//! the affair of each dialect; times of rows that Flink has no more than as columns are not
//! compared.

mod blocks;
mod golden;

use base::calendar;
use blocks::{Block, FILES, blocks};
use golden::{Golden, paths, read};
use serde_json::Value as Json;
use sql::ast::{StatementKind, TableElement};
use sql::feed::{Feed, Refusal, Rows, run_flink, run_kinesis};
use sql::print::text_of;
use sql::translate::{Declared, Translation, translate, translate_with};
use sql::{DataType, Dialect, parse_script};

/// What comes out of streams that are no input, as `NAME: values`, sorted.
fn rows_of_kinesis(golden: &Golden) -> Vec<String> {
    let mut rows = Vec::new();
    run_kinesis(&golden.script, &golden.feed, &mut |line| {
        let values: Vec<String> = line.emitted.row.values.iter().map(text_of).collect();
        rows.push(format!("{}: {}", line.stream, values.join(", ")));
    })
    .expect("a good golden");
    rows.sort();
    rows
}

fn rows_of_flink(text: &str, golden: &Golden) -> Result<Vec<String>, Refusal> {
    let mut feed = golden.feed.clone();
    feed.until = None;
    let tables = golden.feed.tables.iter().map(|table| {
        let rows = table.rows.iter().map(|row| {
            let cells = table.columns.iter().zip(row);
            cells.map(|(name, it)| (name.clone(), Json::from(it.as_str()))).collect()
        });
        Rows { name: table.name.clone(), rows: rows.collect() }
    });
    feed.inputs.splice(0..0, tables);
    feed.inputs.retain(|input| text.contains(&input.name));
    let mut rows = Vec::new();
    run_flink(text, &feed, &mut |line| {
        let values: Vec<String> = line.emitted.row.values.iter().map(text_of).collect();
        rows.push(format!("{}: {}", line.stream, values.join(", ")));
    })?;
    rows.sort();
    Ok(rows)
}

fn translated(golden: &Golden) -> Translation {
    let declared = golden.feed.tables.iter().map(|table| Declared {
        name: table.name.clone(),
        columns: table.columns.iter().map(|it| (it.clone(), DataType::Varchar(100))).collect(),
        is_table: true,
    });
    let declared: Vec<Declared> = declared.collect();
    translate_with(&golden.script, Dialect::Kinesis, &declared)
}

#[test]
fn what_has_no_note_gives_the_same_rows() {
    let (mut same, mut noted, mut faults) = (0, 0, Vec::new());
    for path in paths() {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let golden = read(&std::fs::read_to_string(&path).expect("a golden can be read"));
        if golden.facts.iter().any(|it| it.starts_with("SQL-")) {
            continue;
        }
        let made = translated(&golden);
        if !made.notes.is_empty() {
            noted += 1;
            continue;
        }
        same += 1;
        let rows = rows_of_kinesis(&golden);
        if rows.iter().any(|it| it.starts_with("error_stream")) {
            // Flink has no such stream: what is wrong with a row ends the job.
            continue;
        }
        let sinks =
            |it: &String| made.text.contains(&format!("INTO {}", it.split(':').next().unwrap()));
        let expected: Vec<String> = rows.into_iter().filter(sinks).collect();
        match rows_of_flink(&made.text, &golden) {
            Ok(rows) if rows == expected => {}
            Ok(rows) => faults.push(format!("{name}:\n  {expected:?}\n  {rows:?}\n{}", made.text)),
            Err(why) => faults.push(format!("{name}: {why:?}\n{}", made.text)),
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
    assert!(same >= 15, "{same} goldens have no note, {noted} have some");
}

/// The rows a case of Flink gives once it is a script of the Kinesis dialect, its rows arriving a
/// millisecond apart.
fn rows_of_case(data: &[&Block], text: &str) -> Result<Vec<String>, Refusal> {
    let mut feed = Feed { until: calendar::parse("2030-01-01T00:00:00Z"), ..Feed::default() };
    for set in data {
        let (script, _) = parse_script(&set.sql(), Dialect::Flink);
        let elements = script.statements.iter().flat_map(|it| match &it.kind {
            StatementKind::CreateTable(table) => &table.elements[..],
            _ => &[],
        });
        let (mut columns, mut time) = (Vec::new(), None);
        for element in elements {
            match element {
                TableElement::Column(column) => columns.push(column.name.text.clone()),
                TableElement::Watermark { column, .. } => time = Some(column.text.clone()),
                _ => {}
            }
        }
        let mut rows = set.rows();
        if let Some(time) = time.filter(|_| text.contains("WITHIN")) {
            // What is put in order waits for a later row.
            let last =
                |it: &String| if *it == time { "2028-01-01 00:00:00".into() } else { Json::Null };
            rows.push(columns.iter().map(last).collect());
        }
        let rows = rows.into_iter().enumerate().map(|(at, row)| {
            let mut object: serde_json::Map<_, _> = columns.iter().cloned().zip(row).collect();
            let time = format!("2029-01-01T00:00:00.{at:03}Z");
            object.insert("ROWTIME".to_owned(), time.into());
            object
        });
        feed.inputs.push(Rows { name: set.name.clone(), rows: rows.collect() });
    }
    let mut rows = Vec::new();
    run_kinesis(text, &feed, &mut |line| {
        let values: Vec<String> = line.emitted.row.values.iter().map(text_of).collect();
        match line.stream {
            "RESULT_STREAM" => rows.push(values.join(", ")),
            "error_stream" => rows.push("error_stream".to_owned()),
            _ => {}
        }
    })?;
    rows.sort();
    Ok(rows)
}

/// Flink says TRUE where the Kinesis dialect says true.
const BOOLEANS: &str = "casts to text";

/// What Flink answers, if it takes nothing back.
fn answer(case: &Block) -> Option<Vec<String>> {
    let mut rows = Vec::new();
    for line in case.answer.iter().filter(|it| *it != "nothing") {
        let values: Vec<Json> = serde_json::from_str(line.strip_prefix("+I ")?).ok()?;
        let texts = values.iter().map(|it| match it {
            Json::String(text) => text.clone(),
            other => other.to_string(),
        });
        rows.push(texts.collect::<Vec<_>>().join(", "));
    }
    rows.sort();
    Some(rows)
}

#[test]
fn cases_of_flink_are_scripts_of_the_kinesis_dialect() {
    let (mut whole, mut noted, mut absent, mut faults) = (0, 0, 0, Vec::new());
    let mut same = 0;
    for file in FILES {
        let all = blocks(file);
        for case in all.iter().filter(|it| it.kind == "case") {
            // What is refused has no rows, and what this crate does not read no translation.
            if case.answer.first().is_some_and(|it| it.starts_with("refused")) {
                continue;
            }
            let with = case.with();
            let data: Vec<&Block> = all
                .iter()
                .filter(|it| it.kind == "data" && with.contains(&it.name.as_str()))
                .collect();
            let mut text: String = data.iter().map(|it| it.sql() + "\n").collect();
            text.push_str(&case.sql());
            let made = translate_with(&text, Dialect::Flink, &[]);
            if made.text.is_empty() {
                continue;
            }
            if made
                .notes
                .iter()
                .any(|it| it.text.contains("no equivalent") || it.text.contains("does not run so"))
            {
                absent += 1;
                continue;
            }
            whole += 1;
            noted += usize::from(!made.notes.is_empty());
            match rows_of_case(&data, &made.text) {
                Ok(rows) => {
                    let is_same = answer(case).is_some_and(|it| it == rows);
                    same += usize::from(is_same);
                    let faulty = rows.iter().any(|it| it == "error_stream");
                    if !is_same && !faulty && made.notes.is_empty() && case.name != BOOLEANS {
                        let answer = answer(case);
                        faults.push(format!("{}: {rows:?}\n{answer:?}\n{}", case.name, made.text));
                    }
                }
                Err(why) => {
                    let notes: Vec<&String> = made.notes.iter().map(|it| &it.text).collect();
                    faults.push(format!("{}: {why:?}\n{notes:?}\n{}", case.name, made.text));
                }
            }
        }
    }
    assert!(
        whole >= 100 && same >= 50,
        "{whole} cases have an equivalent, {same} with the same rows, {noted} have notes; \
         {absent} have none"
    );
    assert!(faults.is_empty(), "{}: {}", faults.len(), faults.join("\n\n"));
}

/// There and back again: what is told in Flink's words without a note, and back without one, is a
/// script of the Kinesis dialect with the same rows.
#[test]
fn a_script_comes_back_as_it_was() {
    let (mut same, mut faults) = (0, Vec::new());
    for path in paths() {
        let golden = read(&std::fs::read_to_string(&path).expect("a golden can be read"));
        if golden.facts.iter().any(|it| it.starts_with("SQL-")) {
            continue;
        }
        let there = translated(&golden);
        let back = translate(&there.text, Dialect::Flink);
        if !there.notes.is_empty() || !back.notes.is_empty() {
            continue;
        }
        let sinks = |it: &String| {
            let name = it.split(':').next().unwrap_or_default();
            name == "error_stream" || there.text.contains(&format!("INTO {name}"))
        };
        let rows = |script: &str| {
            let golden = Golden {
                script: script.to_owned(),
                feed: golden.feed.clone(),
                ..Golden::default()
            };
            rows_of_kinesis(&golden).into_iter().filter(sinks).collect::<Vec<_>>()
        };
        let (expected, found) = (rows(&golden.script), rows(&back.text));
        if expected == found {
            same += 1;
        } else {
            faults.push(format!("{path:?}\n{expected:?}\n{found:?}\n{}", back.text));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
    assert!(same >= 15, "{same} come back");
}

/// A translation with these words in it, and with this note.
fn says((made, text, note): (Translation, &str, &str)) {
    assert!(made.text.contains(text), "{text}\n{}", made.text);
    let said = made.notes.iter().any(|it| it.text.contains(note));
    assert!(said, "{note}: {:?}", made.notes);
}

/// What is said of forms that the Kinesis dialect alone has, and what is put in their place (facts,
/// analytics §2.5 and §2.3).
#[test]
fn what_flink_has_not_is_said() {
    let kinesis = |query: &str| {
        let head = "CREATE STREAM \"S\" (K VARCHAR(4), V INTEGER); \
                    CREATE STREAM O (K VARCHAR(4), V BIGINT); ";
        let script = format!("{head}CREATE PUMP P AS INSERT INTO O {query}");
        translate(&script, Dialect::Kinesis)
    };
    [
        (
            kinesis(
                "SELECT STREAM K, COUNT(*) FROM \"S\" WINDOWED BY STAGGER (PARTITION BY K RANGE \
                 INTERVAL '1' MINUTE)",
            ),
            "SESSION(TABLE S PARTITION BY (K)",
            "A stagger window has no equivalent",
        ),
        (
            kinesis(
                "SELECT STREAM K, SUM(V) OVER (PARTITION BY K RANGE INTERVAL '1' MINUTE PRECEDING) \
                 FROM \"S\"",
            ),
            "(PARTITION BY K ORDER BY rowtime RANGE BETWEEN INTERVAL '1' MINUTE PRECEDING",
            "Rows of one moment see each other",
        ),
        (
            kinesis(
                "SELECT STREAM K, ANOMALY_SCORE FROM TABLE(RANDOM_CUT_FOREST(CURSOR(SELECT \
                 STREAM * FROM \"S\")))",
            ),
            "-- P: no equivalent",
            "RANDOM_CUT_FOREST has no equivalent",
        ),
        (
            kinesis("SELECT STREAM K, V / V FROM \"S\""),
            "SELECT K, V / V",
            "A division by zero sends the row to error_stream",
        ),
    ]
    .into_iter()
    .for_each(says);
    let wrong = translate("SELECT STREAM 'a", Dialect::Kinesis);
    assert!(wrong.text.is_empty() && wrong.notes[0].text.starts_with("SQL-002"));
}

/// The same of forms that Flink alone has (facts, analytics §3.1).
#[test]
fn what_the_kinesis_dialect_has_not_is_said() {
    let flink = |query: &str| {
        let head = "CREATE TABLE s (k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - \
                    INTERVAL '2' SECOND); ";
        translate(&format!("{head}{query}"), Dialect::Flink)
    };
    let group = "GROUP BY window_start, window_end, k";
    [
        (
            flink(&format!(
                "SELECT k, SUM(v) FROM HOP(TABLE s, DESCRIPTOR(ts), INTERVAL '5' SECOND, \
                 INTERVAL '10' SECOND) {group}"
            )),
            "WINDOW W AS (PARTITION BY K RANGE BETWEEN INTERVAL '10' SECOND PRECEDING",
            "A hopping window has no equivalent",
        ),
        (
            flink(&format!(
                "SELECT k, SUM(v) FROM SESSION(TABLE s PARTITION BY k, DESCRIPTOR(ts), INTERVAL \
                 '10' SECOND) {group}"
            )),
            "WINDOWED BY STAGGER (PARTITION BY K RANGE INTERVAL '10' SECOND)",
            "A session window has no equivalent",
        ),
        (
            flink("SELECT k, COUNT(*) FROM s GROUP BY k"),
            "STEP(S.ROWTIME BY INTERVAL '1' MINUTE), K",
            "told again with every row, have no equivalent",
        ),
        (
            flink("SELECT k, v FROM s ORDER BY ts"),
            "ORDER BY TS WITHIN INTERVAL '2' SECOND",
            "There are no watermarks",
        ),
        (
            flink("SELECT k, COUNT(DISTINCT v) FROM s GROUP BY k"),
            "-- The query has no equivalent",
            "COUNT_DISTINCT_ITEMS_TUMBLING",
        ),
    ]
    .into_iter()
    .for_each(says);
}
