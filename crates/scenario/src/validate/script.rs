//! The script: played in order on a copy of the document, so that every entry is checked against
//! what will be there at its time.

use base::{Diagnostic, Place, Time};
use serde_json::{Map, Value};

use crate::document::Document;
use crate::edit::{Edit, no_node};
use crate::script::{Action, Fault};

/// Checks every entry.
pub(super) fn check(document: &Document, out: &mut Vec<Diagnostic>) {
    if document.script.is_empty() {
        return;
    }
    let mut document = document.clone();
    let mut last = Time::ZERO;
    for (idx, entry) in (0_u32..).zip(core::mem::take(&mut document.script)) {
        let mut findings = Vec::new();
        if entry.at < last {
            findings.push(Diagnostic::error(
                "SCN-070",
                Place::Document,
                format!("This entry is at {} µs, the one before at {} µs", entry.at.0, last.0),
                "Put the entries in order of time",
            ));
        }
        last = last.max(entry.at);
        play(&entry.action, &mut document, &mut findings);
        let here = |finding| Diagnostic { place: Place::Script(idx), ..finding };
        out.extend(findings.into_iter().map(here));
    }
}

fn play(action: &Action, document: &mut Document, out: &mut Vec<Diagnostic>) {
    let edit = match action {
        Action::Set { node, fields } => return set(*node, fields, document, out),
        Action::Fault(fault) => return check_fault(fault, document, out),
        Action::ClearFaults(node) => {
            out.extend(document.node(*node).is_none().then(|| no_node(*node)));
            return;
        }
        Action::AddNode(node) => {
            node.config.diagnose(node.id, &node.name, out);
            Edit::Add { nodes: vec![node.clone()], edges: Vec::new() }
        }
        Action::RemoveNode(id) => Edit::Remove { nodes: vec![*id], edges: Vec::new() },
        Action::AddEdge(edge) => Edit::Connect(edge.clone()),
        Action::RemoveEdge(id) => Edit::Remove { nodes: Vec::new(), edges: vec![*id] },
    };
    out.extend(edit.apply(document).err());
}

/// Applies the fields one by one; what is then wrong with them, and was not before, is told.
fn set(
    id: base::NodeId,
    fields: &Map<String, Value>,
    document: &mut Document,
    out: &mut Vec<Diagnostic>,
) {
    let Some(before) = document.node(id).map(|node| (node.config.clone(), node.name.clone()))
    else {
        out.push(no_node(id));
        return;
    };
    for (key, value) in fields {
        let edit = Edit::SetField { node: id, key: key.clone(), value: value.clone() };
        out.extend(edit.apply(document).err());
    }
    let (mut old, mut new) = (Vec::new(), Vec::new());
    before.0.diagnose(id, &before.1, &mut old);
    if let Some(node) = document.node(id) {
        node.config.diagnose(id, &node.name, &mut new);
    }
    out.extend(new.into_iter().filter(|finding| !old.contains(finding)));
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
