//! A worker and what it does with each lease it believes it holds.

use base::{Time, VecMap};

use super::balance::Taker;
use crate::call::ShardIterator;
use crate::kernel::queue::{TimerId, Token};

/// One process of the application.
#[derive(Clone, Debug, Default)]
pub(super) struct Worker {
    pub(super) taker: Taker,
    pub(super) pumps: VecMap<u32, Pump>,
    /// Stopped for a while, as by a long garbage collection: it knows nothing of the time.
    pub(super) paused: bool,
}

/// The record processor of one lease.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pump {
    /// The counter of the lease when it was last renewed.
    pub(super) counter: u64,
    pub(super) stage: Stage,
    /// The timer of its next step; none while a call is on its way.
    pub(super) timer: Option<TimerId>,
    /// The call it made last.
    pub(super) call: Option<Token>,
    /// Its timer rang while the worker was paused.
    pub(super) stalled: bool,
    /// Somebody else owns the lease: a running batch is finished, nothing more.
    pub(super) lost: bool,
    pub(super) asked: Time,
    pub(super) failures: u32,
    pub(super) behind_micros: u64,
    pub(super) answered: Time,
    pub(super) checkpointed: Time,
    /// Records processed since the last checkpoint.
    pub(super) unsaved: u64,
}

/// Where a record processor is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Stage {
    /// `WAITING_ON_PARENT`, then `INITIALIZING`: needs an iterator.
    Starts,
    /// `PROCESSING`, on its way to the next batch.
    Reads(ShardIterator),
    /// `PROCESSING`, inside `processRecords`.
    Works(Work),
    /// `SHUTDOWN_COMPLETE` at the end of a closed shard.
    Done,
}

/// A batch inside `processRecords`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Work {
    /// Records of the shard's life before the first of the batch.
    pub(super) from: u64,
    pub(super) records: u64,
    pub(super) bytes: u64,
    /// Where to read on; none at the end of a closed shard.
    pub(super) next: Option<ShardIterator>,
}

impl Pump {
    pub(super) fn new(counter: u64, now: Time) -> Self {
        Self {
            counter,
            stage: Stage::Starts,
            timer: None,
            call: None,
            stalled: false,
            lost: false,
            asked: now,
            failures: 0,
            behind_micros: 0,
            answered: now,
            checkpointed: now,
            unsaved: 0,
        }
    }

    /// How far behind the tip of the shard it is.
    pub(super) fn age_micros(&self, now: Time) -> u64 {
        let works = matches!(self.stage, Stage::Works(_)) || self.stalled;
        if self.behind_micros == 0 && !works {
            return 0;
        }
        self.behind_micros + now.since(self.answered).0
    }
}
