//! Queries: what is selected, in which order, of one or several selects.

use super::expr::{at, is_condition};
use super::from::{From, Kind, count};
use super::group::{Grouping, OWN_TIME_SLOT, ungrouped, width_of};
use super::log::record;
use super::scope::{Column, ROWTIME, Scope, is_bare_time, names_own_time};
use super::window::Windows;
use super::{Binder, Planned, absent};
use crate::ast::query::{Body, Item, OrderItem, Query, SelectQuery};
use crate::dialect::Dialect;
use crate::exec::NodeId;
use crate::exec::calls::SortKey;
use crate::exec::operator::{Distinct, Gather, Project, Slide, Stream, TardySort};
use crate::exec::width::Width;
use crate::expr::{BinaryOp, Expr, ExprKind, Name, Span, TIME_SLOT, Truth};
use crate::limits::NESTING_MAX;
use crate::problem::Problem;
use crate::types::{Class, DataType};
use crate::value::Value;

/// What a query gives.
#[derive(Clone, Debug)]
pub(super) struct Relation {
    pub node: NodeId,
    /// Its columns; a column called `ROWTIME` is the time of the row as well.
    pub columns: Vec<Column>,
    /// Which of them rise with `ROWTIME`, and how each cuts time.
    pub cuts: Vec<(u32, Width)>,
}

impl Relation {
    pub(super) fn width(&self) -> u32 {
        count(self.columns.len())
    }
}

/// An item of a select list, bound.
pub(super) struct Selected {
    name: String,
    pub(super) expr: Expr,
    /// Whether it has its name from `AS`: only then `ROWTIME` is another time.
    aliased: bool,
}

impl Binder {
    /// A query inside another one, or of a view.
    pub(super) fn nested(&mut self, query: &Query) -> Planned<Relation> {
        self.depth += 1;
        if self.depth > NESTING_MAX {
            let message = "Too many queries stand inside each other";
            let help = "Write what is inside as a pump into a stream of its own";
            return Err(Problem::new("SQL-061", query.span, message, help));
        }
        let relation = self.query(query);
        self.depth -= 1;
        relation
    }

    pub(super) fn query(&mut self, query: &Query) -> Planned<Relation> {
        if let Some(common) = query.with.first() {
            return Err(absent(common.query.span, "WITH"));
        }
        if let Some(expr) = query.limit.as_ref().or(query.offset.as_ref()) {
            return Err(absent(expr.span, "LIMIT over a stream"));
        }
        let within = query.within.as_ref().map(interval_of).transpose()?;
        match &query.body {
            Body::Select(select) => self.select(select, &query.order_by, within),
            body if query.order_by.is_empty() => self.body(body),
            _ if within.is_some() => Err(absent(query.span, "WITHIN behind UNION ALL")),
            body => {
                let relation = self.body(body)?;
                self.united_order(relation, &query.order_by, query.span)
            }
        }
    }

    /// Rows that are gathered to be sorted, if they are.
    pub(super) fn gathered(
        &mut self,
        node: NodeId,
        gather: Option<(Width, Vec<SortKey>)>,
        columns: usize,
        span: Span,
    ) -> Planned<NodeId> {
        let Some((width, keys)) = gather else { return Ok(node) };
        self.add(Gather::new(width, keys, columns, span), &[node], span)
    }

    fn body(&mut self, body: &Body) -> Planned<Relation> {
        match body {
            Body::Select(select) => self.select(select, &[], None),
            Body::Nested(query) => self.nested(query),
            Body::Values { span, .. } => Err(absent(*span, "VALUES")),
            Body::Set { all: false, span, .. } => {
                let message = "UNION without ALL is not allowed over streams";
                Err(Problem::new("SQL-056", *span, message, "Write UNION ALL"))
            }
            Body::Set { left, right, span, .. } => {
                let (left, right) = (self.body(left)?, self.body(right)?);
                self.union(left, &right, *span)
            }
        }
    }

    fn select(
        &mut self,
        select: &SelectQuery,
        order: &[OrderItem],
        within: Option<i64>,
    ) -> Planned<Relation> {
        let from = self.from(&select.from, &select.windows, select.span)?;
        let Kind::Stream(node) = from.kind else {
            let message = "A reference table alone has no ROWTIME, so its rows never come";
            let help = "Join it with a stream: FROM \"S\" JOIN \"R\" ON …";
            return Err(Problem::new("SQL-056", select.span, message, help));
        };
        let scope = (&from.scope, from.width);
        let filter = select.filter.as_ref().map(|it| self.condition(it, scope, "WHERE"));
        let filter = filter.transpose();
        let items = self.selected(select, &from, names_own_time(&select.group));
        let (filter, mut items) = (filter?, items?);
        let mut keys = self.sort_keys(order, &items, &from)?;
        let grouping = self.grouping(&select.group, &from)?;
        let grouped = grouping.as_ref().map(Grouping::has_start);
        let mut project = Project { filter, values: None, time: None };
        let node = match grouping {
            Some(grouping) => {
                let node = self.filtered(node, &mut project, select.span)?;
                self.grouped_select(
                    select,
                    (items.as_mut_slice(), keys.as_mut_slice()),
                    (grouping, &from),
                    node,
                )?
            }
            None => {
                let plain = self.sliding_select(
                    select,
                    (items.as_mut_slice(), keys.as_mut_slice()),
                    &from,
                )?;
                match plain {
                    None => (node, from.scope.types(from.width)),
                    Some((windows, types)) => {
                        let node = self.filtered(node, &mut project, select.span)?;
                        let slide = Slide::new(windows.operators(), select.span);
                        (self.add(slide, &[node], select.span)?, types)
                    }
                }
            }
        };
        let cuts = cuts_of(&items, &from, grouped);
        let relation = self.finish(select, (items, keys), node, project, (within, &from))?;
        Ok(Relation { cuts, ..relation })
    }

    /// What is selected, names looked up.
    fn selected(
        &mut self,
        select: &SelectQuery,
        from: &From,
        own_time: bool,
    ) -> Planned<Vec<Selected>> {
        let mut items = Vec::new();
        let mut failed = None;
        for (index, item) in select.items.iter().enumerate() {
            match item {
                Item::All(span) => all_of(from, None, *span, &mut items),
                Item::AllOf(name, span) => {
                    let folded = Dialect::Kinesis.folded(name);
                    if from.scope.sources.iter().all(|it| it.name.as_deref() != Some(&folded)) {
                        let message = format!("No source is called `{folded}` here");
                        let help = "Write a name that stands behind FROM";
                        return Err(Problem::new("SQL-040", *span, message, help));
                    }
                    all_of(from, Some(&folded), *span, &mut items);
                }
                Item::Column { expr, alias } => match self.item(expr, &from.scope, own_time) {
                    Ok(bound) => {
                        let name = name_of(expr, alias.as_ref(), index);
                        let aliased = alias.is_some();
                        match record(&bound)? {
                            None => items.push(Selected { name, expr: bound, aliased }),
                            Some(columns) => items.extend(columns.into_iter().map(|(it, expr)| {
                                Selected { name: format!("{name}.{it}"), expr, aliased: false }
                            })),
                        }
                    }
                    Err(problem) => match failed {
                        None => failed = Some(problem),
                        Some(_) => self.problems.push(problem),
                    },
                },
            }
        }
        failed.map_or(Ok(items), Err)
    }

    fn item(&mut self, expr: &Expr, scope: &Scope, own_time: bool) -> Planned<Expr> {
        if !own_time {
            return self.expr(expr, scope);
        }
        let own = expr.replaced(&mut |node| {
            is_bare_time(node).then(|| at(ExprKind::Slot(OWN_TIME_SLOT), node.span))
        });
        self.expr(&own, scope)
    }

    /// Keys of `ORDER BY`: expressions, names of the select list, or numbers of columns.
    fn sort_keys(
        &mut self,
        order: &[OrderItem],
        items: &[Selected],
        from: &From,
    ) -> Planned<Vec<SortKey>> {
        let mut keys = Vec::new();
        for item in order {
            let expr = self.sort_expr(&item.expr, items, from)?;
            keys.push(item.by(expr));
        }
        Ok(keys)
    }

    pub(super) fn sort_expr(
        &mut self,
        expr: &Expr,
        items: &[Selected],
        from: &From,
    ) -> Planned<Expr> {
        if let ExprKind::Literal(Value::Integer(number)) = expr.kind {
            let place = usize::try_from(number).ok().and_then(|it| it.checked_sub(1));
            let item = place.and_then(|it| items.get(it));
            return item.map(|it| it.expr.clone()).ok_or_else(|| {
                let message = format!("There is no column {number} to order by");
                let help = format!("The query has {} columns, counted from 1", items.len());
                Problem::new("SQL-050", expr.span, message, help)
            });
        }
        if let ExprKind::Column(path) = &expr.kind
            && let [name] = &path[..]
            && let folded = Dialect::Kinesis.folded(name)
            && folded != ROWTIME
            && let Some(item) = items.iter().find(|it| it.name == folded)
        {
            return Ok(item.expr.clone());
        }
        let mut bare = None;
        expr.visit(&mut |node| {
            if is_bare_time(node) {
                bare = Some(node.span);
            }
        });
        if let Some(span) = bare {
            let message = "ROWTIME alone means the row about to be produced, which has no time yet";
            let help = "Write the source in front of it: `s.ROWTIME`";
            return Err(Problem::new("SQL-050", span, message, help));
        }
        self.expr(expr, &from.scope)
    }

    /// A filter in front of groups and windows.
    fn filtered(&mut self, node: NodeId, project: &mut Project, span: Span) -> Planned<NodeId> {
        match project.filter.take() {
            None => Ok(node),
            filter => self.add(Project { filter, values: None, time: None }, &[node], span),
        }
    }

    fn grouped_select(
        &mut self,
        select: &SelectQuery,
        (items, keys): (&mut [Selected], &mut [SortKey]),
        (mut grouping, from): (Grouping, &From),
        node: NodeId,
    ) -> Planned<(NodeId, Vec<Option<DataType>>)> {
        for item in items {
            item.expr = self.over_group(&item.expr, &mut grouping, from)?;
        }
        // What comes out of a window has its time: a key of the window orders like it.
        for key in keys {
            key.expr = match width_of(&key.expr) {
                Some(_) => at(ExprKind::Slot(TIME_SLOT), key.expr.span),
                None => self.over_group(&key.expr, &mut grouping, from)?,
            };
        }
        let having = match &select.having {
            None => None,
            Some(having) => {
                let bound = self.expr(having, &from.scope)?;
                Some(self.over_group(&bound, &mut grouping, from)?)
            }
        };
        let types = grouping.types();
        let mut node = grouping.wire(self, node)?;
        if let Some(filter) = having {
            let found = self.checked(&filter, &types)?;
            is_condition(found, filter.span, "HAVING")?;
            let kept = Project { filter: Some(filter), values: None, time: None };
            node = self.add(kept, &[node], select.span)?;
        }
        Ok((node, types))
    }

    /// Sliding windows, if the query has any; a plain one has no aggregate at all.
    fn sliding_select(
        &mut self,
        select: &SelectQuery,
        (items, keys): (&mut [Selected], &mut [SortKey]),
        from: &From,
    ) -> Planned<Option<(Windows, Vec<Option<DataType>>)>> {
        if let Some(having) = &select.having {
            let message = "HAVING stands in a query without groups";
            return Err(Problem::new("SQL-043", having.span, message, "Write WHERE"));
        }
        let mut windows = Windows::default();
        let exprs = || items.iter().map(|it| &it.expr).chain(keys.iter().map(|it| &it.expr));
        for expr in exprs() {
            let scope = (&from.scope, from.width);
            self.collect_windows(expr, scope, &select.windows, &mut windows)?;
        }
        let slots = |expr: &Expr| {
            expr.replaced(&mut |node| match &node.kind {
                ExprKind::Aggregate(call) => {
                    let slot = windows.slot(call, from.width)?;
                    Some(at(ExprKind::Slot(slot), node.span))
                }
                _ => None,
            })
        };
        let exprs = items.iter_mut().map(|it| &mut it.expr);
        for expr in exprs.chain(keys.iter_mut().map(|it| &mut it.expr)) {
            *expr = slots(expr);
            if let Some(problem) = ungrouped(expr) {
                return Err(problem);
            }
        }
        if windows.is_empty() {
            return Ok(None);
        }
        let mut types = from.scope.types(from.width);
        types.extend(windows.types());
        Ok(Some((windows, types)))
    }

    /// The select list, `DISTINCT`, `ORDER BY` and the time of the new rows.
    fn finish(
        &mut self,
        select: &SelectQuery,
        (items, keys): (Vec<Selected>, Vec<SortKey>),
        (mut node, types): (NodeId, Vec<Option<DataType>>),
        mut project: Project,
        (within, from): (Option<i64>, &From),
    ) -> Planned<Relation> {
        let mut columns = Vec::new();
        let mut failed: Vec<Problem> = Vec::new();
        for item in &items {
            match self.checked(&item.expr, &types) {
                Ok(data_type) => {
                    columns.push(Column { name: item.name.clone(), data_type, not_null: false });
                }
                Err(problem) => failed.push(problem),
            }
        }
        for key in &keys {
            failed.extend(self.checked(&key.expr, &types).err());
        }
        if let Some(first) = failed.pop() {
            self.problems.extend(failed);
            return Err(first);
        }
        let time = time_of(&items, &columns)?;
        let distinct =
            if select.distinct { Some(distinct_width(&items, select.span)?) } else { None };
        let gather = match within {
            None => gather_of(&keys, items.len(), from)?,
            Some(_) => {
                project.filter = Some(known_time(&keys, time.as_ref(), project.filter, select)?);
                None
            }
        };
        let values = items.iter().map(|it| it.expr.clone());
        let values: Vec<Expr> = values.chain(keys.into_iter().map(|it| it.expr)).collect();
        project.values = Some(values.into());
        project.time = time;
        let overridden = project.time.is_some();
        node = self.add(project, &[node], select.span)?;
        if let Some(interval) = within {
            node = self.add(TardySort::new(interval, select.span), &[node], select.span)?;
        } else if overridden {
            // Times may go back now: what does is late.
            node = self.add(Stream::new(1), &[node], select.span)?;
        }
        if let Some(width) = distinct {
            node = self.add(Distinct::new(width, select.span), &[node], select.span)?;
        }
        node = self.gathered(node, gather, columns.len(), select.span)?;
        Ok(Relation { node, columns, cuts: Vec::new() })
    }
}

impl OrderItem {
    /// The key of an order: this, by a bound expression.
    pub(super) fn by(&self, expr: Expr) -> SortKey {
        let nulls_first = self.nulls_first.unwrap_or(!self.descending);
        SortKey { expr, descending: self.descending, nulls_first }
    }
}

pub(super) fn all_of(from: &From, only: Option<&str>, span: Span, items: &mut Vec<Selected>) {
    for source in &from.scope.sources {
        if only.is_some() && source.name.as_deref() != only {
            continue;
        }
        for (slot, column) in (source.first..).zip(&source.columns) {
            // Its values are those of the time already.
            let expr = at(ExprKind::Slot(slot), span);
            items.push(Selected { name: column.name.clone(), expr, aliased: false });
        }
    }
}

/// Which items rise with the time of the new rows. What comes out of a window has its end, so its
/// beginning differs from one moment to the next.
///
/// `grouped` is whether groups begin with the time of their window, if there are groups.
fn cuts_of(items: &[Selected], from: &From, grouped: Option<bool>) -> Vec<(u32, Width)> {
    if items.iter().any(|it| it.name == ROWTIME && it.aliased && width_of(&it.expr).is_none()) {
        return Vec::new();
    }
    let cut = |it: &Selected| match it.expr.kind {
        ExprKind::Slot(0) if grouped == Some(true) => Some(Width::Moment),
        ExprKind::Slot(slot) if grouped.is_none() && slot != TIME_SLOT => from.scope.cut(slot),
        _ => width_of(&it.expr),
    };
    (0..).zip(items).filter_map(|(slot, it)| Some((slot, cut(it)?))).collect()
}

/// What a column is called: its alias, its own name, or its place, as the engine of the service
/// names what has no name.
fn name_of(expr: &Expr, alias: Option<&Name>, index: usize) -> String {
    match (alias, &expr.kind) {
        (Some(alias), _) => Dialect::Kinesis.folded(alias),
        (None, ExprKind::Column(path)) => {
            path.last().map_or_else(String::new, |it| Dialect::Kinesis.folded(it))
        }
        (None, _) => format!("EXPR${index}"),
    }
}

/// The time of the new rows, if an item called `ROWTIME` says another one.
fn time_of(items: &[Selected], columns: &[Column]) -> Planned<Option<Expr>> {
    let is_time = |it: &Selected| it.name == ROWTIME && it.aliased;
    let Some(place) = items.iter().position(is_time) else { return Ok(None) };
    let expr = &items[place].expr;
    match columns[place].data_type {
        Some(found) if found.class() != Class::Timestamp => {
            let message = format!("ROWTIME is a TIMESTAMP, not {found}");
            let help = "Use TO_TIMESTAMP for milliseconds since 1970, or CAST for text";
            Err(Problem::new("SQL-063", expr.span, message, help))
        }
        _ if expr.kind == ExprKind::Slot(TIME_SLOT) => Ok(None),
        _ => Ok(Some(expr.clone())),
    }
}

fn distinct_width(items: &[Selected], span: Span) -> Planned<Width> {
    let found = items.iter().find_map(|it| width_of(&it.expr));
    found.ok_or_else(|| {
        let message = "DISTINCT over a stream never ends: no column rises with ROWTIME";
        let help = "Write SELECT STREAM DISTINCT ROWTIME, …";
        Problem::new("SQL-046", span, message, help)
    })
}

/// How late rows may be.
fn interval_of(expr: &Expr) -> Planned<i64> {
    match expr.kind {
        ExprKind::Literal(Value::Interval(micros @ 1..)) => Ok(micros),
        _ => {
            let message = "How late rows may be is not a constant above zero";
            let help = "Write WITHIN INTERVAL '1' MINUTE";
            Err(Problem::new("SQL-062", expr.span, message, help))
        }
    }
}

/// Rows ordered by a time of their own are those that have one: it is selected as `ROWTIME`, and
/// is the only key, the earliest first.
fn known_time(
    keys: &[SortKey],
    time: Option<&Expr>,
    filter: Option<Expr>,
    select: &SelectQuery,
) -> Planned<Expr> {
    let ([SortKey { expr: key, descending: false, .. }], Some(time)) = (keys, time) else {
        return Err(not_selected(select.span));
    };
    if key != time {
        return Err(not_selected(key.span));
    }
    let value = Box::new(time.clone());
    let known = at(ExprKind::Is { value, truth: Truth::Null, negated: true }, time.span);
    Ok(match filter {
        None => known,
        Some(filter) => {
            let span = filter.span;
            at(ExprKind::Binary(BinaryOp::And, filter.into(), known.into()), span)
        }
    })
}

fn not_selected(span: Span) -> Problem {
    let message = "ORDER BY … WITHIN does not order by the time that is selected as ROWTIME";
    let help = "Write SELECT STREAM evt AS ROWTIME, … ORDER BY evt WITHIN INTERVAL '1' MINUTE";
    Problem::new("SQL-050", span, message, help)
}

/// How rows are gathered to be sorted: by the keys, which stand behind the columns.
pub(super) fn gather_of(
    keys: &[SortKey],
    columns: usize,
    from: &From,
) -> Planned<Option<(Width, Vec<SortKey>)>> {
    let Some(first) = keys.first() else { return Ok(None) };
    let width = match first.expr.kind {
        ExprKind::Slot(slot) if slot != TIME_SLOT => from.scope.cut(slot),
        _ => width_of(&first.expr),
    };
    let Some(width) = width.filter(|_| !first.descending) else {
        let message = "ORDER BY over a stream does not begin with an expression that rises with \
                       ROWTIME";
        let help = "Write ORDER BY FLOOR(s.ROWTIME TO MINUTE), … or ORDER BY s.ROWTIME, …";
        return Err(Problem::new("SQL-050", first.expr.span, message, help));
    };
    let keys = keys.iter().enumerate().map(|(index, key)| SortKey {
        expr: at(ExprKind::Slot(count(columns + index)), key.expr.span),
        ..key.clone()
    });
    Ok(Some((width, keys.collect())))
}
