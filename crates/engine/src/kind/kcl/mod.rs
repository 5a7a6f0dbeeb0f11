//! KCL application: workers share the shards of a stream through leases in a table.
//!
//! Each worker renews its leases, now and then takes what nobody renews or steals what it lacks,
//! and runs one record processor for each lease. A worker that stands still finds out late that
//! others took over: what both processed counts as processed twice.

mod assign;
mod balance;
mod bulk;
mod copy;
mod emit;
mod fanout;
#[cfg(test)]
mod kcl_tests;
mod leases;
mod pump;
mod staff;
mod view;
mod worker;

use base::{Duration, EdgeId, Time, VecMap};
use scenario::kind::{KclConfig, StartAt};
use scenario::ports::Flow;
use scenario::{DataSets, Fault};

pub(super) use self::emit::Pipeline;

use self::assign::{Leader, Report};
use self::emit::Emission;
use self::leases::Then;
use self::worker::{Pump, Worker};
use super::Component;
use crate::call::{Request, Response, ShardInfo};
use crate::kernel::Kernel;
use crate::kernel::ctx::Ctx;
use crate::kernel::queue::{Event, Token};
use crate::kind::table;
use crate::lease::{Checkpoint, Lease, LeaseCall, LeaseTable, overlap};
use crate::snapshot::{EdgeView, NodeView, Sheet};

/// Positions of the metrics in the kind's specification.
mod metric {
    pub(super) const RECORDS_PROCESSED: u8 = 0;
    pub(super) const MILLIS_BEHIND: u8 = 1;
    pub(super) const LEASES_HELD: u8 = 2;
    pub(super) const EXPIRED_ITERATOR: u8 = 3;
    pub(super) const TAKEN: u8 = 4;
    pub(super) const LOST: u8 = 5;
}

const RENEW: u32 = 1;
const TAKE: u32 = 2;
const STEP: u32 = 3;
const SYNC: u32 = 4;
const SWEEP: u32 = 5;
const STAFF: u32 = 6;
const CREATE: u32 = 7;
const CONSUMER: u32 = 8;
const ASSIGN: u32 = 9;
const DISCOVER: u32 = 10;
const STATS: u32 = 11;
/// What a timer of `SYNC` is for: the regular look, another list, another beginning.
const REGULAR: u64 = 0;
const LIST_ONLY: u64 = 1;
const BEGIN_AGAIN: u64 = 2;
/// `shardSyncIntervalMillis` (facts, streams §9.2).
const SYNC_EVERY: Duration = Duration::from_secs(60);
/// Completed leases are cleaned up every five minutes (facts, streams §9.2).
const SWEEP_EVERY: Duration = Duration::from_secs(300);
/// A list that failed is asked for again this much later.
const LIST_AGAIN: Duration = Duration::SECOND;
/// The task back-off: a call that failed is made again this much later (facts, streams §9.2).
const CALL_AGAIN: Duration = Duration::from_millis(500);

/// State of an application.
#[derive(Clone, Debug)]
pub struct Kcl {
    config: KclConfig,
    wires: Wires,
    /// The hidden lease table; empty while one is wired.
    table: LeaseTable,
    /// Whether the first leases were made.
    begun: bool,
    /// By a number that is never used again.
    workers: VecMap<u32, Worker>,
    worker_next: u32,
    /// Who assigns leases in KCL 3.x, and how busy the workers are.
    leader: Option<Leader>,
    reports: VecMap<u32, Report>,
    /// Workers that were killed are replaced at these times.
    down_until: Vec<Time>,
    calls: VecMap<Token, Call>,
    /// Its consumer with the stream, once that is active.
    consumer: Option<u32>,
    /// Rows that the table did not take yet.
    unmade: VecMap<u32, Lease>,
    /// What the application as a whole knows of each shard that ever had a lease.
    shards: VecMap<u32, Shard>,
    /// An open shard that would never be read: a broken promise.
    gap: Option<u32>,
    /// Set for a connector application.
    pipeline: Option<Pipeline>,
    held: u64,
    twice: u64,
    skipped: u64,
    missed: u64,
    expired_unread: u64,
    taken: u64,
    lost: u64,
    refused_leases: u64,
    /// The second after the one in which a failure of the table was last explained.
    explained: u64,
    /// When the last event came, and the longest pause between two renewals so far.
    clock: Time,
    notice: Duration,
}

/// Where its wires lead.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Wires {
    stream: Option<EdgeId>,
    table: Option<EdgeId>,
    target: Option<EdgeId>,
    bucket: Option<EdgeId>,
    domain: Option<EdgeId>,
    cluster: Option<EdgeId>,
}

/// A call on its way.
#[derive(Clone, Debug)]
enum Call {
    List,
    /// About the registered consumer.
    Consumer,
    /// Of the record processor of a worker and a shard.
    Pump(u32, u32),
    /// An object of a connector application.
    Emit(Emission),
    Lease(LeaseCall, Then),
}

/// What is known of a shard.
#[derive(Clone, Copy, Debug)]
struct Shard {
    range: (u128, u128),
    /// When it was created, in Unix seconds.
    created_secs: u64,
    /// How many records of its life were done with at least once; none before the first.
    frontier: Option<u64>,
    /// The same of those that were processed, not skipped.
    processed: Option<u64>,
    /// The last checkpoint.
    saved: u64,
    /// Whether the table has its row: until then nobody would wait for it.
    has_row: bool,
    /// Processed to its end.
    ended: bool,
    /// How far behind the last answer was, and when it came.
    behind_micros: u64,
    answered: Time,
}

impl Component for Kcl {
    type Config = KclConfig;

    fn new(config: &KclConfig, _data: &DataSets, ctx: &mut Ctx<'_>) -> Self {
        let kcl = Self {
            config: config.clone(),
            wires: Wires::default(),
            table: LeaseTable::default(),
            begun: false,
            workers: VecMap::new(),
            worker_next: 1,
            leader: None,
            reports: VecMap::new(),
            down_until: Vec::new(),
            calls: VecMap::new(),
            consumer: None,
            unmade: VecMap::new(),
            shards: VecMap::new(),
            gap: None,
            pipeline: None,
            held: 0,
            twice: 0,
            skipped: 0,
            missed: 0,
            expired_unread: 0,
            taken: 0,
            lost: 0,
            refused_leases: 0,
            explained: 0,
            clock: Time::ZERO,
            notice: Duration::ZERO,
        };
        ctx.after(SYNC_EVERY, SYNC, REGULAR);
        ctx.after(SWEEP_EVERY, SWEEP, 0);
        kcl
    }

    fn handle(&mut self, event: Event, ctx: &mut Ctx<'_>) {
        self.clock = ctx.now();
        match event {
            Event::Rewired => self.rewire(ctx),
            Event::Timer { code: RENEW, data, .. } => self.renew(low(data), ctx),
            Event::Timer { code: TAKE, data, .. } => self.take(low(data), ctx),
            Event::Timer { id, code: STEP, data } => {
                let (worker, shard) = (low(data >> 32), low(data));
                if self.pump(worker, shard).is_some_and(|pump| pump.timer == Some(id)) {
                    self.step(worker, shard, ctx);
                }
            }
            Event::Timer { code: CREATE, data, .. } => self.create(low(data), ctx),
            Event::Timer { code: ASSIGN, data, .. } => self.lead(low(data), ctx),
            Event::Timer { code: DISCOVER, data, .. } => self.discover(low(data), ctx),
            Event::Timer { code: STATS, data, .. } => self.report(low(data), ctx),
            Event::Timer { code: CONSUMER, data, .. } => self.ask_again(data == 1, ctx),
            Event::Timer { code: STAFF, .. } => self.staff(ctx),
            Event::Timer { code: SWEEP, .. } => {
                ctx.after(SWEEP_EVERY, SWEEP, 0);
                if self.begun && !self.workers.is_empty() {
                    self.lease(LeaseCall::Scan, Then::Sweep, ctx);
                }
            }
            Event::Timer { data: BEGIN_AGAIN, .. } => self.look(ctx),
            Event::Timer { data, .. } => {
                self.list(ctx);
                if data == REGULAR {
                    ctx.after(SYNC_EVERY, SYNC, REGULAR);
                }
            }
            Event::Response { token, edge, response } => self.answered(token, edge, response, ctx),
            Event::Request { .. } => {}
        }
    }

    fn reconfigure(&mut self, config: &KclConfig, _data: &DataSets, ctx: &mut Ctx<'_>) {
        let switched = config.retrieval != self.config.retrieval;
        let redeployed = config.balancing != self.config.balancing;
        self.config = config.clone();
        if redeployed {
            // Another version of the library is another deployment.
            self.dismiss(ctx);
            self.leader = None;
            self.reports.clear();
        }
        if switched {
            self.switch(ctx);
        }
        if self.begun {
            self.staff(ctx);
        }
        self.tell_alarm(ctx);
    }

    fn struck(&mut self, fault: Option<&Fault>, ctx: &mut Ctx<'_>) {
        self.strike(fault.map(|fault| (fault.kind, fault.lasts)), ctx);
    }

    fn held(&self) -> u64 {
        self.held
    }

    fn observe(&self, kernel: &Kernel, out: &mut NodeView, _edges: &mut [EdgeView]) {
        self.view(kernel, out);
    }

    fn sheet(&self, _kernel: &Kernel, count: u32) -> Option<Sheet> {
        self.wires.table.is_none().then(|| table::leases(&self.table, count as usize))
    }

    fn check(&self) -> Result<(), String> {
        let pumps = self.workers.values().flat_map(|worker| worker.pumps.values());
        let working: u64 = pumps.map(|pump| pump.work.held.0).sum();
        if working != self.held {
            return Err(format!("works on {working} records but holds {}", self.held));
        }
        self.check_leases()?;
        self.check_parents()
    }
}

impl Kcl {
    fn pump(&mut self, worker: u32, shard: u32) -> Option<&mut Pump> {
        self.workers.get_mut(&worker)?.pumps.get_mut(&shard)
    }

    /// Makes a call for a record processor, which waits for the answer.
    fn ask(
        &mut self,
        (worker, shard): (u32, u32),
        (edge, request): (EdgeId, Request),
        call: Call,
        ctx: &mut Ctx<'_>,
    ) {
        let token = ctx.send(edge, request);
        if let Some(pump) = self.pump(worker, shard) {
            pump.call = Some(token);
        }
        self.calls.insert(token, call);
    }

    fn answered(&mut self, token: Token, edge: EdgeId, response: Response, ctx: &mut Ctx<'_>) {
        match (self.calls.remove(&token), response) {
            (Some(Call::Lease(call, then)), Response::Lease(answer)) => {
                self.leased((call, then), answer, ctx);
            }
            (Some(Call::List), Response::Shards(list)) => self.listed(&list, ctx),
            (Some(Call::Consumer), Response::Consumer(answer)) => self.registered(answer, ctx),
            (Some(Call::Emit(emission)), Response::Object(result)) => {
                self.uploaded((token, emission), edge, result, ctx);
            }
            (Some(Call::Pump(worker, shard)), response)
                if self.pump(worker, shard).is_some_and(|pump| pump.call == Some(token)) =>
            {
                self.pumped((worker, shard), edge, response, ctx);
            }
            // The worker is gone; whoever takes its lease reads these records again.
            (_, response) => pump::absorb(edge, &response, ctx),
        }
    }

    fn rewire(&mut self, ctx: &mut Ctx<'_>) {
        let stream = ctx.edges_in().first().map(|edge| edge.id);
        let mut wires = Wires { stream, ..Wires::default() };
        for edge in ctx.edges_out() {
            match ctx.flow(&edge) {
                Some(Flow::Lease) => wires.table = Some(edge.id),
                Some(Flow::Deliver) => wires.bucket = Some(edge.id),
                Some(Flow::Document) => wires.domain = Some(edge.id),
                Some(Flow::Copy) => wires.cluster = Some(edge.id),
                _ => wires.target = Some(edge.id),
            }
        }
        let is_same = (wires.stream, wires.table) == (self.wires.stream, self.wires.table);
        self.wires = wires;
        if !is_same {
            // Another stream or another table is another application: everything begins anew.
            self.dismiss(ctx);
            self.calls.clear();
            self.unmade.clear();
            self.shards.clear();
            self.gap = None;
            self.table = LeaseTable::default();
            self.begun = false;
            self.consumer = None;
            self.leader = None;
            self.reports.clear();
            self.register(ctx);
            self.look(ctx);
        }
        self.tell_alarm(ctx);
    }

    /// Looks whether the table has rows already.
    fn look(&mut self, ctx: &mut Ctx<'_>) {
        if self.wires.stream.is_some() && !self.begun {
            self.lease(LeaseCall::Scan, Then::Begin, ctx);
        }
    }

    fn tell_alarm(&self, ctx: &mut Ctx<'_>) {
        if let Some(edge) = self.wires.stream {
            ctx.set_alarm(edge, u64::from(self.config.age_alarm_millis) * 1_000);
        }
    }

    fn list(&mut self, ctx: &mut Ctx<'_>) {
        let Some(edge) = self.wires.stream else { return };
        let token = ctx.send(edge, Request::ListShards);
        self.calls.insert(token, Call::List);
    }

    /// Creates leases: one layer of shards at the first start, children once a parent has ended
    /// (facts, streams §9.5).
    fn listed(&mut self, list: &[ShardInfo], ctx: &mut Ctx<'_>) {
        if list.is_empty() {
            ctx.after(LIST_AGAIN, SYNC, LIST_ONLY);
            return;
        }
        let first = !core::mem::replace(&mut self.begun, true);
        let latest = first && self.config.start == StartAt::Latest;
        let from = if latest { Checkpoint::Latest } else { Checkpoint::TrimHorizon };
        for info in list {
            if self.shards.contains_key(&info.shard) {
                continue;
            }
            let create = if latest {
                !info.closed
            } else if first {
                info.parent.is_none_or(|parent| !list.iter().any(|it| it.shard == parent))
            } else {
                self.follows(info, list)
            };
            if create {
                self.know(info.shard, (info.range, info.created_secs), ctx.now());
                let lease = Lease::new(info, from);
                self.lease(LeaseCall::Create { shard: info.shard, lease }, Then::Create, ctx);
            }
        }
        self.look_for_gaps(list);
        self.staff(ctx);
    }

    fn know(
        &mut self,
        shard: u32,
        (range, created_secs): ((u128, u128), u64),
        now: Time,
    ) -> &mut Shard {
        self.shards.get_or_insert_with(shard, || Shard {
            range,
            created_secs,
            frontier: None,
            processed: None,
            saved: 0,
            has_row: false,
            ended: false,
            behind_micros: 0,
            answered: now,
        })
    }

    /// Whether a shard may have its lease: one of its parents is processed to its end, and both
    /// have, or had, leases of their own to wait for. A parent that is not listed any more is past.
    fn follows(&self, info: &ShardInfo, list: &[ShardInfo]) -> bool {
        let is_listed = |parent: &u32| list.iter().any(|it| it.shard == *parent);
        let parents = || [info.parent, info.adjacent_parent].into_iter().flatten();
        let known = |parent: u32| self.shards.get(&parent);
        let has_ended =
            |parent: u32| known(parent).map_or(!is_listed(&parent), |known| known.ended);
        let has_row = |parent: u32| known(parent).is_some_and(|known| known.has_row);
        let is_settled = |parent: u32| has_row(parent) || !is_listed(&parent);
        parents().any(has_ended) && parents().all(is_settled)
    }

    /// Remembers an open shard to which no lease leads, neither its own nor one of an elder that
    /// is still being processed.
    fn look_for_gaps(&mut self, list: &[ShardInfo]) {
        let leads = |info: &ShardInfo, (shard, known): (&u32, &Shard)| {
            *shard <= info.shard && !known.ended && overlap(info.range, known.range)
        };
        let is_gap = |info: &&ShardInfo| {
            let is_new = !info.closed && !self.shards.contains_key(&info.shard);
            is_new && !self.shards.iter().any(|known| leads(info, known))
        };
        self.gap = list.iter().find(is_gap).map(|info| info.shard);
    }
}

/// The lower half of a timer's data.
fn low(data: u64) -> u32 {
    u32::try_from(data & u64::from(u32::MAX)).unwrap_or(u32::MAX)
}
