//! The buffer: records by range, their payloads shared, until size or interval seals it.
//!
//! Size is the raw data plus delimiters, before compression; partition keys do not count. Records
//! are never split, so an object may be a little larger than the hint.

use std::rc::Rc;

use base::Time;

use crate::batch::{Batch, Block, Slice};

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
}

impl Buffer {
    /// Adds one record that arrived now; `booked_bytes` is its data plus key.
    pub(super) fn push(&mut self, block: &Rc<Block>, row: u32, booked_bytes: u64, now: Time) {
        self.since.get_or_insert(now);
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

    /// The records as they are.
    pub(super) fn into_batch(self) -> Batch {
        Batch { slices: self.slices, bytes: self.booked_bytes }
    }

    /// The records glued together, each followed by a newline if so wanted.
    pub(super) fn content(&self, newline: bool) -> Vec<u8> {
        let mut out = Vec::with_capacity(usize::try_from(self.size(newline)).unwrap_or(0));
        for slice in &self.slices {
            for record in slice.rows() {
                record.append_to(&mut out);
                if newline {
                    out.push(b'\n');
                }
            }
        }
        out
    }
}
