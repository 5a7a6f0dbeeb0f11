//! Values as keys. Numbers that are equal are the same key, of whatever type they are; NULL is the
//! same as NULL.

use crate::decimal::{Decimal, power};
use crate::exec::key::Key;
use crate::value::Value;

/// A key of values.
pub(super) fn key_of(values: &[Value]) -> Key {
    Key(values.iter().map(canonical).collect())
}

/// The one form of a value that equals it.
fn canonical(value: &Value) -> Value {
    match value {
        Value::Decimal(it) => whole(*it).map_or(Value::Decimal(*it), Value::Integer),
        Value::Real(it) => of_float(f64::from(*it)),
        Value::Double(it) => of_float(*it),
        other => other.clone(),
    }
}

fn whole(decimal: Decimal) -> Option<i64> {
    let one = power(decimal.scale);
    if decimal.unscaled % one != 0 {
        return None;
    }
    i64::try_from(decimal.unscaled / one).ok()
}

/// Whole floats are whole numbers up to 2^53, where they are exact.
#[expect(clippy::cast_possible_truncation, reason = "it is whole and small")]
fn of_float(float: f64) -> Value {
    let exact = libm::fabs(float) <= 9_007_199_254_740_992.0 && libm::trunc(float) == float;
    if exact { Value::Integer(float as i64) } else { Value::Double(float) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_numbers_are_one_key() {
        let one = Value::Decimal(Decimal { unscaled: 100, precision: 5, scale: 2 });
        let keys = [Value::Integer(1), one, Value::Real(1.0), Value::Double(1.0)];
        for key in &keys {
            assert_eq!(key_of(core::slice::from_ref(key)), key_of(&keys[..1]), "{key:?}");
        }
        assert_ne!(key_of(&[Value::Double(1.5)]), key_of(&keys[..1]));
        assert_eq!(key_of(&[Value::Double(-0.0)]), key_of(&[Value::Integer(0)]));
    }
}
