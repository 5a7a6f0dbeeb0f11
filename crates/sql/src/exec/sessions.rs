//! Sessions that have not ended, whatever they hold.
//!
//! Rows not further apart than the gap belong together, exactly the gap included; a session ends
//! the gap behind its last row (facts, analytics §3.1).

use super::key::{Key, KeyMap};
use super::operator::MILLISECOND;
use super::track::{Seen, WINDOWS_MAX};
use super::{Output, Track};

/// Open sessions of each key.
#[derive(Clone, Debug)]
pub struct Sessions<T> {
    /// How long nothing comes until a session ends, in microseconds.
    gap: i64,
    open: KeyMap<Vec<Live<T>>>,
    /// The first end of an open session.
    next: i64,
    clock: i64,
    seen: Seen,
}

/// A session that has not ended.
#[derive(Clone, Debug)]
pub struct Live<T> {
    /// The time of its first row.
    pub start: i64,
    /// The gap behind its last row.
    pub end: i64,
    /// How many rows it has.
    pub rows: u64,
    /// What is kept of them.
    pub kept: T,
}

impl<T: Default> Sessions<T> {
    /// None yet.
    #[must_use]
    pub fn new(gap: i64) -> Self {
        let (open, next, clock) = (KeyMap::default(), i64::MAX, i64::MIN);
        Self { gap, open, next, clock, seen: Seen::default() }
    }

    /// The session of a new row, and those it grows together with, the earliest first: whoever
    /// asks puts them into it and gives it back. None when the row is late.
    pub fn at(
        &mut self,
        key: &Key,
        time: i64,
        out: &mut Output,
    ) -> Option<(Live<T>, Vec<Live<T>>)> {
        let end = time.saturating_add(self.gap);
        let mut live = Live { start: time, end, rows: 1, kept: T::default() };
        let lives = self.open.get_mut(key);
        let meets = |it: &Live<T>| it.start <= end && it.end >= time;
        let (mut met, rest): (Vec<_>, Vec<_>) =
            lives.map(core::mem::take).into_iter().flatten().partition(meets);
        if !rest.is_empty() {
            self.open.insert(key.clone(), rest);
        }
        if met.is_empty() && end <= self.clock {
            out.late(time, self.clock - MILLISECOND);
            return None;
        }
        base::order::sort_by_key(&mut met, |it| it.start);
        for other in &met {
            live.start = live.start.min(other.start);
            live.end = live.end.max(other.end);
            live.rows += other.rows;
        }
        Some((live, met))
    }

    /// A session goes on.
    pub fn keep(&mut self, key: Key, live: Live<T>) {
        self.next = self.next.min(live.end);
        self.open.entry(key).or_default().push(live);
    }

    /// The sessions that have ended, in the order of their ends.
    pub fn ended(&mut self, clock: i64) -> Vec<Live<T>> {
        self.clock = self.clock.max(clock);
        let mut ended: Vec<Live<T>> = Vec::new();
        if self.next > clock {
            return ended;
        }
        for lives in self.open.values_mut() {
            ended.extend(lives.extract_if(.., |it| it.end <= clock));
        }
        self.open.retain(|_, lives| !lives.is_empty());
        let ends = self.open.values().flatten().map(|it| it.end);
        self.next = ends.min().unwrap_or(i64::MAX);
        base::order::sort_by_key(&mut ended, |it| (it.end, it.start));
        for live in &ended {
            self.seen.close(live.start, live.end, live.rows);
        }
        ended
    }

    /// What can be seen of them.
    pub fn watch(&self, track: &mut Track) {
        track.seen(&self.seen);
        for live in self.open.values().flatten().take(WINDOWS_MAX) {
            track.open(live.start, live.end, live.rows);
        }
    }
}
