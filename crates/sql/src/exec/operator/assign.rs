//! `TUMBLE`, `HOP` and `CUMULATE`: each row once for each window it belongs to.
//!
//! Windows begin at multiples of their size since 1970, moved by the offset, and do not hold
//! their end (facts, analytics §3.1). Late rows go on: whoever groups them drops them.

use std::sync::Arc;

use super::Operator;
use super::scan::MILLISECOND;
use crate::exec::calls::moment_of;
use crate::exec::{Output, Row};
use crate::value::Value;

/// Windows that can be told from a time alone; all in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Windows {
    /// One behind the other.
    Tumble {
        /// How long.
        size: i64,
    },
    /// One begins at each slide.
    Hop {
        /// From beginning to beginning.
        slide: i64,
        /// How long: a multiple of the slide.
        size: i64,
    },
    /// They begin together and grow by a step until the next ones begin.
    Cumulate {
        /// From end to end.
        step: i64,
        /// How long the last one is: a multiple of the step.
        size: i64,
    },
}

impl Windows {
    /// The windows of a moment, as beginning and end.
    pub fn of(self, time: i64, offset: i64, out: &mut Vec<(i64, i64)>) {
        let begin = |every: i64| time - time.saturating_sub(offset).rem_euclid(every);
        match self {
            Self::Tumble { size } => out.push((begin(size), begin(size) + size)),
            Self::Hop { slide, size } => {
                let mut start = begin(slide);
                while start > time - size {
                    out.push((start, start + size));
                    start -= slide;
                }
            }
            Self::Cumulate { step, size } => {
                let start = begin(size);
                let mut end = begin(step) + step;
                while end <= start + size {
                    out.push((start, end));
                    end += step;
                }
            }
        }
    }

    /// How many windows a moment has.
    #[must_use]
    pub fn at_once(self) -> i64 {
        match self {
            Self::Tumble { .. } => 1,
            Self::Hop { slide: every, size } | Self::Cumulate { step: every, size } => size / every,
        }
    }
}

/// Puts beginning, end and time of the window behind the values of a row.
#[derive(Clone, Debug)]
pub struct Assign {
    /// The time of a row.
    pub time: u32,
    /// Which windows there are.
    pub windows: Windows,
    /// By how much they are moved.
    pub offset: i64,
}

impl Operator for Assign {
    fn push(&mut self, _input: u32, row: Row, out: &mut Output) {
        // A row without a time belongs to no window.
        let Some(time) = moment_of(&row, self.time) else { return };
        let mut windows = Vec::new();
        self.windows.of(time, self.offset, &mut windows);
        for (start, end) in windows {
            let behind = window_values(start, end);
            let values = row.values.iter().cloned().chain(behind);
            out.row(row.with(values.collect::<Arc<[Value]>>()));
        }
    }

    fn advance(&mut self, _input: u32, clock: i64, out: &mut Output) {
        out.clock(clock);
    }
}

/// `window_start`, `window_end` and `window_time`.
#[must_use]
pub(super) fn window_values(start: i64, end: i64) -> [Value; 3] {
    [Value::Timestamp(start), Value::Timestamp(end), Value::Timestamp(end - MILLISECOND)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(windows: Windows, time: i64, offset: i64) -> Vec<(i64, i64)> {
        let mut out = Vec::new();
        windows.of(time, offset, &mut out);
        out
    }

    /// Facts, analytics §3.1: aligned to the epoch and the offset, the end excluded.
    #[test]
    fn windows_hold_their_beginning_and_not_their_end() {
        let tumble = Windows::Tumble { size: 10 };
        assert_eq!(of(tumble, 10, 0), [(10, 20)]);
        assert_eq!(of(tumble, 9, 0), [(0, 10)]);
        assert_eq!(of(tumble, -1, 0), [(-10, 0)]);
        assert_eq!(of(tumble, 2, 3), [(-7, 3)]);
        assert_eq!(of(Windows::Hop { slide: 5, size: 10 }, 6, 0), [(5, 15), (0, 10)]);
        assert_eq!(of(Windows::Cumulate { step: 5, size: 15 }, 6, 0), [(0, 10), (0, 15)]);
        assert_eq!(of(Windows::Cumulate { step: 5, size: 15 }, 7, 1), [(1, 11), (1, 16)]);
    }
}
