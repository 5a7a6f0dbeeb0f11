//! Aggregated records: many user records in the data of one Kinesis record.
//!
//! The Kinesis Producer Library writes them, readers take them apart again (amazon-kinesis-producer
//! 1.0.7, `aggregation-format.md`; facts, streams §8.3): four magic bytes, a protobuf
//! `AggregatedRecord`, the MD5 of that protobuf. The message holds `partition_key_table` (1),
//! `explicit_hash_key_table` (2) and `records` (3); a record `partition_key_index` (1),
//! `explicit_hash_key_index` (2), `data` (3) and tags (4), which nobody uses.

use base::{RecordId, VecMap};
use md5::{Digest as _, Md5};

use super::protobuf::{Value, field_bytes, number_bytes, put_bytes, put_number, take_field};
use crate::batch::Record;
use crate::kernel::ctx::Ctx;
use crate::kernel::keys::hash_of;

/// The first bytes of every aggregated record.
pub const MAGIC: [u8; 4] = [0xf3, 0x89, 0x9a, 0xc2];
/// Length of the MD5 at the end.
const DIGEST_BYTES: usize = 16;
/// Partition key of every aggregated Kinesis record; its explicit hash key is what routes it
/// (`kinesis_record.cc`).
pub const PARTITION_KEY: &str = "a";

/// One record as the application gave it to the library.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UserRecord<'a> {
    /// Partition key.
    pub key: &'a str,
    /// `ExplicitHashKey`, decimal.
    pub explicit_hash: Option<&'a str>,
    /// Data.
    pub data: &'a [u8],
}

impl UserRecord<'_> {
    /// Where it belongs in the hash space: the explicit hash key, else MD5 of the partition key;
    /// `None` for an explicit hash key that is not a number below 2^128.
    #[must_use]
    pub fn hash(&self) -> Option<u128> {
        self.explicit_hash.map_or_else(|| Some(hash_of(self.key)), |text| text.parse().ok())
    }
}

/// User records on their way into one aggregated record.
#[derive(Clone, Debug, Default)]
pub struct Aggregate {
    keys: Table,
    hashes: Table,
    /// Field 3 of every user record so far.
    records: Vec<u8>,
    /// One record's message, kept to be written again.
    scratch: Vec<u8>,
    count: u32,
    estimate: u64,
}

/// Texts by their place in the message. The format allows repeated texts; like the library, we
/// write each once.
#[derive(Clone, Debug, Default)]
struct Table {
    index_of: VecMap<Box<str>, u64>,
    /// The fields as they stand in the message.
    fields: Vec<u8>,
}

impl Table {
    /// The place of a text, and whether it is a new one.
    fn place(&mut self, field: u64, text: &str) -> (u64, bool) {
        if let Some(&index) = self.index_of.get(text) {
            return (index, false);
        }
        let index = self.index_of.len() as u64;
        put_bytes(&mut self.fields, field, text.as_bytes());
        self.index_of.insert(text.into(), index);
        (index, true)
    }
}

impl Aggregate {
    /// Adds a user record at the end.
    pub fn push(&mut self, record: &UserRecord<'_>) {
        self.estimate += self.cost(record);
        let (key, _) = self.keys.place(1, record.key);
        self.scratch.clear();
        put_number(&mut self.scratch, 1, key);
        if let Some(hash) = record.explicit_hash {
            put_number(&mut self.scratch, 2, self.hashes.place(2, hash).0);
        }
        put_bytes(&mut self.scratch, 3, record.data);
        put_bytes(&mut self.records, 3, &self.scratch);
        self.count += 1;
    }

    /// How many bytes a record would add by the library's estimate: data + 3 + 2, a text that is
    /// new + 3, and 2 for the index of an explicit hash key (facts, streams §8.3).
    #[must_use]
    pub fn cost(&self, record: &UserRecord<'_>) -> u64 {
        let mut cost = record.data.len() as u64 + 5;
        if self.keys.index_of.get(record.key).is_none() {
            cost += record.key.len() as u64 + 3;
        }
        if let Some(hash) = record.explicit_hash {
            cost += 2;
            if self.hashes.index_of.get(hash).is_none() {
                cost += hash.len() as u64 + 3;
            }
        }
        cost
    }

    /// How many user records it holds.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.count
    }

    /// The library's estimate of the message so far, in bytes: what `AggregationMaxSize` bounds.
    #[must_use]
    pub fn estimate(&self) -> u64 {
        self.estimate
    }

    /// Bytes of the Kinesis record's data: what `finish` makes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        let parts = [&self.keys.fields, &self.hashes.fields, &self.records];
        let message: usize = parts.iter().map(|part| part.len()).sum();
        (MAGIC.len() + message + DIGEST_BYTES) as u64
    }

    /// Bytes of the data with one more record.
    #[must_use]
    pub fn bytes_with(&self, record: &UserRecord<'_>) -> u64 {
        let place = |table: &Table, text: &str| match table.index_of.get(text) {
            Some(index) => (*index, 0),
            None => (table.index_of.len() as u64, field_bytes(text.len() as u64)),
        };
        let (key, key_text) = place(&self.keys, record.key);
        let mut entry = 1 + number_bytes(key) + field_bytes(record.data.len() as u64);
        let mut texts = key_text;
        if let Some(hash) = record.explicit_hash {
            let (index, text) = place(&self.hashes, hash);
            entry += 1 + number_bytes(index);
            texts += text;
        }
        self.bytes() + texts + field_bytes(entry)
    }

    /// The data of the Kinesis record.
    #[must_use]
    pub fn finish(&self) -> Vec<u8> {
        let parts = [&self.keys.fields, &self.hashes.fields, &self.records];
        let message_bytes: usize = parts.iter().map(|part| part.len()).sum();
        let mut out = Vec::with_capacity(MAGIC.len() + message_bytes + DIGEST_BYTES);
        out.extend_from_slice(&MAGIC);
        for part in parts {
            out.extend_from_slice(part);
        }
        let digest: [u8; DIGEST_BYTES] = Md5::digest(&out[MAGIC.len()..]).into();
        out.extend_from_slice(&digest);
        out
    }
}

/// Takes the data of a Kinesis record apart; a user record's place is its sub-sequence number.
///
/// `None` is a plain record: another beginning, another MD5 at the end, or a message that cannot
/// be read. Readers then hand the data on as it is.
#[must_use]
pub fn read(data: &[u8]) -> Option<Vec<UserRecord<'_>>> {
    let (message, digest) = data.strip_prefix(&MAGIC)?.split_last_chunk::<DIGEST_BYTES>()?;
    let expected: [u8; DIGEST_BYTES] = Md5::digest(message).into();
    if *digest != expected {
        return None;
    }
    let (mut keys, mut hashes, mut entries) = (Vec::new(), Vec::new(), Vec::new());
    let mut rest = message;
    while !rest.is_empty() {
        match take_field(&mut rest)? {
            (1, Value::Bytes(text)) => keys.push(core::str::from_utf8(text).ok()?),
            (2, Value::Bytes(text)) => hashes.push(core::str::from_utf8(text).ok()?),
            (3, Value::Bytes(entry)) => entries.push(Entry::read(entry)?),
            _ => {}
        }
    }
    entries.iter().map(|entry| entry.resolve(&keys, &hashes)).collect()
}

/// The user records in a stored record, in order, each with its place in the hash space: what every
/// reader that de-aggregates (KCL, Lambda with the library, Firehose) goes through. `None` for a
/// plain record, which is handed on as it is.
///
/// They share the data of the stored record, and its times; their identities are new, for the
/// message tells none. Whoever takes a record apart books one record from held to folded and so
/// many from derived to held, the bytes being `Record::bytes` of each.
#[must_use]
pub fn user_records(record: &Record, ctx: &mut Ctx<'_>) -> Option<Vec<(Record, u128)>> {
    // An aggregate is never padded.
    if record.written() < record.data_bytes() {
        return None;
    }
    let data = record.written_bytes();
    let users = read(data)?;
    let first = ctx.new_records(users.len() as u64);
    let row = |(id, user): (u64, &UserRecord<'_>)| {
        let hash = user.hash()?;
        let key = ctx.keys_mut().intern(user.key);
        let start = user.data.as_ptr() as usize - data.as_ptr() as usize;
        let [start, end] = [start, start + user.data.len()].map(u32::try_from);
        Some((record.inner(RecordId(id), key, start.ok()?..end.ok()?), hash))
    };
    (first.0..).zip(&users).map(row).collect()
}

/// A `Record` of the message: indices into the tables, which may stand behind it.
struct Entry<'a> {
    key: u64,
    hash: Option<u64>,
    data: &'a [u8],
}

impl<'a> Entry<'a> {
    /// `partition_key_index` and `data` are required.
    fn read(mut message: &'a [u8]) -> Option<Self> {
        let (mut key, mut hash, mut data) = (None, None, None);
        while !message.is_empty() {
            match take_field(&mut message)? {
                (1, Value::Number(index)) => key = Some(index),
                (2, Value::Number(index)) => hash = Some(index),
                (3, Value::Bytes(bytes)) => data = Some(bytes),
                _ => {}
            }
        }
        Some(Self { key: key?, hash, data: data? })
    }

    fn resolve(&self, keys: &[&'a str], hashes: &[&'a str]) -> Option<UserRecord<'a>> {
        let at = |table: &[&'a str], index: u64| table.get(usize::try_from(index).ok()?).copied();
        let explicit_hash = match self.hash {
            Some(index) => Some(at(hashes, index)?),
            None => None,
        };
        Some(UserRecord { key: at(keys, self.key)?, explicit_hash, data: self.data })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: [UserRecord<'_>; 2] = [
        UserRecord { key: "k1", explicit_hash: None, data: b"hello" },
        UserRecord { key: "k2", explicit_hash: None, data: b"world" },
    ];

    fn aggregate(records: &[UserRecord<'_>]) -> Aggregate {
        let mut aggregate = Aggregate::default();
        for record in records {
            aggregate.push(record);
        }
        aggregate
    }

    fn sealed(message: &[u8]) -> Vec<u8> {
        let digest: [u8; DIGEST_BYTES] = Md5::digest(message).into();
        [&MAGIC[..], message, &digest].concat()
    }

    /// The golden record of facts, streams §8.3, bit for bit.
    #[test]
    fn the_golden_record_is_written_and_read() {
        let bytes = aggregate(&TWO).finish();
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let golden = "f3899ac2\
            0a026b310a026b321a0908001a0568656c6c6f1a0908011a05776f726c64\
            c4b234c121650f4512d22bf67dca9de2";
        assert_eq!((hex.as_str(), bytes.len()), (golden, 50));
        assert_eq!(read(&bytes), Some(TWO.to_vec()));
    }

    /// Facts, streams §8.3: another magic or another MD5 is a plain record.
    #[test]
    fn any_flipped_bit_makes_a_plain_record() {
        let bytes = aggregate(&TWO).finish();
        for at in 0..bytes.len() {
            let mut flipped = bytes.clone();
            flipped[at] ^= 1;
            assert_eq!(read(&flipped), None, "byte {at}");
            assert_eq!(read(&bytes[..at]), None, "cut at {at}");
        }
    }

    /// Facts, streams §8.3: tables may or may not be de-duplicated. They may also stand last, and
    /// records may carry tags.
    #[test]
    fn repeated_texts_late_tables_and_tags_are_read() {
        let message = b"\x1a\x0a\x08\x01\x1a\x01x\x22\x03\x0a\x01t\x0a\x01k\x0a\x01k";
        let expected = UserRecord { key: "k", explicit_hash: None, data: b"x" };
        assert_eq!(read(&sealed(message)), Some(vec![expected]));
    }

    /// The index of an explicit hash key is optional in each record.
    #[test]
    fn records_with_and_without_explicit_hash_keys_mix() {
        let records = [UserRecord { explicit_hash: Some("5"), ..TWO[0] }, TWO[1]];
        assert_eq!(read(&aggregate(&records).finish()), Some(records.to_vec()));
    }

    /// A right MD5 around a wrong message is still no aggregate.
    #[test]
    fn messages_that_point_nowhere_are_plain_records() {
        let no_such_key = b"\x0a\x01k\x1a\x05\x08\x01\x1a\x01x";
        let no_such_hash = b"\x0a\x01k\x1a\x07\x08\x00\x10\x00\x1a\x01x";
        let no_data = b"\x0a\x01k\x1a\x02\x08\x00";
        let not_text = b"\x0a\x01\xff";
        for message in [&no_such_key[..], no_such_hash, no_data, not_text, b"\x0a\x7f"] {
            assert_eq!(read(&sealed(message)), None, "{message:?}");
        }
    }

    /// Facts, streams §8.3: data + 3 + 2 for a record, + 3 for a text that is new, 2 for the
    /// index of an explicit hash key.
    #[test]
    fn the_estimate_counts_new_texts_once() {
        let mut records = aggregate(&TWO[..1]);
        assert_eq!(records.estimate(), (5 + 5) + (2 + 3));
        records.push(&TWO[0]);
        assert_eq!(records.estimate(), 15 + 10);
        let hashed = UserRecord { explicit_hash: Some("123"), ..TWO[0] };
        assert_eq!(records.cost(&hashed), 10 + 2 + (3 + 3));
        records.push(&hashed);
        assert_eq!((records.cost(&hashed), records.count()), (10 + 2, 3));
    }

    #[test]
    fn the_size_is_known_before_and_after() {
        let (long, many) = ("k".repeat(200), "x".repeat(70_000));
        let hashed = UserRecord { explicit_hash: Some("123"), ..TWO[0] };
        let large = UserRecord { key: &long, data: many.as_bytes(), ..hashed };
        let texts: Vec<String> = (0..300).map(|n| format!("key-{n}")).collect();
        let others = texts.iter().map(|key| UserRecord { key, ..TWO[1] });
        let mut packed = Aggregate::default();
        for record in [TWO[0], TWO[1], hashed, large].into_iter().chain(others) {
            let expected = packed.bytes_with(&record);
            packed.push(&record);
            assert_eq!((packed.bytes(), packed.finish().len() as u64), (expected, expected));
        }
    }

    /// Facts, streams §1.1 and §8.3: the explicit hash key stands for the hash of the key.
    #[test]
    fn a_user_record_belongs_where_its_hash_is() {
        let user = UserRecord { key: "a", explicit_hash: None, data: b"" };
        assert_eq!(user.hash(), Some(16_955_237_001_963_240_173_058_271_559_858_726_497));
        assert_eq!(UserRecord { explicit_hash: Some("7"), ..user }.hash(), Some(7));
        assert_eq!(UserRecord { explicit_hash: Some("x"), ..user }.hash(), None);
    }
}
