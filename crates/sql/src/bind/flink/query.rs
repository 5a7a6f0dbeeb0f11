//! Queries: what is selected, united and ordered.

use super::call::{calls_of, constant, replace};
use super::relation::{Field, Relation, Scope, Time, slot_expr, slot_of, time_of};
use super::semi::asked;
use super::{Planned, Planner, absent};
use crate::ast::query::{Body, Group, Item, OrderItem, Query, SelectQuery, SetOp};
use crate::exec::calls::{Calls, SortKey};
use crate::exec::join::Gives;
use crate::exec::operator::{self, Project, Rank, TimeSort, Told};
use crate::expr::{Expr, ExprKind, Name, Span};
use crate::limits::NESTING_MAX;
use crate::problem::Problem;
use crate::value::Value;

/// What is selected: names and bound expressions.
pub(super) type Items = Vec<(String, Expr)>;

impl Planner {
    /// A query with what stands around it.
    pub(super) fn query(&mut self, query: &Query) -> Planned<Relation> {
        self.depth += 1;
        if self.depth > NESTING_MAX {
            let message = "Too many queries stand inside each other";
            return Err(Problem::new("SQL-112", query.span, message, "Take some of them out"));
        }
        let commons = self.commons.len();
        self.commons.extend(query.with.iter().cloned());
        let (query, hidden) = with_order(query);
        let relation = self.body(&query.body)?;
        self.commons.truncate(commons);
        let mut relation = self.ordered(&query, relation)?;
        if hidden > 0 {
            let shown = relation.fields.len() - hidden;
            let columns = (0..).zip(relation.fields.iter().take(shown));
            let items = columns.map(|(slot, it)| (it.name.clone(), slot_expr(slot, query.span)));
            let items: Items = items.collect();
            relation = self.project(&relation, None, &items)?;
        }
        self.depth -= 1;
        Ok(relation)
    }

    fn body(&mut self, body: &Body) -> Planned<Relation> {
        match body {
            Body::Select(select) => self.select(select),
            Body::Nested(query) => self.query(query),
            Body::Values { rows, span } => self.values(rows, *span),
            Body::Set { op, left, right, all, span } => {
                let left = self.body(left)?;
                let left = self.unranked(left)?;
                let right = self.body(right)?;
                let right = self.unranked(right)?;
                if left.fields.len() != right.fields.len() {
                    let message = format!(
                        "One side has {} columns, the other {}",
                        left.fields.len(),
                        right.fields.len()
                    );
                    let help = "Select as many columns on both sides";
                    return Err(Problem::new("SQL-102", *span, message, help));
                }
                let (left, right) = self.alike((left, right), *span)?;
                let gives = match op {
                    SetOp::Union => None,
                    SetOp::Intersect => Some(Gives::Met),
                    SetOp::Except => Some(Gives::Unmet),
                };
                if let Some(gives) = gives {
                    if *all {
                        return Err(absent(*span, "INTERSECT ALL or EXCEPT ALL"));
                    }
                    let shared = self.shared((left, right), (gives, *span));
                    return Ok(self.distinct(shared, *span));
                }
                let node = self.add(operator::Union::new(2), &[left.node, right.node]);
                let pairs = left.fields.into_iter().zip(&right.fields);
                let fields = pairs.map(|(field, other)| Field {
                    time: if field.time == other.time { field.time } else { Time::None },
                    data_type: field.data_type.or(other.data_type),
                    ..field
                });
                let mut united = Relation::new(node, fields.collect());
                united.updates = left.updates || right.updates;
                if *all { Ok(united) } else { Ok(self.distinct(united, *span)) }
            }
        }
    }

    fn select(&mut self, select: &SelectQuery) -> Planned<Relation> {
        let (filter, queries) = asked(select.filter.as_ref());
        let (relation, scope, mut rest) = self.from(select, filter)?;
        let mut select = select.clone();
        let (relation, scope) = self.scalars((relation, scope), &mut select, &mut rest)?;
        let select = &select;
        let items = self.items(select, &relation, &scope)?;
        let filter = rest.map(|it| self.bind(&it, &scope)).transpose()?;
        let mut relation = self.filtered(relation, filter.as_ref(), &items)?;
        for query in &queries {
            relation = self.semi(relation, &scope, query)?;
        }
        let exprs: Vec<Expr> = items.iter().map(|it| it.1.clone()).collect();
        let calls = calls_of(&exprs);
        let grouped = !matches!(select.group, Group::None)
            || select.having.is_some()
            || calls.iter().any(|it| it.0.over.is_none());
        let relation = if grouped {
            self.group(relation, &scope, select, items)?
        } else {
            let relation = self.settled(relation, select.span);
            match calls[..] {
                [] => self.project(&relation, None, &items)?,
                _ => self.over(&relation, &scope, select, items)?,
            }
        };
        if select.distinct {
            let relation = self.unranked(relation)?;
            return Ok(self.distinct(relation, select.span));
        }
        Ok(relation)
    }

    /// The select list, bound.
    pub(super) fn items(
        &mut self,
        select: &SelectQuery,
        relation: &Relation,
        scope: &Scope,
    ) -> Planned<Items> {
        let sets = self.sets(scope, &select.group)?;
        let mut items = Items::new();
        for item in &select.items {
            match item {
                Item::All(span) => {
                    let columns = scope.star();
                    items.extend(columns.map(|it| (it.1.to_owned(), slot_expr(it.0, *span))));
                }
                Item::AllOf(source, span) => {
                    let part = scope.parts.iter().find(|it| it.name.as_ref() == Some(&source.text));
                    let Some(part) = part else {
                        let message = format!("There is no source `{}` here", source.text);
                        let help = "Write the name or the alias of a source";
                        return Err(Problem::new("SQL-100", *span, message, help));
                    };
                    for (slot, field) in (part.from..).zip(&part.fields) {
                        items.push((field.name.clone(), slot_expr(slot, *span)));
                    }
                }
                Item::Column { expr, alias } => {
                    let name = match (alias, &expr.kind) {
                        (Some(alias), _) => alias.text.clone(),
                        (None, ExprKind::Column(path)) => {
                            path.last().map(|it| it.text.clone()).unwrap_or_default()
                        }
                        (None, _) => format!("EXPR${}", items.len()),
                    };
                    let expr = self.windows_named(expr, relation, &select.group)?;
                    let expr = self.groupings(&expr, (relation, scope), sets.as_ref())?;
                    items.push((name, self.bind(&expr, scope)?));
                }
            }
        }
        Ok(items)
    }

    /// Rows a condition holds for; of ranked rows those whose rank it wants.
    pub(super) fn filtered(
        &mut self,
        relation: Relation,
        filter: Option<&Expr>,
        items: &Items,
    ) -> Planned<Relation> {
        if relation.rank.is_some() {
            return self.ranked(relation, filter, items);
        }
        let Some(filter) = filter else { return Ok(relation) };
        self.condition(filter, &relation)?;
        let project = Project { filter: Some(filter.clone()), values: None, time: None };
        let node = self.add(project, &[relation.node]);
        Ok(Relation { node, ..relation })
    }

    /// New rows from old ones; columns that go through keep what is known of them.
    pub(super) fn project(
        &mut self,
        relation: &Relation,
        filter: Option<Expr>,
        items: &Items,
    ) -> Planned<Relation> {
        if let Some(filter) = &filter {
            self.condition(filter, relation)?;
        }
        let mut fields = Vec::new();
        for (name, expr) in items {
            let data_type = self.type_of(expr, relation)?;
            let time = time_of(expr, relation);
            fields.push(Field { name: name.clone(), data_type, time });
        }
        let place = |slot: u32| {
            let at = items.iter().position(|(_, expr)| slot_of(expr) == Some(slot));
            at.and_then(|it| u32::try_from(it).ok())
        };
        let window = relation.window.and_then(|it| {
            Some(super::relation::WindowSlots { start: place(it.start)?, end: place(it.end)? })
        });
        let values = items.iter().map(|(_, expr)| expr.clone()).collect();
        let project = Project { filter, values: Some(values), time: None };
        let node = self.add(project, &[relation.node]);
        let mut made = Relation::new(node, fields);
        (made.updates, made.window) = (relation.updates, window);
        Ok(made)
    }

    /// Each row once.
    fn distinct(&mut self, relation: Relation, span: Span) -> Relation {
        self.keeps(span, "Different rows");
        let keys = (0..).zip(&relation.fields).map(|(slot, _)| slot_expr(slot, span)).collect();
        let node = self.add(
            operator::Group::new(keys, Calls([].into()), self.lasting(), span),
            &[relation.node],
        );
        Relation { node, window: None, ..relation }
    }

    /// `ORDER BY` and `LIMIT`.
    fn ordered(&mut self, query: &Query, relation: Relation) -> Planned<Relation> {
        if query.order_by.is_empty() && query.limit.is_none() {
            return Ok(relation);
        }
        let relation = self.unranked(relation)?;
        let scope = relation.scope(None);
        let mut keys = self.sort_keys(&query.order_by, &scope)?;
        let span = query.order_by.first().map_or(query.span, |it| it.expr.span);
        if let Some(limit) = &query.limit {
            return self.limited(query, limit, relation, keys);
        }
        let first = slot_of(&keys[0].expr);
        let time = first.filter(|it| relation.fields[*it as usize].time == Time::Event);
        match time {
            Some(time) if !keys[0].descending && !relation.updates => {
                keys.remove(0);
                let node = self.add(TimeSort::new(time, keys, span), &[relation.node]);
                Ok(Relation { node, ..relation })
            }
            _ if !keys[0].descending
                && !relation.updates
                && time_of(&keys[0].expr, &relation) == Time::Processing =>
            {
                // Rows come in this order.
                Ok(relation)
            }
            Some(_) | None => {
                let message = "A stream has no end: it can be ordered by its time attribute only";
                let help = "Order by the column of the watermark first and upwards, or write LIMIT";
                Err(Problem::new("SQL-114", span, message, help))
            }
        }
    }

    fn limited(
        &mut self,
        query: &Query,
        limit: &Expr,
        relation: Relation,
        order: Vec<SortKey>,
    ) -> Planned<Relation> {
        let number = |expr: &Expr| match constant(expr)? {
            Value::Integer(it) if it >= 0 => Ok(u64::try_from(it).unwrap_or_default()),
            _ => Err(Problem::new("SQL-110", expr.span, "No number of rows", "Write 10, or 0")),
        };
        let from = query.offset.as_ref().map_or(Ok(0), number)?;
        let places = (from + 1, from.saturating_add(number(limit)?));
        self.keeps(query.span, "The first rows of an order");
        let told = match (from, places.1) {
            (0, 1) if !relation.updates => Told::One,
            (0, _) => Told::Rows,
            _ => Told::Places,
        };
        let rank = Rank::new(
            (Vec::new(), order),
            places,
            told,
            (relation.updates, self.lasting()),
            query.span,
        );
        let node = self.add(rank, &[relation.node]);
        let ranked = Relation { node, updates: true, ..relation };
        // The rank itself, behind the values, is not wanted.
        let columns = (0..).zip(ranked.fields.iter());
        let items = columns.map(|(slot, it)| (it.name.clone(), slot_expr(slot, query.span)));
        let items: Items = items.collect();
        self.project(&ranked, None, &items)
    }

    /// Keys of an order; NULL is the smallest (Flink's default).
    pub(super) fn sort_keys(
        &mut self,
        order: &[OrderItem],
        scope: &Scope,
    ) -> Planned<Vec<SortKey>> {
        let mut keys = Vec::new();
        for item in order {
            let expr = self.bind(&item.expr, scope)?;
            let descending = item.descending;
            let nulls_first = item.nulls_first.unwrap_or(!descending);
            keys.push(SortKey { expr, descending, nulls_first });
        }
        Ok(keys)
    }

    /// `expr` with what is grouped and computed in the place of the trees that say so.
    pub(super) fn regrouped(
        &self,
        expr: &Expr,
        keys: &[(Expr, u32)],
        calls: &[(crate::expr::AggregateCall, u32)],
    ) -> Planned<Expr> {
        let mut wrong = None;
        let made = replace(expr, &mut |it| {
            if let Some((_, slot)) = keys.iter().find(|(key, _)| key == it) {
                return Some(slot_expr(*slot, it.span));
            }
            match &it.kind {
                ExprKind::Aggregate(call) => {
                    let found = calls.iter().find(|(other, _)| *other == **call)?;
                    Some(slot_expr(found.1, it.span))
                }
                ExprKind::Slot(_) => {
                    wrong.get_or_insert_with(|| not_grouped(it.span));
                    None
                }
                _ => None,
            }
        });
        match wrong {
            Some(problem) => Err(problem),
            None => Ok(made),
        }
    }
}

/// The query with columns behind its own for what it is ordered by and does not select, and how
/// many they are.
fn with_order(query: &Query) -> (Query, usize) {
    let mut made = query.clone();
    let Body::Select(select) = &mut made.body else { return (made, 0) };
    let is_all = |it: &Item| matches!(it, Item::All(_) | Item::AllOf(..));
    if select.distinct || select.items.iter().any(is_all) {
        return (made, 0);
    }
    let count = select.items.len();
    let is_shown = |expr: &Expr| {
        let ExprKind::Column(path) = &expr.kind else { return false };
        select.items.iter().any(|item| match item {
            Item::Column { alias: Some(alias), .. } => path[..] == [alias.clone()],
            Item::Column { expr: other, alias: None } => expr == other,
            Item::All(_) | Item::AllOf(..) => true,
        })
    };
    let mut hidden = Vec::new();
    for (index, order) in made.order_by.iter_mut().enumerate() {
        if is_shown(&order.expr) {
            continue;
        }
        let name = Name { text: format!("ORDER${index}"), quoted: true };
        let column = Expr::new(ExprKind::Column(vec![name.clone()]), order.expr.span);
        let expr = core::mem::replace(&mut order.expr, column);
        hidden.push(Item::Column { expr, alias: Some(name) });
    }
    select.items.extend(hidden);
    let hidden = select.items.len() - count;
    (made, hidden)
}

fn not_grouped(span: Span) -> Problem {
    let message = "This column differs within a group";
    let help = "Name it behind GROUP BY, or put it into an aggregate such as MAX";
    Problem::new("SQL-115", span, message, help)
}
