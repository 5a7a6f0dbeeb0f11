//! Edits: the ways a person changes the document. Each is total: it says what it cannot do.

use std::sync::Arc;

use base::{Diagnostic, EdgeId, NodeId, Place, limits};
use serde_json::{Map, Value};

use crate::document::{Document, Edge, Node, Point};
use crate::kind::Config;
use crate::policy;
use crate::ports;
use crate::price::Item;
use crate::script::Action;

/// One change of the document.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit {
    /// Adds parts with the wires among them (palette, paste).
    Add {
        /// New nodes, ids already free.
        nodes: Vec<Arc<Node>>,
        /// New edges, ids already free.
        edges: Vec<Arc<Edge>>,
    },
    /// Removes nodes with their edges, and edges.
    Remove {
        /// Nodes to remove.
        nodes: Vec<NodeId>,
        /// Edges to remove.
        edges: Vec<EdgeId>,
    },
    /// Moves nodes to new places.
    Move(Vec<(NodeId, Point)>),
    /// Gives a node another name.
    Rename(NodeId, String),
    /// Sets one field of a node. A value outside its range is kept and marked, never replaced.
    SetField {
        /// The node.
        node: NodeId,
        /// The key of the field.
        key: String,
        /// The new value.
        value: Value,
    },
    /// Connects an output to an input.
    Connect(Arc<Edge>),
    /// Changes the title.
    SetTitle(String),
    /// Changes the seed.
    SetSeed(u64),
    /// Changes the price of a unit, in pico-dollars; nothing takes the profile's again.
    SetPrice(Item, Option<u64>),
    /// Enables or disables On-demand Advantage of the account.
    SetAdvantage(bool),
}

/// What an edit touches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Places, titles, notes: the engine never hears of it and the trace hash stays.
    Layout,
    /// Settings, nodes, edges: becomes actions at the current simulated time.
    Meaning,
}

impl Edit {
    /// What this edit touches.
    #[must_use]
    pub fn reach(&self) -> Reach {
        match self {
            Self::Move(_) | Self::SetTitle(_) | Self::Rename(..) | Self::SetPrice(..) => {
                Reach::Layout
            }
            Self::Add { .. }
            | Self::Remove { .. }
            | Self::SetField { .. }
            | Self::Connect(_)
            | Self::SetSeed(_)
            | Self::SetAdvantage(_) => Reach::Meaning,
        }
    }
}

impl Edit {
    /// Changes the document, or says why it cannot. A value outside its range is accepted: it
    /// stays, marked, until it is mended.
    ///
    /// # Errors
    /// The finding; the document is then as it was.
    pub fn apply(&self, document: &mut Document) -> Result<(), Diagnostic> {
        match self {
            Self::Add { nodes, edges } => add(document, nodes, edges),
            Self::Remove { nodes, edges } => remove(document, nodes, edges),
            Self::Move(places) => relocate(document, places),
            Self::Rename(id, name) => rename(document, *id, name),
            Self::SetField { node, key, value } => set_field(document, *node, key, value),
            Self::Connect(edge) => connect(document, edge),
            Self::SetTitle(title) => {
                let chars_max = crate::format::TITLE_CHARS_MAX;
                if title.chars().count() > chars_max as usize {
                    return Err(refused(
                        "EDT-009",
                        Place::Document,
                        format!("The title is longer than {chars_max} characters"),
                        "Shorten it",
                    ));
                }
                title.clone_into(&mut document.title);
                Ok(())
            }
            Self::SetSeed(seed) => {
                document.seed = *seed;
                Ok(())
            }
            Self::SetAdvantage(enabled) => {
                document.on_demand_advantage = *enabled;
                Ok(())
            }
            Self::SetPrice(item, pico_usd) => {
                match pico_usd.filter(|pico| *pico != item.spec().pico_usd) {
                    Some(pico_usd) => document.prices.insert(*item, pico_usd),
                    None => document.prices.remove(item),
                };
                Ok(())
            }
        }
    }
}

type Applied = Result<(), Diagnostic>;

fn refused(code: &'static str, place: Place, message: String, help: &str) -> Diagnostic {
    Diagnostic::error(code, place, message, help)
}

pub(crate) fn no_node(id: NodeId) -> Diagnostic {
    let help = "It may have been removed";
    refused("EDT-001", Place::Document, format!("There is no part {id}"), help)
}

fn position(document: &Document, id: NodeId) -> Result<usize, Diagnostic> {
    document.nodes.iter().position(|node| node.id == id).ok_or_else(|| no_node(id))
}

#[inline(never)]
fn add(document: &mut Document, nodes: &[Arc<Node>], edges: &[Arc<Edge>]) -> Applied {
    let total = document.nodes.len() + nodes.len();
    check_room("parts", total, limits::NODES_MAX)?;
    let mut next = document.clone();
    for node in nodes {
        let id = node.id;
        if !(1..=crate::format::ID_MAX).contains(&id.0) || next.node(id).is_some() {
            let message = format!("The id {id} is not free");
            return Err(refused("EDT-003", Place::Document, message, "Use a free id"));
        }
        let idx = next.nodes.partition_point(|other| other.id < id);
        next.nodes.insert(idx, Arc::clone(node));
    }
    for edge in edges {
        connect(&mut next, edge)?;
    }
    *document = next;
    Ok(())
}

#[inline(never)]
fn remove(document: &mut Document, nodes: &[NodeId], edges: &[EdgeId]) -> Applied {
    for id in nodes {
        position(document, *id)?;
    }
    for id in edges {
        if document.edge(*id).is_none() {
            let message = format!("There is no wire {id}");
            let help = "It may have been removed";
            return Err(refused("EDT-002", Place::Document, message, help));
        }
    }
    document.nodes.retain(|node| !nodes.contains(&node.id));
    for id in nodes {
        document.policies.remove(id);
        document.grants.remove(id);
        document.vpc_endpoints.retain(|it| it != id);
    }
    document.edges.retain(|edge| {
        let dangling = nodes.contains(&edge.from.node) || nodes.contains(&edge.to.node);
        !dangling && !edges.contains(&edge.id)
    });
    Ok(())
}

#[inline(never)]
fn relocate(document: &mut Document, places: &[(NodeId, Point)]) -> Applied {
    for (id, _at) in places {
        position(document, *id)?;
    }
    let most = crate::format::PLACE_MAX;
    for (id, at) in places {
        let idx = position(document, *id)?;
        let at = Point { x: at.x.clamp(-most, most), y: at.y.clamp(-most, most) };
        if document.nodes[idx].at != at {
            Arc::make_mut(&mut document.nodes[idx]).at = at;
        }
    }
    Ok(())
}

#[inline(never)]
fn rename(document: &mut Document, id: NodeId, name: &str) -> Applied {
    let idx = position(document, id)?;
    if name.chars().count() > limits::NAME_CHARS_MAX as usize {
        let node = &document.nodes[idx];
        let place = Place::Node { node: id, name: node.name.clone(), field: None };
        let message = format!("A name has at most {} characters", limits::NAME_CHARS_MAX);
        return Err(refused("EDT-008", place, message, "Shorten it"));
    }
    let node = Arc::make_mut(&mut document.nodes[idx]);
    let old = core::mem::replace(&mut node.name, name.to_owned());
    crate::script::rename(&mut document.script, &old, name);
    Ok(())
}

fn set_field(document: &mut Document, id: NodeId, key: &str, value: &Value) -> Applied {
    let idx = position(document, id)?;
    let spec = document.nodes[idx].spec();
    if let Some(field) = policy::FIELDS.iter().find(|it| it.key == key && policy::has_role(spec)) {
        let name = document.nodes[idx].name.clone();
        return policy::set(document, id, key, value).map_err(|wanted| {
            let place = Place::Node { node: id, name, field: Some(key.to_owned()) };
            let message = format!("`{}` is `{}`", field.label, crate::format::shown(value));
            refused("EDT-005", place, message, &format!("It must be {wanted}"))
        });
    }
    let node = &document.nodes[idx];
    let place = || Place::Node { node: id, name: node.name.clone(), field: Some(key.to_owned()) };
    let Some(field) = node.spec().field(key) else {
        let message = format!("{} has no setting `{key}`", node.spec().title);
        return Err(refused("EDT-006", place(), message, "Check the spelling"));
    };
    let change = Map::from_iter([(key.to_owned(), value.clone())]);
    let config = node.config.with(&change).map_err(|_words| {
        let message = format!("`{}` is `{}`", field.label, crate::format::shown(value));
        refused("EDT-005", place(), message, &format!("It must be {}", field.wanted()))
    })?;
    if node.config != config {
        Arc::make_mut(&mut document.nodes[idx]).config = config;
    }
    Ok(())
}

fn connect(document: &mut Document, edge: &Arc<Edge>) -> Applied {
    let id = edge.id;
    check_room("wires", document.edges.len() + 1, limits::EDGES_MAX)?;
    if !(1..=crate::format::ID_MAX).contains(&id.0) || document.edge(id).is_some() {
        let message = format!("The id {id} is not free");
        return Err(refused("EDT-003", Place::Edge(id), message, "Use a free id"));
    }
    if let Some(words) = ports::refusal(document, &edge.from, &edge.to) {
        return Err(refused("EDT-004", Place::Edge(id), words, "Connect it to another part"));
    }
    let idx = document.edges.partition_point(|other| other.id < id);
    document.edges.insert(idx, Arc::clone(edge));
    Ok(())
}

fn check_room(what: &str, total: usize, most: u32) -> Applied {
    if total <= most as usize {
        return Ok(());
    }
    let message = format!("A scenario has at most {most} {what}");
    Err(refused("EDT-007", Place::Document, message, "Remove some first"))
}

/// What the engine must be told so that a run of `old` becomes a run of `new`: wires and nodes
/// that went, nodes that came, settings that changed, wires that came. Moved and renamed nodes
/// give nothing.
#[must_use]
pub fn actions_between(old: &Document, new: &Document) -> Vec<Action> {
    let same_kind = |node: &Node| {
        let other = new.node(node.id);
        other.is_some_and(|other| other.config.kind() == node.config.kind())
    };
    let stays = |id: NodeId| old.node(id).is_some_and(|node| same_kind(node));
    let edge_stays = |edge: &Edge| {
        let ends_stay = stays(edge.from.node) && stays(edge.to.node);
        ends_stay && new.edge(edge.id).is_some_and(|other| **other == *edge)
    };
    let mut actions = Vec::new();
    for edge in &old.edges {
        // An edge of a node that goes, goes with it.
        if !edge_stays(edge) && stays(edge.from.node) && stays(edge.to.node) {
            actions.push(Action::RemoveEdge(edge.id));
        }
    }
    let gone = old.nodes.iter().filter(|node| !same_kind(node));
    actions.extend(gone.map(|node| Action::RemoveNode(node.id)));
    let came = new.nodes.iter().filter(|node| !stays(node.id));
    actions.extend(came.map(|node| Action::AddNode(Arc::clone(node))));
    let nothing = Document::default();
    for node in &new.nodes {
        let is_known = stays(node.id);
        let mut fields = if is_known { changed_fields(old, node) } else { Map::new() };
        // A part that comes has no role yet.
        let before = if is_known { old } else { &nothing };
        for field in policy::FIELDS {
            let value = policy::value(new, node.id, field.key);
            if value != policy::value(before, node.id, field.key) {
                fields.insert(field.key.to_owned(), value);
            }
        }
        if !fields.is_empty() {
            actions.push(Action::Set { node: node.id, fields });
        }
    }
    for edge in &new.edges {
        if !old.edge(edge.id).is_some_and(|other| edge_stays(other)) {
            actions.push(Action::AddEdge(Arc::clone(edge)));
        }
    }
    actions
}

fn changed_fields(old: &Document, node: &Arc<Node>) -> Map<String, Value> {
    let Some(before) = old.node(node.id) else { return Map::new() };
    let known = !matches!(node.config, Config::Unknown { .. });
    if Arc::ptr_eq(before, node) || before.config == node.config || !known {
        return Map::new();
    }
    let before = before.config.fields();
    let mut fields = node.config.fields();
    fields.retain(|key, value| before.get(key) != Some(value));
    fields
}

#[cfg(test)]
#[path = "edit_tests.rs"]
mod tests;
