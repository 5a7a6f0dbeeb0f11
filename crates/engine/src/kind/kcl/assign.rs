//! KCL 3.x: one leader assigns leases, by the load of the workers (facts, streams §9.4).
//!
//! The leader holds a lock of 120 s. Every two failover times it gives leases that nobody renews
//! to the worker with most room, and every third time it moves load from workers whose CPU lies
//! above the average. Workers find what was assigned to them when they look, twice as often.
//! Loads are parts per million of a worker's one processor.

use base::{Duration, Rng, Time};

use super::balance::some_of;
use super::leases::{EPSILON, Then};
use super::{ASSIGN, DISCOVER, Kcl, STATS};
use crate::kernel::ctx::Ctx;
use crate::lease::{Lease, LeaseCall};

/// The leader's lock (facts, streams §9.2).
const LOCK: Duration = Duration::from_secs(120);
/// Workers report their load this often (facts, streams §9.4).
const REPORT_EVERY: Duration = Duration::from_secs(30);
/// A worker that missed two reports counts as dead (`LeaseAssignmentManager`).
const DEAD_AFTER: Duration = Duration::from_secs(60);
/// Rebalancing is considered every third run (facts, streams §9.4).
const BALANCE_EVERY: u32 = 3;
/// `dampeningPercentage`: 60 in code, while texts say 80 (facts, streams §9.4).
const DAMPENING_PERCENT: u64 = 60;
/// `reBalanceThresholdPercentage` (facts, streams §9.4).
const THRESHOLD_PERCENT: u64 = 10;
/// All of a processor.
const WHOLE: u64 = 1_000_000;

/// Who assigns, and since when it may.
#[derive(Clone, Copy, Debug)]
pub(super) struct Leader {
    pub(super) worker: u32,
    until: Time,
    runs: u32,
}

/// What a worker reported last.
#[derive(Clone, Copy, Debug)]
pub(super) struct Report {
    cpu: u64,
    at: Time,
}

/// A worker as the leader sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Load {
    worker: u32,
    cpu: u64,
    leases: u64,
    bytes_per_sec: u64,
}

impl Kcl {
    /// A worker of 3.x comes up.
    pub(super) fn enlist(&mut self, id: u32, up: Duration, ctx: &mut Ctx<'_>) {
        self.reports.insert(id, Report { cpu: 0, at: ctx.now() + up });
        for code in [ASSIGN, DISCOVER, STATS] {
            ctx.after(up, code, u64::from(id));
        }
    }

    /// Each worker looks whether it leads: the leader assigns every 2 * failover.
    pub(super) fn lead(&mut self, id: u32, ctx: &mut Ctx<'_>) {
        let (now, failover) = (ctx.now(), self.failover().0);
        let Some(worker) = self.workers.get_mut(&id) else { return };
        ctx.after(Duration(2 * failover), ASSIGN, u64::from(id));
        if worker.paused {
            return;
        }
        let is_free = self.leader.is_none_or(|leader| leader.until <= now);
        if is_free {
            worker.taker.forget();
            self.leader = Some(Leader { worker: id, until: now, runs: 0 });
        }
        if let Some(leader) = self.leader.as_mut().filter(|leader| leader.worker == id) {
            leader.until = now + LOCK;
            self.lease(LeaseCall::Scan, Then::Assign(id), ctx);
        }
    }

    /// Workers look for what was assigned to them every assignment interval / 2 - epsilon.
    pub(super) fn discover(&mut self, id: u32, ctx: &mut Ctx<'_>) {
        let Some(worker) = self.workers.get(&id) else { return };
        let wait = self.failover().0 - EPSILON.0.min(self.failover().0 / 2);
        ctx.after(Duration(wait), DISCOVER, u64::from(id));
        if !worker.paused {
            self.lease(LeaseCall::Scan, Then::Discover(id), ctx);
        }
    }

    pub(super) fn discovered(&mut self, id: u32, rows: &[(u32, Lease)], ctx: &mut Ctx<'_>) {
        for (shard, lease) in rows.iter().filter(|(_, lease)| lease.owner == Some(id)) {
            let is_known = self.pump(id, *shard).is_some_and(|pump| !pump.lost);
            if !is_known {
                self.took(id, *shard, lease.counter, ctx);
            }
        }
    }

    /// A worker tells how busy it was.
    pub(super) fn report(&mut self, id: u32, ctx: &mut Ctx<'_>) {
        let Some(worker) = self.workers.get_mut(&id) else { return };
        ctx.after(REPORT_EVERY, STATS, u64::from(id));
        if worker.paused {
            return;
        }
        let busy = core::mem::take(&mut worker.busy_micros);
        let cpu = (busy * WHOLE / REPORT_EVERY.0).min(WHOLE);
        self.reports.insert(id, Report { cpu, at: ctx.now() });
    }

    /// The leader saw the table: what must move, moves.
    pub(super) fn assign(&mut self, id: u32, rows: &[(u32, Lease)], ctx: &mut Ctx<'_>) {
        let (now, failover) = (ctx.now(), self.failover());
        let Some(worker) = self.workers.get_mut(&id) else { return };
        let Some(leader) = self.leader.as_mut().filter(|leader| leader.worker == id) else {
            return;
        };
        let balances = leader.runs == 0;
        leader.runs = (leader.runs + 1) % BALANCE_EVERY;
        let free = worker.taker.free(rows, failover, now);
        let alive = self.reports.iter().filter(|(_, report)| now.since(report.at) < DEAD_AFTER);
        let mut loads: Vec<Load> = alive.map(|(id, report)| load(*id, *report, rows)).collect();
        let mut moves = place(&free, rows, &mut loads);
        if balances {
            moves.extend(balance(&free, rows, &mut loads, ctx.rng()));
        }
        for (shard, owner, counter) in moves {
            self.lease(LeaseCall::Take { shard, owner, counter }, Then::Place, ctx);
        }
    }

    /// Forgets the reports of a worker that is known to be gone for good.
    pub(super) fn forget_reports(&mut self, now: Time) {
        let workers = &self.workers;
        self.reports
            .retain(|id, report| workers.contains_key(id) || now.since(report.at) < DEAD_AFTER);
    }
}

fn load(worker: u32, report: Report, rows: &[(u32, Lease)]) -> Load {
    let own = rows.iter().filter(|(_, lease)| lease.owner == Some(worker));
    let (mut leases, mut bytes_per_sec) = (0, 0);
    for (_, lease) in own {
        leases += 1;
        bytes_per_sec += lease.bytes_per_sec;
    }
    Load { worker, cpu: report.cpu, leases, bytes_per_sec }
}

/// The average over all workers.
fn average(loads: &[Load], of: impl Fn(&Load) -> u64) -> u64 {
    loads.iter().map(of).sum::<u64>() / (loads.len() as u64).max(1)
}

/// What a lease adds to a worker's load: its share of the average throughput, or, while nothing is
/// known of throughput, its share of the average number of leases.
fn weight(lease: &Lease, loads: &[Load], leases: usize) -> u64 {
    let cpu = average(loads, |load| load.cpu);
    let throughput = average(loads, |load| load.bytes_per_sec);
    match lease.bytes_per_sec.checked_mul(cpu) {
        Some(weighted) if throughput > 0 && weighted > 0 => weighted / throughput,
        _ => cpu.max(WHOLE / 100) / (leases as u64 / (loads.len() as u64).max(1)).max(1),
    }
}

/// Gives free leases, the longest waiting first, to the worker with most room.
fn place(free: &[u32], rows: &[(u32, Lease)], loads: &mut [Load]) -> Vec<(u32, u32, u64)> {
    let mut moves = Vec::new();
    for shard in free {
        let Ok(at) = rows.binary_search_by_key(shard, |(shard, _)| *shard) else { continue };
        let lease = &rows[at].1;
        let added = weight(lease, loads, rows.len());
        let Some(room) = loads.iter_mut().min_by_key(|it| (it.cpu, it.leases, it.worker)) else {
            break;
        };
        room.cpu += added;
        room.leases += 1;
        moves.push((*shard, room.worker, lease.counter));
    }
    moves
}

/// Moves leases from workers above the average plus 10 %, or from the busiest when another lies
/// below the average minus 10 % (`VarianceBasedLeaseAssignmentDecider`).
fn balance(
    free: &[u32],
    rows: &[(u32, Lease)],
    loads: &mut [Load],
    rng: &mut Rng,
) -> Vec<(u32, u32, u64)> {
    let mut moves = Vec::new();
    let cpu = average(loads, |load| load.cpu);
    let upper = cpu * (100 + THRESHOLD_PERCENT) / 100;
    let lower = cpu * (100 - THRESHOLD_PERCENT) / 100;
    if loads.iter().all(|load| (lower..=upper).contains(&load.cpu)) {
        return moves;
    }
    let mut rich: Vec<Load> = loads.iter().filter(|load| load.cpu >= upper).copied().collect();
    if rich.is_empty() {
        rich.extend(loads.iter().max_by_key(|load| load.cpu));
    }
    for giver in rich {
        let is_own = |lease: &Lease| lease.owner == Some(giver.worker);
        let own = rows.iter().filter(|(shard, lease)| is_own(lease) && !free.contains(shard));
        let own: Vec<u32> = own.map(|(shard, _)| *shard).collect();
        let spare = giver.bytes_per_sec * (giver.cpu - cpu) / giver.cpu.max(1);
        for shard in taken(&own, rows, spare * DAMPENING_PERCENT / 100, rng) {
            let Ok(at) = rows.binary_search_by_key(&shard, |(shard, _)| *shard) else { continue };
            let lease = &rows[at].1;
            let added = weight(lease, loads, rows.len());
            let Some(room) = loads.iter_mut().min_by_key(|it| (it.cpu, it.leases, it.worker))
            else {
                break;
            };
            if room.worker == giver.worker || room.cpu + added > cpu.max(1) {
                break;
            }
            room.cpu += added;
            moves.push((shard, room.worker, lease.counter));
        }
    }
    moves
}

/// Random leases whose throughput together stays below `spare`; at least the smallest one.
fn taken(own: &[u32], rows: &[(u32, Lease)], mut spare: u64, rng: &mut Rng) -> Vec<u32> {
    let throughput = |shard: &u32| {
        let at = rows.binary_search_by_key(shard, |(shard, _)| *shard);
        at.map_or(0, |at| rows[at].1.bytes_per_sec)
    };
    let mut some = Vec::new();
    for shard in some_of(own.to_vec(), own.len(), rng) {
        if throughput(&shard) < spare {
            spare -= throughput(&shard);
            some.push(shard);
        }
    }
    if some.is_empty() {
        some.extend(own.iter().min_by_key(|shard| throughput(shard)));
    }
    some
}
