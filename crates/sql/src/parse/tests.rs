//! What is read, and what is told about the rest.

use super::*;
use crate::print::print;

/// Every pair means the same.
#[test]
fn operators_bind_as_in_calcite() {
    for (bare, full) in [
        ("a + b * c", "a + (b * c)"),
        ("a - b - c", "(a - b) - c"),
        ("a || b + c", "(a || b) + c"),
        ("-a * b", "(-a) * b"),
        ("NOT a AND b OR c", "((NOT a) AND b) OR c"),
        ("a OR b AND c", "a OR (b AND c)"),
        ("NOT a = b", "NOT (a = b)"),
        ("NOT a IS NULL", "NOT (a IS NULL)"),
        ("a = b IS NULL", "(a = b) IS NULL"),
        ("a + 1 BETWEEN b AND c + 2 AND d", "((a + 1) BETWEEN b AND (c + 2)) AND d"),
        ("a LIKE b || '%' OR c", "(a LIKE (b || '%')) OR c"),
        ("a = b IN (1, 2)", "a = (b IN (1, 2))"),
        ("a <> b AND c != d", "(a <> b) AND (c <> d)"),
        ("a IS NOT DISTINCT FROM b + 1", "a IS NOT DISTINCT FROM (b + 1)"),
        ("a NOT IN (b) = c", "(a NOT IN (b)) = c"),
    ] {
        assert_eq!(parse_expr(bare).unwrap(), parse_expr(full).unwrap(), "{bare}");
    }
}

/// Facts, analytics §2.1 and §2.3: the ways to write things.
#[test]
fn functions_have_their_words() {
    for (text, printed) in [
        ("substring('abc', 2)", "SUBSTRING('abc' FROM 2)"),
        ("step(a by interval '60' second)", "STEP(a BY INTERVAL '1' MINUTE)"),
        ("ceiling(a)", "CEIL(a)"),
        ("ceil(a to minute)", "CEIL(a TO MINUTE)"),
        ("extract(hour from a)", "EXTRACT(HOUR FROM a)"),
        ("position('b' in a)", "POSITION('b' IN a)"),
        ("overlay(a placing 'x' from 2 for 1)", "OVERLAY(a PLACING 'x' FROM 2 FOR 1)"),
        ("trim(both from a)", "TRIM(BOTH FROM a)"),
        ("cast(a as double precision)", "CAST(a AS DOUBLE)"),
        ("cast(a as numeric)", "CAST(a AS DECIMAL(18, 0))"),
        ("cast(a as char)", "CAST(a AS CHAR(1))"),
        ("character_length(a)", "CHAR_LENGTH(a)"),
        ("a similar to 'b' escape 'c' and d", "(a SIMILAR TO 'b' ESCAPE 'c') AND d"),
        ("a not similar to b", "NOT (a SIMILAR TO b)"),
        ("(a - b) day to second + c", "(a - b) SECOND + c"),
        ("cast((a - b) hour(3) as integer)", "CAST((a - b) HOUR AS INTEGER)"),
        ("period (a, b) before (c, d)", "((a, b) PRECEDES (c, d))"),
        (
            "(a, b) precedes (c, d) precedes period (e, f)",
            "((a, b) PRECEDES (c, d)) AND ((c, d) PRECEDES (e, f))",
        ),
        ("(a, b) contains c or d", "((a, b) CONTAINS (c)) OR d"),
        ("a is not json object", "NOT (a IS JSON OBJECT)"),
        ("regex_replace(a, 'b', 'c', 1, 0)", "REGEX_REPLACE(a, 'b', 'c', 1, 0)"),
        ("time_to_char('HH', a)", "DATE_TO_CHAR('HH', a)"),
        ("date", "date"),
        ("\"from\".to", "\"from\".to"),
        ("case a when 1 then 2 end", "CASE a WHEN 1 THEN 2 END"),
    ] {
        assert_eq!(print(&parse_expr(text).unwrap()), printed);
    }
}

#[test]
fn problems_name_place_and_way_out() {
    for (text, code, from, to) in [
        ("", "SQL-010", 0, 0),
        ("a +", "SQL-010", 3, 3),
        ("a b c", "SQL-010", 4, 5),
        ("a % 2", "SQL-010", 2, 3),
        ("(a", "SQL-010", 2, 2),
        ("a FROM b", "SQL-010", 2, 6),
        ("a AS", "SQL-010", 4, 4),
        ("SELECT a", "SQL-010", 0, 6),
        ("CASE END", "SQL-010", 5, 8),
        ("a IS 3", "SQL-010", 5, 6),
        ("a SIMILAR 'b'", "SQL-010", 10, 13),
        ("(a, b) + 1", "SQL-010", 7, 8),
        ("(a, b) OVERLAPS c", "SQL-010", 16, 17),
        ("(a - b) DAY TO YEAR", "SQL-010", 19, 19),
        ("COUNT(a)", "SQL-012", 0, 5),
        ("W3C_LOG_PARSE(a, 'COMMON')", "SQL-012", 0, 13),
        ("TRY_CAST(a AS DATE)", "SQL-016", 0, 8),
        ("CONCAT_WS(a, b)", "SQL-016", 0, 9),
        ("DATE '2026-02-30'", "SQL-014", 0, 17),
        ("INTERVAL '1-1' MONTH", "SQL-014", 0, 20),
        ("INTERVAL 'x' DAY", "SQL-014", 0, 16),
        ("CAST(a AS STRNG)", "SQL-015", 10, 15),
        ("CAST(a AS DECIMAL(19, 2))", "SQL-015", 10, 24),
        ("CAST(a AS DECIMAL(4, 5))", "SQL-015", 10, 23),
        ("CAST(a AS VARCHAR(0))", "SQL-015", 10, 20),
        ("CAST(a AS INTEGER(3))", "SQL-015", 10, 20),
        ("UPPR(a)", "SQL-016", 0, 4),
        ("MOD(a)", "SQL-017", 0, 3),
        ("UPPER(a, b)", "SQL-017", 0, 5),
        ("a AS x, b AS x", "SQL-018", 13, 14),
        ("9223372036854775808", "SQL-007", 0, 19),
        ("0.1234567890123456789", "SQL-007", 0, 21),
        ("1e999", "SQL-007", 0, 5),
    ] {
        let problem = parse_select(text).unwrap_err();
        let told = (problem.code, problem.span.from, problem.span.to);
        assert_eq!(told, (code, from, to), "{text}: {}", problem.message);
        assert!(!problem.message.is_empty() && !problem.help.is_empty());
    }
}

/// However deep a text goes, the stack holds.
#[test]
fn depth_is_bounded() {
    let chain = |sign: &str, count: usize| vec!["1"; count].join(sign);
    assert!(parse_expr(&chain(" + ", 150)).is_ok());
    assert!(parse_expr(&format!("{}1{}", "(".repeat(40), ")".repeat(40))).is_ok());
    for text in [
        chain(" + ", 5_000),
        chain(" OR ", 5_000),
        "(".repeat(50_000),
        "-".repeat(49_999).replace("--", "- "),
        "NOT ".repeat(20_000),
        "CASE ".repeat(10_000),
        "ABS(".repeat(10_000),
        format!("a IN ({}", "a IN (".repeat(10_000)),
    ] {
        assert_eq!(parse_expr(&text).unwrap_err().code, "SQL-011", "{}", &text[..20]);
    }
    let wide = format!("a IN ({})", chain(", ", 5_000));
    assert_eq!(parse_expr(&wide).unwrap().height(), 2);
}
