//! How fast streaming SQL is. The rows are made beforehand, as a reader would hand them over; the
//! clock is the caller's, because WebAssembly has another one.

use std::collections::BTreeMap;
use std::sync::Arc;

use base::Rng;
use sql::bind::{flink, kinesis};
use sql::exec::{Graph, NodeId, On, Row};
use sql::{Dialect, Value, parse_script};

/// Rows of a run of the command line.
pub const ROWS: u32 = 1_000_000;
/// Different keys among them.
pub const KEYS: u32 = 10_000;
/// Simulated time between two rows, in microseconds: ten minutes hold all rows.
const STEP_MICROS: i64 = 600;
/// Rows between two looks at what came out, as an application looks about once a batch.
const BATCH: usize = 1_000;

/// A query to measure.
#[derive(Clone, Copy, Debug)]
pub struct Query {
    /// What it is called.
    pub name: &'static str,
    /// What it is.
    pub about: &'static str,
    dialect: Dialect,
    script: &'static str,
}

/// What was measured.
#[derive(Clone, Copy, Debug)]
pub struct Figures {
    /// Rows that went in.
    pub rows: u32,
    /// Rows that came out.
    pub out: u64,
    /// Real time it took.
    pub seconds: f64,
}

/// Every query, the promised one first.
pub const QUERIES: [Query; 7] = [
    Query {
        name: "tumbling",
        about: "COUNT, SUM, MIN, MAX by key in windows of a minute",
        dialect: Dialect::Kinesis,
        script: r#"CREATE STREAM "S" (K VARCHAR(16), V INTEGER, P DOUBLE);
            CREATE STREAM "O" (K VARCHAR(16), N BIGINT, Q BIGINT, LO DOUBLE, HI DOUBLE);
            CREATE PUMP "P" AS INSERT INTO "O" SELECT STREAM K, COUNT(*), SUM(V), MIN(P), MAX(P)
            FROM "S" GROUP BY K, STEP("S".ROWTIME BY INTERVAL '60' SECOND);"#,
    },
    Query {
        name: "tumble",
        about: "the same in Flink SQL",
        dialect: Dialect::Flink,
        script: "CREATE TABLE S (K STRING, V INT, P DOUBLE, ts TIMESTAMP(3), \
            WATERMARK FOR ts AS ts - INTERVAL '2' SECOND); \
            SELECT K, COUNT(*), SUM(V), MIN(P), MAX(P) FROM \
            TUMBLE(TABLE S, DESCRIPTOR(ts), INTERVAL '1' MINUTE) \
            GROUP BY K, window_start, window_end;",
    },
    Query {
        name: "hop",
        about: "the same in windows that begin every 20 seconds, Flink SQL",
        dialect: Dialect::Flink,
        script: "CREATE TABLE S (K STRING, V INT, P DOUBLE, ts TIMESTAMP(3), \
            WATERMARK FOR ts AS ts - INTERVAL '2' SECOND); \
            SELECT K, COUNT(*), SUM(V), MIN(P), MAX(P) FROM \
            HOP(TABLE S, DESCRIPTOR(ts), INTERVAL '20' SECOND, INTERVAL '1' MINUTE) \
            GROUP BY K, window_start, window_end;",
    },
    Query {
        name: "sliding",
        about: "COUNT, SUM, MAX over the last minute of a key, row by row",
        dialect: Dialect::Kinesis,
        script: r#"CREATE STREAM "S" (K VARCHAR(16), V INTEGER, P DOUBLE);
            CREATE STREAM "O" (K VARCHAR(16), N BIGINT, Q BIGINT, HI DOUBLE);
            CREATE PUMP "P" AS INSERT INTO "O" SELECT STREAM K, COUNT(*) OVER W, SUM(V) OVER W,
            MAX(P) OVER W FROM "S"
            WINDOW W AS (PARTITION BY K RANGE INTERVAL '1' MINUTE PRECEDING);"#,
    },
    Query {
        name: "like",
        about: "rows whose key is LIKE one of two patterns",
        dialect: Dialect::Kinesis,
        script: r#"CREATE STREAM "S" (K VARCHAR(16), V INTEGER, P DOUBLE);
            CREATE STREAM "O" (K VARCHAR(16), V INTEGER);
            CREATE PUMP "P" AS INSERT INTO "O" SELECT STREAM K, V FROM "S"
            WHERE K LIKE 'user-1_3%' OR K LIKE '%42%';"#,
    },
    Query {
        name: "stream join",
        about: "rows of two streams with one key within ten seconds",
        dialect: Dialect::Kinesis,
        script: r#"CREATE STREAM "S" (K VARCHAR(16), V INTEGER, P DOUBLE);
            CREATE STREAM "T" (K VARCHAR(16), V INTEGER, P DOUBLE);
            CREATE STREAM "O" (K VARCHAR(16), V INTEGER, W INTEGER);
            CREATE PUMP "P" AS INSERT INTO "O" SELECT STREAM A.K, A.V, B.V
            FROM "S" OVER (RANGE INTERVAL '10' SECOND PRECEDING) AS A
            JOIN "T" AS B ON A.K = B.K;"#,
    },
    Query {
        name: "interval join",
        about: "the same in Flink SQL",
        dialect: Dialect::Flink,
        script: "CREATE TABLE S (K STRING, V INT, P DOUBLE, ts TIMESTAMP(3), \
            WATERMARK FOR ts AS ts - INTERVAL '2' SECOND); \
            CREATE TABLE T (K STRING, V INT, P DOUBLE, ts TIMESTAMP(3), \
            WATERMARK FOR ts AS ts - INTERVAL '2' SECOND); \
            SELECT A.K, A.V, B.V FROM S A JOIN T B ON A.K = B.K \
            AND A.ts BETWEEN B.ts - INTERVAL '10' SECOND AND B.ts;",
    },
];

impl Figures {
    /// Rows in a second of real time.
    #[must_use]
    pub fn rows_per_sec(&self) -> f64 {
        f64::from(self.rows) / self.seconds.max(1e-9)
    }
}

/// A script at work, and where rows go in.
fn job(query: &Query) -> (Graph, Vec<NodeId>) {
    let (script, problems) = parse_script(query.script, query.dialect);
    assert!(problems.is_empty(), "a bench is a script: {problems:?}");
    if query.dialect == Dialect::Flink {
        let job = flink::bind(&script).expect("a bench is a script");
        return (job.graph, job.inputs.iter().map(|it| it.node).collect());
    }
    let names = kinesis::stream_names(&script);
    let sources: Vec<String> = names.into_iter().filter(|name| name != "O").collect();
    let job = kinesis::bind(&script, &sources, Vec::new()).expect("a bench is a script");
    (job.graph, job.inputs.iter().map(|it| it.node).collect())
}

/// So many rows in the order of their time.
fn rows(dialect: Dialect, count: u32, keys: u32) -> Vec<Row> {
    let texts: Vec<Value> =
        (0..keys).map(|number| Value::Text(format!("user-{number}").into())).collect();
    let mut rng = Rng::from_seed(7);
    let row = |number: u32| {
        let time = i64::from(number) * STEP_MICROS;
        let key = &texts[rng.below(keys) as usize];
        let (value, price) = (i64::from(rng.below(1_000)), f64::from(rng.below(10_000)) / 100.0);
        let values = [key.clone(), Value::Integer(value), Value::Double(price)];
        if dialect == Dialect::Kinesis {
            return Row::insert(time, values);
        }
        let [key, value, price] = values;
        Row::flink(time, [key, value, price, Value::Timestamp(time)])
    };
    (0..count).map(row).collect()
}

/// Runs a query over so many rows; `clock` counts seconds. Several inputs take turns.
///
/// # Panics
/// When a query is not legal, or stops.
pub fn run(query: &Query, count: u32, clock: impl Fn() -> f64) -> Figures {
    let (mut graph, inputs) = job(query);
    let rows = rows(query.dialect, count, KEYS);
    let mut out = 0;
    let begin = clock();
    for (index, row) in (0_u64..).zip(rows) {
        let input = inputs[usize::try_from(index).unwrap_or(0) % inputs.len()];
        graph.push(input, 0, row, On::Row(index));
        if index % BATCH as u64 == 0 {
            out += graph.take().len() as u64;
        }
    }
    for input in &inputs {
        graph.advance(*input, 0, i64::MAX, On::End);
    }
    out += graph.take().len() as u64;
    let seconds = clock() - begin;
    assert_eq!(graph.stopped(), None, "a bench runs to its end");
    Figures { rows: count, out, seconds }
}

/// The floor of `tumbling`: the same sums of the same rows in one loop around one map for each
/// minute, with nothing of SQL in between.
pub fn floor(count: u32, clock: impl Fn() -> f64) -> Figures {
    let rows = rows(Dialect::Kinesis, count, KEYS);
    let mut out = 0;
    let begin = clock();
    let mut minute = 0;
    let mut groups: BTreeMap<Arc<str>, (i64, i64, f64, f64)> = BTreeMap::new();
    for row in &rows {
        let [Value::Text(key), Value::Integer(value), Value::Double(price)] = &*row.values else {
            unreachable!("rows are made here")
        };
        if row.time / 60_000_000 != minute {
            minute = row.time / 60_000_000;
            out += groups.len() as u64;
            groups.clear();
        }
        let group = groups.entry(Arc::clone(key)).or_insert((0, 0, *price, *price));
        *group = (group.0 + 1, group.1 + value, group.2.min(*price), group.3.max(*price));
    }
    out += groups.len() as u64;
    Figures { rows: count, out, seconds: clock() - begin }
}

/// A window that is open, with one group for each of so many keys.
///
/// # Panics
/// When the query is not legal.
#[must_use]
pub fn open_window(keys: u32) -> Graph {
    let (mut graph, inputs) = job(&QUERIES[0]);
    for number in 0..keys {
        let key = Value::Text(format!("user-{number}").into());
        let values = [key, Value::Integer(1), Value::Double(1.0)];
        graph.push(inputs[0], 0, Row::insert(0, values), On::Row(number.into()));
    }
    let windows = graph.track().windows;
    assert_eq!(windows.first().map(|it| it.rows), Some(keys.into()), "one row for each key");
    graph
}
