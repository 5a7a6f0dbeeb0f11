//! Aggregates against the facts, plain recomputation and each other.

use base::Rng;

use super::*;
use crate::decimal::Decimal;
use crate::eval::Found;
use crate::print::text_of;
use crate::rules::Rules;

const ALL: [AggregateFunction; 18] = [
    AggregateFunction::Any,
    AggregateFunction::Avg,
    AggregateFunction::Count,
    AggregateFunction::CountRows,
    AggregateFunction::Every,
    AggregateFunction::ExpAvg,
    AggregateFunction::FirstValue,
    AggregateFunction::Lag,
    AggregateFunction::LastValue,
    AggregateFunction::ListAgg,
    AggregateFunction::Max,
    AggregateFunction::Min,
    AggregateFunction::NthValue,
    AggregateFunction::StddevPop,
    AggregateFunction::StddevSamp,
    AggregateFunction::Sum,
    AggregateFunction::VarPop,
    AggregateFunction::VarSamp,
];

fn whole(numbers: &[i64]) -> Vec<Value> {
    numbers.iter().map(|it| Value::Integer(*it)).collect()
}

fn of(aggregate: &Aggregate, values: &[Value]) -> Found {
    let mut state = aggregate.start();
    for (at, value) in (0..).zip(values) {
        aggregate.add(&mut state, value, at)?;
    }
    aggregate.value(&state)
}

fn check(function: AggregateFunction, rules: Rules, values: &[Value], expected: &str) {
    let argument = values.iter().find_map(Value::data_type);
    let found = of(&Aggregate::new(function, argument, rules), values);
    let found = found.map_or_else(|it| format!("error: {it}"), |it| text_of(&it));
    assert_eq!(found, expected, "{function:?} of {values:?}");
}

fn decimal(unscaled: i128, scale: u8) -> Value {
    Value::Decimal(Decimal { unscaled, precision: 10, scale })
}

/// Facts, analytics §2.2: aggregates ignore NULL inputs except `COUNT(*)`.
#[test]
fn null_is_passed_over() {
    let values = [Value::Null, Value::Integer(4), Value::Null, Value::Integer(2)];
    for (function, expected) in [
        (AggregateFunction::CountRows, "4"),
        (AggregateFunction::Count, "2"),
        (AggregateFunction::Sum, "6"),
        (AggregateFunction::Avg, "3"),
        (AggregateFunction::Min, "2"),
        (AggregateFunction::Max, "4"),
        (AggregateFunction::VarPop, "1.0"),
    ] {
        check(function, Rules::KINESIS, &values, expected);
        let nothing = if function.name() == "COUNT" { "0" } else { "null" };
        check(function, Rules::KINESIS, &[], nothing);
    }
    let of_nulls = [Value::Null, Value::Null];
    check(AggregateFunction::Sum, Rules::FLINK, &of_nulls, "null");
    check(AggregateFunction::Count, Rules::FLINK, &of_nulls, "0");
    check(AggregateFunction::FirstValue, Rules::KINESIS, &values, "null");
    check(AggregateFunction::FirstValue, Rules::FLINK, &values, "4");
}

/// Facts, analytics §3.1: `AVG(INT)` is `INT` truncated, an `INT` overflow wraps around; §2.2: in
/// the Kinesis dialect what does not fit is an error.
#[test]
fn dialects_differ_in_what_does_not_fit() {
    let large = [Value::Integer(i32::MAX.into()), Value::Integer(1)];
    check(AggregateFunction::Sum, Rules::FLINK, &large, "-2147483648");
    check(AggregateFunction::Sum, Rules::KINESIS, &large, "2147483648");
    let larger = whole(&[i64::MAX, 1]);
    check(AggregateFunction::Sum, Rules::FLINK, &larger, "-9223372036854775808");
    check(
        AggregateFunction::Sum,
        Rules::KINESIS,
        &larger,
        "error: The number is too large for its type",
    );
    check(AggregateFunction::Avg, Rules::FLINK, &whole(&[-3, -4]), "-3");
    let infinite = [Value::Double(1e308), Value::Double(1e308)];
    check(
        AggregateFunction::Max,
        Rules::FLINK,
        &[Value::Double(1.0), Value::Double(f64::NAN)],
        "NaN",
    );
    let sum = of(&Aggregate::new(AggregateFunction::Sum, None, Rules::FLINK), &infinite);
    assert_eq!(sum, Ok(Value::Double(f64::INFINITY)));
    check(
        AggregateFunction::Sum,
        Rules::KINESIS,
        &infinite,
        "error: The number is too large for its type",
    );
}

#[test]
fn decimals_add_up_exactly() {
    let tenths: Vec<Value> = (0..10).map(|_| decimal(1, 1)).collect();
    check(AggregateFunction::Sum, Rules::KINESIS, &tenths, "1.0");
    check(AggregateFunction::Avg, Rules::KINESIS, &[decimal(1, 2), decimal(2, 2)], "0.015000");
    check(AggregateFunction::Sum, Rules::FLINK, &[decimal(1, 1), decimal(25, 2)], "0.35");
    let sum = Aggregate::new(
        AggregateFunction::Sum,
        Some(DataType::Decimal { precision: 10, scale: 2 }),
        Rules::FLINK,
    );
    assert_eq!(sum.result(), Some(DataType::Decimal { precision: 38, scale: 2 }));
}

/// The deviations of 2 4 4 4 5 5 7 9, the usual example: variance 4 of all, 32/7 of a sample.
#[test]
fn spreads_are_what_statistics_says() {
    let values = whole(&[2, 4, 4, 4, 5, 5, 7, 9]);
    check(AggregateFunction::VarPop, Rules::KINESIS, &values, "4.0");
    check(AggregateFunction::StddevPop, Rules::KINESIS, &values, "2.0");
    check(AggregateFunction::VarSamp, Rules::KINESIS, &values, "4.571428571428571");
    check(AggregateFunction::VarSamp, Rules::KINESIS, &values[..1], "null");
    // Far from zero sums of squares of floats have no digits left: whole numbers have them all.
    let far: Vec<Value> =
        [2, 4, 4, 4, 5, 5, 7, 9].map(|it| Value::Integer(4_000_000_000_000_000 + it)).into();
    check(AggregateFunction::VarPop, Rules::KINESIS, &far, "4.0");
}

#[test]
fn truths_and_texts() {
    let truths = [Value::Boolean(true), Value::Null, Value::Boolean(false)];
    check(AggregateFunction::Any, Rules::KINESIS, &truths, "true");
    check(AggregateFunction::Every, Rules::KINESIS, &truths, "false");
    check(AggregateFunction::Every, Rules::KINESIS, &truths[..2], "true");
    check(AggregateFunction::Any, Rules::KINESIS, &truths[1..2], "null");
    let texts = ["b", "a", "b"].map(|it| Value::Text(it.into()));
    check(AggregateFunction::ListAgg, Rules::FLINK, &texts, "b,a,b");
    let mut distinct = Aggregate::new(AggregateFunction::ListAgg, None, Rules::FLINK);
    distinct.distinct = true;
    distinct.constants = vec![Value::Text("|".into())];
    assert_eq!(of(&distinct, &texts), Ok(Value::Text("b|a".into())));
    distinct.function = AggregateFunction::Count;
    assert_eq!(of(&distinct, &texts), Ok(Value::Integer(2)));
}

/// Facts, analytics §2.3: a default of `LAG` stands for what is outside the window, not for a NULL
/// that is there.
#[test]
fn places_are_found_from_either_end() {
    let values = [Value::Integer(1), Value::Null, Value::Integer(3)];
    let mut call = Aggregate::new(AggregateFunction::Lag, Some(DataType::Integer), Rules::KINESIS);
    for (place, nulls, expected) in [
        (0, Nulls::Respect, Value::Integer(3)),
        (1, Nulls::Respect, Value::Null),
        (1, Nulls::Ignore, Value::Integer(1)),
        (2, Nulls::Respect, Value::Integer(1)),
        (3, Nulls::Respect, Value::Integer(-1)),
    ] {
        call.nulls = nulls;
        call.constants = whole(&[place, -1]);
        assert_eq!(of(&call, &values), Ok(expected), "LAG {place}");
    }
    call.function = AggregateFunction::NthValue;
    for (place, from_last, nulls, expected) in [
        (1, false, Nulls::Respect, Value::Integer(1)),
        (2, false, Nulls::Respect, Value::Null),
        (2, false, Nulls::Ignore, Value::Integer(3)),
        (1, true, Nulls::Respect, Value::Integer(3)),
        (4, false, Nulls::Respect, Value::Null),
    ] {
        (call.nulls, call.from_last) = (nulls, from_last);
        call.constants = whole(&[place]);
        assert_eq!(of(&call, &values), Ok(expected), "NTH_VALUE {place}");
    }
}

/// A row of one interval ago weighs 1/e.
#[test]
fn an_exponential_mean_forgets() {
    let mut call =
        Aggregate::new(AggregateFunction::ExpAvg, Some(DataType::Double), Rules::KINESIS);
    call.constants = vec![Value::Interval(1)];
    let e = libm::exp(1.0);
    let expected = (10.0 / e + 20.0) / (1.0 / e + 1.0);
    let Ok(Value::Double(found)) = of(&call, &whole(&[10, 20])) else { panic!("no mean") };
    assert!((found - expected).abs() < 1e-12, "{found} is not {expected}");
}

fn random_values(rng: &mut Rng, function: AggregateFunction, kind: u32) -> Value {
    if rng.below(6) == 0 {
        return Value::Null;
    }
    let number = i32::try_from(rng.below(40)).unwrap() - 20;
    match (function.takes(), kind) {
        (Some(crate::types::Class::Boolean), _) => Value::Boolean(number > 0),
        (Some(crate::types::Class::Text), _) => Value::Text(number.to_string().into()),
        (_, 0) => Value::Integer(number.into()),
        (_, 1) => decimal(number.into(), 2),
        // Quarters add up without rounding.
        (_, _) => Value::Double(f64::from(number) / 4.0),
    }
}

/// Whatever comes, leaves and grows together, the value is that of the rows that are there: each
/// function, with and without DISTINCT, over a window that slides, and as two groups made one.
#[test]
fn what_leaves_and_merges_is_as_if_computed_anew() {
    for seed in 0..600 {
        let mut rng = Rng::from_seed(seed);
        let function = ALL[rng.below(18) as usize];
        let kind = rng.below(3);
        let mut call = Aggregate::new(function, None, Rules::KINESIS);
        call.retracts = true;
        let ordered = [
            AggregateFunction::Lag,
            AggregateFunction::NthValue,
            AggregateFunction::FirstValue,
            AggregateFunction::LastValue,
            AggregateFunction::ListAgg,
            AggregateFunction::ExpAvg,
        ];
        call.distinct = !ordered.contains(&function) && rng.below(2) == 0;
        call.constants = match function {
            AggregateFunction::ExpAvg => vec![Value::Interval(1_000_000_000_000)],
            AggregateFunction::ListAgg => Vec::new(),
            _ => whole(&[2]),
        };
        let rows: Vec<Value> = (0..60).map(|_| random_values(&mut rng, function, kind)).collect();
        let (window, mut state) = (1 + rng.below(20) as usize, call.start());
        for (at, now) in (0..rows.len()).zip(0_i64..) {
            let first = (at + 1).saturating_sub(window);
            call.add(&mut state, &rows[at], now).unwrap();
            if at >= window {
                call.retract(&mut state, &rows[first - 1], now - i64::try_from(window).unwrap())
                    .unwrap();
            }
            let anew = of(&call, &rows[first..=at]);
            assert!(close(&call.value(&state), &anew), "seed {seed}: {call:?} {state:?} {anew:?}");
        }
        let (mut left, mut right) = (call.start(), call.start());
        for (at, row) in (0..).zip(&rows) {
            let side = if at < 30 { &mut left } else { &mut right };
            call.add(side, row, at).unwrap();
        }
        call.merge(&mut left, &right).unwrap();
        assert!(close(&call.value(&left), &of(&call, &rows)), "seed {seed}: {call:?}");
        assert!(left.bytes() > 0);
    }
}

/// The same but for the last digits of exponential means.
fn close(a: &Found, b: &Found) -> bool {
    match (a, b) {
        (Ok(Value::Double(a)), Ok(Value::Double(b))) => (a - b).abs() < 1e-6,
        _ => a == b,
    }
}

/// Coming and going in many pieces keeps a bag sorted and counted.
#[test]
fn a_bag_holds_many() {
    let (mut bag, mut rng) = (Bag::default(), Rng::from_seed(7));
    let mut plain: Vec<i64> = Vec::new();
    for _ in 0..20_000 {
        let number = i64::from(rng.below(4_000));
        if rng.below(3) == 0 {
            let at = plain.iter().position(|it| *it == number);
            assert_eq!(bag.remove(&Value::Integer(number)).is_some(), at.is_some());
            at.map(|at| plain.swap_remove(at));
        } else {
            bag.add(&Value::Integer(number), 1);
            plain.push(number);
        }
    }
    plain.sort_unstable();
    assert_eq!(bag.count(), plain.len() as u64);
    let ends = (plain[0], plain[plain.len() - 1]);
    assert_eq!(bag.ends(), Some((&Value::Integer(ends.0), &Value::Integer(ends.1))));
    let listed: Vec<Value> = bag
        .iter()
        .flat_map(|(value, times)| {
            core::iter::repeat_n(value.clone(), usize::try_from(times).unwrap())
        })
        .collect();
    assert_eq!(listed, whole(&plain));
    plain.dedup();
    assert_eq!(bag.distinct(), plain.len() as u64);
    let top = bag.top(3);
    assert!(top.len() == 3 && top[0].1 >= top[1].1 && top[1].1 >= top[2].1);
}

#[test]
fn every_function_is_found_by_its_name() {
    for function in ALL {
        let name = function.name();
        let found = if function == AggregateFunction::CountRows { "COUNT" } else { name };
        assert!(!name.is_empty() && find(found).is_some(), "{function:?}");
    }
    assert_eq!(find("STDDEV").map(|it| it.0), Some(AggregateFunction::StddevSamp));
    assert_eq!(find("MEDIAN"), None);
}

/// What Apache Flink 2.3.0 says (`data/flink_aggregates.txt`), types included.
#[test]
fn flink_agrees() {
    let text = |it: &str| Value::Text(it.into());
    let columns: [(&str, DataType, [Value; 3]); 7] = [
        ("i", DataType::Integer, [1, 4, 2_147_483_647].map(Value::Integer)),
        ("b", DataType::BigInt, [7, -2, 9].map(Value::Integer)),
        (
            "d",
            DataType::Decimal { precision: 8, scale: 2 },
            [125, 250, 10].map(|it| decimal(it, 2)),
        ),
        ("f", DataType::Double, [0.1, 0.2, 0.7].map(Value::Double)),
        ("g", DataType::Real, [0.1, 0.2, 0.7].map(Value::Real)),
        ("s", DataType::Varchar(u32::MAX), ["b", "a", "b"].map(text)),
        ("ti", DataType::TinyInt, [100, 100, 3].map(Value::Integer)),
    ];
    let lines = include_str!("../../data/flink_aggregates.txt").lines();
    let (mut count, mut wrong) = (0, Vec::new());
    for line in lines.filter(|line| line.contains(" => ")) {
        let (call, rest) = line.split_once(" of ").unwrap();
        let (rows, rest) = rest.split_once(" => ").unwrap();
        let (told, expected) = rest.split_once(" => ").unwrap();
        let (name, argument) = call.trim_end_matches(')').split_once('(').unwrap();
        let (argument, separator) = argument.split_once(", ").unwrap_or((argument, ""));
        let distinct = argument.strip_prefix("DISTINCT ");
        let argument = distinct.unwrap_or(argument);
        let column = columns.iter().find(|it| it.0 == argument);
        let function = match column {
            Some(_) => find(name).unwrap().0,
            None => AggregateFunction::CountRows,
        };
        let data_type = column.map(|it| it.1);
        let mut aggregate = Aggregate::new(function, data_type, Rules::FLINK);
        aggregate.distinct = distinct.is_some();
        if !separator.is_empty() {
            aggregate.constants = vec![text(separator.trim_matches('\''))];
        }
        let mut values = column.map_or_else(|| vec![Value::Integer(0); 3], |it| it.2.to_vec());
        values.push(Value::Null);
        if let Ok(id) = rows.parse::<usize>() {
            values = vec![values[id - 1].clone()];
        }
        count += 1;
        let found = of(&aggregate, &values).unwrap();
        let text = match crate::eval::cast(&found, DataType::Varchar(u32::MAX), &Rules::FLINK) {
            Ok(Value::Null) => "NULL".to_owned(),
            Ok(it) => text_of(&it),
            Err(why) => why,
        };
        let result = aggregate.result().map(|it| it.to_string()).unwrap_or_default();
        let result = result.replace("INTEGER", "INT").replace("REAL", "FLOAT");
        let is_text = function == AggregateFunction::ListAgg;
        if text != expected || (result != told && !is_text) {
            wrong.push(format!("{line}, not {result} => {text}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count > 150, "only {count} cases");
}
