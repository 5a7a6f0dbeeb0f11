//! What a shard takes and gives in a second, in integers: a microsecond of refill is exact.
//!
//! AWS documents its limits "per second" and no more; which model is right is not established
//! (facts, streams §2.2), so writes have two.

use base::units::MIB;
use base::{Duration, Time};
use scenario::kind::Limiter;

use super::turns::{Caller, Turns};
use crate::cause::Reason;

/// Records a shard takes in a second (Kinesis quota page, 2026-11).
pub const WRITE_RECORDS_PER_SEC: u64 = 1_000;
/// Bytes a shard takes in a second, keys included (KPL `limiter.h` and the API text: 1 MiB).
pub const WRITE_BYTES_PER_SEC: u64 = MIB;
/// `GetRecords` calls a shard answers in a second (Kinesis quota page, 2026-11).
pub const READ_CALLS_PER_SEC: u64 = 5;
/// Bytes a shard gives its polling readers in a second (Kinesis quota page, 2026-11).
pub const READ_BYTES_PER_SEC: u64 = 2 * MIB;
/// `GetShardIterator` calls for a shard in a second (Kinesis quota page, 2026-11).
pub const ITERATORS_PER_SEC: u64 = 5;

/// A bucket that refills by the microsecond. Amounts are kept in millionths, so nothing is ever
/// rounded.
#[derive(Clone, Copy, Debug)]
pub struct Bucket {
    capacity: i64,
    per_micro: u64,
    level: i64,
    at: Time,
}

const MILLIONTHS: i64 = 1_000_000;

fn millionths(amount: u64) -> i64 {
    i64::try_from(amount).map_or(i64::MAX, |amount| amount.saturating_mul(MILLIONTHS))
}

impl Bucket {
    /// A full bucket; `per_sec` units a second are as many millionths a microsecond.
    #[must_use]
    pub fn full(capacity: u64, per_sec: u64, now: Time) -> Self {
        let capacity = millionths(capacity);
        Self { capacity, per_micro: per_sec, level: capacity, at: now }
    }

    /// Lets the time pass.
    #[inline]
    pub fn refill(&mut self, now: Time) {
        if now > self.at {
            let gain = now.since(self.at).0.saturating_mul(self.per_micro);
            let gain = i64::try_from(gain).unwrap_or(i64::MAX);
            self.level = self.level.saturating_add(gain).min(self.capacity);
            self.at = now;
        }
    }

    /// Whether this much is in it.
    #[must_use]
    #[inline]
    pub fn has(&self, amount: u64) -> bool {
        self.level >= millionths(amount)
    }

    /// Takes this much; the level may fall below zero.
    #[inline]
    pub fn take(&mut self, amount: u64) {
        self.level -= millionths(amount);
    }

    /// How long it takes until this much is in it.
    #[must_use]
    pub fn wait_for(&self, amount: u64) -> Duration {
        let missing = millionths(amount).saturating_sub(self.level).max(0).unsigned_abs();
        Duration(missing.div_ceil(self.per_micro.max(1)))
    }

    /// What is in it, in whole units.
    #[must_use]
    pub fn amount(&self) -> i64 {
        self.level.div_euclid(MILLIONTHS)
    }

    /// Whether nothing was taken that has not been refilled.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.level == self.capacity
    }

    /// Gives it another size; what is in it stays, up to the new size.
    pub fn resize(&mut self, capacity: u64) {
        let grown = millionths(capacity) - self.capacity;
        self.capacity = millionths(capacity);
        self.level = (self.level + grown.max(0)).min(self.capacity);
    }
}

/// The write limits of one shard.
#[derive(Clone, Copy, Debug)]
pub enum WriteLimit {
    /// One second's worth at most, refilled continuously, full at the start.
    Buckets {
        /// Records.
        records: Bucket,
        /// Bytes.
        bytes: Bucket,
    },
    /// Counters that start again at every whole second. A record above a second's worth passes in
    /// a fresh second and is paid for in the next ones.
    Seconds {
        /// The running second.
        second: u64,
        /// Records taken in it.
        records: u64,
        /// Bytes taken in it or still owed.
        bytes: u64,
    },
}

impl WriteLimit {
    /// Unused limits; `record_bytes_max` is the largest record of the stream.
    #[must_use]
    pub fn new(model: Limiter, record_bytes_max: u64, now: Time) -> Self {
        match model {
            Limiter::TokenBucket => Self::Buckets {
                records: Bucket::full(WRITE_RECORDS_PER_SEC, WRITE_RECORDS_PER_SEC, now),
                bytes: Bucket::full(
                    WRITE_BYTES_PER_SEC.max(record_bytes_max),
                    WRITE_BYTES_PER_SEC,
                    now,
                ),
            },
            Limiter::Strict => Self::Seconds { second: now.secs(), records: 0, bytes: 0 },
        }
    }

    /// Lets the time pass; call it before `take`.
    #[inline]
    pub fn refill(&mut self, now: Time) {
        match self {
            Self::Buckets { records, bytes } => {
                records.refill(now);
                bytes.refill(now);
            }
            Self::Seconds { second, records, bytes } => {
                let passed = now.secs() - *second;
                if passed > 0 {
                    *second = now.secs();
                    *records = 0;
                    *bytes = bytes.saturating_sub(passed.saturating_mul(WRITE_BYTES_PER_SEC));
                }
            }
        }
    }

    /// Takes one record of this many bytes, or says which limit is in the way.
    ///
    /// # Errors
    /// `ShardRecords` or `ShardBytes`; nothing was taken then.
    #[inline]
    pub fn take(&mut self, amount: u64) -> Result<(), Reason> {
        match self {
            Self::Buckets { records, bytes } => {
                if !records.has(1) {
                    return Err(Reason::ShardRecords);
                }
                if !bytes.has(amount) {
                    return Err(Reason::ShardBytes);
                }
                records.take(1);
                bytes.take(amount);
            }
            Self::Seconds { records, bytes, .. } => {
                if *records >= WRITE_RECORDS_PER_SEC {
                    return Err(Reason::ShardRecords);
                }
                if *bytes > 0 && *bytes + amount > WRITE_BYTES_PER_SEC {
                    return Err(Reason::ShardBytes);
                }
                *records += 1;
                *bytes += amount;
            }
        }
        Ok(())
    }

    /// How much of the limit behind a refusal is used, and what a bucket has left of it.
    #[must_use]
    pub fn figures(&self, reason: Reason) -> (u64, Option<u64>) {
        let is_bytes = reason == Reason::ShardBytes;
        match self {
            Self::Buckets { records, bytes } => {
                let (bucket, limit) = match is_bytes {
                    true => (bytes, WRITE_BYTES_PER_SEC),
                    false => (records, WRITE_RECORDS_PER_SEC),
                };
                let room = u64::try_from(bucket.amount()).unwrap_or(0);
                (limit.saturating_sub(room), Some(room))
            }
            Self::Seconds { records, bytes, .. } => {
                (if is_bytes { *bytes } else { *records }, None)
            }
        }
    }

    /// Charges bytes that rounding adds to a call; never refused.
    #[inline]
    pub fn charge(&mut self, amount: u64) {
        match self {
            Self::Buckets { bytes, .. } => bytes.take(amount),
            Self::Seconds { bytes, .. } => *bytes += amount,
        }
    }

    /// Takes new settings: another model begins unused, a larger record adds room at once.
    pub fn reconfigure(&mut self, model: Limiter, record_bytes_max: u64, now: Time) {
        match (self, model) {
            (Self::Buckets { bytes, .. }, Limiter::TokenBucket) => {
                bytes.resize(WRITE_BYTES_PER_SEC.max(record_bytes_max));
            }
            (Self::Seconds { .. }, Limiter::Strict) => {}
            (limit, _) => *limit = Self::new(model, record_bytes_max, now),
        }
    }
}

/// The read limits of one shard, shared by all its polling readers.
///
/// A call may overdraw the bytes, by 8 MiB at most because it returns 10 MiB at most. Calls are
/// refused then until the bucket is full again: 10 MiB make five seconds, a little too much makes
/// one, as the API text says (facts, streams §3.2).
#[derive(Clone, Debug)]
pub struct ReadLimit {
    calls: Bucket,
    bytes: Bucket,
    overdrawn: bool,
    iterators: Bucket,
    turns: Turns,
}

impl ReadLimit {
    /// Unused limits.
    #[must_use]
    pub fn new(now: Time) -> Self {
        Self {
            calls: Bucket::full(READ_CALLS_PER_SEC, READ_CALLS_PER_SEC, now),
            bytes: Bucket::full(READ_BYTES_PER_SEC, READ_BYTES_PER_SEC, now),
            overdrawn: false,
            iterators: Bucket::full(ITERATORS_PER_SEC, ITERATORS_PER_SEC, now),
            turns: Turns::default(),
        }
    }

    /// Admits one `GetRecords` call.
    ///
    /// # Errors
    /// `ReadCalls` or `ReadBytes`; nothing was taken then.
    pub fn call(&mut self, caller: Caller, now: Time) -> Result<(), Reason> {
        self.calls.refill(now);
        self.bytes.refill(now);
        self.overdrawn &= !self.bytes.is_full();
        let turn = self.turns.call(caller, now);
        let admitted = match (self.calls.has(1), self.overdrawn) {
            (false, _) => Err(Reason::ReadCalls),
            (true, true) => Err(Reason::ReadBytes),
            (true, false) => turn,
        };
        match admitted {
            Ok(()) => self.calls.take(1),
            Err(reason) => self.turns.refuse(caller, reason, now),
        }
        admitted
    }

    /// Charges the bytes an admitted call returned.
    pub fn returned(&mut self, caller: Caller, amount: u64) {
        self.turns.answer(caller, amount);
        self.bytes.take(amount);
        self.overdrawn |= !self.bytes.has(0);
    }

    /// The limit behind a refusal and how much of it is used, for explanations.
    #[must_use]
    pub fn figures(&self, reason: Reason) -> (u64, u64) {
        if reason == Reason::ReadBytes {
            (READ_BYTES_PER_SEC, READ_BYTES_PER_SEC.saturating_add_signed(-self.bytes.amount()))
        } else {
            (READ_CALLS_PER_SEC, READ_CALLS_PER_SEC)
        }
    }

    /// Admits one `GetShardIterator` call.
    ///
    /// # Errors
    /// `ReadCalls`.
    pub fn iterator(&mut self, now: Time) -> Result<(), Reason> {
        self.iterators.refill(now);
        if !self.iterators.has(1) {
            return Err(Reason::ReadCalls);
        }
        self.iterators.take(1);
        Ok(())
    }
}

/// Bytes that rounding up to the next KB adds.
#[must_use]
pub fn rounding(bytes: u64) -> u64 {
    bytes.next_multiple_of(base::units::KIB) - bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secs(secs: u64) -> Time {
        Time(secs * 1_000_000)
    }

    /// A thousand records and 1 MiB (facts, streams §2.1); what is refused costs nothing.
    #[test]
    fn a_second_takes_what_the_quota_says() {
        for model in [Limiter::Strict, Limiter::TokenBucket] {
            let mut limit = WriteLimit::new(model, MIB, Time::ZERO);
            assert_eq!(limit.take(MIB - 10), Ok(()));
            assert_eq!(limit.take(11), Err(Reason::ShardBytes));
            assert_eq!(limit.take(10), Ok(()));
            assert_eq!(limit.take(1), Err(Reason::ShardBytes));
            let more = (0..2_000).take_while(|_| limit.take(0).is_ok()).count();
            assert_eq!(more, 998, "{model:?}");
            assert_eq!(limit.take(0), Err(Reason::ShardRecords));
        }
    }

    /// A record larger than a second's worth passes in a fresh second; the seconds after pay for
    /// it, so that the sustained limit stays (facts, streams §1.3).
    #[test]
    fn a_large_record_is_paid_for_later() {
        let mut limit = WriteLimit::new(Limiter::Strict, 10 * MIB, Time::ZERO);
        assert_eq!(limit.take(3 * MIB), Ok(()));
        for second in [0, 1, 2] {
            limit.refill(secs(second));
            assert_eq!(limit.take(1), Err(Reason::ShardBytes), "second {second}");
        }
        limit.refill(secs(3));
        assert_eq!(limit.take(MIB), Ok(()));
    }
}
