//! SDK consumer: polls every shard with `GetRecords` and works through what it gets.
//!
//! One worker for each shard: while it works the shard is not polled, so slow work shows as a
//! growing iterator age. Records are delivered when their work is done.

use base::units::grouped;
use base::{Duration, NodeId, Time, VecMap};
use scenario::DataSets;
use scenario::kind::ConsumerConfig;

use super::Component;
use super::reader::{Read, Reader, ReaderConfig, TIMERS};
use super::stream::SequenceNumber;
use crate::call::{ApiError, ErrorCode};
use crate::cause::{Cause, Reason};
use crate::kernel::Kernel;
use crate::kernel::ctx::Ctx;
use crate::kernel::ledger::Account;
use crate::kernel::queue::{Event, TimerId};
use crate::snapshot::{EdgeView, Gauge, MarkKind, NodeView, ShardAge};

/// Positions of the metrics in the kind's specification.
mod metric {
    pub(super) const RECORDS_READ: u8 = 0;
    pub(super) const ITERATOR_AGE: u8 = 1;
    pub(super) const THROTTLED: u8 = 2;
}

/// Timer: the work on a batch is done.
const DONE: u32 = 1;
/// Failed calls explained in a second.
const EXPLAINED_MAX: u32 = 4;
/// Points of the spark.
const SPARK_SECS: u32 = 60;

/// State of a consumer.
#[derive(Clone, Debug)]
pub struct Consumer {
    config: ConsumerConfig,
    reader: Reader,
    /// Batches that are worked on, by the timer of their end.
    work: VecMap<TimerId, Job>,
    held: u64,
    delivered: u64,
    expired_unread: u64,
    /// Failures explained in the running second.
    explained: (u64, u32),
}

/// A batch that is worked on.
#[derive(Clone, Copy, Debug)]
struct Job {
    records: u64,
    bytes: u64,
    began: Time,
    /// How far behind the position was when the work began.
    behind_micros: u64,
}

impl Component for Consumer {
    type Config = ConsumerConfig;

    fn new(config: &ConsumerConfig, _data: &DataSets, _ctx: &mut Ctx<'_>) -> Self {
        Self {
            config: config.clone(),
            reader: Reader::new(reader_config(config)),
            work: VecMap::new(),
            held: 0,
            delivered: 0,
            expired_unread: 0,
            explained: (0, 0),
        }
    }

    fn handle(&mut self, event: Event, ctx: &mut Ctx<'_>) {
        match event {
            Event::Rewired => {
                let edge = ctx.edges_in().first().map(|edge| edge.id);
                self.reader.rewire(edge, ctx);
                self.tell_alarm(ctx);
            }
            Event::Timer { id, code: DONE, .. } => {
                if let Some(job) = self.work.remove(&id) {
                    self.done(job, ctx);
                }
            }
            Event::Timer { code, .. } if code >= TIMERS => {
                if ctx.harm().fails {
                    // Nobody polls while the consumer is down.
                    self.reader.rest_until(ctx.now() + Duration::SECOND);
                }
                self.read(event, ctx);
            }
            Event::Response { .. } => self.read(event, ctx),
            Event::Timer { .. } | Event::Request { .. } => {}
        }
    }

    fn reconfigure(&mut self, config: &ConsumerConfig, _data: &DataSets, ctx: &mut Ctx<'_>) {
        self.config = config.clone();
        self.reader.reconfigure(reader_config(config), ctx);
        self.tell_alarm(ctx);
    }

    fn held(&self) -> u64 {
        self.held
    }

    fn observe(&self, kernel: &Kernel, out: &mut NodeView, _edges: &mut [EdgeView]) {
        let alarm = u64::from(self.config.age_alarm_millis) * 1_000;
        let ages = self.reader.ages(kernel.now);
        let cell = |(shard, age_micros)| ShardAge { shard, age_micros, late: age_micros > alarm };
        let cells: Vec<ShardAge> = ages.map(cell).collect();
        let age = cells.iter().map(|cell| cell.age_micros).max().unwrap_or(0);
        out.gauges.push(Gauge::Shards { cells });
        out.gauges.push(Gauge::Spark {
            label: "iterator age",
            value: age / 1_000,
            unit: "ms",
            series: age_series(kernel, out.id),
            limit: Some(self.config.age_alarm_millis),
            late: age > alarm,
        });
        let read = out.metrics.get(usize::from(metric::RECORDS_READ)).copied().unwrap_or_default();
        out.gauges.push(Gauge::Line {
            left: "read".to_owned(),
            right: format!("{} /s", grouped(read.last)),
        });
        out.counters.extend([
            ("read", read.total),
            ("processed", self.delivered),
            ("expired unread", self.expired_unread),
        ]);
    }

    fn check(&self) -> Result<(), String> {
        let working: u64 = self.work.values().map(|job| job.records).sum();
        if working == self.held {
            return Ok(());
        }
        Err(format!("works on {working} records but holds {}", self.held))
    }
}

impl Consumer {
    fn read(&mut self, event: Event, ctx: &mut Ctx<'_>) {
        match self.reader.handle(event, ctx) {
            Some(Read::Records { shard, batch, behind_micros, skipped }) => {
                let records = batch.records();
                ctx.count(metric::RECORDS_READ, records);
                ctx.peak(metric::ITERATOR_AGE, behind_micros / 1_000);
                self.lose(shard, skipped, ctx);
                let (bytes, began) = (batch.bytes, ctx.now());
                self.begin(shard, Job { records, bytes, began, behind_micros }, ctx);
            }
            Some(Read::Failed { error, .. }) => {
                if error.code == ErrorCode::ProvisionedThroughputExceeded {
                    ctx.count(metric::THROTTLED, 1);
                }
                self.explain(error, ctx);
            }
            None => {}
        }
    }

    /// Starts the work on a batch; without any, it is delivered at once.
    fn begin(&mut self, shard: u32, job: Job, ctx: &mut Ctx<'_>) {
        if job.records == 0 {
            return;
        }
        self.held += job.records;
        let slower = Duration::from_millis(ctx.harm().extra_millis);
        let work = Duration(u64::from(self.config.work_micros) * job.records) + slower;
        if work == Duration::ZERO {
            self.deliver(job, ctx);
            return;
        }
        self.reader.pause(shard, ctx.now() + work);
        let timer = ctx.after(work, DONE, u64::from(shard));
        self.work.insert(timer, job);
    }

    /// The position stood still during the work: if that took longer than a poll, it shows.
    fn done(&mut self, job: Job, ctx: &mut Ctx<'_>) {
        let worked = ctx.now().since(job.began);
        if worked > Duration::from_millis(self.config.poll_millis.into()) {
            ctx.peak(metric::ITERATOR_AGE, (worked.0 + job.behind_micros) / 1_000);
        }
        self.deliver(job, ctx);
    }

    fn deliver(&mut self, job: Job, ctx: &mut Ctx<'_>) {
        let Job { records, bytes, .. } = job;
        self.held -= records;
        self.delivered += records;
        let me = ctx.me();
        ctx.book(Account::Held(me), Account::Delivered(me), records, bytes);
    }

    /// Records expired before this reader came to them: the stream booked them, this tells it.
    fn lose(&mut self, shard: u32, records: u64, ctx: &mut Ctx<'_>) {
        if records == 0 {
            return;
        }
        self.expired_unread += records;
        ctx.mark(MarkKind::Loss);
        let lost = u32::try_from(records).unwrap_or(u32::MAX);
        ctx.explain(cause(ctx, Reason::RetentionLost, "", shard, lost));
    }

    #[inline(never)]
    fn explain(&mut self, error: ApiError, ctx: &mut Ctx<'_>) {
        let second = ctx.now().secs();
        if self.explained.0 != second {
            self.explained = (second, 0);
        }
        if self.explained.1 >= EXPLAINED_MAX {
            return;
        }
        self.explained.1 += 1;
        let stream = ctx.peer_name(self.reader.edge());
        let text = format!("{}: {}", error.code.name(), error.message(&stream));
        ctx.explain(cause(ctx, error.reason, &text, error.shard, 0));
    }

    fn tell_alarm(&self, ctx: &mut Ctx<'_>) {
        if let Some(edge) = self.reader.edge() {
            ctx.set_alarm(edge, u64::from(self.config.age_alarm_millis) * 1_000);
        }
    }
}

fn cause(ctx: &Ctx<'_>, reason: Reason, error: &str, shard: u32, records: u32) -> Cause {
    Cause {
        error: error.into(),
        shard: Some(shard),
        records,
        ..Cause::new(ctx.now(), ctx.me(), reason)
    }
}

fn age_series(kernel: &Kernel, id: NodeId) -> Vec<u32> {
    let series = kernel.metrics.series(id, metric::ITERATOR_AGE, SPARK_SECS);
    series.into_iter().map(|millis| u32::try_from(millis).unwrap_or(u32::MAX)).collect()
}

fn reader_config(config: &ConsumerConfig) -> ReaderConfig {
    ReaderConfig {
        retrieval: config.retrieval,
        poll: Duration::from_millis(config.poll_millis.into()),
        limit: config.limit,
        start: config.start,
        timestamp: Time(config.start_secs.saturating_mul(1_000_000)),
        sequence_number: SequenceNumber::parse(&config.start_sequence_number),
        children_wait: false,
    }
}
