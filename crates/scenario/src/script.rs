//! Actions: what changes a running scenario, by script or by hand. The log of actions together
//! with the document and the seed is the whole input of a run.

use std::sync::Arc;

use base::{Duration, EdgeId, NodeId, Time};
use serde_json::{Map, Value};

use crate::document::{Edge, Node};

/// An action with its time.
#[derive(Clone, Debug, PartialEq)]
pub struct Scheduled {
    /// When.
    pub at: Time,
    /// What.
    pub action: Action,
}

/// One change of a running scenario.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Settings of a node: the named fields are replaced, the rest stays.
    Set {
        /// The node.
        node: NodeId,
        /// New values by field key.
        fields: Map<String, Value>,
    },
    /// A new node appears.
    AddNode(Arc<Node>),
    /// A node and its edges disappear; what it held is dropped as removed.
    RemoveNode(NodeId),
    /// A new edge appears.
    AddEdge(Arc<Edge>),
    /// An edge disappears.
    RemoveEdge(EdgeId),
    /// Something breaks for a while.
    Fault(Fault),
    /// Every fault of a node ends now.
    ClearFaults(NodeId),
}

/// Something that breaks on purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub node: NodeId,
    /// How.
    pub kind: FaultKind,
    /// How long.
    pub lasts: Duration,
}

/// The ways to break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// Every call fails with an internal failure (`InternalFailure`, S3 503).
    Down,
    /// Every call takes this much longer.
    Slow {
        /// Extra latency in milliseconds.
        millis: u32,
    },
    /// This share of calls (entries, for batches) fails.
    Reject {
        /// 1 to 100.
        percent: u32,
    },
    /// The service does its work but this share of answers never arrives: the caller times out
    /// and may send the same records again.
    Timeout {
        /// 1 to 100.
        percent: u32,
    },
    /// A worker dies without a word; when the fault ends, a new one comes up in its place.
    Kill {
        /// Its number, or 0 for the one that holds most leases.
        worker: u32,
    },
    /// A worker stands still, as in a long garbage collection, and knows nothing of the time.
    Pause {
        /// Its number, or 0 for the one that holds most leases.
        worker: u32,
    },
}

impl FaultKind {
    /// Milliseconds, per cent or a worker; zero where there is no amount.
    #[must_use]
    pub fn amount(self) -> u32 {
        match self {
            Self::Down => 0,
            Self::Slow { millis } => millis,
            Self::Reject { percent } | Self::Timeout { percent } => percent,
            Self::Kill { worker } | Self::Pause { worker } => worker,
        }
    }

    /// The word used in files, links and handles: `down`, `slow`, `reject`, `timeout`, `kill`,
    /// `pause`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Down => "down",
            Self::Slow { .. } => "slow",
            Self::Reject { .. } => "reject",
            Self::Timeout { .. } => "timeout",
            Self::Kill { .. } => "kill",
            Self::Pause { .. } => "pause",
        }
    }
}
