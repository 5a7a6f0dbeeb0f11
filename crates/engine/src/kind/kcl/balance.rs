//! Who takes which leases: the lease taker of KCL 2.x, one run of one worker
//! (facts, streams §9.3, from `DynamoDBLeaseTaker`).

use base::{Duration, Rng, Time, VecMap};

use super::lease::LeaseTable;

/// What a worker remembers of a lease between two scans.
#[derive(Clone, Copy, Debug)]
struct Seen {
    counter: u64,
    /// When the counter was last seen to move; none for a row nobody ever renewed.
    moved: Option<Time>,
}

/// The memory of one worker's taker.
#[derive(Clone, Debug, Default)]
pub(super) struct Taker {
    seen: VecMap<u32, Seen>,
}

/// The settings of a run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    pub(super) failover: Duration,
    /// `maxLeasesForWorker`.
    pub(super) leases_max: usize,
    /// `maxLeasesToStealAtOneTime`.
    pub(super) steal_max: usize,
}

impl Taker {
    /// Scans the table and picks the leases to take, each with the counter that was seen.
    pub(super) fn run(
        &mut self,
        me: u32,
        table: &LeaseTable,
        (rules, now): (Rules, Time),
        rng: &mut Rng,
    ) -> Vec<(u32, u64)> {
        self.scan(table, now);
        let older = |shard: u32, age: Duration| {
            let moved = self.seen.get(&shard).and_then(|seen| seen.moved);
            moved.is_none_or(|moved| now.since(moved) > age)
        };
        let mut available = Vec::new();
        let mut ancient = Vec::new();
        let mut owners: VecMap<u32, Vec<u32>> = VecMap::new();
        owners.insert(me, Vec::new());
        for (shard, lease) in table.rows.iter() {
            let (shard, owner) = (*shard, lease.owner);
            if older(shard, rules.failover) {
                available.push(shard);
                if older(shard, Duration(3 * rules.failover.0)) {
                    ancient.push(shard);
                }
            } else if let Some(owner) = owner {
                match owners.get_mut(&owner) {
                    Some(leases) => leases.push(shard),
                    None => drop(owners.insert(owner, vec![shard])),
                }
            }
        }
        let mine = owners.get(&me).map_or(0, Vec::len);
        let room = rules.leases_max.saturating_sub(mine);
        let target = table.rows.len().div_ceil(owners.len().max(1)).max(1).min(rules.leases_max);
        let need = target.saturating_sub(mine);
        let picked = if !ancient.is_empty() {
            some_of(ancient, room, rng)
        } else if need == 0 {
            Vec::new()
        } else if !available.is_empty() {
            some_of(available, need, rng)
        } else {
            steal(&owners, me, (target, need, rules.steal_max), rng)
        };
        let rows = picked.into_iter();
        rows.filter_map(|shard| Some((shard, table.rows.get(&shard)?.counter))).collect()
    }

    fn scan(&mut self, table: &LeaseTable, now: Time) {
        for (shard, lease) in table.rows.iter() {
            let counter = lease.counter;
            match self.seen.get_mut(shard) {
                Some(seen) if seen.counter == counter => {}
                Some(seen) => *seen = Seen { counter, moved: Some(now) },
                None => {
                    let moved = lease.owner.map(|_owner| now);
                    self.seen.insert(*shard, Seen { counter, moved });
                }
            }
        }
    }
}

/// Leases of the worker that has most, when that is more than its share.
fn steal(
    owners: &VecMap<u32, Vec<u32>>,
    me: u32,
    (target, need, most): (usize, usize, usize),
    rng: &mut Rng,
) -> Vec<u32> {
    let others = owners.iter().filter(|(owner, _)| **owner != me);
    let Some((_, victim)) = others.into_iter().max_by_key(|(_, leases)| leases.len()) else {
        return Vec::new();
    };
    let over = victim.len().saturating_sub(target);
    let fair = need.min(over);
    let one = usize::from(need > 1 && victim.len() >= target);
    some_of(victim.clone(), if fair == 0 { one } else { fair }.min(most), rng)
}

/// So many of them, at random.
fn some_of(mut from: Vec<u32>, count: usize, rng: &mut Rng) -> Vec<u32> {
    let mut some = Vec::new();
    while some.len() < count && !from.is_empty() {
        let bound = u32::try_from(from.len()).unwrap_or(u32::MAX);
        some.push(from.swap_remove(rng.below(bound) as usize));
    }
    some
}

#[cfg(test)]
mod tests {
    use super::super::lease::Checkpoint;
    use super::*;

    fn rules() -> Rules {
        Rules { failover: Duration::from_secs(10), leases_max: usize::MAX, steal_max: 1 }
    }

    fn table(owners: &[u32]) -> LeaseTable {
        let mut table = LeaseTable::default();
        for (shard, owner) in (0..).zip(owners) {
            table.create(shard, (0, 0), Checkpoint::TrimHorizon);
            table.take(shard, *owner, 0);
        }
        table
    }

    fn secs(secs: u64) -> Time {
        Time::ZERO + Duration::from_secs(secs)
    }

    /// Brand new leases are taken at once, whatever the target (facts, streams §9.3).
    #[test]
    fn the_first_worker_takes_every_new_lease() {
        let mut table = LeaseTable::default();
        for shard in 0..4 {
            table.create(shard, (0, 0), Checkpoint::TrimHorizon);
        }
        let mut rng = Rng::from_seed(1);
        let taken = Taker::default().run(1, &table, (rules(), Time::ZERO), &mut rng);
        assert_eq!(taken.len(), 4);
    }

    /// `maxLeasesToStealAtOneTime` is 1; stealing ends at the target of ceil(L / W).
    #[test]
    fn a_new_worker_steals_one_lease_a_run() {
        let mut rng = Rng::from_seed(1);
        let rich = table(&[1, 1, 1, 1]);
        assert_eq!(Taker::default().run(2, &rich, (rules(), secs(1)), &mut rng).len(), 1);
        let even = table(&[1, 1, 2, 2]);
        assert!(Taker::default().run(2, &even, (rules(), secs(1)), &mut rng).is_empty());
    }

    /// A lease is available once its counter stood still for longer than `failoverTimeMillis`.
    #[test]
    fn the_leases_of_a_dead_worker_are_taken_after_the_failover_time() {
        let mut rng = Rng::from_seed(1);
        let dead = table(&[1, 2]);
        let mut taker = Taker::default();
        assert!(taker.run(2, &dead, (rules(), secs(0)), &mut rng).is_empty());
        assert!(taker.run(2, &dead, (rules(), secs(10)), &mut rng).is_empty());
        let taken = taker.run(2, &dead, (rules(), secs(20)), &mut rng);
        assert!(taken.contains(&(0, 1)));
    }
}
