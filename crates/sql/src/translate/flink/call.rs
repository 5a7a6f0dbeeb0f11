//! Functions of the Kinesis dialect in the words of Flink.

use super::ToFlink;
use crate::expr::{BinaryOp, Expr, ExprKind, Span};
use crate::function::{Function as F, Period, Unit};
use crate::translate::tree::{all, binary, call, cast, node, text, whole};
use crate::types::DataType;
use crate::value::Value;

impl ToFlink<'_> {
    /// A call with its arguments translated already.
    pub(super) fn call(&mut self, function: F, arguments: Vec<Expr>, span: Span) -> Expr {
        let as_it_is = |arguments| call(function, arguments);
        match (function, &arguments[..]) {
            (F::Monotonic, [value]) => value.clone(),
            (F::TsDiff, [begin, end]) => binary(BinaryOp::Subtract, millis(end), millis(begin)),
            (F::UnixTimestamp, [at]) => millis(at),
            (F::ToTimestamp, [at]) => {
                cast(call(F::ToTimestampLtz, vec![at.clone(), whole(3)]), DataType::Timestamp)
            }
            (F::CharToTimestamp, [format, value]) => {
                call(F::TextToTimestamp, vec![value.clone(), format.clone()])
            }
            (F::CharToDate, [format, value]) => {
                call(F::ToDate, vec![value.clone(), format.clone()])
            }
            (F::CharToTime, [format, value]) => {
                cast(call(F::TextToTimestamp, vec![value.clone(), format.clone()]), DataType::Time)
            }
            (F::ToChar, [format, value]) => {
                call(F::DateFormat, vec![cast(value.clone(), DataType::Timestamp), format.clone()])
            }
            (F::Span(unit), [end, begin]) => {
                call(F::TimestampDiff(unit), vec![begin.clone(), end.clone()])
            }
            (F::Period(period), _) => periods(period, &arguments),
            (F::Step, [value, by]) => self.step(value, by, span),
            (F::RegexReplace, [value, pattern, by, from, which]) => {
                let is =
                    |expr: &Expr, number| expr.kind == ExprKind::Literal(Value::Integer(number));
                if !is(from, 1) || !is(which, 0) {
                    self.made.note(
                        span,
                        "REGEXP_REPLACE of Flink replaces every match from the beginning on",
                    );
                }
                call(F::RegexpReplace, vec![value.clone(), pattern.clone(), by.clone()])
            }
            (F::Substring, [value, pattern])
                if matches!(&pattern.kind, ExprKind::Literal(Value::Text(_))) =>
            {
                call(F::RegexpExtract, vec![value.clone(), pattern.clone(), whole(0)])
            }
            _ => as_it_is(arguments),
        }
    }

    /// `STEP(value BY by)`: as whole seconds since 1970, or as a number.
    fn step(&mut self, value: &Expr, by: &Expr, span: Span) -> Expr {
        match by.kind {
            ExprKind::Literal(Value::Interval(micros)) if micros > 0 && micros % 1_000_000 == 0 => {
                let epoch = || node(ExprKind::Literal(Value::Timestamp(0)));
                let seconds = call(F::TimestampDiff(Unit::Second), vec![epoch(), value.clone()]);
                let by = whole(micros / 1_000_000);
                let steps = binary(BinaryOp::Divide, seconds, by.clone());
                let seconds = binary(BinaryOp::Multiply, steps, by);
                call(F::TimestampAdd(Unit::Second), vec![seconds, epoch()])
            }
            ExprKind::Literal(Value::Interval(_)) => {
                self.made.note(span, "STEP of less than a second has no equivalent");
                call(F::FloorTo(Unit::Second), vec![value.clone()])
            }
            _ => {
                let rest = call(F::Mod, vec![value.clone(), by.clone()]);
                binary(BinaryOp::Subtract, value.clone(), rest)
            }
        }
    }
}

/// Milliseconds since 1970.
fn millis(at: &Expr) -> Expr {
    let seconds = call(F::Epoch, vec![at.clone()]);
    let seconds = binary(BinaryOp::Multiply, seconds, whole(1_000));
    binary(BinaryOp::Add, seconds, call(F::Extract(Unit::Millisecond), vec![at.clone()]))
}

/// How one period stands to another, as comparisons of their ends (AWS SQL reference, "Temporal
/// Predicates").
fn periods(period: Period, arguments: &[Expr]) -> Expr {
    let end = |index: usize| arguments.get(index).cloned().unwrap_or_else(|| text(""));
    let (s1, e1, s2) = (|| end(0), || end(1), || end(2));
    let e2 = || end(3);
    let is = |op, a, b| binary(op, a, b);
    let made = if arguments.len() < 4 {
        vec![is(BinaryOp::LessEqual, s1(), s2()), is(BinaryOp::Less, s2(), e1())]
    } else {
        match period {
            Period::Contains => {
                vec![is(BinaryOp::LessEqual, s1(), s2()), is(BinaryOp::LessEqual, e2(), e1())]
            }
            Period::Equals => {
                vec![is(BinaryOp::Equal, s1(), s2()), is(BinaryOp::Equal, e1(), e2())]
            }
            Period::ImmediatelySucceeds => vec![is(BinaryOp::Equal, s1(), e2())],
            Period::ImmediatelyPrecedes => vec![is(BinaryOp::Equal, e1(), s2())],
            Period::Overlaps => {
                vec![is(BinaryOp::Less, s1(), e2()), is(BinaryOp::Less, s2(), e1())]
            }
            Period::Precedes => vec![is(BinaryOp::LessEqual, e1(), s2())],
            Period::StrictlyContains => {
                vec![is(BinaryOp::Less, s1(), s2()), is(BinaryOp::Less, e2(), e1())]
            }
            Period::StrictlyPrecedes => vec![is(BinaryOp::Less, e1(), s2())],
            Period::StrictlySucceeds => vec![is(BinaryOp::Less, e2(), s1())],
            Period::Succeeds => vec![is(BinaryOp::LessEqual, e2(), s1())],
        }
    };
    all(made).unwrap_or_else(|| node(ExprKind::Literal(Value::Null)))
}
