//! A rate over time as straight lines between points, with its exact integral.
//!
//! Rates are kept in millionths of a record a second and areas doubled, so that the area under a
//! sloped line stays an integer and nothing ever drifts.

/// One record in the unit of `Shape::made_by`: doubled millionths times microseconds.
pub const RECORD: i128 = 2_000_000_000_000;

/// One record a second in the unit of `Point::rate`.
const UNIT: u64 = 1_000_000;

/// (1 - cos x) / 2 for x from 0 to pi in 32 steps, in millionths: one rising half of a sine.
const RISE: [u64; 33] = [
    0, 2_408, 9_607, 21_530, 38_060, 59_039, 84_265, 113_495, 146_447, 182_803, 222_215, 264_302,
    308_658, 354_858, 402_455, 450_991, 500_000, 549_009, 597_545, 645_142, 691_342, 735_698,
    777_785, 817_197, 853_553, 886_505, 915_735, 940_961, 961_940, 978_470, 990_393, 997_592,
    1_000_000,
];

/// Records a second over time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Ascending; the first one at zero. Two points of one time are a step.
    points: Vec<Point>,
    /// Length of a cycle in microseconds; without one the last rate goes on for ever.
    period_micros: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Point {
    at_micros: u64,
    /// Millionths of a record a second.
    rate: u64,
    /// Area under the lines before this point.
    made: i128,
}

impl Shape {
    /// Lines through these points: microseconds and records a second, ascending in time. Before
    /// the first point its rate holds, after the last one its own or the next cycle.
    #[must_use]
    pub fn new(lines: &[(u64, u64)], period_micros: Option<u64>) -> Self {
        let lines: Vec<_> = lines.iter().map(|(at, rate)| (*at, *rate * UNIT)).collect();
        Self::through(&lines, period_micros)
    }

    fn through(lines: &[(u64, u64)], period_micros: Option<u64>) -> Self {
        let first = lines.first().map_or(0, |(_, rate)| *rate);
        let mut points = vec![Point { at_micros: 0, rate: first, made: 0 }];
        for &(at_micros, rate) in lines {
            let last = points[points.len() - 1];
            let at_micros = at_micros.max(last.at_micros);
            let area = i128::from(at_micros - last.at_micros) * i128::from(last.rate + rate);
            points.push(Point { at_micros, rate, made: last.made + area });
        }
        Self { points, period_micros }
    }

    /// Always the same rate.
    #[must_use]
    pub fn constant(rate: u64) -> Self {
        Self::new(&[(0, rate)], None)
    }

    /// From one rate to another, then staying there.
    #[must_use]
    pub fn ramp(from: u64, to: u64, length_micros: u64) -> Self {
        Self::new(&[(0, from), (length_micros, to)], None)
    }

    /// Up from one rate to another and back, again and again.
    #[must_use]
    pub fn sine(from: u64, to: u64, period_micros: u64) -> Self {
        let rate = |rise: u64| from * (UNIT - rise) + to * rise;
        let up = RISE.iter().copied();
        let down = RISE.iter().rev().copied().skip(1);
        let lines: Vec<_> = (0..)
            .zip(up.chain(down))
            .map(|(i, rise)| (period_micros * i / 64, rate(rise)))
            .collect();
        Self::through(&lines, Some(period_micros))
    }

    /// A burst at the beginning of each cycle, another rate for the rest of it.
    #[must_use]
    pub fn burst(rest: u64, peak: u64, burst_micros: u64, period_micros: u64) -> Self {
        let end = burst_micros.min(period_micros);
        Self::new(
            &[(0, peak), (end, peak), (end, rest), (period_micros, rest)],
            Some(period_micros),
        )
    }

    /// What was made from the beginning to this time.
    #[must_use]
    pub fn made_by(&self, micros: u64) -> i128 {
        let (cycles, rest) = match self.period_micros {
            Some(period) if period > 0 => (micros / period, micros % period),
            _ => (0, micros),
        };
        i128::from(cycles) * self.last().made + self.made_within(rest)
    }

    /// The first microsecond by which this much was made; never, when the rate ends at zero.
    #[must_use]
    pub fn reaches(&self, made: i128) -> Option<u64> {
        if made <= 0 {
            return Some(0);
        }
        let Some(period) = self.period_micros else { return self.reaches_within(made) };
        let cycle = self.last().made;
        if cycle == 0 {
            return None;
        }
        let cycles = u64::try_from((made - 1) / cycle).ok()?;
        let rest = self.reaches_within(made - i128::from(cycles) * cycle)?;
        cycles.checked_mul(period)?.checked_add(rest)
    }

    fn last(&self) -> Point {
        self.points[self.points.len() - 1]
    }

    fn made_within(&self, micros: u64) -> i128 {
        let next = self.points.partition_point(|point| point.at_micros <= micros);
        let from = self.points[next - 1];
        let passed = i128::from(micros - from.at_micros);
        let Some(to) = self.points.get(next) else {
            return from.made + 2 * passed * i128::from(from.rate);
        };
        let length = i128::from(to.at_micros - from.at_micros);
        from.made + area(from, *to, passed) / length
    }

    fn reaches_within(&self, made: i128) -> Option<u64> {
        let next = self.points.partition_point(|point| point.made < made);
        let from = self.points[next - 1];
        let missing = made - from.made;
        let level = |from: Point| {
            let passed = (missing + 2 * i128::from(from.rate) - 1) / (2 * i128::from(from.rate));
            from.at_micros.checked_add(u64::try_from(passed).ok()?)
        };
        let Some(to) = self.points.get(next) else {
            return if from.rate == 0 { None } else { level(from) };
        };
        if from.rate == to.rate {
            return level(from);
        }
        let length = to.at_micros - from.at_micros;
        let (mut low, mut high) = (0, length);
        while low < high {
            let middle = low + (high - low) / 2;
            let enough = area(from, *to, i128::from(middle)) >= missing * i128::from(length);
            if enough { high = middle } else { low = middle + 1 }
        }
        Some(from.at_micros + low)
    }
}

/// The area under a line over its first `passed` microseconds, times the line's length.
fn area(from: Point, to: Point, passed: i128) -> i128 {
    let length = i128::from(to.at_micros - from.at_micros);
    let slope = i128::from(to.rate) - i128::from(from.rate);
    passed * (2 * i128::from(from.rate) * length + slope * passed)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000;

    fn records(shape: &Shape, secs: u64) -> i128 {
        shape.made_by(secs * SECOND) / RECORD
    }

    #[test]
    fn areas_are_exact() {
        assert_eq!(records(&Shape::constant(7), 1_000_000), 7_000_000);
        let ramp = Shape::ramp(0, 100, 10 * SECOND);
        assert_eq!((records(&ramp, 5), records(&ramp, 10), records(&ramp, 20)), (125, 500, 1_500));
        let sine = Shape::sine(100, 300, 60 * SECOND);
        assert_eq!((records(&sine, 60), records(&sine, 600)), (12_000, 120_000));
        let burst = Shape::burst(10, 1_000, SECOND, 10 * SECOND);
        assert_eq!(
            (records(&burst, 1), records(&burst, 10), records(&burst, 11)),
            (1_000, 1_090, 2_090)
        );
        let curve = Shape::new(&[(2 * SECOND, 50), (4 * SECOND, 150)], None);
        assert_eq!((records(&curve, 2), records(&curve, 4), records(&curve, 5)), (100, 300, 450));
    }

    #[test]
    fn reaching_is_the_inverse_of_making() {
        let shapes = [
            Shape::constant(3),
            Shape::ramp(5, 900, 7 * SECOND),
            Shape::ramp(900, 5, 7 * SECOND),
            Shape::sine(0, 333, 13 * SECOND),
            Shape::burst(0, 50, SECOND / 3, 2 * SECOND),
            Shape::new(&[(0, 10), (SECOND, 0), (3 * SECOND, 20)], None),
        ];
        for shape in shapes {
            for record in 1..500 {
                let made = record * RECORD;
                let at = shape.reaches(made).expect("the rate never ends");
                assert!(shape.made_by(at) >= made, "{shape:?} {record}");
                assert!(shape.made_by(at - 1) < made, "{shape:?} {record}");
            }
        }
    }

    #[test]
    fn nothing_more_comes_of_a_rate_of_zero() {
        assert_eq!(Shape::constant(0).reaches(1), None);
        assert_eq!(Shape::burst(0, 0, 1, 2).reaches(1), None);
        let fades = Shape::ramp(10, 0, 2 * SECOND);
        assert!(fades.reaches(10 * RECORD).is_some());
        assert_eq!(fades.reaches(10 * RECORD + 1), None);
    }
}
