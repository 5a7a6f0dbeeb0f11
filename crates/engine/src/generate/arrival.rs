//! When records are born.

use base::{Rng, Time, sample};
use scenario::kind::{Arrival as Rule, RecordsConfig};

use super::shape::{RECORD, Shape};

/// Poisson arrivals are kept in 1/65,536 of a microsecond, so that rounding adds no bias.
const FRACTIONS: u64 = 1 << 16;

/// Births closer together than this are handled together.
const TICK_MICROS: u64 = 1_000;

/// When to handle a birth that is due: at its own time, or with its neighbours at the next whole
/// millisecond when the last ones were handled just before.
#[must_use]
pub fn tick_at(due: Time, last: Time) -> Time {
    let apart = due.0 >= last.0 + TICK_MICROS;
    if apart { due } else { Time(due.0.next_multiple_of(TICK_MICROS)).max(last) }
}

/// The births of one producer. Asking twice for the same time gives nothing the second time.
#[derive(Clone, Debug)]
pub struct Arrival {
    rule: Rule,
    process: Process,
}

#[derive(Clone, Debug)]
enum Process {
    Even(Even),
    Poisson(Poisson),
}

/// Births at the middle of each record's own share of a shape: exactly `rate` in every second.
#[derive(Clone, Debug)]
struct Even {
    shape: Shape,
    /// Where the shape's clock began.
    origin: Time,
    /// What another shape had made beyond this one when it was replaced.
    ahead: i128,
    made: u64,
    taken: Time,
}

/// Independent gaps with one mean.
#[derive(Clone, Debug)]
struct Poisson {
    rate: u32,
    /// The next birth in fractions of a microsecond.
    next: u64,
}

impl Arrival {
    /// Births by these settings, from now on.
    #[must_use]
    pub fn new(config: &RecordsConfig, now: Time, rng: &mut Rng) -> Self {
        let process = if config.arrival == Rule::Poisson {
            Process::Poisson(Poisson::new(config.records_per_sec, now, rng))
        } else {
            // A drawn curve tells the seconds of the scenario; everything else begins now.
            let origin = if config.arrival == Rule::Curve { Time::ZERO } else { now };
            let shape = shape_of(config);
            let ahead = -shape.made_by(now.since(origin).0);
            Process::Even(Even { shape, origin, ahead, made: 0, taken: now })
        };
        Self { rule: config.arrival, process }
    }

    /// Takes new settings: the share of a record that was under way stays, so that even many
    /// small changes neither win nor lose one.
    pub fn reconfigure(&mut self, config: &RecordsConfig, now: Time, rng: &mut Rng) {
        let same = self.rule == config.arrival;
        self.rule = config.arrival;
        match &mut self.process {
            Process::Even(even) if config.arrival != Rule::Poisson => {
                let origin = match config.arrival {
                    Rule::Curve => Time::ZERO,
                    _ if same => even.origin,
                    _ => now,
                };
                even.replace(shape_of(config), origin, now);
            }
            Process::Poisson(poisson) if same && poisson.rate == config.records_per_sec => {}
            Process::Even(_) | Process::Poisson(_) => *self = Self::new(config, now, rng),
        }
    }

    /// When the next record is due.
    #[must_use]
    pub fn next(&self) -> Option<Time> {
        match &self.process {
            Process::Even(even) => even.next(),
            Process::Poisson(poisson) => poisson.next(),
        }
    }

    /// Adds the births that are due by now.
    pub fn take(&mut self, now: Time, rng: &mut Rng, births: &mut Vec<Time>) {
        match &mut self.process {
            Process::Even(even) => even.take(now, births),
            Process::Poisson(poisson) => poisson.take(now, rng, births),
        }
    }
}

impl Even {
    fn next(&self) -> Option<Time> {
        let due = i128::from(self.made) * RECORD + RECORD / 2 - self.ahead;
        Some(Time(self.origin.0.checked_add(self.shape.reaches(due)?)?))
    }

    fn take(&mut self, now: Time, births: &mut Vec<Time>) {
        let made = self.shape.made_by(now.since(self.origin).0) + self.ahead;
        let total = u64::try_from((made + RECORD / 2) / RECORD).unwrap_or(0);
        let count = total.saturating_sub(self.made);
        let length = now.since(self.taken).0;
        births.extend((1..=count).map(|i| Time(now.0 - length + length * i / count)));
        self.made += count;
        self.taken = now;
    }

    fn replace(&mut self, shape: Shape, origin: Time, now: Time) {
        let before = self.shape.made_by(now.since(self.origin).0);
        let after = shape.made_by(now.since(origin).0);
        self.ahead += before - after;
        self.shape = shape;
        self.origin = origin;
    }
}

impl Poisson {
    fn new(rate: u32, now: Time, rng: &mut Rng) -> Self {
        let mut new = Self { rate, next: now.0 * FRACTIONS };
        new.step(rng);
        new
    }

    fn step(&mut self, rng: &mut Rng) {
        let mean = (1_000_000 * FRACTIONS).checked_div(u64::from(self.rate)).unwrap_or(0);
        self.next += sample::exponential(rng, mean);
    }

    fn next(&self) -> Option<Time> {
        (self.rate > 0).then(|| Time(self.next.div_ceil(FRACTIONS)))
    }

    fn take(&mut self, now: Time, rng: &mut Rng, births: &mut Vec<Time>) {
        while let Some(at) = self.next().filter(|at| *at <= now) {
            births.push(at);
            self.step(rng);
        }
    }
}

fn shape_of(config: &RecordsConfig) -> Shape {
    let (from, to) = (u64::from(config.records_per_sec), u64::from(config.to_records_per_sec));
    let period_micros = u64::from(config.period_secs.max(1)) * 1_000_000;
    match config.arrival {
        Rule::Constant | Rule::Poisson => Shape::constant(from),
        Rule::Ramp => Shape::ramp(from, to, period_micros),
        Rule::Sine => Shape::sine(from, to, period_micros),
        Rule::Burst => {
            Shape::burst(from, to, u64::from(config.burst_millis) * 1_000, period_micros)
        }
        Rule::Curve => {
            let point =
                |(secs, rate): &(u32, u32)| (u64::from(*secs) * 1_000_000, u64::from(*rate));
            Shape::new(&config.curve.iter().map(point).collect::<Vec<_>>(), None)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(arrival: Rule, rate: u32) -> RecordsConfig {
        RecordsConfig { arrival, records_per_sec: rate, ..RecordsConfig::default() }
    }

    /// Births as the producer takes them.
    fn births(arrival: &mut Arrival, rng: &mut Rng, from: Time, until: Time) -> Vec<Time> {
        let (mut out, mut now) = (Vec::new(), from);
        while let Some(due) = arrival.next() {
            now = tick_at(due, now);
            if now > until {
                break;
            }
            arrival.take(now, rng, &mut out);
        }
        out
    }

    fn count(config: &RecordsConfig, secs: u64) -> usize {
        let mut rng = Rng::from_seed(1);
        let mut arrival = Arrival::new(config, Time::ZERO, &mut rng);
        births(&mut arrival, &mut rng, Time::ZERO, Time(secs * 1_000_000)).len()
    }

    #[test]
    fn counts_are_exact_at_every_rate() {
        for rate in [0, 1, 3, 7, 999, 1_000, 1_001, 33_333, 500_000] {
            assert_eq!(count(&config(Rule::Constant, rate), 3), rate as usize * 3, "{rate}");
        }
    }

    #[test]
    fn shapes_count_the_area_under_them() {
        let shaped = |arrival| RecordsConfig {
            to_records_per_sec: 2_000,
            period_secs: 10,
            burst_millis: 500,
            ..config(arrival, 100)
        };
        assert_eq!(count(&shaped(Rule::Ramp), 10), 10_500);
        assert_eq!(count(&shaped(Rule::Ramp), 12), 14_500);
        assert_eq!(count(&shaped(Rule::Sine), 20), 21_000);
        assert_eq!(count(&shaped(Rule::Burst), 20), 2 * (1_000 + 950));
        let curve =
            RecordsConfig { curve: vec![(1, 10), (3, 30), (3, 100)], ..config(Rule::Curve, 0) };
        assert_eq!(count(&curve, 5), 10 + 40 + 200);
    }

    #[test]
    fn constant_births_are_evenly_spaced() {
        let mut rng = Rng::from_seed(1);
        let mut arrival = Arrival::new(&config(Rule::Constant, 8), Time::ZERO, &mut rng);
        let all = births(&mut arrival, &mut rng, Time::ZERO, Time(1_000_000));
        let gaps: Vec<u64> = all.windows(2).map(|pair| pair[1].0 - pair[0].0).collect();
        assert_eq!(gaps, [125_000; 7]);
    }

    #[test]
    fn a_change_of_rate_wins_and_loses_nothing() {
        let mut rng = Rng::from_seed(1);
        let mut arrival = Arrival::new(&config(Rule::Constant, 3), Time::ZERO, &mut rng);
        let mut total = 0;
        for step in 0..100 {
            let (from, until) = (Time(step * 100_000), Time((step + 1) * 100_000));
            total += births(&mut arrival, &mut rng, from, until).len();
            let rate = if step % 2 == 0 { 7 } else { 3 };
            arrival.reconfigure(&config(Rule::Constant, rate), until, &mut rng);
        }
        assert_eq!(total, 50);
    }

    #[test]
    fn poisson_has_its_mean_and_its_variance() {
        let mut rng = Rng::from_seed(2);
        for rate in [5, 2_000] {
            let mut arrival = Arrival::new(&config(Rule::Poisson, rate), Time::ZERO, &mut rng);
            let secs = 400_000 / u64::from(rate) / 4;
            let all = births(&mut arrival, &mut rng, Time::ZERO, Time(secs * 1_000_000));
            let mean = secs * u64::from(rate);
            assert!((all.len() as u64).abs_diff(mean) < 1_500, "{rate}: {}", all.len());
            assert!(all.is_sorted());
            let mut by_sec = vec![0_u64; usize::try_from(secs).unwrap() + 1];
            by_sec.pop();
            let whole = all.iter().filter(|at| at.secs() < secs);
            whole.for_each(|at| by_sec[usize::try_from(at.secs()).unwrap()] += 1);
            let spread: u64 = by_sec.iter().map(|n| n.abs_diff(u64::from(rate)).pow(2)).sum();
            let variance = spread / secs;
            assert!(variance.abs_diff(u64::from(rate)) < u64::from(rate) * 2 / 5, "{variance}");
        }
    }
}
