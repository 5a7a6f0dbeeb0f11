//! `RANDOM_CUT_FOREST`: each row with a score of how unlike the rows before it is.

use std::sync::Arc;

use super::Operator;
use crate::eval::Row as _;
use crate::exec::forest::Forest;
use crate::exec::{Output, Row};
use crate::value::Value;

/// The rows of a stream and a forest that has seen them.
#[derive(Clone, Debug)]
pub struct Anomaly {
    /// Which values of a row are looked at.
    slots: Arc<[u32]>,
    forest: Forest,
}

impl Anomaly {
    /// Nothing was seen yet.
    #[must_use]
    pub fn new(slots: Vec<u32>, forest: Forest) -> Self {
        Self { slots: slots.into(), forest }
    }
}

impl Operator for Anomaly {
    fn push(&mut self, _input: u32, row: Row, out: &mut Output) {
        // A row without a number is like none that has one: NULL counts as zero.
        let number = |slot: &u32| row.slot(*slot).float().unwrap_or_default();
        let point: Vec<f64> = self.slots.iter().map(number).collect();
        let score = self.forest.score(&point);
        let mut values = row.values.to_vec();
        values.push(Value::Double(score));
        out.row(row.with(values));
    }

    fn advance(&mut self, _input: u32, clock: i64, out: &mut Output) {
        out.clock(clock);
    }
}
