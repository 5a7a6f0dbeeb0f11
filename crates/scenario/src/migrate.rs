//! Older files become files of the current version, one numbered step at a time.

/// The version this program writes.
pub const CURRENT: u32 = 1;
