//! KPL producer: an application that gives its records to the Kinesis Producer Library.
//!
//! Follows amazon-kinesis-producer 1.0.7 stage by stage; its native process has no clock of its
//! own here, so a stage takes no time. User records are booked one by one; a packed record is one
//! record and what is in it is folded, as a stream counts it.

mod aggregator;
mod calls;
mod collector;
mod limiter;
mod pipeline;
mod record;
mod retrier;
mod shard_map;
#[cfg(test)]
mod tests;
mod view;

use std::rc::Rc;

use base::{Duration, RecordId, Rng, Time};
use scenario::DataSets;
use scenario::kind::KplConfig;

use self::pipeline::Pipeline;
use super::Component;
use crate::batch::Record;
use crate::call::Response;
use crate::generate::source::{Page, Source};
use crate::kernel::Kernel;
use crate::kernel::ctx::Ctx;
use crate::kernel::queue::{Event, TimerId};
use crate::snapshot::{EdgeView, NodeView};

/// What a timer was set for.
mod timer {
    pub(super) const TICK: u32 = 0;
    pub(super) const WAKE: u32 = 1;
}

/// Positions in the specification's list of metrics.
mod metric {
    pub(super) const USER_RECEIVED: u8 = 0;
    pub(super) const USER_PUT: u8 = 1;
    pub(super) const KINESIS_PUT: u8 = 2;
    pub(super) const ALL_ERRORS: u8 = 3;
    pub(super) const USER_PENDING: u8 = 4;
    pub(super) const BUFFERING_TIME: u8 = 5;
    pub(super) const REQUEST_TIME: u8 = 6;
    pub(super) const RETRIES: u8 = 7;
    pub(super) const USER_EXPIRED: u8 = 8;
    pub(super) const USER_DATA_PUT: u8 = 9;
    pub(super) const KINESIS_DATA_PUT: u8 = 10;
    pub(super) const USER_PER_KINESIS: u8 = 11;
    pub(super) const KINESIS_PER_REQUEST: u8 = 12;
    pub(super) const USER_PER_REQUEST: u8 = 13;
}

/// State of an application with the library.
#[derive(Clone, Debug)]
pub struct Kpl {
    source: Source,
    pipeline: Pipeline,
    /// Draws records only, so that the same records come whatever becomes of the calls.
    rng: Rng,
    tick: Option<TimerId>,
    ticked: Time,
}

impl Component for Kpl {
    type Config = KplConfig;

    fn new(config: &KplConfig, data: &DataSets, ctx: &mut Ctx<'_>) -> Self {
        let stream = (1 << 32) | u64::from(ctx.me().0);
        let mut rng = ctx.rng().fork(stream);
        let source = Source::new(&config.records, data, ctx.now(), &mut rng);
        let pipeline = Pipeline::new(config);
        let mut new = Self { source, pipeline, rng, tick: None, ticked: ctx.now() };
        new.arm(ctx);
        new
    }

    fn handle(&mut self, event: Event, ctx: &mut Ctx<'_>) {
        match event {
            Event::Timer { id, code: timer::TICK, .. } if self.tick == Some(id) => {
                self.on_tick(ctx);
            }
            Event::Timer { id, code: timer::WAKE, .. } => self.pipeline.on_wake(id, ctx),
            Event::Response { token, response: Response::Put(outcome), .. } => {
                self.pipeline.on_answer(token, outcome, ctx);
            }
            Event::Response { token, response: Response::Shards(shards), .. } => {
                self.pipeline.map.answered(token, &shards, ctx.now());
                self.pipeline.advance(ctx);
            }
            Event::Rewired => self.pipeline.rewire(ctx),
            Event::Timer { .. } | Event::Response { .. } | Event::Request { .. } => {}
        }
    }

    fn reconfigure(&mut self, config: &KplConfig, data: &DataSets, ctx: &mut Ctx<'_>) {
        self.source.reconfigure(&config.records, data, ctx.now(), &mut self.rng);
        self.pipeline.reconfigure(config, ctx);
        self.arm(ctx);
    }

    fn held(&self) -> u64 {
        self.pipeline.held
    }

    fn memory(&self) -> u64 {
        self.pipeline.memory()
    }

    fn observe(&self, kernel: &Kernel, out: &mut NodeView, _edges: &mut [EdgeView]) {
        view::observe(&self.pipeline, self.source.notes(), kernel, out);
    }

    fn check(&self) -> Result<(), String> {
        self.pipeline.check()
    }
}

impl Kpl {
    /// Sets the timer for the next births.
    fn arm(&mut self, ctx: &mut Ctx<'_>) {
        let wait = self.source.wait(self.ticked, ctx.now());
        self.tick = wait.map(|wait| ctx.after(wait, timer::TICK, 0));
    }

    fn on_tick(&mut self, ctx: &mut Ctx<'_>) {
        self.ticked = ctx.now();
        for row in self.make(ctx) {
            self.pipeline.accept(row, ctx);
        }
        self.pipeline.advance(ctx);
        self.arm(ctx);
    }

    /// The records that are due.
    fn make(&mut self, ctx: &mut Ctx<'_>) -> Vec<Record> {
        let mut births = Vec::new();
        self.source.take(ctx.now(), &mut self.rng, &mut births);
        let first = ctx.new_records(births.len() as u64);
        let wall_zero = ctx.wall_millis(Time::ZERO);
        let mut page = Page::default();
        let shared = self.source.shared();
        let mut drafts = Vec::with_capacity(births.len());
        for (born, id) in births.into_iter().zip(first.0..) {
            if ctx.is_halted() {
                break;
            }
            let from = at(&page);
            let (wall, table) = (wall_zero + born.millis(), ctx.keys_mut());
            let (key, _) = self.source.write(wall, &mut self.rng, table, &mut page);
            table.touch(key);
            let part = from..at(&page);
            let len = page.padded_bytes.take().unwrap_or(part.end - part.start);
            ctx.grew(part.len());
            drafts.push(((RecordId(id), key, born), part, len));
        }
        let (chunk, whole) = match &shared {
            Some(payload) => (Rc::clone(payload), Some(0..narrow(payload.len()))),
            None => (Rc::new(page.data), None),
        };
        let record = |(row, part, len)| match &whole {
            Some(part) => Record::new(row, &chunk, part.clone(), part.end),
            None => Record::new(row, &chunk, part, len),
        };
        drafts.into_iter().map(record).collect()
    }
}

fn at(page: &Page) -> u32 {
    narrow(page.data.len())
}

fn narrow(bytes: usize) -> u32 {
    u32::try_from(bytes).expect("a millisecond makes few megabytes")
}

/// Milliseconds of a setting as a length.
fn millis(millis: u32) -> Duration {
    Duration::from_millis(u64::from(millis))
}
