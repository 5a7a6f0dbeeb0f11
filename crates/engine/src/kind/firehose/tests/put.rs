//! Direct PUT: the quota and the limits of one call.

use super::*;

#[test]
fn the_quota_throttles_single_entries_with_slow_down() {
    let config = FirehoseConfig { quota_region: QuotaRegion::Other, ..FirehoseConfig::default() };
    let mut world = World::new(&config);
    let token = world.put(&vec![vec![b'x'; 10_240]; 150]);
    world.run(secs(1));
    let failed = &world.answers[&token].failed;
    assert_eq!(failed.len(), 48, "102 records of 10 KiB fit into 1 MiB");
    assert!(failed.iter().all(|it| it.error.code == ErrorCode::ServiceUnavailable));
    assert!(failed.iter().all(|it| it.error.reason == Reason::FirehoseQuota));
    let cause = &world.causes()[0];
    assert_eq!(&*cause.error, "ServiceUnavailableException: Slow down.");
    assert_eq!((cause.limit, cause.entries), (MIB, (48, 150)));
    world.run(secs(2));
    let token = world.put(&vec![vec![b'x'; 10_240]; 100]);
    world.run(secs(3));
    assert!(world.answers[&token].failed.is_empty(), "a second later the bucket is full again");
}

#[test]
fn a_call_beyond_the_limits_fails_as_a_whole() {
    let too_large = vec![vec![b'x'; 1_024_001]];
    let too_many = vec![Vec::new(); 501];
    let too_heavy = vec![vec![b'x'; 1_024_000]; 5];
    let expected = [
        (too_large, "records.1.member.data"),
        (too_many, "'records' failed"),
        (too_heavy, "Records size exceeds 4 MB limit"),
    ];
    for (records, words) in expected {
        let mut world = World::new(&hints(5, 300));
        let token = world.put(&records);
        world.run(secs(1));
        assert_eq!(world.answers[&token].failed.len(), records.len());
        let cause = &world.causes()[0];
        assert_eq!(cause.reason, Reason::TooLarge);
        assert!(cause.error.contains(words), "{}", cause.error);
    }
}

#[test]
fn the_largest_legal_calls_pass() {
    let four_mib = vec![vec![b'x'; 1 << 19]; 8];
    for records in [vec![vec![b'x'; 1_024_000]], vec![Vec::new(); 500], four_mib] {
        let mut world = World::new(&hints(5, 300));
        let token = world.put(&records);
        world.run(secs(1));
        assert!(world.answers[&token].failed.is_empty());
    }
}
