//! Registered consumers through the API: facts, streams §2.3 and §3.3, and botocore 1.44.5.

use serde_json::{Value, json};

use super::account_tests::{ARN, Caller, s};

const SHARD: &str = "shardId-000000000000";

/// A stream of one shard with a consumer `c` that is `ACTIVE`, and the consumer's ARN.
fn with_consumer() -> (Caller, Value) {
    let mut caller = Caller::with_stream(1);
    let arn = register(&mut caller, "c");
    caller.wait(30);
    (caller, arn)
}

fn register(caller: &mut Caller, name: &str) -> Value {
    let made = caller.ok("RegisterStreamConsumer", named(name));
    made["Consumer"]["ConsumerARN"].clone()
}

fn named(name: &str) -> Value {
    json!({ "StreamARN": ARN, "ConsumerName": name })
}

#[expect(clippy::needless_pass_by_value, reason = "requests are written where they are made")]
fn from(arn: &Value, position: Value) -> Value {
    json!({ "ConsumerARN": arn, "ShardId": SHARD, "StartingPosition": position })
}

fn horizon(arn: &Value) -> Value {
    from(arn, json!({ "Type": "TRIM_HORIZON" }))
}

fn event(answer: &Value) -> Value {
    answer["EventStream"][0]["SubscribeToShardEvent"].clone()
}

/// §2.3: five iterators a second for a shard, and one subscription for a consumer and shard, are
/// two limits.
#[test]
fn subscriptions_and_iterators_have_limits_of_their_own() {
    let (mut caller, arn) = with_consumer();
    let latest = s(json!({ "ShardId": SHARD, "ShardIteratorType": "LATEST" }));
    for _call in 0..5 {
        caller.ok("GetShardIterator", latest.clone());
    }
    let beyond = "ProvisionedThroughputExceededException";
    assert_eq!(caller.no("GetShardIterator", latest.clone()), beyond);
    caller.ok("SubscribeToShard", horizon(&arn));
    caller.wait(5);
    caller.ok("SubscribeToShard", horizon(&arn));
    for _call in 0..5 {
        caller.ok("GetShardIterator", latest.clone());
    }
}

/// §3.3: less than five seconds after one that worked a call is refused, whether limits a second
/// are kept or not.
#[test]
fn a_subscription_cannot_be_taken_over_at_once() {
    let (mut caller, arn) = with_consumer();
    caller.engine.account.throttling = false;
    caller.ok("SubscribeToShard", horizon(&arn));
    let (_, answer) = caller.call("SubscribeToShard", &horizon(&arn));
    assert_eq!(answer["__type"], "ResourceInUseException");
    let text = answer["message"].as_str().unwrap();
    assert!(text.starts_with("Another active subscription exists for this consumer"), "{text}");
    caller.wait(5);
    caller.ok("SubscribeToShard", horizon(&arn));
}

/// §3.3: no reads while `CREATING` or `DELETING`, and the reason is not another subscription.
#[test]
fn a_consumer_that_is_not_active_says_its_state() {
    let mut caller = Caller::with_stream(1);
    let arn = register(&mut caller, "c");
    for state in ["CREATING", "DELETING"] {
        let (_, answer) = caller.call("SubscribeToShard", &horizon(&arn));
        assert_eq!(answer["__type"], "ResourceInUseException");
        let text = answer["message"].as_str().unwrap();
        assert!(text.ends_with(&format!("not ACTIVE, instead in state {state}")), "{text}");
        if state == "CREATING" {
            caller.wait(30);
            caller.ok("DeregisterStreamConsumer", named("c"));
        }
    }
}

/// botocore 1.44.5: the number is for `AT_SEQUENCE_NUMBER` or `AFTER_SEQUENCE_NUMBER`. Neither
/// tells a record again or leaves one out, also when nothing was told.
#[test]
fn reading_goes_on_at_or_after_the_continuation() {
    let (mut caller, arn) = with_consumer();
    let mut told = event(&caller.ok("SubscribeToShard", horizon(&arn)));
    for (round, kind) in ["AT", "AFTER", "AT", "AFTER"].into_iter().enumerate() {
        caller.wait(5);
        let put = caller.put("a");
        let after = &told["ContinuationSequenceNumber"];
        let position =
            json!({ "Type": format!("{kind}_SEQUENCE_NUMBER"), "SequenceNumber": after });
        told = event(&caller.ok("SubscribeToShard", from(&arn, position)));
        let numbers: Vec<&Value> =
            told["Records"].as_array().unwrap().iter().map(|it| &it["SequenceNumber"]).collect();
        assert_eq!(numbers, [&put["SequenceNumber"]], "round {round}");
        let behind = told["ContinuationSequenceNumber"].as_str().unwrap();
        assert!(put["SequenceNumber"].as_str().unwrap() < behind);
    }
}

/// A second call does not begin the deletion anew.
#[test]
fn what_is_going_away_goes_when_it_was_told_first() {
    let (mut caller, _) = with_consumer();
    caller.ok("DeregisterStreamConsumer", named("c"));
    caller.wait(20);
    caller.ok("DeregisterStreamConsumer", named("c"));
    caller.wait(10);
    assert_eq!(caller.no("DescribeStreamConsumer", named("c")), "ResourceNotFoundException");
    caller.ok("DeleteStream", s(json!({})));
    caller.wait(20);
    caller.ok("DeleteStream", s(json!({})));
    caller.wait(10);
    assert_eq!(caller.no("DescribeStream", s(json!({}))), "ResourceNotFoundException");
}

/// All three names may be given if they name the same consumer (botocore 1.44.5).
#[test]
fn names_of_a_consumer_must_agree() {
    let (mut caller, arn) = with_consumer();
    register(&mut caller, "d");
    let all = |name: &str| json!({ "StreamARN": ARN, "ConsumerName": name, "ConsumerARN": arn });
    caller.ok("DescribeStreamConsumer", all("c"));
    assert_eq!(caller.no("DescribeStreamConsumer", all("d")), "InvalidArgumentException");
}

/// Tags of a consumer are tags: facts, streams §1.2 and §14.2.
#[test]
fn tags_of_a_consumer_have_legal_letters() {
    let mut caller = Caller::with_stream(1);
    let tagged = |key: &str, value: &str| {
        let tags = json!({ key: value });
        json!({ "StreamARN": ARN, "ConsumerName": "c", "Tags": tags })
    };
    for (key, value) in [("*", "b"), ("a", "%"), ("aws:a", "b")] {
        let refused = caller.no("RegisterStreamConsumer", tagged(key, value));
        assert_eq!(refused, "InvalidArgumentException", "{key} {value}");
        caller.wait(1);
    }
    let many: serde_json::Map<_, _> = (0..51).map(|n| (format!("k{n}"), "".into())).collect();
    let many = json!({ "StreamARN": ARN, "ConsumerName": "c", "Tags": many });
    assert_eq!(caller.no("RegisterStreamConsumer", many), "InvalidArgumentException");
    caller.ok("RegisterStreamConsumer", tagged("a", "b"));
}

/// §1.3: the limit of a stream is one for new records. Those it took before are still pushed.
#[test]
fn a_record_above_a_lowered_limit_is_pushed() {
    let (mut caller, arn) = with_consumer();
    let size = |kib: u32| json!({ "StreamARN": ARN, "MaxRecordSizeInKiB": kib });
    caller.ok("UpdateMaxRecordSize", size(10_240));
    let large = "A".repeat(6 << 20);
    caller.ok("PutRecord", s(json!({ "PartitionKey": "a", "Data": large })));
    caller.put("b");
    caller.ok("UpdateMaxRecordSize", size(1_024));
    let told = event(&caller.ok("SubscribeToShard", horizon(&arn)));
    let keys: Vec<&Value> =
        told["Records"].as_array().unwrap().iter().map(|it| &it["PartitionKey"]).collect();
    assert_eq!(keys, ["a"], "4.5 MiB fill more than two seconds");
}

/// §3.3: a consumer of a former name has another ARN, in the same second too, and the old ARN
/// reaches nobody.
#[test]
fn a_new_consumer_has_a_new_arn() {
    let mut caller = Caller::with_stream(1);
    caller.engine.account.create_delay = base::Duration::from_millis(100);
    let mut arns = Vec::new();
    for _round in 0..3 {
        arns.push(register(&mut caller, "c"));
        caller.ok("DeregisterStreamConsumer", named("c"));
        let until = base::Time(caller.engine.now().0 + 100_000);
        caller.engine.advance(until, u32::MAX);
    }
    let last = register(&mut caller, "c");
    for former in &arns {
        assert_ne!(*former, last);
        let by_arn = json!({ "ConsumerARN": former });
        assert_eq!(caller.no("DescribeStreamConsumer", by_arn), "ResourceNotFoundException");
    }
    caller.ok("DescribeStreamConsumer", json!({ "ConsumerARN": last }));
    arns.dedup();
    assert_eq!(arns.len(), 3);
    let first = arns[0].as_str().unwrap().rsplit_once(':').unwrap().1;
    let other = register(&mut caller, "other");
    assert!(other.as_str().unwrap().ends_with(first), "its own second: {other}");
}
