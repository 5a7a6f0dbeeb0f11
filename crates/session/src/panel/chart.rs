//! The three charts under the timeline: the metrics that tell most about what is selected, or
//! about the whole pipeline: what arrives, what goes wrong, how far behind readers are.

use std::rc::Rc;

use base::NodeId;
use base::units::{bytes_text, count_text};
use engine::snapshot::{Gauge, ShardAge};
use scenario::Config;
use scenario::kind::{MetricSpec, Stat};

use super::words;
use crate::clock;
use crate::driver::Query;
use crate::hud::Chart;
use crate::session::Session;
use crate::why::plural;

/// Charts shown.
const CHARTS: usize = 3;
/// Seconds a series holds: one hour, what the run keeps.
const SERIES_SECS: u32 = 3_600;
/// Records a shard takes each second (Kinesis quota page, 2026-11).
const SHARD_RECORDS_PER_SEC: u64 = 1_000;
/// An age that was not reported for so many seconds is not known: a reader that stands still or is
/// dead reports nothing, and the last word of it was that all is well.
const UNREPORTED_SECS: u32 = 10;

/// A metric of a kind.
type Telling = (&'static str, &'static str);

/// What arrives, where the pipeline begins.
const ARRIVALS: &[Telling] = &[
    ("stream", "IncomingRecords"),
    ("firehose", "IncomingRecords"),
    ("producer", "RecordsAttempted"),
];
/// What goes wrong: the first of them that happened.
const TROUBLES: &[Telling] = &[
    ("stream", "WriteProvisionedThroughputExceeded"),
    ("lambda", "Errors"),
    ("lambda", "Throttles"),
    ("kcl", "ExpiredIterator"),
    ("table", "WriteThrottleEvents"),
    ("producer", "RecordsGivenUp"),
    ("firehose", "ThrottledRecords"),
    ("redshift", "STL_LOAD_ERRORS"),
    ("elasticsearch", "ThreadpoolWriteRejected"),
    ("splunk", "RequestsRefused"),
    ("http_endpoint", "RequestsRefused"),
    ("firehose", "BackupToS3.Records"),
    ("flink_application", "numLateRecordsDropped"),
];
/// How far behind those are who read.
const AGES: &[Telling] = &[
    ("firehose", "DeliveryToS3.DataFreshness"),
    ("lambda", "IteratorAge"),
    ("kcl", "MillisBehindLatest"),
    ("connector", "MillisBehindLatest"),
    ("sql_application", "MillisBehindLatest"),
    ("flink_application", "millisBehindLatest"),
    ("consumer", "GetRecords.IteratorAgeMilliseconds"),
];
/// What else moves.
const OTHERS: &[Telling] = &[
    ("firehose", "DeliveryToS3.Bytes"),
    ("producer", "RecordsAttempted"),
    ("kpl", "UserRecordsPut"),
    ("sql_application", "Records.Output"),
    ("flink_application", "numRecordsOut"),
    ("agent", "BytesSent"),
    ("writer", "RecordsAttempted"),
];

/// What tells most about a query; about other parts their first metrics do.
const OF_QUERIES: [(&str, [&str; CHARTS]); 2] = [
    ("sql_application", ["Records.Input", "Records.Output", "MillisBehindLatest"]),
    ("flink_application", ["numRecordsOut", "currentInputWatermark", "numLateRecordsDropped"]),
];

pub(super) fn queries(session: &Session) -> Vec<Query> {
    let chosen = chosen(session).into_iter();
    chosen.map(|(node, metric)| Query::Series { node, metric, secs: SERIES_SECS }).collect()
}

pub(super) fn charts(session: &Session) -> Vec<Chart> {
    let chosen = chosen(session).into_iter();
    chosen.filter_map(|(node, metric)| chart(session, node, metric)).collect()
}

/// Nodes and metrics to show.
fn chosen(session: &Session) -> Vec<(NodeId, u8)> {
    let selected = session.selected().and_then(|id| session.document.node(id));
    if let Some(node) = selected.filter(|node| !matches!(node.config, Config::Stream(_))) {
        let spec = node.spec();
        let of_query = OF_QUERIES.iter().find(|(kind, _)| *kind == spec.kind);
        let metrics: Vec<u8> = match of_query {
            Some((_, names)) => names.iter().filter_map(|name| spec.metric(name)).collect(),
            None => (0_u8..).take(spec.metrics.len().min(CHARTS)).collect(),
        };
        return metrics.into_iter().map(|metric| (node.id, metric)).collect();
    }
    let trouble = pick(session, TROUBLES, 1).or_else(|| pick(session, &TROUBLES[..1], 0));
    let others = OTHERS.iter().map(|one| pick(session, core::slice::from_ref(one), 0));
    let all = [pick(session, ARRIVALS, 0), trouble, pick(session, AGES, 0)];
    let mut chosen = Vec::with_capacity(CHARTS);
    for one in all.into_iter().chain(others).flatten() {
        if chosen.len() < CHARTS && !chosen.contains(&one) {
            chosen.push(one);
        }
    }
    chosen
}

/// The first of the metrics that a part has and that came to this much.
fn pick(session: &Session, metrics: &[Telling], total_min: u64) -> Option<(NodeId, u8)> {
    metrics.iter().find_map(|(kind, name)| {
        let (id, total) = busiest(session, kind, name)?;
        let name = at_target(session, id, name);
        let metric = session.document.node(id)?.spec().metric(name)?;
        (total >= total_min).then_some((id, metric))
    })
}

/// A metric of deliveries under the name it has for what a Firehose stream is wired to.
fn at_target(session: &Session, id: NodeId, name: &'static str) -> &'static str {
    let wire = session.document.edges_from(id).find(|edge| edge.from.port == "out");
    let target = wire.and_then(|edge| session.document.node(edge.to.node));
    match (name, target.map_or("", |target| target.spec().kind)) {
        ("DeliveryToS3.Bytes", "redshift") => "DeliveryToRedshift.Bytes",
        ("DeliveryToS3.Bytes", "elasticsearch") => "DeliveryToAmazonOpenSearchService.Bytes",
        ("DeliveryToS3.Bytes", "splunk") => "DeliveryToSplunk.Bytes",
        ("DeliveryToS3.Bytes", "http_endpoint") => "DeliveryToHttpEndpoint.Bytes",
        ("DeliveryToS3.DataFreshness", "elasticsearch") => {
            "DeliveryToAmazonOpenSearchService.DataFreshness"
        }
        ("DeliveryToS3.DataFreshness", "splunk") => "DeliveryToSplunk.DataFreshness",
        ("DeliveryToS3.DataFreshness", "http_endpoint") => "DeliveryToHttpEndpoint.DataFreshness",
        _ => name,
    }
}

/// The selected node of a kind, else the one with most of a metric so far, else the first.
fn busiest(session: &Session, kind: &str, name: &str) -> Option<(NodeId, u64)> {
    let nodes = session.document.nodes.iter().filter(|node| node.spec().kind == kind);
    let views = &session.run.snapshot().nodes;
    let total = |id: NodeId| {
        let view = views.iter().find(|view| view.id == id);
        view.and_then(|view| words::metric(&session.document, view, name))
            .map_or(0, |metric| metric.total)
    };
    let is_selected = |id: NodeId| session.selected() == Some(id);
    let ids = nodes.map(|node| (node.id, total(node.id)));
    ids.max_by_key(|(id, total)| (is_selected(*id), *total, core::cmp::Reverse(*id)))
}

fn chart(session: &Session, id: NodeId, metric: u8) -> Option<Chart> {
    let node = session.document.node(id)?;
    let spec = node.spec().metrics.get(usize::from(metric))?;
    let mut seconds = session.run.series(id, metric, SERIES_SECS).to_vec();
    let step_secs = session.panels.lens_secs;
    let silent = silence(session, id, spec);
    let end_sec = session.run.snapshot().now.secs();
    let from_sec = end_sec.saturating_sub(seconds.len() as u64);
    let told = seconds.len().saturating_sub(silent as usize);
    let moment = seconds.last().copied().unwrap_or(0);
    let is_moment = spec.name.ends_with("Watermark");
    if is_moment {
        behind_clock(&mut seconds, session.document.epoch_millis / 1_000 + from_sec);
    }
    let (from_sec, points) = lens(&seconds[..told], from_sec, step_secs, spec.stat);
    let last = points.last().copied().unwrap_or(0);
    let limit = limit(session, id, spec).map(|limit| limit * u64::from(step_secs));
    let note = match limit {
        Some(limit) => {
            let percent = last.saturating_mul(100).checked_div(limit).unwrap_or(0);
            format!("{percent} % of {}", count_text(limit))
        }
        None if is_moment => words::metric_value(spec, moment, step_secs),
        None => note(session, id, spec),
    };
    let what = if is_moment { "behind the clock" } else { stat_word(spec.stat) };
    Some(Chart {
        name: spec.name.into(),
        of: format!("{} · {what}", node.name).into(),
        value: match silent {
            0 if is_moment => clock::age(last.saturating_mul(1_000)).into(),
            0 => words::metric_value(spec, last, step_secs).into(),
            _ => "not reported".into(),
        },
        note: note.into(),
        bad: spec.bad && last > 0,
        from_sec,
        step_secs,
        points: Rc::new(points),
        limit: limit.map(|limit| (limit, format!("{} limit", count_text(limit)).into())),
    })
}

/// A watermark says most by how far it lies behind the clock, in milliseconds as well; none was
/// told where it is zero.
#[inline(never)]
fn behind_clock(seconds: &mut [u64], from_sec: u64) {
    for (sec, millis) in (from_sec..).zip(seconds) {
        *millis = if *millis == 0 { 0 } else { (sec * 1_000).saturating_sub(*millis) };
    }
}

fn is_age(spec: &MetricSpec) -> bool {
    spec.stat == Stat::Gauge && spec.unit == "ms"
}

/// For how many seconds nobody has reported an age.
fn silence(session: &Session, id: NodeId, spec: &MetricSpec) -> u32 {
    if !is_age(spec) {
        return 0;
    }
    let view = session.run.snapshot().nodes.iter().find(|view| view.id == id);
    let metric = view.and_then(|view| words::metric(&session.document, view, spec.name));
    let secs = metric.map_or(0, |metric| metric.silent_secs);
    if secs > UNREPORTED_SECS { secs } else { 0 }
}

/// What the worst shard of a reader is behind while nobody, or not everybody, reports it.
#[inline(never)]
fn unreported(gauges: &[Gauge]) -> Option<String> {
    let behind = |age: &ShardAge| clock::age(age.age_micros);
    gauges.iter().find_map(|gauge| match gauge {
        Gauge::Leases(leases) if !leases.orphans.is_empty() => {
            let worst = leases.orphans.iter().max_by_key(|lease| lease.age_micros)?;
            let shards = plural(leases.orphans.len() as u64, "shard", "shards");
            Some(format!("{shards} without a worker, unreported: {} behind", behind(worst)))
        }
        Gauge::Leases(leases) => Some(format!("{} behind meanwhile", behind(leases.worst()?))),
        Gauge::Shards { cells } => {
            let worst = cells.iter().max_by_key(|cell| cell.age_micros)?;
            Some(format!("{} behind meanwhile", behind(worst)))
        }
        _ => None,
    })
}

fn stat_word(stat: Stat) -> &'static str {
    match stat {
        Stat::Sum => "sum",
        Stat::Max | Stat::Gauge => "max",
    }
}

/// Points of one second, or of whole minutes as CloudWatch counts them.
fn lens(seconds: &[u64], from_sec: u64, step_secs: u32, stat: Stat) -> (u64, Vec<u64>) {
    if step_secs == 1 {
        return (from_sec, seconds.to_vec());
    }
    let step = u64::from(step_secs);
    let mut points: Vec<u64> = Vec::new();
    let first = from_sec / step;
    for (sec, value) in (from_sec..).zip(seconds) {
        let at = usize::try_from(sec / step - first).unwrap_or(usize::MAX);
        if at >= points.len() {
            points.push(0);
        }
        if let Some(point) = points.last_mut() {
            *point = match stat {
                Stat::Sum => *point + value,
                Stat::Max | Stat::Gauge => (*point).max(*value),
            };
        }
    }
    (first * step, points)
}

/// What a metric may be at most, for each second: a stream takes what its open shards take.
fn limit(session: &Session, id: NodeId, spec: &MetricSpec) -> Option<u64> {
    let Config::Stream(config) = &session.document.node(id)?.config else { return None };
    let views = &session.run.snapshot().nodes;
    let running = views.iter().find(|view| view.id == id).and_then(|view| {
        view.counters.iter().find(|(word, _)| *word == "shards").map(|(_, open)| *open)
    });
    let shards = running.unwrap_or(config.shards.into());
    (spec.name == "IncomingRecords").then_some(shards * SHARD_RECORDS_PER_SEC)
}

/// The small words under a value.
fn note(session: &Session, id: NodeId, spec: &MetricSpec) -> String {
    let views = &session.run.snapshot().nodes;
    let Some(view) = views.iter().find(|view| view.id == id) else { return String::new() };
    let has_orphans = |gauge: &Gauge| match gauge {
        Gauge::Leases(leases) => !leases.orphans.is_empty(),
        _ => false,
    };
    if is_age(spec)
        && (silence(session, id, spec) > 0 || view.gauges.iter().any(has_orphans))
        && let Some(words) = unreported(&view.gauges)
    {
        return words;
    }
    let since = |at| clock::clock(session.document.epoch_millis, at).0;
    if let Some(fault) = view.faults.first() {
        return format!("{} since {}", words::fault_words(fault.kind), since(fault.since));
    }
    let mut targets = session.document.edges_from(id).map(|edge| edge.to.node);
    let ill = targets.find_map(|target| {
        views.iter().find(|view| view.id == target).and_then(|view| view.faults.first())
    });
    if let (Some(fault), Stat::Max | Stat::Gauge) = (ill, spec.stat) {
        return format!("target {} since {}", words::fault_words(fault.kind), since(fault.since));
    }
    if spec.name == "WriteProvisionedThroughputExceeded" {
        let incoming = words::metric(&session.document, view, "IncomingRecords");
        let rejected = words::metric(&session.document, view, spec.name);
        let (stored, rejected) =
            (incoming.map_or(0, |metric| metric.last), rejected.map_or(0, |metric| metric.last));
        let percent = (rejected * 100).checked_div(stored + rejected).unwrap_or(0);
        return format!("{percent} % of attempts");
    }
    let total = words::metric(&session.document, view, spec.name).map_or(0, |metric| metric.total);
    match spec.stat {
        Stat::Sum if spec.unit == "bytes" => format!("{} so far", bytes_text(total)),
        Stat::Sum => format!("{} so far", count_text(total)),
        Stat::Max | Stat::Gauge => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_watermark_is_charted_by_how_far_it_is_behind() {
        let mut seconds = [0, 991_000, 991_500, 1_003_000];
        behind_clock(&mut seconds, 1_000);
        assert_eq!(seconds, [0, 10_000, 10_500, 0]);
    }

    /// CloudWatch adds up whole minutes of the clock: 5,000 records in one second look like 83 a
    /// second.
    #[test]
    fn the_minute_lens_hides_a_second() {
        let mut seconds = vec![0; 90];
        seconds[0] = 5_000;
        seconds[70] = 60;
        let (from, points) = lens(&seconds, 50, 60, Stat::Sum);
        assert_eq!((from, points), (0, vec![5_000, 0, 60]));
        let (_, points) = lens(&seconds, 50, 60, Stat::Max);
        assert_eq!(points, [5_000, 0, 60]);
        assert_eq!(lens(&seconds, 50, 1, Stat::Sum).1.len(), 90);
    }
}
