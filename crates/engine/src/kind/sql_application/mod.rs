//! SQL application: Kinesis Data Analytics for SQL (facts, analytics §1, §2.4).
//!
//! It reads a stream about once a second, or is handed copies of what is put into a Firehose
//! stream; each record becomes rows at the moment it gets here (`ROWTIME`); at least once a second
//! a bound lets windows close. What comes out waits in an output until it is stored.
//!
//! When it starts again, after an update or because it died, it goes on behind the last record
//! whose rows every output has stored: what the faster outputs stored already is stored twice. The
//! query begins empty.

mod function;
mod life;
mod outputs;
mod reference;
mod source;
mod tapped;
#[cfg(test)]
mod tests;
mod view;

use base::{EdgeId, Time};
use scenario::kind::SqlApplicationConfig;
use scenario::ports::Flow;
use scenario::price::Item;
use scenario::{DataSets, Fault, FaultKind};
use sql::input::Schema;

use self::function::Function;
use self::outputs::Progress;
use self::source::Pace;
use self::tapped::Tapped;
use super::Component;
use super::query::life::{Life, Stage};
use super::query::sink::Sink;
use super::query::{Query, Way};
use super::reader::{Reader, TIMERS};
use crate::batch::Record;
use crate::call::{Request, Response};
use crate::kernel::Kernel;
use crate::kernel::ctx::Ctx;
use crate::kernel::queue::{Event, TimerId, Token};
use crate::snapshot::{EdgeView, NodeView, Table};
use crate::usage::Meter;

/// Positions in the specification's list of metrics.
mod metric {
    pub(super) const RECORDS_IN: u8 = 0;
    pub(super) const BYTES_IN: u8 = 1;
    pub(super) const RECORDS_OUT: u8 = 2;
    pub(super) const BYTES_OUT: u8 = 3;
    pub(super) const KPUS: u8 = 4;
    pub(super) const MILLIS_BEHIND: u8 = 5;
    pub(super) const SUCCESS: u8 = 6;
    pub(super) const FUNCTION_MILLIS: u8 = 7;
    pub(super) const FUNCTION_OK_RECORDS: u8 = 8;
    pub(super) const FUNCTION_OK_BYTES: u8 = 9;
    pub(super) const FUNCTION_DROPPED: u8 = 10;
    pub(super) const FUNCTION_FAILED: u8 = 11;
    pub(super) const FUNCTION_SUCCESS: u8 = 12;
    pub(super) const LAMBDA_OK: u8 = 13;
    pub(super) const LAMBDA_FAILED: u8 = 14;
    pub(super) const LAMBDA_MILLIS: u8 = 15;
}

/// What a timer was set for; outputs have the codes from `OUTPUTS` on.
mod timer {
    pub(super) const TICK: u32 = 1;
    pub(super) const LIFE: u32 = 2;
    pub(super) const FUNCTION: u32 = 3;
    pub(super) const REFERENCE: u32 = 4;
    pub(super) const OUTPUTS: u32 = 10;
}

/// State of an application.
#[derive(Clone, Debug)]
pub struct SqlApplication {
    config: SqlApplicationConfig,
    life: Life,
    /// When it comes up again, if it has died.
    down_until: Option<Time>,
    /// Where records come from, and how.
    source: Option<(EdgeId, Flow)>,
    reader: Reader,
    /// The bucket with the reference data, and the call for it.
    bucket: Option<EdgeId>,
    asked: Option<Token>,
    fetch_timer: Option<TimerId>,
    /// Whether the query runs.
    runs: bool,
    /// What it runs; what it ran last while it is stopped.
    query: Option<Query>,
    schema: Option<Schema>,
    function: Function,
    tapped: Tapped,
    sinks: [Sink; 3],
    /// The outputs that have a wire, by the stream they write.
    ways: Vec<(String, Way)>,
    progress: Progress,
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
    /// Rows that came out, those of `error_stream` apart.
    emitted: u64,
    errors: u64,
    /// Rows that outputs have stored.
    stored: u64,
    /// Records the function dropped.
    dropped: u64,
    restarts: u64,
    /// It was told that the query has ended.
    stopped: bool,
    /// The second the last refusal of an output was explained in.
    explained: Option<u64>,
}

impl Component for SqlApplication {
    type Config = SqlApplicationConfig;

    fn new(config: &SqlApplicationConfig, _data: &DataSets, _ctx: &mut Ctx<'_>) -> Self {
        Self {
            config: config.clone(),
            life: Life::new(timer::LIFE),
            down_until: None,
            source: None,
            reader: Reader::new(source::reader_config(config)),
            bucket: None,
            asked: None,
            fetch_timer: None,
            runs: false,
            query: None,
            schema: None,
            function: Function::new(config),
            tapped: Tapped::default(),
            sinks: [0, 1, 2].map(|output| Sink::new(timer::OUTPUTS + output)),
            ways: Vec::new(),
            progress: Progress::default(),
            pace: Pace::default(),
            tick: None,
            tally: Tally::default(),
        }
    }

    fn handle(&mut self, event: Event, ctx: &mut Ctx<'_>) {
        match event {
            Event::Rewired => self.rewired(ctx),
            Event::Timer { code, .. } if code >= TIMERS => self.poll(event, ctx),
            Event::Timer { id, code, .. } => self.rang(id, code, ctx),
            Event::Request { token, edge, request: Request::Put(put) } => {
                self.tap(token, edge, &put.batch, ctx);
            }
            Event::Request { .. } => {}
            Event::Response { token, response: Response::Put(outcome), .. } => {
                self.put_answered(token, &outcome, ctx);
            }
            Event::Response { token, response: Response::Content(content), .. } => {
                self.fetched(token, content, ctx);
            }
            Event::Response { .. } => self.read(event, ctx),
        }
    }

    fn reconfigure(&mut self, config: &SqlApplicationConfig, _data: &DataSets, ctx: &mut Ctx<'_>) {
        let old = core::mem::replace(&mut self.config, config.clone());
        if same_application(&old, config) {
            self.find_ways();
        } else {
            self.update(ctx);
        }
        match (old.runs, config.runs) {
            (false, true) => self.start(ctx),
            (true, false) => self.stop(ctx),
            _ => {}
        }
    }

    fn struck(&mut self, fault: Option<&Fault>, ctx: &mut Ctx<'_>) {
        match fault {
            Some(Fault { kind: FaultKind::Kill { .. }, lasts, .. }) => self.die(*lasts, ctx),
            Some(_) => {}
            None => self.revive(ctx),
        }
    }

    fn held(&self) -> u64 {
        let out: u64 = self.sinks.iter().map(Sink::held).sum();
        self.function.held() + self.tapped.held() + out
    }

    fn memory(&self) -> u64 {
        let out: u64 = self.sinks.iter().map(Sink::memory).sum();
        let inside = self.function.held() * Record::ROW_BYTES + self.tapped.memory();
        out + inside + self.query.as_ref().map_or(0, Query::memory)
    }

    fn observe(&self, kernel: &Kernel, out: &mut NodeView, _edges: &mut [EdgeView]) {
        self.view(kernel, out);
    }

    fn usage(&self, kernel: &Kernel, meter: &mut Meter<'_>) {
        meter.add(Item::KpuHour, self.pace.kpu_micros(kernel.now, self.tick.is_some()));
    }

    fn tables(&self, _kernel: &Kernel, count: u32) -> Vec<Table> {
        self.query.as_ref().map(|query| query.tables(count)).unwrap_or_default()
    }
}

impl SqlApplication {
    fn rang(&mut self, id: TimerId, code: u32, ctx: &mut Ctx<'_>) {
        match code {
            timer::TICK if self.tick == Some(id) => self.on_tick(ctx),
            timer::LIFE => self.aged(id, ctx),
            timer::FUNCTION => self.function_due(id, ctx),
            timer::REFERENCE => self.fetch_again(id, ctx),
            timer::OUTPUTS.. => self.output_rang(code - timer::OUTPUTS, id, ctx),
            _ => {}
        }
    }

    /// Wires came or went.
    fn rewired(&mut self, ctx: &mut Ctx<'_>) {
        let reaches = ctx.edges_in();
        let ending = |port| reaches.iter().find(|edge| edge.to.port == port);
        let source = ending("in").and_then(|edge| Some((edge.id, ctx.flow(edge)?)));
        self.bucket = ending("reference").map(|edge| edge.id);
        let leaves = ctx.edges_out();
        for (sink, port) in self.sinks.iter_mut().zip(["out_1", "out_2", "out_3"]) {
            let edge = leaves.iter().find(|edge| edge.from.port == port);
            let to = edge.and_then(|edge| Some((edge.id, ctx.flow(edge)?)));
            if sink.edge() != to.map(|(edge, _)| edge) {
                sink.rewire(to, ctx);
            }
        }
        self.find_ways();
        let moved = self.source != source;
        self.source = source;
        if moved {
            // Another source: positions of the old one say nothing.
            let runs = self.life.stage == Stage::Running;
            if runs {
                self.halt(ctx);
            }
            self.progress = Progress::default();
            self.tapped.clear(ctx);
            if runs {
                self.begin(ctx);
            }
        }
        if self.config.runs && self.life.is_new {
            self.start(ctx);
        }
    }
}

/// Whether all that `UpdateApplication` could change is the same.
fn same_application(old: &SqlApplicationConfig, new: &SqlApplicationConfig) -> bool {
    let kept = SqlApplicationConfig {
        runs: old.runs,
        start: old.start,
        starting_secs: old.starting_secs,
        kpus: old.kpus,
        ..new.clone()
    };
    *old == kept
}
