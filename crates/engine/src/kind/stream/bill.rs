//! What a stream is billed for (facts, streams §7).
//!
//! What is billed by the hour changes only when something happens to the stream: before each event
//! the time since the last one is added up at the rates that held meanwhile.

use base::Time;
use base::units::KIB;
use scenario::kind::{Encryption, StreamConfig, StreamMode};
use scenario::price::Item;

use super::Stream;
use super::log::WEEK;
use crate::batch::Batch;
use crate::call::ConsumerStatus;
use crate::kernel::Kernel;
use crate::kernel::commitment::Commitment;
use crate::kernel::ctx::Ctx;
use crate::kernel::keys::KeyTable;
use crate::usage::Meter;

/// Data of one PUT payload unit: AWS says 25 KB; whether that is 25,000 or 25,600 bytes it does
/// not say.
const PUT_UNIT_BYTES: u32 = 25_600;
/// Retention up to this costs nothing beyond the shard.
const FREE_HOURS: u32 = 24;
/// Retention up to this costs by the shard, or at the price of extended retention on demand.
const EXTENDED_HOURS: u32 = 168;
/// Lines that grow with time, in the order of [`Stream::rates`].
const TIMED: [Item; 6] = [
    Item::ShardHour,
    Item::ExtendedRetention,
    Item::OnDemandHour,
    Item::FanOutHour,
    Item::ShardMetric,
    Item::KmsKey,
];

/// Whose prices a stream has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Tariff {
    #[default]
    Provisioned,
    /// On-demand Standard.
    OnDemand,
    /// On-demand Advantage.
    Advantage,
}

impl Tariff {
    fn of(mode: StreamMode, committed: bool) -> Self {
        match mode {
            StreamMode::Provisioned => Self::Provisioned,
            StreamMode::OnDemand if committed => Self::Advantage,
            StreamMode::OnDemand => Self::OnDemand,
        }
    }
}

/// What was used until a moment.
#[derive(Clone, Debug, Default)]
pub(super) struct Billed {
    until: Time,
    tariff: Tariff,
    /// Of each of [`TIMED`], in microseconds.
    timed: [u128; TIMED.len()],
    /// 25 KB chunks that were stored, each record rounded up.
    put_units: u64,
    /// Bytes read in provisioned mode that were older than a week.
    read_late: u64,
    // By tariff:
    /// Bytes taken on demand, each record rounded up to 1 KB.
    taken: [u64; 3],
    /// Bytes read, by polling readers.
    read: [u64; 3],
    /// Bytes pushed to registered consumers.
    pushed: [u64; 3],
    /// Byte seconds kept beyond a day, up to a week.
    extended: [u128; 3],
    /// How much of those there was when the tariff changed.
    extended_before: u128,
    /// `RetentionPeriodHours` as it was when the last event began.
    retention_hours: u32,
    /// Byte seconds of records that are gone: kept beyond a day, and beyond a week.
    gone: [u128; 2],
}

impl Billed {
    /// A new stream.
    pub(super) fn new(config: &StreamConfig, ctx: &Ctx<'_>) -> Self {
        let now = ctx.now();
        let tariff = Tariff::of(config.mode, ctx.commitment().holds(now));
        let retention_hours = config.retention_hours;
        Self { until: now, tariff, retention_hours, ..Self::default() }
    }

    /// A record was stored: every one has at least one unit.
    #[inline]
    pub(super) fn put(&mut self, data_bytes: u32) {
        if self.tariff == Tariff::Provisioned {
            self.put_units += u64::from(data_bytes.div_ceil(PUT_UNIT_BYTES).max(1));
        } else {
            self.taken[self.tariff as usize] += u64::from(data_bytes).div_ceil(KIB).max(1) * KIB;
        }
    }

    /// `GetRecords` gave this; it costs in provisioned mode what is older than a week.
    pub(super) fn read(&mut self, batch: &Batch, now: Time, keys: &KeyTable) {
        self.read[self.tariff as usize] += batch.bytes;
        if self.tariff == Tariff::Provisioned && self.retention_hours > EXTENDED_HOURS {
            let late = batch.rows().take_while(|record| record.arrival + WEEK < now);
            self.read_late += late.map(|record| record.bytes(keys)).sum::<u64>();
        }
    }

    /// A registered consumer was pushed this many bytes.
    pub(super) fn pushed(&mut self, bytes: u64) {
        self.pushed[self.tariff as usize] += bytes;
    }

    /// Records expired that were kept for so long.
    pub(super) fn expired(&mut self, kept: [u128; 2]) {
        for (sum, kept) in self.gone.iter_mut().zip(within(self.retention_hours, kept)) {
            *sum += kept;
        }
    }

    fn pass(&mut self, until: Time, rates: [u64; TIMED.len()]) {
        let micros = u128::from(until.since(self.until).0);
        self.until = self.until.max(until);
        for (sum, rate) in self.timed.iter_mut().zip(rates) {
            *sum += micros * u128::from(rate);
        }
    }
}

impl Stream {
    /// Adds up the time since the last event: something is about to change.
    pub(crate) fn settle_bill(&mut self, ctx: &Ctx<'_>) {
        let (until, now, commitment) = (self.billed.until, ctx.now(), ctx.commitment());
        if now <= until {
            return;
        }
        let tariff = Tariff::of(self.config.mode, commitment.holds(until));
        if tariff != self.billed.tariff || commitment.ends().is_some() {
            return self.settle_tariffs(now, ctx);
        }
        let rates = self.rates(tariff);
        self.billed.pass(now, rates);
        self.billed.retention_hours = self.config.retention_hours;
    }

    /// The same while prices change.
    #[inline(never)]
    fn settle_tariffs(&mut self, now: Time, ctx: &Ctx<'_>) {
        let mut billed = core::mem::take(&mut self.billed);
        self.pass(&mut billed, now, ctx.commitment(), ctx.keys());
        self.billed = billed;
    }

    /// Adds up the time until `now`; a commitment may have ended meanwhile.
    fn pass(&self, billed: &mut Billed, now: Time, commitment: Commitment, keys: &KeyTable) {
        let ended = commitment.ends().filter(|end| billed.until < *end && *end < now);
        for until in ended.into_iter().chain([now]) {
            let tariff = Tariff::of(self.config.mode, commitment.holds(billed.until));
            if tariff != billed.tariff {
                // Since the last event, which changed it.
                let [extended, _] = self.kept(billed, billed.until, keys);
                billed.extended[billed.tariff as usize] +=
                    extended.saturating_sub(billed.extended_before);
                billed.extended_before = extended;
                billed.tariff = tariff;
            }
            billed.pass(until, self.rates(tariff));
        }
        billed.retention_hours = self.config.retention_hours;
    }

    pub(super) fn bill(&self, kernel: &Kernel, meter: &mut Meter<'_>) {
        let mut billed = self.billed.clone();
        self.pass(&mut billed, kernel.now, kernel.commitment, &kernel.keys);
        let [extended, long] = self.kept(&billed, kernel.now, &kernel.keys);
        billed.extended[billed.tariff as usize] += extended.saturating_sub(billed.extended_before);
        for (item, sum) in TIMED.into_iter().zip(billed.timed) {
            meter.add(item, sum);
        }
        let [provisioned, on_demand, advantage] =
            [Tariff::Provisioned, Tariff::OnDemand, Tariff::Advantage].map(|it| it as usize);
        meter.add(Item::PutUnit, billed.put_units);
        meter.add(Item::LongRetention, long);
        meter.add(Item::LongRetrieval, billed.read_late);
        meter.add(Item::FanOutGb, billed.pushed[provisioned]);
        meter.add(Item::OnDemandIn, billed.taken[on_demand]);
        meter.add(Item::OnDemandOut, billed.read[on_demand]);
        meter.add(Item::OnDemandFanOut, billed.pushed[on_demand]);
        meter.add(Item::OnDemandRetention, billed.extended[on_demand]);
        meter.add(Item::AdvantageIn, billed.taken[advantage]);
        meter.add(Item::AdvantageOut, billed.read[advantage] + billed.pushed[advantage]);
        meter.add(Item::AdvantageRetention, billed.extended[advantage]);
        meter.add(Item::KmsRequest, self.keys.calls(kernel.now));
    }

    /// Byte seconds that were kept beyond a day and up to a week, and beyond a week.
    fn kept(&self, billed: &Billed, now: Time, keys: &KeyTable) -> [u128; 2] {
        let [mut beyond_a_day, mut beyond_a_week] = billed.gone;
        let hours = self.config.retention_hours;
        if hours > FREE_HOURS {
            for shard in &self.shards {
                let [day, week] = within(hours, shard.log.kept(now, keys));
                beyond_a_day += day;
                beyond_a_week += week;
            }
        }
        [beyond_a_day.saturating_sub(beyond_a_week), beyond_a_week]
    }

    /// How many of each of [`TIMED`] there are now.
    fn rates(&self, tariff: Tariff) -> [u64; TIMED.len()] {
        let open = self.open.len() as u64;
        let shards = if tariff == Tariff::Provisioned { open } else { 0 };
        let is_extended = self.config.retention_hours > FREE_HOURS;
        let consumers = self.fanout.consumers.iter();
        let active = consumers.filter(|it| it.consumer.status == ConsumerStatus::Active).count();
        [
            shards,
            if is_extended { shards } else { 0 },
            // Advantage has no fee by the hour.
            u64::from(tariff == Tariff::OnDemand),
            // On demand, registered consumers cost by the byte alone.
            active as u64 * shards,
            self.monitored.len() as u64 * open,
            u64::from(self.config.encryption == Encryption::CustomerKey),
        ]
    }
}

/// Records leave the books up to a second after their time: that second costs nothing.
fn within(retention_hours: u32, [beyond_a_day, beyond_a_week]: [u128; 2]) -> [u128; 2] {
    let longer = |hours: u32, kept: u128| if retention_hours > hours { kept } else { 0 };
    [longer(FREE_HOURS, beyond_a_day), longer(EXTENDED_HOURS, beyond_a_week)]
}
