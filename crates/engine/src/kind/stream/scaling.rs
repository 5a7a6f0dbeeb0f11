//! `UpdateShardCount`: the way to even shards, in waves.
//!
//! What matters is where shards meet. Borders that are missing are made by splits, one for each
//! shard and wave; then borders that are too many go by merges of pairs. The ranges, the splits and
//! the merges are those of Amazon's own scaling utility, which does them one by one (facts,
//! streams §5.4); AWS says that the service does it by splits and merges, and that shards made on
//! the way live for a short time.

use super::{Stream, even_split};
use crate::kernel::ctx::Ctx;

impl Stream {
    /// Makes the next wave towards so many even shards, or all of them; whether another one must
    /// follow.
    pub(super) fn scale(&mut self, target: u32, ctx: &mut Ctx<'_>) -> bool {
        let mut is_left = self.wave(target, ctx);
        while is_left && self.at_once {
            is_left = self.wave(target, ctx);
        }
        is_left
    }

    fn wave(&mut self, target: u32, ctx: &mut Ctx<'_>) -> bool {
        let (wanted, near) = borders(target);
        let missing = self.missing(&wanted, near);
        if missing.is_empty() {
            self.merge_wave(&wanted, near, ctx);
        } else {
            for (shard, at) in missing {
                self.split(shard, at, ctx);
            }
        }
        !self.missing(&wanted, near).is_empty() || self.surplus(&wanted, near).next().is_some()
    }

    /// The most shards that are open at once on the way to so many even ones: every split comes
    /// before the first merge.
    pub(crate) fn open_on_the_way(&self, target: u32) -> u32 {
        let (wanted, near) = borders(target);
        let made: usize = self.lacking(&wanted, near).map(|(_, inside)| inside.len()).sum();
        u32::try_from(self.open.len() + made).unwrap_or(u32::MAX)
    }

    /// For each open shard that lacks borders, the one next to its middle.
    fn missing(&self, wanted: &[u128], near: u128) -> Vec<(u32, u128)> {
        let lacking = self.lacking(wanted, near);
        lacking.filter_map(|(at, inside)| Some((at, *inside.get(inside.len() / 2)?))).collect()
    }

    /// Each open shard with the borders it lacks.
    fn lacking<'a>(
        &'a self,
        wanted: &'a [u128],
        near: u128,
    ) -> impl Iterator<Item = (u32, &'a [u128])> {
        self.open.iter().map(move |index| {
            let (first, last) = self.shards[*index as usize].range;
            let from = wanted.partition_point(|border| *border <= first.saturating_add(near));
            let to = wanted.partition_point(|border| *border <= last.saturating_sub(near));
            (*index, wanted.get(from..to).unwrap_or_default())
        })
    }

    /// Open shards whose lower border is not wanted, with their lower neighbours.
    fn surplus<'a>(
        &'a self,
        wanted: &'a [u128],
        near: u128,
    ) -> impl Iterator<Item = (u32, u32)> + 'a {
        self.open.windows(2).filter_map(move |pair| {
            let border = self.shards[pair[1] as usize].range.0;
            let at = wanted.partition_point(|it| it.saturating_add(near) < border);
            let is_wanted = wanted.get(at).is_some_and(|it| it.abs_diff(border) <= near);
            (!is_wanted).then_some((pair[0], pair[1]))
        })
    }

    /// Merges as many pairs as have no shard in common.
    fn merge_wave(&mut self, wanted: &[u128], near: u128, ctx: &mut Ctx<'_>) {
        let mut pairs: Vec<(u32, u32)> = Vec::new();
        for (lower, upper) in self.surplus(wanted, near) {
            if pairs.last().is_none_or(|(_, taken)| *taken != lower) {
                pairs.push((lower, upper));
            }
        }
        for (lower, upper) in pairs {
            self.merge(lower, upper, ctx);
        }
    }
}

/// Where so many even shards meet, and how near a border counts as there.
fn borders(target: u32) -> (Vec<u128>, u128) {
    let near = (u128::MAX / u128::from(target.max(1))) >> 33;
    (even_split(target).skip(1).map(|(first, _)| first).collect(), near)
}
