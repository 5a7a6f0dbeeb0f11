//! A stream beside a reference table: each row at once, with what the table has for it (facts,
//! analytics §2.6).

use std::sync::Arc;

use super::Operator;
use crate::eval::eval;
use crate::exec::calls::{key_of, said};
use crate::exec::key::{Key, KeyMap};
use crate::exec::{Output, Row};
use crate::expr::Expr;
use crate::value::Value;

/// Whether rows stay that the table has nothing for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unmatched {
    /// They stay, with NULL in the columns of the table.
    Stay,
    /// They go.
    Go,
}

/// Joins rows with a table that does not change.
#[derive(Clone, Debug)]
pub struct Lookup {
    table: Arc<[Arc<[Value]>]>,
    /// Rows of the table by what must be equal.
    by_key: Arc<KeyMap<Vec<u32>>>,
    /// What must be equal, over the stream.
    keys: Arc<[Expr]>,
    /// What else must hold, over the values of both.
    condition: Option<Expr>,
    unmatched: Unmatched,
    /// Columns of the table.
    width: usize,
}

impl Lookup {
    /// A table by these of its columns, beside a stream by these expressions.
    ///
    /// # Errors
    /// A key of the table cannot be computed.
    pub fn new(
        table: &Arc<[Arc<[Value]>]>,
        width: usize,
        (stream_keys, table_keys): (Vec<Expr>, &[Expr]),
        condition: Option<Expr>,
        unmatched: Unmatched,
    ) -> Result<Self, String> {
        let mut by_key: KeyMap<Vec<u32>> = KeyMap::default();
        for (index, values) in (0..).zip(table.iter()) {
            let row = Row::insert(0, Arc::clone(values));
            let key = key_of(table_keys, &row)?;
            if is_known(&key) {
                by_key.entry(key).or_default().push(index);
            }
        }
        let (table, by_key, keys) = (Arc::clone(table), by_key.into(), stream_keys.into());
        Ok(Self { table, by_key, keys, condition, unmatched, width })
    }

    fn join(&self, row: &Row, out: &mut Output) -> Result<(), String> {
        let key = key_of(&self.keys, row)?;
        let found = self.by_key.get(&key).filter(|_| is_known(&key));
        let mut matched = false;
        for index in found.into_iter().flatten() {
            let mut values = row.values.to_vec();
            values.extend_from_slice(&self.table[*index as usize]);
            let both = row.with(values);
            let holds = match &self.condition {
                Some(condition) => eval(condition, &both).map_err(said)? == Value::Boolean(true),
                None => true,
            };
            if holds {
                matched = true;
                out.row(both);
            }
        }
        if !matched && self.unmatched == Unmatched::Stay {
            let mut values = row.values.to_vec();
            values.resize(values.len() + self.width, Value::Null);
            out.row(row.with(values));
        }
        Ok(())
    }
}

/// NULL equals nothing, not even NULL.
fn is_known(key: &Key) -> bool {
    !key.0.contains(&Value::Null)
}

impl Operator for Lookup {
    fn push(&mut self, _input: u32, row: Row, out: &mut Output) {
        if let Err(message) = self.join(&row, out) {
            out.fail(row, "Row cannot be computed", message);
        }
    }

    fn advance(&mut self, _input: u32, clock: i64, out: &mut Output) {
        out.clock(clock);
    }
}
