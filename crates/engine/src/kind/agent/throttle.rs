//! How long the agent waits before its next call (amazon-kinesis-agent 2026-07,
//! `AsyncPublisherThrottler`; facts, streams §8.4): twice as long with each failure, ±30 %, and a
//! tenth of the failures forgotten at each success.

use base::{Duration, Rng};

/// First wait and longest wait (`Constants`).
const WAIT_MILLIS: (u64, u64) = (100, 10_000);
/// A sleeping publisher looks up this often.
const SPIN_MILLIS: u64 = 250;
/// One failure.
const ONE: u64 = 1_000;

/// Failures that are not forgotten yet, in thousandths.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Throttle {
    failures: u64,
}

impl Throttle {
    /// A call failed, wholly or for a share of its records.
    pub(super) fn failed(&mut self, records: u64, of: u64) {
        self.failures += base::units::permille(records, of);
    }

    /// A call succeeded.
    pub(super) fn succeeded(&mut self) {
        self.failures /= 10;
        if self.failures < ONE {
            self.failures = 0;
        }
    }

    /// The wait before the next call.
    pub(super) fn wait(self, rng: &mut Rng) -> Duration {
        let failures = (self.failures + ONE / 2) / ONE;
        if failures == 0 {
            return Duration::ZERO;
        }
        let (first, longest) = WAIT_MILLIS;
        let millis = (first << (failures - 1).min(20)).min(longest);
        let millis = millis * rng.between(700, 1_300) / 1_000;
        Duration::from_millis(millis.next_multiple_of(SPIN_MILLIS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_and_are_forgotten_faster() {
        let mut rng = Rng::from_seed(1);
        let mut throttle = Throttle::default();
        assert_eq!(throttle.wait(&mut rng), Duration::ZERO);
        throttle.failed(4, 10);
        assert_eq!(throttle.wait(&mut rng), Duration::ZERO, "less than half a failure");
        for base in [100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000] {
            throttle.failed(1, 1);
            for _draw in 0..50 {
                let millis = throttle.wait(&mut rng).millis();
                assert!(millis.is_multiple_of(SPIN_MILLIS));
                assert!(millis + SPIN_MILLIS > base * 7 / 10, "{millis} of {base}");
                assert!(millis < base * 13 / 10 + SPIN_MILLIS, "{millis} of {base}");
            }
        }
        throttle.succeeded();
        assert_eq!(throttle.wait(&mut rng), Duration::ZERO, "9.4 failures become 0.94, so none");
    }
}
