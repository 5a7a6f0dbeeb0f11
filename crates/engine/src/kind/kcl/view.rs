//! What the card of an application shows.

use base::VecMap;

use super::worker::Stage;
use super::{Kcl, metric};
use crate::kernel::Kernel;
use crate::snapshot::{Gauge, NodeView, ShardAge};

/// Workers named on the card.
const ROWS: usize = 4;

impl Kcl {
    pub(super) fn view(&self, kernel: &Kernel, out: &mut NodeView) {
        let alarm = u64::from(self.config.age_alarm_millis) * 1_000;
        let mut cells: VecMap<u32, ShardAge> = VecMap::new();
        for pump in self.workers.values().flat_map(|worker| worker.pumps.iter()) {
            let (shard, pump) = pump;
            if matches!(pump.stage, Stage::Done) || pump.lost {
                continue;
            }
            let age_micros = pump.age_micros(kernel.now);
            let late = age_micros > alarm;
            cells.insert(*shard, ShardAge { shard: *shard, age_micros, late });
        }
        let cells: Vec<ShardAge> = cells.values().copied().collect();
        out.gauges.push(Gauge::Shards { cells });
        for (id, worker) in self.workers.iter().take(ROWS) {
            let state = if worker.paused { " (paused)" } else { "" };
            let rows = self.table.rows.iter().filter(|(_, lease)| lease.owner == Some(*id));
            let mut leases = String::new();
            for (shard, _) in rows {
                leases.push_str(if leases.is_empty() { "" } else { " " });
                leases.push_str(&shard.to_string());
            }
            out.gauges.push(Gauge::Line { left: format!("worker {id}{state}"), right: leases });
        }
        let read = out.metrics.get(usize::from(metric::RECORDS_PROCESSED)).copied();
        let unowned = self.table.rows.values().filter(|lease| lease.owner.is_none()).count();
        out.counters.extend([
            ("processed", read.unwrap_or_default().total),
            ("processed twice", self.twice),
            ("skipped", self.skipped),
            ("missed", self.missed),
            ("expired unread", self.expired_unread),
            ("workers", self.workers.len() as u64),
            ("leases", self.table.rows.len() as u64),
            ("leases without owner", unowned as u64),
            ("leases taken", self.taken),
            ("leases lost", self.lost),
        ]);
    }
}
