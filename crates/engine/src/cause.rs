//! Why something was refused or lost: a closed list of reasons, each with the numbers behind it.

use std::sync::Arc;

use base::{NodeId, Time};

/// What a reason means for the records concerned, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gravity {
    /// They are gone.
    Lost,
    /// Nothing goes on until somebody does something.
    Stands,
    /// They were refused; whoever sent them may try again.
    Refused,
}

/// Each reason once: what it means, its name, the word on its badge, its gravity.
macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $word:literal, $gravity:ident;)+) => {
        /// The closed list of reject, drop and loss reasons.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Reason {
            $($(#[$doc])* $name,)+
        }

        impl Reason {
            /// Every reason, in order.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The word shown as a badge: `shard_records`.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)+ }
            }

            /// What it means for the records concerned.
            #[must_use]
            pub fn gravity(self) -> Gravity {
                match self { $(Self::$name => Gravity::$gravity,)+ }
            }
        }
    };
}

reasons! {
    /// A shard had taken its 1,000 records this second.
    ShardRecords = "shard_records", Refused;
    /// A shard had taken its 1 MiB this second.
    ShardBytes = "shard_bytes", Refused;
    /// A shard had answered its 5 `GetRecords` calls this second.
    ReadCalls = "read_calls", Refused;
    /// A shard's 2 MiB a second were used up by earlier reads.
    ReadBytes = "read_bytes", Refused;
    /// Data plus key exceed the largest record.
    TooLarge = "too_large", Refused;
    /// A Firehose quota: records, requests or bytes a second.
    FirehoseQuota = "firehose_quota", Refused;
    /// A shard iterator was older than five minutes.
    ExpiredIterator = "expired_iterator", Refused;
    /// Older than the retention period.
    RetentionLost = "retention_lost", Lost;
    /// The client's own buffer was full.
    BufferFull = "buffer_full", Lost;
    /// The client gave up after its last attempt.
    GivenUp = "given_up", Lost;
    /// The client ignored failed entries.
    Ignored = "ignored", Lost;
    /// The target refused or could not be reached.
    TargetReject = "target_reject", Refused;
    /// Firehose kept trying for 24 hours, then let the data go.
    DeliveryExpired = "delivery_expired", Lost;
    /// An internal failure, usually a fault on purpose.
    InternalFailure = "internal_failure", Refused;
    /// The answer never came: the client timed out.
    CallTimeout = "call_timeout", Refused;
    /// A newer copy of the same record is on its way.
    Superseded = "superseded", Lost;
    /// The node or edge was removed while it held records.
    Removed = "removed", Lost;
    /// Nothing is connected there.
    NotConnected = "not_connected", Lost;
    /// The stream does not exist, or not yet.
    StreamMissing = "stream_missing", Stands;
    /// The policy of the caller's role does not allow it.
    AccessDenied = "access_denied", Stands;
    /// A function failed: its shard is blocked until the batch succeeds or is discarded.
    FunctionError = "function_error", Stands;
    /// No concurrency was left for an invocation.
    ConcurrencyLimit = "concurrency_limit", Refused;
    /// A batch used up its retries and was discarded.
    RetriesExhausted = "retries_exhausted", Lost;
    /// Older than the mapping's maximum record age.
    RecordTooOld = "record_too_old", Lost;
    /// A consumer called `SubscribeToShard` too often or too early.
    SubscriptionRate = "subscription_rate", Refused;
    /// The KMS key of an encrypted stream could not be used.
    KmsKey = "kms_key", Stands;
    /// A DynamoDB table had no capacity left.
    TableCapacity = "table_capacity", Refused;
    /// `processRecords` threw: KCL does not deliver the batch again.
    ProcessorException = "processor_exception", Lost;
    /// The Kinesis Producer Library could not store it within its time to live.
    RecordTtl = "record_ttl", Lost;
    /// A record of the Kinesis Producer Library landed in another shard than expected.
    WrongShard = "wrong_shard", Refused;
    /// The Kinesis Agent never sent a line: its file was emptied before, or a restart began behind
    /// it.
    LineUnread = "line_unread", Lost;
    /// A line had another form than the Kinesis Agent was told, and was left out.
    LineUnparsed = "line_unparsed", Lost;
    /// An index takes JSON objects, and this was none.
    DocumentUnparsed = "document_unparsed", Refused;
    /// The queue of writes of an Elasticsearch domain was full.
    BulkQueueFull = "bulk_queue_full", Refused;
    /// `COPY` could not read a row: a load error.
    RowUnparsed = "row_unparsed", Lost;
    /// A `COPY` had as many load errors as make it fail as a whole.
    LoadFailed = "load_failed", Lost;
    /// A partition key had more than 256 characters.
    KeyTooLong = "key_too_long", Refused;
    /// A Splunk indexer did not acknowledge events in time: they may be indexed.
    AckTimeout = "ack_timeout", Refused;
    /// An HTTP endpoint answered 413: nobody sends the request again.
    PayloadTooLarge = "payload_too_large", Lost;
    /// The retry duration of a destination was over: Firehose left its data in the bucket.
    Diverted = "diverted", Refused;
    /// Neither a destination nor its backup bucket can be written: Firehose waits.
    DeliveryPaused = "delivery_paused", Stands;
    /// The function of a Firehose stream answered `Dropped`: the record is delivered nowhere.
    TransformDropped = "transform_dropped", Refused;
    /// The function of a Firehose stream could not transform a record.
    TransformFailed = "transform_failed", Refused;
    /// A record had no partition keys.
    KeysNotFound = "keys_not_found", Refused;
    /// As many partitions were active as may be.
    PartitionsExceeded = "partitions_exceeded", Refused;
    /// A record did not fit the schema of the format conversion.
    NotConverted = "not_converted", Refused;
    /// A record was no gzip of CloudWatch Logs.
    NotDecompressed = "not_decompressed", Refused;
    /// A document did not fit the mapping of its index.
    MappingConflict = "mapping_conflict", Refused;
    /// An output of an application cannot be written: it tries for ever, and waits.
    OutputRefused = "output_refused", Stands;
    /// The reference data of an application could not be loaded: it reads nothing meanwhile.
    ReferenceMissing = "reference_missing", Stands;
    /// A query keeps more than it may: it has ended.
    QueryStopped = "query_stopped", Stands;
    /// A Flink job has failed: it begins again with its last checkpoint.
    JobFailed = "job_failed", Stands;
    /// A row lay before the time its stream of the query had reached: it is left out.
    LateRow = "late_row", Refused;
    /// A query could not work on a row: it is told by `error_stream`.
    ErrorRow = "error_row", Refused;
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
