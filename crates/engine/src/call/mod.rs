//! Requests and responses between parts: one AWS call at our granularity.
//!
//! Each request gets exactly one response. Latency and throttling sit in the callee.

mod error;
mod read;
mod write;

use std::sync::Arc;

use base::Time;
use scenario::kind::StartAt;

pub use self::error::{ACCOUNT, ApiError, ErrorCode, REGION};
pub use self::read::{ConsumerStatus, Got, ShardEvent, ShardInfo, ShardIterator, StreamConsumer};
pub use self::write::{
    Bulk, BulkOutcome, ExplicitHash, Failed, Framing, Indexed, ItemPut, ItemsOutcome, Post,
    PostOutcome, Put, PutOutcome,
};
use crate::cause::Reason;
use crate::lease::{LeaseAnswer, LeaseCall};
use crate::object::Object;

/// A call.
#[derive(Clone, Debug)]
pub enum Request {
    /// `PutRecord`, `PutRecords`, `PutRecordBatch`. A Firehose stream hands copies on like this,
    /// and an application invokes a function with rows.
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
    /// `POST` to a Splunk collector or an HTTP endpoint.
    Post(Post),
    /// `GetObject` by key.
    GetObject(Arc<str>),
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
    /// `Post`.
    Post,
    /// `GetObject`.
    GetObject,
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
            Self::Post(_) => Asked::Post,
            Self::GetObject(_) => Asked::GetObject,
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
            | Self::GetObject(_)
            | Self::Lease(_) => 0,
            Self::PutItems(put) => put.batch.records(),
            Self::Bulk(bulk) => bulk.batch.records(),
            Self::Post(post) => post.batch.records(),
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
            Self::Post => Response::Post(PostOutcome::refused(error(0))),
            Self::GetObject => Response::Content(Err(error(0))),
        }
    }
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
    /// To `Post`.
    Post(PostOutcome),
    /// To `GetObject`: the content; none where there is no object of this key (`NoSuchKey`).
    Content(Result<Option<Arc<[u8]>>, ApiError>),
}
