//! What may be wired to what, and the reason in words when it may not.

use base::NodeId;

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
    /// Calls of a KCL application to its lease table.
    Lease,
    /// Records written to a table as items.
    Item,
    /// `PutRecords` of a data stream and nothing else: the Kinesis Producer Library's.
    PutStream,
    /// Records on their way into an index as documents: `_bulk` requests.
    Document,
    /// `COPY` commands to a Redshift cluster, which reads the files itself.
    Copy,
    /// Events for the HTTP Event Collector of a Splunk instance.
    Hec,
    /// Requests of Firehose to an HTTP endpoint.
    Http,
    /// Copies of the records that are put into a Firehose stream.
    Tap,
    /// `GetObject`: whoever is at the end reads an object of a bucket.
    Fetch,
    /// Invocations of a function.
    Invoke,
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

/// Why a wire may not be drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// One of the parts is not there, or a newer version made it.
    Missing(End),
    /// The part has no such port.
    NoPort(End),
    /// The wire does not lead from an output to an input.
    Direction,
    /// Both ends are on one part.
    Itself,
    /// The ends share no kind of traffic, in words.
    Flow(String),
    /// The wire is there already, in words.
    Twice(String),
    /// The port takes no more wires, in words.
    Full(String),
    /// A table keeps the leases of one application, or items, in words.
    Leases(String),
    /// A Firehose stream has exactly one source, in words.
    Sources(String),
    /// Records would come back to where they were.
    Cycle,
}

/// Why a wire may not be drawn, in words; `None` when it may.
#[must_use]
pub fn refusal(document: &Document, from: &End, to: &End) -> Option<String> {
    refuse(document, from, to).err().map(|refusal| refusal.words())
}

/// Every end a wire from here may lead to, ascending by node. From an input, the outputs that may
/// feed it; of several of one part the main one, which its kind lists last, comes first.
#[must_use]
pub fn legal_targets(document: &Document, from: &End) -> Vec<End> {
    let port = document.node(from.node).and_then(|node| node.spec().port(&from.port));
    let Some(port) = port else { return Vec::new() };
    let mut targets: Vec<End> = Vec::new();
    for node in &document.nodes {
        for other in node.spec().ports.iter().rev() {
            let end = End { node: node.id, port: other.name.to_owned() };
            let legal = match port.direction {
                Direction::Out => refuse(document, from, &end).is_ok(),
                Direction::In => refuse(document, &end, from).is_ok(),
            };
            if legal {
                targets.push(end);
            }
        }
    }
    base::order::sort_by_key(&mut targets[..], |end| end.node);
    targets
}

/// The first rule a new wire would break.
pub(crate) fn refuse(document: &Document, from: &End, to: &End) -> Result<(), Refusal> {
    let flow = check_pair(document, from, to)?;
    let name = |id| document.node(id).map_or("?", |node| node.name.as_str());
    if document.edges.iter().any(|edge| edge.from == *from && edge.to == *to) {
        let (from, to) = (name(from.node), name(to.node));
        return Err(Refusal::Twice(format!("`{from}` already feeds `{to}`")));
    }
    for end in [from, to] {
        let at = document.edges.iter().filter(|edge| edge.from == *end || edge.to == *end);
        let taken = at.count();
        let port = document.node(end.node).and_then(|node| node.spec().port(&end.port));
        let most = port.map_or(0, |port| port.edges_max);
        if taken >= most as usize {
            return Err(Refusal::Full(full(name(end.node), &end.port, most)));
        }
    }
    if let Some(words) = second_source(document, to, flow) {
        return Err(Refusal::Sources(words));
    }
    if let Some(words) = mixed_table(document, to, flow) {
        return Err(Refusal::Leases(words));
    }
    if reaches(document, to.node, from.node) { Err(Refusal::Cycle) } else { Ok(()) }
}

/// The rules that need only the two ends; the traffic both speak.
pub(crate) fn check_pair(document: &Document, from: &End, to: &End) -> Result<Flow, Refusal> {
    let port = |end: &End| {
        let node = document.node(end.node).ok_or_else(|| Refusal::Missing(end.clone()))?;
        let port = node.spec().port(&end.port).ok_or_else(|| Refusal::NoPort(end.clone()))?;
        Ok((node.spec().title, port))
    };
    let ((from_title, from_port), (to_title, to_port)) = (port(from)?, port(to)?);
    if from.node == to.node {
        return Err(Refusal::Itself);
    }
    if (from_port.direction, to_port.direction) != (Direction::Out, Direction::In) {
        return Err(Refusal::Direction);
    }
    let shared = from_port.flows.iter().find(|flow| to_port.flows.contains(flow));
    shared.copied().ok_or_else(|| {
        Refusal::Flow(format!("{from_title} cannot feed {}", with_article(to_title)))
    })
}

/// `a stream`, `an S3 bucket`, `Firehose`.
fn with_article(title: &str) -> String {
    match title {
        "Firehose" | "Lambda" | "Splunk" => title.to_owned(),
        "HTTP endpoint" => "an HTTP endpoint".to_owned(),
        "S3 bucket" => "an S3 bucket".to_owned(),
        "KCL app" => "a KCL app".to_owned(),
        "KPL producer" => "a KPL producer".to_owned(),
        "Redshift cluster" => "a Redshift cluster".to_owned(),
        "OpenSearch domain" => "an OpenSearch domain".to_owned(),
        "DynamoDB table" => "a DynamoDB table".to_owned(),
        "SQL app" => "a SQL app".to_owned(),
        "Flink app" => "a Flink app".to_owned(),
        _ => format!("a {}", title.to_ascii_lowercase()),
    }
}

/// Words for a port with too many wires.
pub(crate) fn full(name: &str, port: &str, most: u32) -> String {
    let wires = if most == 1 { "one wire" } else { "wires" };
    let side = if port == "in" { "input" } else { "output" };
    let count = if most == 1 { String::new() } else { format!("{most} ") };
    format!("The {side} of `{name}` takes only {count}{wires}")
}

/// A Firehose stream takes Direct PUT or reads one stream (facts, firehose §1:
/// `DeliveryStreamType` has one value and is fixed at creation).
#[inline(never)]
fn second_source(document: &Document, to: &End, flow: Flow) -> Option<String> {
    let node = document.node(to.node)?;
    if node.config.kind() != "firehose" {
        return None;
    }
    document.edges_to(to.node).find_map(|edge| {
        let other = check_pair(document, &edge.from, &edge.to).ok()?;
        let source = &document.node(edge.from.node)?.name;
        match (other, flow) {
            (Flow::Put, Flow::Put) => None,
            (Flow::Put, _) => Some(format!(
                "`{}` takes Direct PUT from `{source}`, so it cannot read a stream",
                node.name
            )),
            _ => Some(format!("`{}` reads `{source}` and has no other source", node.name)),
        }
    })
}

/// A lease table belongs to one application and holds nothing else: its key is `leaseKey` (facts,
/// streams §9.1: one table for each application name).
#[inline(never)]
fn mixed_table(document: &Document, to: &End, flow: Flow) -> Option<String> {
    let node = document.node(to.node)?;
    document.edges_to(to.node).find_map(|edge| {
        let other = check_pair(document, &edge.from, &edge.to).ok()?;
        let owner = &document.node(edge.from.node)?.name;
        match (other, flow) {
            (Flow::Lease, _) => {
                Some(format!("`{}` keeps the leases of `{owner}` and nothing else", node.name))
            }
            (Flow::Item, Flow::Lease) => {
                Some(format!("`{}` keeps items of `{owner}`, so it cannot keep leases", node.name))
            }
            _ => None,
        }
    })
}

/// Whether records of `start` can reach `goal` along the wires.
pub(crate) fn reaches(document: &Document, start: NodeId, goal: NodeId) -> bool {
    let mut seen = vec![start];
    let mut open = vec![start];
    while let Some(node) = open.pop() {
        if node == goal {
            return true;
        }
        for edge in document.edges_from(node) {
            if !seen.contains(&edge.to.node) {
                seen.push(edge.to.node);
                open.push(edge.to.node);
            }
        }
    }
    false
}

impl Refusal {
    /// The reason as a sentence.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::Missing(end) => format!("There is no part {}", end.node),
            Self::NoPort(end) => format!("Part {} has no port `{}`", end.node, end.port),
            Self::Direction => "A wire leads from an output to an input".to_owned(),
            Self::Itself => "A part cannot feed itself".to_owned(),
            Self::Flow(words)
            | Self::Twice(words)
            | Self::Full(words)
            | Self::Leases(words)
            | Self::Sources(words) => words.clone(),
            Self::Cycle => "Records would go round in a circle".to_owned(),
        }
    }
}
