//! Targets that fail, come back, stay away or do not answer.

use super::*;

#[test]
fn a_target_that_comes_back_gets_everything_in_order() {
    let mut world = World::new(&hints(5, 10));
    world.fault(BUCKET, FaultKind::Down, 100);
    for second in 0..120 {
        world.run(secs(second));
        world.put(&texts(&["a", "b"]));
    }
    world.run(secs(400));
    assert_eq!(world.balance(Account::Delivered(BUCKET)), 240);
    assert_eq!(world.node(FIREHOSE).held(), 0);
    let sealed: Vec<_> = world.objects().iter().map(|it| it.sealed_at).collect();
    assert!(sealed.is_sorted());
    let delivered: Vec<_> = world.objects().iter().map(|it| it.delivered_at).collect();
    assert!(delivered.is_sorted() && delivered[0] > secs(100));
}

/// Facts, firehose §6: Direct PUT data is retried for 24 hours and then lost.
#[test]
fn after_24_hours_the_data_is_lost() {
    let hour = 3_600;
    for wired in [true, false] {
        let mut world = World::unwired(&hints(5, 60));
        if wired {
            world.connect();
            world.fault(BUCKET, FaultKind::Down, 30 * hour);
        }
        world.put(&texts(&["old"]));
        world.run(secs(24 * hour - 1));
        assert_eq!(world.node(FIREHOSE).held() + world.balance(Account::Flight(UPLOADS)), 1);
        world.run(secs(24 * hour + 1));
        let lost = Account::Dropped(FIREHOSE, Reason::DeliveryExpired);
        assert_eq!(world.balance(lost), 1, "wired: {wired}");
        world.run(secs(31 * hour));
        assert!(world.objects().is_empty());
    }
}

#[test]
fn objects_wait_for_a_bucket_to_be_connected() {
    let mut world = World::unwired(&hints(5, 60));
    world.put(&texts(&["a"]));
    world.run(secs(3_600));
    assert_eq!(world.node(FIREHOSE).held(), 1);
    world.connect();
    world.run(secs(3_601));
    assert_eq!(world.balance(Account::Delivered(BUCKET)), 1);
}

/// The upload was stored but its answer never came: it is sent again under the same key.
#[test]
fn an_unanswered_upload_is_repeated_under_the_same_key() {
    let mut world = World::new(&hints(5, 60));
    world.fault(BUCKET, FaultKind::Timeout { percent: 100 }, 61);
    world.put(&texts(&["once"]));
    world.run(secs(200));
    assert_eq!(world.objects().len(), 1);
    assert_eq!(world.balance(Account::Delivered(BUCKET)), 1);
    assert_eq!(world.balance(Account::Copied(FIREHOSE)), 1);
    assert_eq!(world.balance(Account::Dropped(BUCKET, Reason::Superseded)), 1);
    assert!(world.objects()[0].delivered_at > secs(90));
}

#[test]
fn freshness_rises_until_the_oldest_record_is_delivered() {
    let mut world = World::new(&hints(5, 10));
    world.put(&texts(&["a"]));
    world.run(secs(15));
    let series = world.kernel.metrics.series(FIREHOSE, metric::S3_FRESHNESS, 20);
    assert_eq!(series[1..12], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0]);
}
