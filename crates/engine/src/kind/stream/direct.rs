//! Puts of a caller that has no wire: the API's. Routing and limits are those of every put.

use std::rc::Rc;

use base::{KeyId, RecordId, Time};
use scenario::kind::PutApi;

use super::limiter::rounding;
use super::put::Entry;
use super::{SequenceNumber, Stream, metric};
use crate::batch::Record;
use crate::call::{ApiError, ErrorCode};
use crate::cause::Reason;
use crate::kernel::ctx::Ctx;
use crate::kernel::ledger::Account;

/// One entry of `PutRecord` or `PutRecords`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PutEntry {
    /// `PartitionKey`; empty where an AUTO stream was given none.
    pub partition_key: String,
    /// `ExplicitHashKey`.
    pub explicit_hash: Option<u128>,
    /// `Data`, decoded.
    pub data: Vec<u8>,
}

impl PutEntry {
    /// Data plus partition key: what every limit counts (facts, streams §1.2).
    #[must_use]
    pub fn bytes(&self) -> u64 {
        (self.data.len() + self.partition_key.len()) as u64
    }
}

impl Stream {
    /// Takes the entries in order and gives a result for each. What is stored counts as born here,
    /// for its maker is outside of the picture; what is refused never was.
    pub(crate) fn put_entries(
        &mut self,
        entries: &[PutEntry],
        api: PutApi,
        limited: bool,
        ctx: &mut Ctx<'_>,
    ) -> Vec<Result<SequenceNumber, ApiError>> {
        let (mut stored, mut stored_bytes, mut throttled) = (0, 0, 0_u32);
        let mut last = None;
        let mut results = Vec::with_capacity(entries.len());
        for entry in entries {
            let key = ctx.keys_mut().intern(&entry.partition_key);
            ctx.keys_mut().touch(key);
            let id = ctx.new_records(1);
            let record = record(id, key, ctx.now(), &entry.data);
            let hash = entry.explicit_hash.unwrap_or_else(|| ctx.keys().hash(key));
            let (bytes, shard) = (record.bytes(ctx.keys()), self.place(hash));
            let slot = ctx.keys().slot(key);
            let admitted =
                self.admit(Entry { record: &record, bytes, shard, slot }, api, limited, ctx);
            let state = &self.shards[shard];
            results.push(match admitted {
                Ok(()) => {
                    stored += 1;
                    stored_bytes += bytes;
                    last = Some(shard);
                    Ok(state.sequence_number(state.log.end(), ctx.wall_millis(ctx.now()) / 1_000))
                }
                Err((reason, code)) => {
                    throttled += 1;
                    Err(ApiError { reason, code, shard: state.index })
                }
            });
        }
        if let (PutApi::PutRecords, Some(last), true) = (api, last, limited) {
            self.shards[last].write.charge(rounding(stored_bytes));
        }
        self.number(&mut results);
        self.held += stored;
        let me = ctx.me();
        ctx.book(Account::Born(me), Account::Held(me), stored, stored_bytes);
        ctx.count(metric::INCOMING_RECORDS, stored);
        ctx.count(metric::INCOMING_BYTES, stored_bytes);
        ctx.count(metric::WRITE_THROTTLED, u64::from(throttled));
        if api == PutApi::PutRecords {
            ctx.count(metric::TOTAL_RECORDS, entries.len() as u64);
        }
        if throttled > 0 {
            ctx.rejected(throttled);
        }
        results
    }

    /// Gives the records of a call their numbers, where those are not their places: shard by shard,
    /// the last one first, as kinesalite saw it in production.
    fn number(&mut self, results: &mut [Result<SequenceNumber, ApiError>]) {
        let Some(numbering) = &mut self.numbering else { return };
        for shard in self.shards.iter().rev() {
            let horizon = shard.log.horizon();
            let stored = results.iter_mut().flatten().filter(|it| it.shard == shard.index);
            stored.for_each(|it| it.index = numbering.next(it.shard, it.index, horizon));
        }
    }

    /// Why a call cannot be answered at all: a fault on purpose, of the service or of its key.
    pub(crate) fn broken(&self, ctx: &mut Ctx<'_>) -> Option<ApiError> {
        let internal = (Reason::InternalFailure, ErrorCode::InternalFailure);
        let down = ctx.harm().fails.then_some(internal);
        let (reason, code) = down.or_else(|| self.write_key_refusal(ctx.key_fault(), ctx.now()))?;
        Some(ApiError { reason, code, shard: 0 })
    }
}

fn record(id: RecordId, key: KeyId, born: Time, data: &[u8]) -> Record {
    let len = u32::try_from(data.len()).expect("the largest record has 10 MiB");
    Record::new((id, key, born), &Rc::new(data.to_vec()), 0..len, len)
}
