//! One record processor: fetch, `processRecords`, checkpoint, again (facts, streams §9.5).

use base::{Duration, EdgeId, Ratio};
use scenario::kind::{CheckpointWhen, OnException, StartAt};

use super::worker::{Arrived, End, Next, Stage, Work};
use super::{CALL_AGAIN, Call, Kcl, STEP, leases::Then, metric};
use crate::batch::Batch;
use crate::call::{ApiError, ErrorCode, Got, ItemPut, ItemsOutcome, Request, Response};
use crate::cause::{Cause, Reason};
use crate::kernel::ctx::Ctx;
use crate::kernel::ledger::Account;
use crate::kind::reader::show;
use crate::lease::{Checkpoint, Lease, LeaseCall, Position};
use crate::snapshot::MarkKind;
use crate::wire::kpl;

/// `parentShardPollIntervalMillis` (facts, streams §9.2).
const PARENT_POLL: Duration = Duration::from_secs(10);
/// The first wait before unprocessed items are written again, doubled each time, and the longest:
/// the client of DynamoDB begins at 50 ms and stops at 20 s (AWS SDK for Java 2).
const ITEM_WAIT_MILLIS: u64 = 50;
const ITEM_WAIT_MAX: Duration = Duration::from_secs(20);

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
        match pump.stage {
            Stage::Starts => self.lease(LeaseCall::Get { shard }, Then::Start(worker), ctx),
            Stage::Reads(iterator) => {
                let limit = self.config.max_records;
                self.send(worker, shard, Request::GetRecords { iterator, limit }, ctx);
            }
            Stage::Listens(subscription) => {
                self.send(worker, shard, Request::NextEvent { subscription, shard }, ctx);
            }
            Stage::Resumes(place) => {
                let checkpoint = match place {
                    0 => Checkpoint::TrimHorizon,
                    index => Checkpoint::After(Position { index, secs: 0, sub: 0 }),
                };
                self.open(worker, shard, iterator_at(shard, checkpoint, ctx), ctx);
            }
            Stage::Works => self.processed(worker, shard, ctx),
            Stage::Writes => self.write(worker, shard, ctx),
            Stage::Saves(checkpoint, next) => self.save(worker, shard, (checkpoint, next), ctx),
            Stage::Done => {}
        }
    }

    pub(super) fn send(&mut self, worker: u32, shard: u32, request: Request, ctx: &mut Ctx<'_>) {
        let Some(edge) = self.wires.stream else { return };
        if let Some(pump) = self.pump(worker, shard) {
            pump.asked = ctx.now();
        }
        self.ask((worker, shard), (edge, request), Call::Pump(worker, shard), ctx);
    }

    /// The row of the shard: where to begin, and whether its parents are processed.
    pub(super) fn start(
        &mut self,
        worker: u32,
        shard: u32,
        row: Option<(Lease, bool)>,
        ctx: &mut Ctx<'_>,
    ) {
        let Some(pump) = self.pump(worker, shard) else { return };
        match row {
            Some((_, true)) => self.again(worker, shard, PARENT_POLL, ctx),
            Some((Lease { checkpoint: Checkpoint::ShardEnd, .. }, _)) => {
                // Whoever wrote the end may not have heard of it.
                pump.stage = Stage::Done;
                self.ended(shard, ctx);
            }
            None => pump.stage = Stage::Done,
            Some((lease, false)) => {
                self.open(worker, shard, iterator_at(shard, lease.checkpoint, ctx), ctx);
            }
        }
    }

    /// The stream or the target answered.
    pub(super) fn pumped(
        &mut self,
        (worker, shard): (u32, u32),
        edge: EdgeId,
        response: Response,
        ctx: &mut Ctx<'_>,
    ) {
        let Some(pump) = self.pump(worker, shard) else { return };
        match response {
            Response::Iterator(Ok(iterator)) => {
                pump.place = Some(iterator.offset);
                pump.stage = Stage::Reads(iterator);
                self.again(worker, shard, Duration::ZERO, ctx);
            }
            Response::Subscription(Ok(subscription)) => {
                pump.stage = Stage::Listens(subscription);
                self.again(worker, shard, Duration::ZERO, ctx);
            }
            Response::Records(Ok(got)) => self.got(worker, shard, got, ctx),
            Response::Event(Ok(event)) => self.heard(worker, shard, event, ctx),
            Response::Subscription(Err(_)) | Response::Event(Err(_)) => {
                self.unsubscribed(worker, shard, ctx);
            }
            Response::Iterator(Err(error)) | Response::Records(Err(error)) => {
                pump.failures += 1;
                let has_expired = error.code == ErrorCode::ExpiredIterator;
                if has_expired {
                    // A new iterator at the last position (facts, streams §9.5).
                    pump.stage = pump.place.map_or(Stage::Starts, Stage::Resumes);
                    ctx.count(metric::EXPIRED_ITERATOR, 1);
                    let stream = ctx.peer_name(self.wires.stream);
                    let text = format!("{}: {}", error.code.name(), error.message(&stream));
                    let plain = Cause::new(ctx.now(), ctx.me(), error.reason);
                    ctx.explain(Cause { error: text.into(), shard: Some(shard), ..plain });
                }
                self.again(worker, shard, CALL_AGAIN, ctx);
            }
            Response::Items(outcome) => self.wrote((worker, shard), edge, outcome, ctx),
            Response::Bulk(outcome) => self.indexed((worker, shard), edge, &outcome, ctx),
            Response::Copy(result) => self.copied((worker, shard), result, ctx),
            Response::Put(_)
            | Response::Shards(_)
            | Response::Object(_)
            | Response::Lease(_)
            | Response::Consumer(_)
            | Response::Post(_)
            | Response::Content(_) => {}
        }
    }

    fn got(&mut self, worker: u32, shard: u32, got: Got, ctx: &mut Ctx<'_>) {
        let Got { batch, next, behind_micros, skipped } = got;
        let Some(pump) = self.pump(worker, shard) else { return };
        let Stage::Reads(at) = pump.stage else { return };
        let (from, next) = (at.offset + skipped, next.map(Stage::Reads));
        self.received(worker, shard, Arrived { batch, from, next, behind_micros, skipped }, ctx);
    }

    pub(super) fn received(
        &mut self,
        worker: u32,
        shard: u32,
        arrived: Arrived,
        ctx: &mut Ctx<'_>,
    ) {
        let Arrived { batch, from, next, behind_micros, skipped } = arrived;
        debug_assert!(batch.is_in_order(), "a shard is read in the order it was written");
        let is_connector = self.pipeline.is_some();
        let (records, bytes, now) = (batch.records(), batch.bytes, ctx.now());
        if let Some(edge) = self.wires.stream {
            ctx.book(Account::Flight(edge), Account::Held(ctx.me()), records, bytes);
            show(edge, shard, &batch, ctx);
        }
        self.held += records;
        let Some(pump) = self.pump(worker, shard) else { return };
        (pump.behind_micros, pump.answered, pump.failures) = (behind_micros, now, 0);
        pump.place = Some(from + records);
        pump.bytes += bytes;
        // A connector application transforms records as they are.
        if !is_connector {
            (pump.more_users, pump.sub) = users(&batch);
        }
        let held = (records, bytes);
        let last = batch.rows().last().map_or(now, |record| record.arrival);
        let work = Work { batch, from, to: from + records, last, held, failures: 0, next };
        let buffer = core::mem::take(&mut pump.work);
        let work = self.join(buffer, work, ctx);
        let Some(pump) = self.pump(worker, shard) else { return };
        pump.work = work;
        pump.stage = Stage::Works;
        // The shard that is furthest behind counts, also while another one is read.
        let pumps = self.workers.values().flat_map(|worker| worker.pumps.values());
        let most = pumps
            .filter(|pump| !pump.lost)
            .map(|pump| pump.behind_micros)
            .max()
            .unwrap_or(behind_micros);
        ctx.peak(metric::MILLIS_BEHIND, most / 1_000);
        if let Some(shard) = self.shards.get_mut(&shard) {
            (shard.behind_micros, shard.answered) = (behind_micros, now);
        }
        self.lose_expired(shard, from, skipped, ctx);
        if records == 0 && self.pipeline.is_none() {
            self.go_on(worker, shard, ctx);
        } else if self.config.checkpoint == CheckpointWhen::Before {
            let checkpoint = self.position(worker, shard, ctx);
            self.save(worker, shard, (checkpoint, Next::Work), ctx);
        } else {
            self.work(worker, shard, ctx);
        }
    }

    /// Records expired before this application came to them: the stream booked them, this tells it.
    fn lose_expired(&mut self, shard: u32, from: u64, skipped: u64, ctx: &mut Ctx<'_>) {
        if skipped == 0 {
            return;
        }
        self.expired_unread += skipped;
        if let Some(known) = self.shards.get_mut(&shard) {
            known.frontier = Some(known.frontier.unwrap_or(from).max(from));
        }
        ctx.mark(MarkKind::Loss);
        let records = u32::try_from(skipped).unwrap_or(u32::MAX);
        let plain = Cause::new(ctx.now(), ctx.me(), Reason::RetentionLost);
        ctx.explain(Cause { shard: Some(shard), records, ..plain });
    }

    /// `processRecords` begins.
    pub(super) fn work(&mut self, worker: u32, shard: u32, ctx: &mut Ctx<'_>) {
        let slow = self.workers.get(&worker).is_some_and(|worker| worker.slow);
        let times = if slow { u64::from(self.config.slow_times) } else { 1 };
        let each = u64::from(self.config.work_micros) * times;
        let extra = Duration::from_millis(ctx.harm().extra_millis);
        let Some(pump) = self.pump(worker, shard) else { return };
        pump.stage = Stage::Works;
        let users = pump.work.held.0 + pump.more_users;
        let wait = Duration(each.saturating_mul(users)) + extra;
        if let Some(worker) = self.workers.get_mut(&worker) {
            worker.busy_micros = worker.busy_micros.saturating_add(wait.0);
        }
        self.again(worker, shard, wait, ctx);
    }

    /// `processRecords` came to its end: it returns, or it throws.
    fn processed(&mut self, worker: u32, shard: u32, ctx: &mut Ctx<'_>) {
        let percent = self.config.fail_percent;
        let poison = self.config.poison_key.clone();
        let Some(batch) = self.pump(worker, shard).map(|pump| pump.work.batch.clone()) else {
            return;
        };
        let is_poisoned =
            !poison.is_empty() && batch.rows().any(|it| **ctx.keys().text(it.key) == *poison);
        let throws = is_poisoned || (percent > 0 && ctx.rng().chance(Ratio::percent(percent)));
        if !throws {
            return self.write(worker, shard, ctx);
        }
        let most = self.config.attempts_max;
        let retries = self.config.on_exception == OnException::Retry;
        let wait = Duration::from_millis(self.config.retry_millis.into());
        let Some(pump) = self.pump(worker, shard) else { return };
        pump.work.failures += 1;
        let goes_on = retries && (most == 0 || pump.work.failures < most) && !pump.lost;
        if goes_on {
            let (failures, records) = (u64::from(pump.work.failures), pump.work.held.0);
            if (failures - 1).is_multiple_of(Duration::SECOND.0.div_ceil(wait.0.max(1))) {
                explain_retry(shard, records, wait, ctx);
            }
            return self.again(worker, shard, wait, ctx);
        }
        let (records, bytes) = core::mem::take(&mut pump.work.held);
        self.held -= records;
        self.skipped += records;
        ctx.drop_held(Reason::ProcessorException, records, bytes);
        ctx.mark(MarkKind::Loss);
        let lost = u32::try_from(records).unwrap_or(u32::MAX);
        let plain = Cause::new(ctx.now(), ctx.me(), Reason::ProcessorException);
        ctx.explain(Cause { shard: Some(shard), records: lost, ..plain });
        self.finish(worker, shard, End::Bad, ctx);
    }

    /// What `processRecords` does with its batch.
    fn write(&mut self, worker: u32, shard: u32, ctx: &mut Ctx<'_>) {
        if self.pipeline.is_some() {
            self.drain(worker, shard, ctx);
        } else {
            self.write_items(worker, shard, ctx);
        }
    }

    /// Hands what is left of the batch to the target; without one it is delivered here.
    pub(super) fn write_items(&mut self, worker: u32, shard: u32, ctx: &mut Ctx<'_>) {
        let (me, target) = (ctx.me(), self.wires.target);
        let Some(pump) = self.pump(worker, shard) else { return };
        let (records, bytes) = core::mem::take(&mut pump.work.held);
        let batch = pump.work.batch.clone();
        let more_users = pump.more_users;
        pump.stage = Stage::Writes;
        self.held -= records;
        let Some(edge) = target else {
            ctx.book(Account::Held(me), Account::Delivered(me), records, bytes);
            ctx.count(metric::RECORDS_PROCESSED, records + more_users);
            return self.emitted(worker, shard, ctx);
        };
        ctx.book(Account::Held(me), Account::Flight(edge), records, bytes);
        show(edge, 0, &batch, ctx);
        let request = Request::PutItems(ItemPut { batch, shard });
        self.ask((worker, shard), (edge, request), Call::Pump(worker, shard), ctx);
    }

    /// The target answered: what it did not take is written again.
    fn wrote(
        &mut self,
        (worker, shard): (u32, u32),
        edge: EdgeId,
        outcome: ItemsOutcome,
        ctx: &mut Ctx<'_>,
    ) {
        let me = ctx.me();
        let Some(pump) = self.pump(worker, shard) else { return };
        let all = core::mem::take(&mut pump.work.batch);
        let left = all.skip(u64::from(outcome.stored), ctx.keys());
        let (records, bytes) = (left.records(), left.bytes);
        let stored = (all.records() - records, all.bytes - bytes);
        ctx.book(Account::Flight(edge), Account::Held(me), records, bytes);
        // An answer that is lost leaves the client with everything to write once more.
        if outcome.lost {
            ctx.book(Account::Copied(me), Account::Held(me), stored.0, stored.1);
            pump.work.held = (all.records(), all.bytes);
            pump.work.batch = all;
        } else {
            let more = if records == 0 { pump.more_users } else { 0 };
            ctx.count(metric::RECORDS_PROCESSED, stored.0 + more);
            pump.work.held = (records, bytes);
            pump.work.batch = left;
        }
        // Progress begins the wait anew.
        let failures = if outcome.stored > 0 { 0 } else { pump.work.failures };
        pump.work.failures = failures + 1;
        let held = pump.work.held.0;
        self.held += held;
        if held == 0 {
            return self.emitted(worker, shard, ctx);
        }
        if let Some(error) = outcome.error {
            self.explain_items(error, shard, ctx);
        }
        let wait = Duration::from_millis(ITEM_WAIT_MILLIS << failures.min(10)).min(ITEM_WAIT_MAX);
        let wait = self.pipeline.as_ref().map_or(wait, |pipeline| pipeline.backoff);
        self.again(worker, shard, wait, ctx);
    }

    pub(super) fn explain_items(&mut self, error: ApiError, shard: u32, ctx: &mut Ctx<'_>) {
        let second = ctx.now().secs();
        if self.explained > second {
            return;
        }
        self.explained = second + 1;
        let table = ctx.peer_name(self.wires.target.or(self.wires.domain));
        let text = format!("{}: {}", error.code.name(), error.message(&table));
        let plain = Cause::new(ctx.now(), ctx.me(), error.reason);
        ctx.explain(Cause { error: text.into(), shard: Some(shard), ..plain });
    }

    /// The batch is done, well or badly: it counts, and may be saved.
    pub(super) fn finish(&mut self, worker: u32, shard: u32, end: End, ctx: &mut Ctx<'_>) {
        let now = ctx.now();
        let config = (self.config.checkpoint, self.config.checkpoint_records);
        let interval = Duration::from_millis(self.config.checkpoint_millis.into());
        let idle = self.idle();
        let Some(pump) = self.pump(worker, shard) else { return };
        let Work { from, to, .. } = pump.work;
        pump.work.batch = Batch::default();
        pump.work.from = to;
        pump.unsaved += to - from;
        let worked = now.since(pump.answered);
        let behind_micros = pump.behind_micros;
        let saves = match config {
            (CheckpointWhen::Before, _) => false,
            (CheckpointWhen::After, _) => true,
            (CheckpointWhen::Records, every) => pump.unsaved >= u64::from(every),
            (CheckpointWhen::Interval, _) => now.since(pump.checkpointed) >= interval,
        };
        if worked > idle {
            // The position stood still meanwhile: that shows.
            ctx.peak(metric::MILLIS_BEHIND, (worked.0 + behind_micros) / 1_000);
        }
        if let Some(known) = self.shards.get_mut(&shard) {
            let frontier = known.frontier.unwrap_or(from);
            if end == End::Good {
                let processed = known.processed.unwrap_or(from);
                self.twice += to.min(processed).saturating_sub(from);
                known.processed = Some(to.max(processed));
            }
            self.missed += from.saturating_sub(frontier);
            known.frontier = Some(to.max(frontier));
        }
        if saves {
            let checkpoint = self.position(worker, shard, ctx);
            self.save(worker, shard, (checkpoint, Next::Fetch), ctx);
        } else {
            self.go_on(worker, shard, ctx);
        }
    }

    /// The checkpoint behind the batch in hand.
    fn position(&mut self, worker: u32, shard: u32, ctx: &Ctx<'_>) -> Checkpoint {
        let Some(pump) = self.pump(worker, shard) else { return Checkpoint::TrimHorizon };
        let secs = ctx.wall_millis(pump.work.last) / 1_000;
        Checkpoint::After(Position { index: pump.work.to, secs, sub: pump.sub })
    }

    /// After a batch: the next one, the end of the shard, or the end of a lost lease.
    pub(super) fn go_on(&mut self, worker: u32, shard: u32, ctx: &mut Ctx<'_>) {
        let (idle, now) = (self.idle(), ctx.now());
        let Some(pump) = self.pump(worker, shard) else { return };
        if pump.lost {
            return self.give_up(worker, shard, ctx);
        }
        if let Some(next) = pump.work.next {
            // What is pushed has no pause between reads.
            let wait = match next {
                Stage::Reads(_) => (pump.asked + idle).since(now),
                _ => Duration::ZERO,
            };
            pump.stage = next;
            return self.again(worker, shard, wait, ctx);
        }
        // At the end of a shard the checkpoint is a must; a zombie's is refused.
        self.save(worker, shard, (Checkpoint::ShardEnd, Next::End), ctx);
    }

    /// The record processor of a lost lease ends: what it holds is processed by the new owner.
    pub(super) fn give_up(&mut self, worker: u32, shard: u32, ctx: &mut Ctx<'_>) {
        let Some(worker) = self.workers.get_mut(&worker) else { return };
        let Some(pump) = worker.pumps.remove(&shard) else { return };
        let (records, bytes) = pump.work.held;
        self.held -= records;
        ctx.drop_held(Reason::Superseded, records, bytes);
    }

    fn idle(&self) -> Duration {
        Duration::from_millis(self.config.idle_millis.into())
    }
}

/// How many user records there are beyond the records, and the place of the last one in its record.
/// KCL takes aggregates apart before `processRecords`; most records are none.
fn users(batch: &Batch) -> (u64, u64) {
    let (mut more, mut sub) = (0, 0);
    for record in batch.rows() {
        let users = kpl::read(record.written_bytes()).map_or(1, |users| users.len() as u64);
        sub = users.saturating_sub(1);
        more += sub;
    }
    (more, sub)
}

/// The iterator a checkpoint stands for.
fn iterator_at(shard: u32, saved: Checkpoint, ctx: &Ctx<'_>) -> Request {
    let (start, sequence_index) = match saved {
        Checkpoint::Latest => (StartAt::Latest, 0),
        Checkpoint::TrimHorizon | Checkpoint::ShardEnd => (StartAt::TrimHorizon, 0),
        // The last processed record has this index: indices count from one.
        Checkpoint::After(position) => (StartAt::AfterSequenceNumber, position.index),
    };
    Request::GetShardIterator { shard, start, timestamp: ctx.now(), sequence_index }
}

/// Books an answer nobody waits for: the records are processed by the lease's next owner.
pub(super) fn absorb(edge: EdgeId, response: &Response, ctx: &mut Ctx<'_>) {
    let lost = Account::Dropped(ctx.me(), Reason::Superseded);
    match response {
        Response::Records(Ok(got)) => {
            ctx.book(Account::Flight(edge), lost, got.batch.records(), got.batch.bytes);
        }
        Response::Event(Ok(event)) => {
            ctx.book(Account::Flight(edge), lost, event.batch.records(), event.batch.bytes);
        }
        Response::Items(outcome) => {
            ctx.book(Account::Flight(edge), lost, outcome.left.0, outcome.left.1);
        }
        Response::Bulk(outcome) => {
            ctx.book(Account::Flight(edge), lost, outcome.left.0, outcome.left.1);
        }
        _ => {}
    }
}

/// The application catches the exception and keeps the batch: no later record of the shard comes
/// before it. Told once a second.
fn explain_retry(shard: u32, records: u64, wait: Duration, ctx: &mut Ctx<'_>) {
    let plain = Cause::new(ctx.now(), ctx.me(), Reason::ProcessorException);
    ctx.explain(Cause {
        shard: Some(shard),
        records: u32::try_from(records).unwrap_or(u32::MAX),
        next_try_micros: Some(wait.0),
        ..plain
    });
}
