//! The frozen moment the pictures are compared with: a hot key at the gate.

use std::sync::Arc;

use base::{EdgeId, NodeId};
use scenario::document::{Edge, End, Node, Point};
use scenario::{Config, Document};

/// Two producers, a stream of four shards, Firehose into a bucket, one consumer.
pub(crate) fn hot_key() -> Document {
    let mut document = Document { title: "Hot key at the gate".to_owned(), ..Document::default() };
    let nodes = [
        ("producer", "web-clicks", 16, 56),
        ("producer", "mobile-app", 16, 308),
        ("stream", "orders", 276, 56),
        ("firehose", "to-s3", 692, 56),
        ("bucket", "lake", 692, 272),
        ("consumer", "fraud-check", 692, 492),
    ];
    for (id, (kind, name, x, y)) in (1_u32..).zip(nodes) {
        let mut config = Config::default_of(kind).expect("a known kind");
        if let Config::Stream(stream) = &mut config {
            stream.shards = 4;
        }
        let unknown = serde_json::Map::new();
        let (id, at) = (NodeId(id), Point { x, y });
        let node = Node { id, name: name.to_owned(), at, config, unknown };
        document.nodes.push(Arc::new(node));
    }
    for (id, (from, to)) in (1_u32..).zip([(1, 3), (2, 3), (3, 4), (4, 5), (3, 6)]) {
        let end = |node, port: &str| End { node: NodeId(node), port: port.to_owned() };
        let edge = Edge { id: EdgeId(id), from: end(from, "out"), to: end(to, "in") };
        document.edges.push(Arc::new(edge));
    }
    document
}
