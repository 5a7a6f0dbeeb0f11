//! What the card of an application shows: its shards, its workers, and leases nobody works on.

use base::VecMap;

use super::worker::Worker;
use super::{Kcl, metric};
use crate::kernel::Kernel;
use crate::snapshot::{Gauge, NodeView, ShardAge};

/// Workers named on the card.
const ROWS: usize = 4;
/// Shards named in one line.
const NAMED: usize = 12;

impl Kcl {
    pub(super) fn view(&self, kernel: &Kernel, out: &mut NodeView) {
        let (cells, orphans) = self.cells(kernel);
        out.gauges.push(Gauge::Shards { cells });
        if !orphans.is_empty() {
            let left = "no live owner".to_owned();
            out.gauges.push(Gauge::Line { left, right: list(&orphans) });
        }
        for (id, worker) in self.workers.iter().take(ROWS) {
            let state = match worker {
                Worker { paused: true, .. } => " (paused)",
                Worker { slow: true, .. } => " (slow)",
                _ if self.leader.is_some_and(|leader| leader.worker == *id) => " (leads)",
                _ => "",
            };
            let held = worker.pumps.iter().filter(|(_, pump)| !pump.lost);
            let leases: Vec<u32> = held.map(|(shard, _)| *shard).collect();
            let left = format!("worker {id}{state}");
            out.gauges.push(Gauge::Line { left, right: list(&leases) });
        }
        let total = |at: u8| out.metrics.get(usize::from(at)).map_or(0, |metric| metric.total);
        let counters = [
            ("processed", total(metric::RECORDS_PROCESSED)),
            ("processed twice", self.twice),
            ("skipped", self.skipped),
            ("missed", self.missed),
            ("expired unread", self.expired_unread),
            ("workers", self.workers.len() as u64),
            ("leases", self.shards.values().filter(|shard| !shard.ended).count() as u64),
            ("leases without owner", orphans.len() as u64),
            ("leases taken", self.taken),
            ("leases lost", self.lost),
            ("lease calls refused", self.refused_leases),
        ];
        out.counters.extend(counters);
    }

    /// Every shard that is not processed to its end with the age of its position, and those that
    /// no live worker holds: the dead never tell.
    fn cells(&self, kernel: &Kernel) -> (Vec<ShardAge>, Vec<u32>) {
        let alarm = u64::from(self.config.age_alarm_millis) * 1_000;
        let mut held: VecMap<u32, u64> = VecMap::new();
        for (shard, pump) in self.workers.values().flat_map(|worker| worker.pumps.iter()) {
            if !pump.lost {
                held.insert(*shard, pump.age_micros(kernel.now));
            }
        }
        let mut orphans = Vec::new();
        let mut cells = Vec::new();
        for (shard, known) in self.shards.iter().filter(|(_, known)| !known.ended) {
            let shard = *shard;
            let age_micros = held.get(&shard).copied().unwrap_or_else(|| {
                orphans.push(shard);
                known.behind_micros + kernel.now.since(known.answered).0
            });
            cells.push(ShardAge { shard, age_micros, late: age_micros > alarm });
        }
        (cells, orphans)
    }
}

/// `0 1 2`, cut where it gets long.
fn list(shards: &[u32]) -> String {
    let mut text = String::new();
    for shard in shards.iter().take(NAMED) {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(&shard.to_string());
    }
    if shards.len() > NAMED {
        text.push('…');
    }
    text
}
