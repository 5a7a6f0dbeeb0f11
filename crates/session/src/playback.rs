//! How real time becomes simulated time: speed, steps, runs to a moment, and the speed that was
//! achieved.
//!
//! Real time is clamped, so a hidden or busy page never jumps; what the machine cannot do in time
//! is told, never dropped and never caught up.

use base::Time;

/// Speeds the slider snaps to, in thousandths (product.md F.5).
pub const DETENTS_MILLI: [u32; 12] =
    [100, 250, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 100_000, 300_000, 1_000_000];
/// 1×.
pub const SPEED_MILLI_DEFAULT: u32 = 1_000;
/// Longest real time one tick stands for.
pub const ELAPSED_MICROS_MAX: u64 = 100_000;
/// Screen time a record takes along a wire, at any speed.
const TRANSIT_MICROS: u64 = 600_000;
/// Achieved speed below this share of the wanted one is told, in per mille.
const TOLD_BELOW_PERMILLE: u64 = 950;

/// The transport.
#[derive(Clone, Debug)]
pub struct Playback {
    /// Runs, as far as the person is concerned.
    pub playing: bool,
    /// The page cannot be seen.
    pub hidden: bool,
    /// Wanted speed in thousandths.
    pub speed_milli: u32,
    /// Where a run as fast as the machine can ends.
    run_to: Option<Time>,
    /// What lies on the way there is shown.
    shows_way: bool,
    /// Part of a microsecond left over, in thousandths.
    carry: u64,
    /// Simulated time that was wanted and got lately; older ticks fade.
    wanted: u64,
    got: u64,
}

impl Default for Playback {
    fn default() -> Self {
        Self {
            playing: false,
            hidden: false,
            speed_milli: SPEED_MILLI_DEFAULT,
            run_to: None,
            shows_way: false,
            carry: 0,
            wanted: 0,
            got: 0,
        }
    }
}

impl Playback {
    /// Whether it plays or is on its way to a moment.
    #[must_use]
    pub fn is_wanted(&self) -> bool {
        self.playing || self.run_to.is_some()
    }

    /// The moment a run as fast as the machine can is on its way to.
    #[must_use]
    pub fn goal(&self) -> Option<Time> {
        self.run_to
    }

    /// Whether nothing is shown until the goal is reached: nobody asked for what lies before it.
    #[must_use]
    pub fn hides_way(&self) -> bool {
        self.run_to.is_some() && !self.shows_way
    }

    /// Shows what lies on the way to the goal.
    pub fn show_way(&mut self) {
        self.shows_way = true;
    }

    /// Whether time passes.
    #[must_use]
    pub fn is_moving(&self) -> bool {
        !self.hidden && self.is_wanted()
    }

    /// The moment to run to for this much real time; `None` while held.
    pub fn until(&mut self, now: Time, elapsed_micros: u64) -> Option<Time> {
        if !self.is_moving() {
            return None;
        }
        if let Some(goal) = self.run_to {
            return Some(goal);
        }
        let elapsed = elapsed_micros.min(ELAPSED_MICROS_MAX);
        let thousandths = elapsed * u64::from(self.speed_milli) + self.carry;
        self.carry = thousandths % 1_000;
        Some(Time(now.0.saturating_add(thousandths / 1_000)))
    }

    /// Runs to a moment as fast as the machine can and holds there, unless it is told to play on.
    pub fn run_to(&mut self, goal: Time) {
        self.pause();
        self.run_to = Some(goal);
        self.shows_way = false;
    }

    /// Notes what a tick wanted and what it got; ends a run that reached its goal.
    pub fn reached(&mut self, before: Time, wanted: Time, now: Time) {
        let goal = self.run_to;
        self.run_to = goal.filter(|goal| now < *goal);
        if goal.is_none() {
            self.wanted = self.wanted - self.wanted / 16 + wanted.since(before).0;
            self.got = self.got - self.got / 16 + now.since(before).0;
        }
    }

    /// Holds.
    pub fn pause(&mut self) {
        self.playing = false;
        self.run_to = None;
        self.forget();
    }

    /// Sets the speed, kept between the slowest and the fastest.
    pub fn set_speed(&mut self, milli: u32) {
        self.speed_milli = milli.clamp(DETENTS_MILLI[0], DETENTS_MILLI[11]);
        self.forget();
    }

    /// So many detents faster, or slower when negative.
    pub fn shift_speed(&mut self, detents: i32) {
        let mut milli = self.speed_milli;
        for _step in 0..detents.unsigned_abs().min(12) {
            let next = if detents > 0 {
                DETENTS_MILLI.iter().find(|detent| **detent > milli)
            } else {
                DETENTS_MILLI.iter().rev().find(|detent| **detent < milli)
            };
            milli = next.copied().unwrap_or(milli);
        }
        self.set_speed(milli);
    }

    /// The achieved speed in thousandths, when it is well below the wanted one.
    #[must_use]
    pub fn achieved_milli(&self) -> Option<u32> {
        let permille = (self.got * 1_000).checked_div(self.wanted)?;
        let told = self.playing && self.run_to.is_none() && permille < TOLD_BELOW_PERMILLE;
        let milli = u64::from(self.speed_milli) * permille / 1_000;
        told.then(|| u32::try_from(milli).unwrap_or(u32::MAX))
    }

    /// Simulated time a record takes along a wire.
    #[must_use]
    pub fn transit_micros(&self) -> u64 {
        TRANSIT_MICROS * u64::from(self.speed_milli) / 1_000
    }

    /// The speed in words: `1 s = 1 min`.
    #[must_use]
    pub fn words(&self) -> String {
        let micros = u64::from(self.speed_milli) * 1_000;
        let is_whole_minutes = micros.is_multiple_of(60_000_000);
        match micros {
            0..1_000_000 => format!("1 s = {} ms", micros / 1_000),
            1_000_000..600_000_000 if !is_whole_minutes => {
                format!("1 s = {} s", tenths(micros, 1_000_000))
            }
            _ => format!("1 s = {} min", tenths(micros, 60_000_000)),
        }
    }

    fn forget(&mut self) {
        (self.carry, self.wanted, self.got) = (0, 0, 0);
    }
}

fn tenths(micros: u64, unit: u64) -> String {
    let tenths = (micros * 10 + unit / 2) / unit;
    if tenths.is_multiple_of(10) {
        (tenths / 10).to_string()
    } else {
        format!("{}.{}", tenths / 10, tenths % 10)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_part_of_a_microsecond_is_lost() {
        let mut playback = Playback { playing: true, speed_milli: 100, ..Playback::default() };
        let mut now = Time::ZERO;
        for _frame in 0..1_000 {
            now = playback.until(now, 16_667).expect("it plays");
        }
        assert_eq!(now, Time(1_666_700));
    }

    #[test]
    fn a_long_pause_never_jumps() {
        let mut playback = Playback { playing: true, ..Playback::default() };
        assert_eq!(playback.until(Time::ZERO, 3_600_000_000), Some(Time(100_000)));
        playback.hidden = true;
        assert_eq!(playback.until(Time::ZERO, 16_000), None);
    }

    #[test]
    fn detents_are_walked_both_ways() {
        let mut playback = Playback::default();
        playback.shift_speed(3);
        assert_eq!(playback.speed_milli, 10_000);
        playback.shift_speed(-20);
        assert_eq!(playback.speed_milli, 100);
        playback.set_speed(1_500);
        playback.shift_speed(-1);
        assert_eq!(playback.speed_milli, 1_000);
    }

    #[test]
    fn a_slow_machine_is_told() {
        let mut playback = Playback { playing: true, ..Playback::default() };
        playback.set_speed(1_000_000);
        for _frame in 0..50 {
            playback.reached(Time(0), Time(1_000_000), Time(640_000));
        }
        let achieved = playback.achieved_milli().expect("it is behind");
        assert!(achieved.abs_diff(640_000) < 2_000, "{achieved}");
    }

    #[test]
    fn words_stand_beside_the_speed() {
        for (milli, words) in [
            (100, "1 s = 100 ms"),
            (1_000, "1 s = 1 s"),
            (60_000, "1 s = 1 min"),
            (100_000, "1 s = 100 s"),
            (1_000_000, "1 s = 16.7 min"),
        ] {
            let mut playback = Playback::default();
            playback.set_speed(milli);
            assert_eq!(playback.words(), words);
        }
    }
}
