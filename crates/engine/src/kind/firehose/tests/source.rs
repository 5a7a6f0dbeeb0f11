//! A data stream as source: nothing is lost, nothing is read that cannot be delivered.

use super::*;

/// Puts before the reader has its place are not delivered: it begins at LATEST.
#[test]
fn a_stream_is_read_from_latest_on() {
    let mut world = World::with_stream(&hints(5, 10), 4);
    world.put(&texts(&["too early"]));
    world.run(secs(1));
    for second in 1..=20 {
        world.run(secs(second));
        world.put(&texts(&["a", "b", "c"]));
    }
    world.run(secs(60));
    assert_eq!(world.balance(Account::Delivered(BUCKET)), 60);
    assert_eq!(world.balance(Account::Copied(STREAM)), 60, "the stream keeps its own");
    assert_eq!(world.balance(Account::Held(STREAM)), 61);
}

/// Firehose calls GetRecords once a second and shard.
#[test]
fn every_shard_is_asked_once_a_second() {
    let mut world = World::with_stream(&hints(5, 10), 3);
    let mut asked = 0;
    world.run(secs(1));
    while let Some(delivery) = world.kernel.queue.pop_until(secs(11)) {
        world.kernel.move_to(delivery.at);
        let gets =
            matches!(delivery.event, Event::Request { request: Request::GetRecords { .. }, .. });
        asked += u32::from(gets);
        world.dispatch(delivery.node, delivery.event);
    }
    assert_eq!(asked, 30);
}

/// A record of a stream may be larger than Direct PUT takes.
#[test]
fn quotas_of_direct_put_do_not_apply() {
    let config = FirehoseConfig { quota_region: QuotaRegion::Other, quota_times: 1, ..hints(5, 5) };
    let mut world = World::with_stream(&config, 4);
    world.run(secs(1));
    for second in 1..=5 {
        world.run(secs(second));
        let records = vec![vec![b'x'; 100_000]; 10];
        world.put(&records);
    }
    world.run(secs(60));
    assert_eq!(world.balance(Account::Delivered(BUCKET)), 50);
    let throttled = world.kernel.metrics.series(FIREHOSE, THROTTLED_RECORDS, 60);
    assert_eq!(throttled.iter().sum::<u64>(), 0);
}

/// While the target is down the data stays in the stream; afterwards all of it arrives.
#[test]
fn a_full_dock_leaves_the_records_in_the_stream() {
    let mut world = World::with_stream(&hints(1, 900), 1);
    world.run(secs(1));
    world.fault(BUCKET, FaultKind::Down, 200);
    let records = vec![vec![b'x'; 100_000]; 10];
    for second in 1..=150 {
        world.run(secs(second));
        world.put(&records);
    }
    world.run(secs(151));
    let inside = world.node(FIREHOSE).held() + world.balance(Account::Flight(UPLOADS));
    assert!(inside < 800, "{inside} records of 100,000 bytes were read");
    let behind = world.kernel.metrics.series(FIREHOSE, MILLIS_BEHIND_LATEST, 1);
    assert!(behind[0] > 60_000, "the reader falls behind: {behind:?}");
    world.run(secs(1_400));
    assert_eq!(world.balance(Account::Delivered(BUCKET)), 1_500);
    let sealed: Vec<_> = world.objects().iter().map(|it| it.sealed_at).collect();
    assert!(sealed.is_sorted());
}

/// 24 hours are the rule of Direct PUT only.
#[test]
fn what_was_read_from_a_stream_is_kept_until_it_is_delivered() {
    let mut world = World::with_stream(&hints(5, 60), 1);
    world.run(secs(1));
    world.fault(BUCKET, FaultKind::Down, 30 * 3_600);
    world.put(&texts(&["kept"]));
    world.run(secs(31 * 3_600));
    assert_eq!(world.balance(Account::Delivered(BUCKET)), 1);
}
