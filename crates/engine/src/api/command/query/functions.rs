//! The functions of JMESPath.

use base::order;
use serde_json::{Map, Number, Value};

use super::Expr;
use super::eval::{self, Found, Room, evaluate};

/// What a function may be given.
const ARRAY: &[&str] = &["array"];
const ARRAY_OR_TEXT: &[&str] = &["array", "string"];
const TEXT: &[&str] = &["string"];
const OBJECT: &[&str] = &["object"];
const SIZED: &[&str] = &["string", "array", "object"];
const SORTED: &[&str] = &["array-string", "array-number"];
const NUMBERS: &[&str] = &["array-number"];
const TEXTS: &[&str] = &["array-string"];
const ANY: &[&str] = &[];
/// A part of an expression: `&name`.
const REFERENCE: &[&str] = &["expref"];
/// Functions of JMESPath that are not here.
const ABSENT: [&str; 4] = ["abs", "avg", "ceil", "floor"];

type Types = &'static [&'static [&'static str]];

/// Every function and what it takes; `merge` and `not_null` take any number of such.
const FUNCTIONS: [(&str, Types); 22] = [
    ("contains", &[ARRAY_OR_TEXT, ANY]),
    ("ends_with", &[TEXT, TEXT]),
    ("join", &[TEXT, TEXTS]),
    ("keys", &[OBJECT]),
    ("length", &[SIZED]),
    ("map", &[REFERENCE, ARRAY]),
    ("max", &[SORTED]),
    ("max_by", &[ARRAY, REFERENCE]),
    ("merge", &[OBJECT]),
    ("min", &[SORTED]),
    ("min_by", &[ARRAY, REFERENCE]),
    ("not_null", &[ANY]),
    ("reverse", &[ARRAY_OR_TEXT]),
    ("sort", &[SORTED]),
    ("sort_by", &[ARRAY, REFERENCE]),
    ("starts_with", &[TEXT, TEXT]),
    ("sum", &[NUMBERS]),
    ("to_array", &[ANY]),
    ("to_number", &[ANY]),
    ("to_string", &[ANY]),
    ("type", &[ANY]),
    ("values", &[OBJECT]),
];

/// Calls a function on expressions about a value.
pub(super) fn call(name: &str, arguments: &[Expr], value: &Value, room: &Room) -> Found {
    if ABSENT.contains(&name) {
        return Err(format!("`{name}()` is not simulated"));
    }
    let Some((_, types)) = FUNCTIONS.iter().find(|(known, _)| *known == name) else {
        return Err(format!("Unknown function: {name}()"));
    };
    let is_variadic = ["merge", "not_null"].contains(&name);
    let fits = if is_variadic { !arguments.is_empty() } else { arguments.len() == types.len() };
    if !fits {
        let (wanted, given) = (types.len(), arguments.len());
        let least = if is_variadic { "at least " } else { "" };
        let plural = if wanted == 1 { "argument" } else { "arguments" };
        return Err(format!(
            "Expected {least}{wanted} {plural} for function {name}(), received {given}"
        ));
    }
    let mut values = Vec::with_capacity(arguments.len());
    for (at, argument) in arguments.iter().enumerate() {
        let wanted = types[at.min(types.len() - 1)];
        let found = evaluate(argument, value, room)?;
        let is_reference = matches!(argument, Expr::Reference(_));
        check(name, wanted, (&found, is_reference))?;
        values.push(found);
    }
    let reference = arguments.iter().find_map(|argument| match argument {
        Expr::Reference(inner) => Some(&**inner),
        _ => None,
    });
    apply(name, &values, reference, room)
}

/// The type error of jmespath.py.
fn check(name: &str, wanted: &[&str], (found, is_reference): (&Value, bool)) -> Result<(), String> {
    let fits = |word: &str| match word.strip_prefix("array-") {
        _ if is_reference => word == "expref",
        Some(of) => found.as_array().is_some_and(|items| items.iter().all(|it| kind(it) == of)),
        None => kind(found) == word,
    };
    if wanted.is_empty() || wanted.iter().any(|word| fits(word)) {
        return Ok(());
    }
    let words: Vec<String> = wanted.iter().map(|word| format!("'{word}'")).collect();
    let received = if is_reference { "expref" } else { kind(found) };
    Err(format!(
        "In function {name}(), invalid type for value: {found}, expected one of: [{}], received: \
         \"{received}\"",
        words.join(", ")
    ))
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn apply(name: &str, values: &[Value], reference: Option<&Expr>, room: &Room) -> Found {
    let text = |at: usize| values.get(at).and_then(Value::as_str).unwrap_or_default();
    let items = |at: usize| values.get(at).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let members = |at: usize| values.get(at).and_then(Value::as_object);
    let first = values.first().cloned().unwrap_or_default();
    Ok(match name {
        "contains" => match &first {
            Value::String(all) => {
                // jmespath.py lets Python refuse this.
                check(name, TEXT, (&values[1], false))?;
                Value::Bool(all.contains(text(1)))
            }
            _ => Value::Bool(items(0).contains(&values[1])),
        },
        "starts_with" => Value::Bool(text(0).starts_with(text(1))),
        "ends_with" => Value::Bool(text(0).ends_with(text(1))),
        "join" => {
            let parts: Vec<&str> = items(1).iter().filter_map(Value::as_str).collect();
            room.take((text(0).len() as u64).saturating_mul(parts.len() as u64))?;
            parts.join(text(0)).into()
        }
        "keys" => members(0).map_or(Value::Null, |it| it.keys().cloned().collect()),
        "values" => members(0).map_or(Value::Null, |it| it.values().cloned().collect()),
        "length" => match &first {
            Value::String(text) => text.chars().count().into(),
            Value::Object(members) => members.len().into(),
            _ => items(0).len().into(),
        },
        "merge" => {
            let all = values.iter().filter_map(Value::as_object).flatten();
            let merged: Map<String, Value> =
                all.map(|(key, it)| (key.clone(), it.clone())).collect();
            Value::Object(merged)
        }
        "not_null" => values.iter().find(|it| !it.is_null()).cloned().unwrap_or_default(),
        "reverse" => match &first {
            Value::String(text) => text.chars().rev().collect::<String>().into(),
            _ => items(0).iter().rev().cloned().collect(),
        },
        "map" => {
            let inner = reference.unwrap_or(&Expr::Current);
            let found = items(1).iter().map(|item| evaluate(inner, item, room));
            Value::Array(found.collect::<Result<_, String>>()?)
        }
        "sort" | "sort_by" => sorted(name, items(0), reference, room)?.into_iter().collect(),
        "max" | "max_by" | "min" | "min_by" => {
            sorted(name, items(0), reference, room)?.into_iter().next().unwrap_or_default()
        }
        "sum" => sum(items(0)),
        "to_array" => {
            if first.is_array() {
                first
            } else {
                Value::Array(vec![first])
            }
        }
        "to_number" => match &first {
            Value::Number(_) => first,
            Value::String(text) => text.parse::<Number>().map_or(Value::Null, Value::Number),
            _ => Value::Null,
        },
        "to_string" => {
            if first.is_string() {
                first
            } else {
                first.to_string().into()
            }
        }
        _ => kind(&first).into(),
    })
}

/// Items in order, by themselves or by what a reference finds in each: texts or numbers. For `max`
/// the largest comes first; of equal ones it is the first, as with `min`.
fn sorted(
    name: &str,
    items: &[Value],
    reference: Option<&Expr>,
    room: &Room,
) -> Result<Vec<Value>, String> {
    let mut keyed: Vec<(Value, &Value)> = Vec::with_capacity(items.len());
    for item in items {
        let key =
            reference.map_or_else(|| Ok(item.clone()), |inner| evaluate(inner, item, room))?;
        let wanted: &[&str] = match keyed.first() {
            Some((Value::String(_), _)) => &["string"],
            Some(_) => &["number"],
            None => &["string", "number"],
        };
        check(name, wanted, (&key, false))?;
        keyed.push((key, item));
    }
    order::sort_by(&mut keyed[..], |(a, _), (b, _)| {
        let order = eval::order(a, b).unwrap_or(core::cmp::Ordering::Equal);
        if name.starts_with("max") { order.reverse() } else { order }
    });
    Ok(keyed.into_iter().map(|(_, item)| item.clone()).collect())
}

fn sum(items: &[Value]) -> Value {
    let whole: Option<i64> =
        items.iter().try_fold(0_i64, |sum, item| sum.checked_add(item.as_i64()?));
    let parts = || items.iter().filter_map(Value::as_f64).sum::<f64>();
    whole.map_or_else(|| parts().into(), Value::from)
}
