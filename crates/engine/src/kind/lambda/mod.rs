//! Lambda: an event source mapping polls a stream and invokes a function with batches.
//!
//! Each shard has `ParallelizationFactor` lines; a partition key always goes to the same one. A
//! batch that fails stays at the head of its line: that is what blocks a shard.

mod failed;
mod line;

use base::{Duration, EdgeId, Ratio, Time, VecMap};
use scenario::DataSets;
use scenario::kind::{Body, LambdaConfig, Start, StartAt};

use self::line::{Line, Piece, Row, after_error, expire};
use super::Component;
use super::reader::{Read, Reader, ReaderConfig, TIMERS};
use crate::batch::Batch;
use crate::call::Request;
use crate::cause::{Cause, Reason};
use crate::kernel::Kernel;
use crate::kernel::ctx::Ctx;
use crate::kernel::ledger::Account;
use crate::kernel::queue::{Event, TimerId};
use crate::snapshot::{EdgeView, Gauge, MarkKind, NodeView, ShardAge};

/// Positions of the metrics in the kind's specification.
mod metric {
    pub(super) const INVOCATIONS: u8 = 0;
    pub(super) const ERRORS: u8 = 1;
    pub(super) const THROTTLES: u8 = 2;
    pub(super) const DURATION: u8 = 3;
    pub(super) const CONCURRENT: u8 = 4;
    pub(super) const ITERATOR_AGE: u8 = 5;
}

/// Timer: an invocation ends.
const DONE: u32 = 1;
/// Timer: a line may go on.
const WAKE: u32 = 2;
/// A batch that failed or was throttled is invoked again this much later.
const RETRY: Duration = Duration::SECOND;
/// `Limit` of `GetRecords`: the most there is.
const RECORDS_MAX: u32 = 10_000;
/// An iterator age beyond this is drawn as late.
const LATE_MICROS: u64 = 5_000_000;

/// Shard and line.
type Place = (u32, u32);

/// State of a mapping and its function.
#[derive(Clone, Debug)]
pub struct Lambda {
    config: LambdaConfig,
    reader: Reader,
    failed: Option<EdgeId>,
    lines: VecMap<Place, Line>,
    /// Invocations by the timer of their end.
    running: VecMap<TimerId, Invocation>,
    /// Execution environments that were used before.
    warm: u32,
    held: u64,
    processed: u64,
    discarded: u64,
}

#[derive(Clone, Copy, Debug)]
struct Invocation {
    place: Place,
    timed_out: bool,
}

impl Component for Lambda {
    type Config = LambdaConfig;

    fn new(config: &LambdaConfig, _data: &DataSets, _ctx: &mut Ctx<'_>) -> Self {
        Self {
            config: config.clone(),
            reader: Reader::new(reader_config(config)),
            failed: None,
            lines: VecMap::new(),
            running: VecMap::new(),
            warm: 0,
            held: 0,
            processed: 0,
            discarded: 0,
        }
    }

    fn handle(&mut self, event: Event, ctx: &mut Ctx<'_>) {
        match event {
            Event::Rewired => self.rewired(ctx),
            Event::Timer { id, code: DONE, .. } => {
                if let Some(invocation) = self.running.remove(&id) {
                    self.ended(invocation, ctx);
                }
            }
            Event::Timer { code: WAKE, data, .. } => {
                let part = |bits: u64| u32::try_from(bits & 0xffff_ffff).unwrap_or(0);
                self.advance((part(data >> 32), part(data)), ctx);
            }
            Event::Timer { code, data, .. } if code >= TIMERS => {
                if let Ok(shard) = u32::try_from(data)
                    && self.is_full(shard)
                {
                    self.reader.pause(shard, ctx.now() + Duration::SECOND);
                }
                self.read(event, ctx);
            }
            Event::Response { .. } => self.read(event, ctx),
            Event::Timer { .. } | Event::Request { .. } => {}
        }
    }

    fn reconfigure(&mut self, config: &LambdaConfig, _data: &DataSets, ctx: &mut Ctx<'_>) {
        self.config = config.clone();
        self.reader.reconfigure(reader_config(config), ctx);
        let places: Vec<Place> = self.lines.keys().copied().collect();
        for place in places {
            self.advance(place, ctx);
        }
    }

    fn held(&self) -> u64 {
        self.held
    }

    fn memory(&self) -> u64 {
        self.held * size_of::<Row>() as u64
    }

    fn observe(&self, kernel: &Kernel, out: &mut NodeView, _edges: &mut [EdgeView]) {
        let blocked = |shard| self.lines_of(shard).any(Line::is_blocked);
        let cell = |(shard, age_micros)| {
            let late = age_micros > LATE_MICROS || blocked(shard);
            ShardAge { shard, age_micros, late }
        };
        let cells: Vec<ShardAge> = self.reader.ages(kernel.now).map(cell).collect();
        let stuck = cells.iter().filter(|cell| blocked(cell.shard)).count();
        out.gauges.push(Gauge::Shards { cells });
        out.gauges.push(Gauge::Line {
            left: format!("{} running", self.running.len()),
            right: if stuck > 0 { format!("{stuck} blocked") } else { String::new() },
        });
        out.gauges.push(Gauge::Line {
            left: "discarded".to_owned(),
            right: base::units::grouped(self.discarded),
        });
        out.counters.extend([("processed", self.processed), ("discarded", self.discarded)]);
    }

    fn check(&self) -> Result<(), String> {
        let lines: u64 = self.lines.values().map(Line::held).sum();
        if lines == self.held {
            return Ok(());
        }
        Err(format!("its lines have {lines} records but it holds {}", self.held))
    }
}

impl Lambda {
    /// Another stream than before: what was read of the old one is let go.
    fn rewired(&mut self, ctx: &mut Ctx<'_>) {
        let out = ctx.edges_out();
        self.failed = out.iter().find(|edge| edge.from.port == "failed").map(|edge| edge.id);
        let edge = ctx.edges_in().first().map(|edge| edge.id);
        if edge == self.reader.edge() {
            return;
        }
        for (_, line) in core::mem::take(&mut self.lines).into_vec() {
            let pieces = line.retry.into_iter().chain(line.running);
            let rows: Vec<Row> = pieces.flat_map(|piece| piece.rows).chain(line.waiting).collect();
            self.held -= rows.len() as u64;
            ctx.drop_held(Reason::Removed, rows.len() as u64, booked(&rows));
        }
        self.running.clear();
        self.reader.rewire(edge, ctx);
        if let Some(edge) = edge {
            ctx.set_alarm(edge, LATE_MICROS);
        }
    }

    fn lines_of(&self, shard: u32) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(move |(place, _)| place.0 == shard).map(|(_, line)| line)
    }

    /// Whether a shard has full batches waiting: it is not polled meanwhile.
    fn is_full(&self, shard: u32) -> bool {
        let waiting: usize = self.lines_of(shard).map(|line| line.waiting.len()).sum();
        let most = self.config.batch_size * self.config.parallelization_factor;
        waiting >= most as usize
    }

    fn read(&mut self, event: Event, ctx: &mut Ctx<'_>) {
        match self.reader.handle(event, ctx) {
            Some(Read::Records { shard, batch, skipped, .. }) => {
                if skipped > 0 {
                    ctx.mark(MarkKind::Loss);
                    explain(Reason::RetentionLost, "", shard, skipped, (0, 0), ctx);
                }
                self.take(shard, &batch, ctx);
            }
            Some(Read::Failed { shard, error }) => {
                let stream = ctx.peer_name(self.reader.edge());
                let text = format!("{}: {}", error.code.name(), error.message(&stream));
                explain(error.reason, &text, shard, 0, (0, 0), ctx);
            }
            None => {}
        }
    }

    fn take(&mut self, shard: u32, batch: &Batch, ctx: &mut Ctx<'_>) {
        let factor = u128::from(self.config.parallelization_factor.max(1));
        for slice in &batch.slices {
            for (seq, record) in (slice.block.seq(slice.from as usize)..).zip(slice.rows()) {
                let part = u32::try_from(ctx.keys().hash(record.key) % factor).unwrap_or(0);
                let line = self.lines.get_or_insert_with((shard, part), Line::default);
                if line.waiting.is_empty() {
                    line.since = ctx.now();
                }
                line.waiting.push_back(Row {
                    key: record.key,
                    seq,
                    arrival: record.arrival,
                    data: record.data_bytes(),
                    booked: record.bytes(ctx.keys()),
                });
            }
        }
        self.held += batch.records();
        let parts: Vec<Place> = self.lines.keys().filter(|it| it.0 == shard).copied().collect();
        for place in parts {
            self.advance(place, ctx);
        }
    }

    /// Invokes the function with the next batch of a line, if it may.
    fn advance(&mut self, place: Place, ctx: &mut Ctx<'_>) {
        while let Some(line) = self.lines.get_mut(&place) {
            if line.running.is_some() {
                return;
            }
            let mut piece = match line.next(&self.config, ctx.now()) {
                Ok(Some(piece)) => piece,
                Ok(None) => return,
                Err(due) => {
                    wake(place, due.since(ctx.now()), ctx);
                    return;
                }
            };
            if let Some(old) = expire(&mut piece, &self.config, ctx.now()) {
                self.discard(place.0, &old, Reason::RecordTooOld, ctx);
            }
            if !piece.rows.is_empty() {
                self.invoke(place, piece, ctx);
                return;
            }
        }
    }

    fn invoke(&mut self, place: Place, piece: Piece, ctx: &mut Ctx<'_>) {
        let config = &self.config;
        let reserved = config.reserves_concurrency.then_some(config.reserved_concurrency);
        let most = reserved.unwrap_or(config.account_concurrency);
        let harm = ctx.harm();
        let is_throttled = self.running.len() >= most as usize;
        let Some(line) = self.lines.get_mut(&place) else { return };
        if is_throttled || harm.fails {
            // Neither counts as an attempt.
            line.retry.push_front(piece);
            line.rests_until = ctx.now() + RETRY;
            wake(place, RETRY, ctx);
            if is_throttled {
                ctx.count(metric::THROTTLES, 1);
                let text = "TooManyRequestsException: Rate Exceeded.";
                explain(Reason::ConcurrencyLimit, text, place.0, 0, (0, 0), ctx);
            }
            return;
        }
        let concurrent = u32::try_from(self.running.len()).unwrap_or(u32::MAX) + 1;
        let cold = if concurrent > self.warm { config.cold_start_millis } else { 0 };
        self.warm = self.warm.max(concurrent);
        let millis = u64::from(config.batch_millis + cold) + harm.extra_millis;
        let per_record = u64::from(config.record_micros) * piece.rows.len() as u64;
        let works = Duration::from_millis(millis) + Duration(per_record);
        let timeout = Duration::from_secs(config.timeout_secs.into());
        let lasts = works.min(timeout);
        let age = piece.rows.last().map_or(0, |row| ctx.now().since(row.arrival).millis());
        line.running = Some(piece);
        ctx.count(metric::INVOCATIONS, 1);
        ctx.peak(metric::DURATION, lasts.millis());
        ctx.peak(metric::CONCURRENT, concurrent.into());
        ctx.peak(metric::ITERATOR_AGE, age);
        let timer = ctx.after(lasts, DONE, 0);
        self.running.insert(timer, Invocation { place, timed_out: works > timeout });
    }

    fn ended(&mut self, invocation: Invocation, ctx: &mut Ctx<'_>) {
        let Invocation { place, timed_out } = invocation;
        let piece = self.lines.get_mut(&place).and_then(|line| line.running.take());
        let Some(piece) = piece else { return };
        let poison = self.poison(&piece, ctx);
        let percent = Ratio::percent(self.config.fail_percent);
        let fails = match self.config.body {
            Body::Ok => false,
            Body::Fail => ctx.rng().chance(percent),
            Body::Poison => poison.is_some(),
        };
        if !timed_out && !fails {
            self.finish(&piece.rows, ctx);
            self.advance(place, ctx);
            return;
        }
        let reports = self.config.report_item_failures && !timed_out;
        let reported = poison.filter(|_row| reports);
        if reported.is_none() {
            // With a partial answer the invocation itself succeeds.
            ctx.count(metric::ERRORS, 1);
        }
        self.failed(place, piece, reported, ctx);
    }

    fn failed(&mut self, place: Place, piece: Piece, reported: Option<u32>, ctx: &mut Ctx<'_>) {
        let records = piece.rows.len() as u64;
        let attempt = piece.failures + 1;
        let verdict = after_error(piece, reported, &self.config);
        self.finish(&verdict.done, ctx);
        match &verdict.discarded {
            Some(piece) => self.discard(place.0, piece, Reason::RetriesExhausted, ctx),
            None => explain(Reason::FunctionError, "", place.0, records, (attempt, 0), ctx),
        }
        let Some(line) = self.lines.get_mut(&place) else { return };
        for piece in verdict.retry.into_iter().rev() {
            line.retry.push_front(piece);
            line.rests_until = ctx.now() + RETRY;
        }
        self.advance(place, ctx);
    }

    /// The first record of the poison key.
    fn poison(&self, piece: &Piece, ctx: &Ctx<'_>) -> Option<u32> {
        if self.config.body != Body::Poison {
            return None;
        }
        let is_poison = |row: &Row| **ctx.keys().text(row.key) == *self.config.poison_key;
        piece.rows.iter().position(is_poison).and_then(|row| u32::try_from(row).ok())
    }

    fn finish(&mut self, rows: &[Row], ctx: &mut Ctx<'_>) {
        let (me, records) = (ctx.me(), rows.len() as u64);
        self.held -= records;
        self.processed += records;
        ctx.book(Account::Held(me), Account::Delivered(me), records, booked(rows));
    }

    fn discard(&mut self, shard: u32, piece: &Piece, reason: Reason, ctx: &mut Ctx<'_>) {
        let records = piece.rows.len() as u64;
        self.held -= records;
        self.discarded += records;
        ctx.drop_held(reason, records, booked(&piece.rows));
        ctx.mark(MarkKind::Loss);
        explain(reason, "", shard, records, (0, 0), ctx);
        let stream = ctx.peer_name(self.reader.edge());
        let Some(edge) = self.failed else { return };
        if let Some(object) = failed::object(shard, piece, reason, &stream, ctx) {
            ctx.send(edge, Request::PutObject(object));
        }
    }
}

fn booked(rows: &[Row]) -> u64 {
    rows.iter().map(|row| row.booked).sum()
}

fn wake((shard, part): Place, wait: Duration, ctx: &mut Ctx<'_>) {
    ctx.after(wait, WAKE, u64::from(shard) << 32 | u64::from(part));
}

fn explain(
    reason: Reason,
    error: &str,
    shard: u32,
    records: u64,
    attempt: (u32, u32),
    ctx: &mut Ctx<'_>,
) {
    let records = u32::try_from(records).unwrap_or(u32::MAX);
    ctx.explain(Cause {
        error: error.into(),
        shard: Some(shard),
        attempt,
        records,
        ..Cause::new(ctx.now(), ctx.me(), reason)
    });
}

fn reader_config(config: &LambdaConfig) -> ReaderConfig {
    let start = match config.start {
        Start::TrimHorizon => StartAt::TrimHorizon,
        Start::Latest => StartAt::Latest,
        Start::AtTimestamp => StartAt::AtTimestamp,
    };
    ReaderConfig {
        poll: Duration::SECOND,
        limit: RECORDS_MAX,
        start,
        timestamp: Time(config.start_secs.saturating_mul(1_000_000)),
        sequence_number: None,
    }
}
