//! What a shard stored when, coarser with age: seconds, then minutes, then hours. For drawing.

use base::Ring;

use super::limiter::WRITE_RECORDS_PER_SEC;
use crate::kernel::edges::mix;
use crate::snapshot::Stretch;

/// How much is kept of each step and how long a step is, in seconds.
const LEVELS: [(u32, u64); 3] = [(120, 1), (120, 60), (200, 3_600)];
/// Ages at which one stretch ends and the next begins, in seconds: about six to a decade.
const EDGES_SECS: [u64; 25] = [
    0, 1, 2, 4, 7, 10, 15, 20, 30, 45, 60, 120, 180, 300, 600, 1_200, 1_800, 3_600, 7_200, 14_400,
    28_800, 86_400, 259_200, 604_800, 31_536_000,
];

/// Stored records by step and colour slot.
#[derive(Clone, Debug)]
pub struct History {
    levels: [Ring<Step>; 3],
}

#[derive(Clone, Copy, Debug)]
struct Step {
    /// Its number, counted from the beginning in steps of its level.
    at: u64,
    by_slot: [u32; 7],
}

impl Default for History {
    fn default() -> Self {
        Self { levels: LEVELS.map(|(count, _)| Ring::new(count)) }
    }
}

impl History {
    /// Counts one stored record.
    pub fn count(&mut self, secs: u64, slot: u8) {
        for (level, (_, step_secs)) in self.levels.iter_mut().zip(LEVELS) {
            let at = secs / step_secs;
            if level.last().is_none_or(|step| step.at != at) {
                level.push(Step { at, by_slot: [0; 7] });
            }
            if let Some(step) = level.last_mut() {
                let sum = &mut step.by_slot[usize::from(slot)];
                *sum = sum.saturating_add(1);
            }
        }
    }

    /// The past in stretches, newest first; nothing older than `oldest_secs`.
    pub fn stretches(&self, now_secs: u64, oldest_secs: u64, out: &mut Vec<Stretch>) {
        out.clear();
        for edge in EDGES_SECS.windows(2) {
            let (from, to) = (edge[0], edge[1]);
            if from > now_secs || from > oldest_secs {
                return;
            }
            let by_slot = self.between(now_secs, from, to);
            let length = (to - from).min(now_secs.saturating_sub(from).max(1));
            let records: u64 = by_slot.iter().map(|n| u64::from(*n)).sum();
            let permille = base::units::permille(records, WRITE_RECORDS_PER_SEC * length);
            out.push(Stretch {
                from_micros: from * 1_000_000,
                to_micros: to.min(now_secs.max(1)) * 1_000_000,
                permille: u16::try_from(permille).unwrap_or(u16::MAX),
                mix: mix(&by_slot),
            });
        }
    }

    /// What was stored between two ages, the older one excluded, from the finest level that
    /// reaches that far back.
    fn between(&self, now_secs: u64, from: u64, to: u64) -> [u32; 7] {
        let mut sum = [0_u32; 7];
        let finest = LEVELS.iter().position(|(count, step)| u64::from(*count) * step >= to);
        let finest = finest.unwrap_or(LEVELS.len() - 1);
        let step_secs = LEVELS[finest].1;
        for step in self.levels[finest].iter().rev() {
            let age = now_secs.saturating_sub(step.at * step_secs);
            if age >= to {
                break;
            }
            if age >= from {
                for (sum, count) in sum.iter_mut().zip(step.by_slot) {
                    *sum = sum.saturating_add(count);
                }
            }
        }
        sum
    }
}
