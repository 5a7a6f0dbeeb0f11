//! The arguments of a call, read as what a function takes.

use super::{Found, TOO_LARGE, mismatch};
use crate::function::Function;
use crate::rules::Rules;
use crate::value::{Value, midnight};

/// A call whose arguments have values.
pub(super) struct Arguments<'a> {
    /// Which function.
    pub(super) function: Function,
    /// In the order they are written.
    pub(super) values: &'a [Value],
    /// The time of the row.
    pub(super) now_micros: i64,
    /// The answers of the dialect.
    pub(super) rules: &'a Rules,
}

impl<'a> Arguments<'a> {
    /// The argument of an index.
    pub(super) fn value(&self, index: usize) -> Result<&'a Value, String> {
        let missing = || format!("{} takes more arguments", self.function.name());
        self.values.get(index).ok_or_else(missing)
    }

    /// Whether there is an argument of this index.
    pub(super) fn has(&self, index: usize) -> bool {
        index < self.values.len()
    }

    pub(super) fn text(&self, index: usize) -> Result<&'a str, String> {
        match self.value(index)? {
            Value::Text(text) => Ok(text),
            other => Err(mismatch(self.function.name(), other)),
        }
    }

    /// A text, or another one where there is none.
    pub(super) fn text_or(&self, index: usize, other: &'a str) -> Result<&'a str, String> {
        if self.has(index) { self.text(index) } else { Ok(other) }
    }

    pub(super) fn whole(&self, index: usize) -> Result<i64, String> {
        match self.value(index)? {
            Value::Integer(number) => Ok(*number),
            Value::Decimal(_) | Value::Real(_) | Value::Double(_) => {
                Err(format!("{} takes whole numbers", self.function.name()))
            }
            other => Err(mismatch(self.function.name(), other)),
        }
    }

    /// A whole number, if there is such an argument.
    pub(super) fn whole_at(&self, index: usize) -> Result<Option<i64>, String> {
        self.has(index).then(|| self.whole(index)).transpose()
    }

    pub(super) fn float(&self, index: usize) -> Result<f64, String> {
        let value = self.value(index)?;
        value.float().ok_or_else(|| mismatch(self.function.name(), value))
    }

    /// A date, time or timestamp in microseconds.
    pub(super) fn micros(&self, index: usize) -> Result<i64, String> {
        match self.value(index)? {
            Value::Timestamp(at) | Value::Time(at) => Ok(*at),
            Value::Date(days) => Ok(midnight(*days)),
            other => Err(mismatch(self.function.name(), other)),
        }
    }
}

pub(super) fn too_large<T>(found: Option<T>) -> Result<T, String> {
    found.ok_or_else(|| TOO_LARGE.to_owned())
}

/// A count as a value.
pub(super) fn count(count: usize) -> Value {
    Value::Integer(i64::try_from(count).unwrap_or(i64::MAX))
}

/// A truth as a value.
pub(super) fn truth(truth: bool) -> Found {
    Ok(Value::Boolean(truth))
}
