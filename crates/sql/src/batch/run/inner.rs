//! Queries within expressions: answered once for equal arguments.

use super::key::key_of;
use super::{Made, Run};
use crate::batch::plan::{Ask, Inner};
use crate::exec::key::KeyMap;
use crate::limits::VALUES_MAX;
use crate::problem::Problem;
use crate::value::Value;

/// What a query came to.
#[derive(Clone, Debug)]
pub(super) enum Answered {
    /// A value, or whether there are rows.
    Value(Value),
    /// Its values, and whether NULL is among them.
    Values(KeyMap<()>, bool),
}

impl Run<'_> {
    /// What a query gives for these arguments; of one that is asked for a value, the first is that.
    pub(super) fn inner(&self, number: usize, arguments: &[Value]) -> Made<Value> {
        let inner = &self.plan.inner[number];
        let among = matches!(inner.asks, Ask::Among { .. });
        let (value, given) = match arguments.split_first() {
            Some((value, given)) if among => (value, given),
            _ => (&Value::Null, arguments),
        };
        let key = key_of(given);
        if self.answered[number].borrow().get(&key).is_none() {
            let found = self.answer(inner, given)?;
            let mut answered = self.answered[number].borrow_mut();
            let values = match &found {
                Answered::Value(_) => 1,
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
            None => Value::Null,
        })
    }

    fn answer(&self, inner: &Inner, given: &[Value]) -> Made<Answered> {
        let rows = self.rows(&inner.root, given)?;
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
        })
    }
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
