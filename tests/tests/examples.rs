//! Every template opens where its point is about to be made: within ten seconds of looking.

#![cfg(not(target_arch = "wasm32"))]

use std::fs;
use std::sync::Arc;

use base::{NodeId, Time};
use engine::snapshot::{Gauge, Seal};
use engine::{Engine, Progress, Reason, Snapshot};
use scenario::data::{DataSet, DataSets};
use tests::{FORMATS, source};

/// How long somebody looks before the point has to be seen, in seconds.
const PATIENCE_SECS: u64 = 10;

/// What a template is about.
enum Point {
    /// Something is refused, lost or stands still for this reason.
    Shows(Reason),
    /// The scenario's own script has begun it, and it goes on.
    Begun,
    /// The scenario's own script does what the text tells.
    Script,
    /// Records fall off the end of the stream.
    Expires,
    /// Objects: one closed by the clock, then one by the tank.
    Race,
    /// Records arrive at this part.
    Arrives(u32),
    /// Rows come out of the query of this part.
    Comes(u32),
    /// A row comes out whose first two columns came out before: a window in parts.
    Parted(u32),
    /// A row comes too late for the query of this part.
    Late(u32),
}

const POINTS: &[(&str, Point)] = &[
    ("hot-key", Point::Begun),
    ("one-record", Point::Arrives(3)),
    ("one-second-trap", Point::Shows(Reason::ShardRecords)),
    ("two-limits", Point::Shows(Reason::ShardRecords)),
    ("packing", Point::Shows(Reason::ShardRecords)),
    ("not-ok", Point::Shows(Reason::InternalFailure)),
    ("firehose-race", Point::Race),
    ("departures", Point::Arrives(5)),
    ("departures-by-carrier", Point::Arrives(4)),
    ("earthquakes", Point::Shows(Reason::ShardRecords)),
    ("poison-pill", Point::Script),
    ("no-concurrency", Point::Shows(Reason::ConcurrencyLimit)),
    ("leases-move", Point::Script),
    ("seen-twice", Point::Script),
    ("blocked-shard", Point::Script),
    ("retention-cliff", Point::Expires),
    ("expired-iterators", Point::Shows(Reason::ExpiredIterator)),
    ("lean-lease-table", Point::Shows(Reason::TableCapacity)),
    ("enriched", Point::Shows(Reason::FunctionError)),
    ("connector-library", Point::Shows(Reason::RowUnparsed)),
    ("load-errors", Point::Shows(Reason::LoadFailed)),
    ("broken-target", Point::Shows(Reason::Diverted)),
    ("count-per-minute", Point::Comes(3)),
    ("late-rows", Point::Parted(4)),
    ("same-in-flink", Point::Late(4)),
];

fn data() -> DataSets {
    let mut sets = DataSets::default();
    for name in DataSets::builtin_names() {
        let bytes = fs::read(source::top().join(format!("www/data/{name}"))).expect("data");
        let (set, _warnings) = DataSet::parse(name, &bytes).expect("good");
        sets.add(Arc::new(set));
    }
    sets
}

fn run(engine: &mut Engine, until: Time) {
    while engine.advance(until, 1_000_000) == Progress::BudgetSpent {}
}

/// What came out of a query so far, each row with its `ROWTIME` first.
fn rows(engine: &Engine, node: u32) -> Vec<Vec<String>> {
    let first = engine.tables(NodeId(node), 1_000).into_iter().next();
    first.map(|table| table.sheet.rows).unwrap_or_default()
}

/// Rows that came too late for a query.
fn late(engine: &Engine, node: u32) -> u64 {
    let mut snapshot = Snapshot::default();
    engine.observe(&mut snapshot);
    let view = snapshot.nodes.iter().find(|view| view.id == NodeId(node)).expect("a part");
    let tracks = view.gauges.iter().filter_map(|gauge| match gauge {
        Gauge::Windows(track) => Some(track.late.count),
        _ => None,
    });
    tracks.sum()
}

/// Whether the point is made between two moments; runs only as far as it must.
fn is_seen(point: &Point, engine: &mut Engine, from: Time, until: Time) -> bool {
    let mut script = engine.document().script.clone().into_iter().map(|it| it.at);
    if !matches!(point, Point::Begun | Point::Script) {
        run(engine, from);
    }
    let signs = |engine: &Engine, reason| engine.signs().iter().any(|it| it.reason == reason);
    match point {
        Point::Begun => script.any(|at| at < from),
        Point::Script => script.any(|at| at > from && at < until),
        Point::Shows(reason) => (from.0..=until.0).step_by(1_000_000).any(|at| {
            run(engine, Time(at));
            signs(engine, *reason)
        }),
        Point::Expires => {
            let before = engine.totals().expired;
            run(engine, until);
            engine.totals().expired > before
        }
        Point::Race => {
            run(engine, until);
            let new = engine.objects(NodeId(3)).iter().filter(|it| it.delivered_at > from);
            new.map(|it| it.reason).eq([Seal::Time, Seal::Size])
        }
        Point::Arrives(node) => {
            run(engine, until);
            engine.trace().any(|it| it.node == NodeId(*node) && it.records > 0)
        }
        Point::Comes(node) => {
            let before = rows(engine, *node).len();
            run(engine, until);
            rows(engine, *node).len() > before
        }
        Point::Late(node) => {
            let before = late(engine, *node);
            run(engine, until);
            late(engine, *node) > before
        }
        Point::Parted(node) => {
            let before = rows(engine, *node);
            run(engine, until);
            let after = rows(engine, *node);
            after[before.len()..].iter().any(|row| before.iter().any(|it| it[1..3] == row[1..3]))
        }
    }
}

#[test]
fn every_template_makes_its_point_within_ten_seconds() {
    let data = data();
    let read = |path: String| fs::read(source::top().join(path)).expect("shipped");
    let index = read("www/examples/index.json".to_owned());
    let index: Vec<serde_json::Value> = serde_json::from_slice(&index).expect("the gallery");
    assert_eq!(index.len(), POINTS.len());
    let mut late = Vec::new();
    for (entry, (slug, point)) in index.iter().zip(POINTS) {
        assert_eq!(entry["name"], *slug);
        let bytes = read(format!("www/examples/{slug}.json"));
        let document = scenario::format::load(&bytes).document.expect("readable");
        let mut engine = Engine::new(&document, &data, FORMATS).expect("good");
        let at = entry["at_secs"].as_u64().unwrap_or(0);
        let seen = at + PATIENCE_SECS * entry["speed"].as_u64().unwrap_or(1);
        let (from, until) = (Time(at * 1_000_000), Time(seen * 1_000_000));
        if !is_seen(point, &mut engine, from, until) {
            late.push(slug);
        }
    }
    assert!(late.is_empty(), "{late:?}");
}
