//! Producer: makes or replays records and puts them with the AWS SDK.
//!
//! Fidelity: `PutRecords` answers 200 even when entries failed, and the SDK does not try those
//! again; what happens to them is the client's own policy (facts, streams §2.2, §8.1). A call that
//! timed out may have stored its records: sending them again makes duplicates, as in real life.

mod calls;
pub(super) mod client;
pub(crate) mod last;
mod parcel;
mod recent;
mod retry;
pub(super) mod tally;
pub(super) mod view;

use base::{Duration, RecordId, Rng, Time};
use scenario::DataSets;
use scenario::kind::ProducerConfig;

use self::client::Client;
use self::last::LastPut;
use super::Component;
use crate::call::Response;
use crate::generate::source::Source;
use crate::kernel::Kernel;
use crate::kernel::ctx::Ctx;
use crate::kernel::queue::{Event, TimerId};
use crate::snapshot::{EdgeView, NodeView};

/// What a timer was set for.
mod timer {
    pub(super) const TICK: u32 = 0;
    pub(super) const LINGER: u32 = 1;
    pub(super) const RETRY: u32 = 2;
    pub(super) const TIMEOUT: u32 = 3;
}

/// Positions in the specification's list of metrics.
mod metric {
    pub(super) const ATTEMPTED: u8 = 0;
    pub(super) const STORED: u8 = 1;
    pub(super) const REJECTED: u8 = 2;
    pub(super) const GIVEN_UP: u8 = 3;
    pub(super) const LATENCY: u8 = 4;
    pub(super) const BUFFERED: u8 = 5;
    pub(super) const BORN: u8 = 6;
}

/// State of a producer.
#[derive(Clone, Debug)]
pub struct Producer {
    source: Source,
    client: Client,
    /// Draws records only, so that the same records come whatever becomes of the calls.
    rng: Rng,
    tick: Option<TimerId>,
    ticked: Time,
    births: Vec<Time>,
}

impl Component for Producer {
    type Config = ProducerConfig;

    fn new(config: &ProducerConfig, data: &DataSets, ctx: &mut Ctx<'_>) -> Self {
        let stream = (1 << 32) | u64::from(ctx.me().0);
        let mut rng = ctx.rng().fork(stream);
        let source = Source::new(&config.records, data, ctx.now(), &mut rng);
        let mut client = Client::new(config);
        client.share(source.shared());
        let mut new =
            Self { source, client, rng, tick: None, ticked: ctx.now(), births: Vec::new() };
        new.arm(ctx);
        new
    }

    fn handle(&mut self, event: Event, ctx: &mut Ctx<'_>) {
        match event {
            Event::Timer { id, code, data } => match code {
                timer::TICK if self.tick == Some(id) => self.on_tick(ctx),
                timer::TICK => {}
                _ => self.client.on_timer(code, id, data, ctx),
            },
            Event::Response { token, response: Response::Put(outcome), .. } => {
                self.client.on_answer(token, outcome, ctx);
            }
            Event::Rewired => self.client.rewire(ctx),
            Event::Response { .. } | Event::Request { .. } => {}
        }
    }

    fn reconfigure(&mut self, config: &ProducerConfig, data: &DataSets, ctx: &mut Ctx<'_>) {
        self.source.reconfigure(&config.records, data, ctx.now(), &mut self.rng);
        self.client.reconfigure(config, ctx);
        self.client.share(self.source.shared());
        self.arm(ctx);
    }

    fn held(&self) -> u64 {
        self.client.held()
    }

    fn memory(&self) -> u64 {
        self.client.memory()
    }

    fn observe(&self, kernel: &Kernel, out: &mut NodeView, _edges: &mut [EdgeView]) {
        view::observe(&self.client, self.source.notes(), kernel, out);
    }

    fn last_put(&self) -> Option<&LastPut> {
        self.client.last()
    }

    fn check(&self) -> Result<(), String> {
        self.client.check()
    }
}

impl Producer {
    /// Sets the timer for the next births.
    fn arm(&mut self, ctx: &mut Ctx<'_>) {
        let wait = self.source.wait(self.ticked, ctx.now());
        self.tick = wait.map(|wait| ctx.after(wait, timer::TICK, 0));
    }

    fn on_tick(&mut self, ctx: &mut Ctx<'_>) {
        self.ticked = ctx.now();
        self.births.clear();
        self.source.take(ctx.now(), &mut self.rng, &mut self.births);
        let first = ctx.new_records(self.births.len() as u64);
        let wall_zero = ctx.wall_millis(Time::ZERO);
        for (born, id) in self.births.iter().zip(first.0..) {
            if ctx.is_halted() {
                break;
            }
            let table = ctx.keys_mut();
            let page = self.client.page_mut();
            let wall_millis = wall_zero + born.millis();
            let (key, key_bytes) = self.source.write(wall_millis, &mut self.rng, table, page);
            table.touch(key);
            self.client.accept(RecordId(id), key, key_bytes, *born, ctx);
        }
        self.client.accepted(ctx);
        self.arm(ctx);
    }
}

/// Milliseconds of a setting as a length.
fn millis(millis: u32) -> Duration {
    Duration::from_millis(u64::from(millis))
}

#[cfg(test)]
mod tests;
