//! What an operator says: rows, clocks and faults, in order.

use super::{Late, Row};
use crate::problem::Problem;

/// One thing an operator says.
#[derive(Clone, Debug)]
pub enum Event {
    /// A row for whoever reads this operator.
    Row(Row),
    /// No row before this moment will follow.
    Clock(i64),
    /// A row that could not be computed.
    Failure(Failure),
}

/// A row that could not be computed, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// The row it was about.
    pub row: Row,
    /// What kind of fault it is, in a word or two.
    pub name: &'static str,
    /// Why, in a sentence.
    pub message: String,
}

/// Where an operator says it.
#[derive(Clone, Debug, Default)]
pub struct Output {
    events: Vec<Event>,
    /// Processing time, in microseconds since 1970.
    now: i64,
    stop: Option<Problem>,
    late: Late,
}

impl Output {
    /// Processing time, in microseconds since 1970.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.now
    }

    /// Tells processing time.
    pub(super) fn set_now(&mut self, now: i64) {
        self.now = now;
    }

    /// Gives a row.
    pub fn row(&mut self, row: Row) {
        self.events.push(Event::Row(row));
    }

    /// Promises that no row before this moment will follow.
    pub fn clock(&mut self, clock: i64) {
        self.events.push(Event::Clock(clock));
    }

    /// Tells of a row that could not be computed.
    pub fn fail(&mut self, row: Row, name: &'static str, message: impl Into<String>) {
        self.events.push(Event::Failure(Failure { row, name, message: message.into() }));
    }

    /// Tells of a row of this moment that is left out: the clock stands there.
    pub fn late(&mut self, time: i64, clock: i64) {
        self.late.add(time, clock);
    }

    /// Ends the run: a limit is reached. The first reason counts.
    pub fn stop(&mut self, why: Problem) {
        self.stop.get_or_insert(why);
    }

    /// What was said since the last time, in order.
    pub(super) fn take(&mut self) -> Vec<Event> {
        core::mem::take(&mut self.events)
    }

    /// Gives the memory of what was taken back, to be used again.
    pub(super) fn give_back(&mut self, mut events: Vec<Event>) {
        events.clear();
        if self.events.is_empty() {
            self.events = events;
        }
    }

    /// The late rows since the last time.
    pub(super) fn take_late(&mut self) -> Late {
        core::mem::take(&mut self.late)
    }

    /// Why the run ends, if it does.
    pub(super) fn stopped(&mut self) -> Option<Problem> {
        self.stop.take()
    }
}
