//! Partition keys: interned once, hashed once, ranked by how much they are used.
//!
//! Colour goes to the heavy hitters: the six heaviest keys of the last seconds hold a slot each,
//! and a key keeps its slot while it stays among the six.

use std::sync::Arc;

use base::{KeyId, order};
use md5::{Digest as _, Md5};

use crate::snapshot::KeyShare;

/// Keys with a colour.
pub const SLOTS: usize = 6;

/// Characters in a partition key.
const KEY_CHARS_MAX: usize = 256;

#[derive(Clone, Debug)]
struct Key {
    text: Arc<str>,
    hash: u128,
}

/// All keys of a run.
#[derive(Clone, Debug, Default)]
pub struct KeyTable {
    keys: Arc<Vec<Key>>,
    /// Where a key stands by the low bits of its hash, or in the next free place: id plus one, 0
    /// where there is none. At most half full.
    by_hash: Arc<Vec<u32>>,
    rank: Rank,
    /// Whether a key is longer than Kinesis takes.
    has_long: bool,
}

#[derive(Clone, Debug, Default)]
struct Rank {
    slots: [Option<KeyId>; SLOTS],
    /// Colour slot of each key, dense by id: the hot path reads it for each record.
    slot_of: Vec<u8>,
    count: Vec<u32>,
    touched: Vec<KeyId>,
    /// By id.
    score: Vec<u64>,
    total: u64,
}

/// MD5 of a partition key as a big-endian number (facts, streams §1.1).
#[must_use]
pub fn hash_of(key: &str) -> u128 {
    u128::from_be_bytes(Md5::digest(key.as_bytes()).into())
}

/// Whether Kinesis refuses a key: it takes 1 to 256 characters (botocore 1.44.5).
fn is_long(text: &str) -> bool {
    text.len() > KEY_CHARS_MAX && text.chars().count() > KEY_CHARS_MAX
}

impl KeyTable {
    /// The id of a key; a new one when the key is new.
    pub fn intern(&mut self, text: &str) -> KeyId {
        let hash = hash_of(text);
        if self.by_hash.len() < 2 * (self.keys.len() + 1) {
            self.grow();
        }
        let place = self.place(hash);
        if let Some(id) = self.by_hash[place].checked_sub(1) {
            return KeyId(id);
        }
        let id = u32::try_from(self.keys.len()).expect("keys stay far below 2^32");
        self.has_long |= is_long(text);
        Arc::make_mut(&mut self.keys).push(Key { text: text.into(), hash });
        Arc::make_mut(&mut self.by_hash)[place] = id + 1;
        self.rank.slot_of.push(0);
        self.rank.count.push(0);
        self.rank.score.push(0);
        KeyId(id)
    }

    /// Where the key with this hash stands, or the free place it would take.
    fn place(&self, hash: u128) -> usize {
        let mask = self.by_hash.len() - 1;
        let mut at = usize::try_from(hash & mask as u128).expect("the mask is a usize");
        while let Some(id) = self.by_hash[at].checked_sub(1)
            && self.keys[id as usize].hash != hash
        {
            at = (at + 1) & mask;
        }
        at
    }

    /// Doubles the places of the keys.
    fn grow(&mut self) {
        self.by_hash = Arc::new(vec![0; (2 * self.by_hash.len()).max(64)]);
        for (key, id) in Arc::clone(&self.keys).iter().zip(1..) {
            let place = self.place(key.hash);
            Arc::make_mut(&mut self.by_hash)[place] = id;
        }
    }

    /// The text of a key.
    #[must_use]
    pub fn text(&self, id: KeyId) -> &Arc<str> {
        &self.keys[id.0 as usize].text
    }

    /// Whether any key is longer than Kinesis takes.
    #[must_use]
    #[inline]
    pub fn has_long(&self) -> bool {
        self.has_long
    }

    /// Whether a key is longer than Kinesis takes.
    #[must_use]
    pub fn is_long(&self, id: KeyId) -> bool {
        is_long(self.text(id))
    }

    /// Bytes of the key's UTF-8.
    #[must_use]
    #[inline]
    pub fn len_of(&self, id: KeyId) -> u64 {
        self.keys[id.0 as usize].text.len() as u64
    }

    /// The hash of a key.
    #[must_use]
    #[inline]
    pub fn hash(&self, id: KeyId) -> u128 {
        self.keys[id.0 as usize].hash
    }

    /// How many keys there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The colour slot of a key, 0 for most.
    #[must_use]
    #[inline]
    pub fn slot(&self, id: KeyId) -> u8 {
        self.rank.slot_of[id.0 as usize]
    }

    /// The colour slot of a text, which may be no key.
    #[must_use]
    pub fn slot_of_text(&self, text: &str) -> u8 {
        if self.by_hash.is_empty() {
            return 0;
        }
        let id = self.by_hash[self.place(hash_of(text))].checked_sub(1);
        id.map_or(0, |id| self.slot(KeyId(id)))
    }

    /// Counts one use of a key.
    #[inline]
    pub fn touch(&mut self, id: KeyId) {
        let count = &mut self.rank.count[id.0 as usize];
        if *count == 0 {
            self.rank.touched.push(id);
        }
        *count += 1;
    }

    /// Ranks the keys of the second that ends; older seconds fade by a fifth each.
    pub fn close_second(&mut self) {
        let rank = &mut self.rank;
        for score in &mut rank.score {
            *score = *score * 4 / 5;
        }
        rank.total = rank.total * 4 / 5;
        for id in rank.touched.drain(..) {
            let count = u64::from(core::mem::take(&mut rank.count[id.0 as usize])) * 1_000;
            rank.score[id.0 as usize] += count;
            rank.total += count;
        }
        rank.assign();
    }

    /// Whether no key has been used for so long that none ranks.
    #[must_use]
    pub fn is_at_rest(&self) -> bool {
        let rank = &self.rank;
        rank.touched.is_empty() && rank.total == 0 && rank.slots.iter().all(Option::is_none)
    }

    /// Keys that hold a slot, heaviest first.
    pub fn shares(&self, out: &mut Vec<KeyShare>) {
        out.clear();
        for (idx, id) in self.rank.slots.iter().enumerate() {
            let Some(id) = *id else { continue };
            let score = self.rank.score[id.0 as usize];
            let permille = u32::try_from(base::units::permille(score, self.rank.total));
            out.push(KeyShare {
                slot: u8::try_from(idx + 1).unwrap_or(0),
                key: Arc::clone(self.text(id)),
                permille: permille.unwrap_or(1_000),
            });
        }
        order::sort_by_key(&mut out[..], |share| (core::cmp::Reverse(share.permille), share.slot));
    }
}

impl Rank {
    /// The heaviest keys with their scores, heaviest first, then in order of their ids.
    fn top(&self, count: usize) -> Vec<(u64, KeyId)> {
        let mut top: Vec<(u64, KeyId)> = Vec::with_capacity(count + 1);
        for (score, id) in self.score.iter().copied().zip((0..).map(KeyId)) {
            let is_light = top.len() == count && top.last().is_none_or(|(last, _)| *last >= score);
            if score > 0 && !is_light {
                let at = top.partition_point(|(other, _)| *other >= score);
                top.insert(at, (score, id));
                top.truncate(count);
            }
        }
        top
    }

    /// Gives the six heaviest keys a slot; keys that stay among them keep theirs.
    fn assign(&mut self) {
        let top = self.top(SLOTS);
        for slot in &mut self.slots {
            if let Some(id) = *slot
                && !top.iter().any(|(_, key)| *key == id)
            {
                self.slot_of[id.0 as usize] = 0;
                *slot = None;
            }
        }
        for (_, id) in top {
            if self.slot_of[id.0 as usize] > 0 {
                continue;
            }
            if let Some(free) = self.slots.iter().position(Option::is_none) {
                self.slots[free] = Some(id);
                self.slot_of[id.0 as usize] = u8::try_from(free + 1).unwrap_or(0);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Facts, streams §1.1: golden vectors.
    #[test]
    fn md5_matches_the_published_vectors() {
        let expected: [(&str, u128); 5] = [
            ("a", 16_955_237_001_963_240_173_058_271_559_858_726_497),
            ("b", 195_289_424_170_611_159_128_911_017_612_795_795_343),
            ("c", 99_079_589_977_253_916_124_855_502_156_832_923_443),
            ("user-1", 285_573_413_173_782_752_570_879_317_399_258_818_820),
            ("us-east-1", 265_849_307_754_922_366_401_257_619_516_641_940_802),
        ];
        for (key, hash) in expected {
            assert_eq!(hash_of(key), hash, "{key}");
        }
    }

    #[test]
    fn a_key_keeps_its_slot_while_it_is_heavy() {
        let mut table = KeyTable::default();
        let ids: Vec<_> = (0..8).map(|n| table.intern(&format!("k{n}"))).collect();
        for (idx, id) in ids.iter().enumerate() {
            (0..10 + idx).for_each(|_n| table.touch(*id));
        }
        table.close_second();
        let slot = table.slot(ids[7]);
        assert!(slot > 0);
        assert_eq!(table.slot(ids[0]), 0, "only six keys hold a slot");
        for _second in 0..20 {
            (0..1_000).for_each(|_n| table.touch(ids[0]));
            table.touch(ids[7]);
            table.close_second();
        }
        assert_eq!(table.slot(ids[7]), slot);
        let mut shares = Vec::new();
        table.shares(&mut shares);
        assert_eq!(&*shares[0].key, "k0");
    }
}
