//! Queries over two small tables.

use super::*;
use crate::print::text_of;

fn tables() -> Vec<Table> {
    let text = |it: &str| Value::Text(it.into());
    let row = |id: i64, city: &str, amount: Value| -> Line {
        [Value::Integer(id), text(city), amount].into()
    };
    vec![Table {
        name: "orders".to_owned(),
        columns: vec![
            ("id".to_owned(), DataType::Integer),
            ("City".to_owned(), DataType::Varchar(20)),
            ("amount".to_owned(), DataType::Integer),
        ],
        rows: vec![
            row(1, "Rome", Value::Integer(10)),
            row(2, "Oslo", Value::Integer(7)),
            row(3, "Rome", Value::Null),
            row(4, "Oslo", Value::Integer(5)),
        ],
    }]
}

fn answer(text: &str) -> String {
    match run(text, &tables(), 0) {
        Ok(answer) => {
            let row = |row: &Line| row.iter().map(text_of).collect::<Vec<_>>().join(",");
            answer.rows.iter().map(row).collect::<Vec<_>>().join(" ")
        }
        Err(problems) => {
            let told = |it: &Problem| format!("{} {}..{}", it.code, it.span.from, it.span.to);
            problems.iter().map(told).collect::<Vec<_>>().join(" ")
        }
    }
}

#[test]
fn one_table_is_queried() {
    for (text, expected) in [
        ("SELECT id FROM orders WHERE city = 'Rome'", "1 3"),
        (
            "SELECT city, COUNT(*), SUM(amount) FROM orders GROUP BY 1 ORDER BY 2 DESC, city",
            "Oslo,2,12 Rome,2,10",
        ),
        ("SELECT 1 + 1 AS two", "2"),
    ] {
        assert_eq!(answer(text), expected, "{text}");
    }
}

/// Every problem is told, with its place.
#[test]
fn mistakes_are_told_where_they_are() {
    for (text, expected) in [
        ("", "SQL-160 0..0"),
        ("SELECT 1; SELECT 2", "SQL-160 10..18"),
        ("DROP TABLE orders", "SQL-160 0..17"),
        ("SELECT * FROM clients", "SQL-161 14..21"),
        ("SELECT nothing, id FROM orders WHERE foo = 1", "SQL-162 7..14 SQL-162 37..40"),
        ("SELECT id FROM orders a, orders b", "SQL-163 7..9"),
        ("SELECT o.* FROM orders", "SQL-164 7..10"),
        ("SELECT *", "SQL-164 7..8"),
        ("SELECT id FROM orders WHERE COUNT(*) > 1", "SQL-165 28..36"),
        ("SELECT SUM(COUNT(*)) FROM orders", "SQL-165 11..19"),
        ("SELECT id, COUNT(*) FROM orders GROUP BY city", "SQL-166 7..9"),
        ("SELECT id FROM orders WHERE amount", "SQL-167 28..34"),
        ("SELECT MAKE_POINT(id) FROM orders", "SQL-168 7..21"),
        ("SELECT SUM(city) FROM orders", "SQL-169 7..16"),
        ("SELECT LAG(id) FROM orders", "SQL-169 7..14"),
        ("SELECT 1 UNION SELECT 1, 2", "SQL-170 9..14"),
        ("VALUES (1, 2), (3)", "SQL-170 16..17"),
        ("SELECT 1 IN (SELECT id, city FROM orders)", "SQL-170 13..40"),
        ("SELECT id FROM orders UNION ALL SELECT city FROM orders", "SQL-171 22..27"),
        ("SELECT id FROM orders ORDER BY 2", "SQL-172 31..32"),
        ("SELECT id FROM orders LIMIT id", "SQL-173 28..30"),
        ("SELECT id FROM orders LIMIT -1", "SQL-173 28..30"),
        ("SELECT RANK() OVER () FROM orders", "SQL-174 7..21"),
        (
            "SELECT SUM(id) OVER (ORDER BY id ROWS BETWEEN CURRENT ROW AND 1 PRECEDING) \
             FROM orders",
            "SQL-174 33..73",
        ),
        ("SELECT SUM(id) OVER w FROM orders", "SQL-175 20..21"),
        ("SELECT 1 / (id - 1) FROM orders", "SQL-176 7..19"),
        ("SELECT (SELECT id FROM orders)", "SQL-177 8..29"),
        ("SELECT 1 FROM GENERATE_SERIES(1, 3)", "SQL-179 14..35"),
        ("SELECT 1 FROM orders RIGHT JOIN LATERAL (SELECT 1) AS x ON TRUE", "SQL-179 21..63"),
        ("SELECT 1 FROM orders NATURAL orders", "SQL-010 29..35"),
        ("SELECT SUM(id) OVER (w ORDER BY id) FROM orders", "SQL-175 20..35"),
        ("SELECT LAG(id, 'a') OVER (ORDER BY id) FROM orders", "SQL-169 7..38"),
        ("SELECT INTERVAL '1 fortnight'", "SQL-014 7..29"),
        ("SELECT id = 'x' FROM orders", "SQL-176 12..15"),
        ("SELECT 2147483647 + 1", "SQL-176 7..21"),
        (
            "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n, 2 FROM r) SELECT n FROM r",
            "SQL-170 33..38",
        ),
        (
            "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT 'a' FROM r) SELECT n FROM r",
            "SQL-171 33..38",
        ),
        ("SELECT DISTINCT id FROM orders ORDER BY city", "SQL-181 40..44"),
        ("SELECT 1 FROM orders JOIN orders ON TRUE", "SQL-182 21..40"),
        ("SELECT id + city, UPPER(id) FROM orders", "SQL-020 7..16 SQL-021 24..26"),
        ("SELECT id, FROM orders WHERE", "SQL-010 11..15 SQL-010 28..28"),
    ] {
        assert_eq!(answer(text), expected, "{text}");
    }
    let deep = format!("{}SELECT 1{}", "SELECT * FROM (".repeat(40), ")".repeat(40));
    assert!(answer(&deep).contains("SQL-180") || answer(&deep).contains("SQL-011"), "{deep}");
}

/// What would take too long or too much ends with a diagnostic.
#[test]
fn what_is_too_large_is_told() {
    let mut tables = tables();
    tables[0].rows = core::iter::repeat_n(tables[0].rows[0].clone(), 2_000).collect();
    let told = |text: &str| run(text, &tables, 0).unwrap_err()[0].code;
    assert_eq!(told("SELECT * FROM orders a, orders b"), "SQL-178");
    let three = "SELECT COUNT(*) FROM orders a, orders b, orders c";
    assert_eq!(told(three), "SQL-178");
    let long: Line = [Value::Integer(1), Value::Text("x".repeat(60_000).into())].into();
    let texts = Table { rows: vec![long; 1_200], ..tables[0].clone() };
    let found = run("SELECT city || '' FROM orders", &[texts], 0);
    assert_eq!(found.unwrap_err()[0].code, "SQL-178");
    let tables_of = format!("SELECT 1 FROM orders{}", ", orders".repeat(1_000));
    assert_eq!(told(&tables_of), "SQL-178");
    let columns = format!("SELECT {} FROM orders", vec!["*"; 1_000].join(", "));
    assert_eq!(told(&columns), "SQL-178");
    let mut names = "SELECT 1 AS a0".to_owned();
    for n in 1..60 {
        names.push_str(&format!(", a{} + a{} AS a{n}", n - 1, n - 1));
    }
    assert_eq!(told(&names), "SQL-180");
    let windows: Vec<String> =
        (0..60).map(|it| format!("SUM(id) OVER (ORDER BY id + {it})")).collect();
    assert_eq!(told(&format!("SELECT {} FROM orders", windows.join(", "))), "SQL-178");
    let endless = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n FROM r) SELECT n FROM r";
    assert_eq!(told(endless), "SQL-178");
    let doubles = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n FROM r, orders) \
        SELECT n FROM r";
    assert_eq!(told(doubles), "SQL-178");
    let each =
        "SELECT COUNT(*) FROM orders a, LATERAL (SELECT * FROM orders b WHERE b.id <= a.id) c";
    assert_eq!(told(each), "SQL-178");
    let text =
        "SELECT COUNT(*) FROM orders a WHERE EXISTS (SELECT 1 FROM orders b WHERE b.id < a.id)";
    assert!(run(text, &tables, 0).is_ok());
}
