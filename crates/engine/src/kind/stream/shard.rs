//! One shard: its hash range, what it stores, what it takes and gives in a second.

use base::{KeyId, Ring, Time};
use scenario::kind::StreamConfig;

use super::history::History;
use super::limiter::{ReadLimit, WriteLimit};
use super::log::Log;
use super::on_demand::Minute;
use super::sequence::SequenceNumber;
use crate::kernel::ctx::Ctx;
use crate::kernel::queue::TimerId;

/// Sampled records remembered for drawing.
const RECENT_MAX: u32 = 64;

/// One shard of a stream.
#[derive(Clone, Debug)]
pub struct Shard {
    /// The number in its id.
    pub index: u32,
    /// First and last hash key.
    pub range: (u128, u128),
    /// When it was created, in Unix seconds.
    pub created_secs: u64,
    /// When it began to take writes.
    pub opened: Time,
    /// When it stopped taking writes.
    pub closed: Option<Time>,
    /// Shards whose range it took over: the first and the last of them.
    pub parents: (Option<u32>, Option<u32>),
    /// Its records.
    pub log: Log,
    /// What it may still take.
    pub write: WriteLimit,
    /// What it may still give.
    pub read: ReadLimit,
    /// What was offered lately.
    pub window: Window,
    /// Sampled records, oldest first.
    pub recent: Ring<(Time, KeyId)>,
    /// What it stored when.
    pub history: Option<Box<History>>,
    /// The second after the one in which a refusal was last explained.
    pub explained: u64,
    /// The same for refused reads.
    pub read_explained: u64,
    /// What it took in the running minute of on-demand mode.
    pub minute: Minute,
    /// Subscriptions that wait for the next record.
    pub listeners: u32,
    /// The timer of its oldest record.
    pub expiry: Option<TimerId>,
}

impl Shard {
    /// An open shard without records.
    pub fn new(index: u32, range: (u128, u128), config: &StreamConfig, ctx: &Ctx<'_>) -> Self {
        let now = ctx.now();
        Self {
            index,
            range,
            created_secs: ctx.wall_millis(now) / 1_000,
            opened: now,
            closed: None,
            parents: (None, None),
            log: Log::default(),
            write: WriteLimit::new(config.limiter, super::record_bytes_max(config), now),
            read: ReadLimit::new(now),
            window: Window::default(),
            recent: Ring::new(RECENT_MAX),
            history: None,
            explained: 0,
            read_explained: 0,
            minute: Minute::default(),
            listeners: 0,
            expiry: None,
        }
    }

    /// The sequence number of the record with this index that arrived at a Unix second.
    #[must_use]
    pub fn sequence_number(&self, index: u64, secs: u64) -> SequenceNumber {
        let created_secs = self.created_secs;
        SequenceNumber { created_secs, index, secs: secs.max(created_secs), shard: self.index }
    }
}

/// Tenths of a second that make the last whole second and the running one.
const CELLS: usize = 20;

/// What happened to a shard lately, in tenths of a second.
#[derive(Clone, Copy, Debug, Default)]
pub struct Window {
    /// The running tenth, counted from the beginning.
    tenth: u64,
    cells: [Cell; CELLS],
}

/// Sums over a while.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// Records offered, taken or not.
    pub records: u32,
    /// Their bytes.
    pub bytes: u32,
    /// Records taken.
    pub stored: u32,
    /// Their bytes.
    pub stored_bytes: u32,
}

impl Window {
    /// The running tenth, to be added to.
    #[inline]
    pub fn cell(&mut self, now: Time) -> &mut Cell {
        let tenth = now.0 / 100_000;
        if tenth != self.tenth {
            let passed = (tenth - self.tenth).min(CELLS as u64);
            for back in 0..passed {
                self.cells[slot_of(tenth - back)] = Cell::default();
            }
            self.tenth = tenth;
        }
        &mut self.cells[slot_of(tenth)]
    }

    /// Sums over the last whole second of the clock, which is what the metrics tell as well.
    #[must_use]
    pub fn last_second(&self, now: Time) -> Cell {
        self.sum(now.secs() * 10)
    }

    /// Sums over the last ten whole tenths, or over the nine of them and the running one where
    /// that is more: neither is longer than a second.
    #[must_use]
    pub fn busiest_second(&self, now: Time) -> Cell {
        let tenth = now.0 / 100_000;
        let (whole, running) = (self.sum(tenth), self.sum(tenth + 1));
        Cell {
            records: whole.records.max(running.records),
            bytes: whole.bytes.max(running.bytes),
            stored: whole.stored.max(running.stored),
            stored_bytes: whole.stored_bytes.max(running.stored_bytes),
        }
    }

    fn sum(&self, until: u64) -> Cell {
        let first = until.saturating_sub(10).max((self.tenth + 1).saturating_sub(CELLS as u64));
        let mut sum = Cell::default();
        for at in first..until.min(self.tenth + 1) {
            let cell = self.cells[slot_of(at)];
            sum.records += cell.records;
            sum.bytes = sum.bytes.saturating_add(cell.bytes);
            sum.stored += cell.stored;
            sum.stored_bytes = sum.stored_bytes.saturating_add(cell.stored_bytes);
        }
        sum
    }
}

fn slot_of(tenth: u64) -> usize {
    usize::try_from(tenth % CELLS as u64).unwrap_or(0)
}
