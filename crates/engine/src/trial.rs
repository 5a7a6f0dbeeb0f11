//! Whole scenarios in tests: from JSON to a run, and what it tells of itself.

use base::Time;
use scenario::{DataSets, format};
use serde_json::Value;

use crate::engine::{Engine, Progress};
use crate::formats::Formats;
use crate::snapshot::{Gauge, Snapshot, WindowTrack};

/// Brings a scenario to life; `document` has neither format nor version, and nothing is to be said
/// against it.
pub(crate) fn engine(mut document: Value) -> Engine {
    document["format"] = format::FORMAT.into();
    document["version"] = 1.into();
    let loaded = format::load(document.to_string().as_bytes());
    assert_eq!(loaded.diagnostics, []);
    Engine::new(&loaded.document.expect("a document"), &DataSets::default(), Formats::none())
        .expect("it can run")
}

/// Runs up to a time, checks the books and looks.
pub(crate) fn until(engine: &mut Engine, time: Time) -> Snapshot {
    while engine.advance(time, 100_000) == Progress::BudgetSpent {}
    assert_eq!(engine.check(), Ok(()));
    let mut snapshot = Snapshot::default();
    engine.observe(&mut snapshot);
    snapshot
}

/// The same for whole seconds since the beginning.
pub(crate) fn go(engine: &mut Engine, secs: u64) -> Snapshot {
    until(engine, Time(secs * 1_000_000))
}

/// What a part counts under a name; `node` is its place in the document.
pub(crate) fn counter(snapshot: &Snapshot, node: usize, name: &str) -> u64 {
    let counters = &snapshot.nodes[node].counters;
    counters.iter().find(|(label, _)| *label == name).expect("it counts that").1
}

/// What the card of an application shows of its query; `node` is its place in the document.
pub(crate) fn track(snapshot: &Snapshot, node: usize) -> &WindowTrack {
    let gauges = snapshot.nodes[node].gauges.iter();
    let mut tracks = gauges.filter_map(|gauge| match gauge {
        Gauge::Windows(track) => Some(&**track),
        _ => None,
    });
    tracks.next_back().expect("a window track")
}
