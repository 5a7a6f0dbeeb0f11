//! What a stream is billed for.

use base::{Duration, Time};
use scenario::price::Item;

use super::Stream;
use super::shard::Shard;
use crate::usage::Meter;

/// Data of one PUT payload unit: AWS says 25 KB; whether that is 25,000 or 25,600 bytes it does
/// not say (facts, streams §7).
const PUT_UNIT_BYTES: u32 = 25_600;
/// Retention up to this costs nothing beyond the shard.
const FREE_HOURS: u32 = 24;

/// What cannot be told from the shards.
#[derive(Clone, Debug)]
pub(super) struct Billed {
    /// 25 KB chunks that were stored, each record rounded up.
    put_units: u64,
    /// Since when how many hours records are kept.
    retention: Vec<(Time, u32)>,
}

impl Billed {
    /// A new stream.
    pub(super) fn new(now: Time, retention_hours: u32) -> Self {
        Self { put_units: 0, retention: vec![(now, retention_hours)] }
    }

    /// A record was stored: every one has at least one unit.
    #[inline]
    pub(super) fn put(&mut self, data_bytes: u32) {
        self.put_units += u64::from(data_bytes.div_ceil(PUT_UNIT_BYTES).max(1));
    }

    /// Records are kept for another time.
    pub(super) fn retain(&mut self, now: Time, hours: u32) {
        if self.retention.last().is_none_or(|(_, before)| *before != hours) {
            self.retention.push((now, hours));
        }
    }

    /// For how long a shard was there while retention was extended.
    fn extended(&self, from: Time, until: Time) -> Duration {
        let ends = self.retention.iter().skip(1).map(|(at, _)| *at).chain([until]);
        let stretches = self.retention.iter().zip(ends);
        let extended = stretches.filter(|((_, hours), _)| *hours > FREE_HOURS);
        let micros = extended.map(|((at, _), end)| end.min(until).since((*at).max(from)).0);
        Duration(micros.sum())
    }
}

impl Stream {
    pub(super) fn bill(&self, now: Time, meter: &mut Meter<'_>) {
        let life = |shard: &Shard| (shard.opened, shard.closed.unwrap_or(now));
        let lives = || self.shards.iter().map(life);
        let open: u128 = lives().map(|(from, to)| u128::from(to.since(from).0)).sum();
        meter.add(Item::ShardHour, open);
        meter.add(Item::PutUnit, self.billed.put_units);
        let extended = lives().map(|(from, to)| u128::from(self.billed.extended(from, to).0));
        meter.add(Item::ExtendedRetention, extended.sum::<u128>());
    }
}
