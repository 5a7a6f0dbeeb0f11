//! Requests and responses between parts: one AWS call at our granularity.
//!
//! Each request gets exactly one response. Latency and throttling sit in the callee.

use base::Time;
use scenario::kind::{PutApi, StartAt};

use crate::batch::Batch;
use crate::cause::Reason;
use crate::object::Object;

/// A call.
#[derive(Clone, Debug)]
pub enum Request {
    /// `PutRecord`, `PutRecords`, `PutRecordBatch`.
    Put(Put),
    /// `ListShards` with the filter `FROM_TRIM_HORIZON`.
    ListShards,
    /// `GetShardIterator`.
    GetShardIterator {
        /// Shard index.
        shard: u32,
        /// `ShardIteratorType`.
        start: StartAt,
        /// For `AT_TIMESTAMP`.
        timestamp: Time,
        /// For the two sequence number types: the counter inside the number.
        sequence_index: u64,
    },
    /// `GetRecords`.
    GetRecords {
        /// Where to read on.
        iterator: ShardIterator,
        /// Most records.
        limit: u32,
    },
    /// `PutObject`, with everything but the time of delivery.
    PutObject(Object),
}

/// A put call of one or more records.
#[derive(Clone, Debug)]
pub struct Put {
    /// Which API.
    pub api: PutApi,
    /// The entries.
    pub batch: Batch,
    /// `ExplicitHashKey` of every entry.
    pub explicit_hash: Option<u128>,
    /// 1 for the first attempt.
    pub attempt: u32,
    /// Whether the entries are copies of records that may be stored already.
    pub copies: bool,
    /// What the client will do with failures, for explanations: most attempts and the wait.
    pub attempts_max: u32,
}

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

/// An answer.
#[derive(Clone, Debug)]
pub enum Response {
    /// To `Put`.
    Put(PutOutcome),
    /// To `ListShards`.
    Shards(Vec<ShardInfo>),
    /// To `GetShardIterator`.
    Iterator(Result<ShardIterator, ApiError>),
    /// To `GetRecords`.
    Records(Result<Got, ApiError>),
    /// To `PutObject`.
    Object(Result<(), ApiError>),
}

/// What became of the entries of a put.
#[derive(Clone, Debug, Default)]
pub struct PutOutcome {
    /// Entries that failed, ascending by row; the others were stored.
    pub failed: Vec<Failed>,
    /// The service did all this but its answer never arrives.
    pub lost: bool,
}

/// A failed entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failed {
    /// Which entry of the request.
    pub row: u32,
    /// Why.
    pub error: ApiError,
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

/// A service error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ApiError {
    /// The closed reason behind it.
    pub reason: Reason,
    /// AWS's name for it.
    pub code: ErrorCode,
    /// Shard index, for the message text.
    pub shard: u32,
}

/// Names of AWS errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ErrorCode {
    /// `ExpiredIteratorException`.
    ExpiredIterator,
    /// `InternalFailure`.
    InternalFailure,
    /// `InvalidArgumentException`.
    InvalidArgument,
    /// `ProvisionedThroughputExceededException`.
    ProvisionedThroughputExceeded,
    /// `ResourceNotFoundException`.
    ResourceNotFound,
    /// `ServiceUnavailableException`, which S3 words as `503 Slow Down`.
    ServiceUnavailable,
    /// `ValidationException`.
    Validation,
}

impl ErrorCode {
    /// The exception name as AWS spells it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ExpiredIterator => "ExpiredIteratorException",
            Self::InternalFailure => "InternalFailure",
            Self::InvalidArgument => "InvalidArgumentException",
            Self::ProvisionedThroughputExceeded => "ProvisionedThroughputExceededException",
            Self::ResourceNotFound => "ResourceNotFoundException",
            Self::ServiceUnavailable => "ServiceUnavailableException",
            Self::Validation => "ValidationException",
        }
    }
}
