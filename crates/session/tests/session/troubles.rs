//! The list of problems: what goes wrong in a run stands there as long as it lasts, with its part.

use scenario::FaultKind;
use session::hud::Tab;
use session::{Message, Session};

use crate::support::{hot_key, hot_shard, node, pipeline, place, run, said, session, set};

/// Code and place of each problem.
fn problems(session: &mut Session) -> Vec<(String, String)> {
    let list = session.problems();
    assert_eq!(session.hud().problem_count as usize, list.len(), "the count is that of the list");
    list.iter().map(|it| (it.code.to_string(), it.place.to_string())).collect()
}

fn codes(session: &mut Session) -> Vec<String> {
    problems(session).into_iter().map(|(code, _)| code).collect()
}

/// The sentence of a problem.
fn sentence(session: &mut Session, code: &str) -> String {
    let list = session.problems();
    let found = list.iter().find(|it| &*it.code == code);
    found.map_or_else(String::new, |it| it.message.to_string())
}

#[test]
fn a_hot_shard_is_one_problem_that_does_not_come_and_go() {
    let mut session = hot_shard();
    assert!(problems(&mut session).is_empty());
    session.update(Message::Play);
    run(&mut session, 3);
    for _second in 0..8 {
        run(&mut session, 1);
        let all = problems(&mut session);
        let throttled: Vec<_> = all.iter().filter(|it| it.0 == "shard_records").collect();
        assert_eq!(throttled.len(), 1, "{all:?}");
        assert!(throttled[0].1.starts_with("orders, shard "), "{throttled:?}");
    }
    let words = sentence(&mut session, "shard_records");
    assert!(words.contains("/s rejected") && words.contains("since 10:00:0"), "{words}");
    // With less than the shard takes it is over, a few seconds later.
    let producer = node(&session, "producer");
    session.update(set(producer, "records_per_sec", 500));
    run(&mut session, 3);
    assert!(codes(&mut session).contains(&"shard_records".to_owned()), "it is still told");
    run(&mut session, 8);
    assert!(!codes(&mut session).contains(&"shard_records".to_owned()));
}

#[test]
fn what_was_lost_stays_a_problem_and_leads_to_its_part() {
    let mut session = session();
    session.update(place("producer"));
    session.update(Message::Play);
    run(&mut session, 3);
    session.update(place("stream"));
    run(&mut session, 12);
    let list = session.problems();
    let lost: Vec<_> = list.iter().filter(|it| &*it.code == "not_connected").collect();
    assert_eq!(lost.len(), 1, "{list:?}");
    assert!(lost[0].message.contains("none now"), "{list:?}");
    assert_eq!(lost[0].node, Some(node(&session, "producer")));
}

#[test]
fn denied_calls_are_a_problem_of_the_caller_worse_than_a_fault() {
    let mut session = pipeline();
    let (producer, bucket) = (node(&session, "producer"), node(&session, "bucket"));
    let policy = r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Deny","Action":"kinesis:*","Resource":"*"}]}"#;
    session.update(set(producer, "policy", policy));
    session.update(Message::Play);
    run(&mut session, 1);
    let kind = FaultKind::Slow { millis: 200 };
    session.update(Message::Fault { node: bucket, kind, micros: 60_000_000 });
    run(&mut session, 4);
    let codes = codes(&mut session);
    let at = |code: &str| codes.iter().position(|it| it == code);
    assert!(at("access_denied").is_some() && at("access_denied") < at("fault"), "{codes:?}");
    let words = sentence(&mut session, "access_denied");
    assert!(words.starts_with("kinesis:PutRecords is denied, since 10:00:0"), "{words}");
    let fault = sentence(&mut session, "fault");
    assert!(fault.starts_with("Fault: slow +200 ms, 56.") && fault.ends_with(" left"), "{fault}");
    let list = session.problems();
    let denied = list.iter().find(|it| &*it.code == "access_denied").expect("it is there");
    assert_eq!((denied.node, denied.tab), (Some(producer), Tab::Why));
}

#[test]
fn a_disabled_key_is_a_problem_of_its_stream() {
    let mut session = pipeline();
    let stream = node(&session, "stream");
    session.update(set(stream, "encryption", "customer_key"));
    session.update(Message::Play);
    run(&mut session, 1);
    let kind = FaultKind::Kms(scenario::KmsFault::Disabled);
    session.update(Message::Fault { node: stream, kind, micros: 5_000_000 });
    run(&mut session, 2);
    let found = codes(&mut session);
    assert!(found.contains(&"kms_key".to_owned()), "{found:?}");
    assert!(sentence(&mut session, "fault").contains("KMS key disabled"));
    run(&mut session, 14);
    let found = codes(&mut session);
    assert!(!found.contains(&"kms_key".to_owned()) && !found.contains(&"fault".to_owned()));
}

/// One lane of the stream carries a record its application cannot process.
#[test]
fn a_poison_pill_blocks_a_shard_and_is_told() {
    for (kind, code, settings) in [
        ("lambda", "function_error", [("poison_key", "key-1"), ("body", "poison")]),
        ("kcl", "processor_exception", [("poison_key", "key-1"), ("on_exception", "retry")]),
    ] {
        let mut session = session();
        for kind in ["producer", "stream", kind] {
            session.update(place(kind));
        }
        let (producer, reader) = (node(&session, "producer"), node(&session, kind));
        session.update(set(producer, "keys", "list"));
        let keys = serde_json::json!([["key-1", 1], ["key-2", 1]]);
        session.update(set(producer, "key_list", keys));
        for (key, value) in settings {
            session.update(set(reader, key, value));
        }
        session.update(Message::StepMicros(60_000_000));
        let list = session.problems();
        let blocked = list.iter().find(|it| &*it.code == code);
        let blocked = blocked.unwrap_or_else(|| panic!("{kind}: {list:?}"));
        assert!(blocked.message.starts_with("Blocked, "), "{}", blocked.message);
        assert!(blocked.place.contains(", shard"), "{}", blocked.place);
    }
}

#[test]
fn a_dead_worker_and_its_shards_are_problems_until_they_are_taken() {
    let mut session = session();
    for kind in ["producer", "stream", "kcl"] {
        session.update(place(kind));
    }
    let (stream, kcl) = (node(&session, "stream"), node(&session, "kcl"));
    session.update(set(stream, "shards", 4));
    session.update(Message::StepMicros(70_000_000));
    assert!(!codes(&mut session).contains(&"no_worker".to_owned()));
    let kind = FaultKind::Kill { worker: 1 };
    session.update(Message::Fault { node: kcl, kind, micros: 600_000_000 });
    session.update(Message::StepMicros(3_000_000));
    let all = problems(&mut session);
    let unowned = all.iter().find(|(code, _)| code == "no_worker");
    assert!(unowned.is_some_and(|(_, place)| place.contains("shard")), "{all:?}");
    assert!(sentence(&mut session, "fault").contains("a worker is dead"), "{all:?}");
    // Taken after the failover time; told a few seconds longer.
    session.update(Message::StepMicros(60_000_000));
    session.hud();
    session.update(Message::StepMicros(6_000_000));
    let found = codes(&mut session);
    assert!(!found.contains(&"no_worker".to_owned()), "{found:?}");
    assert!(found.contains(&"fault".to_owned()), "the worker is still dead");
}

#[test]
fn going_back_forgets_what_is_to_come() {
    let mut session = hot_shard();
    session.update(Message::StepMicros(9_000_000));
    assert!(!problems(&mut session).is_empty());
    session.update(Message::Restart);
    assert!(problems(&mut session).is_empty());
}

#[test]
fn a_person_who_asks_hears_the_problems() {
    let mut session = hot_key();
    session.update(Message::StepMicros(215_000_000));
    session.take_effects();
    crate::support::press(&mut session, "d");
    let words = said(&mut session);
    let count = session.problems().len();
    assert!(count > 0 && words.contains(&format!("{count} problem")), "{words}");
}

#[test]
fn what_a_function_drops_is_no_loss() {
    let mut session = pipeline();
    let (producer, firehose) = (node(&session, "producer"), node(&session, "firehose"));
    session.update(set(producer, "size", "template"));
    session.update(set(producer, "payload", r#"{"level":"DEBUG"}"#));
    session.update(set(firehose, "transform", "drop"));
    session.update(set(firehose, "transform_field", "level=DEBUG"));
    session.update(set(firehose, "transform_interval_secs", 5));
    session.update(Message::StepMicros(60_000_000));
    let hud = session.hud();
    let dropped = hud.totals.iter().find(|(words, ..)| words.contains("transform dropped"));
    let (_, records, is_lost) = dropped.expect("it is a place where records are");
    assert!(*records > 0 && !is_lost, "{dropped:?}");
    assert_eq!(*session.problems(), []);
}
