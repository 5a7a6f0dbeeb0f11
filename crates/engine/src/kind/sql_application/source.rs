//! What goes into the query: the records of a stream, or copies of what is put into a Firehose
//! stream, at the pace the application has; and the bounds that let windows close (facts, analytics
//! §1.1, §1.2, §2.4).

use base::{Duration, EdgeId, Time};
use scenario::kind::{InputStart, Retrieval, SqlApplicationConfig, StartAt};
use scenario::ports::Flow;

use super::{SqlApplication, metric, timer};
use crate::batch::{Batch, Record};
use crate::call::{PutOutcome, Response};
use crate::cause::Reason;
use crate::kernel::ctx::Ctx;
use crate::kernel::ledger::Account;
use crate::kernel::queue::{Event, Token};
use crate::kind::query::life::Stage;
use crate::kind::query::{Place, next_second};
use crate::kind::reader::{Read, ReaderConfig, explain_loss, show};

/// `Limit` of `GetRecords`: the most there is.
const RECORDS_MAX: u32 = 10_000;
/// Rows a second that one KPU works through, and one in-application stream of the input: the lower
/// and the upper end of what AWS measured (facts, analytics §1.1).
pub(super) const KPU_ROWS: u64 = 5_000;
const STREAM_ROWS: u64 = 15_000;
/// How far behind is drawn as late.
pub(super) const LATE_MICROS: u64 = 5_000_000;

/// A record on its way into the query.
#[derive(Clone, Debug)]
pub(super) struct Incoming {
    pub record: Record,
    pub place: Place,
}

/// How fast the application is, and how many KPUs that takes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pace {
    /// Works on what it has until then.
    busy_until: Time,
    /// Rows of the running second.
    rows: u64,
    /// KPUs it takes.
    pub kpus: u64,
    /// KPUs times microseconds, up to `since`.
    pub kpu_micros: u64,
    pub since: Time,
}

impl Pace {
    /// Begins with nothing to do.
    pub(super) fn restart(&mut self, now: Time) {
        *self = Self { kpu_micros: self.kpu_micros, since: now, ..Self::default() };
    }

    /// Counts KPUs up to now.
    pub(super) fn settle(&mut self, now: Time) {
        self.kpu_micros += self.kpus.max(1) * now.since(self.since).0;
        self.since = now;
    }

    /// KPU microseconds so far.
    pub(super) fn kpu_micros(&self, now: Time, runs: bool) -> u64 {
        let lasts = if runs { now.since(self.since).0 } else { 0 };
        self.kpu_micros + self.kpus.max(1) * lasts
    }
}

/// How an application reads a stream.
pub(super) fn reader_config(config: &SqlApplicationConfig) -> ReaderConfig {
    ReaderConfig {
        retrieval: Retrieval::Polling,
        poll: Duration::SECOND,
        limit: RECORDS_MAX,
        start: match config.start {
            InputStart::TrimHorizon => StartAt::TrimHorizon,
            InputStart::Now | InputStart::LastStoppedPoint => StartAt::Latest,
        },
        timestamp: Time::ZERO,
        sequence_number: None,
        children_wait: false,
    }
}

impl SqlApplication {
    /// The wire it reads a stream through.
    pub(super) fn stream(&self) -> Option<EdgeId> {
        self.source.filter(|(_, flow)| *flow == Flow::Read).map(|(edge, _)| edge)
    }

    /// Time to ask a shard; the stream waits while the application cannot take more.
    pub(super) fn poll(&mut self, event: Event, ctx: &mut Ctx<'_>) {
        if self.is_blocked(ctx) || self.function.has_backlog() {
            self.reader.rest_until(ctx.now() + Duration::SECOND);
        } else if self.pace.busy_until > ctx.now() {
            self.reader.rest_until(self.pace.busy_until);
        }
        self.read(event, ctx);
    }

    /// Gives the reader one of its events and takes what came of it.
    pub(super) fn read(&mut self, event: Event, ctx: &mut Ctx<'_>) {
        match self.reader.handle(event, ctx) {
            Some(Read::Records { shard, batch, behind_micros, skipped }) => {
                ctx.peak(metric::MILLIS_BEHIND, behind_micros / 1_000);
                if skipped > 0 {
                    explain_loss(shard, skipped, ctx);
                }
                let rows = batch.slices.iter().flat_map(|slice| {
                    let before = slice.block.before + u64::from(slice.from);
                    (before..).zip(slice.rows())
                });
                let created_secs = self.reader.created_secs(shard);
                let incoming = rows.map(|(before, record)| Incoming {
                    record: record.clone(),
                    place: Place { shard, created_secs, before },
                });
                let incoming = incoming.collect();
                self.take_in(incoming, ctx);
            }
            Some(Read::Failed { .. }) | None => {}
        }
    }

    /// Records that are held: to the function, if there is one, else into the query.
    fn take_in(&mut self, incoming: Vec<Incoming>, ctx: &mut Ctx<'_>) {
        if incoming.is_empty() {
            return;
        }
        let bytes = incoming.iter().map(|it| u64::from(it.record.data_bytes())).sum();
        ctx.count(metric::RECORDS_IN, incoming.len() as u64);
        ctx.count(metric::BYTES_IN, bytes);
        if self.function.is_there() {
            self.preprocess(incoming, ctx);
        } else {
            self.ingest(&incoming, ctx);
        }
    }

    /// Records that are held become rows, now. First the clock moves: what closes by that belongs
    /// to what was read before.
    pub(super) fn ingest(&mut self, incoming: &[Incoming], ctx: &mut Ctx<'_>) {
        let rowtime = ctx.wall_micros(ctx.now());
        self.bound(rowtime, ctx);
        for it in incoming {
            self.push(it, rowtime, ctx);
        }
        self.settle(ctx);
    }

    /// No row before this time will come.
    fn bound(&mut self, rowtime: i64, ctx: &mut Ctx<'_>) {
        if let Some(query) = self.query.as_mut().filter(|_| self.runs) {
            query.advance(rowtime);
        }
        self.settle(ctx);
    }

    fn push(&mut self, it: &Incoming, rowtime: i64, ctx: &mut Ctx<'_>) {
        let Incoming { record, place } = it;
        // A Firehose stream tells no shards.
        let told = self.stream().is_some().then_some(*place);
        let Some(query) = &mut self.query else { return };
        // The shards of the source are shared out evenly.
        let input = place.shard % self.config.input_parallelism.max(1);
        let pushed = query.push(input as usize, (record, told), rowtime, ctx);
        self.tally.records += 1;
        self.tally.rows += u64::from(pushed.rows);
        self.work(u64::from(pushed.rows + pushed.refused), ctx);
        self.progress.pass(*place);
    }

    /// A record the function could not work on: a row of `error_stream`.
    pub(super) fn refuse(&mut self, it: &Incoming, why: &str, ctx: &mut Ctx<'_>) {
        let Some(query) = &mut self.query else { return };
        query.refuse(&it.record, why, ctx.wall_micros(ctx.now()), ctx);
        self.progress.pass(it.place);
    }

    /// So many rows take their time.
    fn work(&mut self, rows: u64, ctx: &Ctx<'_>) {
        let kpus = u64::from(self.config.kpus.max(1));
        let streams = u64::from(self.config.input_parallelism.max(1));
        let rows_max = (kpus * KPU_ROWS).min(streams * STREAM_ROWS);
        let begins = self.pace.busy_until.max(ctx.now());
        self.pace.busy_until = begins + Duration(rows * 1_000_000 / rows_max);
        self.pace.rows += rows;
    }

    /// Copies of records that were put into a Firehose stream: they wait, also while it is down or
    /// stopped. Those of before a start at `NOW` are no use to it: they were never made.
    pub(super) fn tap(&mut self, token: Token, edge: EdgeId, batch: &Batch, ctx: &mut Ctx<'_>) {
        let (flight, me) = (Account::Flight(edge), ctx.me());
        let waits = self.life.stage != Stage::Ready || self.config.start != InputStart::Now;
        let to = match ctx.edges_in().iter().find(|it| it.id == edge) {
            None => Account::Dropped(me, Reason::Removed),
            Some(wire) if !waits => Account::Copied(wire.from.node),
            Some(_) => Account::Held(me),
        };
        ctx.book(flight, to, batch.records(), batch.bytes);
        ctx.reply(token, Duration::ZERO, Response::Put(PutOutcome::default()));
        if to == Account::Held(me) {
            show(edge, 0, batch, ctx);
            self.tapped.take(batch.rows().cloned(), ctx);
        }
    }

    /// Takes what a Firehose stream handed on.
    fn drain(&mut self, ctx: &mut Ctx<'_>) {
        if self.runs && self.pace.busy_until <= ctx.now() {
            let incoming = self.tapped.drain();
            self.take_in(incoming, ctx);
        }
    }

    /// Once a second: a rowtime bound, unless an output holds everything up.
    pub(super) fn on_tick(&mut self, ctx: &mut Ctx<'_>) {
        if !self.is_blocked(ctx) && !self.function.has_backlog() {
            self.drain(ctx);
            self.bound(ctx.wall_micros(ctx.now()), ctx);
        }
        self.pace.settle(ctx.now());
        let rows = core::mem::take(&mut self.pace.rows);
        self.pace.kpus = rows.div_ceil(KPU_ROWS).clamp(1, self.config.kpus.max(1).into());
        ctx.peak(metric::KPUS, self.pace.kpus);
        ctx.peak(metric::MILLIS_BEHIND, self.behind_micros(ctx.now()) / 1_000);
        self.tick = Some(next_second(timer::TICK, ctx));
    }

    /// How far reading is behind the newest record of the source.
    pub(super) fn behind_micros(&self, now: Time) -> u64 {
        let oldest = self.tapped.oldest().map_or(0, |at| now.since(at).0);
        let age = self.reader.ages(now).map(|(_, micros)| micros).max().unwrap_or(0);
        let inside = self.function.oldest().map_or(0, |at| now.since(at).0);
        // What a Firehose stream handed on waits for the next second anyway.
        age.max(inside).max(oldest.saturating_sub(1_000_000))
    }
}
