//! Delivered objects with their real bytes, and how a bucket lists them.

use std::sync::Arc;

use base::{Time, VecMap, order};

use crate::snapshot::Seal;

/// One object in a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// The whole key, prefix included.
    pub key: Arc<str>,
    /// The content as stored; empty once a full bucket let it go (`is_kept`).
    pub bytes: Arc<[u8]>,
    /// Bytes as stored, also after the content was let go.
    pub stored_bytes: u64,
    /// Bytes before compression.
    pub raw_bytes: u64,
    /// Data plus key bytes of the records inside, as the ledger counts them.
    pub booked_bytes: u64,
    /// Records inside.
    pub records: u64,
    /// When the buffer was sealed.
    pub sealed_at: Time,
    /// When the target had it.
    pub delivered_at: Time,
    /// What sealed it.
    pub reason: Seal,
    /// What it is there for.
    pub purpose: Purpose,
}

/// What an object is there for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Purpose {
    /// To keep records as they were delivered.
    #[default]
    Records,
    /// To tell which records could not be delivered, and why.
    Failed,
    /// To name other objects.
    Manifest,
    /// It was there from the beginning.
    Placed,
}

/// What `ListObjectsV2` with the delimiter `/` answers: folders and files, in S3's order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing<'a> {
    /// `CommonPrefixes`: whole prefixes up to the next slash.
    pub common_prefixes: Vec<&'a str>,
    /// Objects whose key has no further slash.
    pub objects: Vec<&'a Object>,
}

impl Object {
    /// Whether the content can still be read back.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        self.bytes.len() as u64 == self.stored_bytes
    }
}

/// Lists everything below a prefix, one level deep, ascending by UTF-8 bytes.
#[must_use]
pub fn list<'a>(objects: &'a [Object], prefix: &str) -> Listing<'a> {
    let mut folders = VecMap::new();
    let mut files = Vec::new();
    for object in objects {
        let Some(rest) = object.key.strip_prefix(prefix) else { continue };
        match rest.find('/') {
            Some(slash) => {
                folders.insert(&object.key[..prefix.len() + slash + 1], ());
            }
            None => files.push(object),
        }
    }
    order::sort_by(&mut files[..], |a, b| a.key.cmp(&b.key));
    Listing { common_prefixes: folders.keys().copied().collect(), objects: files }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(key: &str) -> Object {
        Object {
            key: key.into(),
            bytes: [].into(),
            stored_bytes: 0,
            raw_bytes: 0,
            booked_bytes: 0,
            records: 0,
            sealed_at: Time::ZERO,
            delivered_at: Time::ZERO,
            reason: Seal::Time,
            purpose: Purpose::Records,
        }
    }

    #[test]
    fn a_listing_folds_deeper_keys_into_prefixes() {
        let keys = ["a/2026/b", "a/2026/a", "a/2025/x", "b", "a.txt"];
        let objects = keys.map(object);
        let top = list(&objects, "");
        assert_eq!(top.common_prefixes, ["a/"]);
        assert_eq!(top.objects.iter().map(|it| &*it.key).collect::<Vec<_>>(), ["a.txt", "b"]);
        let below = list(&objects, "a/");
        assert_eq!(below.common_prefixes, ["a/2025/", "a/2026/"]);
        let leaf = list(&objects, "a/2026/");
        assert_eq!(
            leaf.objects.iter().map(|it| &*it.key).collect::<Vec<_>>(),
            ["a/2026/a", "a/2026/b"]
        );
        assert_eq!(list(&objects, "zzz"), Listing::default());
    }
}
