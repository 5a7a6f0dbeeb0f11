//! The graph of operators, and the way of a row through it.
//!
//! What comes in is settled to the end before the next thing comes in, so each row that comes out
//! is known to come from it. A row goes to the readers of an operator in the order they were
//! wired, and through each of them to the end first.

use std::sync::Arc;

use super::operator::{Node, Operator as _};
use super::{Event, Failure, Late, Output, Row, Track};
use crate::expr::Span;
use crate::limits::{ROWS_AT_ONCE_MAX, STEPS_A_ROW, STEPS_AHEAD};
use crate::print::hex;
use crate::problem::Problem;
use crate::value::Value;

/// An operator of a graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NodeId(pub u32);

/// Where rows come out, in the numbering of whoever built the graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SinkId(pub u32);

/// What made a row come out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    /// An input row, by its index.
    Row(u64),
    /// A bound: the clock moved on without a row.
    Bound,
    /// The end of the input.
    End,
}

/// A row that came out.
#[derive(Clone, Debug, PartialEq)]
pub struct Emitted {
    /// Where.
    pub sink: SinkId,
    /// What made it come out.
    pub on: On,
    /// The row.
    pub row: Row,
}

/// Operators and the wires between them. There are no circles.
#[derive(Clone, Debug)]
pub struct Graph {
    nodes: Vec<Wired>,
    /// Whether clocks go to each operator: it listens, or somebody behind it. Empty until asked.
    listening: Vec<bool>,
    /// Where rows that cannot be computed go; without it they end the run.
    errors: Option<NodeId>,
    emitted: Vec<Emitted>,
    on: On,
    /// The latest time anything came with: when errors are told to have happened.
    now: i64,
    /// Processing time, where it is told.
    processing: i64,
    /// How many rows may still go from one operator to another: each thing that comes in adds to
    /// them.
    steps_left: u64,
    /// Rows that operators left out because they came too late.
    late: Late,
    stopped: Option<Problem>,
}

#[derive(Clone, Debug)]
struct Wired {
    node: Node,
    /// Readers, and which of their inputs.
    readers: Vec<(NodeId, u32)>,
    sink: Option<SinkId>,
    /// The pump it works for, for messages.
    pump: Arc<str>,
    out: Output,
}

impl Default for Graph {
    fn default() -> Self {
        Self::new()
    }
}

impl Graph {
    /// Without any operator.
    #[must_use]
    pub fn new() -> Self {
        Self {
            nodes: Vec::new(),
            listening: Vec::new(),
            errors: None,
            emitted: Vec::new(),
            on: On::Bound,
            now: i64::MIN,
            processing: 0,
            steps_left: STEPS_AHEAD,
            late: Late::default(),
            stopped: None,
        }
    }

    /// Puts an operator in, which works for this pump.
    pub fn add(&mut self, node: impl Into<Node>, pump: &Arc<str>) -> NodeId {
        let id = NodeId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        let (node, pump) = (node.into(), Arc::clone(pump));
        let out = Output::default();
        self.nodes.push(Wired { node, readers: Vec::new(), sink: None, pump, out });
        self.listening.clear();
        id
    }

    /// How many operators there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Lets one operator read another. Wires go to operators that were put in later, or to
    /// streams; whoever wires sees to it that there are no circles.
    pub fn wire(&mut self, from: NodeId, to: NodeId, input: u32) {
        self.nodes[from.0 as usize].readers.push((to, input));
        self.listening.clear();
    }

    /// Finds out who listens to clocks, from the last operators to the first.
    fn listen(&mut self) {
        self.listening = self.nodes.iter().map(|it| it.node.listens()).collect();
        loop {
            let hears = |it: &Wired| it.readers.iter().any(|(to, _)| self.listening[to.0 as usize]);
            let mut deaf = self.nodes.iter().zip(&self.listening);
            let more = deaf.rposition(|(it, listens)| !listens && hears(it));
            let Some(more) = more else { return };
            self.listening[more] = true;
        }
    }

    /// Lets the rows of an operator come out.
    pub fn set_sink(&mut self, node: NodeId, sink: SinkId) {
        self.nodes[node.0 as usize].sink = Some(sink);
    }

    /// Where rows that cannot be computed go.
    pub fn set_errors(&mut self, node: NodeId) {
        self.errors = Some(node);
    }

    /// Tells processing time, in microseconds since 1970: state may be over by it.
    pub fn set_processing(&mut self, now: i64) {
        self.processing = self.processing.max(now);
    }

    /// Brings a row in.
    pub fn push(&mut self, to: NodeId, input: u32, row: Row, on: On) {
        if self.stopped.is_some() {
            return;
        }
        self.on = on;
        self.now = self.now.max(row.time);
        self.steps_left = (self.steps_left + STEPS_A_ROW).min(STEPS_AHEAD);
        self.deliver(to, input, row);
    }

    /// Brings a promise in: no row before this moment will come there.
    pub fn advance(&mut self, to: NodeId, input: u32, clock: i64, on: On) {
        if self.stopped.is_some() {
            return;
        }
        self.on = on;
        self.now = self.now.max(clock);
        let Wired { node, out, .. } = &mut self.nodes[to.0 as usize];
        node.advance(input, clock, out);
        self.settle(to);
    }

    /// Tells of a row from outside that is none of the stream it is for.
    pub fn refuse(&mut self, row: Row, message: String, on: On) {
        self.on = on;
        self.now = self.now.max(row.time);
        let failure = Failure { row, name: "Row does not fit the schema", message };
        self.fail(None, failure);
    }

    /// What came out since the last time, in order.
    pub fn take(&mut self) -> Vec<Emitted> {
        core::mem::take(&mut self.emitted)
    }

    /// What can be seen of its operators.
    #[must_use]
    pub fn track(&self) -> Track {
        let mut track = Track { clock: i64::MIN, late: self.late, ..Track::default() };
        self.nodes.iter().for_each(|it| it.node.watch(&mut track));
        track
    }

    /// Rows that came too late.
    #[must_use]
    pub fn late(&self) -> Late {
        self.late
    }

    /// The clock of an operator that rows come into from outside: no row before this moment will
    /// leave it.
    #[must_use]
    pub fn clock_of(&self, node: NodeId) -> i64 {
        match self.nodes.get(node.0 as usize).map(|it| &it.node) {
            Some(Node::Scan(scan)) => scan.clock,
            Some(Node::Stream(stream)) => stream.clock(),
            _ => i64::MIN,
        }
    }

    /// The time a row from outside will have at an operator, where a column says it.
    #[must_use]
    pub fn time_of(&self, node: NodeId, row: &Row) -> Option<i64> {
        match self.nodes.get(node.0 as usize).map(|it| &it.node) {
            Some(Node::Scan(scan)) => scan.time_of(row),
            _ => None,
        }
    }

    /// Why the run has ended early, if it has.
    #[must_use]
    pub fn stopped(&self) -> Option<&Problem> {
        self.stopped.as_ref()
    }

    fn deliver(&mut self, to: NodeId, input: u32, row: Row) {
        let Some(left) = self.steps_left.checked_sub(1) else {
            let message = "What comes in becomes far more rows than it is";
            let help = "Join on more columns, or over a shorter window";
            self.stopped = Some(Problem::new("SQL-081", Span::default(), message, help));
            return;
        };
        self.steps_left = left;
        let Wired { node, out, .. } = &mut self.nodes[to.0 as usize];
        out.set_now(self.processing);
        node.push(input, row, out);
        self.settle(to);
    }

    /// Carries away what an operator said.
    fn settle(&mut self, id: NodeId) {
        if self.listening.is_empty() {
            self.listen();
        }
        let at = id.0 as usize;
        if let Some(why) = self.nodes[at].out.stopped() {
            self.stopped.get_or_insert(why);
        }
        self.late.join(self.nodes[at].out.take_late());
        let mut events = self.nodes[at].out.take();
        for event in events.drain(..) {
            if self.stopped.is_some() {
                break;
            }
            match event {
                Event::Row(row) => self.spread(at, row),
                Event::Clock(clock) => {
                    for reader in 0..self.nodes[at].readers.len() {
                        let (to, input) = self.nodes[at].readers[reader];
                        if self.listening[to.0 as usize] {
                            let Wired { node, out, .. } = &mut self.nodes[to.0 as usize];
                            node.advance(input, clock, out);
                            self.settle(to);
                        }
                    }
                }
                Event::Failure(failure) => self.fail(Some(at), failure),
            }
        }
        self.nodes[at].out.give_back(events);
    }

    /// A row to the outside and to every reader.
    fn spread(&mut self, at: usize, row: Row) {
        if let Some(sink) = self.nodes[at].sink {
            if self.emitted.len() >= ROWS_AT_ONCE_MAX {
                let message = format!("More than {ROWS_AT_ONCE_MAX} rows come out at once");
                let help = "Join on more columns, or over a shorter window";
                self.stopped = Some(Problem::new("SQL-081", Span::default(), message, help));
                return;
            }
            self.emitted.push(Emitted { sink, on: self.on, row: row.clone() });
        }
        let Some(last) = self.nodes[at].readers.len().checked_sub(1) else { return };
        for reader in 0..last {
            let (to, input) = self.nodes[at].readers[reader];
            self.deliver(to, input, row.clone());
        }
        let (to, input) = self.nodes[at].readers[last];
        self.deliver(to, input, row);
    }

    /// A row that could not be computed becomes a row of the error stream (facts, analytics
    /// §1.2), or ends the run where there is none.
    fn fail(&mut self, at: Option<usize>, failure: Failure) {
        let Failure { row, name, message } = failure;
        let Some(errors) = self.errors else {
            let help = "The job fails; keep such rows out with WHERE, or use TRY_CAST";
            self.stopped = Some(Problem::new("SQL-082", Span::default(), message, help));
            return;
        };
        let text = |it: &str| Value::Text(it.into());
        let now = Value::Timestamp(self.now);
        let data: Vec<String> = row.values.iter().map(crate::print::text_of).collect();
        let data = data.join(",");
        let kept = data.len().min(DATA_ROW_CHARS_MAX / 2);
        let data = hex(&data.as_bytes()[..kept]);
        let pump = at.map_or_else(|| "".into(), |at| self.nodes[at].pump.clone());
        let values = [
            now,
            text("ERROR"),
            text(name),
            text(&message.chars().take(MESSAGE_CHARS_MAX).collect::<String>()),
            Value::Timestamp(row.time),
            text(&data),
            if pump.is_empty() { Value::Null } else { Value::Text(pump) },
        ];
        self.deliver(errors, 0, Row::insert(self.now, values));
    }
}

/// Longest `MESSAGE` and `DATA_ROW` of an error (facts, analytics §1.2).
const MESSAGE_CHARS_MAX: usize = 4_096;
const DATA_ROW_CHARS_MAX: usize = 49_152;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exec::operator::{Project, Stream};
    use crate::expr::{BinaryOp, Expr, ExprKind, TIME_SLOT};

    fn slot(index: u32) -> Expr {
        Expr::new(ExprKind::Slot(index), Span::default())
    }

    /// `100 / column 0`, beside the time of the row.
    fn quotient() -> Project {
        let hundred = Expr::new(ExprKind::Literal(Value::Integer(100)), Span::default());
        let kind = ExprKind::Binary(BinaryOp::Divide, hundred.into(), slot(0).into());
        let values = [Expr::new(kind, Span::default()), slot(TIME_SLOT)];
        Project { filter: None, values: Some(values.into()), time: None }
    }

    fn row(time: i64, value: i64) -> Row {
        Row::insert(time, [Value::Integer(value)])
    }

    fn graph() -> (Graph, NodeId) {
        let (mut graph, pump) = (Graph::new(), Arc::from("P"));
        let source = graph.add(Stream::new(1), &pump);
        let project = graph.add(quotient(), &pump);
        graph.wire(source, project, 0);
        graph.set_sink(project, SinkId(7));
        (graph, source)
    }

    #[test]
    fn a_row_goes_through_with_what_brought_it() {
        let (mut graph, source) = graph();
        graph.push(source, 0, row(5, 20), On::Row(3));
        let values = [Value::Integer(5), Value::Timestamp(5)];
        let row = Row::insert(5, values);
        assert_eq!(graph.take(), [Emitted { sink: SinkId(7), on: On::Row(3), row }]);
        assert!(graph.take().is_empty());
    }

    /// Facts, analytics §1.2: the columns of the error stream; the row is not output, and
    /// processing goes on.
    #[test]
    fn what_cannot_be_computed_goes_to_the_error_stream() {
        let (mut graph, source) = graph();
        let errors = graph.add(Stream::new(1), &Arc::from(""));
        graph.set_errors(errors);
        graph.set_sink(errors, SinkId(8));
        graph.push(source, 0, row(9_000, 0), On::Row(0));
        graph.push(source, 0, row(2_000, 4), On::Row(1));
        graph.push(source, 0, row(9_000, 50), On::Row(2));
        let out = graph.take();
        let sinks: Vec<u32> = out.iter().map(|it| it.sink.0).collect();
        assert_eq!(sinks, [8, 8, 7]);
        let text = |it: &str| Value::Text(it.into());
        let expected = [
            Value::Timestamp(9_000),
            text("ERROR"),
            text("Row cannot be computed"),
            text("Division by zero"),
            Value::Timestamp(9_000),
            text("30"),
            text("P"),
        ];
        assert_eq!(*out[0].row.values, expected);
        assert_eq!(out[1].row.values[2], text("Row is late"));
    }

    #[test]
    fn without_an_error_stream_the_run_ends() {
        let (mut graph, source) = graph();
        graph.push(source, 0, row(0, 0), On::Row(0));
        assert_eq!(graph.stopped().map(|it| it.code), Some("SQL-082"));
        graph.push(source, 0, row(0, 1), On::Row(1));
        assert!(graph.take().is_empty());
    }

    #[test]
    fn what_comes_out_at_once_is_bounded() {
        let (mut graph, pump) = (Graph::new(), Arc::from(""));
        let source = graph.add(Stream::new(1), &pump);
        let mut last = source;
        for _ in 0..20 {
            let next = graph.add(Project { filter: None, values: None, time: None }, &pump);
            graph.wire(last, next, 0);
            graph.wire(last, next, 0);
            last = next;
        }
        graph.set_sink(last, SinkId(0));
        graph.push(source, 0, row(0, 0), On::Row(0));
        assert_eq!(graph.stopped().map(|it| it.code), Some("SQL-081"));
    }

    #[test]
    fn what_goes_on_inside_is_bounded() {
        let (mut graph, pump) = (Graph::new(), Arc::from(""));
        let source = graph.add(Stream::new(1), &pump);
        let mut last = source;
        for _ in 0..40 {
            let next = graph.add(Project { filter: None, values: None, time: None }, &pump);
            graph.wire(last, next, 0);
            graph.wire(last, next, 0);
            last = next;
        }
        graph.steps_left = 0;
        graph.push(source, 0, row(0, 0), On::Row(0));
        assert_eq!(graph.stopped().map(|it| it.code), Some("SQL-081"));
        assert!(graph.take().is_empty());
    }
}
