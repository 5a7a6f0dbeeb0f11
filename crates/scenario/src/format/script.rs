//! Script entries: reading and writing.

use base::{Diagnostic, Duration, EdgeId, NodeId, Place};
use serde_json::{Map, Value, json};

use super::object::Object;
use super::{read, write};
use crate::script::{Action, Fault, FaultKind, KmsFault, Scheduled};

/// Words of `do`, in the order of the documentation.
const WORDS: &str = concat!(
    "`set`, `fault`, `clear_faults`, `add_node`, `remove_node`, ",
    "`add_edge`, `remove_edge` or `api`"
);

/// Reads the script; what cannot be read is kept as it came, by its place.
pub(super) fn read(
    list: Vec<Value>,
    kept: &mut Map<String, Value>,
    out: &mut Vec<Diagnostic>,
) -> Vec<Scheduled> {
    let mut script = Vec::with_capacity(list.len());
    let mut unread = Map::new();
    for (idx, value) in list.into_iter().enumerate() {
        match scheduled(value.clone(), idx, out) {
            Some(entry) => script.push(entry),
            None => {
                unread.insert(idx.to_string(), value);
            }
        }
    }
    if !unread.is_empty() {
        kept.insert("script".to_owned(), Value::Object(unread));
    }
    script
}

/// One entry as JSON.
pub(super) fn write(entry: &Scheduled) -> Value {
    let mut map = Map::new();
    let mut put = |key: &str, value: Value| map.insert(key.to_owned(), value);
    put("at_micros", json!(entry.at.0));
    match &entry.action {
        Action::Set { node, fields } => {
            put("do", json!("set"));
            put("node", json!(node.0));
            put("fields", Value::Object(write::sorted(fields)));
        }
        Action::AddNode(node) => {
            put("do", json!("add_node"));
            put("node", Value::Object(write::node(node)));
        }
        Action::RemoveNode(node) => {
            put("do", json!("remove_node"));
            put("node", json!(node.0));
        }
        Action::AddEdge(edge) => {
            put("do", json!("add_edge"));
            put("edge", Value::Object(write::edge(edge)));
        }
        Action::RemoveEdge(edge) => {
            put("do", json!("remove_edge"));
            put("edge", json!(edge.0));
        }
        Action::Fault(fault) => {
            put("do", json!("fault"));
            put("node", json!(fault.node.0));
            put("fault", json!(fault.kind.word()));
            match fault.kind {
                FaultKind::Down | FaultKind::Kms(_) => None,
                FaultKind::Slow { millis } => put("millis", json!(millis)),
                FaultKind::Reject { percent }
                | FaultKind::Timeout { percent }
                | FaultKind::Unreachable { percent } => put("percent", json!(percent)),
                FaultKind::Kill { worker: 0 } | FaultKind::Pause { worker: 0 } => None,
                FaultKind::Kill { worker } | FaultKind::Pause { worker } => {
                    put("worker", json!(worker))
                }
            };
            put("for_micros", json!(fault.lasts.0));
        }
        Action::ClearFaults(node) => {
            put("do", json!("clear_faults"));
            put("node", json!(node.0));
        }
        Action::Api { operation, body } => {
            put("do", json!("api"));
            put("operation", json!(operation));
            put("body", Value::Object(body.clone()));
        }
    }
    Value::Object(map)
}

fn scheduled(value: Value, idx: usize, out: &mut Vec<Diagnostic>) -> Option<Scheduled> {
    let what = format!("script entry {}", idx + 1);
    let mut object = read::entry(value, &what, out)?;
    object.locate(Place::Script(u32::try_from(idx).unwrap_or(u32::MAX)), what.clone());
    let (at, action) = (read::micros(&mut object, "at_micros", 0), action(&mut object, &what));
    let (at, action) = (at?, action?);
    object.rest();
    Some(Scheduled { at, action })
}

fn action(object: &mut Object<'_>, what: &str) -> Option<Action> {
    let Some(word) = object.text("do", 32) else {
        object.missing("do");
        return None;
    };
    match word.as_str() {
        "set" => {
            let node = node_id(object)?;
            if !object.has("fields") {
                object.missing("fields");
            }
            // As they are written: the order of a file leaves no trace in a run.
            let fields = write::sorted(&object.object("fields")?);
            Some(Action::Set { node, fields })
        }
        "fault" => fault(object).map(Action::Fault),
        "clear_faults" => node_id(object).map(Action::ClearFaults),
        "remove_node" => node_id(object).map(Action::RemoveNode),
        "remove_edge" => read::id(object, "edge").map(|id| Action::RemoveEdge(EdgeId(id))),
        "api" => {
            if !object.has("operation") {
                object.missing("operation");
            }
            let operation = object.text("operation", 64);
            let body = object.object("body").unwrap_or_default();
            operation.map(|operation| Action::Api { operation, body })
        }
        "add_node" => {
            let Some(node) = object.value("node") else {
                object.missing("node");
                return None;
            };
            read::node(node, &format!("the node of {what}"), object.out).map(Action::AddNode)
        }
        "add_edge" => {
            let Some(edge) = object.value("edge") else {
                object.missing("edge");
                return None;
            };
            let read = read::edge(edge, &format!("the edge of {what}"), object.out);
            read.map(|(edge, _unknown)| Action::AddEdge(edge))
        }
        other => {
            let message = format!("`do` of {what} is `{other}`");
            object.report("SCN-016", message, format!("It must be {WORDS}; the entry is kept"));
            None
        }
    }
}

fn node_id(object: &mut Object<'_>) -> Option<NodeId> {
    read::id(object, "node").map(NodeId)
}

fn fault(object: &mut Object<'_>) -> Option<Fault> {
    let node = node_id(object);
    let word = object.text("fault", 32).unwrap_or_default();
    let kind = match word.as_str() {
        "down" => Some(FaultKind::Down),
        "slow" => amount(object, "millis", 3_600_000).map(|millis| FaultKind::Slow { millis }),
        "reject" => amount(object, "percent", 100).map(|percent| FaultKind::Reject { percent }),
        "timeout" => amount(object, "percent", 100).map(|percent| FaultKind::Timeout { percent }),
        "unreachable" => {
            amount(object, "percent", 100).map(|percent| FaultKind::Unreachable { percent })
        }
        "kill" => worker(object).map(|worker| FaultKind::Kill { worker }),
        "pause" => worker(object).map(|worker| FaultKind::Pause { worker }),
        word if kms(word).is_some() => kms(word),
        other => {
            let message = format!("`fault` is `{other}`");
            let help = "It must be `down`, `slow`, `reject`, `timeout`, `unreachable`, `kill`, \
                        `pause` or one of the `kms_` faults"
                .to_owned();
            object.report("SCN-016", message, help);
            None
        }
    };
    let lasts = read::micros(object, "for_micros", 1);
    Some(Fault { node: node?, kind: kind?, lasts: Duration(lasts?.0) })
}

fn kms(word: &str) -> Option<FaultKind> {
    KmsFault::ALL.into_iter().find(|fault| fault.word() == word).map(FaultKind::Kms)
}

/// A worker by its number; none means the one that holds most leases.
fn worker(object: &mut Object<'_>) -> Option<u32> {
    if !object.has("worker") {
        return Some(0);
    }
    object.number("worker", 0, u64::from(u32::MAX)).and_then(|worker| u32::try_from(worker).ok())
}

fn amount(object: &mut Object<'_>, key: &str, max: u64) -> Option<u32> {
    if !object.has(key) {
        object.missing(key);
    }
    object.number(key, 1, max).and_then(|amount| u32::try_from(amount).ok())
}
