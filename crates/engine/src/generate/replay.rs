//! Replaying a data set: its rows in order, at their own times or evenly.

use std::sync::Arc;

use base::{KeyId, Rng, Time};
use scenario::DataSet;
use scenario::data::{DataFormat, instant};
use scenario::kind::{Arrival as Rule, RecordsConfig};

use super::arrival::Arrival;
use super::key::{Keys, NONE};
use super::template::write_escaped;
use crate::kernel::keys::KeyTable;

/// Rows on their way out.
#[derive(Clone, Debug)]
pub struct Replay {
    data: Arc<DataSet>,
    key_column: Option<usize>,
    /// Each column's name as a JSON member begins: `"carrier":`.
    members: Arc<[Vec<u8>]>,
    /// First and last byte of each row's line, when lines are sent as they came.
    lines: Option<Arc<[(u32, u32)]>>,
    keys: Keys,
    repeat: bool,
    pace: Pace,
    /// Rows whose time came, over all passes.
    taken: u64,
    /// Rows that were written.
    written: u64,
}

/// When rows are due.
#[derive(Clone, Debug)]
enum Pace {
    Even(Arrival),
    Timed(Timed),
}

/// Rows at the times one column tells.
#[derive(Clone, Debug)]
struct Timed {
    column: usize,
    speed: u32,
    /// A moment of the run and the moment of the data that is sent then, once one is known.
    anchor: (Time, Option<i64>),
    /// First and newest moment of this pass of the data.
    span: Option<(i64, i64)>,
    began: Time,
    due: Time,
    notes: Notes,
}

/// What was odd about the times of the rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Notes {
    /// Rows that were older than the row before them; sent at once.
    pub back: u64,
    /// Rows without a time that can be read; sent with the row before them.
    pub unreadable: u64,
}

impl Replay {
    /// Replays a data set from its first row, from now on.
    #[must_use]
    #[inline(never)]
    pub fn new(data: &Arc<DataSet>, config: &RecordsConfig, now: Time, rng: &mut Rng) -> Self {
        let member = |name: &String| {
            let mut out = b"\"".to_vec();
            write_escaped(name, &mut out);
            out.extend_from_slice(b"\":");
            out
        };
        let pace = match data.column(&config.time_column) {
            Some(column) => Pace::Timed(Timed {
                column,
                speed: config.speed.max(1),
                anchor: (now, None),
                span: None,
                began: now,
                due: now,
                notes: Notes::default(),
            }),
            None => Pace::Even(Arrival::new(&evenly(config), now, rng)),
        };
        let mut new = Self {
            data: Arc::clone(data),
            key_column: data.column(&config.key_column),
            members: data.columns.iter().map(member).collect(),
            lines: lines_of(data),
            keys: Keys::new(config),
            repeat: config.repeat,
            pace,
            taken: 0,
            written: 0,
        };
        new.look_ahead();
        new
    }

    /// Takes new settings and goes on at the row it had reached.
    pub fn reconfigure(&mut self, config: &RecordsConfig, now: Time, rng: &mut Rng) {
        self.keys = Keys::new(config);
        self.key_column = self.data.column(&config.key_column);
        self.repeat = config.repeat;
        match &mut self.pace {
            Pace::Even(arrival) => arrival.reconfigure(&evenly(config), now, rng),
            Pace::Timed(timed) => timed.set_speed(config.speed.max(1), now),
        }
    }

    /// Whether these settings replay the same rows at the same kind of pace.
    #[must_use]
    pub fn continues(&self, data: &Arc<DataSet>, config: &RecordsConfig) -> bool {
        let column = match &self.pace {
            Pace::Even(_) => None,
            Pace::Timed(timed) => Some(timed.column),
        };
        Arc::ptr_eq(&self.data, data) && data.column(&config.time_column) == column
    }

    /// What was odd about the times of the rows so far.
    #[must_use]
    pub fn notes(&self) -> Notes {
        match &self.pace {
            Pace::Even(_) => Notes::default(),
            Pace::Timed(timed) => timed.notes,
        }
    }

    fn rows(&self) -> u64 {
        self.data.rows() as u64
    }

    /// Rows that may still come.
    fn left(&self) -> u64 {
        match self.rows() {
            0 => 0,
            _ if self.repeat => u64::MAX,
            rows => rows.saturating_sub(self.taken),
        }
    }

    /// When the next row is due.
    #[must_use]
    pub fn next(&self) -> Option<Time> {
        if self.left() == 0 {
            return None;
        }
        match &self.pace {
            Pace::Even(arrival) => arrival.next(),
            Pace::Timed(timed) => Some(timed.due),
        }
    }

    /// Adds the births of the rows that are due by now.
    pub fn take(&mut self, now: Time, rng: &mut Rng, births: &mut Vec<Time>) {
        if let Pace::Even(arrival) = &mut self.pace {
            let before = births.len();
            arrival.take(now, rng, births);
            let left = usize::try_from(self.left()).unwrap_or(usize::MAX);
            births.truncate(before.saturating_add(left));
            self.taken += (births.len() - before) as u64;
            return;
        }
        while let Some(due) = self.next().filter(|due| *due <= now) {
            births.push(due);
            self.taken += 1;
            self.look_ahead();
        }
    }

    /// Finds out when the next row is due.
    fn look_ahead(&mut self) {
        if self.left() == 0 {
            return;
        }
        let (row, rows) = (self.taken % self.rows(), self.rows());
        let Pace::Timed(timed) = &mut self.pace else { return };
        if row == 0 && self.taken > 0 {
            timed.begin_again(rows);
        }
        let at = usize::try_from(row).unwrap_or(0);
        let text = self.data.row(at).get(timed.column).map_or("", |cell| cell);
        timed.meet(instant::parse(text));
    }

    /// Appends the payload of the next row and returns its key.
    #[inline(never)]
    pub fn write(&mut self, rng: &mut Rng, table: &mut KeyTable, out: &mut Vec<u8>) -> KeyId {
        let row = usize::try_from(self.written % self.rows().max(1)).unwrap_or(0);
        self.written += 1;
        let cells = self.data.row(row);
        match self.lines.as_ref().and_then(|lines| lines.get(row)) {
            Some((from, to)) => {
                let text = self.data.text.as_bytes();
                out.extend_from_slice(&text[*from as usize..*to as usize]);
            }
            None => write_object(&self.members, cells, out),
        }
        let key = self.key_column.and_then(|column| cells.get(column));
        self.keys.named(key.map_or(NONE, |cell| cell), rng, table)
    }
}

impl Timed {
    /// Takes the moment of the next row.
    fn meet(&mut self, moment: Option<i64>) {
        let newest = self.span.map(|(_, newest)| newest);
        let Some(moment) = moment else {
            self.notes.unreadable += 1;
            return;
        };
        if newest.is_some_and(|newest| moment < newest) {
            self.notes.back += 1;
            return;
        }
        self.span = Some((self.span.map_or(moment, |(first, _)| first), moment));
        let (at, zero) = self.anchor;
        let zero = zero.unwrap_or(moment);
        self.anchor = (at, Some(zero));
        let passed = u64::try_from(moment.saturating_sub(zero)).unwrap_or(0);
        let due = Time(at.0.saturating_add(passed / u64::from(self.speed)));
        self.due = due.max(self.due);
    }

    /// Begins the next pass one mean gap after the last row, and never more than a million rows a
    /// second.
    fn begin_again(&mut self, rows: u64) {
        let length = self.due.since(self.began).0;
        let gap = if length == 0 { 1_000_000 } else { length / rows.saturating_sub(1).max(1) };
        self.began = Time(self.began.0.saturating_add((length + gap).max(rows)));
        self.due = self.began;
        self.anchor = (self.began, None);
        self.span = None;
    }

    /// Goes on from the moment of the data that is being sent now.
    fn set_speed(&mut self, speed: u32, now: Time) {
        let (at, zero) = self.anchor;
        if speed != self.speed
            && let Some(zero) = zero
            && at <= now
        {
            let left = self.due.since(now).0;
            let passed = now.since(at).0.saturating_mul(u64::from(self.speed));
            self.anchor = (now, Some(zero.saturating_add_unsigned(passed)));
            let left = u128::from(left) * u128::from(self.speed) / u128::from(speed);
            self.due = Time(now.0.saturating_add(u64::try_from(left).unwrap_or(u64::MAX)));
        }
        self.speed = speed;
    }
}

/// The settings of rows that tell no time: an even rate.
fn evenly(config: &RecordsConfig) -> RecordsConfig {
    RecordsConfig { arrival: Rule::Constant, ..config.clone() }
}

/// Where the lines of JSON lines are in the text; `None` for CSV.
fn lines_of(data: &DataSet) -> Option<Arc<[(u32, u32)]>> {
    if data.format != DataFormat::JsonLines {
        return None;
    }
    let mut lines = Vec::with_capacity(data.rows());
    let mut at = 0;
    for line in data.text.split_inclusive('\n') {
        let whole = line.trim_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
        let from = at + (whole.as_ptr().addr() - line.as_ptr().addr());
        if !whole.is_empty() {
            lines.push((u32::try_from(from).ok()?, u32::try_from(from + whole.len()).ok()?));
        }
        at += line.len();
    }
    (lines.len() == data.rows()).then(|| lines.into())
}

/// A row as a JSON object; what looks like a JSON number stays one.
fn write_object(members: &[Vec<u8>], cells: &[Box<str>], out: &mut Vec<u8>) {
    out.push(b'{');
    for (at, (member, cell)) in members.iter().zip(cells).enumerate() {
        if at > 0 {
            out.push(b',');
        }
        out.extend_from_slice(member);
        if is_number(cell) {
            out.extend_from_slice(cell.as_bytes());
        } else {
            out.push(b'"');
            write_escaped(cell, out);
            out.push(b'"');
        }
    }
    out.push(b'}');
}

/// Whether a text is a number of JSON (RFC 8259, section 6).
fn is_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let text = text.strip_prefix('-').unwrap_or(text);
    let (text, exponent) = match text.split_once(['e', 'E']) {
        Some((text, exponent)) => (text, Some(exponent)),
        None => (text, None),
    };
    let (whole, part) = match text.split_once('.') {
        Some((whole, part)) => (whole, Some(part)),
        None => (text, None),
    };
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && part.is_none_or(digits)
        && exponent
            .is_none_or(|exponent| digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)))
}

#[cfg(test)]
#[path = "replay_tests.rs"]
mod tests;
