//! Capacity units: a bucket that fills with time. Provisioned tables keep what they did not use
//! for a while; on-demand tables begin with a fixed throughput.

use base::{Duration, Time};
use scenario::kind::{BillingMode, TableConfig};

/// Half a unit: an eventually consistent read of 4 KB costs that.
const HALVES: u64 = 2;
/// What a new on-demand table takes (DynamoDB developer guide, on-demand capacity mode: 4,000
/// writes and 12,000 reads a second).
const ON_DEMAND: (u32, u32) = (4_000, 12_000);

/// What one kind of unit has left, in half units times a million.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    level: u64,
    at: Time,
}

/// Both kinds of units.
#[derive(Clone, Debug)]
pub(super) struct Capacity {
    write: Bucket,
    read: Bucket,
    write_units: u32,
    read_units: u32,
    burst: Duration,
}

impl Capacity {
    /// A new table has one second's worth.
    pub(super) fn new(config: &TableConfig, now: Time) -> Self {
        let mut capacity = Self {
            write: Bucket { level: 0, at: now },
            read: Bucket { level: 0, at: now },
            write_units: 0,
            read_units: 0,
            burst: Duration::ZERO,
        };
        capacity.set(config);
        capacity.write.level = u64::from(capacity.write_units) * HALVES * 1_000_000;
        capacity.read.level = u64::from(capacity.read_units) * HALVES * 1_000_000;
        capacity
    }

    /// Takes new settings.
    pub(super) fn set(&mut self, config: &TableConfig) {
        let (units, secs) = match config.billing_mode {
            BillingMode::Provisioned => {
                ((config.write_units, config.read_units), config.burst_secs)
            }
            BillingMode::PayPerRequest => (ON_DEMAND, 1),
        };
        (self.write_units, self.read_units) = units;
        self.burst = Duration::from_secs(secs.into());
    }

    /// Takes write units, or none of them.
    pub(super) fn write(&mut self, units: u64, now: Time) -> bool {
        self.write.take(units * HALVES, self.write_units, (self.burst, now))
    }

    /// Takes read units, counted in halves, or none of them.
    pub(super) fn read_halves(&mut self, halves: u64, now: Time) -> bool {
        self.read.take(halves, self.read_units, (self.burst, now))
    }

    /// Write units a second, where they were provisioned.
    pub(super) fn write_limit(&self) -> u32 {
        self.write_units
    }
}

impl Bucket {
    fn take(&mut self, halves: u64, units: u32, (burst, now): (Duration, Time)) -> bool {
        let rate = u64::from(units) * HALVES;
        let full = rate * burst.0;
        self.level = self.level.saturating_add(rate.saturating_mul(now.since(self.at).0)).min(full);
        self.at = now;
        let wanted = halves * 1_000_000;
        let is_enough = self.level >= wanted;
        self.level -= if is_enough { wanted } else { 0 };
        is_enough
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn provisioned(units: u32, burst_secs: u32) -> Capacity {
        let config = TableConfig {
            billing_mode: BillingMode::Provisioned,
            write_units: units,
            read_units: units,
            burst_secs,
            ..TableConfig::default()
        };
        Capacity::new(&config, Time::ZERO)
    }

    fn writes(capacity: &mut Capacity, secs: u64) -> usize {
        let now = Time::ZERO + Duration::from_secs(secs);
        (0..10_000).take_while(|_| capacity.write(1, now)).count()
    }

    /// 10 WCU are ten writes of up to 1 KB a second (facts, streams §9.1: classic 10 RCU / 10 WCU).
    #[test]
    fn ten_units_are_ten_writes_a_second() {
        let mut capacity = provisioned(10, 1);
        assert_eq!((0..4).map(|secs| writes(&mut capacity, secs)).collect::<Vec<_>>(), [10; 4]);
    }

    /// Unused capacity of up to five minutes is kept (DynamoDB developer guide, burst capacity).
    #[test]
    fn unused_units_are_kept_for_a_burst() {
        let mut capacity = provisioned(10, 300);
        assert_eq!(writes(&mut capacity, 0), 10);
        assert_eq!(writes(&mut capacity, 100), 1_000);
        assert_eq!(writes(&mut capacity, 4_000), 3_000);
    }

    /// An eventually consistent read of 4 KB costs half a unit (facts, streams §9.3).
    #[test]
    fn stale_reads_cost_half() {
        let mut capacity = provisioned(10, 1);
        assert_eq!((0..100).take_while(|_| capacity.read_halves(1, Time::ZERO)).count(), 20);
    }

    #[test]
    fn a_table_on_demand_begins_with_4000_writes_a_second() {
        let mut capacity = Capacity::new(&TableConfig::default(), Time::ZERO);
        assert_eq!(writes(&mut capacity, 0), 4_000);
        assert_eq!(writes(&mut capacity, 3), 4_000);
    }
}
