//! What an expression finds in a value.

use core::cell::Cell;
use core::cmp::Ordering;

use serde_json::Value;

use super::functions;
use super::{Expr, Test};

pub(super) type Found = Result<Value, String>;

/// Bytes all steps of one expression may make together: `[@, @] | [@, @] | …` doubles each time.
const MADE_BYTES_MAX: u64 = 128 << 20;
/// What a value costs beside its text.
const VALUE_BYTES: u64 = 32;

/// How much an expression may still make.
pub(super) struct Room(Cell<u64>);

impl Default for Room {
    fn default() -> Self {
        Self(Cell::new(MADE_BYTES_MAX))
    }
}

impl Room {
    pub(super) fn take(&self, bytes: u64) -> Result<(), String> {
        let left = self.0.get().checked_sub(bytes);
        self.0.set(left.ok_or("The expression makes more than 128 MiB on its way")?);
        Ok(())
    }
}

fn bytes(value: &Value) -> u64 {
    VALUE_BYTES
        + match value {
            Value::String(text) => text.len() as u64,
            Value::Array(items) => items.iter().map(bytes).sum(),
            Value::Object(members) => {
                members.iter().map(|(name, it)| name.len() as u64 + bytes(it)).sum()
            }
            _ => 0,
        }
}

pub(super) fn evaluate(expr: &Expr, value: &Value, room: &Room) -> Found {
    let found = step(expr, value, room)?;
    room.take(bytes(&found)).map(|()| found)
}

fn step(expr: &Expr, value: &Value, room: &Room) -> Found {
    Ok(match expr {
        Expr::Current | Expr::Reference(_) => value.clone(),
        Expr::Field(name) => value.get(name).cloned().unwrap_or_default(),
        Expr::Index(index) => item(value, *index),
        Expr::Slice(parts) => match value.as_array() {
            Some(items) => slice(items, *parts),
            None => Value::Null,
        },
        Expr::Chain(left, right) => return evaluate(right, &evaluate(left, value, room)?, room),
        Expr::Project(left, right) => match evaluate(left, value, room)? {
            Value::Array(items) => return project(&items, right, room),
            _ => Value::Null,
        },
        Expr::Values(left, right) => match evaluate(left, value, room)? {
            Value::Object(members) => {
                return project(&members.values().cloned().collect::<Vec<_>>(), right, room);
            }
            _ => Value::Null,
        },
        Expr::Filter(parts) => return filter(parts, value, room),
        Expr::Flatten(inner) => match evaluate(inner, value, room)? {
            Value::Array(items) => flatten(items),
            _ => Value::Null,
        },
        Expr::And(left, right) => {
            let found = evaluate(left, value, room)?;
            if is_true(&found) { evaluate(right, value, room)? } else { found }
        }
        Expr::Or(left, right) => {
            let found = evaluate(left, value, room)?;
            if is_true(&found) { found } else { evaluate(right, value, room)? }
        }
        Expr::Not(inner) => Value::Bool(!is_true(&evaluate(inner, value, room)?)),
        Expr::Compare(test, left, right) => {
            compare(*test, &evaluate(left, value, room)?, &evaluate(right, value, room)?)
        }
        Expr::Literal(literal) => literal.clone(),
        // Nothing has no members.
        Expr::List(_) | Expr::Object(_) if value.is_null() => Value::Null,
        Expr::List(items) => {
            let found: Result<Vec<Value>, String> =
                items.iter().map(|item| evaluate(item, value, room)).collect();
            Value::Array(found?)
        }
        Expr::Object(members) => {
            let found =
                members.iter().map(|(name, it)| Ok((name.clone(), evaluate(it, value, room)?)));
            Value::Object(found.collect::<Result<_, String>>()?)
        }
        Expr::Call(name, arguments) => return functions::call(name, arguments, value, room),
    })
}

/// Null, false and everything empty is false.
pub(in crate::api::command) fn is_true(value: &Value) -> bool {
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

fn project(items: &[Value], right: &Expr, room: &Room) -> Found {
    let mut out = Vec::new();
    for item in items {
        let found = evaluate(right, item, room)?;
        if !found.is_null() {
            out.push(found);
        }
    }
    Ok(Value::Array(out))
}

fn filter(parts: &[Expr; 3], value: &Value, room: &Room) -> Found {
    let [left, condition, right] = parts;
    let Value::Array(items) = evaluate(left, value, room)? else { return Ok(Value::Null) };
    let mut kept = Vec::new();
    for item in items {
        if is_true(&evaluate(condition, &item, room)?) {
            kept.push(item);
        }
    }
    project(&kept, right, room)
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
