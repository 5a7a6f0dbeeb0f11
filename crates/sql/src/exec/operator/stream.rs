//! An in-application stream: rows of one or several pumps in the order of `ROWTIME`.
//!
//! Its clock is the latest `ROWTIME` that came, or what all its pumps promise. A row before it is
//! late: discarded and reported (facts, analytics §2.4). So is one that is larger than rows may be.

use super::{Clocks, Operator};
use crate::exec::{Output, Row};
use crate::print::moment;

/// Bytes of a row: 512 KB, of which the service takes 1 KB for itself (facts, analytics §1.1).
const ROW_BYTES_MAX: u64 = 511 * 1_024;

/// A stream of the Kinesis dialect.
#[derive(Clone, Debug)]
pub struct Stream {
    clocks: Clocks,
    /// No row before this moment is taken.
    clock: i64,
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
        Self { clocks: Clocks::new(inputs), clock: i64::MIN }
    }
}

impl Operator for Stream {
    fn push(&mut self, _input: u32, row: Row, out: &mut Output) {
        let bytes = row.bytes();
        if bytes > ROW_BYTES_MAX {
            let message = format!("A row has {bytes} bytes, and {ROW_BYTES_MAX} at the most");
            return out.fail(row, "Row is too large", message);
        }
        if row.time < self.clock {
            out.late(row.time, self.clock);
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

    fn listens(&self) -> bool {
        false
    }
}
