//! On-demand mode: facts, streams §6 (Choose the right mode to stream in, 2026-11).

use base::Time;
use scenario::kind::{RecordDistribution, StreamConfig, StreamMode};

use super::world::{STREAM, World};

fn on_demand() -> World {
    World::new(&StreamConfig { mode: StreamMode::OnDemand, shards: 9, ..StreamConfig::default() })
}

/// Lets minutes pass with the same load every second: keys with so many KiB each.
fn minutes(world: &mut World, minutes: u64, load: &[(&str, u32)]) -> u32 {
    let mut rejected = 0;
    for _second in 0..minutes * 60 {
        for (key, kib) in load {
            let records: Vec<(&str, u32)> =
                (0..*kib / 50).map(|_| (*key, 50 * 1_024 - 8)).collect();
            rejected += u32::try_from(world.put(&records).failed.len()).unwrap();
        }
        let next = Time(world.kernel.now.0 + 1_000_000);
        world.run(next);
    }
    rejected
}

fn open(world: &World) -> u32 {
    world.stream.open_count()
}

/// Whatever the setting of shards says.
#[test]
fn a_new_stream_has_four_shards() {
    assert_eq!(open(&on_demand()), 4);
}

/// Above 500 KB a second a shard is split within 15 minutes, below it is not. The four keys fall
/// into four different shards: the first hex digits of their MD5 sums are 0, 4, 9 and e.
#[test]
fn a_hot_shard_is_split_within_fifteen_minutes() {
    let spread = ["a", "c", "b", "us-east-1"];
    let mut cool = on_demand();
    minutes(&mut cool, 20, &spread.map(|key| (key, 450)));
    assert_eq!(open(&cool), 4);
    let mut warm = on_demand();
    let rejected = minutes(&mut warm, 5, &spread.map(|key| (key, 700)));
    assert_eq!((open(&warm), rejected), (4, 0), "not at once");
    minutes(&mut warm, 10, &spread.map(|key| (key, 700)));
    assert!(open(&warm) >= 6, "double the peak of 2.8 MB/s: {}", open(&warm));
}

/// The range of a hot shard is halved, whatever its keys are: one key above the limit of a shard
/// stays throttled for ever, and the splits end.
#[test]
fn a_hot_key_is_never_isolated() {
    let mut world = on_demand();
    minutes(&mut world, 60, &[("a", 1_500)]);
    let shards = open(&world);
    assert!((5..=8).contains(&shards), "{shards}");
    let rejected = minutes(&mut world, 10, &[("a", 1_500)]);
    assert!(rejected > 10 * 60 * 5, "{rejected} of 18,000 records");
    minutes(&mut world, 30, &[("a", 1_500)]);
    assert_eq!(open(&world), shards);
}

/// The service splits without `UPDATING`, and the children cover the parent evenly.
#[test]
fn splits_are_even() {
    let mut world = on_demand();
    minutes(&mut world, 11, &[("a", 600)]);
    let shards = world.stream.shards();
    let (parent, lower, upper) = (&shards[0], &shards[4], &shards[5]);
    assert_eq!((lower.parents.0, upper.parents.0), (Some(0), Some(0)));
    let width = |shard: &super::Shard| shard.range.1 - shard.range.0;
    assert!(width(lower).abs_diff(width(upper)) <= 1);
    assert_eq!((lower.range.0, upper.range.1), parent.range);
}

/// A provisioned stream is left alone.
#[test]
fn provisioned_streams_stay() {
    let mut world = World::of(1);
    minutes(&mut world, 20, &[("a", 700)]);
    assert_eq!(open(&world), 1);
}

/// What AWS does not say (facts, streams §6): here capacity that nobody needs goes after a day.
#[test]
fn shards_that_nobody_needs_are_merged_after_a_day() {
    let mut world = on_demand();
    minutes(&mut world, 11, &[("a", 600)]);
    assert_eq!(open(&world), 5);
    let hours = |hours: u64| Time(hours * 3_600_000_000);
    world.run(hours(23));
    assert_eq!(open(&world), 5);
    world.run(hours(27));
    assert_eq!(open(&world), 4);
}

/// With AUTO the service puts a record where it likes (facts, streams §15): a refusal names no key
/// that led it there. By their keys records have one.
#[test]
fn a_refusal_speaks_of_keys_only_where_they_decide() {
    for (distribution, key) in
        [(RecordDistribution::Auto, None), (RecordDistribution::UserPartitionKey, Some("a"))]
    {
        let mode = StreamMode::OnDemand;
        let mut world = World::new(&StreamConfig { mode, distribution, ..StreamConfig::default() });
        while world.put(&[("a", 10); 500]).failed.is_empty() {}
        let cause = world.kernel.node(STREAM).unwrap().causes.last().unwrap();
        assert_eq!(cause.key.as_deref(), key);
        assert_eq!(cause.hash.is_some(), key.is_some());
        assert!(cause.shard.is_some());
    }
}
