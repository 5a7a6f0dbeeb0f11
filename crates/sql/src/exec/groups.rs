//! The groups of one window: by keys, each with its aggregates. They come out together, in the
//! order they came.

use super::calls::{Calls, KeyOf};
use super::key::KeyMap;
use super::{Output, Row, Track};
use crate::agg::Accumulator;
use crate::expr::{Expr, Span};
use crate::limits::{GROUPS_MAX, too_much};
use crate::value::Value;

/// Groups that gather.
#[derive(Clone, Debug)]
pub(super) struct Groups {
    /// What is grouped by beside the window.
    keys: KeyOf,
    calls: Calls,
    /// Where the query stands.
    span: Span,
    groups: KeyMap<Vec<Accumulator>>,
}

impl Groups {
    /// None yet.
    pub(super) fn new(keys: Vec<Expr>, calls: Calls, span: Span) -> Self {
        Self { keys: KeyOf::new(keys), calls, span, groups: KeyMap::default() }
    }

    /// A row joins its group.
    ///
    /// # Errors
    /// A key or an argument has no value, or a sum does not fit.
    pub(super) fn add(&mut self, row: &Row, out: &mut Output) -> Result<(), String> {
        if let Some(place) = self.keys.find(row, &self.groups)? {
            return self.calls.add(&mut self.groups[place], row);
        }
        if self.groups.len() >= GROUPS_MAX {
            out.stop(too_much(self.span, "groups", GROUPS_MAX));
            return Ok(());
        }
        let mut group = self.calls.start();
        self.calls.add(&mut group, row)?;
        self.groups.insert(self.keys.found(row), group);
        Ok(())
    }

    /// All come out at this time: the beginning of their window, the keys and the aggregates.
    pub(super) fn close(&mut self, start: i64, time: i64, out: &mut Output) {
        for (key, group) in self.groups.drain(..) {
            let mut values = Vec::with_capacity(1 + key.0.len() + group.len());
            values.push(Value::Timestamp(start));
            values.extend_from_slice(&key.0);
            match self.calls.values(&group, &mut values) {
                Ok(()) => out.row(Row::insert(time, values)),
                Err(message) => {
                    out.fail(Row::insert(time, values), "Group cannot be computed", message);
                }
            }
        }
    }

    /// Counts what is kept.
    pub(super) fn watch(&self, track: &mut Track) {
        track.keep(self.groups.len(), self.keys.width() + self.calls.0.len());
    }
}
