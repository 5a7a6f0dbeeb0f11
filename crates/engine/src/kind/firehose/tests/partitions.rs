//! Dynamic partitioning: a buffer for each prefix, how many may be active, and what names say.

use scenario::kind::Transform;

use super::*;

fn partitioned(max: u32) -> FirehoseConfig {
    FirehoseConfig {
        transform: Transform::Identity,
        transform_interval_secs: 0,
        transform_millis: 0,
        transform_keys: "c".to_owned(),
        partitioning: true,
        partitions_max: max,
        prefix: "c=!{partitionKeyFromLambda:c}/y=!{timestamp:yyyy}/".to_owned(),
        error_prefix: "bad/!{firehose:error-output-type}/".to_owned(),
        ..hints(1, 60)
    }
}

/// Facts, firehose §5: a buffer and a clock for each prefix; no time is appended.
#[test]
fn each_prefix_has_a_buffer_of_its_own() {
    let mut world = World::new(&partitioned(500));
    let big = format!(r#"{{"c":"UA","x":"{}"}}"#, "x".repeat(600_000));
    world.put(&texts(&[r#"{"c":"UA"}"#, r#"{"c":"AA"}"#]));
    world.run(secs(20));
    world.put(&texts(&[&big, &big]));
    world.run(secs(200));
    let seals = world.objects().iter().map(|it| {
        let end = it.key.find("to-s3").unwrap();
        (&it.key[..end], it.records, it.sealed_at.secs(), it.reason)
    });
    assert_eq!(
        seals.collect::<Vec<_>>(),
        [("c=UA/y=2018/", 3, 20, Seal::Size), ("c=AA/y=2018/", 1, 61, Seal::Time),]
    );
    let active = world.kernel.metrics.series(FIREHOSE, PARTITION_COUNT, 200);
    assert_eq!(active.iter().max(), Some(&2));
}

/// Facts, firehose §5: beyond the quota records go to the error prefix; a partition that was
/// delivered is no longer active.
#[test]
fn a_partition_too_many_goes_to_the_error_prefix() {
    let mut world = World::new(&partitioned(1));
    world.put(&texts(&[r#"{"c":"UA"}"#, r#"{"c":"AA"}"#]));
    world.run(secs(70));
    world.put(&texts(&[r#"{"c":"AA"}"#]));
    world.run(secs(200));
    let keys = world.objects().iter().filter_map(|it| it.key.split('/').next());
    let mut keys: Vec<_> = keys.collect();
    keys.sort_unstable();
    assert_eq!(keys, ["bad", "c=AA", "c=UA"]);
    let bad = world.objects().iter().find(|it| it.key.starts_with("bad/")).unwrap();
    assert!(bad.key.starts_with("bad/activePartitionExceeded/to-s3-1-"));
    let cause = world.causes().into_iter().find(|it| it.reason == Reason::PartitionsExceeded);
    assert_eq!(cause.unwrap().limit, 1);
}

#[test]
fn turning_partitions_off_delivers_them() {
    let config = partitioned(500);
    let mut world = World::new(&config);
    world.put(&texts(&[r#"{"c":"UA"}"#]));
    world.run(secs(5));
    let plain = FirehoseConfig { partitioning: false, prefix: String::new(), ..config.clone() };
    world.reconfigure(&FirehoseConfig { transform: Transform::None, ..plain });
    world.run(secs(6));
    assert_eq!(world.objects().len(), 1);
    assert!(world.objects()[0].key.starts_with("c=UA/"));
}

/// Facts, firehose §5: an evaluated prefix has 512 characters at most.
#[test]
fn a_prefix_that_becomes_too_long_is_an_error() {
    for (chars, begin) in [(502, "c=xx"), (503, "bad/processing-failed/")] {
        let mut world = World::new(&partitioned(9));
        // `c=` and `/y=2018/` are ten more.
        world.put(&texts(&[&format!(r#"{{"c":"{}"}}"#, "x".repeat(chars))]));
        world.run(secs(200));
        assert!(world.objects()[0].key.starts_with(begin), "{chars}");
    }
}

/// A partition is active "until it can be delivered" (developer guide, "Buffer data for dynamic
/// partitioning"): while the bucket is down nothing else finds room.
#[test]
fn a_partition_that_waits_for_its_bucket_is_active() {
    let mut world = World::new(&partitioned(1));
    world.fault(BUCKET, FaultKind::Down, 100);
    world.put(&texts(&[r#"{"c":"UA"}"#]));
    world.run(secs(70));
    world.put(&texts(&[r#"{"c":"AA"}"#, r#"{"c":"UA"}"#]));
    world.run(secs(300));
    let begins = |it: &Object| it.key.split("/to-s3").next().unwrap_or_default().to_owned();
    let mut keys: Vec<_> = world.objects().iter().map(begins).collect();
    keys.sort_unstable();
    assert_eq!(keys, ["bad/activePartitionExceeded", "c=UA/y=2018", "c=UA/y=2018"]);
    world.put(&texts(&[r#"{"c":"AA"}"#]));
    world.run(secs(400));
    assert_eq!(begins(world.objects().last().unwrap()), "c=AA/y=2018", "room again");
    let active = world.kernel.metrics.series(FIREHOSE, PARTITION_COUNT, 400);
    assert_eq!(active.iter().max(), Some(&1));
}

/// What is given up after 24 hours makes room as well.
#[test]
fn a_partition_that_is_lost_makes_room() {
    let mut world = World::new(&partitioned(1));
    world.fault(BUCKET, FaultKind::Down, 25 * 3_600);
    world.put(&texts(&[r#"{"c":"UA"}"#]));
    world.run(secs(24 * 3_600 + 1_800));
    assert_eq!(world.balance(Account::Dropped(FIREHOSE, Reason::DeliveryExpired)), 1);
    world.put(&texts(&[r#"{"c":"AA"}"#]));
    world.run(secs(26 * 3_600));
    assert!(world.objects()[0].key.starts_with("c=AA/"));
}

/// Facts, firehose §5: the timestamps of a prefix are those of the oldest record in the object,
/// which a slow function may give back after younger ones.
#[test]
fn a_prefix_has_the_time_of_its_oldest_record() {
    let config = FirehoseConfig {
        prefix: "!{partitionKeyFromLambda:c}/!{timestamp:HH-mm-ss}/".to_owned(),
        transform_millis: 10_000,
        ..partitioned(500)
    };
    let mut world = World::new(&config);
    world.put(&texts(&[r#"{"c":"UA"}"#]));
    world.run(secs(2));
    world.reconfigure(&FirehoseConfig { transform_millis: 0, ..config });
    world.put(&texts(&[r#"{"c":"UA"}"#]));
    world.run(secs(100));
    let [object] = world.objects() else { panic!("one object") };
    let begin = "UA/10-30-00/to-s3-2-2018-08-27-10-30-00-";
    assert_eq!((object.records, &object.key[..begin.len()]), (2, begin));
    assert_eq!(object.sealed_at, secs(63), "the clock began with the record that came first");
}

/// New hints count for what is buffered, as they do without partitions.
#[test]
fn new_hints_count_for_every_partition() {
    let hints = |size: u32, secs: u32| FirehoseConfig {
        buffer_size_mib: size,
        buffer_interval_secs: secs,
        transform_buffer_mb: base::Ratio::new(3, 1),
        ..partitioned(9)
    };
    let sealed = |later: &FirehoseConfig| {
        let mut world = World::new(&hints(5, 300));
        let big = format!(r#"{{"c":"UA","x":"{}"}}"#, "x".repeat(999_000));
        world.put(&texts(&[&big, &big, r#"{"c":"AA"}"#]));
        world.run(secs(100));
        world.reconfigure(later);
        world.run(secs(400));
        let told = |it: &Object| (it.key[..4].to_owned(), it.sealed_at.secs(), it.reason);
        world.objects().iter().map(told).collect::<Vec<_>>()
    };
    let told = |key: &str, secs: u64, reason| (key.to_owned(), secs, reason);
    let both = |secs| vec![told("c=UA", secs, Seal::Time), told("c=AA", secs, Seal::Time)];
    // The function gathers for a second.
    assert_eq!(sealed(&hints(5, 300)), both(301));
    assert_eq!(sealed(&hints(5, 150)), both(151));
    assert_eq!(sealed(&hints(5, 60)), both(100));
    let expected = [told("c=UA", 100, Seal::Size), told("c=AA", 301, Seal::Time)];
    assert_eq!(sealed(&hints(1, 300)), expected);
}

/// Facts, firehose §7: what is delivered costs, by bytes and objects, and what is not does not yet.
#[test]
fn only_delivered_objects_are_billed() {
    let mut world = World::new(&partitioned(9));
    world.fault(BUCKET, FaultKind::Down, 500);
    world.put(&texts(&[r#"{"c":"UA"}"#]));
    let billed = |world: &World| {
        let Node::Firehose(it) = world.node(FIREHOSE) else { panic!("a Firehose stream") };
        (it.partitioned_objects, it.partitioned_bytes)
    };
    world.run(secs(400));
    assert_eq!(billed(&world), (0, 0));
    world.run(secs(800));
    assert_eq!(billed(&world), (1, 10));
    let objects = world.kernel.metrics.series(FIREHOSE, metric::S3_OBJECTS, 800);
    assert_eq!(objects.iter().sum::<u64>(), 1);
}
