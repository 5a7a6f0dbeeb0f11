//! The tables that are read: one reader each, and how far its records are in the query.

use base::{Duration, EdgeId, Time, VecMap};
use scenario::endpoint::{self, Connector, Endpoint};
use scenario::kind::{Retrieval, StartAt};

use super::{FlinkApplication, metric, timer};
use crate::batch::{Batch, Record};
use crate::kernel::ctx::Ctx;
use crate::kernel::queue::Event;
use crate::kind::query::{Place, next_second};
use crate::kind::reader::{Read, Reader, ReaderConfig, TIMERS, explain_loss};

/// `scan.shard.getrecords.maxrecordcount` and `scan.shard.getrecords.intervalmillis`, the defaults
/// of the connector.
const RECORDS_MAX: u32 = 10_000;
const POLL: Duration = Duration::from_millis(200);
/// How far behind is drawn as late.
const LATE_MICROS: u64 = 5_000_000;

/// A table that is read.
#[derive(Clone, Debug)]
pub(super) struct Source {
    pub table: String,
    /// The place of the table among the inputs of the query.
    input: usize,
    edge: Option<EdgeId>,
    pub reader: Reader,
    retrieval: Retrieval,
    /// Records of each shard before the first one that is not in the query.
    read: VecMap<u32, u64>,
}

impl Source {
    /// Records of each shard before the first one that is not in the query; a shard of which
    /// nothing came is where the reader stands.
    pub(super) fn positions(&self) -> VecMap<u32, u64> {
        let mut positions = self.read.clone();
        for (shard, position) in self.reader.positions() {
            positions.get_or_insert_with(shard, || position);
        }
        positions
    }
}

impl FlinkApplication {
    /// All tables are read anew, behind these records; others begin where they say.
    pub(super) fn read_anew(
        &mut self,
        positions: &[(String, VecMap<u32, u64>)],
        ctx: &mut Ctx<'_>,
    ) {
        for source in core::mem::take(&mut self.sources) {
            // Answers to its calls come later; whoever is there takes them.
            let mut reader = source.reader;
            reader.restart(None, VecMap::new(), ctx);
        }
        let Some(query) = &self.query else { return };
        let epoch = ctx.wall_millis(Time::ZERO);
        for (input, table) in query.live().inputs().iter().enumerate() {
            let Ok(endpoint) = Endpoint::of(&table.options) else { continue };
            if endpoint.connector != Connector::Kinesis {
                continue;
            }
            let (start, timestamp) = endpoint::begins(&table.options, epoch);
            let retrieval = endpoint::retrieval(&table.options);
            let config = config(retrieval, start, timestamp);
            let edges = ctx.edges_in();
            let is_it = |edge: &EdgeId| *ctx.peer_name(Some(*edge)) == *endpoint.name;
            let edge = edges.iter().map(|edge| edge.id).find(is_it);
            let at = positions.iter().find(|it| it.0 == table.name);
            let read = at.map(|it| it.1.clone()).unwrap_or_default();
            let (table, reader) = (table.name.clone(), Reader::new(config));
            self.sources.push(Source { table, input, edge, reader, retrieval, read });
        }
        for source in &mut self.sources {
            source.reader.restart(source.edge, source.read.clone(), ctx);
            if let Some(edge) = source.edge {
                ctx.set_alarm(edge, LATE_MICROS);
            }
        }
    }

    /// Wires came or went: what is read through another one than before is read anew.
    pub(super) fn find_sources(&mut self, ctx: &mut Ctx<'_>) {
        let Some(query) = self.query.as_ref().filter(|_| self.runs) else { return };
        let edges = ctx.edges_in();
        for source in &mut self.sources {
            let Some(table) = query.live().inputs().get(source.input) else { continue };
            let Ok(endpoint) = Endpoint::of(&table.options) else { continue };
            let is_it = |edge: &EdgeId| *ctx.peer_name(Some(*edge)) == *endpoint.name;
            let edge = edges.iter().map(|edge| edge.id).find(is_it);
            if edge != source.edge {
                (source.edge, source.read) = (edge, VecMap::new());
                source.reader.restart(edge, VecMap::new(), ctx);
            }
        }
    }

    /// A timer of a reader: the stream waits while the job cannot take more.
    pub(super) fn poll(&mut self, event: &Event, ctx: &mut Ctx<'_>) {
        let Event::Timer { id, code, data } = *event else { return };
        let is_blocked = self.is_blocked(ctx);
        for at in 0..self.sources.len() {
            let source = &mut self.sources[at];
            // The third code is about registered consumers.
            if code > TIMERS + 1 && source.retrieval == Retrieval::Polling {
                continue;
            }
            let rest = if is_blocked { ctx.now() + Duration::SECOND } else { self.pace.busy_until };
            source.reader.rest_until(rest);
            if let Some(read) = source.reader.handle(Event::Timer { id, code, data }, ctx) {
                self.take_in(at, read, ctx);
            }
        }
    }

    /// An answer to a call of a reader.
    pub(super) fn read(&mut self, event: &Event, ctx: &mut Ctx<'_>) {
        let Event::Response { token, .. } = event else { return };
        let owner = self.sources.iter().position(|it| it.reader.owns(*token));
        let Some(at) = owner else {
            // It was asked by a job that is over.
            let mut reader = Reader::new(config(Retrieval::Polling, StartAt::Latest, Time::ZERO));
            reader.handle(event.clone(), ctx);
            return;
        };
        if let Some(read) = self.sources[at].reader.handle(event.clone(), ctx) {
            self.take_in(at, read, ctx);
        }
    }

    fn take_in(&mut self, at: usize, read: Read, ctx: &mut Ctx<'_>) {
        let Read::Records { shard, batch, behind_micros, skipped } = read else { return };
        ctx.peak(metric::MILLIS_BEHIND, behind_micros / 1_000);
        if skipped > 0 {
            explain_loss(shard, skipped, ctx);
        }
        if batch.records() > 0 {
            self.ingest((at, shard), &batch, ctx);
        }
    }

    /// Records that are held become rows, now.
    fn ingest(&mut self, (at, shard): (usize, u32), batch: &Batch, ctx: &mut Ctx<'_>) {
        ctx.count(metric::RECORDS_IN, batch.records());
        let now = ctx.wall_micros(ctx.now());
        if let Some(query) = &mut self.query {
            query.advance(now);
        }
        for slice in &batch.slices {
            let before = slice.block.before + u64::from(slice.from);
            for (before, record) in (before..).zip(slice.rows()) {
                self.push(at, (shard, before), record, ctx);
            }
        }
        self.settle(ctx);
    }

    fn push(&mut self, at: usize, (shard, before): (u32, u64), record: &Record, ctx: &mut Ctx<'_>) {
        let (Some(query), Some(source)) = (&mut self.query, self.sources.get_mut(at)) else {
            return;
        };
        let place = Place { shard, created_secs: source.reader.created_secs(shard), before };
        let now = ctx.wall_micros(ctx.now());
        let pushed = query.push(source.input, (record, Some(place)), now, ctx);
        source.read.insert(shard, before + 1);
        self.tally.records += 1;
        self.tally.rows += u64::from(pushed.rows);
        let kpus = u64::from(self.config.kpus(self.pace.parallelism));
        let work = Duration(u64::from(self.config.record_micros).div_ceil(kpus));
        self.pace.work(work, ctx.now());
    }

    /// Once a second: processing time goes on, and everything is measured.
    pub(super) fn on_tick(&mut self, ctx: &mut Ctx<'_>) {
        if self.runs && !self.is_blocked(ctx) {
            let now = ctx.wall_micros(ctx.now());
            if let Some(query) = &mut self.query {
                query.advance(now);
            }
            self.settle(ctx);
        }
        self.measure(ctx);
        if let Some(scaling) = self.pace.second() {
            self.scale(scaling, ctx);
        }
        self.tick = Some(next_second(timer::TICK, ctx));
    }

    fn measure(&mut self, ctx: &mut Ctx<'_>) {
        let now = ctx.now();
        let since = |at: Option<Time>| at.map_or(0, |at| now.since(at).millis());
        ctx.peak(metric::KPUS, u64::from(self.config.kpus(self.pace.parallelism)));
        ctx.peak(metric::CPU, self.pace.cpu_percent);
        ctx.peak(metric::UPTIME, since(self.up_since()));
        ctx.peak(metric::DOWNTIME, since(self.job.down_since));
        ctx.peak(metric::RESTARTS, self.tally.restarts);
        ctx.peak(metric::MILLIS_BEHIND, self.behind_micros(now) / 1_000);
        let Some(query) = &mut self.query else { return };
        let clock = query.live().clock();
        let millis = u64::try_from(clock.div_euclid(1_000)).ok();
        if let Some(millis) = millis.filter(|_| clock != i64::MAX) {
            ctx.peak(metric::INPUT_WATERMARK, millis);
            ctx.peak(metric::OUTPUT_WATERMARK, millis);
        }
        let late = query.explain_late(ctx);
        ctx.count(metric::LATE, late);
    }

    /// How far reading is behind the newest record of its streams.
    pub(super) fn behind_micros(&self, now: Time) -> u64 {
        let ages = self.sources.iter().flat_map(|it| it.reader.ages(now));
        ages.map(|(_, micros)| micros).max().unwrap_or(0)
    }
}

fn config(retrieval: Retrieval, start: StartAt, timestamp: Time) -> ReaderConfig {
    ReaderConfig {
        retrieval,
        poll: POLL,
        limit: RECORDS_MAX,
        start,
        timestamp,
        sequence_number: None,
        children_wait: false,
    }
}
