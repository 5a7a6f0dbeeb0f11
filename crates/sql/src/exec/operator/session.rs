//! Sessions: windows that end when nothing came for so long.
//!
//! Rows not further apart than the gap belong together, exactly the gap included; a session ends
//! the gap behind its last row (facts, analytics §3.1).

use super::Operator;
use super::assign::window_values;
use super::scan::MILLISECOND;
use crate::agg::Accumulator;
use crate::exec::calls::{Calls, key_of, moment_of};
use crate::exec::key::{Key, KeyMap};
use crate::exec::track::{Seen, WINDOWS_MAX};
use crate::exec::{Output, Row, Track};
use crate::expr::{Expr, Span};
use crate::limits::{GROUPS_MAX, too_much};

/// One row for each key of each session: keys, results, beginning, end and time of the session.
#[derive(Clone, Debug)]
pub struct Session {
    /// The time of a row.
    pub time: u32,
    /// How long nothing comes until a session ends, in microseconds.
    pub gap: i64,
    /// Sessions of different values here are different ones.
    pub partition: Vec<Expr>,
    /// What rows are grouped by within a session.
    pub keys: Vec<Expr>,
    /// What is computed of a group.
    pub calls: Calls,
    /// Where the query stands.
    pub span: Span,
    open: KeyMap<Vec<Live>>,
    count: usize,
    /// The first end of an open session.
    next: i64,
    clock: i64,
    seen: Seen,
}

/// A session that has not ended.
#[derive(Clone, Debug)]
struct Live {
    start: i64,
    end: i64,
    rows: u64,
    groups: KeyMap<Vec<Accumulator>>,
}

impl Session {
    /// Nothing has come yet.
    #[must_use]
    pub fn new(
        (time, gap): (u32, i64),
        partition: Vec<Expr>,
        keys: Vec<Expr>,
        calls: Calls,
        span: Span,
    ) -> Self {
        let (open, next, clock) = (KeyMap::default(), i64::MAX, i64::MIN);
        let (count, seen) = (0, Seen::default());
        Self { time, gap, partition, keys, calls, span, open, count, next, clock, seen }
    }

    fn take(&mut self, row: &Row, out: &mut Output) -> Result<(), String> {
        let Some(time) = moment_of(row, self.time) else { return Ok(()) };
        let partition = key_of(&self.partition, row)?;
        let key = key_of(&self.keys, row)?;
        let end = time.saturating_add(self.gap);
        let lives = self.open.entry(partition).or_default();
        let mut live = Live { start: time, end, rows: 1, groups: KeyMap::default() };
        let meets = |it: &Live| it.start <= live.end && it.end >= live.start;
        let (mut met, rest): (Vec<Live>, Vec<Live>) = lives.drain(..).partition(meets);
        *lives = rest;
        if met.is_empty() && end <= self.clock {
            out.late(time, self.clock - MILLISECOND);
            return Ok(());
        }
        base::order::sort_by_key(&mut met, |it| it.start);
        self.count -= met.iter().map(|it| it.groups.len()).sum::<usize>();
        for other in met {
            live.start = live.start.min(other.start);
            live.end = live.end.max(other.end);
            live.rows += other.rows;
            for (key, group) in other.groups {
                match live.groups.get_mut(&key) {
                    Some(into) => self.calls.merge(into, &group)?,
                    None => {
                        live.groups.insert(key, group);
                    }
                }
            }
        }
        let group = live.groups.entry(key).or_insert_with(|| self.calls.start());
        self.calls.add(group, row)?;
        self.count += live.groups.len();
        self.next = self.next.min(live.end);
        lives.push(live);
        if self.count > GROUPS_MAX {
            out.stop(too_much(self.span, "groups", GROUPS_MAX));
        }
        Ok(())
    }

    /// The sessions that have ended, in the order of their ends.
    fn ended(&mut self, clock: i64) -> Vec<Live> {
        let mut ended: Vec<Live> = Vec::new();
        for lives in self.open.values_mut() {
            ended.extend(lives.extract_if(.., |it| it.end <= clock));
        }
        self.open.retain(|_, lives| !lives.is_empty());
        let ends = self.open.values().flatten().map(|it| it.end);
        self.next = ends.min().unwrap_or(i64::MAX);
        self.count -= ended.iter().map(|it| it.groups.len()).sum::<usize>();
        base::order::sort_by_key(&mut ended, |it| (it.end, it.start));
        ended
    }

    fn fire(&self, live: &Live, key: &Key, group: &[Accumulator], out: &mut Output) {
        let mut values = key.0.to_vec();
        let found = self.calls.values(group, &mut values);
        values.extend(window_values(live.start, live.end));
        let row = Row::flink(live.end - MILLISECOND, values);
        match found {
            Ok(()) => out.row(row),
            Err(message) => out.fail(row, "Group cannot be computed", message),
        }
    }
}

impl Operator for Session {
    fn push(&mut self, _input: u32, row: Row, out: &mut Output) {
        if let Err(message) = self.take(&row, out) {
            out.fail(row, "Row cannot be computed", message);
        }
    }

    fn advance(&mut self, _input: u32, clock: i64, out: &mut Output) {
        self.clock = self.clock.max(clock);
        if self.next <= clock {
            for live in self.ended(clock) {
                self.seen.close(live.start, live.end, live.rows);
                for (key, group) in &live.groups {
                    self.fire(&live, key, group, out);
                }
            }
        }
        out.clock(clock);
    }

    fn watch(&self, track: &mut Track) {
        track.seen(&self.seen);
        for live in self.open.values().flatten().take(WINDOWS_MAX) {
            track.open(live.start, live.end, live.rows);
        }
        track.keep(self.count, self.keys.len() + self.calls.0.len());
    }
}
