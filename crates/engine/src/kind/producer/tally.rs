//! What a client counts.

/// Records since the last booking.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Births {
    pub(super) kept: (u64, u64),
    pub(super) spilt: (u64, u64),
}

/// Entries since the beginning: attempted = stored + rejected + in flight.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::kind) struct Tally {
    pub(in crate::kind) born: u64,
    pub(in crate::kind) attempted: u64,
    pub(in crate::kind) stored: u64,
    pub(in crate::kind) rejected: u64,
    pub(in crate::kind) in_flight: u64,
    pub(in crate::kind) given_up: u64,
    pub(in crate::kind) dropped: u64,
    pub(in crate::kind) copied: u64,
    /// Calls that were given up.
    pub(in crate::kind) timed_out: u64,
}
