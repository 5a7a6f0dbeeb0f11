//! The newest answer a producer got, as the API would have sent it.
//!
//! Between parts an answer names failed entries only. Where the others lie is looked up in the
//! stream when somebody asks, so that nobody else pays for it.

use base::{NodeId, Time};
use scenario::kind::PutApi;

use super::{Answer, Refusal, records};
use crate::batch::Record;
use crate::call::Failed;
use crate::control;
use crate::control::ShardId;
use crate::control::data::Stored;
use crate::engine::Engine;
use crate::kind::producer::last::LastPut;
use crate::kind::stream::Stream;

/// What a put call came back with.
#[derive(Clone, Debug, PartialEq)]
pub struct PutAnswer {
    /// `PutRecord`, `PutRecords`.
    pub operation: &'static str,
    /// Name of the stream.
    pub stream: String,
    /// When the answer arrived.
    pub at: Time,
    /// Entries of the request, and how many of them failed.
    pub entries: (u64, u64),
    /// Status and body, which lists the first entries only.
    pub answer: Answer,
}

impl Engine {
    /// The newest answer to a put call of a part, with at most `count` entries; none for parts that
    /// put nothing or not to a stream. An entry that has left the stream meanwhile is empty.
    #[must_use]
    #[inline(never)]
    pub fn put_answer(&self, node: NodeId, count: u32) -> Option<PutAnswer> {
        let last = self.last_put(node)?;
        let target = self.document().edge(last.edge)?.to.node;
        let (_, stream) = self.streams().find(|(id, _)| *id == target)?;
        let name = &self.document().node(target)?.name;
        let operation = match last.api {
            PutApi::PutRecord => "PutRecord",
            PutApi::PutRecords => "PutRecords",
        };
        let failed = u64::try_from(last.failed.len()).unwrap_or(u64::MAX);
        let one = last.whole || last.api == PutApi::PutRecord;
        let answer = match last.failed.first() {
            Some(failed) if one => {
                let refusal = Refusal::from(self.worded(name, failed.error));
                Answer { status: refusal.status(), body: refusal.body() }
            }
            _ => {
                let mut results = self.results(last, stream, name, count);
                let body = match last.api {
                    PutApi::PutRecord => records::result(results.next()?),
                    PutApi::PutRecords => records::results_body(results, failed),
                };
                Answer { status: 200, body: records::encrypted(self, name, body) }
            }
        };
        let entries = (last.batch.records(), failed);
        Some(PutAnswer { operation, stream: name.clone(), at: last.at, entries, answer })
    }

    fn results<'a>(
        &'a self,
        last: &'a LastPut,
        stream: &'a Stream,
        name: &'a str,
        count: u32,
    ) -> impl Iterator<Item = Result<Option<Stored>, control::Refusal>> + 'a {
        let mut failed = last.failed.iter().peekable();
        let keys = &self.kernel.keys;
        (0..count).zip(last.batch.rows()).map(move |(row, record): (u32, &Record)| {
            if let Some(it) = failed.next_if(|it: &&Failed| it.row == row) {
                return Err(self.worded(name, it.error));
            }
            let hash = last.explicit_hash.unwrap_or_else(|| keys.hash(record.key));
            let number = stream.number_of(record, hash, &self.kernel);
            Ok(number.map(|it| Stored { shard: ShardId(it.shard), sequence_number: it }))
        })
    }
}
