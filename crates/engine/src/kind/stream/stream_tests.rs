//! A stream called by hand: the facts of the developer guide and of production tests.

use std::collections::BTreeMap;

use base::units::{KIB, MIB};
use base::{Duration, Rng, Time};
use scenario::kind::{Limiter, PutApi, StartAt, StreamConfig};
use scenario::{Fault, FaultKind};

use super::even_split;
use super::world::{STREAM, World, secs};
use crate::batch::Record;
use crate::call::{ErrorCode, PutOutcome, ShardIterator};
use crate::cause::Reason;
use crate::kernel::ledger::Account;
use crate::kind::Component as _;

/// Facts, streams §1.1: test-verified against production.
#[test]
fn three_and_four_shards_split_as_in_production() {
    let three: Vec<u128> = even_split(3).map(|(_, last)| last).collect();
    let expected = [
        113_427_455_640_312_821_154_458_202_477_256_070_484,
        226_854_911_280_625_642_308_916_404_954_512_140_969,
        u128::MAX,
    ];
    assert_eq!(three, expected);
    let four: Vec<u128> = even_split(4).map(|(first, _)| first).collect();
    let expected = [
        0,
        85_070_591_730_234_615_865_843_651_857_942_052_864,
        170_141_183_460_469_231_731_687_303_715_884_105_728,
        255_211_775_190_703_847_597_530_955_573_826_158_592,
    ];
    assert_eq!(four, expected);
    assert_eq!(even_split(1).collect::<Vec<_>>(), [(0, u128::MAX)]);
}

/// Facts, streams §1.1: golden vectors for 1, 2, 3, 4, 5 and 8 shards.
#[test]
fn keys_go_to_the_shards_of_the_golden_vectors() {
    let vectors = [
        ("a", [0, 0, 0, 0, 0, 0]),
        ("b", [0, 1, 1, 2, 2, 4]),
        ("c", [0, 0, 0, 1, 1, 2]),
        ("user-1", [0, 1, 2, 3, 4, 6]),
        ("us-east-1", [0, 1, 2, 3, 3, 6]),
    ];
    for (idx, shards) in [1_u32, 2, 3, 4, 5, 8].into_iter().enumerate() {
        let world = World::of(shards);
        for (key, expected) in vectors {
            let owner = world.stream.owner(crate::kernel::keys::hash_of(key));
            assert_eq!(owner, expected[idx], "{key} with {shards} shards");
        }
    }
}

/// Every border of an awkward split has exactly one owner.
#[test]
fn borders_belong_to_one_shard() {
    for shards in [3, 7, 1_000, 4_099] {
        let world = World::of(shards);
        for (shard, (first, last)) in even_split(shards).enumerate() {
            assert_eq!((world.stream.owner(first), world.stream.owner(last)), (shard, shard));
        }
    }
}

fn accepted(world: &mut World, api: PutApi, len: u32, calls: u32) -> usize {
    let stored = |outcome: PutOutcome| outcome.failed.is_empty();
    (0..calls).filter(|_call| stored(world.put_as(api, &[("k", len)]))).count()
}

/// Facts, streams §2.1: 1,000 single puts of 200 B cost 1,000 KB; single puts of 1.1 KB cost 2 KB
/// each, 512 in a second; the same in batches cost 1.1 KB each.
#[test]
fn put_record_rounds_each_record_and_put_records_the_sum() {
    let mut world = World::of(1);
    assert_eq!(accepted(&mut world, PutApi::PutRecord, 199, 1_100), 1_000);
    let left = match &world.stream.shards[0].write {
        super::limiter::WriteLimit::Buckets { bytes, .. } => bytes.amount(),
        other @ super::limiter::WriteLimit::Seconds { .. } => panic!("{other:?}"),
    };
    assert_eq!(left, i64::try_from(MIB - 1_000 * KIB).unwrap());
    assert_eq!(accepted(&mut World::of(1), PutApi::PutRecord, 1_126, 600), 512);
    let batch = [("k", 1_126); 100];
    let mut world = World::of(1);
    let failed: usize = (0..10).map(|_call| world.put(&batch).failed.len()).sum();
    // 112,700 B a call make 111 KB: nine calls fill 999 KB, 25 KB are left for 22 records.
    assert_eq!(1_000 - failed, 9 * 100 + 22);
}

/// The bucket is one second deep and refills by the microsecond; strict seconds start again.
#[test]
fn two_models_of_a_second() {
    let config = |limiter| StreamConfig { limiter, ..StreamConfig::default() };
    let mut bucket = World::new(&config(Limiter::TokenBucket));
    let mut strict = World::new(&config(Limiter::Strict));
    bucket.run(Time(500_000));
    strict.run(Time(500_000));
    for world in [&mut bucket, &mut strict] {
        assert_eq!(accepted(world, PutApi::PutRecords, 10, 1_200), 1_000);
    }
    bucket.run(Time(999_999));
    strict.run(Time(999_999));
    assert_eq!(accepted(&mut bucket, PutApi::PutRecords, 10, 1_000), 499);
    assert_eq!(accepted(&mut strict, PutApi::PutRecords, 10, 1_000), 0);
    bucket.run(secs(1));
    strict.run(secs(1));
    assert_eq!(accepted(&mut bucket, PutApi::PutRecords, 10, 1_000), 1);
    assert_eq!(accepted(&mut strict, PutApi::PutRecords, 10, 2_000), 1_000);
}

/// A record that does not fit is refused; later, smaller ones of the call may still fit.
#[test]
fn entries_are_judged_one_by_one() {
    let mut world = World::of(1);
    let large = 700 * 1_024;
    let outcome = world.put(&[("k", large), ("k", large), ("k", 100)]);
    let failed: Vec<u32> = outcome.failed.iter().map(|failed| failed.row).collect();
    assert_eq!(failed, [1]);
    let error = outcome.failed[0].error;
    assert_eq!(error.reason, Reason::ShardBytes);
    assert_eq!(error.code.name(), "ProvisionedThroughputExceededException");
    let cause = world.kernel.node(STREAM).unwrap().causes.last().unwrap();
    assert_eq!((cause.limit, cause.entries, cause.attempt), (MIB, (1, 3), (1, 1)));
    assert_eq!(
        &*cause.error,
        "ProvisionedThroughputExceededException: Rate exceeded for shard shardId-000000000000 in \
         stream orders under account 123456789012."
    );
}

#[test]
fn a_record_too_large_fails_the_whole_call() {
    let mut world = World::of(1);
    let limit = 1_024 * 1_024;
    // Data plus key: one byte over.
    let outcome = world.put(&[("k", 10), ("k", limit)]);
    assert_eq!(outcome.failed.len(), 2);
    assert_eq!(outcome.failed[0].error.code, ErrorCode::InvalidArgument);
    assert_eq!(world.put(&[("k", limit - 1)]).failed.len(), 0);
    let many = vec![("k", 1); 501];
    assert_eq!(world.put(&many).failed[0].error.code, ErrorCode::Validation);
}

/// Large records (facts, streams §1.3): a burst of 10 MiB passes, the sustained rate stays.
#[test]
fn a_large_record_draws_on_the_reservoir() {
    let config = StreamConfig { record_kib_max: 10_240, ..StreamConfig::default() };
    let mut world = World::new(&config);
    let large = 10 * 1_024 * 1_024 - 1;
    assert!(world.put(&[("k", large)]).failed.is_empty());
    world.run(secs(9));
    assert_eq!(world.put(&[("k", large)]).failed.len(), 1);
    world.run(secs(10));
    assert!(world.put(&[("k", large)]).failed.is_empty());
}

/// Product, lesson 3: 3,000 records/s, half of them with one key, salted or not. Computed with
/// these limits by others: 29.3 %, 23.0 %, 8.7 % and none rejected.
#[test]
fn more_shards_do_not_cure_a_hot_key() {
    for (shards, salts, permille) in [(4, 1, 293), (8, 1, 230), (4, 2, 87), (4, 4, 0)] {
        let mut world = World::of(shards);
        let mut rng = Rng::from_seed(3);
        // Salts that spread: each on a shard of its own.
        let salted: Vec<String> = distinct_salts(&world, salts);
        let cold: Vec<String> = (0..10_000).map(|n| format!("user-{n}")).collect();
        let (mut offered, mut rejected) = (0, 0);
        for tenth in 1..=600_u64 {
            let keys: Vec<&str> = (0..300)
                .map(|_n| match rng.below(2) {
                    0 => &*salted[rng.below(u32::try_from(salted.len()).unwrap()) as usize],
                    _ => &*cold[rng.below(10_000) as usize],
                })
                .collect();
            let records: Vec<(&str, u32)> = keys.iter().map(|key| (*key, 100)).collect();
            let failed = world.put(&records).failed.len() as u64;
            // The first five seconds live on full buckets.
            if tenth > 50 {
                offered += 300;
                rejected += failed;
            }
            world.run(Time(tenth * 100_000));
        }
        let seen = base::units::permille(rejected, offered);
        assert!(seen.abs_diff(permille) <= 10, "{shards} shards, {salts} salts: {seen} per mille");
    }
}

fn distinct_salts(world: &World, count: usize) -> Vec<String> {
    let mut keys: BTreeMap<usize, String> = BTreeMap::new();
    for n in 0..100 {
        let key = format!("gate-1-{n}");
        keys.entry(world.stream.owner(crate::kernel::keys::hash_of(&key))).or_insert(key);
    }
    keys.into_values().take(count).collect()
}

/// Facts, streams §3.2: after 10 MiB calls throw for five seconds; a little too much, for one.
#[test]
fn reading_ten_mib_costs_five_seconds() {
    let config = StreamConfig { record_kib_max: 10_240, ..StreamConfig::default() };
    let mut world = World::new(&config);
    for second in 1..=13 {
        assert!(world.put(&[("k", 1_024 * 1_024 - 1)]).failed.is_empty());
        world.run(secs(second));
    }
    let start = world.iterator(0, StartAt::TrimHorizon, 0).unwrap();
    let got = world.get(start, 10_000).unwrap();
    assert_eq!(got.batch.bytes, 10 * MIB);
    let next = got.next.unwrap();
    assert_eq!(got.behind_micros, 4_000_000, "the last one read is four seconds old");
    world.run(Time(17_999_999));
    assert_eq!(world.get(next, 10_000).unwrap_err().reason, Reason::ReadBytes);
    world.run(secs(18));
    let got = world.get(next, 10_000).unwrap();
    assert_eq!((got.batch.records(), got.behind_micros), (3, 0));
    world.run(Time(18_900_000));
    assert!(world.get(next, 10_000).is_err());
    world.run(Time(19_600_000));
    assert!(world.get(next, 10_000).is_ok(), "3 MiB make one and a half seconds");
}

#[test]
fn five_calls_a_second_for_all_readers_together() {
    let mut world = World::of(1);
    let start = world.iterator(0, StartAt::Latest, 0).unwrap();
    let answered = |world: &mut World| (0..20).filter(|_n| world.get(start, 1).is_ok()).count();
    assert_eq!(answered(&mut world), 5);
    world.run(Time(199_999));
    assert_eq!(answered(&mut world), 0);
    world.run(Time(200_000));
    assert_eq!(answered(&mut world), 1);
    world.run(secs(60));
    assert_eq!(answered(&mut world), 5);
}

/// Facts, streams §3.1: iterators are positions that live 300,000 ms.
#[test]
fn iterators_read_again_until_they_expire() {
    let mut world = World::of(1);
    world.put(&[("k", 1), ("k", 2), ("k", 3)]);
    let start = world.iterator(0, StartAt::TrimHorizon, 0).unwrap();
    for _again in 0..2 {
        let got = world.get(start, 2).unwrap();
        let lengths: Vec<u32> = got.batch.rows().map(Record::data_bytes).collect();
        assert_eq!(lengths, [1, 2]);
    }
    world.run(secs(300));
    assert!(world.get(start, 2).is_ok());
    world.run(Time(300_000_001));
    let error = world.get(start, 2).unwrap_err();
    assert_eq!(error.code.name(), "ExpiredIteratorException");
}

#[test]
fn iterators_of_every_type() {
    let mut world = World::of(1);
    for second in 1..=4 {
        world.run(secs(second));
        world.put(&[("k", 1)]);
    }
    world.run(Time(4_500_000));
    let mut offset = |start, at| world.iterator(0, start, at).map(|iterator| iterator.offset);
    assert_eq!(offset(StartAt::TrimHorizon, 0), Ok(0));
    assert_eq!(offset(StartAt::Latest, 0), Ok(4));
    assert_eq!(offset(StartAt::AtSequenceNumber, 3), Ok(2));
    assert_eq!(offset(StartAt::AfterSequenceNumber, 3), Ok(3));
    assert_eq!(offset(StartAt::AtTimestamp, 2_000_000), Ok(1));
    world.run(secs(6));
    let mut offset = |start, at| world.iterator(0, start, at).map(|iterator| iterator.offset);
    assert_eq!(offset(StartAt::AtTimestamp, 2_000_001), Ok(2));
    assert_eq!(offset(StartAt::AtTimestamp, 5_000_000), Ok(4));
    let future = offset(StartAt::AtTimestamp, 6_000_001).unwrap_err();
    assert_eq!(future.code, ErrorCode::InvalidArgument);
    let unknown = world.iterator(9, StartAt::Latest, 0).unwrap_err();
    assert_eq!(
        unknown.message("orders"),
        "Shard shardId-000000000009 in stream orders under account 123456789012 does not exist"
    );
}

/// Facts, streams §4.2: records expire arrival + retention; reading goes on at the horizon.
#[test]
fn retention_is_kept_to_the_microsecond_for_readers() {
    let mut world = World::of(2);
    let day = 86_400;
    world.put(&[("a", 10)]);
    world.run(secs(3_600));
    world.put(&[("a", 20), ("b", 5)]);
    let start = world.iterator(0, StartAt::TrimHorizon, 0).unwrap();
    assert_eq!(start.offset, 0);
    world.run(Time(day * 1_000_000 - 1));
    assert_eq!(world.iterator(0, StartAt::TrimHorizon, 0).unwrap().offset, 0);
    world.run(secs(day));
    let fresh = world.iterator(0, StartAt::TrimHorizon, 0).unwrap();
    assert_eq!(fresh.offset, 1);
    let behind = ShardIterator { offset: 0, ..fresh };
    let got = world.get(behind, 10).unwrap();
    assert_eq!((got.batch.records(), got.skipped), (1, 1));
    world.run(secs(day + 3_601));
    assert_eq!(world.stream.held(), 0);
    assert_eq!(world.kernel.ledger.balance(Account::Expired(STREAM)).records, 3);
    assert_eq!(world.kernel.ledger.balance(Account::Held(STREAM)).bytes, 0);
}

/// Records expire arrival + retention (facts, streams §4.2), whoever looks first: the timer that
/// books them comes no more often than once a second.
#[test]
fn what_expired_is_gone_for_iterators_and_for_reads() {
    let day = Time(86_400_000_000);
    let aged = || {
        let mut world = World::of(1);
        for (millis, len) in [(0, 1), (500, 2), (900, 3)] {
            world.run(Time(millis * 1_000));
            world.put(&[("a", len)]);
        }
        world.run(Time(day.0 - 1_000_000));
        let old = world.iterator(0, StartAt::TrimHorizon, 0).unwrap();
        world.run(Time(day.0 + 600_000));
        assert_eq!((old.offset, world.stream.held()), (0, 2), "the timer was there once");
        (world, old)
    };
    let (mut world, _) = aged();
    assert_eq!(world.iterator(0, StartAt::TrimHorizon, 0).unwrap().offset, 2);
    let (mut world, old) = aged();
    let got = world.get(old, 10).unwrap();
    assert_eq!((got.batch.records(), got.skipped), (1, 2));
}

#[test]
fn a_shorter_retention_takes_effect_at_once() {
    let long = StreamConfig { retention_hours: 48, ..StreamConfig::default() };
    let mut world = World::new(&long);
    world.put(&[("a", 10)]);
    world.run(secs(30 * 3_600));
    assert_eq!(world.stream.held(), 1);
    world.reconfigure(&StreamConfig::default());
    assert_eq!(world.stream.held(), 0);
    world.put(&[("a", 10)]);
    world.run(secs(55 * 3_600));
    assert_eq!(world.stream.held(), 0, "the new record has a timer of its own");
}

/// Facts, streams §5: parents close at once and keep their records; ids go on; children start in
/// the second after.
#[test]
fn resharding_closes_parents_and_opens_even_children() {
    let mut world = World::of(2);
    world.put(&[("a", 10), ("b", 10)]);
    world.run(secs(10));
    world.reconfigure(&StreamConfig { shards: 3, ..StreamConfig::default() });
    let shards = world.shards();
    let closed: Vec<bool> = shards.iter().map(|shard| shard.closed).collect();
    assert_eq!(closed, [true, true, false, false, false]);
    let parents: Vec<_> =
        shards[2..].iter().map(|shard| (shard.parent, shard.adjacent_parent)).collect();
    assert_eq!(parents, [(Some(0), None), (Some(0), Some(1)), (Some(1), None)]);
    assert_eq!(world.stream.shards[2].created_secs, 1_767_225_611);
    world.put(&[("a", 10)]);
    let old = world.iterator(0, StartAt::TrimHorizon, 0).unwrap();
    let got = world.get(old, 10).unwrap();
    assert_eq!((got.batch.records(), got.next), (1, None), "a closed shard ends");
    let new = world.iterator(2, StartAt::TrimHorizon, 0).unwrap();
    assert!(world.get(new, 10).unwrap().next.is_some());
    world.run(secs(10 + 86_400));
    assert_eq!(world.shards().len(), 3, "closed shards are listed until retention ends");
}

#[test]
fn faults_fail_calls_entries_and_answers() {
    let start = |world: &mut World, kind| {
        let fault = Fault { node: STREAM, kind, lasts: Duration::from_secs(5) };
        let (now, kernel) = (world.kernel.now, &mut world.kernel);
        kernel.faults.start(&fault, now, &mut kernel.marks);
    };
    let many = vec![("k", 10); 400];
    let mut world = World::of(1);
    start(&mut world, FaultKind::Down);
    let outcome = world.put(&many);
    assert_eq!(outcome.failed.len(), 400);
    assert_eq!(outcome.failed[0].error.message("orders"), "Internal service failure.");
    assert!(world.shards().is_empty());
    let mut world = World::of(1);
    start(&mut world, FaultKind::Reject { percent: 50 });
    let failed = world.put(&many).failed.len();
    assert!((150..250).contains(&failed), "{failed}");
    let mut world = World::of(1);
    start(&mut world, FaultKind::Timeout { percent: 100 });
    let outcome = world.put(&many);
    assert!(outcome.lost && outcome.failed.is_empty());
    assert_eq!(world.stream.held(), 400);
}

/// A lane and the metrics of its stream speak of the same whole second.
#[test]
fn lanes_tell_the_last_whole_second() {
    let mut world = World::of(4);
    for tenth in 0..=25_u64 {
        world.run(Time(tenth * 100_000));
        world.put(&[("b", 100); 150][..if tenth < 20 { 150 } else { 10 }]);
    }
    world.run(Time(2_550_000));
    let hot = &world.lanes().lanes[2];
    // The bucket gives 1,000 and 1,900 more until the last burst; the first second took 1,500.
    assert_eq!((hot.records_permille, hot.stored_per_sec), (1_500, 1_400));
    assert_eq!(hot.rejected_per_sec, 100);
}

#[test]
fn lanes_tell_what_happens() {
    let mut world = World::of(4);
    for tenth in 1..=30_u64 {
        world.put(&[("b", 100); 150]);
        world.run(Time(tenth * 100_000));
    }
    let lanes = world.lanes();
    assert_eq!(lanes.oldest_micros, 3_000_000);
    let hot = &lanes.lanes[2];
    assert_eq!((hot.shard, hot.records_permille), (2, 1_500));
    assert_eq!(hot.stored_per_sec + hot.rejected_per_sec, 1_500);
    assert_eq!(hot.stored_per_sec, 1_000);
    assert!(hot.recent.iter().is_sorted_by_key(|(age, _slot)| *age));
    assert!(!hot.history.is_empty());
    assert!(hot.history.windows(2).all(|pair| pair[0].to_micros == pair[1].from_micros));
    assert!(hot.flags.is_empty());
    let start = world.iterator(2, StartAt::TrimHorizon, 0).unwrap();
    world.get(start, 100).unwrap();
    let flag = world.lanes().lanes[2].flags[0];
    assert_eq!((flag.letter, flag.age_micros), ('A', 3_000_000));
}

/// What a reader was given stays as it is, and blocks that nobody holds grow on.
#[test]
fn slices_handed_out_never_change() {
    let mut world = World::of(1);
    world.put(&[("k", 1); 3]);
    let start = world.iterator(0, StartAt::TrimHorizon, 0).unwrap();
    let got = world.get(start, 10).unwrap();
    world.put(&[("k", 2); 3]);
    assert_eq!(got.batch.slices[0].block.len(), 3);
    drop(got);
    world.put(&[("k", 3); 300]);
    let got = world.get(start, 10_000).unwrap();
    assert_eq!(got.batch.records(), 306);
    let seqs =
        got.batch.slices.iter().flat_map(|slice| {
            (slice.from as usize..slice.to as usize).map(|row| slice.block.seq(row))
        });
    assert!(seqs.eq(1..=306));
    let copy = world.stream.clone();
    world.put(&[("k", 3); 10]);
    assert_eq!((copy.held(), world.stream.held()), (306, 316));
}

/// `GetRecords` returns 10,000 records at most (facts, streams §3.2).
#[test]
fn a_call_returns_ten_thousand_records() {
    let mut world = World::of(1);
    for second in 0..11 {
        world.run(secs(second));
        for _call in 0..2 {
            assert_eq!(world.put(&[("a", 1); 500]).failed, []);
        }
    }
    let iterator = world.iterator(0, StartAt::TrimHorizon, 0).unwrap();
    assert_eq!(world.get(iterator, 20_000).unwrap().batch.records(), 10_000);
}
