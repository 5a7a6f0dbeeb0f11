//! One record processor: fetch, `processRecords`, checkpoint, again (facts, streams §9.5).

use base::{Duration, EdgeId, Ratio};
use scenario::kind::{CheckpointWhen, StartAt};

use super::lease::Checkpoint;
use super::worker::{Stage, Work};
use super::{Kcl, STEP, due, metric};
use crate::call::{ErrorCode, Got, Request, Response};
use crate::cause::Reason;
use crate::kernel::ctx::Ctx;
use crate::kernel::ledger::Account;

/// `parentShardPollIntervalMillis` (facts, streams §9.2).
const PARENT_POLL: Duration = Duration::from_secs(10);
/// The task back-off (facts, streams §9.2).
const BACKOFF: Duration = Duration::from_millis(500);

impl Kcl {
    /// Sets the timer of the next step.
    pub(super) fn again(&mut self, worker: u32, shard: u32, wait: Duration, ctx: &mut Ctx<'_>) {
        let data = u64::from(worker) << 32 | u64::from(shard);
        if let Some(pump) = self.pump(worker, shard) {
            pump.timer = Some(ctx.after(wait, STEP, data));
        }
    }

    /// The timer rang.
    pub(super) fn step(&mut self, worker: u32, shard: u32, ctx: &mut Ctx<'_>) {
        let paused = self.workers.get(&worker).is_some_and(|worker| worker.paused);
        let Some(pump) = self.pump(worker, shard) else { return };
        pump.timer = None;
        pump.stalled = paused;
        if paused {
            return;
        }
        if let Stage::Works(work) = pump.stage {
            self.processed(worker, shard, work, ctx);
        } else {
            self.fetch(worker, shard, ctx);
        }
    }

    pub(super) fn fetch(&mut self, worker: u32, shard: u32, ctx: &mut Ctx<'_>) {
        let Some(edge) = self.edge else { return };
        let Some(saved) = self.table.rows.get(&shard).map(|lease| lease.checkpoint) else { return };
        let limit = self.config.max_records;
        let waits = self.table.waits(shard);
        let Some(pump) = self.pump(worker, shard) else { return };
        let request = match (pump.stage, saved) {
            (Stage::Works(_) | Stage::Done, _) => return,
            (Stage::Starts, Checkpoint::ShardEnd) => {
                pump.stage = Stage::Done;
                return;
            }
            (Stage::Starts, _) if waits => return self.again(worker, shard, PARENT_POLL, ctx),
            (Stage::Starts, saved) => iterator_at(shard, saved, ctx),
            (Stage::Reads(iterator), _) => Request::GetRecords { iterator, limit },
        };
        pump.asked = ctx.now();
        let token = ctx.send(edge, request);
        if let Some(pump) = self.pump(worker, shard) {
            pump.call = Some(token);
        }
        self.calls.insert(token, Some((worker, shard)));
    }

    pub(super) fn answered(
        &mut self,
        worker: u32,
        shard: u32,
        response: Response,
        ctx: &mut Ctx<'_>,
    ) {
        let Some(pump) = self.pump(worker, shard) else { return };
        match response {
            Response::Iterator(Ok(iterator)) => {
                pump.stage = Stage::Reads(iterator);
                self.fetch(worker, shard, ctx);
            }
            Response::Records(Ok(got)) => self.received(worker, shard, got, ctx),
            Response::Iterator(Err(error)) | Response::Records(Err(error)) => {
                pump.failures += 1;
                if error.code == ErrorCode::ExpiredIterator {
                    pump.stage = Stage::Starts;
                    ctx.count(metric::EXPIRED_ITERATOR, 1);
                }
                self.again(worker, shard, BACKOFF, ctx);
            }
            // A KCL application polls.
            Response::Put(_)
            | Response::Shards(_)
            | Response::Object(_)
            | Response::Consumer(_)
            | Response::Subscription(_)
            | Response::Event(_) => {}
        }
    }

    fn received(&mut self, worker: u32, shard: u32, got: Got, ctx: &mut Ctx<'_>) {
        let Got { batch, next, behind_micros, skipped } = got;
        let (records, bytes, now) = (batch.records(), batch.bytes, ctx.now());
        if let Some(edge) = self.edge {
            ctx.book(Account::Flight(edge), Account::Held(ctx.me()), records, bytes);
            crate::kind::reader::show(edge, shard, &batch, ctx);
        }
        ctx.peak(metric::MILLIS_BEHIND, behind_micros / 1_000);
        self.expired_unread += skipped;
        self.held += records;
        let each = Duration(u64::from(self.config.work_micros) * records);
        let idle = Duration::from_millis(self.config.idle_millis.into());
        let work_ends = each + Duration::from_millis(ctx.harm().extra_millis);
        let Some(pump) = self.pump(worker, shard) else { return };
        let Stage::Reads(at) = pump.stage else { return };
        (pump.behind_micros, pump.answered, pump.failures) = (behind_micros, now, 0);
        let work = Work { from: at.offset + skipped, records, bytes, next };
        pump.stage = Stage::Works(work);
        if skipped > 0 {
            let frontier = self.frontier.get_or_insert_with(shard, || work.from);
            *frontier = (*frontier).max(work.from);
        }
        if records == 0 {
            let wait = self.pump(worker, shard).map(|pump| (pump.asked + idle).since(now));
            self.go_on(worker, shard, (work, wait.unwrap_or(idle)), ctx);
            return;
        }
        if self.config.checkpoint == CheckpointWhen::Before {
            self.table.checkpoint(shard, worker, Checkpoint::After(work.from + records));
        }
        self.again(worker, shard, work_ends, ctx);
    }

    /// `processRecords` returned or threw: then the batch is skipped, not delivered again.
    fn processed(&mut self, worker: u32, shard: u32, work: Work, ctx: &mut Ctx<'_>) {
        let Work { from, records, bytes, .. } = work;
        let (to, now) = (from + records, ctx.now());
        self.held -= records;
        if ctx.rng().chance(Ratio::percent(self.config.fail_percent)) {
            self.skipped += records;
            ctx.drop_held(Reason::Ignored, records, bytes);
        } else {
            let me = ctx.me();
            ctx.book(Account::Held(me), Account::Delivered(me), records, bytes);
            ctx.count(metric::RECORDS_PROCESSED, records);
        }
        let frontier = self.frontier.get_or_insert_with(shard, || from);
        self.twice += to.min(*frontier).saturating_sub(from);
        self.missed += from.saturating_sub(*frontier);
        *frontier = to.max(*frontier);
        let (when, every) = (self.config.checkpoint, self.config.checkpoint_records);
        let interval = self.config.checkpoint_millis;
        let Some(pump) = self.pump(worker, shard) else { return };
        pump.unsaved += records;
        let saves = match when {
            CheckpointWhen::Before => false,
            CheckpointWhen::After => true,
            CheckpointWhen::Records => pump.unsaved >= u64::from(every),
            CheckpointWhen::Interval => due(pump.checkpointed, interval, now),
        };
        if saves {
            (pump.unsaved, pump.checkpointed) = (0, now);
            self.table.checkpoint(shard, worker, Checkpoint::After(to));
        }
        let idle = Duration::from_millis(self.config.idle_millis.into());
        let wait = self.pump(worker, shard).map_or(idle, |pump| (pump.asked + idle).since(now));
        self.go_on(worker, shard, (work, wait), ctx);
    }

    /// After a batch: the next one, the end of the shard, or the end of a lost lease.
    fn go_on(&mut self, worker: u32, shard: u32, then: (Work, Duration), ctx: &mut Ctx<'_>) {
        let (work, wait) = then;
        let owned = self.table.rows.get(&shard).is_some_and(|it| it.owner == Some(worker));
        let Some(pump) = self.pump(worker, shard) else { return };
        if pump.lost {
            if let Some(worker) = self.workers.get_mut(&worker) {
                worker.pumps.remove(&shard);
            }
            return;
        }
        if let Some(iterator) = work.next {
            pump.stage = Stage::Reads(iterator);
            self.again(worker, shard, wait, ctx);
            return;
        }
        // At the end of a shard the checkpoint is a must; a zombie's is refused.
        pump.stage = Stage::Done;
        if owned {
            self.table.checkpoint(shard, worker, Checkpoint::ShardEnd);
            self.list(ctx);
        }
    }
}

/// The iterator a checkpoint stands for.
fn iterator_at(shard: u32, saved: Checkpoint, ctx: &Ctx<'_>) -> Request {
    let (start, sequence_index) = match saved {
        Checkpoint::Latest => (StartAt::Latest, 0),
        Checkpoint::TrimHorizon | Checkpoint::ShardEnd => (StartAt::TrimHorizon, 0),
        // The last processed record has this index: indices count from one.
        Checkpoint::After(offset) => (StartAt::AfterSequenceNumber, offset),
    };
    Request::GetShardIterator { shard, start, timestamp: ctx.now(), sequence_index }
}

/// Books an answer nobody waits for: the records are read again by the lease's next owner.
pub(super) fn absorb(edge: EdgeId, response: &Response, ctx: &mut Ctx<'_>) {
    if let Response::Records(Ok(got)) = response {
        let lost = Account::Dropped(ctx.me(), Reason::Superseded);
        ctx.book(Account::Flight(edge), lost, got.batch.records(), got.batch.bytes);
    }
}
