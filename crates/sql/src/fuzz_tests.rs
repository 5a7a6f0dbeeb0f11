//! Scripts of random words: they are read, printed, bound and run, and nothing breaks.

use base::Rng;
use serde_json::{Map, Value as Json, json};

use crate::feed::{Feed, Line, Rows, run_flink, run_kinesis};
use crate::print::print_script;
use crate::translate::translate;
use crate::{Dialect, parse_script};

/// Pieces that scripts are made of; whole clauses among them, so that some scripts are good.
static PIECES: [&str; 96] = [
    "SELECT",
    "STREAM",
    "FROM",
    "S",
    "\"S\"",
    "T",
    "WHERE",
    "GROUP BY",
    "HAVING",
    "ORDER BY",
    "A",
    "B",
    "S.A",
    "S.ROWTIME",
    "ROWTIME",
    "*",
    ",",
    "(",
    ")",
    ";",
    "+",
    "-",
    "/",
    "=",
    "<",
    "1",
    "0",
    "'x'",
    "2.5",
    "NULL",
    "TRUE",
    "NOT",
    "AND",
    "OR",
    "IS NULL",
    "IN (1, 2)",
    "BETWEEN 1 AND 2",
    "LIKE 'a%'",
    "CASE WHEN A > 1 THEN 2 END",
    "CAST(A AS VARCHAR(3))",
    "COUNT(*)",
    "SUM(A)",
    "MIN(B)",
    "AVG(A) OVER W",
    "LAG(A, 1) OVER (ROWS 2 PRECEDING)",
    "OVER",
    "W",
    "WINDOW W AS (PARTITION BY B RANGE INTERVAL '1' MINUTE PRECEDING)",
    "(ROWS 2 PRECEDING)",
    "INTERVAL '1' MINUTE",
    "FLOOR(S.ROWTIME TO MINUTE)",
    "STEP(S.ROWTIME BY INTERVAL '5' SECOND)",
    "UNION ALL",
    "JOIN",
    "LEFT JOIN",
    "ON S.A = T.A",
    "AS",
    "DISTINCT",
    "INSERT INTO O",
    "VALUES",
    "CREATE PUMP P AS INSERT INTO O SELECT STREAM A, B FROM S",
    "CREATE PUMP Q AS INSERT INTO O SELECT STREAM",
    "CREATE VIEW V AS SELECT STREAM A, B FROM S",
    "CREATE FUNCTION F (X INTEGER) RETURNS INTEGER RETURN X +",
    "F(A)",
    "V",
    "CREATE STREAM O (A INTEGER, B VARCHAR(4));",
    "CREATE STREAM",
    "CREATE TABLE",
    "T (A INT, B STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND);",
    "WINDOWED BY STAGGER (PARTITION BY B RANGE INTERVAL '1' MINUTE)",
    "TABLE(TUMBLE(TABLE T, DESCRIPTOR(ts), INTERVAL '10' SECOND))",
    "window_start",
    "window_end",
    "ts",
    "TUMBLE(ts, INTERVAL '1' SECOND)",
    "ROW_NUMBER() OVER (PARTITION BY B ORDER BY ts)",
    "LIMIT 3",
    "WITH",
    "SET",
    "EXECUTE STATEMENT SET BEGIN",
    "END",
    "ALTER PUMP P STOP",
    "DROP",
    "--",
    "/*",
    "*/",
    "'",
    "\"",
    "`",
    "é",
    "\u{0}",
    "#",
    "=>",
    "FOR SYSTEM_TIME AS OF",
    "%",
];

fn text(rng: &mut Rng, head: &str) -> String {
    let mut text = head.to_owned();
    for _ in 0..1 + rng.below64(24) {
        let piece = usize::try_from(rng.below64(PIECES.len() as u64)).unwrap();
        text.push_str(PIECES[piece]);
        text.push(' ');
    }
    text
}

/// A query that is good as often as not: one choice for each of its clauses.
fn query(rng: &mut Rng) -> String {
    let clauses: [&[&str]; 5] = [
        &["A", "SUM(A)", "COUNT(*) OVER (PARTITION BY B ROWS 2 PRECEDING)", "1", "-A / 0", "NULL"],
        &[", B FROM ", ", 'x' FROM ", ", UPPER(B) FROM ", ", B || B FROM ", ", MAX(B) FROM "],
        &["S", "\"S\" AS S", "(SELECT STREAM A, B FROM S) AS S", "S, S AS T", "T"],
        &["", " WHERE A > 0", " WHERE B LIKE 'x%' OR A IS NULL", " WHERE A", " WHERE COUNT(*) > 1"],
        &[
            "",
            " GROUP BY A, B, FLOOR(S.ROWTIME TO MINUTE)",
            " WINDOWED BY STAGGER (PARTITION BY A, B RANGE INTERVAL '9' SECOND)",
            " ORDER BY S.ROWTIME, B DESC",
            " GROUP BY TUMBLE(ts, INTERVAL '5' SECOND), A, B",
        ],
    ];
    let mut text = String::new();
    for clause in clauses {
        text.push_str(clause[usize::try_from(rng.below64(clause.len() as u64)).unwrap()]);
    }
    text
}

fn rows(name: &str) -> Rows {
    let row = |second: u32| -> Map<String, Json> {
        let time = format!("2026-03-01T10:00:{second:02}Z");
        let row = json!({ "ROWTIME": time, "ts": time, "A": second % 3, "B": "x" });
        row.as_object().cloned().unwrap_or_default()
    };
    Rows { name: name.to_owned(), rows: [1, 1, 4, 30, 59].map(row).to_vec() }
}

fn survives(text: &str, dialect: Dialect) {
    let (script, problems) = parse_script(text, dialect);
    if problems.is_empty() {
        let printed = print_script(&script, dialect);
        let (again, problems) = parse_script(&printed, dialect);
        assert!(problems.is_empty(), "{text}\n{printed}\n{problems:?}");
        assert_eq!(print_script(&again, dialect), printed, "{text}");
    }
    for problem in &problems {
        let (from, to) = (problem.span.from as usize, problem.span.to as usize);
        assert!(text.get(from..to.max(from)).is_some(), "{text}: {problem:?}");
        assert!(!problem.help.is_empty() && !problem.message.is_empty());
    }
    assert!(translate(text, dialect).notes.iter().all(|it| !it.text.is_empty()));
    let once = run(text, dialect);
    assert_eq!(once, run(text, dialect), "{text}: a run is a function of its input");
}

/// The rows that come out, if the script runs.
fn run(text: &str, dialect: Dialect) -> Option<Vec<String>> {
    let mut out = Vec::new();
    let mut see = |line: Line<'_>| out.push(line.json());
    let until = Some(i64::MAX / 2);
    let feed = |name| Feed { inputs: vec![rows(name)], until, ..Feed::default() };
    let outcome = match dialect {
        Dialect::Kinesis => run_kinesis(text, &feed("S"), &mut see),
        Dialect::Batch => return None,
        Dialect::Flink => run_flink(text, &feed("T"), &mut see).map(drop),
    };
    outcome.is_ok().then_some(out)
}

static KINESIS: &str = "CREATE STREAM \"S\" (A INTEGER, B VARCHAR(4)); CREATE STREAM O (A \
                        BIGINT, B VARCHAR(4)); CREATE PUMP P0 AS INSERT INTO O SELECT STREAM ";
static FLINK: &str = "CREATE TABLE T (A INT, B STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - \
                      INTERVAL '2' SECOND); SELECT ";

#[test]
fn random_scripts_break_nothing() {
    for seed in 0..3_000 {
        let mut rng = Rng::from_seed(seed);
        let head = ["", KINESIS, FLINK][usize::try_from(rng.below64(3)).unwrap()];
        let text = text(&mut rng, head);
        survives(&text, Dialect::Kinesis);
        survives(&text, Dialect::Flink);
    }
}

#[test]
fn random_queries_break_nothing() {
    let mut ran = [0, 0];
    for seed in 0..1_500 {
        let query = query(&mut Rng::from_seed(seed));
        for (index, (head, dialect)) in
            [(KINESIS, Dialect::Kinesis), (FLINK, Dialect::Flink)].into_iter().enumerate()
        {
            let text = format!("{head}{query}");
            survives(&text, dialect);
            ran[index] += u32::from(run(&text, dialect).is_some_and(|it| !it.is_empty()));
        }
    }
    assert!(ran.iter().all(|it| *it > 30), "only {ran:?} gave rows: the choices do not fit");
}

/// What expands does not explode, and what nests does not overflow.
#[test]
fn scripts_made_to_be_large_end() {
    let mut views = "CREATE STREAM S (A INTEGER);".to_owned();
    let mut functions = "CREATE FUNCTION F0 (A INTEGER) RETURNS INTEGER RETURN A + A;".to_owned();
    views.push_str("CREATE VIEW V0 AS SELECT STREAM A FROM S;");
    for n in 1..40 {
        let last = n - 1;
        views.push_str(&format!(
            "CREATE VIEW V{n} AS SELECT STREAM A FROM V{last} \
             UNION ALL SELECT STREAM A FROM V{last};"
        ));
        functions.push_str(&format!(
            "CREATE FUNCTION F{n} (A INTEGER) RETURNS INTEGER RETURN F{last}(A) + F{last}(A);"
        ));
    }
    for text in [views, functions] {
        survives(&text, Dialect::Kinesis);
        assert!(run_kinesis(&text, &Feed::default(), &mut |_| {}).is_err());
    }
    for piece in ["(", "SELECT STREAM A FROM (", "NOT ", "-", "CASE WHEN ", "F(", "a.", "[", "{"] {
        survives(&piece.repeat(8_000), Dialect::Kinesis);
        survives(&piece.repeat(8_000), Dialect::Flink);
    }
}

/// What would be too long a text is refused before it is one: 60,000 characters times themselves
/// are more than there is room for.
#[test]
fn texts_made_to_be_large_end() {
    let row = json!({ "ROWTIME": "2026-03-01T10:00:00Z", "ts": "2026-03-01 10:00:00", "A": 1,
        "B": "x".repeat(60_000) });
    let kinesis = "CREATE STREAM T (A INTEGER, B VARCHAR(65535)); CREATE STREAM O (B \
                   VARCHAR(65535)); CREATE PUMP P AS INSERT INTO O SELECT STREAM ";
    for (expr, dialect) in [
        ("REGEX_REPLACE(B, '.', B, 1, 0)", Dialect::Kinesis),
        ("REGEX_REPLACE(B, '', '$0' || B, 1, 0)", Dialect::Kinesis),
        ("CAST(CHAR_TO_TIMESTAMP('D', '999999999') AS VARCHAR(30))", Dialect::Kinesis),
        ("REPEAT(B, 65535)", Dialect::Flink),
        ("REPLACE(B, 'x', B)", Dialect::Flink),
        ("REPLACE(B, '', B)", Dialect::Flink),
        ("REGEXP_REPLACE(B, '.', B)", Dialect::Flink),
        ("LPAD(B, 2147483647, B)", Dialect::Flink),
    ] {
        let rows = vec![row.as_object().cloned().unwrap_or_default()];
        let inputs = vec![Rows { name: "T".to_owned(), rows }];
        let feed = Feed { inputs, ..Feed::default() };
        let mut streams = Vec::new();
        let mut see = |line: Line<'_>| streams.push(line.stream.to_owned());
        let outcome = match dialect {
            Dialect::Kinesis => run_kinesis(&format!("{kinesis}{expr} FROM T"), &feed, &mut see),
            _ => run_flink(&format!("{FLINK}{expr} FROM T"), &feed, &mut see).map(drop),
        };
        // The row goes to the error stream of the one dialect and ends the job of the other.
        assert!(outcome.is_err() || streams == ["error_stream"], "{expr}: {streams:?}");
    }
}
