//! What a component may do: everything goes through here, components never see each other.

use std::sync::Arc;

use base::{Duration, EdgeId, NodeId, Ratio, RecordId, Rng, Time, limits};
use scenario::kind::StreamMode;
use scenario::limits::Limits;
use scenario::ports::Flow;
use scenario::{Edge, KmsFault};

use crate::batch::Record;
use crate::call::{Request, Response};
use crate::cause::{Cause, Reason};
use crate::formats::Formats;
use crate::kernel::Kernel;
use crate::kernel::commitment::Commitment;
use crate::kernel::faults::Harm;
use crate::kernel::keys::KeyTable;
use crate::kernel::ledger::{Account, Balance};
use crate::kernel::queue::{Call, Closed, Event, TimerId, Token};
use crate::snapshot::{MarkKind, Outcome, Passage};

/// A call that is denied, comes too often or finds no stream is answered this much later; nobody
/// asks again in the same instant.
const DENIED_AFTER: Duration = Duration::from_millis(10);

/// The kernel as one component sees it while it handles one event.
#[derive(Debug)]
pub struct Ctx<'a> {
    kernel: &'a mut Kernel,
    me: NodeId,
}

impl<'a> Ctx<'a> {
    /// The kernel for the node `me`.
    pub fn new(kernel: &'a mut Kernel, me: NodeId) -> Self {
        Self { kernel, me }
    }

    /// The node that is being asked.
    #[must_use]
    pub fn me(&self) -> NodeId {
        self.me
    }

    /// Its name, for AWS messages.
    #[must_use]
    pub fn name(&self) -> Arc<str> {
        self.kernel.node(self.me).map_or_else(|| "".into(), |node| Arc::clone(&node.name))
    }

    /// The name of the node at the other end of a wire; empty when there is none.
    #[must_use]
    pub fn peer_name(&self, edge: Option<EdgeId>) -> Arc<str> {
        let node = self.peer(edge).and_then(|peer| self.kernel.node(peer));
        node.map_or_else(|| "".into(), |node| Arc::clone(&node.name))
    }

    /// How long the stream at the other end of a wire keeps its records; zero when there is none.
    #[must_use]
    pub fn peer_retention(&self, edge: Option<EdgeId>) -> Duration {
        let node = self.peer(edge).and_then(|peer| self.kernel.node(peer));
        node.map_or(Duration::ZERO, |node| node.retention)
    }

    /// Whether the stream at the other end of a wire spreads records whatever their keys.
    #[must_use]
    pub fn peer_spreads(&self, edge: Option<EdgeId>) -> bool {
        self.peer(edge).and_then(|peer| self.kernel.node(peer)).is_some_and(|node| node.spreads)
    }

    /// Tells how long this stream keeps its records, and whether it spreads them.
    pub fn describe(&mut self, retention: Duration, spreads: bool) {
        if let Some(node) = self.kernel.node_mut(self.me) {
            (node.retention, node.spreads) = (retention, spreads);
        }
    }

    fn peer(&self, edge: Option<EdgeId>) -> Option<NodeId> {
        let ends = self.kernel.edges.get(edge?)?;
        Some(if ends.from.node == self.me { ends.to.node } else { ends.from.node })
    }

    /// The kind at the far end of a wire that leaves this node.
    #[must_use]
    pub fn kind_ahead(&self, edge: &Edge) -> &'static str {
        self.kernel.node(edge.to.node).map_or("", |node| node.spec.kind)
    }

    /// Simulated time.
    #[must_use]
    #[inline]
    pub fn now(&self) -> Time {
        self.kernel.now
    }

    /// Wall clock in milliseconds since 1970 UTC at a simulated time.
    #[must_use]
    pub fn wall_millis(&self, at: Time) -> u64 {
        self.kernel.epoch_millis + at.millis()
    }

    /// The same in microseconds, whole milliseconds of them, as queries count time.
    #[must_use]
    pub fn wall_micros(&self, at: Time) -> i64 {
        i64::try_from(self.wall_millis(at).saturating_mul(1_000)).unwrap_or(i64::MAX)
    }

    /// What AWS allows in this run.
    #[must_use]
    pub fn limits(&self) -> &'static Limits {
        self.kernel.limits
    }

    /// jq, Parquet and compression.
    #[must_use]
    pub fn formats(&self) -> Formats {
        self.kernel.formats
    }

    /// On-demand Advantage of the account.
    #[must_use]
    pub fn commitment(&self) -> Commitment {
        self.kernel.commitment
    }

    /// Registered consumers a stream of this mode may have.
    #[must_use]
    pub fn consumers_max(&self, mode: StreamMode) -> u32 {
        self.kernel.consumers_max(mode)
    }

    /// The node's own generator.
    pub fn rng(&mut self) -> &mut Rng {
        let me = self.me;
        &mut self.kernel.node_mut(me).expect("a node handles events only while it exists").rng
    }

    /// Calls back after a while. Compare the id on arrival to ignore a timer you gave up.
    pub fn after(&mut self, delay: Duration, code: u32, data: u64) -> TimerId {
        let at = self.kernel.now + delay;
        self.kernel.queue.push_timer(at, self.me, code, data)
    }

    /// Wires that leave this node, ascending by id.
    #[must_use]
    pub fn edges_out(&self) -> Vec<Arc<Edge>> {
        self.kernel.edges.from(self.me).cloned().collect()
    }

    /// Wires that reach this node, ascending by id.
    #[must_use]
    pub fn edges_in(&self) -> Vec<Arc<Edge>> {
        self.kernel.edges.to(self.me).cloned().collect()
    }

    /// What passes a wire: put calls, reads or objects.
    #[must_use]
    pub fn flow(&self, edge: &Edge) -> Option<Flow> {
        self.kernel.flow(edge)
    }

    /// Tells the iterator age from which this reader counts as late on a wire.
    pub fn set_alarm(&mut self, edge: EdgeId, micros: u64) {
        self.kernel.edges.set_alarm(edge, micros);
    }

    /// Makes a call through a wire to whoever is at its other end; it arrives now, after all
    /// events already due now. The answer comes as `Event::Response` with this token.
    ///
    /// The caller books its records to `Flight(edge)` first.
    pub fn send(&mut self, edge: EdgeId, request: Request) -> Token {
        let me = self.me;
        let callee = self.peer(Some(edge));
        let asked = request.asked();
        let operation = callee.map_or("", |callee| self.kernel.operation(callee, &request));
        let call = Call { caller: me, callee: callee.unwrap_or(me), edge, asked, operation };
        let token = self.kernel.calls.open(call);
        let now = self.kernel.now;
        let refused = callee.and_then(|callee| self.kernel.turns_away(me, callee, &request));
        match callee {
            Some(_) if let Some((reason, code)) = refused => {
                self.kernel.calls.forget(token);
                if reason != Reason::StreamMissing {
                    self.kernel.log_call(&call, Some(code));
                }
                let response = asked.refusal(reason, code);
                let event = Event::Response { token, edge, response };
                self.kernel.queue.push(now + DENIED_AFTER, me, event);
            }
            Some(callee) => {
                self.kernel.queue.push(now, callee, Event::Request { token, edge, request });
            }
            // The wire went this very moment; `Event::Rewired` is on its way.
            None => {
                self.kernel.calls.forget(token);
                let response = asked.failure();
                self.kernel.queue.push(now, me, Event::Response { token, edge, response });
            }
        }
        token
    }

    /// A call that gets lost on its way: nobody hears of it, and no answer ever comes.
    pub fn lose(&mut self, edge: EdgeId, request: &Request) -> Token {
        let me = self.me;
        let call = Call { caller: me, callee: me, edge, asked: request.asked(), operation: "" };
        let token = self.kernel.calls.open(call);
        self.kernel.calls.forget(token);
        token
    }

    /// Answers a call after a delay. Every call is answered exactly once.
    pub fn reply(&mut self, token: Token, delay: Duration, response: Response) {
        let call = match self.kernel.calls.close(token) {
            Closed::Waiting(call) => call,
            Closed::Orphan(call) => return self.kernel.absorb(&call, &response),
        };
        self.kernel.log_call(&call, response.error());
        let at = self.kernel.now + delay;
        let event = Event::Response { token, edge: call.edge, response };
        self.kernel.queue.push(at, call.caller, event);
    }

    /// Whether somebody still waits for the answer to a call.
    #[must_use]
    pub fn is_awaited(&self, token: Token) -> bool {
        self.kernel.calls.get(token).is_some()
    }

    /// Tells of bytes that were written for new records. A single event may make more than fits:
    /// who makes many asks for `is_halted` in between.
    pub fn grew(&mut self, bytes: usize) {
        self.kernel.grown_bytes += bytes as u64;
        if self.kernel.grown_bytes > limits::HELD_BYTES_MAX {
            self.kernel.halt_full();
        }
    }

    /// Whether the run has reached a bound: no more records are made then.
    #[must_use]
    pub fn is_halted(&self) -> bool {
        self.kernel.halted.is_some()
    }

    /// Moves records between accounts.
    pub fn book(&mut self, from: Account, to: Account, records: u64, bytes: u64) {
        self.kernel.ledger.book(from, to, records, bytes);
    }

    /// What stands in an account.
    #[must_use]
    pub fn balance(&self, account: Account) -> Balance {
        self.kernel.ledger.balance(account)
    }

    /// Adds to a metric, by its position in the kind's specification.
    pub fn count(&mut self, metric: u8, amount: u64) {
        self.kernel.metrics.add(self.me, metric, amount);
    }

    /// Raises a maximum metric of the running second.
    pub fn peak(&mut self, metric: u8, value: u64) {
        self.kernel.metrics.max(self.me, metric, value);
    }

    /// The table of partition keys.
    #[must_use]
    #[inline]
    pub fn keys(&self) -> &KeyTable {
        &self.kernel.keys
    }

    /// The table of partition keys, to intern or to count uses.
    #[inline]
    pub fn keys_mut(&mut self) -> &mut KeyTable {
        &mut self.kernel.keys
    }

    /// Numbers for `count` new records, the first of them.
    pub fn new_records(&mut self, count: u64) -> RecordId {
        let first = self.kernel.record_next;
        self.kernel.record_next += count;
        RecordId(first)
    }

    /// What running faults do to a call that this node answers.
    pub fn harm(&mut self) -> Harm {
        let (me, now) = (self.me, self.kernel.now);
        let Kernel { faults, nodes, .. } = &mut *self.kernel;
        let at = nodes.binary_search_by_key(&me, |node| node.id);
        match at {
            Ok(at) => faults.harm(me, now, &mut nodes[at].rng),
            Err(_) => Harm::default(),
        }
    }

    /// What is wrong with this node's KMS key on purpose.
    #[must_use]
    pub fn key_fault(&self) -> Option<KmsFault> {
        self.kernel.faults.key(self.me, self.kernel.now)
    }

    /// Whether the caller at the other end of a wire may not use this node's KMS key; it is told
    /// why.
    pub fn denies_key(
        &mut self,
        edge: EdgeId,
        operation: &str,
        key_id: &str,
        records: u64,
    ) -> bool {
        let Some(caller) = self.peer(Some(edge)) else { return false };
        let records = u32::try_from(records).unwrap_or(u32::MAX);
        self.kernel.denies_key(caller, operation, key_id, records)
    }

    /// A consumer was registered with this node.
    pub fn name_consumer(&mut self, id: u32, name: &Arc<str>, created_secs: u64) {
        self.kernel.roles.name_consumer(self.me, id, name, created_secs);
    }

    /// What running faults do to a call of many entries: to the call as a whole, and the share of
    /// its entries that fail.
    pub fn harm_entries(&mut self) -> (Harm, Ratio) {
        let (me, now) = (self.me, self.kernel.now);
        let Kernel { faults, nodes, .. } = &mut *self.kernel;
        let at = nodes.binary_search_by_key(&me, |node| node.id);
        let harm = at.map(|at| faults.harm_call(me, now, &mut nodes[at].rng)).unwrap_or_default();
        (harm, faults.rejects(me, now))
    }

    /// One drawn dot stands for this many records.
    #[must_use]
    #[inline]
    pub fn stride(&self) -> u64 {
        u64::from(self.kernel.stride)
    }

    /// Counts records of one colour slot that passed a wire (for ribbons and rates).
    pub fn passed(&mut self, edge: EdgeId, slot: u8, records: u32, outcome: Outcome) {
        self.kernel.edges.count(edge, slot, records, outcome);
    }

    /// Draws one sampled record on a wire; call it when `id.0 % stride() == 0`.
    pub fn sample(&mut self, edge: EdgeId, dot: Dot<'_>) {
        let Dot { record, slot, lane, outcome } = dot;
        let size = match record.data_bytes() {
            0..128 => 0,
            128..4_096 => 1,
            _ => 2,
        };
        let mark = u32::try_from(base::hash::mix(record.id.0) >> 32).unwrap_or(0);
        let passage = Passage { at: self.kernel.now, mark, slot, size, lane, outcome };
        self.kernel.edges.pass(edge, passage);
    }

    /// Counts rejected records; the first of each second and lane should also be explained.
    pub fn rejected(&mut self, records: u32) {
        let (me, now) = (self.me, self.kernel.now);
        if let Some(node) = self.kernel.node_mut(me) {
            node.rejected += u64::from(records);
            node.rejected_second.0 += records;
        }
        self.kernel.marks.throttle(now, me);
    }

    /// Explains one refusal or loss; the newest explanations are kept for each node.
    pub fn explain(&mut self, cause: Cause) {
        let me = self.me;
        if let Some(node) = self.kernel.node_mut(me) {
            node.causes.push(cause);
        }
    }

    /// Drops held records for a reason.
    pub fn drop_held(&mut self, reason: Reason, records: u64, bytes: u64) {
        let (from, to) = (Account::Held(self.me), Account::Dropped(self.me, reason));
        self.kernel.ledger.book(from, to, records, bytes);
    }

    /// Puts a mark on the timeline.
    pub fn mark(&mut self, kind: MarkKind) {
        let now = self.kernel.now;
        match kind {
            MarkKind::Loss => self.kernel.marks.loss(now, self.me),
            _ => self.kernel.marks.add(now, None, kind, self.me),
        }
    }

    /// Asks to be removed once this event is handled.
    pub fn vanish(&mut self) {
        self.kernel.gone.push(self.me);
    }

    /// Stops the run with a sentence: a bound was reached.
    pub fn halt(&mut self, why: &str) {
        self.kernel.halted.get_or_insert_with(|| why.into());
    }
}

/// How a sampled record looks.
#[derive(Clone, Copy, Debug)]
pub struct Dot<'a> {
    /// Which.
    pub record: &'a Record,
    /// Its colour slot.
    pub slot: u8,
    /// Its lane.
    pub lane: u32,
    /// What became of it.
    pub outcome: Outcome,
}
