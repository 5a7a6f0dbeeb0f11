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
mod semi;
mod sets;
mod table;
mod values;
mod window;

use std::sync::Arc;

pub(crate) use self::from::conjuncts;
use self::relation::{Field, Relation};
use crate::ast::{CreateTable, CreateView, Insert, ObjectName, Script, StatementKind};
use crate::exec::{Graph, Lasting, NodeId, SinkId};
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
    /// `table.exec.source.idle-timeout`, in microseconds.
    pub idle_micros: Option<i64>,
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
    /// Which columns are known of a record beside its data, and the keys they are known by.
    pub metadata: Vec<(u32, String)>,
    /// What stands behind `WITH`.
    pub options: Vec<(String, String)>,
    /// Whether its clock is processing time.
    pub is_processing: bool,
}

/// Where rows come out.
#[derive(Clone, Debug)]
pub struct Output {
    /// The table they are inserted into, or `result`.
    pub name: String,
    /// The names of the columns.
    pub columns: Vec<String>,
    /// What stands behind `PARTITIONED BY`: columns.
    pub partitions: Vec<String>,
    /// What stands behind `WITH`.
    pub options: Vec<(String, String)>,
    /// Whether rows may be taken back.
    pub updates: bool,
}

/// Makes a graph of a script.
///
/// # Errors
/// Everything that is wrong with it: `SQL-020` to `SQL-023`, `SQL-100` to `SQL-122`.
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
    let Planner { mut graph, inputs, outputs, warnings, problems, given, idle_micros, .. } =
        planner;
    if problems.is_empty() {
        given.into_iter().for_each(|it| it.give(&mut graph));
        Ok(Job { graph, inputs, outputs, warnings, idle_micros })
    } else {
        Err(problems)
    }
}

/// The types of the columns of a query, among the tables and views of some statements.
pub(crate) fn types_of(
    statements: &[&StatementKind],
    query: &crate::ast::Query,
) -> Option<Vec<Option<DataType>>> {
    let mut planner = Planner::default();
    for kind in statements {
        if matches!(kind, StatementKind::CreateTable(_) | StatementKind::CreateView(_)) {
            planner.statement(kind, Span::default()).ok()?;
        }
    }
    planner.query(query).ok().map(|it| it.types())
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
    /// Rows that the script itself has.
    given: Vec<values::Given>,
    warnings: Vec<Problem>,
    problems: Vec<Problem>,
    /// Queries of `WITH` that can be seen here.
    commons: Vec<crate::ast::query::Common>,
    depth: u32,
    pump: Option<Arc<str>>,
    /// `table.exec.source.idle-timeout`, in microseconds.
    idle_micros: Option<i64>,
    /// `table.exec.state.ttl`, in microseconds.
    lasting_micros: Option<i64>,
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
                self.sink("result".to_owned(), None, &relation);
            }
            StatementKind::Drop { name, .. } => {
                let name = &name.last().text;
                self.tables.retain(|it| it.name.last().text != *name);
                self.views.retain(|it| it.name.last().text != *name);
            }
            StatementKind::Set { key, value } => self.set(key, value, span)?,
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
        let table = table.clone();
        let columns = table::written(&table);
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
        self.sink(insert.target.last().text.clone(), Some(&table), &named);
        Ok(())
    }

    /// The options that change what queries give (facts, analytics §3.1); others are about how.
    fn set(&mut self, key: &str, value: &str, span: Span) -> Planned<()> {
        let target = match key {
            "table.exec.source.idle-timeout" => &mut self.idle_micros,
            "table.exec.state.ttl" => &mut self.lasting_micros,
            _ => return Ok(()),
        };
        let Some(micros) = duration_of(value) else {
            let message = format!("`{value}` is no span of time");
            return Err(Problem::new("SQL-122", span, message, "Write such as '5 s' or '1 h'"));
        };
        // Nothing is after no time: that is how it is switched off.
        *target = (micros > 0).then_some(micros);
        Ok(())
    }

    fn sink(&mut self, name: String, table: Option<&CreateTable>, relation: &Relation) {
        let sink = SinkId(u32::try_from(self.outputs.len()).unwrap_or(u32::MAX));
        let columns = unique(&relation.fields);
        let partitions = table.iter().flat_map(|it| &it.partitions);
        let partitions = partitions.map(|it| it.text.clone()).collect();
        let options = table.map(|it| it.options.clone()).unwrap_or_default();
        let updates = relation.updates;
        self.outputs.push(Output { name, columns, partitions, options, updates });
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

    /// How long state is kept that no window bounds.
    fn lasting(&self) -> Lasting {
        Lasting::new(self.lasting_micros)
    }

    /// Tells that a query keeps its state for ever, if it does.
    fn keeps(&mut self, span: Span, what: &str) {
        if self.lasting_micros.is_some() {
            return;
        }
        let message = format!("{what} are kept for ever: nothing says when they are not needed");
        let help = "Group by a window, or bound the join in time; or take care that they are few";
        self.warnings.push(Problem::new("SQL-113", span, message, help));
    }
}

/// Each name once: `k`, `k0`, `k1`, as Flink calls the columns of a result.
fn unique(fields: &[Field]) -> Vec<String> {
    let mut made: Vec<String> = Vec::new();
    for Field { name, .. } in fields {
        let mut own = name.clone();
        let mut number = 0;
        while made.contains(&own) {
            own = format!("{name}{number}");
            number += 1;
        }
        made.push(own);
    }
    made
}

/// A span of time as Flink's options have it: `5 s`, `500ms`, `1 h`; milliseconds without a unit.
fn duration_of(text: &str) -> Option<i64> {
    let text = text.trim();
    let end = text.find(|it: char| !it.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let micros: i64 = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "ms" | "milli" | "millis" | "millisecond" | "milliseconds" => 1_000,
        "us" | "micro" | "micros" | "microsecond" | "microseconds" => 1,
        "s" | "sec" | "secs" | "second" | "seconds" => 1_000_000,
        "m" | "min" | "mins" | "minute" | "minutes" => 60_000_000,
        "h" | "hour" | "hours" => 3_600_000_000,
        "d" | "day" | "days" => 86_400_000_000,
        _ => return None,
    };
    number.parse::<i64>().ok()?.checked_mul(micros)
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
