//! The Kinesis dialect in the words of Flink.
//!
//! A source becomes a table whose time column is the arrival of a row, as `ROWTIME` is; a stream
//! between pumps becomes a view, which carries that time on; a pump becomes an insert.

mod call;
mod expr;
mod from;
mod group;
mod items;
mod query;

pub(super) use self::query::{each_expr, each_select};
use super::names;
use super::tree::{NOWHERE, interval, later, object, plain, sources_of, union_all};
use super::{Declared, Made, kinds};
use crate::ast::query::{Body, Query, TableRef};
use crate::ast::{
    ColumnDef, CreateFunction, CreatePump, CreateStream, CreateTable, CreateView, Insert,
    ObjectName, Script, StatementKind, TableElement,
};
use crate::bind::kinesis::started;
use crate::dialect::Dialect;
use crate::expr::{BinaryOp, Expr, ExprKind, Name, Span};
use crate::function::{Function, Unit};
use crate::limits::NESTING_MAX;
use crate::types::{DataType, LENGTH_MAX};
use crate::value::Value;

/// The time column of every table and view.
const TIME: &str = "rowtime";
/// What the connector of a stream calls the arrival of a record.
pub(super) const ARRIVAL: &str = "timestamp";
/// How far a watermark stays behind: rows of the same moment may still come (Flink documentation,
/// "CREATE TABLE", ascending timestamps).
const BEHIND_MICROS: i64 = 1_000;

/// Puts a script into the words of Flink.
pub(super) fn script(script: &Script, declared: &[Declared], made: &mut Made) {
    let mut to = ToFlink::new(script, declared, made);
    to.tables(script);
    let mut inserts = Vec::new();
    for (kind, span) in kinds(script) {
        match kind {
            StatementKind::CreatePump(pump) => inserts.extend(to.pump(pump, span)),
            StatementKind::Drop { .. } => {
                to.made.note(span, "DROP is left out: the script says what there is in the end");
            }
            _ => {}
        }
    }
    match <[Insert; 1]>::try_from(inserts) {
        Ok([insert]) => to.made.statement(StatementKind::Insert(insert)),
        Err(inserts) if inserts.is_empty() => {}
        Err(inserts) => to.made.statement(StatementKind::InsertSet(inserts)),
    }
}

/// Columns with their types, where these are known.
type Columns = Vec<(String, Option<DataType>)>;

/// What a name of the script stands for.
#[derive(Clone, Debug)]
struct Known {
    /// Folded.
    name: String,
    columns: Columns,
    role: Role,
    /// Whether all columns are known.
    whole: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// Rows come from outside.
    Source,
    /// Written by pumps and read by others: a view.
    Between,
    /// Written by pumps: a table.
    Sink,
    /// `CREATE VIEW`.
    View,
    /// A reference table.
    Table,
}

struct ToFlink<'a> {
    script: &'a Script,
    made: &'a mut Made,
    known: Vec<Known>,
    functions: Vec<&'a CreateFunction>,
    /// How many of them are seen here.
    seen: usize,
    /// Pumps that run.
    started: Vec<String>,
    /// Views that stand already.
    stand: Vec<String>,
    /// Views that wait for those they read.
    depth: u32,
    /// Queries of `WITH` for the statement at hand.
    commons: Vec<crate::ast::query::Common>,
    /// Arguments of the function at hand, by the folded names of its parameters.
    arguments: Vec<(String, Expr)>,
}

fn fold(name: &Name) -> String {
    Dialect::Kinesis.folded(name)
}

/// A name for Flink.
fn named(folded: &str) -> Name {
    names::name(folded, Dialect::Flink)
}

impl<'a> ToFlink<'a> {
    fn new(script: &'a Script, declared: &[Declared], made: &'a mut Made) -> Self {
        let started = started(script);
        let mut to = Self {
            script,
            made,
            known: Vec::new(),
            functions: Vec::new(),
            seen: usize::MAX,
            depth: 0,
            started,
            stand: Vec::new(),
            commons: Vec::new(),
            arguments: Vec::new(),
        };
        let read = to.names_read();
        for (kind, _) in kinds(script) {
            match kind {
                StatementKind::CreateStream(stream) => {
                    let name = fold(stream.name.last());
                    let written = to.writers(&name).next().is_some();
                    let role = match (written, read.contains(&name)) {
                        (false, _) => Role::Source,
                        (true, true) => Role::Between,
                        (true, false) => Role::Sink,
                    };
                    to.noted(stream);
                    let columns = stream.columns.iter();
                    let columns = columns.map(|it| (fold(&it.name), Some(it.data_type))).collect();
                    to.known.push(Known { name, columns, role, whole: true });
                }
                StatementKind::CreateFunction(function) => to.functions.push(function),
                StatementKind::CreateView(view) => {
                    let (name, columns) = (fold(view.name.last()), Columns::new());
                    to.known.push(Known { name, columns, role: Role::View, whole: false });
                }
                _ => {}
            }
        }
        for it in declared {
            let known = |other: &Known| other.name == it.name;
            if !to.known.iter().any(known) {
                let columns = it.columns.iter().map(|(name, it)| (name.clone(), Some(*it)));
                let role = if it.is_table { Role::Table } else { Role::Source };
                let (name, columns) = (it.name.clone(), columns.collect());
                to.known.push(Known { name, columns, role, whole: true });
            }
        }
        for name in read {
            if to.known.iter().all(|it| it.name != name) {
                // In-application streams of a source end in a number (facts, analytics §1.1).
                let end = name.rsplit('_').next().unwrap_or_default();
                let numbered = end.len() == 3 && end.bytes().all(|it| it.is_ascii_digit());
                let role = if numbered { Role::Source } else { Role::Table };
                let columns = to.used_columns(&name);
                to.known.push(Known { name, columns, role, whole: false });
            }
        }
        to
    }

    /// What differs about a stream as it is created.
    fn noted(&mut self, stream: &CreateStream) {
        if let Some(column) = stream.columns.iter().find(|it| it.not_null) {
            self.made.note(
                column.span,
                "A row with NULL in a column that is NOT NULL goes to error_stream here; in Flink \
                 it ends the job, or is dropped: SET 'table.exec.sink.not-null-enforcer' = 'DROP'",
            );
        }
        if self.writers(&fold(stream.name.last())).count() > 1 {
            self.made.note(
                stream.name.span,
                "Several pumps write one stream: rows that are older than its clock are dropped \
                 here. Flink puts the rows of several inserts in no order, and drops none",
            );
        }
    }

    /// The folded names of all sources of queries, in the order they are met.
    fn names_read(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for (kind, _) in kinds(self.script) {
            let Some(query) = query_of(kind) else { continue };
            sources_of(query, &mut |source| {
                if let TableRef::Named { name, .. } = source
                    && !names.contains(&fold(name.last()))
                {
                    names.push(fold(name.last()));
                }
            });
        }
        names
    }

    /// The running pumps into a stream.
    fn writers(&self, stream: &str) -> impl Iterator<Item = &'a CreatePump> {
        let pumps = kinds(self.script).filter_map(|(kind, _)| match kind {
            StatementKind::CreatePump(pump) => Some(pump),
            _ => None,
        });
        pumps.filter(move |pump| {
            fold(pump.insert.target.last()) == stream
                && self.started.contains(&fold(pump.name.last()))
        })
    }

    fn known(&self, name: &ObjectName) -> Option<&Known> {
        let folded = fold(name.last());
        let exact = self.known.iter().find(|it| it.name == folded);
        exact.or_else(|| self.known.iter().find(|it| it.name.eq_ignore_ascii_case(&folded)))
    }

    /// Tables for sources, sinks and reference tables, and views in the order they need.
    fn tables(&mut self, script: &'a Script) {
        for known in self.known.clone() {
            match known.role {
                Role::Source => self.source(&known),
                Role::Sink | Role::Table => self.table(&known),
                Role::Between | Role::View => {}
            }
        }
        for (kind, span) in kinds(script) {
            match kind {
                StatementKind::CreateStream(stream) => self.ensure(&fold(stream.name.last())),
                StatementKind::CreateView(view) => self.ensure(&fold(view.name.last())),
                StatementKind::Insert(_) | StatementKind::Query(_) => {
                    self.made.note(span, "What stands outside of a pump does not run");
                }
                _ => {}
            }
        }
    }

    fn source(&mut self, known: &Known) {
        let mut elements = columns_of(known);
        if !known.whole {
            let name = &known.name;
            self.made.note(
                NOWHERE,
                format!(
                    "The script does not say which columns {name} has: these are the ones it \
                     uses. Give them the types of the application's schema"
                ),
            );
        }
        if !elements.iter().any(is_column(TIME)) {
            let (name, data_type) = (plain(TIME), DataType::Timestamp);
            let column = ColumnDef { name, data_type, not_null: false, span: NOWHERE };
            let (key, only_read) = (ARRIVAL.to_owned(), true);
            elements.push(TableElement::Metadata { column, key, only_read });
        }
        elements.push(TableElement::Watermark {
            column: plain(TIME),
            expr: later(super::tree::column([plain(TIME)]), -BEHIND_MICROS),
            span: NOWHERE,
        });
        let options = options(&[
            ("connector", "kinesis"),
            ("stream", &known.name),
            ("aws.region", "us-east-1"),
            ("scan.stream.initpos", "LATEST"),
            ("format", "json"),
        ]);
        self.create(&known.name, elements, options);
    }

    fn table(&mut self, known: &Known) {
        let stream = [
            ("connector", "kinesis"),
            ("stream", known.name.as_str()),
            ("aws.region", "us-east-1"),
            ("format", "json"),
        ];
        let path = format!("s3://my-bucket/{}.csv", known.name);
        let object = [("connector", "filesystem"), ("path", path.as_str()), ("format", "csv")];
        let options = match known.role {
            Role::Table => options(&object),
            _ => options(&stream),
        };
        if known.role == Role::Table && !known.whole {
            let name = &known.name;
            self.made.note(
                NOWHERE,
                format!("The columns of {name} are those the script uses: give them their types"),
            );
        }
        self.create(&known.name, columns_of(known), options);
    }

    fn create(&mut self, name: &str, elements: Vec<TableElement>, options: Vec<(String, String)>) {
        let name = object(named(name));
        let (temporary, if_not_exists, partitions) = (false, false, Vec::new());
        let table = CreateTable { temporary, if_not_exists, name, elements, partitions, options };
        self.made.statement(StatementKind::CreateTable(table));
    }

    /// Makes the view of a stream between pumps, or of `CREATE VIEW`, if it does not stand yet;
    /// what it reads first.
    fn ensure(&mut self, name: &str) {
        let Some(known) = self.known.iter().find(|it| it.name == name).cloned() else { return };
        if !matches!(known.role, Role::Between | Role::View) || self.stand.contains(&known.name) {
            return;
        }
        self.stand.push(known.name.clone());
        let mut queries: Vec<(&'a Query, Option<&'a Insert>)> = Vec::new();
        let mut columns: Vec<String> = known.columns.iter().map(|it| it.0.clone()).collect();
        for (kind, _) in kinds(self.script) {
            match kind {
                StatementKind::CreateView(view) if fold(view.name.last()) == name => {
                    queries.push((&view.query, None));
                    columns = view.columns.iter().map(fold).collect();
                }
                StatementKind::CreatePump(pump)
                    if fold(pump.insert.target.last()) == name
                        && self.started.contains(&fold(pump.name.last())) =>
                {
                    queries.push((&pump.insert.query, Some(&pump.insert)));
                }
                _ => {}
            }
        }
        let mut reads: Vec<String> = Vec::new();
        for (query, _) in &queries {
            sources_of(query, &mut |source| {
                if let TableRef::Named { name, .. } = source {
                    reads.push(fold(name.last()));
                }
            });
        }
        self.depth += 1;
        if self.depth <= NESTING_MAX {
            reads.iter().for_each(|it| self.ensure(it));
        }
        self.depth -= 1;
        self.view(&known, &queries, columns);
    }

    fn view(
        &mut self,
        known: &Known,
        queries: &[(&'a Query, Option<&'a Insert>)],
        mut columns: Vec<String>,
    ) {
        self.commons.clear();
        let mut united: Option<Body> = None;
        for (query, insert) in queries {
            let shape = match insert {
                Some(insert) => self.carried(insert, &known.columns),
                None => query::Shape::carrying(),
            };
            let Some((query, found)) = self.query(query, &shape) else {
                self.made.comment(format!("{}: no equivalent", known.name));
                continue;
            };
            if columns.is_empty() {
                columns = found.iter().map(|it| it.0.clone()).collect();
            }
            if known.role == Role::View
                && let Some(it) = self.known.iter_mut().find(|it| it.name == known.name)
            {
                let names = columns.iter().cloned();
                it.columns = names.zip(found.iter().map(|it| it.1)).collect();
                it.whole = true;
            }
            let body = query::body_of(query);
            united = Some(match united.take() {
                None => body,
                Some(left) => union_all(left, body),
            });
        }
        let Some(body) = united else { return };
        let mut query = super::tree::query(body);
        query.with = core::mem::take(&mut self.commons);
        let mut columns: Vec<Name> = columns.iter().map(|it| named(it)).collect();
        columns.push(plain(TIME));
        self.made.statement(StatementKind::CreateView(CreateView {
            replace: false,
            temporary: false,
            if_not_exists: false,
            name: object(named(&known.name)),
            columns,
            query,
        }));
    }

    /// A pump into a table; one into a view stands in the view.
    fn pump(&mut self, pump: &'a CreatePump, span: Span) -> Option<Insert> {
        let name = fold(pump.name.last());
        if !self.started.contains(&name) {
            self.made.note(span, format!("{name} is stopped, so it is left out"));
            return None;
        }
        let target = self.known(&pump.insert.target)?.clone();
        if target.role != Role::Sink {
            return None;
        }
        self.commons.clear();
        let shape = self.inserted(&pump.insert, &target.columns);
        let Some((mut query, _)) = self.query(&pump.insert.query, &shape) else {
            self.made.comment(format!("{name}: no equivalent"));
            return None;
        };
        query.with = core::mem::take(&mut self.commons);
        let time = crate::bind::kinesis::ROWTIME;
        let listed: Vec<String> = pump.insert.columns.iter().map(fold).collect();
        let listed: Vec<String> = listed.into_iter().filter(|it| it != time).collect();
        let wanted: Vec<Option<DataType>> = if listed.is_empty() {
            target.columns.iter().map(|it| it.1).collect()
        } else {
            let of = |name: &String| target.columns.iter().find(|it| it.0 == *name);
            listed.iter().map(|it| of(it).and_then(|it| it.1)).collect()
        };
        let query = self.fitted(query, &wanted);
        let columns = listed.iter().map(|it| named(it)).collect();
        let target = object(named(&target.name));
        Some(Insert { expedited: false, target, columns, query, span: NOWHERE })
    }
}

/// The query of a statement, if it has one.
fn query_of(kind: &StatementKind) -> Option<&Query> {
    match kind {
        StatementKind::CreatePump(pump) => Some(&pump.insert.query),
        StatementKind::CreateView(view) => Some(&view.query),
        _ => None,
    }
}

fn is_column(name: &str) -> impl Fn(&TableElement) -> bool {
    move |it| matches!(it, TableElement::Column(column) if column.name.text == name)
}

fn columns_of(known: &Known) -> Vec<TableElement> {
    let column = |(name, data_type): &(String, Option<DataType>)| {
        TableElement::Column(ColumnDef {
            name: named(name),
            data_type: data_type.unwrap_or(DataType::Varchar(LENGTH_MAX)),
            not_null: false,
            span: NOWHERE,
        })
    };
    known.columns.iter().map(column).collect()
}

fn options(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

/// How an expression cuts `ROWTIME`, if it does: into pieces of so many microseconds from so many
/// on.
fn cut_of(expr: &Expr) -> Option<Cut> {
    let is_time = |expr: &Expr| match &expr.kind {
        ExprKind::Column(path) => {
            path.last().is_some_and(|it| fold(it) == crate::bind::kinesis::ROWTIME)
        }
        _ => false,
    };
    let cut = |micros| Cut { micros, from: 0 };
    if is_time(expr) {
        return Some(cut(1_000));
    }
    let ExprKind::Call { function, arguments } = &expr.kind else { return None };
    if let (Function::FloorTo(unit), Some(inner)) = (function, arguments.first())
        && let Some(by) = seconds_since_1970(inner, &is_time)
    {
        return unit.micros()?.checked_mul(by).map(cut);
    }
    if !arguments.first().is_some_and(is_time) {
        return None;
    }
    match (function, &arguments[1..]) {
        // Weeks begin on Sunday; 1970-01-04 was the first one.
        (Function::FloorTo(Unit::Week), []) => {
            Some(Cut { micros: 7 * 86_400_000_000, from: 3 * 86_400_000_000 })
        }
        (Function::FloorTo(unit), []) => unit.micros().map(cut),
        (Function::Step, [step]) => match step.kind {
            ExprKind::Literal(Value::Interval(micros @ 1..)) => Some(cut(micros)),
            _ => None,
        },
        (Function::Monotonic, []) => Some(cut(1_000)),
        _ => None,
    }
}

/// By what the distance of a time from 1970 is divided: `(s.ROWTIME - TIMESTAMP '1970-01-01
/// 00:00:00') SECOND / 10`.
fn seconds_since_1970(expr: &Expr, is_time: &dyn Fn(&Expr) -> bool) -> Option<i64> {
    let (span, by) = match &expr.kind {
        ExprKind::Binary(BinaryOp::Divide, span, by) => match by.kind {
            ExprKind::Literal(Value::Integer(by @ 1..)) => (span.as_ref(), by),
            _ => return None,
        },
        _ => (expr, 1),
    };
    let ExprKind::Call { function: Function::Span(_), arguments } = &span.kind else { return None };
    match &arguments[..] {
        [time, from] if is_time(time) && from.kind == ExprKind::Literal(Value::Timestamp(0)) => {
            Some(by)
        }
        _ => None,
    }
}

/// A window by its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cut {
    micros: i64,
    from: i64,
}

impl Cut {
    /// The lengths a window function takes.
    fn lengths(self) -> Vec<Expr> {
        let offset = (self.from != 0).then(|| interval(self.from));
        core::iter::once(interval(self.micros)).chain(offset).collect()
    }
}
