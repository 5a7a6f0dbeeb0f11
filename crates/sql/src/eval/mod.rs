//! The value of an expression over a row.
//!
//! NULL is unknown: it goes through every operator but `AND`, `OR`, `IS` and the functions about
//! it. What a service would send to its error stream is a [`Fault`]: a division by zero, a cast
//! that cannot be, a result that does not fit.

mod arguments;
mod arithmetic;
mod cast;
mod compare;
mod digest;
mod format;
mod function;
mod json;
mod like;
mod number;
mod occurrence;
mod pattern;
mod pattern_of_moment;
mod pattern_of_number;
mod redshift;
mod text;
mod time;

use core::cmp::Ordering;

use crate::expr::{BinaryOp, Expr, ExprKind, Name, Span, Truth, UnaryOp};
use crate::function::Function;
use crate::rules::Rules;
use crate::types::{Class, DataType};
use crate::value::Value;

pub(crate) use cast::finite;
pub use cast::{can_cast, cast};
pub(crate) use compare::order;
pub(crate) use pattern::compiled;

/// What an expression is evaluated over.
pub trait Row {
    /// The value of a column; NULL when it is not there.
    fn column(&self, path: &[Name]) -> Value;

    /// The value of a bound column, by its index; NULL when it is not there.
    fn slot(&self, _index: u32) -> Value {
        Value::Null
    }

    /// What a query within an expression gives, by its number, for what it is given of the row.
    ///
    /// # Errors
    /// It has no value.
    fn inner(&self, _query: u32, _arguments: &[Value]) -> Result<Value, Fault> {
        Ok(Value::Null)
    }

    /// The time of the row in microseconds since 1970: `CURRENT_TIMESTAMP`.
    fn now_micros(&self) -> i64;

    /// The answers of the dialect.
    fn rules(&self) -> &'static Rules {
        &Rules::KINESIS
    }
}

/// Why there is no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The expression that has none.
    pub span: Span,
    /// Why, in a sentence.
    pub message: String,
}

/// A value, or why there is none; the caller knows where.
pub(crate) type Found = Result<Value, String>;

pub(crate) const TOO_LARGE: &str = "The number is too large for its type";

/// The value of an expression over a row.
///
/// # Errors
/// A fault: what was computed has no value.
#[inline(never)]
pub fn eval(expr: &Expr, row: &dyn Row) -> Result<Value, Fault> {
    let of = |expr: &Expr| eval(expr, row);
    let found = match &expr.kind {
        ExprKind::Literal(value) => Ok(value.clone()),
        ExprKind::Column(path) => Ok(row.column(path)),
        ExprKind::Slot(index) => Ok(row.slot(*index)),
        // Whoever binds names puts something else in their place.
        ExprKind::Aggregate(it) => Err(format!("{} is about many rows", it.name)),
        ExprKind::User { name, .. } => Err(format!("There is no function `{}`", name.text)),
        ExprKind::Inner { query, arguments, .. } => {
            let values: Result<Vec<Value>, Fault> = arguments.iter().map(of).collect();
            return row.inner(*query, &values?);
        }
        ExprKind::Query(_) => Err("A query is no part of an expression here".to_owned()),
        ExprKind::Unary(op, operand) => unary(*op, &of(operand)?, row.rules()),
        ExprKind::Binary(op @ (BinaryOp::And | BinaryOp::Or), left, right) => {
            return junction(*op, expr, (left, right), row);
        }
        ExprKind::Binary(op, left, right) => binary(*op, &of(left)?, &of(right)?, row.rules()),
        ExprKind::Like { value, pattern, escape, negated } => {
            let escape = escape.as_ref().map(|escape| of(escape)).transpose()?;
            like::like(&of(value)?, &of(pattern)?, escape.as_ref()).map(|it| flip(it, *negated))
        }
        ExprKind::Between { value, low, high, symmetric, negated } => {
            let (value, low, high) = (of(value)?, of(low)?, of(high)?);
            between(&value, (&low, &high), *symmetric, row.rules()).map(|it| flip(it, *negated))
        }
        ExprKind::In { value, list, negated } => {
            let value = of(value)?;
            let mut found = Some(false);
            for item in list {
                let same = order(&value, &of(item)?, row.rules()).map_err(|it| fault(expr, it))?;
                found = or(found, same.map(Ordering::is_eq));
            }
            Ok(flip(found, *negated))
        }
        ExprKind::Is { value, truth, negated } => {
            is(&of(value)?, *truth).map(|it| flip(Some(it), *negated))
        }
        ExprKind::Call { function, arguments } => {
            return function::call(*function, expr, arguments, row);
        }
        ExprKind::Case { operand, branches, otherwise } => {
            return case(operand.as_deref(), branches, otherwise.as_deref(), row);
        }
        ExprKind::Cast(value, target) => {
            cast(&counted(value, of(value)?, *target), *target, row.rules())
        }
    };
    found.map_err(|message| fault(expr, message))
}

fn fault(expr: &Expr, message: String) -> Fault {
    Fault { span: expr.span, message }
}

/// `CAST((a - b) MINUTE AS INTEGER)` counts minutes; other intervals count seconds and months.
fn counted(expr: &Expr, value: Value, target: DataType) -> Value {
    let ExprKind::Call { function: Function::Span(unit), .. } = expr.kind else { return value };
    match (&value, unit.micros(), unit.months()) {
        (Value::Interval(it), Some(micros), _) if target.class() == Class::Number => {
            Value::Integer(it / micros)
        }
        (Value::Months(it), _, Some(months)) if target.class() == Class::Number => {
            Value::Integer((it / months).into())
        }
        _ => value,
    }
}

fn unary(op: UnaryOp, value: &Value, rules: &Rules) -> Found {
    match op {
        UnaryOp::Minus => arithmetic::negate(value, rules),
        UnaryOp::Plus => arithmetic::number(value, "+"),
        UnaryOp::Not => Ok(flip(truth(value, "NOT")?, true)),
    }
}

fn binary(op: BinaryOp, left: &Value, right: &Value, rules: &Rules) -> Found {
    let holds = |fits: fn(Ordering) -> bool| Ok(boolean(order(left, right, rules)?.map(fits)));
    match op {
        BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply | BinaryOp::Divide => {
            arithmetic::binary(op, left, right, rules)
        }
        BinaryOp::Concat => text::concat(left, right),
        BinaryOp::Equal => holds(Ordering::is_eq),
        BinaryOp::NotEqual => holds(Ordering::is_ne),
        BinaryOp::Less => holds(Ordering::is_lt),
        BinaryOp::LessEqual => holds(Ordering::is_le),
        BinaryOp::Greater => holds(Ordering::is_gt),
        BinaryOp::GreaterEqual => holds(Ordering::is_ge),
        BinaryOp::Distinct => Ok(Value::Boolean(!same(left, right, rules)?)),
        BinaryOp::NotDistinct => Ok(Value::Boolean(same(left, right, rules)?)),
        BinaryOp::And | BinaryOp::Or => Err(mismatch(op.word(), left)),
    }
}

/// Whether two values are the same; NULL is the same as NULL.
fn same(left: &Value, right: &Value, rules: &Rules) -> Result<bool, String> {
    let nulls = [left, right].map(|it| *it == Value::Null);
    Ok(nulls[0] == nulls[1] && order(left, right, rules)?.is_none_or(Ordering::is_eq))
}

/// `AND` and `OR`: the right side is left alone when the left one decides.
fn junction(
    op: BinaryOp,
    expr: &Expr,
    (left, right): (&Expr, &Expr),
    row: &dyn Row,
) -> Result<Value, Fault> {
    let is_or = op == BinaryOp::Or;
    let side =
        |side: &Expr| truth(&eval(side, row)?, op.word()).map_err(|message| fault(expr, message));
    let left = side(left)?;
    if left == Some(is_or) {
        return Ok(Value::Boolean(is_or));
    }
    let right = side(right)?;
    Ok(boolean(if is_or { or(left, right) } else { not(or(not(left), not(right))) }))
}

fn case(
    operand: Option<&Expr>,
    branches: &[(Expr, Expr)],
    otherwise: Option<&Expr>,
    row: &dyn Row,
) -> Result<Value, Fault> {
    let operand = operand.map(|operand| eval(operand, row)).transpose()?;
    for (condition, result) in branches {
        let value = eval(condition, row)?;
        let holds = match &operand {
            Some(operand) => order(operand, &value, row.rules()).map(|it| it.map(Ordering::is_eq)),
            None => truth(&value, "WHEN"),
        };
        if holds.map_err(|message| fault(condition, message))? == Some(true) {
            return eval(result, row);
        }
    }
    otherwise.map_or(Ok(Value::Null), |otherwise| eval(otherwise, row))
}

fn between(
    value: &Value,
    (low, high): (&Value, &Value),
    symmetric: bool,
    rules: &Rules,
) -> Result<Option<bool>, String> {
    let inside = |low: &Value, high: &Value| -> Result<Option<bool>, String> {
        let above = order(value, low, rules)?.map(Ordering::is_ge);
        let below = order(value, high, rules)?.map(Ordering::is_le);
        Ok(not(or(not(above), not(below))))
    };
    let one = inside(low, high)?;
    if symmetric { Ok(or(one, inside(high, low)?)) } else { Ok(one) }
}

fn is(value: &Value, asked: Truth) -> Result<bool, String> {
    if asked == Truth::Null {
        return Ok(*value == Value::Null);
    }
    let known = truth(value, "IS")?;
    Ok(match asked {
        Truth::True => known == Some(true),
        Truth::False => known == Some(false),
        Truth::Unknown | Truth::Null => known.is_none(),
    })
}

fn truth(value: &Value, asked_by: &str) -> Result<Option<bool>, String> {
    match value {
        Value::Null => Ok(None),
        Value::Boolean(it) => Ok(Some(*it)),
        other => Err(mismatch(asked_by, other)),
    }
}

fn or(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    match (a, b) {
        (Some(true), _) | (_, Some(true)) => Some(true),
        (Some(false), Some(false)) => Some(false),
        _ => None,
    }
}

fn not(a: Option<bool>) -> Option<bool> {
    a.map(|it| !it)
}

fn boolean(truth: Option<bool>) -> Value {
    truth.map_or(Value::Null, Value::Boolean)
}

fn flip(truth: Option<bool>, negated: bool) -> Value {
    boolean(truth.map(|it| it != negated))
}

/// What takes no such value.
pub(crate) fn mismatch(what: &str, value: &Value) -> String {
    format!("{what} cannot take {}", class_word(value))
}

fn class_word(value: &Value) -> &'static str {
    value.data_type().map_or("NULL", |it| Class::word(it.class()))
}
