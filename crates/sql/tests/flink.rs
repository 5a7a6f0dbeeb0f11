//! Flink SQL against Apache Flink: every case of `tests/sql/flink` gives the rows Flink gave.
//!
//! Within one moment that rows come out of the order is Flink's own affair (it goes by hash), so
//! rows are compared moment by moment; with two inputs, whose order Flink does not fix, all at
//! once. What is not simulated yet is listed, and only that.

mod blocks;

use blocks::{Block, FILES, blocks};
use serde_json::Value as Json;
use sql::bind::flink::{self, Job};
use sql::eval::cast;
use sql::exec::{Emitted, On, Row};
use sql::{DataType, Dialect, Rules, Value, parse_script};

/// Cases that are not answered as Flink answers them, each with its reason. It may only shrink.
static ABSENT: &str = include_str!("../../../tests/sql/flink/absent.txt");

/// A value that came in, of the type of its column.
fn value_in(json: &Json, data_type: DataType) -> Value {
    let value = match json {
        Json::Null => Value::Null,
        Json::Bool(it) => Value::Boolean(*it),
        Json::String(it) => Value::Text(it.as_str().into()),
        other => Value::Text(other.to_string().into()),
    };
    cast(&value, data_type, &Rules::FLINK).expect("a value of its type")
}

/// A value as the answers of Flink have it.
fn value_out(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Boolean(it) => Json::Bool(*it),
        Value::Integer(it) => Json::from(*it),
        Value::Double(it) if it.is_finite() => Json::from(*it),
        Value::Real(it) => Json::from(*it),
        other => Json::String(sql::print::text_of(other)),
    }
}

/// Floats may differ in their last digits: Flink sums in another order.
fn same(ours: &Json, theirs: &Json) -> bool {
    match (ours.as_f64(), theirs.as_f64()) {
        (Some(a), Some(b)) if ours.is_f64() || theirs.is_f64() => {
            (a - b).abs() <= 1e-12 * b.abs().max(1.0)
        }
        _ => ours == theirs,
    }
}

/// A row of a changelog: what it does, and its values.
type Line = (String, Vec<Json>);

/// What comes out, moment by moment, or why nothing does.
fn run(case: &Block, data: &[&Block]) -> Result<Vec<Vec<Line>>, String> {
    let mut text: String = data.iter().map(|it| it.sql() + "\n").collect();
    text.push_str(&case.sql());
    let told = |problems: &[sql::Problem]| {
        let first = problems.first().expect("a problem");
        format!(
            "{} {} [{:?}]",
            first.code,
            first.message,
            text.get(first.span.from as usize..first.span.to as usize)
        )
    };
    let (script, problems) = parse_script(&text, Dialect::Flink);
    if !problems.is_empty() {
        return Err(told(&problems));
    }
    let mut job: Job = flink::bind(&script).map_err(|it| told(&it))?;
    let mut rows: Vec<(i64, usize, Row)> = Vec::new();
    for (index, input) in job.inputs.iter().enumerate() {
        let set = data.iter().find(|it| it.name == input.name).expect("a data set");
        for (at, row) in (0..).zip(set.rows()) {
            let pairs = row.iter().zip(&input.columns);
            let values: Vec<Value> = pairs.map(|(json, (_, it))| value_in(json, *it)).collect();
            let time = match input.time.map(|it| &values[it as usize]) {
                Some(Value::Timestamp(micros)) => *micros,
                _ => at,
            };
            rows.push((time, index, Row::flink(time, values)));
        }
    }
    if job.inputs.len() > 1 {
        rows.sort_by_key(|it| (it.0, it.1));
    }
    let mut emitted: Vec<Emitted> = Vec::new();
    for (at, (_, input, row)) in (0..).zip(rows) {
        job.graph.push(job.inputs[input].node, 0, row, On::Row(at));
        emitted.extend(job.graph.take());
    }
    if !case.lines.iter().any(|it| it == "open") {
        for input in &job.inputs {
            job.graph.advance(input.node, 0, i64::MAX, On::End);
        }
        emitted.extend(job.graph.take());
    }
    if let Some(problem) = job.graph.stopped() {
        return Err(told(core::slice::from_ref(problem)));
    }
    let mut moments: Vec<Vec<Line>> = Vec::new();
    let mut last = None;
    for Emitted { on, row, .. } in emitted {
        let line = (row.op.text().to_owned(), row.values.iter().map(value_out).collect());
        let moment = (on, row.time);
        match moments.last_mut().filter(|_| last == Some(moment) || job.inputs.len() > 1) {
            Some(lines) => lines.push(line),
            None => moments.push(vec![line]),
        }
        last = Some(moment);
    }
    Ok(moments)
}

/// Whether a case is answered as Flink answered it, or how not.
fn compare(case: &Block, data: &[&Block]) -> Result<(), String> {
    let refused = case.answer.iter().any(|it| it.starts_with("refused"));
    let moments = match run(case, data) {
        Err(_) if refused => return Ok(()),
        Err(problem) => return Err(problem),
        Ok(_) if refused => return Err("Flink refuses it".to_owned()),
        Ok(moments) => moments,
    };
    let lines = case.answer.iter().filter(|it| *it != "nothing");
    let theirs: Vec<Line> = lines
        .map(|it| (it[..2].to_owned(), serde_json::from_str(&it[3..]).expect("values")))
        .collect();
    let mut at = 0;
    for ours in &moments {
        let to = (at + ours.len()).min(theirs.len());
        let mut left: Vec<_> = theirs[at..to].iter().collect();
        for line in ours {
            let is = |it: &&Line| {
                it.0 == line.0
                    && it.1.len() == line.1.len()
                    && line.1.iter().zip(&it.1).all(|(a, b)| same(a, b))
            };
            match left.iter().position(is) {
                Some(found) => {
                    left.swap_remove(found);
                }
                None => return Err(format!("{line:?} is not among {left:?}")),
            }
        }
        at = to;
    }
    if at < theirs.len() {
        return Err(format!("missing from {:?}", theirs[at]));
    }
    Ok(())
}

#[test]
fn answers_are_those_of_flink() {
    let listed = ABSENT.lines().filter(|it| !it.starts_with('#') && !it.is_empty());
    let mut listed: Vec<&str> = listed.filter_map(|it| Some(it.split_once(" | ")?.0)).collect();
    let mut wrong = Vec::new();
    let (mut count, mut absent) = (0, 0);
    for text in FILES {
        let blocks = blocks(text);
        let data = |name: &str| blocks.iter().find(|it| it.kind == "data" && it.name == name);
        for case in blocks.iter().filter(|it| it.kind == "case") {
            let sets: Vec<&Block> = case.with().into_iter().filter_map(data).collect();
            let result = compare(case, &sets);
            let is_listed = listed.contains(&case.name.as_str());
            listed.retain(|it| *it != case.name);
            count += 1;
            match (result, is_listed) {
                (Ok(()), false) => {}
                (Err(_), true) => absent += 1,
                (Ok(()), true) => wrong.push(format!("{}: passes, strike it off", case.name)),
                (Err(why), false) => wrong.push(format!("{}: {why}", case.name)),
            }
        }
    }
    wrong.extend(listed.into_iter().map(|it| format!("{it}: there is no such case")));
    assert!(wrong.is_empty(), "{} of {count} cases:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count >= 250 && absent * 3 < count, "{absent} of {count} cases are absent");
}

const TABLES: &str = "CREATE TABLE s (k STRING, v INT, ts TIMESTAMP(3), p AS PROCTIME(), \
                      WATERMARK FOR ts AS ts - INTERVAL '2' SECOND);\n\
                      CREATE TABLE o (k STRING, w INT, wt TIMESTAMP(3), \
                      WATERMARK FOR wt AS wt);\n\
                      CREATE TABLE sunk (a STRING);\n";

/// Mistakes Flink refuses too (`refused.sqlt`), each with the place it is told at.
#[test]
fn mistakes_are_told_where_they_are() {
    let window = "SELECT window_start FROM TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '1' SECOND)";
    for (query, code, place) in [
        ("SELECT nope FROM s", "SQL-100", "nope"),
        ("SELECT s.k FROM s, o WHERE k = 'a'", "SQL-101", "k"),
        ("SELECT k FROM s UNION ALL SELECT k, w FROM o", "SQL-102", "UNION"),
        ("INSERT INTO sunk SELECT k, v FROM s", "SQL-102", "INSERT"),
        ("SELECT * FROM nope", "SQL-103", "nope"),
        ("SELECT k FROM s WHERE v > 1 OR k IN (SELECT k FROM o)", "SQL-104", "k IN"),
        ("SELECT k FROM s INTERSECT ALL SELECT k FROM o", "SQL-104", "INTERSECT"),
        ("SELECT k FROM s WHERE k IN (SELECT k, w FROM o)", "SQL-102", "k IN"),
        ("SELECT k, GROUPING(v) FROM s GROUP BY ROLLUP (k)", "SQL-108", "v"),
        ("SELECT k FROM s WHERE SUM(v) > 1", "SQL-106", "SUM"),
        ("SELECT k FROM s WHERE k", "SQL-107", "k"),
        ("SELECT SUM(v, v) FROM s", "SQL-108", "SUM"),
        ("SELECT SUM(k) FROM s", "SQL-109", "SUM"),
        ("SELECT k FROM s ORDER BY v LIMIT k", "SQL-110", "k"),
        ("SELECT NOPE(v) FROM s", "SQL-111", "NOPE"),
        ("SELECT k FROM s ORDER BY v", "SQL-114", "v"),
        ("SELECT k, v FROM s GROUP BY k", "SQL-115", "v"),
        (&window.replace("(ts)", "(v)"), "SQL-116", "TUMBLE"),
        (&window.replace("'1'", "'0'"), "SQL-117", "TUMBLE"),
        ("SELECT SUM(v) OVER (ORDER BY v) FROM s", "SQL-118", "(ORDER"),
        ("SELECT k, ROW_NUMBER() OVER (ORDER BY v) AS n FROM s", "SQL-119", "ROW_NUMBER"),
        ("SELECT 1 FROM s JOIN o FOR SYSTEM_TIME AS OF s.ts ON s.k = o.k", "SQL-120", "o"),
        ("SELECT * FROM s MATCH_RECOGNIZE (ORDER BY v PATTERN (A))", "SQL-121", "("),
    ] {
        let text = format!("{TABLES}{query}");
        let (script, problems) = parse_script(&text, Dialect::Flink);
        assert_eq!(problems, [], "{query}");
        let problems = flink::bind(&script).err().unwrap_or_default();
        let [problem] = &problems[..] else { panic!("{query}: {problems:?}") };
        assert_eq!(problem.code, code, "{query}: {}", problem.message);
        let found = text.get(problem.span.from as usize..).unwrap_or_default();
        assert!(found.starts_with(place), "{query}: {found}");
    }
    let many = "SELECT * FROM s MATCH_RECOGNIZE (ORDER BY ts PATTERN (a{2000} b))";
    let (_, problems) = parse_script(many, Dialect::Flink);
    assert_eq!(problems.first().map(|it| it.code), Some("SQL-033"), "{problems:?}");
    let no_time = "CREATE TABLE t (k STRING, WATERMARK FOR k AS k); SELECT k FROM t";
    let (script, _) = parse_script(no_time, Dialect::Flink);
    assert_eq!(flink::bind(&script).err().unwrap_or_default()[0].code, "SQL-105");
    let mut deep = "CREATE VIEW v0 AS SELECT k FROM s;\n".to_owned();
    for at in 1..40 {
        deep.push_str(&format!("CREATE VIEW v{at} AS SELECT k FROM v{};\n", at - 1));
    }
    deep.push_str("SELECT k FROM v39");
    let (script, _) = parse_script(&format!("{TABLES}{deep}"), Dialect::Flink);
    assert_eq!(flink::bind(&script).err().unwrap_or_default()[0].code, "SQL-112");
}

/// What keeps its state for ever says so, and a window does not.
#[test]
fn state_without_end_is_told() {
    let warned = |query: &str| {
        let (script, problems) = parse_script(&format!("{TABLES}{query}"), Dialect::Flink);
        assert_eq!(problems, [], "{query}");
        let job = flink::bind(&script).expect("a job");
        job.warnings.iter().any(|it| it.code == "SQL-113")
    };
    assert!(warned("SELECT k, COUNT(*) FROM s GROUP BY k"));
    assert!(warned("SELECT s.v FROM s JOIN o ON s.k = o.k"));
    assert!(warned("SELECT DISTINCT k FROM s"));
    assert!(warned("SELECT k FROM s ORDER BY v LIMIT 3"));
    assert!(!warned("SELECT k FROM s ORDER BY ts"));
    assert!(!warned("SELECT COUNT(*) FROM s"));
    assert!(!warned("SELECT s.v FROM s JOIN o ON s.k = o.k AND s.ts = o.wt"));
}

/// Pieces of queries, put together at random: what is selected, from where, and what follows.
static PIECES: [&[&str]; 3] = [
    &[
        "*",
        "k",
        "v",
        "ts",
        "p",
        "s.k",
        "o.w",
        "v + 2147483647",
        "-v",
        "COUNT(*)",
        "SUM(v)",
        "MAX(ts)",
        "COUNT(DISTINCT k)",
        "SUM(v) FILTER (WHERE v > 1)",
        "window_start",
        "window_end",
        "TUMBLE_START(ts, INTERVAL '1' DAY)",
        "CAST(v AS STRING)",
        "NULL",
        "v / v",
        "SUM(v) OVER (PARTITION BY k ORDER BY ts)",
        "CASE WHEN v > 1 THEN k END",
        "ROW_NUMBER() OVER (PARTITION BY k ORDER BY v DESC) AS n",
        "MAX(v) OVER w",
        "UPPER(k)",
        "LAG(v) OVER (ORDER BY ts)",
        "ROW_NUMBER() OVER (ORDER BY ts) AS n",
        "SUM(v",
        "1 AS k",
    ],
    &[
        "FROM s",
        "FROM s",
        "FROM s, o",
        "FROM s JOIN o ON s.k = o.k AND s.ts = o.wt",
        "FROM s LEFT JOIN o ON s.k = o.k",
        "FROM s FULL JOIN o ON s.k = o.k AND s.ts BETWEEN \
         o.wt - INTERVAL '1' SECOND AND o.wt + INTERVAL '9' SECOND",
        "FROM o",
        "FROM TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '3' SECOND)",
        "FROM (SELECT * FROM s)",
        "FROM HOP(TABLE s, DESCRIPTOR(ts), INTERVAL '1' SECOND, INTERVAL '4' SECOND)",
        "FROM SESSION(TABLE s PARTITION BY k, DESCRIPTOR(ts), INTERVAL '2' SECOND)",
        "FROM (SELECT k, v, ts, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts) AS n FROM s)",
        "FROM (SELECT k, SUM(v) AS v FROM s GROUP BY k)",
        "FROM (SELECT k, ts, v FROM s ORDER BY ts)",
        "FROM s MATCH_RECOGNIZE (PARTITION BY k ORDER BY ts MEASURES A.v AS v, MATCH_ROWTIME() AS \
         ts PATTERN (A+ B) DEFINE A AS A.v > 0)",
        "FROM s JOIN o FOR SYSTEM_TIME AS OF s.ts ON 1 = 1",
    ],
    &[
        "",
        "",
        "",
        "WHERE v > 1",
        "WHERE n <= 2",
        "WHERE n = 1",
        "AND v < 3",
        "GROUP BY k",
        "GROUP BY k, window_start, window_end",
        "GROUP BY v",
        "HAVING COUNT(*) > 0",
        "ORDER BY ts",
        "GROUP BY TUMBLE(ts, INTERVAL '1' DAY), k",
        "ORDER BY v LIMIT 2",
        "WINDOW w AS (ORDER BY ts)",
        "UNION ALL SELECT k FROM o",
        "UNION SELECT 'x' FROM s",
        "GROUP BY SESSION(ts, INTERVAL '1' SECOND)",
        "OFFSET 1",
        ")",
        ", k",
    ],
];

/// Whatever is put together is told or runs to its end; nothing panics, and the same script gives
/// the same rows again.
#[test]
fn random_queries_are_told_or_run() {
    let row = |at: i64, k: &str, more: &[Value]| {
        let mut values = vec![Value::Text(k.into())];
        values.extend_from_slice(more);
        values.push(Value::Timestamp(at * 1_000_000));
        Row::flink(at * 1_000_000, values)
    };
    let run = |text: &str| -> Option<Vec<Emitted>> {
        let (script, problems) = parse_script(text, Dialect::Flink);
        if !problems.is_empty() {
            return None;
        }
        let mut job = flink::bind(&script).ok()?;
        let mut out = Vec::new();
        for (index, at) in (0..).zip([1_i64, 4, 2, 9, -3, i64::MAX / 2_000_000, 5]) {
            for input in &job.inputs {
                let key = if at % 2 == 0 { "a" } else { "b" };
                let value = Value::Integer(at.rem_euclid(7));
                job.graph.push(input.node, 0, row(at, key, &[value]), On::Row(index));
            }
            out.extend(job.graph.take());
        }
        for input in &job.inputs {
            job.graph.advance(input.node, 0, i64::MAX, On::End);
        }
        out.extend(job.graph.take());
        Some(out)
    };
    let mut ran = 0;
    for seed in 0..3_000 {
        let mut rng = base::Rng::from_seed(seed);
        let mut pick = |kind: usize| {
            let pieces = PIECES[kind];
            pieces[usize::try_from(rng.below64(pieces.len() as u64)).expect("an index")]
        };
        let (one, other, from) = (pick(0), pick(0), pick(1));
        let (first, second) = (pick(2), pick(2));
        let text = format!("{TABLES}SELECT {one}, {other} {from} {first} {second}");
        let rows = run(&text);
        assert_eq!(rows, run(&text), "seed {seed}: {text}");
        ran += u32::from(rows.is_some_and(|it| !it.is_empty()));
    }
    assert!(ran > 80, "only {ran} queries gave rows");
}

/// What comes out of `SELECT …` over `p (k STRING, v INT, p AS PROCTIME())` and
/// `d (k STRING, w INT)`: rows as text. Rows come to the tables in their order, at these seconds.
fn by_the_clock(query: &str, rows: &[(&str, i64, &str, i64)]) -> Vec<String> {
    let text = format!(
        "CREATE TABLE p (k STRING, v INT, p AS PROCTIME());\n\
         CREATE TABLE d (k STRING, w INT);\n{query}"
    );
    let (script, problems) = parse_script(&text, Dialect::Flink);
    assert_eq!(problems, [], "{query}");
    let mut job = flink::bind(&script).expect("a job");
    let mut out = Vec::new();
    for (index, (table, second, key, value)) in (0..).zip(rows) {
        let input = job.inputs.iter().find(|it| it.name == *table).expect("a table");
        let values = vec![Value::Text((*key).into()), Value::Integer(*value)];
        job.graph.push(input.node, 0, Row::flink(second * 1_000_000, values), On::Row(index));
        let texts = |it: Emitted| {
            let values: Vec<String> = it.row.values.iter().map(sql::print::text_of).collect();
            format!("{second} {} {}", it.row.op.text(), values.join(" "))
        };
        out.extend(job.graph.take().into_iter().map(texts));
    }
    out
}

/// Facts, analytics §3.1: windows of processing time fire by the clock and nothing is late; a
/// lookup join takes what is there at processing time.
#[test]
fn processing_time_is_the_clock_of_whoever_runs_it() {
    let window = "SELECT k, SUM(v) AS s FROM TUMBLE(TABLE p, DESCRIPTOR(p), INTERVAL '10' SECOND) \
                  GROUP BY k, window_start, window_end";
    let rows = [("p", 1, "a", 1), ("p", 9, "a", 2), ("p", 10, "a", 4), ("p", 25, "b", 8)];
    assert_eq!(by_the_clock(window, &rows), ["10 +I a 3", "25 +I a 4"]);
    let over = "SELECT v, SUM(v) OVER (PARTITION BY k ORDER BY p) AS s FROM p";
    assert_eq!(by_the_clock(over, &rows), ["1 +I 1 1", "9 +I 2 3", "10 +I 4 7", "25 +I 8 8"]);
    let lookup = "SELECT p.k, d.w FROM p LEFT JOIN d FOR SYSTEM_TIME AS OF p.p ON p.k = d.k";
    let rows = [("p", 1, "a", 1), ("d", 2, "a", 7), ("p", 3, "a", 1), ("d", 4, "a", 9)];
    let rows = [&rows[..], &[("p", 5, "a", 1)]].concat();
    assert_eq!(by_the_clock(lookup, &rows), ["1 +I a null", "3 +I a 7", "5 +I a 9"]);
}
