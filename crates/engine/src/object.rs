//! Delivered objects with their real bytes.

use std::sync::Arc;

use base::Time;

use crate::snapshot::Seal;

/// One object in a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// The whole key, prefix included.
    pub key: Arc<str>,
    /// The content as stored.
    pub bytes: Arc<[u8]>,
    /// Bytes before compression.
    pub raw_bytes: u64,
    /// Records inside.
    pub records: u64,
    /// When the buffer was sealed.
    pub sealed_at: Time,
    /// When the target had it.
    pub delivered_at: Time,
    /// What sealed it.
    pub reason: Seal,
}
