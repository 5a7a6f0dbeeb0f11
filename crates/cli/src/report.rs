//! What a run came to: one JSON object for programs, a table for people.

use engine::snapshot::{Gauge, Lane, NodeView, Seal, Totals};
use engine::{Engine, Snapshot};
use scenario::kind::KindSpec;
use scenario::price::{PROFILE, usd_text};
use serde_json::{Map, Value, json};

/// The report as JSON; its shape is part of the command line's contract.
pub(crate) fn json(engine: &Engine) -> Value {
    let mut snapshot = Snapshot::default();
    engine.observe(&mut snapshot);
    json!({
        "trace_hash": format!("{:016x}", snapshot.trace_hash),
        "until_micros": snapshot.now.0,
        "events": snapshot.events,
        "halted": snapshot.halted.as_deref(),
        "ledger": ledger(engine, &snapshot.totals),
        "nodes": nodes(engine, &snapshot),
        "objects": objects(engine),
        "notices": notices(engine)
            .map(|(at, text)| json!({ "at_micros": at, "text": text }))
            .collect::<Vec<_>>(),
        "cost": cost(engine),
    })
}

/// The same numbers for reading.
pub(crate) fn table(engine: &Engine) -> String {
    let mut snapshot = Snapshot::default();
    engine.observe(&mut snapshot);
    let mut text = format!(
        "{} after {} events, hash {:016x}\n",
        seconds(snapshot.now.0),
        snapshot.events,
        snapshot.trace_hash
    );
    if let Some(halted) = &snapshot.halted {
        text.push_str(&format!("halted: {halted}\n"));
    }
    text.push_str("\nledger\n");
    for (account, records) in accounts(&snapshot.totals) {
        text.push_str(&format!("  {records:>12}  {account}\n"));
    }
    for (name, spec, view) in described(engine, &snapshot) {
        text.push_str(&format!("\n{name} ({})\n", spec.title));
        for (counter, value) in &view.counters {
            text.push_str(&format!("  {value:>12}  {counter}\n"));
        }
        for (metric, value) in spec.metrics.iter().zip(&view.metrics) {
            text.push_str(&format!("  {:>12}  {} ({})\n", value.total, metric.name, metric.unit));
        }
        for object in engine.objects(view.id) {
            let (at, key) = (seconds(object.delivered_at.0), &object.key);
            text.push_str(&format!("  {:>12}  {at} {key}\n", object.stored_bytes));
        }
    }
    text
}

fn ledger(engine: &Engine, totals: &Totals) -> Value {
    let mut out = Map::new();
    out.insert("balanced".to_owned(), json!(engine.check().is_ok()));
    for (account, records) in accounts(totals) {
        out.insert(account, json!(records));
    }
    Value::Object(out)
}

fn accounts(totals: &Totals) -> Vec<(String, u64)> {
    let fixed = [
        ("born", totals.born),
        ("copied", totals.copied),
        ("derived", totals.derived),
        ("flight", totals.flight),
        ("held", totals.held),
        ("delivered", totals.delivered),
        ("folded", totals.folded),
        ("expired", totals.expired),
    ];
    let dropped = totals.dropped.iter();
    let dropped = dropped.map(|(reason, records)| (format!("dropped.{}", reason.word()), *records));
    fixed.into_iter().map(|(name, records)| (name.to_owned(), records)).chain(dropped).collect()
}

fn nodes(engine: &Engine, snapshot: &Snapshot) -> Vec<Value> {
    described(engine, snapshot)
        .map(|(name, spec, view)| {
            let counters =
                view.counters.iter().map(|(name, value)| ((*name).to_owned(), json!(value)));
            let metrics = spec.metrics.iter().zip(&view.metrics);
            let metrics = metrics.map(|(spec, it)| (spec.name.to_owned(), json!(it.total)));
            let mut node = json!({
                "id": view.id.0,
                "name": name,
                "kind": spec.kind,
                "counters": counters.collect::<Map<_, _>>(),
                "metrics": metrics.collect::<Map<_, _>>(),
            });
            if let Some(shards) = shards(view) {
                node["shards"] = shards;
            }
            node
        })
        .collect()
}

/// The shards of a stream in the words of `ListShards`, with the records each holds. Hash keys are
/// texts, as AWS writes them: 128 bits are more than a JSON number keeps.
fn shards(view: &NodeView) -> Option<Value> {
    let lanes = view.gauges.iter().find_map(|gauge| match gauge {
        Gauge::Lanes(lanes) => Some(&lanes.lanes),
        _ => None,
    })?;
    let shard = |lane: &Lane| {
        json!({
            "ShardId": format!("shardId-{:012}", lane.shard),
            "HashKeyRange": {
                "StartingHashKey": lane.range.0.to_string(),
                "EndingHashKey": lane.range.1.to_string(),
            },
            "closed": lane.closed,
            "held": lane.held,
        })
    };
    Some(lanes.iter().map(shard).collect())
}

fn objects(engine: &Engine) -> Vec<Value> {
    let nodes = engine.document().nodes.iter();
    nodes
        .flat_map(|node| {
            engine.objects(node.id).iter().map(|object| {
                json!({
                    "target": node.name,
                    "key": *object.key,
                    "bytes": object.stored_bytes,
                    "records": object.records,
                    "delivered_at_micros": object.delivered_at.0,
                    "reason": match object.reason {
                        Seal::Size => "size",
                        Seal::Time => "time",
                        Seal::End => "end",
                    },
                })
            })
        })
        .collect()
}

/// The bill line by line. Money and quantities are texts: both have more digits than a JSON number
/// keeps.
fn cost(engine: &Engine) -> Value {
    let document = engine.document();
    let (mut lines, mut sum) = (Vec::new(), 0);
    for used in engine.usage() {
        let spec = used.item.spec();
        let pico_usd = used.item.cost(used.quantity, &document.prices);
        sum += pico_usd;
        lines.push(json!({
            "id": used.node.map(|node| node.0),
            "item": spec.key,
            "quantity": used.quantity.to_string(),
            "counted": spec.counted,
            "per": spec.per,
            "usd": usd_text(pico_usd),
        }));
    }
    json!({ "profile": PROFILE, "usd": usd_text(sum), "lines": lines })
}

/// Name, specification and state of every node that is there.
fn described<'a>(
    engine: &'a Engine,
    snapshot: &'a Snapshot,
) -> impl Iterator<Item = (&'a str, &'static KindSpec, &'a NodeView)> {
    snapshot.nodes.iter().filter_map(|view| {
        let node = engine.document().node(view.id)?;
        Some((node.name.as_str(), node.spec(), view))
    })
}

/// Steps of the script that were refused, each with its time in microseconds.
pub(crate) fn notices(engine: &Engine) -> impl Iterator<Item = (u64, String)> {
    let mut snapshot = Snapshot::default();
    engine.observe(&mut snapshot);
    let told = snapshot.notices.into_iter();
    told.map(|notice| (notice.at.0, notice.text.clone()))
}

/// A time as people read it.
pub(crate) fn seconds(micros: u64) -> String {
    format!("{}.{:03} s", micros / 1_000_000, micros / 1_000 % 1_000)
}
