//! From JSON to the typed document.

use std::sync::Arc;

use base::{Diagnostic, EdgeId, NodeId, Place, Time, VecMap, limits, order};
use serde_json::{Map, Value, json};

use super::object::Object;
use super::{script, text};
use crate::data::DataSet;
use crate::document::{Document, Edge, End, Node, Point};
use crate::kind::Config;
use crate::policy::Grant;
use crate::price::{self, Item, Prices};

/// Characters in a title.
pub(crate) const TITLE_CHARS_MAX: u32 = 200;
const AUTHOR_CHARS_MAX: u32 = 200;
const ABOUT_CHARS_MAX: u32 = 4_000;
/// Largest id: leaves room to count on.
pub(crate) const ID_MAX: u32 = 1_000_000_000;
/// Furthest a part may stand from the origin, in world units.
pub(crate) const PLACE_MAX: i32 = 1_000_000;

/// Reads a document of the current version.
pub(super) fn document(root: Map<String, Value>, out: &mut Vec<Diagnostic>) -> Document {
    let plain = Document::default();
    let mut kept = Map::new();
    let mut object = Object::new(root, Place::Document, "the document", out);
    let title = object.text("title", TITLE_CHARS_MAX).unwrap_or(plain.title);
    let author = object.text("author", AUTHOR_CHARS_MAX).unwrap_or_default();
    let about = object.text("about", ABOUT_CHARS_MAX).unwrap_or_default();
    let seed = object.number("seed", 0, u64::MAX).unwrap_or(plain.seed);
    let epoch_millis = object.number("epoch_millis", 0, u64::MAX).unwrap_or(plain.epoch_millis);
    let limits = object.text("limits", 32).unwrap_or(plain.limits);
    let node_list = capped(&mut object, "nodes", limits::NODES_MAX);
    let edge_list = capped(&mut object, "edges", limits::EDGES_MAX);
    let policy_list = capped(&mut object, "policies", limits::NODES_MAX);
    let grant_list = capped(&mut object, "grants", limits::NODES_MAX);
    let script_list = capped(&mut object, "script", limits::SCRIPT_MAX);
    let data_list = capped(&mut object, "data", limits::NODES_MAX);
    let nodes = nodes(node_list, object.out);
    let edges = edges(edge_list, &mut kept, object.out);
    let policies = policies(policy_list, &mut kept, object.out);
    let grants = grants(grant_list, &mut kept, object.out);
    let vpc_endpoints = vpc_endpoints(&mut object);
    let on_demand_advantage = object.flag("on_demand_advantage").unwrap_or_default();
    let prices = prices(&mut object);
    let script = script::read(script_list, &mut kept, object.out);
    let data = data_sets(data_list, &mut kept, object.out);
    let mut unknown = object.rest();
    unknown.extend(kept);
    Document {
        title,
        author,
        about,
        seed,
        epoch_millis,
        limits,
        nodes,
        edges,
        policies,
        grants,
        vpc_endpoints,
        on_demand_advantage,
        prices,
        script,
        data,
        unknown,
    }
}

/// One node; `None` when it cannot even be named.
pub(super) fn node(value: Value, what: &str, out: &mut Vec<Diagnostic>) -> Option<Arc<Node>> {
    let mut object = entry(value, what, out)?;
    let id = NodeId(id(&mut object, "id")?);
    let is_nameless = !object.has("name");
    let name = object.text("name", limits::NAME_CHARS_MAX);
    // A name that every kind may have stands in until there is one.
    let name = name.unwrap_or_else(|| format!("part-{id}"));
    let called = if is_nameless { format!("node {id}") } else { format!("node `{name}`") };
    object.locate(Place::Node { node: id, name: name.clone(), field: None }, called);
    if is_nameless {
        object.missing("name");
    }
    let Some(kind) = object.text("kind", limits::NAME_CHARS_MAX) else {
        object.missing("kind");
        return None;
    };
    let at = match object.value("at") {
        None => Point::default(),
        Some(value) => point(&value).unwrap_or_else(|| {
            let wanted = format!("two whole numbers within ±{PLACE_MAX}, such as [320, 160]");
            object.wrong("at", &wanted, &value);
            Point::default()
        }),
    };
    let fields = object.object("config").unwrap_or_default();
    let (config, unknown_fields) = config(&kind, fields, id, &name, object.out);
    let mut unknown = object.rest();
    if !unknown_fields.is_empty() {
        unknown.insert("config".to_owned(), Value::Object(unknown_fields));
    }
    Some(Arc::new(Node { id, name, at, config, unknown }))
}

/// One edge with the fields nobody knows.
pub(super) fn edge(
    value: Value,
    what: &str,
    out: &mut Vec<Diagnostic>,
) -> Option<(Arc<Edge>, Map<String, Value>)> {
    let mut object = entry(value, what, out)?;
    let id = EdgeId(id(&mut object, "id")?);
    object.locate(Place::Edge(id), format!("edge {id}"));
    let (from, to) = (end(&mut object, "from"), end(&mut object, "to"));
    let (from, to) = (from?, to?);
    Some((Arc::new(Edge { id, from, to }), object.rest()))
}

/// An entry of a list as an object.
pub(super) fn entry<'a>(
    value: Value,
    what: &str,
    out: &'a mut Vec<Diagnostic>,
) -> Option<Object<'a>> {
    match value {
        Value::Object(map) => Some(Object::new(map, Place::Document, what, out)),
        other => {
            out.push(Diagnostic::error(
                "SCN-010",
                Place::Document,
                format!("{what} is `{}`", text::shown(&other)),
                "It must be an object in braces",
            ));
            None
        }
    }
}

/// A required id.
pub(super) fn id(object: &mut Object<'_>, key: &str) -> Option<u32> {
    if !object.has(key) {
        object.missing(key);
    }
    object.number(key, 1, u64::from(ID_MAX)).and_then(|id| u32::try_from(id).ok())
}

/// A required moment of the run or length of time, in microseconds.
pub(super) fn micros(object: &mut Object<'_>, key: &str, min: u64) -> Option<Time> {
    if !object.has(key) {
        object.missing(key);
    }
    object.number(key, min, limits::RUN_MAX.0).map(Time)
}

fn capped(object: &mut Object<'_>, key: &str, max: u32) -> Vec<Value> {
    let mut list = object.list(key);
    if list.len() > max as usize {
        let message = format!("`{key}` has {} entries", list.len());
        let help = format!("At most {max} fit; only those were kept");
        object.report("SCN-011", message, help);
        list.truncate(max as usize);
    }
    list
}

fn nodes(list: Vec<Value>, out: &mut Vec<Diagnostic>) -> Vec<Arc<Node>> {
    let mut nodes: Vec<Arc<Node>> = Vec::with_capacity(list.len());
    for (idx, value) in list.into_iter().enumerate() {
        nodes.extend(node(value, &format!("entry {} of `nodes`", idx + 1), out));
    }
    order::sort_by_key(&mut nodes[..], |node| node.id);
    nodes
}

fn edges(
    list: Vec<Value>,
    kept: &mut Map<String, Value>,
    out: &mut Vec<Diagnostic>,
) -> Vec<Arc<Edge>> {
    let mut edges = Vec::with_capacity(list.len());
    let mut unknown = Map::new();
    for (idx, value) in list.into_iter().enumerate() {
        let read = edge(value, &format!("entry {} of `edges`", idx + 1), out);
        if let Some((edge, rest)) = read {
            if !rest.is_empty() {
                unknown.insert(edge.id.to_string(), Value::Object(rest));
            }
            edges.push(edge);
        }
    }
    if !unknown.is_empty() {
        kept.insert("edges".to_owned(), Value::Object(unknown));
    }
    order::sort_by_key(&mut edges[..], |edge| edge.id);
    edges
}

fn end(object: &mut Object<'_>, key: &str) -> Option<End> {
    let Some(value) = object.value(key) else {
        object.missing(key);
        return None;
    };
    let read = value.as_array().and_then(|pair| match pair.as_slice() {
        [node, Value::String(port)] if port.chars().count() <= 32 => {
            let id = node.as_u64().filter(|id| *id <= u64::from(ID_MAX))?;
            Some(End { node: NodeId(u32::try_from(id).ok()?), port: port.clone() })
        }
        _ => None,
    });
    if read.is_none() {
        object.wrong(key, "a node id and a port name, such as [1, \"out\"]", &value);
    }
    read
}

fn point(value: &Value) -> Option<Point> {
    let axis = |value: &Value| {
        let number = value.as_i64().and_then(|number| i32::try_from(number).ok())?;
        (-PLACE_MAX..=PLACE_MAX).contains(&number).then_some(number)
    };
    match value.as_array()?.as_slice() {
        [x, y] => Some(Point { x: axis(x)?, y: axis(y)? }),
        _ => None,
    }
}

/// Settings field by field, so that one wrong value never hides the others.
fn config(
    kind: &str,
    fields: Map<String, Value>,
    node: NodeId,
    name: &str,
    out: &mut Vec<Diagnostic>,
) -> (Config, Map<String, Value>) {
    let Some(mut config) = Config::default_of(kind) else {
        return (Config::Unknown { kind: kind.to_owned(), fields }, Map::new());
    };
    let known = config.fields();
    let mut unknown = Map::new();
    for (key, value) in fields {
        let place = || Place::Node { node, name: name.to_owned(), field: Some(key.clone()) };
        if !known.contains_key(&key) {
            out.push(Diagnostic::warning(
                "SCN-049",
                place(),
                format!("`{key}` means nothing to {} in this version", config.spec().title),
                "It is kept as it is and has no effect; check the spelling",
            ));
            unknown.insert(key, value);
            continue;
        }
        let change = Map::from_iter([(key.clone(), value.clone())]);
        match config.with(&change) {
            Ok(changed) => config = changed,
            Err(_words) => {
                let wanted = config.spec().field(&key).map_or_else(String::new, |f| f.wanted());
                let label = config.spec().field(&key).map_or(key.as_str(), |field| field.label);
                out.push(Diagnostic::error(
                    "SCN-014",
                    place(),
                    format!("`{label}` is `{}`", text::shown(&value)),
                    format!("It must be {wanted}; the default stands in for now"),
                ));
            }
        }
    }
    (config, unknown)
}

/// Policies as JSON, or as the text somebody has not finished yet.
fn policies(
    list: Vec<Value>,
    kept: &mut Map<String, Value>,
    out: &mut Vec<Diagnostic>,
) -> VecMap<NodeId, Arc<str>> {
    let mut policies = VecMap::new();
    let mut unread = Vec::new();
    for (idx, value) in list.into_iter().enumerate() {
        let what = format!("entry {} of `policies`", idx + 1);
        let Some(mut object) = entry(value.clone(), &what, out) else { continue };
        let (node, policy) = (id(&mut object, "node"), object.value("policy"));
        if policy.is_none() {
            object.missing("policy");
        }
        let (Some(node), Some(policy)) = (node, policy) else {
            unread.push(value);
            continue;
        };
        let text = match policy {
            Value::String(text) => text,
            // As people write it: AWS's own console indents policies as well.
            policy => serde_json::to_string_pretty(&policy).unwrap_or_default(),
        };
        policies.insert(NodeId(node), text.into());
    }
    if !unread.is_empty() {
        kept.insert("policies".to_owned(), json!(unread));
    }
    policies
}

/// KMS grants with the operations as AWS names them.
#[inline(never)]
fn grants(
    list: Vec<Value>,
    kept: &mut Map<String, Value>,
    out: &mut Vec<Diagnostic>,
) -> VecMap<NodeId, Grant> {
    let mut grants = VecMap::new();
    let mut unread = Vec::new();
    for (idx, value) in list.into_iter().enumerate() {
        let what = format!("entry {} of `grants`", idx + 1);
        let Some(mut object) = entry(value.clone(), &what, out) else { continue };
        let node = id(&mut object, "node");
        let operations = object.list("operations");
        let words: Vec<&str> = operations.iter().filter_map(Value::as_str).collect();
        let all_texts = words.len() == operations.len();
        let grant = Grant::of_operations(&words).filter(|_| all_texts);
        if grant.is_none() {
            let wanted = "a list of `Decrypt` and `GenerateDataKey`";
            object.wrong("operations", wanted, &Value::Array(operations.clone()));
        }
        match (node, grant) {
            (Some(node), Some(grant)) => {
                grants.insert(NodeId(node), grant);
            }
            _ => unread.push(value),
        }
    }
    if !unread.is_empty() {
        kept.insert("grants".to_owned(), json!(unread));
    }
    grants
}

/// Parts behind an interface endpoint, by id.
fn vpc_endpoints(object: &mut Object<'_>) -> Vec<NodeId> {
    let mut ids = Vec::new();
    for value in capped(object, "vpc_endpoints", limits::NODES_MAX) {
        let id = value.as_u64().filter(|id| (1..=u64::from(ID_MAX)).contains(id));
        match id.and_then(|id| u32::try_from(id).ok()) {
            Some(id) => ids.push(NodeId(id)),
            None => object.wrong("vpc_endpoints", "a list of ids of parts", &value),
        }
    }
    order::sort(&mut ids);
    ids.dedup();
    ids
}

/// Prices of one's own: dollars in quotes, so that no digit is lost.
#[inline(never)]
fn prices(object: &mut Object<'_>) -> Prices {
    let mut prices = Prices::new();
    for (key, value) in object.object("prices").unwrap_or_default() {
        let Some(item) = Item::of_key(&key) else {
            let keys: Vec<&str> = Item::ALL.iter().map(|item| item.spec().key).collect();
            let message = format!("`{key}` of `prices` is nothing that is billed");
            object.report("PRC-001", message, format!("Known are {}", keys.join(", ")));
            continue;
        };
        match value.as_str().and_then(price::parse_usd) {
            Some(pico_usd) => {
                prices.insert(item, pico_usd);
            }
            None => object.wrong(&key, "dollars in quotes, such as \"0.015\"", &value),
        }
    }
    prices
}

fn data_sets(
    list: Vec<Value>,
    kept: &mut Map<String, Value>,
    out: &mut Vec<Diagnostic>,
) -> Vec<Arc<DataSet>> {
    let mut sets: Vec<Arc<DataSet>> = Vec::with_capacity(list.len());
    let mut unread = Vec::new();
    for (idx, value) in list.into_iter().enumerate() {
        match data_set(&value, idx, out) {
            Some(set) => sets.push(Arc::new(set)),
            None => unread.push(value),
        }
    }
    if !unread.is_empty() {
        kept.insert("data".to_owned(), json!(unread));
    }
    order::sort_by(&mut sets[..], |a, b| a.name.cmp(&b.name));
    sets
}

#[inline(never)]
fn data_set(value: &Value, idx: usize, out: &mut Vec<Diagnostic>) -> Option<DataSet> {
    let what = format!("entry {} of `data`", idx + 1);
    let mut object = entry(value.clone(), &what, out)?;
    let name = object.text("name", limits::NAME_CHARS_MAX);
    let body = object.value("text");
    let (Some(name), Some(Value::String(body))) = (name, body) else {
        object.missing("name` and a `text");
        return None;
    };
    object.rest();
    let chars = body.chars().count();
    if chars > limits::DATA_INLINE_CHARS_MAX as usize {
        out.push(Diagnostic::error(
            "SCN-017",
            Place::Document,
            format!("The data set `{name}` has {chars} characters"),
            format!(
                "At most {} fit inside a scenario; load larger ones from a file",
                limits::DATA_INLINE_CHARS_MAX
            ),
        ));
        return None;
    }
    let findings = match DataSet::parse(&name, body.as_bytes()) {
        Ok((set, warnings)) => {
            out.extend(warnings.into_iter().map(|finding| of_data_set(&name, finding)));
            return Some(set);
        }
        Err(findings) => findings,
    };
    out.extend(findings.into_iter().map(|finding| of_data_set(&name, finding)));
    None
}

/// A finding about the text of a data set, told as one about the document that carries it.
fn of_data_set(name: &str, finding: Diagnostic) -> Diagnostic {
    let message = match finding.place {
        Place::Text { line, .. } => format!("`{name}`, line {line}: {}", finding.message),
        _ => format!("`{name}`: {}", finding.message),
    };
    Diagnostic { place: Place::Document, message, ..finding }
}
