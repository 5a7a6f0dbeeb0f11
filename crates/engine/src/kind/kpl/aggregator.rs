//! User records for one shard gather in one container until it is full or the first is due
//! (amazon-kinesis-producer 1.0.7, `aggregator.h`, `reducer.h`; facts, streams §8.2).

use base::{Time, VecMap, order};
use scenario::kind::KplConfig;

use super::record::User;
use crate::kernel::keys::KeyTable;
use crate::wire::kpl::Aggregate;

/// Open containers by the shard their user records belong to.
#[derive(Clone, Debug, Default)]
pub(super) struct Aggregator {
    containers: VecMap<u32, Container>,
    /// The data of the record that is being packed.
    scratch: Vec<u8>,
}

#[derive(Clone, Debug, Default)]
struct Container {
    users: Vec<User>,
    packed: Aggregate,
    /// When the most urgent of them is due.
    deadline: Option<Time>,
}

/// What leaves a container: the user records, packed, in the order they are packed in.
#[derive(Debug)]
pub(super) struct Packed {
    pub(super) shard: u32,
    pub(super) users: Vec<User>,
    pub(super) aggregate: Aggregate,
}

/// What bounds a container, and what its user records are written with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Packing<'a> {
    pub(super) config: &'a KplConfig,
    pub(super) explicit_hash: Option<&'a str>,
    pub(super) keys: &'a KeyTable,
}

impl Aggregator {
    /// Adds a user record; what is full leaves.
    pub(super) fn add(&mut self, shard: u32, user: User, with: Packing<'_>) -> Option<Packed> {
        let Self { containers, scratch } = self;
        let container = containers.get_or_insert_with(shard, Container::default);
        container.push(user, with, scratch);
        // One record alone is sent without an envelope: its data is all there is.
        let size = match container.users.as_slice() {
            [only] => u64::from(only.row.data_bytes()),
            _ => container.packed.estimate(),
        };
        let full = container.packed.count() >= with.config.aggregation_count_max
            || size >= u64::from(with.config.aggregation_bytes_max);
        full.then(|| container.flush(shard, with, scratch))
    }

    /// The next container with a record that is due.
    pub(super) fn take_due(&mut self, now: Time, with: Packing<'_>) -> Option<Packed> {
        let Self { containers, scratch } = self;
        let due = |container: &Container| container.deadline.is_some_and(|at| at <= now);
        let (shard, container) = containers.iter_mut().find(|(_, container)| due(container))?;
        Some(container.flush(*shard, with, scratch))
    }

    /// When the first record is due.
    pub(super) fn deadline(&self) -> Option<Time> {
        self.containers.values().filter_map(|container| container.deadline).min()
    }

    /// What each container holds, the first to be due first; empty ones are left out.
    pub(super) fn open(&self) -> Vec<&[User]> {
        let filled = self.containers.values().filter(|container| !container.users.is_empty());
        let mut open: Vec<&Container> = filled.collect();
        order::sort_by_key(&mut open[..], |container| container.deadline);
        open.into_iter().map(|container| container.users.as_slice()).collect()
    }

    /// Every user record that waits here.
    pub(super) fn users(&self) -> impl Iterator<Item = &User> {
        self.containers.values().flat_map(|container| &container.users)
    }
}

impl Container {
    fn push(&mut self, user: User, with: Packing<'_>, scratch: &mut Vec<u8>) {
        self.packed.push(&user.read(with.keys, with.explicit_hash, scratch));
        self.deadline = Some(self.deadline.map_or(user.deadline, |at| at.min(user.deadline)));
        self.users.push(user);
    }

    /// Takes the longest row of user records that fits, the most urgent first. The estimate that
    /// closes a container is not the size of the message: some may stay for the next one.
    fn flush(&mut self, shard: u32, with: Packing<'_>, scratch: &mut Vec<u8>) -> Packed {
        let Self { mut users, packed, .. } = core::mem::take(self);
        let most = u64::from(with.config.aggregation_bytes_max);
        let in_order = users.is_sorted_by_key(|user| user.deadline);
        if in_order && packed.bytes() <= most {
            return Packed { shard, users, aggregate: packed };
        }
        order::sort_by_key(&mut users[..], |user| user.deadline);
        let mut aggregate = Aggregate::default();
        let mut fitting = 0;
        for user in &users {
            let record = user.read(with.keys, with.explicit_hash, scratch);
            let full = aggregate.bytes_with(&record) > most
                || aggregate.count() >= with.config.aggregation_count_max;
            if fitting > 0 && full {
                break;
            }
            aggregate.push(&record);
            fitting += 1;
        }
        for user in users.drain(fitting..) {
            self.push(user, with, scratch);
        }
        Packed { shard, users, aggregate }
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use base::RecordId;

    use super::*;
    use crate::batch::Record;

    /// An aggregate has the most urgent user records first, and what it has no room for stays
    /// (amazon-kinesis-producer 1.0.7, `reducer.h`: sorted by deadline before it is cut).
    #[test]
    fn a_container_packs_the_most_urgent_first() {
        let mut keys = KeyTable::default();
        let key = keys.intern("k");
        let user = |deadline: u64| {
            let (chunk, time) = (Rc::new(vec![b'x'; 10]), Time(deadline));
            let row = Record::new((RecordId(deadline), key, Time::ZERO), &chunk, 0..10, 10);
            let (hash, attempts, copy) = (0, 0, false);
            User { row, hash, since: Time::ZERO, deadline: time, expiry: time, attempts, copy }
        };
        let with = |config| Packing { config, explicit_hash: None, keys: &keys };
        let config = KplConfig::default();
        let mut aggregator = Aggregator::default();
        for deadline in [30, 10, 40, 20] {
            assert!(aggregator.add(0, user(deadline), with(&config)).is_none());
        }
        let few = KplConfig { aggregation_count_max: 3, ..KplConfig::default() };
        let mut take = |now| -> Vec<u64> {
            let packed = aggregator.take_due(Time(now), with(&few));
            packed.iter().flat_map(|it| &it.users).map(|user| user.deadline.0).collect()
        };
        assert_eq!(take(9), [0; 0]);
        assert_eq!(take(10), [10, 20, 30]);
        assert_eq!(take(39), [0; 0]);
        assert_eq!(take(40), [40]);
    }
}
