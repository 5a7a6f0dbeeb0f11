//! The counters inside sequence numbers as production counts: five neighbouring shards share one,
//! so their numbers interleave without gaps (facts, streams §1.4; kinesalite).
//!
//! Only streams that are made by calls and have no card count like this. On the canvas readers and
//! leases name a place in a shard by how many records lie before it, and each shard counts for
//! itself.

use std::collections::VecDeque;

use base::VecMap;

/// Shards that share a counter.
const GROUP: u32 = 5;

/// The counters of a stream, and which numbers the records of its shards got.
#[derive(Clone, Debug, Default)]
pub struct Numbering {
    /// The last number of each group of shards.
    last: VecMap<u32, u64>,
    /// By shard: stretches of records with consecutive numbers, oldest first.
    runs: VecMap<u32, VecDeque<Run>>,
}

/// From this record of the shard on, numbers follow each other; the first record is 1.
#[derive(Clone, Copy, Debug)]
struct Run {
    position: u64,
    number: u64,
}

impl Numbering {
    /// Numbers a record that was just stored at a position; runs that end before `horizon` go.
    pub(super) fn next(&mut self, shard: u32, position: u64, horizon: u64) -> u64 {
        let last = self.last.get_or_insert_with(shard / GROUP, || 0);
        *last += 1;
        let number = *last;
        let runs = self.runs.get_or_insert_with(shard, VecDeque::new);
        while runs.get(1).is_some_and(|second| second.position <= horizon) {
            runs.pop_front();
        }
        let follows = |run: &Run| run.number + (position - run.position) == number;
        if !runs.back().is_some_and(follows) {
            runs.push_back(Run { position, number });
        }
        number
    }

    /// The number of the record at a position.
    pub(crate) fn number(&self, shard: u32, position: u64) -> u64 {
        let Some(runs) = self.runs.get(&shard) else { return position };
        let at = runs.partition_point(|run| run.position <= position);
        let run = at.checked_sub(1).and_then(|at| runs.get(at));
        run.map_or(position, |run| run.number + (position - run.position))
    }

    /// The position of the first record with this number or a later one.
    pub(crate) fn position(&self, shard: u32, number: u64) -> u64 {
        let Some(runs) = self.runs.get(&shard) else { return number };
        let at = runs.partition_point(|run| run.number <= number);
        let Some(run) = at.checked_sub(1).and_then(|at| runs.get(at)) else { return 0 };
        let inside = run.position.saturating_add(number - run.number);
        runs.get(at).map_or(inside, |next| inside.min(next.position))
    }
}

#[cfg(test)]
mod tests {
    use super::Numbering;

    /// Shards 0 and 4 share a counter, shard 5 has another one.
    #[test]
    fn neighbours_share_a_counter() {
        let mut numbers = Numbering::default();
        let puts = [(0, 1), (4, 1), (5, 1), (0, 2), (0, 3), (4, 2), (0, 4)];
        let got: Vec<u64> = puts.iter().map(|(shard, at)| numbers.next(*shard, *at, 0)).collect();
        assert_eq!(got, [1, 2, 1, 3, 4, 5, 6]);
        for ((shard, position), number) in puts.into_iter().zip(got) {
            assert_eq!(numbers.number(shard, position), number);
            assert_eq!(numbers.position(shard, number), position);
        }
        // Numbers of the other shard lie between two records of this one.
        assert_eq!((numbers.position(0, 2), numbers.position(0, 5)), (2, 4));
        assert_eq!((numbers.position(4, 1), numbers.position(4, 3)), (0, 2));
        // What no record has yet lies behind the last one.
        assert_eq!(numbers.position(0, 9), 7);
    }

    #[test]
    fn what_expired_needs_no_numbers() {
        let mut numbers = Numbering::default();
        for at in 1..=100 {
            numbers.next(0, at, 0);
            numbers.next(1, at, at.saturating_sub(5));
        }
        assert_eq!(numbers.runs.get(&0).map_or(0, |runs| runs.len()), 100);
        assert!(numbers.runs.get(&1).is_some_and(|runs| runs.len() <= 6));
        assert_eq!(numbers.number(1, 98), 196);
    }
}
