//! Flink application: Managed Service for Apache Flink, running Flink SQL (facts, analytics §3).
//!
//! Each table that is read has a reader of its own; records become rows at once, and the watermark
//! follows them. What comes out goes to a sink of its own for each table that is written.
//!
//! A checkpoint is a clone of the query with the positions of all readers, and done once every row
//! that came out before it is stored (`checkpoint`). A job that fails begins again with the last
//! one after ten seconds: its state is as if nothing had happened, and what came out since comes
//! out again (`life`).

mod checkpoint;
mod files;
mod life;
mod pace;
mod sinks;
mod source;
#[cfg(test)]
mod tests;
mod view;

use std::rc::Rc;

use base::Time;
use scenario::endpoint::Connector;
use scenario::kind::FlinkApplicationConfig;
use scenario::price::Item;
use scenario::{DataSets, Fault, FaultKind};

use self::checkpoint::Coordinator;
use self::life::Job;
use self::pace::Pace;
use self::sinks::Target;
use self::source::Source;
use super::Component;
use super::query::life::{Life, Stage};
use super::query::{Query, Way};
use super::reader::TIMERS;
use crate::batch::Record;
use crate::call::Response;
use crate::kernel::Kernel;
use crate::kernel::ctx::Ctx;
use crate::kernel::queue::{Event, TimerId};
use crate::snapshot::{EdgeView, NodeView, Table};
use crate::usage::Meter;

/// Positions in the specification's list of metrics.
mod metric {
    pub(super) const RECORDS_IN: u8 = 0;
    pub(super) const RECORDS_OUT: u8 = 1;
    pub(super) const INPUT_WATERMARK: u8 = 2;
    pub(super) const OUTPUT_WATERMARK: u8 = 3;
    pub(super) const LATE: u8 = 4;
    pub(super) const MILLIS_BEHIND: u8 = 5;
    pub(super) const CHECKPOINT_MILLIS: u8 = 6;
    pub(super) const CHECKPOINT_BYTES: u8 = 7;
    pub(super) const UPTIME: u8 = 8;
    pub(super) const DOWNTIME: u8 = 9;
    pub(super) const RESTARTS: u8 = 10;
    pub(super) const CPU: u8 = 11;
    pub(super) const KPUS: u8 = 12;
}

/// What a timer was set for; sinks have the codes from `SINKS` on, below those of readers.
mod timer {
    pub(super) const TICK: u32 = 1;
    pub(super) const LIFE: u32 = 2;
    pub(super) const CHECKPOINT: u32 = 3;
    pub(super) const UPLOADED: u32 = 4;
    pub(super) const FILE: u32 = 5;
    pub(super) const SINKS: u32 = 0x10;
}

/// State of an application.
#[derive(Clone, Debug)]
pub struct FlinkApplication {
    config: FlinkApplicationConfig,
    life: Life,
    job: Job,
    /// Whether the job runs.
    runs: bool,
    /// What it runs; what it ran last while it is stopped.
    query: Option<Query>,
    /// Its code.
    running_code: Rc<str>,
    /// The tables that are read, as the query has them.
    sources: Vec<Source>,
    /// The tables that are written and have a wire.
    targets: Vec<Target>,
    /// Which of them a table of the query goes to.
    ways: Vec<(String, Way)>,
    /// Rows that were made for all of them.
    place: u64,
    coordinator: Coordinator,
    pace: Pace,
    tick: Option<TimerId>,
    tally: Tally,
}

/// Totals since the beginning.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    /// Records that went into the query, and rows they became.
    records: u64,
    rows: u64,
    /// Rows that came out, and those that came out again.
    emitted: u64,
    again: u64,
    /// Rows that sinks have stored.
    stored: u64,
    checkpoints: u64,
    snapshots: u64,
    restarts: u64,
    /// The second the last refusal of a sink was explained in.
    explained: Option<u64>,
}

impl Component for FlinkApplication {
    type Config = FlinkApplicationConfig;

    fn new(config: &FlinkApplicationConfig, _data: &DataSets, _ctx: &mut Ctx<'_>) -> Self {
        Self {
            config: config.clone(),
            life: Life::new(timer::LIFE),
            job: Job::default(),
            runs: false,
            query: None,
            running_code: "".into(),
            sources: Vec::new(),
            targets: Vec::new(),
            ways: Vec::new(),
            place: 0,
            coordinator: Coordinator::default(),
            pace: Pace::new(config.parallelism),
            tick: None,
            tally: Tally::default(),
        }
    }

    fn handle(&mut self, event: Event, ctx: &mut Ctx<'_>) {
        match event {
            Event::Rewired => self.rewired(ctx),
            Event::Timer { code, .. } if code >= TIMERS => self.poll(&event, ctx),
            Event::Timer { id, code, .. } => self.rang(id, code, ctx),
            Event::Request { .. } => {}
            Event::Response { token, response: Response::Put(outcome), .. } => {
                self.put_answered(token, &outcome, ctx);
            }
            Event::Response { token, edge, response: Response::Object(result) } => {
                self.file_answered((token, edge), result, ctx);
            }
            Event::Response { .. } => self.read(&event, ctx),
        }
    }

    fn reconfigure(
        &mut self,
        config: &FlinkApplicationConfig,
        _data: &DataSets,
        ctx: &mut Ctx<'_>,
    ) {
        let old = core::mem::replace(&mut self.config, config.clone());
        if (old.parallelism, old.parallelism_per_kpu)
            != (config.parallelism, config.parallelism_per_kpu)
        {
            self.pace.settle(ctx.now(), self.is_billed(), old.kpus(self.pace.parallelism));
            self.pace.parallelism = config.parallelism;
        }
        if old.code != config.code || old.parallelism != config.parallelism {
            self.update(ctx);
        }
        match (old.runs, config.runs) {
            (false, true) => self.start(ctx),
            (true, false) => self.stop(ctx),
            _ => {}
        }
    }

    fn struck(&mut self, fault: Option<&Fault>, ctx: &mut Ctx<'_>) {
        if let Some(Fault { kind: FaultKind::Kill { .. }, lasts, .. }) = fault {
            self.fail("A TaskManager was lost", *lasts, ctx);
        }
    }

    fn held(&self) -> u64 {
        self.targets.iter().map(Target::held).sum()
    }

    fn memory(&self) -> u64 {
        let out: u64 = self.targets.iter().map(Target::memory).sum();
        let state = self.query.as_ref().map_or(0, Query::memory);
        out + self.held() * Record::ROW_BYTES + state + self.coordinator.memory()
    }

    fn observe(&self, kernel: &Kernel, out: &mut NodeView, _edges: &mut [EdgeView]) {
        self.view(kernel, out);
    }

    fn usage(&self, kernel: &Kernel, meter: &mut Meter<'_>) {
        let kpus = self.config.kpus(self.pace.parallelism);
        let (kpu_micros, storage) = self.pace.billed(kernel.now, self.is_billed(), kpus);
        meter.add(Item::FlinkKpuHour, kpu_micros);
        meter.add(Item::FlinkStorage, storage);
        meter.add(Item::FlinkBackup, self.pace.backed_up(kernel.now));
    }

    fn tables(&self, _kernel: &Kernel, count: u32) -> Vec<Table> {
        self.query.as_ref().map(|query| query.tables(count)).unwrap_or_default()
    }
}

impl FlinkApplication {
    fn rang(&mut self, id: TimerId, code: u32, ctx: &mut Ctx<'_>) {
        match code {
            timer::TICK if self.tick == Some(id) => self.on_tick(ctx),
            timer::LIFE => self.aged(id, ctx),
            timer::CHECKPOINT => self.checkpoint_due(id, ctx),
            timer::UPLOADED => self.checkpoint_uploaded(id, ctx),
            timer::FILE => self.upload_files(ctx),
            timer::SINKS.. => self.sink_rang(code - timer::SINKS, id, ctx),
            _ => {}
        }
    }

    /// Wires came or went.
    fn rewired(&mut self, ctx: &mut Ctx<'_>) {
        self.find_sources(ctx);
        self.find_targets(ctx);
        if self.config.runs && self.life.is_new {
            self.start(ctx);
        }
    }

    /// Whether it costs something now.
    fn is_billed(&self) -> bool {
        self.life.stage != Stage::Ready
    }

    /// Since when the job runs without a break.
    fn up_since(&self) -> Option<Time> {
        self.job.up_since.filter(|_| self.runs)
    }
}

/// Whether rows for a table go into files.
fn is_file(connector: Connector) -> bool {
    connector == Connector::FileSystem
}
