//! The document: nodes, edges, script and the few facts about the run.
//!
//! Cheap to keep in many versions: nodes are shared through `Arc`, so undo holds pointers.

use std::sync::Arc;

use base::{EdgeId, NodeId, VecMap};
use serde_json::{Map, Value};

use crate::data::DataSet;
use crate::kind::{Config, KindSpec, Transform};
use crate::policy::Grant;
use crate::price::Prices;
use crate::script::{Action, Scheduled};

/// A point in world units (CSS pixels at 100 %), the top left corner of a node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Point {
    /// To the right.
    pub x: i32,
    /// Downwards.
    pub y: i32,
}

/// One part of the pipeline.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Stable, never reused inside a document.
    pub id: NodeId,
    /// What people call it; unique in the document.
    pub name: String,
    /// Where it stands.
    pub at: Point,
    /// Its kind and settings.
    pub config: Config,
    /// Fields a newer version wrote: kept, inert.
    pub unknown: Map<String, Value>,
}

/// One end of a wire.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct End {
    /// The node.
    pub node: NodeId,
    /// The name of its port, `out` or `in`.
    pub port: String,
}

/// A wire from an output to an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// Stable, never reused inside a document.
    pub id: EdgeId,
    /// Where records come from.
    pub from: End,
    /// Where they go.
    pub to: End,
}

/// Everything a scenario is.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// What the person calls it.
    pub title: String,
    /// Who made it; may be empty.
    pub author: String,
    /// What it shows, in a few sentences; may be empty.
    pub about: String,
    /// Seed of the run.
    pub seed: u64,
    /// Wall clock at simulated time zero, milliseconds since 1970 UTC.
    pub epoch_millis: u64,
    /// Dated set of AWS limits: `2026-11`.
    pub limits: String,
    /// Parts, ascending by id.
    pub nodes: Vec<Arc<Node>>,
    /// Wires, ascending by id.
    pub edges: Vec<Arc<Edge>>,
    /// IAM identity policy of a part's role, as typed; a part without one may call everything.
    pub policies: VecMap<NodeId, Arc<str>>,
    /// KMS grants of roles on the account's own key.
    pub grants: VecMap<NodeId, Grant>,
    /// Parts whose calls go through an interface VPC endpoint, ascending.
    pub vpc_endpoints: Vec<NodeId>,
    /// On-demand Advantage: `MinimumThroughputBillingCommitment` of the account from the beginning.
    pub on_demand_advantage: bool,
    /// Prices that differ from those of the price profile, in pico-dollars a unit.
    pub prices: Prices,
    /// What happens on its own, ascending by time.
    pub script: Vec<Scheduled>,
    /// Small data sets carried inside the document, ascending by name.
    pub data: Vec<Arc<DataSet>>,
    /// Fields a newer version wrote: kept, inert.
    pub unknown: Map<String, Value>,
}

/// 2026-11-21 10:00:00 UTC.
pub const EPOCH_MILLIS_DEFAULT: u64 = 1_795_255_200_000;
/// The newest set of limits.
pub const LIMITS_DEFAULT: &str = "2026-11";

impl Default for Document {
    fn default() -> Self {
        Self {
            title: "Untitled".to_owned(),
            author: String::new(),
            about: String::new(),
            seed: 7,
            epoch_millis: EPOCH_MILLIS_DEFAULT,
            limits: LIMITS_DEFAULT.to_owned(),
            nodes: Vec::new(),
            edges: Vec::new(),
            policies: VecMap::new(),
            grants: VecMap::new(),
            vpc_endpoints: Vec::new(),
            on_demand_advantage: false,
            prices: Prices::new(),
            script: Vec::new(),
            data: Vec::new(),
            unknown: Map::new(),
        }
    }
}

impl Document {
    /// The node with this id.
    #[must_use]
    pub fn node(&self, id: NodeId) -> Option<&Arc<Node>> {
        self.nodes.iter().find(|node| node.id == id)
    }

    /// The edge with this id.
    #[must_use]
    pub fn edge(&self, id: EdgeId) -> Option<&Arc<Edge>> {
        self.edges.iter().find(|edge| edge.id == id)
    }

    /// Whether a run needs what only large libraries can do, now or after a step of the script.
    #[must_use]
    pub fn needs_formats(&self) -> bool {
        const DECIDING: [&str; 6] =
            ["compression", "convert", "partition_query", "partitioning", "time_zone", "transform"];
        let node_needs = |node: &Node| match &node.config {
            Config::Firehose(config) => config.needs_formats(),
            Config::SqlApplication(config) => config.transform == Transform::Jq,
            _ => false,
        };
        let step_needs = |action: &Action| match action {
            Action::Set { fields, .. } => DECIDING.iter().any(|key| fields.contains_key(*key)),
            Action::AddNode(node) => node_needs(node),
            Action::Api { operation, .. } => {
                matches!(operation.as_str(), "CreateDeliveryStream" | "UpdateDestination")
            }
            _ => false,
        };
        self.nodes.iter().any(|node| node_needs(node))
            || self.script.iter().any(|entry| step_needs(&entry.action))
    }

    /// Edges that leave this node, ascending by id.
    pub fn edges_from(&self, id: NodeId) -> impl Iterator<Item = &Arc<Edge>> {
        self.edges.iter().filter(move |edge| edge.from.node == id)
    }

    /// Edges that reach this node, ascending by id.
    pub fn edges_to(&self, id: NodeId) -> impl Iterator<Item = &Arc<Edge>> {
        self.edges.iter().filter(move |edge| edge.to.node == id)
    }

    /// An id no node of this document has, and none the script adds later.
    #[must_use]
    pub fn next_node_id(&self) -> NodeId {
        let scripted = self.script.iter().filter_map(|entry| match &entry.action {
            Action::AddNode(node) => Some(node.id.0),
            _ => None,
        });
        let drawn = self.nodes.iter().map(|node| node.id.0);
        NodeId(drawn.chain(scripted).max().map_or(1, |id| id.saturating_add(1)))
    }

    /// An id no edge of this document has, and none the script adds later.
    #[must_use]
    pub fn next_edge_id(&self) -> EdgeId {
        let scripted = self.script.iter().filter_map(|entry| match &entry.action {
            Action::AddEdge(edge) => Some(edge.id.0),
            _ => None,
        });
        let drawn = self.edges.iter().map(|edge| edge.id.0);
        EdgeId(drawn.chain(scripted).max().map_or(1, |id| id.saturating_add(1)))
    }

    /// A name nobody has yet: the stem itself or the stem with the lowest free number from 2.
    #[must_use]
    pub fn free_name(&self, stem: &str) -> String {
        let taken = |name: &str| self.nodes.iter().any(|node| node.name == name);
        if !taken(stem) {
            return stem.to_owned();
        }
        let free = (2_u32..).map(|n| format!("{stem}-{n}")).find(|name| !taken(name));
        free.unwrap_or_else(|| stem.to_owned())
    }
}

impl Node {
    /// The specification of this node's kind.
    #[must_use]
    pub fn spec(&self) -> &'static KindSpec {
        self.config.spec()
    }
}
