//! Kinesis Data Analytics for SQL: statements become one graph (facts, analytics §2).
//!
//! Statements are taken in order, and each sees what stands in front of it. A stream is one
//! operator however many pumps write and read it; a view is put together anew for each reader.

mod expr;
mod from;
mod function;
mod group;
mod insert;
mod log;
mod query;
mod scope;
mod union;
mod window;

use std::sync::Arc;

use self::expr::Function;
pub use self::scope::Column;
use self::scope::Scope;
pub(crate) use self::scope::{ROWTIME, is_bare_time, names_own_time};
use crate::ast::{
    ColumnDef, CreateFunction, CreatePump, CreateStream, CreateView, Object, ObjectName, Script,
    StatementKind,
};
use crate::dialect::Dialect;
use crate::exec::operator::Stream;
use crate::exec::{Graph, Node, NodeId, SinkId};
use crate::expr::Span;
use crate::limits::{COLUMNS_MAX, NODES_MAX, PROBLEMS_MAX};
use crate::problem::Problem;
use crate::types::DataType;
use crate::value::Value;

/// A script at work.
#[derive(Clone, Debug)]
pub struct Job {
    /// The operators.
    pub graph: Graph,
    /// The streams that rows come into from outside, in the order they were asked for.
    pub inputs: Vec<Input>,
    /// The streams that rows come out of, by the number of the sink: all that are no input, and
    /// behind them `error_stream`.
    pub outputs: Vec<Sink>,
}

/// A stream that rows come into from outside, at input 0 of its operator.
#[derive(Clone, Debug)]
pub struct Input {
    /// Its name.
    pub name: String,
    /// Its operator.
    pub node: NodeId,
    /// Its columns but `ROWTIME`.
    pub columns: Vec<Column>,
}

/// A stream that rows come out of.
#[derive(Clone, Debug)]
pub struct Sink {
    /// Its name.
    pub name: String,
    /// The names of its columns but `ROWTIME`.
    pub columns: Vec<String>,
}

/// A table of an object in a bucket, loaded once (facts, analytics §1.1).
#[derive(Clone, Debug)]
pub struct ReferenceTable {
    /// Its name.
    pub name: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows.
    pub rows: Arc<[Arc<[Value]>]>,
}

/// The stream every application has (facts, analytics §1.1).
pub const ERROR_STREAM: &str = "error_stream";

/// Its columns (facts, analytics §1.2).
pub const ERROR_COLUMNS: [&str; 7] =
    ["ERROR_TIME", "ERROR_LEVEL", "ERROR_NAME", "MESSAGE", "DATA_ROWTIME", "DATA_ROW", "PUMP_NAME"];

/// What a step gives.
type Planned<T> = Result<T, Problem>;

/// Makes a graph of a script whose streams of these names get their rows from outside.
///
/// # Errors
/// Everything that is wrong with it: `SQL-020` to `SQL-024`, `SQL-040` to `SQL-066`.
#[inline(never)]
pub fn bind(
    script: &Script,
    inputs: &[String],
    tables: Vec<ReferenceTable>,
) -> Result<Job, Vec<Problem>> {
    let mut binder = Binder::new(script, inputs, tables);
    for statement in &script.statements {
        binder.depth = 0;
        if let Err(problem) = binder.statement(&statement.kind, statement.span) {
            binder.problems.push(problem);
        }
        if binder.problems.len() >= PROBLEMS_MAX {
            break;
        }
    }
    if binder.problems.is_empty() {
        return Ok(binder.job(inputs));
    }
    let mut problems = binder.problems;
    base::order::sort_by_key(&mut problems, |it| it.span);
    problems.truncate(PROBLEMS_MAX);
    Err(problems)
}

/// The streams a script creates, by their folded names.
#[must_use]
pub fn stream_names(script: &Script) -> Vec<String> {
    let name = |kind: &StatementKind| match kind {
        StatementKind::CreateStream(stream) => Some(Dialect::Kinesis.folded(stream.name.last())),
        _ => None,
    };
    script.statements.iter().filter_map(|it| name(&it.kind)).collect()
}

/// What has been read so far.
#[derive(Debug)]
struct Binder {
    graph: Graph,
    /// The pump at hand, for messages of its operators.
    pump: Arc<str>,
    problems: Vec<Problem>,
    streams: Vec<StreamDef>,
    tables: Vec<ReferenceTable>,
    views: Vec<CreateView>,
    functions: Vec<Function>,
    /// Pumps that stand.
    pumps: Vec<String>,
    /// Pumps that run in the end.
    started: Vec<String>,
    /// Names that are taken.
    names: Vec<String>,
    /// The streams the statement at hand reads.
    reads: Vec<usize>,
    /// From which stream to which pumps go.
    flows: Vec<(usize, usize)>,
    depth: u32,
}

#[derive(Debug)]
struct StreamDef {
    name: String,
    columns: Vec<Column>,
    node: NodeId,
    /// Whether its statement was reached.
    is_made: bool,
    /// Whether its rows come from outside.
    is_input: bool,
    /// The next free input of its operator.
    next: u32,
}

impl Binder {
    fn new(script: &Script, inputs: &[String], tables: Vec<ReferenceTable>) -> Self {
        let started = started(script);
        let mut graph = Graph::new();
        let mut streams: Vec<StreamDef> = Vec::new();
        let none: Arc<str> = "".into();
        for statement in &script.statements {
            let StatementKind::CreateStream(stream) = &statement.kind else { continue };
            let name = Dialect::Kinesis.folded(stream.name.last());
            let is_input = inputs.contains(&name);
            let pumps = script.statements.iter().filter(|it| match &it.kind {
                StatementKind::CreatePump(pump) => {
                    Dialect::Kinesis.folded(pump.insert.target.last()) == name
                        && started.contains(&Dialect::Kinesis.folded(pump.name.last()))
                }
                _ => false,
            });
            let first = u32::from(is_input);
            let all = first + u32::try_from(pumps.count()).unwrap_or(u32::MAX - 1);
            if streams.len() < NODES_MAX && streams.iter().all(|it| it.name != name) {
                let node = graph.add(Stream::new(all), &none);
                let (columns, is_made, next) = (Vec::new(), false, first);
                streams.push(StreamDef { name, columns, node, is_made, is_input, next });
            }
        }
        let names = tables.iter().map(|it| it.name.clone()).collect();
        Self {
            graph,
            pump: none,
            problems: Vec::new(),
            streams,
            tables,
            views: Vec::new(),
            functions: Vec::new(),
            pumps: Vec::new(),
            started,
            names,
            reads: Vec::new(),
            flows: Vec::new(),
            depth: 0,
        }
    }

    fn statement(&mut self, kind: &StatementKind, span: Span) -> Planned<()> {
        match kind {
            StatementKind::CreateStream(stream) => self.stream(stream),
            StatementKind::CreatePump(pump) => self.pump(pump),
            StatementKind::CreateFunction(function) => self.function(function),
            StatementKind::CreateView(view) => self.view(view),
            StatementKind::AlterPump { name, .. } => self.known_pump(name),
            StatementKind::Insert(_) => {
                let message = "INSERT stands outside of a pump";
                let help = "Write CREATE PUMP name AS INSERT INTO …";
                Err(Problem::new("SQL-057", span, message, help))
            }
            StatementKind::Query(_) => {
                let message = "A query stands outside of a pump";
                let help = "Write CREATE PUMP name AS INSERT INTO stream SELECT STREAM …";
                Err(Problem::new("SQL-057", span, message, help))
            }
            StatementKind::Drop { object, name, if_exists } => {
                self.dropped(*object, name, *if_exists)
            }
            StatementKind::CreateTable(_)
            | StatementKind::InsertSet(_)
            | StatementKind::Set { .. } => Err(absent(span, "This statement")),
        }
    }

    /// Takes a name. What a script makes it makes once (facts, analytics §2.1).
    fn take_name(&mut self, name: &ObjectName) -> Planned<String> {
        let folded = Dialect::Kinesis.folded(name.last());
        if folded.eq_ignore_ascii_case(ERROR_STREAM) {
            let message = "`error_stream` is the name of the stream every application has";
            return Err(Problem::new("SQL-049", name.span, message, "Choose another name"));
        }
        if self.names.contains(&folded) {
            let message = format!("There is something called `{folded}` already");
            let help = "One script makes a thing once: give this one another name";
            return Err(Problem::new("SQL-051", name.span, message, help));
        }
        self.names.push(folded.clone());
        Ok(folded)
    }

    fn stream(&mut self, stream: &CreateStream) -> Planned<()> {
        let name = self.take_name(&stream.name)?;
        let columns = columns_of(&stream.columns)?;
        let Some(def) = self.streams.iter_mut().find(|it| it.name == name) else {
            return Err(too_many(stream.name.span));
        };
        def.columns = columns;
        def.is_made = true;
        Ok(())
    }

    fn pump(&mut self, pump: &CreatePump) -> Planned<()> {
        let name = self.take_name(&pump.name)?;
        self.pumps.push(name.clone());
        self.pump = name.as_str().into();
        self.reads.clear();
        let insert = &pump.insert;
        let folded = Dialect::Kinesis.folded(insert.target.last());
        let target = self.streams.iter().position(|it| it.name == folded && it.is_made);
        // The query is looked at in any case: all problems are told.
        let relation = self.query(&insert.query);
        let Some(target) = target else {
            let problem = self.no_stream(&insert.target);
            self.problems.extend(relation.err());
            return Err(problem);
        };
        let columns = self.streams[target].columns.clone();
        let node = self.coerced(relation?, insert, &columns)?;
        if !self.started.contains(&name) {
            return Ok(());
        }
        for read in core::mem::take(&mut self.reads) {
            if self.flows_to(target, read) {
                let message = "Rows of this pump would go round in a circle";
                let help = "Insert into a stream that the query does not read, not even by others";
                return Err(Problem::new("SQL-058", insert.target.span, message, help));
            }
            self.flows.push((read, target));
        }
        let stream = &mut self.streams[target];
        self.graph.wire(node, stream.node, stream.next);
        stream.next += 1;
        Ok(())
    }

    /// Whether rows of one stream get into another one, or it is the same.
    fn flows_to(&self, from: usize, to: usize) -> bool {
        let mut reached = vec![from];
        let mut at = 0;
        while let Some(stream) = reached.get(at).copied() {
            for (_, next) in self.flows.iter().filter(|(it, _)| *it == stream) {
                if !reached.contains(next) {
                    reached.push(*next);
                }
            }
            at += 1;
        }
        reached.contains(&to)
    }

    fn function(&mut self, function: &CreateFunction) -> Planned<()> {
        let name = self.take_name(&function.name)?;
        let columns = columns_of(&function.parameters)?;
        let parameters: Vec<DataType> = function.parameters.iter().map(|it| it.data_type).collect();
        let width = from::count(columns.len());
        let mut scope = Scope::of(None, columns);
        scope.sources[0].time = None;
        let (body, found) = self.scalar(&function.body, (&scope, width), "a function")?;
        if let Some(found) = found.filter(|it| it.class() != function.returns.class()) {
            let message = format!("The function gives {found}, not {}", function.returns);
            let help = format!("Write CAST(… AS {})", function.returns);
            return Err(Problem::new("SQL-053", function.body.span, message, help));
        }
        let (returns, null_on_null) = (function.returns, function.null_on_null);
        self.functions.push(Function { name, parameters, returns, null_on_null, body });
        Ok(())
    }

    /// A view is looked at once, so that what is wrong with it is told where it stands.
    fn view(&mut self, view: &CreateView) -> Planned<()> {
        self.take_name(&view.name)?;
        let graph = self.graph.clone();
        let relation = self.nested(&view.query);
        self.graph = graph;
        let columns = relation?.columns.len();
        if !view.columns.is_empty() && view.columns.len() != columns {
            let message = format!("The view names {} of {columns} columns", view.columns.len());
            let help = "Name every column of the query, or none";
            return Err(Problem::new("SQL-052", view.name.span, message, help));
        }
        self.views.push(view.clone());
        Ok(())
    }

    /// Takes a thing away again. A pump that is dropped has never run.
    fn dropped(&mut self, object: Object, name: &ObjectName, if_exists: bool) -> Planned<()> {
        let folded = Dialect::Kinesis.folded(name.last());
        let stream = self.streams.iter().position(|it| it.name == folded && it.is_made);
        let is_there = match object {
            Object::Stream => stream.is_some(),
            Object::Function => self.functions.iter().any(|it| it.name == folded),
            Object::View => {
                self.views.iter().any(|it| Dialect::Kinesis.folded(it.name.last()) == folded)
            }
            Object::Pump => self.pumps.contains(&folded),
            Object::Table => false,
        };
        if !is_there {
            let message = format!("There is no `{folded}` to drop");
            let help = "Check the spelling, or write DROP … IF EXISTS";
            let problem = Problem::new("SQL-042", name.span, message, help);
            return if if_exists { Ok(()) } else { Err(problem) };
        }
        if let Some(at) = stream.filter(|_| object == Object::Stream) {
            if self.flows.iter().any(|(from, to)| [*from, *to].contains(&at)) {
                let message = format!("Pumps read or write `{folded}`");
                let help = "Drop them first, with DROP PUMP";
                return Err(Problem::new("SQL-066", name.span, message, help));
            }
            self.streams[at].is_made = false;
        }
        self.functions.retain(|it| object != Object::Function || it.name != folded);
        self.views.retain(|it| {
            object != Object::View || Dialect::Kinesis.folded(it.name.last()) != folded
        });
        self.pumps.retain(|it| object != Object::Pump || *it != folded);
        self.names.retain(|it| *it != folded);
        Ok(())
    }

    fn known_pump(&self, name: &ObjectName) -> Planned<()> {
        let folded = Dialect::Kinesis.folded(name.last());
        if self.pumps.contains(&folded) {
            return Ok(());
        }
        let message = format!("There is no pump `{folded}`");
        Err(Problem::new("SQL-042", name.span, message, "Write CREATE PUMP in front"))
    }

    /// Puts an operator behind others.
    fn add(&mut self, node: impl Into<Node>, from: &[NodeId], span: Span) -> Planned<NodeId> {
        if self.graph.len() >= NODES_MAX {
            return Err(too_many(span));
        }
        let id = self.graph.add(node, &self.pump);
        for (input, from) in (0..).zip(from) {
            self.graph.wire(*from, id, input);
        }
        Ok(id)
    }

    fn job(mut self, names: &[String]) -> Job {
        let mut outputs = Vec::new();
        for stream in self.streams.iter().filter(|it| it.is_made && !it.is_input) {
            self.graph.set_sink(stream.node, sink_id(&outputs));
            let columns = stream.columns.iter().map(|it| it.name.clone()).collect();
            outputs.push(Sink { name: stream.name.clone(), columns });
        }
        let errors = self.graph.add(Stream::new(1), &"".into());
        self.graph.set_sink(errors, sink_id(&outputs));
        self.graph.set_errors(errors);
        let columns = ERROR_COLUMNS.map(str::to_owned).to_vec();
        outputs.push(Sink { name: ERROR_STREAM.to_owned(), columns });
        let inputs = names.iter().filter_map(|name| {
            let stream = self.streams.iter().find(|it| it.name == *name)?;
            let (name, columns) = (stream.name.clone(), stream.columns.clone());
            Some(Input { name, node: stream.node, columns })
        });
        Job { inputs: inputs.collect(), graph: self.graph, outputs }
    }
}

fn sink_id(outputs: &[Sink]) -> SinkId {
    SinkId(from::count(outputs.len()))
}

/// The pumps that run once the script has: started where they are made, or later.
pub(crate) fn started(script: &Script) -> Vec<String> {
    let mut started: Vec<String> = Vec::new();
    for statement in &script.statements {
        let (name, runs) = match &statement.kind {
            StatementKind::CreatePump(pump) => (&pump.name, pump.started.unwrap_or(true)),
            StatementKind::AlterPump { name, started } => (name, *started),
            StatementKind::Drop { object: Object::Pump, name, .. } => (name, false),
            _ => continue,
        };
        let name = Dialect::Kinesis.folded(name.last());
        started.retain(|it| *it != name);
        if runs {
            started.push(name);
        }
    }
    started
}

fn columns_of(defs: &[ColumnDef]) -> Planned<Vec<Column>> {
    let mut columns: Vec<Column> = Vec::new();
    for def in defs {
        let name = Dialect::Kinesis.folded(&def.name);
        if columns.len() >= COLUMNS_MAX || columns.iter().any(|it| it.name == name) {
            let message = format!("The column `{name}` is one too many");
            let help = format!("Give each a name of its own; there may be {COLUMNS_MAX}");
            return Err(Problem::new("SQL-051", def.span, message, help));
        }
        columns.push(Column { name, data_type: Some(def.data_type), not_null: def.not_null });
    }
    Ok(columns)
}

fn too_many(span: Span) -> Problem {
    let message = format!("The script needs more than {NODES_MAX} operators");
    Problem::new("SQL-061", span, message, "Leave some queries out")
}

/// The service has it, this has not; or it is no part of the dialect.
fn absent(span: Span, what: &str) -> Problem {
    let message = format!("{what} cannot be used here");
    Problem::new("SQL-056", span, message, "Write the query without it")
}
