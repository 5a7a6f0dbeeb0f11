//! Creation, deletion, splits, merges and retention by call: facts, streams §4, §5 and §14.2.

use base::Time;
use scenario::kind::StreamConfig;
use scenario::{DataSets, Document};

use crate::call::ErrorCode;
use crate::control::ShardId;
use crate::engine::Engine;
use crate::formats::Formats;
use crate::kind::stream::lifecycle::Status;

const HALF: u128 = 1 << 127;
const HALF_KEY: &str = "170141183460469231731687303715884105728";

pub(super) fn after(engine: &mut Engine, secs: u64) {
    let until = Time(engine.now().0 + secs * 1_000_000);
    engine.advance(until, u32::MAX);
    assert_eq!(engine.check(), Ok(()));
}

pub(super) fn with_stream(shards: u32) -> Engine {
    let mut engine =
        Engine::new(&Document::default(), &DataSets::default(), Formats::none()).unwrap();
    let config = StreamConfig { shards, ..StreamConfig::default() };
    engine.create_stream("s", &config, None).unwrap();
    after(&mut engine, 30);
    engine
}

pub(super) fn status(engine: &Engine) -> Status {
    engine.describe_stream("s").unwrap().status
}

pub(super) fn ranges(engine: &Engine) -> Vec<(u32, u128, u128)> {
    let shards = engine.describe_stream("s").unwrap().shards;
    let open = shards.iter().filter(|shard| shard.closed_micros.is_none());
    open.map(|shard| (shard.shard.0, shard.range.0, shard.range.1)).collect()
}

/// Facts, streams §4.1: `CREATING` for about 30 s without shards; a name is taken once; deleting
/// takes its time too.
#[test]
fn a_stream_is_made_and_goes() {
    let mut engine =
        Engine::new(&Document::default(), &DataSets::default(), Formats::none()).unwrap();
    engine.create_stream("s", &StreamConfig::default(), None).unwrap();
    let young = engine.describe_stream("s").unwrap();
    assert_eq!((young.status, young.shards.len()), (Status::Creating, 0));
    let early = engine.split_shard("s", "shardId-000000000000", HALF_KEY).unwrap_err();
    assert_eq!(early.code, ErrorCode::ResourceInUse);
    let text = "Stream s under account 123456789012 not ACTIVE, instead in state CREATING";
    assert_eq!(early.message, text);
    let taken = engine.create_stream("s", &StreamConfig::default(), None).unwrap_err();
    assert_eq!(taken.message, "Stream s under account 123456789012 already exists.");
    after(&mut engine, 29);
    assert_eq!(status(&engine), Status::Creating);
    after(&mut engine, 1);
    assert_eq!(status(&engine), Status::Active);
    engine.delete_stream("s").unwrap();
    assert_eq!(status(&engine), Status::Deleting);
    after(&mut engine, 30);
    let gone = engine.describe_stream("s").unwrap_err();
    assert_eq!(gone.code, ErrorCode::ResourceNotFound);
    assert_eq!(gone.message, "Stream s under account 123456789012 not found.");
}

/// Facts, streams §4.1: at most five streams are `CREATING` at once.
#[test]
fn five_streams_are_made_at_once() {
    let mut engine =
        Engine::new(&Document::default(), &DataSets::default(), Formats::none()).unwrap();
    for name in ["a", "b", "c", "d", "e"] {
        engine.create_stream(name, &StreamConfig::default(), None).unwrap();
    }
    let sixth = engine.create_stream("f", &StreamConfig::default(), None).unwrap_err();
    assert_eq!(sixth.code, ErrorCode::LimitExceeded);
    after(&mut engine, 30);
    engine.create_stream("f", &StreamConfig::default(), None).unwrap();
    assert_eq!(engine.list_streams(), ["a", "b", "c", "d", "e", "f"]);
}

/// Facts, streams §5.1 and §5.3: the parent takes writes until the switch; the children take the
/// next two numbers, lower range first, and begin a second after the parent's last one.
#[test]
fn a_split_closes_the_parent_at_the_end() {
    let mut engine = with_stream(1);
    engine.split_shard("s", "shardId-000000000000", HALF_KEY).unwrap();
    assert_eq!(status(&engine), Status::Updating);
    assert_eq!(ranges(&engine), [(0, 0, u128::MAX)]);
    after(&mut engine, 30);
    assert_eq!(ranges(&engine), [(1, 0, HALF - 1), (2, HALF, u128::MAX)]);
    let shards = engine.describe_stream("s").unwrap().shards;
    let ending = shards[0].ending.unwrap();
    assert_eq!(ending.index, 0x7fff_ffff_ffff_ffff);
    for child in &shards[1..] {
        assert_eq!((child.parent, child.adjacent_parent), (Some(ShardId(0)), None));
        assert_eq!(child.starting.created_secs, ending.secs + 1);
        assert_eq!(child.starting.index, 0);
    }
    let again = engine.split_shard("s", "shardId-000000000000", HALF_KEY).unwrap_err();
    assert!(again.message.ends_with("thus is not eligible for merging or splitting."));
    // 24 hours later the parent is expired and no longer listed.
    after(&mut engine, 86_400);
    assert_eq!(engine.describe_stream("s").unwrap().shards.len(), 2);
}

/// Facts, streams §5.1: the smallest legal key on a range that starts at 0 is 2, and it must lie
/// below the end.
#[test]
fn a_split_needs_a_key_inside() {
    let mut engine = with_stream(1);
    for key in ["0", "1", "340282366920938463463374607431768211455"] {
        let error = engine.split_shard("s", "shardId-000000000000", key).unwrap_err();
        assert_eq!(error.code, ErrorCode::InvalidArgument);
        assert_eq!(
            error.message,
            format!(
                "NewStartingHashKey {key} used in SplitShard() on shard shardId-000000000000 in \
                 stream s under account 123456789012 is not both greater than one plus the \
                 shard's StartingHashKey 0 and less than the shard's EndingHashKey \
                 340282366920938463463374607431768211455."
            )
        );
    }
    let missing = engine.split_shard("s", "shardId-000000000005", "2").unwrap_err();
    let text = "Could not find shard shardId-000000000005 in stream s under account 123456789012.";
    assert_eq!(missing.message, text);
    engine.split_shard("s", "shardId-000000000000", "2").unwrap();
    after(&mut engine, 30);
    assert_eq!(ranges(&engine), [(1, 0, 1), (2, 2, u128::MAX)]);
}

/// Facts, streams §5.2: adjacent shards in this order only; the child has both as parents.
#[test]
fn a_merge_joins_neighbours_in_order() {
    let mut engine = with_stream(2);
    let (lower, upper) = ("shardId-000000000000", "shardId-000000000001");
    let inverted = engine.merge_shards("s", upper, lower).unwrap_err();
    assert_eq!(
        inverted.message,
        "Shards shardId-000000000001 and shardId-000000000000 in stream s under account \
         123456789012 are not an adjacent pair of shards eligible for merging"
    );
    engine.merge_shards("s", lower, upper).unwrap();
    after(&mut engine, 30);
    assert_eq!(ranges(&engine), [(2, 0, u128::MAX)]);
    let child = engine.describe_stream("s").unwrap().shards[2];
    assert_eq!((child.parent, child.adjacent_parent), (Some(ShardId(0)), Some(ShardId(1))));
}

/// Facts, streams §4.3 and §14.2.
#[test]
fn the_account_has_a_shard_limit() {
    let mut engine = with_stream(1);
    engine.account.shard_limit = 1;
    let error = engine.split_shard("s", "shardId-000000000000", HALF_KEY).unwrap_err();
    assert_eq!(error.code, ErrorCode::LimitExceeded);
    assert!(error.message.starts_with(
        "This request would exceed the shard limit for the account 123456789012 in us-east-1. \
         Current shard count for the account: 1. Limit: 1. Number of additional shards that would \
         have resulted from this request: 1."
    ));
}

/// Facts, streams §4.2: 24 to 8,760 hours, each call in its own direction, an equal value passes.
#[test]
fn retention_goes_both_ways() {
    let mut engine = with_stream(1);
    let short = engine.decrease_retention("s", 23).unwrap_err();
    assert_eq!(
        short.message,
        "Minimum allowed retention period is 24 hours. Requested retention period (23 hours) is \
         too short."
    );
    let long = engine.increase_retention("s", 8_761).unwrap_err();
    assert!(long.message.starts_with("Maximum allowed retention period is 8760 hours."));
    engine.increase_retention("s", 24).unwrap();
    engine.increase_retention("s", 48).unwrap();
    assert_eq!(engine.describe_stream("s").unwrap().retention_hours, 48);
    let wrong = engine.increase_retention("s", 24).unwrap_err();
    assert_eq!(
        wrong.message,
        "Requested retention period (24 hours) for stream s can not be shorter than existing \
         retention period (48 hours). Use DecreaseRetentionPeriod API."
    );
    engine.decrease_retention("s", 24).unwrap();
    assert_eq!(engine.describe_stream("s").unwrap().retention_hours, 24);
}
