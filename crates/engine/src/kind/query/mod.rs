//! What runs streaming SQL: records become rows of a query, rows that come out become records.
//!
//! Not a kind, like `reader`: a SQL application has one of these, and a Flink application. A record
//! that goes into the query is folded, a row that goes out to somewhere is derived (`sink`). What
//! is shown of it, the tables of its streams and the windows over time, is kept here too.

pub(super) mod life;
mod seen;
pub(super) mod sink;
#[cfg(test)]
mod tests;
mod track;

use std::rc::Rc;
use std::sync::Arc;

use base::{Duration, Ring, Time};
use sql::live::{Arrival, Late, Live, Out, Pushed};
use sql::print::text_of;
use sql::{Dialect, Value};

use self::seen::{Arrived, Shown};
pub(super) use self::seen::{Face, FindTime};
pub(super) use self::track::time_column;
use crate::batch::Record;
use crate::cause::{Cause, Reason};
use crate::kernel::Kernel;
use crate::kernel::ctx::Ctx;
use crate::kernel::ledger::Account;
use crate::kernel::queue::TimerId;
use crate::kind::stream::SequenceNumber;
use crate::kind::writer::uuid;
use crate::snapshot::{Gauge, NodeView, Ruler, Table, WindowTrack};

/// A query at work.
#[derive(Clone, Debug)]
pub(super) struct Query {
    live: Live,
    /// The streams rows come out of, as `Live::outputs` has them.
    streams: Vec<Shown>,
    /// Records that came in lately.
    arrived: Ring<Arrived>,
    /// Colours of what came in, second by second.
    colours: Ring<(i64, [u32; 7])>,
    /// What came out last, at one moment.
    newest: Vec<Out>,
    newest_at: Time,
    emitted: u64,
    late: track::Tray,
    /// Late rows of Flink that were told.
    late_told: u64,
    /// The seconds in which late rows, and other errors, were explained last.
    explained: [Option<u64>; 2],
    /// Rows that came out and were not taken yet.
    fresh: Vec<Out>,
    /// The code asks for sequence numbers, which take time to write down.
    numbers: bool,
    /// The lines of the script that a card shows, and what windows it has.
    code: Vec<String>,
    form: &'static str,
}

/// Where a record was read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// Its shard.
    pub shard: u32,
    /// When that was created, in Unix seconds.
    pub created_secs: u64,
    /// How many records lie before it there.
    pub before: u64,
}

/// Where a row goes: the number of the output, and as what.
#[derive(Clone, Debug)]
pub(super) struct Way {
    /// Among the outputs of the part.
    pub output: usize,
    /// What a row becomes.
    pub form: Form,
    /// What its partition key is.
    pub key: KeyBy,
}

/// What the partition key of a record is.
#[derive(Clone, Debug)]
pub(super) enum KeyBy {
    /// The first text of its row, or its time.
    Text,
    /// Another one for each.
    Random,
    /// Always the same.
    Fixed,
    /// These columns, with this text between them.
    Columns(Vec<usize>, String),
}

/// What a row becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// An object.
    Json,
    /// A line.
    Csv,
}

impl Query {
    /// A query that has seen nothing.
    pub(super) fn new(live: Live, code: &str, dialect: Dialect) -> Self {
        Self {
            streams: live.outputs().iter().map(|it| Shown::new(it, dialect)).collect(),
            live,
            arrived: Ring::new(u32::try_from(Ruler::ROWS_MAX).unwrap_or(u32::MAX)),
            colours: Ring::new(seen::SECONDS),
            newest: Vec::new(),
            newest_at: Time::ZERO,
            emitted: 0,
            late: track::Tray::default(),
            late_told: 0,
            explained: [None; 2],
            fresh: Vec::new(),
            numbers: code.to_ascii_uppercase().replace('-', "_").contains("SEQUENCE_NUMBER"),
            code: seen::lines(code),
            form: seen::windows(code, dialect),
        }
    }

    /// The query itself.
    pub(super) fn live(&self) -> &Live {
        &self.live
    }

    /// Goes on from another moment of the same query; what is shown stays.
    pub(super) fn restore(&mut self, live: Live) {
        self.late_told = live.late().count;
        self.live = live;
        self.fresh.clear();
    }

    /// Time goes on.
    pub(super) fn advance(&mut self, time_micros: i64) {
        self.live.advance(time_micros);
    }

    /// A record that is held goes in at this time, and is no more. Only one of a stream has a
    /// place.
    pub(super) fn push(
        &mut self,
        input: usize,
        (record, place): (&Record, Option<Place>),
        time_micros: i64,
        ctx: &mut Ctx<'_>,
    ) -> Pushed {
        let mut data = Vec::with_capacity(record.data_bytes() as usize);
        record.append_to(&mut data);
        let (mut shard_id, mut number) = (String::new(), String::new());
        if let Some(Place { shard, created_secs, before }) = place {
            shard_id = format!("shardId-{shard:012}");
            if self.numbers {
                let secs = ctx.wall_millis(record.arrival) / 1_000;
                number =
                    SequenceNumber { created_secs, index: before + 1, secs, shard }.to_string();
            }
        }
        let arrival = Arrival {
            time_micros,
            approximate_arrival_micros: ctx.wall_micros(record.arrival),
            shard: &shard_id,
            partition_key: &Arc::clone(ctx.keys().text(record.key)),
            sequence_number: &number,
        };
        let late = self.live.late().count;
        let pushed = self.live.push(input, &arrival, &data);
        let slot = ctx.keys().slot(record.key);
        self.see(record, time_micros, slot, ctx.now());
        if self.live.late().count > late {
            self.late.note(slot);
        }
        self.gather();
        let (me, bytes) = (ctx.me(), record.bytes(ctx.keys()));
        ctx.book(Account::Held(me), Account::Folded(me), 1, bytes);
        pushed
    }

    /// A record that is held is told to be none: a row of `error_stream`.
    pub(super) fn refuse(&mut self, record: &Record, why: &str, time: i64, ctx: &mut Ctx<'_>) {
        let mut data = Vec::new();
        record.append_to(&mut data);
        self.live.fail(time, &data, why);
        let (me, bytes) = (ctx.me(), record.bytes(ctx.keys()));
        ctx.book(Account::Held(me), Account::Folded(me), 1, bytes);
    }

    /// The rows that came out since the last time, noted for what is shown.
    pub(super) fn take(&mut self, now: Time) -> Vec<Out> {
        self.gather();
        let out = core::mem::take(&mut self.fresh);
        let is_error = |it: &Out| self.streams.get(it.output).is_some_and(Shown::is_errors);
        let results: Vec<Out> = out.iter().filter(|it| !is_error(it)).cloned().collect();
        if !results.is_empty() {
            self.emitted += results.len() as u64;
            if self.newest_at != now {
                self.newest.clear();
            }
            self.newest_at = now;
            self.newest.extend(results.into_iter().take(seen::NEWEST_MAX));
        }
        for it in &out {
            if let Some(stream) = self.streams.get_mut(it.output) {
                stream.note(&it.row);
            }
        }
        out
    }

    /// Explains what came out of `error_stream`, once a second for late rows and for all others.
    pub(super) fn explain(&mut self, out: &[Out], ctx: &mut Ctx<'_>) {
        let is_error = |it: &&Out| self.streams.get(it.output).is_some_and(Shown::is_errors);
        let errors: Vec<&Out> = out.iter().filter(is_error).collect();
        for (at, reason) in [Reason::LateRow, Reason::ErrorRow].into_iter().enumerate() {
            let mine = errors.iter().filter(|it| is_late(it) == (reason == Reason::LateRow));
            let Some(last) = mine.clone().next_back() else { continue };
            let second = Some(ctx.now().secs());
            if self.explained[at] == second {
                continue;
            }
            self.explained[at] = second;
            let text = |at: usize| last.row.values.get(at).map(text_of).unwrap_or_default();
            let behind = match reason {
                Reason::LateRow => self.live.late().behind_micros,
                _ => 0,
            };
            ctx.explain(Cause {
                error: format!("{}: {}", text(ERROR_NAME), text(MESSAGE)).into(),
                records: u32::try_from(mine.count()).unwrap_or(u32::MAX),
                used: u64::try_from(behind).unwrap_or(0),
                ..Cause::new(ctx.now(), ctx.me(), reason)
            });
        }
    }

    /// Takes what came out.
    fn gather(&mut self) {
        self.fresh.extend(self.live.take());
    }

    /// Explains rows that Flink has dropped since the last time because they were late; how many.
    pub(super) fn explain_late(&mut self, ctx: &mut Ctx<'_>) -> u64 {
        let Late { count, behind_micros } = self.live.late();
        let new = count.saturating_sub(self.late_told);
        self.late_told = count;
        if new > 0 {
            ctx.explain(Cause {
                records: u32::try_from(new).unwrap_or(u32::MAX),
                used: u64::try_from(behind_micros).unwrap_or(0),
                ..Cause::new(ctx.now(), ctx.me(), Reason::LateRow)
            });
        }
        new
    }

    /// Remembers a record for a while.
    fn see(&mut self, record: &Record, time: i64, slot: u8, at: Time) {
        let second = time.div_euclid(1_000_000);
        match self.colours.last_mut() {
            Some((last, counts)) if *last == second => counts[usize::from(slot)] += 1,
            _ => {
                let mut counts = [0; 7];
                counts[usize::from(slot)] = 1;
                self.colours.push((second, counts));
            }
        }
        self.arrived.push(Arrived { record: record.clone(), time, at, slot });
    }

    /// The outputs that the rows of a stream of the query go to.
    fn ways<'a>(&self, out: &Out, ways: &'a [(String, Way)]) -> impl Iterator<Item = &'a Way> {
        let name = self.live.outputs().get(out.output).map(|it| it.name.clone());
        ways.iter().filter(move |(stream, _)| Some(stream) == name.as_ref()).map(|(_, way)| way)
    }

    /// Makes records of rows, each with the number of the output it is for.
    pub(super) fn write(
        &self,
        rows: &[Out],
        ways: &[(String, Way)],
        ctx: &mut Ctx<'_>,
    ) -> Vec<(usize, Record)> {
        let (mut chunk, mut made, mut records) = (Vec::new(), Vec::new(), Vec::new());
        for row in rows {
            for way in self.ways(row, ways) {
                let from = length(&chunk);
                match way.form {
                    Form::Json => chunk.extend_from_slice(self.live.json(row).as_bytes()),
                    Form::Csv => {
                        chunk.extend_from_slice(self.live.csv(row).as_bytes());
                        chunk.push(b'\n');
                    }
                }
                made.push((way.output, key_of(row, &way.key, ctx), from..length(&chunk)));
                if chunk.len() > CHUNK_BYTES {
                    seal(&mut chunk, &mut made, &mut records, ctx);
                }
            }
        }
        seal(&mut chunk, &mut made, &mut records, ctx);
        records
    }

    /// The newest rows of each of its streams.
    pub(super) fn tables(&self, count: u32) -> Vec<Table> {
        self.streams.iter().map(|stream| stream.table(count as usize)).collect()
    }

    /// Memory it takes, about.
    pub(super) fn memory(&self) -> u64 {
        self.live.state_bytes()
    }

    /// What a card shows of a query, or of none.
    pub(super) fn show(query: Option<&Self>, face: &Face<'_>, kernel: &Kernel, out: &mut NodeView) {
        let track = match query {
            Some(query) => track::view(query, face, kernel),
            None => WindowTrack { state: face.state, ..WindowTrack::default() },
        };
        out.gauges.push(Gauge::Windows(Box::new(track)));
    }
}

/// Sets a timer for the next whole second of the wall clock.
pub(super) fn next_second(code: u32, ctx: &mut Ctx<'_>) -> TimerId {
    let past = ctx.wall_millis(ctx.now()) % 1_000;
    ctx.after(Duration::from_millis(1_000 - past), code, 0)
}

/// A row on its way into a record: its output, its key, its part of the data.
type Made = (usize, String, core::ops::Range<u32>);

/// Makes records of what was written.
fn seal(
    chunk: &mut Vec<u8>,
    made: &mut Vec<Made>,
    records: &mut Vec<(usize, Record)>,
    ctx: &mut Ctx<'_>,
) {
    ctx.grew(chunk.len());
    let (chunk, born) = (Rc::new(core::mem::take(chunk)), ctx.now());
    let first = ctx.new_records(made.len() as u64).0;
    for (id, (output, key, part)) in (first..).zip(made.drain(..)) {
        let key = ctx.keys_mut().intern(&key);
        let len = part.end - part.start;
        records.push((output, Record::new((base::RecordId(id), key, born), &chunk, part, len)));
    }
}

/// Data of records that is kept together, about.
const CHUNK_BYTES: usize = 1 << 20;
/// Where a row of `error_stream` says what went wrong, and how it names a late row.
const ERROR_NAME: usize = 2;
const MESSAGE: usize = 3;
const LATE: &str = "Row is late";

fn is_late(row: &Out) -> bool {
    row.row.values.get(ERROR_NAME) == Some(&Value::Text(LATE.into()))
}

/// The longest partition key (botocore 1.44.5).
const KEY_CHARS_MAX: usize = 256;

fn key_of(row: &Out, by: &KeyBy, ctx: &mut Ctx<'_>) -> String {
    let values = &row.row.values;
    match by {
        KeyBy::Text => {
            let text = values.iter().find_map(|value| match value {
                Value::Text(text) if !text.is_empty() => Some(cut(text)),
                _ => None,
            });
            text.unwrap_or_else(|| row.row.time.to_string())
        }
        KeyBy::Random => uuid(ctx.rng()),
        KeyBy::Fixed => "0".to_owned(),
        KeyBy::Columns(columns, between) => {
            let texts: Vec<String> = columns
                .iter()
                .map(|at| values.get(*at).map_or_else(String::new, text_of))
                .collect();
            cut(&texts.join(between))
        }
    }
}

fn cut(key: &str) -> String {
    key.chars().take(KEY_CHARS_MAX).collect()
}

fn length(chunk: &[u8]) -> u32 {
    u32::try_from(chunk.len()).expect("a chunk ends soon after one mebibyte")
}
