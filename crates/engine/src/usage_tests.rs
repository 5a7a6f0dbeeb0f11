//! What is counted for the bill: facts, streams §7, and Firehose §7.

use base::Time;
use scenario::kind::{StreamConfig, StreamMode};
use scenario::price::{Item, Prices};
use scenario::{DataSets, Document};
use serde_json::{Value, json};

use crate::kind::stream::direct::PutEntry;
use crate::{Engine, Formats};

const HOUR_MICROS: u128 = 3_600_000_000;

fn with_stream(shards: u32, retention_hours: u32) -> Engine {
    let mut engine =
        Engine::new(&Document::default(), &DataSets::default(), Formats::none()).unwrap();
    let config = StreamConfig { shards, retention_hours, ..StreamConfig::default() };
    engine.create_stream("s", &config, None).unwrap();
    engine
}

fn pass(engine: &mut Engine, micros: u128) {
    let until = Time(engine.now().0 + u64::try_from(micros).unwrap());
    engine.advance(until, u32::MAX);
}

fn used(engine: &Engine, item: Item) -> u128 {
    engine.usage().iter().filter(|it| it.item == item).map(|it| it.quantity).sum()
}

fn put(engine: &mut Engine, bytes: usize) {
    let partition_key = "k".to_owned();
    let entry = PutEntry { partition_key, explicit_hash: None, data: vec![b'x'; bytes] };
    engine.put_record("s", entry, None).unwrap();
}

/// 35 KB are 2 units, 45 KB are 2, 1 MB is 41 or 42; the smallest record has one.
#[test]
fn a_record_is_billed_in_chunks_of_25_kb() {
    let mut engine = with_stream(1, 24);
    pass(&mut engine, HOUR_MICROS);
    for (bytes, units) in [(35 * 1_024, 2), (45 * 1_024, 2), (1_048_000, 41), (1, 1), (25_600, 1)] {
        let before = used(&engine, Item::PutUnit);
        put(&mut engine, bytes);
        assert_eq!(used(&engine, Item::PutUnit) - before, units, "{bytes} bytes");
        pass(&mut engine, HOUR_MICROS);
    }
}

/// A split closes one shard and opens two: three shards for an hour, then four. What is kept for
/// more than a day costs every open shard more, from the moment it is kept.
#[test]
fn shards_are_billed_while_they_are_open() {
    let mut engine = with_stream(3, 24);
    pass(&mut engine, HOUR_MICROS);
    let hours = |engine: &Engine, item| used(engine, item) * 1_000 / HOUR_MICROS;
    let at_first = hours(&engine, Item::ShardHour);
    assert!((2_970..=3_000).contains(&at_first), "{at_first} thousandths");
    assert_eq!(used(&engine, Item::ExtendedRetention), 0);
    engine.increase_retention("s", 48).unwrap();
    pass(&mut engine, HOUR_MICROS);
    assert_eq!(hours(&engine, Item::ShardHour) - at_first, 3_000);
    assert!((2_970..=3_000).contains(&hours(&engine, Item::ExtendedRetention)));
    let before = used(&engine, Item::ShardHour);
    engine.split_shard("s", "shardId-000000000000", "1000000").unwrap();
    // The split takes a while, during which three are open.
    pass(&mut engine, 60_000_000);
    let middle = used(&engine, Item::ShardHour) - before;
    assert!((3 * 60_000_000..4 * 60_000_000).contains(&middle), "{middle}");
    let before = used(&engine, Item::ShardHour);
    pass(&mut engine, HOUR_MICROS);
    assert_eq!(used(&engine, Item::ShardHour) - before, 4 * HOUR_MICROS);
}

fn call(engine: &mut Engine, operation: &str, body: &Value) -> Value {
    let target = format!("Kinesis_20131202.{operation}");
    let answer = engine.call(crate::api::Profile::Current, &target, body);
    assert_eq!(answer.status, 200, "{operation}: {}", answer.body);
    answer.body
}

/// A registered consumer costs every open shard of the stream from when it is active.
#[test]
fn a_registered_consumer_is_billed_for_each_shard() {
    let mut engine = with_stream(3, 24);
    pass(&mut engine, HOUR_MICROS);
    let summary = call(&mut engine, "DescribeStreamSummary", &json!({ "StreamName": "s" }));
    let arn = summary["StreamDescriptionSummary"]["StreamARN"].clone();
    let consumer = json!({ "StreamARN": arn, "ConsumerName": "c" });
    call(&mut engine, "RegisterStreamConsumer", &consumer);
    assert_eq!(used(&engine, Item::FanOutHour), 0);
    pass(&mut engine, HOUR_MICROS);
    let before = used(&engine, Item::FanOutHour);
    pass(&mut engine, HOUR_MICROS);
    assert_eq!(used(&engine, Item::FanOutHour) - before, 3 * HOUR_MICROS);
    call(&mut engine, "DeregisterStreamConsumer", &consumer);
    pass(&mut engine, HOUR_MICROS);
    let gone = used(&engine, Item::FanOutHour);
    pass(&mut engine, HOUR_MICROS);
    assert_eq!(used(&engine, Item::FanOutHour), gone);
}

/// On demand the stream is billed by the hour and each record rounded up to 1 KB: 4.5 KB are
/// billed as 5 KB. Shards and payload units are not.
#[test]
fn an_on_demand_stream_is_billed_by_the_byte() {
    let mut engine =
        Engine::new(&Document::default(), &DataSets::default(), Formats::none()).unwrap();
    let config = StreamConfig { mode: StreamMode::OnDemand, ..StreamConfig::default() };
    engine.create_stream("s", &config, None).unwrap();
    pass(&mut engine, HOUR_MICROS);
    put(&mut engine, 4_608);
    let before = used(&engine, Item::OnDemandHour);
    pass(&mut engine, HOUR_MICROS);
    assert_eq!(used(&engine, Item::OnDemandHour) - before, HOUR_MICROS);
    assert_eq!(used(&engine, Item::OnDemandIn), 5 * 1_024);
    assert_eq!(used(&engine, Item::ShardHour) + used(&engine, Item::PutUnit), 0);
}

/// Two shard-level metrics of two shards are four metrics; a key of one's own is one key, and KMS
/// is called about twelve times in five minutes.
#[test]
fn metrics_and_keys_are_billed_while_they_are_there() {
    let mut engine = with_stream(2, 24);
    pass(&mut engine, HOUR_MICROS);
    let metrics = json!(["IncomingBytes", "OutgoingBytes"]);
    let body = json!({ "StreamName": "s", "ShardLevelMetrics": metrics });
    call(&mut engine, "EnableEnhancedMonitoring", &body);
    let key = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    let body = json!({ "StreamName": "s", "EncryptionType": "KMS", "KeyId": key });
    pass(&mut engine, HOUR_MICROS);
    call(&mut engine, "StartStreamEncryption", &body);
    pass(&mut engine, HOUR_MICROS);
    let before = [Item::ShardMetric, Item::KmsKey, Item::KmsRequest].map(|it| used(&engine, it));
    pass(&mut engine, HOUR_MICROS);
    let after = [Item::ShardMetric, Item::KmsKey, Item::KmsRequest].map(|it| used(&engine, it));
    assert_eq!(after[0] - before[0], 4 * HOUR_MICROS);
    assert_eq!(after[1] - before[1], HOUR_MICROS);
    assert_eq!(after[2] - before[2], 144);
}

/// What a stream cost stays on the bill when it is deleted, and grows no more.
#[test]
fn the_bill_of_a_part_that_is_gone_stays() {
    let mut engine = with_stream(1, 24);
    pass(&mut engine, HOUR_MICROS);
    engine.delete_stream("s").unwrap();
    pass(&mut engine, HOUR_MICROS);
    let gone = used(&engine, Item::ShardHour);
    assert!(gone >= HOUR_MICROS * 99 / 100, "{gone}");
    pass(&mut engine, HOUR_MICROS);
    assert_eq!(used(&engine, Item::ShardHour), gone);
}

/// Firehose rounds each record up to 5 KB, in a batch as well: 12 KB are billed as 15 KB, two
/// records of 1 KB as 10 KB.
#[test]
fn firehose_bills_each_record_in_chunks_of_5_kb() {
    for (bytes, billed) in [(12 * 1_024, 15 * 1_024), (1_024, 5 * 1_024), (42 * 1_024, 45 * 1_024)]
    {
        let text = format!(
            r#"{{"format":"rivulet/scenario","version":1,"nodes":[
            {{"id":1,"kind":"producer","name":"p","config":{{"records_per_sec":4,
              "size":"fixed","size_bytes":{bytes},"linger_millis":1000}}}},
            {{"id":2,"kind":"firehose","name":"f"}},{{"id":3,"kind":"bucket","name":"lake"}}],
            "edges":[{{"id":1,"from":[1,"out"],"to":[2,"in"]}},
            {{"id":2,"from":[2,"out"],"to":[3,"in"]}}]}}"#
        );
        let document = scenario::format::load(text.as_bytes()).document.unwrap();
        let mut engine = Engine::new(&document, &DataSets::default(), Formats::none()).unwrap();
        pass(&mut engine, 10_000_000);
        let mut snapshot = crate::Snapshot::default();
        engine.observe(&mut snapshot);
        let firehose = snapshot.nodes.iter().find(|node| node.id.0 == 2).unwrap();
        let records = u128::from(firehose.metrics[0].total);
        assert!(records > 20, "{records}");
        assert_eq!(used(&engine, Item::FirehoseIn), records * billed, "{bytes} bytes");
    }
}

/// Lambda: each request, and memory times duration; 29 polls of a minute's half are 29 requests.
#[test]
fn a_function_is_billed_by_requests_and_gigabyte_seconds() {
    let document = json!({
        "format": "rivulet/scenario", "version": 1,
        "nodes": [
            {"id": 1, "kind": "producer", "name": "p", "at": [0, 0]},
            {"id": 2, "kind": "stream", "name": "s", "at": [0, 0]},
            {"id": 3, "kind": "lambda", "name": "f", "at": [0, 0],
             "config": {"memory_mib": 512, "batch_millis": 250, "batch_size": 10000}},
        ],
        "edges": [
            {"id": 1, "from": [1, "out"], "to": [2, "in"]},
            {"id": 2, "from": [2, "out"], "to": [3, "in"]},
        ],
    });
    let document = scenario::format::load(document.to_string().as_bytes()).document.unwrap();
    let mut engine = Engine::new(&document, &DataSets::default(), Formats::none()).unwrap();
    pass(&mut engine, 30_000_000);
    let requests = used(&engine, Item::LambdaRequest);
    assert_eq!(requests, 29);
    assert_eq!(used(&engine, Item::LambdaTime), requests * 250 * 512);
}

const DAY_MICROS: u128 = 24 * HOUR_MICROS;
const MIB: u128 = 1_048_576;

fn with_on_demand(retention_hours: u32) -> Engine {
    let mut engine =
        Engine::new(&Document::default(), &DataSets::default(), Formats::none()).unwrap();
    let mode = StreamMode::OnDemand;
    let config = StreamConfig { mode, retention_hours, ..StreamConfig::default() };
    engine.create_stream("s", &config, None).unwrap();
    engine
}

fn read_all(engine: &mut Engine, shard: &str) -> u128 {
    let body = json!({ "StreamName": "s", "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON" });
    let iterator = call(engine, "GetShardIterator", &body)["ShardIterator"].clone();
    let got = call(engine, "GetRecords", &json!({ "ShardIterator": iterator }));
    got["Records"].as_array().unwrap().len() as u128
}

/// A mebibyte that is kept for ten days is long-term storage for the last three; reading it costs
/// once it is older than a week. What is kept up to a week is billed by the shard (facts, §7).
#[test]
fn what_is_older_than_a_week_is_billed_by_the_gb_month() {
    let mut engine = with_stream(1, 240);
    pass(&mut engine, HOUR_MICROS);
    put(&mut engine, 524_287);
    put(&mut engine, 524_287);
    pass(&mut engine, 6 * DAY_MICROS);
    assert_eq!(read_all(&mut engine, "shardId-000000000000"), 2);
    assert_eq!(used(&engine, Item::LongRetention) + used(&engine, Item::LongRetrieval), 0);
    pass(&mut engine, 2 * DAY_MICROS);
    assert_eq!(used(&engine, Item::LongRetention), MIB * 86_400);
    assert_eq!(read_all(&mut engine, "shardId-000000000000"), 2);
    assert_eq!(used(&engine, Item::LongRetrieval), MIB);
    pass(&mut engine, 5 * DAY_MICROS);
    // One second until the books know.
    let kept = used(&engine, Item::LongRetention) / (MIB);
    assert!((3 * 86_400..=3 * 86_400 + 1).contains(&kept), "{kept}");
    let hours = used(&engine, Item::ExtendedRetention) / HOUR_MICROS;
    assert_eq!(hours, 13 * 24 + 1);
}

/// Records of many blocks, some gone and some young, are billed like one by one: a record of 1,000
/// bytes every minute for two days, kept for 30 hours, is old for six hours at most.
#[test]
fn on_demand_retention_counts_every_record() {
    let mut engine = with_on_demand(30);
    pass(&mut engine, HOUR_MICROS);
    let minutes = 2 * 24 * 60;
    for _minute in 0..minutes {
        put(&mut engine, 999);
        pass(&mut engine, 60_000_000);
    }
    // The record of minute n is 2,880 - n minutes old.
    let old = |n: u128| (2_880 - n).clamp(1_440, 1_800) - 1_440;
    let expected: u128 = (0..minutes).map(|n| 1_000 * 60 * old(n)).sum();
    let counted = used(&engine, Item::OnDemandRetention);
    let slack = 1_000 * minutes;
    assert!((expected..=expected + slack).contains(&counted), "{counted} of {expected}");
    assert_eq!(used(&engine, Item::ExtendedRetention) + used(&engine, Item::LongRetention), 0);
}

fn commit(engine: &mut Engine, status: &str) {
    let body = json!({ "MinimumThroughputBillingCommitment": { "Status": status } });
    call(engine, "UpdateAccountSettings", &body);
}

/// Advantage has no fee by the hour and its own prices; what falls short of 25 MiB/s each way is
/// billed all the same: an idle hour is 90,000 MiB each way (facts, streams §6 and §7).
#[test]
fn advantage_bills_what_the_account_committed_itself_to() {
    let mut engine = with_on_demand(24);
    pass(&mut engine, HOUR_MICROS);
    put(&mut engine, 1_024);
    commit(&mut engine, "ENABLED");
    let hours = used(&engine, Item::OnDemandHour);
    pass(&mut engine, HOUR_MICROS);
    put(&mut engine, 4_608);
    assert_eq!(used(&engine, Item::OnDemandHour), hours);
    assert_eq!(used(&engine, Item::OnDemandIn), 1_024);
    let of_stream = |engine: &Engine, item| -> u128 {
        let lines = engine.usage();
        lines.iter().filter(|it| it.item == item && it.node.is_some()).map(|it| it.quantity).sum()
    };
    assert_eq!(of_stream(&engine, Item::AdvantageIn), 5 * 1_024);
    assert_eq!(used(&engine, Item::AdvantageIn), 90_000 * MIB);
    assert_eq!(used(&engine, Item::AdvantageOut), 90_000 * MIB);
    let prices = Prices::new();
    let cost = |item: Item| item.cost(used(&engine, item), &prices);
    // 90,000 MiB are 87.890625 GB, at 0.032 and at 0.016.
    assert_eq!(cost(Item::AdvantageIn) + cost(Item::AdvantageOut), 4_218_750_000_000);
    // It ends after a day; then the fee by the hour is back.
    commit(&mut engine, "DISABLED");
    pass(&mut engine, DAY_MICROS);
    assert_eq!(used(&engine, Item::OnDemandHour) - hours, HOUR_MICROS);
    assert_eq!(used(&engine, Item::AdvantageIn), 24 * 90_000 * MIB);
}

/// A file may begin with the commitment; it costs without any stream.
#[test]
fn a_document_may_begin_with_the_commitment() {
    let document = Document { on_demand_advantage: true, ..Document::default() };
    let mut engine = Engine::new(&document, &DataSets::default(), Formats::none()).unwrap();
    pass(&mut engine, 1_000_000);
    assert_eq!(used(&engine, Item::AdvantageOut), 25 * MIB);
}

/// What is kept from a day to a week has the price that holds while it is kept.
#[test]
fn storage_is_billed_by_the_prices_of_its_time() {
    let mut engine = with_on_demand(72);
    pass(&mut engine, HOUR_MICROS);
    put(&mut engine, 1_048_575);
    pass(&mut engine, 26 * HOUR_MICROS);
    commit(&mut engine, "ENABLED");
    pass(&mut engine, 3 * HOUR_MICROS);
    assert_eq!(used(&engine, Item::OnDemandRetention), MIB * 2 * 3_600);
    assert_eq!(used(&engine, Item::AdvantageRetention), MIB * 3 * 3_600);
}

/// On demand, a registered consumer costs by the byte and not by the hour: 0.05 a GB, or the price
/// of data out with Advantage.
#[test]
fn fan_out_on_demand_is_billed_by_the_byte() {
    let mut engine = with_on_demand(24);
    pass(&mut engine, HOUR_MICROS);
    let arn = engine.describe_stream("s").unwrap().arn;
    let body = json!({ "StreamARN": arn, "ConsumerName": "c" });
    let made = call(&mut engine, "RegisterStreamConsumer", &body);
    pass(&mut engine, HOUR_MICROS);
    put(&mut engine, 999);
    let subscribe = |engine: &mut Engine, shard: usize| {
        let body = json!({
            "ConsumerARN": made["Consumer"]["ConsumerARN"],
            "ShardId": format!("shardId-{shard:012}"),
            "StartingPosition": { "Type": "TRIM_HORIZON" },
        });
        call(engine, "SubscribeToShard", &body);
    };
    (0..4).for_each(|shard| subscribe(&mut engine, shard));
    assert_eq!(used(&engine, Item::OnDemandFanOut), 1_000);
    commit(&mut engine, "ENABLED");
    pass(&mut engine, HOUR_MICROS);
    (0..4).for_each(|shard| subscribe(&mut engine, shard));
    let lines = engine.usage();
    let out = lines.iter().find(|it| it.item == Item::AdvantageOut && it.node.is_some());
    assert_eq!(out.map(|it| it.quantity), Some(1_000));
    assert_eq!(used(&engine, Item::FanOutHour) + used(&engine, Item::FanOutGb), 0);
    assert_eq!(used(&engine, Item::OnDemandFanOut), 1_000);
}
