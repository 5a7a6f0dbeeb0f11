//! Settings against the dated set of AWS limits of the document.

use base::{Diagnostic, Place};

use super::place;
use crate::document::{Document, Node};
use crate::kind::{Config, StreamMode};
use crate::limits;

/// What an account could not have at that date.
pub(super) fn check_account(document: &Document, out: &mut Vec<Diagnostic>) {
    let Some(limits) = limits::find(&document.limits) else { return };
    if document.on_demand_advantage && !limits.on_demand {
        let date = limits.date;
        out.push(Diagnostic::error(
            "SCN-079",
            Place::Document,
            format!("In {date} there was no On-demand Advantage"),
            format!("Remove `on_demand_advantage`, or use limits newer than {date}"),
        ));
    }
}

/// What a stream could not have at that date.
pub(super) fn check(document: &Document, node: &Node, out: &mut Vec<Diagnostic>) {
    let Config::Stream(config) = &node.config else { return };
    let Some(limits) = limits::find(&document.limits) else { return };
    let date = limits.date;
    let mut report = |field: &str, message: String| {
        let help = format!("Lower it, or use limits newer than {date}");
        out.push(Diagnostic::error("SCN-079", place(node, Some(field)), message, help));
    };
    if config.retention_hours > limits.retention_hours_max {
        let most = limits.retention_hours_max;
        report("retention_hours", format!("In {date} records were kept {most} hours at most"));
    }
    if config.record_kib_max > limits.record_kib_max {
        let most = limits.record_kib_max;
        report("record_kib_max", format!("In {date} a record had {most} KiB at most"));
    }
    if config.mode == StreamMode::OnDemand && !limits.on_demand {
        report("mode", format!("In {date} there was no on-demand mode"));
    }
}
