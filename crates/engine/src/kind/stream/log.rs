//! What a shard stores: records in order, in blocks that readers share.
//!
//! A block grows while nobody else holds it and is left alone from then on: a slice that was
//! handed out never changes and never copies. Positions count from the shard's first record ever.

use std::collections::VecDeque;
use std::rc::Rc;

use base::{Duration, Time};

use crate::batch::{Batch, Block, Record, Slice};
use crate::kernel::keys::KeyTable;

/// Retention beyond this is long-term retention.
pub const WEEK: Duration = Duration(7 * Duration::DAY.0);
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

/// Records that went because of their age.
#[derive(Clone, Copy, Debug, Default)]
pub struct Expired {
    /// How many.
    pub records: u64,
    /// Their data and key bytes.
    pub bytes: u64,
    /// As [`Log::kept`].
    pub kept: [u128; 2],
}

#[derive(Clone, Debug)]
struct Segment {
    /// Data and key bytes of all its rows.
    bytes: u64,
    /// The same times the seconds after the first row.
    weight: u128,
    block: Rc<Block>,
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
        self.written + self.held() * Record::ROW_BYTES
    }

    /// Stores a record as the newest one; `bytes` is its data plus key.
    #[inline]
    pub fn push(&mut self, record: &Record, bytes: u64, now: Time) {
        self.written += u64::from(record.written());
        let stored = record.arrived(now);
        if let Some(segment) = self.segments.back_mut()
            && let Some(block) = Rc::get_mut(&mut segment.block)
            && block.records.len() < BLOCK_ROWS
        {
            segment.bytes += bytes;
            let after = now.secs() - block.records[0].arrival.secs();
            if after > 0 {
                segment.weight += u128::from(bytes) * u128::from(after);
            }
            block.records.push(stored);
        } else {
            self.begin(stored, bytes);
        }
        self.end += 1;
    }

    /// Stores a record as the first one of a new block.
    fn begin(&mut self, record: Record, bytes: u64) {
        let room = self.segments.back().map_or(1, |segment| segment.block.records.len());
        let mut records = Vec::with_capacity(room.min(BLOCK_ROWS));
        records.push(record);
        let block = Rc::new(Block { records, before: self.end });
        self.segments.push_back(Segment { bytes, weight: 0, block });
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
        segment.block.records[index(position - segment.block.before)].arrival
    }

    /// How far behind a reader is that goes on at a position: the age of the record before it, for
    /// as long as more records lie there (facts, streams §3.2 and §4.4). Only who has come to the
    /// end is told zero.
    #[must_use]
    pub fn behind(&self, position: u64, now: Time) -> Duration {
        if position >= self.end {
            return Duration::ZERO;
        }
        let at = position.saturating_sub(1).max(self.horizon);
        now.since(self.arrival(at)).max(Duration::from_millis(1))
    }

    /// The position of the first record that arrived at or after a time.
    #[must_use]
    pub fn position_at(&self, time: Time) -> u64 {
        let at = self.segments.partition_point(|segment| {
            segment.block.records.last().is_some_and(|record| record.arrival < time)
        });
        let position = self.segments.get(at).map_or(self.end, |segment| {
            let block = &segment.block;
            block.before + block.records.partition_point(|it| it.arrival < time) as u64
        });
        position.max(self.horizon)
    }

    /// Forgets what arrived longer than `retention` ago.
    #[inline(never)]
    pub fn expire(&mut self, now: Time, retention: Duration, keys: &KeyTable) -> Expired {
        let mut gone = Expired::default();
        while let Some(segment) = self.segments.front() {
            let rows = &segment.block.records;
            let skip = index(self.horizon - segment.block.before);
            let old = rows.partition_point(|it| it.arrival + retention <= now).max(skip);
            let expired = &rows[skip..old];
            self.written -= expired.iter().map(|it| u64::from(it.written())).sum::<u64>();
            gone.records += expired.len() as u64;
            gone.bytes += expired.iter().map(|it| it.bytes(keys)).sum::<u64>();
            for (sum, age) in gone.kept.iter_mut().zip([Duration::DAY, WEEK]) {
                *sum += kept_beyond(expired, now.before(age).secs(), keys);
            }
            self.horizon += expired.len() as u64;
            if old < rows.len() {
                break;
            }
            self.segments.pop_front();
        }
        gone
    }

    /// For how long bytes were kept beyond a day and beyond a week, in byte seconds: of the records
    /// that are here.
    #[must_use]
    pub fn kept(&self, now: Time, keys: &KeyTable) -> [u128; 2] {
        [Duration::DAY, WEEK].map(|age| self.kept_since(now.before(age).secs(), keys))
    }

    #[inline(never)]
    fn kept_since(&self, edge: u64, keys: &KeyTable) -> u128 {
        let mut sum = 0;
        for segment in &self.segments {
            let rows = &segment.block.records;
            let skip = index(self.horizon.saturating_sub(segment.block.before));
            let first = rows[0].arrival.secs();
            if first >= edge {
                break;
            }
            let is_whole = skip == 0 && rows.last().is_some_and(|it| it.arrival.secs() < edge);
            sum += if is_whole {
                u128::from(segment.bytes) * u128::from(edge - first) - segment.weight
            } else {
                kept_beyond(&rows[skip..], edge, keys)
            };
        }
        sum
    }

    /// At most `limit` records and `bytes_max` bytes from a position on, and the position behind
    /// them. One record that is larger passes alone: the stream may have taken larger ones once.
    #[must_use]
    pub fn read(&self, from: u64, limit: u64, bytes_max: u64, keys: &KeyTable) -> (Batch, u64) {
        let mut batch = Batch::default();
        let mut position = from.clamp(self.horizon, self.end);
        if position == self.end {
            return (batch, position);
        }
        for segment in self.segments.iter().skip(self.segment_of(position)) {
            let len = segment.block.records.len() as u64;
            let start = position - segment.block.before;
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
                let block = Rc::clone(&segment.block);
                batch.slices.push(Slice { block, from: narrow(start), to: narrow(stop) });
            }
            position = segment.block.before + stop;
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
            let len = segment.block.records.len() as u64;
            let take = left.min(len);
            let (from, to) = (narrow(len - take), narrow(len));
            slices.push(Slice { block: Rc::clone(&segment.block), from, to });
            left -= take;
        }
        slices
    }

    fn segment_of(&self, position: u64) -> usize {
        self.segments.partition_point(|segment| segment.block.before <= position) - 1
    }
}

/// Byte seconds of records from their arrival to a second; later ones count nothing.
fn kept_beyond(rows: &[Record], edge: u64, keys: &KeyTable) -> u128 {
    let old = rows.iter().take_while(|it| it.arrival.secs() < edge);
    old.map(|it| u128::from(it.bytes(keys)) * u128::from(edge - it.arrival.secs())).sum()
}

/// Adds rows up to a total of `bytes_max`, or one larger one; returns the row it stopped at.
fn take_rows(
    block: &Block,
    rows: core::ops::Range<u64>,
    bytes_max: u64,
    keys: &KeyTable,
    total: &mut u64,
) -> u64 {
    for row in rows.clone() {
        let bytes = block.records[index(row)].bytes(keys);
        let is_alone = *total == 0 && bytes_max > 0;
        if *total + bytes > bytes_max && !is_alone {
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
