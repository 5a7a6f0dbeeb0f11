//! Every bound in the product, with its reason. Reaching one is a diagnostic, never a hang.

use crate::time::Time;

/// 2^53 µs is about 285 years and the largest integer JavaScript keeps exactly.
pub const TIME_MAX: Time = Time(1 << 53);
/// Longest simulated run: 400 days covers the longest retention (365 days).
pub const RUN_MAX: Time = Time(400 * 86_400 * 1_000_000);

/// Parts in a document: more cannot be read on a screen.
pub const NODES_MAX: u32 = 200;
/// Wires in a document.
pub const EDGES_MAX: u32 = 400;
/// Scheduled actions in a document.
pub const SCRIPT_MAX: u32 = 500;
/// Shards in one stream (`UpdateShardCount` ceiling, botocore 1.44.5).
pub const SHARDS_MAX: u32 = 10_000;
/// Characters in a node name (stream names end at 128).
pub const NAME_CHARS_MAX: u32 = 128;
/// Bytes in a scenario file.
pub const FILE_BYTES_MAX: u32 = 1 << 20;
/// Characters in the payload of a link.
pub const LINK_CHARS_MAX: u32 = 65_536;
/// Bytes a link may inflate to.
pub const LINK_DECODED_BYTES_MAX: u32 = 1 << 20;
/// Nesting of JSON in a document.
pub const NESTING_MAX: u32 = 16;
/// Bytes in a data set of the person's own.
pub const DATA_BYTES_MAX: u32 = 10 << 20;
/// Rows in a data set.
pub const DATA_ROWS_MAX: u32 = 200_000;
/// Characters in a data set carried inside the document itself.
pub const DATA_INLINE_CHARS_MAX: u32 = 16_384;
/// Records alive at once over the whole run.
pub const HELD_RECORDS_MAX: u64 = 24_000_000;
/// Bytes of memory the records alive may take; a 32-bit browser tab ends at 4 GiB.
pub const HELD_BYTES_MAX: u64 = 2 << 30;
/// Events waiting in the queue.
pub const EVENTS_QUEUED_MAX: u32 = 1_000_000;
/// Bytes of delivered objects kept for reading back.
pub const OBJECT_BYTES_MAX: u64 = 512 << 20;
/// Objects in one bucket: a day of one object a second.
pub const OBJECTS_MAX: u32 = 100_000;
/// Steps of undo.
pub const UNDO_MAX: u32 = 200;

const _: () = assert!(RUN_MAX.0 < TIME_MAX.0, "a run must stay exact in JavaScript");
