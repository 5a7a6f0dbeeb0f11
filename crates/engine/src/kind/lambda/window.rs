//! Tumbling windows: state that one invocation hands to the next, until the window is over.

use base::Time;
use base::units::MIB;

/// State of one window of one shard (facts, streams §10).
pub(super) const STATE_MAX: u64 = MIB;

/// The open window of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    /// Where it ends, by the arrival of records.
    pub end: Time,
    /// Size of the state the function answered last.
    pub state_bytes: u64,
}

/// Where the window of a record ends; without windows the same for all records.
pub(super) fn end_of(arrival: Time, window_secs: u32) -> Time {
    match u64::from(window_secs) * 1_000_000 {
        0 => Time(u64::MAX),
        micros => Time((arrival.0 / micros + 1) * micros),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Facts, streams §10: boundaries by arrival time.
    #[test]
    fn a_record_at_the_boundary_belongs_to_the_next_window() {
        assert_eq!(end_of(Time(29_999_999), 30), Time(30_000_000));
        assert_eq!(end_of(Time(30_000_000), 30), Time(60_000_000));
    }
}
