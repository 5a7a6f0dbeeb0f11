//! What the card and the data view of a table show.

use scenario::kind::{BillingMode, ItemKey, ItemWrite};

use super::items::{Fate, Write};
use super::{Table, metric};
use crate::kernel::Kernel;
use crate::lease::LeaseTable;
use crate::snapshot::{Counter, Gauge, NodeView, Sheet};

/// Lease rows on the card.
const ROWS: usize = 4;
/// Points of the spark.
const SPARK_SECS: u32 = 60;

impl Table {
    pub(super) fn view(&self, kernel: &Kernel, out: &mut NodeView) {
        self.spark(kernel, out);
        if self.has_leases {
            for (shard, lease) in self.leases.rows().take(ROWS) {
                let left = format!("shard {shard} #{}", lease.counter);
                let right = lease.owner.map_or_else(|| "no owner".to_owned(), worker);
                out.gauges.push(Gauge::Line { left, right });
            }
        } else {
            out.gauges.push(Gauge::Counters(self.sum()));
        }
        let (write, key) = (self.config.write, self.config.item_key);
        out.counters.extend([
            ("items", self.items.count(write, key)),
            ("written", self.items.written),
            ("distinct records", self.items.distinct()),
            ("written twice", self.items.again),
            ("refused by condition", self.items.refused),
            ("throttled", self.throttled),
            ("leases", self.leases.rows().len() as u64),
        ]);
    }

    /// Write units of each second under the limit.
    fn spark(&self, kernel: &Kernel, out: &mut NodeView) {
        let units = kernel.metrics.series(out.id, metric::WRITE_UNITS, SPARK_SECS);
        let last = |at: u8| out.metrics.get(usize::from(at)).map_or(0, |metric| metric.last);
        let is_limited = self.config.billing_mode == BillingMode::Provisioned;
        out.gauges.push(Gauge::Spark {
            label: "writes",
            value: last(metric::WRITE_UNITS),
            unit: "WCU",
            series: units.into_iter().map(|it| u32::try_from(it).unwrap_or(u32::MAX)).collect(),
            limit: is_limited.then(|| self.capacity.write_limit()),
            late: last(metric::WRITE_THROTTLES) + last(metric::READ_THROTTLES) > 0,
        });
    }

    /// Writes as a sum: what is new, and what was there.
    fn sum(&self) -> Vec<Counter> {
        let label = match self.config.write {
            ItemWrite::Put => "replaced their like",
            ItemWrite::PutIfAbsent => "written again",
            ItemWrite::Append => "items too many",
            ItemWrite::Add => "counted twice",
        };
        let bad = matches!(self.config.write, ItemWrite::Append | ItemWrite::Add);
        let line = |sign, label, value, bad| Counter { sign, label, value, bad };
        let mut sum = vec![
            line("", "writes", self.items.written, false),
            line("=", "new records", self.items.written - self.items.again, false),
            line("+", label, self.items.again - self.items.copies, bad),
        ];
        if self.items.copies > 0 {
            sum.push(line("+", "items too many", self.items.copies, true));
        }
        if self.config.write == ItemWrite::PutIfAbsent {
            sum.push(line("", "refused, was there", self.items.refused, false));
        }
        sum
    }

    pub(super) fn rows(&self, kernel: &Kernel, count: usize) -> Sheet {
        if self.has_leases {
            return leases(&self.leases, count);
        }
        let newest = self.items.newest.iter().rev().take(count);
        let rows = newest.map(|write| self.row(write, kernel)).collect();
        Sheet::new(&["key", "partition key", "count", "written", "outcome"], rows)
    }

    fn row(&self, write: &Write, kernel: &Kernel) -> Vec<String> {
        let Write { at, record, key, shard, index, count, fate } = *write;
        let partition_key = kernel.keys.text(key).to_string();
        let item_key = match (self.config.write, self.config.item_key) {
            (ItemWrite::Append, _) => format!("{record}#{}", at.0),
            (ItemWrite::Add, _) | (_, ItemKey::PartitionKey) => partition_key.clone(),
            (_, ItemKey::RecordId) => record.to_string(),
            (_, ItemKey::SequenceNumber) => format!("shard {shard}, {index}"),
        };
        let outcome = match fate {
            Fate::New => "new",
            Fate::Copy | Fate::Again => "again",
            Fate::Refused => "refused",
        };
        let written = format!("{}.{:03} s", at.secs(), at.millis() % 1_000);
        vec![item_key, partition_key, count.to_string(), written, outcome.to_owned()]
    }
}

/// A lease table with the columns that are used (facts, streams §9.1).
pub(crate) fn leases(table: &LeaseTable, count: usize) -> Sheet {
    let shard_id = |shard: u32| format!("shardId-{shard:012}");
    let row = |(shard, lease): (u32, &crate::lease::Lease)| {
        let parents = [lease.parents.0, lease.parents.1].into_iter().flatten().map(shard_id);
        vec![
            shard_id(shard),
            lease.owner.map_or_else(String::new, worker),
            lease.counter.to_string(),
            lease.checkpoint_text(shard),
            lease.sub().to_string(),
            lease.switches.to_string(),
            parents.collect::<Vec<_>>().join(", "),
            lease.range.0.to_string(),
            lease.range.1.to_string(),
            format!("{}.{}", lease.bytes_per_sec / 1_000, lease.bytes_per_sec % 1_000 / 100),
        ]
    };
    let columns = &[
        "leaseKey",
        "leaseOwner",
        "leaseCounter",
        "checkpoint",
        "checkpointSubSequenceNumber",
        "ownerSwitchesSinceCheckpoint",
        "parentShardId",
        "startingHashKey",
        "endingHashKey",
        "throughputKBps",
    ];
    Sheet::new(columns, table.rows().take(count).map(row).collect())
}

fn worker(id: u32) -> String {
    format!("worker {id}")
}
