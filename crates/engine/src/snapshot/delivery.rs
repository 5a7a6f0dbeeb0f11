//! Delivery: buffers that race, the function beside them, crates on their way, a bucket.

use std::borrow::Cow;

use base::Time;

use crate::object::Purpose;

/// A Firehose buffer.
#[derive(Clone, Debug, Default)]
pub struct Race {
    /// Bytes in the buffer, before compression.
    pub bytes: u64,
    /// The size hint.
    pub bytes_max: u64,
    /// Time since the first record of the buffer, in microseconds.
    pub micros: u64,
    /// The interval hint in microseconds.
    pub micros_max: u64,
    /// Records in the buffer.
    pub records: u64,
    /// Who leads and by how much, `size leads by 2.5 s`; empty while the buffer is empty.
    pub verdict: String,
}

/// The transformation of a Firehose stream: its own buffer, its invocations, what came of the
/// records. `taken = ok + dropped + failed + under_way`.
#[derive(Clone, Debug, Default)]
pub struct Transform {
    /// What the function does, as the settings name it: `csv_to_json`.
    pub body: Cow<'static, str>,
    /// The buffer in front of the function; its verdict is not shown.
    pub buffer: Race,
    /// Invocations that run, and how many may; `u32::MAX` where nothing limits them.
    pub running: (u32, u32),
    /// Records handed to the function since the beginning, each once however often it is tried.
    pub taken: u64,
    /// Records that came back as `Ok`.
    pub ok: u64,
    /// Records that came back as `Dropped`: they are delivered nowhere.
    pub dropped: u64,
    /// Records that came back as `ProcessingFailed`, or whose batch was given up: they go to the
    /// error prefix.
    pub failed: u64,
    /// Records the function has, and those that wait for its next try.
    pub under_way: u64,
    /// Attempts of the invocation that has tried most often; 1 while none was repeated.
    pub attempt: u32,
}

/// The buffers of dynamic partitions.
#[derive(Clone, Debug, Default)]
pub struct Partitions {
    /// Active partitions: metric `PartitionCount`.
    pub count: u64,
    /// How many may be active.
    pub count_max: u64,
    /// Whether records were sent to the error prefix for it in the last second: metric
    /// `PartitionCountExceeded`.
    pub exceeded: bool,
    /// The fullest ones, those nearest to their delivery first, at most
    /// [`Partitions::SHOWN_MAX`]: the prefix without what all share, and its race, whose verdict
    /// is not shown.
    pub rows: Vec<(String, Race)>,
}

impl Partitions {
    /// Partitions on a card.
    pub const SHOWN_MAX: usize = 4;
}

/// A bucket.
#[derive(Clone, Debug, Default)]
pub struct Objects {
    /// Prefix of the newest object.
    pub prefix: String,
    /// Newest first, at most 5.
    pub rows: Vec<ObjectRow>,
    /// All objects.
    pub count: u64,
    /// All bytes as stored.
    pub bytes: u64,
    /// How many objects fall in each size class: under 64 KiB, 1 MiB, 5 MiB, 16 MiB, 64 MiB, more.
    pub histogram: [u32; 6],
}

/// One object of the list on the card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectRow {
    /// The end of its key: minute, second and the first digits of the uuid, `04-03-51ce`.
    pub name: String,
    /// As stored.
    pub bytes: u64,
    /// Time since delivery in microseconds.
    pub age_micros: u64,
    /// What sealed it.
    pub reason: Seal,
    /// What it is there for.
    pub purpose: Purpose,
}

/// What made Firehose deliver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Seal {
    /// The size hint was reached first.
    Size,
    /// The interval hint was reached first.
    Time,
    /// The stream or the run ended.
    End,
}

/// An object between Firehose and its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Crate {
    /// When the buffer was sealed.
    pub sealed_at: Time,
    /// What sealed it.
    pub reason: Seal,
    /// Bytes before compression.
    pub raw_bytes: u64,
    /// Bytes as stored.
    pub stored_bytes: u64,
    /// Attempts so far.
    pub attempts: u32,
    /// Waiting for its next attempt rather than being uploaded.
    pub waiting: bool,
}
