//! The kernel: time, queue, calls, ledger, metrics, keys. It knows no kinds.

pub mod commitment;
pub mod ctx;
pub mod edges;
pub mod faults;
pub mod headroom;
pub mod keys;
pub mod ledger;
pub mod marks;
pub mod metrics;
pub mod queue;
pub mod removal;
pub mod roles;
pub mod trace;
pub mod trail;

use std::sync::Arc;

use base::{Duration, NodeId, Ring, Rng, Time};
use scenario::kind::{KindSpec, StreamMode};
use scenario::limits::{self, Limits};
use scenario::ports::Flow;
use scenario::{Edge, End};

use crate::api::rate::Rates;
use crate::cause::Cause;
use crate::formats::Formats;
use crate::kernel::commitment::Commitment;
use crate::kernel::edges::Edges;
use crate::kernel::faults::Faults;
use crate::kernel::headroom::Headroom;
use crate::kernel::keys::KeyTable;
use crate::kernel::ledger::Ledger;
use crate::kernel::marks::Marks;
use crate::kernel::metrics::Metrics;
use crate::kernel::queue::{Calls, Queue};
use crate::kernel::roles::Roles;
use crate::kernel::trace::Trace;
use crate::kernel::trail::Trail;

/// Explanations kept for each node.
pub const CAUSES_MAX: u32 = 64;

/// The state of a run that belongs to no single node.
#[derive(Clone, Debug)]
pub struct Kernel {
    /// Simulated time.
    pub now: Time,
    /// Wall clock at time zero.
    pub epoch_millis: u64,
    /// What AWS allows in this run.
    pub limits: &'static Limits,
    /// jq, Parquet and compression.
    pub formats: Formats,
    /// On-demand Advantage of the account.
    pub commitment: Commitment,
    /// How often its API was called.
    pub(crate) rates: Rates,
    /// Events to come.
    pub queue: Queue,
    /// Calls that wait for their answer.
    pub calls: Calls,
    /// Where every record is.
    pub ledger: Ledger,
    /// Metric series.
    pub metrics: Metrics,
    /// Partition keys.
    pub keys: KeyTable,
    /// Wires with what passed them lately.
    pub edges: Edges,
    /// What is broken on purpose.
    pub faults: Faults,
    /// What each part may call.
    pub roles: Roles,
    /// Marks of the timeline.
    pub marks: Marks,
    /// What CloudTrail would have.
    pub trail: Trail,
    /// Hash and last entries.
    pub trace: Trace,
    /// Per-node state that every kind has, ascending by id.
    pub nodes: Vec<NodeState>,
    /// The next record's number.
    pub record_next: u64,
    /// One drawn dot stands for this many records.
    pub stride: u32,
    /// Set when a bound was reached: the run stops with this sentence.
    pub halted: Option<Arc<str>>,
    /// Bytes that were written since somebody asked what is held.
    pub grown_bytes: u64,
    /// Nodes whose deletion is done: the engine removes them after the event.
    pub gone: Vec<NodeId>,
    /// Memory for what comes.
    pub headroom: Headroom,
    /// Whole seconds that were closed.
    second: u64,
    root: Rng,
}

/// What every node has, whatever its kind.
#[derive(Clone, Debug)]
pub struct NodeState {
    /// Which.
    pub id: NodeId,
    /// Its name, for error messages.
    pub name: Arc<str>,
    /// What its kind says about itself.
    pub spec: &'static KindSpec,
    /// Its own generator.
    pub rng: Rng,
    /// A stream that is not created yet, or that was deleted: its card and its wires stay.
    pub absent: bool,
    /// How long a stream keeps its records; zero for other kinds.
    pub retention: Duration,
    /// Whether a stream spreads records whatever their keys.
    pub spreads: bool,
    /// Has a place on the canvas; streams made by a call alone have none.
    pub placed: bool,
    /// Newest explanations.
    pub causes: Ring<Cause>,
    /// Rejected records explained or not, since the beginning.
    pub rejected: u64,
    /// Rejected in the running second and in the last whole one.
    pub rejected_second: (u32, u32),
}

impl Kernel {
    /// An empty kernel.
    #[must_use]
    pub fn new(seed: u64, epoch_millis: u64) -> Self {
        Self {
            now: Time::ZERO,
            epoch_millis,
            limits: limits::newest(),
            formats: Formats::none(),
            commitment: Commitment::default(),
            rates: Rates::default(),
            queue: Queue::default(),
            calls: Calls::default(),
            ledger: Ledger::default(),
            metrics: Metrics::default(),
            keys: KeyTable::default(),
            edges: Edges::default(),
            faults: Faults::default(),
            roles: Roles::default(),
            marks: Marks::default(),
            trail: Trail::default(),
            trace: Trace::default(),
            nodes: Vec::new(),
            record_next: 0,
            stride: 1,
            halted: None,
            grown_bytes: 0,
            gone: Vec::new(),
            headroom: Headroom::default(),
            second: 0,
            root: Rng::from_seed(seed),
        }
    }

    /// Stops the run: it would take more memory than there is.
    pub fn halt_full(&mut self) {
        self.halted.get_or_insert_with(|| {
            "The run holds more records than fit in memory. Shorten it, lower the rate, or restart"
                .into()
        });
    }

    /// Makes room for a node.
    pub fn add_node(&mut self, id: NodeId, name: &str, spec: &'static KindSpec) {
        let state = NodeState {
            id,
            name: name.into(),
            spec,
            rng: self.root.fork(u64::from(id.0)),
            absent: false,
            retention: Duration::ZERO,
            spreads: false,
            placed: true,
            causes: Ring::new(CAUSES_MAX),
            rejected: 0,
            rejected_second: (0, 0),
        };
        let at = self.nodes.partition_point(|node| node.id < id);
        self.nodes.insert(at, state);
        self.metrics.add_node(id, spec.metrics, self.second);
    }

    /// Forgets a node.
    #[inline(never)]
    pub fn remove_node(&mut self, id: NodeId) {
        self.nodes.retain(|node| node.id != id);
        self.metrics.remove_node(id);
        self.roles.forget(id);
        self.faults.clear(id, self.now, &mut self.marks);
    }

    /// Says whether a node that has its place is there.
    pub fn set_absent(&mut self, id: NodeId, absent: bool) {
        if let Some(node) = self.node_mut(id) {
            node.absent = absent;
        }
    }

    /// The common state of a node.
    #[must_use]
    pub fn node(&self, id: NodeId) -> Option<&NodeState> {
        let at = self.nodes.binary_search_by_key(&id, |node| node.id).ok()?;
        self.nodes.get(at)
    }

    /// Registered consumers a stream may have: 50 on-demand with On-demand Advantage (botocore
    /// 1.44.5).
    #[must_use]
    pub fn consumers_max(&self, mode: StreamMode) -> u32 {
        let many = mode == StreamMode::OnDemand && self.commitment.holds(self.now);
        if many { 50 } else { self.limits.consumers_max }
    }

    /// What passes a wire: the traffic both its ports speak.
    #[must_use]
    pub fn flow(&self, edge: &Edge) -> Option<Flow> {
        let flows = |end: &End| Some(self.node(end.node)?.spec.port(&end.port)?.flows);
        let (from, to) = (flows(&edge.from)?, flows(&edge.to)?);
        from.iter().find(|flow| to.contains(flow)).copied()
    }

    /// The common state of a node, to be changed.
    pub fn node_mut(&mut self, id: NodeId) -> Option<&mut NodeState> {
        let at = self.nodes.binary_search_by_key(&id, |node| node.id).ok()?;
        self.nodes.get_mut(at)
    }

    /// Moves the clock and closes every whole second on the way.
    pub fn move_to(&mut self, time: Time) {
        assert!(time >= self.now, "time never goes back");
        while self.second < time.secs() {
            self.second += 1;
            self.now = Time(self.second * 1_000_000);
            self.close_second();
            // Nothing happens before `time`: at rest all seconds but the last are like this one.
            let between = (time.secs() - self.second).saturating_sub(1);
            if between > 0 && self.keys.is_at_rest() && self.metrics.is_at_rest() {
                self.metrics.rest(between);
                self.second += between;
            }
        }
        self.now = time;
    }

    fn close_second(&mut self) {
        self.metrics.close_second();
        self.keys.close_second();
        let busiest = self.edges.close_second();
        self.stride = stride_for(busiest);
        self.faults.close_until(self.now);
        for node in &mut self.nodes {
            node.rejected_second = (0, node.rejected_second.0);
        }
    }
}

/// The smallest of 1, 2, 5, 10, … that leaves at most 100 dots a second on the busiest edge.
#[must_use]
pub fn stride_for(records_per_sec: u32) -> u32 {
    let mut stride = 1_u32;
    for step in [2_u32, 5, 10].iter().cycle() {
        if records_per_sec.div_ceil(stride) <= 100 || stride >= 1_000_000 {
            return stride;
        }
        let magnitude = 10_u32.pow(stride.ilog10());
        stride = magnitude * step;
    }
    stride
}

#[cfg(test)]
mod tests {
    use base::Time;
    use scenario::{DataSets, format};

    use super::stride_for;
    use crate::engine::{Engine, Progress};
    use crate::formats::Formats;
    use crate::snapshot::Snapshot;

    #[test]
    fn strides_are_round_and_keep_edges_readable() {
        let strides = [0, 100, 101, 230, 600, 3_230, 1_000_000].map(stride_for);
        assert_eq!(strides, [1, 1, 2, 5, 10, 50, 10_000]);
    }

    /// A producer that falls silent; the stream keeps what it has for a day.
    const SILENCE: &str = r#"{"format": "rivulet/scenario", "version": 1, "nodes": [
        {"id": 1, "kind": "producer", "name": "p", "config": {"records_per_sec": 50}},
        {"id": 2, "kind": "stream", "name": "s", "config": {"shards": 1}}],
        "edges": [{"id": 1, "from": [1, "out"], "to": [2, "in"]}],
        "script": [
        {"at_micros": 5000000, "do": "set", "node": 1, "fields": {"records_per_sec": 0}},
        {"at_micros": 9000000, "do": "fault", "node": 2, "fault": "down", "for_micros": 600000000}]
        }"#;

    /// Advancing in one call or in a thousand comes to the same, also where nothing happens.
    #[test]
    fn a_leap_over_silence_leaves_what_every_second_would() {
        let document = format::load(SILENCE.as_bytes()).document.unwrap();
        let engine = || Engine::new(&document, &DataSets::default(), Formats::none()).unwrap();
        let (mut leaps, mut walks) = (engine(), engine());
        let go = |engine: &mut Engine, secs: u64| {
            while engine.advance(Time(secs * 1_000_000), 1_000_000) == Progress::BudgetSpent {}
        };
        go(&mut leaps, 5_000);
        (0..=5_000).for_each(|secs| go(&mut walks, secs));
        let told = |engine: &Engine| {
            let mut snapshot = Snapshot::default();
            engine.observe(&mut snapshot);
            let series = (0..8).map(|at| engine.series(base::NodeId(2), at, 5_000));
            (format!("{snapshot:?}"), series.collect::<Vec<_>>())
        };
        assert_eq!(told(&leaps), told(&walks));
    }
}
