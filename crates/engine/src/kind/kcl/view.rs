//! What the card of an application shows: its workers with their leases, and leases nobody works
//! on.

use base::VecMap;

use super::worker::Worker;
use super::{Kcl, metric};
use crate::kernel::Kernel;
use crate::kind::reader::age_line;
use crate::snapshot::{Gauge, Holder, HolderState, Leases, NodeView, ShardAge};

/// Points of the spark.
const SPARK_SECS: u32 = 60;

impl Kcl {
    pub(super) fn view(&self, kernel: &Kernel, out: &mut NodeView) {
        let workers: Vec<Holder> = self.holders(kernel);
        let orphans = self.orphans(kernel, &workers);
        let unowned = orphans.len() as u64;
        let mut leases = Leases { workers, orphans, series: Vec::new() };
        let worst = leases.worst().map_or(0, |lease| lease.age_micros);
        let told = kernel.metrics.series(out.id, metric::MILLIS_BEHIND, SPARK_SECS);
        leases.series = age_line(&told, worst);
        out.gauges.push(Gauge::Leases(leases));
        let total = |at: u8| out.metrics.get(usize::from(at)).map_or(0, |metric| metric.total);
        let counters = [
            ("processed", total(metric::RECORDS_PROCESSED)),
            ("processed twice", self.twice),
            ("skipped", self.skipped),
            ("missed", self.missed),
            ("expired unread", self.expired_unread),
            ("workers", self.workers.len() as u64),
            ("leases", self.shards.values().filter(|shard| !shard.ended).count() as u64),
            ("leases without owner", unowned),
            ("leases taken", self.taken),
            ("leases lost", self.lost),
            ("lease calls refused", self.refused_leases),
        ];
        out.counters.extend(counters);
    }

    fn age(&self, shard: u32, age_micros: u64) -> ShardAge {
        let alarm = u64::from(self.config.age_alarm_millis) * 1_000;
        ShardAge { shard, age_micros, late: age_micros > alarm }
    }

    /// Live workers with the leases they believe to hold.
    fn holders(&self, kernel: &Kernel) -> Vec<Holder> {
        let holder = |(id, worker): (&u32, &Worker)| {
            let ended = |shard: &u32| self.shards.get(shard).is_some_and(|known| known.ended);
            let held = worker.pumps.iter().filter(|(shard, pump)| !pump.lost && !ended(shard));
            let leases = held.map(|(shard, pump)| self.age(*shard, pump.age_micros(kernel.now)));
            let state = match worker {
                Worker { paused: true, .. } => HolderState::Paused,
                Worker { slow: true, .. } => HolderState::Slow,
                _ if self.leader.is_some_and(|leader| leader.worker == *id) => HolderState::Leads,
                _ => HolderState::Well,
            };
            Holder { worker: *id, state, leases: leases.collect() }
        };
        self.workers.iter().map(holder).collect()
    }

    /// Shards that are not processed to their end and that no live worker holds: the dead never
    /// tell.
    fn orphans(&self, kernel: &Kernel, workers: &[Holder]) -> Vec<ShardAge> {
        let mut held: VecMap<u32, ()> = VecMap::new();
        for lease in workers.iter().flat_map(|holder| &holder.leases) {
            held.insert(lease.shard, ());
        }
        let known = self.shards.iter().filter(|(_, known)| !known.ended);
        let orphans = known.filter(|(shard, _)| !held.contains_key(*shard));
        let orphan = |(shard, known): (&u32, &super::Shard)| {
            self.age(*shard, known.behind_micros + kernel.now.since(known.answered).0)
        };
        orphans.map(orphan).collect()
    }
}
