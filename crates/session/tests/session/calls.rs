//! Calls of the API by hand: they act at once, and the document replays them.

use engine::{Engine, Formats, Progress};
use scenario::DataSets;
use serde_json::{Value, json};
use session::{Message, Session};

use crate::support::{hot_key, node, pipeline, run, said};

fn call(session: &mut Session, operation: &str, body: Value) {
    let Value::Object(body) = body else { panic!("{body}") };
    session.update(Message::Api { operation: operation.to_owned(), body });
}

fn split(session: &mut Session) {
    let name = stream_name(session);
    let body = json!({
        "StreamName": name,
        "ShardToSplit": "shardId-000000000000",
        "NewStartingHashKey": "1000000000000000000000000000000000000",
    });
    call(session, "SplitShard", body);
}

fn stream_name(session: &Session) -> String {
    let id = node(session, "stream");
    session.document().node(id).expect("it is there").name.clone()
}

fn shards(session: &Session) -> u64 {
    let id = node(session, "stream");
    let view = session.snapshot().nodes.iter().find(|view| view.id == id).expect("it runs");
    view.counters.iter().find(|(word, _)| *word == "shards").expect("it has shards").1
}

/// The hash of a run of the document as it stands, up to where the session is.
fn replayed(session: &Session) -> u64 {
    let mut engine = Engine::new(session.document(), &DataSets::default(), Formats::none())
        .expect("a good design");
    while engine.advance(session.snapshot().now, 1_000_000) == Progress::BudgetSpent {}
    engine.trace_hash()
}

#[test]
fn a_shard_is_split_by_hand_and_the_document_replays_it() {
    let mut session = pipeline();
    session.update(Message::Play);
    run(&mut session, 3);
    let before = shards(&session);
    split(&mut session);
    assert!(said(&mut session).contains("Called: SplitShard"));
    run(&mut session, 29);
    assert_eq!(shards(&session), before);
    run(&mut session, 2);
    assert_eq!(shards(&session), before + 1);
    let limit = session.hud().charts[0].limit.clone().expect("writes have a limit").0;
    assert_eq!(limit, (before + 1) * 1_000, "each open shard takes 1,000 records a second");
    assert_eq!(session.snapshot().trace_hash, replayed(&session));
    assert_eq!(session.document().script.len(), 1);
}

#[test]
fn undo_takes_a_call_back_and_catches_up() {
    let mut session = pipeline();
    session.update(Message::Play);
    run(&mut session, 3);
    let before = shards(&session);
    split(&mut session);
    run(&mut session, 40);
    let now = session.snapshot().now;
    session.update(Message::Undo);
    session.tick(1, u32::MAX);
    assert_eq!((session.snapshot().now, shards(&session)), (now, before));
    assert_eq!(session.snapshot().trace_hash, replayed(&session));
    assert!(session.hud().transport.playing);
    session.update(Message::Redo);
    session.tick(1, u32::MAX);
    assert_eq!((session.snapshot().now, shards(&session)), (now, before + 1));
}

#[test]
fn a_refused_call_is_told_and_replayed_too() {
    let mut session = pipeline();
    let name = stream_name(&session);
    call(
        &mut session,
        "MergeShards",
        json!({
            "StreamName": name,
            "ShardToMerge": "shardId-000000000000",
            "AdjacentShardToMerge": "shardId-000000000077",
        }),
    );
    let words = said(&mut session);
    assert!(words.contains("Refused. ResourceNotFoundException: Could not find shard"), "{words}");
    assert_eq!(session.snapshot().trace_hash, replayed(&session));
    assert!(session.problems().iter().all(|it| &*it.code != "script"), "the caller has the answer");
    assert_eq!(session.hud().problem_count as usize, session.problems().len());
    call(&mut session, "MeltShards", json!({}));
    assert!(said(&mut session).contains("no operation"));
    assert_eq!(session.document().script.len(), 1);
}

#[test]
fn a_stream_is_created_by_hand_and_gets_a_card() {
    let mut session = hot_key();
    session.update(Message::Play);
    run(&mut session, 2);
    call(&mut session, "CreateStream", json!({ "StreamName": "fresh", "ShardCount": 3 }));
    let card = session.document().nodes.iter().find(|node| node.name == "fresh").cloned().unwrap();
    assert_eq!(card.config.fields()["shards"], 3);
    let view = session.snapshot().nodes.iter().find(|view| view.id == card.id);
    assert!(view.is_some(), "it runs");
    run(&mut session, 1);
    session.update(Message::Rename(card.id, "fresher".to_owned()));
    call(&mut session, "DeleteStream", json!({ "StreamName": "fresher" }));
    run(&mut session, 40);
    assert!(session.snapshot().nodes.iter().all(|view| view.id != card.id), "it is gone");
    assert!(session.document().node(card.id).is_some(), "its card stays");
    assert_eq!(session.snapshot().trace_hash, replayed(&session));
}

#[test]
fn the_inspector_offers_what_can_be_called() {
    let mut session = pipeline();
    session.update(Message::SelectNode(node(&session, "stream"), false));
    session.update(Message::Play);
    run(&mut session, 1);
    let calls = session.hud().inspector.clone().unwrap().calls.clone();
    let labels: Vec<&str> = calls.iter().map(|(label, ..)| &**label).collect();
    assert_eq!(labels, ["Split shard 0 in the middle", "Double to 2 shards"]);
    let (_, operation, body) = calls[0].clone();
    session.update(Message::Api { operation, body });
    run(&mut session, 31);
    assert_eq!(shards(&session), 2);
}

/// A stream is `UPDATING` while a split is under way, 30 s here, and `ACTIVE` then (Split a shard,
/// Amazon Kinesis Data Streams developer guide): its card and the outline say so.
#[test]
fn a_stream_that_is_split_shows_updating_until_the_switch() {
    let mut session = pipeline();
    session.update(Message::Play);
    run(&mut session, 1);
    let id = node(&session, "stream");
    let shows = |session: &mut Session| {
        let mut picture = scene::Picture::default();
        session.draw(&scene::text::Table, &mut picture);
        let has = |shape: &scene::Shape| match shape {
            scene::Shape::Text { text, .. } => text.contains("UPDATING"),
            _ => false,
        };
        let on_card = picture.live.shapes.iter().chain(&picture.base.shapes).any(has);
        let hud = session.hud();
        let row = hud.outline.iter().find(|row| row.node == id).expect("it has a row");
        assert_eq!(row.words.contains("UPDATING"), on_card, "{}", row.words);
        on_card
    };
    assert!(!shows(&mut session));
    split(&mut session);
    assert!(shows(&mut session));
    run(&mut session, 29);
    assert!(shows(&mut session));
    run(&mut session, 2);
    assert!(!shows(&mut session));
}
