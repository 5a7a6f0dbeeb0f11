//! How long a client waits between attempts.

use base::{Duration, Rng};
use scenario::kind::{Backoff, ProducerConfig};

/// The wait after the `attempt`-th attempt failed (1 for the first).
///
/// Exponential waits double from the first wait up to the longest; full jitter draws evenly from
/// zero to that (AWS architecture blog, "Exponential backoff and jitter").
pub(super) fn wait(config: &ProducerConfig, attempt: u32, rng: &mut Rng) -> Duration {
    let first = u64::from(config.backoff_millis) * 1_000;
    let longest = u64::from(config.backoff_millis_max) * 1_000;
    let doublings = attempt.saturating_sub(1).min(32);
    let grown = (first << doublings).min(longest.max(first));
    match config.backoff {
        Backoff::None => Duration::ZERO,
        Backoff::Fixed => Duration(first),
        Backoff::Exponential => Duration(grown),
        Backoff::Jitter => Duration(rng.between(0, grown)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(backoff: Backoff) -> ProducerConfig {
        ProducerConfig {
            backoff,
            backoff_millis: 100,
            backoff_millis_max: 1_000,
            ..ProducerConfig::default()
        }
    }

    fn waits(backoff: Backoff) -> Vec<u64> {
        let mut rng = Rng::from_seed(1);
        (1..=6).map(|attempt| wait(&config(backoff), attempt, &mut rng).millis()).collect()
    }

    #[test]
    fn waits_grow_as_told() {
        assert_eq!(waits(Backoff::None), [0; 6]);
        assert_eq!(waits(Backoff::Fixed), [100; 6]);
        assert_eq!(waits(Backoff::Exponential), [100, 200, 400, 800, 1_000, 1_000]);
        let mut rng = Rng::from_seed(1);
        let late = wait(&config(Backoff::Exponential), u32::MAX, &mut rng);
        assert_eq!(late.millis(), 1_000);
    }

    #[test]
    fn full_jitter_fills_the_whole_range() {
        let mut rng = Rng::from_seed(1);
        for (attempt, most) in [(1, 100_000), (3, 400_000), (9, 1_000_000)] {
            let drawn: Vec<u64> =
                (0..2_000).map(|_i| wait(&config(Backoff::Jitter), attempt, &mut rng).0).collect();
            let (low, high) = (drawn.iter().min(), drawn.iter().max());
            assert!(low < Some(&(most / 100)) && high > Some(&(most - most / 100)), "{attempt}");
            assert!(high <= Some(&most));
            let mean = drawn.iter().sum::<u64>() / 2_000;
            assert!(mean.abs_diff(most / 2) < most / 20, "{mean}");
        }
    }
}
