//! Checkpoints: what a job begins again with (facts, analytics §3.4).
//!
//! A barrier takes a clone of the query and the positions of all readers at one moment. It is a
//! checkpoint once that is uploaded and every row that came out before it is stored; files that
//! were written before it are finished then. Without that a failure would lose rows.

use std::rc::Rc;

use base::{Duration, Time, VecMap};
use sql::live::Live;

use super::{FlinkApplication, metric, timer};
use crate::kernel::ctx::Ctx;
use crate::kernel::queue::TimerId;

/// Bytes a second that state is uploaded with, and how long the smallest one takes; AWS names
/// neither.
const UPLOAD_BYTES: u64 = 100 << 20;
const UPLOAD_MICROS: u64 = 50_000;

/// A moment of a job.
#[derive(Clone, Debug)]
pub(super) struct Checkpoint {
    /// Its number.
    pub id: u64,
    pub began: Time,
    pub live: Live,
    /// What runs.
    pub code: Rc<str>,
    /// Records of each shard before the first one that is not in it, for each table that is read,
    /// by name.
    pub positions: Vec<(String, VecMap<u32, u64>)>,
    /// Rows that came out before it.
    pub place: u64,
    pub state_bytes: u64,
}

/// Who makes checkpoints.
#[derive(Clone, Debug, Default)]
pub(super) struct Coordinator {
    /// The last one that is complete.
    pub last: Option<Rc<Checkpoint>>,
    /// The one under way, and whether it is uploaded.
    pub running: Option<(Rc<Checkpoint>, bool)>,
    /// When the next one begins.
    pub next: Option<TimerId>,
    upload: Option<TimerId>,
    /// How many were begun.
    pub count: u64,
    pub last_millis: u64,
    pub last_bytes: u64,
}

impl Coordinator {
    /// Nothing is under way any more.
    pub(super) fn abort(&mut self) {
        (self.running, self.next, self.upload) = (None, None, None);
    }

    /// Memory it takes, about.
    pub(super) fn memory(&self) -> u64 {
        let running = self.running.as_ref().map_or(0, |(it, _)| it.state_bytes);
        running + self.last.as_ref().map_or(0, |it| it.state_bytes)
    }
}

impl FlinkApplication {
    /// Sets the timer of the next checkpoint.
    pub(super) fn arm_checkpoint(&mut self, wait: Duration, ctx: &mut Ctx<'_>) {
        self.coordinator.next =
            self.config.checkpointing.then(|| ctx.after(wait, timer::CHECKPOINT, 0));
    }

    pub(super) fn interval(&self) -> Duration {
        Duration::from_secs(self.config.checkpoint_interval_secs.into())
    }

    /// It is time for a barrier.
    pub(super) fn checkpoint_due(&mut self, id: TimerId, ctx: &mut Ctx<'_>) {
        if self.coordinator.next.take_if(|timer| *timer == id).is_some() && self.runs {
            self.barrier(ctx);
        }
    }

    /// Takes a moment of the job.
    pub(super) fn barrier(&mut self, ctx: &mut Ctx<'_>) {
        let Some(query) = &self.query else { return };
        self.coordinator.count += 1;
        let id = self.coordinator.count;
        let live = query.live().clone();
        let state_bytes = live.state_bytes();
        let positions = self.sources.iter().map(|it| (it.table.clone(), it.positions())).collect();
        let (began, place) = (ctx.now(), self.place);
        for target in &mut self.targets {
            target.files.roll(id, began);
        }
        let code = Rc::clone(&self.running_code);
        let checkpoint = Checkpoint { id, began, live, code, positions, place, state_bytes };
        self.coordinator.running = Some((Rc::new(checkpoint), false));
        let micros = UPLOAD_MICROS + state_bytes * 1_000_000 / UPLOAD_BYTES;
        self.coordinator.upload = Some(ctx.after(Duration(micros), timer::UPLOADED, 0));
    }

    pub(super) fn checkpoint_uploaded(&mut self, id: TimerId, ctx: &mut Ctx<'_>) {
        if self.coordinator.upload.take_if(|timer| *timer == id).is_none() {
            return;
        }
        if let Some((_, is_uploaded)) = &mut self.coordinator.running {
            *is_uploaded = true;
        }
        self.complete(ctx);
    }

    /// Completes the checkpoint under way, if nothing is missing.
    pub(super) fn complete(&mut self, ctx: &mut Ctx<'_>) {
        let Some((checkpoint, true)) = &self.coordinator.running else { return };
        let place = checkpoint.place;
        let is_behind = |pending: u64| pending <= place;
        if self.targets.iter().any(|it| it.sink.pending().is_some_and(is_behind)) {
            return;
        }
        let checkpoint = Rc::clone(checkpoint);
        let took = ctx.now().since(checkpoint.began);
        let coordinator = &mut self.coordinator;
        coordinator.running = None;
        (coordinator.last_millis, coordinator.last_bytes) = (took.millis(), checkpoint.state_bytes);
        let id = checkpoint.id;
        coordinator.last = Some(checkpoint);
        self.tally.checkpoints += 1;
        ctx.peak(metric::CHECKPOINT_MILLIS, took.millis());
        ctx.peak(metric::CHECKPOINT_BYTES, self.coordinator.last_bytes);
        for target in &mut self.targets {
            target.files.finish(id);
        }
        self.upload_files(ctx);
        if self.runs {
            let pause = Duration::from_secs(self.config.checkpoint_pause_secs.into());
            let wait = Duration(self.interval().0.saturating_sub(took.0)).max(pause);
            self.arm_checkpoint(wait, ctx);
        }
        self.closed(ctx);
    }
}
