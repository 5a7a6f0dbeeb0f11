//! Unrest among the workers of random scenarios: leases that change hands several times within a
//! run, workers that die or stand still for longer than a lease lasts, tables that answer late.
//!
//! With the settings as they come a run of ten seconds ends before anybody misses a worker.

use std::sync::Arc;

use base::{Diagnostic, Duration, NodeId, Rng, Time};
use scenario::validate::validate;
use scenario::{
    Action, Config, DataSets, Document, Edge, End, Fault, FaultKind, Node, Point, Scheduled,
};
use serde_json::{Map, json};

use crate::generate::RUN_MAX;

/// The shortest failover there is, and one that still ends within a run, in milliseconds.
const FAILOVER: (u64, u64) = (1_000, 1_500);

/// Gives the applications of a document short failovers, several workers, tables and faults.
pub(crate) fn stir(document: &mut Document, rng: &mut Rng) {
    let is_application = |node: &&Arc<Node>| matches!(node.spec().kind, "kcl" | "connector");
    let applications: Vec<NodeId> =
        document.nodes.iter().filter(is_application).map(|node| node.id).collect();
    for id in applications {
        hurry(document, id, rng);
        for _fault in 0..2 + rng.below(3) {
            let worker = rng.below(3);
            let kind = match rng.below(2) {
                0 => FaultKind::Kill { worker },
                _ => FaultKind::Pause { worker },
            };
            strike(document, id, kind, rng);
        }
        if rng.below(4) == 0 {
            continue;
        }
        let Some(table) = give_table(document, id) else { continue };
        for _fault in 0..2 {
            let millis = 20 + rng.below(600);
            strike(document, table, FaultKind::Slow { millis }, rng);
        }
    }
}

/// Several workers that miss each other soon.
fn hurry(document: &mut Document, id: NodeId, rng: &mut Rng) {
    let fields = Map::from_iter([
        ("failover_millis".to_owned(), json!(rng.between(FAILOVER.0, FAILOVER.1))),
        ("workers".to_owned(), json!(2 + rng.below(4))),
    ]);
    let Some(node) = document.nodes.iter_mut().find(|node| node.id == id) else { return };
    let config = node.config.with(&fields).expect("legal settings");
    *node = Arc::new(Node { config, ..Node::clone(node) });
}

/// A table of its own for the leases of an application that has none.
fn give_table(document: &mut Document, application: NodeId) -> Option<NodeId> {
    let from = End { node: application, port: "leases".to_owned() };
    if document.edges.iter().any(|edge| edge.from == from) {
        return None;
    }
    let id = document.next_node_id();
    let (name, config) = (document.free_name("leases"), Config::default_of("table")?);
    let at = Point { x: 0, y: 0 };
    document.nodes.push(Arc::new(Node { id, name, at, config, unknown: Map::new() }));
    let to = End { node: id, port: "in".to_owned() };
    document.edges.push(Arc::new(Edge { id: document.next_edge_id(), from, to }));
    Some(id)
}

/// A fault that begins once leases are held, unless the part is gone by then.
fn strike(document: &mut Document, node: NodeId, kind: FaultKind, rng: &mut Rng) {
    let at = Time(rng.between(1_500_000, RUN_MAX.0 - 1));
    let lasts = Duration(rng.between(500_000, 5_000_000));
    let before = document.script.clone();
    document.script.push(Scheduled { at, action: Action::Fault(Fault { node, kind, lasts }) });
    document.script.sort_by_key(|scheduled| scheduled.at);
    if validate(document, &DataSets::default()).iter().any(Diagnostic::is_error) {
        document.script = before;
    }
}
