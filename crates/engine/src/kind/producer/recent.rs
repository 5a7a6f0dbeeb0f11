//! The keys a client used last: which of its own are heavy.

use core::cmp::Reverse;

use base::{KeyId, Ring};

/// Keys that are remembered: enough to tell heavy ones from light ones.
const KEYS_MAX: u32 = 1_000;
/// Places to count them in: never more than half full.
const PLACES_LOG2: u32 = 11;
/// 2^32 divided by the golden ratio: neighbours end up far apart.
const GOLDEN: u32 = 0x9E37_79B1;

/// Keys of the newest records.
#[derive(Clone, Debug)]
pub(super) struct RecentKeys(Ring<KeyId>);

impl Default for RecentKeys {
    fn default() -> Self {
        Self(Ring::new(KEYS_MAX))
    }
}

impl RecentKeys {
    #[inline]
    pub(super) fn push(&mut self, key: KeyId) {
        self.0.push(key);
    }

    /// The heaviest keys and how often each was used, heaviest first, then in order of their ids.
    ///
    /// Asked for at every frame, so keys are counted in a table and not put in order: each has its
    /// place by a hash, or the next that is free. What comes out does not depend on the places.
    pub(super) fn heaviest(&self, count: usize) -> Vec<(KeyId, u64)> {
        let mut table = vec![(KeyId(0), 0_u64); 1 << PLACES_LOG2];
        for key in self.0.iter() {
            let hash = key.0.wrapping_mul(GOLDEN) >> (u32::BITS - PLACES_LOG2);
            let (before, after) = table.split_at_mut(hash as usize);
            let mut places = after.iter_mut().chain(before);
            if let Some(place) = places.find(|place| place.1 == 0 || place.0 == *key) {
                *place = (*key, place.1 + 1);
            }
        }
        let mut heaviest: Vec<(KeyId, u64)> = Vec::with_capacity(count + 1);
        for (key, uses) in table.into_iter().filter(|(_, uses)| *uses > 0) {
            let is_before =
                |other: &(KeyId, u64)| (Reverse(other.1), other.0) < (Reverse(uses), key);
            let at = heaviest.partition_point(is_before);
            if at < count {
                heaviest.insert(at, (key, uses));
                heaviest.truncate(count);
            }
        }
        heaviest
    }
}

#[cfg(test)]
mod tests {
    use base::Rng;

    use super::*;

    #[test]
    fn the_heaviest_are_those_a_sort_finds() {
        let mut rng = Rng::from_seed(5);
        for keys in [1, 3, 40, 900, 5_000, u64::from(u32::MAX)] {
            let mut recent = RecentKeys::default();
            let mut used: Vec<KeyId> = Vec::new();
            for _ in 0..1_500 {
                let key = KeyId(u32::try_from(rng.below64(keys)).unwrap_or(0));
                recent.push(key);
                used.push(key);
            }
            // Only the newest thousand count.
            let mut newest = used.split_off(500);
            newest.sort_unstable();
            let runs = newest.chunk_by(|one, next| one == next);
            let mut runs: Vec<_> = runs.map(|run| (run[0], run.len() as u64)).collect();
            runs.sort_by_key(|(key, uses)| (Reverse(*uses), *key));
            runs.truncate(10);
            assert_eq!(recent.heaviest(10), runs, "{keys} keys");
        }
    }
}
