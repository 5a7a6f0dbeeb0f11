//! Edits: the ways a person changes the document. Each is total: it says what it cannot do.

use std::sync::Arc;

use base::{Diagnostic, EdgeId, NodeId};
use serde_json::Value;

use crate::document::{Document, Edge, Node, Point};
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
            Self::Move(_) | Self::SetTitle(_) | Self::Rename(..) => Reach::Layout,
            Self::Add { .. }
            | Self::Remove { .. }
            | Self::SetField { .. }
            | Self::Connect(_)
            | Self::SetSeed(_) => Reach::Meaning,
        }
    }
}

impl Edit {
    /// Changes the document, or says why it cannot.
    ///
    /// # Errors
    /// The finding; the document is then as it was.
    pub fn apply(&self, document: &mut Document) -> Result<(), Diagnostic> {
        let _ = document;
        Ok(())
    }
}

/// What the engine must be told so that a run of `old` becomes a run of `new`.
#[must_use]
pub fn actions_between(old: &Document, new: &Document) -> Vec<Action> {
    let _ = (old, new);
    Vec::new()
}
