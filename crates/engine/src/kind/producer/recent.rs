//! The keys a client used last: which of its own are heavy.

use base::{KeyId, Ring, order};

/// Keys that are remembered: enough to tell heavy ones from light ones.
const KEYS_MAX: u32 = 1_000;

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
    pub(super) fn heaviest(&self, count: usize) -> Vec<(KeyId, u64)> {
        let mut used: Vec<KeyId> = self.0.iter().copied().collect();
        order::sort(&mut used);
        let mut heaviest: Vec<(KeyId, u64)> = Vec::with_capacity(count + 1);
        for run in used.chunk_by(|one, next| one == next) {
            let uses = run.len() as u64;
            let at = heaviest.partition_point(|(_, more)| *more >= uses);
            if at < count {
                heaviest.insert(at, (run[0], uses));
                heaviest.truncate(count);
            }
        }
        heaviest
    }
}
