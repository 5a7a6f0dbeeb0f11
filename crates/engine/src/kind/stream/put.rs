//! `PutRecord` and `PutRecords`: routing, limits, one result for each entry.

use base::{Duration, EdgeId, KeyId};
use scenario::kind::PutApi;

use super::lifecycle::Status;
use super::limiter::{WRITE_BYTES_PER_SEC, WRITE_RECORDS_PER_SEC, rounding};
use super::{Stream, metric, record_bytes_max};
use crate::batch::Record;
use crate::call::{ApiError, ErrorCode, Failed, Put, PutOutcome, Response};
use crate::cause::{Cause, Reason};
use crate::kernel::ctx::{Ctx, Dot};
use crate::kernel::ledger::Account;
use crate::kernel::queue::Token;
use crate::snapshot::Outcome;

/// Entries of one `PutRecords` call (botocore 1.44.5).
const ENTRIES_MAX: u64 = 500;
/// Refusals explained in one call: the first of each shard and second, and no more than this.
const EXPLAINED_MAX: usize = 4;

/// What one call has come to so far.
#[derive(Debug, Default)]
struct Tally {
    failed: Vec<Failed>,
    /// The call failed as a whole.
    whole: bool,
    /// Where each entry belongs, for callers that want to know.
    shards: Vec<u32>,
    stored: u64,
    stored_bytes: u64,
    throttled: u32,
    /// Records by colour slot.
    accepted: [u32; 7],
    refused: [u32; 7],
    /// The shard of the last entry that was stored.
    last: Option<usize>,
    /// Refusals to be explained.
    explained: Vec<Explained>,
}

/// A refusal that is explained once the whole call is done.
#[derive(Debug)]
struct Explained {
    shard: usize,
    key: KeyId,
    /// Data plus key of the record.
    bytes: u64,
    reason: Reason,
}

/// One entry on its way in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry<'a> {
    pub(super) record: &'a Record,
    /// Data plus key.
    pub(super) bytes: u64,
    /// Which shard owns its hash.
    pub(super) shard: usize,
    pub(super) slot: u8,
}

impl Stream {
    pub(super) fn put(&mut self, token: Token, edge: EdgeId, put: &Put, ctx: &mut Ctx<'_>) {
        let (harm, rejects) = ctx.harm_entries();
        let delay = self.put_latency(ctx) + Duration::from_millis(harm.extra_millis);
        let refusal = self.refusal(put, harm.fails, ctx);
        let refusal = refusal.or_else(|| self.writer_denied(edge, put.batch.records(), ctx));
        let mut tally = Tally { whole: refusal.is_some(), ..Tally::default() };
        let stride = ctx.stride();
        for (at, record) in (0_u32..).zip(put.batch.rows()) {
            let hash = put.explicit_hash.of(at).unwrap_or_else(|| ctx.keys().hash(record.key));
            let bytes = record.bytes(ctx.keys());
            let (shard, slot) = (self.place(hash), ctx.keys().slot(record.key));
            let entry = Entry { record, bytes, shard, slot };
            if put.wants_shards {
                tally.shards.push(self.shards[shard].index);
            }
            let verdict = match refusal {
                Some(error) => Err(error),
                None if rejects.num > 0 && ctx.rng().chance(rejects) => {
                    Err((Reason::InternalFailure, ErrorCode::InternalFailure))
                }
                None => self.admit(entry, put.api, true, ctx),
            };
            if record.id.0.is_multiple_of(stride) {
                let outcome = if verdict.is_ok() { taken(put) } else { Outcome::Rejected };
                let lane = self.shards[shard].index;
                ctx.sample(edge, Dot { record, slot, lane, outcome });
            }
            self.note(entry, at, verdict, &mut tally, ctx);
        }
        self.finish(edge, put, &mut tally, ctx);
        let Tally { failed, shards, whole, .. } = tally;
        let outcome = PutOutcome { failed, shards, lost: harm.lost, whole };
        ctx.reply(token, delay, Response::Put(outcome));
    }

    fn put_latency(&self, ctx: &mut Ctx<'_>) -> Duration {
        let (median, p99) = (self.config.put_latency_millis, self.config.put_latency_p99_millis);
        let micros = |millis: u32| u64::from(millis) * 1_000;
        Duration(base::sample::log_normal(ctx.rng(), micros(median), micros(p99)))
    }

    /// Why the call fails as a whole, if it does: then nothing of it is stored.
    fn refusal(&self, put: &Put, down: bool, ctx: &Ctx<'_>) -> Option<(Reason, ErrorCode)> {
        if down {
            return Some((Reason::InternalFailure, ErrorCode::InternalFailure));
        }
        if self.life.status == Status::Creating {
            return Some((Reason::StreamMissing, ErrorCode::ResourceNotFound));
        }
        if let Some(refusal) = self.write_key_refusal(ctx.key_fault(), ctx.now()) {
            return Some(refusal);
        }
        if put.api == PutApi::PutRecords {
            if put.batch.records() > ENTRIES_MAX {
                return Some((Reason::TooLarge, ErrorCode::Validation));
            }
            if put.batch.bytes > ctx.limits().request_bytes_max {
                return Some((Reason::TooLarge, ErrorCode::InvalidArgument));
            }
        }
        let keys = ctx.keys();
        if keys.has_long() && put.batch.rows().any(|record| keys.is_long(record.key)) {
            return Some((Reason::KeyTooLong, ErrorCode::Validation));
        }
        let most = record_bytes_max(&self.config);
        // A call of this few bytes cannot hold a record that is too large.
        if put.batch.bytes <= most {
            return None;
        }
        let too_large = put.batch.rows().any(|record| record.bytes(ctx.keys()) > most);
        too_large.then_some((Reason::TooLarge, ErrorCode::InvalidArgument))
    }

    /// Stores one entry if its shard has room for it, or in any case where limits are not kept.
    #[inline]
    pub(super) fn admit(
        &mut self,
        entry: Entry<'_>,
        api: PutApi,
        limited: bool,
        ctx: &mut Ctx<'_>,
    ) -> Result<(), (Reason, ErrorCode)> {
        let now = ctx.now();
        let Entry { record, bytes, shard, slot } = entry;
        let state = &mut self.shards[shard];
        let cell = state.window.cell(now);
        cell.records += 1;
        let size = u32::try_from(bytes).unwrap_or(u32::MAX);
        cell.bytes = cell.bytes.saturating_add(size);
        if limited {
            state.write.refill(now);
            let throttled = |reason| (reason, ErrorCode::ProvisionedThroughputExceeded);
            state.write.take(charged(api, bytes)).map_err(throttled)?;
        }
        cell.stored += 1;
        cell.stored_bytes = cell.stored_bytes.saturating_add(size);
        self.billed.put(record.data_bytes());
        state.minute.count(bytes);
        state.log.push(record, bytes, now);
        if record.id.0.is_multiple_of(ctx.stride()) {
            state.recent.push((now, record.key));
        }
        if let Some(history) = &mut state.history {
            history.count(now.secs(), slot);
        }
        let heard = state.listeners > 0;
        if state.expiry.is_none() {
            self.watch_expiry(shard, ctx);
        }
        if heard {
            self.wake(shard, ctx);
        }
        Ok(())
    }

    /// Writes down what became of one entry.
    #[inline]
    fn note(
        &self,
        entry: Entry<'_>,
        at: u32,
        verdict: Result<(), (Reason, ErrorCode)>,
        tally: &mut Tally,
        ctx: &mut Ctx<'_>,
    ) {
        let slot = usize::from(entry.slot);
        let Err((reason, code)) = verdict else {
            tally.accepted[slot] += 1;
            tally.stored += 1;
            tally.stored_bytes += entry.bytes;
            tally.last = Some(entry.shard);
            return;
        };
        let shard = &self.shards[entry.shard];
        tally.refused[slot] += 1;
        tally.throttled += u32::from(code == ErrorCode::ProvisionedThroughputExceeded);
        tally.failed.push(Failed { row: at, error: ApiError { reason, code, shard: shard.index } });
        let known = tally.explained.iter().any(|other| other.shard == entry.shard);
        // Who was denied is told why, not the stream.
        let known = known || reason == Reason::AccessDenied;
        let fresh = !known && shard.explained <= ctx.now().secs();
        if fresh && tally.explained.len() < EXPLAINED_MAX {
            let Entry { record, bytes, shard, .. } = entry;
            tally.explained.push(Explained { shard, key: record.key, bytes, reason });
        }
    }

    /// Books and counts what the call came to.
    fn finish(&mut self, edge: EdgeId, put: &Put, tally: &mut Tally, ctx: &mut Ctx<'_>) {
        if let (PutApi::PutRecords, Some(last)) = (put.api, tally.last) {
            self.shards[last].write.charge(rounding(tally.stored_bytes));
        }
        self.held += tally.stored;
        let held = Account::Held(ctx.me());
        ctx.book(Account::Flight(edge), held, tally.stored, tally.stored_bytes);
        for (slot, (accepted, refused)) in (0_u8..).zip(tally.accepted.iter().zip(tally.refused)) {
            ctx.passed(edge, slot, *accepted, taken(put));
            ctx.passed(edge, slot, refused, Outcome::Rejected);
        }
        ctx.count(metric::INCOMING_RECORDS, tally.stored);
        ctx.count(metric::INCOMING_BYTES, tally.stored_bytes);
        ctx.count(metric::WRITE_THROTTLED, u64::from(tally.throttled));
        if put.api == PutApi::PutRecords {
            ctx.count(metric::TOTAL_RECORDS, put.batch.records());
        }
        if tally.failed.is_empty() {
            return;
        }
        ctx.rejected(u32::try_from(tally.failed.len()).unwrap_or(u32::MAX));
        for refusal in core::mem::take(&mut tally.explained) {
            self.explain(&refusal, (put, tally), ctx);
        }
    }

    #[inline(never)]
    fn explain(&mut self, refusal: &Explained, (put, tally): (&Put, &Tally), ctx: &mut Ctx<'_>) {
        let now = ctx.now();
        let failed = &tally.failed;
        let Explained { shard, key, bytes, reason } = *refusal;
        let state = &mut self.shards[shard];
        state.explained = now.secs() + 1;
        let taken = state.window.busiest_second(now);
        let records_permille = base::units::permille(taken.stored.into(), WRITE_RECORDS_PER_SEC);
        let bytes_permille = base::units::permille(taken.stored_bytes.into(), WRITE_BYTES_PER_SEC);
        let (used, room) = state.write.figures(reason);
        let (limit, needs, used, offered, other) = match reason {
            Reason::ShardRecords => (WRITE_RECORDS_PER_SEC, 1, used, taken.records, bytes_permille),
            Reason::ShardBytes => {
                let needs = charged(put.api, bytes);
                (WRITE_BYTES_PER_SEC, needs, used, taken.bytes, records_permille)
            }
            Reason::KmsKey => (0, 0, 0, 0, 0),
            _ => (record_bytes_max(&self.config), 0, put.batch.bytes, 0, 0),
        };
        let index = state.index;
        let of_shard = failed.iter().find(|f| f.error.shard == index && f.error.reason == reason);
        let error = of_shard.map_or_else(String::new, |failed| {
            let error = failed.error;
            format!("{}: {}", error.code.name(), error.message(&ctx.name()))
        });
        let entries = u32::try_from(put.batch.records()).unwrap_or(u32::MAX);
        let records = failed.iter().filter(|failed| failed.error.shard == index).count();
        // With AUTO no key led to the shard.
        let owned = (!self.config.spreads()).then(|| {
            let explicit = of_shard.and_then(|failed| put.explicit_hash.of(failed.row));
            explicit.unwrap_or_else(|| ctx.keys().hash(key))
        });
        ctx.explain(Cause {
            error: error.into(),
            shard: Some(index),
            range: Some(state.range),
            key: owned.map(|_hash| ctx.keys().text(key).clone()),
            hash: owned,
            limit,
            used,
            room,
            needs,
            offered: offered.into(),
            other_permille: u32::try_from(other).unwrap_or(u32::MAX),
            entries: (u32::try_from(failed.len()).unwrap_or(u32::MAX), entries),
            whole: tally.whole || put.api == PutApi::PutRecord,
            attempt: (put.attempt, put.attempts_max),
            records: u32::try_from(records).unwrap_or(u32::MAX),
            ..Cause::new(now, ctx.me(), reason)
        });
    }
}

/// What a record costs its shard: `PutRecord` counts whole KB for each record, `PutRecords` for the
/// sum of the call.
fn charged(api: PutApi, bytes: u64) -> u64 {
    match api {
        PutApi::PutRecord => bytes + rounding(bytes),
        PutApi::PutRecords => bytes,
    }
}

/// How a record looks that was stored.
fn taken(put: &Put) -> Outcome {
    if put.copies {
        Outcome::Duplicate
    } else if put.attempt > 1 {
        Outcome::Retried
    } else {
        Outcome::Accepted
    }
}
