//! What a table costs: units that were used on demand, or units that were provisioned, by time
//! (facts, streams §7).

use base::Time;
use scenario::kind::{BillingMode, TableConfig};
use scenario::price::Item;

use crate::usage::Meter;

/// Quantities so far.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bill {
    writes: u64,
    read_halves: u64,
    write_unit_micros: u128,
    read_unit_micros: u128,
    since: Time,
}

impl Bill {
    pub(super) fn new(now: Time) -> Self {
        Self { writes: 0, read_halves: 0, write_unit_micros: 0, read_unit_micros: 0, since: now }
    }

    /// Write units were used.
    pub(super) fn write(&mut self, config: &TableConfig, units: u64) {
        if config.billing_mode == BillingMode::PayPerRequest {
            self.writes += units;
        }
    }

    /// Read units were used, in halves.
    pub(super) fn read_halves(&mut self, config: &TableConfig, halves: u64) {
        if config.billing_mode == BillingMode::PayPerRequest {
            self.read_halves += halves;
        }
    }

    /// Closes the time under settings that end now.
    pub(super) fn close(&mut self, config: &TableConfig, now: Time) {
        let micros = u128::from(now.since(self.since).0);
        self.since = now;
        if config.billing_mode == BillingMode::Provisioned {
            self.write_unit_micros += micros * u128::from(config.write_units);
            self.read_unit_micros += micros * u128::from(config.read_units);
        }
    }

    /// Tells everything up to now.
    pub(super) fn tell(mut self, config: &TableConfig, now: Time, meter: &mut Meter<'_>) {
        self.close(config, now);
        meter.add(Item::TableWrite, self.writes);
        meter.add(Item::TableRead, self.read_halves.div_ceil(2));
        meter.add(Item::TableWriteHour, self.write_unit_micros);
        meter.add(Item::TableReadHour, self.read_unit_micros);
    }
}
