//! An in-application stream: rows of one or several pumps in the order of `ROWTIME`.
//!
//! Its clock is the latest `ROWTIME` that came, or what all its pumps promise. A row before it is
//! late: discarded and reported (facts, analytics §2.4).

use super::{Clocks, Operator};
use crate::exec::{Late, Output, Row, Track};
use crate::print::moment;

/// A stream of the Kinesis dialect.
#[derive(Clone, Debug)]
pub struct Stream {
    clocks: Clocks,
    /// No row before this moment is taken.
    clock: i64,
    late: Late,
}

impl Stream {
    /// No row before this moment is taken.
    #[must_use]
    pub fn clock(&self) -> i64 {
        self.clock
    }

    /// A stream that so many pumps, or the outside, insert into.
    #[must_use]
    pub fn new(inputs: u32) -> Self {
        Self { clocks: Clocks::new(inputs), clock: i64::MIN, late: Late::default() }
    }
}

impl Operator for Stream {
    fn push(&mut self, _input: u32, row: Row, out: &mut Output) {
        if row.time < self.clock {
            self.late.add(row.time, self.clock);
            let (late, clock) = (moment(row.time), moment(self.clock));
            let message = format!("ROWTIME {late} is before {clock}, where the stream is");
            out.fail(row, "Row is late", message);
            return;
        }
        if row.time > self.clock {
            self.clock = row.time;
            out.clock(row.time);
        }
        out.row(row);
    }

    fn advance(&mut self, input: u32, clock: i64, out: &mut Output) {
        let moved = self.clocks.advance(input, clock);
        if let Some(clock) = moved.filter(|clock| *clock > self.clock) {
            self.clock = clock;
            out.clock(clock);
        }
    }

    fn watch(&self, track: &mut Track) {
        track.late(self.late);
    }

    fn listens(&self) -> bool {
        false
    }
}
