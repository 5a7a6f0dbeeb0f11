//! Flink in the words of the Kinesis dialect.
//!
//! A table that is read becomes a stream. Its watermark becomes a pump that makes the time column
//! the `ROWTIME` of the rows and puts them in order; an insert becomes a pump, a view stands where
//! it is read.

mod call;
mod expr;
mod from;
mod query;
mod window;

use super::flink::{ARRIVAL, each_expr, each_select};
use super::tree::{self, NOWHERE, column, item, object, plain};
use super::{Made, kinds, names};
use crate::ast::query::{Body, Common, Group, OrderItem, Query, TableRef};
use crate::ast::{
    ColumnDef, CreatePump, CreateStream, CreateTable, CreateView, Insert, Script, StatementKind,
    TableElement,
};
use crate::bind::flink::types_of;
use crate::bind::kinesis::{Column, ROWTIME, ReferenceTable};
use crate::dialect::Dialect;
use crate::expr::{BinaryOp, Expr, ExprKind, Name, Span};
use crate::types::{DIGITS_MAX, DataType, LENGTH_MAX};
use crate::value::Value;

/// Puts a script into the words of the Kinesis dialect.
pub(super) fn script(script: &Script, made: &mut Made) {
    let mut to = ToKinesis::new(script, made);
    to.tables();
    for (kind, span) in kinds(script) {
        match kind {
            StatementKind::Insert(insert) => to.insert(insert),
            StatementKind::InsertSet(inserts) => inserts.iter().for_each(|it| to.insert(it)),
            StatementKind::Query(query) => to.result(query),
            StatementKind::Set { key, .. } => {
                to.made.note(span, format!("The option {key} has no equivalent"));
            }
            StatementKind::Drop { .. } => {
                to.made.note(span, "DROP is left out: the script says what there is in the end");
            }
            _ => {}
        }
    }
}

/// A table that is read.
#[derive(Clone, Debug)]
struct Table<'a> {
    created: &'a CreateTable,
    /// All columns, computed ones included, with their types.
    columns: Vec<(String, DataType)>,
    role: Role,
    time: Time,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// Rows come from outside.
    Source,
    /// Rows are inserted.
    Sink,
    /// Rows are looked up.
    Reference,
}

/// What the time of the rows is.
#[derive(Clone, Debug, PartialEq)]
enum Time {
    /// Their arrival, which a column of the table may be.
    Arrival(Option<String>),
    /// A column, and how late it may be.
    Column(String, i64),
}

struct ToKinesis<'a> {
    script: &'a Script,
    made: &'a mut Made,
    tables: Vec<Table<'a>>,
    views: Vec<&'a CreateView>,
    commons: Vec<&'a Common>,
    /// Two names differ in nothing but capitals: all are quoted.
    exact: bool,
    /// Something in the statement at hand cannot be said.
    broken: bool,
    /// Names that are taken.
    taken: Vec<String>,
    depth: u32,
    /// Queries inside others so far.
    inner_queries: u32,
}

impl<'a> ToKinesis<'a> {
    fn new(script: &'a Script, made: &'a mut Made) -> Self {
        let (tables, views, commons, taken) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (exact, broken, depth, inner_queries) = (false, false, 0, 0);
        let mut to = Self {
            script,
            made,
            tables,
            views,
            commons,
            exact,
            broken,
            taken,
            depth,
            inner_queries,
        };
        let statements: Vec<&StatementKind> = kinds(script).map(|it| it.0).collect();
        for kind in &statements {
            match kind {
                StatementKind::CreateTable(created) => {
                    let role = to.role(created);
                    let all = tree::select(
                        vec![crate::ast::query::Item::All(NOWHERE)],
                        tree::source(created.name.last().clone(), None),
                    );
                    let all = tree::query(Body::Select(all.into()));
                    let types = types_of(&statements, &all).unwrap_or_default();
                    let named = columns_of(created).zip(types);
                    let text = DataType::Varchar(LENGTH_MAX);
                    let columns = named.map(|(name, it)| (name, it.unwrap_or(text))).collect();
                    let time = if to.uses_time() {
                        time_of(created, to.made)
                    } else {
                        Time::Arrival(None)
                    };
                    to.tables.push(Table { created, columns, role, time });
                }
                StatementKind::CreateView(view) => to.views.push(view),
                _ => {}
            }
        }
        to.exact = to.tables.iter().any(|table| {
            let folded: Vec<String> = table.columns.iter().map(|it| it.0.to_uppercase()).collect();
            (1..folded.len()).any(|at| folded[..at].contains(&folded[at]))
        });
        to
    }

    /// A name of the Kinesis dialect: in capitals, as those without quotes are read.
    fn named(&self, text: &str) -> Name {
        if self.exact {
            return Name { text: text.to_owned(), quoted: true };
        }
        names::name(&text.to_uppercase(), Dialect::Kinesis)
    }

    /// The inserts of the script.
    fn inserts(&self) -> impl Iterator<Item = &'a Insert> {
        kinds(self.script).flat_map(|(kind, _)| match kind {
            StatementKind::Insert(insert) => core::slice::from_ref(insert),
            StatementKind::InsertSet(inserts) => inserts,
            _ => &[],
        })
    }

    /// Every query of the script.
    fn queries(&self) -> impl Iterator<Item = &'a Query> {
        let others = kinds(self.script).filter_map(|(kind, _)| match kind {
            StatementKind::Query(query) => Some(query),
            StatementKind::CreateView(view) => Some(&view.query),
            _ => None,
        });
        self.inserts().map(|it| &it.query).chain(others)
    }

    /// Whether anything in the script depends on the time of rows: windows, joins and orders do.
    fn uses_time(&self) -> bool {
        let mut uses = false;
        for query in self.queries() {
            uses |= !query.order_by.is_empty();
            tree::sources_of(query, &mut |source| {
                uses |= matches!(
                    source,
                    TableRef::Function { .. } | TableRef::Join(_) | TableRef::Match { .. }
                );
            });
            each_select(query, &mut |select| {
                uses |= select.from.len() > 1 || !matches!(select.group, Group::None);
                each_expr(select, &mut |expr| {
                    uses |= matches!(expr.kind, ExprKind::Aggregate(_));
                });
            });
        }
        uses
    }

    fn role(&self, created: &CreateTable) -> Role {
        let name = &created.name.last().text;
        if self.inserts().any(|it| it.target.last().text == *name) {
            return Role::Sink;
        }
        let mut looked_up = false;
        for query in self.queries() {
            tree::sources_of(query, &mut |source| {
                if let TableRef::Named { name: other, system_time: Some(_), .. } = source {
                    looked_up |= other.last().text == *name;
                }
            });
        }
        let timed = created.elements.iter().any(|it| matches!(it, TableElement::Watermark { .. }));
        if looked_up && !timed { Role::Reference } else { Role::Source }
    }

    fn table(&self, name: &Name) -> Option<&Table<'a>> {
        self.tables.iter().find(|it| it.created.name.last().text == name.text)
    }

    /// The stream a table is read from.
    fn stream_of(&self, table: &Table<'_>) -> String {
        let name = &table.created.name.last().text;
        if table.is_plain() { name.clone() } else { format!("{name}_by_time") }
    }

    fn tables(&mut self) {
        for table in self.tables.clone() {
            let name = table.created.name.last().text.clone();
            self.taken.push(name.to_uppercase());
            match table.role {
                Role::Reference => {
                    let span = table.created.name.span;
                    let text = format!(
                        "{name} becomes the reference table of the application: an object in S3, \
                         loaded once"
                    );
                    self.made.note(span, text);
                    let columns = table.columns.iter().map(|(name, it)| Column {
                        name: self.named(name).text,
                        data_type: Some(*it),
                        not_null: false,
                    });
                    let (name, columns) = (self.named(&name).text, columns.collect());
                    self.made.references.push(ReferenceTable { name, columns, rows: [].into() });
                }
                Role::Sink => {
                    let columns = table.columns.clone();
                    self.stream(&name, &columns);
                }
                Role::Source => self.source(&table, &name),
            }
        }
    }

    fn source(&mut self, table: &Table<'_>, name: &str) {
        let computed = |it: &str| {
            table.created.elements.iter().find_map(|element| match element {
                TableElement::Computed { name, expr, .. } if name.text == it => Some(expr),
                _ => None,
            })
        };
        let raw =
            table.columns.iter().filter(|it| computed(&it.0).is_none() && !table.is_time(&it.0));
        let raw: Vec<(String, DataType)> = raw.cloned().collect();
        self.stream(name, &raw);
        if table.is_plain() {
            return;
        }
        let all: Vec<(String, DataType)> =
            table.columns.iter().filter(|it| !table.is_time(&it.0)).cloned().collect();
        let second = self.stream_of(table);
        self.taken.push(second.to_uppercase());
        self.stream(&second, &all);
        let of_table = expr::Place::of_table(table, self.named(name));
        let place = of_table.place();
        let mut values = Vec::new();
        for (column_name, _) in &all {
            let value = match computed(column_name) {
                Some(expr) => self.expr(expr, &place),
                None => column([self.named(column_name)]),
            };
            values.push((column_name.clone(), value));
        }
        let mut order = None;
        let mut items = Vec::new();
        if let Time::Column(time, late) = &table.time {
            let value = values.iter().find(|it| it.0 == *time).map(|it| it.1.clone());
            let value = value.unwrap_or_else(|| column([self.named(time)]));
            items.push(item(value.clone(), Some(plain(ROWTIME))));
            order = Some((value, *late)).filter(|it| it.1 > 1_000);
            self.made.note(
                table.created.name.span,
                "There are no watermarks: a pump makes the time column ROWTIME, and drops every \
                 row that is later than it may be; Flink drops one when its window is told",
            );
        }
        let shown = values.into_iter().map(|(name, value)| item(value, Some(self.named(&name))));
        items.extend(shown);
        let mut select = tree::select(items, tree::source(self.named(name), None));
        select.stream = true;
        let mut query = tree::query(Body::Select(select.into()));
        if let Some((expr, late)) = order {
            query.order_by = vec![OrderItem { expr, descending: false, nulls_first: None }];
            query.within = Some(tree::interval(late));
        }
        self.pump(&second, Vec::new(), query);
    }

    fn stream(&mut self, name: &str, columns: &[(String, DataType)]) {
        let columns = columns.iter().map(|(name, data_type)| ColumnDef {
            name: self.named(name),
            data_type: narrowed(*data_type),
            not_null: false,
            span: NOWHERE,
        });
        let stream = CreateStream {
            replace: true,
            name: object(self.named(name)),
            columns: columns.collect(),
            description: None,
        };
        self.made.statement(StatementKind::CreateStream(stream));
    }

    fn pump(&mut self, target: &str, columns: Vec<Name>, query: Query) {
        let mut name = format!("{target}_pump");
        let mut number = 2;
        while self.taken.contains(&name.to_uppercase()) {
            name = format!("{target}_pump_{number}");
            number += 1;
        }
        self.taken.push(name.to_uppercase());
        let (expedited, span) = (false, NOWHERE);
        let target = object(self.named(target));
        let insert = Insert { expedited, target, columns, query, span };
        self.made.statement(StatementKind::CreatePump(CreatePump {
            replace: true,
            name: object(self.named(&name)),
            started: None,
            description: None,
            insert,
        }));
    }

    fn insert(&mut self, insert: &'a Insert) {
        let target = insert.target.last().text.clone();
        let columns = insert.columns.iter().map(|it| self.named(&it.text)).collect();
        match self.whole(&insert.query) {
            Some(query) => self.pump(&target, columns, query),
            None => self.made.comment(format!("INSERT INTO {target}: no equivalent")),
        }
    }

    /// A query that is no insert: its rows go to a stream `RESULT`.
    fn result(&mut self, query: &'a Query) {
        let statements: Vec<&StatementKind> = kinds(self.script).map(|it| it.0).collect();
        let types = types_of(&statements, query);
        let names = self.columns_of_query(query);
        let (Some(types), Some(made)) = (types, self.whole(query)) else {
            return self.made.comment("The query has no equivalent");
        };
        let text = DataType::Varchar(LENGTH_MAX);
        let columns: Vec<(String, DataType)> = apart(names)
            .into_iter()
            .zip(types)
            .map(|(name, it)| (name, it.unwrap_or(text)))
            .collect();
        let mut name = "result_stream".to_owned();
        while self.taken.contains(&name.to_uppercase()) {
            name.push('_');
        }
        self.taken.push(name.to_uppercase());
        self.stream(&name, &columns);
        self.pump(&name, Vec::new(), made);
    }

    /// A query of a statement, unless something in it cannot be said.
    fn whole(&mut self, query: &'a Query) -> Option<Query> {
        (self.broken, self.depth) = (false, 0);
        self.commons.clear();
        let made = self.query(query)?;
        Some(made.0).filter(|_| !self.broken)
    }

    /// Something cannot be said: the statement is left out.
    fn absent(&mut self, place: Span, what: &str, nearest: &str) {
        self.made.note(place, format!("{what} has no equivalent. {nearest}"));
        self.broken = true;
    }
}

impl Table<'_> {
    /// Whether its rows are read as they come.
    fn is_plain(&self) -> bool {
        let computed = |it: &TableElement| match it {
            TableElement::Computed { expr, .. } => !is_proctime(expr),
            _ => false,
        };
        matches!(self.time, Time::Arrival(_)) && !self.created.elements.iter().any(computed)
    }

    /// Whether a column is the arrival of a row.
    fn is_time(&self, name: &str) -> bool {
        matches!(&self.time, Time::Arrival(Some(time)) if time == name)
            || self.created.elements.iter().any(|it| match it {
                TableElement::Computed { name: own, expr, .. } => {
                    own.text == name && is_proctime(expr)
                }
                _ => false,
            })
    }
}

fn is_proctime(expr: &Expr) -> bool {
    matches!(&expr.kind, ExprKind::User { name, .. } if name.text.eq_ignore_ascii_case("PROCTIME"))
}

/// The names of all columns, in order.
fn columns_of(created: &CreateTable) -> impl Iterator<Item = String> {
    created.elements.iter().filter_map(|it| match it {
        TableElement::Column(column) | TableElement::Metadata { column, .. } => {
            Some(column.name.text.clone())
        }
        TableElement::Computed { name, .. } => Some(name.text.clone()),
        TableElement::Watermark { .. } | TableElement::PrimaryKey { .. } => None,
    })
}

/// What the watermark of a table says.
fn time_of(created: &CreateTable, made: &mut Made) -> Time {
    for element in &created.elements {
        let TableElement::Watermark { column, expr, span } = element else { continue };
        let arrives = created.elements.iter().any(|it| match it {
            TableElement::Metadata { column: it, key, .. } => {
                it.name.text == column.text && key == ARRIVAL
            }
            _ => false,
        });
        if arrives {
            return Time::Arrival(Some(column.text.clone()));
        }
        let late = match &expr.kind {
            ExprKind::Column(_) => Some(0),
            ExprKind::Binary(BinaryOp::Subtract, _, by) => match by.kind {
                ExprKind::Literal(Value::Interval(micros @ 0..)) => Some(micros),
                _ => None,
            },
            _ => None,
        };
        if late.is_none() {
            made.note(*span, "Only a watermark that stays behind by an INTERVAL has an equivalent");
        }
        return Time::Column(column.text.clone(), late.unwrap_or(0));
    }
    Time::Arrival(None)
}

/// Names of which none is there twice, whatever their capitals.
fn apart(names: Vec<String>) -> Vec<String> {
    let mut made: Vec<String> = Vec::new();
    for name in names {
        let is_taken = |it: &str| made.iter().any(|other| other.eq_ignore_ascii_case(it));
        let mut own = name.clone();
        let mut number = 2;
        while is_taken(&own) {
            own = format!("{name}_{number}");
            number += 1;
        }
        made.push(own);
    }
    made
}

/// A type of the Kinesis dialect.
fn narrowed(data_type: DataType) -> DataType {
    match data_type {
        DataType::Decimal { precision, scale } if precision > DIGITS_MAX => {
            DataType::Decimal { precision: DIGITS_MAX, scale: scale.min(DIGITS_MAX) }
        }
        DataType::Varchar(length) => DataType::Varchar(length.min(LENGTH_MAX)),
        other => other,
    }
}
