//! Steps of the history, labels, refusals, clipboard.

use base::NodeId;
use scenario::{Config, End};
use serde_json::json;
use session::{Effect, Message};

use crate::support::{node, pipeline, place, press, said, session, set, wiring};

#[test]
fn the_first_example_is_built_by_keys_alone() {
    let mut session = session();
    for kind in ["producer", "stream", "firehose", "bucket"] {
        session.update(place(kind));
    }
    let expected = json!([["web-clicks", "orders"], ["orders", "to-s3"], ["to-s3", "lake"]]);
    assert_eq!(wiring(&session), expected);
    assert!(session.problems().is_empty(), "{:?}", session.problems());
    for _step in 0..3 {
        press(&mut session, "ArrowLeft");
    }
    assert_eq!(session.view().selection.nodes, [node(&session, "producer")]);
    press(&mut session, "ArrowRight");
    assert_eq!(session.view().selection.nodes, [node(&session, "stream")]);
}

#[test]
fn a_wire_is_drawn_by_keys() {
    let mut session = pipeline();
    session.update(place("consumer"));
    session.update(Message::SelectNode(node(&session, "stream"), false));
    session.take_effects();
    press(&mut session, "c");
    let words = said(&mut session);
    assert!(words.starts_with("Connect orders to reader?"), "{words}");
    press(&mut session, "Enter");
    assert_eq!(said(&mut session), "Connected orders to reader");
    assert_eq!(wiring(&session)[3], json!(["orders", "reader"]));
    press(&mut session, "c");
    assert_eq!(said(&mut session), "orders has nothing to connect to");
}

#[test]
fn new_parts_never_cover_others() {
    let mut session = session();
    for kind in ["producer", "stream", "consumer", "consumer", "producer", "bucket", "firehose"] {
        session.update(place(kind));
    }
    let plan = scene::Plan::wide(session.document());
    for (idx, placed) in plan.nodes.iter().enumerate() {
        for other in &plan.nodes[idx + 1..] {
            assert!(!placed.rect.touches(&other.rect), "{placed:?} {other:?}");
        }
    }
}

#[test]
fn typing_in_one_field_is_one_step() {
    let mut session = pipeline();
    let stream = node(&session, "stream");
    for shards in [1, 12, 8] {
        session.update(set(stream, "shards", shards));
    }
    assert_eq!(session.hud().undo.as_deref(), Some("change Shards to 8"));
    session.update(Message::Undo);
    assert_eq!(shards(&session, stream), 1);
    assert_eq!(session.hud().redo.as_deref(), Some("change Shards to 8"));
    session.update(Message::Redo);
    session.update(set(stream, "shards", 9));
    session.update(Message::SelectNone);
    session.update(set(stream, "shards", 10));
    session.update(Message::Undo);
    assert_eq!(shards(&session, stream), 9);
}

fn shards(session: &session::Session, id: NodeId) -> u32 {
    match &session.document().node(id).expect("it is there").config {
        Config::Stream(config) => config.shards,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_value_out_of_range_is_kept_and_marked() {
    let mut session = pipeline();
    let stream = node(&session, "stream");
    session.update(Message::SelectNode(stream, false));
    session.update(set(stream, "shards", 0));
    assert_eq!(shards(&session, stream), 0);
    let hud = session.hud();
    let inspector = hud.inspector.as_ref().expect("one node is selected");
    let row = inspector.fields.iter().find(|row| row.field.key == "shards").expect("a field");
    let (message, help) = row.problem.as_ref().expect("it is out of range");
    assert_eq!(&**message, "`Shards` is 0, outside 1 to 10000");
    assert!(help.contains("1 to 10000"), "{help}");
    assert!(hud.outline.iter().any(|row| row.node == stream && row.invalid));
}

#[test]
fn an_illegal_wire_is_refused_in_words() {
    let mut session = pipeline();
    let end = |id, port: &str| End { node: id, port: port.to_owned() };
    let (producer, bucket) = (node(&session, "producer"), node(&session, "bucket"));
    let before = session.document().clone();
    session.update(Message::Connect(end(producer, "out"), end(bucket, "in")));
    assert!(said(&mut session).starts_with("Producer cannot feed an S3 bucket"));
    assert_eq!(*session.document(), before);
    assert!(session.take_effects().is_empty());
}

#[test]
fn deleting_takes_the_wires_along_and_comes_back() {
    let mut session = pipeline();
    let before = session.document().clone();
    session.update(Message::SelectNode(node(&session, "stream"), false));
    press(&mut session, "Delete");
    assert_eq!(session.document().edges.len(), 1);
    assert_eq!(session.hud().undo.as_deref(), Some("delete orders"));
    press(&mut session, "Ctrl+z");
    assert_eq!(*session.document(), before);
    assert_eq!(session.view().selection.nodes, [node(&session, "stream")]);
}

#[test]
fn a_wire_is_removed_on_its_own() {
    let mut session = pipeline();
    let edge = session.document().edges[1].id;
    session.update(Message::SelectEdge(edge));
    press(&mut session, "Delete");
    assert_eq!(said(&mut session), "Deleted the wire from orders to to-s3");
    assert_eq!(session.document().nodes.len(), 4);
    assert_eq!(session.document().edges.len(), 2);
}

/// Arrow keys that move are one step while they are held, another after a pause.
#[test]
fn nudges_are_grouped_by_time() {
    let mut session = pipeline();
    session.update(Message::SelectNode(node(&session, "bucket"), false));
    let x = |session: &session::Session| session.document().nodes[3].at.x;
    let start = x(&session);
    press(&mut session, "Ctrl+ArrowRight");
    press(&mut session, "Ctrl+Shift+ArrowRight");
    assert_eq!(x(&session), start + 8 + 32);
    for _frame in 0..30 {
        session.tick(100_000, 1_000);
    }
    press(&mut session, "Ctrl+ArrowLeft");
    session.update(Message::Undo);
    assert_eq!(x(&session), start + 40);
    session.update(Message::Undo);
    assert_eq!(x(&session), start);
}

#[test]
fn a_copy_has_its_own_ids_names_and_inner_wires() {
    let mut session = pipeline();
    session.update(Message::SelectNode(node(&session, "stream"), false));
    session.update(Message::SelectNode(node(&session, "firehose"), true));
    press(&mut session, "Ctrl+c");
    let copied = session.take_effects().into_iter().find_map(|effect| match effect {
        Effect::Copy(text) => Some(text),
        _ => None,
    });
    let text = copied.expect("something was copied");
    assert!(text.contains("\"rivulet/parts\""), "{text}");
    session.update(Message::Paste(text.clone()));
    session.update(Message::Paste(text));
    let names: Vec<_> = session.document().nodes.iter().map(|node| node.name.clone()).collect();
    assert_eq!(
        names,
        ["web-clicks", "orders", "to-s3", "lake", "orders-2", "to-s3-2", "orders-3", "to-s3-3"]
    );
    assert_eq!(wiring(&session)[4], json!(["orders-3", "to-s3-3"]));
    let mut places: Vec<_> = session.document().nodes.iter().map(|node| node.at).collect();
    places.sort_unstable();
    places.dedup();
    assert_eq!(places.len(), 8, "copies stand aside");
    press(&mut session, "Ctrl+z");
    press(&mut session, "Ctrl+z");
    assert_eq!(session.document().nodes.len(), 4);
}

#[test]
fn looking_only_refuses_edits_but_not_time() {
    let mut session = pipeline();
    session.update(Message::ViewOnly(true));
    let before = session.document().clone();
    session.update(place("stream"));
    session.update(set(node(&session, "stream"), "shards", 3));
    session.update(Message::Undo);
    assert!(said(&mut session).contains("looking only"));
    assert_eq!(*session.document(), before);
    session.update(Message::Play);
    assert!(session.tick(50_000, 1_000_000).advanced_micros > 0);
}

#[test]
fn tidy_is_one_step() {
    let mut session = pipeline();
    session.update(Message::SelectNode(node(&session, "bucket"), false));
    session.update(Message::Nudge(-800, 640));
    let before = session.document().clone();
    session.update(Message::Tidy);
    assert_ne!(*session.document(), before);
    session.update(Message::Undo);
    assert_eq!(*session.document(), before);
}
