//! Settings against the dated set of AWS limits of the document.

use base::units::bytes_text;
use base::{Diagnostic, Place};

use super::place;
use crate::document::{Document, Node};
use crate::kind::{Config, StreamConfig, StreamMode};
use crate::limits::{self, Limits};

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

/// What a part could not have at that date.
pub(super) fn check(document: &Document, node: &Node, out: &mut Vec<Diagnostic>) {
    let Some(limits) = limits::find(&document.limits) else { return };
    let date = limits.date;
    let mut report = |field: &str, message: String| {
        let help = format!("Lower it, or use limits newer than {date}");
        out.push(Diagnostic::error("SCN-079", place(node, Some(field)), message, help));
    };
    let most = limits.request_bytes_max;
    match &node.config {
        Config::Kpl(config) if u64::from(config.collection_bytes_max) > most => {
            let most = bytes_text(most);
            report("collection_bytes_max", format!("In {date} a call had {most} at most"));
        }
        Config::Stream(config) => check_stream(config, limits, &mut report),
        _ => {}
    }
}

fn check_stream(config: &StreamConfig, limits: &Limits, report: &mut dyn FnMut(&str, String)) {
    let date = limits.date;
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
