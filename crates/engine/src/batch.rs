//! Records in bulk: rows in shared blocks, batches as ranges of blocks. Moving a batch moves
//! ranges, never records; data is shared by everything that holds the record.
//!
//! A record is one row and not a place in several columns: a shard's newest record is one line of
//! the processor's cache, not six. Counting references need not be atomic, for a run is one thread.

use core::ops::Range;
use std::rc::Rc;

use base::{KeyId, RecordId, Time};

use crate::generate::size;
use crate::kernel::keys::KeyTable;

/// One record. Its data are bytes inside a shared chunk, and how much padding makes them whole.
///
/// Padding is written when somebody reads the data, so a large padded record costs no more memory
/// than what was written of it.
#[derive(Clone, Debug)]
pub struct Record {
    /// Identity, kept by copies.
    pub id: RecordId,
    /// When the producer made it.
    pub born: Time,
    /// `ApproximateArrivalTimestamp`; zero until a stream stores it.
    pub arrival: Time,
    chunk: Rc<Vec<u8>>,
    start: u32,
    written: u32,
    len: u32,
    /// Partition key.
    pub key: KeyId,
}

impl Record {
    /// Memory one record takes beside the written bytes of its data.
    pub const ROW_BYTES: u64 = size_of::<Self>() as u64;

    /// A record that no stream has stored yet: its data is this part of `chunk`, padded to `len`
    /// bytes by `size::pad`.
    #[must_use]
    #[inline]
    pub fn new(
        (id, key, born): (RecordId, KeyId, Time),
        chunk: &Rc<Vec<u8>>,
        part: Range<u32>,
        len: u32,
    ) -> Self {
        let written = part.end - part.start;
        assert!(part.end as usize <= chunk.len(), "the data lies inside its chunk");
        assert!(written <= len, "padding adds");
        let (chunk, start) = (Rc::clone(chunk), part.start);
        Self { id, born, arrival: Time::ZERO, chunk, start, written, len, key }
    }

    /// The record as it is stored.
    #[must_use]
    #[inline]
    pub fn arrived(&self, now: Time) -> Self {
        Self { arrival: now, ..self.clone() }
    }

    /// A record inside the data of this one: a part of its bytes, its times, another identity.
    /// The part must have been written, not padded.
    #[must_use]
    pub fn inner(&self, id: RecordId, key: KeyId, part: Range<u32>) -> Self {
        assert!(part.end <= self.written, "padding holds no records");
        let (start, len) = (self.start + part.start, part.end - part.start);
        Self { id, key, start, written: len, len, ..self.clone() }
    }

    /// The bytes of the data that are not padding.
    #[must_use]
    pub fn written_bytes(&self) -> &[u8] {
        &self.chunk[self.start as usize..(self.start + self.written) as usize]
    }

    /// Writes all bytes of the data after what is there.
    pub fn append_to(&self, out: &mut Vec<u8>) {
        let from = out.len();
        let written = self.start as usize..(self.start + self.written) as usize;
        out.extend_from_slice(&self.chunk[written]);
        if self.written < self.len {
            size::pad(out, from, self.len);
        }
    }

    /// Bytes of data it keeps in memory.
    #[must_use]
    #[inline]
    pub fn written(&self) -> u32 {
        self.written
    }

    /// Bytes of data.
    #[must_use]
    #[inline]
    pub fn data_bytes(&self) -> u32 {
        self.len
    }

    /// Data plus partition key: what every meter counts (facts, streams §1.2).
    #[must_use]
    #[inline]
    pub fn bytes(&self, keys: &KeyTable) -> u64 {
        u64::from(self.len) + keys.len_of(self.key)
    }
}

/// Bytes of memory these records take, about: neighbours share their chunk.
pub fn memory(records: &mut dyn Iterator<Item = &Record>) -> u64 {
    let mut bytes = 0;
    let mut last: Option<&Rc<Vec<u8>>> = None;
    for record in records {
        bytes += Record::ROW_BYTES;
        if last.is_none_or(|last| !Rc::ptr_eq(last, &record.chunk)) {
            bytes += record.chunk.capacity() as u64;
        }
        last = Some(&record.chunk);
    }
    bytes
}

/// Records next to each other.
#[derive(Clone, Debug, Default)]
pub struct Block {
    /// In order.
    pub records: Vec<Record>,
    /// Records that a shard stored before the first one; zero for records that are not stored.
    pub before: u64,
}

impl Block {
    /// Sequence index of a stored record in its shard's counter.
    #[must_use]
    pub fn seq(&self, row: usize) -> u64 {
        self.before + row as u64 + 1
    }

    /// How many records.
    #[must_use]
    #[inline]
    pub fn len(&self) -> u32 {
        u32::try_from(self.records.len()).expect("a block is far smaller than 2^32")
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }
}

/// A range of a block.
#[derive(Clone, Debug)]
pub struct Slice {
    /// The block.
    pub block: Rc<Block>,
    /// First row.
    pub from: u32,
    /// One past the last row.
    pub to: u32,
}

impl Slice {
    /// Its records in order.
    #[must_use]
    pub fn rows(&self) -> &[Record] {
        &self.block.records[self.from as usize..self.to as usize]
    }
}

/// Records on the move, as ranges of blocks.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// In order.
    pub slices: Vec<Slice>,
    /// Data plus partition key bytes of all records.
    pub bytes: u64,
}

impl Batch {
    /// All of a block; `bytes` is data plus keys.
    #[must_use]
    pub fn of(block: Rc<Block>, bytes: u64) -> Self {
        let to = block.len();
        Self { slices: vec![Slice { block, from: 0, to }], bytes }
    }

    /// How many records.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.slices.iter().map(|slice| u64::from(slice.to - slice.from)).sum()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.slices.iter().all(|slice| slice.from == slice.to)
    }

    /// Whether these are stored records of one shard, next to each other and in order.
    #[must_use]
    pub fn is_in_order(&self) -> bool {
        let ends = |slice: &Slice| slice.block.before + u64::from(slice.to);
        let begins = |slice: &Slice| slice.block.before + u64::from(slice.from);
        self.slices.windows(2).all(|pair| ends(&pair[0]) == begins(&pair[1]))
    }

    /// What is left of it behind the first `count` records.
    #[must_use]
    pub fn skip(&self, count: u64, keys: &KeyTable) -> Self {
        let mut left = Self { slices: Vec::new(), bytes: self.bytes };
        let mut skipped = 0;
        for slice in &self.slices {
            let len = u64::from(slice.to - slice.from);
            let here = len.min(count - skipped);
            skipped += here;
            let from = slice.from + u32::try_from(here).expect("at most the length of a slice");
            let gone = &slice.block.records[slice.from as usize..from as usize];
            left.bytes -= gone.iter().map(|record| record.bytes(keys)).sum::<u64>();
            if here < len {
                left.slices.push(Slice { block: Rc::clone(&slice.block), from, to: slice.to });
            }
        }
        left
    }

    /// The records that are asked for, in order.
    #[must_use]
    pub fn pick(&self, keys: &KeyTable, keep: &mut dyn FnMut(&Record) -> bool) -> Self {
        let mut kept = Self::default();
        for Slice { block, from, to } in &self.slices {
            for row in *from..*to {
                let record = &block.records[row as usize];
                if !keep(record) {
                    continue;
                }
                kept.bytes += record.bytes(keys);
                match kept.slices.last_mut() {
                    Some(last) if Rc::ptr_eq(&last.block, block) && last.to == row => last.to += 1,
                    _ => {
                        let block = Rc::clone(block);
                        kept.slices.push(Slice { block, from: row, to: row + 1 });
                    }
                }
            }
        }
        kept
    }

    /// Every record in order.
    pub fn rows(&self) -> impl Iterator<Item = &Record> {
        self.slices.iter().flat_map(Slice::rows)
    }
}
