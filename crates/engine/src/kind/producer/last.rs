//! The newest call of a client that was answered, for whoever wants to read the answer.

use base::{EdgeId, Time};
use scenario::kind::PutApi;

use crate::batch::Batch;
use crate::call::Failed;

/// A call that was answered.
#[derive(Clone, Debug)]
pub struct LastPut {
    /// Which call.
    pub api: PutApi,
    /// The wire it went along.
    pub edge: EdgeId,
    /// When the answer arrived.
    pub at: Time,
    /// What was sent.
    pub batch: Batch,
    /// Instead of the hashes of the keys.
    pub explicit_hash: Option<u128>,
    /// The call failed as a whole.
    pub whole: bool,
    /// Entries that failed, ascending by row.
    pub failed: Vec<Failed>,
}
