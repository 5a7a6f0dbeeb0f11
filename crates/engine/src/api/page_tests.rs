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
