//! `ListShards`, `GetShardIterator` and `GetRecords`.

use base::units::MIB;
use base::{Duration, EdgeId, Time};
use scenario::kind::StartAt;

use super::lifecycle::Status;
use super::turns::Caller;
use super::{Stream, metric};
use crate::call::{ApiError, ErrorCode, Got, ShardInfo, ShardIterator};
use crate::cause::{Cause, Reason};
use crate::kernel::ctx::Ctx;
use crate::kernel::ledger::Account;

/// `GetRecords` returns no more records (botocore 1.44.5).
pub const RECORDS_MAX: u32 = 10_000;
/// `GetRecords` returns no more bytes (botocore 1.44.5).
const BYTES_MAX: u64 = 10 * MIB;
/// How long an iterator may be used (facts, streams §3.1: tested against production).
pub(crate) const ITERATOR_LIFE: Duration = Duration::from_secs(300);

/// What `GetShardIterator` asks for.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// Shard index.
    pub shard: u32,
    /// `ShardIteratorType`.
    pub start: StartAt,
    /// For `AT_TIMESTAMP`.
    pub timestamp: Time,
    /// For the two sequence number types: the counter inside the number.
    pub sequence_index: u64,
}

impl Stream {
    /// Every shard that is not expired, with the filter `FROM_TRIM_HORIZON`.
    pub(super) fn list_shards(&self, now: Time) -> Vec<ShardInfo> {
        let shards = self.shards.iter().filter(|shard| self.is_listed(shard, now));
        let info = shards.map(|shard| ShardInfo {
            shard: shard.index,
            closed: shard.closed.is_some(),
            parent: shard.parents.0,
            adjacent_parent: shard.parents.1,
            range: shard.range,
            created_secs: shard.created_secs,
        });
        info.collect()
    }

    /// A position in a shard; `limited` says whether the limit of calls a second is kept.
    pub(crate) fn iterator(
        &mut self,
        wanted: Wanted,
        limited: bool,
        ctx: &mut Ctx<'_>,
    ) -> Result<ShardIterator, ApiError> {
        let now = ctx.now();
        let at = self.shard_at(wanted.shard)?;
        self.expire(at, ctx);
        let shard = &mut self.shards[at];
        let error = |reason, code| ApiError { reason, code, shard: wanted.shard };
        if limited {
            let throttled = |reason| error(reason, ErrorCode::ProvisionedThroughputExceeded);
            shard.read.iterator(now).map_err(throttled)?;
        }
        let offset = self.offset(wanted, now)?;
        Ok(ShardIterator { shard: wanted.shard, offset, issued: now })
    }

    /// How many records of the shard's life lie before a position. Below the horizon reading goes
    /// on at the horizon, and the loss is told.
    pub(super) fn offset(&self, wanted: Wanted, now: Time) -> Result<u64, ApiError> {
        let log = &self.shards[self.shard_at(wanted.shard)?].log;
        let offset = match wanted.start {
            StartAt::TrimHorizon => log.horizon(),
            StartAt::Latest => log.end(),
            StartAt::AtTimestamp if wanted.timestamp > now => {
                let (reason, code) = (Reason::InternalFailure, ErrorCode::InvalidArgument);
                return Err(ApiError { reason, code, shard: wanted.shard });
            }
            StartAt::AtTimestamp => log.position_at(wanted.timestamp),
            StartAt::AtSequenceNumber => wanted.sequence_index.saturating_sub(1),
            StartAt::AfterSequenceNumber => wanted.sequence_index,
        };
        Ok(offset.min(log.end()))
    }

    /// Records from an iterator on, with the iterator behind them, through a wire.
    pub(super) fn get_records(
        &mut self,
        edge: EdgeId,
        iterator: ShardIterator,
        limit: u32,
        ctx: &mut Ctx<'_>,
    ) -> Result<Got, ApiError> {
        if let Some((reason, code)) = self.reader_denied(edge, ctx) {
            return Err(ApiError { reason, code, shard: iterator.shard });
        }
        let (got, offset) = self.fetch(iterator, limit, Some(Caller::Wire(edge)), ctx)?;
        let records = got.batch.records();
        ctx.book(Account::Copied(ctx.me()), Account::Flight(edge), records, got.batch.bytes);
        self.readers.note(edge, iterator.shard as usize, offset);
        Ok(got)
    }

    /// What `GetRecords` finds, and the position behind it; without a caller the limits of calls
    /// and bytes a second are not kept.
    pub(crate) fn fetch(
        &mut self,
        iterator: ShardIterator,
        limit: u32,
        caller: Option<Caller>,
        ctx: &mut Ctx<'_>,
    ) -> Result<(Got, u64), ApiError> {
        let now = ctx.now();
        let at = self.shard_at(iterator.shard)?;
        let error = |reason, code| ApiError { reason, code, shard: iterator.shard };
        if now.since(iterator.issued) > ITERATOR_LIFE {
            return Err(error(Reason::ExpiredIterator, ErrorCode::ExpiredIterator));
        }
        if let Some((reason, code)) = self.read_key_refusal(ctx.key_fault(), ctx.now()) {
            let error = error(reason, code);
            self.explain_read(at, error, ctx);
            return Err(error);
        }
        self.expire(at, ctx);
        let limits = &mut self.shards[at].read;
        let admitted = caller.map_or(Ok(()), |caller| limits.call(caller, now));
        if let Err(reason) = admitted {
            let error = error(reason, ErrorCode::ProvisionedThroughputExceeded);
            ctx.count(metric::READ_THROTTLED, 1);
            self.explain_read(at, error, ctx);
            return Err(error);
        }
        let shard = &mut self.shards[at];
        let limit = u64::from(limit.min(RECORDS_MAX));
        let (batch, offset) = shard.log.read(iterator.offset, limit, BYTES_MAX, ctx.keys());
        if let Some(caller) = caller {
            shard.read.returned(caller, batch.bytes);
        }
        let skipped = shard.log.horizon().saturating_sub(iterator.offset);
        let behind = shard.log.behind(offset, now);
        let at_end = offset >= shard.log.end() && shard.closed.is_some();
        let next = ShardIterator { shard: iterator.shard, offset, issued: now };
        let got = Got { next: (!at_end).then_some(next), behind_micros: behind.0, skipped, batch };
        let records = got.batch.records();
        ctx.count(metric::READ_RECORDS, records);
        ctx.count(metric::READ_BYTES, got.batch.bytes);
        self.billed.read(&got.batch, now, ctx.keys());
        ctx.peak(metric::ITERATOR_AGE, got.behind_micros / 1_000);
        Ok((got, offset))
    }

    fn explain_read(&mut self, at: usize, error: ApiError, ctx: &mut Ctx<'_>) {
        let now = ctx.now();
        let shard = &mut self.shards[at];
        if shard.read_explained > now.secs() {
            return;
        }
        shard.read_explained = now.secs() + 1;
        let (limit, used) = shard.read.figures(error.reason);
        ctx.explain(Cause {
            error: format!("{}: {}", error.code.name(), error.message(&ctx.name())).into(),
            shard: Some(error.shard),
            limit,
            used,
            ..Cause::new(now, ctx.me(), error.reason)
        });
    }

    pub(super) fn shard_at(&self, shard: u32) -> Result<usize, ApiError> {
        let (reason, code) = (Reason::InternalFailure, ErrorCode::ResourceNotFound);
        let at = shard as usize;
        let exists = at < self.shards.len() && self.life.status != Status::Creating;
        if exists { Ok(at) } else { Err(ApiError { reason, code, shard }) }
    }
}
