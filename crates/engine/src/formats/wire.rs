//! How a call crosses to the libraries: one operation byte, then fields.
//!
//! A number is four bytes, little end first; bytes and text follow their length, a list its count.
//! The crate `formats` has the other end of it.

use crate::formats::{Failure, Table};

/// Operations, as the crate `formats` numbers them.
pub(super) const JQ: u8 = 1;
pub(super) const CHECK_JQ: u8 = 2;
pub(super) const PARQUET: u8 = 3;
pub(super) const CHECK_TABLE: u8 = 4;
pub(super) const ROWS: u8 = 5;
pub(super) const COMPRESS: u8 = 6;
pub(super) const DECOMPRESS: u8 = 7;
pub(super) const ZIP: u8 = 8;
pub(super) const OFFSET: u8 = 9;

/// First byte of an answer; any other is a failure.
pub(super) const OK: u8 = 0;

/// Stands for no place.
const NOWHERE: u32 = u32::MAX;

/// A request that is being written.
#[derive(Debug)]
pub(super) struct Request(Vec<u8>);

impl Request {
    pub(super) fn new(operation: u8) -> Self {
        Self(vec![operation])
    }

    pub(super) fn count(mut self, count: usize) -> Self {
        // What exceeds it could not be held in memory.
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        self.0.extend_from_slice(&count.to_le_bytes());
        self
    }

    pub(super) fn long(mut self, number: u64) -> Self {
        self.0.extend_from_slice(&number.to_le_bytes());
        self
    }

    pub(super) fn bytes(mut self, bytes: &[u8]) -> Self {
        self = self.count(bytes.len());
        self.0.extend_from_slice(bytes);
        self
    }

    pub(super) fn text(self, text: &str) -> Self {
        self.bytes(text.as_bytes())
    }

    pub(super) fn table(self, table: &Table<'_>) -> Self {
        self.text(table.schema)
            .text(table.mappings)
            .count(usize::from(table.case_insensitive))
            .count(usize::from(table.dots_to_underscores))
            .text(table.compression)
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.0
    }
}

/// An answer that is being read; nothing once it ends early.
#[derive(Debug)]
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        self.take(1).map(|bytes| bytes[0])
    }

    pub(super) fn count(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }

    pub(super) fn long(&mut self) -> Option<u64> {
        Some(u64::from_le_bytes(self.take(8)?.try_into().ok()?))
    }

    pub(super) fn bytes(&mut self) -> Option<&'a [u8]> {
        let count = self.count()?;
        self.take(count as usize)
    }

    pub(super) fn text(&mut self) -> Option<String> {
        String::from_utf8(self.bytes()?.to_vec()).ok()
    }

    pub(super) fn list<T>(
        &mut self,
        mut item: impl FnMut(&mut Self) -> Option<T>,
    ) -> Option<Vec<T>> {
        let count = self.count()?;
        (0..count).map(|_| item(self)).collect()
    }

    pub(super) fn failure(&mut self) -> Option<Failure> {
        let message = self.text()?;
        let at = self.count().filter(|at| *at != NOWHERE);
        Some(Failure { message, at })
    }
}
