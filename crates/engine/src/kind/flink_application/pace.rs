//! How much work an application does, what that takes of its CPUs, and what it costs (facts,
//! analytics §3.4).

use base::units::GIB;
use base::{Duration, Time};

/// CPU above which an application scales up, for so many minutes; and down, below.
const HOT_PERCENT: u64 = 75;
const HOT_MINUTES: u32 = 15;
const COLD_PERCENT: u64 = 10;
const COLD_MINUTES: u32 = 6 * 60;
/// A run costs at least so much.
const BILLED_AT_LEAST: Duration = Duration::from_secs(600);
/// Running storage of a KPU.
const STORAGE_BYTES: u128 = 50 * GIB as u128;

/// What to do about the load.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scaling {
    Up,
    Down,
}

/// How fast an application is.
#[derive(Clone, Debug)]
pub(super) struct Pace {
    /// `CurrentParallelism`.
    pub parallelism: u32,
    /// Works on what it has until then.
    pub busy_until: Time,
    /// Work that was not counted as CPU yet.
    backlog: Duration,
    /// CPU of the last full minute in per cent.
    pub cpu_percent: u64,
    /// Work and seconds of the running minute.
    minute: (Duration, u64),
    hot_minutes: u32,
    cold_minutes: u32,
    /// KPUs times microseconds with the one that orchestrates, and without, up to `since`.
    spent: (u128, u128),
    since: Time,
    /// When the run began that is billed.
    began: Time,
    /// Snapshots, which are kept for good: bytes and byte seconds, up to a time.
    backups: (u64, u128, Time),
}

impl Pace {
    pub(super) fn new(parallelism: u32) -> Self {
        Self {
            parallelism,
            busy_until: Time::ZERO,
            backlog: Duration::ZERO,
            cpu_percent: 0,
            minute: (Duration::ZERO, 0),
            hot_minutes: 0,
            cold_minutes: 0,
            spent: (0, 0),
            since: Time::ZERO,
            began: Time::ZERO,
            backups: (0, 0, Time::ZERO),
        }
    }

    /// So much work comes for all KPUs together.
    pub(super) fn work(&mut self, work: Duration, now: Time) {
        self.busy_until = self.busy_until.max(now) + work;
        self.backlog = self.backlog + work;
    }

    /// What was under way is not worked on any more.
    pub(super) fn rest(&mut self, now: Time) {
        self.busy_until = now;
        self.backlog = Duration::ZERO;
        (self.hot_minutes, self.cold_minutes) = (0, 0);
    }

    /// A second of work is over; after a full minute, whether to scale.
    pub(super) fn second(&mut self) -> Option<Scaling> {
        let worked = self.backlog.min(Duration::SECOND);
        self.backlog = Duration(self.backlog.0 - worked.0);
        self.minute = (self.minute.0 + worked, self.minute.1 + 1);
        if self.minute.1 < 60 {
            return None;
        }
        self.cpu_percent = self.minute.0.0 / 600_000;
        self.minute = (Duration::ZERO, 0);
        let count = |holds: bool, minutes: u32| if holds { minutes + 1 } else { 0 };
        self.hot_minutes = count(self.cpu_percent >= HOT_PERCENT, self.hot_minutes);
        self.cold_minutes = count(self.cpu_percent < COLD_PERCENT, self.cold_minutes);
        if self.hot_minutes >= HOT_MINUTES {
            self.hot_minutes = 0;
            return Some(Scaling::Up);
        }
        if self.cold_minutes >= COLD_MINUTES {
            self.cold_minutes = 0;
            return Some(Scaling::Down);
        }
        None
    }

    /// A run begins that is billed.
    pub(super) fn begin(&mut self, now: Time) {
        (self.since, self.began) = (now, now);
    }

    /// Counts what was used up to now.
    pub(super) fn settle(&mut self, now: Time, is_billed: bool, kpus: u32) {
        let micros = u128::from(if is_billed { now.since(self.since).0 } else { 0 });
        let kpus = u128::from(kpus);
        self.spent = (self.spent.0 + micros * (kpus + 1), self.spent.1 + micros * kpus);
        self.since = now;
    }

    /// A run ends.
    pub(super) fn end(&mut self, now: Time, kpus: u32) {
        self.settle(now, true, kpus);
        let missing = u128::from(self.missing(now));
        self.spent.0 += missing * (u128::from(kpus) + 1);
    }

    fn missing(&self, now: Time) -> u64 {
        BILLED_AT_LEAST.0.saturating_sub(now.since(self.began).0)
    }

    /// KPU microseconds, and byte seconds of running storage.
    pub(super) fn billed(&self, now: Time, is_billed: bool, kpus: u32) -> (u128, u128) {
        let mut now_spent = self.clone();
        if is_billed {
            now_spent.end(now, kpus);
        }
        (now_spent.spent.0, now_spent.spent.1 * STORAGE_BYTES / 1_000_000)
    }

    /// A snapshot was made; nobody deletes it.
    pub(super) fn back_up(&mut self, bytes: u64, now: Time) {
        let before = self.backed_up(now);
        self.backups = (self.backups.0 + bytes, before, now);
    }

    /// Byte seconds of all snapshots.
    pub(super) fn backed_up(&self, now: Time) -> u128 {
        let (bytes, before, since) = self.backups;
        before + u128::from(bytes) * u128::from(now.since(since).0) / 1_000_000
    }
}

#[cfg(test)]
mod tests {
    use scenario::price::{Item, Prices};

    use super::*;

    /// Facts, analytics §3.4: up at 75 % for 15 minutes, down under 10 % for 6 hours.
    #[test]
    fn load_decides_about_scaling() {
        let minutes = |percent: u64, minutes: u64| {
            let mut pace = Pace::new(1);
            let mut told = Vec::new();
            for second in 0..minutes * 60 {
                pace.work(Duration(percent * 10_000), Time(second * 1_000_000));
                told.extend(pace.second());
            }
            told
        };
        assert_eq!(minutes(75, 14), []);
        assert_eq!(minutes(75, 15), [Scaling::Up]);
        assert_eq!(minutes(74, 60), []);
        assert_eq!(minutes(9, 359), []);
        assert_eq!(minutes(9, 360), [Scaling::Down]);
        assert_eq!(minutes(10, 400), []);
    }

    /// Facts, analytics §3.4: durable backups cost by bytes and time; snapshots are never deleted.
    #[test]
    fn snapshots_are_kept_for_good() {
        let mut pace = Pace::new(1);
        pace.back_up(100, Time(10_000_000));
        pace.back_up(50, Time(20_000_000));
        assert_eq!(pace.backed_up(Time(24_000_000)), 100 * 10 + 150 * 4);
    }

    /// Facts, analytics §3.4: 4 KPUs for 30 days are 5 × 720 KPU-hours and 4 × 50 GB-months; and a
    /// run counts for ten minutes at least.
    #[test]
    fn one_more_kpu_orchestrates() {
        let mut pace = Pace::new(4);
        pace.begin(Time::ZERO);
        let month = Time(720 * 3_600_000_000);
        let (kpus, storage) = pace.billed(month, true, 4);
        assert_eq!(kpus / 3_600_000_000, 5 * 720);
        assert_eq!(storage, 4 * STORAGE_BYTES * 720 * 3_600);
        let cost = |item: Item, quantity| item.cost(quantity, &Prices::new()) / 1_000_000_000_000;
        assert_eq!(cost(Item::FlinkKpuHour, kpus), 396);
        // A month of the bill has 730 hours, that of the example 720: 19.73 of 20 dollars.
        assert_eq!(cost(Item::FlinkStorage, storage), 19);
        pace.end(Time(1_000_000), 4);
        assert_eq!(pace.billed(Time(9_000_000), false, 4).0, 5 * 600_000_000);
    }
}
