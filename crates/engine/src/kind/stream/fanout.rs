//! Enhanced fan-out: consumers registered with a stream and their subscriptions to its shards.
//!
//! A subscription is an event stream that lives five minutes at most. Its reader asks for the next
//! event and the stream answers when there is one: 70 ms after the first record that is not told
//! yet, with everything that came meanwhile (AWS says about 70 ms on average; facts, streams
//! §3.3). Each subscription has 2 MiB a second of its own, whatever the others do.

use std::sync::Arc;

use base::{Duration, EdgeId, Time};
use scenario::KmsFault;

use super::limiter::{Bucket, READ_BYTES_PER_SEC};
use super::read::{RECORDS_MAX, Wanted};
use super::{PUSH, REGISTER, Stream, metric, record_bytes_max};
use crate::batch::Batch;
use crate::call::{
    ApiError, ConsumerStatus, ErrorCode, Response, ShardEvent, ShardIterator, StreamConsumer,
};
use crate::cause::Reason;
use crate::kernel::ctx::Ctx;
use crate::kernel::ledger::Account;
use crate::kernel::queue::{TimerId, Token};

/// How long registering and deregistering last. AWS publishes nothing; seconds are usual.
pub const REGISTER_DELAY: Duration = Duration::from_secs(5);
/// Consumers that may be `CREATING` at once (botocore 1.44.5).
pub(crate) const CREATING_MAX: usize = 5;
/// How long a subscription lives (botocore 1.44.5).
const SUBSCRIPTION_LIFE: Duration = Duration::from_secs(300);
/// Between two calls for the same consumer and shard (Kinesis quota page, 2026-11: one a second).
const CALL_EVERY: Duration = Duration::SECOND;
/// A later call takes the shard over, an earlier one is refused (botocore 1.44.5).
const TAKE_OVER_AFTER: Duration = Duration::from_secs(5);
/// From storing to pushing (developer guide: about 70 ms, with one consumer or with five).
const PROPAGATION: Duration = Duration::from_millis(70);
/// An event without records comes this often, so that the reader's place moves on.
const IDLE_EVENT_EVERY: Duration = Duration::from_secs(5);

/// Consumers and subscriptions of one stream.
#[derive(Clone, Debug, Default)]
pub struct Fanout {
    /// Ascending by number.
    pub consumers: Vec<Registration>,
    subscriptions: Vec<Subscription>,
    /// When a consumer called for a shard last, and when that worked last.
    calls: Vec<Called>,
    /// Names that were free again in the second of their creation, and that second.
    former: Vec<(Arc<str>, u64)>,
    consumer_next: u32,
    subscription_next: u32,
}

/// One registered consumer.
#[derive(Clone, Debug)]
pub struct Registration {
    /// `ConsumerName`.
    pub name: Arc<str>,
    /// What answers tell.
    pub consumer: StreamConsumer,
    timer: Option<TimerId>,
}

#[derive(Clone, Copy, Debug)]
struct Called {
    consumer: u32,
    shard: u32,
    at: Time,
    opened: Option<Time>,
}

#[derive(Clone, Debug)]
struct Subscription {
    id: u32,
    consumer: u32,
    shard: usize,
    edge: EdgeId,
    /// Records of the shard's life that were pushed or lie before the start.
    offset: u64,
    opened: Time,
    /// The last event.
    heard: Time,
    budget: Bucket,
    /// The reader that waits for the next event.
    waiting: Option<Token>,
    timer: Option<TimerId>,
    /// Waits with nothing to tell: the next record that is stored wakes it.
    idle: bool,
    /// What the reader is told instead of an event: the connection is gone.
    broken: Option<ErrorCode>,
}

/// What `SubscribeToShard` asks for.
#[derive(Clone, Copy, Debug)]
pub struct Subscribe {
    /// `StreamConsumer::id`.
    pub consumer: u32,
    /// Shard and `StartingPosition`.
    pub wanted: Wanted,
}

impl Called {
    fn is_for(&self, asked: Subscribe) -> bool {
        (self.consumer, self.shard) == (asked.consumer, asked.wanted.shard)
    }

    /// Whether what it opened cannot be taken over yet.
    fn holds(&self, now: Time) -> bool {
        self.opened.is_some_and(|opened| now.since(opened) < TAKE_OVER_AFTER)
    }
}

impl Fanout {
    fn named(&self, name: &str) -> Option<&Registration> {
        self.consumers.iter().find(|one| &*one.name == name)
    }

    fn position(&self, subscription: u32) -> Option<usize> {
        self.subscriptions.binary_search_by_key(&subscription, |one| one.id).ok()
    }

    /// The second that tells a new consumer from former ones of its name: a name that is
    /// registered again has a new ARN (facts, streams §3.3).
    fn second_for(&mut self, name: &str, now_secs: u64) -> u64 {
        self.former.retain(|(_, secs)| *secs >= now_secs);
        let taken = self.former.iter().filter(|(former, _)| **former == *name);
        taken.map(|(_, secs)| *secs + 1).max().unwrap_or(now_secs)
    }

    fn is_active(&self, consumer: u32) -> Option<bool> {
        let found = self.consumers.iter().find(|one| one.consumer.id == consumer)?;
        Some(found.consumer.status == ConsumerStatus::Active)
    }
}

impl Stream {
    /// Consumers that are registered, in the order of registration.
    #[must_use]
    pub fn consumers(&self) -> &[Registration] {
        &self.fanout.consumers
    }

    /// `RegisterStreamConsumer`: `most` of them at once.
    ///
    /// # Errors
    /// The name is taken, or there are too many consumers.
    pub(crate) fn register(
        &mut self,
        name: &Arc<str>,
        (most, delay): (u32, Duration),
        ctx: &mut Ctx<'_>,
    ) -> Result<StreamConsumer, ApiError> {
        if self.fanout.named(name).is_some() {
            return Err(refusal(Reason::SubscriptionRate, ErrorCode::ResourceInUse, u32::MAX));
        }
        let creating = |one: &&Registration| one.consumer.status == ConsumerStatus::Creating;
        let many = self.fanout.consumers.len() >= most as usize;
        if many || self.fanout.consumers.iter().filter(creating).count() >= CREATING_MAX {
            return Err(refusal(Reason::SubscriptionRate, ErrorCode::LimitExceeded, u32::MAX));
        }
        let id = self.fanout.consumer_next;
        self.fanout.consumer_next += 1;
        let created_secs = self.fanout.second_for(name, ctx.wall_millis(ctx.now()) / 1_000);
        let consumer = StreamConsumer { id, status: ConsumerStatus::Creating, created_secs };
        let timer = Some(ctx.after(delay, REGISTER, id.into()));
        ctx.name_consumer(id, name, created_secs);
        self.fanout.consumers.push(Registration { name: Arc::clone(name), consumer, timer });
        Ok(consumer)
    }

    /// `DescribeStreamConsumer`.
    ///
    /// # Errors
    /// There is no such consumer.
    pub(crate) fn describe_consumer(&self, name: &str) -> Result<StreamConsumer, ApiError> {
        let missing = refusal(Reason::StreamMissing, ErrorCode::ResourceNotFound, 0);
        self.fanout.named(name).map(|one| one.consumer).ok_or(missing)
    }

    /// `DeregisterStreamConsumer`: its connections end at once. Once more changes nothing.
    ///
    /// # Errors
    /// There is no such consumer.
    pub(crate) fn deregister(
        &mut self,
        name: &str,
        delay: Duration,
        ctx: &mut Ctx<'_>,
    ) -> Result<StreamConsumer, ApiError> {
        let found = self.fanout.consumers.iter_mut().find(|one| &*one.name == name);
        let Some(one) = found else {
            return Err(refusal(Reason::StreamMissing, ErrorCode::ResourceNotFound, 0));
        };
        if one.consumer.status == ConsumerStatus::Deleting {
            return Ok(one.consumer);
        }
        one.consumer.status = ConsumerStatus::Deleting;
        one.timer = Some(ctx.after(delay, REGISTER, one.consumer.id.into()));
        let consumer = one.consumer;
        for at in (0..self.fanout.subscriptions.len()).rev() {
            if self.fanout.subscriptions[at].consumer == consumer.id {
                self.cut(at, ErrorCode::ResourceNotFound, ctx);
            }
        }
        Ok(consumer)
    }

    /// Registering or deregistering is done.
    #[inline(never)]
    pub(super) fn registered(&mut self, timer: TimerId) {
        let due = |one: &Registration| one.timer == Some(timer);
        let Some(at) = self.fanout.consumers.iter().position(due) else { return };
        let one = &mut self.fanout.consumers[at];
        one.timer = None;
        if one.consumer.status == ConsumerStatus::Deleting {
            let Registration { name, consumer, .. } = self.fanout.consumers.remove(at);
            self.fanout.calls.retain(|call| call.consumer != consumer.id);
            self.fanout.former.push((name, consumer.created_secs));
        } else {
            one.consumer.status = ConsumerStatus::Active;
        }
    }

    /// `SubscribeToShard`: the number of the new subscription.
    #[inline(never)]
    pub(super) fn subscribe(
        &mut self,
        edge: EdgeId,
        asked: Subscribe,
        ctx: &mut Ctx<'_>,
    ) -> Result<u32, ApiError> {
        let Subscribe { consumer, wanted } = asked;
        let error = |reason, code| refusal(reason, code, wanted.shard);
        let shard = self.shard_at(wanted.shard)?;
        match self.fanout.is_active(consumer) {
            None => return Err(error(Reason::StreamMissing, ErrorCode::ResourceNotFound)),
            Some(false) => return Err(error(Reason::SubscriptionRate, ErrorCode::ResourceInUse)),
            Some(true) => {}
        }
        self.check_rate(asked, true, ctx.now()).map_err(|code| {
            ctx.count(metric::PUSH_REFUSED, 1);
            error(Reason::SubscriptionRate, code)
        })?;
        self.expire(shard, ctx);
        let offset = self.offset(wanted, ctx.now())?;
        let old = self
            .fanout
            .subscriptions
            .iter()
            .position(|one| (one.consumer, one.shard, one.broken) == (consumer, shard, None));
        if let Some(old) = old {
            self.cut(old, ErrorCode::ResourceInUse, ctx);
        }
        let (id, now) = (self.fanout.subscription_next, ctx.now());
        self.fanout.subscription_next += 1;
        self.fanout.subscriptions.push(Subscription {
            id,
            consumer,
            shard,
            edge,
            offset,
            opened: now,
            heard: now,
            budget: Bucket::full(READ_BYTES_PER_SEC, READ_BYTES_PER_SEC, now),
            waiting: None,
            timer: None,
            idle: false,
            broken: None,
        });
        Ok(id)
    }

    /// What the first event of a subscription tells a caller without a wire: its records, where to
    /// go on and how far behind that is, in microseconds. Nothing is booked and nothing stays open.
    pub(crate) fn first_event(
        &mut self,
        asked: Subscribe,
        limited: bool,
        ctx: &mut Ctx<'_>,
    ) -> Result<(Batch, Option<ShardIterator>, u64), ApiError> {
        let Subscribe { consumer, wanted } = asked;
        let error = |reason, code| refusal(reason, code, wanted.shard);
        if self.fanout.is_active(consumer) != Some(true) {
            return Err(error(Reason::SubscriptionRate, ErrorCode::ResourceInUse));
        }
        let rate = self.check_rate(asked, limited, ctx.now());
        rate.map_err(|code| error(Reason::SubscriptionRate, code))?;
        if let Some((reason, code)) = self.read_key_refusal(ctx.key_fault(), ctx.now()) {
            return Err(error(reason, code));
        }
        let place = self.shard_at(wanted.shard)?;
        self.expire(place, ctx);
        let from = self.offset(wanted, ctx.now())?;
        let shard = &self.shards[place];
        let most = READ_BYTES_PER_SEC.max(record_bytes_max(&self.config));
        let (batch, offset) = shard.log.read(from, RECORDS_MAX.into(), most, ctx.keys());
        self.billed.pushed(batch.bytes);
        let has_more = offset < shard.log.end();
        let behind = shard.log.behind(offset, ctx.now()).0;
        let ended = !has_more && shard.closed.is_some();
        let next = ShardIterator { shard: wanted.shard, offset, issued: ctx.now() };
        Ok((batch, (!ended).then_some(next), behind))
    }

    /// Whether a caller without a wire would get a first event; nothing happens.
    pub(crate) fn try_subscribe(
        &self,
        asked: Subscribe,
        fault: Option<KmsFault>,
        now: Time,
    ) -> Result<(), ApiError> {
        let error = |(reason, code)| refusal(reason, code, asked.wanted.shard);
        if self.fanout.calls.iter().any(|call| call.is_for(asked) && call.holds(now)) {
            return Err(error((Reason::SubscriptionRate, ErrorCode::ResourceInUse)));
        }
        self.read_key_refusal(fault, now).map_or(Ok(()), |it| Err(error(it)))
    }

    /// One call a second, if limits of calls are kept, and always five seconds from one that worked
    /// to the next.
    fn check_rate(&mut self, asked: Subscribe, limited: bool, now: Time) -> Result<(), ErrorCode> {
        let calls = &mut self.fanout.calls;
        let Some(call) = calls.iter_mut().find(|call| call.is_for(asked)) else {
            let Subscribe { consumer, wanted: Wanted { shard, .. } } = asked;
            calls.push(Called { consumer, shard, at: now, opened: Some(now) });
            return Ok(());
        };
        let since = now.since(core::mem::replace(&mut call.at, now));
        if limited && since < CALL_EVERY {
            return Err(ErrorCode::LimitExceeded);
        }
        if call.holds(now) {
            return Err(ErrorCode::ResourceInUse);
        }
        call.opened = Some(now);
        Ok(())
    }

    /// The reader waits for the next event.
    #[inline(never)]
    pub(super) fn next_event(&mut self, token: Token, shard: u32, id: u32, ctx: &mut Ctx<'_>) {
        let at = self.fanout.position(id);
        let gone = match at.map(|at| &mut self.fanout.subscriptions[at]) {
            None => Some(ErrorCode::ResourceNotFound),
            Some(one) if one.waiting.is_some() => Some(ErrorCode::ResourceInUse),
            Some(one) => {
                one.waiting = Some(token);
                one.broken
            }
        };
        match (gone, at) {
            (None, Some(at)) => self.plan(at, ctx),
            (code, at) => {
                if let Some(at) = at.filter(|at| self.fanout.subscriptions[*at].broken.is_some()) {
                    self.fanout.subscriptions.remove(at);
                }
                let code = code.unwrap_or(ErrorCode::ResourceNotFound);
                let error = refusal(Reason::SubscriptionRate, code, shard);
                ctx.reply(token, Duration::ZERO, Response::Event(Err(error)));
            }
        }
    }

    /// Ends a subscription with an error; a reader that is not waiting is told when it asks.
    fn cut(&mut self, at: usize, code: ErrorCode, ctx: &mut Ctx<'_>) {
        let one = &mut self.fanout.subscriptions[at];
        let shard = self.shards[one.shard].index;
        one.broken = Some(code);
        let Some(token) = one.waiting.take() else { return };
        self.fanout.subscriptions.remove(at);
        let error = refusal(Reason::SubscriptionRate, code, shard);
        ctx.reply(token, Duration::ZERO, Response::Event(Err(error)));
    }

    /// Connections through wires that went are over.
    pub(super) fn hang_up(&mut self, ctx: &mut Ctx<'_>) {
        let wires = ctx.edges_out();
        for at in (0..self.fanout.subscriptions.len()).rev() {
            let edge = self.fanout.subscriptions[at].edge;
            if wires.iter().all(|wire| wire.id != edge) {
                self.cut(at, ErrorCode::ResourceNotFound, ctx);
            }
        }
        let wired = |one: &Subscription| wires.iter().any(|wire| wire.id == one.edge);
        self.fanout.subscriptions.retain(wired);
    }

    /// Sets the timer of the next event of a reader that waits.
    fn plan(&mut self, at: usize, ctx: &mut Ctx<'_>) {
        let now = ctx.now();
        let one = &mut self.fanout.subscriptions[at];
        let shard = &mut self.shards[one.shard];
        let has_more = one.offset < shard.log.end();
        one.idle = !has_more && shard.closed.is_none();
        let due = if has_more {
            one.budget.refill(now);
            let first = one.offset.max(shard.log.horizon());
            let paid = now + one.budget.wait_for(1);
            (shard.log.arrival(first) + PROPAGATION).max(paid)
        } else if shard.closed.is_some() {
            now
        } else {
            shard.listeners += 1;
            one.heard + IDLE_EVENT_EVERY
        };
        let due = due.min(one.opened + SUBSCRIPTION_LIFE).max(now);
        one.timer = Some(ctx.after(due.since(now), PUSH, one.id.into()));
    }

    /// Readers that wait with nothing to tell hear of a new record, or of the end of the shard.
    pub(super) fn wake(&mut self, shard: usize, ctx: &mut Ctx<'_>) {
        self.shards[shard].listeners = 0;
        for at in 0..self.fanout.subscriptions.len() {
            let one = &mut self.fanout.subscriptions[at];
            if one.shard == shard && core::mem::take(&mut one.idle) {
                self.plan(at, ctx);
            }
        }
    }

    /// The time of an event has come.
    #[inline(never)]
    pub(super) fn push(&mut self, timer: TimerId, id: u64, ctx: &mut Ctx<'_>) {
        let id = u32::try_from(id).expect("a subscription's number came from a u32");
        let Some(at) = self.fanout.position(id) else { return };
        let one = &mut self.fanout.subscriptions[at];
        if one.timer != Some(timer) {
            return;
        }
        one.timer = None;
        let Some(token) = one.waiting.take() else { return };
        if core::mem::take(&mut one.idle) {
            self.shards[one.shard].listeners -= 1;
        }
        let event = self.event(at, ctx);
        if !matches!(event, Ok(ShardEvent { last: false, .. })) {
            self.fanout.subscriptions.remove(at);
        }
        ctx.reply(token, Duration::ZERO, Response::Event(event));
    }

    fn event(&mut self, at: usize, ctx: &mut Ctx<'_>) -> Result<ShardEvent, ApiError> {
        let now = ctx.now();
        let place = self.fanout.subscriptions[at].shard;
        if let Some((reason, code)) = self.read_key_refusal(ctx.key_fault(), ctx.now()) {
            return Err(refusal(reason, code, self.shards[place].index));
        }
        if let Some((reason, code)) = self.reader_denied(self.fanout.subscriptions[at].edge, ctx) {
            return Err(refusal(reason, code, self.shards[place].index));
        }
        self.expire(place, ctx);
        let largest = record_bytes_max(&self.config);
        let one = &mut self.fanout.subscriptions[at];
        let shard = &self.shards[place];
        one.heard = now;
        one.budget.refill(now);
        let room = u64::try_from(one.budget.amount()).unwrap_or(0);
        let bytes_max = if room == 0 { 0 } else { room.max(largest) };
        let (batch, offset) = shard.log.read(one.offset, RECORDS_MAX.into(), bytes_max, ctx.keys());
        one.budget.take(batch.bytes);
        let skipped = shard.log.horizon().saturating_sub(one.offset);
        one.offset = offset;
        let has_more = offset < shard.log.end();
        let behind = shard.log.behind(offset, now);
        let ended = !has_more && shard.closed.is_some();
        let last = ended || now >= one.opened + SUBSCRIPTION_LIFE;
        let (records, bytes, edge) = (batch.records(), batch.bytes, one.edge);
        ctx.book(Account::Copied(ctx.me()), Account::Flight(edge), records, bytes);
        self.readers.note(edge, place, offset);
        ctx.count(metric::PUSHED_RECORDS, records);
        ctx.count(metric::PUSHED_BYTES, bytes);
        self.billed.pushed(bytes);
        ctx.peak(metric::PUSH_AGE, behind.0 / 1_000);
        let next = (!ended).then_some(offset);
        Ok(ShardEvent { batch, next, behind_micros: behind.0, skipped, last })
    }
}

fn refusal(reason: Reason, code: ErrorCode, shard: u32) -> ApiError {
    ApiError { reason, code, shard }
}
