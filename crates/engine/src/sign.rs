//! What goes wrong at the moment: explanations of one reason at one part that follow each other.
//!
//! A sign outlasts its newest explanation by a few simulated seconds and by the wait for the next
//! attempt, so that what bites every other second is one sign and not many.

use std::sync::Arc;

use base::{NodeId, Ring, Time};

use crate::cause::{Cause, Reason};

/// Simulated time without a new explanation until a sign is over.
pub const QUIET_MICROS: u64 = 5_000_000;

/// A reason that keeps coming back at one part.
#[derive(Clone, Debug, PartialEq)]
pub struct Sign {
    /// Where.
    pub node: NodeId,
    /// Why.
    pub reason: Reason,
    /// When it began, as far as explanations are at hand.
    pub since: Time,
    /// It may have begun earlier: older explanations are forgotten.
    pub is_cut: bool,
    /// When it is over unless it shows again.
    pub until: Time,
    /// The shards concerned, ascending.
    pub shards: Vec<u32>,
    /// The newest explanation waits for another attempt.
    pub tries_again: bool,
    /// The newest AWS error; may be empty.
    pub error: Arc<str>,
}

/// Adds what goes wrong at a part to `out`.
pub(crate) fn gather(causes: &Ring<Cause>, is_full: bool, now: Time, out: &mut Vec<Sign>) {
    let first = out.len();
    for cause in causes.iter().rev() {
        let until = over_at(cause);
        let known = out[first..].iter_mut().find(|sign| sign.reason == cause.reason);
        match known {
            Some(sign) if until >= sign.since => {
                sign.since = cause.at;
                note_shard(sign, cause.shard);
            }
            None if until >= now => {
                let mut sign = Sign {
                    node: cause.node,
                    reason: cause.reason,
                    since: cause.at,
                    is_cut: false,
                    until,
                    shards: Vec::new(),
                    tries_again: cause.next_try_micros.is_some(),
                    error: Arc::clone(&cause.error),
                };
                note_shard(&mut sign, cause.shard);
                out.push(sign);
            }
            Some(_) | None => {}
        }
    }
    let oldest = causes.iter().next().filter(|_| is_full);
    for sign in &mut out[first..] {
        sign.is_cut = oldest.is_some_and(|oldest| over_at(oldest) >= sign.since);
    }
}

fn over_at(cause: &Cause) -> Time {
    let wait = QUIET_MICROS.saturating_add(cause.next_try_micros.unwrap_or(0));
    Time(cause.at.0.saturating_add(wait))
}

fn note_shard(sign: &mut Sign, shard: Option<u32>) {
    if let Some(shard) = shard
        && let Err(place) = sign.shards.binary_search(&shard)
    {
        sign.shards.insert(place, shard);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEC: u64 = 1_000_000;

    fn signs(causes: &[(u64, Reason, Option<u32>, Option<u64>)], now: u64) -> Vec<Sign> {
        let mut ring = Ring::new(64);
        for (at, reason, shard, next_try_micros) in causes {
            let plain = Cause::new(Time(at * SEC), NodeId(2), *reason);
            ring.push(Cause { shard: *shard, next_try_micros: *next_try_micros, ..plain });
        }
        let mut out = Vec::new();
        gather(&ring, false, Time(now * SEC), &mut out);
        out
    }

    #[test]
    fn what_keeps_coming_back_is_one_sign_since_its_beginning() {
        let told = [(1, 1), (20, 0), (22, 0), (25, 1)];
        let causes = told.map(|(at, shard)| (at, Reason::ShardRecords, Some(shard), None));
        let found = signs(&causes, 27);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].since, Time(20 * SEC), "what was over before is another one");
        assert_eq!(found[0].shards, [0, 1]);
        assert!(signs(&causes, 31).is_empty(), "it is over six seconds after the last one");
    }

    #[test]
    fn a_sign_lasts_until_the_next_attempt() {
        let causes = [(1, Reason::TargetReject, None, Some(30 * SEC))];
        assert_eq!(signs(&causes, 30).len(), 1);
        assert!(signs(&causes, 37).is_empty());
    }

    #[test]
    fn reasons_are_told_apart() {
        let causes = [(1, Reason::AccessDenied, None, None), (2, Reason::GivenUp, None, None)];
        assert_eq!(signs(&causes, 3).len(), 2);
    }
}
