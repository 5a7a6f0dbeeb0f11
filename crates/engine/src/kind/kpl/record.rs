//! User records, and the Kinesis records they travel in.

use base::Time;

use crate::batch::Record;
use crate::kernel::keys::KeyTable;
use crate::wire::kpl::UserRecord;

/// A record as the application gave it to the library.
#[derive(Clone, Debug)]
pub(super) struct User {
    pub(super) row: Record,
    /// Where it belongs in the hash space.
    pub(super) hash: u128,
    /// When the library took it, or when its last attempt ended.
    pub(super) since: Time,
    /// When it should be on its way.
    pub(super) deadline: Time,
    /// When it fails as `Expired`.
    pub(super) expiry: Time,
    /// Attempts that ended.
    pub(super) attempts: u32,
    /// Whether it may be stored already.
    pub(super) copy: bool,
}

impl User {
    /// Gives it another deadline, never behind its expiry.
    pub(super) fn due_by(&mut self, deadline: Time) {
        self.deadline = deadline.min(self.expiry);
    }

    /// As it stands in an aggregated record; `data` is written anew.
    pub(super) fn read<'a>(
        &self,
        keys: &'a KeyTable,
        explicit_hash: Option<&'a str>,
        data: &'a mut Vec<u8>,
    ) -> UserRecord<'a> {
        data.clear();
        self.row.append_to(data);
        UserRecord { key: keys.text(self.row.key), explicit_hash, data }
    }
}

/// A Kinesis record with the user records in it.
#[derive(Clone, Debug)]
pub(super) struct Parcel {
    /// Never none; one travels without an envelope.
    pub(super) users: Vec<User>,
    /// What is stored.
    pub(super) row: Record,
    /// `ExplicitHashKey`: that of its first user record.
    pub(super) hash: u128,
    /// Data plus key.
    pub(super) bytes: u64,
    /// The shard it is expected to land in, while the shard map is known.
    pub(super) shard: Option<u32>,
    /// The earliest of its user records.
    pub(super) deadline: Time,
    /// The earliest of its user records.
    pub(super) expiry: Time,
}

impl Parcel {
    /// Data plus keys of its user records.
    pub(super) fn user_bytes(&self, keys: &KeyTable) -> u64 {
        self.users.iter().map(|user| user.row.bytes(keys)).sum()
    }

    pub(super) fn user_count(&self) -> u64 {
        self.users.len() as u64
    }

    /// Whether it has an envelope.
    pub(super) fn is_aggregate(&self) -> bool {
        self.users.len() > 1
    }
}
