//! Records on their way into a call.

use std::rc::Rc;

use base::{KeyId, RecordId, Time};

use super::recent::RecentKeys;
use crate::batch::{Batch, Block, Record};
use crate::call::{ApiError, ErrorCode, Failed};
use crate::cause::Reason;
use crate::generate::source::Page;
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
        for (record, at) in self.batch.rows().zip(0_u32..) {
            let Some((next, rest)) = left.split_first() else { break };
            if next.row == at {
                block.records.push(record.clone());
                bytes += record.bytes(keys);
                left = rest;
            }
        }
        let records = block.len();
        Self { batch: Batch::of(Rc::new(block), bytes), records, ..*self }
    }

    /// Partition key of one entry.
    pub(super) fn key(&self, row: u32) -> Option<KeyId> {
        self.batch.rows().nth(row as usize).map(|record| record.key)
    }
}

/// A parcel between two attempts.
#[derive(Clone, Debug)]
pub(super) struct Waiting {
    pub(super) parcel: Parcel,
    pub(super) since: Time,
    pub(super) until: Time,
}

/// The batch that is being filled.
#[derive(Clone, Debug, Default)]
pub(super) struct Open {
    drafts: Vec<Draft>,
    /// The data of all drafts, one after the other, and the loose data of the next one.
    pub(super) page: Page,
    /// Data plus keys.
    bytes: u64,
    /// The data of all records, when they are alike.
    pub(super) shared: Option<Rc<Vec<u8>>>,
    /// Keys of its records and of those before.
    pub(super) recent: RecentKeys,
}

/// A record before its batch is closed.
#[derive(Clone, Copy, Debug)]
struct Draft {
    id: RecordId,
    key: KeyId,
    born: Time,
    /// Where its data ends.
    end: u32,
    /// Its length once it is padded.
    len: u32,
}

impl Open {
    pub(super) fn records(&self) -> u32 {
        self.drafts.len().try_into().unwrap_or(u32::MAX)
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Bytes of data after the last whole record: the payload of the next one.
    pub(super) fn loose(&self) -> u64 {
        match &self.shared {
            Some(shared) => shared.len() as u64,
            None => u64::from(self.page.padded_bytes.unwrap_or_else(|| self.loose_written())),
        }
    }

    fn loose_written(&self) -> u32 {
        let end = u32::try_from(self.page.data.len()).expect("a call carries few megabytes");
        end - self.end()
    }

    fn end(&self) -> u32 {
        self.drafts.last().map_or(0, |draft| draft.end)
    }

    /// Forgets the payload that belongs to no record yet.
    pub(super) fn drop_loose(&mut self) {
        self.page.data.truncate(self.end() as usize);
        self.page.padded_bytes = None;
    }

    /// Adds a record whose payload was just appended to `data`.
    #[inline]
    pub(super) fn push(&mut self, id: RecordId, key: KeyId, born: Time, bytes: u64) {
        let written = self.loose_written();
        let len = self.page.padded_bytes.take().unwrap_or(written);
        self.drafts.push(Draft { id, key, born, end: self.end() + written, len });
        self.bytes += bytes;
        self.recent.push(key);
    }

    /// Closes the batch and begins the next one; a loose payload moves over to that.
    ///
    /// Drafts are written to memory that is used again and again; a record that is kept takes
    /// just the room it needs.
    pub(super) fn seal(&mut self) -> Parcel {
        let end = self.end() as usize;
        let chunk = Rc::new(self.page.data[..end].to_vec());
        self.page.data.drain(..end);
        let mut start = 0;
        let record = |Draft { id, key, born, end, len }: Draft| {
            let part = core::mem::replace(&mut start, end)..end;
            match &self.shared {
                Some(shared) => {
                    let len = u32::try_from(shared.len()).unwrap_or(0);
                    Record::new((id, key, born), shared, 0..len, len)
                }
                None => Record::new((id, key, born), &chunk, part, len),
            }
        };
        let records = self.drafts.drain(..).map(record).collect();
        let block = Block { records, before: 0 };
        let (count, bytes) = (block.len(), core::mem::take(&mut self.bytes));
        let batch = Batch::of(Rc::new(block), bytes);
        Parcel { batch, records: count, attempts: 0, copies: false }
    }
}

/// What becomes of the entries of a call that never arrives.
pub(super) fn all_failed(entries: u32) -> Vec<Failed> {
    let (reason, code) = (Reason::InternalFailure, ErrorCode::InternalFailure);
    (0..entries).map(|row| Failed { row, error: ApiError { reason, code, shard: 0 } }).collect()
}
