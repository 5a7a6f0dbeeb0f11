//! The form of a node: the fields that are shown now, with what is wrong with each.

use std::rc::Rc;

use base::Place;
use scenario::kind::{Field, FieldKind, is_shown};
use scenario::{DataSets, Node, policy};
use serde_json::{Map, Value};

use crate::hud::FieldRow;
use crate::session::Session;

pub(super) fn rows(session: &Session, node: &Node) -> Vec<FieldRow> {
    let values = node.config.fields();
    let target = session.document.edges_from(node.id).find(|edge| edge.from.port == "out");
    let target = target.and_then(|edge| session.document.node(edge.to.node));
    let target = target.map_or("", |target| target.config.kind());
    let fields = node.spec().fields().iter();
    let shown = fields.filter(|field| is_shown(field.when, &values, Some(target)));
    let row = |field: &'static Field| FieldRow {
        field,
        value: values.get(field.key).cloned().unwrap_or(Value::Null),
        problem: problem(session, node, field.key),
        options: options(session, field, &values),
    };
    let mut rows: Vec<FieldRow> = shown.map(row).collect();
    if policy::has_role(node.spec()) {
        rows.extend(policy::FIELDS.iter().map(|field| FieldRow {
            field,
            value: policy::value(&session.document, node.id, field.key),
            problem: problem(session, node, field.key),
            options: Vec::new(),
        }));
    }
    rows
}

fn problem(session: &Session, node: &Node, key: &str) -> Option<(Rc<str>, Rc<str>)> {
    let is_here = |place: &Place| match place {
        Place::Node { node: id, field: Some(field), .. } => *id == node.id && field == key,
        _ => false,
    };
    let finding = session.problems.iter().find(|finding| is_here(&finding.place))?;
    Some((finding.message.as_str().into(), finding.help.as_str().into()))
}

/// Data sets that can be chosen, or the columns of the one that is.
fn options(session: &Session, field: &Field, values: &Map<String, Value>) -> Vec<Rc<str>> {
    match field.kind {
        FieldKind::Data => {
            let mut names: Vec<Rc<str>> =
                session.data.by_name.keys().map(|name| name.as_str().into()).collect();
            for name in DataSets::builtin_names() {
                if !session.data.by_name.contains_key(*name) {
                    names.push((*name).into());
                }
            }
            base::order::sort(&mut names[..]);
            names
        }
        FieldKind::Column => {
            let name = values.get("data").and_then(Value::as_str).unwrap_or_default();
            let columns = session.data.by_name.get(name).map(|set| set.columns.as_slice());
            columns.unwrap_or_default().iter().map(|name| name.as_str().into()).collect()
        }
        _ => Vec::new(),
    }
}
