//! Numbers and nodes in words.

use base::NodeId;
use base::units::{bytes_text, count_text, grouped};
use engine::snapshot::{
    Gauge, Lane, Leases, MetricView, NodeView, Partitions, ShardAge, WindowTrack,
};
use scenario::Document;
use scenario::kind::{MetricSpec, Stat};

use crate::clock;
use crate::why::plural;

/// A scale as whole per cent.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0.1 to 4")]
pub(crate) fn percent(scale: f64) -> u32 {
    (scale * 100.0).round() as u32
}

/// A value of a metric: `880 /s`, `1.2 MiB/s`, `27 s`. `secs` is what the value covers.
pub(crate) fn metric_value(spec: &MetricSpec, value: u64, secs: u32) -> String {
    let per = if secs == 60 { "/min" } else { "/s" };
    match (spec.stat, spec.unit) {
        (_, "ms") if spec.name.ends_with("Watermark") => watermark(value),
        (_, "ms") => clock::age(value.saturating_mul(1_000)),
        (_, "s") => format!("{} s", count_text(value)),
        (Stat::Sum, "bytes") => format!("{}{per}", bytes_text(value)),
        (Stat::Sum, _) => format!("{} {per}", count_text(value)),
        (Stat::Max | Stat::Gauge, "bytes") => bytes_text(value),
        (Stat::Max | Stat::Gauge, "bytes/s") => format!("{}/s", bytes_text(value)),
        (Stat::Max | Stat::Gauge, _) => count_text(value),
    }
}

/// A moment in milliseconds since 1970, as the time of day.
#[inline(never)]
fn watermark(millis: u64) -> String {
    super::query::moment(i64::try_from(millis).unwrap_or(i64::MAX).saturating_mul(1_000))
}

/// What a node says of one of its metrics.
pub(crate) fn metric(document: &Document, node: &NodeView, name: &str) -> Option<MetricView> {
    let idx = document.node(node.id)?.spec().metric(name)?;
    node.metrics.get(usize::from(idx)).copied()
}

/// Records a node refused since the beginning.
pub(crate) fn rejected_total(document: &Document, node: &NodeView) -> u64 {
    let names = ["WriteProvisionedThroughputExceeded", "ThrottledRecords"];
    let totals = names.iter().filter_map(|name| metric(document, node, name));
    totals.map(|metric| metric.total).sum()
}

/// The lanes of a stream.
pub(crate) fn lanes(node: &NodeView) -> &[Lane] {
    let lanes = node.gauges.iter().find_map(|gauge| match gauge {
        Gauge::Lanes(lanes) => Some(lanes.lanes.as_slice()),
        _ => None,
    });
    lanes.unwrap_or_default()
}

/// The lane that rejects most.
pub(crate) fn hottest_lane(node: &NodeView) -> Option<u32> {
    let rejecting = lanes(node).iter().filter(|lane| lane.rejected_per_sec > 0);
    rejecting.max_by_key(|lane| lane.rejected_per_sec).map(|lane| lane.shard)
}

/// How a node is doing and what it is wired to: `4 shards, 3,010 records a second, shard 2
/// rejecting 880 a second. Feeds to-s3`.
pub(crate) fn sentence(document: &Document, id: NodeId, view: Option<&NodeView>) -> String {
    let mut parts = Vec::new();
    if let Some(view) = view {
        state(document, view, &mut parts);
        if parts.is_empty() {
            parts.extend(busiest(document, view));
        }
    }
    let mut words = if parts.is_empty() { "idle".to_owned() } else { parts.join(", ") };
    let name = |id: NodeId| document.node(id).map_or("?", |node| node.name.as_str());
    let from: Vec<_> = document.edges_to(id).map(|edge| name(edge.from.node)).collect();
    let to: Vec<_> = document.edges_from(id).map(|edge| name(edge.to.node)).collect();
    if !from.is_empty() {
        words += &format!(". Receives from {}", listed(&from));
    }
    if !to.is_empty() {
        words += &format!(". Feeds {}", listed(&to));
    }
    if from.is_empty() && to.is_empty() {
        words += ". Not connected";
    }
    words
}

/// The first metric of a part that is not zero: `ConsumedWriteCapacityUnits 8 /s`.
#[inline(never)]
fn busiest(document: &Document, view: &NodeView) -> Option<String> {
    let specs = document.node(view.id)?.spec().metrics;
    let (spec, metric) = specs.iter().zip(&view.metrics).find(|(_, metric)| metric.last > 0)?;
    Some(format!("{} {}", spec.name, metric_value(spec, metric.last, 1)))
}

fn state(document: &Document, view: &NodeView, out: &mut Vec<String>) {
    for gauge in &view.gauges {
        match gauge {
            Gauge::Lanes(lanes) => {
                let open = lanes.lanes.iter().filter(|lane| !lane.closed).count();
                out.push(plural(open as u64, "shard", "shards"));
                if !lanes.status.is_empty() {
                    out.push(lanes.status.to_owned());
                }
            }
            Gauge::Race(race) if race.records > 0 => {
                let records = plural(race.records, "record", "records");
                out.push(format!("{records} waiting, {}", bytes_text(race.bytes)));
                if !race.verdict.is_empty() {
                    out.push(race.verdict.clone());
                }
            }
            Gauge::Objects(objects) => {
                let count = plural(objects.count, "object", "objects");
                out.push(format!("{count}, {}", bytes_text(objects.bytes)));
            }
            Gauge::Shards { cells } => {
                push_behind(cells.iter().max_by_key(|cell| cell.age_micros), out);
            }
            Gauge::Leases(leases) => leased(leases, out),
            Gauge::Invocation(seen) => push_behind(seen.worst.as_ref(), out),
            Gauge::Partitions(seen) => active(seen, out),
            Gauge::Transform(seen) if seen.under_way > 0 => {
                let records = plural(seen.under_way, "record", "records");
                out.push(format!("{records} in the transformation"));
            }
            Gauge::Windows(seen) => query(seen, out),
            Gauge::Race(_)
            | Gauge::Transform(_)
            | Gauge::Packs(_)
            | Gauge::Spark { .. }
            | Gauge::Bars { .. }
            | Gauge::Line { .. }
            | Gauge::Counters(_) => {}
        }
    }
    let rates = ["IncomingRecords", "RecordsAttempted", "UserRecordsReceived", "RecordsRead"];
    if let Some(rate) = rates.iter().find_map(|name| metric(document, view, name)) {
        out.push(format!("{} a second", plural(rate.last, "record", "records")));
    }
    if view.rejected_per_sec > 0 {
        out.push(rejecting(view));
    }
    out.extend(view.faults.iter().map(|fault| format!("fault: {}", fault_words(fault.kind))));
}

#[inline(never)]
fn rejecting(view: &NodeView) -> String {
    let rejecting = format!("rejecting {} a second", count_text(view.rejected_per_sec.into()));
    match hottest_lane(view) {
        Some(shard) => format!("shard {shard} {rejecting}"),
        None => rejecting,
    }
}

#[inline(never)]
fn leased(leases: &Leases, out: &mut Vec<String>) {
    push_behind(leases.worst(), out);
    if !leases.orphans.is_empty() {
        let shards = plural(leases.orphans.len() as u64, "shard", "shards");
        out.push(format!("{shards} without a live worker"));
    }
}

#[inline(never)]
fn active(seen: &Partitions, out: &mut Vec<String>) {
    let most = grouped(seen.count_max);
    out.push(format!("{} of {most} partitions active", grouped(seen.count)));
}

/// `RUNNING, tumbling 1 min, 1 window open, 12 rows late, 40 rows out`.
#[inline(never)]
fn query(seen: &WindowTrack, out: &mut Vec<String>) {
    out.push(seen.state.to_owned());
    if !seen.caption.is_empty() {
        out.push(seen.caption.clone());
    }
    let windows = seen.times.iter().flat_map(|ruler| &ruler.windows);
    let open = windows.filter(|window| window.open).count();
    if open > 0 {
        out.push(format!("{} open", plural(open as u64, "window", "windows")));
    }
    if seen.late.count > 0 {
        out.push(format!("{} late", plural(seen.late.count, "row", "rows")));
    }
    out.push(format!("{} out", plural(seen.emitted, "row", "rows")));
}

fn push_behind(worst: Option<&ShardAge>, out: &mut Vec<String>) {
    if let Some(worst) = worst {
        let age = clock::age(worst.age_micros);
        out.push(format!("{age} behind on shard {}", worst.shard));
    }
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn listed(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [name] => (*name).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// A fault in a few words: `slow +200 ms`.
pub(crate) fn fault_words(kind: scenario::FaultKind) -> String {
    use scenario::FaultKind as F;
    match kind {
        F::Down => "down".to_owned(),
        F::Slow { millis } if millis % 1_000 == 0 => format!("slow +{} s", millis / 1_000),
        F::Slow { millis } => format!("slow +{}", clock::age(u64::from(millis) * 1_000)),
        F::Reject { percent } => format!("rejects {percent} %"),
        F::Timeout { percent } => format!("no answer to {percent} %"),
        F::Unreachable { percent } => format!("{percent} % never arrive"),
        F::Kill { .. } => "a worker is dead".to_owned(),
        F::Pause { .. } => "a worker stands still".to_owned(),
        F::Kms(fault) => fault.label().to_owned(),
    }
}
