//! On-demand Advantage (since November 2025): the account commits to pay for 25 MiB/s in and
//! 25 MiB/s out over all its on-demand streams, and each byte costs less (facts, streams §6).

use base::units::MIB;
use base::{Duration, Time};

/// It cannot be given up earlier (Choose the right mode to stream in, 2026-11).
const SHORTEST: Duration = Duration::DAY;
/// What is paid for in any case, each way.
const COMMITTED_BYTES_PER_SEC: u128 = 25 * MIB as u128;

/// `MinimumThroughputBillingCommitment` of the account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Commitment {
    /// Since when it holds, and until when.
    term: Option<(Time, Option<Time>)>,
    /// How long it held in terms that are over.
    before: Duration,
}

impl Commitment {
    /// Whether it holds.
    #[must_use]
    pub fn holds(&self, at: Time) -> bool {
        self.term.is_some_and(|(_, until)| until.is_none_or(|until| at < until))
    }

    /// When it ends, if somebody gave it up.
    #[must_use]
    pub fn ends(&self) -> Option<Time> {
        self.term.and_then(|(_, until)| until)
    }

    /// `Status`.
    #[must_use]
    pub fn word(&self, now: Time) -> &'static str {
        match self.term {
            Some((_, None)) => "ENABLED",
            Some((_, Some(_))) if self.holds(now) => "ENABLED_UNTIL_EARLIEST_ALLOWED_END",
            _ => "DISABLED",
        }
    }

    /// From now on; a term that was about to end goes on.
    pub fn enable(&mut self, now: Time) {
        let since = match self.term {
            Some((since, _)) if self.holds(now) => since,
            _ => {
                self.before = self.lasted(now);
                now
            }
        };
        self.term = Some((since, None));
    }

    /// At the earliest moment that is allowed.
    pub fn disable(&mut self, now: Time) {
        if let Some((since, until)) = &mut self.term {
            until.get_or_insert((*since + SHORTEST).max(now));
        }
    }

    /// Bytes each way that are paid for in any case, so far.
    #[must_use]
    pub fn bytes(&self, now: Time) -> u128 {
        COMMITTED_BYTES_PER_SEC * u128::from(self.lasted(now).0) / 1_000_000
    }

    fn lasted(&self, now: Time) -> Duration {
        let term = self.term.map_or(Duration::ZERO, |(since, until)| {
            until.map_or(now, |until| until.min(now)).since(since)
        });
        self.before + term
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: u64 = 86_400;

    fn at(secs: u64) -> Time {
        Time(secs * 1_000_000)
    }

    /// Facts, streams §6: at least 24 hours; an earlier request ends it at the first moment that
    /// is allowed. 25 MiB/s are 26,214,400 bytes.
    #[test]
    fn a_commitment_lasts_a_day_at_least() {
        let mut one = Commitment::default();
        assert_eq!(one.word(at(0)), "DISABLED");
        one.disable(at(0));
        assert!(!one.holds(at(0)));
        one.enable(at(100));
        assert_eq!(one.word(at(200)), "ENABLED");
        one.disable(at(200));
        assert_eq!(one.word(at(DAY + 99)), "ENABLED_UNTIL_EARLIEST_ALLOWED_END");
        assert_eq!(one.word(at(DAY + 100)), "DISABLED");
        assert_eq!(one.bytes(at(101)), 26_214_400);
        assert_eq!(one.bytes(at(9 * DAY)), 26_214_400 * u128::from(DAY));
        // A new term begins anew and adds to the old one.
        one.enable(at(9 * DAY));
        one.disable(at(9 * DAY + 1));
        assert!(one.holds(at(10 * DAY - 1)));
        assert_eq!(one.bytes(at(20 * DAY)), 2 * 26_214_400 * u128::from(DAY));
    }
}
