//! Applications of both dialects, fed record by record.

use super::*;
use crate::input::Format;

/// 2026-03-01 10:00:00 UTC.
const TEN: i64 = 1_772_359_200_000_000;
const SECOND: i64 = 1_000_000;

fn source(schema: &str) -> Source {
    let schema = Schema::parse(schema, Format::json("$").unwrap()).unwrap();
    Source { prefix: "SOURCE_SQL_STREAM".to_owned(), parallelism: 1, schema, has_shards: true }
}

fn at(second: i64) -> Arrival<'static> {
    Arrival {
        time_micros: TEN + second * SECOND + 400,
        approximate_arrival_micros: TEN + second * SECOND - 250_600,
        shard: "shardId-000000000001",
        partition_key: "key",
        sequence_number: "495",
    }
}

/// What came out, as the name of the stream and the row.
fn told(live: &mut Live) -> Vec<String> {
    let out = live.take();
    let line = |it: &Out| format!("{} {}", live.outputs()[it.output].name, live.csv(it));
    out.iter().map(line).collect()
}

/// Facts, analytics E16, by a running application: what does not fit goes to `error_stream`.
#[test]
fn records_are_converted_by_the_schema() {
    let script = r#"CREATE STREAM D (A INTEGER, B VARCHAR(2), C BOOLEAN);
        CREATE PUMP P AS INSERT INTO D SELECT STREAM "A", "B", "C" FROM "SOURCE_SQL_STREAM_001";"#;
    let schema = "A INTEGER $.A\nB VARCHAR(2) $.B\nC BOOLEAN $.C";
    let mut live = Live::kinesis(script, &source(schema), Vec::new()).unwrap();
    let names: Vec<&str> = live.outputs().iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["D", "error_stream"]);
    let mut all = Vec::new();
    for (second, data) in (0..).zip([
        r#"{"A":7,"B":"abc","C":"TRUE"}"#,
        r#"{"A":true,"B":true,"C":0}"#,
        r#"{"A":"12","B":5,"C":"x"}"#,
        r#"{"A":null}"#,
        r#"{"A":1.5}"#,
        r#"{"A":"x"}"#,
    ]) {
        let pushed = live.push(0, &at(second), data.as_bytes());
        assert_eq!(pushed.rows + pushed.refused, 1);
        all.extend(told(&mut live));
    }
    assert_eq!(all[..4], ["D 7,ab,true", "D 1,tr,false", "D 12,5,false", "D ,,"]);
    assert_eq!(all.len(), 6);
    for (line, at, data) in [(&all[4], "10:00:04", "7B2241223A312E357D"), (&all[5], "10:00:05", "")]
    {
        let begins = format!("error_stream 2026-03-01 {at}.000,ERROR,Row does not fit the schema,");
        assert!(line.starts_with(&begins), "{line}");
        assert!(line.to_uppercase().contains(data), "{line}");
    }
}

/// Facts, analytics E17 and §1.2: a row for each item of one array, the columns of the record and
/// those of its arrival with each.
#[test]
fn an_array_becomes_rows_with_the_columns_of_the_record() {
    let script = r#"CREATE STREAM D (N VARCHAR(4), ID INTEGER, T TIMESTAMP, S VARCHAR(64));
        CREATE PUMP P AS INSERT INTO D SELECT STREAM "N", "ID", APPROXIMATE_ARRIVAL_TIME,
        SHARD_ID || PARTITION_KEY || SEQUENCE_NUMBER FROM "SOURCE_SQL_STREAM_001";"#;
    let source = source("N VARCHAR(4) $.n\nID INTEGER $.o[0:].id");
    let mut live = Live::kinesis(script, &source, Vec::new()).unwrap();
    let data = br#"{"n":"J","o":[{"id":1},{"x":2},{"id":3}]}"#;
    assert_eq!(live.push(0, &at(0), data), Pushed { rows: 3, refused: 0 });
    let row = |id: &str| format!("D J,{id},2026-03-01 09:59:59.749,shardId-000000000001key495");
    assert_eq!(told(&mut live), [row("1"), row(""), row("3")]);
    assert_eq!(live.push(0, &at(0), br#"{"n":"K","o":[]}"#).rows, 1);
    assert_eq!(live.take().len(), 1);
}

const PER_MINUTE: &str = r#"CREATE STREAM D (SYM VARCHAR(4), C INTEGER, Q INTEGER);
    CREATE PUMP P AS INSERT INTO D SELECT STREAM SYM, COUNT(*) AS C, SUM(QTY) AS Q
    FROM "SOURCE_SQL_STREAM_001" AS s GROUP BY SYM, STEP(s.ROWTIME BY INTERVAL '60' SECOND);"#;

/// Facts, analytics E2, with bounds: a window closes without a further row, and while it is open
/// it can be seen.
#[test]
fn windows_can_be_seen_and_close_by_the_bound() {
    let source = source("SYM VARCHAR(4) $.sym\nQTY INTEGER $.qty");
    let mut live = Live::kinesis(PER_MINUTE, &source, Vec::new()).unwrap();
    for (second, sym, quantity) in [(5, "AAA", 10), (20, "BBB", 5), (45, "AAA", 30)] {
        let data = format!(r#"{{"sym":"{sym}","qty":{quantity}}}"#);
        live.push(0, &at(second), data.as_bytes());
    }
    let minute = |rows, is_open| Window { start: TEN, end: TEN + 60 * SECOND, rows, is_open };
    assert_eq!(live.track().windows, [minute(3, true)]);
    assert_eq!(live.track().clock, TEN + 45 * SECOND);
    let bytes = live.state_bytes();
    assert!(bytes > 0);
    live.advance(TEN + 59 * SECOND);
    assert_eq!(told(&mut live), Vec::<String>::new());
    let mut other = live.clone();
    live.advance(TEN + 60 * SECOND);
    assert_eq!(told(&mut live), ["D AAA,2,40", "D BBB,1,5"]);
    assert_eq!(live.track().windows, [minute(3, false)]);
    assert_eq!(live.state_bytes(), 0);
    other.advance(TEN + 60 * SECOND);
    assert_eq!(told(&mut other), ["D AAA,2,40", "D BBB,1,5"], "a clone goes on as it would");
    assert_eq!(
        live.json(&Out { output: 0, row: Row::insert(0, [Value::Null, Value::Integer(2)]) }),
        r#"{"SYM":null,"C":2}"#
    );
}

/// Facts, analytics §1.1: the source's streams are numbered, all of them with the same columns.
#[test]
fn parallel_inputs_are_streams_of_their_own() {
    let script = r#"CREATE STREAM D (A INTEGER);
        CREATE PUMP P AS INSERT INTO D SELECT STREAM "A" FROM "SOURCE_SQL_STREAM_001";
        CREATE PUMP Q AS INSERT INTO D SELECT STREAM "A" FROM "SOURCE_SQL_STREAM_002";"#;
    let source = Source { parallelism: 2, has_shards: false, ..source("A INTEGER $.a") };
    let mut live = Live::kinesis(script, &source, Vec::new()).unwrap();
    let columns = |it: &Input| it.columns.iter().map(|it| it.name.clone()).collect::<Vec<_>>();
    assert_eq!(columns(&live.inputs()[1]), ["A", "APPROXIMATE_ARRIVAL_TIME"]);
    live.push(1, &at(1), b"{\"a\":2}");
    live.push(0, &at(1), b"{\"a\":1}");
    assert_eq!(told(&mut live), ["D 2", "D 1"]);
    let wrong = Live::kinesis("SELECT", &source, Vec::new()).unwrap_err();
    assert!(!wrong.is_empty());
}

const TABLES: &str = "CREATE TABLE s (k STRING, v INT, ts TIMESTAMP(3),
    came TIMESTAMP(3) METADATA FROM 'timestamp' VIRTUAL,
    WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)
    WITH ('connector' = 'kinesis', 'stream' = 'orders', 'format' = 'json');
    CREATE TABLE sunk (w TIMESTAMP(3), k STRING, n BIGINT, q INT) PARTITIONED BY (k)
    WITH ('connector' = 'kinesis', 'stream' = 'sums', 'format' = 'json');";

fn push(live: &mut Live, now: i64, input: usize, key: &str, value: i64, second: i64) {
    let data = format!(r#"{{"k":"{key}","v":{value},"ts":"2026-01-01 00:00:{second:02}"}}"#);
    live.push(input, &at(now), data.as_bytes());
}

/// Facts, analytics F1: by records of JSON; what is late is told with how late.
#[test]
fn a_flink_job_is_fed_record_by_record() {
    let script = format!(
        "{TABLES} INSERT INTO sunk SELECT window_start, k, COUNT(*), SUM(v)
        FROM TABLE(TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '10' SECOND))
        GROUP BY window_start, window_end, k"
    );
    let mut live = Live::flink(&script).unwrap();
    assert_eq!(live.inputs()[0].options[1], ("stream".to_owned(), "orders".to_owned()));
    assert_eq!((live.outputs()[0].updates, &live.outputs()[0].partitions[0][..]), (false, "k"));
    for (key, value, second) in [("a", 1, 1), ("a", 2, 9), ("b", 5, 4)] {
        push(&mut live, 0, 0, key, value, second);
    }
    assert!(live.take().is_empty());
    push(&mut live, 0, 0, "a", 7, 25);
    let out = live.take();
    let rows: Vec<String> = out.iter().map(|it| live.json(it)).collect();
    let row = |k, n, q| format!(r#"{{"w":"2026-01-01 00:00:00","k":"{k}","n":{n},"q":{q}}}"#);
    assert_eq!(rows, [row("a", 2, 3), row("b", 1, 5)]);
    push(&mut live, 0, 0, "a", 100, 2);
    assert!(live.take().is_empty());
    let track = live.track();
    assert_eq!(track.late, Late { count: 1, behind_micros: 21 * SECOND });
    let windows: Vec<(u64, bool)> = track.windows.iter().map(|it| (it.rows, it.is_open)).collect();
    assert_eq!(windows, [(3, false), (1, true)]);
    push(&mut live, 0, 0, "b", 3, 31);
    live.end();
    assert_eq!(told(&mut live).len(), 2);
}

/// Facts, analytics §3.1: an input that has sent nothing holds the watermark, unless it is idle.
#[test]
fn an_idle_input_holds_the_others_up_no_more() {
    let script = format!(
        "{TABLES} CREATE TABLE t (k STRING, v INT, ts TIMESTAMP(3),
        WATERMARK FOR ts AS ts) WITH ('connector' = 'kinesis', 'stream' = 'other');
        INSERT INTO sunk SELECT window_start, k, COUNT(*), SUM(v) FROM TABLE(TUMBLE(
        TABLE u, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end, k"
    )
    .replace(
        "INSERT",
        "CREATE VIEW u AS SELECT k, v, ts FROM s UNION ALL SELECT k, v, ts FROM t;
        INSERT",
    );
    let run = |script: &str| {
        let mut live = Live::flink(script).unwrap();
        live.advance(TEN);
        push(&mut live, 1, 0, "a", 1, 5);
        push(&mut live, 2, 0, "a", 1, 25);
        let early = live.take().len();
        live.advance(TEN + 4 * SECOND);
        push(&mut live, 5, 0, "a", 1, 26);
        (early, live.take().len())
    };
    assert_eq!(run(&script), (0, 0));
    let idle = |time: &str| format!("SET 'table.exec.source.idle-timeout' = '{time}'; {script}");
    assert_eq!(run(&idle("5 s")), (0, 1));
    assert_eq!(run(&idle("0 s")), (0, 0));
    assert_eq!(Live::flink(&idle("soon")).unwrap_err()[0].code, "SQL-122");
}

/// Facts, analytics §3.1: a NULL time fails the job, and so does a record that is none, unless its
/// table passes such over.
#[test]
fn what_cannot_be_read_fails_a_job_or_is_passed_over() {
    let script = format!("{TABLES} INSERT INTO sunk SELECT came, k, CAST(1 AS BIGINT), v FROM s");
    let mut live = Live::flink(&script).unwrap();
    push(&mut live, 0, 0, "a", 1, 1);
    assert_eq!(told(&mut live), ["sunk 2026-03-01 09:59:59.749,a,1,1"]);
    let mut other = live.clone();
    other.push(0, &at(0), b"{\"k\":\"a\"}");
    assert_eq!(other.stopped().map(|it| it.code), Some("SQL-082"));
    assert_eq!(live.push(0, &at(0), b"no").refused, 1);
    assert_eq!(live.stopped().map(|it| it.code), Some("SQL-082"));
    let patient = script.replace("'json')", "'json', 'json.ignore-parse-errors' = 'true')");
    let mut live = Live::flink(&patient).unwrap();
    assert_eq!(live.push(0, &at(0), b"no").refused, 1);
    assert_eq!(live.stopped(), None);
    let updating = format!("{TABLES} INSERT INTO sunk (k, n) SELECT k, COUNT(*) FROM s GROUP BY k");
    assert!(Live::flink(&updating).unwrap().outputs()[0].updates);
}

/// Facts, analytics §3.1: state is kept for ever unless `table.exec.state.ttl` says otherwise; what
/// is over begins anew.
#[test]
fn state_may_be_over_after_a_while() {
    let groups = format!("{TABLES} SELECT k, COUNT(*) FROM s GROUP BY k");
    let ranked = "SELECT k, v, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v) AS r FROM s";
    let first = format!("{TABLES} SELECT k, v, r FROM ({ranked}) WHERE r <= 2");
    let joined = format!(
        "{TABLES} CREATE TABLE t (k STRING, v INT, ts TIMESTAMP(3)) WITH ('connector' = 'x'); \
         SELECT s.k, t.v FROM s JOIN t ON s.k = t.k"
    );
    let run = |script: &str, ttl: &str, other: usize| {
        let script = format!("SET 'table.exec.state.ttl' = '{ttl}'; {script}");
        let mut live = Live::flink(&script).unwrap();
        push(&mut live, 1, 0, "a", 1, 1);
        push(&mut live, 5, 0, "a", 2, 2);
        push(&mut live, 16, other, "a", 3, 3);
        let ops: Vec<&str> = live.take().iter().map(|it| it.row.op.text()).collect();
        (ops.join(" "), live.warnings().len())
    };
    let counted = "+I -U +U";
    assert_eq!(run(&groups, "10 s", 0), (format!("{counted} +I"), 0));
    assert_eq!(run(&groups, "11 s", 0), (format!("{counted} +I"), 0));
    assert_eq!(run(&groups, "12 s", 0), (format!("{counted} -U +U"), 0));
    assert_eq!(run(&groups, "0 ms", 0), (format!("{counted} -U +U"), 1));
    assert_eq!(run(&first, "10 s", 0), ("+I +I +I".to_owned(), 0));
    assert_eq!(run(&first, "0 ms", 0).0, "+I +I");
    assert_eq!(run(&joined, "12 s", 1).0, "+I");
    assert_eq!(run(&joined, "11 s", 1).0, "");
    assert_eq!(run(&joined, "0 ms", 1).0, "+I +I");
}

/// Facts, analytics §1.1: 512 KB a row, 1 KB of it the service's own; a row that fails goes to
/// `error_stream` and stops nothing (§1.2). Seven texts of 65,535 fit, eight do not; nor does what
/// a pump makes of rows that did.
#[test]
fn rows_that_are_too_large_go_to_the_error_stream() {
    let text = "x".repeat(65_535);
    let record = format!("{{\"a\":\"{text}\"}}");
    let columns = |count: usize| {
        let columns = (0..count).map(|at| format!("C{at} VARCHAR(65535) $.a"));
        columns.collect::<Vec<_>>().join("\n")
    };
    let run = |count: usize, select: &str| {
        let made = select.split(',').count();
        let names = (0..made).map(|at| format!("T{at} VARCHAR(65535)")).collect::<Vec<_>>();
        let script = format!(
            "CREATE STREAM D ({}); CREATE PUMP P AS INSERT INTO D SELECT STREAM {select} FROM \
             SOURCE_SQL_STREAM_001;",
            names.join(", ")
        );
        let mut live = Live::kinesis(&script, &source(&columns(count)), Vec::new()).unwrap();
        live.push(0, &at(0), record.as_bytes());
        live.push(0, &at(1), b"{\"a\":\"small\"}");
        let out = told(&mut live);
        out.iter().map(|it| it.chars().take(60).collect::<String>()).collect::<Vec<_>>()
    };
    let error = "error_stream 2026-03-01 10:00:00.000,ERROR,Row is too large,";
    let fits = run(7, "C0");
    assert!(fits[0].starts_with("D xxx") && fits[1] == "D small", "{fits:?}");
    assert_eq!(run(8, "C0"), [&error[..60], "D small"]);
    let made = run(1, "C0, C0, C0, C0, C0, C0, C0, C0");
    assert_eq!(made[0], error[..60], "{made:?}");
    assert!(made[1].starts_with("D small,small"), "{made:?}");
}
