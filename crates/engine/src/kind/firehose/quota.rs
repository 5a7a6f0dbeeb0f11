//! The Direct PUT quota of one Firehose stream: records, requests and bytes a second, all raised
//! together (Firehose quota page, 2026-11). AWS only says "per second"; each is a token bucket
//! that holds one second's worth and starts full.

use base::Time;
use base::units::MIB;
use scenario::kind::{FirehoseConfig, QuotaRegion};

use super::metric;
use crate::kernel::ctx::Ctx;

const MICROS: u64 = 1_000_000;

/// The three buckets.
#[derive(Clone, Debug)]
pub(super) struct Quota {
    records: Tokens,
    requests: Tokens,
    bytes: Tokens,
    filled: Time,
}

/// A dimension that was used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spent {
    /// Its limit a second.
    pub(super) limit: u64,
    /// How much of it was taken.
    pub(super) used: u64,
}

/// Tokens in millionths, so that a rate times microseconds stays whole.
#[derive(Clone, Debug)]
struct Tokens {
    per_sec: u64,
    millionths: u64,
}

impl Quota {
    /// Full buckets.
    pub(super) fn new(config: &FirehoseConfig, now: Time) -> Self {
        let (records, requests, mib) = match config.quota_region {
            QuotaRegion::Large => (500_000, 2_000, 5),
            QuotaRegion::Other => (100_000, 1_000, 1),
        };
        let tokens = |per_sec: u64| {
            let per_sec = per_sec * u64::from(config.quota_times);
            Tokens { per_sec, millionths: per_sec * MICROS }
        };
        Self {
            records: tokens(records),
            requests: tokens(requests),
            bytes: tokens(mib * MIB),
            filled: now,
        }
    }

    /// Reports the limits as they are.
    pub(super) fn tell(&self, ctx: &mut Ctx<'_>) {
        ctx.peak(metric::BYTES_LIMIT, self.bytes.per_sec);
        ctx.peak(metric::RECORDS_LIMIT, self.records.per_sec);
        ctx.peak(metric::REQUESTS_LIMIT, self.requests.per_sec);
    }

    /// Lets the time since the last call flow in.
    pub(super) fn fill(&mut self, now: Time) {
        let micros = now.since(self.filled).0.min(MICROS);
        self.filled = now;
        for tokens in [&mut self.records, &mut self.requests, &mut self.bytes] {
            let full = tokens.per_sec * MICROS;
            tokens.millionths = full.min(tokens.millionths + tokens.per_sec * micros);
        }
    }

    /// Takes one call.
    pub(super) fn take_request(&mut self) -> Result<(), Spent> {
        self.requests.check(1)?;
        self.requests.take(1);
        Ok(())
    }

    /// Takes one record, or nothing at all.
    pub(super) fn take_record(&mut self, bytes: u64) -> Result<(), Spent> {
        self.records.check(1)?;
        self.bytes.check(bytes)?;
        self.records.take(1);
        self.bytes.take(bytes);
        Ok(())
    }
}

impl Tokens {
    fn check(&self, amount: u64) -> Result<(), Spent> {
        let left = self.millionths / MICROS;
        if amount <= left {
            return Ok(());
        }
        Err(Spent { limit: self.per_sec, used: self.per_sec - left })
    }

    fn take(&mut self, amount: u64) {
        self.millionths -= amount * MICROS;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quota(region: QuotaRegion, times: u32) -> Quota {
        let config = FirehoseConfig {
            quota_region: region,
            quota_times: times,
            ..FirehoseConfig::default()
        };
        Quota::new(&config, Time::ZERO)
    }

    /// Raising to 10 MiB/s gives 4,000 requests and 1,000,000 records a second.
    #[test]
    fn all_dimensions_are_raised_together() {
        let quota = quota(QuotaRegion::Large, 2);
        let limits = [&quota.records, &quota.requests, &quota.bytes].map(|it| it.per_sec);
        assert_eq!(limits, [1_000_000, 4_000, 10 * MIB]);
    }

    #[test]
    fn a_second_holds_its_worth_and_no_more() {
        let mut quota = quota(QuotaRegion::Other, 1);
        let taken = (0..2_000).filter(|_n| quota.take_request().is_ok()).count();
        assert_eq!(taken, 1_000);
        assert_eq!(quota.take_record(2 * MIB), Err(Spent { limit: MIB, used: 0 }));
        assert_eq!(quota.take_record(MIB), Ok(()));
        assert_eq!(quota.take_record(1), Err(Spent { limit: MIB, used: MIB }));
        quota.fill(Time(500_000));
        assert_eq!(quota.take_record(MIB / 2), Ok(()));
        assert_eq!((0..2_000).filter(|_n| quota.take_request().is_ok()).count(), 500);
    }
}
