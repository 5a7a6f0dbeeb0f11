//! Lambda: an event source mapping polls a stream and invokes a function with batches.
//!
//! Each shard has `ParallelizationFactor` lines; a partition key always goes to the same one. A
//! batch that fails stays at the head of its line: that is what blocks a shard. When the mapping
//! divides a shard anew it begins at its checkpoint: batches inside the function are forgotten and
//! invoked again.

mod enrich;
#[cfg(test)]
mod enrich_tests;
mod failed;
mod function;
mod invoke;
mod line;
mod output;
#[cfg(test)]
mod tests;
mod view;
mod window;

use base::{Duration, EdgeId, Time, VecMap};
use scenario::DataSets;
use scenario::filter::Filter;
use scenario::kind::{LambdaConfig, Start, StartAt};
use scenario::ports::Flow;
use scenario::price::Item;
use sql::Select;

use self::invoke::Invocation;
use self::line::{Line, Piece, Row, Run, after_error, expire, oversized};
use self::output::Sent;
use super::Component;
use super::reader::{Read, Reader, ReaderConfig, TIMERS};
use crate::batch::Batch;
use crate::call::{Request, Response};
use crate::cause::{Cause, Reason};
use crate::kernel::Kernel;
use crate::kernel::ctx::Ctx;
use crate::kernel::ledger::Account;
use crate::kernel::queue::{Event, Token};
use crate::snapshot::{EdgeView, MarkKind, NodeView};
use crate::usage::Meter;

/// Positions of the metrics in the kind's specification.
mod metric {
    pub(super) const INVOCATIONS: u8 = 0;
    pub(super) const ERRORS: u8 = 1;
    pub(super) const THROTTLES: u8 = 2;
    pub(super) const DURATION: u8 = 3;
    pub(super) const CONCURRENT: u8 = 4;
    pub(super) const ITERATOR_AGE: u8 = 5;
    pub(super) const UNDELIVERED: u8 = 6;
}

/// Timer: an invocation goes on.
const RUN: u32 = 1;
/// Timer: a line may go on.
const WAKE: u32 = 2;
/// Timer: an invocation by an application goes on.
const INVOKED: u32 = 3;
/// A batch that failed or was throttled is invoked again this much later.
const RETRY: Duration = Duration::SECOND;
/// `Limit` of `GetRecords`: the most there is.
const RECORDS_MAX: u32 = 10_000;
/// An iterator age beyond this is drawn as late.
const LATE_MICROS: u64 = 5_000_000;
/// An answer that is caught up holds every record older than this.
const READ_LAG: Duration = Duration::SECOND;

/// Shard and line.
type Place = (u32, u32);

/// State of a mapping and its function.
#[derive(Clone, Debug)]
pub struct Lambda {
    config: LambdaConfig,
    filter: Filter,
    reader: Reader,
    failed: Option<EdgeId>,
    /// The output and what it speaks.
    out: Option<(EdgeId, Flow)>,
    /// What an enriching function makes of a record.
    select: Option<Select>,
    lines: VecMap<Place, Line>,
    /// Shards that are read to their end but not processed: their children wait.
    ended: Vec<u32>,
    /// Batches inside the function.
    running: u32,
    /// Invocations by applications that are not over, and how many there were.
    invoked: Vec<Invocation>,
    invocations: u64,
    /// Execution environments that were used before.
    warm: u32,
    /// Calls of the function without an answer.
    sent: VecMap<Token, Sent>,
    held: u64,
    tally: Tally,
}

/// Totals since the beginning.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    processed: u64,
    /// Records that no pattern fits.
    filtered: u64,
    /// Records the function saw: those inside aggregates count.
    user_records: u64,
    discarded: u64,
    forwarded: u64,
    windows: u64,
    windows_cut: u64,
    /// Invocations, and how long they held how much memory.
    requests: u64,
    mib_millis: u64,
}

impl Component for Lambda {
    type Config = LambdaConfig;

    fn new(config: &LambdaConfig, _data: &DataSets, _ctx: &mut Ctx<'_>) -> Self {
        Self {
            config: config.clone(),
            filter: Filter::parse(&config.filter).unwrap_or_default(),
            reader: Reader::new(reader_config(config)),
            failed: None,
            out: None,
            select: enrich::select_of(config),
            lines: VecMap::new(),
            ended: Vec::new(),
            running: 0,
            invoked: Vec::new(),
            invocations: 0,
            warm: 0,
            sent: VecMap::new(),
            held: 0,
            tally: Tally::default(),
        }
    }

    fn handle(&mut self, event: Event, ctx: &mut Ctx<'_>) {
        match event {
            Event::Rewired => self.rewired(ctx),
            Event::Timer { id, code: RUN, data } => self.rang(place_of(data), id, ctx),
            Event::Timer { code: WAKE, data, .. } => self.advance(place_of(data), ctx),
            Event::Timer { code, data, .. } if code >= TIMERS => {
                if let Ok(shard) = u32::try_from(data)
                    && self.is_full(shard)
                {
                    self.reader.pause(shard, ctx.now() + Duration::SECOND);
                }
                self.read(event, ctx);
            }
            Event::Response { token, response: Response::Put(outcome), .. } => {
                self.put_answered(token, &outcome, ctx);
            }
            Event::Response { token, response: Response::Items(outcome), .. } => {
                self.items_answered(token, &outcome, ctx);
            }
            Event::Response { response: Response::Object(result), .. } => {
                ctx.count(metric::UNDELIVERED, u64::from(result.is_err()));
            }
            Event::Response { .. } => self.read(event, ctx),
            Event::Timer { code: INVOKED, data, .. } => self.invocation_due(data, ctx),
            Event::Request { token, edge, request: Request::Put(put) } => {
                self.invoke_with((token, edge), &put.batch, ctx);
            }
            Event::Timer { .. } | Event::Request { .. } => {}
        }
        self.let_children_begin(ctx);
    }

    fn reconfigure(&mut self, config: &LambdaConfig, _data: &DataSets, ctx: &mut Ctx<'_>) {
        let divided = |it: &LambdaConfig| (it.parallelization_factor, it.tumbling_window_secs);
        let anew = divided(config) != divided(&self.config);
        self.config = config.clone();
        self.filter = Filter::parse(&config.filter).unwrap_or_default();
        self.select = enrich::select_of(config);
        self.reader.reconfigure(reader_config(config), ctx);
        if anew {
            self.divide_anew(ctx);
        }
        let places: Vec<Place> = self.lines.keys().copied().collect();
        for place in places {
            self.advance(place, ctx);
        }
        self.let_children_begin(ctx);
    }

    fn held(&self) -> u64 {
        self.held
    }

    fn memory(&self) -> u64 {
        let written: u64 = self.sent.values().map(|sent| sent.batch.bytes).sum();
        written + self.held * size_of::<Row>() as u64
    }

    fn observe(&self, kernel: &Kernel, out: &mut NodeView, _edges: &mut [EdgeView]) {
        self.view(kernel, out);
    }

    fn usage(&self, _kernel: &Kernel, meter: &mut Meter<'_>) {
        meter.add(Item::LambdaRequest, self.tally.requests);
        meter.add(Item::LambdaTime, self.tally.mib_millis);
    }

    fn check(&self) -> Result<(), String> {
        let lines: u64 = self.lines.values().map(Line::held).sum();
        if lines != self.held {
            return Err(format!("its lines have {lines} records but it holds {}", self.held));
        }
        let running = self.lines.values().filter(|line| line.running.is_some()).count();
        if running != self.running as usize {
            return Err(format!("{running} batches run but it counts {}", self.running));
        }
        self.check_order()
    }
}

impl Lambda {
    /// Another stream than before: what was read of the old one is let go.
    fn rewired(&mut self, ctx: &mut Ctx<'_>) {
        let out = ctx.edges_out();
        let leaves = |port| out.iter().find(|edge| edge.from.port == port);
        self.out = leaves("out").and_then(|edge| Some((edge.id, ctx.flow(edge)?)));
        self.failed = leaves("failed").map(|edge| edge.id);
        let mut reads = ctx.edges_in().into_iter();
        let edge = reads.find(|edge| ctx.flow(edge) == Some(Flow::Read)).map(|edge| edge.id);
        if edge == self.reader.edge() {
            return;
        }
        for (_, line) in core::mem::take(&mut self.lines).into_vec() {
            let rows: Vec<Row> = line.into_rows().collect();
            self.held -= rows.len() as u64;
            ctx.drop_held(Reason::Removed, rows.len() as u64, booked(&rows));
        }
        self.running = 0;
        self.ended.clear();
        self.reader.rewire(edge, ctx);
        if let Some(edge) = edge {
            let creation = Duration::from_secs(self.config.creation_secs.into());
            self.reader.rest_until(ctx.now() + creation);
            ctx.set_alarm(edge, LATE_MICROS);
        }
    }

    /// Divides what is held into lines by the settings of now.
    fn divide_anew(&mut self, ctx: &mut Ctx<'_>) {
        let mut rows: Vec<(u32, Row)> = Vec::new();
        for ((shard, _), line) in core::mem::take(&mut self.lines).into_vec() {
            rows.extend(line.into_rows().map(|row| (shard, row)));
        }
        base::order::sort_by(&mut rows[..], |a, b| (a.0, a.1.seq).cmp(&(b.0, b.1.seq)));
        self.running = 0;
        for (shard, row) in rows {
            self.enqueue(shard, row, ctx);
        }
        for ((shard, _), line) in self.lines.iter_mut() {
            if self.reader.is_done(*shard) {
                line.read_until = Time(u64::MAX);
            }
        }
    }

    /// The order of a key holds across a reshard: nothing of a child is read while anything of its
    /// parents is left to do (facts, streams §5.3).
    fn check_order(&self) -> Result<(), String> {
        let busy = self.lines.iter().filter(|(_, line)| line.held() > 0);
        let mut shards: Vec<u32> = busy.map(|((shard, _), _)| *shard).collect();
        shards.dedup();
        for (at, parent) in shards.iter().enumerate() {
            let mut younger = shards[at + 1..].iter();
            if let Some(child) = younger.find(|child| self.reader.share_keys(*parent, **child)) {
                return Err(format!("has records of shard {child} before {parent} is processed"));
            }
        }
        Ok(())
    }

    /// Environments that work.
    fn busy(&self) -> u32 {
        self.running + u32::try_from(self.invoked.len()).unwrap_or(u32::MAX)
    }

    /// How many may.
    fn concurrency_max(&self) -> u32 {
        let config = &self.config;
        let reserved = config.reserves_concurrency.then_some(config.reserved_concurrency);
        reserved.unwrap_or(config.account_concurrency)
    }

    fn lines_of(&self, shard: u32) -> impl Iterator<Item = (&Place, &Line)> {
        self.lines.iter().filter(move |(place, _)| place.0 == shard)
    }

    /// Whether a shard has full batches waiting: it is not polled meanwhile.
    fn is_full(&self, shard: u32) -> bool {
        let waiting: usize = self.lines_of(shard).map(|(_, line)| line.waiting.len()).sum();
        let most = self.config.batch_size * self.config.parallelization_factor;
        waiting >= most as usize
    }

    fn read(&mut self, event: Event, ctx: &mut Ctx<'_>) {
        match self.reader.handle(event, ctx) {
            Some(Read::Records { shard, batch, skipped, behind_micros }) => {
                if skipped > 0 {
                    ctx.mark(MarkKind::Loss);
                    explain(Reason::RetentionLost, "", shard, skipped, (0, 0), ctx);
                }
                self.take(shard, &batch, behind_micros, ctx);
            }
            Some(Read::Failed { shard, error }) => {
                let stream = ctx.peer_name(self.reader.edge());
                let text = format!("{}: {}", error.code.name(), error.message(&stream));
                explain(error.reason, &text, shard, 0, (0, 0), ctx);
            }
            None => {}
        }
    }

    fn take(&mut self, shard: u32, batch: &Batch, behind_micros: u64, ctx: &mut Ctx<'_>) {
        self.held += batch.records();
        let mut data = Vec::new();
        for slice in &batch.slices {
            for (seq, record) in (slice.block.seq(slice.from as usize)..).zip(slice.rows()) {
                let booked = record.bytes(ctx.keys());
                if !self.filter.is_empty() {
                    data.clear();
                    record.append_to(&mut data);
                    if !self.filter.keeps(ctx.keys().text(record.key), &data) {
                        self.leave_out(booked, ctx);
                        continue;
                    }
                }
                let users = self.take_apart(record, ctx);
                self.enqueue(shard, Row { record: record.clone(), seq, booked, users }, ctx);
            }
        }
        let is_done = self.reader.is_done(shard);
        if is_done {
            self.ended.push(shard);
        }
        let read_until = match behind_micros {
            _ if is_done => Some(Time(u64::MAX)),
            0 => Some(Time(ctx.now().0.saturating_sub(READ_LAG.0))),
            _ => None,
        };
        let places: Vec<Place> = self.lines_of(shard).map(|(place, _)| *place).collect();
        for place in places {
            if let (Some(until), Some(line)) = (read_until, self.lines.get_mut(&place)) {
                line.read_until = until;
            }
            self.advance(place, ctx);
        }
    }

    /// Children begin once nothing of their parents is left to do, failed batches included: only
    /// so the order of a key holds (facts, streams §5.3 and §10).
    fn let_children_begin(&mut self, ctx: &mut Ctx<'_>) {
        if self.ended.is_empty() {
            return;
        }
        let is_busy = |shard: &u32| self.lines_of(*shard).any(|(_, line)| !line.is_idle());
        let ended = self.ended.iter().copied();
        let (busy, done): (Vec<u32>, Vec<u32>) = ended.partition(is_busy);
        self.ended = busy;
        for shard in done {
            self.reader.processed(shard, ctx);
        }
    }

    /// No pattern fits a record: it counts as read.
    fn leave_out(&mut self, booked: u64, ctx: &mut Ctx<'_>) {
        self.held -= 1;
        self.tally.filtered += 1;
        let me = ctx.me();
        ctx.book(Account::Held(me), Account::Delivered(me), 1, booked);
    }

    /// Puts a record at the end of its line; it is held already.
    fn enqueue(&mut self, shard: u32, row: Row, ctx: &Ctx<'_>) {
        let factor = u128::from(self.config.parallelization_factor.max(1));
        let part = u32::try_from(ctx.keys().hash(row.record.key) % factor).unwrap_or(0);
        let line = self.lines.get_or_insert_with((shard, part), Line::default);
        if line.waiting.is_empty() {
            line.since = ctx.now();
        }
        line.waiting.push_back(row);
    }

    /// How old a record may be that is tried: records are gone when the stream does not keep them
    /// any more, or reach `MaximumRecordAgeInSeconds` (facts, streams §10).
    fn age_max(&self, ctx: &Ctx<'_>) -> Duration {
        let kept = ctx.peer_retention(self.reader.edge());
        let set = Duration::from_secs(self.config.record_age_secs.into());
        if self.config.limits_record_age { kept.min(set) } else { kept }
    }

    /// Invokes the function with the next batch of a line, if it may.
    fn advance(&mut self, place: Place, ctx: &mut Ctx<'_>) {
        let age_max = self.age_max(ctx);
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
            if let Some(old) = expire(&mut piece, age_max, ctx.now()) {
                self.discard(place, &old, Reason::RecordTooOld, ctx);
            }
            if let Some(large) = oversized(&mut piece) {
                self.discard(place, &large, Reason::TooLarge, ctx);
            }
            if piece.closes || !piece.rows.is_empty() {
                self.invoke(place, piece, ctx);
                return;
            }
        }
    }

    /// A batch failed: it is tried again, in parts or whole, or given up.
    fn retry(&mut self, place: Place, run: Run, reported: Option<u32>, ctx: &mut Ctx<'_>) {
        let Run { piece, folds, failure, .. } = run;
        let records = piece.rows.len() as u64;
        let attempt = piece.failures + 1;
        let verdict = after_error(piece, reported, &self.config);
        self.finish(&verdict.done, folds, ctx);
        match &verdict.discarded {
            Some(piece) => self.discard(place, piece, Reason::RetriesExhausted, ctx),
            None => {
                let plain = cause(Reason::FunctionError, place.0, records, ctx);
                let (error, key) =
                    failure.map_or_else(|| ("".into(), None), |it| (it.text, it.key));
                ctx.explain(Cause { error, key, attempt: (attempt, 0), ..plain });
            }
        }
        let Some(line) = self.lines.get_mut(&place) else { return };
        for piece in verdict.retry.into_iter().rev() {
            line.retry.push_front(piece);
            line.rests_until = ctx.now() + RETRY;
        }
    }

    fn finish(&mut self, rows: &[Row], folds: bool, ctx: &mut Ctx<'_>) {
        let (me, records) = (ctx.me(), rows.len() as u64);
        self.held -= records;
        self.tally.processed += records;
        self.tally.user_records += rows.iter().map(Row::count).sum::<u64>();
        let delivered = Account::Delivered(me);
        if folds {
            // What was made of them has been booked when it was written.
            return ctx.book(Account::Held(me), Account::Folded(me), records, booked(rows));
        }
        for row in rows.iter().filter(|row| !row.users.is_empty()) {
            let users = row.users.iter().map(|user| user.bytes(ctx.keys())).sum();
            ctx.book(Account::Held(me), Account::Folded(me), 1, row.booked);
            ctx.book(Account::Derived(me), delivered, row.count(), users);
        }
        let plain = rows.iter().filter(|row| row.users.is_empty());
        let (count, bytes) = plain.fold((0, 0), |sum, row| (sum.0 + 1, sum.1 + row.booked));
        ctx.book(Account::Held(me), delivered, count, bytes);
    }

    /// Gives a batch up and tells the on-failure destination.
    fn discard(&mut self, place: Place, piece: &Piece, reason: Reason, ctx: &mut Ctx<'_>) {
        if piece.closes
            && let Some(line) = self.lines.get_mut(&place)
        {
            line.window = None;
        }
        let records = piece.rows.len() as u64;
        if records == 0 {
            return;
        }
        self.held -= records;
        self.tally.discarded += records;
        ctx.drop_held(reason, records, booked(&piece.rows));
        ctx.mark(MarkKind::Loss);
        let is_large = reason == Reason::TooLarge;
        ctx.explain(Cause {
            limit: if is_large { line::PAYLOAD_MAX } else { 0 },
            used: if is_large { piece.rows.iter().map(Row::payload).max().unwrap_or(0) } else { 0 },
            ..cause(reason, place.0, records, ctx)
        });
        let stream = ctx.peer_name(self.reader.edge());
        let Some(edge) = self.failed else { return };
        let shard = (place.0, self.reader.created_secs(place.0));
        if let Some(object) = failed::object(shard, piece, reason, &stream, ctx) {
            ctx.send(edge, Request::PutObject(object));
        }
    }
}

fn booked(rows: &[Row]) -> u64 {
    rows.iter().map(|row| row.booked).sum()
}

fn place_of(data: u64) -> Place {
    let part = |bits: u64| u32::try_from(bits & 0xffff_ffff).unwrap_or(0);
    (part(data >> 32), part(data))
}

fn data_of((shard, part): Place) -> u64 {
    u64::from(shard) << 32 | u64::from(part)
}

fn wake(place: Place, wait: Duration, ctx: &mut Ctx<'_>) {
    ctx.after(wait, WAKE, data_of(place));
}

fn explain(
    reason: Reason,
    error: &str,
    shard: u32,
    records: u64,
    attempt: (u32, u32),
    ctx: &mut Ctx<'_>,
) {
    ctx.explain(Cause { error: error.into(), attempt, ..cause(reason, shard, records, ctx) });
}

fn cause(reason: Reason, shard: u32, records: u64, ctx: &Ctx<'_>) -> Cause {
    Cause {
        shard: Some(shard),
        records: u32::try_from(records).unwrap_or(u32::MAX),
        ..Cause::new(ctx.now(), ctx.me(), reason)
    }
}

fn reader_config(config: &LambdaConfig) -> ReaderConfig {
    let start = match config.start {
        Start::TrimHorizon => StartAt::TrimHorizon,
        Start::Latest => StartAt::Latest,
        Start::AtTimestamp => StartAt::AtTimestamp,
    };
    ReaderConfig {
        retrieval: config.retrieval,
        poll: Duration::SECOND,
        limit: RECORDS_MAX,
        start,
        timestamp: Time(config.start_secs.saturating_mul(1_000_000)),
        sequence_number: None,
        children_wait: true,
    }
}
