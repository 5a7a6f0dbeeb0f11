//! Integer histogram with logarithmic buckets: percentiles without floats or samples kept.

/// Counts by size: 16 buckets for each power of two, so a percentile is at most 1/16 too high.
#[derive(Clone, Debug, Default)]
pub struct Histogram {
    buckets: Vec<u64>,
    total: u64,
    max: u64,
}

const STEPS_LOG2: u32 = 4;

impl Histogram {
    /// Adds `times` observations of `value`.
    pub fn add(&mut self, value: u64, times: u64) {
        let idx = bucket_of(value) as usize;
        if self.buckets.len() <= idx {
            self.buckets.resize(idx + 1, 0);
        }
        self.buckets[idx] += times;
        self.total += times;
        self.max = self.max.max(value);
    }

    /// How many observations were added.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.total
    }

    /// The largest observation.
    #[must_use]
    pub fn max(&self) -> u64 {
        self.max
    }

    /// The upper edge of the bucket that holds the given per mille, capped by the maximum.
    #[must_use]
    pub fn permille(&self, permille: u64) -> u64 {
        let wanted = (self.total * permille).div_ceil(1_000).max(1);
        let mut seen = 0;
        for (idx, count) in self.buckets.iter().enumerate() {
            seen += count;
            if seen >= wanted {
                return upper_edge(u32::try_from(idx).unwrap_or(u32::MAX)).min(self.max);
            }
        }
        0
    }
}

fn bucket_of(value: u64) -> u32 {
    if value < 1 << STEPS_LOG2 {
        return u32::try_from(value).unwrap_or(0);
    }
    let exponent = value.ilog2();
    let step = (value >> (exponent - STEPS_LOG2)) & ((1 << STEPS_LOG2) - 1);
    ((exponent - STEPS_LOG2 + 1) << STEPS_LOG2) + u32::try_from(step).unwrap_or(0)
}

fn upper_edge(idx: u32) -> u64 {
    if idx < 1 << STEPS_LOG2 {
        return u64::from(idx);
    }
    let shift = (idx >> STEPS_LOG2) - 1;
    let step = u64::from(idx & ((1 << STEPS_LOG2) - 1)) + (1 << STEPS_LOG2);
    (step << shift) + ((1 << shift) - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_close_and_never_low() {
        let mut histogram = Histogram::default();
        for value in 1..=10_000 {
            histogram.add(value, 1);
        }
        let median = histogram.permille(500);
        assert!((5_000..=5_000 + 5_000 / 16).contains(&median), "{median}");
        assert_eq!(histogram.permille(1_000), 10_000);
        assert_eq!(Histogram::default().permille(500), 0);
    }

    #[test]
    fn buckets_tile_the_numbers() {
        for value in (0..2_000).chain([u64::MAX / 3, u64::MAX]) {
            let idx = bucket_of(value);
            assert!(upper_edge(idx) >= value);
            assert!(idx == 0 || upper_edge(idx - 1) < value, "{value}");
        }
    }
}
