//! Flink SQL: statements become one graph (facts, analytics §3).
//!
//! Each query is planned from the inside out, and each step puts operators behind those it reads.
//! A table is one operator however often it is read; a view is planned again for each reader.
//! What Flink refuses is refused here, with its place; what is not simulated says so.

mod call;
mod from;
mod group;
mod join;
mod over;
mod pattern;
mod query;
mod rank;
mod relation;
mod table;
mod window;

use std::sync::Arc;

use self::relation::Relation;
use crate::ast::{CreateTable, CreateView, Insert, ObjectName, Script, StatementKind};
use crate::exec::{Graph, NodeId, SinkId};
use crate::expr::{Name, Span};
use crate::problem::Problem;
use crate::types::DataType;

/// A script at work.
#[derive(Clone, Debug)]
pub struct Job {
    /// The operators.
    pub graph: Graph,
    /// The tables that are read, in the order they are read first.
    pub inputs: Vec<Input>,
    /// Where rows come out, by the number of the sink.
    pub outputs: Vec<Output>,
    /// What runs, but not for ever: queries that keep state without end.
    pub warnings: Vec<Problem>,
}

/// A table that is read.
#[derive(Clone, Debug)]
pub struct Input {
    /// Its name.
    pub name: String,
    /// The operator its rows go to.
    pub node: NodeId,
    /// The columns a row brings: computed ones are not among them.
    pub columns: Vec<(String, DataType)>,
    /// The place of the time column among them, when it is one.
    pub time: Option<u32>,
}

/// Where rows come out.
#[derive(Clone, Debug)]
pub struct Output {
    /// The table they are inserted into, or `result`.
    pub name: String,
    /// The names of the columns.
    pub columns: Vec<String>,
}

/// Makes a graph of a script.
///
/// # Errors
/// Everything that is wrong with it: `SQL-020` to `SQL-023`, `SQL-100` to `SQL-121`.
#[inline(never)]
pub fn bind(script: &Script) -> Result<Job, Vec<Problem>> {
    let mut planner = Planner::default();
    for statement in &script.statements {
        planner.depth = 0;
        planner.commons.clear();
        if let Err(problem) = planner.statement(&statement.kind, statement.span) {
            planner.problems.push(problem);
        }
    }
    let Planner { graph, inputs, outputs, warnings, problems, .. } = planner;
    if problems.is_empty() { Ok(Job { graph, inputs, outputs, warnings }) } else { Err(problems) }
}

/// What has been read so far.
#[derive(Debug, Default)]
struct Planner {
    graph: Graph,
    tables: Vec<CreateTable>,
    views: Vec<CreateView>,
    inputs: Vec<Input>,
    /// The relation of each input.
    scans: Vec<Relation>,
    outputs: Vec<Output>,
    warnings: Vec<Problem>,
    problems: Vec<Problem>,
    /// Queries of `WITH` that can be seen here.
    commons: Vec<crate::ast::query::Common>,
    depth: u32,
    pump: Option<Arc<str>>,
}

/// What a step of planning gives.
type Planned<T> = Result<T, Problem>;

impl Planner {
    fn statement(&mut self, kind: &StatementKind, span: Span) -> Planned<()> {
        match kind {
            StatementKind::CreateTable(table) => self.tables.push(table.clone()),
            StatementKind::CreateView(view) => self.views.push(view.clone()),
            StatementKind::Insert(insert) => self.insert(insert)?,
            StatementKind::InsertSet(inserts) => {
                inserts.iter().try_for_each(|insert| self.insert(insert))?;
            }
            StatementKind::Query(query) => {
                let relation = self.query(query)?;
                let relation = self.unranked(relation)?;
                self.sink("result".to_owned(), &relation);
            }
            StatementKind::Drop { name, .. } => {
                let name = &name.last().text;
                self.tables.retain(|it| it.name.last().text != *name);
                self.views.retain(|it| it.name.last().text != *name);
            }
            StatementKind::Set { .. } => {}
            StatementKind::CreateStream(_)
            | StatementKind::CreatePump(_)
            | StatementKind::CreateFunction(_)
            | StatementKind::AlterPump { .. } => return Err(absent(span, "This statement")),
        }
        Ok(())
    }

    fn insert(&mut self, insert: &Insert) -> Planned<()> {
        let relation = self.query(&insert.query)?;
        let relation = self.unranked(relation)?;
        let Some(table) = self.table(&insert.target) else {
            return Err(no_table(&insert.target));
        };
        let columns = table::physical(table);
        let wanted = if insert.columns.is_empty() { columns.len() } else { insert.columns.len() };
        if wanted != relation.fields.len() {
            let message =
                format!("The query has {} columns, the table {wanted}", relation.fields.len());
            let help = "Select as many columns as the table has, in their order";
            return Err(Problem::new("SQL-102", insert.span, message, help));
        }
        let mut named = relation;
        for (index, field) in named.fields.iter_mut().enumerate() {
            let name = insert.columns.get(index).map(|it: &Name| it.text.clone());
            field.name = name.unwrap_or_else(|| columns[index].0.clone());
        }
        self.sink(insert.target.last().text.clone(), &named);
        Ok(())
    }

    fn sink(&mut self, name: String, relation: &Relation) {
        let sink = SinkId(u32::try_from(self.outputs.len()).unwrap_or(u32::MAX));
        let columns = relation.fields.iter().map(|it| it.name.clone()).collect();
        self.outputs.push(Output { name, columns });
        // A table may be read as it is, and an operator has one sink.
        let node = self.add(crate::exec::operator::Union::new(1), &[relation.node]);
        self.graph.set_sink(node, sink);
    }

    /// Puts an operator behind others.
    fn add(&mut self, node: impl Into<crate::exec::Node>, from: &[NodeId]) -> NodeId {
        let pump = self.pump.get_or_insert_with(|| "".into());
        let id = self.graph.add(node, pump);
        for (input, from) in (0..).zip(from) {
            self.graph.wire(*from, id, input);
        }
        id
    }

    fn table(&self, name: &ObjectName) -> Option<&CreateTable> {
        self.tables.iter().rfind(|it| it.name.last().text == name.last().text)
    }

    /// Tells that a query keeps its state for ever.
    fn keeps(&mut self, span: Span, what: &str) {
        let message = format!("{what} are kept for ever: nothing says when they are not needed");
        let help = "Group by a window, or bound the join in time; or take care that they are few";
        self.warnings.push(Problem::new("SQL-113", span, message, help));
    }
}

fn no_table(name: &ObjectName) -> Problem {
    let message = format!("There is no table or view `{}`", name.last().text);
    let help = "Write CREATE TABLE or CREATE VIEW in front; capitals and small letters differ";
    Problem::new("SQL-103", name.span, message, help)
}

/// Flink has it, this has not.
fn absent(span: Span, what: &str) -> Problem {
    Problem::new("SQL-104", span, format!("{what} is not simulated"), "Write the query without it")
}
