//! The lease table of a KCL application: one row for each shard, changed only by writes that are
//! conditional on the counter and the owner (facts, streams §9.1).
//!
//! The same table lives hidden inside an application or visible in a DynamoDB part; both answer
//! the same calls.

use base::VecMap;

use crate::call::ShardInfo;
use crate::kind::stream::SequenceNumber;

/// How far a shard is processed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checkpoint {
    /// From the oldest record.
    TrimHorizon,
    /// From the next record on.
    Latest,
    /// Everything up to a record is processed.
    After(Position),
    /// Processed to the end of a closed shard.
    ShardEnd,
}

/// A processed record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// How many records of the shard's life come up to it.
    pub index: u64,
    /// When it arrived, in Unix seconds.
    pub secs: u64,
    /// Which user record of an aggregate, from 0: `checkpointSubSequenceNumber`.
    pub sub: u64,
}

/// One row; its `leaseKey` is the shard it is filed under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease {
    /// `leaseOwner`: the worker's number.
    pub owner: Option<u32>,
    /// `leaseCounter`.
    pub counter: u64,
    /// `ownerSwitchesSinceCheckpoint`.
    pub switches: u32,
    /// `checkpoint` and `checkpointSubSequenceNumber`.
    pub checkpoint: Checkpoint,
    /// `parentShardId`: one, or two after a merge.
    pub parents: (Option<u32>, Option<u32>),
    /// `startingHashKey` and `endingHashKey`.
    pub range: (u128, u128),
    /// When the shard was created, in Unix seconds: part of its sequence numbers.
    pub created_secs: u64,
    /// `throughputKBps` of KCL 3.x, in bytes a second.
    pub bytes_per_sec: u64,
}

/// One call to a lease table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeaseCall {
    /// `Scan` of all rows.
    Scan,
    /// `GetItem` of a shard's row, and of its parents' while they are not processed.
    Get {
        /// Shard index.
        shard: u32,
    },
    /// `PutItem` if there is no such row.
    Create {
        /// Shard index.
        shard: u32,
        /// The row: nobody owns it.
        lease: Lease,
    },
    /// `UpdateItem`: the counter goes up if owner and counter are what the worker saw last.
    Renew {
        /// Shard index.
        shard: u32,
        /// The worker.
        owner: u32,
        /// What it saw last.
        counter: u64,
        /// What it measured.
        bytes_per_sec: u64,
    },
    /// `UpdateItem`: the row changes hands if nobody touched it since.
    Take {
        /// Shard index.
        shard: u32,
        /// The new owner.
        owner: u32,
        /// What it saw last.
        counter: u64,
    },
    /// `UpdateItem`: moves the checkpoint, and the counter with it, on the conditions of a renewal.
    Checkpoint {
        /// Shard index.
        shard: u32,
        /// The worker.
        owner: u32,
        /// What it saw last.
        counter: u64,
        /// How far it is.
        checkpoint: Checkpoint,
    },
    /// `DeleteItem`.
    Delete {
        /// Shard index.
        shard: u32,
    },
}

/// What a lease table answers.
#[derive(Clone, Debug)]
pub enum LeaseAnswer {
    /// To `Scan`: every row.
    Rows(Vec<(u32, Lease)>),
    /// To `Get`: the row, and whether a parent is not processed to its end.
    Row(Option<(Lease, bool)>),
    /// To conditional writes: the new counter, or none when the condition failed.
    Counter(Option<u64>),
    /// To `Delete`.
    Done,
}

/// The table of one application.
#[derive(Clone, Debug, Default)]
pub struct LeaseTable {
    rows: VecMap<u32, Lease>,
    /// The counter that the writer of each row's last conditional write had seen.
    seen: VecMap<u32, u64>,
    /// A promise that was broken, and for which shard.
    broken: Option<(u32, Broken)>,
}

/// What must never happen to a row.
#[derive(Clone, Copy, Debug)]
enum Broken {
    /// A checkpoint went back.
    WentBack,
    /// Two writers had seen the same counter, or the later one an older one.
    WrittenTwice,
}

impl Lease {
    /// The row of a shard that nobody owns yet.
    #[must_use]
    pub fn new(info: &ShardInfo, checkpoint: Checkpoint) -> Self {
        Self {
            owner: None,
            counter: 0,
            switches: 0,
            checkpoint,
            parents: (info.parent, info.adjacent_parent),
            range: info.range,
            created_secs: info.created_secs,
            bytes_per_sec: 0,
        }
    }

    /// The `checkpointSubSequenceNumber` column.
    #[must_use]
    pub fn sub(&self) -> u64 {
        if let Checkpoint::After(position) = self.checkpoint { position.sub } else { 0 }
    }

    /// The `checkpoint` column: a sentinel or a sequence number.
    #[must_use]
    pub fn checkpoint_text(&self, shard: u32) -> String {
        match self.checkpoint {
            Checkpoint::TrimHorizon => "TRIM_HORIZON".to_owned(),
            Checkpoint::Latest => "LATEST".to_owned(),
            Checkpoint::ShardEnd => "SHARD_END".to_owned(),
            Checkpoint::After(Position { index, secs, .. }) => {
                let created_secs = self.created_secs;
                SequenceNumber { created_secs, index, secs: secs.max(created_secs), shard }
                    .to_string()
            }
        }
    }
}

impl Checkpoint {
    /// Sentinels of the start, then sequence numbers, then the end.
    fn rank(self) -> (u8, Position) {
        match self {
            Self::TrimHorizon | Self::Latest => (0, Position::default()),
            Self::After(position) => (1, position),
            Self::ShardEnd => (2, Position::default()),
        }
    }
}

impl LeaseCall {
    /// Whether it writes.
    #[must_use]
    pub fn writes(&self) -> bool {
        !matches!(self, Self::Scan | Self::Get { .. })
    }

    /// The name of the API operation.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        match self {
            Self::Scan => "Scan",
            Self::Get { .. } => "GetItem",
            Self::Create { .. } => "PutItem",
            Self::Renew { .. } | Self::Take { .. } | Self::Checkpoint { .. } => "UpdateItem",
            Self::Delete { .. } => "DeleteItem",
        }
    }
}

impl LeaseTable {
    /// Every row, ascending by shard.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = (u32, &Lease)> {
        self.rows.iter().map(|(shard, lease)| (*shard, lease))
    }

    /// The row of a shard.
    #[must_use]
    pub fn get(&self, shard: u32) -> Option<&Lease> {
        self.rows.get(&shard)
    }

    /// Answers a call.
    pub fn call(&mut self, call: LeaseCall) -> LeaseAnswer {
        match call {
            LeaseCall::Scan => LeaseAnswer::Rows(self.rows().map(|(s, it)| (s, *it)).collect()),
            LeaseCall::Get { shard } => {
                LeaseAnswer::Row(self.get(shard).map(|lease| (*lease, self.waits(shard))))
            }
            LeaseCall::Create { shard, lease } => {
                let is_new = !self.rows.contains_key(&shard);
                if is_new {
                    self.rows.insert(shard, lease);
                }
                LeaseAnswer::Counter(is_new.then_some(lease.counter))
            }
            LeaseCall::Renew { shard, owner, counter, bytes_per_sec } => {
                // The answer to the last renewal was lost: the row says it happened.
                let is_done =
                    |lease: &&Lease| lease.owner == Some(owner) && lease.counter == counter + 1;
                if let Some(lease) = self.get(shard).filter(is_done) {
                    return LeaseAnswer::Counter(Some(lease.counter));
                }
                self.change(shard, Some(owner), counter, |lease| {
                    lease.bytes_per_sec = bytes_per_sec;
                })
            }
            LeaseCall::Take { shard, owner, counter } => {
                self.change(shard, None, counter, |lease| {
                    let from_another = lease.owner.is_some_and(|former| former != owner);
                    lease.switches += u32::from(from_another);
                    lease.owner = Some(owner);
                })
            }
            LeaseCall::Checkpoint { shard, owner, counter, checkpoint } => {
                let before = self.get(shard).map(|lease| lease.checkpoint.rank());
                let answer = self.change(shard, Some(owner), counter, |lease| {
                    lease.checkpoint = checkpoint;
                    lease.switches = 0;
                });
                if matches!(answer, LeaseAnswer::Counter(Some(_)))
                    && before > Some(checkpoint.rank())
                {
                    self.broken = Some((shard, Broken::WentBack));
                }
                answer
            }
            LeaseCall::Delete { shard } => {
                self.rows.remove(&shard);
                self.seen.remove(&shard);
                LeaseAnswer::Done
            }
        }
    }

    /// A conditional write: the counter must be what the writer saw last, and the owner, where it
    /// matters, the writer.
    fn change(
        &mut self,
        shard: u32,
        owner: Option<u32>,
        counter: u64,
        write: impl FnOnce(&mut Lease),
    ) -> LeaseAnswer {
        let row = self.rows.get_mut(&shard).filter(|lease| {
            lease.counter == counter && owner.is_none_or(|owner| lease.owner == Some(owner))
        });
        let moved = row.map(|lease| {
            write(lease);
            lease.counter += 1;
            lease.counter
        });
        if moved.is_some() && self.seen.insert(shard, counter).is_some_and(|last| last >= counter) {
            self.broken = Some((shard, Broken::WrittenTwice));
        }
        LeaseAnswer::Counter(moved)
    }

    /// Whether an older shard of the same hash range is not processed to its end: children wait
    /// for all their parents; a parent without a row holds nobody up (facts, streams §9.5).
    fn waits(&self, shard: u32) -> bool {
        let Some(range) = self.get(shard).map(|lease| lease.range) else { return false };
        let mut elders = self.rows().filter(|(elder, _)| *elder < shard);
        elders.any(|(_, lease)| {
            lease.checkpoint != Checkpoint::ShardEnd && overlap(lease.range, range)
        })
    }

    /// What is wrong with the rows, if anything.
    ///
    /// # Errors
    /// The broken promise in a sentence.
    pub fn check(&self) -> Result<(), String> {
        match self.broken {
            None => Ok(()),
            Some((shard, Broken::WentBack)) => {
                Err(format!("the checkpoint of shard {shard} went back"))
            }
            Some((shard, Broken::WrittenTwice)) => {
                Err(format!("two writes of the row of shard {shard} were made on one counter"))
            }
        }
    }
}

/// Ended parents whose children are all being processed: their rows may go (facts, streams §9.5).
#[must_use]
pub fn finished(rows: &[(u32, Lease)]) -> Vec<u32> {
    let ended = rows.iter().filter(|(_, lease)| lease.checkpoint == Checkpoint::ShardEnd);
    let is_done = |(parent, ended): &&(u32, Lease)| {
        let younger =
            rows.iter().filter(|(shard, it)| shard > parent && overlap(it.range, ended.range));
        let children: Vec<&Lease> = younger.map(|(_, lease)| lease).collect();
        children.iter().all(|it| it.checkpoint != Checkpoint::TrimHorizon)
            && covers(&children, ended.range)
    };
    ended.filter(is_done).map(|(parent, _)| *parent).collect()
}

/// Whether rows have every hash key of a range: none of the children is still without its row.
fn covers(rows: &[&Lease], (first, last): (u128, u128)) -> bool {
    let mut next = Some(first);
    while let Some(key) = next.filter(|key| *key <= last) {
        let Some(row) = rows.iter().find(|it| it.range.0 <= key && key <= it.range.1) else {
            return false;
        };
        next = row.range.1.checked_add(1);
    }
    true
}

/// Whether two ranges of hash keys share any.
#[must_use]
pub fn overlap(a: (u128, u128), b: (u128, u128)) -> bool {
    a.0 <= b.1 && b.0 <= a.1
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A row for a range, parents left out.
    pub(crate) fn row(range: (u128, u128), checkpoint: Checkpoint) -> Lease {
        let (closed, parent, adjacent_parent) = (false, None, None);
        let info =
            ShardInfo { shard: 0, closed, parent, adjacent_parent, range, created_secs: 1_000 };
        Lease::new(&info, checkpoint)
    }

    fn after(index: u64) -> Checkpoint {
        Checkpoint::After(Position { index, secs: 1_000, sub: 0 })
    }

    fn counter(answer: &LeaseAnswer) -> Option<u64> {
        match answer {
            LeaseAnswer::Counter(counter) => *counter,
            other => panic!("{other:?}"),
        }
    }

    fn take(table: &mut LeaseTable, owner: u32, seen: u64) -> Option<u64> {
        counter(&table.call(LeaseCall::Take { shard: 0, owner, counter: seen }))
    }

    fn renew(table: &mut LeaseTable, owner: u32, seen: u64) -> Option<u64> {
        let call = LeaseCall::Renew { shard: 0, owner, counter: seen, bytes_per_sec: 0 };
        counter(&table.call(call))
    }

    fn save(table: &mut LeaseTable, owner: u32, seen: u64, to: u64) -> Option<u64> {
        let checkpoint = after(to);
        let call = LeaseCall::Checkpoint { shard: 0, owner, counter: seen, checkpoint };
        counter(&table.call(call))
    }

    fn one() -> LeaseTable {
        let mut table = LeaseTable::default();
        let lease = row((0, u128::MAX), Checkpoint::TrimHorizon);
        table.call(LeaseCall::Create { shard: 0, lease });
        table
    }

    /// All changes are conditional on `leaseCounter` and owner: renew = counter + 1 if the counter
    /// is unchanged; take = owner := me, counter + 1 (facts, streams §9.1).
    #[test]
    fn a_lease_has_one_owner_and_the_former_one_is_refused() {
        let mut table = one();
        assert_eq!(take(&mut table, 1, 0), Some(1));
        assert_eq!(take(&mut table, 2, 0), None, "the counter moved on");
        assert_eq!(renew(&mut table, 1, 1), Some(2));
        assert_eq!(take(&mut table, 2, 2), Some(3));
        assert_eq!(renew(&mut table, 1, 2), None, "the owner is another");
        assert_eq!(renew(&mut table, 1, 3), None, "even with the right counter");
        assert_eq!(save(&mut table, 1, 2, 9), None, "a zombie must not checkpoint");
        assert_eq!(save(&mut table, 2, 3, 9), Some(4), "a checkpoint moves the counter");
    }

    /// `ownerSwitchesSinceCheckpoint`: + 1 with each take from another, 0 at a checkpoint (facts,
    /// streams §9.1).
    #[test]
    fn switches_are_counted_since_the_last_checkpoint() {
        let mut table = one();
        let switches = |table: &LeaseTable| table.get(0).map(|lease| lease.switches);
        take(&mut table, 1, 0);
        assert_eq!(switches(&table), Some(0), "nobody owned it before");
        take(&mut table, 2, 1);
        take(&mut table, 3, 2);
        assert_eq!(switches(&table), Some(2));
        take(&mut table, 3, 3);
        assert_eq!(switches(&table), Some(2), "from itself it is no switch");
        save(&mut table, 3, 4, 1);
        assert_eq!(switches(&table), Some(0));
    }

    /// A table that takes two writes on one counter says so, whoever made the mistake: all
    /// changes are conditional on `leaseCounter` (facts, streams §9.1).
    #[test]
    fn two_writes_on_one_counter_are_a_broken_promise() {
        let mut table = one();
        take(&mut table, 1, 0);
        renew(&mut table, 1, 1);
        assert_eq!(renew(&mut table, 1, 1), Some(2), "sent again, as its answer was lost");
        assert_eq!(table.check(), Ok(()));
        table.rows.get_mut(&0).unwrap().counter = 1;
        take(&mut table, 2, 1);
        assert!(table.check().is_err());
    }

    /// A row is created once: `PutItem` if there is none (facts, streams §9.1).
    #[test]
    fn a_row_that_exists_stays_as_it_is() {
        let mut table = one();
        take(&mut table, 1, 0);
        let lease = row((0, 9), Checkpoint::Latest);
        let answer = table.call(LeaseCall::Create { shard: 0, lease });
        assert_eq!(counter(&answer), None);
        assert_eq!(table.get(0).and_then(|lease| lease.owner), Some(1));
    }

    /// Children wait until all their parents are at `SHARD_END` (facts, streams §9.5).
    #[test]
    fn a_child_of_a_merge_waits_for_both_parents() {
        let mut table = LeaseTable::default();
        let rows = [((0, 9), Checkpoint::ShardEnd), ((10, 19), after(5))];
        for (shard, (range, checkpoint)) in (0..).zip(rows) {
            table.call(LeaseCall::Create { shard, lease: row(range, checkpoint) });
        }
        let lease = row((0, 19), Checkpoint::TrimHorizon);
        table.call(LeaseCall::Create { shard: 2, lease });
        let waits = |table: &mut LeaseTable| match table.call(LeaseCall::Get { shard: 2 }) {
            LeaseAnswer::Row(Some((_, waits))) => waits,
            other => panic!("{other:?}"),
        };
        assert!(waits(&mut table));
        table.call(LeaseCall::Take { shard: 1, owner: 7, counter: 0 });
        let checkpoint = Checkpoint::ShardEnd;
        table.call(LeaseCall::Checkpoint { shard: 1, owner: 7, counter: 1, checkpoint });
        assert!(!waits(&mut table));
        assert!(finished(&table.rows().map(|(s, it)| (s, *it)).collect::<Vec<_>>()).is_empty());
    }

    /// Finished parents go after their children started processing (facts, streams §9.5).
    #[test]
    fn a_parent_stays_until_all_its_children_have_begun() {
        let rows = |second| {
            let half = u128::MAX / 2;
            vec![
                (0, row((0, u128::MAX), Checkpoint::ShardEnd)),
                (1, row((0, half), after(3))),
                (2, row((half + 1, u128::MAX), second)),
            ]
        };
        assert!(finished(&rows(Checkpoint::TrimHorizon)).is_empty());
        assert_eq!(finished(&rows(after(1))), [0]);
        assert!(finished(&rows(after(1))[..1]).is_empty(), "no children are known yet");
        assert!(finished(&rows(after(1))[..2]).is_empty(), "one of them has no row yet");
    }

    /// Sentinels or a sequence number (facts, streams §9.1).
    #[test]
    fn the_checkpoint_column_is_a_sentinel_or_a_sequence_number() {
        let text = |checkpoint| row((0, 9), checkpoint).checkpoint_text(0);
        assert_eq!(text(Checkpoint::TrimHorizon), "TRIM_HORIZON");
        assert_eq!(text(Checkpoint::Latest), "LATEST");
        assert_eq!(text(Checkpoint::ShardEnd), "SHARD_END");
        assert_eq!(SequenceNumber::parse(&text(after(5))).map(|it| it.index), Some(5));
    }

    /// Progress that is taken back would process everything since again for ever.
    #[test]
    fn a_checkpoint_that_goes_back_is_found() {
        let mut table = one();
        take(&mut table, 1, 0);
        save(&mut table, 1, 1, 9);
        assert_eq!(table.check(), Ok(()));
        save(&mut table, 1, 2, 4);
        assert!(table.check().is_err());
    }
}
