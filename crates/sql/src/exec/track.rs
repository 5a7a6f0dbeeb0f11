//! What can be seen of operators at work: windows, clocks, late rows, and about how much they keep.

use std::collections::VecDeque;

use super::Row;

/// Windows that are told: the newest ones.
pub const WINDOWS_MAX: usize = 16;

/// A window and what is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Window {
    /// The first moment that does not belong to it, in microseconds since 1970.
    pub end: i64,
    /// Its first moment.
    pub start: i64,
    /// How many rows it has, or had.
    pub rows: u64,
    /// Whether rows may still come.
    pub is_open: bool,
}

/// Rows that came too late for their window or their stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Late {
    /// How many; a row that is late for several windows counts for each.
    pub count: u64,
    /// How far the latest of them was behind the clock, in microseconds.
    pub behind_micros: i64,
}

/// What can be seen of a graph.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Track {
    /// Open windows and those that closed lately, in the order of their ends; at most
    /// [`WINDOWS_MAX`], the newest.
    pub windows: Vec<Window>,
    /// What all inputs promise: the newest rowtime bound, or the watermark, in microseconds since
    /// 1970; `i64::MIN` before there is one.
    pub clock: i64,
    /// Late rows.
    pub late: Late,
    /// About how many bytes of state are kept.
    pub state_bytes: u64,
}

/// What an operator with windows remembers of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    closed: VecDeque<Window>,
}

impl Late {
    /// One more, of this moment, where the clock stands there.
    pub(super) fn add(&mut self, time: i64, clock: i64) {
        self.count += 1;
        self.behind_micros = clock.saturating_sub(time);
    }

    /// Those of another operator, which came last.
    pub(super) fn join(&mut self, newer: Self) {
        if newer.count > 0 {
            self.count += newer.count;
            self.behind_micros = newer.behind_micros;
        }
    }
}

impl Track {
    /// Takes a window, unless enough newer ones are there.
    pub(super) fn window(&mut self, window: Window) {
        let at = self.windows.partition_point(|it| *it <= window);
        if self.windows.len() < WINDOWS_MAX {
            self.windows.insert(at, window);
        } else if at > 0 {
            self.windows.insert(at, window);
            self.windows.remove(0);
        }
    }

    /// Takes an open window.
    pub(super) fn open(&mut self, start: i64, end: i64, rows: u64) {
        self.window(Window { end, start, rows, is_open: true });
    }

    /// Counts state: so many entries of so many values.
    pub(super) fn keep(&mut self, entries: usize, values: usize) {
        let each = ENTRY_BYTES + VALUE_BYTES * values as u64;
        self.state_bytes = self.state_bytes.saturating_add(each.saturating_mul(entries as u64));
    }

    /// Counts rows that are kept, by what the first of them has.
    pub(super) fn keep_rows(&mut self, count: usize, one: Option<&Row>) {
        self.keep(count, one.map_or(0, |it| it.values.len()));
    }

    /// Takes what an operator remembers.
    pub(super) fn seen(&mut self, seen: &Seen) {
        seen.closed.iter().for_each(|it| self.window(*it));
    }
}

impl Seen {
    /// A window has closed with so many rows.
    pub(super) fn close(&mut self, start: i64, end: i64, rows: u64) {
        if self.closed.len() >= CLOSED_MAX {
            self.closed.pop_front();
        }
        self.closed.push_back(Window { end, start, rows, is_open: false });
    }
}

/// Closed windows an operator remembers.
const CLOSED_MAX: usize = 8;
/// About what a map needs for an entry with its key.
const ENTRY_BYTES: u64 = 96;
/// What a value takes.
const VALUE_BYTES: u64 = size_of::<crate::value::Value>() as u64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_windows_are_told_in_order() {
        let mut track = Track::default();
        for end in (1..=20).rev() {
            track.open(end - 1, end, 1);
        }
        track.open(0, 1, 9);
        let ends: Vec<i64> = track.windows.iter().map(|it| it.end).collect();
        assert_eq!(ends, (5..=20).collect::<Vec<_>>());
    }

    #[test]
    fn late_rows_tell_how_late() {
        let (mut late, mut all) = (Late::default(), Late { count: 1, behind_micros: 9 });
        late.add(3, 10);
        late.add(8, 10);
        all.join(late);
        all.join(Late::default());
        assert_eq!(all, Late { count: 3, behind_micros: 2 });
    }

    #[test]
    fn a_window_that_has_closed_is_told() {
        let (mut seen, mut track) = (Seen::default(), Track::default());
        seen.close(0, 5, 2);
        track.seen(&seen);
        assert_eq!(track.windows, [Window { end: 5, start: 0, rows: 2, is_open: false }]);
    }
}
