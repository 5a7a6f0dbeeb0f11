//! A worker and what it does with each lease it believes it holds.

use base::{Duration, Time, VecMap};

use super::balance::Taker;
use crate::batch::Batch;
use crate::call::ShardIterator;
use crate::kernel::queue::{TimerId, Token};
use crate::lease::Checkpoint;

/// One process of the application.
#[derive(Clone, Debug, Default)]
pub(super) struct Worker {
    pub(super) taker: Taker,
    pub(super) pumps: VecMap<u32, Pump>,
    /// Stopped for a while, as by a long garbage collection: it knows nothing of the time.
    pub(super) paused: bool,
    /// A pause by a fault ends here.
    pub(super) paused_until: Time,
    /// When it last came up or woke.
    pub(super) woke: Time,
    /// Its work takes a multiple of the time.
    pub(super) slow: bool,
    /// Time its record processors worked since its last report.
    pub(super) busy_micros: u64,
}

/// The record processor of one lease.
#[derive(Clone, Debug)]
pub(super) struct Pump {
    /// `leaseCounter` as the worker saw it last.
    pub(super) counter: u64,
    /// When the worker itself last moved the counter: it takes the lease for lost, without asking,
    /// once that is longer ago than the failover time (`DynamoDBLeaseRenewer`).
    pub(super) renewed: Time,
    /// A conditional write of the row is on its way: the next one waits for it.
    pub(super) is_writing: bool,
    pub(super) stage: Stage,
    /// The timer of its next step; none while a call is on its way.
    pub(super) timer: Option<TimerId>,
    /// The call it made last.
    pub(super) call: Option<Token>,
    /// Its timer rang while the worker was paused.
    pub(super) stalled: bool,
    /// Somebody else owns the lease: a running batch is finished, nothing more.
    pub(super) lost: bool,
    /// Records of the shard's life before what it reads next; none before the first answer.
    pub(super) place: Option<u64>,
    pub(super) asked: Time,
    pub(super) failures: u32,
    pub(super) behind_micros: u64,
    pub(super) answered: Time,
    pub(super) checkpointed: Time,
    /// Records processed since the last checkpoint.
    pub(super) unsaved: u64,
    pub(super) work: Work,
    /// User records in the batch in hand beyond its records: aggregates hold several.
    pub(super) more_users: u64,
    /// The place of the last user record in the last record: `checkpointSubSequenceNumber`.
    pub(super) sub: u64,
    /// Bytes since the last renewal, and a moving average of bytes a second.
    pub(super) bytes: u64,
    pub(super) bytes_per_sec: u64,
}

/// Where a record processor is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Stage {
    /// `WAITING_ON_PARENT`, then `INITIALIZING`: reads its row and needs an iterator.
    Starts,
    /// `PROCESSING`, on its way to the next batch.
    Reads(ShardIterator),
    /// `PROCESSING`, waiting for what the subscription with this number pushes.
    Listens(u32),
    /// `PROCESSING`, without iterator or subscription: goes on behind so many records.
    Resumes(u64),
    /// `PROCESSING`, inside `processRecords`.
    Works,
    /// `PROCESSING`, writing what it worked out to the target.
    Writes,
    /// Inside `checkpoint`.
    Saves(Checkpoint, Next),
    /// `SHUTDOWN_COMPLETE` at the end of a closed shard.
    Done,
}

/// What follows a checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// The batch that was just fetched.
    Work,
    /// The next fetch.
    Fetch,
    /// The end of the shard.
    End,
}

/// The batch in hand.
#[derive(Clone, Debug, Default)]
pub(super) struct Work {
    pub(super) batch: Batch,
    /// Records of the shard's life before the first of the batch, and up to its last.
    pub(super) from: u64,
    pub(super) to: u64,
    /// When its last record arrived.
    pub(super) last: Time,
    /// Records and bytes that the application holds of it.
    pub(super) held: (u64, u64),
    /// How often `processRecords` threw, or the target refused.
    pub(super) failures: u32,
    /// How to read on; none at the end of a closed shard.
    pub(super) next: Option<Stage>,
}

/// How a batch ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// Its records were processed.
    Good,
    /// They were skipped or given up.
    Bad,
}

/// What the stream gave.
#[derive(Clone, Debug)]
pub(super) struct Arrived {
    pub(super) batch: Batch,
    /// Records of the shard's life before the first of the batch.
    pub(super) from: u64,
    /// How to read on; none at the end of a closed shard.
    pub(super) next: Option<Stage>,
    pub(super) behind_micros: u64,
    /// Records that expired before they were read.
    pub(super) skipped: u64,
}

impl Pump {
    pub(super) fn new(counter: u64, now: Time) -> Self {
        Self {
            counter,
            renewed: now,
            is_writing: false,
            stage: Stage::Starts,
            timer: None,
            call: None,
            stalled: false,
            lost: false,
            place: None,
            asked: now,
            failures: 0,
            behind_micros: 0,
            answered: now,
            checkpointed: now,
            unsaved: 0,
            work: Work::default(),
            more_users: 0,
            sub: 0,
            bytes: 0,
            bytes_per_sec: 0,
        }
    }

    /// Whether it has a batch in hand.
    pub(super) fn is_busy(&self) -> bool {
        matches!(self.stage, Stage::Works | Stage::Writes | Stage::Saves(..))
    }

    /// Whether its own clock says that the lease has run out.
    pub(super) fn is_expired(&self, failover: Duration, now: Time) -> bool {
        now.since(self.renewed) > failover
    }

    /// How far behind the tip of the shard it is.
    pub(super) fn age_micros(&self, now: Time) -> u64 {
        if self.behind_micros == 0 && !self.is_busy() && !self.stalled {
            return 0;
        }
        self.behind_micros + now.since(self.answered).0
    }
}
