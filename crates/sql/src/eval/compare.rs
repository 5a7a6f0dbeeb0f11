//! Which of two values comes first.

use core::cmp::Ordering;

use super::arithmetic::{Pair, pair};
use super::{cast, class_word};
use crate::rules::{Casts, Rules};
use crate::types::DataType;
use crate::value::{Value, order_of_floats};

/// Compares two values; none when one of them is NULL. Flink reads a text beside a moment as one.
pub(crate) fn order(
    left: &Value,
    right: &Value,
    rules: &Rules,
) -> Result<Option<Ordering>, String> {
    let found = match (left, right) {
        (Value::Date(_) | Value::Time(_) | Value::Timestamp(_), Value::Text(_))
            if rules.casts != Casts::Strict =>
        {
            let target = left.data_type().unwrap_or(DataType::Timestamp);
            return order(left, &cast(right, target, rules)?, rules);
        }
        (Value::Text(_), Value::Date(_) | Value::Time(_) | Value::Timestamp(_))
            if rules.casts != Casts::Strict =>
        {
            return Ok(order(right, left, rules)?.map(Ordering::reverse));
        }
        (Value::Null, _) | (_, Value::Null) => return Ok(None),
        (Value::Boolean(a), Value::Boolean(b)) => a.cmp(b),
        (Value::Text(a), Value::Text(b)) => a.cmp(b),
        (Value::Bytes(a), Value::Bytes(b)) => a.cmp(b),
        (Value::Date(a), Value::Date(b)) => a.cmp(b),
        (Value::Months(a), Value::Months(b)) => a.cmp(b),
        (Value::Timestamp(a), Value::Timestamp(b))
        | (Value::Interval(a), Value::Interval(b))
        | (Value::Time(a), Value::Time(b)) => a.cmp(b),
        _ => match pair(left, right) {
            Some(Pair::Whole(a, b)) => a.cmp(&b),
            Some(Pair::Exact(a, b)) => a.order(b),
            Some(Pair::Single(a, b)) => order_of_floats(a.into(), b.into()),
            Some(Pair::Float(a, b)) => order_of_floats(a, b),
            None => {
                let (left, right) = (class_word(left), class_word(right));
                return Err(format!("Cannot compare {left} with {right}"));
            }
        },
    };
    Ok(Some(found))
}
