//! Leases: starting, renewing, taking, saving checkpoints. Every change is a call to the lease
//! table, hidden in the application or wired to it; what follows an answer stands here.

use base::Duration;
use scenario::kind::Balancing;

use super::balance::Rules;
use super::worker::{Next, Pump, Stage};
use super::{CALL_AGAIN, CREATE, Call, Kcl, LIST_AGAIN, RENEW, SYNC, TAKE, metric};
use crate::call::{ApiError, ErrorCode, Request};
use crate::cause::Cause;
use crate::kernel::ctx::Ctx;
use crate::lease::{self, Checkpoint, Lease, LeaseAnswer, LeaseCall};

/// `epsilonMillis` (facts, streams §9.2).
pub(super) const EPSILON: Duration = Duration::from_millis(25);
/// A throttled renewal is sent twice, a throttled take three times (`RENEWAL_RETRIES` of
/// `DynamoDBLeaseRenewer`, `TAKE_RETRIES` of `DynamoDBLeaseTaker`).
const RENEWALS: u8 = 2;
const TAKES: u8 = 3;

/// What a call to the table was made for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Then {
    /// The first look at the table.
    Begin,
    /// A row for a new shard.
    Create,
    /// Scanned by the taker of a worker.
    Choose(u32),
    /// Taken or stolen by a worker: the attempt.
    Take(u32, u8),
    /// Renewed by a worker: the attempt.
    Renew(u32, u8),
    /// A record processor of a worker reads where to begin.
    Start(u32),
    /// A record processor of a worker saved its checkpoint.
    Save(u32),
    /// Scanned by a leader.
    Assign(u32),
    /// Assigned by a leader.
    Place,
    /// Scanned by a worker of 3.x for what is its own.
    Discover(u32),
    /// Scanned to find finished parents.
    Sweep,
    /// A finished parent went.
    Delete,
}

impl Kcl {
    /// Calls the lease table; the answer of a hidden one is there at once.
    pub(super) fn lease(&mut self, call: LeaseCall, then: Then, ctx: &mut Ctx<'_>) {
        match self.wires.table {
            None => {
                let answer = self.table.call(call);
                self.leased((call, then), Ok(answer), ctx);
            }
            Some(edge) => {
                let token = ctx.send(edge, Request::Lease(call));
                self.calls.insert(token, Call::Lease(call, then));
            }
        }
    }

    /// What follows an answer of the table.
    pub(super) fn leased(
        &mut self,
        (call, then): (LeaseCall, Then),
        answer: Result<LeaseAnswer, ApiError>,
        ctx: &mut Ctx<'_>,
    ) {
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => return self.unanswered((call, then), error, ctx),
        };
        match (then, call, answer) {
            (Then::Begin, _, LeaseAnswer::Rows(rows)) => self.begin(&rows, ctx),
            (Then::Create, LeaseCall::Create { shard, .. }, _) => {
                if let Some(shard) = self.shards.get_mut(&shard) {
                    shard.has_row = true;
                }
            }
            (Then::Choose(worker), _, LeaseAnswer::Rows(rows)) => self.choose(worker, &rows, ctx),
            (Then::Assign(worker), _, LeaseAnswer::Rows(rows)) => self.assign(worker, &rows, ctx),
            (Then::Discover(worker), _, LeaseAnswer::Rows(rows)) => {
                self.discovered(worker, &rows, ctx);
            }
            (Then::Sweep, _, LeaseAnswer::Rows(rows)) => self.sweep(&rows, ctx),
            (
                Then::Take(worker, _),
                LeaseCall::Take { shard, .. },
                LeaseAnswer::Counter(Some(counter)),
            ) => self.took(worker, shard, counter, ctx),
            (Then::Renew(worker, _), LeaseCall::Renew { shard, .. }, answer) => {
                self.written(worker, shard, &answer, ctx);
            }
            (Then::Save(worker), LeaseCall::Checkpoint { shard, checkpoint, .. }, answer) => {
                if let LeaseAnswer::Counter(Some(_)) = answer {
                    self.note_saved(shard, checkpoint);
                }
                if self.written(worker, shard, &answer, ctx) {
                    self.saved(worker, shard, ctx);
                }
            }
            (Then::Start(worker), LeaseCall::Get { shard }, LeaseAnswer::Row(row)) => {
                self.start(worker, shard, row, ctx);
            }
            _ => {}
        }
    }

    /// The table was throttled, broken, or does not let us in.
    fn unanswered(&mut self, (call, then): (LeaseCall, Then), error: ApiError, ctx: &mut Ctx<'_>) {
        self.refused_leases += 1;
        self.explain_table(error, ctx);
        match (then, call) {
            (Then::Take(worker, attempt), _) if attempt < TAKES => {
                self.lease(call, Then::Take(worker, attempt + 1), ctx);
            }
            (Then::Renew(worker, attempt), _) if attempt < RENEWALS => {
                self.lease(call, Then::Renew(worker, attempt + 1), ctx);
            }
            (Then::Renew(worker, _), LeaseCall::Renew { shard, .. }) => {
                if let Some(pump) = self.pump(worker, shard) {
                    pump.is_writing = false;
                }
            }
            (Then::Save(worker), LeaseCall::Checkpoint { shard, .. }) => {
                if let Some(pump) = self.pump(worker, shard) {
                    pump.is_writing = false;
                    self.again(worker, shard, CALL_AGAIN, ctx);
                }
            }
            (Then::Start(worker), LeaseCall::Get { shard }) => {
                self.again(worker, shard, CALL_AGAIN, ctx);
            }
            (Then::Begin, _) => drop(ctx.after(LIST_AGAIN, SYNC, super::BEGIN_AGAIN)),
            (Then::Create, LeaseCall::Create { shard, lease }) => {
                self.unmade.insert(shard, lease);
                ctx.after(CALL_AGAIN, CREATE, u64::from(shard));
            }
            _ => {}
        }
    }

    /// A row that could not be made is made now.
    pub(super) fn create(&mut self, shard: u32, ctx: &mut Ctx<'_>) {
        if let Some(lease) = self.unmade.remove(&shard) {
            self.lease(LeaseCall::Create { shard, lease }, Then::Create, ctx);
        }
    }

    fn explain_table(&mut self, error: ApiError, ctx: &mut Ctx<'_>) {
        let second = ctx.now().secs();
        if self.explained > second || error.code == ErrorCode::AccessDenied {
            return;
        }
        self.explained = second + 1;
        let table = ctx.peer_name(self.wires.table);
        let text = format!("{}: {}", error.code.name(), error.message(&table));
        let plain = Cause::new(ctx.now(), ctx.me(), error.reason);
        ctx.explain(Cause { error: text.into(), ..plain });
    }

    /// The table as it was found: rows of an earlier run of the application go on.
    fn begin(&mut self, rows: &[(u32, Lease)], ctx: &mut Ctx<'_>) {
        for (shard, lease) in rows {
            let ended = lease.checkpoint == Checkpoint::ShardEnd;
            let known = self.know(*shard, (lease.range, lease.created_secs), ctx.now());
            (known.has_row, known.ended) = (true, ended);
            self.note_saved(*shard, lease.checkpoint);
        }
        self.begun = !rows.is_empty();
        self.list(ctx);
    }

    /// A worker renews what it holds; a refused renewal is a lost lease.
    pub(super) fn renew(&mut self, id: u32, ctx: &mut Ctx<'_>) {
        let (wait, failover, now) = (self.renew_every(), self.failover(), ctx.now());
        self.notice = self.notice.max(wait);
        let is_new = self.config.balancing == Balancing::Leader;
        let Some(worker) = self.workers.get_mut(&id) else { return };
        ctx.after(wait, RENEW, u64::from(id));
        if worker.paused {
            return;
        }
        let mut expired = Vec::new();
        let mut renewals = Vec::new();
        for (shard, pump) in worker.pumps.iter_mut().filter(|(_, pump)| !pump.lost) {
            if pump.is_expired(failover, now) {
                expired.push(*shard);
            } else if !pump.is_writing {
                pump.is_writing = true;
                let counter = pump.counter;
                // Half of the last interval, half of what was (facts, streams §9.4: alpha 0.5).
                let fresh = core::mem::take(&mut pump.bytes) * 1_000_000 / wait.0.max(1);
                pump.bytes_per_sec = (pump.bytes_per_sec + fresh) / 2;
                let bytes_per_sec = if is_new { pump.bytes_per_sec } else { 0 };
                renewals.push(LeaseCall::Renew {
                    shard: *shard,
                    owner: id,
                    counter,
                    bytes_per_sec,
                });
            }
        }
        for shard in expired {
            self.lose(id, shard, ctx);
        }
        for call in renewals {
            self.lease(call, Then::Renew(id, 1), ctx);
        }
        let held = self.workers.values().map(|worker| worker.pumps.len()).max();
        ctx.peak(metric::LEASES_HELD, held.unwrap_or(0) as u64);
    }

    /// A renewal or a checkpoint was answered; whether the lease is still ours.
    fn written(
        &mut self,
        worker: u32,
        shard: u32,
        answer: &LeaseAnswer,
        ctx: &mut Ctx<'_>,
    ) -> bool {
        let now = ctx.now();
        let Some(pump) = self.pump(worker, shard) else { return false };
        pump.is_writing = false;
        if let LeaseAnswer::Counter(Some(counter)) = answer {
            (pump.counter, pump.renewed) = (*counter, now);
            return true;
        }
        let was_saving = matches!(pump.stage, Stage::Saves(..));
        self.lose(worker, shard, ctx);
        if was_saving {
            self.give_up(worker, shard, ctx);
        }
        false
    }

    /// A record processor whose lease is gone finishes what it has in hand, and nothing more.
    fn lose(&mut self, worker: u32, shard: u32, ctx: &mut Ctx<'_>) {
        let Some(pump) = self.pump(worker, shard).filter(|pump| !pump.lost) else { return };
        pump.lost = true;
        let is_busy = pump.is_busy();
        self.lost += 1;
        ctx.count(metric::LOST, 1);
        if !is_busy {
            self.give_up(worker, shard, ctx);
        }
    }

    /// A worker scans the table and takes or steals: every (failover + epsilon) * 2
    /// (facts, streams §9.2 and §9.3).
    pub(super) fn take(&mut self, id: u32, ctx: &mut Ctx<'_>) {
        let Some(worker) = self.workers.get(&id) else { return };
        ctx.after(Duration((self.failover() + EPSILON).0 * 2), TAKE, u64::from(id));
        if !worker.paused {
            self.lease(LeaseCall::Scan, Then::Choose(id), ctx);
        }
    }

    fn choose(&mut self, id: u32, rows: &[(u32, Lease)], ctx: &mut Ctx<'_>) {
        let rules = Rules {
            failover: self.failover(),
            leases_max: self.config.leases_max as usize,
            steal_max: self.config.steal_max as usize,
        };
        let now = ctx.now();
        let Some(worker) = self.workers.get_mut(&id) else { return };
        for (shard, counter) in worker.taker.run(id, rows, (rules, now), ctx.rng()) {
            self.lease(LeaseCall::Take { shard, owner: id, counter }, Then::Take(id, 1), ctx);
        }
    }

    pub(super) fn took(&mut self, id: u32, shard: u32, counter: u64, ctx: &mut Ctx<'_>) {
        let now = ctx.now();
        if !self.workers.contains_key(&id) {
            return;
        }
        self.taken += 1;
        ctx.count(metric::TAKEN, 1);
        // What is left of a processor that lost this very lease ends: its place may be out of date.
        self.give_up(id, shard, ctx);
        if let Some(worker) = self.workers.get_mut(&id) {
            worker.pumps.insert(shard, Pump::new(counter, now));
        }
        self.again(id, shard, Duration::ZERO, ctx);
    }

    /// Saves a checkpoint: the record processor waits for it. A lease that ran out by the worker's
    /// own clock is refused without asking.
    pub(super) fn save(
        &mut self,
        id: u32,
        shard: u32,
        (checkpoint, next): (Checkpoint, Next),
        ctx: &mut Ctx<'_>,
    ) {
        let (failover, now) = (self.failover(), ctx.now());
        let Some(pump) = self.pump(id, shard) else { return };
        pump.stage = Stage::Saves(checkpoint, next);
        if pump.lost || pump.is_expired(failover, now) {
            self.lose(id, shard, ctx);
            self.give_up(id, shard, ctx);
        } else if pump.is_writing {
            self.again(id, shard, Duration::from_millis(1), ctx);
        } else {
            pump.is_writing = true;
            let counter = pump.counter;
            let call = LeaseCall::Checkpoint { shard, owner: id, counter, checkpoint };
            self.lease(call, Then::Save(id), ctx);
        }
    }

    fn saved(&mut self, worker: u32, shard: u32, ctx: &mut Ctx<'_>) {
        let now = ctx.now();
        let Some(pump) = self.pump(worker, shard) else { return };
        let Stage::Saves(_, next) = pump.stage else { return };
        (pump.unsaved, pump.checkpointed) = (0, now);
        match next {
            Next::Work => self.work(worker, shard, ctx),
            Next::Fetch => self.go_on(worker, shard, ctx),
            Next::End => {
                pump.stage = Stage::Done;
                self.ended(shard, ctx);
            }
        }
    }

    /// A shard is processed to its end: its children may have their rows.
    pub(super) fn ended(&mut self, shard: u32, ctx: &mut Ctx<'_>) {
        if let Some(shard) = self.shards.get_mut(&shard) {
            shard.ended = true;
        }
        self.list(ctx);
    }

    fn note_saved(&mut self, shard: u32, checkpoint: Checkpoint) {
        if let (Checkpoint::After(position), Some(shard)) =
            (checkpoint, self.shards.get_mut(&shard))
        {
            shard.saved = position.index;
        }
    }

    /// Ended parents leave the table once their children are being processed.
    fn sweep(&mut self, rows: &[(u32, Lease)], ctx: &mut Ctx<'_>) {
        for shard in lease::finished(rows) {
            for (_, worker) in self.workers.iter_mut() {
                worker.pumps.remove(&shard);
            }
            self.lease(LeaseCall::Delete { shard }, Then::Delete, ctx);
        }
    }

    pub(super) fn failover(&self) -> Duration {
        Duration::from_millis(self.config.failover_millis.into())
    }

    /// failover / 3 - epsilon (facts, streams §9.2).
    pub(super) fn renew_every(&self) -> Duration {
        let third = self.failover().0 / 3_000 * 1_000;
        Duration(third - EPSILON.0.min(third))
    }

    /// What a lease table promises, as far as the application can see it: whoever may still write
    /// a row saw its newest counter, and a worker that runs learns of a loss at its next renewal.
    pub(super) fn check_leases(&self) -> Result<(), String> {
        if self.wires.table.is_some() {
            return Ok(());
        }
        if let Some(shard) = self.gap {
            return Err(format!("no lease leads to the open shard {shard}"));
        }
        self.table.check()?;
        for (id, worker) in self.workers.iter() {
            for (shard, pump) in worker.pumps.iter().filter(|(_, pump)| !pump.lost) {
                let Some(row) = self.table.get(*shard) else { continue };
                let owns = row.owner == Some(*id);
                let counters = (pump.counter, row.counter);
                // An owner by assignment may not know yet: its counter is old, and worth nothing.
                if if owns { counters.0 > counters.1 } else { counters.0 >= counters.1 } {
                    return Err(format!("worker {id} could write shard {shard}: {counters:?}"));
                }
                let since = pump.renewed.max(worker.woke);
                if !owns && !worker.paused && self.clock.since(since) > self.notice {
                    return Err(format!("worker {id} still believes it holds shard {shard}"));
                }
            }
        }
        Ok(())
    }

    /// Children wait until all their parents are at `SHARD_END` (facts, streams §9.5).
    pub(super) fn check_parents(&self) -> Result<(), String> {
        if self.wires.table.is_some() {
            return Ok(());
        }
        let pumps = self.workers.values().flat_map(|worker| worker.pumps.iter());
        let begun = pumps.filter(|(_, it)| !matches!(it.stage, Stage::Starts | Stage::Done));
        for (child, _) in begun {
            let Some(range) = self.table.get(*child).map(|row| row.range) else { continue };
            for (parent, row) in self.table.rows().filter(|(parent, _)| parent < child) {
                if row.checkpoint != Checkpoint::ShardEnd && lease::overlap(row.range, range) {
                    return Err(format!("shard {child} is processed before {parent} has ended"));
                }
            }
        }
        Ok(())
    }
}
