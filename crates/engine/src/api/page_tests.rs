//! Lists in pages: facts, streams §3.4, and botocore 1.44.5.

use serde_json::{Value, json};

use super::account_tests::{ARN, Caller, s};

/// §3.4: a page of `ListStreams` has a hundred names, whatever is asked for.
#[test]
fn a_page_of_streams_has_a_hundred_at_most() {
    let mut caller = Caller::of("2026-11");
    caller.engine.account.throttling = false;
    for n in 0..101 {
        let body = json!({ "StreamName": format!("s{n:03}"), "ShardCount": 1 });
        caller.ok("CreateStream", body);
        if n % 5 == 4 {
            caller.wait(30);
        }
    }
    let first = caller.ok("ListStreams", json!({ "Limit": 10_000 }));
    assert_eq!(first["StreamNames"].as_array().unwrap().len(), 100);
    assert_eq!(first["HasMoreStreams"], true);
    let rest = caller.ok("ListStreams", json!({ "NextToken": first["NextToken"] }));
    assert_eq!(rest["StreamNames"], json!(["s100"]));
}

/// A page goes on behind the last consumer of the one before, though it is gone by then.
#[test]
fn consumers_may_go_between_two_pages() {
    let mut caller = Caller::with_stream(1);
    let named = |name: &str| json!({ "StreamARN": ARN, "ConsumerName": name });
    for name in ["c0", "c1", "c2", "c3", "c4"] {
        caller.ok("RegisterStreamConsumer", named(name));
    }
    caller.wait(30);
    let names = |body: &Value| -> Vec<Value> {
        body["Consumers"].as_array().unwrap().iter().map(|it| it["ConsumerName"].clone()).collect()
    };
    let page = caller.ok("ListStreamConsumers", json!({ "StreamARN": ARN, "MaxResults": 2 }));
    assert_eq!(names(&page), ["c0", "c1"]);
    caller.ok("DeregisterStreamConsumer", named("c1"));
    caller.wait(30);
    let next = json!({ "StreamARN": ARN, "NextToken": page["NextToken"] });
    let page = caller.ok("ListStreamConsumers", next.clone());
    assert_eq!(
        (names(&page), page.get("NextToken")),
        (vec!["c2".into(), "c3".into(), "c4".into()], None)
    );
    let mut dated = next;
    dated["StreamCreationTimestamp"] = 1.into();
    assert_eq!(caller.no("ListStreamConsumers", dated), "InvalidArgumentException");
}

/// §3.4: `AT_TIMESTAMP` lists shards that were open then. There were none before the stream.
#[test]
fn before_the_stream_no_shard_was_open() {
    let mut caller = Caller::of("2026-11");
    caller.engine.set_epoch_millis(1_767_225_600_000);
    caller.ok("CreateStream", json!({ "StreamName": "s", "ShardCount": 2 }));
    caller.wait(30);
    let mut listed = |kind: &str, secs: f64| {
        let filter = json!({ "Type": kind, "Timestamp": secs });
        let body = caller.ok("ListShards", s(json!({ "ShardFilter": filter })));
        body["Shards"].as_array().unwrap().len()
    };
    for (secs, open) in [(1.0, 0), (1_767_225_599.999, 0), (1_767_225_600.0, 2)] {
        assert_eq!(listed("AT_TIMESTAMP", secs), open, "{secs}");
        assert_eq!(listed("FROM_TIMESTAMP", secs), 2, "{secs}");
    }
}

/// botocore 1.44.5: a token is for the list it came from. Another stream's is none, and neither is
/// that of a former stream of the name.
#[test]
fn a_token_is_for_its_stream() {
    let mut caller = Caller::with_stream(3);
    caller.ok("CreateStream", json!({ "StreamName": "o", "ShardCount": 1 }));
    caller.wait(30);
    let other = ARN.replace("stream/s", "stream/o");
    for arn in [ARN, &other] {
        for name in ["c0", "c1"] {
            caller.ok("RegisterStreamConsumer", json!({ "StreamARN": arn, "ConsumerName": name }));
        }
    }
    let page = caller.ok("ListStreamConsumers", json!({ "StreamARN": ARN, "MaxResults": 1 }));
    let next = |arn: &str| json!({ "StreamARN": arn, "NextToken": page["NextToken"] });
    let rest = caller.ok("ListStreamConsumers", next(ARN));
    assert_eq!(rest["Consumers"].as_array().unwrap().len(), 1);
    assert_eq!(caller.no("ListStreamConsumers", next(&other)), "InvalidArgumentException");
    let shards = caller.ok("ListShards", s(json!({ "MaxResults": 1 })));
    let more = json!({ "NextToken": shards["NextToken"] });
    assert_eq!(caller.ok("ListShards", more.clone())["Shards"].as_array().unwrap().len(), 2);
    caller.ok("DeleteStream", s(json!({ "EnforceConsumerDeletion": true })));
    caller.wait(30);
    assert_eq!(caller.no("ListShards", more.clone()), "ResourceNotFoundException");
    caller.ok("CreateStream", s(json!({ "ShardCount": 2 })));
    caller.wait(30);
    assert_eq!(caller.no("ListShards", more), "ResourceNotFoundException");
    assert_eq!(caller.no("ListStreamConsumers", next(ARN)), "InvalidArgumentException");
}

/// botocore 1.44.5: `StreamCreationTimestamp` says which of the streams of one name is meant.
#[test]
fn a_stream_of_another_time_is_not_there() {
    let mut caller = Caller::with_stream(1);
    let created = caller.summary()["StreamCreationTimestamp"].clone();
    for (at, status) in [(created, 200), (1_500_000_000.into(), 400)] {
        for (operation, mut body) in
            [("ListShards", s(json!({}))), ("ListStreamConsumers", json!({ "StreamARN": ARN }))]
        {
            body["StreamCreationTimestamp"] = at.clone();
            let (told, answer) = caller.call(operation, &body);
            assert_eq!(told, status, "{operation}: {answer}");
            let exception = answer.get("__type").map_or("", |it| it.as_str().unwrap());
            assert_eq!(exception, if status == 200 { "" } else { "ResourceNotFoundException" });
        }
    }
}
