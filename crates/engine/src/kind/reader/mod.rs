//! The reader: walks the shards of a stream with `ListShards`, `GetShardIterator` and
//! `GetRecords`, or with subscriptions of enhanced fan-out, parents to their end before their
//! children. Whatever reads a stream owns one and
//! hands it the events of its wire; it does all the bookings up to `Held`.
//!
//! Not here: what becomes of the records, which is the owner's business.

mod fanout;
mod resume;

use base::{Duration, EdgeId, Time, VecMap};
use scenario::kind::{Retrieval, StartAt};

pub(super) use self::fanout::subscription;
use super::stream::SequenceNumber;
use crate::batch::Batch;
use crate::call::{ApiError, Got, Request, Response, ShardInfo, ShardIterator};
use crate::cause::{Cause, Reason};
use crate::kernel::ctx::{Ctx, Dot};
use crate::kernel::ledger::Account;
use crate::kernel::queue::{Event, TimerId, Token};
use crate::snapshot::{MarkKind, Outcome};

/// Timer codes from here on belong to the reader; owners keep theirs below.
pub const TIMERS: u32 = 0x100;
const POLL: u32 = TIMERS;
const LIST: u32 = TIMERS + 1;
const CONSUMER: u32 = TIMERS + 2;
/// A call that failed is made again this much later, doubled for each failure in a row.
const RETRY_MILLIS: u64 = 100;
/// A subscription that broke is renewed this much later: a stream refuses an earlier call for the
/// same shard (botocore 1.44.5).
const SUBSCRIBE_AGAIN: Duration = Duration::from_secs(5);
/// No wait is longer: refused reads are refused for the next second (facts, streams §3.2).
const RETRY_MAX: Duration = Duration::SECOND;

/// How a reader reads.
#[derive(Clone, Debug)]
pub struct ReaderConfig {
    /// Polling or fan-out.
    pub retrieval: Retrieval,
    /// Pause between two calls to one shard.
    pub poll: Duration,
    /// `Limit` of `GetRecords`.
    pub limit: u32,
    /// Where reading begins on the shards that are there at the start.
    pub start: StartAt,
    /// For `AT_TIMESTAMP`.
    pub timestamp: Time,
    /// For the two sequence number types.
    pub sequence_number: Option<SequenceNumber>,
    /// Children begin once the owner has called `processed`, not once their parents are read.
    pub children_wait: bool,
}

/// What came of an event.
#[derive(Clone, Debug)]
pub enum Read {
    /// `GetRecords` returned; its records, if any, are held by the owner now.
    Records {
        /// Shard index.
        shard: u32,
        /// The records in order; may be empty.
        batch: Batch,
        /// `MillisBehindLatest` in microseconds, zero when caught up.
        behind_micros: u64,
        /// Records that expired before they were read.
        skipped: u64,
    },
    /// A call failed; it is made again on its own.
    Failed {
        /// Shard index.
        shard: u32,
        /// Why.
        error: ApiError,
    },
}

/// A reader of one stream.
#[derive(Clone, Debug)]
pub struct Reader {
    config: ReaderConfig,
    edge: Option<EdgeId>,
    shards: VecMap<u32, Lease>,
    calls: VecMap<Token, Asked>,
    /// Its consumer with the stream, once that is active.
    consumer: Option<u32>,
    /// Whether the first list arrived: shards found later are read from their beginning.
    started: bool,
    /// A shard ended while a list was on its way.
    list_again: bool,
    /// Nothing is polled before.
    rests_until: Time,
    /// Records of each shard that whoever read before is done with: reading goes on behind them.
    resumes: VecMap<u32, u64>,
}

/// A call on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    List,
    Consumer,
    Shard(u32),
}

/// Where the reader stands on one shard.
#[derive(Clone, Copy, Debug)]
struct Lease {
    range: (u128, u128),
    /// When the shard was created, in Unix seconds.
    created_secs: u64,
    stage: Stage,
    /// Records of the shard's life before the position: iterators are renewed from here.
    offset: Option<u64>,
    /// The timer of the next call; none while a call is on its way.
    timer: Option<TimerId>,
    /// Calls that failed in a row.
    failures: u32,
    asked: Time,
    /// Not polled before: the owner is busy.
    busy_until: Time,
    behind_micros: u64,
    answered: Time,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// So many parents hold it up.
    Waits(u32),
    /// Needs an iterator, or a subscription.
    Starts,
    /// Reads on from here.
    Reads(ShardIterator),
    /// Waits for what the subscription with this number pushes.
    Listens(u32),
    /// Read to its end; the owner still works on it.
    Read,
    /// Done with: its children may begin.
    Done,
}

impl Reader {
    /// A reader that reads nothing until `rewire`.
    #[must_use]
    pub fn new(config: ReaderConfig) -> Self {
        Self {
            config,
            edge: None,
            shards: VecMap::new(),
            calls: VecMap::new(),
            consumer: None,
            started: false,
            list_again: false,
            rests_until: Time::ZERO,
            resumes: VecMap::new(),
        }
    }

    /// The wire it reads through.
    #[must_use]
    pub fn edge(&self) -> Option<EdgeId> {
        self.edge
    }

    /// Takes new settings: a new pace counts from the last call on, a new starting point with the
    /// next stream.
    pub fn reconfigure(&mut self, config: ReaderConfig, ctx: &mut Ctx<'_>) {
        let repaced = config.poll != self.config.poll;
        let switched = config.retrieval != self.config.retrieval;
        self.config = config;
        if switched {
            return self.switch(ctx);
        }
        let waiting = self.shards.iter_mut().filter(|(_, lease)| lease.timer.is_some());
        for (shard, lease) in waiting.filter(|_waiting| repaced) {
            let wait = (lease.asked + self.config.poll).since(ctx.now());
            lease.timer = Some(ctx.after(wait, POLL, u64::from(*shard)));
        }
    }

    /// Takes a wire to read through, or none; another wire than before begins anew.
    pub fn rewire(&mut self, edge: Option<EdgeId>, ctx: &mut Ctx<'_>) {
        if edge == self.edge {
            return;
        }
        *self = Self::new(self.config.clone());
        self.edge = edge;
        self.begin(ctx);
    }

    /// The shard is not polled before this time: the owner works on what it got.
    pub fn pause(&mut self, shard: u32, until: Time) {
        if let Some(lease) = self.shards.get_mut(&shard) {
            lease.busy_until = until;
        }
    }

    /// Polls nothing before this time.
    pub fn rest_until(&mut self, until: Time) {
        self.rests_until = until;
    }

    /// Each shard that is being read with its iterator age in microseconds, ascending.
    pub fn ages(&self, now: Time) -> impl Iterator<Item = (u32, u64)> {
        let reading = |lease: &Lease| !matches!(lease.stage, Stage::Done | Stage::Waits(_));
        let leases = self.shards.iter().filter(move |(_, lease)| reading(lease));
        leases.map(move |(shard, lease)| (*shard, lease.age_micros(now, self.rests_until)))
    }

    /// When a shard was created, in Unix seconds: the beginning of its sequence numbers.
    #[must_use]
    pub fn created_secs(&self, shard: u32) -> u64 {
        self.shards.get(&shard).map_or(0, |lease| lease.created_secs)
    }

    /// Whether a shard was read to its end.
    #[must_use]
    pub fn is_done(&self, shard: u32) -> bool {
        let ended = |lease: &Lease| matches!(lease.stage, Stage::Read | Stage::Done);
        self.shards.get(&shard).is_some_and(ended)
    }

    /// Whether two shards have hash keys in common: one comes after the other.
    #[must_use]
    pub fn share_keys(&self, one: u32, other: u32) -> bool {
        let range = |shard| self.shards.get(&shard).map(|lease| lease.range);
        range(one).zip(range(other)).is_some_and(|(one, other)| overlap(one, other))
    }

    /// The owner is done with all records of a shard that was read to its end.
    pub fn processed(&mut self, shard: u32, ctx: &mut Ctx<'_>) {
        if let Some(lease) = self.shards.get_mut(&shard).filter(|it| it.stage == Stage::Read) {
            lease.stage = Stage::Done;
            self.ended(shard, ctx);
        }
    }

    /// A shard was read to its end.
    fn finish(&mut self, shard: u32, ctx: &mut Ctx<'_>) {
        if let Some(lease) = self.shards.get_mut(&shard) {
            lease.stage = Stage::Read;
        }
        if !self.config.children_wait {
            self.processed(shard, ctx);
        }
    }

    /// Reacts to its timers and to answers through its wires: give it every timer with a code
    /// from `TIMERS` on, and every response that is not to a call of the owner's own.
    pub fn handle(&mut self, event: Event, ctx: &mut Ctx<'_>) -> Option<Read> {
        match event {
            Event::Timer { id, code: POLL, data } => {
                let shard = u32::try_from(data).ok()?;
                let lease = self.shards.get_mut(&shard)?;
                if lease.timer == Some(id) {
                    lease.timer = None;
                    self.call(shard, ctx);
                }
                None
            }
            Event::Timer { code: CONSUMER, data, .. } => {
                let name = ctx.name();
                let request = match data {
                    0 => Request::RegisterStreamConsumer { name },
                    _ => Request::DescribeStreamConsumer { name },
                };
                self.ask_consumer(request, ctx);
                None
            }
            Event::Timer { code: LIST, .. } => {
                self.list(ctx);
                None
            }
            Event::Response { token, edge, response } => {
                let Some(asked) = self.calls.remove(&token) else {
                    absorb(edge, &response, ctx);
                    return None;
                };
                self.answered(asked, response, ctx)
            }
            Event::Timer { .. } | Event::Request { .. } | Event::Rewired => None,
        }
    }

    fn list(&mut self, ctx: &mut Ctx<'_>) {
        let Some(edge) = self.edge else { return };
        if self.calls.values().any(|asked| *asked == Asked::List) {
            self.list_again = true;
            return;
        }
        let token = ctx.send(edge, Request::ListShards);
        self.calls.insert(token, Asked::List);
    }

    fn call(&mut self, shard: u32, ctx: &mut Ctx<'_>) {
        let (Some(edge), Some(lease)) = (self.edge, self.shards.get_mut(&shard)) else { return };
        let free_at = lease.busy_until.max(self.rests_until);
        if free_at > ctx.now() {
            let wait = free_at.since(ctx.now());
            lease.timer = Some(ctx.after(wait, POLL, u64::from(shard)));
            return;
        }
        let request = match lease.stage {
            Stage::Waits(_) | Stage::Read | Stage::Done => return,
            Stage::Starts => {
                let request = start_request(&self.config, shard, lease.offset);
                match self.config.retrieval {
                    Retrieval::Polling => request,
                    Retrieval::FanOut => match subscription(self.consumer, &request) {
                        Some(request) => request,
                        None => return,
                    },
                }
            }
            Stage::Listens(subscription) => Request::NextEvent { subscription, shard },
            Stage::Reads(iterator) => Request::GetRecords { iterator, limit: self.config.limit },
        };
        lease.asked = ctx.now();
        let token = ctx.send(edge, request);
        self.calls.insert(token, Asked::Shard(shard));
    }

    fn answered(&mut self, asked: Asked, response: Response, ctx: &mut Ctx<'_>) -> Option<Read> {
        match (asked, response) {
            (Asked::List, Response::Shards(list)) => self.listed(&list, ctx),
            (Asked::Consumer, Response::Consumer(answer)) => self.registered(answer, ctx),
            (Asked::Shard(shard), answer) => return self.advance(shard, answer, ctx),
            _ => {}
        }
        None
    }

    /// A shard's call was answered.
    fn advance(&mut self, shard: u32, response: Response, ctx: &mut Ctx<'_>) -> Option<Read> {
        let lease = self.shards.get_mut(&shard)?;
        match response {
            Response::Iterator(Ok(iterator)) => {
                lease.stage = Stage::Reads(iterator);
                lease.offset = Some(iterator.offset);
                self.call(shard, ctx);
                None
            }
            Response::Records(Ok(got)) => Some(self.received(shard, got, ctx)),
            Response::Subscription(Ok(subscription)) => {
                lease.stage = Stage::Listens(subscription);
                self.call(shard, ctx);
                None
            }
            Response::Event(Ok(event)) => Some(self.heard(shard, event, ctx)),
            Response::Subscription(Err(error)) | Response::Event(Err(error)) => {
                lease.failures += 1;
                lease.stage = Stage::Starts;
                lease.timer = Some(ctx.after(SUBSCRIBE_AGAIN, POLL, u64::from(shard)));
                Some(Read::Failed { shard, error })
            }
            Response::Iterator(Err(error)) | Response::Records(Err(error)) => {
                let expired = error.reason == Reason::ExpiredIterator;
                let wait = if expired { Duration::ZERO } else { backoff(lease.failures) };
                lease.failures += 1;
                if expired {
                    lease.stage = Stage::Starts;
                }
                lease.timer = Some(ctx.after(wait, POLL, u64::from(shard)));
                Some(Read::Failed { shard, error })
            }
            Response::Put(_)
            | Response::Shards(_)
            | Response::Object(_)
            | Response::Consumer(_)
            | Response::Lease(_)
            | Response::Items(_)
            | Response::Bulk(_)
            | Response::Copy(_)
            | Response::Post(_)
            | Response::Content(_) => None,
        }
    }

    fn received(&mut self, shard: u32, got: Got, ctx: &mut Ctx<'_>) -> Read {
        let Got { batch, next, behind_micros, skipped } = got;
        debug_assert!(batch.is_in_order(), "a shard is read in the order it was written");
        if let Some(edge) = self.edge {
            let held = Account::Held(ctx.me());
            ctx.book(Account::Flight(edge), held, batch.records(), batch.bytes);
            show(edge, shard, &batch, ctx);
        }
        let now = ctx.now();
        if let Some(lease) = self.shards.get_mut(&shard) {
            lease.behind_micros = behind_micros;
            lease.answered = now;
            lease.failures = 0;
            if let Some(iterator) = next {
                lease.stage = Stage::Reads(iterator);
                lease.offset = Some(iterator.offset);
                let due = lease.asked + self.config.poll;
                lease.timer = Some(ctx.after(due.since(now), POLL, u64::from(shard)));
            } else {
                self.finish(shard, ctx);
            }
        }
        Read::Records { shard, batch, behind_micros, skipped }
    }

    /// A shard is done with: its children may begin.
    fn ended(&mut self, parent: u32, ctx: &mut Ctx<'_>) {
        let Some(range) = self.shards.get(&parent).map(|lease| lease.range) else { return };
        let mut ready = Vec::new();
        for (shard, lease) in self.shards.iter_mut().filter(|(shard, _)| **shard > parent) {
            if let Stage::Waits(parents) = lease.stage
                && overlap(lease.range, range)
            {
                lease.stage = if parents > 1 { Stage::Waits(parents - 1) } else { Stage::Starts };
                if parents <= 1 {
                    ready.push(*shard);
                }
            }
        }
        for shard in ready {
            self.call(shard, ctx);
        }
        self.list(ctx);
    }

    fn listed(&mut self, list: &[ShardInfo], ctx: &mut Ctx<'_>) {
        if list.is_empty() {
            // A stream has shards: the call failed.
            ctx.after(RETRY_MAX, LIST, 0);
            return;
        }
        let first = !self.started;
        let begins_late = first && self.config.start == StartAt::Latest;
        self.started = true;
        for info in list {
            if self.shards.contains_key(&info.shard) {
                continue;
            }
            // Most shards have no parents: only children look for theirs.
            let elders = info.parent.map(|_parent| self.shards.iter());
            let parents = elders.into_iter().flatten().filter(|(shard, lease)| {
                **shard < info.shard
                    && lease.stage != Stage::Done
                    && overlap(lease.range, info.range)
            });
            let parents = u32::try_from(parents.count()).unwrap_or(u32::MAX);
            let resumed = self.resumed(info).or((!first).then_some(0));
            let stage = match parents {
                _ if begins_late && info.closed && resumed.is_none() => Stage::Done,
                0 => Stage::Starts,
                _ => Stage::Waits(parents),
            };
            self.shards.insert(info.shard, Lease::new(info, stage, resumed));
            self.call(info.shard, ctx);
        }
        if core::mem::take(&mut self.list_again) {
            self.list(ctx);
        }
    }
}

/// Tells of records that expired before whoever reads them got there.
#[inline(never)]
pub fn explain_loss(shard: u32, records: u64, ctx: &mut Ctx<'_>) {
    ctx.mark(MarkKind::Loss);
    ctx.explain(Cause {
        shard: Some(shard),
        records: u32::try_from(records).unwrap_or(u32::MAX),
        ..Cause::new(ctx.now(), ctx.me(), Reason::RetentionLost)
    });
}

impl Lease {
    fn new(info: &ShardInfo, stage: Stage, offset: Option<u64>) -> Self {
        Self {
            range: info.range,
            created_secs: info.created_secs,
            stage,
            offset,
            timer: None,
            failures: 0,
            asked: Time::ZERO,
            busy_until: Time::ZERO,
            behind_micros: 0,
            answered: Time::ZERO,
        }
    }

    fn age_micros(&self, now: Time, rests_until: Time) -> u64 {
        let busy = self.busy_until.max(rests_until) > now;
        if self.behind_micros == 0 && !busy {
            return 0;
        }
        self.behind_micros + now.since(self.answered).0
    }
}

/// How long to wait after so many failures before this one.
fn backoff(failures: u32) -> Duration {
    Duration::from_millis(RETRY_MILLIS << failures.min(8)).min(RETRY_MAX)
}

/// The first iterator of a shard, or one that replaces an expired one.
fn start_request(config: &ReaderConfig, shard: u32, offset: Option<u64>) -> Request {
    let plain = |start| Request::GetShardIterator {
        shard,
        start,
        timestamp: config.timestamp,
        sequence_index: 0,
    };
    match (offset, config.start, config.sequence_number) {
        (Some(0), ..) => plain(StartAt::TrimHorizon),
        // The record before the position has this index: indices count from one.
        (Some(offset), ..) => Request::GetShardIterator {
            shard,
            start: StartAt::AfterSequenceNumber,
            timestamp: config.timestamp,
            sequence_index: offset,
        },
        (None, start @ (StartAt::AtSequenceNumber | StartAt::AfterSequenceNumber), number) => {
            match number.filter(|number| number.shard == shard) {
                Some(number) => Request::GetShardIterator {
                    shard,
                    start,
                    timestamp: config.timestamp,
                    sequence_index: number.index,
                },
                None => plain(StartAt::TrimHorizon),
            }
        }
        (None, start, _) => plain(start),
    }
}

/// Books an answer nobody waits for any more: its wire was taken away meanwhile.
fn absorb(edge: EdgeId, response: &Response, ctx: &mut Ctx<'_>) {
    let batch = match response {
        Response::Records(Ok(got)) => &got.batch,
        Response::Event(Ok(event)) => &event.batch,
        _ => return,
    };
    let lost = Account::Dropped(ctx.me(), Reason::Removed);
    ctx.book(Account::Flight(edge), lost, batch.records(), batch.bytes);
}

/// Draws what came through the wire.
pub(super) fn show(edge: EdgeId, shard: u32, batch: &Batch, ctx: &mut Ctx<'_>) {
    let stride = ctx.stride();
    let mut by_slot = [0_u32; 7];
    for record in batch.rows() {
        let slot = ctx.keys().slot(record.key);
        by_slot[usize::from(slot)] += 1;
        if record.id.0.is_multiple_of(stride) {
            ctx.sample(edge, Dot { record, slot, lane: shard, outcome: Outcome::Accepted });
        }
    }
    for (slot, records) in (0_u8..).zip(by_slot) {
        if records > 0 {
            ctx.passed(edge, slot, records, Outcome::Accepted);
        }
    }
}

fn overlap(a: (u128, u128), b: (u128, u128)) -> bool {
    a.0 <= b.1 && b.0 <= a.1
}

/// The line of an iterator age in milliseconds: the most that was told in each second, and what
/// it is now if that is more.
///
/// Who stands still tells nothing, and one shard is quiet about another. But an age grows no
/// faster than time passes: what is late now was late before.
pub(super) fn age_line(told: &[u64], now_micros: u64) -> Vec<u32> {
    let narrow = |ms: u64| u32::try_from(ms).unwrap_or(u32::MAX);
    let mut line: Vec<u32> = told.iter().map(|ms| narrow(*ms)).collect();
    let mut least = narrow(now_micros / 1_000);
    for ms in line.iter_mut().rev() {
        *ms = (*ms).max(least.saturating_sub(1_000));
        least = *ms;
    }
    let now = narrow(now_micros / 1_000);
    if line.last().is_none_or(|last| now > *last) {
        line.push(now);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::age_line;

    #[test]
    fn an_age_rises_no_faster_than_time_passes() {
        assert_eq!(age_line(&[300, 0, 200], 100_000), [300, 0, 200]);
        assert_eq!(age_line(&[300, 0, 0, 0], 3_500_000), [300, 500, 1_500, 2_500, 3_500]);
        assert_eq!(age_line(&[], 2_000), [2]);
    }
}
