//! `UpdateShardCount`: facts, streams §5.4.

use super::tests::{after, ranges, status, with_stream};
use crate::call::ErrorCode;
use crate::control::ShardDescription;
use crate::engine::Engine;
use crate::kind::stream::lifecycle::Status;

fn ever(engine: &Engine) -> Vec<ShardDescription> {
    engine.describe_stream("s").unwrap().shards
}

/// Scales and waits; the number of shards there ever were.
fn scaled(from: u32, to: u32) -> usize {
    let mut engine = with_stream(from);
    assert_eq!(engine.update_shard_count("s", to), Ok(from));
    assert_eq!(status(&engine), Status::Updating);
    after(&mut engine, 300);
    assert_eq!(status(&engine), Status::Active, "{from} to {to} within five minutes");
    let open = ranges(&engine);
    assert_eq!(open.len(), to as usize);
    let width = u128::MAX / u128::from(to);
    for (_, first, last) in &open {
        assert!((last - first).abs_diff(width) <= u128::from(to) + 1, "{from} to {to} is even");
    }
    ever(&engine).len()
}

/// Shards ever made: moto's figures where the outcome is even (2 to 4: 6, 4 to 5: 15, 4 to 2: 6).
#[test]
fn scaling_is_splits_and_merges() {
    assert_eq!([scaled(2, 4), scaled(4, 5), scaled(4, 2)], [6, 15, 6]);
    for (from, to) in [(1, 2), (3, 6), (6, 3), (10, 13), (5, 3), (7, 4), (7, 14), (24, 25)] {
        scaled(from, to);
    }
}

/// Every shard that was closed is the parent of one that came, and the parents of a shard cover
/// its range.
#[test]
fn children_know_their_parents() {
    let mut engine = with_stream(4);
    engine.update_shard_count("s", 5).unwrap();
    after(&mut engine, 300);
    let shards = ever(&engine);
    for shard in shards.iter().filter(|shard| shard.shard.0 >= 4) {
        let of = |id| shards.iter().find(|other| Some(other.shard) == id).map(|it| it.range);
        let lower = of(shard.parent).unwrap();
        let upper = of(shard.adjacent_parent).unwrap_or(lower);
        assert!(lower.0 <= shard.range.0 && shard.range.1 <= upper.1, "{shard:?}");
    }
    let closed = shards.iter().filter(|shard| shard.closed_micros.is_some());
    for parent in closed.map(|shard| Some(shard.shard)) {
        let child =
            |shard: &ShardDescription| shard.parent == parent || shard.adjacent_parent == parent;
        assert!(shards.iter().any(child), "{parent:?} has a child");
    }
}

/// At most double, at least half, with the service's own text.
#[test]
fn no_more_than_double_no_less_than_half() {
    let mut engine = with_stream(1);
    let error = engine.update_shard_count("s", 4).unwrap_err();
    let text = "UpdateShardCount cannot scale up over double your current open shard count. \
                Current open shard count: 1 Target shard count: 4";
    assert_eq!((error.code, error.message.as_str()), (ErrorCode::InvalidArgument, text));
    let mut engine = with_stream(5);
    assert_eq!(engine.update_shard_count("s", 2).unwrap_err().code, ErrorCode::InvalidArgument);
    assert_eq!(engine.update_shard_count("s", 3), Ok(5));
}

/// Ten times in any 24 hours; one at a time.
#[test]
fn ten_times_a_day() {
    let mut engine = with_stream(4);
    for round in 0..10_u32 {
        let target = if round % 2 == 0 { 8 } else { 4 };
        engine.update_shard_count("s", target).unwrap();
        let busy = engine.update_shard_count("s", 8).unwrap_err();
        assert_eq!(busy.code, ErrorCode::ResourceInUse);
        assert!(busy.message.ends_with("not ACTIVE, instead in state UPDATING"));
        after(&mut engine, 600);
    }
    assert_eq!(engine.update_shard_count("s", 8).unwrap_err().code, ErrorCode::LimitExceeded);
    after(&mut engine, 86_400 - 6_000);
    assert_eq!(engine.update_shard_count("s", 8), Ok(4));
}

/// While it is `UPDATING` the old shards take the writes; shards by hand are left alone.
#[test]
fn the_switch_comes_at_the_end_of_a_wave() {
    let mut engine = with_stream(2);
    engine.update_shard_count("s", 4).unwrap();
    after(&mut engine, 59);
    assert_eq!(ranges(&engine).len(), 2);
    after(&mut engine, 1);
    assert_eq!(ranges(&engine).len(), 4);
    assert_eq!(status(&engine), Status::Active);
}
