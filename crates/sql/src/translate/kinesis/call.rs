//! Functions of Flink in the words of the Kinesis dialect.

use super::ToKinesis;
use crate::expr::{BinaryOp, Expr, ExprKind, Span};
use crate::function::{Function as F, Side, Speaks, Unit};
use crate::rules::Rules;
use crate::translate::tree::{all, binary, call, cast, either, node, text, whole};
use crate::types::DataType;
use crate::value::Value;

impl ToKinesis<'_> {
    /// A call with its arguments translated already.
    pub(super) fn call(&mut self, function: F, arguments: Vec<Expr>, span: Span) -> Expr {
        let is_careful = match function {
            F::TryCast(_) => true,
            F::TextToTimestamp | F::ToDate => {
                !matches!(arguments.first().map(|it| &it.kind), Some(ExprKind::Literal(_)))
            }
            _ => false,
        };
        if is_careful {
            self.made.note(
                span,
                "A text that means nothing is NULL in Flink; here its row goes to error_stream",
            );
        }
        let made = numbers(function, &arguments)
            .or_else(|| texts(function, &arguments))
            .or_else(|| times(function, &arguments))
            .or_else(|| conditions(function, &arguments));
        if let Some(made) = made {
            return made;
        }
        let here = function.signature().is_none_or(|it| it.speaks.is_spoken(&Rules::KINESIS))
            || is_spoken(function);
        if !here {
            let nearest = match function {
                F::JsonValue(..) | F::JsonQuery(..) | F::JsonExists(_) | F::IsJson(_) => {
                    "The schema of the source takes columns out of JSON, each with its path"
                }
                _ => "A Lambda function in front of the application can compute it",
            };
            self.absent(span, &format!("The function {}", function.name()), nearest);
        }
        call(function, arguments)
    }
}

/// Whether a function of this very kind has a line of the dialect.
fn is_spoken(function: F) -> bool {
    let line = |it: &&crate::function::Signature| it.function == function;
    let mut lines = crate::function::TABLE.iter().filter(line);
    lines.any(|it| it.speaks != Speaks::Flink)
        || matches!(
            function,
            F::Extract(_) | F::Epoch | F::FloorTo(_) | F::CeilTo(_) | F::Trim(_) | F::Similar
        )
}

fn numbers(function: F, arguments: &[Expr]) -> Option<Expr> {
    let ln = |it: &Expr| call(F::Ln, vec![it.clone()]);
    let number = |it: f64| node(ExprKind::Literal(Value::Double(it)));
    let zero = || whole(0);
    Some(match (function, arguments) {
        (F::Sqrt, [of]) => call(F::Power, vec![of.clone(), number(0.5)]),
        (F::Log, [of]) => ln(of),
        (F::Log, [base, of]) => binary(BinaryOp::Divide, ln(of), ln(base)),
        (F::Log2, [of]) => binary(BinaryOp::Divide, ln(of), call(F::Ln, vec![whole(2)])),
        (F::Pi, []) => number(core::f64::consts::PI),
        (F::E, []) => call(F::Exp, vec![whole(1)]),
        (F::Degrees, [of]) => {
            binary(BinaryOp::Multiply, of.clone(), number(180.0 / core::f64::consts::PI))
        }
        (F::Radians, [of]) => {
            binary(BinaryOp::Multiply, of.clone(), number(core::f64::consts::PI / 180.0))
        }
        (F::Sign, [of]) => {
            let is = |op| binary(op, of.clone(), zero());
            let below = either(is(BinaryOp::Less), whole(-1), Some(zero()));
            either(is(BinaryOp::Greater), whole(1), Some(below))
        }
        (F::Greatest | F::Least, [first, rest @ ..]) => {
            let op = if function == F::Greatest { BinaryOp::Less } else { BinaryOp::Greater };
            // NULL if one of them is.
            rest.iter().fold(first.clone(), |most, next| {
                let is = |op| binary(op, most.clone(), next.clone());
                let not =
                    if op == BinaryOp::Less { BinaryOp::GreaterEqual } else { BinaryOp::LessEqual };
                let branches = vec![(is(op), next.clone()), (is(not), most.clone())];
                node(ExprKind::Case { operand: None, branches, otherwise: None })
            })
        }
        _ => return None,
    })
}

fn texts(function: F, arguments: &[Expr]) -> Option<Expr> {
    let length = |it: &Expr| call(F::CharLength, vec![it.clone()]);
    Some(match (function, arguments) {
        (F::TrimSet(side), [of]) => call(F::Trim(side), vec![of.clone()]),
        (F::TrimSet(Side::Both), [of, which]) => {
            call(F::Trim(Side::Both), vec![of.clone(), which.clone()])
        }
        (F::Left, [of, count]) => call(F::Substring, vec![of.clone(), whole(1), count.clone()]),
        (F::Right, [of, count]) => {
            let from = binary(BinaryOp::Subtract, length(of), count.clone());
            call(F::Substring, vec![of.clone(), binary(BinaryOp::Add, from, whole(1))])
        }
        (F::Concat, [_, ..]) => {
            arguments.iter().cloned().reduce(|a, b| binary(BinaryOp::Concat, a, b))?
        }
        (F::Locate, [part, of]) => call(F::Position, vec![part.clone(), of.clone()]),
        (F::Instr, [of, part]) => call(F::Position, vec![part.clone(), of.clone()]),
        (F::StartsWith, [of, part]) => {
            let at = call(F::Position, vec![part.clone(), of.clone()]);
            binary(BinaryOp::Equal, at, whole(1))
        }
        (F::RegexpReplace, [of, pattern, by]) => {
            let all = vec![of.clone(), pattern.clone(), by.clone(), whole(1), whole(0)];
            call(F::RegexReplace, all)
        }
        (F::Replace, [of, part, by]) => {
            let ExprKind::Literal(Value::Text(part)) = &part.kind else { return None };
            let pattern = text(&literal(part));
            call(F::RegexReplace, vec![of.clone(), pattern, by.clone(), whole(1), whole(0)])
        }
        (F::RegexpExtract, [of, pattern, group]) if group.kind == whole(0).kind => {
            call(F::Substring, vec![of.clone(), pattern.clone()])
        }
        _ => return None,
    })
}

fn times(function: F, arguments: &[Expr]) -> Option<Expr> {
    let thousand = |it: &Expr| binary(BinaryOp::Multiply, it.clone(), whole(1_000));
    let plain = || text("yyyy-MM-dd HH:mm:ss");
    Some(match (function, arguments) {
        (F::TimestampDiff(unit), [begin, end]) => {
            let millis = call(F::TsDiff, vec![begin.clone(), end.clone()]);
            let width = unit.micros()? / 1_000;
            if width == 1 { millis } else { binary(BinaryOp::Divide, millis, whole(width)) }
        }
        (F::TimestampAdd(unit), [count, at]) => {
            let ExprKind::Literal(Value::Integer(count)) = count.kind else { return None };
            crate::translate::tree::later(at.clone(), count.checked_mul(unit.micros()?)?)
        }
        (F::TextToTimestamp, [of]) => cast(of.clone(), DataType::Timestamp),
        (F::TextToTimestamp, [of, format]) => {
            call(F::CharToTimestamp, vec![format.clone(), of.clone()])
        }
        (F::ToDate, [of]) => cast(of.clone(), DataType::Date),
        (F::ToDate, [of, format]) => call(F::CharToDate, vec![format.clone(), of.clone()]),
        (F::ToTimestampLtz, [of, digits]) if digits.kind == whole(3).kind => {
            call(F::ToTimestamp, vec![of.clone()])
        }
        (F::ToTimestampLtz, [of, ..]) => call(F::ToTimestamp, vec![thousand(of)]),
        (F::DateFormat, [at, format]) => call(F::ToChar, vec![format.clone(), at.clone()]),
        (F::FromUnixTime, [seconds]) => {
            call(F::ToChar, vec![plain(), call(F::ToTimestamp, vec![thousand(seconds)])])
        }
        (F::FromUnixTime, [seconds, format]) => {
            call(F::ToChar, vec![format.clone(), call(F::ToTimestamp, vec![thousand(seconds)])])
        }
        (F::UnixSeconds, [of]) => {
            let millis = call(F::UnixTimestamp, vec![cast(of.clone(), DataType::Timestamp)]);
            binary(BinaryOp::Divide, millis, whole(1_000))
        }
        (F::DayOfWeek, [at]) => {
            // 1970-01-04 was a Sunday.
            let days = call(F::UnixTimestamp, vec![call(F::FloorTo(Unit::Day), vec![at.clone()])]);
            let days = binary(BinaryOp::Divide, days, whole(86_400_000));
            let days = binary(BinaryOp::Add, days, whole(4));
            binary(BinaryOp::Add, call(F::Mod, vec![days, whole(7)]), whole(1))
        }
        _ => return None,
    })
}

fn conditions(function: F, arguments: &[Expr]) -> Option<Expr> {
    Some(match (function, arguments) {
        (F::If, [condition, then, otherwise]) => {
            either(condition.clone(), then.clone(), Some(otherwise.clone()))
        }
        (F::TryCast(target), [of]) => cast(of.clone(), target),
        (F::IsDigit, [of]) => call(F::Similar, vec![of.clone(), text("[0-9]+")]),
        (F::IsAlpha, [of]) => call(F::Similar, vec![of.clone(), text("[A-Za-z]+")]),
        (F::EndsWith, [of, part]) => {
            let length = |it: &Expr| call(F::CharLength, vec![it.clone()]);
            let from = binary(BinaryOp::Subtract, length(of), length(part));
            let from = binary(BinaryOp::Add, from, whole(1));
            let long = binary(BinaryOp::GreaterEqual, length(of), length(part));
            let end = call(F::Substring, vec![of.clone(), from]);
            all([long, binary(BinaryOp::Equal, end, part.clone())])?
        }
        _ => return None,
    })
}

/// A regular expression that means a text letter by letter.
fn literal(part: &str) -> String {
    let mut pattern = String::new();
    for letter in part.chars() {
        if r"\.+*?()|[]{}^$".contains(letter) {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern
}
