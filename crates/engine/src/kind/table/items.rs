//! Items: what readers wrote, told apart by what they mean. Contents are not kept; which records
//! were written, and how often, is.

use base::{EdgeId, KeyId, Ring, Time, VecMap};
use scenario::kind::{ItemKey, ItemWrite};

use crate::batch::Record;
use crate::kind::seen::Seen;

/// Newest writes that can be looked at.
const NEWEST_MAX: u32 = 100;

/// One write that can be looked at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Write {
    pub(super) at: Time,
    pub(super) record: u64,
    pub(super) key: KeyId,
    pub(super) shard: u32,
    /// The record's place in its shard's life.
    pub(super) index: u64,
    /// The counter of its key after the write.
    pub(super) count: u64,
    pub(super) fate: Fate,
}

/// What a write came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// A record's first write.
    New,
    /// The record was written before, as another item: a producer's copy.
    Copy,
    /// The record was written before.
    Again,
    /// `ConditionalCheckFailedException`: an item is there.
    Refused,
}

/// All items of a table.
#[derive(Clone, Debug)]
pub(super) struct Items {
    records: Seen,
    partition_keys: Seen,
    /// By the wire the record came through and its shard.
    sequence_numbers: VecMap<(EdgeId, u32), Seen>,
    /// Writes of each partition key, by its number.
    counts: Vec<u64>,
    /// Writes that the table did.
    pub(super) written: u64,
    /// Of them, writes of records it had already.
    pub(super) again: u64,
    /// Of these, writes that made another item.
    pub(super) copies: u64,
    /// Writes the condition refused.
    pub(super) refused: u64,
    pub(super) newest: Ring<Write>,
}

impl Default for Items {
    fn default() -> Self {
        Self {
            records: Seen::default(),
            partition_keys: Seen::default(),
            sequence_numbers: VecMap::new(),
            counts: Vec::new(),
            written: 0,
            again: 0,
            copies: 0,
            refused: 0,
            newest: Ring::new(NEWEST_MAX),
        }
    }
}

impl Items {
    /// Writes a record that lies at `index` in the life of a shard read through `edge`.
    pub(super) fn write(
        &mut self,
        record: &Record,
        (edge, shard, index): (EdgeId, u32, u64),
        (write, key): (ItemWrite, ItemKey),
        at: Time,
    ) -> Fate {
        let is_new_record = self.records.insert(record.id.0);
        let is_new_key = self.partition_keys.insert(u64::from(record.key.0));
        let of_shard = self.sequence_numbers.get_or_insert_with((edge, shard), Seen::default);
        let is_new_number = of_shard.insert(index);
        let is_new_item = match key {
            ItemKey::RecordId => is_new_record,
            ItemKey::SequenceNumber => is_new_number,
            ItemKey::PartitionKey => is_new_key,
        };
        let fate = match (write, is_new_item, is_new_record) {
            (ItemWrite::PutIfAbsent, false, _) => Fate::Refused,
            (_, _, true) => Fate::New,
            (ItemWrite::Put | ItemWrite::PutIfAbsent, true, false) => Fate::Copy,
            (_, _, false) => Fate::Again,
        };
        let of_key = record.key.0 as usize;
        if self.counts.len() <= of_key {
            self.counts.resize(of_key + 1, 0);
        }
        match fate {
            Fate::Refused => self.refused += 1,
            Fate::New | Fate::Copy | Fate::Again => {
                self.written += 1;
                self.again += u64::from(fate != Fate::New);
                self.copies += u64::from(fate == Fate::Copy);
                self.counts[of_key] += 1;
            }
        }
        let count = self.counts[of_key];
        let (key, record) = (record.key, record.id.0);
        self.newest.push(Write { at, record, key, shard, index, count, fate });
        fate
    }

    /// No record is new twice, and no key counts a write that was refused.
    pub(super) fn check(&self) -> Result<(), String> {
        let (new, counted) = (self.written - self.again, self.counts.iter().sum::<u64>());
        if new > self.records.count {
            return Err(format!("{new} first writes of {} records", self.records.count));
        }
        if counted != self.written {
            return Err(format!("keys count {counted} of {} writes", self.written));
        }
        Ok(())
    }

    /// Different records among all that were written.
    pub(super) fn distinct(&self) -> u64 {
        self.records.count
    }

    /// Items in the table.
    pub(super) fn count(&self, write: ItemWrite, key: ItemKey) -> u64 {
        match (write, key) {
            (ItemWrite::Append, _) => self.written,
            (ItemWrite::Add, _) | (_, ItemKey::PartitionKey) => self.partition_keys.count,
            (_, ItemKey::RecordId) => self.records.count,
            (_, ItemKey::SequenceNumber) => {
                self.sequence_numbers.values().map(|seen| seen.count).sum()
            }
        }
    }

    /// Bytes of memory, about.
    pub(super) fn memory(&self) -> u64 {
        let of_shards: u64 = self.sequence_numbers.values().map(Seen::memory).sum();
        let seen = self.records.memory() + self.partition_keys.memory() + of_shards;
        seen + 8 * self.counts.len() as u64
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use base::RecordId;

    use super::*;

    /// The fates of: a record, the same read twice, the same put twice, another one under its
    /// partition key, and one under another; and how many items there are then.
    fn refused_by(key: ItemKey) -> ([Fate; 5], u64) {
        let mut items = Items::default();
        let chunk = Rc::new(Vec::new());
        let fates =
            [(1, 1, 0), (1, 1, 0), (1, 1, 1), (2, 1, 2), (3, 2, 3)].map(|(id, of, index)| {
                let record = Record::new((RecordId(id), KeyId(of), Time::ZERO), &chunk, 0..0, 0);
                let place = (EdgeId(1), 0, index);
                items.write(&record, place, (ItemWrite::PutIfAbsent, key), Time::ZERO)
            });
        assert_eq!(items.check(), Ok(()));
        (fates, items.count(ItemWrite::PutIfAbsent, key))
    }

    /// A unique id finds both kinds of duplicates, shard and sequence number only those of the
    /// consumer's side (facts, streams §11); under the partition key there is one item for each.
    #[test]
    fn a_condition_sees_what_the_item_key_tells() {
        use Fate::{Copy, New, Refused};
        let by_id = ([New, Refused, Refused, New, New], 3);
        assert_eq!(refused_by(ItemKey::RecordId), by_id);
        let by_number = ([New, Refused, Copy, New, New], 4);
        assert_eq!(refused_by(ItemKey::SequenceNumber), by_number);
        let by_partition = ([New, Refused, Refused, Refused, New], 2);
        assert_eq!(refused_by(ItemKey::PartitionKey), by_partition);
    }
}
