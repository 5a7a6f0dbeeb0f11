//! Whose turn it is to read a shard that gives less than its readers ask for.
//!
//! Each of n readers gets a share of 1/n of the calls and bytes (facts, streams §3.2); AWS names
//! no order. Polls of one length keep their phase in a simulation, so the bucket alone would serve
//! the same reader each time a call comes free. Here whoever was refused and has had less
//! goes first. A reader that asks for less than its share gets what it asks for, and a shard whose
//! readers are not refused keeps no account.

use base::{Duration, EdgeId, Time};

use super::limiter::{READ_BYTES_PER_SEC, READ_CALLS_PER_SEC};
use crate::cause::Reason;

/// One call's worth of a shard's time.
const CALL: Duration = Duration(1_000_000 / READ_CALLS_PER_SEC);
/// How far a reader may be ahead of one that waits, so that the shard is not idle until that one
/// calls again: by a second, and by three percent of what it got.
const AHEAD_MAX: Duration = Duration::SECOND;
const AHEAD_PART: u64 = 32;
/// Whoever was refused calls again within a second; one that has not is not waited for.
const WAITED_FOR: Duration = Duration::from_millis(1_500);
/// What readers got is remembered for so long after a refusal, and after their last call.
const REMEMBERED: Duration = Duration::from_secs(30);

/// Who calls `GetRecords`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// A reader, through its wire.
    Wire(EdgeId),
    /// Whoever calls the API.
    Api,
}

/// What the readers of one shard got of its time while it could not serve all of them.
#[derive(Clone, Debug, Default)]
pub struct Turns {
    shares: Vec<Share>,
    refused: Option<Time>,
}

#[derive(Clone, Copy, Debug)]
struct Share {
    caller: Caller,
    got: Duration,
    called: Time,
    refused: Option<Time>,
    /// What its last call was refused for.
    waits: Option<Reason>,
}

impl Share {
    fn is_short(&self, now: Time) -> bool {
        self.refused.is_some_and(|at| now.since(at) < REMEMBERED)
    }
}

impl Turns {
    /// Notes a call.
    ///
    /// # Errors
    /// What a reader that had less waits for: it goes first.
    pub fn call(&mut self, caller: Caller, now: Time) -> Result<(), Reason> {
        let fresh = Share { caller, got: Duration::ZERO, called: now, refused: None, waits: None };
        if self.refused.is_none_or(|at| now.since(at) >= REMEMBERED) {
            self.shares.clear();
            self.shares.push(fresh);
            return Ok(());
        }
        self.contended(fresh, now)
    }

    /// The shard refuses a call.
    pub fn refuse(&mut self, caller: Caller, reason: Reason, now: Time) {
        self.refused = Some(now);
        if let Some(share) = self.share(caller) {
            share.refused = Some(now);
            share.waits = Some(reason);
        }
    }

    /// The shard answers a call with this many bytes.
    pub fn answer(&mut self, caller: Caller, bytes: u64) {
        let time = Duration(bytes.saturating_mul(1_000_000) / READ_BYTES_PER_SEC);
        if let Some(share) = self.share(caller) {
            share.got = share.got + time.max(CALL);
            share.waits = None;
        }
    }

    #[inline(never)]
    fn contended(&mut self, fresh: Share, now: Time) -> Result<(), Reason> {
        self.shares.retain(|share| now.since(share.called) < REMEMBERED);
        let at = self.shares.iter().position(|share| share.caller == fresh.caller);
        let at = at.unwrap_or_else(|| {
            self.shares.push(fresh);
            self.shares.len() - 1
        });
        // Who was not refused has no claim to what it did not ask for.
        let short = self.shares.iter().filter(|share| share.is_short(now));
        let least = short.map(|share| share.got).min().unwrap_or(Duration::ZERO);
        let share = &mut self.shares[at];
        share.called = now;
        if !share.is_short(now) {
            share.got = share.got.max(least);
        }
        let ahead_max = AHEAD_MAX + Duration(share.got.0 / AHEAD_PART);
        let got = share.got;
        let goes_first =
            |other: &&Share| other.got + ahead_max < got && now.since(other.called) < WAITED_FOR;
        let first = self.shares.iter().filter(|other| other.waits.is_some()).find(goes_first);
        first.and_then(|other| other.waits).map_or(Ok(()), Err)
    }

    fn share(&mut self, caller: Caller) -> Option<&mut Share> {
        self.shares.iter_mut().find(|share| share.caller == caller)
    }
}

#[cfg(test)]
mod tests {
    use base::Rng;
    use base::units::MIB;

    use super::super::limiter::ReadLimit;
    use super::*;

    /// A reader: what it asks for, and what came of it.
    struct Poller {
        poll_millis: u64,
        bytes: u64,
        /// When it begins, in milliseconds.
        due: u64,
        failures: u32,
        calls: u64,
    }

    fn poller(poll_millis: u64, bytes: u64, due: u64) -> Poller {
        Poller { poll_millis, bytes, due, failures: 0, calls: 0 }
    }

    /// Lets them poll one shard as the reader does, with doubled waits of 100 ms to a second after
    /// refusals: the calls each was answered.
    fn poll(mut pollers: Vec<Poller>, secs: u64) -> Vec<u64> {
        let mut limit = ReadLimit::new(Time::ZERO);
        let next = |pollers: &[Poller]| {
            let due = pollers.iter().enumerate().map(|(place, poller)| (poller.due, place)).min();
            due.filter(|(millis, _)| *millis < secs * 1_000)
        };
        while let Some((millis, place)) = next(&pollers) {
            let now = Time(millis * 1_000);
            let caller = Caller::Wire(EdgeId(u32::try_from(place).unwrap()));
            let poller = &mut pollers[place];
            poller.due += match limit.call(caller, now) {
                Ok(()) => {
                    limit.returned(caller, poller.bytes);
                    poller.calls += 1;
                    poller.failures = 0;
                    poller.poll_millis
                }
                Err(_) => {
                    poller.failures += 1;
                    (50 << poller.failures.min(9)).min(1_000)
                }
            };
        }
        pollers.iter().map(|poller| poller.calls).collect()
    }

    fn assert_shares(got: &[u64], share: u64, percent: u64) {
        for calls in got {
            let off = calls.abs_diff(share) * 100;
            assert!(off <= share * percent, "{got:?} of {share} each");
        }
    }

    /// n readers get 5/n calls a second each (facts, streams §3.2), wherever in the second their
    /// polls fall.
    #[test]
    fn calls_are_shared_evenly() {
        for seed in 0..10 {
            let mut rng = Rng::from_seed(seed);
            for (readers, poll_millis) in [(2, 200), (3, 200), (6, 1_000), (8, 200), (10, 1_000)] {
                let begin = |_| poller(poll_millis, 100, rng.below64(poll_millis));
                let got = poll((0..readers).map(begin).collect(), 600);
                assert_shares(&got, 600 * 5 / readers, 5);
                assert!(got.iter().sum::<u64>() >= 600 * 5 * 95 / 100, "{got:?}");
            }
        }
    }

    /// And 2 MB/s / n (facts, streams §3.2), whatever a call returns: 10 MiB, or 4 MiB.
    #[test]
    fn bytes_are_shared_evenly() {
        const SECS: u64 = 1_800;
        for seed in 0..10 {
            let mut rng = Rng::from_seed(seed);
            for readers in [3, 6, 8, 10] {
                let answer = |reader| if reader % 3 == 0 { 4 * MIB } else { 10 * MIB };
                let begin = |reader| poller(200, answer(reader), rng.below64(1_000));
                let calls = poll((0..readers).map(begin).collect(), SECS);
                let got: Vec<u64> =
                    (0..).zip(&calls).map(|(it, calls)| calls * answer(it)).collect();
                let sum: u64 = got.iter().sum();
                assert_shares(&got, sum / readers, 8);
                assert!(sum >= SECS * 1_800_000, "{got:?}");
            }
        }
    }

    /// Whoever asks for less than its share gets it, and leaves the rest to the others.
    #[test]
    fn a_share_that_is_not_asked_for_goes_to_the_others() {
        let got = poll(vec![poller(2_000, 100, 0), poller(200, 100, 3), poller(200, 100, 7)], 600);
        assert_shares(&got[..1], 300, 7);
        assert_shares(&got[1..], (3_000 - 300) / 2, 3);
    }

    /// Who comes later gets its share from then on, and nothing for the time before; who is gone
    /// is waited for no more.
    #[test]
    fn who_comes_late_has_no_claim_to_the_past() {
        let mut limit = ReadLimit::new(Time::ZERO);
        let [one, other, late] = [1, 2, 3].map(|edge| Caller::Wire(EdgeId(edge)));
        let mut got = [0, 0, 0];
        for tick in 0..4_000 {
            let now = Time(tick * 100_000);
            let callers: &[Caller] = match tick {
                0..2_000 => &[one, other],
                2_000..3_000 => &[late, one, other],
                _ => &[late],
            };
            for caller in callers {
                let place = [one, other, late].iter().position(|it| it == caller).unwrap();
                if limit.call(*caller, now).is_ok() {
                    limit.returned(*caller, 0);
                    got[place] += 1;
                }
            }
        }
        assert_shares(&got[..2], 500 + 166, 3);
        assert_shares(&got[2..], 166 + 500, 3);
    }
}
