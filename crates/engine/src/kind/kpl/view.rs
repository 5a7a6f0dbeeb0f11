//! How an application with the library shows itself.

use super::metric;
use super::pipeline::{Pipeline, Tally};
use crate::generate::replay::Notes;
use crate::kernel::Kernel;
use crate::kind::producer::view::{bars, rate};
use crate::snapshot::{Counter, Gauge, NodeView};

pub(super) fn observe(
    pipeline: &Pipeline,
    notes: Option<Notes>,
    kernel: &Kernel,
    out: &mut NodeView,
) {
    let Tally { received, put, pending, failed, .. } = pipeline.tally;
    let Tally { expired, wrong_shard, copied, kinesis_put, kinesis_failed, refused, .. } =
        pipeline.tally;
    out.counters.extend([
        ("received", received),
        ("put", put),
        ("pending", pending),
        ("failed", failed),
        ("expired", expired),
        ("wrong_shard", wrong_shard),
        ("copied", copied),
        ("refused", refused),
        ("kinesis_put", kinesis_put),
        ("kinesis_failed", kinesis_failed),
        ("connections", pipeline.calls.connections()),
    ]);
    if let Some(Notes { back, unreadable }) = notes {
        out.counters.extend([("rows_out_of_order", back), ("rows_without_time", unreadable)]);
    }
    out.gauges.push(rate(metric::USER_RECEIVED, kernel, out.id));
    out.gauges.push(bars(&pipeline.config.records, kernel));
    out.gauges.push(Gauge::Line {
        left: format!("{} user records", packed(put, kinesis_put)),
        right: "in one".to_owned(),
    });
    let counter = |sign, label, value, bad| Counter { sign, label, value, bad };
    out.gauges.push(Gauge::Counters(vec![
        counter("", "received", received, false),
        counter("=", "put", put, false),
        counter("+", "failed", failed, true),
        counter("+", "pending", pending, false),
    ]));
}

/// User records in one Kinesis record, on average, rounded to the nearest.
fn packed(put: u64, kinesis_put: u64) -> u64 {
    (put + kinesis_put / 2).checked_div(kinesis_put).unwrap_or(0)
}
