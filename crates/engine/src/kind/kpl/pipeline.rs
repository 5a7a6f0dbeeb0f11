//! The way of a user record through the library: aggregator, limiter, collector, call, retrier
//! (amazon-kinesis-producer 1.0.7, `pipeline.h`; facts, streams §8.2).

use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;

use base::{Duration, EdgeId, RecordId, Time};
use scenario::kind::KplConfig;

use super::aggregator::{Aggregator, Packed, Packing};
use super::calls::Calls;
use super::collector::Collector;
use super::limiter::{DRAIN_EVERY, Drained, Limiter};
use super::record::{Parcel, User};
use super::shard_map::ShardMap;
use super::{metric, millis};
use crate::batch::{self, Record};
use crate::call::Request;
use crate::cause::{Cause, Reason};
use crate::kernel::ctx::Ctx;
use crate::kernel::ledger::Account;
use crate::kernel::queue::TimerId;
use crate::snapshot::MarkKind;
use crate::wire::kpl::PARTITION_KEY;

/// A record on its way back to the aggregator passes from thread to thread; time must pass
/// between two attempts even where a call takes none.
const HAND_OVER: Duration = Duration::from_millis(1);
/// Longest extra wait of a Kinesis record for its call to fill (`pipeline.h`).
const COLLECT_MILLIS_MAX: u64 = 50;

/// Everything between `addUserRecord` and the stream.
#[derive(Clone, Debug)]
pub(super) struct Pipeline {
    pub(super) config: KplConfig,
    /// `explicitHashKey` as number and as text.
    explicit_hash: Option<(u128, String)>,
    pub(super) edge: Option<EdgeId>,
    pub(super) map: ShardMap,
    aggregator: Aggregator,
    limiter: Limiter,
    collector: Collector,
    pub(super) calls: Calls,
    /// Failed user records on their way back, and when they arrive there.
    again: VecDeque<(Time, User)>,
    /// User records, and Kinesis records once those are packed, in the books.
    pub(super) held: u64,
    pub(super) tally: Tally,
    wake: Option<(Time, TimerId)>,
    /// The last second each reason was explained in.
    explained: Vec<(Reason, u64)>,
}

/// User records since the beginning, and what happened to them on the way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// Taken by `addUserRecord`.
    pub(super) received: u64,
    /// Stored as far as the library knows.
    pub(super) put: u64,
    /// Neither stored nor failed yet.
    pub(super) pending: u64,
    /// Failed for good.
    pub(super) failed: u64,
    /// Of these, past their time to live.
    pub(super) expired: u64,
    /// Sent once more because they landed in another shard: duplicates.
    pub(super) wrong_shard: u64,
    /// Sent once more although they may be stored, for this or another reason.
    pub(super) copied: u64,
    /// Kinesis records that were stored.
    pub(super) kinesis_put: u64,
    /// Kinesis records that failed.
    pub(super) kinesis_failed: u64,
    /// Refused by `addUserRecord`.
    pub(super) refused: u64,
}

impl Pipeline {
    pub(super) fn new(config: &KplConfig) -> Self {
        Self {
            config: config.clone(),
            explicit_hash: explicit_hash(config),
            edge: None,
            map: ShardMap::default(),
            aggregator: Aggregator::default(),
            limiter: Limiter::default(),
            collector: Collector::default(),
            calls: Calls::default(),
            again: VecDeque::new(),
            held: 0,
            tally: Tally::default(),
            wake: None,
            explained: Vec::new(),
        }
    }

    /// Takes new settings; what was packed stays packed.
    pub(super) fn reconfigure(&mut self, config: &KplConfig, ctx: &mut Ctx<'_>) {
        if config.rate_limit_percent != self.config.rate_limit_percent {
            self.limiter.set_rate(config.rate_limit_percent, ctx.now());
        }
        self.config = config.clone();
        self.explicit_hash = explicit_hash(config);
        self.advance(ctx);
    }

    /// Looks for the stream; another one has other shards.
    pub(super) fn rewire(&mut self, ctx: &mut Ctx<'_>) {
        let edge = ctx.edges_out().first().map(|edge| edge.id);
        if edge != self.edge {
            self.edge = edge;
            self.map = ShardMap::default();
            self.map.forget();
        }
        self.advance(ctx);
    }

    /// `addUserRecord`.
    pub(super) fn accept(&mut self, row: Record, ctx: &mut Ctx<'_>) {
        let bytes = row.bytes(ctx.keys());
        let me = ctx.me();
        ctx.book(Account::Born(me), Account::Held(me), 1, bytes);
        self.held += 1;
        ctx.count(metric::USER_RECEIVED, 1);
        self.tally.received += 1;
        self.tally.pending += 1;
        let (now, size) = (ctx.now(), row.data_bytes());
        let mut user = User {
            hash: self.explicit_hash.as_ref().map_or(ctx.keys().hash(row.key), |(hash, _)| *hash),
            row,
            since: now,
            deadline: now,
            expiry: now + millis(self.config.record_ttl_millis),
            attempts: 0,
            copy: false,
        };
        if size > self.config.user_record_bytes_max {
            self.tally.refused += 1;
            let (limit, used) = (self.config.user_record_bytes_max.into(), size.into());
            let cause = Cause::new(now, me, Reason::TooLarge);
            self.fail(&user, Cause { limit, used, ..cause }, ctx);
            return;
        }
        // `addUserRecord` throws for both.
        if ctx.keys().is_long(user.row.key) {
            self.tally.refused += 1;
            self.fail(&user, Cause::new(now, me, Reason::KeyTooLong), ctx);
            return;
        }
        user.due_by(now + millis(self.config.record_buffered_millis_max));
        self.aggregate(user, ctx);
    }

    /// Does everything that is due, and sets the clock for what comes next.
    pub(super) fn advance(&mut self, ctx: &mut Ctx<'_>) {
        let now = ctx.now();
        self.time_out(ctx);
        while self.again.front().is_some_and(|(at, _)| *at <= now) {
            if let Some((_, user)) = self.again.pop_front() {
                self.aggregate(user, ctx);
            }
        }
        loop {
            let explicit_hash = self.explicit_hash.as_ref().map(|(_, text)| text.as_str());
            let with = Packing { config: &self.config, explicit_hash, keys: ctx.keys() };
            let Some(packed) = self.aggregator.take_due(now, with) else { break };
            self.limit(packed, ctx);
        }
        if self.drains_at(now) == Some(now) {
            let drained = self.limiter.drain(now);
            self.pass(drained, ctx);
        }
        while self.collector.deadline().is_some_and(|at| at <= now) {
            let parcels = self.collector.flush(&self.config);
            self.calls.queue(parcels);
        }
        self.send(ctx);
        self.ask_for_shards(ctx);
        ctx.peak(metric::USER_PENDING, self.tally.pending);
        self.set_clock(ctx);
    }

    /// The clock rang.
    pub(super) fn on_wake(&mut self, id: TimerId, ctx: &mut Ctx<'_>) {
        if self.wake.is_some_and(|(_, timer)| timer == id) {
            self.wake = None;
            self.advance(ctx);
        }
    }

    /// Sends a user record that failed once more, or lets it go when its time is over.
    pub(super) fn retry(&mut self, mut user: User, ctx: &mut Ctx<'_>) {
        let now = ctx.now();
        user.attempts += 1;
        user.since = now;
        if now > user.expiry {
            self.expire(&user, ctx);
            return;
        }
        let wait = Duration(millis(self.config.record_buffered_millis_max).0 / 2);
        user.due_by(now + wait);
        self.again.push_back((now + HAND_OVER, user));
    }

    /// A user record fails for good.
    pub(super) fn fail(&mut self, user: &User, cause: Cause, ctx: &mut Ctx<'_>) {
        let key = Arc::clone(ctx.keys().text(user.row.key));
        ctx.drop_held(cause.reason, 1, user.row.bytes(ctx.keys()));
        self.held -= 1;
        self.tally.pending -= 1;
        self.tally.failed += 1;
        self.explain(Cause { key: Some(key), records: 1, ..cause }, ctx);
    }

    /// Takes the envelope off: its user records are held again, itself no more.
    pub(super) fn unpack(&mut self, parcel: &Parcel, ctx: &mut Ctx<'_>) {
        if parcel.is_aggregate() {
            let (me, bytes) = (ctx.me(), parcel.user_bytes(ctx.keys()));
            ctx.book(Account::Folded(me), Account::Held(me), parcel.user_count(), bytes);
            ctx.book(Account::Held(me), Account::Derived(me), 1, parcel.bytes);
            self.held += parcel.user_count() - 1;
        }
    }

    /// Explains the first cause of each reason and second.
    pub(super) fn explain(&mut self, cause: Cause, ctx: &mut Ctx<'_>) {
        let second = ctx.now().secs();
        match self.explained.iter_mut().find(|(reason, _)| *reason == cause.reason) {
            Some((_, last)) if *last == second => return,
            Some((_, last)) => *last = second,
            None => self.explained.push((cause.reason, second)),
        }
        if !matches!(cause.reason, Reason::CallTimeout | Reason::WrongShard) {
            ctx.mark(MarkKind::Loss);
        }
        ctx.explain(cause);
    }

    /// Memory the records take, those on their way included.
    pub(super) fn memory(&self) -> u64 {
        let parcels: Vec<&Parcel> = self.sealed().chain(self.calls.flying()).collect();
        let packed = parcels.iter().flat_map(|parcel| &parcel.users);
        let users = packed.chain(self.aggregator.users()).chain(self.again.iter().map(|it| &it.1));
        let spare = (size_of::<User>() as u64 - Record::ROW_BYTES) * self.tally.pending;
        batch::memory(&mut parcels.iter().map(|parcel| &parcel.row))
            + batch::memory(&mut users.map(|user| &user.row))
            + spare
    }

    /// Kinesis records that are packed and not sent yet, the next to go first.
    pub(super) fn sealed(&self) -> impl Iterator<Item = &Parcel> {
        self.calls.waiting().chain(self.collector.parcels()).chain(self.limiter.parcels())
    }

    /// What the containers hold, the first to be due first.
    pub(super) fn open(&self) -> Vec<&[User]> {
        self.aggregator.open()
    }

    /// What is wrong inside, if anything.
    pub(super) fn check(&self) -> Result<(), String> {
        let (mut records, mut users) = (0, 0);
        for parcel in self.sealed() {
            records += 1;
            users += parcel.user_count();
        }
        let loose = self.aggregator.users().count() as u64 + self.again.len() as u64;
        if records + loose != self.held {
            return Err(format!("counts {} held records, has {}", self.held, records + loose));
        }
        let Tally { received, put, pending, failed, .. } = self.tally;
        let pending_now = loose + users + self.calls.users_in_flight();
        if pending_now != pending || received != put + pending + failed {
            return Err(format!("user records do not add up: {:?}, {pending_now}", self.tally));
        }
        Ok(())
    }

    /// Whether records are packed: AUTO streams put them where they like, and are sent plain ones
    /// (facts, streams §15).
    fn packs(&self, ctx: &Ctx<'_>) -> bool {
        self.config.aggregation_enabled && !ctx.peer_spreads(self.edge)
    }

    /// Into the container of its shard; without aggregation or a map it goes on alone, past the
    /// limiter, which knows no shard for it (`aggregator.h`, `limiter.h`).
    fn aggregate(&mut self, user: User, ctx: &mut Ctx<'_>) {
        let predicted = self.map.predict(user.hash).filter(|_| self.packs(ctx));
        match predicted {
            Some(shard) => {
                let explicit_hash = self.explicit_hash.as_ref().map(|(_, text)| text.as_str());
                let with = Packing { config: &self.config, explicit_hash, keys: ctx.keys() };
                if let Some(packed) = self.aggregator.add(shard, user, with) {
                    self.limit(packed, ctx);
                }
            }
            None => self.collect(plain(user, None, ctx), ctx),
        }
    }

    /// Makes one Kinesis record of what was packed and hands it to the limiter.
    fn limit(&mut self, packed: Packed, ctx: &mut Ctx<'_>) {
        let Packed { shard, mut users, aggregate } = packed;
        let parcel = match (users.len(), users.pop()) {
            (1, Some(only)) => plain(only, Some(shard), ctx),
            (_, Some(last)) => {
                users.push(last);
                self.envelope(shard, users, &aggregate.finish(), ctx)
            }
            (_, None) => return,
        };
        let drained = self.limiter.put(parcel, shard, self.config.rate_limit_percent, ctx.now());
        self.pass(drained, ctx);
    }

    /// User records become one Kinesis record with the key `a`.
    fn envelope(&mut self, shard: u32, users: Vec<User>, data: &[u8], ctx: &mut Ctx<'_>) -> Parcel {
        let key = ctx.keys_mut().intern(PARTITION_KEY);
        let RecordId(id) = ctx.new_records(1);
        let born = users.iter().map(|user| user.row.born).min().unwrap_or(ctx.now());
        let len = u32::try_from(data.len()).expect("a Kinesis record has 10 MiB at most");
        let chunk = Rc::new(data.to_vec());
        let row = Record::new((RecordId(id), key, born), &chunk, 0..len, len);
        let parcel = Parcel {
            bytes: row.bytes(ctx.keys()),
            row,
            hash: users.first().map_or(0, |first| first.hash),
            shard: Some(shard),
            deadline: users.iter().map(|user| user.deadline).min().unwrap_or(ctx.now()),
            expiry: users.iter().map(|user| user.expiry).min().unwrap_or(ctx.now()),
            users,
        };
        let me = ctx.me();
        let (count, bytes) = (parcel.user_count(), parcel.user_bytes(ctx.keys()));
        ctx.book(Account::Held(me), Account::Folded(me), count, bytes);
        ctx.book(Account::Derived(me), Account::Held(me), 1, parcel.bytes);
        self.held -= count - 1;
        parcel
    }

    /// What left the limiter goes on, or back.
    fn pass(&mut self, drained: Drained, ctx: &mut Ctx<'_>) {
        for parcel in drained.ready {
            self.collect(parcel, ctx);
        }
        for parcel in drained.expired {
            self.unpack(&parcel, ctx);
            for user in parcel.users {
                self.retry(user, ctx);
            }
        }
    }

    fn collect(&mut self, mut parcel: Parcel, ctx: &mut Ctx<'_>) {
        if self.packs(ctx) {
            let fifth = u64::from(self.config.record_buffered_millis_max) / 5;
            let wait = Duration::from_millis(fifth.min(COLLECT_MILLIS_MAX));
            parcel.deadline = parcel.deadline.max(ctx.now() + wait).min(parcel.expiry);
        }
        if let Some(parcels) = self.collector.add(parcel, &self.config) {
            self.calls.queue(parcels);
            self.send(ctx);
        }
    }

    fn expire(&mut self, user: &User, ctx: &mut Ctx<'_>) {
        self.tally.expired += 1;
        ctx.count(metric::USER_EXPIRED, 1);
        let cause = Cause {
            limit: u64::from(self.config.record_ttl_millis) * 1_000,
            attempt: (user.attempts, 0),
            ..Cause::new(ctx.now(), ctx.me(), Reason::RecordTtl)
        };
        self.fail(user, cause, ctx);
    }

    fn ask_for_shards(&mut self, ctx: &mut Ctx<'_>) {
        let due = self.map.asks_at().is_some_and(|at| at <= ctx.now());
        if let (true, Some(edge)) = (due, self.edge) {
            let token = ctx.send(edge, Request::ListShards);
            self.map.asked(token);
        }
    }

    /// When the limiter is looked at next.
    fn drains_at(&self, now: Time) -> Option<Time> {
        (!self.limiter.is_empty()).then(|| Time(now.0.next_multiple_of(DRAIN_EVERY.0)))
    }

    /// Keeps one timer for the earliest thing to do.
    fn set_clock(&mut self, ctx: &mut Ctx<'_>) {
        let now = ctx.now();
        let drains = self.drains_at(Time(now.0 + 1));
        let due = [
            self.aggregator.deadline(),
            self.collector.deadline(),
            drains,
            self.again.front().map(|(at, _)| *at),
            self.calls.deadline(),
            self.map.asks_at().filter(|_| self.edge.is_some()),
        ];
        let Some(next) = due.into_iter().flatten().min() else { return };
        let next = next.max(now);
        if self.wake.is_none_or(|(at, _)| at > next) {
            self.wake = Some((next, ctx.after(next.since(now), super::timer::WAKE, 0)));
        }
    }
}

/// A user record that travels without an envelope: under its own key.
fn plain(user: User, shard: Option<u32>, ctx: &Ctx<'_>) -> Parcel {
    Parcel {
        row: user.row.clone(),
        hash: user.hash,
        bytes: user.row.bytes(ctx.keys()),
        shard,
        deadline: user.deadline,
        expiry: user.expiry,
        users: vec![user],
    }
}

fn explicit_hash(config: &KplConfig) -> Option<(u128, String)> {
    let text = &config.explicit_hash_key;
    text.parse().ok().map(|hash| (hash, text.clone()))
}
