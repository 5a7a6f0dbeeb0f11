//! What the library believes of the stream's shards (amazon-kinesis-producer 1.0.7,
//! `shard_map.cc`): `ListShards` at the start and whenever a record landed elsewhere.

use base::{Duration, Time, VecMap, order};

use crate::call::ShardInfo;
use crate::kernel::queue::Token;

/// First wait after `ListShards` failed.
const BACKOFF_MIN: Duration = Duration::SECOND;
/// Waits grow by half up to this.
const BACKOFF_MAX: Duration = Duration::from_secs(30);
/// A map this old forgets the shards that are closed.
const CLOSED_TTL: Duration = Duration::from_secs(60);

/// Shards by hash range.
#[derive(Clone, Debug)]
pub(super) struct ShardMap {
    state: State,
    /// Last hash and index of each open shard, ascending.
    open: Vec<(u128, u32)>,
    /// Hash range of every shard it ever heard of and has not forgotten.
    known: VecMap<u32, (u128, u128)>,
    updated: Time,
    backoff: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Nothing is known; asks again at this time, if a stream is connected.
    Invalid(Option<Time>),
    /// Asked, without an answer so far.
    Updating(Option<Token>),
    Ready,
}

impl Default for ShardMap {
    fn default() -> Self {
        Self {
            state: State::Invalid(None),
            open: Vec::new(),
            known: VecMap::new(),
            updated: Time::ZERO,
            backoff: BACKOFF_MIN,
        }
    }
}

impl ShardMap {
    /// The shard a hash belongs to; `None` while the map is not known.
    pub(super) fn predict(&self, hash: u128) -> Option<u32> {
        if self.state != State::Ready {
            return None;
        }
        let at = self.open.partition_point(|(last, _)| *last < hash);
        self.open.get(at).map(|(_, shard)| *shard)
    }

    /// Whether a shard is known to hold a hash.
    pub(super) fn covers(&self, shard: u32, hash: u128, now: Time) -> bool {
        let is_open = self.open.iter().any(|(_, open)| *open == shard);
        let fresh = is_open || now <= self.updated + CLOSED_TTL;
        let range = self.known.get(&shard).filter(|_range| fresh);
        range.is_some_and(|(first, last)| (*first..=*last).contains(&hash))
    }

    /// A record of a call sent at `sent` landed elsewhere: the map is asked for anew, unless it is
    /// younger or does not hold the shard that was expected.
    pub(super) fn invalidate(&mut self, sent: Time, predicted: u32) {
        let held = self.open.iter().any(|(_, shard)| *shard == predicted);
        if sent > self.updated && self.state == State::Ready && held {
            self.forget();
        }
    }

    /// Another stream: begins again.
    pub(super) fn forget(&mut self) {
        self.open.clear();
        self.state = State::Updating(None);
    }

    /// When it wants to ask; `None` while there is no need.
    pub(super) fn asks_at(&self) -> Option<Time> {
        match self.state {
            State::Invalid(at) => at,
            State::Updating(None) => Some(Time::ZERO),
            State::Updating(Some(_)) | State::Ready => None,
        }
    }

    /// `ListShards` is on its way.
    pub(super) fn asked(&mut self, token: Token) {
        self.state = State::Updating(Some(token));
    }

    /// The answer, empty when the call failed.
    pub(super) fn answered(&mut self, token: Token, shards: &[ShardInfo], now: Time) {
        if self.state != State::Updating(Some(token)) {
            return;
        }
        let mut open: Vec<(u128, u32)> = Vec::new();
        for info in shards.iter().filter(|info| !info.closed) {
            open.push((info.range.1, info.shard));
            self.known.insert(info.shard, info.range);
        }
        if open.is_empty() {
            self.state = State::Invalid(Some(now + self.backoff));
            self.backoff = Duration(self.backoff.0 * 3 / 2).min(BACKOFF_MAX);
            return;
        }
        order::sort(&mut open[..]);
        self.open = open;
        self.state = State::Ready;
        self.updated = now;
        self.backoff = BACKOFF_MIN;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shard(shard: u32, range: (u128, u128)) -> ShardInfo {
        ShardInfo {
            shard,
            closed: false,
            parent: None,
            adjacent_parent: None,
            range,
            created_secs: 0,
        }
    }

    fn ready(shards: &[ShardInfo]) -> ShardMap {
        let mut map = ShardMap::default();
        map.asked(Token(1));
        map.answered(Token(1), shards, Time(5));
        map
    }

    #[test]
    fn open_shards_are_found_by_hash() {
        let closed = ShardInfo { closed: true, ..shard(0, (0, u128::MAX)) };
        let map = ready(&[closed, shard(2, (100, u128::MAX)), shard(1, (0, 99))]);
        assert_eq!([0, 99, 100, u128::MAX].map(|hash| map.predict(hash).unwrap()), [1, 1, 2, 2]);
        assert!(map.covers(1, 99, Time(6)) && !map.covers(1, 100, Time(6)));
        assert!(!map.covers(0, 5, Time(6)), "a closed shard it never saw open");
    }

    /// `shard_map.cc`: only a call that is younger than the map makes it doubtful.
    #[test]
    fn an_old_call_does_not_make_a_new_map_doubtful() {
        let mut map = ready(&[shard(0, (0, u128::MAX))]);
        map.invalidate(Time(5), 0);
        map.invalidate(Time(6), 7);
        assert_eq!(map.predict(1), Some(0));
        map.invalidate(Time(6), 0);
        assert_eq!((map.predict(1), map.asks_at()), (None, Some(Time::ZERO)));
    }

    /// Facts, streams §8.2: waits of 1 to 30 s; `shard_map.cc`: each half as long again.
    #[test]
    fn a_failed_answer_is_asked_for_again_later_and_later() {
        let mut map = ShardMap::default();
        let mut waits = Vec::new();
        for call in 0..12 {
            map.asked(Token(call));
            map.answered(Token(call), &[], Time::ZERO);
            waits.push(map.asks_at().unwrap().millis());
        }
        assert_eq!(waits[..4], [1_000, 1_500, 2_250, 3_375]);
        assert_eq!(waits[11], 30_000);
    }

    /// Facts, streams §8.2: closed shards are remembered for 60 s.
    #[test]
    fn closed_shards_are_forgotten_after_a_minute() {
        let mut map = ready(&[shard(0, (0, u128::MAX))]);
        map.forget();
        map.asked(Token(2));
        map.answered(Token(2), &[shard(1, (0, 9)), shard(2, (10, u128::MAX))], Time(7));
        assert!(map.covers(0, 5, Time(7 + 60_000_000)));
        assert!(!map.covers(0, 5, Time(8 + 60_000_000)));
        assert!(map.covers(1, 5, Time(8 + 60_000_000)));
    }
}
