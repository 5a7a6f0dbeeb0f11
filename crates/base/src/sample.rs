//! Samplers over integers and `libm`: ours, so that a dependency bump cannot change old seeds.

use crate::rng::Rng;

/// How many arrivals a Poisson process gives when `mean_millionths` are expected.
///
/// Knuth's product below a mean of 30, the normal approximation above (error under one part in a
/// thousand there).
#[expect(clippy::cast_precision_loss, reason = "means stay far below 2^53")]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked positive")]
pub fn poisson(rng: &mut Rng, mean_millionths: u64) -> u64 {
    let mean = mean_millionths as f64 / 1_000_000.0;
    if mean <= 0.0 {
        return 0;
    }
    if mean > 30.0 {
        let value = mean + libm::sqrt(mean) * normal(rng) + 0.5;
        return if value <= 0.0 { 0 } else { value as u64 };
    }
    let floor = libm::exp(-mean);
    let (mut product, mut count) = (rng.unit(), 0);
    while product > floor {
        product *= rng.unit();
        count += 1;
    }
    count
}

/// A gap of a Poisson process with this mean, rounded down.
#[expect(clippy::cast_precision_loss, reason = "means stay far below 2^53")]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked positive")]
pub fn exponential(rng: &mut Rng, mean: u64) -> u64 {
    (-libm::log(1.0 - rng.unit()) * mean as f64) as u64
}

/// A standard normal variate (Box and Muller 1958).
pub fn normal(rng: &mut Rng) -> f64 {
    let radius = libm::sqrt(-2.0 * libm::log(1.0 - rng.unit()));
    radius * libm::cos(2.0 * core::f64::consts::PI * rng.unit())
}

/// A log-normal size with the given median and 99th percentile, both at least one.
#[expect(clippy::cast_precision_loss, reason = "sizes stay far below 2^53")]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "exp is positive")]
pub fn log_normal(rng: &mut Rng, median: u64, p99: u64) -> u64 {
    /// The 99th percentile of the standard normal distribution.
    const Z99: f64 = 2.326_347_874_040_841;
    let mu = libm::log(median.max(1) as f64);
    let sigma = (libm::log(p99.max(median).max(1) as f64) - mu) / Z99;
    (libm::exp(mu + sigma * normal(rng)) + 0.5) as u64
}

/// A table that draws an index with the given weights in constant time (Vose 1991).
#[derive(Clone, Debug, Default)]
pub struct Weighted {
    keep: Vec<u32>,
    other: Vec<u32>,
}

impl Weighted {
    /// A table for these weights; all zero weights count as equal ones.
    #[must_use]
    pub fn new(weights: &[u64]) -> Self {
        let count = weights.len() as u128;
        let sum: u128 = weights.iter().map(|w| u128::from(*w)).sum();
        let one = 1_u128 << 32;
        let share = |w: u64| (u128::from(w) * count * one).checked_div(sum).unwrap_or(one);
        let mut left: Vec<u128> = weights.iter().map(|w| share(*w)).collect();
        let index = |i: usize| u32::try_from(i).unwrap_or(u32::MAX);
        let mut keep = vec![u32::MAX; left.len()];
        let mut other: Vec<u32> = (0..left.len()).map(index).collect();
        let (mut small, mut large): (Vec<usize>, Vec<usize>) =
            (0..left.len()).partition(|i| left[*i] < one);
        while let (Some(s), Some(l)) = (small.pop(), large.pop()) {
            keep[s] = u32::try_from(left[s]).unwrap_or(u32::MAX);
            other[s] = index(l);
            left[l] -= one - left[s];
            if left[l] < one { small.push(l) } else { large.push(l) }
        }
        Self { keep, other }
    }

    /// An index; zero when the table is empty.
    #[inline]
    pub fn draw(&self, rng: &mut Rng) -> u32 {
        let idx = rng.below(u32::try_from(self.keep.len()).unwrap_or(u32::MAX));
        let stay = self.keep.get(idx as usize).is_none_or(|keep| rng.word() <= *keep);
        if stay { idx } else { self.other[idx as usize] }
    }
}

/// Weights of Zipf's law: the key of rank r has weight r^-s, with `exponent_hundredths` = 100 s.
#[must_use]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "pow is positive")]
pub fn zipf_weights(count: u32, exponent_hundredths: u32) -> Vec<u64> {
    let exponent = f64::from(exponent_hundredths) / 100.0;
    (1..=count).map(|rank| (1e9 * libm::pow(f64::from(rank), -exponent)) as u64 + 1).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weighted_draws_follow_their_weights() {
        let table = Weighted::new(&[1, 2, 7, 0]);
        let mut rng = Rng::from_seed(3);
        let mut seen = [0_u32; 4];
        for _i in 0..100_000 {
            seen[table.draw(&mut rng) as usize] += 1;
        }
        assert!(seen[0].abs_diff(10_000) < 500, "{seen:?}");
        assert!(seen[1].abs_diff(20_000) < 600, "{seen:?}");
        assert!(seen[2].abs_diff(70_000) < 700, "{seen:?}");
        assert!(seen[3] <= 1, "{seen:?}");
    }

    #[test]
    fn poisson_has_its_mean() {
        let mut rng = Rng::from_seed(5);
        for mean in [1_u64, 7, 200] {
            let sum: u64 = (0..20_000).map(|_i| poisson(&mut rng, mean * 1_000_000)).sum();
            assert!(sum.abs_diff(20_000 * mean) < 20_000 * mean / 50 + 400, "{mean}: {sum}");
        }
    }

    #[test]
    fn log_normal_has_its_median_and_tail() {
        let mut rng = Rng::from_seed(9);
        let mut sizes: Vec<u64> = (0..20_000).map(|_i| log_normal(&mut rng, 400, 4_000)).collect();
        sizes.sort_unstable();
        assert!(sizes[10_000].abs_diff(400) < 25, "{}", sizes[10_000]);
        assert!(sizes[19_800].abs_diff(4_000) < 500, "{}", sizes[19_800]);
    }
}
