//! The race of size and interval, and what the object then is.

use super::*;

/// Facts, firehose §2: 1,000 records of 4 KiB stay below 5 MiB and wait for the interval.
#[test]
fn a_buffer_below_its_size_waits_for_the_interval() {
    let mut world = World::new(&hints(5, 300));
    world.put_many(1_000, 4_096);
    world.run(secs(299));
    assert!(world.objects().is_empty());
    world.run(secs(301));
    assert_eq!(world.seals(), [(1_000, 300, Seal::Time)]);
}

/// Facts, firehose §2: of 2,000 such records 1,280 reach 5 MiB at once, 720 wait 300 s.
#[test]
fn the_size_hint_seals_and_the_rest_starts_a_new_clock() {
    let mut world = World::new(&hints(5, 300));
    world.put_many(2_000, 4_096);
    world.run(secs(301));
    assert_eq!(world.seals(), [(1_280, 0, Seal::Size), (720, 300, Seal::Time)]);
    assert_eq!(world.objects()[0].raw_bytes, 5 * MIB);
    assert_eq!(world.balance(Account::Delivered(BUCKET)), 2_000);
}

#[test]
fn records_are_not_split_so_an_object_may_exceed_the_hint() {
    let mut world = World::new(&hints(1, 300));
    world.put_many(2, 900_000);
    world.run(secs(1));
    assert_eq!(world.seals(), [(2, 0, Seal::Size)]);
    assert_eq!(world.objects()[0].raw_bytes, 1_800_000);
}

#[test]
fn keys_do_not_count_and_newlines_do() {
    let glued = FirehoseConfig { newline: true, ..hints(1, 300) };
    let len = 1_023;
    for (config, sealed) in [(glued, 1), (hints(1, 300), 0)] {
        let mut world = World::new(&config);
        world.put_many(1_024, len);
        world.run(secs(1));
        assert_eq!(world.objects().len(), sealed, "1,024 records of 1,023 bytes and a delimiter");
    }
}

#[test]
fn records_are_glued_together_unless_a_delimiter_is_appended() {
    for (newline, content) in [(false, "{\"a\":1}{\"a\":2}"), (true, "{\"a\":1}\n{\"a\":2}\n")] {
        let mut world = World::new(&FirehoseConfig { newline, ..hints(1, 60) });
        world.put(&texts(&["{\"a\":1}", "{\"a\":2}"]));
        world.run(secs(61));
        assert_eq!(&*world.objects()[0].bytes, content.as_bytes());
    }
}

#[test]
fn zero_buffering_delivers_within_a_few_seconds() {
    let mut world = World::new(&hints(5, 0));
    world.put(&texts(&["a"]));
    world.run(secs(3));
    assert_eq!(world.seals(), [(1, 1, Seal::Time)]);
}

#[test]
fn gzip_objects_inflate_to_the_records() {
    let config = FirehoseConfig { compression: Compression::Gzip, newline: true, ..hints(1, 60) };
    let mut world = World::new(&config);
    world.put(&texts(&["same", "same", "same"]));
    world.run(secs(61));
    let object = &world.objects()[0];
    assert!(object.key.ends_with(".gz"), "{}", object.key);
    assert_eq!(object.raw_bytes, 15);
    let body = &object.bytes[10..object.bytes.len() - 8];
    assert_eq!(decompress_to_vec(body).unwrap(), b"same\nsame\nsame\n");
}

/// The oldest record arrives at 10:59:58, the object is sealed at 11:00:58.
#[test]
fn names_carry_the_arrival_of_the_oldest_record() {
    let mut world = World::new(&hints(5, 60));
    world.run(secs(29 * 60 + 58));
    world.put(&texts(&["first"]));
    world.run(secs(30 * 60 + 10));
    world.put(&texts(&["second"]));
    world.run(secs(32 * 60));
    let object = &world.objects()[0];
    assert_eq!(object.records, 2);
    assert!(object.key.starts_with("2018/08/27/10/to-s3-1-2018-08-27-10-59-58-"), "{}", object.key);
}

#[test]
fn new_hints_count_for_the_buffer_as_it_is() {
    let mut world = World::new(&hints(5, 300));
    world.put_many(300, 4_096);
    world.run(secs(10));
    world.reconfigure(&hints(1, 300));
    world.run(secs(11));
    assert_eq!(world.seals(), [(300, 10, Seal::Size)]);
    assert!(world.objects()[0].key.contains("/to-s3-2-"), "one version later");
    world.put(&texts(&["a"]));
    world.run(secs(100));
    world.reconfigure(&hints(1, 60));
    world.run(secs(101));
    assert_eq!(world.seals()[1], (1, 100, Seal::Time), "60 s have passed already");
}

#[test]
fn a_quota_is_not_part_of_the_version() {
    let mut world = World::new(&hints(5, 60));
    world.reconfigure(&FirehoseConfig { quota_times: 3, ..hints(5, 60) });
    world.put(&texts(&["a"]));
    world.run(secs(61));
    assert!(world.objects()[0].key.contains("/to-s3-1-"));
}
