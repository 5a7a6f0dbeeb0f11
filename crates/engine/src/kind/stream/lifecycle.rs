//! A stream's states and what changes them: creation, deletion, splits and merges.
//!
//! A change takes its time, and the switch happens at the end of it: until then the old shards
//! take every write (facts, streams §4.1 and §5.3, production-tested by kinesalite).

use base::{Duration, Time};
use scenario::kind::{Encryption, StreamConfig, StreamMode};

use super::shard::Shard;
use super::{DETAILED_SHARDS_MAX, Stream};
use crate::kernel::ctx::Ctx;
use crate::kernel::queue::TimerId;
use crate::snapshot::MarkKind;

/// `StreamStatus`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Being made: takes no calls and shows no shards.
    Creating,
    /// At rest.
    Active,
    /// Being changed: works as before until the switch.
    Updating,
    /// Going away: works until it is gone.
    Deleting,
}

impl Status {
    /// The word in answers and messages.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Creating => "CREATING",
            Self::Active => "ACTIVE",
            Self::Updating => "UPDATING",
            Self::Deleting => "DELETING",
        }
    }
}

/// A change that happens when `UPDATING` ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// `SplitShard`: the shard and the first hash key of its upper child.
    Split(u32, u128),
    /// `MergeShards`: the lower shard and the upper one.
    Merge(u32, u32),
    /// `UpdateShardCount`: so many even shards, by waves of splits and merges.
    Uniform(u32),
    /// `StartStreamEncryption` and `StopStreamEncryption`.
    Encrypt(Encryption),
    /// `UpdateStreamMode`.
    Mode(StreamMode),
}

/// Where a stream is in its life.
#[derive(Clone, Debug)]
pub struct Life {
    /// `StreamStatus`.
    pub status: Status,
    /// `StreamCreationTimestamp`, in simulated time.
    pub created: Time,
    /// Whether it ever was `ACTIVE`: before that it has no shards to show and takes no calls.
    pub ready: bool,
    /// When `UpdateShardCount` worked in the last 24 hours, oldest first.
    pub(crate) scaled: Vec<Time>,
    pending: Option<Change>,
    /// How long one wave of a change lasts.
    wave: Duration,
    timer: Option<TimerId>,
}

impl Life {
    /// A stream of the document: `ACTIVE` from its first moment on.
    #[must_use]
    pub fn new(now: Time) -> Self {
        Self {
            status: Status::Active,
            created: now,
            ready: true,
            scaled: Vec::new(),
            pending: None,
            wave: Duration::ZERO,
            timer: None,
        }
    }
}

impl Stream {
    /// Where it is in its life.
    #[must_use]
    pub fn life(&self) -> &Life {
        &self.life
    }

    /// Every shard it ever had, by index.
    #[must_use]
    pub fn shards(&self) -> &[Shard] {
        &self.shards
    }

    /// Its settings.
    #[must_use]
    pub fn settings(&self) -> &StreamConfig {
        &self.config
    }

    /// How many shards are open.
    #[must_use]
    pub fn open_count(&self) -> u32 {
        u32::try_from(self.open.len()).unwrap_or(u32::MAX)
    }

    /// Shards that count for the account's quota: the open ones of a provisioned stream, and those
    /// that a change under way will open before it closes others.
    #[must_use]
    pub fn claimed_shards(&self) -> u32 {
        let open = self.open_count();
        match (self.config.mode, self.life.pending) {
            (_, Some(Change::Mode(StreamMode::Provisioned))) => open,
            (StreamMode::OnDemand, _) => 0,
            (StreamMode::Provisioned, Some(Change::Split(..))) => open + 1,
            (StreamMode::Provisioned, Some(Change::Uniform(target))) => {
                self.open_on_the_way(target)
            }
            (StreamMode::Provisioned, _) => open,
        }
    }

    /// Whether a shard is listed: open, or closed for less than the retention period.
    #[must_use]
    pub fn is_listed(&self, shard: &Shard, now: Time) -> bool {
        shard.closed.is_none_or(|at| Some(at) > self.horizon(now))
    }

    /// What was stored or closed up to this time has expired; none while nothing can have. It only
    /// goes forward: what has expired stays gone, though the retention period grows (facts, streams
    /// §4.2 and §5.3).
    pub(crate) fn horizon(&self, now: Time) -> Option<Time> {
        self.trimmed.max(now.0.checked_sub(self.retention().0).map(Time))
    }

    /// The retention period may change: what has expired by the present one goes first.
    #[inline(never)]
    pub(super) fn trim(&mut self, ctx: &mut Ctx<'_>) {
        self.trimmed = self.horizon(ctx.now());
        for at in 0..self.shards.len() {
            self.expire(at, ctx);
        }
    }

    /// Lets its shards have been created some seconds ago.
    pub(crate) fn antedate(&mut self, secs: u64) {
        for shard in &mut self.shards {
            shard.created_secs = shard.created_secs.saturating_sub(secs);
        }
    }

    /// Remembers that `UpdateShardCount` worked, for as long as its quota counts.
    pub(crate) fn note_scaling(&mut self, now: Time, counted: Duration) {
        self.life.scaled.retain(|at| *at + counted > now);
        self.life.scaled.push(now);
    }

    /// Goes to a state; what that state leads to happens after the delay.
    pub(crate) fn enter(
        &mut self,
        status: Status,
        change: Option<Change>,
        delay: Duration,
        ctx: &mut Ctx<'_>,
    ) {
        self.life.status = status;
        self.life.ready &= status != Status::Creating;
        self.life.pending = change;
        self.life.wave = delay;
        self.life.timer = Some(ctx.after(delay, super::SETTLE, 0));
    }

    /// The delay is over.
    #[inline(never)]
    pub(super) fn settle(&mut self, timer: TimerId, ctx: &mut Ctx<'_>) {
        if self.life.timer != Some(timer) {
            return;
        }
        self.life.timer = None;
        if self.life.status == Status::Deleting {
            ctx.vanish();
            return;
        }
        if let Some(Change::Uniform(target)) = self.life.pending
            && self.scale(target, ctx)
        {
            self.life.timer = Some(ctx.after(self.life.wave, super::SETTLE, 0));
            return;
        }
        self.life.status = Status::Active;
        self.life.ready = true;
        match self.life.pending.take() {
            Some(Change::Split(parent, at)) => self.split(parent, at, ctx),
            Some(Change::Merge(lower, upper)) => self.merge(lower, upper, ctx),
            Some(Change::Encrypt(how)) => {
                let key_id = core::mem::take(&mut self.keys.next_key_id);
                self.switch_key(how, key_id, ctx.now());
            }
            Some(Change::Mode(mode)) => self.switch_mode(mode, ctx),
            Some(Change::Uniform(_)) | None => {}
        }
    }

    /// The shards stay, but what warm throughput asks for follows at once.
    fn switch_mode(&mut self, mode: StreamMode, ctx: &mut Ctx<'_>) {
        self.config.mode = mode;
        ctx.describe(self.retention(), self.config.spreads());
        self.load.switch(mode);
        self.watch_load(ctx);
        let (wanted, delay) = (self.shards_wanted(), self.life.wave);
        if self.load.warm_mibps == 0 || wanted <= self.open_count() {
            return;
        }
        if self.at_once {
            self.scale(wanted, ctx);
        } else {
            self.enter(Status::Updating, Some(Change::Uniform(wanted)), delay, ctx);
        }
    }

    /// Settings changed by hand may have closed the shard meanwhile: nothing is split then.
    pub(super) fn split(&mut self, parent: u32, at: u128, ctx: &mut Ctx<'_>) {
        let Some(place) = self.open.iter().position(|index| *index == parent) else { return };
        let (first, last) = self.close(parent, ctx);
        let parents = (Some(parent), None);
        let lower = self.open_child((first, at - 1), parents, ctx);
        let upper = self.open_child((at, last), parents, ctx);
        self.open.splice(place..=place, [lower, upper]);
        ctx.mark(MarkKind::Reshard);
    }

    pub(super) fn merge(&mut self, lower: u32, upper: u32, ctx: &mut Ctx<'_>) {
        let pair = [lower, upper];
        let Some(place) = self.open.windows(2).position(|open| open == pair) else { return };
        let (first, _) = self.close(lower, ctx);
        let (_, last) = self.close(upper, ctx);
        let child = self.open_child((first, last), (Some(lower), Some(upper)), ctx);
        self.open.splice(place..place + 2, [child]);
        ctx.mark(MarkKind::Reshard);
    }

    fn close(&mut self, index: u32, ctx: &mut Ctx<'_>) -> (u128, u128) {
        self.shards[index as usize].closed = Some(ctx.now());
        self.wake(index as usize, ctx);
        self.shards[index as usize].range
    }

    /// A child begins in the second after its parents' last one (facts, streams §5.3), and never
    /// in the one in which a parent began that is a child itself: its numbers would not be higher.
    pub(super) fn second_after(&self, parents: (Option<u32>, Option<u32>), child: &Shard) -> u64 {
        let parents = [parents.0, parents.1].into_iter().flatten();
        let began = parents.map(|parent| self.shards[parent as usize].created_secs).max();
        child.created_secs.max(began.unwrap_or(0)) + 1
    }

    fn open_child(
        &mut self,
        range: (u128, u128),
        parents: (Option<u32>, Option<u32>),
        ctx: &Ctx<'_>,
    ) -> u32 {
        let index = u32::try_from(self.shards.len()).expect("shards stay far below 2^32");
        let mut child = Shard::new(index, range, &self.config, ctx);
        child.parents = parents;
        child.created_secs = self.second_after(parents, &child);
        if self.open.len() < DETAILED_SHARDS_MAX as usize {
            child.history = Some(Box::default());
        }
        self.shards.push(child);
        index
    }
}
