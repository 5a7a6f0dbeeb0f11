//! The discrete-event kernel and what every kind of part does.
//!
//! A run is a function of scenario, seed and action log: integer microseconds, a queue ordered by
//! time and sequence, one generator for each node, a double-entry ledger. Nothing here knows
//! pixels, people or clocks.

pub mod api;
pub mod batch;
pub mod call;
pub mod cause;
mod change;
#[cfg(test)]
mod change_tests;
pub mod control;
pub mod engine;
pub mod fidelity;
pub mod formats;
pub mod generate;
pub mod gzip;
pub mod kernel;
pub mod kind;
pub mod lease;
pub mod object;
pub mod sign;
pub mod snapshot;
#[cfg(test)]
mod trial;
pub mod usage;
#[cfg(test)]
mod usage_tests;
pub mod wire;

pub use cause::{Cause, Gravity, Reason};
pub use engine::{ActionError, Engine, Progress, RecordView, Violation};
pub use formats::Formats;
pub use kernel::CAUSES_MAX;
pub use kernel::trail::{self, TrailEvent};
pub use object::{Object, Purpose};
pub use sign::Sign;
pub use snapshot::Snapshot;
pub use usage::Usage;
