//! Why something was refused or lost: a closed list of reasons, each with the numbers behind it.

use std::sync::Arc;

use base::{NodeId, Time};

/// The closed list of reject, drop and loss reasons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// A shard had taken its 1,000 records this second.
    ShardRecords,
    /// A shard had taken its 1 MiB this second.
    ShardBytes,
    /// A shard had answered its 5 `GetRecords` calls this second.
    ReadCalls,
    /// A shard's 2 MiB a second were used up by earlier reads.
    ReadBytes,
    /// Data plus key exceed the largest record.
    TooLarge,
    /// A Firehose quota: records, requests or bytes a second.
    FirehoseQuota,
    /// A shard iterator was older than five minutes.
    ExpiredIterator,
    /// Older than the retention period.
    RetentionLost,
    /// The client's own buffer was full.
    BufferFull,
    /// The client gave up after its last attempt.
    GivenUp,
    /// The client ignored failed entries.
    Ignored,
    /// The target refused or could not be reached.
    TargetReject,
    /// Firehose kept trying for 24 hours, then let the data go.
    DeliveryExpired,
    /// An internal failure, usually a fault on purpose.
    InternalFailure,
    /// The answer never came: the client timed out.
    CallTimeout,
    /// A newer copy of the same record is on its way.
    Superseded,
    /// The node or edge was removed while it held records.
    Removed,
    /// Nothing is connected there.
    NotConnected,
    /// The stream does not exist, or not yet.
    StreamMissing,
    /// The policy of the caller's role does not allow it.
    AccessDenied,
    /// A function failed: its shard is blocked until the batch succeeds or is discarded.
    FunctionError,
    /// No concurrency was left for an invocation.
    ConcurrencyLimit,
    /// A batch used up its retries and was discarded.
    RetriesExhausted,
    /// Older than the mapping's maximum record age.
    RecordTooOld,
    /// A consumer called `SubscribeToShard` too often or too early.
    SubscriptionRate,
    /// The KMS key of an encrypted stream could not be used.
    KmsKey,
    /// A DynamoDB table had no capacity left.
    TableCapacity,
    /// `processRecords` threw: KCL does not deliver the batch again.
    ProcessorException,
    /// The Kinesis Producer Library could not store it within its time to live.
    RecordTtl,
    /// A record of the Kinesis Producer Library landed in another shard than expected.
    WrongShard,
    /// The Kinesis Agent never sent a line: its file was emptied before, or a restart began behind
    /// it.
    LineUnread,
    /// A line had another form than the Kinesis Agent was told, and was left out.
    LineUnparsed,
    /// An index takes JSON objects, and this was none.
    DocumentUnparsed,
    /// The queue of writes of an Elasticsearch domain was full.
    BulkQueueFull,
    /// `COPY` could not read a row: a load error.
    RowUnparsed,
    /// A `COPY` had as many load errors as make it fail as a whole.
    LoadFailed,
    /// A partition key had more than 256 characters.
    KeyTooLong,
}

impl Reason {
    /// Every reason, in order.
    pub const ALL: &'static [Self] = &[
        Self::ShardRecords,
        Self::ShardBytes,
        Self::ReadCalls,
        Self::ReadBytes,
        Self::TooLarge,
        Self::FirehoseQuota,
        Self::ExpiredIterator,
        Self::RetentionLost,
        Self::BufferFull,
        Self::GivenUp,
        Self::Ignored,
        Self::TargetReject,
        Self::DeliveryExpired,
        Self::InternalFailure,
        Self::CallTimeout,
        Self::Superseded,
        Self::Removed,
        Self::NotConnected,
        Self::StreamMissing,
        Self::AccessDenied,
        Self::FunctionError,
        Self::ConcurrencyLimit,
        Self::RetriesExhausted,
        Self::RecordTooOld,
        Self::SubscriptionRate,
        Self::KmsKey,
        Self::TableCapacity,
        Self::ProcessorException,
        Self::RecordTtl,
        Self::WrongShard,
        Self::LineUnread,
        Self::LineUnparsed,
        Self::DocumentUnparsed,
        Self::BulkQueueFull,
        Self::RowUnparsed,
        Self::LoadFailed,
        Self::KeyTooLong,
    ];

    /// The word shown as a badge: `shard_records`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::ShardRecords => "shard_records",
            Self::ShardBytes => "shard_bytes",
            Self::ReadCalls => "read_calls",
            Self::ReadBytes => "read_bytes",
            Self::TooLarge => "too_large",
            Self::FirehoseQuota => "firehose_quota",
            Self::ExpiredIterator => "expired_iterator",
            Self::RetentionLost => "retention_lost",
            Self::BufferFull => "buffer_full",
            Self::GivenUp => "given_up",
            Self::Ignored => "ignored",
            Self::TargetReject => "target_reject",
            Self::DeliveryExpired => "delivery_expired",
            Self::InternalFailure => "internal_failure",
            Self::CallTimeout => "call_timeout",
            Self::Superseded => "superseded",
            Self::Removed => "removed",
            Self::NotConnected => "not_connected",
            Self::StreamMissing => "stream_missing",
            Self::AccessDenied => "access_denied",
            Self::FunctionError => "function_error",
            Self::ConcurrencyLimit => "concurrency_limit",
            Self::RetriesExhausted => "retries_exhausted",
            Self::RecordTooOld => "record_too_old",
            Self::SubscriptionRate => "subscription_rate",
            Self::KmsKey => "kms_key",
            Self::TableCapacity => "table_capacity",
            Self::ProcessorException => "processor_exception",
            Self::RecordTtl => "record_ttl",
            Self::WrongShard => "wrong_shard",
            Self::LineUnread => "line_unread",
            Self::LineUnparsed => "line_unparsed",
            Self::DocumentUnparsed => "document_unparsed",
            Self::BulkQueueFull => "bulk_queue_full",
            Self::RowUnparsed => "row_unparsed",
            Self::LoadFailed => "load_failed",
            Self::KeyTooLong => "key_too_long",
        }
    }
}

/// One refusal or loss with everything a sentence about it needs.
#[derive(Clone, Debug, PartialEq)]
pub struct Cause {
    /// When.
    pub at: Time,
    /// Where it was decided.
    pub node: NodeId,
    /// Why.
    pub reason: Reason,
    /// The AWS error code and message, verbatim; empty when there is none.
    pub error: Arc<str>,
    /// The shard, where there is one.
    pub shard: Option<u32>,
    /// The hashes the shard owns, both ends included, where its stream tells.
    pub range: Option<(u128, u128)>,
    /// The partition key, where there is one.
    pub key: Option<Arc<str>>,
    /// The hash of the key.
    pub hash: Option<u128>,
    /// The limit that was reached, in its own unit.
    pub limit: u64,
    /// How much of it was used.
    pub used: u64,
    /// What a token bucket had left, in the same unit; `None` where whole seconds are counted.
    pub room: Option<u64>,
    /// What was asked of the limit at once; 0 where nobody says.
    pub needs: u64,
    /// How much of it was asked for in the same second, refused or not; 0 where nobody counts.
    pub offered: u64,
    /// The other write limit of the shard, in per mille of its capacity.
    pub other_permille: u32,
    /// Entries of the same call that failed, and all its entries.
    pub entries: (u32, u32),
    /// The call failed as a whole: `error` is its answer, and no entry has one of its own.
    pub whole: bool,
    /// Which attempt this was, and the most the client makes; zero when unknown.
    pub attempt: (u32, u32),
    /// Microseconds until the next attempt; `None` when there is none.
    pub next_try_micros: Option<u64>,
    /// Records concerned.
    pub records: u32,
}

impl Cause {
    /// A cause with nothing known but when, where and why; the rest is filled in with `..`.
    #[must_use]
    pub fn new(at: Time, node: NodeId, reason: Reason) -> Self {
        Self {
            at,
            node,
            reason,
            error: "".into(),
            shard: None,
            range: None,
            key: None,
            hash: None,
            limit: 0,
            used: 0,
            room: None,
            needs: 0,
            offered: 0,
            other_permille: 0,
            entries: (0, 0),
            whole: false,
            attempt: (0, 0),
            next_try_micros: None,
            records: 0,
        }
    }
}
