//! KCL application: workers share the shards of a stream through leases in a table.
//!
//! Each worker renews its leases, now and then takes what nobody renews or steals what it lacks,
//! and runs one record processor for each lease. A worker that stands still finds out late that
//! others took over: what both processed counts as processed twice.

mod balance;
mod lease;
mod pump;
mod view;
mod worker;

use base::{Duration, EdgeId, Time, VecMap};
use scenario::DataSets;
use scenario::kind::{KclConfig, StartAt};

use self::balance::Rules;
use self::lease::{Checkpoint, LeaseTable, overlap};
use self::worker::{Pump, Stage, Worker};
use super::Component;
use crate::call::{Request, Response, ShardInfo};
use crate::cause::Reason;
use crate::kernel::Kernel;
use crate::kernel::ctx::Ctx;
use crate::kernel::queue::{Event, Token};
use crate::snapshot::{EdgeView, NodeView};

/// Positions of the metrics in the kind's specification.
mod metric {
    pub(super) const RECORDS_PROCESSED: u8 = 0;
    pub(super) const MILLIS_BEHIND: u8 = 1;
    pub(super) const LEASES_HELD: u8 = 2;
    pub(super) const EXPIRED_ITERATOR: u8 = 3;
}

const RENEW: u32 = 1;
const TAKE: u32 = 2;
const STEP: u32 = 3;
const SYNC: u32 = 4;
/// `epsilonMillis` (facts, streams §9.2).
const EPSILON: Duration = Duration::from_millis(25);
/// `shardSyncIntervalMillis` (facts, streams §9.2).
const SYNC_EVERY: Duration = Duration::from_secs(60);
/// A list that failed is asked for again this much later.
const LIST_AGAIN: Duration = Duration::SECOND;

/// State of an application.
#[derive(Clone, Debug)]
pub struct Kcl {
    config: KclConfig,
    edge: Option<EdgeId>,
    table: LeaseTable,
    /// By a number that is never used again.
    workers: VecMap<u32, Worker>,
    worker_next: u32,
    /// Calls on their way: the worker and the shard, or none for `ListShards`.
    calls: VecMap<Token, Option<(u32, u32)>>,
    /// How many records of each shard's life were processed at least once.
    frontier: VecMap<u32, u64>,
    held: u64,
    twice: u64,
    skipped: u64,
    missed: u64,
    expired_unread: u64,
    taken: u64,
    lost: u64,
}

impl Component for Kcl {
    type Config = KclConfig;

    fn new(config: &KclConfig, _data: &DataSets, ctx: &mut Ctx<'_>) -> Self {
        let kcl = Self {
            config: config.clone(),
            edge: None,
            table: LeaseTable::default(),
            workers: VecMap::new(),
            worker_next: 1,
            calls: VecMap::new(),
            frontier: VecMap::new(),
            held: 0,
            twice: 0,
            skipped: 0,
            missed: 0,
            expired_unread: 0,
            taken: 0,
            lost: 0,
        };
        ctx.after(SYNC_EVERY, SYNC, 0);
        kcl
    }

    fn handle(&mut self, event: Event, ctx: &mut Ctx<'_>) {
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
            Event::Timer { code, data, .. } => {
                self.list(ctx);
                if code == SYNC && data == 0 {
                    self.clean();
                    ctx.after(SYNC_EVERY, SYNC, 0);
                }
            }
            Event::Response { token, edge, response } => match self.calls.remove(&token) {
                Some(Some((worker, shard))) if self.awaits(worker, shard, token) => {
                    self.answered(worker, shard, response, ctx);
                }
                Some(None) => {
                    if let Response::Shards(list) = response {
                        self.listed(&list, ctx);
                    }
                }
                // The worker is gone; whoever takes its lease reads these records again.
                _ => pump::absorb(edge, &response, ctx),
            },
            Event::Request { .. } => {}
        }
    }

    fn reconfigure(&mut self, config: &KclConfig, _data: &DataSets, ctx: &mut Ctx<'_>) {
        self.config = config.clone();
        if !self.table.is_new() {
            self.staff(ctx);
        }
        self.tell_alarm(ctx);
    }

    fn held(&self) -> u64 {
        self.held
    }

    fn observe(&self, kernel: &Kernel, out: &mut NodeView, _edges: &mut [EdgeView]) {
        self.view(kernel, out);
    }

    fn check(&self) -> Result<(), String> {
        let pumps = self.workers.values().flat_map(|worker| worker.pumps.values());
        let works = pumps.map(|pump| match pump.stage {
            Stage::Works(work) => work.records,
            _ => 0,
        });
        let working: u64 = works.sum();
        if working != self.held {
            return Err(format!("works on {working} records but holds {}", self.held));
        }
        Ok(())
    }
}

impl Kcl {
    fn pump(&mut self, worker: u32, shard: u32) -> Option<&mut Pump> {
        self.workers.get_mut(&worker)?.pumps.get_mut(&shard)
    }

    /// Whether the record processor that made a call is still there.
    fn awaits(&mut self, worker: u32, shard: u32, token: Token) -> bool {
        self.pump(worker, shard).is_some_and(|pump| pump.call == Some(token))
    }

    /// Starts and kills workers until there are as many as the settings say: the youngest die
    /// first, without a word. The oldest are the ones that pause.
    fn staff(&mut self, ctx: &mut Ctx<'_>) {
        while self.workers.len() > self.config.workers as usize {
            let Some(youngest) = self.workers.keys().next_back().copied() else { break };
            self.kill(youngest, ctx);
        }
        while self.workers.len() < self.config.workers as usize {
            let id = self.worker_next;
            self.worker_next += 1;
            self.workers.insert(id, Worker::default());
            // Processes of one deployment come up within a second.
            let up = Duration::from_millis(ctx.rng().below64(1_000));
            ctx.after(up, TAKE, u64::from(id));
            ctx.after(up + self.renew_every(), RENEW, u64::from(id));
        }
        let paused = self.config.paused_workers as usize;
        let mut wake = Vec::new();
        for (at, (id, worker)) in self.workers.iter_mut().enumerate() {
            worker.paused = at < paused;
            if worker.paused {
                continue;
            }
            for (shard, pump) in worker.pumps.iter_mut().filter(|(_, pump)| pump.stalled) {
                pump.stalled = false;
                wake.push((*id, *shard));
            }
        }
        for (worker, shard) in wake {
            self.again(worker, shard, Duration::ZERO, ctx);
        }
    }

    fn kill(&mut self, id: u32, ctx: &mut Ctx<'_>) {
        let Some(worker) = self.workers.remove(&id) else { return };
        for (shard, pump) in worker.pumps.iter() {
            if let Stage::Works(work) = pump.stage {
                self.held -= work.records;
                let saved = self.table.rows.get(shard).map(|lease| lease.checkpoint);
                let saved = matches!(saved, Some(Checkpoint::After(to)) if to > work.from);
                let reason = if saved { Reason::Ignored } else { Reason::Superseded };
                ctx.drop_held(reason, work.records, work.bytes);
            }
        }
    }

    /// failover / 3 - epsilon (facts, streams §9.2).
    fn renew_every(&self) -> Duration {
        let third = Duration::from_millis(u64::from(self.config.failover_millis) / 3);
        Duration(third.0 - EPSILON.0.min(third.0))
    }

    /// A worker renews what it holds; a refused renewal is a lost lease.
    fn renew(&mut self, id: u32, ctx: &mut Ctx<'_>) {
        let wait = self.renew_every();
        let Some(worker) = self.workers.get_mut(&id) else { return };
        ctx.after(wait, RENEW, u64::from(id));
        if worker.paused {
            return;
        }
        for (shard, pump) in worker.pumps.iter_mut().filter(|(_, pump)| !pump.lost) {
            match self.table.renew(*shard, id, pump.counter) {
                Some(counter) => pump.counter = counter,
                None => {
                    pump.lost = true;
                    self.lost += 1;
                }
            }
        }
        worker.pumps.retain(|_, pump| !pump.lost || matches!(pump.stage, Stage::Works(_)));
        ctx.peak(metric::LEASES_HELD, worker.pumps.len() as u64);
    }

    /// A worker scans the table and takes or steals: every (failover + epsilon) * 2
    /// (facts, streams §9.2 and §9.3).
    fn take(&mut self, id: u32, ctx: &mut Ctx<'_>) {
        let failover = Duration::from_millis(self.config.failover_millis.into());
        let Some(worker) = self.workers.get_mut(&id) else { return };
        ctx.after(Duration((failover + EPSILON).0 * 2), TAKE, u64::from(id));
        if worker.paused {
            return;
        }
        let rules = Rules {
            failover,
            leases_max: self.config.leases_max as usize,
            steal_max: self.config.steal_max as usize,
        };
        let now = ctx.now();
        let mut started = Vec::new();
        for (shard, counter) in worker.taker.run(id, &self.table, (rules, now), ctx.rng()) {
            let Some(counter) = self.table.take(shard, id, counter) else { continue };
            self.taken += 1;
            if let Some(pump) = worker.pumps.get_mut(&shard) {
                // Its own lease had run out unnoticed: the processor goes on.
                (pump.counter, pump.lost) = (counter, false);
                continue;
            }
            worker.pumps.insert(shard, Pump::new(counter, now));
            started.push(shard);
        }
        for shard in started {
            self.fetch(id, shard, ctx);
        }
    }

    fn rewire(&mut self, ctx: &mut Ctx<'_>) {
        let edge = ctx.edges_in().first().map(|edge| edge.id);
        if edge != self.edge {
            // Another stream is another application: everything begins anew.
            let ids: Vec<u32> = self.workers.keys().copied().collect();
            for id in ids {
                self.kill(id, ctx);
            }
            self.calls.clear();
            self.frontier.clear();
            self.table = LeaseTable::default();
            self.edge = edge;
            self.list(ctx);
        }
        self.tell_alarm(ctx);
    }

    fn tell_alarm(&self, ctx: &mut Ctx<'_>) {
        if let Some(edge) = self.edge {
            ctx.set_alarm(edge, u64::from(self.config.age_alarm_millis) * 1_000);
        }
    }

    fn list(&mut self, ctx: &mut Ctx<'_>) {
        let Some(edge) = self.edge else { return };
        let token = ctx.send(edge, Request::ListShards);
        self.calls.insert(token, None);
    }

    /// Creates leases: one layer of shards at the first start, children once a parent has ended
    /// (facts, streams §9.5).
    fn listed(&mut self, list: &[ShardInfo], ctx: &mut Ctx<'_>) {
        if list.is_empty() {
            ctx.after(LIST_AGAIN, SYNC, 1);
            return;
        }
        let first = self.table.is_new();
        let latest = self.config.start == StartAt::Latest;
        for info in list {
            let create = if first && latest {
                !info.closed
            } else if first {
                info.parent.is_none_or(|parent| !list.iter().any(|it| it.shard == parent))
            } else {
                self.table.has_ended_parent(info)
            };
            if create {
                let from =
                    if first && latest { Checkpoint::Latest } else { Checkpoint::TrimHorizon };
                self.table.create(info.shard, info.range, from);
            }
        }
        if first {
            self.staff(ctx);
        }
    }

    /// Ended parents leave the table once their children are being processed.
    fn clean(&mut self) {
        let ended: Vec<u32> = self.table.finished();
        for shard in ended {
            self.table.rows.remove(&shard);
            for worker in self.workers.iter_mut() {
                worker.1.pumps.remove(&shard);
            }
        }
    }
}

/// The lower half of a timer's data.
fn low(data: u64) -> u32 {
    u32::try_from(data & u64::from(u32::MAX)).unwrap_or(u32::MAX)
}

/// Whether a shard lies between the parents of another and shares hash keys with it.
fn is_parent(info: &ShardInfo, shard: u32, range: (u128, u128)) -> bool {
    let last = info.adjacent_parent.or(info.parent);
    let between = info.parent.is_some_and(|first| first <= shard) && last >= Some(shard);
    between && overlap(info.range, range)
}

/// Whether it is time, by the clock.
fn due(last: Time, every_millis: u32, now: Time) -> bool {
    now.since(last) >= Duration::from_millis(every_millis.into())
}
