//! The buffer: records by range, their payloads shared, until size or interval seals it.
//!
//! Size is the raw data plus delimiters, before compression; partition keys do not count. Records
//! are never split, so an object may be a little larger than the hint.

use std::rc::Rc;

use base::Time;

use crate::batch::{Batch, Block, Record, Slice};

/// Records that wait for their object.
#[derive(Clone, Debug, Default)]
pub(super) struct Buffer {
    slices: Vec<Slice>,
    data_bytes: u64,
    /// How many records.
    pub(super) records: u64,
    /// Data plus key bytes, as the ledger counts them.
    pub(super) booked_bytes: u64,
    /// When the first record arrived: the clock starts there. `None` while empty.
    pub(super) since: Option<Time>,
    /// When the oldest record inside reached Firehose; earlier where a function came between.
    pub(super) oldest: Option<Time>,
}

impl Buffer {
    /// Adds one record that reached Firehose at `arrived`; `booked_bytes` is its data plus key.
    pub(super) fn push(
        &mut self,
        (block, row): (&Rc<Block>, u32),
        booked_bytes: u64,
        (arrived, now): (Time, Time),
    ) {
        self.since.get_or_insert(now);
        self.oldest = Some(self.oldest.map_or(arrived, |oldest| oldest.min(arrived)));
        self.records += 1;
        self.data_bytes += u64::from(block.records[row as usize].data_bytes());
        self.booked_bytes += booked_bytes;
        match self.slices.last_mut() {
            Some(last) if last.to == row && Rc::ptr_eq(&last.block, block) => last.to += 1,
            _ => self.slices.push(Slice { block: Rc::clone(block), from: row, to: row + 1 }),
        }
    }

    /// Bytes of the object it would make, before compression.
    pub(super) fn size(&self, newline: bool) -> u64 {
        self.data_bytes + if newline { self.records } else { 0 }
    }

    /// The records in order.
    pub(super) fn rows(&self) -> impl Iterator<Item = &Record> {
        self.slices.iter().flat_map(Slice::rows)
    }

    /// The records as they are.
    pub(super) fn into_batch(self) -> Batch {
        Batch { slices: self.slices, bytes: self.booked_bytes }
    }

    /// The records glued together, each followed by a newline if so wanted.
    pub(super) fn content(&self, newline: bool) -> Vec<u8> {
        let mut out = Vec::with_capacity(usize::try_from(self.size(newline)).unwrap_or(0));
        for record in self.rows() {
            record.append_to(&mut out);
            if newline {
                out.push(b'\n');
            }
        }
        out
    }
}
