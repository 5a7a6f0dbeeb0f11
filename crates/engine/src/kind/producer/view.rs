//! How a producer shows itself.

use base::{NodeId, units};
use scenario::kind::{KeyRecipe, OnFailure, ProducerConfig, RecordsConfig, Source};

use super::client::Client;
use super::metric;
use super::tally::Tally;
use crate::generate::replay::Notes;
use crate::kernel::Kernel;
use crate::kernel::roles::put_operation;
use crate::snapshot::{Counter, Gauge, NodeView};

/// Points of the sparkline: two minutes.
const SPARK_SECS: u32 = 120;
/// Keys shown as bars.
const BARS: usize = 10;

pub(super) fn observe(client: &Client, notes: Option<Notes>, kernel: &Kernel, out: &mut NodeView) {
    let config = &client.config;
    let Tally { born, attempted, stored, rejected, in_flight, given_up, dropped, copied, .. } =
        client.tally;
    out.counters.extend([
        ("born", born),
        ("attempted", attempted),
        ("stored", stored),
        ("rejected", rejected),
        ("in_flight", in_flight),
        ("given_up", given_up),
        ("dropped", dropped),
        ("copied", copied),
        ("buffered", client.held()),
    ]);
    if let Some(Notes { back, unreadable }) = notes {
        out.counters.extend([("rows_out_of_order", back), ("rows_without_time", unreadable)]);
    }
    out.gauges.push(rate(metric::BORN, kernel, out.id));
    out.gauges.push(bars(&config.records, client, kernel));
    let left = call_words(config, target(kernel, out.id));
    out.gauges.push(Gauge::Line { left, right: retry_words(config) });
    let counter = |sign, label, value, bad| Counter { sign, label, value, bad };
    out.gauges.push(Gauge::Counters(vec![
        counter("", "attempted", attempted, false),
        counter("=", "stored", stored, false),
        counter("+", "rejected", rejected, true),
        counter("+", "in flight", in_flight, false),
    ]));
    out.retries.extend(client.waiting.values().map(|waiting| {
        let left = waiting.until.since(kernel.now).0;
        let whole = waiting.until.since(waiting.since).0;
        u16::try_from(units::permille(left, whole)).unwrap_or(1_000)
    }));
}

/// How many records a part makes, by one of its metrics.
pub(in crate::kind) fn rate(metric: u8, kernel: &Kernel, id: NodeId) -> Gauge {
    let series = kernel.metrics.series(id, metric, SPARK_SECS);
    Gauge::Spark {
        label: "rate",
        value: series.last().copied().unwrap_or(0),
        unit: "/s",
        series: series.iter().map(|n| u32::try_from(*n).unwrap_or(u32::MAX)).collect(),
        limit: None,
        late: false,
    }
}

/// The heaviest of the client's own keys, under the recipe they are made by.
pub(in crate::kind) fn bars(config: &RecordsConfig, client: &Client, kernel: &Kernel) -> Gauge {
    let top = client.open.recent.heaviest(BARS);
    let tallest = top.first().map_or(0, |(_, uses)| *uses);
    let bars = top.iter().map(|(key, uses)| {
        let height = units::permille(*uses, tallest);
        (kernel.keys.slot(*key), u16::try_from(height).unwrap_or(1_000))
    });
    Gauge::Bars { label: "key", caption: key_words(config), bars: bars.collect() }
}

fn key_words(config: &RecordsConfig) -> String {
    if config.source == Source::Data {
        return format!("{}, top 10", config.key_column);
    }
    match config.keys {
        KeyRecipe::Uniform => format!("{} keys, top 10", config.key_count),
        KeyRecipe::Zipf => format!("Zipf of {}, top 10", config.key_count),
        KeyRecipe::List => format!("{} listed, top 10", config.key_list.len()),
        KeyRecipe::Hot => format!("{} hot, top 10", config.hot_key),
        KeyRecipe::Field => format!("{}, top 10", config.key_field),
        KeyRecipe::Random => "random, top 10".to_owned(),
    }
}

/// The kind of the part the records go to; empty without a wire.
fn target(kernel: &Kernel, producer: NodeId) -> &'static str {
    let wire = kernel.edges.from(producer).next();
    wire.and_then(|wire| kernel.node(wire.to.node)).map_or("", |node| node.spec.kind)
}

fn call_words(config: &ProducerConfig, target: &str) -> String {
    let operation = put_operation(target, config.api);
    // The longer name leaves no room for the count.
    if operation == "PutRecords" {
        return format!("{operation} × {}", config.batch_records);
    }
    operation.to_owned()
}

fn retry_words(config: &ProducerConfig) -> String {
    match config.on_failure {
        OnFailure::Ignore => "no retry".to_owned(),
        OnFailure::RetryFailed => format!("retry × {}", config.attempts_max),
        OnFailure::RetryAll => format!("retry all × {}", config.attempts_max),
    }
}

#[cfg(test)]
mod tests {
    use scenario::kind::PutApi;

    use super::*;

    #[test]
    fn a_card_names_the_operation_of_its_target() {
        let mut config = ProducerConfig::default();
        let words = |config: &ProducerConfig, target| call_words(config, target);
        assert_eq!(words(&config, "stream"), "PutRecords × 500");
        assert_eq!(words(&config, "firehose"), "PutRecordBatch");
        config.api = PutApi::PutRecord;
        assert_eq!(words(&config, "firehose"), "PutRecord");
    }
}
