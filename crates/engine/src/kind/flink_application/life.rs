//! The states of an application, and of its job: started, stopped, updated, scaled, failed and
//! begun again (facts, analytics §3.4).

use std::rc::Rc;

use base::{Duration, Time, VecMap};
use scenario::kind::Restore;
use sql::Dialect;
use sql::live::Live;

use super::checkpoint::Checkpoint;
use super::pace::Scaling;
use super::{FlinkApplication, timer};
use crate::cause::{Cause, Reason};
use crate::kernel::ctx::Ctx;
use crate::kernel::queue::TimerId;
use crate::kind::query::Query;

/// A job that failed begins again so much later, for ever.
const RESTART_DELAY: Duration = Duration::from_secs(10);
/// How long `STOPPING` lasts without a snapshot; AWS names no time.
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
    Autoscaling,
}

/// Where an application stands.
#[derive(Clone, Debug)]
pub(super) struct Life {
    pub stage: Stage,
    /// `ApplicationVersionId`.
    pub version: u32,
    /// Ends the stage, or the time until a job begins again.
    timer: Option<TimerId>,
    /// Whether it never was started.
    pub is_new: bool,
    /// Since when the job runs, or does not.
    pub up_since: Option<Time>,
    pub down_since: Option<Time>,
    /// The newest snapshot.
    snapshot: Option<Rc<Checkpoint>>,
    /// A snapshot is under way, and the stage goes on behind it.
    is_closing: bool,
}

impl Default for Life {
    fn default() -> Self {
        Self {
            stage: Stage::Ready,
            version: 1,
            timer: None,
            is_new: true,
            up_since: None,
            down_since: None,
            snapshot: None,
            is_closing: false,
        }
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
            Self::Autoscaling => "AUTOSCALING",
        }
    }
}

impl FlinkApplication {
    /// `StartApplication`.
    pub(super) fn start(&mut self, ctx: &mut Ctx<'_>) {
        self.life.is_new = false;
        // A stop goes on to its end; it starts then.
        if self.life.stage != Stage::Ready {
            return;
        }
        self.pace.parallelism = self.config.parallelism;
        self.pace.begin(ctx.now());
        if self.config.restore == Restore::Skip {
            self.life.snapshot = None;
        }
        self.wait_as(Stage::Starting, ctx);
        self.arm(ctx);
    }

    /// `StopApplication`.
    pub(super) fn stop(&mut self, ctx: &mut Ctx<'_>) {
        if !matches!(self.life.stage, Stage::Ready | Stage::Stopping) {
            self.close(Stage::Stopping, ctx);
        }
    }

    /// `UpdateApplication`: while it runs it goes on with its new configuration.
    pub(super) fn update(&mut self, ctx: &mut Ctx<'_>) {
        self.life.version += 1;
        if self.life.stage == Stage::Running {
            self.close(Stage::Updating, ctx);
        }
    }

    /// What the load asks for.
    pub(super) fn scale(&mut self, scaling: Scaling, ctx: &mut Ctx<'_>) {
        let now = self.pace.parallelism;
        let wanted = match scaling {
            Scaling::Up => (now * 2).min(self.config.parallelism_max()),
            Scaling::Down => (now / 2).max(self.config.parallelism),
        };
        if !self.config.autoscaling || !self.runs || wanted == now {
            return;
        }
        self.pace.settle(ctx.now(), true, self.config.kpus(now));
        self.pace.parallelism = wanted;
        self.close(Stage::Autoscaling, ctx);
    }

    /// Ends the job, with a snapshot if there are any.
    fn close(&mut self, stage: Stage, ctx: &mut Ctx<'_>) {
        self.life.stage = stage;
        self.life.timer = None;
        let with_snapshot = self.config.snapshots && self.runs;
        self.coordinator.abort();
        if with_snapshot {
            self.life.is_closing = true;
            self.barrier(ctx);
            self.halt(ctx);
            return;
        }
        self.halt(ctx);
        self.let_go(ctx);
        let last = self.coordinator.last.as_ref();
        self.life.snapshot = last.filter(|_| self.config.snapshots).cloned();
        let wait = if stage == Stage::Stopping { STOPPING } else { self.starting() };
        self.life.timer = Some(ctx.after(wait, timer::LIFE, 0));
    }

    /// A checkpoint is complete: if it is the snapshot of a job that ends, the stage goes on.
    pub(super) fn closed(&mut self, ctx: &mut Ctx<'_>) {
        if !core::mem::take(&mut self.life.is_closing) {
            return;
        }
        self.life.snapshot.clone_from(&self.coordinator.last);
        self.tally.snapshots += 1;
        let wait = match self.life.stage {
            Stage::Stopping => Duration::ZERO,
            _ => self.starting(),
        };
        self.life.timer = Some(ctx.after(wait, timer::LIFE, 0));
    }

    /// The job fails, and begins again after ten seconds, or once what broke it is over.
    #[inline(never)]
    pub(super) fn fail(&mut self, why: &str, lasts: Duration, ctx: &mut Ctx<'_>) {
        let is_down = self.life.stage == Stage::Running && !self.runs;
        if !self.runs && !is_down {
            return;
        }
        let wait = RESTART_DELAY.max(lasts);
        self.life.timer = Some(ctx.after(wait, timer::LIFE, 0));
        if is_down {
            return;
        }
        self.tally.restarts += 1;
        self.halt(ctx);
        self.coordinator.abort();
        self.let_go(ctx);
        self.life.down_since = Some(ctx.now());
        ctx.explain(Cause {
            error: why.into(),
            ..Cause::new(ctx.now(), ctx.me(), Reason::JobFailed)
        });
    }

    /// A stage came to its end.
    pub(super) fn aged(&mut self, id: TimerId, ctx: &mut Ctx<'_>) {
        if self.life.timer.take_if(|timer| *timer == id).is_none() {
            return;
        }
        match self.life.stage {
            Stage::Starting | Stage::Updating | Stage::Autoscaling => {
                self.life.stage = Stage::Running;
                let snapshot = self.life.snapshot.clone();
                self.begin(snapshot, ctx);
            }
            Stage::Running => {
                let last = self.coordinator.last.clone();
                self.begin(last, ctx);
            }
            Stage::Stopping => {
                self.pace.end(ctx.now(), self.config.kpus(self.pace.parallelism));
                self.life.stage = Stage::Ready;
                (self.tick, self.life.down_since) = (None, None);
                if self.config.runs {
                    self.start(ctx);
                }
            }
            Stage::Ready => {}
        }
    }

    fn starting(&self) -> Duration {
        Duration::from_secs(self.config.starting_secs.into())
    }

    /// Reads nothing for as long as a start takes.
    fn wait_as(&mut self, stage: Stage, ctx: &mut Ctx<'_>) {
        self.life.stage = stage;
        self.life.timer = Some(ctx.after(self.starting(), timer::LIFE, 0));
    }

    /// The job begins: with the state and the positions of a moment before, or with neither. Code
    /// that does not bind was reported when it was typed; until it is mended nothing is read.
    fn begin(&mut self, from: Option<Rc<Checkpoint>>, ctx: &mut Ctx<'_>) {
        let code = &self.config.code;
        let kept = from.as_ref().filter(|it| *it.code == **code);
        let live = match kept {
            Some(checkpoint) => checkpoint.live.clone(),
            None => match Live::flink(code) {
                Ok(live) => live,
                Err(_) => return,
            },
        };
        match self.query.as_mut().filter(|_| *self.running_code == **code) {
            Some(query) => query.restore(live),
            None => self.query = Some(Query::new(live, code, Dialect::Flink)),
        }
        self.numbers = code.contains("sequence-number");
        self.running_code = code.as_str().into();
        if let Some(checkpoint) = kept {
            self.place = checkpoint.place;
        }
        self.runs = true;
        (self.life.up_since, self.life.down_since) = (Some(ctx.now()), None);
        self.find_targets(ctx);
        let positions = from.as_ref().map_or(&[][..], |it| &it.positions);
        self.read_anew(positions, ctx);
        self.coordinator.last = from;
        let interval = self.interval();
        self.arm_checkpoint(interval, ctx);
    }

    /// Stops reading.
    fn halt(&mut self, ctx: &mut Ctx<'_>) {
        self.runs = false;
        self.life.up_since = None;
        self.pace.rest(ctx.now());
        for source in &mut self.sources {
            source.reader.restart(None, VecMap::new(), ctx);
        }
    }

    /// Lets go of the rows that are not stored: they come out again, or were never.
    fn let_go(&mut self, ctx: &mut Ctx<'_>) {
        let place = self.place;
        for target in &mut self.targets {
            target.high = target.high.max(target.sink.pending().map_or(place, |it| it - 1));
            target.sink.clear(Reason::Superseded, ctx);
            target.files.reset(ctx);
        }
    }
}
