//! Firehose streams of random scenarios: settings that only mean something together, a bucket
//! beside the destination, and what has become of every record once nothing is left to wait for.

use std::sync::Arc;

use base::{Diagnostic, Duration, EdgeId, NodeId, Rng};
use engine::kernel::ledger::Account;
use engine::{Engine, Progress, Reason, Snapshot};
use scenario::policy;
use scenario::validate::validate;
use scenario::{Action, DataSets, Document, Edge, End, Node, ports};
use serde_json::{Map, Value, json};

/// Longer than Firehose keeps what was put, 24 hours (facts, firehose §0): objects wait for each
/// other, and hundreds of them take hours if the bucket takes a minute for each.
const PATIENCE: Duration = Duration::from_secs(26 * 3_600);
/// How long until the next look.
const STEP: Duration = Duration::from_secs(120);
/// What is taken apart counts more records than were put.
const TAKEN_APART: [&str; 2] = ["decompress", "deaggregate"];
/// Where records may be in the end beside destinations and buckets: dropped by the function, 24
/// hours old, too large for an endpoint, or without a part they could go to (facts, firehose §2,
/// §3 and §6).
const LOSSES: [Reason; 4] =
    [Reason::TransformDropped, Reason::DeliveryExpired, Reason::PayloadTooLarge, Reason::Removed];

/// Settings that belong together.
fn bundles(rng: &mut Rng) -> Value {
    let quick = |transform: &str, more: Value, rng: &mut Rng| {
        let mut fields = json!({ "transform": transform, "transform_retries": rng.below(4),
            "transform_interval_secs": rng.below(3), "transform_millis": rng.below(1_500),
            "transform_buffer_mb": "1/5" });
        if let (Some(fields), Some(more)) = (fields.as_object_mut(), more.as_object()) {
            fields.extend(more.clone());
        }
        fields
    };
    let partitioned = |query: &str, rng: &mut Rng| {
        json!({ "partitioning": true, "partition_query": query, "buffer_interval_secs": 60,
            "buffer_size_mib": 64, "partitions_max": 1 + rng.below(6),
            "prefix": "by/!{partitionKeyFromQuery:k}/",
            "error_prefix": "errors/!{firehose:error-output-type}/" })
    };
    match rng.below(16) {
        0 => quick("identity", json!({}), rng),
        1 => quick("redact", json!({ "transform_field": "value" }), rng),
        2 => quick("drop", json!({ "transform_field": "a=4" }), rng),
        3 => {
            let percent = json!({ "transform_fail_percent": 1 + rng.below(100) });
            quick("fail", percent, rng)
        }
        4 => quick("wrong_ids", json!({}), rng),
        5 => quick("csv_to_json", json!({ "transform_field": "one,two" }), rng),
        6 => quick("sql", json!({ "transform_sql": "*, 10 / (a - 4) AS b" }), rng),
        7 => quick("jq", json!({ "transform_jq": "select(.a != 3) | .b = 10 / .a" }), rng),
        8 => partitioned("{k: (.a // .value)}", rng),
        9 => partitioned("{k: .a}", rng),
        10 => json!({ "convert": "parquet", "buffer_size_mib": 64, "compression": "UNCOMPRESSED",
            "schema": "key string\na int\nvalue double" }),
        11 => json!({ "deaggregate": "json" }),
        12 => json!({ "deaggregate": "delimited", "deaggregate_delimiter": "a" }),
        13 => json!({ "decompress": true, "extract_messages": rng.below(2) == 0 }),
        14 => json!({ "backup_all": true, "backup_interval_secs": 60 }),
        _ => {
            let words = ["GZIP", "ZIP", "Snappy", "HADOOP_SNAPPY"];
            json!({ "compression": words[rng.below(4) as usize], "file_extension": ".x" })
        }
    }
}

/// Gives the Firehose streams of a document settings that do something, and buckets.
pub(crate) fn equip(document: &mut Document, rng: &mut Rng) {
    let streams: Vec<NodeId> = of_kind(document, "firehose").map(|node| node.id).collect();
    for id in streams {
        for _bundle in 0..=rng.below(3) {
            let Value::Object(fields) = bundles(rng) else { continue };
            set(document, id, &fields);
        }
        for port in ["out", "bucket"] {
            if rng.below(4) > 0 {
                connect(document, &End { node: id, port: port.to_owned() }, rng);
            }
        }
    }
}

fn of_kind<'a>(document: &'a Document, kind: &'a str) -> impl Iterator<Item = &'a Arc<Node>> {
    document.nodes.iter().filter(move |node| node.config.kind() == kind)
}

/// Sets fields, unless they do not go with the others.
pub(crate) fn set(document: &mut Document, id: NodeId, fields: &Map<String, Value>) {
    let before = document.nodes.clone();
    let Some(node) = document.nodes.iter_mut().find(|node| node.id == id) else { return };
    let config = node.config.with(fields).expect("values have the right types");
    *node = Arc::new(Node { config, ..Node::clone(node) });
    if validate(document, &DataSets::default()).iter().any(Diagnostic::is_error) {
        document.nodes = before;
    }
}

/// Draws a wire from a port that has none.
fn connect(document: &mut Document, from: &End, rng: &mut Rng) {
    let targets = ports::legal_targets(document, from);
    let count = u32::try_from(targets.len()).unwrap_or(0);
    if count == 0 {
        return;
    }
    let to = targets[rng.below(count) as usize].clone();
    let edge = Edge { id: document.next_edge_id(), from: from.clone(), to };
    document.edges.push(Arc::new(edge));
    if validate(document, &DataSets::default()).iter().any(Diagnostic::is_error) {
        document.edges.pop();
    }
}

/// A Firehose stream whose records must find a place.
struct Stream {
    node: NodeId,
    out: EdgeId,
    bucket: Option<EdgeId>,
}

/// Nothing new comes, nothing is broken, everything is allowed: then every record of a Firehose
/// stream that has a bucket for what fails is delivered, in that bucket, or gone for a documented
/// reason. `touched` says which streams were changed on the way: those may count otherwise.
///
/// # Errors
/// What is not where it should be.
pub(crate) fn arrives(engine: &Engine, touched: impl Fn(NodeId) -> bool) -> Result<(), String> {
    let mut engine = engine.clone();
    let document = engine.document().clone();
    quieten(&mut engine, &document)?;
    let streams: Vec<Stream> =
        of_kind(&document, "firehose").filter_map(|node| promised(&document, node.id)).collect();
    // Most are done within minutes.
    let end = engine.now() + PATIENCE;
    let mut snapshot = Snapshot::default();
    let mut waiting = Some(String::new());
    while waiting.is_some() && engine.now() < end {
        let until = engine.now() + STEP;
        while engine.advance(until, 100_000) == Progress::BudgetSpent {}
        if engine.halted().is_some() {
            return Ok(());
        }
        // The records of a `COPY` are in their bucket before they are counted.
        engine.observe(&mut snapshot);
        let untouched = streams.iter().filter(|stream| !touched(stream.node));
        let mut miscounted = untouched.filter_map(|it| miscounts(&engine, &snapshot, it.node));
        waiting = astray(&engine, &streams).or_else(|| miscounted.next());
    }
    engine.check().map_err(|violation| violation.0)?;
    waiting.map_or(Ok(()), Err)
}

/// A record of one of these streams that is still on its way, or gone for no good reason.
fn astray(engine: &Engine, streams: &[Stream]) -> Option<String> {
    let mut filled = engine.accounts().filter(|(_, records, _)| *records != 0);
    let found = filled.find(|(account, ..)| {
        streams.iter().any(|stream| match account {
            Account::Held(node) => *node == stream.node,
            Account::Flight(edge) => *edge == stream.out || Some(*edge) == stream.bucket,
            Account::Dropped(node, reason) => *node == stream.node && !LOSSES.contains(reason),
            _ => false,
        })
    });
    found.map(|(account, records, _)| format!("{records} records are in {account:?}"))
}

/// Takes away whatever makes or reads records, and every fault and policy of what is left.
fn quieten(engine: &mut Engine, document: &Document) -> Result<(), String> {
    const STAY: [&str; 6] =
        ["firehose", "bucket", "redshift", "elasticsearch", "splunk", "http_endpoint"];
    for node in &document.nodes {
        let mut actions = Vec::new();
        if STAY.contains(&node.config.kind()) {
            actions.push(Action::ClearFaults(node.id));
            if policy::has_role(node.spec()) {
                let fields = Map::from_iter([("policy".to_owned(), json!(""))]);
                actions.push(Action::Set { node: node.id, fields });
            }
        } else {
            actions.push(Action::RemoveNode(node.id));
        }
        for action in actions {
            engine.apply(&action).map_err(|refusal| format!("{action:?}: {refusal:?}"))?;
        }
    }
    Ok(())
}

/// The wires of a stream, if both its records and what fails have somewhere to go.
fn promised(document: &Document, node: NodeId) -> Option<Stream> {
    let wire = |port: &str| {
        let mut edges = document.edges.iter();
        edges.find(|edge| edge.from.node == node && edge.from.port == port)
    };
    let (out, bucket) = (wire("out")?, wire("bucket").map(|edge| edge.id));
    let to_bucket = document.node(out.to.node)?.config.kind() == "bucket";
    (to_bucket || bucket.is_some()).then_some(Stream { node, out: out.id, bucket })
}

/// What is wrong unless every accepted record is counted somewhere; one that is delivered twice
/// counts twice.
fn miscounts(engine: &Engine, snapshot: &Snapshot, id: NodeId) -> Option<String> {
    let node = engine.document().node(id)?;
    let fields = node.config.fields();
    let is_off = |key: &&str| {
        let value = fields.get(*key);
        value.is_none_or(|value| *value == json!(false) || *value == json!("none"))
    };
    let view = snapshot.nodes.iter().find(|view| view.id == id)?;
    let count = |name: &str| {
        view.counters.iter().filter(|(word, _)| *word == name).map(|(_, count)| count).sum::<u64>()
    };
    let dropped = engine.accounts().find_map(|(account, records, _)| {
        (*account == Account::Dropped(id, Reason::TransformDropped)).then_some(records)
    });
    let dropped = u64::try_from(dropped.unwrap_or(0)).unwrap_or(0);
    let told = ["delivered", "diverted", "lost", "skipped"].map(count);
    let found = told.iter().sum::<u64>() + dropped;
    (TAKEN_APART.iter().all(is_off) && found < count("accepted"))
        .then(|| format!("{}: {:?} and {dropped} dropped", node.name, view.counters))
}

/// Whether an action changes a stream, or where its records go.
pub(crate) fn is_touched(action: &Action, document: &Document, node: NodeId) -> bool {
    let leaves = |edge: EdgeId| {
        let edge = document.edges.iter().find(|it| it.id == edge);
        edge.is_none_or(|edge| edge.from.node == node)
    };
    match action {
        Action::Set { node: id, .. } | Action::RemoveNode(id) => {
            let mut edges = document.edges.iter().filter(|edge| edge.from.node == node);
            *id == node || edges.any(|edge| edge.to.node == *id)
        }
        Action::RemoveEdge(edge) => leaves(*edge),
        Action::AddEdge(edge) => edge.from.node == node,
        Action::AddNode(_) | Action::Fault(_) | Action::ClearFaults(_) | Action::Api { .. } => {
            false
        }
    }
}
