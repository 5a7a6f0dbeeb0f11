//! The SDK client: batches, waits between attempts, and what is lost. Its calls are in `calls.rs`.

use std::collections::VecDeque;
use std::rc::Rc;

use base::{Duration, EdgeId, KeyId, RecordId, Time, VecMap};
use scenario::kind::{OnFailure, ProducerConfig, PutApi};

use super::calls::Calls;
use super::last::LastPut;
use super::parcel::{Open, Parcel, Waiting};
use super::tally::{Births, Tally};
use super::{metric, millis, retry, timer};
use crate::batch::{self, Batch};
use crate::cause::{Cause, Reason};
use crate::generate::source::Page;
use crate::kernel::ctx::Ctx;
use crate::kernel::ledger::Account;
use crate::kernel::queue::TimerId;
use crate::snapshot::MarkKind;

/// Data in one `PutRecordBatch` request (facts, firehose §1).
const BATCH_BYTES_MAX: u64 = 4 << 20;
/// Entries in one `PutRecords` request (botocore 1.44.5).
const REQUEST_RECORDS_MAX: u32 = 500;

/// Whoever has a client sets timers of its own above this code.
pub(in crate::kind) const TIMER_MAX: u32 = timer::TIMEOUT;

/// The put client of one producer, or of a service that puts by itself.
#[derive(Clone, Debug)]
pub(in crate::kind) struct Client {
    pub(super) config: ProducerConfig,
    pub(super) explicit_hash: Option<u128>,
    edge: Option<EdgeId>,
    /// Data and keys in one call to what is connected: for a stream, what AWS allowed at the date
    /// of the limits.
    call_bytes_max: u64,
    pub(super) open: Open,
    /// Set while a batch waits to fill.
    linger: Option<TimerId>,
    /// The open batch has waited long enough.
    due: bool,
    ready: VecDeque<Parcel>,
    /// Parcels whose next attempt is due: they go first.
    again: VecDeque<Parcel>,
    pub(super) waiting: VecMap<u64, Waiting>,
    waiting_next: u64,
    pub(super) calls: Calls,
    pub(super) held: u64,
    births: Births,
    pub(in crate::kind) tally: Tally,
    /// How long after its birth a record is tried, whatever attempts are left.
    age_max: Option<Duration>,
    pub(super) last: Option<LastPut>,
    /// The last second each reason was explained in.
    explained: Vec<(Reason, u64)>,
}

impl Client {
    pub(in crate::kind) fn new(config: &ProducerConfig) -> Self {
        Self {
            config: config.clone(),
            explicit_hash: config.explicit_hash_key.parse().ok(),
            edge: None,
            call_bytes_max: BATCH_BYTES_MAX,
            open: Open::default(),
            linger: None,
            due: false,
            ready: VecDeque::new(),
            again: VecDeque::new(),
            waiting: VecMap::new(),
            waiting_next: 0,
            calls: Calls::default(),
            held: 0,
            births: Births::default(),
            tally: Tally::default(),
            age_max: None,
            last: None,
            explained: Vec::new(),
        }
    }

    /// Tries no record longer than this after its birth.
    pub(in crate::kind) fn limit_age(&mut self, age_max: Option<Duration>) {
        self.age_max = age_max;
    }

    /// Whether a parcel will not be sent again.
    pub(super) fn is_last(&self, parcel: &Parcel, ctx: &Ctx<'_>) -> bool {
        let born = parcel.batch.rows().next().map_or(ctx.now(), |record| record.born);
        parcel.attempts >= self.attempts_max()
            || self.age_max.is_some_and(|most| born + most <= ctx.now())
    }

    /// Takes new settings. What was batched goes out as it is; waits that run go on.
    pub(in crate::kind) fn reconfigure(&mut self, config: &ProducerConfig, ctx: &mut Ctx<'_>) {
        self.config = config.clone();
        self.explicit_hash = config.explicit_hash_key.parse().ok();
        self.seal(ctx);
        self.pump(ctx);
    }

    /// Gives all coming records one payload, or each its own.
    pub(super) fn share(&mut self, payload: Option<Rc<Vec<u8>>>) {
        debug_assert_eq!(self.open.records(), 0, "records of one batch are made in one way");
        self.open.shared = payload;
    }

    /// Looks for the wire to put through. Calls on a wire that is gone are still answered.
    pub(in crate::kind) fn rewire(&mut self, ctx: &mut Ctx<'_>) {
        let edges = ctx.edges_out();
        self.edge = edges.first().map(|edge| edge.id);
        let firehose = edges.first().is_some_and(|edge| ctx.kind_ahead(edge) == "firehose");
        self.call_bytes_max =
            if firehose { BATCH_BYTES_MAX } else { ctx.limits().request_bytes_max };
        self.pump(ctx);
    }

    pub(in crate::kind) fn held(&self) -> u64 {
        self.held
    }

    /// Memory the records take, those on their way and those of the newest answer included.
    pub(in crate::kind) fn memory(&self) -> u64 {
        let waiting = self.waiting.values().map(|waiting| &waiting.parcel);
        let flying = self.calls.parcels();
        let parcels = self.ready.iter().chain(&self.again).chain(waiting).chain(flying);
        let batches = parcels.map(|parcel| &parcel.batch);
        let batches = batches.chain(self.last.iter().map(|last| &last.batch));
        batch::memory(&mut batches.flat_map(Batch::rows))
    }

    /// Where the payload of the next record is written.
    pub(in crate::kind) fn page_mut(&mut self) -> &mut Page {
        &mut self.open.page
    }

    /// Takes a record whose payload lies loose in the open batch.
    #[inline]
    pub(in crate::kind) fn accept(
        &mut self,
        id: RecordId,
        key: KeyId,
        key_bytes: u64,
        born: Time,
        ctx: &mut Ctx<'_>,
    ) {
        let bytes = key_bytes + self.open.loose();
        if self.held >= u64::from(self.config.buffer_records_max) {
            self.open.drop_loose();
            self.births.spilt.0 += 1;
            self.births.spilt.1 += bytes;
            return;
        }
        if self.open.records() > 0 && self.open.bytes() + bytes > self.call_bytes_max {
            self.send_open(ctx);
        }
        self.open.push(id, key, born, bytes);
        self.held += 1;
        self.births.kept.0 += 1;
        self.births.kept.1 += bytes;
        if self.open.records() >= self.batch_max() {
            self.send_open(ctx);
        }
    }

    /// Books what was accepted and lets the clock of the open batch run.
    pub(in crate::kind) fn accepted(&mut self, ctx: &mut Ctx<'_>) {
        self.book_births(ctx);
        ctx.peak(metric::BUFFERED, self.held);
        if self.open.records() == 0 || self.linger.is_some() || self.due {
            return;
        }
        if self.config.linger_millis == 0 {
            self.due = true;
            self.pump(ctx);
        } else {
            let delay = millis(self.config.linger_millis);
            self.linger = Some(ctx.after(delay, timer::LINGER, 0));
        }
    }

    /// One of its timers rang.
    pub(in crate::kind) fn on_timer(
        &mut self,
        code: u32,
        id: TimerId,
        data: u64,
        ctx: &mut Ctx<'_>,
    ) {
        match code {
            timer::LINGER => self.on_linger(id, ctx),
            timer::RETRY => self.on_retry(data, ctx),
            _ => self.on_timeout(id, ctx),
        }
    }

    fn on_linger(&mut self, id: TimerId, ctx: &mut Ctx<'_>) {
        if self.linger == Some(id) {
            self.linger = None;
            self.due = true;
            self.pump(ctx);
        }
    }

    #[inline(never)]
    fn on_retry(&mut self, waiting: u64, ctx: &mut Ctx<'_>) {
        if let Some(waiting) = self.waiting.remove(&waiting) {
            self.again.push_back(waiting.parcel);
            self.pump(ctx);
        }
    }

    /// The newest call that was answered.
    pub(in crate::kind) fn last(&self) -> Option<&LastPut> {
        self.last.as_ref()
    }

    /// What is wrong inside, if anything.
    pub(in crate::kind) fn check(&self) -> Result<(), String> {
        let queued = self.ready.iter().chain(&self.again);
        let waiting = self.waiting.values().map(|waiting| &waiting.parcel);
        let parcels: u64 = queued.chain(waiting).map(|parcel| parcel.batch.records()).sum();
        let held = parcels + u64::from(self.open.records());
        if held != self.held {
            return Err(format!("counts {} held records and has {held}", self.held));
        }
        let flying: u64 = self.calls.parcels().map(|parcel| u64::from(parcel.records)).sum();
        let Tally { attempted, stored, rejected, in_flight, .. } = self.tally;
        if flying != in_flight || attempted != stored + rejected + in_flight {
            return Err(format!("entries do not add up: {:?}, {flying} in flight", self.tally));
        }
        Ok(())
    }

    fn batch_max(&self) -> u32 {
        match self.config.api {
            PutApi::PutRecord => 1,
            PutApi::PutRecords => self.config.batch_records.clamp(1, REQUEST_RECORDS_MAX),
        }
    }

    fn book_births(&mut self, ctx: &mut Ctx<'_>) {
        let Births { kept, spilt } = core::mem::take(&mut self.births);
        let (born, held) = (Account::Born(ctx.me()), Account::Held(ctx.me()));
        ctx.book(born, held, kept.0 + spilt.0, kept.1 + spilt.1);
        ctx.count(metric::BORN, kept.0 + spilt.0);
        self.tally.born += kept.0 + spilt.0;
        if spilt.0 > 0 {
            let cause = self.cause(Reason::BufferFull, spilt.0, ctx);
            let limit = u64::from(self.config.buffer_records_max);
            self.lose(spilt, Cause { limit, used: self.held, ..cause }, ctx);
        }
    }

    fn seal(&mut self, ctx: &mut Ctx<'_>) {
        if self.open.records() > 0 {
            ctx.grew(self.open.page.data.len());
            let parcel = self.open.seal();
            self.ready.push_back(parcel);
        }
        self.linger = None;
        self.due = false;
    }

    fn send_open(&mut self, ctx: &mut Ctx<'_>) {
        self.book_births(ctx);
        self.seal(ctx);
        self.pump(ctx);
    }

    /// Makes as many calls as may be in flight.
    pub(super) fn pump(&mut self, ctx: &mut Ctx<'_>) {
        while self.may_call() {
            if self.again.is_empty() && self.ready.is_empty() && self.due {
                self.seal(ctx);
            }
            let Some(parcel) = self.again.pop_front().or_else(|| self.ready.pop_front()) else {
                break;
            };
            match self.edge {
                Some(edge) => self.send(parcel, edge, ctx),
                None => {
                    let cause = self.cause(Reason::NotConnected, parcel.batch.records(), ctx);
                    self.let_go(&parcel, cause, ctx);
                }
            }
        }
    }

    /// Whether a call may go out now. A serial client lets nothing past a record that has no
    /// answer or waits for its next attempt: what `SequenceNumberForOrdering` needs (facts,
    /// streams §1.4), which `PutRecords` does not take.
    fn may_call(&self) -> bool {
        if self.config.serial && self.config.api == PutApi::PutRecord {
            return self.calls.waited_for() == 0 && self.waiting.is_empty();
        }
        self.calls.waited_for() < u64::from(self.config.in_flight_max)
    }

    pub(super) fn attempts_max(&self) -> u32 {
        if self.config.on_failure == OnFailure::Ignore {
            1
        } else {
            self.config.attempts_max.max(1)
        }
    }

    pub(super) fn copy(&mut self, records: u64, bytes: u64, ctx: &mut Ctx<'_>) {
        ctx.book(Account::Copied(ctx.me()), Account::Held(ctx.me()), records, bytes);
        self.held += records;
        self.tally.copied += records;
    }

    /// Sends a parcel again after its wait; returns that in microseconds.
    pub(super) fn schedule(&mut self, parcel: Parcel, ctx: &mut Ctx<'_>) -> u64 {
        let wait = retry::wait(&self.config, parcel.attempts, ctx.rng());
        if wait.0 == 0 {
            self.again.push_back(parcel);
            return 0;
        }
        let id = self.waiting_next;
        self.waiting_next += 1;
        let (since, until) = (ctx.now(), ctx.now() + wait);
        self.waiting.insert(id, Waiting { parcel, since, until });
        ctx.after(wait, timer::RETRY, id);
        wait.0
    }

    /// Drops a parcel that will not be sent again.
    pub(super) fn let_go(&mut self, parcel: &Parcel, cause: Cause, ctx: &mut Ctx<'_>) {
        let records = parcel.batch.records();
        self.held -= records;
        self.lose((records, parcel.batch.bytes), cause, ctx);
    }

    /// Books a loss of records and explains it.
    fn lose(&mut self, (records, bytes): (u64, u64), cause: Cause, ctx: &mut Ctx<'_>) {
        ctx.drop_held(cause.reason, records, bytes);
        self.count_loss(cause.reason, records, ctx);
        self.explain(cause, ctx);
    }

    pub(super) fn count_loss(&mut self, reason: Reason, records: u64, ctx: &mut Ctx<'_>) {
        self.tally.dropped += records;
        if matches!(reason, Reason::GivenUp | Reason::Ignored) {
            self.tally.given_up += records;
            ctx.count(metric::GIVEN_UP, records);
        }
    }

    /// Explains the first loss of each reason and second, and marks it.
    pub(super) fn explain(&mut self, cause: Cause, ctx: &mut Ctx<'_>) {
        let second = ctx.now().secs();
        match self.explained.iter_mut().find(|(reason, _)| *reason == cause.reason) {
            Some((_, last)) if *last == second => return,
            Some((_, last)) => *last = second,
            None => self.explained.push((cause.reason, second)),
        }
        if cause.reason != Reason::CallTimeout {
            ctx.mark(MarkKind::Loss);
        }
        ctx.explain(cause);
    }

    #[inline(never)]
    pub(super) fn cause(&self, reason: Reason, records: u64, ctx: &Ctx<'_>) -> Cause {
        Cause {
            records: u32::try_from(records).unwrap_or(u32::MAX),
            ..Cause::new(ctx.now(), ctx.me(), reason)
        }
    }
}
