//! Kinesis data stream, provisioned: shards that take, keep and give records.
//!
//! Each call is decided when it arrives, in one event: which entries are stored, what a reader
//! gets. Its latency is the delay of the answer. A stream never calls anybody.

mod bill;
pub mod direct;
pub mod encryption;
#[cfg(test)]
mod encryption_tests;
pub mod fanout;
#[cfg(test)]
mod fanout_tests;
pub mod history;
pub mod lifecycle;
pub mod limiter;
pub mod log;
pub mod numbering;
pub mod on_demand;
#[cfg(test)]
mod on_demand_tests;
pub mod put;
pub mod read;
pub mod readers;
mod scaling;
pub mod sequence;
pub mod shard;
#[cfg(test)]
mod stream_tests;
pub mod turns;
pub mod view;
#[cfg(test)]
mod world;

use base::units::KIB;
use base::{Duration, EdgeId, Time, VecMap};
use scenario::DataSets;
use scenario::kind::{StreamConfig, StreamMode};

use self::bill::Billed;
use self::encryption::{Keys, usual_key};
use self::fanout::{Fanout, REGISTER_DELAY, Subscribe};
use self::lifecycle::{Life, Status};
use self::log::Expired;
use self::numbering::Numbering;
use self::on_demand::Load;
use self::read::Wanted;
use self::readers::Readers;
pub use self::sequence::SequenceNumber;
use self::shard::Shard;
use super::Component;
use crate::call::{ErrorCode, Request, Response};
use crate::cause::Reason;
use crate::engine::RecordView;
use crate::kernel::Kernel;
use crate::kernel::ctx::Ctx;
use crate::kernel::ledger::Account;
use crate::kernel::queue::Event;
use crate::snapshot::{EdgeView, MarkKind, NodeView};
use crate::usage::Meter;

/// Positions of the metrics in the kind's specification.
mod metric {
    pub(super) const INCOMING_RECORDS: u8 = 0;
    pub(super) const INCOMING_BYTES: u8 = 1;
    pub(super) const WRITE_THROTTLED: u8 = 2;
    pub(super) const READ_THROTTLED: u8 = 3;
    pub(super) const READ_RECORDS: u8 = 4;
    pub(super) const READ_BYTES: u8 = 5;
    pub(super) const ITERATOR_AGE: u8 = 6;
    pub(super) const TOTAL_RECORDS: u8 = 7;
    pub(super) const PUSHED_RECORDS: u8 = 8;
    pub(super) const PUSHED_BYTES: u8 = 9;
    pub(super) const PUSH_AGE: u8 = 10;
    pub(super) const PUSH_REFUSED: u8 = 11;
}

/// Timer: the oldest record of a shard is past retention.
const EXPIRE: u32 = 1;
/// Timer: creation, a change or deletion is done.
const SETTLE: u32 = 2;
/// Timer: a consumer is registered or gone.
const REGISTER: u32 = 3;
/// Timer: the next event of a subscription.
const PUSH: u32 = 4;
/// Timer: a minute of on-demand mode is over.
const WATCH: u32 = 5;
/// Records leave the books of a shard at most this often; readers never see expired ones.
const EXPIRE_EVERY: Duration = Duration::SECOND;
/// Streams with more open shards show no past: nobody could see it.
const DETAILED_SHARDS_MAX: u32 = 32;

/// State of a stream.
#[derive(Clone, Debug)]
pub struct Stream {
    /// As it is now; calls change it too.
    config: StreamConfig,
    /// As the document has it.
    design: StreamConfig,
    /// By index; a closed one stays.
    shards: Vec<Shard>,
    /// Indices of the open ones, ascending by hash range.
    open: Vec<u32>,
    /// Records of all shards.
    held: u64,
    /// Records that were spread whatever their keys.
    spread: u64,
    readers: Readers,
    fanout: Fanout,
    keys: Keys,
    load: Load,
    /// Shard-level metrics that are on, in AWS's order.
    pub(crate) monitored: Vec<&'static str>,
    life: Life,
    /// How its records are numbered, if not by their place in the shard.
    pub(crate) numbering: Option<Numbering>,
    /// Whether all waves of `UpdateShardCount` come in the same moment: nobody watches them.
    pub(crate) at_once: bool,
    /// The horizon when the settings changed last.
    trimmed: Option<Time>,
    /// Tags, by key.
    pub(crate) tags: VecMap<String, String>,
    billed: Billed,
}

impl Component for Stream {
    type Config = StreamConfig;

    fn new(config: &StreamConfig, _data: &DataSets, ctx: &mut Ctx<'_>) -> Self {
        let mut stream = Self {
            config: config.clone(),
            design: config.clone(),
            shards: Vec::new(),
            open: Vec::new(),
            held: 0,
            spread: 0,
            readers: Readers::default(),
            fanout: Fanout::default(),
            keys: Keys::new(ctx.now(), config.encryption),
            load: Load::default(),
            monitored: Vec::new(),
            life: Life::new(ctx.now()),
            numbering: None,
            at_once: false,
            trimmed: None,
            tags: VecMap::new(),
            billed: Billed::new(config, ctx),
        };
        stream.open_shards(config.shards_at_start(), ctx);
        stream.watch_load(ctx);
        ctx.describe(stream.retention(), config.spreads());
        stream
    }

    fn handle(&mut self, event: Event, ctx: &mut Ctx<'_>) {
        self.settle_bill(ctx);
        match event {
            Event::Timer { id, code: EXPIRE, data } => {
                let at = usize::try_from(data).expect("a shard's index came from a usize");
                if self.shards[at].expiry == Some(id) {
                    self.expire(at, ctx);
                    self.watch_expiry(at, ctx);
                }
            }
            Event::Timer { id, code: SETTLE, .. } => self.settle(id, ctx),
            Event::Timer { id, code: REGISTER, .. } => self.registered(id),
            Event::Timer { id, code: PUSH, data } => self.push(id, data, ctx),
            Event::Timer { code: WATCH, .. } => self.watched(ctx),
            Event::Request { token, edge, request: Request::Put(put) } => {
                self.put(token, edge, &put, ctx);
            }
            Event::Request {
                token, request: Request::NextEvent { subscription, shard }, ..
            } => {
                self.next_event(token, shard, subscription, ctx);
            }
            Event::Request { token, edge, request } => {
                let harm = ctx.harm();
                let response = self.answer(edge, &request, harm.fails || harm.lost, ctx);
                let delay = Duration::from_millis(self.config.read_latency_millis.into());
                ctx.reply(token, delay + Duration::from_millis(harm.extra_millis), response);
            }
            Event::Rewired => {
                self.readers.rewire(&ctx.edges_out());
                self.hang_up(ctx);
            }
            Event::Timer { .. } | Event::Response { .. } => {}
        }
    }

    fn reconfigure(&mut self, config: &StreamConfig, _data: &DataSets, ctx: &mut Ctx<'_>) {
        let now = ctx.now();
        self.settle_bill(ctx);
        self.trim(ctx);
        let before = core::mem::replace(&mut self.design, config.clone());
        // What calls changed stays, unless the setting itself changes.
        let resharded = config.shards != before.shards && config.mode == StreamMode::Provisioned;
        let mode = if config.mode == before.mode { self.config.mode } else { config.mode };
        let encryption = self.config.encryption;
        self.load.switch(mode);
        self.config = StreamConfig { mode, encryption, ..config.clone() };
        if config.encryption != before.encryption {
            self.switch_key(config.encryption, usual_key(config.encryption), now);
        }
        self.watch_load(ctx);
        ctx.describe(self.retention(), self.config.spreads());
        let largest = record_bytes_max(config);
        for shard in &mut self.shards {
            shard.write.reconfigure(config.limiter, largest, now);
        }
        for at in 0..self.shards.len() {
            self.expire(at, ctx);
            self.watch_expiry(at, ctx);
        }
        if resharded {
            self.reshard(ctx);
        }
    }

    fn held(&self) -> u64 {
        self.held
    }

    fn memory(&self) -> u64 {
        self.shards.iter().map(|shard| shard.log.memory()).sum()
    }

    fn observe(&self, kernel: &Kernel, out: &mut NodeView, edges: &mut [EdgeView]) {
        self.view(kernel, out, edges);
    }

    fn usage(&self, kernel: &Kernel, meter: &mut Meter<'_>) {
        self.bill(kernel, meter);
    }

    fn records(&self, kernel: &Kernel, lane: u32, count: u32) -> Vec<RecordView> {
        let shard = self.shards.get(lane as usize);
        shard.map_or_else(Vec::new, |shard| self.newest_records(shard, kernel, count))
    }

    fn check(&self) -> Result<(), String> {
        let held: u64 = self.shards.iter().map(|shard| shard.log.held()).sum();
        if held != self.held {
            return Err(format!("shards hold {held} records, the stream counts {}", self.held));
        }
        let mut next = Some(0);
        for index in &self.open {
            let (first, last) = self.shards[*index as usize].range;
            if Some(first) != next || last < first {
                return Err(format!("shard {index} leaves a gap in the hash range"));
            }
            next = last.checked_add(1);
        }
        if next.is_some() { Err("open shards end below 2^128".to_owned()) } else { Ok(()) }
    }
}

impl Stream {
    /// Opens shards: the hash range in equal parts, the last one takes the rest (facts, streams
    /// §1.1).
    fn open_shards(&mut self, count: u32, ctx: &Ctx<'_>) {
        let count = count.max(1);
        self.open.clear();
        for (part, range) in (0_u32..).zip(even_split(count)) {
            let index = u32::try_from(self.shards.len()).expect("shards stay far below 2^32");
            let mut shard = Shard::new(index, range, &self.config, ctx);
            if count <= DETAILED_SHARDS_MAX {
                shard.history = Some(Box::default());
            }
            debug_assert_eq!(part as usize, self.open.len());
            self.open.push(index);
            self.shards.push(shard);
        }
    }

    /// Closes every open shard and opens new ones in its place, at once.
    fn reshard(&mut self, ctx: &mut Ctx<'_>) {
        let now = ctx.now();
        let parents = core::mem::take(&mut self.open);
        for index in &parents {
            self.shards[*index as usize].closed = Some(now);
            self.wake(*index as usize, ctx);
        }
        self.open_shards(self.config.shards_at_start(), ctx);
        for index in &self.open {
            let range = self.shards[*index as usize].range;
            let ranges =
                parents.iter().map(|parent| (*parent, self.shards[*parent as usize].range));
            let mut over = ranges.filter(|(_, of)| of.0 <= range.1 && range.0 <= of.1);
            let first = over.next().map(|(parent, _)| parent);
            let last = over.next_back().map(|(parent, _)| parent);
            let created_secs = self.second_after((first, last), &self.shards[*index as usize]);
            let child = &mut self.shards[*index as usize];
            child.parents = (first, last);
            child.created_secs = created_secs;
        }
        ctx.mark(MarkKind::Reshard);
    }

    /// The position in `shards` of the open shard that owns a hash. Mostly the shards are equal
    /// parts and the guess is right; after splits and merges a search finds it.
    #[inline]
    fn owner(&self, hash: u128) -> usize {
        let count = self.open.len() as u128;
        let guess = usize::try_from(((hash >> 64) * count) >> 64).unwrap_or(0);
        let index = self.open[guess] as usize;
        let (first, last) = self.shards[index].range;
        if first <= hash && hash <= last {
            return index;
        }
        let begins = |index: &u32| self.shards[*index as usize].range.0 <= hash;
        self.open[self.open.partition_point(begins) - 1] as usize
    }

    /// The position in `shards` of the open shard that takes the next record: with AUTO each in
    /// turn, else the owner of its hash.
    #[inline]
    fn place(&mut self, hash: u128) -> usize {
        if self.config.spreads() { self.next_in_turn() } else { self.owner(hash) }
    }

    #[inline(never)]
    fn next_in_turn(&mut self) -> usize {
        self.spread += 1;
        let turn = self.spread % self.open.len() as u64;
        self.open[usize::try_from(turn).unwrap_or(0)] as usize
    }

    fn retention(&self) -> Duration {
        Duration::from_secs(u64::from(self.config.retention_hours) * 3_600)
    }

    /// Lets the records of a shard go that are past retention.
    fn expire(&mut self, at: usize, ctx: &mut Ctx<'_>) {
        let retention = self.retention();
        let log = &mut self.shards[at].log;
        if log.oldest().is_none_or(|oldest| oldest + retention > ctx.now()) {
            return;
        }
        let Expired { records, bytes, kept } = log.expire(ctx.now(), retention, ctx.keys());
        self.billed.expired(kept);
        self.held -= records;
        let me = ctx.me();
        ctx.book(Account::Held(me), Account::Expired(me), records, bytes);
    }

    /// Sets the timer of a shard's oldest record; an older timer is void.
    fn watch_expiry(&mut self, at: usize, ctx: &mut Ctx<'_>) {
        let due = self.shards[at].log.oldest().map(|oldest| oldest + self.retention());
        self.shards[at].expiry = due.map(|due| {
            let wait = due.since(ctx.now()).max(EXPIRE_EVERY);
            ctx.after(wait, EXPIRE, at as u64)
        });
    }

    fn answer(
        &mut self,
        edge: EdgeId,
        request: &Request,
        fails: bool,
        ctx: &mut Ctx<'_>,
    ) -> Response {
        if fails {
            return request.asked().refusal(Reason::InternalFailure, ErrorCode::InternalFailure);
        }
        match *request {
            Request::ListShards if self.life.status == Status::Creating => {
                Response::Shards(Vec::new())
            }
            Request::ListShards => Response::Shards(self.list_shards(ctx.now())),
            Request::GetShardIterator { shard, start, timestamp, sequence_index } => {
                let wanted = Wanted { shard, start, timestamp, sequence_index };
                Response::Iterator(self.iterator(wanted, true, ctx))
            }
            Request::GetRecords { iterator, limit } => {
                Response::Records(self.get_records(edge, iterator, limit, ctx))
            }
            Request::RegisterStreamConsumer { ref name } => {
                let how = (ctx.consumers_max(self.config.mode), REGISTER_DELAY);
                Response::Consumer(self.register(name, how, ctx))
            }
            Request::DescribeStreamConsumer { ref name } => {
                Response::Consumer(self.describe_consumer(name))
            }
            Request::DeregisterStreamConsumer { ref name } => {
                Response::Consumer(self.deregister(name, REGISTER_DELAY, ctx))
            }
            Request::SubscribeToShard { consumer, shard, start, timestamp, sequence_index } => {
                let wanted = Wanted { shard, start, timestamp, sequence_index };
                let asked = Subscribe { consumer, wanted };
                Response::Subscription(self.subscribe(edge, asked, ctx))
            }
            // No wire that ends at a stream carries these, but for those answered elsewhere.
            Request::Put(_)
            | Request::PutObject(_)
            | Request::NextEvent { .. }
            | Request::Lease(_)
            | Request::PutItems(_)
            | Request::Bulk(_)
            | Request::Copy(_)
            | Request::GetObject(_)
            | Request::Post(_) => {
                request.asked().refusal(Reason::InternalFailure, ErrorCode::InternalFailure)
            }
        }
    }
}

/// The largest record, data plus key.
fn record_bytes_max(config: &StreamConfig) -> u64 {
    u64::from(config.record_kib_max) * KIB
}

/// The whole hash range in equal parts: each is floor(2^128 / count) wide, the last takes the
/// rest (facts, streams §1.1, tested against production by kinesalite).
fn even_split(count: u32) -> impl Iterator<Item = (u128, u128)> {
    let count = u128::from(count.max(1));
    // floor(2^128 / n) = floor((2^128 - 1) / n), but for divisors of 2^128.
    let width = if count.is_power_of_two() {
        (u128::MAX / count).wrapping_add(u128::from(count > 1))
    } else {
        u128::MAX / count
    };
    (0..count).map(move |part| {
        let first = part * width;
        let last = if part + 1 == count { u128::MAX } else { first + (width - 1) };
        (first, last)
    })
}
