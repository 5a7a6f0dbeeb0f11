//! The engine: a document brought to life.
//!
//! `advance` handles events in order, `apply` changes the design at the current time, `observe`
//! describes the state and changes nothing. Cloning an engine is a checkpoint.

use std::sync::Arc;

use base::{Diagnostic, NodeId, Ring, Time, limits};
use scenario::{DataSets, Document, Scheduled, validate};

use crate::cause::Cause;
use crate::control;
use crate::formats::{self, Formats};
use crate::kernel::ctx::Ctx;
use crate::kernel::ledger::{Account, Totals};
use crate::kernel::trace::TraceEntry;
use crate::kernel::trail::TrailEvent;
use crate::kernel::{CAUSES_MAX, Kernel};
use crate::kind::Node;
use crate::kind::producer::last::LastPut;
use crate::object::Object;
use crate::sign::{self, Sign};
use crate::snapshot::{ApiCall, NodeView, Notice, Sheet, Snapshot, Table};
use crate::usage::Usage;

/// How far back edges remember sampled records, in microseconds.
const PASSAGE_MICROS: u64 = 20_000_000;

/// What is held is looked at after this many new bytes.
const GROWN_BYTES_MAX: u64 = limits::HELD_BYTES_MAX / 8;

/// A running scenario.
#[derive(Clone, Debug)]
pub struct Engine {
    pub(crate) kernel: Kernel,
    /// Ascending by id.
    pub(crate) nodes: Vec<(NodeId, Node)>,
    pub(crate) document: Document,
    pub(crate) data: DataSets,
    pub(crate) script: Vec<Scheduled>,
    pub(crate) script_next: usize,
    /// The simulated AWS account.
    pub account: control::Account,
    /// Script entries that could not be played, oldest first.
    pub(crate) notices: Vec<Arc<Notice>>,
    /// The newest calls of the API by the script or by hand, oldest first.
    pub(crate) calls: Ring<Arc<ApiCall>>,
    /// What parts used that are gone.
    pub(crate) spent: Vec<Usage>,
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
    pub fn new(
        document: &Document,
        data: &DataSets,
        formats: Formats,
    ) -> Result<Self, Vec<Diagnostic>> {
        let mut findings = validate::validate(document, data);
        if document.needs_formats() {
            findings.extend(formats::check(document, formats));
        }
        if findings.iter().any(Diagnostic::is_error) {
            return Err(findings);
        }
        let mut kernel = Kernel::new(document.seed, document.epoch_millis);
        kernel.formats = formats;
        if let Some(limits) = scenario::limits::find(&document.limits) {
            kernel.limits = limits;
        }
        if document.on_demand_advantage {
            kernel.commitment.enable(Time::ZERO);
        }
        let shard_limit = kernel.limits.account_shards_max;
        kernel.trace.word(document.seed);
        let mut script = document.script.clone();
        base::order::sort_by_key(&mut script[..], |entry| entry.at);
        let mut engine = Self {
            kernel,
            nodes: Vec::new(),
            document: document.clone(),
            data: data.clone(),
            script,
            script_next: 0,
            account: control::Account { shard_limit, ..control::Account::default() },
            notices: Vec::new(),
            spent: Vec::new(),
            calls: Ring::new(control::script::CALLS_MAX),
        };
        for node in &document.nodes {
            engine.add_node(node);
        }
        for (id, text) in document.policies.iter() {
            engine.kernel.roles.set(*id, Some(text));
        }
        for (id, grant) in document.grants.iter() {
            engine.kernel.roles.set_grant(*id, Some(*grant));
        }
        for id in &document.vpc_endpoints {
            engine.kernel.roles.set_endpoint(*id, true);
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

    /// The bound that stopped the run, in a sentence with a way out.
    #[must_use]
    pub fn halted(&self) -> Option<&str> {
        self.kernel.halted.as_deref()
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
                if let Err(error) = self.apply(&action) {
                    self.note_refusal(error);
                }
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
        let at = self.nodes.binary_search_by_key(&delivery.node, |(id, _)| *id);
        let at = at.expect("no event reaches a removed node");
        let mut ctx = Ctx::new(&mut self.kernel, delivery.node);
        self.nodes[at].1.handle(delivery.event, &mut ctx);
        debug_assert_eq!(self.check_books(at), Ok(()));
        while let Some(id) = self.kernel.gone.pop() {
            self.end(id);
        }
        self.watch_bounds();
        self.kernel.headroom.keep();
    }

    /// A script entry that was legal when the run began is not any more, because of changes by
    /// hand: the run goes on and says so.
    pub(crate) fn note_refusal(&mut self, error: ActionError) {
        for finding in error.diagnostics.into_iter().filter(Diagnostic::is_error) {
            let text = format!("The script could not go on: {}. {}", finding.message, finding.help);
            self.notices.push(Arc::new(Notice { at: self.kernel.now, text }));
        }
    }

    fn watch_bounds(&mut self) {
        let alive = self.kernel.ledger.alive();
        let records = alive.records.unsigned_abs();
        // Asking every shard costs: now and then is often enough, by count so that it is the same
        // in every run.
        let is_time =
            self.events().is_multiple_of(4_096) || self.kernel.grown_bytes > GROWN_BYTES_MAX;
        if is_time {
            self.kernel.grown_bytes = 0;
        }
        if records > limits::HELD_RECORDS_MAX || (is_time && self.is_full()) {
            self.kernel.halt_full();
        }
        if self.kernel.queue.len() > limits::EVENTS_QUEUED_MAX as usize {
            self.kernel
                .halted
                .get_or_insert_with(|| "Too many calls are on their way at once. Restart".into());
        }
    }

    fn is_full(&self) -> bool {
        let held: u64 = self.nodes.iter().map(|(_, node)| node.memory()).sum();
        held > limits::HELD_BYTES_MAX
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
        out.notices.clone_from(&self.notices);
        out.calls.clear();
        out.calls.extend(self.calls.iter().cloned());
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
        for (at, (id, node)) in self.nodes.iter().enumerate() {
            self.check_books(at)?;
            node.check().map_err(|why| Violation(format!("node {id}: {why}")))?;
        }
        Ok(())
    }

    /// What can be checked after every event of one node.
    fn check_books(&self, at: usize) -> Result<(), Violation> {
        let sum = self.kernel.ledger.running_sum();
        if sum.records != 0 || sum.bytes != 0 {
            return Err(Violation(format!("the ledger sums to {sum:?}")));
        }
        let (id, node) = &self.nodes[at];
        let (held, booked) = (node.held(), self.kernel.ledger.balance(Account::Held(*id)).records);
        if i64::try_from(held) == Ok(booked) {
            return Ok(());
        }
        Err(Violation(format!("node {id} holds {held}, the ledger says {booked}")))
    }

    /// Objects a target keeps, oldest first.
    #[must_use]
    #[inline(never)]
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

    /// What goes wrong at the moment, ascending by part.
    #[must_use]
    pub fn signs(&self) -> Vec<Sign> {
        let mut signs = Vec::new();
        for state in self.kernel.nodes.iter().filter(|state| state.placed) {
            let is_full = state.causes.len() == CAUSES_MAX as usize;
            sign::gather(&state.causes, is_full, self.kernel.now, &mut signs);
        }
        signs
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
    #[inline(never)]
    pub fn records(&self, node: NodeId, lane: u32, count: u32) -> Vec<RecordView> {
        self.node(node).map_or_else(Vec::new, |node| node.records(&self.kernel, lane, count))
    }

    /// What CloudTrail has: management events, or data events, oldest first.
    pub fn trail(&self, data: bool) -> impl Iterator<Item = &TrailEvent> {
        self.kernel.trail.events(data)
    }

    /// Rows a node keeps, at most `count`.
    #[must_use]
    #[inline(never)]
    pub fn sheet(&self, node: NodeId, count: u32) -> Option<Sheet> {
        self.node(node).and_then(|node| node.sheet(&self.kernel, count))
    }

    /// What a node could not take, at most `count` rows: `STL_LOAD_ERRORS` of a cluster.
    #[must_use]
    #[inline(never)]
    pub fn errors(&self, node: NodeId, count: u32) -> Option<Sheet> {
        self.node(node).and_then(|node| node.errors(&self.kernel, count))
    }

    /// All rows a node keeps as a table that can be queried.
    #[must_use]
    #[inline(never)]
    pub fn relation(&self, node: NodeId) -> Option<sql::batch::Table> {
        self.node(node).and_then(Node::relation)
    }

    /// The newest rows of each in-application stream of a node, at most `count` each,
    /// `error_stream` last.
    #[must_use]
    #[inline(never)]
    pub fn tables(&self, node: NodeId, count: u32) -> Vec<Table> {
        self.node(node).map(|node| node.tables(&self.kernel, count)).unwrap_or_default()
    }

    pub(crate) fn last_put(&self, node: NodeId) -> Option<&LastPut> {
        self.node(node).and_then(Node::last_put)
    }

    fn node(&self, id: NodeId) -> Option<&Node> {
        let at = self.nodes.binary_search_by_key(&id, |(node, _)| *node).ok()?;
        Some(&self.nodes[at].1)
    }
}
