//! Random queries: words in any order break nothing, and filters and joins give what each row
//! looked at by itself gives.

use base::Rng;

use super::*;
use crate::print::text_of;

static PIECES: [&str; 64] = [
    "SELECT",
    "FROM",
    "WHERE",
    "GROUP BY",
    "HAVING",
    "ORDER BY",
    "LIMIT 2",
    "OFFSET 1",
    "DISTINCT",
    "a",
    "b",
    "s",
    "t.a",
    "u.b",
    "*",
    "t.*",
    ",",
    "(",
    ")",
    "t",
    "u",
    "AS x",
    "x",
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
    "IN (SELECT a FROM t)",
    "EXISTS (SELECT 1 FROM u WHERE u.a = t.a)",
    "(SELECT MAX(a) FROM t)",
    "BETWEEN 1 AND 2",
    "LIKE 'a%'",
    "::text",
    "CASE WHEN a > 1 THEN 2 END",
    "COUNT(*)",
    "SUM(a)",
    "AVG(b)",
    "MEDIAN(a)",
    "SUM(a) OVER (PARTITION BY s ORDER BY b ROWS 2 PRECEDING)",
    "RANK() OVER (ORDER BY a)",
    "LAG(a) OVER w",
    "WINDOW w AS (ORDER BY a)",
    "ROLLUP (a, s)",
    "CUBE (a, b)",
    "GROUPING SETS ((a), ())",
    "JOIN u ON t.a = u.a",
    "LEFT JOIN u USING (a)",
    "FULL JOIN",
    "UNION",
    "EXCEPT ALL",
    "INTERSECT",
    "VALUES (1, 2)",
    "WITH q AS (SELECT a FROM t)",
    "+",
    "/",
    "=",
    "DATE_TRUNC('day', GETDATE())",
];

fn tables(rng: &mut Rng) -> Vec<Table> {
    let mut table = |name: &str| {
        let number = |rng: &mut Rng| match rng.below(5) {
            0 => Value::Null,
            it => Value::Integer(i64::from(it) - 1),
        };
        let mut row = || -> Line {
            let text = ["x", "y", "ax"][rng.below(3) as usize];
            [number(rng), number(rng), Value::Text(text.into())].into()
        };
        let rows = (0..7).map(|_| row()).collect();
        let typed = |name: &str, of| (name.to_owned(), of);
        let columns = vec![
            typed("a", DataType::Integer),
            typed("b", DataType::Integer),
            typed("s", DataType::Varchar(9)),
        ];
        Table { name: name.to_owned(), columns, rows }
    };
    vec![table("t"), table("u")]
}

fn survives(text: &str, tables: &[Table]) -> bool {
    let found = run(text, tables, 0);
    if let Err(problems) = &found {
        assert!(!problems.is_empty(), "{text}");
        for it in problems {
            assert!(
                text.get(it.span.from as usize..it.span.to as usize).is_some(),
                "{text}: {it:?}"
            );
            assert!(!it.help.is_empty() && !it.message.is_empty(), "{text}: {it:?}");
        }
    }
    assert_eq!(found, run(text, tables, 0), "{text}: an answer is a function of its tables");
    found.is_ok()
}

#[test]
fn random_words_break_nothing() {
    let mut good = 0;
    for seed in 0..4_000 {
        let mut rng = Rng::from_seed(seed);
        let tables = tables(&mut rng);
        let mut text = ["SELECT", "SELECT a FROM t", "SELECT a, b FROM t WHERE"]
            [rng.below(3) as usize]
            .to_owned();
        for _ in 0..rng.below(9) {
            text.push(' ');
            text.push_str(PIECES[rng.below(64) as usize]);
        }
        good += u32::from(survives(&text, &tables));
    }
    assert!(good > 150, "only {good} queries were answered: the pieces do not fit");
    for piece in ["(", "SELECT * FROM (", "NOT ", "-", "a::int::", "EXISTS (", "APPROXIMATE "] {
        survives(&piece.repeat(8_000), &[]);
        survives(&format!("SELECT {}", piece.repeat(8_000)), &[]);
    }
}

/// A condition as text, and what it says of two numbers.
fn condition(rng: &mut Rng, (left, right): (&str, &str)) -> (String, usize) {
    let op = rng.below(4) as usize;
    (format!("{left} {} {right}", ["=", "<", "<>", ">="][op]), op)
}

fn holds(op: usize, a: &Value, b: &Value) -> bool {
    let (Value::Integer(a), Value::Integer(b)) = (a, b) else { return false };
    match op {
        0 => a == b,
        1 => a < b,
        2 => a != b,
        _ => a >= b,
    }
}

fn sorted(rows: impl Iterator<Item = Vec<Value>>) -> Vec<String> {
    let row = |row: Vec<Value>| row.iter().map(text_of).collect::<Vec<_>>().join(",");
    let mut rows: Vec<String> = rows.map(row).collect();
    rows.sort();
    rows
}

/// Each pair of rows is looked at by itself here; there they go by keys and pushed conditions.
#[test]
fn joins_and_filters_are_what_each_pair_says() {
    for seed in 0..1_500 {
        let mut rng = Rng::from_seed(seed);
        let tables = tables(&mut rng);
        let (on, first) = condition(&mut rng, ("t.a", "u.a"));
        let (also, second) = condition(&mut rng, ("t.b", "u.b"));
        let (filter, third) = condition(&mut rng, ("t.b", "u.a"));
        let kind = rng.below(4) as usize;
        let word = ["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"][kind];
        let text = format!(
            "SELECT t.a, t.b, u.a, u.b FROM t {word} u ON {on} AND {also} WHERE {filter} \
             OR t.b IS NULL"
        );
        let mut pairs: Vec<Vec<Value>> = Vec::new();
        let (left, right) = (&tables[0].rows, &tables[1].rows);
        let null = || vec![Value::Null, Value::Null];
        let fits = |l: &Line, r: &Line| holds(first, &l[0], &r[0]) && holds(second, &l[1], &r[1]);
        for l in left {
            let own = right.iter().filter(|r| fits(l, r));
            pairs.extend(own.map(|r| [&l[..2], &r[..2]].concat()));
            if kind % 2 == 1 && !right.iter().any(|r| fits(l, r)) {
                pairs.push([l[..2].to_vec(), null()].concat());
            }
        }
        for r in right.iter().filter(|r| kind >= 2 && !left.iter().any(|l| fits(l, r))) {
            pairs.push([null(), r[..2].to_vec()].concat());
        }
        pairs.retain(|it| it[1] == Value::Null || holds(third, &it[1], &it[2]));
        let answer = run(&text, &tables, 0).unwrap();
        let ours = sorted(answer.rows.iter().map(|row| row.to_vec()));
        assert_eq!(ours, sorted(pairs.into_iter()), "seed {seed}: {text}");
    }
}
