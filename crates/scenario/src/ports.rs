//! What may be wired to what, and the reason in words when it may not.

use crate::document::{Document, End};

/// The kind of traffic a port speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// `PutRecord`, `PutRecords` and their Firehose twins: the caller pushes.
    Put,
    /// `GetShardIterator` and `GetRecords`: the reader pulls.
    Read,
    /// Finished objects on their way into a target.
    Deliver,
}

/// Which way records pass a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Records come in.
    In,
    /// Records go out.
    Out,
}

/// A place on a node where wires end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Port {
    /// `in` or `out`: unique on the node.
    pub name: &'static str,
    /// Which way.
    pub direction: Direction,
    /// What it speaks; a wire needs one flow both ends share.
    pub flows: &'static [Flow],
    /// Most wires it takes.
    pub edges_max: u32,
}

/// Why a wire may not be drawn, in words; `None` when it may.
#[must_use]
pub fn refusal(document: &Document, from: &End, to: &End) -> Option<String> {
    let _ = (document, from, to);
    None
}

/// Every end a wire from here may lead to, ascending.
#[must_use]
pub fn legal_targets(document: &Document, from: &End) -> Vec<End> {
    let _ = (document, from);
    Vec::new()
}
