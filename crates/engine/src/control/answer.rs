//! The newest answer a producer got, entry by entry, as the API words it.
//!
//! Between parts an answer names failed entries only. Where the others lie is looked up in the
//! stream when somebody asks, so that nobody else pays for it.

use base::{NodeId, Time};
use scenario::kind::PutApi;

use super::data::Stored;
use super::{Refusal, ShardId};
use crate::batch::Record;
use crate::call::{ErrorCode, Failed};
use crate::engine::Engine;
use crate::kind::producer::last::LastPut;
use crate::kind::stream::Stream;

/// What a put call came back with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PutAnswer {
    /// Which call.
    pub api: PutApi,
    /// Name of the stream.
    pub stream: String,
    /// When the answer arrived.
    pub at: Time,
    /// A result for each entry, in their order; or why the call failed as a whole. An entry that
    /// was stored and is gone from the stream by now has no place.
    pub entries: Result<Vec<Result<Option<Stored>, Refusal>>, Refusal>,
}

impl Engine {
    /// The newest answer to a put call of a part; none for parts that put nothing or not to a
    /// stream.
    #[must_use]
    #[inline(never)]
    pub fn put_answer(&self, node: NodeId) -> Option<PutAnswer> {
        let last = self.last_put(node)?;
        let target = self.document().edge(last.edge)?.to.node;
        let (_, stream) = self.streams().find(|(id, _)| *id == target)?;
        let name = self.document().node(target)?.name.clone();
        let whole = last.failed.first().filter(|failed| !is_of_entry(failed.error.code));
        let entries = match whole {
            Some(failed) => Err(self.worded(&name, failed.error)),
            None => Ok(self.entries(last, stream, &name)),
        };
        Some(PutAnswer { api: last.api, stream: name, at: last.at, entries })
    }

    fn entries(
        &self,
        last: &LastPut,
        stream: &Stream,
        name: &str,
    ) -> Vec<Result<Option<Stored>, Refusal>> {
        let mut failed = last.failed.iter().peekable();
        let keys = &self.kernel.keys;
        let entry = |(row, record): (u32, &Record)| {
            if let Some(it) = failed.next_if(|it: &&Failed| it.row == row) {
                return Err(self.worded(name, it.error));
            }
            let hash = last.explicit_hash.unwrap_or_else(|| keys.hash(record.key));
            let number = stream.number_of(record, hash, &self.kernel);
            Ok(number.map(|it| Stored { shard: ShardId(it.shard), sequence_number: it }))
        };
        (0..).zip(last.batch.rows()).map(entry).collect()
    }
}

/// The two errors an entry of `PutRecords` may have (botocore 1.44.5, `PutRecordsResultEntry`);
/// `PutRecord` has one entry, whose error is the call's.
fn is_of_entry(code: ErrorCode) -> bool {
    matches!(code, ErrorCode::ProvisionedThroughputExceeded | ErrorCode::InternalFailure)
}
