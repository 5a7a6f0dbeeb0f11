//! Windows of the Kinesis dialect on random rows, against a model that looks at all rows for each
//! window: slow, and too simple to be wrong in the same way.

use base::Rng;
use serde_json::{Map, Value as Json, json};

use crate::exec::On;
use crate::feed::{Feed, Line, Rows, run_kinesis};
use crate::print::text_of;

const SECOND: i64 = 1_000_000;

static SCRIPT: &str = "
    CREATE STREAM S (K INTEGER, V INTEGER);
    CREATE STREAM T (K INTEGER, C BIGINT, V BIGINT, A INTEGER, B INTEGER);
    CREATE STREAM W (K INTEGER, C BIGINT, V BIGINT, A INTEGER, B INTEGER);
    CREATE STREAM R (K INTEGER, C BIGINT, V BIGINT, A INTEGER, B INTEGER);
    CREATE STREAM G (K INTEGER, C BIGINT, V BIGINT, A INTEGER, B INTEGER);
    CREATE PUMP PT AS INSERT INTO T SELECT STREAM K, COUNT(*), SUM(V), MIN(V), MAX(V) FROM S
        GROUP BY K, STEP(S.ROWTIME BY INTERVAL '10' SECOND);
    CREATE PUMP PW AS INSERT INTO W
        SELECT STREAM K, COUNT(*) OVER X, SUM(V) OVER X, MIN(V) OVER X, MAX(V) OVER X FROM S
        WINDOW X AS (PARTITION BY K RANGE INTERVAL '7' SECOND PRECEDING);
    CREATE PUMP PR AS INSERT INTO R
        SELECT STREAM K, COUNT(*) OVER X, SUM(V) OVER X, MIN(V) OVER X, MAX(V) OVER X FROM S
        WINDOW X AS (PARTITION BY K ROWS 3 PRECEDING);
    CREATE PUMP PG AS INSERT INTO G SELECT STREAM K, COUNT(*), SUM(V), MIN(V), MAX(V) FROM S
        WINDOWED BY STAGGER (PARTITION BY K RANGE INTERVAL '10' SECOND);";

/// Time in microseconds, key and value.
type Sample = (i64, i64, i64);

/// A row that comes out: stream, time, what brings it (`None` for the bound), and the values.
type Found = (char, i64, Option<u64>, String);

fn samples(rng: &mut Rng) -> Vec<Sample> {
    let mut at = 1_772_359_200 * SECOND;
    let count = 1 + rng.below64(40);
    let mut one = |_| {
        // Rows of one moment, and rows exactly at the end of a window, are common.
        at += [0, 0, 1, 3, 7, 10, 25][usize::try_from(rng.below64(7)).unwrap()] * SECOND;
        let draw = |rng: &mut Rng, below| i64::try_from(rng.below64(below)).unwrap();
        (at, draw(rng, 3), draw(rng, 100) - 50)
    };
    (0..count).map(&mut one).collect()
}

/// Count, sum, least and largest of some values, behind their key.
fn summary(key: i64, values: &[i64]) -> String {
    let (least, most) = (values.iter().min().unwrap(), values.iter().max().unwrap());
    format!("{key} {} {} {least} {most}", values.len(), values.iter().sum::<i64>())
}

/// The first row that brings the clock to a moment.
fn reaches(rows: &[Sample], moment: i64) -> Option<u64> {
    rows.iter().position(|row| row.0 >= moment).map(|it| it as u64)
}

fn model(rows: &[Sample]) -> Vec<Found> {
    let mut found = Vec::new();
    let values = |keep: &dyn Fn(usize, &Sample) -> bool| -> Vec<i64> {
        rows.iter().enumerate().filter(|(at, row)| keep(*at, row)).map(|(_, row)| row.2).collect()
    };
    let start = |row: &Sample| row.0 - row.0.rem_euclid(10 * SECOND);
    for (index, row) in rows.iter().enumerate() {
        let key = row.1;
        // Tumbling: told by the first row of its key and window.
        let of_window = |it: &Sample| it.1 == key && start(it) == start(row);
        if rows.iter().position(of_window) == Some(index) {
            let end = start(row) + 10 * SECOND;
            let inside = values(&|_, it| of_window(it));
            found.push(('T', end, reaches(rows, end), summary(key, &inside)));
        }
        let near = values(&|at, it| at <= index && it.1 == key && it.0 >= row.0 - 7 * SECOND);
        found.push(('W', row.0, Some(index as u64), summary(key, &near)));
        let before = values(&|at, it| at <= index && it.1 == key);
        let last = &before[before.len().saturating_sub(4)..];
        found.push(('R', row.0, Some(index as u64), summary(key, last)));
    }
    for key in 0..3 {
        let mut rest: Vec<&Sample> = rows.iter().filter(|row| row.1 == key).collect();
        while let Some(first) = rest.first() {
            let end = first.0 + 10 * SECOND;
            let (inside, behind): (Vec<&Sample>, Vec<&Sample>) =
                rest.iter().partition(|row| row.0 < end);
            let values: Vec<i64> = inside.iter().map(|row| row.2).collect();
            found.push(('G', end, reaches(rows, end), summary(key, &values)));
            rest = behind;
        }
    }
    found.sort();
    found
}

fn engine(rows: &[Sample]) -> Vec<Found> {
    let row = |(at, key, value): &Sample| -> Map<String, Json> {
        let time = format!("{}Z", base::calendar::Civil::at(*at, 0).text());
        let row = json!({ "ROWTIME": time, "K": key, "V": value });
        row.as_object().cloned().unwrap_or_default()
    };
    let input = Rows { name: "S".to_owned(), rows: rows.iter().map(row).collect() };
    let until = Some(rows.last().unwrap().0 + 60 * SECOND);
    let feed = Feed { inputs: vec![input], until, ..Feed::default() };
    let mut found = Vec::new();
    let outcome = run_kinesis(SCRIPT, &feed, &mut |line: Line<'_>| {
        let on = match line.emitted.on {
            On::Row(index) => Some(index),
            On::Bound | On::End => None,
        };
        let values: Vec<String> = line.emitted.row.values.iter().map(text_of).collect();
        let stream = line.stream.chars().next().unwrap();
        found.push((stream, line.emitted.row.time, on, values.join(" ")));
    });
    assert_eq!(outcome, Ok(()));
    found.sort();
    found
}

#[test]
fn windows_hold_what_the_model_says() {
    for seed in 0..300 {
        let rows = samples(&mut Rng::from_seed(seed));
        assert_eq!(engine(&rows), model(&rows), "seed {seed}: {rows:?}");
    }
}
