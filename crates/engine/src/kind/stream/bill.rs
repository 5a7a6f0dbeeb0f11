//! What a stream is billed for (facts, streams §7).
//!
//! What is billed by the hour changes only when something happens to the stream: before each event
//! the time since the last one is added up at the rates that held meanwhile.

use base::Time;
use base::units::KIB;
use scenario::kind::{Encryption, StreamMode};
use scenario::price::Item;

use super::Stream;
use crate::call::ConsumerStatus;
use crate::usage::Meter;

/// Data of one PUT payload unit: AWS says 25 KB; whether that is 25,000 or 25,600 bytes it does
/// not say.
const PUT_UNIT_BYTES: u32 = 25_600;
/// Retention up to this costs nothing beyond the shard.
const FREE_HOURS: u32 = 24;
/// Lines that grow with time, in the order of [`Stream::rates`].
const TIMED: [Item; 6] = [
    Item::ShardHour,
    Item::ExtendedRetention,
    Item::OnDemandHour,
    Item::FanOutHour,
    Item::ShardMetric,
    Item::KmsKey,
];

/// What was used until a moment.
#[derive(Clone, Debug, Default)]
pub(super) struct Billed {
    until: Time,
    /// Of each of [`TIMED`], in microseconds.
    timed: [u128; TIMED.len()],
    /// 25 KB chunks that were stored, each record rounded up.
    put_units: u64,
    /// Bytes taken in on-demand mode, each record rounded up to 1 KB.
    taken: u64,
    /// Bytes read in on-demand mode.
    read: u64,
    /// Bytes pushed to registered consumers: in provisioned mode, and on demand.
    pushed: [u64; 2],
}

impl Billed {
    /// A new stream.
    pub(super) fn new(now: Time) -> Self {
        Self { until: now, ..Self::default() }
    }

    /// A record was stored: every one has at least one unit.
    #[inline]
    pub(super) fn put(&mut self, mode: StreamMode, data_bytes: u32) {
        match mode {
            StreamMode::Provisioned => {
                self.put_units += u64::from(data_bytes.div_ceil(PUT_UNIT_BYTES).max(1));
            }
            StreamMode::OnDemand => {
                self.taken += u64::from(data_bytes).div_ceil(KIB).max(1) * KIB;
            }
        }
    }

    /// `GetRecords` gave this many bytes; they cost nothing in provisioned mode.
    pub(super) fn read(&mut self, mode: StreamMode, bytes: u64) {
        if mode == StreamMode::OnDemand {
            self.read += bytes;
        }
    }

    /// A registered consumer was pushed this many bytes.
    pub(super) fn pushed(&mut self, mode: StreamMode, bytes: u64) {
        self.pushed[usize::from(mode == StreamMode::OnDemand)] += bytes;
    }

    fn pass(&mut self, now: Time, rates: [u64; TIMED.len()]) {
        let micros = u128::from(now.since(self.until).0);
        self.until = self.until.max(now);
        for (sum, rate) in self.timed.iter_mut().zip(rates) {
            *sum += micros * u128::from(rate);
        }
    }
}

impl Stream {
    /// Adds up the time since the last event: something is about to change.
    pub(crate) fn settle_bill(&mut self, now: Time) {
        if now > self.billed.until {
            let rates = self.rates();
            self.billed.pass(now, rates);
        }
    }

    pub(super) fn bill(&self, now: Time, meter: &mut Meter<'_>) {
        let mut billed = self.billed.clone();
        billed.pass(now, self.rates());
        for (item, sum) in TIMED.into_iter().zip(billed.timed) {
            meter.add(item, sum);
        }
        meter.add(Item::PutUnit, billed.put_units);
        meter.add(Item::FanOutGb, billed.pushed[0]);
        meter.add(Item::OnDemandIn, billed.taken);
        meter.add(Item::OnDemandOut, billed.read);
        meter.add(Item::OnDemandFanOut, billed.pushed[1]);
        meter.add(Item::KmsRequest, self.keys.calls(now));
    }

    /// How many of each of [`TIMED`] there are now.
    fn rates(&self) -> [u64; TIMED.len()] {
        let open = self.open.len() as u64;
        let is_provisioned = self.config.mode == StreamMode::Provisioned;
        let shards = if is_provisioned { open } else { 0 };
        let is_extended = self.config.retention_hours > FREE_HOURS;
        let consumers = self.fanout.consumers.iter();
        let active = consumers.filter(|it| it.consumer.status == ConsumerStatus::Active).count();
        [
            shards,
            if is_extended { shards } else { 0 },
            u64::from(!is_provisioned),
            // On demand, registered consumers cost by the byte alone.
            active as u64 * shards,
            self.monitored.len() as u64 * open,
            u64::from(self.config.encryption == Encryption::CustomerKey),
        ]
    }
}
