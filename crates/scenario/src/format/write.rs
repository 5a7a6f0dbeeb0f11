//! From the document to canonical JSON.

use std::sync::Arc;

use base::{NodeId, order};
use serde_json::{Map, Value, json};

use super::{FORMAT, script};
use crate::document::{Document, Edge, End, Node};
use crate::kind::Config;
use crate::migrate;
use crate::policy::Grant;
use crate::price::usd_text;

/// The whole document.
pub(super) fn document(document: &Document) -> Map<String, Value> {
    let plain = Document::default();
    let mut map = Map::new();
    let mut put = |key: &str, value: Value, default: bool| {
        if !default {
            map.insert(key.to_owned(), value);
        }
    };
    put("format", json!(FORMAT), false);
    put("version", json!(migrate::CURRENT), false);
    put("title", json!(document.title), document.title == plain.title);
    put("author", json!(document.author), document.author.is_empty());
    put("about", json!(document.about), document.about.is_empty());
    put("seed", json!(document.seed), document.seed == plain.seed);
    let epoch = document.epoch_millis;
    put("epoch_millis", json!(epoch), epoch == plain.epoch_millis);
    put("limits", json!(document.limits), document.limits == plain.limits);
    let endpoints: Vec<u32> = document.vpc_endpoints.iter().map(|id| id.0).collect();
    put("vpc_endpoints", json!(endpoints), endpoints.is_empty());
    let advantage = document.on_demand_advantage;
    put("on_demand_advantage", json!(advantage), !advantage);
    let prices = document.prices.iter();
    let prices = prices.map(|(item, pico)| (item.spec().key.to_owned(), json!(usd_text(*pico))));
    put("prices", Value::Object(prices.collect()), document.prices.is_empty());
    let mut lists = lists(document);
    for key in ["nodes", "edges", "policies", "grants", "script", "data"] {
        let list = lists.shift_remove(key).unwrap_or_default();
        let empty = list.as_array().is_none_or(Vec::is_empty);
        put(key, list, empty);
    }
    for (key, value) in &sorted(&document.unknown) {
        // The lists keep what nobody knew under their own keys; it is woven in above.
        let woven =
            matches!(key.as_str(), "nodes" | "edges" | "policies" | "grants" | "script" | "data");
        put(key, value.clone(), woven);
    }
    map
}

/// One node.
pub(super) fn node(node: &Node) -> Map<String, Value> {
    let mut map = Map::new();
    map.insert("id".to_owned(), json!(node.id.0));
    map.insert("kind".to_owned(), json!(node.config.kind()));
    map.insert("name".to_owned(), json!(node.name));
    map.insert("at".to_owned(), json!([node.at.x, node.at.y]));
    let mut unknown = sorted(&node.unknown);
    let mut config = changed_fields(&node.config);
    if let Some(Value::Object(more)) = unknown.shift_remove("config") {
        config.extend(more);
    }
    if !config.is_empty() {
        map.insert("config".to_owned(), Value::Object(config));
    }
    map.extend(unknown);
    map
}

/// One edge.
pub(super) fn edge(edge: &Edge) -> Map<String, Value> {
    let end = |end: &End| json!([end.node.0, end.port]);
    Map::from_iter([
        ("id".to_owned(), json!(edge.id.0)),
        ("from".to_owned(), end(&edge.from)),
        ("to".to_owned(), end(&edge.to)),
    ])
}

/// One policy: JSON as JSON, anything else as the text it is.
fn policy((node, text): (&NodeId, &Arc<str>)) -> Value {
    let policy = serde_json::from_str(text).unwrap_or_else(|_fault| Value::from(&**text));
    json!({ "node": node.0, "policy": policy })
}

/// One KMS grant.
fn grant((node, grant): (&NodeId, &Grant)) -> Value {
    json!({ "node": node.0, "operations": grant.operations() })
}

/// The same object with its keys in order, all the way down.
pub(super) fn sorted(map: &Map<String, Value>) -> Map<String, Value> {
    let mut pairs: Vec<(&String, &Value)> = map.iter().collect();
    order::sort_by(&mut pairs[..], |a, b| a.0.cmp(b.0));
    pairs.into_iter().map(|(key, value)| (key.clone(), sorted_value(value))).collect()
}

fn sorted_value(value: &Value) -> Value {
    match value {
        Value::Object(map) => Value::Object(sorted(map)),
        Value::Array(items) => Value::Array(items.iter().map(sorted_value).collect()),
        other => other.clone(),
    }
}

/// The fields that differ from their defaults, in specification order.
fn changed_fields(config: &Config) -> Map<String, Value> {
    if let Config::Unknown { fields, .. } = config {
        return sorted(fields);
    }
    let plain = Config::default_of(config.kind()).map(|plain| plain.fields()).unwrap_or_default();
    let mut fields = config.fields();
    fields.retain(|key, value| plain.get(key) != Some(value));
    fields
}

fn lists(document: &Document) -> Map<String, Value> {
    let mut nodes: Vec<_> = document.nodes.iter().collect();
    order::sort_by_key(&mut nodes[..], |node| node.id);
    let mut edges: Vec<_> = document.edges.iter().collect();
    order::sort_by_key(&mut edges[..], |edge| edge.id);
    let mut data: Vec<_> = document.data.iter().collect();
    order::sort_by(&mut data[..], |a, b| a.name.cmp(&b.name));
    let with_unknown = |edge: &Edge| {
        let mut map = self::edge(edge);
        let unknown = document.unknown.get("edges").and_then(|all| all.get(edge.id.to_string()));
        if let Some(Value::Object(unknown)) = unknown {
            map.extend(sorted(unknown));
        }
        Value::Object(map)
    };
    let unread = |key: &str| match document.unknown.get(key) {
        Some(Value::Array(items)) => items.iter().map(sorted_value).collect(),
        _ => Vec::new(),
    };
    let text = |set: &crate::DataSet| json!({ "name": set.name, "text": &*set.text });
    let nodes: Vec<_> = nodes.into_iter().map(|node| Value::Object(self::node(node))).collect();
    let edges: Vec<_> = edges.into_iter().map(|edge| with_unknown(edge)).collect();
    let policies: Vec<_> = document.policies.iter().map(policy).chain(unread("policies")).collect();
    let grants: Vec<_> = document.grants.iter().map(grant).chain(unread("grants")).collect();
    let mut steps: Vec<_> = document.script.iter().map(script::write).collect();
    if let Some(Value::Object(unread)) = document.unknown.get("script") {
        for (place, entry) in unread {
            let place = place.parse().unwrap_or(usize::MAX).min(steps.len());
            steps.insert(place, sorted_value(entry));
        }
    }
    let data: Vec<_> = data.into_iter().map(|set| text(set)).chain(unread("data")).collect();
    Map::from_iter([
        ("nodes".to_owned(), json!(nodes)),
        ("edges".to_owned(), json!(edges)),
        ("policies".to_owned(), json!(policies)),
        ("grants".to_owned(), json!(grants)),
        ("script".to_owned(), json!(steps)),
        ("data".to_owned(), json!(data)),
    ])
}
