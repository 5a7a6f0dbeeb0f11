//! What an expression finds in a value.

use core::cmp::Ordering;

use serde_json::Value;

use super::functions;
use super::{Expr, Test};

pub(super) type Found = Result<Value, String>;

pub(super) fn evaluate(expr: &Expr, value: &Value) -> Found {
    Ok(match expr {
        Expr::Current | Expr::Reference(_) => value.clone(),
        Expr::Field(name) => value.get(name).cloned().unwrap_or_default(),
        Expr::Index(index) => item(value, *index),
        Expr::Slice(parts) => match value.as_array() {
            Some(items) => slice(items, *parts),
            None => Value::Null,
        },
        Expr::Chain(left, right) => return evaluate(right, &evaluate(left, value)?),
        Expr::Project(left, right) => match evaluate(left, value)? {
            Value::Array(items) => return project(&items, right),
            _ => Value::Null,
        },
        Expr::Values(left, right) => match evaluate(left, value)? {
            Value::Object(members) => {
                return project(&members.values().cloned().collect::<Vec<_>>(), right);
            }
            _ => Value::Null,
        },
        Expr::Filter(parts) => return filter(parts, value),
        Expr::Flatten(inner) => match evaluate(inner, value)? {
            Value::Array(items) => flatten(items),
            _ => Value::Null,
        },
        Expr::And(left, right) => {
            let found = evaluate(left, value)?;
            if is_true(&found) { evaluate(right, value)? } else { found }
        }
        Expr::Or(left, right) => {
            let found = evaluate(left, value)?;
            if is_true(&found) { found } else { evaluate(right, value)? }
        }
        Expr::Not(inner) => Value::Bool(!is_true(&evaluate(inner, value)?)),
        Expr::Compare(test, left, right) => {
            compare(*test, &evaluate(left, value)?, &evaluate(right, value)?)
        }
        Expr::Literal(literal) => literal.clone(),
        // Nothing has no members.
        Expr::List(_) | Expr::Object(_) if value.is_null() => Value::Null,
        Expr::List(items) => {
            let found: Result<Vec<Value>, String> =
                items.iter().map(|item| evaluate(item, value)).collect();
            Value::Array(found?)
        }
        Expr::Object(members) => {
            let found = members.iter().map(|(name, it)| Ok((name.clone(), evaluate(it, value)?)));
            Value::Object(found.collect::<Result<_, String>>()?)
        }
        Expr::Call(name, arguments) => return functions::call(name, arguments, value),
    })
}

/// Null, false and everything empty is false.
pub(super) fn is_true(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(is) => *is,
        Value::Number(_) => true,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(members) => !members.is_empty(),
    }
}

/// The order of two numbers, or of two texts.
pub(super) fn order(left: &Value, right: &Value) -> Option<Ordering> {
    if let (Some(left), Some(right)) = (left.as_str(), right.as_str()) {
        return Some(left.cmp(right));
    }
    match (left.as_i64(), right.as_i64()) {
        (Some(left), Some(right)) => Some(left.cmp(&right)),
        _ => left.as_f64()?.partial_cmp(&right.as_f64()?),
    }
}

fn compare(test: Test, left: &Value, right: &Value) -> Value {
    let is_same = match order(left, right) {
        Some(order) => order == Ordering::Equal,
        None => left == right,
    };
    let holds = match test {
        Test::Equal => Some(is_same),
        Test::NotEqual => Some(!is_same),
        Test::Less => order(left, right).map(Ordering::is_lt),
        Test::LessOrEqual => order(left, right).map(Ordering::is_le),
        Test::Greater => order(left, right).map(Ordering::is_gt),
        Test::GreaterOrEqual => order(left, right).map(Ordering::is_ge),
    };
    holds.map_or(Value::Null, Value::Bool)
}

fn item(value: &Value, index: i64) -> Value {
    let Some(items) = value.as_array() else { return Value::Null };
    let behind = || usize::try_from(index.unsigned_abs()).ok();
    let at =
        if index < 0 { behind().and_then(|back| items.len().checked_sub(back)) } else { behind() };
    at.and_then(|at| items.get(at)).cloned().unwrap_or_default()
}

/// As Python slices.
fn slice(items: &[Value], [start, stop, step]: [Option<i64>; 3]) -> Value {
    let len = i64::try_from(items.len()).unwrap_or(i64::MAX);
    let step = step.unwrap_or(1);
    let forwards = step > 0;
    let (lowest, highest) = if forwards { (0, len) } else { (-1, len - 1) };
    let place = |end: Option<i64>, default: i64| {
        let end = end.map(|end| if end < 0 { end.saturating_add(len) } else { end });
        end.map_or(default, |end| end.clamp(lowest, highest))
    };
    let (first, last) = if forwards { (0, len) } else { (len - 1, -1) };
    let (mut at, stop) = (place(start, first), place(stop, last));
    let mut found = Vec::new();
    while (forwards && at < stop) || (!forwards && at > stop) {
        found.extend(usize::try_from(at).ok().and_then(|at| items.get(at)).cloned());
        at = at.saturating_add(step);
    }
    Value::Array(found)
}

fn project(items: &[Value], right: &Expr) -> Found {
    let mut out = Vec::new();
    for item in items {
        let found = evaluate(right, item)?;
        if !found.is_null() {
            out.push(found);
        }
    }
    Ok(Value::Array(out))
}

fn filter(parts: &[Expr; 3], value: &Value) -> Found {
    let [left, condition, right] = parts;
    let Value::Array(items) = evaluate(left, value)? else { return Ok(Value::Null) };
    let mut kept = Vec::new();
    for item in items {
        if is_true(&evaluate(condition, &item)?) {
            kept.push(item);
        }
    }
    project(&kept, right)
}

fn flatten(items: Vec<Value>) -> Value {
    let mut flat = Vec::new();
    for item in items {
        match item {
            Value::Array(inner) => flat.extend(inner),
            other => flat.push(other),
        }
    }
    Value::Array(flat)
}
