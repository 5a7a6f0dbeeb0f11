//! `UNION ALL`: the rows of several inputs as they come, with the clock of the slowest.
//!
//! An input that has sent nothing holds the clock back (facts, analytics §3.1).

use super::{Clocks, Operator};
use crate::exec::{Output, Row};

/// Several inputs as one.
#[derive(Clone, Debug)]
pub struct Union {
    clocks: Clocks,
}

impl Union {
    /// So many inputs.
    #[must_use]
    pub fn new(inputs: u32) -> Self {
        Self { clocks: Clocks::new(inputs) }
    }
}

impl Operator for Union {
    fn push(&mut self, _input: u32, row: Row, out: &mut Output) {
        out.row(row);
    }

    fn advance(&mut self, input: u32, clock: i64, out: &mut Output) {
        if let Some(clock) = self.clocks.advance(input, clock) {
            out.clock(clock);
        }
    }

    fn listens(&self) -> bool {
        false
    }
}
