//! A forest of random cuts (Guha and others, "Robust Random Cut Forest Based Anomaly Detection On
//! Streams", 2016): a point that few random cuts set apart from a sample of what came before is
//! unlike it.
//!
//! Each tree keeps a sample in which newer points are likelier. Trees are not kept: the cuts that
//! set a new point apart are drawn anew for it, which gives its depth the same distribution. The
//! score is the mean of `log2(sample + 1) / (depth + 1)`: about 1 for a point among others, up to
//! half of `log2(sample + 1)` far away. Seeded, so that the same rows have the same scores.

use std::collections::VecDeque;
use std::sync::Arc;

use base::Rng;

/// How a forest is made (facts, analytics §2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// 1 to 1,000.
    pub trees: u32,
    /// Points in the sample of a tree, 10 to 1,000.
    pub sample: u32,
    /// Rows after which a point is e times less likely to be in a sample.
    pub decay: u32,
    /// Rows that are looked at as one point, 1 to 30.
    pub shingle: u32,
}

impl Default for Shape {
    /// What a call without these arguments has (facts, analytics §2.3).
    fn default() -> Self {
        Self { trees: 100, sample: 256, decay: 100_000, shingle: 1 }
    }
}

/// Points with how little they are wanted.
type Sample = Vec<(f64, Arc<[f64]>)>;

/// Samples of what came before.
#[derive(Clone, Debug)]
pub struct Forest {
    shape: Shape,
    samples: Vec<Sample>,
    /// The latest rows, as one point.
    shingle: VecDeque<f64>,
    seen: u32,
    rng: Rng,
}

impl Forest {
    /// Nothing was seen yet.
    #[must_use]
    pub fn new(shape: Shape) -> Self {
        let samples = vec![Sample::new(); shape.trees as usize];
        Self { shape, samples, shingle: VecDeque::new(), seen: 0, rng: Rng::from_seed(0) }
    }

    /// How unlike the rows before it a row is; it is one of them from then on. Zero until there
    /// are enough rows for one point and a sample.
    pub fn score(&mut self, row: &[f64]) -> f64 {
        self.explained(row).0
    }

    /// The score, and how much of it each value of the row has: for being above what it is cut
    /// from, and for being below. All of them together are the score.
    pub fn explained(&mut self, row: &[f64]) -> (f64, Vec<[f64; 2]>) {
        let mut shares = vec![[0.0; 2]; row.len() * self.shape.shingle as usize];
        self.shingle.extend(row.iter().map(|it| if it.is_finite() { *it } else { 0.0 }));
        let length = row.len() * self.shape.shingle as usize;
        while self.shingle.len() > length {
            self.shingle.pop_front();
        }
        let mut columns = vec![[0.0; 2]; row.len()];
        if self.shingle.len() < length || length == 0 {
            return (0.0, columns);
        }
        let point: Arc<[f64]> = self.shingle.iter().copied().collect();
        let (mut sum, age) = (0.0, f64::from(self.seen) / f64::from(self.shape.decay.max(1)));
        let most = self.shape.sample as usize;
        for sample in &mut self.samples {
            let points: Vec<&[f64]> = sample.iter().map(|it| it.1.as_ref()).collect();
            sum += apart(points, &point, &mut self.rng, &mut shares);
            // The smallest of these keys is a sample weighted by exp(time / decay).
            let chance = 1.0 - self.rng.unit();
            let key = libm::log(-libm::log(chance).min(-f64::MIN_POSITIVE)) - age;
            if sample.len() < most {
                sample.push((key, Arc::clone(&point)));
            } else if let Some(last) = sample.iter_mut().max_by(|a, b| a.0.total_cmp(&b.0))
                && key < last.0
            {
                *last = (key, Arc::clone(&point));
            }
        }
        self.seen = self.seen.saturating_add(1);
        let trees = f64::from(self.shape.trees.max(1));
        for (index, share) in shares.iter().enumerate() {
            for (side, part) in columns[index % row.len()].iter_mut().zip(share) {
                *side += part / trees;
            }
        }
        (sum / trees, columns)
    }
}

/// The score of a point in one tree: random cuts until it stands alone. Each cut has a share of it
/// for the points it sets apart: those below, or those above.
#[expect(clippy::cast_precision_loss, reason = "samples are small")]
fn apart(mut points: Vec<&[f64]>, point: &[f64], rng: &mut Rng, shares: &mut [[f64; 2]]) -> f64 {
    let all_points = points.len() as f64;
    let whole = libm::log2(all_points + 1.0);
    let mut depth = 0.0;
    let mut cuts: Vec<(usize, usize, f64)> = Vec::new();
    let score = loop {
        if points.is_empty() {
            break whole / (depth + 1.0);
        }
        let side = |axis: usize| {
            let ends = points.iter().map(|it| it[axis]).chain([point[axis]]);
            ends.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), it| {
                (it.min(low), it.max(high))
            })
        };
        let sides: Vec<(f64, f64)> = (0..point.len()).map(side).collect();
        let all: f64 = sides.iter().map(|(low, high)| high - low).sum();
        if all <= 0.0 || !all.is_finite() {
            // It was seen before, so many times.
            let mass = libm::log2(points.len() as f64 + 1.0);
            break whole / (depth + mass + 1.0);
        }
        let mut at = rng.unit() * all;
        let mut axis = 0;
        while axis + 1 < sides.len() && at >= sides[axis].1 - sides[axis].0 {
            at -= sides[axis].1 - sides[axis].0;
            axis += 1;
        }
        let cut = sides[axis].0 + at;
        let is_below = point[axis] <= cut;
        let before = points.len();
        points.retain(|it| (it[axis] <= cut) == is_below);
        cuts.push((axis, usize::from(is_below), (before - points.len()) as f64 / all_points));
        depth += 1.0;
    };
    // What no cut has set apart is like it on every axis.
    let cut: f64 = cuts.iter().map(|it| it.2).sum();
    let rest = (1.0 - cut).max(0.0) / (2.0 * shares.len().max(1) as f64);
    for share in shares.iter_mut().flatten() {
        *share += score * rest;
    }
    for (axis, side, share) in cuts {
        shares[axis][side] += score * share;
    }
    score
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(shingle: u32) -> Shape {
        Shape { trees: 30, sample: 64, shingle, ..Shape::default() }
    }

    /// A point far away scores well above those before it, the same rows score the same, and what
    /// comes again and again is unlike nothing any more.
    #[test]
    fn what_is_far_away_stands_out() {
        let mut forest = Forest::new(shape(1));
        let mut rng = Rng::from_seed(1);
        let mut usual = 0.0_f64;
        for at in 0..400 {
            let score = forest.score(&[rng.unit(), 10.0 + rng.unit()]);
            if at > 100 {
                usual = usual.max(score);
            }
        }
        let mut again = forest.clone();
        let far = forest.score(&[50.0, 10.5]);
        assert!(far > usual && far > 2.5, "{far} beside {usual}");
        assert_eq!(far.to_bits(), again.score(&[50.0, 10.5]).to_bits());
        for _ in 0..400 {
            forest.score(&[50.0, 10.5]);
        }
        assert!(forest.score(&[50.0, 10.5]) < 1.5);
    }

    /// Facts, analytics §2.3: the attributions sum to the score, and what is far away has most of
    /// it, on its side.
    #[test]
    fn a_score_is_explained() {
        let mut forest = Forest::new(shape(1));
        let mut rng = Rng::from_seed(2);
        for _ in 0..300 {
            forest.score(&[rng.unit(), rng.unit()]);
        }
        for (row, column, side) in [([50.0, 0.5], 0, 0), ([0.5, -50.0], 1, 1)] {
            let (score, shares) = forest.clone().explained(&row);
            let sum: f64 = shares.iter().flatten().sum();
            assert!((sum - score).abs() < 1e-9, "{shares:?} of {score}");
            assert!(shares[column][side] > 0.8 * score, "{shares:?} of {score}");
        }
    }

    /// With shingles a break of a rhythm stands out, though each of its numbers is usual.
    #[test]
    fn a_shingle_sees_rhythms() {
        let mut forest = Forest::new(shape(4));
        assert_eq!(forest.score(&[0.0]).to_bits(), 0.0_f64.to_bits(), "no point yet");
        let mut usual = 0.0_f64;
        for at in 0..400_u32 {
            let score = forest.score(&[f64::from(at % 4)]);
            if at > 200 {
                usual = usual.max(score);
            }
        }
        let broken = forest.score(&[2.0]);
        assert!(broken > usual, "{broken} beside {usual}");
    }
}
