//! What an account may have: shards, consumers, warm throughput and calls a second (facts, streams
//! §2.3, §3.3, §4.3, §5.4, §6 and §14.3; botocore 1.44.5).

use base::limits;
use serde_json::{Value, json};

use super::account_tests::{ARN, Caller, s};

fn mode(word: &str) -> Value {
    json!({ "StreamMode": word })
}

fn switch(word: &str) -> Value {
    json!({ "StreamARN": ARN, "StreamModeDetails": mode(word) })
}

fn commit(caller: &mut Caller, status: &str) {
    let body = json!({ "MinimumThroughputBillingCommitment": { "Status": status } });
    caller.ok("UpdateAccountSettings", body);
}

/// §4.3: the quota is one of provisioned shards. Those of on-demand streams do not count until the
/// stream becomes provisioned.
#[test]
fn on_demand_shards_are_outside_of_the_shard_quota() {
    let mut caller = Caller::on_demand();
    caller.engine.account.shard_limit = 8;
    let create = |name: &str, shards: u32| json!({ "StreamName": name, "ShardCount": shards });
    caller.ok("CreateStream", create("p", 6));
    assert_eq!(caller.no("CreateStream", create("q", 3)), "LimitExceededException");
    let (_, answer) = caller.call("UpdateStreamMode", &switch("PROVISIONED"));
    assert_eq!(answer["__type"], "LimitExceededException", "6 and 4 are more than 8");
    let text = answer["message"].as_str().unwrap();
    let counts = "Current shard count for the account: 6. Limit: 8. Number of additional shards \
                  that would have resulted from this request: 4.";
    assert!(text.contains(counts), "{text}");
    caller.engine.account.shard_limit = 10;
    caller.ok("UpdateStreamMode", switch("PROVISIONED"));
}

/// §5.4: shards that live for a short time on the way to the target count. From 60 to 100 the
/// borders of both have every twentieth of the range in common: 59 + 99 - 19 borders, 140 shards.
#[test]
fn shards_on_the_way_count() {
    let target = |shards: u32| {
        s(json!({ "TargetShardCount": shards,
                                         "ScalingType": "UNIFORM_SCALING" }))
    };
    for (limit, status) in [(139, 400), (140, 200)] {
        let mut caller = Caller::with_stream(60);
        caller.engine.account.shard_limit = limit;
        let (told, answer) = caller.call("UpdateShardCount", &target(100));
        assert_eq!(told, status, "{limit}: {answer}");
        for _second in 0..300 {
            let open = caller.summary()["OpenShardCount"].as_u64().unwrap();
            assert!(open <= limit.into(), "{open} shards of {limit}");
            caller.wait(1);
        }
    }
    let mut caller = Caller::with_stream(50);
    caller.engine.account.shard_limit = 100;
    caller.ok("UpdateShardCount", target(100));
}

/// Two changes at the same time do not share the room for one.
#[test]
fn changes_under_way_count() {
    let mut caller = Caller::with_stream(1);
    caller.ok("CreateStream", json!({ "StreamName": "t", "ShardCount": 1 }));
    caller.wait(30);
    caller.engine.account.shard_limit = 3;
    let split = |name: &str| {
        let at = "1000";
        json!({ "StreamName": name, "ShardToSplit": "0", "NewStartingHashKey": at })
    };
    caller.ok("SplitShard", split("s"));
    assert_eq!(caller.ok("DescribeLimits", json!({}))["OpenShardCount"], 2);
    assert_eq!(caller.no("SplitShard", split("t")), "LimitExceededException");
    caller.wait(30);
    assert_eq!(caller.no("SplitShard", split("t")), "LimitExceededException");
    caller.engine.account.shard_limit = 4;
    caller.ok("SplitShard", split("t"));
}

/// §14.3: `WarmThroughputMiBps` of a new stream is for on-demand streams with Advantage.
#[test]
fn a_stream_begins_warm() {
    let mut caller = Caller::of("2026-11");
    let warm = |name: &str, word: &str| {
        json!({ "StreamName": name, "ShardCount": 1, "StreamModeDetails": mode(word),
                "WarmThroughputMiBps": 20 })
    };
    assert_eq!(caller.no("CreateStream", warm("s", "ON_DEMAND")), "InvalidArgumentException");
    commit(&mut caller, "ENABLED");
    assert_eq!(caller.no("CreateStream", warm("s", "PROVISIONED")), "InvalidArgumentException");
    caller.ok("CreateStream", warm("s", "ON_DEMAND"));
    caller.wait(30);
    let summary = caller.summary();
    assert_eq!(summary["WarmThroughput"], json!({ "TargetMiBps": 20, "CurrentMiBps": 20 }));
    assert_eq!(summary["OpenShardCount"], 20);
    let shards = caller.ok("ListShards", s(json!({})));
    let shards = shards["Shards"].as_array().unwrap().clone();
    assert_eq!(shards.len(), 20, "it was never smaller");
    assert_eq!(shards[19]["ShardId"], "shardId-000000000019");
}

/// A stream has ten thousand shards here whatever was asked for, and all of them some forty
/// thousand by warm throughput.
#[test]
fn warm_throughput_is_bounded() {
    let mut caller = Caller::of("2026-11");
    commit(&mut caller, "ENABLED");
    let warm = |name: &str, mibps: u32| {
        json!({ "StreamName": name, "StreamModeDetails": mode("ON_DEMAND"),
                "WarmThroughputMiBps": mibps })
    };
    for name in ["s", "t", "u"] {
        caller.ok("CreateStream", warm(name, 10_240));
    }
    assert_eq!(caller.no("CreateStream", warm("v", 10_241)), "InvalidArgumentException");
    caller.ok("CreateStream", warm("v", 10_239));
    caller.wait(30);
    assert_eq!(caller.no("CreateStream", warm("w", 2)), "LimitExceededException");
    caller.ok("CreateStream", warm("w", 1));
    assert_eq!(caller.summary()["OpenShardCount"], limits::SHARDS_MAX);
}

/// The same with the switch to on-demand; the switch back takes warm throughput away, for
/// provisioned streams do not have it (botocore 1.44.5).
#[test]
fn a_switch_brings_warm_throughput_and_takes_it() {
    let mut caller = Caller::with_stream(1);
    let mut warm = switch("ON_DEMAND");
    warm["WarmThroughputMiBps"] = 20.into();
    assert_eq!(caller.no("UpdateStreamMode", warm.clone()), "InvalidArgumentException");
    commit(&mut caller, "ENABLED");
    let mut cold = switch("PROVISIONED");
    cold["WarmThroughputMiBps"] = 20.into();
    assert_eq!(caller.no("UpdateStreamMode", cold), "InvalidArgumentException");
    caller.ok("UpdateStreamMode", warm);
    caller.wait(300);
    let summary = caller.summary();
    assert_eq!(
        (&summary["StreamStatus"], &summary["OpenShardCount"]),
        (&json!("ACTIVE"), &json!(20))
    );
    caller.ok("UpdateStreamMode", switch("PROVISIONED"));
    caller.wait(30);
    let summary = caller.summary();
    assert_eq!(summary.get("WarmThroughput"), None);
    assert_eq!(summary["OpenShardCount"], 20, "the shards stay");
    commit(&mut caller, "DISABLED");
}

/// §3.3: 50 consumers are for on-demand streams with Advantage; a provisioned one has 20.
#[test]
fn advantage_is_for_the_consumers_of_on_demand_streams() {
    for (mut caller, most) in [(Caller::with_stream(1), 20), (Caller::on_demand(), 50)] {
        commit(&mut caller, "ENABLED");
        let named = |n: u32| json!({ "StreamARN": ARN, "ConsumerName": format!("c{n}") });
        for n in 0..most {
            caller.ok("RegisterStreamConsumer", named(n));
            caller.wait(if n % 5 == 4 { 30 } else { 1 });
        }
        assert_eq!(caller.no("RegisterStreamConsumer", named(most)), "LimitExceededException");
    }
}

/// §2.3: five calls a second for the account.
#[test]
fn account_settings_have_quotas() {
    let mut caller = Caller::with_stream(1);
    for operation in
        ["DescribeAccountSettings", "UpdateAccountSettings", "UpdateStreamWarmThroughput"]
    {
        let body = s(json!({ "WarmThroughputMiBps": 1,
                             "MinimumThroughputBillingCommitment": { "Status": "ENABLED" } }));
        for _call in 0..5 {
            let (_, answer) = caller.call(operation, &body);
            assert_ne!(answer["__type"], "LimitExceededException", "{operation}");
        }
        assert_eq!(caller.no(operation, body), "LimitExceededException", "{operation}");
    }
}

/// §4.3: an account has as many provisioned streams as its shards suffice for. On a canvas there
/// are no more than it shows, and who made one too many is told whose limit that is.
#[test]
fn streams_are_as_many_as_their_shards() {
    for on_canvas in [false, true] {
        let mut caller = Caller::of("2026-11");
        caller.engine.account.throttling = false;
        caller.engine.account.on_canvas = on_canvas;
        let create = |n: u32| json!({ "StreamName": format!("s{n}"), "ShardCount": 1 });
        for n in 0..limits::NODES_MAX {
            caller.ok("CreateStream", create(n));
            if n % 5 == 4 {
                caller.wait(30);
            }
        }
        let (status, answer) = caller.call("CreateStream", &create(limits::NODES_MAX));
        if on_canvas {
            assert_eq!(answer["__type"], "LimitExceededException");
            let text = answer["message"].as_str().unwrap();
            assert!(text.contains("The canvas holds 200 parts"), "{text}");
            continue;
        }
        assert_eq!(status, 200, "{answer}");
        caller.wait(30);
        let named = |name: &str| json!({ "StreamName": name });
        let last = caller.ok("DescribeStreamSummary", named("s200"));
        assert_eq!(last["StreamDescriptionSummary"]["StreamStatus"], "ACTIVE");
        let hours = json!({ "StreamName": "s200", "RetentionPeriodHours": 48 });
        caller.ok("IncreaseStreamRetentionPeriod", hours);
        caller.ok("DeleteStream", named("s0"));
        caller.wait(30);
        assert_eq!(caller.no("DescribeStream", named("s0")), "ResourceNotFoundException");
        caller.ok("CreateStream", create(0));
    }
}

/// §4.3: the quota is a soft one and may be raised, in 2020 too; a single stream may use all of it
/// (§5.4 knows streams of more than 10,000 shards).
#[test]
fn the_shard_limit_is_the_one_that_was_set() {
    for date in ["2021-01", "2026-11"] {
        let mut caller = Caller::of(date);
        caller.engine.account.on_canvas = false;
        caller.engine.account.shard_limit = 15_000;
        assert_eq!(caller.ok("DescribeLimits", json!({}))["ShardLimit"], 15_000);
        assert_eq!(
            caller.no("CreateStream", s(json!({ "ShardCount": 15_001 }))),
            "LimitExceededException"
        );
        caller.ok("CreateStream", s(json!({ "ShardCount": 15_000 })));
        caller.wait(30);
        assert_eq!(caller.summary()["OpenShardCount"], 15_000);
        caller.put("a");
        caller.ok("IncreaseStreamRetentionPeriod", s(json!({ "RetentionPeriodHours": 48 })));
    }
    let mut caller = Caller::of("2026-11");
    let (_, answer) = caller.call("CreateStream", &s(json!({ "ShardCount": 15_000 })));
    let text = answer["message"].as_str().unwrap();
    assert!(text.starts_with("A stream on the canvas has 10000 shards at most"), "{text}");
}

/// §3.3: five in `CREATING` are another limit than the number of consumers.
#[test]
fn a_refused_consumer_hears_which_limit_it_was() {
    let mut caller = Caller::with_stream(1);
    let named = |n: u32| json!({ "StreamARN": ARN, "ConsumerName": format!("c{n}") });
    let mut told = |n: u32| {
        let (_, answer) = caller.call("RegisterStreamConsumer", &named(n));
        // Five calls a second are yet another limit.
        caller.wait(if n % 6 == 5 { 30 } else { 1 });
        answer["message"].as_str().unwrap_or_default().to_owned()
    };
    let about = "Stream s under account 123456789012 already has";
    let expected = format!("{about} 5 consumers in state CREATING.");
    for n in 0..23 {
        let expected = if n % 6 == 5 { &*expected } else { "" };
        assert_eq!(told(n), expected, "{n}");
    }
    assert_eq!(told(23), format!("{about} 20 registered consumers."));
}
