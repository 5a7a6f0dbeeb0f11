//! Groups of rows in sessions: windows that end when nothing came for so long.

use super::Operator;
use super::assign::window_values;
use super::scan::MILLISECOND;
use crate::agg::Accumulator;
use crate::exec::calls::{Calls, key_of, moment_of};
use crate::exec::key::{Key, KeyMap};
use crate::exec::sessions::{Live, Sessions};
use crate::exec::{Output, Row, Track};
use crate::expr::{Expr, Span};
use crate::limits::{GROUPS_MAX, too_much};

/// Groups of a session, by key in the order keys came.
type Groups = KeyMap<Vec<Accumulator>>;

/// One row for each key of each session: keys, results, beginning, end and time of the session.
#[derive(Clone, Debug)]
pub struct Session {
    /// The time of a row.
    time: u32,
    /// Sessions of different values here are different ones.
    partition: Vec<Expr>,
    /// What rows are grouped by within a session.
    keys: Vec<Expr>,
    /// What is computed of a group.
    calls: Calls,
    /// Where the query stands.
    span: Span,
    sessions: Sessions<Groups>,
    count: usize,
}

impl Session {
    /// Nothing has come yet; the gap is in microseconds.
    #[must_use]
    pub fn new(
        (time, gap): (u32, i64),
        partition: Vec<Expr>,
        keys: Vec<Expr>,
        calls: Calls,
        span: Span,
    ) -> Self {
        Self { time, partition, keys, calls, span, sessions: Sessions::new(gap), count: 0 }
    }

    fn take(&mut self, row: &Row, out: &mut Output) -> Result<(), String> {
        let Some(time) = moment_of(row, self.time) else { return Ok(()) };
        let partition = key_of(&self.partition, row)?;
        let key = key_of(&self.keys, row)?;
        let found = self.sessions.at(&partition, time, out);
        let Some((mut live, met)) = found else { return Ok(()) };
        self.count -= met.iter().map(|it| it.kept.len()).sum::<usize>();
        for (key, group) in met.into_iter().flat_map(|it| it.kept) {
            match live.kept.get_mut(&key) {
                Some(into) => self.calls.merge(into, &group)?,
                None => {
                    live.kept.insert(key, group);
                }
            }
        }
        let group = live.kept.entry(key).or_insert_with(|| self.calls.start());
        self.calls.add(group, row)?;
        self.count += live.kept.len();
        self.sessions.keep(partition, live);
        if self.count > GROUPS_MAX {
            out.stop(too_much(self.span, "groups", GROUPS_MAX));
        }
        Ok(())
    }

    fn fire(&self, live: &Live<Groups>, key: &Key, group: &[Accumulator], out: &mut Output) {
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
        for live in self.sessions.ended(clock) {
            self.count -= live.kept.len();
            for (key, group) in &live.kept {
                self.fire(&live, key, group, out);
            }
        }
        out.clock(clock);
    }

    fn watch(&self, track: &mut Track) {
        self.sessions.watch(track);
        track.keep(self.count, self.keys.len() + self.calls.0.len());
    }
}
