//! What calls that read a stream answer.

use base::Time;

use crate::batch::Batch;

/// A position in a shard. Iterators are positions, not cursors: an old unexpired one reads again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShardIterator {
    /// Shard index.
    pub shard: u32,
    /// How many records of the shard's whole life lie before it.
    pub offset: u64,
    /// When it was issued; it expires five minutes later.
    pub issued: Time,
}

/// One shard as `ListShards` tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShardInfo {
    /// Shard index.
    pub shard: u32,
    /// Whether it is closed.
    pub closed: bool,
    /// The shard it came from.
    pub parent: Option<u32>,
    /// The second parent, for a merge.
    pub adjacent_parent: Option<u32>,
    /// `HashKeyRange`, both ends included.
    pub range: (u128, u128),
    /// When it was created, in Unix seconds: part of its sequence numbers.
    pub created_secs: u64,
}

/// What `GetRecords` returned.
#[derive(Clone, Debug, Default)]
pub struct Got {
    /// Records in order.
    pub batch: Batch,
    /// Where to go on; `None` at the end of a closed shard.
    pub next: Option<ShardIterator>,
    /// `MillisBehindLatest`, in microseconds here.
    pub behind_micros: u64,
    /// Records that were lost to retention between the iterator and the horizon.
    pub skipped: u64,
}

/// A consumer with enhanced fan-out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamConsumer {
    /// Its number on this stream: registering the same name again gives another.
    pub id: u32,
    /// `ConsumerStatus`.
    pub status: ConsumerStatus,
    /// `ConsumerCreationTimestamp`, in Unix seconds: the end of its ARN.
    pub created_secs: u64,
}

/// `ConsumerStatus`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConsumerStatus {
    /// Being registered: no reads yet.
    Creating,
    /// May subscribe.
    Active,
    /// Being deregistered: no reads any more.
    Deleting,
}

impl ConsumerStatus {
    /// The word in answers.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Creating => "CREATING",
            Self::Active => "ACTIVE",
            Self::Deleting => "DELETING",
        }
    }
}

/// `SubscribeToShardEvent`.
#[derive(Clone, Debug, Default)]
pub struct ShardEvent {
    /// Records in order; none now and then while nothing comes in.
    pub batch: Batch,
    /// `ContinuationSequenceNumber`: how many records of the shard's life lie before what comes
    /// next; `None` at the end of a closed shard, whose children can be read from then on.
    pub next: Option<u64>,
    /// `MillisBehindLatest`, in microseconds here.
    pub behind_micros: u64,
    /// Records that were lost to retention before they were pushed.
    pub skipped: u64,
    /// The subscription is over: after five minutes, or at the end of the shard.
    pub last: bool,
}
