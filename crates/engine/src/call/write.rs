//! What calls that write carry, and what became of it.

use std::sync::Arc;

use base::Duration;
use scenario::kind::PutApi;

use super::ApiError;
use crate::batch::Batch;

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
    /// What each becomes, as many as there are records.
    pub items: Vec<Indexed>,
}

/// The metadata of an `index` action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Indexed {
    /// `_index`.
    pub index: Arc<str>,
    /// `_id`; the index makes one where there is none.
    pub id: Option<Box<str>>,
}

/// Records on their way to an HTTP server, all in one request.
#[derive(Clone, Debug)]
pub struct Post {
    /// The records, in the order of processing.
    pub batch: Batch,
    /// The same for every attempt: `X-Amz-Firehose-Request-Id`, or Splunk's channel.
    pub request_id: Arc<str>,
    /// How the body holds them.
    pub framing: Framing,
    /// `X-Amz-Firehose-Common-Attributes`; empty where the header is not sent.
    pub attributes: Arc<str>,
    /// Bytes of the body as it is sent.
    pub body_bytes: u64,
    /// How long the caller waits for the answer, or for Splunk's acknowledgement.
    pub patience: Duration,
}

/// How the body of a request holds its records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// Glued together as they are: Splunk's raw endpoint.
    Raw,
    /// Glued together, each an event in Splunk's own JSON: its event endpoint.
    Event,
    /// A list of base64 texts in one JSON object: Firehose's contract for HTTP endpoints.
    Records,
}

/// What became of a request. One that was not answered in time may have been carried out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PostOutcome {
    /// The HTTP status; 0 where there was no answer.
    pub status: u16,
    /// Why it failed.
    pub error: Option<ApiError>,
    /// The records were taken in, whatever the answer.
    pub taken: bool,
}

impl PostOutcome {
    /// A request nobody took in.
    #[must_use]
    pub fn refused(error: ApiError) -> Self {
        Self { status: 0, error: Some(error), taken: false }
    }
}

/// What became of the items of a bulk request.
#[derive(Clone, Debug, Default)]
pub struct BulkOutcome {
    /// Items that failed, ascending by row; the others were indexed.
    pub failed: Vec<Failed>,
    /// The reason of each of them, in the domain's words.
    pub told: Vec<Arc<str>>,
    /// Records and bytes that were not indexed.
    pub left: (u64, u64),
    /// Why the request as a whole failed, without an answer to single items.
    pub error: Option<ApiError>,
}

impl BulkOutcome {
    /// A request that failed as a whole: nothing of it was indexed.
    #[must_use]
    pub fn refused(all: (u64, u64), error: ApiError) -> Self {
        Self { left: all, error: Some(error), ..Self::default() }
    }
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
