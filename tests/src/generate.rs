//! Random scenarios and random actions: legal by construction, odd on purpose.
//!
//! Everything comes from the kinds' own specifications, so a new kind or field is exercised
//! without a word here. Only the cost of a run is bounded by hand (`CAPS`).

use std::sync::Arc;

use base::{Diagnostic, Duration, NodeId, Rng, Time};
use scenario::kind::{Field, FieldKind, SPECS};
use scenario::policy;
use scenario::ports::{self, Direction};
use scenario::validate::validate;
use scenario::{
    Action, Config, DataSets, Document, Edge, Edit, End, Fault, FaultKind, KindSpec, KmsFault,
    Node, Point, Scheduled,
};
use serde_json::{Map, Value, json};

use crate::{flink, roles, shipping, unrest};

/// How long a random scenario runs.
pub const RUN_MAX: Time = Time(10_000_000);

/// Upper ends that keep a run within milliseconds; the ranges themselves are checked elsewhere.
const CAPS: [(&str, u64); 31] = [
    ("ack_latency_millis", 5_000),
    ("backoff_millis", 2_000),
    ("backup_interval_secs", 60),
    ("batching_window_secs", 3),
    ("buffer_bytes", 100_000),
    ("buffer_interval_secs", 6),
    ("buffer_millis", 4_000),
    ("buffer_records", 2_000),
    ("checkpoint_interval_secs", 4),
    ("checkpoint_pause_secs", 3),
    ("copy_base_millis", 3_000),
    ("copy_millis_per_mib", 3_000),
    ("copy_retry_secs", 4),
    ("creation_secs", 3),
    ("existing_lines", 2_000),
    ("failover_millis", 1_500),
    ("key_count", 5_000),
    ("period_secs", 20),
    ("record_ttl_millis", 4_000),
    ("transform_interval_secs", 3),
    ("transform_millis", 3_000),
    ("record_micros", 5_000),
    ("records_per_sec", 2_500),
    ("retry_secs", 4),
    ("shards", 24),
    ("size_bytes", 20_000),
    ("size_bytes_max", 60_000),
    ("starting_secs", 3),
    ("to_records_per_sec", 4_000),
    ("tumbling_window_secs", 3),
    ("zipf_hundredths", 300),
];

/// Fields that only mean something together; they keep their defaults.
const LEFT_ALONE: [&str; 6] =
    ["data", "error_prefix", "key_column", "source", "start_sequence_number", "time_column"];

/// Legal texts for the fields that take text; others keep their defaults.
const TEXTS: [(&str, &[&str]); 17] = [
    ("columns", &["id", "id, key, value", "n, a", "id integer, a varchar(1)"]),
    ("delimiter", &[",", "|", " "]),
    ("explicit_hash_key", &["", "0", "340282366920938463463374607431768211455"]),
    ("expression", &["*", "a * 2 AS b, 'x' AS c", "*, 10 / (a - 4) AS a", "CAST(a AS DATE) AS b"]),
    ("filter", &["", "{\"data\":{\"a\":[{\"numeric\":[\">\",4]}]}}"]),
    ("filter_text", &["", "1", "o"]),
    ("hot_key", &["hot", "ключ", "🔥", "a b"]),
    ("id_field", &["seq", "key", "a"]),
    ("index", &["records", "clicks-2026.11"]),
    ("key_prefix", &["user-", "", "é-"]),
    ("payload", &["x", "{\"a\":${int 1 9}}", "naïve 🌊"]),
    ("poison_key", &["user-1", "hot", "k0"]),
    ("poison_text", &["", "7", "ow"]),
    ("table", &["orders"]),
    ("transform_field", &["a", "a=4", "id,name,value"]),
    ("transform_sql", &["*", "a * 2 AS b, 'x' AS c", "*, 10 / (a - 4) AS a"]),
    ("prefix", &["", "logs/", "a/b/c"]),
];

/// A document that can be run. The same seed gives the same document for ever.
#[must_use]
pub fn document(seed: u64) -> Document {
    let mut rng = Rng::from_seed(seed).fork(1);
    let title = format!("Random {seed}");
    let mut document = Document { title, seed: rng.word64() >> 11, ..Document::default() };
    for spec in SPECS {
        for _copy in 0..=rng.below(3) {
            let node = node(&document, spec, &mut rng);
            document.nodes.push(Arc::new(node));
        }
    }
    for _attempt in 0..document.nodes.len() * 4 {
        if let Some(edge) = edge(&document, &mut rng) {
            document.edges.push(Arc::new(edge));
        }
    }
    for scheduled in actions(&document, rng.below(5), &mut rng) {
        document.script.push(scheduled);
        // An entry about a part that an earlier one removed is bad input.
        if !is_sound(&document) {
            document.script.pop();
        }
    }
    // A generator of their own: what came before stays as it was for every seed.
    let mut rng = Rng::from_seed(seed).fork(5);
    let count = rng.below(6);
    document.script.extend(calls(&document, count, Life::Begins, &mut rng));
    let mut rng = Rng::from_seed(seed).fork(9);
    document.script.extend(cousins(&document, &mut rng));
    document.script.sort_by_key(|scheduled| scheduled.at);
    let mut rng = Rng::from_seed(seed).fork(10);
    unrest::stir(&mut document, &mut rng);
    let mut rng = Rng::from_seed(seed).fork(11);
    shipping::equip(&mut document, &mut rng);
    let mut rng = Rng::from_seed(seed).fork(13);
    flink::connect(&mut document, &mut rng);
    let mut rng = Rng::from_seed(seed).fork(7);
    roles::give(&mut document, &mut rng);
    let count = rng.below(4);
    for change in roles::changes(&document, count, RUN_MAX, &mut rng) {
        let before = document.script.clone();
        document.script.push(change);
        document.script.sort_by_key(|scheduled| scheduled.at);
        if !is_sound(&document) {
            document.script = before;
        }
    }
    document
}

/// Actions as a person might do them by hand, ascending by time.
#[must_use]
pub fn by_hand(document: &Document, seed: u64) -> Vec<Scheduled> {
    let mut rng = Rng::from_seed(seed).fork(2);
    let count = rng.below(7);
    let mut all = actions(document, count, &mut rng);
    let mut rng = Rng::from_seed(seed).fork(6);
    let count = rng.below(6);
    all.extend(calls(document, count, Life::Ends, &mut rng));
    let mut rng = Rng::from_seed(seed).fork(8);
    let count = rng.below(4);
    all.extend(roles::changes(document, count, RUN_MAX, &mut rng));
    all.sort_by_key(|scheduled| scheduled.at);
    all
}

/// What may happen to a whole stream: a script creates it once, by hand it is deleted. A stream is
/// never created anew: readers would go on where they were in the old one, as they do against
/// production, and promise nothing there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Life {
    Begins,
    Ends,
}

/// Calls of the Kinesis API: reshards above all, many of which the service refuses.
fn calls(document: &Document, count: u32, life: Life, rng: &mut Rng) -> Vec<Scheduled> {
    let is_stream = |node: &&Arc<Node>| node.config.kind() == "stream";
    let streams: Vec<&Arc<Node>> = document.nodes.iter().filter(is_stream).collect();
    let call = |_| {
        let at = Time(rng.below64(RUN_MAX.0));
        let (operation, body) = call(&pick(&streams, rng)?.name, life, rng);
        let Value::Object(body) = body else { return None };
        Some(Scheduled { at, action: Action::Api { operation: operation.to_owned(), body } })
    };
    let mut calls: Vec<Scheduled> = (0..count).filter_map(call).collect();
    let mut created: Vec<String> = Vec::new();
    calls.retain(|entry| match entry.action.stream_called() {
        Some(("CreateStream", name)) if created.iter().any(|other| other == name) => false,
        Some(("CreateStream", name)) => {
            created.push(name.to_owned());
            true
        }
        _ => true,
    });
    calls
}

/// Splits the first shard of a stream and merges the upper half with the neighbour: a child whose
/// first parent has the higher number, which no merge of two neighbours of the start gives.
fn cousins(document: &Document, rng: &mut Rng) -> Vec<Scheduled> {
    let streams = document.nodes.iter().filter_map(|node| match &node.config {
        Config::Stream(config) if (2..5).contains(&config.shards) => Some((node, config.shards)),
        _ => None,
    });
    let split = Time(500_000 + rng.below64(2_000_000));
    let merge = Time(split.0 + 600_000 + rng.below64(2_000_000));
    let shard = |index: u32| format!("shardId-{index:012}");
    let entry = |at: Time, operation: &str, body: Value| {
        let Value::Object(body) = body else { unreachable!("a request is an object") };
        Scheduled { at, action: Action::Api { operation: operation.to_owned(), body } }
    };
    let both = |(node, shards): (&Arc<Node>, u32)| {
        let half = u128::MAX / u128::from(shards) / 2;
        let of_split = json!({ "StreamName": node.name, "ShardToSplit": shard(0),
                               "NewStartingHashKey": half.to_string() });
        let of_merge = json!({ "StreamName": node.name, "ShardToMerge": shard(shards + 1),
                               "AdjacentShardToMerge": shard(1) });
        [entry(split, "SplitShard", of_split), entry(merge, "MergeShards", of_merge)]
    };
    streams.flat_map(both).collect()
}

fn call(name: &str, life: Life, rng: &mut Rng) -> (&'static str, Value) {
    let arn = format!("arn:aws:kinesis:us-east-1:123456789012:stream/{name}");
    let shard = |index: u32| format!("shardId-{index:012}");
    let index = rng.below(30);
    match rng.below(16) {
        0..5 => {
            let key = (u128::from(rng.word64()) << 64) | u128::from(rng.word64());
            let key = key.to_string();
            let body = json!({ "StreamName": name, "ShardToSplit": shard(index % 4),
                               "NewStartingHashKey": key });
            ("SplitShard", body)
        }
        5..8 => {
            let body = json!({ "StreamName": name, "ShardToMerge": shard(index),
                               "AdjacentShardToMerge": shard(index + 1) });
            ("MergeShards", body)
        }
        8..11 => {
            let body = json!({ "StreamName": name, "TargetShardCount": 1 + rng.below(24),
                               "ScalingType": "UNIFORM_SCALING" });
            ("UpdateShardCount", body)
        }
        11 => {
            let key = ["alias/aws/kinesis", "alias/mine"][rng.below(2) as usize];
            let body = json!({ "StreamName": name, "EncryptionType": "KMS", "KeyId": key });
            ("StartStreamEncryption", body)
        }
        12 => {
            let mode = ["ON_DEMAND", "PROVISIONED"][rng.below(2) as usize];
            let details = json!({ "StreamMode": mode });
            ("UpdateStreamMode", json!({ "StreamARN": arn, "StreamModeDetails": details }))
        }
        13 => {
            let consumer = format!("consumer-{}", rng.below(3));
            ("RegisterStreamConsumer", json!({ "StreamARN": arn, "ConsumerName": consumer }))
        }
        _ if life == Life::Begins => {
            ("CreateStream", json!({ "StreamName": name, "ShardCount": 1 + rng.below(8) }))
        }
        _ => ("DeleteStream", json!({ "StreamName": name, "EnforceConsumerDeletion": true })),
    }
}

/// The same document after some random edits of meaning.
#[must_use]
pub fn edited(document: &Document, seed: u64) -> Document {
    let mut rng = Rng::from_seed(seed).fork(4);
    let mut edited = document.clone();
    for _edit in 0..=rng.below(6) {
        if let Some(edit) = edit(&edited, document.next_node_id(), &mut rng) {
            let before = edited.clone();
            edit.apply(&mut edited).expect("generated edits are legal");
            if !is_sound(&edited) {
                edited = before;
            }
        }
    }
    edited
}

/// One edit. A part that comes gets an id from `fresh` on: one that went may not come back as
/// another, for a part that is moved and renamed is no change to a run.
fn edit(document: &Document, fresh: NodeId, rng: &mut Rng) -> Option<Edit> {
    match rng.below(6) {
        0 => Some(Edit::Remove { nodes: vec![pick(&document.nodes, rng)?.id], edges: Vec::new() }),
        1 => Some(Edit::Remove { nodes: Vec::new(), edges: vec![pick(&document.edges, rng)?.id] }),
        2 => edge(document, rng).map(|edge| Edit::Connect(Arc::new(edge))),
        3 => {
            let node = node(document, pick(SPECS, rng)?, rng);
            let node = Arc::new(Node { id: node.id.max(fresh), ..node });
            Some(Edit::Add { nodes: vec![node], edges: Vec::new() })
        }
        4 => {
            let node = pick(&document.nodes, rng).filter(|it| policy::has_role(it.spec()))?.id;
            let (key, value) = roles::pick(rng)?;
            Some(Edit::SetField { node, key: key.to_owned(), value })
        }
        _ => {
            let node = pick(&document.nodes, rng)?;
            let field = pick(node.spec().fields(), rng)?;
            let value = value(field, rng)?;
            let changes = Map::from_iter([(field.key.to_owned(), value.clone())]);
            legal(&node.config.with(&changes).ok()?).then(|| Edit::SetField {
                node: node.id,
                key: field.key.to_owned(),
                value,
            })
        }
    }
}

fn actions(document: &Document, count: u32, rng: &mut Rng) -> Vec<Scheduled> {
    let mut all: Vec<Scheduled> = (0..count)
        .filter_map(|_| {
            let at = Time(rng.below64(RUN_MAX.0));
            action(document, rng).map(|action| Scheduled { at, action })
        })
        .collect();
    all.sort_by_key(|scheduled| scheduled.at);
    all
}

fn action(document: &Document, rng: &mut Rng) -> Option<Action> {
    let node = pick(&document.nodes, rng)?;
    match rng.below(12) {
        0 => Some(Action::RemoveNode(node.id)),
        1 => pick(&document.edges, rng).map(|edge| Action::RemoveEdge(edge.id)),
        2 => edge(document, rng).map(|edge| Action::AddEdge(Arc::new(edge))),
        3 => {
            let spec = pick(SPECS, rng)?;
            Some(Action::AddNode(Arc::new(self::node(document, spec, rng))))
        }
        4 => Some(Action::ClearFaults(node.id)),
        5..9 => fault(node, rng).map(Action::Fault),
        _ => set(node, rng),
    }
}

/// Between one and three fields of the node get other legal values.
fn set(node: &Node, rng: &mut Rng) -> Option<Action> {
    let mut fields = Map::new();
    for _field in 0..=rng.below(3) {
        let field = pick(node.spec().fields(), rng)?;
        if let Some(value) = value(field, rng) {
            fields.insert(field.key.to_owned(), value);
        }
    }
    let config = node.config.with(&fields).ok()?;
    legal(&config).then_some(Action::Set { node: node.id, fields })
}

fn fault(node: &Node, rng: &mut Rng) -> Option<Fault> {
    let percent = 1 + rng.below(100);
    let kind = match *pick(node.spec().faults, rng)? {
        "slow" => FaultKind::Slow { millis: 1 + rng.below(3_000) },
        "reject" => FaultKind::Reject { percent },
        "timeout" => FaultKind::Timeout { percent },
        "unreachable" => FaultKind::Unreachable { percent },
        "kill" => FaultKind::Kill { worker: rng.below(4) },
        "kms_disabled" => FaultKind::Kms(KmsFault::Disabled),
        "kms_pending_deletion" => FaultKind::Kms(KmsFault::PendingDeletion),
        "kms_denied" => FaultKind::Kms(KmsFault::Denied),
        "kms_throttled" => FaultKind::Kms(KmsFault::Throttled),
        "pause" => FaultKind::Pause { worker: rng.below(4) },
        _ => FaultKind::Down,
    };
    let lasts = Duration(1 + rng.below64(5_000_000));
    Some(Fault { node: node.id, kind, lasts })
}

fn node(document: &Document, spec: &KindSpec, rng: &mut Rng) -> Node {
    let id = document.next_node_id();
    let place = |rng: &mut Rng| i32::try_from(rng.below(120)).unwrap_or(0) * 8;
    let at = Point { x: place(rng), y: place(rng) };
    let config = (0..8).map(|_| config(spec, rng)).find(legal);
    let config = config.or_else(|| Config::default_of(spec.kind)).expect("a kind has defaults");
    Node { id, name: document.free_name(spec.stem), at, config, unknown: Map::new() }
}

fn config(spec: &KindSpec, rng: &mut Rng) -> Config {
    let mut fields = Map::new();
    for field in spec.fields() {
        if rng.below(3) == 0
            && let Some(value) = value(field, rng)
        {
            fields.insert(field.key.to_owned(), value);
        }
    }
    if spec.kind == "firehose" && rng.below(4) == 0 {
        fields.extend(steps(rng));
    }
    let defaults = Config::default_of(spec.kind).expect("a listed kind");
    defaults.with(&fields).expect("generated values have the right types")
}

/// Settings of a Firehose stream that only mean something together.
fn steps(rng: &mut Rng) -> Map<String, Value> {
    let keys = json!({
        "partitioning": true,
        "partition_query": "{a: .a}",
        "transform_keys": "",
        "prefix": "a=!{partitionKeyFromQuery:a}/",
        "error_prefix": "bad/!{firehose:error-output-type}/",
        "partitions_max": 1 + rng.below(8),
        "buffer_interval_secs": 60,
        "buffer_size_mib": 1,
    });
    let table = json!({
        "convert": "parquet",
        "schema": "a int",
        "mappings": "",
        "compression": "UNCOMPRESSED",
        "buffer_size_mib": 64,
    });
    let logs = json!({ "decompress": true, "extract_messages": rng.below(2) == 0 });
    let choices = [keys, table, logs];
    let chosen = pick(&choices, rng).and_then(Value::as_object);
    chosen.cloned().unwrap_or_default()
}

fn legal(config: &Config) -> bool {
    let mut findings = Vec::new();
    config.diagnose(NodeId(0), "", &mut findings);
    !findings.iter().any(Diagnostic::is_error)
}

/// A legal value, or nothing where the default must stay.
fn value(field: &Field, rng: &mut Rng) -> Option<Value> {
    if LEFT_ALONE.contains(&field.key) {
        return None;
    }
    match field.kind {
        FieldKind::Int { min, max } => Some(json!(whole(field.key, min, max, rng))),
        FieldKind::Choice(words) => pick(words, rng).map(|(word, _)| json!(word)),
        FieldKind::Bool => Some(json!(rng.below(2) == 0)),
        FieldKind::Text { .. } | FieldKind::Code { .. } | FieldKind::Sql { .. } => {
            let (_, texts) = TEXTS.iter().find(|(key, _)| *key == field.key)?;
            pick(texts, rng).map(|text| json!(text))
        }
        FieldKind::Share => {
            let den = 1 + rng.below(100);
            Some(json!(format!("{}/{den}", rng.below(den + 1))))
        }
        FieldKind::Weights => {
            Some((0..=rng.below(8)).map(|n| json!([format!("k{n}"), 1 + rng.below(50)])).collect())
        }
        FieldKind::Curve => {
            Some((0..=rng.below(5)).map(|n| json!([n * 3, rng.below(2_000)])).collect())
        }
        FieldKind::Data | FieldKind::Column => None,
    }
}

/// The ends of the range and everything between, every order of magnitude equally likely.
fn whole(key: &str, min: u64, max: u64, rng: &mut Rng) -> u64 {
    let cap = CAPS.iter().find(|(capped, _)| *capped == key).map_or(max, |(_, cap)| *cap);
    let max = max.min(cap).max(min);
    match rng.below(8) {
        0 => min,
        1 => max,
        _ => {
            let magnitude = rng.below(65 - (max - min).leading_zeros());
            min + rng.below64((1_u64 << magnitude).min(max - min) + 1)
        }
    }
}

/// A wire that is legal in the document as it stands.
fn edge(document: &Document, rng: &mut Rng) -> Option<Edge> {
    let node = pick(&document.nodes, rng)?;
    let outs = node.spec().ports.iter().filter(|port| port.direction == Direction::Out);
    let outs: Vec<_> = outs.collect();
    let from = End { node: node.id, port: pick(&outs, rng)?.name.to_owned() };
    let to = pick(&ports::legal_targets(document, &from), rng)?.clone();
    let edge = Edge { id: document.next_edge_id(), from, to };
    // What a part is wired to decides about its settings, too.
    let mut wired = document.clone();
    wired.edges.push(Arc::new(edge.clone()));
    is_sound(&wired).then_some(edge)
}

/// Whether a document has no errors, warnings aside.
fn is_sound(document: &Document) -> bool {
    !validate(document, &DataSets::default()).iter().any(Diagnostic::is_error)
}

fn pick<'a, T>(list: &'a [T], rng: &mut Rng) -> Option<&'a T> {
    let count = u32::try_from(list.len()).ok()?;
    list.get(usize::try_from(rng.below(count)).ok()?)
}
