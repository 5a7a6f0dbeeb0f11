//! The states of an application, and of its job: started, stopped, updated, scaled, failed and
//! begun again (facts, analytics §3.4).

use std::rc::Rc;

use base::{Duration, Time, VecMap};
use scenario::endpoint;
use scenario::kind::{Restore, StartAt};
use sql::Dialect;
use sql::live::Live;

use super::checkpoint::Checkpoint;
use super::pace::Scaling;
use super::{FlinkApplication, timer};
use crate::cause::{Cause, Reason};
use crate::kernel::ctx::Ctx;
use crate::kernel::queue::TimerId;
use crate::kind::query::life::{STOPPING, Stage};
use crate::kind::query::{Query, next_second};

/// A job that failed begins again so much later, for ever.
const RESTART_DELAY: Duration = Duration::from_secs(10);
/// The job of an application.
#[derive(Clone, Debug, Default)]
pub(super) struct Job {
    /// Since when it runs, or does not.
    pub up_since: Option<Time>,
    pub down_since: Option<Time>,
    /// The newest snapshot.
    snapshot: Option<Rc<Checkpoint>>,
    /// A snapshot is under way, and the stage goes on behind it.
    is_closing: bool,
    /// Rows that were made before it began with nothing.
    origin: u64,
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
            self.job.snapshot = None;
        }
        self.life.enter(Stage::Starting, self.starting(), ctx);
        self.tick = Some(next_second(timer::TICK, ctx));
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
        self.life.stay();
        self.job.is_closing = false;
        let with_snapshot = self.config.snapshots && self.runs;
        self.coordinator.abort();
        if with_snapshot {
            self.job.is_closing = true;
            self.barrier(ctx);
            self.halt(ctx);
            return;
        }
        self.halt(ctx);
        self.let_go(ctx);
        let last = self.coordinator.last.as_ref();
        self.job.snapshot = last.filter(|_| self.config.snapshots).cloned();
        let wait = if stage == Stage::Stopping { STOPPING } else { self.starting() };
        self.life.wait(wait, ctx);
    }

    /// A checkpoint is complete: if it is the snapshot of a job that ends, the stage goes on.
    pub(super) fn closed(&mut self, ctx: &mut Ctx<'_>) {
        if !core::mem::take(&mut self.job.is_closing) {
            return;
        }
        // Nothing comes out behind the snapshot, and all that did is stored.
        for target in &mut self.targets {
            target.high = target.high.max(self.place);
        }
        self.job.snapshot.clone_from(&self.coordinator.last);
        self.tally.snapshots += 1;
        self.pace.back_up(self.coordinator.last_bytes, ctx.now());
        let wait = match self.life.stage {
            Stage::Stopping => Duration::ZERO,
            _ => self.starting(),
        };
        self.life.wait(wait, ctx);
    }

    /// The job fails, and begins again after ten seconds, or once what broke it is over.
    #[inline(never)]
    pub(super) fn fail(&mut self, why: &str, lasts: Duration, ctx: &mut Ctx<'_>) {
        let is_down = self.life.stage == Stage::Running && !self.runs;
        if !self.runs && !is_down {
            return;
        }
        let wait = RESTART_DELAY.max(lasts);
        self.life.wait(wait, ctx);
        if is_down {
            return;
        }
        self.tally.restarts += 1;
        self.halt(ctx);
        self.coordinator.abort();
        self.let_go(ctx);
        self.job.down_since = Some(ctx.now());
        ctx.explain(Cause {
            error: why.into(),
            ..Cause::new(ctx.now(), ctx.me(), Reason::JobFailed)
        });
    }

    /// A stage came to its end.
    pub(super) fn aged(&mut self, id: TimerId, ctx: &mut Ctx<'_>) {
        if !self.life.woken(id) {
            return;
        }
        match self.life.stage {
            Stage::Starting | Stage::Updating | Stage::Autoscaling => {
                self.life.stage = Stage::Running;
                let snapshot = self.job.snapshot.clone();
                self.begin(snapshot, ctx);
            }
            Stage::Running => {
                let last = self.coordinator.last.clone();
                self.begin(last, ctx);
            }
            Stage::Stopping => {
                self.pace.end(ctx.now(), self.config.kpus(self.pace.parallelism));
                self.life.stage = Stage::Ready;
                (self.tick, self.job.down_since) = (None, None);
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
        // With nothing the same code gives the same rows anew, unless it begins behind them.
        let repeats = from.is_none() && live.inputs().iter().all(|it| reads_all(&it.options));
        match self.query.as_mut().filter(|_| *self.running_code == **code) {
            Some(query) => {
                query.restore(live);
                if repeats {
                    self.place = self.job.origin;
                }
            }
            None => self.query = Some(Query::new(live, code, Dialect::Flink)),
        }
        self.running_code = code.as_str().into();
        match kept {
            Some(checkpoint) => self.place = checkpoint.place,
            None => self.job.origin = self.place,
        }
        self.runs = true;
        (self.job.up_since, self.job.down_since) = (Some(ctx.now()), None);
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
        self.job.up_since = None;
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

/// Whether a table is read from the same record on whenever a job begins.
fn reads_all(options: &endpoint::Options) -> bool {
    endpoint::begins(options, 0).0 != StartAt::Latest
}
