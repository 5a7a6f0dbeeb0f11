//! Kinesis records wait for tokens of the shard they are expected to land in (amazon-kinesis-
//! producer 1.0.7, `limiter.h`): 1,000 records and 1 MiB a second times `RateLimit`, with room
//! for 1,000 records and 10 MiB. The library's buckets say they are empty at the start; their
//! clock begins at the machine's own, so they are full at their first use.

use std::collections::VecDeque;

use base::units::MIB;
use base::{Duration, Time, VecMap};

use super::record::Parcel;
use crate::kind::stream::limiter::{Bucket, WRITE_BYTES_PER_SEC, WRITE_RECORDS_PER_SEC};

/// Queues are looked at this often.
pub(super) const DRAIN_EVERY: Duration = Duration::from_millis(25);
/// A burst of bytes.
const BYTES_MAX: u64 = 10 * MIB;

/// Waiting Kinesis records, by shard.
#[derive(Clone, Debug, Default)]
pub(super) struct Limiter {
    shards: VecMap<u32, ShardLimiter>,
}

#[derive(Clone, Debug)]
struct ShardLimiter {
    records: Bucket,
    bytes: Bucket,
    /// Ascending by deadline.
    queue: VecDeque<Parcel>,
}

/// What leaves the limiter.
#[derive(Debug, Default)]
pub(super) struct Drained {
    /// Past their expiry.
    pub(super) expired: Vec<Parcel>,
    /// In the order of their deadlines.
    pub(super) ready: Vec<Parcel>,
}

impl ShardLimiter {
    fn new(rate_limit_percent: u32, now: Time) -> Self {
        let rate = |per_sec: u64| per_sec * u64::from(rate_limit_percent) / 100;
        Self {
            records: Bucket::full(WRITE_RECORDS_PER_SEC, rate(WRITE_RECORDS_PER_SEC), now),
            bytes: Bucket::full(BYTES_MAX, rate(WRITE_BYTES_PER_SEC), now),
            queue: VecDeque::new(),
        }
    }

    fn drain(&mut self, now: Time, out: &mut Drained) {
        self.records.refill(now);
        self.bytes.refill(now);
        if self.queue.iter().any(|parcel| now > parcel.expiry) {
            let (expired, left) =
                self.queue.drain(..).partition(|parcel: &Parcel| now > parcel.expiry);
            self.queue = left;
            out.expired.extend::<VecDeque<Parcel>>(expired);
        }
        while let Some(first) = self.queue.front() {
            let bytes = u64::from(first.row.data_bytes());
            if !self.records.has(1) || !self.bytes.has(bytes) {
                break;
            }
            self.records.take(1);
            self.bytes.take(bytes);
            out.ready.extend(self.queue.pop_front());
        }
    }
}

impl Limiter {
    /// Takes a Kinesis record for a shard; what may go from there leaves at once.
    pub(super) fn put(&mut self, parcel: Parcel, shard: u32, percent: u32, now: Time) -> Drained {
        let limiter = self.shards.get_or_insert_with(shard, || ShardLimiter::new(percent, now));
        let at = limiter.queue.partition_point(|other| other.deadline <= parcel.deadline);
        limiter.queue.insert(at, parcel);
        let mut out = Drained::default();
        limiter.drain(now, &mut out);
        out
    }

    /// What may go from any shard.
    pub(super) fn drain(&mut self, now: Time) -> Drained {
        let mut out = Drained::default();
        for (_, limiter) in self.shards.iter_mut() {
            limiter.drain(now, &mut out);
        }
        out
    }

    /// Begins again with another rate; what waits stays.
    pub(super) fn set_rate(&mut self, percent: u32, now: Time) {
        for (_, limiter) in self.shards.iter_mut() {
            let queue = core::mem::take(&mut limiter.queue);
            *limiter = ShardLimiter { queue, ..ShardLimiter::new(percent, now) };
        }
    }

    /// Whether nothing waits.
    pub(super) fn is_empty(&self) -> bool {
        self.shards.values().all(|limiter| limiter.queue.is_empty())
    }

    /// Everything that waits here.
    pub(super) fn parcels(&self) -> impl Iterator<Item = &Parcel> {
        self.shards.values().flat_map(|limiter| &limiter.queue)
    }
}
