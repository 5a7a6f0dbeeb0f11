//! The lanes of a stream in their card: how many rows, how high, where.
//!
//! What is open has a row, in the order of the hash range; then come closed shards that still have
//! something to read, in slim rows. More open shards than rows are cells of one heat strip. When
//! shards open or close, rows grow and shrink over a short time. All of this is a function of the
//! snapshot: scrubbing back shows exactly what was there.

use base::Time;
use engine::snapshot::{Lane, Lanes};

use crate::geometry::{BED, LANE, LANES_TOP};
use crate::num;
use crate::view::View;

/// More open shards than this are drawn as a heat strip.
pub const LANES_MAX: u32 = 32;
/// Height of the row of a closed shard.
pub const CLOSED: f64 = 20.0;
/// Closed shards with a row of their own; the others share one.
pub const CLOSED_MAX: usize = 4;
/// Lower rows than this have room for one line of text.
pub const FULL: f64 = 31.0;
/// A row is never lower, however small its hash range.
const RANGE_MIN: f64 = 18.0;
/// The share of a record's way over a wire that a split or merge takes: 400 of 600 ms.
const PARTING: (u64, u64) = (2, 3);
/// Room around the cells of a heat strip, and its two lines of text.
const STRIP_PAD: f64 = 8.0;
const STRIP_WORDS: f64 = 34.0;
/// A heat strip has at most so many cells; beyond that a cell stands for several shards.
const CELLS_MAX: usize = 2_016;
/// Up to so many cells are large.
const LARGE_MAX: usize = 196;

/// One row.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Row {
    /// Shard index.
    pub shard: u32,
    /// Below the top of the card.
    pub top: f64,
    /// Its height.
    pub height: f64,
    /// Nothing enters it any more.
    pub closed: bool,
    /// How far a split or merge has come, eased: 1 when it is over.
    pub parted: f64,
    /// Two lanes flowed together in it.
    pub joined: bool,
}

impl Row {
    /// Below the top of the card.
    #[must_use]
    pub fn bottom(&self) -> f64 {
        self.top + self.height
    }

    /// The height at which its records lie, below the top of the card.
    #[must_use]
    pub fn bed(&self) -> f64 {
        let full = ((self.height - 24.0) / 10.0).clamp(0.0, 1.0);
        self.top + self.height / 2.0 + (BED - LANE / 2.0) * full
    }

    /// How far from its bed the two lanes still are that flow together in it.
    #[must_use]
    pub fn apart(&self) -> f64 {
        if self.joined { LANE / 2.0 * (1.0 - self.parted) } else { 0.0 }
    }
}

/// Where the cells of a heat strip are, from the corner of the card.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Grid {
    /// Shards.
    pub shards: usize,
    /// Shards a cell stands for.
    pub each: usize,
    /// Cells beside each other.
    pub columns: usize,
    /// From cell to cell.
    pub pitch: u32,
}

impl Grid {
    fn of(shards: usize, width: f64) -> Self {
        let each = shards.div_ceil(CELLS_MAX).max(1);
        let pitch = if shards <= LARGE_MAX { 12 } else { 8 };
        let columns = num::whole((width - 24.0) / f64::from(pitch)).max(1);
        Self { shards, each, columns, pitch }
    }

    /// Cells.
    #[must_use]
    pub fn cells(&self) -> usize {
        self.shards.div_ceil(self.each.max(1))
    }

    /// Height of all cells.
    #[must_use]
    pub fn height(&self) -> f64 {
        f64::from(self.pitch) * num::len(self.cells().div_ceil(self.columns.max(1)))
    }

    /// The corner of a cell.
    #[must_use]
    pub fn cell(&self, at: usize) -> (f64, f64) {
        let columns = self.columns.max(1);
        let place = |n: usize| f64::from(self.pitch) * num::len(n);
        (12.0 + place(at % columns), LANES_TOP + STRIP_PAD + place(at / columns))
    }

    /// The cell under a point of the card.
    #[must_use]
    pub fn at(&self, (x, y): (f64, f64)) -> Option<usize> {
        let (left, top) = self.cell(0);
        if x < left || y < top {
            return None;
        }
        let pitch = f64::from(self.pitch.max(1));
        let (column, row) = (num::whole((x - left) / pitch), num::whole((y - top) / pitch));
        let cell = row * self.columns + column;
        (column < self.columns && cell < self.cells()).then_some(cell)
    }
}

/// All rows of a card.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stack {
    /// Open ones first, then closed ones.
    pub rows: Vec<Row>,
    /// Instead of open rows, when there are too many.
    pub strip: Option<Grid>,
    /// Closed shards without a row of their own.
    pub folded: usize,
    /// Of the card, header and axis included.
    pub height: f64,
}

impl Stack {
    /// Room for so many open shards, before a run says anything.
    #[must_use]
    pub fn planned(count: u32, width: f64) -> Self {
        if count > LANES_MAX {
            return Self::strip(num::whole(f64::from(count)), width);
        }
        let row = |shard| Row { shard, height: LANE, parted: 1.0, ..Row::default() };
        Self::piled((0..count).map(row).collect(), 0)
    }

    /// What is open and what drains at this moment.
    #[must_use]
    pub fn of(lanes: &Lanes, now: Time, view: &View, width: f64) -> Self {
        let open: Vec<&Lane> = lanes.lanes.iter().filter(|lane| !lane.closed).collect();
        if open.len() > num::whole(f64::from(LANES_MAX)) {
            return Self::strip(open.len(), width);
        }
        let mut rows: Vec<Row> = open.iter().map(|lane| row(lane, now, view)).collect();
        if view.true_heights {
            by_range(&open, &mut rows);
        } else {
            part(&open, &mut rows);
        }
        let mut draining = draining(lanes);
        for lane in draining.by_ref().take(CLOSED_MAX) {
            let row = row(lane, now, view);
            rows.push(Row { height: CLOSED * row.parted, ..row });
        }
        let folded = draining.count();
        Self::piled(rows, folded)
    }

    fn piled(mut rows: Vec<Row>, folded: usize) -> Self {
        let mut height = LANES_TOP;
        for row in &mut rows {
            row.top = height;
            height += row.height;
        }
        if folded > 0 {
            height += CLOSED;
        }
        Self { rows, strip: None, folded, height }
    }

    fn strip(shards: usize, width: f64) -> Self {
        let grid = Grid::of(shards, width);
        let height = LANES_TOP + 2.0 * STRIP_PAD + grid.height() + STRIP_WORDS;
        Self { rows: Vec::new(), strip: Some(grid), folded: 0, height }
    }

    /// Rows that take records.
    pub fn open(&self) -> impl DoubleEndedIterator<Item = &Row> {
        self.rows.iter().filter(|row| !row.closed)
    }

    /// The row records of a shard flow into: its own, or that of its first child when it closed
    /// while they were on their way.
    #[must_use]
    pub fn row_of(&self, lanes: Option<&Lanes>, shard: u32) -> Option<&Row> {
        let own = |shard: u32| self.open().find(|row| row.shard == shard);
        own(shard).or_else(|| {
            let is_child =
                |lane: &&Lane| lane.parents.0 == Some(shard) || lane.parents.1 == Some(shard);
            own(lanes?.lanes.iter().find(is_child)?.shard)
        })
    }
}

/// Closed shards with something left to read.
pub(crate) fn draining(lanes: &Lanes) -> impl Iterator<Item = &Lane> {
    lanes.lanes.iter().filter(|lane| lane.closed && !lane.drained)
}

/// A row, before it has a place.
fn row(lane: &Lane, now: Time, view: &View) -> Row {
    let since = if lane.closed { lane.closed_at } else { lane.opened };
    let is_born = lane.closed || lane.parents.0.is_some();
    let whole = view.transit_micros * PARTING.0 / PARTING.1;
    let gone = now.since(since).0;
    let parted = if !is_born || view.reduced_motion || gone >= whole {
        1.0
    } else {
        let rest = 1.0 - num::float(gone) / num::float(whole);
        1.0 - rest * rest * rest
    };
    let joined = lane.parents.1.is_some();
    Row { shard: lane.shard, height: LANE, closed: lane.closed, parted, joined, top: 0.0 }
}

/// Children begin with the room their parents had, and grow or shrink to a lane.
fn part(open: &[&Lane], rows: &mut [Row]) {
    let mut parents: Vec<u32> = Vec::new();
    let mut begin = 0.0;
    for (lane, row) in open.iter().zip(&*rows).filter(|(_, row)| row.parted < 1.0) {
        parents.extend([lane.parents.0, lane.parents.1].into_iter().flatten());
        begin += first_height(row);
    }
    base::order::sort(&mut parents[..]);
    parents.dedup();
    let scale = if begin > 0.0 { LANE * num::len(parents.len()) / begin } else { 1.0 };
    for row in rows.iter_mut().filter(|row| row.parted < 1.0) {
        row.height += (first_height(row) * scale - LANE) * (1.0 - row.parted);
    }
}

fn first_height(row: &Row) -> f64 {
    if row.joined { 2.0 * LANE } else { LANE / 2.0 }
}

/// Heights in proportion to the hash range, all together as high as equal lanes.
fn by_range(open: &[&Lane], rows: &mut [Row]) {
    let whole = LANE * num::len(rows.len());
    for (lane, row) in open.iter().zip(rows) {
        let width = lane.range.1.saturating_sub(lane.range.0) >> 64;
        let share = num::float(u64::try_from(width).unwrap_or(u64::MAX)) / num::float(u64::MAX);
        row.height = (whole * share).round().max(RANGE_MIN);
    }
}
