//! Edits: what they do, what they refuse, what a run is told.

use base::{EdgeId, NodeId};
use serde_json::json;

use super::*;
use crate::document::End;

fn end(node: u32, port: &str) -> End {
    End { node: NodeId(node), port: port.to_owned() }
}

fn node(id: u32, kind: &str) -> Arc<Node> {
    let config = Config::default_of(kind).expect("a known kind");
    let (name, at) = (format!("{kind}-{id}"), Point::default());
    Arc::new(Node { id: NodeId(id), name, at, config, unknown: Map::new() })
}

fn wire(id: u32, from: u32, to: u32) -> Arc<Edge> {
    Arc::new(Edge { id: EdgeId(id), from: end(from, "out"), to: end(to, "in") })
}

fn pipeline() -> Document {
    let mut document = Document::default();
    let nodes = vec![node(1, "producer"), node(2, "stream"), node(3, "consumer")];
    let edges = vec![wire(1, 1, 2), wire(2, 2, 3)];
    Edit::Add { nodes, edges }.apply(&mut document).expect("a legal pipeline");
    document
}

fn set(node: u32, key: &str, value: Value) -> Edit {
    Edit::SetField { node: NodeId(node), key: key.to_owned(), value }
}

#[test]
fn a_refused_edit_leaves_the_document_as_it_was() {
    let before = pipeline();
    let edits = [
        (Edit::Rename(NodeId(9), "x".to_owned()), "EDT-001"),
        (Edit::Remove { nodes: vec![NodeId(1)], edges: vec![EdgeId(9)] }, "EDT-002"),
        (Edit::Add { nodes: vec![node(4, "bucket"), node(1, "bucket")], edges: vec![] }, "EDT-003"),
        (Edit::Add { nodes: vec![node(4, "bucket")], edges: vec![wire(3, 2, 4)] }, "EDT-004"),
        (set(2, "shards", json!("four")), "EDT-005"),
        (set(2, "shards", json!(-1)), "EDT-005"),
        (set(2, "sharts", json!(4)), "EDT-006"),
        (Edit::Rename(NodeId(1), "x".repeat(129)), "EDT-008"),
        (Edit::SetTitle("x".repeat(201)), "EDT-009"),
    ];
    for (edit, code) in edits {
        let mut document = before.clone();
        let finding = edit.apply(&mut document).expect_err("must be refused");
        assert_eq!(finding.code.0, code, "{finding}");
        assert!(!finding.help.is_empty(), "{finding}");
        assert_eq!(document, before);
    }
    let crowd: Vec<_> = (10..211).map(|id| node(id, "stream")).collect();
    let mut document = before.clone();
    let finding = Edit::Add { nodes: crowd, edges: vec![] }.apply(&mut document);
    assert_eq!(finding.expect_err("too many").code.0, "EDT-007");
}

#[test]
fn a_value_out_of_range_is_kept_and_marked() {
    let mut document = pipeline();
    set(2, "shards", json!(0)).apply(&mut document).expect("kept");
    let node = document.node(NodeId(2)).expect("still there");
    assert_eq!(node.config.fields()["shards"], json!(0));
    let mut findings = Vec::new();
    node.config.diagnose(node.id, &node.name, &mut findings);
    assert_eq!(findings[0].code.0, "SCN-012");
}

#[test]
fn removing_a_node_removes_its_wires() {
    let mut document = pipeline();
    Edit::Remove { nodes: vec![NodeId(2)], edges: vec![] }.apply(&mut document).expect("legal");
    assert!(document.edges.is_empty());
    assert_eq!(document.nodes.len(), 2);
}

#[test]
fn moves_and_names_are_nothing_to_the_engine() {
    let before = pipeline();
    let mut after = before.clone();
    Edit::Move(vec![(NodeId(1), Point { x: 8, y: 16 })]).apply(&mut after).expect("legal");
    Edit::Rename(NodeId(2), "clicks".to_owned()).apply(&mut after).expect("legal");
    assert_ne!(before, after);
    assert_eq!(actions_between(&before, &after), []);
}

#[test]
fn the_difference_names_only_what_changed() {
    let before = pipeline();
    let mut after = before.clone();
    set(2, "shards", json!(4)).apply(&mut after).expect("legal");
    Edit::Remove { nodes: vec![NodeId(3)], edges: vec![] }.apply(&mut after).expect("legal");
    let nodes = vec![node(4, "firehose")];
    Edit::Add { nodes, edges: vec![wire(3, 2, 4)] }.apply(&mut after).expect("legal");
    let fields = Map::from_iter([("shards".to_owned(), json!(4))]);
    let wanted = [
        Action::RemoveNode(NodeId(3)),
        Action::AddNode(node(4, "firehose")),
        Action::Set { node: NodeId(2), fields },
        Action::AddEdge(wire(3, 2, 4)),
    ];
    assert_eq!(actions_between(&before, &after), wanted);
    assert_eq!(actions_between(&after, &after), []);
}

/// A part that comes back by undo has its role again.
#[test]
fn a_part_that_comes_brings_its_policy_and_its_grant() {
    let mut before = pipeline();
    set(1, "policy", json!("{}")).apply(&mut before).expect("kept");
    set(1, "kms_grant", json!("both")).apply(&mut before).expect("legal");
    set(1, "vpc_endpoint", json!(true)).apply(&mut before).expect("legal");
    let mut after = before.clone();
    Edit::Remove { nodes: vec![NodeId(1)], edges: vec![] }.apply(&mut after).expect("legal");
    assert!(after.policies.is_empty() && after.grants.is_empty() && after.vpc_endpoints.is_empty());
    let fields = json!({ "policy": "{}", "vpc_endpoint": true, "kms_grant": "both" });
    let fields = fields.as_object().expect("an object").clone();
    let back = actions_between(&after, &before);
    assert!(back.contains(&Action::Set { node: NodeId(1), fields }), "{back:?}");
    assert!(set(1, "kms_grant", json!("Encrypt")).apply(&mut before).is_err());
}

#[test]
fn another_kind_under_the_same_id_is_another_node() {
    let before = pipeline();
    let mut after = before.clone();
    after.nodes[2] = node(3, "firehose");
    let wanted = [
        Action::RemoveNode(NodeId(3)),
        Action::AddNode(node(3, "firehose")),
        Action::AddEdge(wire(2, 2, 3)),
    ];
    assert_eq!(actions_between(&before, &after), wanted);
}

#[test]
fn wires_are_refused_in_words() {
    let mut document = pipeline();
    let nodes = vec![node(4, "firehose"), node(5, "bucket"), node(6, "producer")];
    Edit::Add { nodes, edges: vec![wire(3, 2, 4)] }.apply(&mut document).expect("legal");
    let words = |from: u32, to: u32| ports::refusal(&document, &end(from, "out"), &end(to, "in"));
    assert_eq!(words(4, 2).as_deref(), Some("Firehose cannot feed a stream"));
    assert_eq!(words(2, 5).as_deref(), Some("Stream cannot feed an S3 bucket"));
    assert_eq!(words(1, 2).as_deref(), Some("`producer-1` already feeds `stream-2`"));
    assert_eq!(words(1, 4).as_deref(), Some("The output of `producer-1` takes only one wire"));
    let reads = "`firehose-4` reads `stream-2` and has no other source";
    assert_eq!(words(6, 4).as_deref(), Some(reads));
    assert_eq!(words(2, 2).as_deref(), Some("A part cannot feed itself"));
    assert_eq!(words(4, 5), None);
    assert_eq!(ports::legal_targets(&document, &end(6, "out")), [end(2, "in")]);
    assert_eq!(ports::legal_targets(&document, &end(5, "in")), [end(4, "out"), end(4, "bucket")]);
}
