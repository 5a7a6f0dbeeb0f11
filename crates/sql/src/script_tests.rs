//! Scripts are read to their end and printed again.

use crate::print::print_script;
use crate::{Dialect, parse_script};

fn again(text: &str, dialect: Dialect) -> String {
    let (script, problems) = parse_script(text, dialect);
    let told: Vec<String> = problems
        .iter()
        .map(|it| format!("{} {}..{} {}", it.code, it.span.from, it.span.to, it.message))
        .collect();
    assert!(told.is_empty(), "{text}: {told:?}");
    print_script(&script, dialect)
}

fn fixed_point(texts: &[&str], dialect: Dialect) {
    for text in texts {
        let printed = again(text, dialect);
        assert_eq!(again(&printed, dialect), printed, "{text}");
    }
}

/// Facts, analytics §2.1: every statement and clause.
#[test]
fn the_kinesis_dialect_is_read_and_printed() {
    fixed_point(
        &[
            "CREATE OR REPLACE STREAM \"OUT\" (sym VARCHAR(4) NOT NULL, c DECIMAL(10,2)) \
             DESCRIPTION 'it''s';",
            "CREATE PUMP p STOPPED AS INSERT INTO \"OUT\" (sym, c) SELECT STREAM sym, count(*) c \
             FROM s GROUP BY sym, STEP(s.ROWTIME BY INTERVAL '60' SECOND) HAVING sum(qty) > 25",
            "CREATE PUMP p AS INSERT EXPEDITED INTO o SELECT STREAM DISTINCT rowtime, s.*, * \
             FROM s WHERE a = 1 // a comment\n",
            "CREATE FUNCTION f (a INTEGER, b DOUBLE) RETURNS DOUBLE LANGUAGE SQL CONTAINS SQL \
             NOT DETERMINISTIC RETURNS NULL ON NULL INPUT RETURN a * b + g(a)",
            "CREATE VIEW v AS SELECT STREAM a FROM (SELECT STREAM b AS a FROM s) AS t UNION ALL \
             SELECT STREAM c FROM u ORDER BY FLOOR(s.ROWTIME TO MINUTE), 2 DESC",
            "SELECT STREAM COUNT(*) OVER w AS c, SUM(x) OVER (PARTITION BY k, l ROWS 2 PRECEDING), \
             LAG(x, 2, 0) IGNORE NULLS OVER w, NTH_VALUE(x, 2) FROM LAST OVER w FROM s WINDOW w AS \
             (PARTITION BY k RANGE INTERVAL '1' MINUTE PRECEDING), v AS (RANGE BETWEEN INTERVAL \
             '1' HOUR PRECEDING AND CURRENT ROW)",
            "SELECT STREAM k FROM s WINDOWED BY STAGGER (PARTITION BY FLOOR(e TO MINUTE), k RANGE \
             INTERVAL '1' MINUTE)",
            "SELECT STREAM * FROM a OVER (RANGE INTERVAL '1' MINUTE PRECEDING) AS o LEFT OUTER \
             JOIN b AS t ON o.id = t.id CROSS JOIN c",
            "SELECT STREAM * FROM TABLE(RANDOM_CUT_FOREST(CURSOR(SELECT STREAM * FROM s), 100)) t",
            "ALTER PUMP p START; DROP STREAM IF EXISTS s; DROP FUNCTION f",
        ],
        Dialect::Kinesis,
    );
}

/// Facts, analytics §3.1.
#[test]
fn the_flink_dialect_is_read_and_printed() {
    fixed_point(
        &[
            "SELECT * FROM s MATCH_RECOGNIZE (PARTITION BY k ORDER BY ts MEASURES FIRST(a.v, 1) \
             AS f, LAST(b.v) AS l ONE ROW PER MATCH AFTER MATCH SKIP TO LAST b PATTERN (a b+ c*? \
             d{2} e{1,} f{2,3} g?) WITHIN INTERVAL '1' HOUR DEFINE a AS a.v > 1, \
             b AS b.v > LAST(b.v, 1)) AS t",
            "CREATE TABLE `t` (k STRING, v INT, ts TIMESTAMP(3), p AS PROCTIME(), d AS v * 2, \
             WATERMARK FOR ts AS ts - INTERVAL '2' SECOND, PRIMARY KEY (k) NOT ENFORCED) WITH \
             ('connector' = 'kinesis', 'format' = 'json')",
            "CREATE TEMPORARY VIEW v (a, b) AS SELECT k, v FROM t",
            "INSERT INTO o SELECT window_start, k, SUM(v) FROM TABLE(TUMBLE(TABLE t, \
             DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end, k",
            "SELECT * FROM SESSION(DATA => TABLE t PARTITION BY k, TIMECOL => DESCRIPTOR(ts), GAP \
             => INTERVAL '5' MINUTE)",
            "SELECT TUMBLE_START(ts, INTERVAL '10' SECOND), k, COUNT(DISTINCT v) FILTER (WHERE v > \
             1) FROM t GROUP BY TUMBLE(ts, INTERVAL '10' SECOND), k",
            "WITH x AS (SELECT 1 AS a) SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts \
             DESC NULLS LAST) AS rn FROM x, t FETCH FIRST 3 ROWS ONLY",
            "SELECT * FROM o LEFT JOIN r FOR SYSTEM_TIME AS OF o.ts AS r ON o.c = r.c LIMIT 5",
            "EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT * FROM t; INSERT INTO b VALUES (1, \
             'x'), (2, 'y'); END",
            "SET 'table.exec.state.ttl' = '1 h'",
        ],
        Dialect::Flink,
    );
}

/// All problems are told, in the order of their places.
#[test]
fn reading_goes_on_behind_what_is_wrong() {
    for (text, expected) in [
        ("SELECT STREAM a +, b FROM s; SELEC 1; DROP TABLE", "SQL-010 SQL-031 SQL-010"),
        ("CREATE STREAM s (a INTEGR, b VARCHAR(0), c INT)", "SQL-015 SQL-015"),
        ("SELECT STREAM a b c FROM s WHERE", "SQL-010 SQL-010"),
        ("SELECT STREAM 'a FROM s", "SQL-002 SQL-010"),
        ("SELECT STREAM a FROM s # WHERE b", "SQL-003"),
        ("CREATE PUMP p AS SELECT STREAM a FROM s", "SQL-010"),
        ("CREATE STREAM s (a INT) GARBAGE", "SQL-010"),
    ] {
        let (_, problems) = parse_script(text, Dialect::Kinesis);
        let codes: Vec<&str> = problems.iter().map(|it| it.code).collect();
        assert_eq!(codes.join(" "), expected, "{text}: {problems:?}");
        assert!(problems.iter().all(|it| !it.help.is_empty()));
    }
    let table = "CREATE TABLE t (k STRING PRIMARY KEY NOT ENFORCED)";
    assert_eq!(parse_script(table, Dialect::Flink).1[0].code, "SQL-032");
}

#[test]
fn long_scripts_end() {
    let many = "SELECT STREAM a FROM s;".repeat(1_001);
    let (script, problems) = parse_script(&many, Dialect::Kinesis);
    assert_eq!((script.statements.len(), problems[0].code), (1_000, "SQL-030"));
    for (piece, times) in [("(", 9_000), ("SELECT (", 5_000), ("a JOIN b ON ", 5_000)] {
        let text = format!("SELECT STREAM * FROM {}", piece.repeat(times));
        assert!(!parse_script(&text, Dialect::Kinesis).1.is_empty());
    }
    let unions =
        "SELECT STREAM a FROM s".to_owned() + &" UNION ALL SELECT STREAM a FROM s".repeat(999);
    assert_eq!(parse_script(&unions, Dialect::Kinesis).1[0].code, "SQL-011");
}
