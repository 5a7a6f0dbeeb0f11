//! Records in bulk: columns in shared blocks, batches as ranges of blocks. Moving a batch moves
//! ranges, never records; payload bytes are shared by everything that holds the record.

use std::sync::Arc;

use base::{KeyId, RecordId, Time};

use crate::generate::size;

use crate::kernel::keys::KeyTable;

/// The data of one record: bytes inside a shared chunk, and how much padding makes it whole.
///
/// Padding is written when somebody reads the data, so a large padded record costs no more memory
/// than what was written of it.
#[derive(Clone, Debug)]
pub struct Payload {
    chunk: Arc<Vec<u8>>,
    start: u32,
    written: u32,
    len: u32,
}

impl Payload {
    /// `len` bytes of `chunk` from `start`.
    #[must_use]
    pub fn new(chunk: &Arc<Vec<u8>>, start: u32, len: u32) -> Self {
        Self::padded(chunk, start, len, len)
    }

    /// `written` bytes of `chunk` from `start`, padded to `len` bytes by `size::pad`.
    #[must_use]
    pub fn padded(chunk: &Arc<Vec<u8>>, start: u32, written: u32, len: u32) -> Self {
        assert!((start + written) as usize <= chunk.len(), "a payload lies inside its chunk");
        assert!(written <= len, "padding adds");
        Self { chunk: Arc::clone(chunk), start, written, len }
    }

    /// Writes all bytes after what is there.
    pub fn append_to(&self, out: &mut Vec<u8>) {
        let from = out.len();
        let written = self.start as usize..(self.start + self.written) as usize;
        out.extend_from_slice(&self.chunk[written]);
        if self.written < self.len {
            size::pad(out, from, self.len);
        }
    }

    /// Bytes it keeps in memory.
    #[must_use]
    #[inline]
    pub fn written(&self) -> u32 {
        self.written
    }

    /// How many bytes the record has.
    #[must_use]
    #[inline]
    pub fn len(&self) -> u32 {
        self.len
    }

    /// Whether there are none; legal for Kinesis.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

/// Columns of records. `seq` and `arrival` stay empty until a stream stores the records.
#[derive(Clone, Debug, Default)]
pub struct Block {
    /// Identity, kept by copies.
    pub id: Vec<RecordId>,
    /// Partition key.
    pub key: Vec<KeyId>,
    /// When the producer made it.
    pub born: Vec<Time>,
    /// Data.
    pub payload: Vec<Payload>,
    /// Sequence index in the shard's counter, for stored records.
    pub seq: Vec<u64>,
    /// `ApproximateArrivalTimestamp`, for stored records.
    pub arrival: Vec<Time>,
}

impl Block {
    /// Memory one row takes beside its payload's bytes.
    pub const ROW_BYTES: u64 = 8 + 4 + 8 + 24 + 8 + 8;

    /// An empty block with room for so many records.
    #[must_use]
    pub fn with_capacity(rows: usize) -> Self {
        Self {
            id: Vec::with_capacity(rows),
            key: Vec::with_capacity(rows),
            born: Vec::with_capacity(rows),
            payload: Vec::with_capacity(rows),
            seq: Vec::with_capacity(rows),
            arrival: Vec::with_capacity(rows),
        }
    }

    /// Data plus partition key of one record: what every meter counts (facts, streams §1.2).
    #[must_use]
    #[inline]
    pub fn bytes_of(&self, row: usize, keys: &KeyTable) -> u64 {
        u64::from(self.payload[row].len()) + keys.len_of(self.key[row])
    }

    /// How many records.
    #[must_use]
    #[inline]
    pub fn len(&self) -> u32 {
        u32::try_from(self.id.len()).expect("a block is far smaller than 2^32")
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.id.is_empty()
    }

    /// Adds a record that no stream has stored yet.
    pub fn push(&mut self, id: RecordId, key: KeyId, born: Time, payload: Payload) {
        self.id.push(id);
        self.key.push(key);
        self.born.push(born);
        self.payload.push(payload);
    }

    /// Adds row `row` of another block; the payload stays shared.
    pub fn push_row(&mut self, from: &Self, row: u32) {
        let row = row as usize;
        self.push(from.id[row], from.key[row], from.born[row], from.payload[row].clone());
    }
}

/// A range of a block.
#[derive(Clone, Debug)]
pub struct Slice {
    /// The block.
    pub block: Arc<Block>,
    /// First row.
    pub from: u32,
    /// One past the last row.
    pub to: u32,
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
    pub fn of(block: Arc<Block>, bytes: u64) -> Self {
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

    /// Every row in order: its block and its index there.
    pub fn rows(&self) -> impl Iterator<Item = (&Block, usize)> {
        self.slices.iter().flat_map(|slice| {
            (slice.from as usize..slice.to as usize).map(move |row| (&*slice.block, row))
        })
    }
}
