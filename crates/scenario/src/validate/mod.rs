//! Everything that is wrong with the meaning of a document, all at once.

mod dated;
mod firehose;
mod flink;
#[cfg(test)]
mod flink_tests;
mod graph;
mod names;
mod replay;
mod script;
mod sql;
#[cfg(test)]
mod sql_tests;
#[cfg(test)]
mod validate_tests;

use base::{Diagnostic, NodeId, Place};

use crate::data::DataSets;
use crate::document::{Document, Node};
use crate::kind::Config;
use crate::limits;
use crate::policy;

pub use self::script::play;
pub use self::sql::bound_to;

/// 2000-01-01 and 2100-01-01 UTC: sequence numbers hold the clock in seconds, and dates outside
/// are more likely a slip of unit.
const EPOCH_MILLIS: core::ops::RangeInclusive<u64> = 946_684_800_000..=4_102_444_800_000;

/// All findings about a document, with the data sets that are at hand.
#[must_use]
pub fn validate(document: &Document, data: &DataSets) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    check_run(document, &mut out);
    dated::check_account(document, &mut out);
    names::check(document, &mut out);
    for node in &document.nodes {
        check_settings(document, node, &mut out);
    }
    for id in document.policies.keys() {
        policy::diagnose(document, *id, &mut out);
    }
    policy::diagnose_rights(document, &mut out);
    graph::check(document, &mut out);
    firehose::check(document, &mut out);
    sql::check(document, &mut out);
    flink::check(document, &mut out);
    for node in &document.nodes {
        replay::check(document, node, data, &mut out);
    }
    script::check(document, data, &mut out);
    out
}

/// The kind of a part and its settings.
fn check_settings(document: &Document, node: &Node, out: &mut Vec<Diagnostic>) {
    if let Config::Unknown { kind, .. } = &node.config {
        out.push(Diagnostic::error(
            "SCN-050",
            place(node, None),
            format!("`{kind}` is not a kind of part this version knows"),
            "It is kept as it is; check the spelling, remove it, or use a newer Rivulet",
        ));
    }
    node.config.diagnose(node.id, &node.name, out);
    dated::check(document, node, out);
}

fn check_run(document: &Document, out: &mut Vec<Diagnostic>) {
    if limits::find(&document.limits).is_none() {
        let known = limits::PROFILES.iter().map(|limits| limits.date);
        let known = known.collect::<Vec<_>>().join("`, `");
        out.push(Diagnostic::error(
            "SCN-051",
            Place::Document,
            format!("`{}` is not a set of AWS limits", document.limits),
            format!("Known sets are `{known}`"),
        ));
    }
    if !EPOCH_MILLIS.contains(&document.epoch_millis) {
        out.push(Diagnostic::error(
            "SCN-052",
            Place::Document,
            format!("The clock starts at {} ms, outside 2000 to 2100", document.epoch_millis),
            format!(
                "`epoch_millis` counts milliseconds since 1970, {} to {}",
                EPOCH_MILLIS.start(),
                EPOCH_MILLIS.end()
            ),
        ));
    }
}

/// The place of a node, or of one of its fields.
fn place(node: &Node, field: Option<&str>) -> Place {
    Place::Node { node: node.id, name: node.name.clone(), field: field.map(str::to_owned) }
}

/// What messages call a node.
fn name_of(document: &Document, id: NodeId) -> String {
    document.node(id).map_or_else(|| format!("part {id}"), |node| format!("`{}`", node.name))
}
