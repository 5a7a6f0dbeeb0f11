//! Time, units, ids, random numbers, limits and diagnostics: the words every other crate speaks.
//!
//! Nothing here knows about Kinesis, documents, pixels or browsers. No clock, no I/O, no hash
//! order; integers carry their unit in the type or the name.

pub mod calendar;
pub mod diagnostic;
pub mod hash;
pub mod ids;
pub mod limits;
pub mod map;
pub mod order;
pub mod ratio;
pub mod ring;
pub mod rng;
pub mod sample;
pub mod stats;
pub mod time;
pub mod units;

pub use diagnostic::{Code, Diagnostic, Place, Severity};
pub use hash::TraceHash;
pub use ids::{EdgeId, KeyId, NodeId, RecordId};
pub use map::VecMap;
pub use ratio::Ratio;
pub use ring::Ring;
pub use rng::Rng;
pub use time::{Duration, Time};
