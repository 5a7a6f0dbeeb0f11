//! Requests and responses between parts: one AWS call at our granularity.
//!
//! Each request gets exactly one response. Latency and throttling sit in the callee.

use std::sync::Arc;

use base::Time;
use scenario::kind::{PutApi, StartAt};

use crate::batch::Batch;
use crate::cause::Reason;
use crate::lease::{LeaseAnswer, LeaseCall};
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
    /// `RegisterStreamConsumer`: `CREATING` at first, then `ACTIVE`. A name that is registered
    /// already is refused with `ResourceInUseException`: ask `DescribeStreamConsumer` first.
    RegisterStreamConsumer {
        /// `ConsumerName`.
        name: Arc<str>,
    },
    /// `DescribeStreamConsumer` by name: how a reader waits for `ACTIVE`.
    DescribeStreamConsumer {
        /// `ConsumerName`.
        name: Arc<str>,
    },
    /// `DeregisterStreamConsumer`: `DELETING`, then gone; its subscriptions end at once.
    DeregisterStreamConsumer {
        /// `ConsumerName`.
        name: Arc<str>,
    },
    /// `SubscribeToShard`: opens an event stream of at most five minutes. Its events are then
    /// asked for one by one with `NextEvent`; each is answered when there is something to tell.
    SubscribeToShard {
        /// `StreamConsumer::id`.
        consumer: u32,
        /// Shard index.
        shard: u32,
        /// `StartingPosition`.
        start: StartAt,
        /// For `AT_TIMESTAMP`.
        timestamp: Time,
        /// For the two sequence number types: the counter inside the number. To go on after a
        /// subscription that ended, `AfterSequenceNumber` with `ShardEvent::next`.
        sequence_index: u64,
    },
    /// Waits for the next event of a subscription. No call to AWS: the open connection pushes.
    NextEvent {
        /// As `SubscribeToShard` answered.
        subscription: u32,
        /// Its shard, for the books.
        shard: u32,
    },
    /// A call of the KCL to its lease table.
    Lease(LeaseCall),
    /// Records written to a table as items: `PutItem`, `UpdateItem` or `BatchWriteItem`.
    PutItems(ItemPut),
    /// `_bulk` with an `index` action for each record.
    Bulk(Bulk),
    /// `COPY` of objects into a table: one transaction, whoever wrote them and whether one file or
    /// a manifest names them. The cluster reads them itself, so the records are in the bucket.
    Copy(Vec<Object>),
}

/// What a waiting call asked for: enough to answer it when nobody else can.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// `Put` with so many entries.
    Put(u32),
    /// `ListShards`.
    Shards,
    /// `GetShardIterator` of a shard.
    Iterator(u32),
    /// `GetRecords` of a shard.
    Records(u32),
    /// `PutObject` with so many records and booked bytes.
    Object(u64, u64),
    /// A call about a registered consumer.
    Consumer,
    /// `SubscribeToShard` of a shard.
    Subscription(u32),
    /// `NextEvent` of a shard.
    Event(u32),
    /// `Lease`.
    Lease,
    /// `PutItems` of so many records and bytes.
    Items(u64, u64),
    /// `Bulk` of so many records and bytes.
    Bulk(u64, u64),
    /// `Copy`.
    Copy,
}

impl Request {
    /// What it asks for.
    #[must_use]
    pub fn asked(&self) -> Asked {
        match self {
            Self::Put(put) => Asked::Put(u32::try_from(put.batch.records()).unwrap_or(u32::MAX)),
            Self::ListShards => Asked::Shards,
            Self::GetShardIterator { shard, .. } => Asked::Iterator(*shard),
            Self::GetRecords { iterator, .. } => Asked::Records(iterator.shard),
            Self::PutObject(object) => Asked::Object(object.records, object.booked_bytes),
            Self::RegisterStreamConsumer { .. }
            | Self::DescribeStreamConsumer { .. }
            | Self::DeregisterStreamConsumer { .. } => Asked::Consumer,
            Self::SubscribeToShard { shard, .. } => Asked::Subscription(*shard),
            Self::NextEvent { shard, .. } => Asked::Event(*shard),
            Self::Lease(_) => Asked::Lease,
            Self::PutItems(put) => Asked::Items(put.batch.records(), put.batch.bytes),
            Self::Bulk(bulk) => Asked::Bulk(bulk.batch.records(), bulk.batch.bytes),
            Self::Copy(_) => Asked::Copy,
        }
    }
}

impl Request {
    /// Records it carries.
    #[must_use]
    pub fn records(&self) -> u64 {
        match self {
            Self::Put(put) => put.batch.records(),
            Self::PutObject(object) => object.records,
            Self::ListShards
            | Self::GetShardIterator { .. }
            | Self::GetRecords { .. }
            | Self::RegisterStreamConsumer { .. }
            | Self::DescribeStreamConsumer { .. }
            | Self::DeregisterStreamConsumer { .. }
            | Self::SubscribeToShard { .. }
            | Self::NextEvent { .. }
            | Self::Copy(_)
            | Self::Lease(_) => 0,
            Self::PutItems(put) => put.batch.records(),
            Self::Bulk(bulk) => bulk.batch.records(),
        }
    }
}

impl Asked {
    /// The answer when the other end was removed: everything fails.
    #[must_use]
    pub fn failure(self) -> Response {
        self.refusal(Reason::Removed, ErrorCode::InternalFailure)
    }

    /// The answer when the call as a whole is refused.
    #[must_use]
    pub fn refusal(self, reason: Reason, code: ErrorCode) -> Response {
        let error = |shard| ApiError { reason, code, shard };
        match self {
            Self::Put(entries) => {
                let failed = (0..entries).map(|row| Failed { row, error: error(0) }).collect();
                Response::Put(PutOutcome { failed, whole: true, ..PutOutcome::default() })
            }
            Self::Shards => Response::Shards(Vec::new()),
            Self::Iterator(shard) => Response::Iterator(Err(error(shard))),
            Self::Records(shard) => Response::Records(Err(error(shard))),
            Self::Object(..) => Response::Object(Err(error(0))),
            Self::Consumer => Response::Consumer(Err(error(0))),
            Self::Subscription(shard) => Response::Subscription(Err(error(shard))),
            Self::Event(shard) => Response::Event(Err(error(shard))),
            Self::Lease => Response::Lease(Err(error(0))),
            Self::Items(records, bytes) => {
                let (left, error) = ((records, bytes), Some(error(0)));
                Response::Items(ItemsOutcome { stored: 0, left, error, lost: false })
            }
            Self::Bulk(records, bytes) => {
                Response::Bulk(BulkOutcome::refused((records, bytes), error(0)))
            }
            Self::Copy => Response::Copy(Err(error(0))),
        }
    }
}

/// A put call of one or more records.
#[derive(Clone, Debug)]
pub struct Put {
    /// Which API.
    pub api: PutApi,
    /// The entries.
    pub batch: Batch,
    /// `ExplicitHashKey` of the entries.
    pub explicit_hash: ExplicitHash,
    /// Whether the answer is to name the shard of each entry; few callers look.
    pub wants_shards: bool,
    /// 1 for the first attempt.
    pub attempt: u32,
    /// Whether the entries are copies of records that may be stored already.
    pub copies: bool,
    /// What the client will do with failures, for explanations: most attempts and the wait.
    pub attempts_max: u32,
}

/// `ExplicitHashKey`s of a call.
#[derive(Clone, Debug, Default)]
pub enum ExplicitHash {
    /// No entry has one: partition keys decide.
    #[default]
    None,
    /// Every entry has this one.
    All(u128),
    /// Each entry has its own.
    Each(Vec<u128>),
}

impl ExplicitHash {
    /// That of one entry.
    #[must_use]
    #[inline]
    pub fn of(&self, row: u32) -> Option<u128> {
        match self {
            Self::None => None,
            Self::All(hash) => Some(*hash),
            Self::Each(hashes) => hashes.get(row as usize).copied(),
        }
    }
}

/// Records on their way into a table.
#[derive(Clone, Debug)]
pub struct ItemPut {
    /// The records, in the order of processing.
    pub batch: Batch,
    /// The shard they were read from: with their counters it makes their sequence numbers.
    pub shard: u32,
}

/// What became of records on their way into a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ItemsOutcome {
    /// So many, the first of the request, were written; the others are `UnprocessedItems`.
    pub stored: u32,
    /// Records and bytes of the others.
    pub left: (u64, u64),
    /// Why the others were not.
    pub error: Option<ApiError>,
    /// The service did all this but its answer never arrives.
    pub lost: bool,
}

/// Records on their way into an index as documents.
#[derive(Clone, Debug)]
pub struct Bulk {
    /// The records, in the order of processing.
    pub batch: Batch,
    /// The index they go to.
    pub index: Arc<str>,
    /// The `_id` of each; the index makes one where there is none.
    pub ids: Vec<Option<Box<str>>>,
}

/// What became of the items of a bulk request.
#[derive(Clone, Debug, Default)]
pub struct BulkOutcome {
    /// Items that failed, ascending by row; the others were indexed.
    pub failed: Vec<Failed>,
    /// Records and bytes that were not indexed.
    pub left: (u64, u64),
    /// Why the request as a whole failed, without an answer to single items.
    pub error: Option<ApiError>,
}

impl BulkOutcome {
    /// A request that failed as a whole: nothing of it was indexed.
    #[must_use]
    pub fn refused(all: (u64, u64), error: ApiError) -> Self {
        Self { failed: Vec::new(), left: all, error: Some(error) }
    }
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
    /// To `ListShards`; empty when the call failed, for a stream always has shards.
    Shards(Vec<ShardInfo>),
    /// To `GetShardIterator`.
    Iterator(Result<ShardIterator, ApiError>),
    /// To `GetRecords`.
    Records(Result<Got, ApiError>),
    /// To `PutObject`.
    Object(Result<(), ApiError>),
    /// To the three calls about a registered consumer.
    Consumer(Result<StreamConsumer, ApiError>),
    /// To `SubscribeToShard`: the subscription's number.
    Subscription(Result<u32, ApiError>),
    /// To `NextEvent`. An error ends the subscription; go on with a new one, five seconds after
    /// the last at the earliest.
    Event(Result<ShardEvent, ApiError>),
    /// To `Lease`.
    Lease(Result<LeaseAnswer, ApiError>),
    /// To `PutItems`.
    Items(ItemsOutcome),
    /// To `Bulk`.
    Bulk(BulkOutcome),
    /// To `Copy`.
    Copy(Result<(), ApiError>),
}

/// What became of the entries of a put.
#[derive(Clone, Debug, Default)]
pub struct PutOutcome {
    /// Entries that failed, ascending by row; the others were stored.
    pub failed: Vec<Failed>,
    /// Shard index of every entry, stored or not, for callers that asked for it.
    pub shards: Vec<u32>,
    /// The service did all this but its answer never arrives.
    pub lost: bool,
    /// The call failed as a whole: all entries did, and none has an answer of its own.
    pub whole: bool,
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
    /// `LimitExceededException`.
    LimitExceeded,
    /// `ResourceInUseException`.
    ResourceInUse,
    /// `ServiceUnavailableException`, which S3 words as `503 Slow Down`.
    ServiceUnavailable,
    /// `ValidationException`.
    Validation,
    /// `AccessDeniedException`.
    AccessDenied,
    /// `KMSDisabledException`.
    KmsDisabled,
    /// `KMSInvalidStateException`.
    KmsInvalidState,
    /// `KMSAccessDeniedException`.
    KmsAccessDenied,
    /// `KMSThrottlingException`.
    KmsThrottling,
    /// Elasticsearch: a document that is no JSON object.
    MapperParsing,
    /// Elasticsearch: the queue of writes was full.
    EsRejectedExecution,
    /// Elasticsearch's client: no node answers.
    NoNodeAvailable,
}

/// The account number in AWS's own examples.
pub const ACCOUNT: &str = "123456789012";
/// Where everything runs.
pub const REGION: &str = "us-east-1";

impl ApiError {
    /// The message text as the service words it (facts, streams §2.2 and §14.2).
    #[must_use]
    pub fn message(self, stream: &str) -> String {
        self.message_in(stream, ACCOUNT)
    }

    /// The same where the stream belongs to this account.
    #[must_use]
    pub fn message_in(self, stream: &str, account: &str) -> String {
        let Self { reason, code, shard } = self;
        let place = format!("shard shardId-{shard:012} in stream {stream} under account {account}");
        match code {
            ErrorCode::ProvisionedThroughputExceeded if reason == Reason::TableCapacity => {
                "The level of configured provisioned throughput for the table was exceeded. \
                 Consider increasing your provisioning level with the UpdateTable API."
                    .to_owned()
            }
            ErrorCode::ProvisionedThroughputExceeded => format!("Rate exceeded for {place}."),
            ErrorCode::ExpiredIterator => "Iterator expired. The iterator was created further in \
                the past than the tolerated delay of 300000 milliseconds."
                .to_owned(),
            ErrorCode::InternalFailure => "Internal service failure.".to_owned(),
            ErrorCode::ResourceNotFound if reason == Reason::StreamMissing => {
                format!("Stream {stream} under account {account} not found.")
            }
            ErrorCode::ResourceNotFound => {
                let id = format!("shardId-{shard:012}");
                format!("Shard {id} in stream {stream} under account {account} does not exist")
            }
            // Calls that change a stream word their own refusals.
            ErrorCode::ResourceInUse => format!(
                "Another active subscription exists for this consumer: \
                 {account}:{stream}:shardId-{shard:012}"
            ),
            ErrorCode::LimitExceeded => {
                format!("Rate exceeded for stream {stream} under account {account}.")
            }
            // The whole text, with who and what, stands in the explanation of the denial.
            ErrorCode::AccessDenied => {
                "Access denied by the policy of the caller's role.".to_owned()
            }
            ErrorCode::KmsDisabled
            | ErrorCode::KmsInvalidState
            | ErrorCode::KmsAccessDenied
            | ErrorCode::KmsThrottling => {
                format!("The KMS key of stream {stream} under account {account} cannot be used.")
            }
            ErrorCode::MapperParsing => "failed to parse".to_owned(),
            ErrorCode::EsRejectedExecution => {
                "rejected execution of a bulk request: the queue is full".to_owned()
            }
            ErrorCode::NoNodeAvailable => "None of the configured nodes are available".to_owned(),
            ErrorCode::ServiceUnavailable => "Please reduce your request rate.".to_owned(),
            ErrorCode::InvalidArgument if reason == Reason::TooLarge => {
                "Records size exceeds the limit of the request or of the stream.".to_owned()
            }
            ErrorCode::InvalidArgument => {
                "The timestampInMillis parameter cannot be greater than the \
                 currentTimestampInMillis."
                    .to_owned()
            }
            ErrorCode::Validation if reason == Reason::KeyTooLong => {
                "1 validation error detected: Value at 'partitionKey' failed to satisfy \
                 constraint: Member must have length less than or equal to 256"
                    .to_owned()
            }
            ErrorCode::Validation => "1 validation error detected: Value at 'data' failed to \
                satisfy constraint: Member must have length less than or equal to 10485760"
                .to_owned(),
        }
    }
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
            Self::LimitExceeded => "LimitExceededException",
            Self::ResourceInUse => "ResourceInUseException",
            Self::ServiceUnavailable => "ServiceUnavailableException",
            Self::Validation => "ValidationException",
            Self::AccessDenied => "AccessDeniedException",
            Self::KmsDisabled => "KMSDisabledException",
            Self::KmsInvalidState => "KMSInvalidStateException",
            Self::KmsAccessDenied => "KMSAccessDeniedException",
            Self::KmsThrottling => "KMSThrottlingException",
            Self::MapperParsing => "mapper_parsing_exception",
            Self::EsRejectedExecution => "es_rejected_execution_exception",
            Self::NoNodeAvailable => "NoNodeAvailableException",
        }
    }
}
