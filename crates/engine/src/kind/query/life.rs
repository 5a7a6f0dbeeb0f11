//! The states an application goes through; what it does in them is its own (facts, analytics §1.1,
//! §3.4).

use base::{Duration, Time};

use crate::kernel::ctx::Ctx;
use crate::kernel::queue::TimerId;

/// How long `STOPPING` lasts; AWS names no time.
pub(in crate::kind) const STOPPING: Duration = Duration::SECOND;

/// `ApplicationStatus`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::kind) enum Stage {
    #[default]
    Ready,
    Starting,
    Running,
    Stopping,
    Updating,
    Autoscaling,
}

impl Stage {
    /// As the API names it.
    pub(in crate::kind) fn word(self) -> &'static str {
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

/// Where an application stands.
#[derive(Clone, Debug)]
pub(in crate::kind) struct Life {
    pub stage: Stage,
    /// `ApplicationVersionId`.
    pub version: u32,
    /// Whether it never was started.
    pub is_new: bool,
    /// The code of its timer.
    code: u32,
    /// Ends the stage, or the time in which it is down.
    timer: Option<TimerId>,
}

impl Life {
    /// One that was made and not started; `code` is that of its timer.
    pub(in crate::kind) fn new(code: u32) -> Self {
        Self { stage: Stage::Ready, version: 1, is_new: true, code, timer: None }
    }

    /// Comes into a stage that ends after a while.
    pub(in crate::kind) fn enter(&mut self, stage: Stage, lasts: Duration, ctx: &mut Ctx<'_>) {
        self.stage = stage;
        self.wait(lasts, ctx);
    }

    /// Stays in its stage, and is woken after a while.
    pub(in crate::kind) fn wait(&mut self, lasts: Duration, ctx: &mut Ctx<'_>) {
        self.timer = Some(ctx.after(lasts, self.code, 0));
    }

    /// Stays in its stage, and is woken at this time, if that is not over.
    pub(in crate::kind) fn wait_until(&mut self, until: Time, ctx: &mut Ctx<'_>) {
        self.wait(until.since(ctx.now()), ctx);
    }

    /// Is woken no more.
    pub(in crate::kind) fn stay(&mut self) {
        self.timer = None;
    }

    /// Whether this timer was waited for.
    pub(in crate::kind) fn woken(&mut self, id: TimerId) -> bool {
        self.timer.take_if(|timer| *timer == id).is_some()
    }
}
