//! The script: played in order on a copy of the document, so that every entry is checked against
//! what will be there at its time.

use base::{Diagnostic, Place, Time};
use serde_json::{Map, Value};

use super::{check_settings, flink, names, replay, sql};
use crate::data::DataSets;
use crate::document::{Document, Node};
use crate::edit::{Edit, no_node};
use crate::policy;
use crate::script::{Action, Fault, OPERATIONS};

/// Checks every entry.
pub(super) fn check(document: &Document, data: &DataSets, out: &mut Vec<Diagnostic>) {
    if document.script.is_empty() {
        return;
    }
    let mut document = document.clone();
    let mut last = Time::ZERO;
    // Entries that could not be read are kept elsewhere, by their places in the file.
    let unread = document.unknown.get("script").and_then(Value::as_object).cloned();
    let is_read = |idx: &u32| unread.as_ref().is_none_or(|it| !it.contains_key(&idx.to_string()));
    let places = (0_u32..).filter(is_read);
    for (idx, entry) in places.zip(core::mem::take(&mut document.script)) {
        let mut findings = play(&entry.action, &mut document, data);
        if entry.at < last {
            findings.insert(
                0,
                Diagnostic::error(
                    "SCN-070",
                    Place::Document,
                    format!("This entry is at {} µs, the one before at {} µs", entry.at.0, last.0),
                    "Put the entries in order of time",
                ),
            );
        }
        last = last.max(entry.at);
        let here = |finding| Diagnostic { place: Place::Script(idx), ..finding };
        out.extend(findings.into_iter().map(here));
    }
}

/// Changes the document as an action would, and says what is wrong with the action. After an
/// error the document is not to be used.
pub fn play(action: &Action, document: &mut Document, data: &DataSets) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    let edit = match action {
        Action::Set { node, fields } => {
            set(*node, fields, document, data, &mut out);
            return out;
        }
        Action::Fault(fault) => {
            check_fault(fault, document, &mut out);
            return out;
        }
        Action::ClearFaults(node) => {
            out.extend(document.node(*node).is_none().then(|| no_node(*node)));
            return out;
        }
        Action::Api { operation, .. } => {
            out.extend(
                (!OPERATIONS.contains(&operation.as_str())).then(|| no_operation(operation)),
            );
            return out;
        }
        Action::AddNode(node) => {
            check_node(document, node, data, &mut out);
            Edit::Add { nodes: vec![node.clone()], edges: Vec::new() }
        }
        Action::RemoveNode(id) => Edit::Remove { nodes: vec![*id], edges: Vec::new() },
        Action::AddEdge(edge) => Edit::Connect(edge.clone()),
        Action::RemoveEdge(id) => Edit::Remove { nodes: Vec::new(), edges: vec![*id] },
    };
    out.extend(edit.apply(document).err());
    out
}

/// Applies the fields one by one; what is then wrong with them, and was not before, is told.
fn set(
    id: base::NodeId,
    fields: &Map<String, Value>,
    document: &mut Document,
    data: &DataSets,
    out: &mut Vec<Diagnostic>,
) {
    let Some(before) = document.node(id) else {
        out.push(no_node(id));
        return;
    };
    let all = |document: &Document, node: &Node| {
        let mut found = Vec::new();
        check_node(document, node, data, &mut found);
        policy::diagnose(document, id, &mut found);
        sql::check_update(document, node, &mut found);
        flink::check_one(document, node, &mut found);
        found
    };
    let old = all(document, before);
    for (key, value) in fields {
        let edit = Edit::SetField { node: id, key: key.clone(), value: value.clone() };
        out.extend(edit.apply(document).err());
    }
    let new = document.node(id).map(|node| all(document, node)).unwrap_or_default();
    out.extend(new.into_iter().filter(|finding| !old.contains(finding)));
}

/// What is checked of every part of a document is checked of one that comes or changes later.
fn check_node(document: &Document, node: &Node, data: &DataSets, out: &mut Vec<Diagnostic>) {
    names::check_one(document, node, out);
    check_settings(document, node, out);
    replay::check(document, node, data, out);
}

fn no_operation(operation: &str) -> Diagnostic {
    Diagnostic::error(
        "SCN-078",
        Place::Document,
        format!("`{operation}` is no operation of the Kinesis API"),
        "Operations are spelled as in the API Reference, such as `SplitShard`",
    )
}

fn check_fault(fault: &Fault, document: &Document, out: &mut Vec<Diagnostic>) {
    let Some(node) = document.node(fault.node) else {
        out.push(no_node(fault.node));
        return;
    };
    let word = fault.kind.word();
    let known = node.spec().faults;
    if !known.contains(&word) {
        out.push(Diagnostic::error(
            "SCN-071",
            Place::Document,
            format!("{} has no fault `{word}`", node.spec().title),
            format!("It can be `{}`", known.join("`, `")),
        ));
    }
}
