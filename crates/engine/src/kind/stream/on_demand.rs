//! On-demand mode: the service watches the load by the minute and splits shards itself.
//!
//! AWS says what it comes to, not how: room for double the peak of 30 days, a shard above 500 KB a
//! second split within 15 minutes, its range divided evenly whatever its keys are (facts, streams
//! §6). Here a shard is split once it was above half of either limit for ten minutes in a row.
//! How capacity shrinks AWS does not say: a pair is merged every hour while there are more shards
//! than the peak asks for and a day has passed since the last change.

use base::units::MIB;
use base::{Duration, Time, limits};
use scenario::kind::{ON_DEMAND_SHARDS, StreamMode};

use super::limiter::{WRITE_BYTES_PER_SEC, WRITE_RECORDS_PER_SEC};
use super::{Stream, WATCH};
use crate::kernel::ctx::Ctx;

/// The service's own clock.
const MINUTE: Duration = Duration::from_secs(60);
/// Minutes above half of a limit until a shard is split: AWS says within 15.
const HOT_MINUTES: u32 = 10;
/// Peaks are remembered for so many days.
const PEAK_DAYS: u64 = 30;
/// Nothing shrinks this long after the last change.
const CALM: Duration = Duration::DAY;
/// Minutes between two merges.
const MERGE_EVERY: u64 = 60;

/// What the service remembers about the load.
#[derive(Clone, Debug, Default)]
pub struct Load {
    /// The busiest minute of each day that has one: the day, and shards it asked for in per mille.
    peaks: Vec<(u64, u64)>,
    /// `WarmThroughputMiBps`.
    pub warm_mibps: u32,
    minutes: u64,
    changed: Time,
    /// When the mode was switched in the last 24 hours.
    pub switched: Vec<Time>,
    watching: bool,
}

/// What one shard took in a minute.
#[derive(Clone, Copy, Debug, Default)]
pub struct Minute {
    records: u64,
    bytes: u64,
    /// Minutes in a row above half of a limit.
    hot: u32,
}

impl Minute {
    /// A record was stored.
    #[inline]
    pub fn count(&mut self, bytes: u64) {
        self.records += 1;
        self.bytes += bytes;
    }

    /// The share of a shard's limits that was used, in per mille; begins a new minute.
    fn close(&mut self) -> u64 {
        let secs = MINUTE.secs();
        let records = self.records * 1_000 / (WRITE_RECORDS_PER_SEC * secs);
        let bytes = self.bytes * 1_000 / (WRITE_BYTES_PER_SEC * secs);
        let used = records.max(bytes);
        self.hot = if used > 500 { self.hot + 1 } else { 0 };
        (self.records, self.bytes) = (0, 0);
        used
    }
}

impl Stream {
    /// What the service remembers about the load.
    #[must_use]
    pub fn load(&self) -> &Load {
        &self.load
    }

    /// What the service remembers, to be changed.
    pub(crate) fn load_mut(&mut self) -> &mut Load {
        &mut self.load
    }

    /// Begins with room for this warm throughput, before anything was stored.
    pub(crate) fn begin_warm(&mut self, mibps: u32, ctx: &mut Ctx<'_>) {
        self.load.warm_mibps = mibps;
        self.shards.clear();
        self.open_shards(self.shards_wanted(), ctx);
    }

    /// Shards that on-demand mode asks for now.
    pub(crate) fn shards_wanted(&self) -> u32 {
        u32::try_from(self.load.shards_wanted()).unwrap_or(u32::MAX)
    }

    /// Begins to watch the load, in on-demand mode.
    pub(super) fn watch_load(&mut self, ctx: &mut Ctx<'_>) {
        if self.config.mode == StreamMode::OnDemand && !self.load.watching {
            self.load.watching = true;
            ctx.after(MINUTE, WATCH, 0);
        }
    }

    /// A minute is over.
    #[inline(never)]
    pub(super) fn watched(&mut self, ctx: &mut Ctx<'_>) {
        self.load.watching = false;
        if self.config.mode != StreamMode::OnDemand {
            return;
        }
        let open = self.open.clone();
        let used: u64 = open.iter().map(|at| self.shards[*at as usize].minute.close()).sum();
        self.load.note(ctx.now(), used);
        let wanted = self.load.shards_wanted();
        // Even splits never part one hot key from another's range for good: they end somewhere.
        let most = (wanted * 2).min(limits::SHARDS_MAX.into());
        for index in open {
            let shard = &mut self.shards[index as usize];
            let (first, last) = shard.range;
            if shard.minute.hot >= HOT_MINUTES
                && (self.open.len() as u64) < most
                && last - first > 2
            {
                shard.minute.hot = 0;
                self.load.changed = ctx.now();
                self.split(index, first + (last - first) / 2 + 1, ctx);
            }
        }
        if self.load.minutes.is_multiple_of(MERGE_EVERY) {
            self.shrink(wanted, ctx);
        }
        self.watch_load(ctx);
    }

    fn shrink(&mut self, wanted: u64, ctx: &mut Ctx<'_>) {
        let calm = self.load.changed + CALM <= ctx.now();
        if !calm || self.open.len() as u64 <= wanted {
            return;
        }
        let narrowest = self.open.windows(2).min_by_key(|pair| {
            self.shards[pair[1] as usize].range.1 - self.shards[pair[0] as usize].range.0
        });
        if let Some([lower, upper]) = narrowest.map(|pair| [pair[0], pair[1]]) {
            self.merge(lower, upper, ctx);
        }
    }
}

impl Load {
    /// Provisioned streams have no warm throughput (botocore 1.44.5).
    pub(super) fn switch(&mut self, mode: StreamMode) {
        if mode == StreamMode::Provisioned {
            self.warm_mibps = 0;
        }
    }

    fn note(&mut self, now: Time, used: u64) {
        self.minutes += 1;
        let day = now.secs() / 86_400;
        match self.peaks.last_mut() {
            Some((last, peak)) if *last == day => *peak = (*peak).max(used),
            _ => self.peaks.push((day, used)),
        }
        self.peaks.retain(|(of, _)| of + PEAK_DAYS > day);
    }

    /// Shards for double the peak of 30 days, for warm throughput, and four at least; no more than
    /// a stream has here.
    fn shards_wanted(&self) -> u64 {
        let peak = self.peaks.iter().map(|(_, peak)| *peak).max().unwrap_or(0);
        let warm = u64::from(self.warm_mibps) * MIB / WRITE_BYTES_PER_SEC;
        let wanted = (peak * 2).div_ceil(1_000).max(u64::from(ON_DEMAND_SHARDS)).max(warm);
        wanted.min(limits::SHARDS_MAX.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: u64) -> Time {
        Time(day * 86_400_000_000)
    }

    /// Double the peak of the last 30 days, and never less than four shards (facts, streams §6).
    #[test]
    fn capacity_is_double_the_peak_of_thirty_days() {
        let mut load = Load::default();
        assert_eq!(load.shards_wanted(), 4);
        load.note(day(0), 5_000);
        assert_eq!(load.shards_wanted(), 10);
        load.note(day(29), 100);
        assert_eq!(load.shards_wanted(), 10);
        load.note(day(30), 100);
        assert_eq!(load.shards_wanted(), 4);
    }
}
