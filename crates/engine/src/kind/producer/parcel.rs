//! Records on their way into a call.

use std::sync::Arc;

use base::{KeyId, RecordId, Time};

use crate::batch::{Batch, Block, Payload};
use crate::call::Failed;
use crate::kernel::keys::KeyTable;

/// Records of one call, before it is made.
#[derive(Clone, Debug)]
pub(super) struct Parcel {
    pub(super) batch: Batch,
    pub(super) records: u32,
    /// Attempts so far.
    pub(super) attempts: u32,
    /// Whether some of them may be stored already.
    pub(super) copies: bool,
}

impl Parcel {
    /// The entries of this parcel that failed, as a parcel of their own.
    pub(super) fn failed(&self, failed: &[Failed], keys: &KeyTable) -> Self {
        if failed.len() == self.records as usize {
            return self.clone();
        }
        let (mut block, mut bytes, mut left) = (Block::default(), 0, failed);
        for ((from, row), at) in self.batch.rows().zip(0_u32..) {
            let Some((next, rest)) = left.split_first() else { break };
            if next.row == at {
                block.push_row(from, u32::try_from(row).unwrap_or(u32::MAX));
                bytes += keys.len_of(from.key[row]) + u64::from(from.payload[row].len());
                left = rest;
            }
        }
        let records = block.len();
        Self { batch: Batch::of(Arc::new(block), bytes), records, ..*self }
    }

    /// Partition key of one entry.
    pub(super) fn key(&self, row: u32) -> Option<KeyId> {
        self.batch.rows().nth(row as usize).map(|(block, at)| block.key[at])
    }
}

/// The batch that is being filled.
#[derive(Clone, Debug, Default)]
pub(super) struct Open {
    block: Block,
    /// Where each payload ends in `data`, and its length once it is padded.
    ends: Vec<(u32, u32)>,
    /// Length of the loose payload once it is padded, when it is not as long as it was written.
    pub(super) loose_len: Option<u32>,
    /// Payloads, one after the other.
    pub(super) data: Vec<u8>,
    /// Data plus keys.
    bytes: u64,
    /// The payload of all records, when they are alike.
    pub(super) shared: Option<Arc<Vec<u8>>>,
}

impl Open {
    pub(super) fn records(&self) -> u32 {
        self.block.id.len().try_into().unwrap_or(u32::MAX)
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Bytes of data after the last whole record: the payload of the next one.
    pub(super) fn loose(&self) -> u64 {
        match &self.shared {
            Some(shared) => shared.len() as u64,
            None => u64::from(self.loose_len.unwrap_or_else(|| self.loose_written())),
        }
    }

    fn loose_written(&self) -> u32 {
        let end = u32::try_from(self.data.len()).expect("a call carries few megabytes");
        end - self.end()
    }

    fn end(&self) -> u32 {
        self.ends.last().map_or(0, |(end, _len)| *end)
    }

    /// Forgets the payload that belongs to no record yet.
    pub(super) fn drop_loose(&mut self) {
        self.data.truncate(self.end() as usize);
        self.loose_len = None;
    }

    /// Adds a record whose payload was just appended to `data`.
    #[inline]
    pub(super) fn push(&mut self, id: RecordId, key: KeyId, born: Time, bytes: u64) {
        self.block.id.push(id);
        self.block.key.push(key);
        self.block.born.push(born);
        if self.shared.is_none() {
            let written = self.loose_written();
            let len = self.loose_len.take().unwrap_or(written);
            self.ends.push((self.end() + written, len));
        }
        self.bytes += bytes;
    }

    /// Closes the batch and begins the next one; a loose payload moves over to that.
    pub(super) fn seal(&mut self) -> Parcel {
        let records = self.records();
        let end = self.end();
        let loose = self.data.split_off(end as usize);
        let next = Self {
            ends: Vec::with_capacity(self.ends.len()),
            data: Vec::with_capacity(if loose.is_empty() { self.data.len() } else { 0 }),
            shared: self.shared.clone(),
            loose_len: self.loose_len,
            block: Block {
                id: Vec::with_capacity(records as usize),
                key: Vec::with_capacity(records as usize),
                born: Vec::with_capacity(records as usize),
                ..Block::default()
            },
            bytes: 0,
        };
        let Self { mut block, ends, data, bytes, shared, .. } = core::mem::replace(self, next);
        self.data.extend_from_slice(&loose);
        match shared {
            Some(chunk) => {
                let whole = Payload::new(&chunk, 0, u32::try_from(chunk.len()).unwrap_or(0));
                block.payload = vec![whole; records as usize];
            }
            None => {
                let chunk = Arc::new(data);
                let starts = core::iter::once(0).chain(ends.iter().map(|(end, _len)| *end));
                block.payload.reserve_exact(ends.len());
                block.payload.extend(
                    starts.zip(&ends).map(|(start, (end, len))| {
                        Payload::padded(&chunk, start, end - start, *len)
                    }),
                );
            }
        }
        Parcel { batch: Batch::of(Arc::new(block), bytes), records, attempts: 0, copies: false }
    }
}
