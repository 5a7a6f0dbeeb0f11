//! Who takes which leases: the lease taker of KCL 2.x, one run of one worker
//! (facts, streams §9.3, from `DynamoDBLeaseTaker`).

use base::{Duration, Rng, Time, VecMap};

use crate::lease::Lease;

/// What a worker remembers of a lease between two scans: it never believes a clock but its own, so
/// a dead worker's lease is free only once two scans saw the same counter.
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
        rows: &[(u32, Lease)],
        (rules, now): (Rules, Time),
        rng: &mut Rng,
    ) -> Vec<(u32, u64)> {
        self.scan(rows, now);
        let older = |shard: u32, age: Duration| {
            let moved = self.seen.get(&shard).and_then(|seen| seen.moved);
            moved.is_none_or(|moved| now.since(moved) > age)
        };
        let mut available = Vec::new();
        let mut ancient = Vec::new();
        let mut owners: VecMap<u32, Vec<u32>> = VecMap::new();
        owners.insert(me, Vec::new());
        for (shard, lease) in rows {
            let (shard, owner) = (*shard, lease.owner);
            if owner.is_none() || older(shard, rules.failover) {
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
        let target = rows.len().div_ceil(owners.len().max(1)).max(1).min(rules.leases_max);
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
        let counter = |shard| self.seen.get(&shard).map(|seen| (shard, seen.counter));
        picked.into_iter().filter_map(counter).collect()
    }

    /// Leases that nobody renews, in the order of a leader: those nobody ever owned, then the
    /// longest silent.
    pub(super) fn free(
        &mut self,
        rows: &[(u32, Lease)],
        failover: Duration,
        now: Time,
    ) -> Vec<u32> {
        self.scan(rows, now);
        let mut free: Vec<(Option<Time>, u32)> = Vec::new();
        for (shard, lease) in rows {
            let moved = self.seen.get(shard).and_then(|seen| seen.moved);
            let has_expired = moved.is_none_or(|moved| now.since(moved) > failover);
            if lease.owner.is_none() || has_expired {
                free.push((moved, *shard));
            }
        }
        base::order::sort(&mut free[..]);
        free.into_iter().map(|(_, shard)| shard).collect()
    }

    /// Begins anew, as a new leader does.
    pub(super) fn forget(&mut self) {
        self.seen.clear();
    }

    /// What did not move keeps its old time; rows that went are forgotten.
    fn scan(&mut self, rows: &[(u32, Lease)], now: Time) {
        self.seen.retain(|shard, _| rows.binary_search_by_key(shard, |(it, _)| *it).is_ok());
        for (shard, lease) in rows {
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
pub(super) fn some_of(mut from: Vec<u32>, count: usize, rng: &mut Rng) -> Vec<u32> {
    let mut some = Vec::new();
    while some.len() < count && !from.is_empty() {
        let bound = u32::try_from(from.len()).unwrap_or(u32::MAX);
        some.push(from.swap_remove(rng.below(bound) as usize));
    }
    some
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lease::Checkpoint;
    use crate::lease::tests::row;

    fn rules() -> Rules {
        Rules { failover: Duration::from_secs(10), leases_max: usize::MAX, steal_max: 1 }
    }

    /// One row for each owner; 0 stands for nobody.
    fn rows(owners: &[u32]) -> Vec<(u32, Lease)> {
        let row = |owner: u32| Lease {
            owner: (owner > 0).then_some(owner),
            counter: 1,
            ..row((0, 0), Checkpoint::TrimHorizon)
        };
        (0..).zip(owners.iter().map(|owner| row(*owner))).collect()
    }

    fn secs(secs: u64) -> Time {
        Time::ZERO + Duration::from_secs(secs)
    }

    /// What worker `me` takes in its first look at rows that are being renewed.
    fn first(me: u32, owners: &[u32], rules: Rules) -> usize {
        let mut rng = Rng::from_seed(1);
        Taker::default().run(me, &rows(owners), (rules, secs(1)), &mut rng).len()
    }

    /// Brand new leases are taken at once, whatever the target (facts, streams §9.3: priority).
    #[test]
    fn the_first_worker_takes_every_new_lease() {
        assert_eq!(first(1, &[0; 4], rules()), 4);
        assert_eq!(first(1, &[0, 0, 0, 0, 2, 2], rules()), 4, "the target is 3");
    }

    /// `maxLeasesForWorker` bounds priority takes, targets and steals (facts, streams §9.3).
    #[test]
    fn no_worker_takes_more_than_its_maximum() {
        let rules = Rules { leases_max: 3, steal_max: 9, ..rules() };
        assert_eq!(first(1, &[0; 8], rules), 3);
        assert_eq!(first(1, &[1, 1, 0, 0, 0], rules), 1);
        assert_eq!(first(2, &[1; 10], rules), 3);
    }

    /// target = 1 if W >= L else ceil(L / W); stealing ends there, and takes one lease a run
    /// (facts, streams §9.3: `maxLeasesToStealAtOneTime` is 1).
    #[test]
    fn a_new_worker_steals_one_lease_a_run_until_the_target() {
        assert_eq!(first(2, &[1, 1, 1, 1], rules()), 1);
        assert_eq!(first(2, &[1, 1, 2, 2], rules()), 0);
        assert_eq!(first(3, &[1, 2], rules()), 0, "beyond the number of shards: standby");
    }

    /// n = min(need, over), and 1 when need > 1 and the victim stands at the target (facts, streams
    /// §9.3; `chooseLeasesToSteal` of `DynamoDBLeaseTaker`).
    #[test]
    fn more_are_stolen_at_a_time_where_that_is_allowed() {
        let rules = Rules { steal_max: 10, ..rules() };
        assert_eq!(first(2, &[1; 8], rules), 4, "8 leases, 2 workers: 4 over the target of 4");
        // 9 leases, 4 workers: target 3; everybody else stands at it, worker 4 needs 3.
        assert_eq!(first(4, &[1, 1, 1, 2, 2, 2, 3, 3, 3], rules), 1);
        // Needs 1 of 3: nobody is over the target of 3.
        assert_eq!(first(4, &[1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4], rules), 0);
    }

    /// The victim is the worker with most leases (facts, streams §9.3).
    #[test]
    fn the_richest_is_robbed() {
        let mut rng = Rng::from_seed(1);
        let rows = rows(&[1, 1, 2, 2, 2, 2, 2]);
        let taken = Taker::default().run(3, &rows, (rules(), secs(1)), &mut rng);
        assert!(taken.iter().all(|(shard, _)| (2..7).contains(shard)), "{taken:?}");
        assert_eq!(taken.len(), 1);
    }

    /// A lease is available once its counter stood still for longer than `failoverTimeMillis`
    /// (facts, streams §9.3), as seen in the worker's own scans.
    #[test]
    fn the_leases_of_a_dead_worker_are_taken_after_the_failover_time() {
        let mut rng = Rng::from_seed(1);
        let dead = rows(&[1, 2]);
        let mut taker = Taker::default();
        let mut run = |at| taker.run(2, &dead, (rules(), secs(at)), &mut rng);
        assert!(run(0).is_empty());
        assert!(run(10).is_empty(), "ten seconds are not longer than ten seconds");
        assert!(run(20).contains(&(0, 1)));
    }

    /// While leases are available nobody steals (facts, streams §9.3).
    #[test]
    fn available_leases_come_before_stealing() {
        let mut rng = Rng::from_seed(1);
        let mut taker = Taker::default();
        let before = rows(&[1, 1, 1, 1, 2, 3]);
        taker.run(3, &before, (rules(), secs(0)), &mut rng);
        let mut after = before.clone();
        // Worker 1 goes on, worker 2 is dead; so is worker 3 in the eyes of others, but it is me.
        after.iter_mut().take(4).for_each(|(_, lease)| lease.counter += 1);
        after[5].1.counter += 1;
        let taken = taker.run(3, &after, (rules(), secs(20)), &mut rng);
        assert_eq!(taken, [(4, 1)], "target 3 of 6 leases and 2 workers: needs 2, 1 is free");
    }

    /// Leases that nobody renewed for three failover times are taken beyond the target (facts,
    /// streams §9.2: very-expired threshold).
    #[test]
    fn very_old_leases_are_taken_with_priority() {
        let mut rng = Rng::from_seed(1);
        let mut taker = Taker::default();
        let mut table = rows(&[1, 1, 1, 2, 2, 2]);
        taker.run(2, &table, (rules(), secs(0)), &mut rng);
        table.iter_mut().skip(3).for_each(|(_, lease)| lease.counter += 1);
        let taken = taker.run(2, &table, (rules(), secs(31)), &mut rng);
        assert_eq!(taken.len(), 3);
    }
}
