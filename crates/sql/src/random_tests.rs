//! Random expressions: what is read and printed stays the same, and nothing panics.

use base::Rng;

use crate::check::check_bound_by;
use crate::expr::{BinaryOp, Expr, ExprKind, Name, Span};
use crate::function::{Function, Period, TABLE, Unit};
use crate::lower::lower;
use crate::parse::{parse_expr, parse_select};
use crate::print::{print, print_select, text_of};
use crate::{Column, DataType, Decimal, Row, Rules, Value, check, eval};

/// A row whose columns have every type, by the first letter of their name.
struct Every;

impl Row for Every {
    fn column(&self, path: &[Name]) -> Value {
        match path[0].text.as_bytes()[0] {
            b'i' => Value::Integer(i64::MIN),
            b'd' => Value::Double(-1.5e300),
            b't' => Value::Text("gäte-12 2026-03-01".into()),
            b'b' => Value::Boolean(true),
            b'w' => Value::Timestamp(i64::MAX),
            b'y' => Value::Date(i32::MIN),
            _ => Value::Null,
        }
    }

    fn now_micros(&self) -> i64 {
        i64::MIN
    }
}

const TOKENS: [&str; 92] = [
    "i",
    "d",
    "t",
    "b",
    "w",
    "y",
    "n",
    "\"q\"\"\"",
    "i.j",
    "1",
    "0",
    "2.50",
    ".5",
    "1e2",
    "9e300",
    "9223372036854775807",
    "999999999999999999.",
    "0.000000000000000001",
    "'a'",
    "'%_!'",
    "''",
    "X'0f'",
    "NULL",
    "TRUE",
    "FALSE",
    "DATE '2026-03-01'",
    "TIMESTAMP '2026-03-01 10:00:00.5'",
    "INTERVAL '1.5' HOUR",
    "INTERVAL '9223372036854' SECOND",
    "(",
    ")",
    "(",
    ")",
    ",",
    "+",
    "-",
    "*",
    "/",
    "||",
    "=",
    "<>",
    "<",
    "<=",
    ">",
    ">=",
    "AND",
    "OR",
    "NOT",
    "IS",
    "IS NOT NULL",
    "IS UNKNOWN",
    "IS DISTINCT FROM",
    "BETWEEN",
    "BETWEEN SYMMETRIC",
    "IN (",
    "NOT IN (",
    "LIKE",
    "NOT LIKE",
    "ESCAPE",
    "CASE",
    "WHEN",
    "THEN",
    "ELSE",
    "END",
    "CAST(",
    "AS INTEGER)",
    "AS VARCHAR(3))",
    "AS DECIMAL(9, 2))",
    "AS DATE)",
    "AS TIMESTAMP)",
    "AS TINYINT)",
    "ABS(",
    "FLOOR(",
    "TO MONTH)",
    "CEIL(",
    "COALESCE(",
    "MOD(",
    "SUBSTRING(",
    "FROM",
    "FOR",
    "STEP(",
    "BY",
    "TRIM(",
    "POSITION(",
    "OVERLAY(",
    "PLACING",
    "UPPER(",
    "POWER(",
    "EXP(",
    "TSDIFF(",
    "EXTRACT(DAY FROM",
    "CURRENT_TIMESTAMP",
];

fn pick<'a>(rng: &mut Rng, list: &[&'a str]) -> &'a str {
    list[rng.below(u32::try_from(list.len()).unwrap()) as usize]
}

/// Anything that is well formed.
fn expression(rng: &mut Rng, depth: u32) -> String {
    if depth == 0 || rng.below(8) == 0 {
        return pick(rng, &TOKENS[..29]).to_owned();
    }
    let mut part = || expression(rng, depth - 1);
    let (a, b, c) = (part(), part(), part());
    let binary = pick(rng, &["+", "-", "*", "/", "||", "=", "<>", "<", "AND", "OR", "LIKE"]);
    match rng.below(17) {
        0..=5 => format!("{a} {binary} {b}"),
        6 => format!("({a}) {binary} ({b})"),
        7 => format!("NOT {a}"),
        8 => format!("- {a}"),
        9 => format!("({a}) IS NOT TRUE"),
        10 => format!("{a} NOT BETWEEN SYMMETRIC ({b}) AND ({c})"),
        11 => format!("{a} IN ({b}, {c})"),
        12 => format!("CASE WHEN {a} THEN {b} ELSE {c} END"),
        13 => format!("CAST({a} AS {})", pick(rng, &["BIGINT", "DECIMAL(9, 3)", "VARCHAR(9)"])),
        14 => format!("COALESCE({a}, {b}, {c})"),
        15 => format!("SUBSTRING(CAST({a} AS CHAR(4)) FROM {b} FOR {c})"),
        _ => format!("{a} LIKE ({b}) ESCAPE ({c})"),
    }
}

/// Reads, checks, prints, reads again and evaluates; whether it was well formed.
fn live(text: &str, seed: u64) -> bool {
    let expr = match parse_expr(text) {
        Ok(expr) => expr,
        Err(problem) => {
            let Span { from, to } = problem.span;
            let inside = from <= to && to as usize <= text.len();
            assert!(inside && text.is_char_boundary(from as usize), "seed {seed}: {text}");
            return false;
        }
    };
    let printed = print(&expr);
    let again = parse_expr(&printed).unwrap_or_else(|it| panic!("seed {seed}: {printed}: {it:?}"));
    assert_eq!(again, expr, "seed {seed}: {text} was printed as {printed}");
    assert_eq!(print(&again), printed, "seed {seed}");
    let mut problems = Vec::new();
    check(&expr, &|_| Column::Any, &mut problems);
    let value = eval(&expr, &Every);
    if let Ok(Value::Double(number)) = value {
        assert!(number.is_finite(), "seed {seed}: {text}");
    }
    true
}

#[test]
fn random_expressions_come_back_as_they_were() {
    for seed in 0..3_000 {
        let mut rng = Rng::from_seed(seed);
        let text = expression(&mut rng, 4);
        assert!(live(&text, seed), "seed {seed}: {text}: {:?}", parse_expr(&text));
    }
}

#[test]
fn random_words_never_panic() {
    let mut formed = 0;
    for seed in 0..20_000 {
        let mut rng = Rng::from_seed(seed);
        let count = 1 + rng.below(12);
        let mut text = String::new();
        for _ in 0..count {
            text.push_str(pick(&mut rng, &TOKENS));
            text.push(' ');
        }
        formed += u32::from(live(&text, seed));
    }
    assert!(formed > 200, "only {formed} were well formed");
}

#[test]
fn random_characters_never_panic() {
    let letters =
        ["a", "'", "\"", "é", "1", ".", "e", "-", "/", "*", "x'", "\n", "(", "#", "|", "\u{1F980}"];
    for seed in 0..20_000 {
        let mut rng = Rng::from_seed(seed);
        let count = 1 + rng.below(10);
        let text: String = (0..count).map(|_| pick(&mut rng, &letters)).collect();
        live(&text, seed);
        if let Ok(list) = parse_select(&text) {
            let printed = print_select(&list);
            assert_eq!(parse_select(&printed).unwrap(), list, "seed {seed}: {text}");
        }
    }
}

/// A text of the greatest depth still finds its way through everything.
#[test]
fn the_deepest_expression_is_lived_through() {
    for text in [
        vec!["i"; 200].join(" || "),
        format!("{}t{}", "UPPER(".repeat(28), ")".repeat(28)),
        format!("{}t{}", "(".repeat(58), ")".repeat(58)),
    ] {
        assert!(live(&text, 0), "{:?}", parse_expr(&text));
    }
}

/// A row of nothing, by the rules of a dialect.
struct Nothing(&'static Rules);

impl Row for Nothing {
    fn column(&self, _path: &[Name]) -> Value {
        Value::Null
    }

    fn now_micros(&self) -> i64 {
        i64::MAX
    }

    fn rules(&self) -> &'static Rules {
        self.0
    }
}

fn any_value(rng: &mut Rng) -> Value {
    let texts =
        ["", "a,b", "yyyy-MM-dd HH:mm:ss.SSSSSS", "'", "gäte", "[(", "$.a[0]", "{\"a\":[1]}"];
    let wholes = [i64::MIN, -1, 0, 1, 2, 40, i32::MAX.into(), i64::MAX];
    let floats = [f64::NAN, f64::INFINITY, -0.0, 1e-320, 2.5, -1e300];
    let whole = wholes[rng.below(8) as usize];
    let decimal = |unscaled, scale| Value::Decimal(Decimal { unscaled, precision: 38, scale });
    match rng.below(12) {
        0..3 => Value::Text(texts[rng.below(8) as usize].into()),
        3 | 4 => Value::Integer(whole),
        5 => decimal(10_i128.pow(38) - 1, [0, 6, 38][rng.below(3) as usize]),
        6 => decimal(-25, 1),
        7 => Value::Double(floats[rng.below(6) as usize]),
        8 => Value::Timestamp(whole),
        9 => Value::Date([i32::MIN, 0, i32::MAX][rng.below(3) as usize]),
        10 => [Value::Interval(whole), Value::Months(i32::MIN), Value::Time(1), Value::Real(-1.5)]
            [rng.below(4) as usize]
            .clone(),
        _ => [Value::Null, Value::Boolean(true), Value::Bytes([1].into())][rng.below(3) as usize]
            .clone(),
    }
}

/// Every function and operator takes whatever there is, in either dialect, and gives a value or a
/// fault.
#[test]
fn any_arguments_never_panic() {
    let units = Unit::ALL.into_iter().flat_map(|it| {
        [
            Function::CeilTo(it),
            Function::FloorTo(it),
            Function::Extract(it),
            Function::Span(it),
            Function::TimestampAdd(it),
            Function::TimestampDiff(it),
        ]
    });
    let own = [
        Function::Similar,
        Function::Epoch,
        Function::Period(Period::Overlaps),
        Function::Narrow(DataType::TinyInt),
        Function::TryCast(DataType::Date),
        Function::TryCast(DataType::Decimal { precision: 38, scale: 38 }),
        Function::TryCast(DataType::Real),
        Function::TryCast(DataType::Char(3)),
    ];
    let all: Vec<Function> = TABLE.iter().map(|it| it.function).chain(units).chain(own).collect();
    let mut known = 0;
    for seed in 0..40_000_u64 {
        let mut rng = Rng::from_seed(seed);
        let rules = if seed % 2 == 0 { &Rules::KINESIS } else { &Rules::FLINK };
        let count = rng.below(5);
        let literal = |value| Expr::new(ExprKind::Literal(value), Span::default());
        let arguments: Vec<Expr> = (0..count).map(|_| literal(any_value(&mut rng))).collect();
        let function = all[usize::try_from(seed).unwrap() % all.len()];
        let ops = [BinaryOp::Add, BinaryOp::Subtract, BinaryOp::Multiply, BinaryOp::Divide];
        let kind = match &arguments[..] {
            [a, b] if rng.below(3) == 0 => {
                let op = ops[rng.below(4) as usize];
                ExprKind::Binary(op, a.clone().into(), b.clone().into())
            }
            _ => ExprKind::Call { function, arguments },
        };
        let expr = Expr::new(kind, Span::default());
        check_bound_by(&expr, &[], rules, &mut Vec::new());
        if let Ok(value) = eval(&lower(&expr, &[], rules), &Nothing(rules)) {
            known += u32::from(!text_of(&value).is_empty() && value != Value::Null);
        }
    }
    assert!(known > 3_000, "only {known} have a value");
}
