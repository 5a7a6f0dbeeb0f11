//! What functions give: which of them see NULL, and where each is computed.

use super::arguments::Arguments;
use super::cast::cast;
use super::{
    Fault, Found, Row, compare, digest, eval, fault, json, number, pattern, redshift, text, time,
};
use crate::expr::Expr;
use crate::function::{Function, Redshift};
use crate::value::Value;

/// A call over a row. NULL goes through all functions but those about it; some leave arguments
/// alone that do not matter.
pub(super) fn call(
    function: Function,
    expr: &Expr,
    arguments: &[Expr],
    row: &dyn Row,
) -> Result<Value, Fault> {
    match (function, arguments) {
        (Function::Coalesce, _) => {
            for argument in arguments {
                let value = eval(argument, row)?;
                if value != Value::Null {
                    return Ok(value);
                }
            }
            return Ok(Value::Null);
        }
        (Function::If, [condition, yes, no]) => {
            let holds = eval(condition, row)? == Value::Boolean(true);
            return eval(if holds { yes } else { no }, row);
        }
        (Function::TryCast(target), [value]) => {
            let value = eval(value, row)?;
            return Ok(cast(&value, target, row.rules()).unwrap_or(Value::Null));
        }
        _ => {}
    }
    let mut values = Vec::with_capacity(arguments.len());
    for argument in arguments {
        let value = eval(argument, row)?;
        if matches!(value, Value::Null) && !sees_null(function, values.len()) {
            return Ok(Value::Null);
        }
        values.push(value);
    }
    let arguments =
        Arguments { function, values: &values, now_micros: row.now_micros(), rules: row.rules() };
    of_values(&arguments).map_err(|message| fault(expr, message))
}

/// Whether an argument may be NULL without the result being NULL.
fn sees_null(function: Function, index: usize) -> bool {
    match function {
        Function::NullIf | Function::IsJson(_) | Function::JsonArray | Function::JsonObject => true,
        Function::Redshift(it) => matches!(it, Redshift::Greatest | Redshift::Least),
        Function::ConcatWs | Function::JsonValue(..) => index > 0,
        _ => false,
    }
}

/// Each file knows its functions and none of the others'.
fn of_values(arguments: &Arguments<'_>) -> Found {
    let first = arguments.values.first();
    match (arguments.function, first) {
        (Function::Monotonic, Some(value)) => return Ok(value.clone()),
        (Function::Narrow(target), Some(Value::Integer(it))) => {
            return Ok(Value::Integer(target.wrapped((*it).into())));
        }
        (Function::Narrow(_), Some(value)) => return Ok(value.clone()),
        (Function::NullIf, Some(first)) => {
            let same = compare::order(first, arguments.value(1)?, arguments.rules)?
                .is_some_and(core::cmp::Ordering::is_eq);
            return Ok(if same { Value::Null } else { first.clone() });
        }
        (Function::Greatest | Function::Least, Some(first)) => return most(arguments, first),
        _ => {}
    }
    let files = [
        number::call,
        text::call,
        pattern::call,
        time::call,
        json::call,
        digest::call,
        redshift::call,
    ];
    for file in files {
        if let Some(found) = file(arguments) {
            return found;
        }
    }
    Err(format!("{} cannot take these arguments", arguments.function.name()))
}

fn most(arguments: &Arguments<'_>, first: &Value) -> Found {
    let mut found = first;
    for value in &arguments.values[1..] {
        let order = compare::order(value, found, arguments.rules)?;
        let wanted = if arguments.function == Function::Least {
            core::cmp::Ordering::Less
        } else {
            core::cmp::Ordering::Greater
        };
        if order == Some(wanted) {
            found = value;
        }
    }
    Ok(found.clone())
}
