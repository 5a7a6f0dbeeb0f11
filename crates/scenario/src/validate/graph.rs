//! Wires: each one legal, and every part with the wires it needs.

use base::{Diagnostic, EdgeId, NodeId, Place};

use super::{name_of, place};
use crate::document::{Document, Edge, End};
use crate::kind::Group;
use crate::ports::{Direction, Flow, Refusal, check_pair, full, reaches};

/// Checks every wire and every port.
pub(super) fn check(document: &Document, out: &mut Vec<Diagnostic>) {
    let mut legal = true;
    for (idx, edge) in document.edges.iter().enumerate() {
        if let Err(refusal) = check_pair(document, &edge.from, &edge.to) {
            legal = false;
            out.push(illegal(edge.id, &refusal));
        }
        let before = &document.edges[..idx];
        if before.iter().any(|other| other.from == edge.from && other.to == edge.to) {
            let (from, to) = (&edge.from, &edge.to);
            let message = format!(
                "{} feeds {} twice",
                name_of(document, from.node),
                name_of(document, to.node)
            );
            let help = "Remove one of the wires";
            out.push(Diagnostic::error("SCN-063", Place::Edge(edge.id), message, help));
        }
    }
    check_room(document, out);
    check_sources(document, out);
    check_tables(document, out);
    if legal {
        check_cycles(document, out);
    }
    check_loose_ends(document, out);
}

fn illegal(edge: EdgeId, refusal: &Refusal) -> Diagnostic {
    let (code, help) = match refusal {
        Refusal::Missing(_) => ("SCN-060", "Remove the wire, or add the part"),
        Refusal::NoPort(_) | Refusal::Direction => {
            ("SCN-061", "Wires lead from the `out` of one part to the `in` of another")
        }
        _ => ("SCN-062", "Connect it to another part"),
    };
    Diagnostic::error(code, Place::Edge(edge), refusal.words(), help)
}

fn check_room(document: &Document, out: &mut Vec<Diagnostic>) {
    for node in &document.nodes {
        for port in node.spec().ports {
            let end = End { node: node.id, port: port.name.to_owned() };
            let wires: Vec<&Edge> = document
                .edges
                .iter()
                .map(AsRef::as_ref)
                .filter(|edge| edge.from == end || edge.to == end)
                .collect();
            // The first wires stay; each one too many is named.
            for edge in wires.iter().skip(port.edges_max as usize) {
                let message = full(&node.name, port.name, port.edges_max);
                let help = "Remove this wire or one of the others";
                out.push(Diagnostic::error("SCN-064", Place::Edge(edge.id), message, help));
            }
        }
    }
}

/// A Firehose stream takes Direct PUT or reads one stream (facts, firehose §1).
fn check_sources(document: &Document, out: &mut Vec<Diagnostic>) {
    for node in document.nodes.iter().filter(|node| node.config.kind() == "firehose") {
        let flow = |edge: &&std::sync::Arc<Edge>| check_pair(document, &edge.from, &edge.to).ok();
        let flows: Vec<Flow> = document
            .edges_to(node.id)
            .filter(|edge| edge.to.port == "in")
            .filter_map(|edge| flow(&edge))
            .collect();
        let reads = flows.iter().filter(|flow| **flow == Flow::Read).count();
        if reads > 1 || (reads == 1 && flows.len() > 1) {
            out.push(Diagnostic::error(
                "SCN-065",
                place(node, None),
                format!("`{}` has more than one source", node.name),
                "A Firehose stream takes Direct PUT from producers, or reads exactly one stream",
            ));
        }
    }
}

/// A lease table belongs to one application and holds nothing else (facts, streams §9.1).
fn check_tables(document: &Document, out: &mut Vec<Diagnostic>) {
    for node in document.nodes.iter().filter(|node| node.config.kind() == "table") {
        let wires = document.edges_to(node.id);
        let flows = wires.filter_map(|edge| check_pair(document, &edge.from, &edge.to).ok());
        let flows: Vec<Flow> = flows.collect();
        if flows.contains(&Flow::Lease) && flows.len() > 1 {
            out.push(Diagnostic::error(
                "SCN-075",
                place(node, None),
                format!("`{}` keeps leases and something else", node.name),
                "Give each KCL application a lease table of its own, and items another table",
            ));
        }
    }
}

pub(super) fn check_cycles(document: &Document, out: &mut Vec<Diagnostic>) {
    let circle = document.edges.iter().find(|e| reaches(document, e.to.node, e.from.node));
    if let Some(edge) = circle {
        let message = format!("Records from {} come back to it", name_of(document, edge.from.node));
        let help = "Remove a wire of the circle";
        out.push(Diagnostic::error("SCN-066", Place::Edge(edge.id), message, help));
    }
}

/// Parts that work, but do nothing.
fn check_loose_ends(document: &Document, out: &mut Vec<Diagnostic>) {
    for node in &document.nodes {
        let wired = |direction: Direction| match direction {
            Direction::Out => document.edges_from(node.id).next().is_some(),
            Direction::In => document.edges_to(node.id).next().is_some(),
        };
        let (code, message, help) = match node.config.kind() {
            "firehose" if document.edges_from(node.id).all(|edge| edge.from.port != "out") => (
                "SCN-067",
                format!("`{}` has no bucket to deliver to", node.name),
                "Connect its output to an S3 bucket; until then it keeps what it takes",
            ),
            _ if node.spec().group == Group::Sources && !wired(Direction::Out) => (
                "SCN-068",
                format!("`{}` puts its records nowhere", node.name),
                "Connect its output to a stream or to Firehose",
            ),
            "connector" if copies_from_nowhere(document, node.id) => (
                "SCN-125",
                format!("`{}` has no bucket that COPY could read", node.name),
                "Connect its output to an S3 bucket: files go there, and COPY loads them",
            ),
            "consumer" | "kcl" | "lambda" | "sql_application" | "flink_application"
                if !wired(Direction::In) =>
            {
                (
                    "SCN-069",
                    format!("`{}` reads nothing", node.name),
                    "Connect a stream to its input",
                )
            }
            _ => continue,
        };
        out.push(Diagnostic::warning(code, place(node, None), message, help));
    }
}

/// A connector application loads a cluster from the bucket it emits to (facts, streams §9.6).
fn copies_from_nowhere(document: &Document, node: NodeId) -> bool {
    let has = |flow| {
        let wires = document.edges_from(node);
        wires
            .filter_map(|edge| check_pair(document, &edge.from, &edge.to).ok())
            .any(|it| it == flow)
    };
    has(Flow::Copy) && !has(Flow::Deliver)
}
