//! Queries within expressions: answered once for equal arguments.

use super::key::key_of;
use super::{Made, Run, failed};
use crate::batch::plan::{Ask, Inner};
use crate::eval::order;
use crate::exec::key::KeyMap;
use crate::expr::{BinaryOp, Span};
use crate::limits::VALUES_MAX;
use crate::problem::Problem;
use crate::rules::Rules;
use crate::value::Value;

/// What a query came to.
#[derive(Clone, Debug)]
pub(super) enum Answered {
    /// A value, or whether there are rows.
    Value(Value),
    /// Its values, and whether NULL is among them.
    Values(KeyMap<()>, bool),
    /// The least and the greatest of its values, and whether NULL is among them; none of no rows.
    Ends(Option<(Value, Value, bool)>),
}

impl Run<'_> {
    /// What a query gives for these arguments; of one that is asked for a value, the first is that.
    pub(super) fn inner(&self, number: usize, arguments: &[Value]) -> Made<Value> {
        let inner = &self.plan.inner[number];
        let among = matches!(inner.asks, Ask::Among { .. } | Ask::Compared { .. });
        let (value, given) = match arguments.split_first() {
            Some((value, given)) if among => (value, given),
            _ => (&Value::Null, arguments),
        };
        let key = key_of(given);
        if self.answered[number].borrow().get(&key).is_none() {
            let found = self.answer(inner, given)?;
            let mut answered = self.answered[number].borrow_mut();
            let values = match &found {
                Answered::Value(_) | Answered::Ends(_) => 1,
                Answered::Values(values, _) => 1 + values.len(),
            };
            let kept = self.kept.get() + values;
            if kept > VALUES_MAX {
                answered.clear();
            }
            self.kept.set(if kept > VALUES_MAX { values } else { kept });
            answered.insert(key.clone(), found);
        }
        let answered = self.answered[number].borrow();
        Ok(match answered.get(&key) {
            Some(Answered::Value(found)) => found.clone(),
            Some(Answered::Values(values, null)) => {
                let negated = inner.asks == Ask::Among { negated: true };
                among_values(value, values, *null)
                    .map_or(Value::Null, |it| Value::Boolean(it != negated))
            }
            Some(Answered::Ends(ends)) => {
                let found = compared(inner.asks, value, ends.as_ref());
                let found = found.map_err(|message| failed(inner.span, message))?;
                found.map_or(Value::Null, Value::Boolean)
            }
            None => Value::Null,
        })
    }

    fn answer(&self, inner: &Inner, given: &[Value]) -> Made<Answered> {
        // A table that is read too often has no place of its own.
        let rows =
            self.rows(&inner.root, given).map_err(|it| match it.span == Span::default() {
                true => Problem { span: inner.span, ..it },
                false => it,
            })?;
        let first = |row: &crate::batch::Line| row.first().cloned().unwrap_or(Value::Null);
        Ok(match inner.asks {
            Ask::Exists => Answered::Value(Value::Boolean(!rows.is_empty())),
            Ask::Value if rows.len() > 1 => {
                let message =
                    format!("This query gives {} rows where one value is asked", rows.len());
                let help = "Write an aggregate such as MAX, or LIMIT 1, or IN in the place of =";
                return Err(Problem::new("SQL-177", inner.span, message, help));
            }
            Ask::Value => Answered::Value(rows.first().map_or(Value::Null, first)),
            Ask::Among { .. } => {
                let mut values: KeyMap<()> = KeyMap::default();
                let mut null = false;
                for value in rows.iter().map(first) {
                    null |= value == Value::Null;
                    values.insert(key_of(&[value]), ());
                }
                Answered::Values(values, null)
            }
            Ask::Compared { .. } if rows.is_empty() => Answered::Ends(None),
            Ask::Compared { .. } => {
                let mut values: Vec<Value> = rows.iter().map(first).collect();
                let all = values.len();
                values.retain(|it| *it != Value::Null);
                let least = values.iter().min_by(|a, b| a.order(b)).cloned();
                let most = values.iter().max_by(|a, b| a.order(b)).cloned();
                let ends = (least.unwrap_or(Value::Null), most.unwrap_or(Value::Null));
                Answered::Ends(Some((ends.0, ends.1, values.len() < all)))
            }
        })
    }
}

/// Whether a value compares so with one of the values, or with all: their ends tell. Unknown beside
/// NULL, unless the others decide.
fn compared(
    asks: Ask,
    value: &Value,
    ends: Option<&(Value, Value, bool)>,
) -> Result<Option<bool>, String> {
    let Ask::Compared { op, all } = asks else { return Ok(None) };
    let Some((least, most, null)) = ends else { return Ok(Some(all)) };
    let (Some(to_least), Some(to_most)) =
        (order(value, least, &Rules::REDSHIFT)?, order(value, most, &Rules::REDSHIFT)?)
    else {
        return Ok(None);
    };
    let (one, both) = match op {
        BinaryOp::Less => (to_most.is_lt(), to_least.is_lt()),
        BinaryOp::LessEqual => (to_most.is_le(), to_least.is_le()),
        BinaryOp::Greater => (to_least.is_gt(), to_most.is_gt()),
        BinaryOp::GreaterEqual => (to_least.is_ge(), to_most.is_ge()),
        BinaryOp::Equal => (false, to_least.is_eq() && to_most.is_eq()),
        _ => (to_least.is_ne() || to_most.is_ne(), false),
    };
    Ok(match (all, *null) {
        (true, true) => {
            if both {
                None
            } else {
                Some(false)
            }
        }
        (true, false) => Some(both),
        (false, true) => {
            if one {
                Some(true)
            } else {
                None
            }
        }
        (false, false) => Some(one),
    })
}

/// Whether a value is among others; unknown when it is NULL, or is not found beside NULL.
fn among_values(value: &Value, values: &KeyMap<()>, null: bool) -> Option<bool> {
    if values.is_empty() {
        return Some(false);
    }
    if *value == Value::Null {
        return None;
    }
    if values.contains_key(&key_of(core::slice::from_ref(value))) {
        return Some(true);
    }
    if null { None } else { Some(false) }
}
