//! The states of an application: started, updated, stopped, or dead for a while (facts, analytics
//! §1.1).

use base::{Duration, VecMap};
use scenario::kind::InputStart;

use super::outputs::Progress;
use super::tapped::TAP;
use super::{SqlApplication, source, timer};
use crate::cause::Reason;
use crate::kernel::ctx::Ctx;
use crate::kernel::queue::TimerId;
use crate::kind::query::life::{STOPPING, Stage};
use crate::kind::query::next_second;
use crate::kind::reader::Reader;

impl SqlApplication {
    /// `StartApplication`.
    pub(super) fn start(&mut self, ctx: &mut Ctx<'_>) {
        self.life.is_new = false;
        // A stop goes on to its end; it starts then.
        if self.life.stage != Stage::Ready {
            return;
        }
        if self.config.start != InputStart::LastStoppedPoint {
            self.progress = Progress::default();
        }
        if self.config.start == InputStart::Now {
            self.tapped.clear(ctx);
        }
        self.life.enter(Stage::Starting, self.starting(), ctx);
    }

    /// `StopApplication`.
    pub(super) fn stop(&mut self, ctx: &mut Ctx<'_>) {
        if matches!(self.life.stage, Stage::Ready | Stage::Stopping) {
            return;
        }
        self.halt(ctx);
        self.life.enter(Stage::Stopping, STOPPING, ctx);
    }

    /// `UpdateApplication`: while it runs it goes on with its new configuration where it was.
    pub(super) fn update(&mut self, ctx: &mut Ctx<'_>) {
        self.life.version += 1;
        self.function.configure(&self.config);
        self.find_ways();
        if self.life.stage == Stage::Running {
            self.halt(ctx);
            self.life.enter(Stage::Updating, self.starting(), ctx);
        }
    }

    /// The application dies, its state with it.
    pub(super) fn die(&mut self, lasts: Duration, ctx: &mut Ctx<'_>) {
        let until = ctx.now() + lasts;
        let until = self.down_until.map_or(until, |it| it.max(until));
        self.down_until = Some(until);
        // In another stage it comes up no sooner than that is over.
        if self.life.stage == Stage::Running {
            self.tally.restarts += u64::from(self.tick.is_some());
            self.halt(ctx);
            self.life.wait_until(until, ctx);
        }
    }

    /// Nothing holds it down any more.
    pub(super) fn revive(&mut self, ctx: &mut Ctx<'_>) {
        if self.down_until.take().is_some() && self.life.stage == Stage::Running {
            self.life.stay();
            self.begin(ctx);
        }
    }

    /// A stage came to its end.
    pub(super) fn aged(&mut self, id: TimerId, ctx: &mut Ctx<'_>) {
        if !self.life.woken(id) {
            return;
        }
        if let Some(until) = self.down_until.filter(|until| *until > ctx.now()) {
            return self.life.wait_until(until, ctx);
        }
        self.down_until = None;
        match self.life.stage {
            Stage::Starting | Stage::Updating | Stage::Autoscaling | Stage::Running => {
                self.life.stage = Stage::Running;
                self.begin(ctx);
            }
            Stage::Stopping => {
                self.life.stage = Stage::Ready;
                if self.config.runs {
                    self.start(ctx);
                }
            }
            Stage::Ready => {}
        }
    }

    /// It reads nothing for as long as a start takes.
    fn starting(&self) -> Duration {
        Duration::from_secs(self.config.starting_secs.into())
    }

    /// Begins to read, once the reference data is there.
    pub(super) fn begin(&mut self, ctx: &mut Ctx<'_>) {
        if self.down_until.is_some() {
            return;
        }
        self.pace.restart(ctx.now());
        self.tick = Some(next_second(timer::TICK, ctx));
        if self.wants_reference() {
            self.fetch(ctx);
        } else {
            self.run(Vec::new(), ctx);
        }
    }

    /// Reads on, where the last run has got to.
    pub(super) fn go_on(&mut self, ctx: &mut Ctx<'_>) {
        let positions: VecMap<u32, u64> = self.progress.begins();
        let edge = self.stream();
        self.reader = Reader::new(source::reader_config(&self.config));
        self.reader.restart(edge, positions, ctx);
        if let Some(edge) = edge {
            ctx.set_alarm(edge, source::LATE_MICROS);
        }
    }

    /// Stops reading and forgets what is under way: it is read again.
    pub(super) fn halt(&mut self, ctx: &mut Ctx<'_>) {
        if self.tick.is_some() {
            self.pace.settle(ctx.now());
        }
        (self.tick, self.asked, self.fetch_timer) = (None, None, None);
        self.runs = false;
        let mut positions: Vec<(u32, u64)> = self.reader.positions().collect();
        if self.stream().is_none() {
            positions.push((TAP, self.tapped.position()));
        }
        self.progress.halt(positions);
        self.reader.restart(None, VecMap::new(), ctx);
        for sink in &mut self.sinks {
            sink.clear(Reason::Superseded, ctx);
        }
        self.function.clear(ctx);
        self.tapped.rewind(ctx);
    }
}
