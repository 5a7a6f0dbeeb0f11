//! Workers come and go: by the settings, by faults, and back again.

use base::{Duration, Time};
use scenario::FaultKind;
use scenario::kind::Balancing;

use super::worker::Worker;
use super::{Kcl, RENEW, STAFF, TAKE};
use crate::cause::Reason;
use crate::kernel::ctx::Ctx;

impl Kcl {
    /// Starts and kills workers until there are as many as the settings say, but for those that
    /// a fault keeps dead: the youngest die first, without a word.
    pub(super) fn staff(&mut self, ctx: &mut Ctx<'_>) {
        let now = ctx.now();
        self.notice = self.notice.max(self.renew_every());
        self.down_until.retain(|until| *until > now);
        self.forget_reports(now);
        let wanted = (self.config.workers as usize).saturating_sub(self.down_until.len());
        while self.workers.len() > wanted {
            let Some(youngest) = self.workers.keys().next_back().copied() else { break };
            self.kill(youngest, ctx);
        }
        while self.workers.len() < wanted {
            let id = self.worker_next;
            self.worker_next += 1;
            // Processes of one deployment come up within a second.
            let up = Duration::from_millis(ctx.rng().below64(1_000));
            self.workers.insert(id, Worker { woke: now + up, ..Worker::default() });
            match self.config.balancing {
                Balancing::Stealing => drop(ctx.after(up, TAKE, u64::from(id))),
                Balancing::Leader => self.enlist(id, up, ctx),
            }
            ctx.after(up + self.renew_every(), RENEW, u64::from(id));
        }
        self.set_pace(ctx);
    }

    /// The oldest workers are the ones that stand still, the oldest of the others are slow.
    fn set_pace(&mut self, ctx: &mut Ctx<'_>) {
        let now = ctx.now();
        let paused = self.config.paused_workers as usize;
        let slow = paused + self.config.slow_workers as usize;
        let mut wake = Vec::new();
        for (at, (id, worker)) in self.workers.iter_mut().enumerate() {
            let was_paused = worker.paused;
            worker.paused = at < paused || worker.paused_until > now;
            worker.slow = (paused..slow).contains(&at);
            if worker.paused {
                continue;
            }
            if was_paused {
                worker.woke = now;
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

    /// A fault begins, or all of them end.
    pub(super) fn strike(&mut self, fault: Option<(FaultKind, Duration)>, ctx: &mut Ctx<'_>) {
        self.clock = ctx.now();
        match fault {
            Some((FaultKind::Kill { worker }, lasts)) => {
                let Some(worker) = self.victim(worker) else { return };
                self.kill(worker, ctx);
                self.down_until.push(ctx.now() + lasts);
                ctx.after(lasts, STAFF, 0);
            }
            Some((FaultKind::Pause { worker }, lasts)) => {
                let until = ctx.now() + lasts;
                let Some(worker) = self.victim(worker).and_then(|it| self.workers.get_mut(&it))
                else {
                    return;
                };
                worker.paused_until = worker.paused_until.max(until);
                ctx.after(lasts, STAFF, 0);
                self.set_pace(ctx);
            }
            Some(_) => {}
            None => {
                self.down_until.clear();
                for (_, worker) in self.workers.iter_mut() {
                    worker.paused_until = Time::ZERO;
                }
                if self.begun {
                    self.staff(ctx);
                }
            }
        }
    }

    /// The worker a fault is about: by its number, or the one that holds most leases.
    fn victim(&self, number: u32) -> Option<u32> {
        if number > 0 {
            return self.workers.contains_key(&number).then_some(number);
        }
        let leases = |worker: &Worker| worker.pumps.values().filter(|pump| !pump.lost).count();
        let workers = self.workers.iter().rev().filter(|(_, worker)| !worker.paused);
        workers.max_by_key(|(_, worker)| leases(worker)).map(|(id, _)| *id)
    }

    /// A worker dies: what it had in hand is processed by whoever takes its leases, unless the
    /// checkpoint was saved before the work.
    pub(super) fn kill(&mut self, id: u32, ctx: &mut Ctx<'_>) {
        let Some(mut worker) = self.workers.remove(&id) else { return };
        for (shard, pump) in worker.pumps.iter_mut() {
            let (records, bytes) = core::mem::take(&mut pump.work.held);
            self.held -= records;
            let saved = self.shards.get(shard).map_or(0, |shard| shard.saved);
            let is_saved = saved > pump.work.from;
            let reason = if is_saved { Reason::Ignored } else { Reason::Superseded };
            ctx.drop_held(reason, records, bytes);
        }
    }

    /// All workers die.
    pub(super) fn dismiss(&mut self, ctx: &mut Ctx<'_>) {
        let ids: Vec<u32> = self.workers.keys().copied().collect();
        for id in ids {
            self.kill(id, ctx);
        }
    }
}
