//! Documents by index and id. All ids are kept, and how often each was written; of the contents
//! only the newest.

use std::sync::Arc;

use base::{Ring, Time};

use crate::batch::Record;
use crate::kernel::keys::KeyTable;
use crate::kind::seen::Seen;

/// Newest documents that can be looked at.
const NEWEST_MAX: u32 = 2_000;
/// How much of each: the record itself would keep all others alive it was made with.
const SOURCE_BYTES: usize = 4_096;
/// What an id takes beside its text: its hash, its place in the table, its version.
const ID_BYTES: u64 = 64;

/// One write that can be looked at.
#[derive(Clone, Debug)]
pub(super) struct Write {
    pub(super) at: Time,
    pub(super) index: Arc<str>,
    pub(super) id: Box<str>,
    pub(super) version: u32,
    /// The beginning of the document.
    pub(super) source: Box<[u8]>,
}

/// What a write came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fate {
    /// There was no document under its id.
    pub(super) created: bool,
    /// The record was indexed for the first time.
    pub(super) first: bool,
}

/// All documents of a domain.
#[derive(Clone, Debug)]
pub(super) struct Documents {
    /// `index/id` of those that were given an id.
    ids: KeyTable,
    /// `_version`, by the number of the id.
    versions: Vec<u32>,
    id_bytes: u64,
    /// Documents under ids the index made.
    automatic: u64,
    records: Seen,
    /// Items that were indexed.
    pub(super) indexed: u64,
    /// Of them, items of records that were indexed before.
    pub(super) again: u64,
    pub(super) newest: Ring<Write>,
}

impl Default for Documents {
    fn default() -> Self {
        Self {
            ids: KeyTable::default(),
            versions: Vec::new(),
            id_bytes: 0,
            automatic: 0,
            records: Seen::default(),
            indexed: 0,
            again: 0,
            newest: Ring::new(NEWEST_MAX),
        }
    }
}

impl Documents {
    /// Writes a record under its id, or under a new one.
    pub(super) fn write(
        &mut self,
        record: &Record,
        (index, id): (&Arc<str>, Option<&str>),
        at: Time,
    ) -> Fate {
        let first = self.records.insert(record.id.0);
        self.indexed += 1;
        self.again += u64::from(!first);
        let version = id.map_or(1, |id| self.version(&format!("{index}/{id}")));
        let id = match id {
            Some(id) => id.into(),
            None => {
                self.automatic += 1;
                format!("automatic {}", self.automatic).into()
            }
        };
        let index = Arc::clone(index);
        let mut source = Vec::new();
        record.append_to(&mut source);
        source.truncate(SOURCE_BYTES);
        self.newest.push(Write { at, index, id, version, source: source.into() });
        Fate { created: version == 1, first }
    }

    /// The version a write under this id makes.
    fn version(&mut self, id: &str) -> u32 {
        let at = self.ids.intern(id).0 as usize;
        if at == self.versions.len() {
            self.versions.push(0);
            self.id_bytes += ID_BYTES + id.len() as u64;
        }
        self.versions[at] += 1;
        self.versions[at]
    }

    /// How many documents there are.
    pub(super) fn count(&self) -> u64 {
        self.versions.len() as u64 + self.automatic
    }

    /// Different records among all that were indexed.
    pub(super) fn distinct(&self) -> u64 {
        self.records.count
    }

    /// Bytes of memory, about.
    pub(super) fn memory(&self) -> u64 {
        self.id_bytes + self.records.memory()
    }
}
