//! The lease table: one row for each shard, changed only by conditional writes on the counter
//! and the owner (facts, streams §9.1).

use base::VecMap;

use crate::call::ShardInfo;

/// How far a shard is processed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Checkpoint {
    /// From the oldest record.
    TrimHorizon,
    /// From the next record on.
    Latest,
    /// So many records of the shard's life are processed.
    After(u64),
    /// Processed to the end of a closed shard.
    ShardEnd,
}

/// One row: `leaseKey` is the shard it is filed under.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lease {
    /// `leaseOwner`.
    pub(super) owner: Option<u32>,
    /// `leaseCounter`.
    pub(super) counter: u64,
    /// `ownerSwitchesSinceCheckpoint`.
    pub(super) switches: u32,
    pub(super) checkpoint: Checkpoint,
    /// `startingHashKey` and `endingHashKey`.
    pub(super) range: (u128, u128),
}

/// The table of one application.
#[derive(Clone, Debug, Default)]
pub(super) struct LeaseTable {
    pub(super) rows: VecMap<u32, Lease>,
    /// Every shard that ever had a row: none gets a second one.
    known: VecMap<u32, ()>,
}

impl LeaseTable {
    /// A row that nobody owns; an existing one stays as it is.
    pub(super) fn create(&mut self, shard: u32, range: (u128, u128), checkpoint: Checkpoint) {
        if self.known.insert(shard, ()).is_none() {
            let lease = Lease { owner: None, counter: 0, switches: 0, checkpoint, range };
            self.rows.insert(shard, lease);
        }
    }

    /// Whether nothing was ever put into it.
    pub(super) fn is_new(&self) -> bool {
        self.known.is_empty()
    }

    /// Whether one of a shard's parents is processed to its end.
    pub(super) fn has_ended_parent(&self, info: &ShardInfo) -> bool {
        let mut ended =
            self.rows.iter().filter(|(_, lease)| lease.checkpoint == Checkpoint::ShardEnd);
        ended.any(|(shard, lease)| super::is_parent(info, *shard, lease.range))
    }

    /// Ended parents whose children are being processed.
    pub(super) fn finished(&self) -> Vec<u32> {
        let mut finished = Vec::new();
        for (parent, ended) in self.rows.iter() {
            let mut children = self
                .rows
                .iter()
                .filter(|(shard, lease)| *shard > parent && overlap(lease.range, ended.range));
            let begun = |(_, lease): (&u32, &Lease)| lease.checkpoint != Checkpoint::TrimHorizon;
            if ended.checkpoint == Checkpoint::ShardEnd
                && children.next().is_some_and(begun)
                && children.all(begun)
            {
                finished.push(*parent);
            }
        }
        finished
    }

    /// Renews: the counter goes up if it is still what the worker saw last. The new counter.
    pub(super) fn renew(&mut self, shard: u32, owner: u32, counter: u64) -> Option<u64> {
        let lease = self.rows.get_mut(&shard)?;
        if lease.owner != Some(owner) || lease.counter != counter {
            return None;
        }
        lease.counter += 1;
        Some(lease.counter)
    }

    /// Takes or steals: the row changes hands if nobody touched it since. The new counter.
    pub(super) fn take(&mut self, shard: u32, owner: u32, counter: u64) -> Option<u64> {
        let lease = self.rows.get_mut(&shard)?;
        if lease.counter != counter {
            return None;
        }
        lease.switches += u32::from(lease.owner.is_some());
        lease.owner = Some(owner);
        lease.counter += 1;
        Some(lease.counter)
    }

    /// Moves the checkpoint for its owner; whoever lost the lease is refused.
    pub(super) fn checkpoint(&mut self, shard: u32, owner: u32, checkpoint: Checkpoint) -> bool {
        match self.rows.get_mut(&shard) {
            Some(lease) if lease.owner == Some(owner) => {
                lease.checkpoint = checkpoint;
                lease.switches = 0;
                true
            }
            _ => false,
        }
    }

    /// Whether an older shard of the same hash range is not processed to its end: children wait
    /// for all their parents (facts, streams §9.5).
    pub(super) fn waits(&self, shard: u32) -> bool {
        let Some(range) = self.rows.get(&shard).map(|lease| lease.range) else { return false };
        let mut elders = self.rows.iter().filter(|(elder, _)| **elder < shard);
        elders.any(|(_, lease)| {
            lease.checkpoint != Checkpoint::ShardEnd && overlap(lease.range, range)
        })
    }
}

pub(super) fn overlap(a: (u128, u128), b: (u128, u128)) -> bool {
    a.0 <= b.1 && b.0 <= a.1
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All changes are conditional on counter and owner (facts, streams §9.1).
    #[test]
    fn a_lease_has_one_owner_and_the_former_one_is_refused() {
        let mut table = LeaseTable::default();
        table.create(0, (0, u128::MAX), Checkpoint::TrimHorizon);
        assert_eq!(table.take(0, 1, 0), Some(1));
        assert_eq!(table.take(0, 2, 0), None, "the counter moved on");
        assert_eq!(table.renew(0, 1, 1), Some(2));
        assert_eq!(table.take(0, 2, 2), Some(3));
        assert_eq!(table.renew(0, 1, 2), None);
        assert!(!table.checkpoint(0, 1, Checkpoint::After(9)));
        assert!(table.checkpoint(0, 2, Checkpoint::After(9)));
    }

    /// Parents before children (facts, streams §9.5).
    #[test]
    fn a_child_of_a_merge_waits_for_both_parents() {
        let mut table = LeaseTable::default();
        table.create(0, (0, 9), Checkpoint::ShardEnd);
        table.create(1, (10, 19), Checkpoint::After(5));
        table.create(2, (0, 19), Checkpoint::TrimHorizon);
        assert!(table.waits(2));
        table.take(1, 7, 0);
        table.checkpoint(1, 7, Checkpoint::ShardEnd);
        assert!(!table.waits(2));
    }
}
