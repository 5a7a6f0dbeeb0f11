//! Values of expressions, from the facts and from other people's programs.

use crate::eval::Row;
use crate::expr::Name;
use crate::print::text_of;
use crate::types::Class;
use crate::value::Value;
use crate::{eval, parse_expr};

/// A row without columns, at 2026-03-01 10:01:59.
struct Empty;

impl Row for Empty {
    fn column(&self, _path: &[Name]) -> Value {
        Value::Null
    }

    fn now_micros(&self) -> i64 {
        1_772_359_319_000_000
    }
}

fn value(text: &str) -> Result<Value, String> {
    let expr = parse_expr(text).map_err(|it| it.message)?;
    eval(&expr, &Empty).map_err(|it| it.message)
}

fn check(cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        let found = value(text).map(|it| text_of(&it)).unwrap_or_else(|it| format!("error: {it}"));
        assert_eq!(found, *expected, "{text}");
    }
}

/// The tables of three-valued logic (facts, analytics §2.2).
#[test]
fn null_is_unknown() {
    let words = ["TRUE", "FALSE", "NULL"];
    let and = ["true", "false", "null", "false", "false", "false", "null", "false", "null"];
    let or = ["true", "true", "true", "true", "false", "null", "true", "null", "null"];
    for (index, (and, or)) in and.into_iter().zip(or).enumerate() {
        let (a, b) = (words[index / 3], words[index % 3]);
        check(&[(&format!("{a} AND {b}"), and), (&format!("{a} OR {b}"), or)]);
    }
    check(&[
        ("NOT NULL", "null"),
        ("NULL + 1", "null"),
        ("NULL || 'a'", "null"),
        ("NULL = NULL", "null"),
        ("NULL IS NULL", "true"),
        ("NULL IS UNKNOWN", "true"),
        ("NULL IS NOT TRUE", "true"),
        ("FALSE IS NOT FALSE", "false"),
        ("NULL IS DISTINCT FROM NULL", "false"),
        ("1 IS DISTINCT FROM NULL", "true"),
        ("1 IS NOT DISTINCT FROM 1.0", "true"),
        ("1 IN (2, NULL)", "null"),
        ("1 IN (1, NULL)", "true"),
        ("1 NOT IN (2, NULL)", "null"),
        ("NULL IN (1)", "null"),
        ("1 BETWEEN NULL AND 0", "false"),
        ("1 BETWEEN NULL AND 2", "null"),
        ("2 BETWEEN 3 AND 1", "false"),
        ("2 BETWEEN SYMMETRIC 3 AND 1", "true"),
        ("2 NOT BETWEEN 1 AND 3", "false"),
        ("NULL LIKE 'a'", "null"),
        ("'a' LIKE 'a' ESCAPE NULL", "null"),
        ("CASE WHEN NULL THEN 1 ELSE 2 END", "2"),
        ("CASE NULL WHEN NULL THEN 1 END", "null"),
        ("COALESCE(NULL, NULL, 3, 1 / 0)", "3"),
        ("NULLIF(1, 1)", "null"),
        ("NULLIF(1, NULL)", "1"),
        ("STEP(NULL BY 5)", "null"),
        ("UPPER(NULL)", "null"),
    ]);
}

/// Facts, analytics §2.2 (division by zero, also of floats), §3.1 (shared arithmetic) and E15.
#[test]
fn numbers_are_exact_or_an_error() {
    check(&[
        ("7 / 2", "3"),
        ("-7 / 2", "-3"),
        ("7 / 2.0", "3.500000"),
        ("MOD(-7, 2)", "-1"),
        ("MOD(7.5, 2)", "1.5"),
        ("2.0 + 2.0", "4.0"),
        ("5 * 2 + 2", "12"),
        ("0.1 + 0.2 = 0.3", "true"),
        ("1e-1 + 2e-1 = 3e-1", "false"),
        ("20e0 / (10 - 10)", "error: Division by zero"),
        ("1 / 0", "error: Division by zero"),
        ("1.5 / 0", "error: Division by zero"),
        ("MOD(1, 0)", "error: Division by zero"),
        ("FALSE AND 1 / 0 = 1", "false"),
        ("9223372036854775807 + 1", "error: The number is too large for its type"),
        ("-9223372036854775807 - 2", "error: The number is too large for its type"),
        ("3037000500 * 3037000500", "error: The number is too large for its type"),
        ("99999999999999999.9 + 999999999999999999", "error: The number is too large for its type"),
        ("1e308 * 10", "error: The number is too large for its type"),
        ("ABS(-1.5)", "1.5"),
        ("CEIL(1.2) + FLOOR(-1.2)", "0"),
        ("CEIL(-1.5e0)", "-1.0"),
        ("POWER(2, 10)", "1024.0"),
        ("LN(0)", "error: LN takes numbers above zero"),
        ("LOG10(1000)", "3.0"),
        ("EXP(0)", "1.0"),
        ("EXP(1000)", "error: The number is too large for its type"),
        ("STEP(23 BY 5)", "20"),
        ("STEP(30 BY 10)", "30"),
        ("STEP(3 BY 0)", "error: STEP cannot take a step of zero or less"),
    ]);
}

/// AWS SQL reference, "CAST": the table of conversions and its examples; facts, analytics §1.2.
#[test]
fn casts_round_cut_or_fail() {
    check(&[
        ("CAST(1.5 AS INTEGER)", "2"),
        ("CAST(-1.5 AS INTEGER)", "-2"),
        ("CAST(2.4e0 AS BIGINT)", "2"),
        ("CAST(300 AS TINYINT)", "error: `300` does not fit TINYINT"),
        ("CAST(1e30 AS BIGINT)", "error: `1e+30` does not fit BIGINT"),
        ("CAST(12.345 AS DECIMAL(4, 2))", "12.35"),
        ("CAST(123.45 AS DECIMAL(4, 2))", "error: `123.45` does not fit DECIMAL(4, 2)"),
        ("CAST(' 12 ' AS INTEGER)", "12"),
        ("CAST('1.25' AS DECIMAL(4, 1))", "1.3"),
        ("CAST('1e2' AS DOUBLE)", "100.0"),
        ("CAST('nan' AS DOUBLE)", "error: `nan` does not fit DOUBLE"),
        ("CAST('12x' AS INTEGER)", "error: `12x` does not fit INTEGER"),
        ("CAST('' AS INTEGER)", "error: `` does not fit INTEGER"),
        ("CAST(12.50 AS VARCHAR(10))", "12.50"),
        ("CAST(0.1e0 AS VARCHAR(10))", "0.1"),
        ("CAST(12345 AS VARCHAR(3))", "error: `12345` does not fit VARCHAR(3)"),
        ("CAST('abc' AS VARCHAR(2))", "ab"),
        ("CAST('a' AS CHAR(3)) || '.'", "a  ."),
        ("CAST(DATE '2008-08-23' AS VARCHAR(10))", "2008-08-23"),
        ("CAST(DATE '2008-08-23' AS VARCHAR(9))", "error: `2008-08-23` does not fit VARCHAR(9)"),
        ("CAST(DATE '2008-08-23' AS CHAR(11)) || '.'", "2008-08-23 ."),
        ("CAST('2008-08-23' AS TIMESTAMP)", "2008-08-23 00:00:00.000"),
        ("CAST(TIMESTAMP '2008-08-23 10:00:00' AS DATE)", "2008-08-23"),
        ("CAST('TRUE' AS BOOLEAN)", "true"),
        ("CAST('x' AS BOOLEAN)", "error: `x` does not fit BOOLEAN"),
        ("CAST(TRUE AS VARCHAR(5))", "true"),
        ("CAST(1 AS BOOLEAN)", "error: Cannot cast a number to BOOLEAN"),
        ("CAST(NULL AS DATE)", "null"),
        ("CAST(0.1e0 AS REAL)", "0.1"),
        ("CAST(CAST(0.1e0 AS REAL) AS DOUBLE)", "0.10000000149011612"),
        ("CAST(0.1e0 AS REAL) + 1", "1.1"),
        ("CAST(X'0102' AS VARBINARY(1))", "01"),
    ]);
}

/// Facts, analytics §2.3 and E19.
#[test]
fn functions_of_text_and_time() {
    check(&[
        ("'a' || 'b'", "ab"),
        ("CHAR_LENGTH('müll')", "4"),
        ("INITCAP('hELLO my-world')", "Hello My-World"),
        ("POSITION('bc' IN 'abc')", "2"),
        ("POSITION('x' IN 'abc')", "0"),
        ("SUBSTRING('abcdef' FROM 2 FOR 3)", "bcd"),
        ("SUBSTRING('abcdef' FROM 0 FOR 3)", "ab"),
        ("SUBSTRING('abcdef', 9)", ""),
        ("SUBSTRING('abc' FROM 1 FOR -1)", "error: SUBSTRING cannot take a length below zero"),
        ("OVERLAY('abcdef' PLACING 'XX' FROM 3)", "abXXef"),
        ("OVERLAY('abcdef' PLACING 'X' FROM 3 FOR 3)", "abXf"),
        ("TRIM('  a ')", "a"),
        ("TRIM(LEADING 'x' FROM 'xxaxx')", "axx"),
        ("TRIM(TRAILING 'x' FROM 'xxaxx')", "xxa"),
        ("TRIM('xy' FROM 'xyz')", "error: TRIM takes away one character"),
        ("'50%' LIKE '50!%' ESCAPE '!'", "true"),
        (
            "STEP(TIMESTAMP '2026-03-01 10:01:59' BY INTERVAL '30' SECOND)",
            "2026-03-01 10:01:30.000",
        ),
        ("FLOOR(TIMESTAMP '2026-03-01 10:01:59' TO HOUR)", "2026-03-01 10:00:00.000"),
        ("CEIL(TIMESTAMP '2026-03-01 10:01:59' TO HOUR)", "2026-03-01 11:00:00.000"),
        ("CEIL(TIMESTAMP '2026-12-01 10:01:59' TO MONTH)", "2027-01-01 00:00:00.000"),
        ("FLOOR(DATE '2026-03-17' TO YEAR)", "2026-01-01"),
        ("EXTRACT(MINUTE FROM TIMESTAMP '2026-03-01 10:01:59')", "1"),
        ("DATE '2026-02-28' + INTERVAL '1' DAY", "2026-03-01"),
        ("TIMESTAMP '2026-03-01 00:00:00' - INTERVAL '1.5' MINUTE", "2026-02-28 23:58:30.000"),
        ("TIME '10:01:59' + INTERVAL '1' DAY", "10:01:59.000"),
        ("TIME '23:30:00' + INTERVAL '1:45' HOUR TO MINUTE", "01:15:00.000"),
        ("CAST(TIMESTAMP '2026-03-01 10:01:59' AS TIME)", "10:01:59.000"),
        ("CAST('10:01:59.25' AS TIME)", "10:01:59.250"),
        ("CAST('24:00:00' AS TIME)", "error: `24:00:00` does not fit TIME"),
        ("TIME '10:00:00' < TIME '10:00:00.001'", "true"),
        ("DATE '2024-01-31' + INTERVAL '1' MONTH", "2024-02-29"),
        ("DATE '2024-02-29' - INTERVAL '1' YEAR", "2023-02-28"),
        (
            "TIMESTAMP '2026-11-30 10:00:00' + INTERVAL '1-3' YEAR TO MONTH",
            "2028-02-29 10:00:00.000",
        ),
        ("INTERVAL '1' YEAR > INTERVAL '11' MONTH", "true"),
        ("INTERVAL '1 10:30:00.5' DAY TO SECOND", "124200.500000"),
        ("INTERVAL '60' SECOND(3) * 2", "120.000000"),
        ("CEIL(TIMESTAMP '2026-03-05 10:01:59' TO WEEK)", "2026-03-08 00:00:00.000"),
        ("FLOOR(DATE '2026-03-01' TO QUARTER)", "2026-01-01"),
        ("EXTRACT(WEEK FROM DATE '2021-01-03')", "53"),
        ("EXTRACT(WEEK FROM DATE '2024-12-30')", "1"),
        ("TSDIFF(TIMESTAMP '2026-03-01 00:00:00', TIMESTAMP '2026-03-01 00:00:01.5')", "1500"),
        ("TO_TIMESTAMP(0)", "1970-01-01 00:00:00.000"),
        ("UNIX_TIMESTAMP(TIMESTAMP '1970-01-01 00:00:02')", "2000"),
        ("CURRENT_TIMESTAMP", "2026-03-01 10:01:59.000"),
        ("CURRENT_DATE", "2026-03-01"),
        ("'a' = 1", "error: Cannot compare text with a number"),
        (
            "TIMESTAMP '2026-03-01 00:00:00' > DATE '2026-03-01'",
            "error: Cannot compare a timestamp with a date",
        ),
    ]);
}

/// Facts, analytics §2.2 (interval qualifiers, temporal predicates) and §2.3 (formats are Java's
/// `SimpleDateFormat`, occurrence 0 of `REGEX_REPLACE` is all); AWS SQL reference, "Temporal
/// Predicates": a moment is contained when it is not before the begin and before the end.
#[test]
fn formats_periods_and_patterns() {
    check(&[
        (
            "CAST((TIMESTAMP '2026-03-02 00:00:00' - TIMESTAMP '2026-03-01 10:00:00') MINUTE \
             AS INTEGER)",
            "840",
        ),
        ("(TIMESTAMP '2026-03-01 00:01:00' - TIMESTAMP '2026-03-01 00:00:00') SECOND", "60.000000"),
        ("CAST((DATE '2028-03-02' - DATE '2026-03-01') YEAR AS INTEGER)", "2"),
        ("CURRENT_TIME", "10:01:59.000"),
        ("MONOTONIC(7)", "7"),
        ("REGEX_REPLACE('a1b22c333', '[0-9]+', '#', 1, 0)", "a#b#c#"),
        ("REGEX_REPLACE('a1b22c333', '[0-9]+', '#', 1, 2)", "a1b#c333"),
        ("REGEX_REPLACE('a1b22c333', '[0-9]+', '#', 3, 1)", "a1b#c333"),
        ("REGEX_REPLACE('a', '(', '', 1, 0)", "error: `(` is no regular expression here"),
        ("SUBSTRING('order 4711', '[0-9]+')", "4711"),
        ("SUBSTRING('order', '[0-9]+')", "null"),
        ("'abc' SIMILAR TO '(a|x)_c'", "true"),
        ("'a.c' SIMILAR TO 'a!%c' ESCAPE '!'", "false"),
        (
            "CHAR_TO_TIMESTAMP('yyyy-MM-dd HH:mm:ss', '2026-03-01 10:01:59')",
            "2026-03-01 10:01:59.000",
        ),
        (
            "CHAR_TO_TIMESTAMP('yyyy/MM/dd hh:mm:ss a', '2026/03/01 10:01:59 PM')",
            "2026-03-01 22:01:59.000",
        ),
        (
            "CHAR_TO_TIMESTAMP('dd MMM yyyy HH:mm:ss.SSS', '01 Mar 2026 10:01:59.25')",
            "2026-03-01 10:01:59.025",
        ),
        ("CHAR_TO_DATE('yyyyMMdd', '20260301')", "2026-03-01"),
        ("CHAR_TO_TIME('HH.mm', '10.01')", "10:01:00.000"),
        ("CHAR_TO_DATE('yyyy', 'x')", "error: `x` does not follow its format"),
        (
            "CHAR_TO_DATE('yyyy-MM-dd', '2026-02-30')",
            "error: `2026-02-30` does not follow its format",
        ),
        (
            "TIMESTAMP_TO_CHAR('EEE, d MMM yyyy HH:mm:ss Z', TIMESTAMP '2026-03-01 10:01:59')",
            "Sun, 1 Mar 2026 10:01:59 +0000",
        ),
        ("DATE_TO_CHAR('MM/dd/yy', DATE '2026-03-01')", "03/01/26"),
        ("TIME_TO_CHAR('h ''o''''clock'' a', TIME '15:00:00')", "3 o'clock PM"),
        ("DATE_TO_CHAR('bb', DATE '2026-03-01')", "error: `b` means nothing in the format `bb`"),
        (
            "(DATE '2026-01-01', DATE '2026-02-01') OVERLAPS \
             (DATE '2026-02-01', DATE '2026-03-01')",
            "false",
        ),
        (
            "(DATE '2026-01-01', DATE '2026-02-01') IMMEDIATELY PRECEDES \
             (DATE '2026-02-01', DATE '2026-03-01')",
            "true",
        ),
        ("PERIOD (DATE '2026-01-01', DATE '2026-02-01') CONTAINS DATE '2026-02-01'", "false"),
        ("PERIOD (DATE '2026-01-01', DATE '2026-02-01') CONTAINS DATE '2026-01-01'", "true"),
    ]);
}

/// What `DuckDB` 2.0.0 says (`SELECT …` of the package `duckdb`), where the dialects agree: there,
/// dividing a float by zero is no error, and a left side does not always decide alone. Numbers are
/// compared as such: the digits of quotients and sums differ.
#[test]
fn duckdb_agrees() {
    let lines = include_str!("../data/duckdb.txt").lines();
    let mut count = 0;
    for (text, expected) in lines.filter_map(|line| line.split_once(" => ")) {
        count += 1;
        let found = value(text).unwrap_or_else(|it| panic!("{text}: {it}"));
        let is_number = found.data_type().is_some_and(|it| it.class() == Class::Number);
        if is_number {
            let same = value(&format!("{text} = ({expected})"));
            assert_eq!(same, Ok(Value::Boolean(true)), "{text} = {expected}, not {found:?}");
        } else {
            assert_eq!(text_of(&found), expected, "{text}");
        }
    }
    assert!(count >= 100, "only {count} cases");
}

/// However long texts grow, there is an end.
#[test]
fn texts_are_bounded() {
    let long = "a".repeat(40_000);
    let found = value(&format!("'{long}' || '{long}'"));
    assert_eq!(found, Err("A text has at most 65535 characters".to_owned()));
}
