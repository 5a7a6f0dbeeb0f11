//! Puts and reads of a caller without a wire: facts, streams §1, §2, §3 and §14.2.

use base::Time;
use scenario::kind::{StartAt, StreamConfig};
use scenario::{DataSets, Document};

use super::ShardId;
use crate::call::ErrorCode;
use crate::engine::Engine;
use crate::formats::Formats;
use crate::kind::stream::direct::PutEntry;

/// A number that production refused (kinesalite's tests).
const LARGE_DATE: &str = "26227199374822427428162556223570313216";
const FIRST: &str = "shardId-000000000000";

fn after(engine: &mut Engine, secs: u64) {
    let until = Time(engine.now().0 + secs * 1_000_000);
    engine.advance(until, u32::MAX);
    assert_eq!(engine.check(), Ok(()));
}

fn with_stream(shards: u32) -> Engine {
    let mut engine =
        Engine::new(&Document::default(), &DataSets::default(), Formats::none()).unwrap();
    let config = StreamConfig { shards, ..StreamConfig::default() };
    engine.create_stream("s", &config, None).unwrap();
    after(&mut engine, 30);
    engine
}

fn entry(key: &str, data: &[u8]) -> PutEntry {
    PutEntry { partition_key: key.to_owned(), explicit_hash: None, data: data.to_vec() }
}

/// Facts, streams §1.1: MD5 of "a" begins with 0c, of "b" with 92: the two halves of the range.
#[test]
fn records_go_where_their_hash_lies_and_come_back() {
    let mut engine = with_stream(2);
    let a = engine.put_record("s", entry("a", b"one"), None).unwrap();
    let b = engine.put_record("s", entry("b", b""), None).unwrap();
    assert_eq!((a.shard, b.shard), (ShardId(0), ShardId(1)));
    let high = PutEntry { explicit_hash: Some(u128::MAX), ..entry("a", b"two") };
    let results = engine.put_records("s", &[high, entry("a", b"three")]).unwrap();
    let shards: Vec<u32> = results.into_iter().map(|result| result.unwrap().shard.0).collect();
    assert_eq!(shards, [1, 0]);
    assert_eq!(engine.check(), Ok(()));
    let horizon = engine.get_shard_iterator("s", FIRST, StartAt::TrimHorizon, None, None).unwrap();
    let got = engine.get_records("s", horizon, 10_000).unwrap();
    let data: Vec<&[u8]> = got.records.iter().map(|record| &record.data[..]).collect();
    assert_eq!(data, [&b"one"[..], b"three"]);
    assert_eq!(got.records[0].sequence_number, a.sequence_number.to_string());
    assert_eq!((got.millis_behind, got.next.is_some()), (0, true));
    let text = a.sequence_number.to_string();
    let behind = engine
        .get_shard_iterator("s", FIRST, StartAt::AfterSequenceNumber, Some(&text), None)
        .unwrap();
    assert_eq!(engine.get_records("s", behind, 1).unwrap().records[0].data, b"three");
    let other = "shardId-000000000001";
    let wrong = engine
        .get_shard_iterator("s", other, StartAt::AtSequenceNumber, Some(&text), None)
        .unwrap_err();
    assert_eq!(
        wrong.message,
        "Invalid StartingSequenceNumber. It encodes shardId-000000000000, while it was used in a \
         call to a shard with shardId-000000000001"
    );
}

/// Facts, streams §4.1: a stream that is `CREATING` takes no puts and gives no iterators.
#[test]
fn a_stream_in_creation_is_not_found() {
    let mut engine =
        Engine::new(&Document::default(), &DataSets::default(), Formats::none()).unwrap();
    engine.create_stream("s", &StreamConfig::default(), None).unwrap();
    let put = engine.put_record("s", entry("a", b""), None).unwrap_err();
    assert_eq!(put.code, ErrorCode::ResourceNotFound);
    assert_eq!(put.message, "Stream s under account 123456789012 not found.");
    let read = engine.get_shard_iterator("s", FIRST, StartAt::Latest, None, None).unwrap_err();
    assert_eq!(
        read.message,
        "Shard shardId-000000000000 in stream s under account 123456789012 does not exist"
    );
}

/// Facts, streams §5.3: while `UPDATING` the parent takes the writes; a closed shard ends with no
/// next iterator.
#[test]
fn a_split_moves_writes_and_ends_the_parent() {
    let mut engine = with_stream(1);
    engine.split_shard("s", FIRST, "170141183460469231731687303715884105728").unwrap();
    let before = engine.put_record("s", entry("a", b"old"), None).unwrap();
    assert_eq!(before.shard, ShardId(0));
    after(&mut engine, 30);
    let behind = engine.put_record("s", entry("a", b"new"), None).unwrap();
    assert_eq!(behind.shard, ShardId(1));
    let horizon = engine.get_shard_iterator("s", FIRST, StartAt::TrimHorizon, None, None).unwrap();
    let got = engine.get_records("s", horizon, 10_000).unwrap();
    // The end shows when nothing is left to answer (kinesalite's test of a merge).
    let last = engine.get_records("s", got.next.unwrap(), 10_000).unwrap();
    assert_eq!((got.records.len(), last.records.len(), last.next), (1, 0, None));
}

/// Facts, streams §2.1 and §2.2: 1,000 records a second and shard; the others are told one by one.
#[test]
fn a_full_shard_refuses_in_its_own_words() {
    let mut engine = with_stream(1);
    let entries: Vec<PutEntry> = (0..500).map(|_| entry("a", b"x")).collect();
    for _call in 0..2 {
        let results = engine.put_records("s", &entries).unwrap();
        assert!(results.iter().all(Result::is_ok));
    }
    let third = engine.put_records("s", &entries).unwrap();
    let refusal = third[0].clone().unwrap_err();
    assert_eq!(refusal.code, ErrorCode::ProvisionedThroughputExceeded);
    assert_eq!(
        refusal.message,
        "Rate exceeded for shard shardId-000000000000 in stream s under account 123456789012."
    );
    engine.account.throttling = false;
    assert!(engine.put_records("s", &entries).unwrap().iter().all(Result::is_ok));
    assert_eq!(engine.check(), Ok(()));
}

/// Facts, streams §3.1 and §14.2.
#[test]
fn iterators_age_and_times_lie_in_the_past() {
    let mut engine = with_stream(1);
    let latest = engine.get_shard_iterator("s", FIRST, StartAt::Latest, None, None).unwrap();
    after(&mut engine, 301);
    let old = engine.get_records("s", latest, 1).unwrap_err();
    assert_eq!(old.code, ErrorCode::ExpiredIterator);
    let missing =
        engine.get_shard_iterator("s", FIRST, StartAt::AtTimestamp, None, None).unwrap_err();
    assert!(missing.message.ends_with("Current request has no timestamp parameter."));
    let future = Some(u64::MAX);
    let late =
        engine.get_shard_iterator("s", FIRST, StartAt::AtTimestamp, None, future).unwrap_err();
    assert!(late.message.contains("timestampInMillis: 18446744073709551615"));
    let bad = engine.put_record("s", entry("a", b""), Some(LARGE_DATE)).unwrap_err();
    assert_eq!(
        bad.message,
        format!(
            "ExclusiveMinimumSequenceNumber {LARGE_DATE} used in PutRecord on stream s under \
             account 123456789012 is invalid."
        )
    );
}
