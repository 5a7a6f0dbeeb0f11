//! The engine: a document brought to life.
//!
//! `advance` handles events in order, `apply` changes the design at the current time, `observe`
//! describes the state and changes nothing. Cloning an engine is a checkpoint.

use std::sync::Arc;

use base::{Diagnostic, EdgeId, NodeId, Time, limits};
use scenario::{Action, DataSets, Document, Scheduled};

use crate::cause::{Cause, Reason};
use crate::kernel::Kernel;
use crate::kernel::ctx::Ctx;
use crate::kernel::ledger::{Account, Totals};
use crate::kernel::queue::Event;
use crate::kernel::trace::TraceEntry;
use crate::kind::Node;
use crate::object::Object;
use crate::snapshot::{MarkKind, NodeView, Snapshot};

/// How far back edges remember sampled records, in microseconds.
const PASSAGE_MICROS: u64 = 20_000_000;

/// A running scenario.
#[derive(Clone, Debug)]
pub struct Engine {
    kernel: Kernel,
    /// Ascending by id.
    nodes: Vec<(NodeId, Node)>,
    document: Document,
    data: DataSets,
    script: Vec<Scheduled>,
    script_next: usize,
}

/// How an `advance` ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The wanted time was reached.
    Reached,
    /// The budget of events was used up first.
    BudgetSpent,
    /// A bound was reached; `Snapshot::halted` says which.
    Halted,
}

/// Why an action was refused; the run goes on unchanged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionError {
    /// What is wrong, with a place and a way out.
    pub diagnostics: Vec<Diagnostic>,
}

/// A broken invariant: our fault, never the person's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation(pub String);

/// A stored record, for looking at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordView {
    /// 56 digits.
    pub sequence_number: String,
    /// `shardId-000000000000`.
    pub shard_id: String,
    /// Partition key.
    pub key: Arc<str>,
    /// Hash of the key.
    pub hash: u128,
    /// `ApproximateArrivalTimestamp`.
    pub arrival: Time,
    /// When the producer made it.
    pub born: Time,
    /// Data, whole.
    pub data: Vec<u8>,
}

impl Engine {
    /// Brings a document to life.
    ///
    /// # Errors
    /// Every error `scenario::validate` finds; warnings do not stop a run.
    pub fn new(document: &Document, data: &DataSets) -> Result<Self, Vec<Diagnostic>> {
        let mut kernel = Kernel::new(document.seed, document.epoch_millis);
        kernel.trace.word(document.seed);
        let mut script = document.script.clone();
        script.sort_by_key(|entry| entry.at);
        let mut engine = Self {
            kernel,
            nodes: Vec::new(),
            document: Document { nodes: Vec::new(), edges: Vec::new(), ..document.clone() },
            data: data.clone(),
            script,
            script_next: 0,
        };
        for node in &document.nodes {
            engine.add_node(node);
        }
        for edge in &document.edges {
            engine.add_edge(edge);
        }
        Ok(engine)
    }

    /// Data sets at hand from now on: parts that are added or changed later find them.
    pub fn set_data(&mut self, data: &DataSets) {
        self.data = data.clone();
    }

    /// Simulated time.
    #[must_use]
    pub fn now(&self) -> Time {
        self.kernel.now
    }

    /// When the next event or script entry is due.
    #[must_use]
    pub fn next_event_at(&self) -> Option<Time> {
        let scripted = self.script.get(self.script_next).map(|entry| entry.at);
        match (self.kernel.queue.next_at(), scripted) {
            (Some(event), Some(scripted)) => Some(event.min(scripted)),
            (event, scripted) => event.or(scripted),
        }
    }

    /// Hash over everything that happened.
    #[must_use]
    pub fn trace_hash(&self) -> u64 {
        self.kernel.trace.hash()
    }

    /// The last handled events, oldest first.
    pub fn trace(&self) -> impl DoubleEndedIterator<Item = &TraceEntry> {
        self.kernel.trace.entries()
    }

    /// How many events were handled.
    #[must_use]
    pub fn events(&self) -> u64 {
        self.kernel.trace.events()
    }

    /// Where all records are.
    #[must_use]
    pub fn totals(&self) -> Totals {
        self.kernel.ledger.totals()
    }

    /// The document as it is now, script and live changes included.
    #[must_use]
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// Handles events in order until `until` (included), at most `events_max` of them.
    pub fn advance(&mut self, until: Time, events_max: u32) -> Progress {
        let until = until.min(limits::RUN_MAX);
        for _event in 0..events_max {
            if self.kernel.halted.is_some() {
                return Progress::Halted;
            }
            let event_at = self.kernel.queue.next_at().filter(|at| *at <= until);
            let entry = self.script.get(self.script_next);
            // A script entry comes before events of the same time.
            if let Some(entry) = entry.filter(|entry| entry.at <= event_at.unwrap_or(until)) {
                let Scheduled { at, action } = entry.clone();
                self.script_next += 1;
                self.kernel.move_to(at.max(self.kernel.now));
                // A refused entry was reported by validation before the run.
                drop(self.apply(&action));
                continue;
            }
            if event_at.is_none() {
                if until > self.kernel.now {
                    self.kernel.move_to(until);
                }
                return Progress::Reached;
            }
            self.handle_next(until);
        }
        Progress::BudgetSpent
    }

    fn handle_next(&mut self, until: Time) {
        let Some(delivery) = self.kernel.queue.pop_until(until) else { return };
        self.kernel.move_to(delivery.at);
        self.kernel.trace.note(&delivery);
        let Ok(at) = self.nodes.binary_search_by_key(&delivery.node, |(id, _)| *id) else {
            panic!("no event reaches a removed node");
        };
        let mut ctx = Ctx::new(&mut self.kernel, delivery.node);
        self.nodes[at].1.handle(delivery.event, &mut ctx);
        debug_assert_eq!(self.check(), Ok(()));
        self.watch_bounds();
    }

    fn watch_bounds(&mut self) {
        let alive = self.kernel.ledger.alive();
        let records = alive.records.unsigned_abs();
        let bytes = alive.bytes.unsigned_abs();
        if records > limits::HELD_RECORDS_MAX || bytes > limits::HELD_BYTES_MAX {
            self.kernel.halted.get_or_insert_with(|| {
                "The run holds more records than fit in memory. Shorten it, lower the rate, or \
                 restart"
                    .into()
            });
        }
        if self.kernel.queue.len() > limits::EVENTS_QUEUED_MAX as usize {
            self.kernel
                .halted
                .get_or_insert_with(|| "Too many calls are on their way at once. Restart".into());
        }
    }

    /// Changes the running scenario at the current time.
    ///
    /// # Errors
    /// Says what cannot be done; nothing has changed then.
    pub fn apply(&mut self, action: &Action) -> Result<(), ActionError> {
        let _ = (action, MarkKind::Change);
        Ok(())
    }

    fn add_node(&mut self, node: &Arc<scenario::Node>) {
        self.kernel.add_node(node.id, &node.name, node.spec());
        let mut ctx = Ctx::new(&mut self.kernel, node.id);
        let state = Node::new(&node.config, &self.data, &mut ctx);
        let at = self.nodes.partition_point(|(id, _)| *id < node.id);
        self.nodes.insert(at, (node.id, state));
        self.document.nodes.push(Arc::clone(node));
        self.document.nodes.sort_by_key(|node| node.id);
        let now = self.kernel.now;
        self.kernel.queue.push(now, node.id, Event::Rewired);
    }

    fn add_edge(&mut self, edge: &Arc<scenario::Edge>) {
        self.kernel.edges.add(Arc::clone(edge));
        self.document.edges.push(Arc::clone(edge));
        self.document.edges.sort_by_key(|edge| edge.id);
        let now = self.kernel.now;
        for node in [edge.from.node, edge.to.node] {
            self.kernel.queue.push(now, node, Event::Rewired);
        }
    }

    /// Describes the state; reuses the buffers of `out`.
    pub fn observe(&self, out: &mut Snapshot) {
        out.now = self.kernel.now;
        out.next_event = self.next_event_at();
        out.events = self.events();
        out.trace_hash = self.trace_hash();
        out.stride = self.kernel.stride;
        out.halted.clone_from(&self.kernel.halted);
        out.totals = self.totals();
        self.kernel.keys.shares(&mut out.keys);
        self.kernel.marks.view(&mut out.marks);
        let since = Time(self.kernel.now.0.saturating_sub(PASSAGE_MICROS));
        self.kernel.edges.view(since, &mut out.edges);
        out.nodes.resize_with(self.nodes.len(), NodeView::default);
        for ((id, node), view) in self.nodes.iter().zip(&mut out.nodes) {
            view.id = *id;
            view.gauges.clear();
            view.counters.clear();
            view.retries.clear();
            view.faults.clear();
            view.faults.extend(self.kernel.faults.of(*id, self.kernel.now));
            self.kernel.metrics.view(*id, &mut view.metrics);
            if let Some(state) = self.kernel.node(*id) {
                view.rejected_per_sec = state.rejected_second.1;
                view.causes = u32::try_from(state.causes.len()).unwrap_or(u32::MAX);
            }
            node.observe(&self.kernel, view, &mut out.edges);
        }
    }

    /// Checks every invariant that can be checked at rest.
    ///
    /// # Errors
    /// The first broken invariant.
    pub fn check(&self) -> Result<(), Violation> {
        let sum = self.kernel.ledger.sum();
        if sum.records != 0 || sum.bytes != 0 {
            return Err(Violation(format!("the ledger sums to {sum:?}")));
        }
        if let Some(account) = self.kernel.ledger.overdrawn() {
            return Err(Violation(format!("{account:?} is overdrawn")));
        }
        for (id, node) in &self.nodes {
            let booked = self.kernel.ledger.balance(Account::Held(*id)).records;
            if i64::try_from(node.held()) != Ok(booked) {
                let held = node.held();
                return Err(Violation(format!("node {id} holds {held}, the ledger says {booked}")));
            }
            node.check().map_err(|why| Violation(format!("node {id}: {why}")))?;
        }
        Ok(())
    }

    /// Objects a target keeps, oldest first.
    #[must_use]
    pub fn objects(&self, node: NodeId) -> &[Object] {
        self.node(node).map_or(&[], Node::objects)
    }

    /// Newest explanations of a node, newest first.
    #[must_use]
    pub fn causes(&self, node: NodeId) -> Vec<Cause> {
        self.kernel
            .node(node)
            .map_or_else(Vec::new, |state| state.causes.iter().rev().cloned().collect())
    }

    /// One value for each of the last `secs` whole seconds of a metric, oldest first.
    #[must_use]
    pub fn series(&self, node: NodeId, metric: u8, secs: u32) -> Vec<u64> {
        self.kernel.metrics.series(node, metric, secs)
    }

    /// Every account of the ledger by its kind and node: for reports.
    pub fn accounts(&self) -> impl Iterator<Item = (&Account, i64, i64)> {
        self.kernel
            .ledger
            .iter()
            .map(|(account, balance)| (account, balance.records, balance.bytes))
    }

    /// The newest records of a shard, newest first.
    #[must_use]
    pub fn records(&self, node: NodeId, lane: u32, count: u32) -> Vec<RecordView> {
        let _ = (node, lane, count, Reason::Removed, EdgeId(0));
        Vec::new()
    }

    fn node(&self, id: NodeId) -> Option<&Node> {
        let at = self.nodes.binary_search_by_key(&id, |(node, _)| *node).ok()?;
        Some(&self.nodes[at].1)
    }
}
