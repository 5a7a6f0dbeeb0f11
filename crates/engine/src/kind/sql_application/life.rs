//! The states of an application: started, updated, stopped, or dead for a while (facts, analytics
//! §1.1).

use base::{Duration, Time, VecMap};
use scenario::kind::InputStart;

use super::outputs::Progress;
use super::source;
use super::{SqlApplication, timer};
use crate::cause::Reason;
use crate::kernel::ctx::Ctx;
use crate::kernel::queue::TimerId;
use crate::kind::reader::Reader;

/// How long `STOPPING` lasts; AWS names no time.
const STOPPING: Duration = Duration::SECOND;

/// `ApplicationStatus`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Stage {
    #[default]
    Ready,
    Starting,
    Running,
    Stopping,
    Updating,
}

/// Where an application stands.
#[derive(Clone, Debug)]
pub(super) struct Life {
    pub stage: Stage,
    /// `ApplicationVersionId`.
    pub version: u32,
    /// Ends the stage.
    timer: Option<TimerId>,
    /// Whether it never was started.
    pub is_new: bool,
    /// When it comes up again, if it has died.
    pub down_until: Option<Time>,
}

impl Default for Life {
    fn default() -> Self {
        Self { stage: Stage::Ready, version: 1, timer: None, is_new: true, down_until: None }
    }
}

impl Stage {
    /// As the API names it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Ready => "READY",
            Self::Starting => "STARTING",
            Self::Running => "RUNNING",
            Self::Stopping => "STOPPING",
            Self::Updating => "UPDATING",
        }
    }
}

impl SqlApplication {
    /// `StartApplication`.
    pub(super) fn start(&mut self, ctx: &mut Ctx<'_>) {
        self.life.is_new = false;
        match self.life.stage {
            // The stop goes on to its end; it starts then.
            Stage::Stopping | Stage::Starting | Stage::Running | Stage::Updating => return,
            Stage::Ready => {}
        }
        if self.config.start != InputStart::LastStoppedPoint {
            self.progress = Progress::default();
        }
        self.wait_as(Stage::Starting, ctx);
    }

    /// `StopApplication`.
    pub(super) fn stop(&mut self, ctx: &mut Ctx<'_>) {
        if matches!(self.life.stage, Stage::Ready | Stage::Stopping) {
            return;
        }
        self.halt(ctx);
        self.life.stage = Stage::Stopping;
        self.life.timer = Some(ctx.after(STOPPING, timer::LIFE, 0));
    }

    /// `UpdateApplication`: while it runs it goes on with its new configuration where it was.
    pub(super) fn update(&mut self, ctx: &mut Ctx<'_>) {
        self.life.version += 1;
        self.function.configure(&self.config);
        self.find_ways();
        if self.life.stage == Stage::Running {
            self.halt(ctx);
            self.wait_as(Stage::Updating, ctx);
        }
    }

    /// The application dies, its state with it.
    pub(super) fn die(&mut self, lasts: Duration, ctx: &mut Ctx<'_>) {
        let until = ctx.now() + lasts;
        self.life.down_until = Some(self.life.down_until.map_or(until, |it| it.max(until)));
        if self.life.stage == Stage::Running {
            self.halt(ctx);
            self.tally.restarts += 1;
        }
        self.life.timer = Some(ctx.after(lasts, timer::LIFE, 0));
    }

    /// Nothing holds it down any more.
    pub(super) fn revive(&mut self, ctx: &mut Ctx<'_>) {
        if self.life.down_until.take().is_some() && self.life.stage == Stage::Running {
            self.life.timer = None;
            self.begin(ctx);
        }
    }

    /// A stage came to its end.
    pub(super) fn aged(&mut self, id: TimerId, ctx: &mut Ctx<'_>) {
        if self.life.timer.take_if(|timer| *timer == id).is_none() {
            return;
        }
        if let Some(until) = self.life.down_until.filter(|until| *until > ctx.now()) {
            self.life.timer = Some(ctx.after(until.since(ctx.now()), timer::LIFE, 0));
            return;
        }
        self.life.down_until = None;
        match self.life.stage {
            Stage::Starting | Stage::Updating | Stage::Running => {
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

    /// Reads nothing for as long as a start takes.
    fn wait_as(&mut self, stage: Stage, ctx: &mut Ctx<'_>) {
        self.life.stage = stage;
        let secs = Duration::from_secs(self.config.starting_secs.into());
        self.life.timer = Some(ctx.after(secs, timer::LIFE, 0));
    }

    /// Begins to read, once the reference data is there.
    pub(super) fn begin(&mut self, ctx: &mut Ctx<'_>) {
        if self.life.down_until.is_some() {
            return;
        }
        self.pace.restart(ctx.now());
        self.arm(ctx);
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
        let positions: Vec<(u32, u64)> = self.reader.positions().collect();
        self.progress.halt(positions);
        self.reader.restart(None, VecMap::new(), ctx);
        for sink in &mut self.sinks {
            sink.clear(Reason::Superseded, ctx);
        }
        self.function.clear(ctx);
        for (record, _) in core::mem::take(&mut self.tapped) {
            let bytes = record.bytes(ctx.keys());
            ctx.drop_held(Reason::Superseded, 1, bytes);
        }
    }
}
