//! Queries: what is selected, united and ordered.

use super::expr::Place;
use super::group::{Grouped, nested};
use super::{Columns, TIME, ToFlink, cut_of, fold, named};
use crate::ast::query::{Body, Group, Item, OrderItem, Query, SelectQuery};
use crate::ast::{Insert, NamedWindow};
use crate::bind::flink::types_of;
use crate::bind::kinesis::ROWTIME;
use crate::expr::{Expr, ExprKind};
use crate::translate::tree::{self, NOWHERE, cast, column, item, plain};
use crate::types::{Class, DataType};
use crate::value::Value;

/// Which columns a query gives.
#[derive(Clone, Debug, Default)]
pub(super) struct Shape {
    /// The time of the rows stands behind the columns.
    carry: bool,
    /// How many columns are wanted: those called `ROWTIME` are left out when there are more.
    wanted: Option<usize>,
    /// A column that is the time of the rows, and not wanted here.
    skip: Option<usize>,
    /// The columns as a stream has them: their names and types, and which of those that are
    /// inserted each is; NULL for the others.
    order: Option<Vec<Wanted>>,
}

/// A column of a stream: its name, its type, and where it is in what is inserted.
type Wanted = (String, Option<DataType>, Option<usize>);

impl Shape {
    pub(super) fn carrying() -> Self {
        Self { carry: true, ..Self::default() }
    }
}

/// An item with its name.
struct Selected {
    name: String,
    expr: Expr,
    data_type: Option<DataType>,
    /// Whether it has its name from `AS`.
    aliased: bool,
}

/// All items with their names.
fn shown_all(items: &[Selected]) -> Vec<Item> {
    items.iter().map(|it| item(it.expr.clone(), Some(named(&it.name)))).collect()
}

/// A query as the body of another one.
pub(super) fn body_of(query: Query) -> Body {
    if query.order_by.is_empty() { query.body } else { Body::Nested(query.into()) }
}

impl<'a> ToFlink<'a> {
    /// The shape of what a pump inserts.
    pub(super) fn inserted(&self, insert: &Insert, target: &Columns) -> Shape {
        let names: Vec<String> = insert.columns.iter().map(fold).collect();
        let all = if names.is_empty() { target.len() } else { names.len() };
        let skip = names.iter().position(|it| it == ROWTIME);
        Shape { carry: false, wanted: Some(all), skip, order: None }
    }

    /// The same for a view: all columns of the stream in their order, and its time.
    pub(super) fn carried(&self, insert: &Insert, target: &Columns) -> Shape {
        let mut shape = Shape { carry: true, ..self.inserted(insert, target) };
        let names = insert.columns.iter().map(fold).filter(|it| it != ROWTIME);
        let names: Vec<String> = names.collect();
        if !names.is_empty() {
            let place = |(name, data_type): &(String, Option<DataType>)| {
                (name.clone(), *data_type, names.iter().position(|it| it == name))
            };
            shape.order = Some(target.iter().map(place).collect());
        }
        shape
    }

    pub(super) fn query(&mut self, query: &'a Query, shape: &Shape) -> Option<(Query, Columns)> {
        match &query.body {
            Body::Select(select) => self.select(select, query, shape),
            body => self.body(body, query, shape),
        }
    }

    fn body(
        &mut self,
        body: &'a Body,
        around: &'a Query,
        shape: &Shape,
    ) -> Option<(Query, Columns)> {
        match body {
            Body::Select(select) => self.select(select, around, shape),
            Body::Nested(query) => self.query(query, shape),
            Body::Values { .. } => None,
            Body::Set { left, right, .. } => {
                let (left, columns) = self.body(left, around, shape)?;
                let (right, _) = self.body(right, around, shape)?;
                Some((tree::query(tree::union_all(body_of(left), body_of(right))), columns))
            }
        }
    }

    fn select(
        &mut self,
        select: &'a SelectQuery,
        around: &'a Query,
        shape: &Shape,
    ) -> Option<(Query, Columns)> {
        let from = self.from(&select.from, &select.windows)?;
        let (from, grouped) = self.grouped(&select.group, from)?;
        let place = Place { from: &from, grouped: grouped.as_ref() };
        let mut items = self.items(select, &place);
        let time = self.time_of(&items, &place);
        // Rows are different before the time of theirs is left out.
        let whole = select.distinct.then(|| shown_all(&items));
        self.shaped(&mut items, shape);
        let columns = items.iter().map(|it| (it.name.clone(), it.data_type)).collect();
        let mut shown: Vec<Item> = Vec::new();
        for it in items {
            let named_here = it.aliased || shape.carry;
            shown.push(item(it.expr, Some(named(&it.name)).filter(|_| named_here)));
        }
        if shape.carry {
            shown.push(item(time, Some(plain(TIME))));
        }
        let mut made = tree::select(whole.unwrap_or_else(|| shown.clone()), from.source.clone());
        made.distinct = select.distinct;
        if select.distinct {
            self.made.note(
                select.span,
                "Flink keeps every different row for ever: set table.exec.state.ttl",
            );
        }
        made.filter = select.filter.as_ref().map(|it| self.expr(it, &place));
        made.having = select.having.as_ref().map(|it| self.expr(it, &place));
        made.windows = self.windows(&select.windows, &place);
        let ordered = self.order(around, &place);
        let timed = shape.carry || ordered.iter().any(|it| is_window_time(&it.expr));
        made.group = self.group(&select.group, &place, timed);
        if select.distinct {
            let columns: Columns = columns;
            let outer = columns.iter().map(|it| item(column([named(&it.0)]), None));
            let time = shape.carry.then(|| item(column([named(ROWTIME)]), Some(plain(TIME))));
            made = tree::select(outer.chain(time).collect(), nested(made));
            return Some((tree::query(Body::Select(made.into())), columns));
        }
        let mut query = tree::query(Body::Select(made.into()));
        query.order_by = ordered;
        Some((query, columns))
    }

    fn items(&mut self, select: &'a SelectQuery, place: &Place<'_>) -> Vec<Selected> {
        let mut items = Vec::new();
        for (index, one) in select.items.iter().enumerate() {
            match one {
                Item::All(_) => self.all_of(place, None, &mut items),
                Item::AllOf(name, _) => self.all_of(place, Some(&fold(name)), &mut items),
                Item::Column { expr, alias } => {
                    let name = match (alias, &expr.kind) {
                        (Some(alias), _) => fold(alias),
                        (None, ExprKind::Column(path)) => path.last().map(fold).unwrap_or_default(),
                        (None, _) => format!("EXPR${index}"),
                    };
                    let aliased = alias.is_some();
                    let data_type = place.from.type_of(expr);
                    let expr = self.expr(expr, place);
                    items.push(Selected { name, expr, data_type, aliased });
                }
            }
        }
        items
    }

    fn all_of(&mut self, place: &Place<'_>, only: Option<&str>, items: &mut Vec<Selected>) {
        for source in &place.from.sources {
            if only.is_some_and(|it| source.name != it) {
                continue;
            }
            if !source.whole {
                let text = format!(
                    "The columns of {} are not known here, so `*` may have too many",
                    source.name
                );
                self.made.note(NOWHERE, text);
            }
            for (name, data_type) in &source.columns {
                let expr = place.from.column(source, named(name));
                let (name, data_type) = (name.clone(), *data_type);
                items.push(Selected { name, expr, data_type, aliased: false });
            }
        }
    }

    /// The time of the rows of a query: what it selects as `ROWTIME`, or that of its source.
    fn time_of(&mut self, items: &[Selected], place: &Place<'_>) -> Expr {
        let selected = items.iter().find(|it| it.name == ROWTIME && it.aliased);
        match (selected, place.grouped) {
            (Some(item), _) if !place.from.is_time(&item.expr) => {
                self.made.note(
                    item.expr.span,
                    "A time of its own becomes the time column in CREATE TABLE: write WATERMARK \
                     FOR it there",
                );
                item.expr.clone()
            }
            (_, Some(grouped)) => grouped.time(),
            (_, None) => place.from.carried_time(),
        }
    }

    /// The items a shape wants.
    fn shaped(&mut self, items: &mut Vec<Selected>, shape: &Shape) {
        if shape.wanted.is_some_and(|it| it != items.len()) || shape.carry {
            items.retain(|it| it.name != ROWTIME);
        } else if let Some(skip) = shape.skip.filter(|it| *it < items.len()) {
            items.remove(skip);
            self.made.note(
                NOWHERE,
                "Rows that are inserted with a time of their own: in Flink the time column of \
                 CREATE TABLE says it, with WATERMARK FOR",
            );
        }
        let Some(order) = &shape.order else { return };
        let mut made = Vec::new();
        for (name, data_type, place) in order {
            let of = |it: &Selected| (it.expr.clone(), it.data_type);
            let null = || {
                let null = tree::node(ExprKind::Literal(Value::Null));
                (data_type.map_or(null.clone(), |it| cast(null, it)), *data_type)
            };
            let (expr, data_type) = place.and_then(|it| items.get(it)).map_or_else(null, of);
            made.push(Selected { name: name.clone(), expr, data_type, aliased: false });
        }
        *items = made;
    }

    fn windows(&mut self, windows: &[NamedWindow], place: &Place<'_>) -> Vec<NamedWindow> {
        let mut made = Vec::new();
        for window in windows {
            // Those of a join bound its times.
            if place.from.sources.len() > 1 && window.spec.partition.is_empty() {
                continue;
            }
            let spec = self.spec(&window.spec, place, false);
            made.push(NamedWindow { name: named(&fold(&window.name)), spec });
        }
        made
    }

    /// `ORDER BY`: a stream is ordered by its time column first.
    fn order(&mut self, around: &'a Query, place: &Place<'_>) -> Vec<OrderItem> {
        let Some(first) = around.order_by.first() else { return Vec::new() };
        let time = match place.grouped {
            Some(Grouped { by_call: false, .. }) => column([plain("window_time")]),
            _ => place.from.carried_time(),
        };
        let by = |expr| OrderItem { expr, descending: false, nulls_first: None };
        if around.within.is_some() {
            self.made.note(
                first.expr.span,
                "How late rows may be says the watermark in Flink: WATERMARK FOR it AS it - \
                 INTERVAL … in CREATE TABLE",
            );
            return vec![by(time)];
        }
        let exact =
            place.grouped.is_some() || cut_of(&first.expr).is_some_and(|it| it.micros < 2_000);
        if !exact {
            self.made.note(
                first.expr.span,
                "Flink orders a stream by its time column first, row by row. To order what \
                 belongs to a window, rank it: ROW_NUMBER() OVER (PARTITION BY window_start, \
                 window_end ORDER BY …)",
            );
        }
        let mut made = vec![by(time)];
        for item in &around.order_by[1..] {
            let expr = self.expr(&item.expr, place);
            made.push(OrderItem { expr, ..item.clone() });
        }
        made
    }

    /// The query with its columns as the table wants them: what Flink does not convert by itself is
    /// cast.
    pub(super) fn fitted(&mut self, mut query: Query, wanted: &[Option<DataType>]) -> Query {
        let statements: Vec<_> = self.made.statements().collect();
        let Some(found) = types_of(&statements, &query) else { return query };
        let targets = found.iter().zip(wanted);
        let targets: Vec<Option<DataType>> =
            targets.map(|(found, wanted)| wanted.filter(|it| !goes(*found, *it))).collect();
        if targets.iter().any(Option::is_some) {
            fit(&mut query.body, &targets);
        }
        query
    }
}

fn fit(body: &mut Body, targets: &[Option<DataType>]) {
    match body {
        Body::Select(select) => {
            for (item, target) in select.items.iter_mut().zip(targets) {
                if let (Item::Column { expr, alias }, Some(target)) = (item, target) {
                    if let (ExprKind::Column(path), None) = (&expr.kind, &alias) {
                        *alias = path.last().cloned();
                    }
                    *expr = cast(expr.clone(), *target);
                }
            }
        }
        Body::Set { left, right, .. } => {
            fit(left, targets);
            fit(right, targets);
        }
        Body::Nested(query) => fit(&mut query.body, targets),
        Body::Values { .. } => {}
    }
}

/// Whether Flink converts a value when it is inserted: to wider numbers, and between texts.
fn goes(from: Option<DataType>, to: DataType) -> bool {
    let rank = |it: DataType| match it {
        DataType::TinyInt => 1,
        DataType::SmallInt => 2,
        DataType::Integer => 3,
        DataType::BigInt => 4,
        DataType::Decimal { .. } => 5,
        DataType::Real => 6,
        _ => 7,
    };
    match from {
        None => true,
        Some(from) if from == to => true,
        Some(from) if from.class() != to.class() => false,
        Some(from) if from.class() == Class::Number => rank(from) < rank(to),
        Some(_) => true,
    }
}

fn is_window_time(expr: &Expr) -> bool {
    let ExprKind::Column(path) = &expr.kind else { return false };
    path.last().is_some_and(|it| it.text == "window_time")
}

/// Every select of a query, those of queries inside included.
pub(in crate::translate) fn each_select<'q>(
    query: &'q Query,
    see: &mut dyn FnMut(&'q SelectQuery),
) {
    fn of_body<'q>(body: &'q Body, see: &mut dyn FnMut(&'q SelectQuery)) {
        match body {
            Body::Select(select) => see(select),
            Body::Set { left, right, .. } => {
                of_body(left, see);
                of_body(right, see);
            }
            Body::Nested(query) => of_body(&query.body, see),
            Body::Values { .. } => {}
        }
    }
    of_body(&query.body, see);
    let mut inner = Vec::new();
    tree::sources_of(query, &mut |source| {
        if let crate::ast::query::TableRef::Query { query, .. } = source {
            inner.push(&query.body);
        }
    });
    inner.into_iter().for_each(|it| of_body(it, see));
}

/// Every expression right in a select.
pub(in crate::translate) fn each_expr<'q>(select: &'q SelectQuery, see: &mut dyn FnMut(&'q Expr)) {
    for item in &select.items {
        if let Item::Column { expr, .. } = item {
            expr.visit(see);
        }
    }
    select.filter.iter().chain(&select.having).for_each(|it| it.visit(see));
    match &select.group {
        Group::By(keys, _) => keys.iter().for_each(|it| it.visit(see)),
        Group::Stagger { partition, .. } => partition.iter().for_each(|it| it.visit(see)),
        Group::Sets(items, _) => items.iter().flatten().flatten().for_each(|it| it.visit(see)),
        Group::None => {}
    }
    for source in &select.from {
        tree::each_source(source, &mut |source| {
            if let crate::ast::query::TableRef::Join(join) = source {
                join.on.iter().for_each(|it| it.visit(see));
            }
        });
    }
}
