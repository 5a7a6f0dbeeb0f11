//! What a shard stores: records in order, in blocks that readers share.
//!
//! A block grows while nobody else holds it and is left alone from then on: a slice that was
//! handed out never changes and never copies. Positions count from the shard's first record ever.

use std::collections::VecDeque;
use std::sync::Arc;

use base::{Duration, Time};

use crate::batch::{Batch, Block, Slice};
use crate::kernel::keys::KeyTable;

/// Rows of a full block: small enough that room kept for growth is never much.
const BLOCK_ROWS: usize = 256;

/// The records of one shard.
#[derive(Clone, Debug, Default)]
pub struct Log {
    segments: VecDeque<Segment>,
    /// Position of the oldest record that is still here.
    horizon: u64,
    /// Position after the newest record.
    end: u64,
    /// Bytes of payload kept in memory.
    written: u64,
}

#[derive(Clone, Debug)]
struct Segment {
    /// Position of the block's first row, expired or not.
    first: u64,
    /// Data and key bytes of all its rows.
    bytes: u64,
    block: Arc<Block>,
}

impl Log {
    /// Position of the oldest record that is still here.
    #[must_use]
    pub fn horizon(&self) -> u64 {
        self.horizon
    }

    /// Position after the newest record.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.end
    }

    /// Records that are here.
    #[must_use]
    pub fn held(&self) -> u64 {
        self.end - self.horizon
    }

    /// Bytes of memory the records take, about.
    #[must_use]
    pub fn memory(&self) -> u64 {
        self.written + self.held() * Block::ROW_BYTES
    }

    /// Stores row `row` of a block as the newest record; `bytes` is its data plus key.
    #[inline]
    pub fn push(&mut self, from: &Block, row: usize, bytes: u64, now: Time) {
        let seq = self.end + 1;
        let segment = self.tail();
        segment.bytes += bytes;
        let block = Arc::get_mut(&mut segment.block).expect("the tail is held by the log alone");
        block.id.push(from.id[row]);
        block.key.push(from.key[row]);
        block.born.push(from.born[row]);
        block.payload.push(from.payload[row].clone());
        block.seq.push(seq);
        block.arrival.push(now);
        self.end = seq;
        self.written += u64::from(from.payload[row].written());
    }

    /// The last segment if it may still grow, else a new one.
    #[inline]
    fn tail(&mut self) -> &mut Segment {
        let grows = self.segments.back_mut().is_some_and(|segment| {
            segment.block.id.len() < BLOCK_ROWS && Arc::get_mut(&mut segment.block).is_some()
        });
        if !grows {
            let room = self.segments.back().map_or(0, |segment| segment.block.id.len());
            let block = Arc::new(Block::with_capacity(room.min(BLOCK_ROWS)));
            self.segments.push_back(Segment { first: self.end, bytes: 0, block });
        }
        self.segments.back_mut().expect("a segment was just added")
    }

    /// When the oldest record arrived.
    #[must_use]
    pub fn oldest(&self) -> Option<Time> {
        (self.horizon < self.end).then(|| self.arrival(self.horizon))
    }

    /// When the record at a position arrived; the position must be here.
    #[must_use]
    pub fn arrival(&self, position: u64) -> Time {
        let segment = &self.segments[self.segment_of(position)];
        segment.block.arrival[index(position - segment.first)]
    }

    /// The position of the first record that arrived at or after a time.
    #[must_use]
    pub fn position_at(&self, time: Time) -> u64 {
        let at = self.segments.partition_point(|segment| {
            segment.block.arrival.last().is_some_and(|arrival| *arrival < time)
        });
        let position = self.segments.get(at).map_or(self.end, |segment| {
            segment.first + segment.block.arrival.partition_point(|a| *a < time) as u64
        });
        position.max(self.horizon)
    }

    /// Forgets what arrived longer than `retention` ago; returns how many records and bytes.
    pub fn expire(&mut self, now: Time, retention: Duration, keys: &KeyTable) -> (u64, u64) {
        let (mut records, mut bytes) = (0, 0);
        while let Some(segment) = self.segments.front() {
            let skip = index(self.horizon - segment.first);
            let arrivals = &segment.block.arrival;
            let old = arrivals.partition_point(|arrival| *arrival + retention <= now).max(skip);
            let part = (skip..old).map(|row| segment.block.bytes_of(row, keys)).sum::<u64>();
            let expired = &segment.block.payload[skip..old];
            self.written -= expired.iter().map(|payload| u64::from(payload.written())).sum::<u64>();
            records += (old - skip) as u64;
            bytes += part;
            self.horizon += (old - skip) as u64;
            if old < arrivals.len() {
                break;
            }
            self.segments.pop_front();
        }
        (records, bytes)
    }

    /// At most `limit` records and `bytes_max` bytes from a position on, and the position behind
    /// them.
    #[must_use]
    pub fn read(&self, from: u64, limit: u64, bytes_max: u64, keys: &KeyTable) -> (Batch, u64) {
        let mut batch = Batch::default();
        let mut position = from.clamp(self.horizon, self.end);
        if position == self.end {
            return (batch, position);
        }
        for segment in self.segments.iter().skip(self.segment_of(position)) {
            let len = segment.block.id.len() as u64;
            let start = position - segment.first;
            let room = limit - (position - from.max(self.horizon));
            let wanted = len.min(start + room);
            let whole = start == 0 && wanted == len && batch.bytes + segment.bytes <= bytes_max;
            let stop = if whole {
                batch.bytes += segment.bytes;
                wanted
            } else {
                take_rows(&segment.block, start..wanted, bytes_max, keys, &mut batch.bytes)
            };
            if stop > start {
                let block = Arc::clone(&segment.block);
                batch.slices.push(Slice { block, from: narrow(start), to: narrow(stop) });
            }
            position = segment.first + stop;
            if stop < len {
                break;
            }
        }
        (batch, position)
    }

    /// The newest records, newest slice first.
    #[must_use]
    pub fn newest(&self, count: u32) -> Vec<Slice> {
        let mut left = u64::from(count).min(self.held());
        let mut slices = Vec::new();
        for segment in self.segments.iter().rev() {
            if left == 0 {
                break;
            }
            let len = segment.block.id.len() as u64;
            let take = left.min(len);
            let (from, to) = (narrow(len - take), narrow(len));
            slices.push(Slice { block: Arc::clone(&segment.block), from, to });
            left -= take;
        }
        slices
    }

    fn segment_of(&self, position: u64) -> usize {
        self.segments.partition_point(|segment| segment.first <= position) - 1
    }
}

/// Adds rows up to a total of `bytes_max`; returns the row it stopped at.
fn take_rows(
    block: &Block,
    rows: core::ops::Range<u64>,
    bytes_max: u64,
    keys: &KeyTable,
    total: &mut u64,
) -> u64 {
    for row in rows.clone() {
        let bytes = block.bytes_of(index(row), keys);
        if *total + bytes > bytes_max {
            return row;
        }
        *total += bytes;
    }
    rows.end
}

fn index(offset: u64) -> usize {
    usize::try_from(offset).expect("a block is far smaller than 2^32")
}

fn narrow(offset: u64) -> u32 {
    u32::try_from(offset).expect("a block is far smaller than 2^32")
}
