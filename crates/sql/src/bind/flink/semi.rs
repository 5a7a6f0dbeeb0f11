//! Queries behind `WHERE`: `IN` and `EXISTS` are joins of which only rows of the left come out.

use super::call::replace;
use super::from::{all_of, conjuncts};
use super::join::{beside, moved, side_of};
use super::query::Items;
use super::relation::{Relation, Scope, slot_expr};
use super::{Planned, Planner, absent};
use crate::ast::query::{Body, Group, Item, JoinKind, Query, SelectQuery};
use crate::exec::join::Gives;
use crate::expr::{Asks, BinaryOp, Expr, ExprKind, Nested, Span, Truth, UnaryOp};
use crate::problem::Problem;

/// A condition that is a query.
pub(super) struct Asked {
    nested: Nested,
    /// `NOT` stands around it.
    opposite: bool,
    span: Span,
}

/// What is asked of queries, and the rest of a condition.
pub(super) fn asked(filter: Option<&Expr>) -> (Option<Expr>, Vec<Asked>) {
    let mut conditions = Vec::new();
    if let Some(filter) = filter {
        conjuncts(filter, &mut conditions);
    }
    let (mut rest, mut found) = (Vec::new(), Vec::new());
    for condition in conditions {
        let (mut inner, mut opposite) = (&condition, false);
        while let ExprKind::Unary(UnaryOp::Not, below) = &inner.kind {
            (inner, opposite) = (below, !opposite);
        }
        match &inner.kind {
            ExprKind::Query(nested) if nested.asks != Asks::Value => {
                found.push(Asked { nested: (**nested).clone(), opposite, span: condition.span });
            }
            _ => rest.push(condition),
        }
    }
    let rest = if found.is_empty() { filter.cloned() } else { all_of(rest) };
    (rest, found)
}

/// The right side of a join: its rows, its names, what it gives, and what must hold.
struct Inner {
    relation: Relation,
    scope: Scope,
    items: Items,
    /// Over both sides.
    conditions: Vec<Expr>,
}

impl Planner {
    /// The rows a query holds for.
    pub(super) fn semi(
        &mut self,
        left: Relation,
        left_scope: &Scope,
        asked: &Asked,
    ) -> Planned<Relation> {
        let left = self.unranked(left)?;
        let (span, mut opposite) = (asked.span, asked.opposite);
        let inner = self.inner(&asked.nested.query, (&left, left_scope))?;
        let mut conditions = inner.conditions;
        let (both, _) = beside(&left, left_scope.clone(), &inner.relation, inner.scope);
        if let Asks::Among { value, negated } = &asked.nested.asks {
            opposite ^= negated;
            let [(_, item)] = &inner.items[..] else {
                let message = format!("The query behind IN has {} columns", inner.items.len());
                return Err(Problem::new("SQL-102", span, message, "Select one"));
            };
            let value = self.bind(value, left_scope)?;
            let width = u32::try_from(left.fields.len()).unwrap_or(u32::MAX);
            let item = replace(item, &mut |it| {
                let slot = super::relation::slot_of(it)?;
                Some(slot_expr(slot.saturating_add(width), it.span))
            });
            let kind = ExprKind::Binary(BinaryOp::Equal, value.into(), item.into());
            let mut equal = Expr::new(kind, span);
            if opposite {
                // NOT IN is unknown, and lets no row out, where a NULL is on either side.
                let (value, truth, negated) = (equal.into(), Truth::False, true);
                equal = Expr::new(ExprKind::Is { value, truth, negated }, span);
            }
            conditions.push(equal);
        }
        let on = all_of(conditions);
        if let Some(on) = &on {
            self.condition(on, &both)?;
        }
        let gives = if opposite { Gives::Unmet } else { Gives::Met };
        self.semi_join((left, inner.relation), on.as_ref(), (gives, span))
    }

    /// Queries that are one value, such as `(SELECT AVG(v) FROM t)`: joined with every row, and
    /// their columns in their place.
    pub(super) fn scalars(
        &mut self,
        mut source: (Relation, Scope),
        select: &mut SelectQuery,
        filter: &mut Option<Expr>,
    ) -> Planned<(Relation, Scope)> {
        for (index, kind) in [JoinKind::Left, JoinKind::Inner].into_iter().enumerate() {
            let items = select.items.iter_mut().filter_map(|it| match it {
                Item::Column { expr, .. } => Some(expr),
                Item::All(_) | Item::AllOf(..) => None,
            });
            let exprs: Vec<&mut Expr> =
                if index == 0 { items.collect() } else { filter.iter_mut().collect() };
            for expr in exprs {
                while let Some((nested, span)) = scalar_in(expr) {
                    let right = self.query(&nested.query)?;
                    let right = self.unranked(right)?;
                    let [_] = &right.fields[..] else {
                        let message = format!("A value has {} columns", right.fields.len());
                        return Err(Problem::new("SQL-102", span, message, "Select one"));
                    };
                    let slot = u32::try_from(source.0.fields.len()).unwrap_or(u32::MAX);
                    let names = right.scope(None);
                    source = self.join((source, (right, names)), kind, None, span)?;
                    source.1.hidden.push(slot);
                    let made = replace(expr, &mut |it| match &it.kind {
                        ExprKind::Query(other) if **other == nested => {
                            Some(slot_expr(slot, it.span))
                        }
                        _ => None,
                    });
                    if made == *expr {
                        return Err(absent(span, "A query behind OVER"));
                    }
                    *expr = made;
                }
            }
        }
        Ok(source)
    }

    /// The query of a condition: what it says of the rows around it is a condition of the join.
    fn inner(&mut self, query: &Query, (left, left_scope): (&Relation, &Scope)) -> Planned<Inner> {
        let Some(select) = plain_select(query) else {
            let relation = self.query(query)?;
            let relation = self.unranked(relation)?;
            let scope = relation.scope(None);
            let columns = scope.star().map(|(slot, name)| (name.to_owned(), slot));
            let items = columns.map(|(name, slot)| (name, slot_expr(slot, query.span))).collect();
            return Ok(Inner { relation, scope, items, conditions: Vec::new() });
        };
        let commons = self.commons.len();
        self.commons.extend(query.with.iter().cloned());
        let (filter, deeper) = asked(select.filter.as_ref());
        let (relation, scope, _) = self.from(select, None)?;
        self.commons.truncate(commons);
        let items = self.items(select, &relation, &scope)?;
        let width = u32::try_from(left.fields.len()).unwrap_or(u32::MAX);
        let mut both = left_scope.clone().beside(scope.clone(), width);
        both.nearest = left_scope.parts.len();
        let (mut own, mut conditions, mut parts) = (Vec::new(), Vec::new(), Vec::new());
        if let Some(filter) = &filter {
            conjuncts(filter, &mut parts);
        }
        for part in parts {
            let bound = self.bind(&part, &both)?;
            match side_of(&bound, width) {
                Some(1) => own.push(moved(&bound, width)),
                _ => conditions.push(bound),
            }
        }
        let mut relation = self.filtered(relation, all_of(own).as_ref(), &items)?;
        for asked in &deeper {
            relation = self.semi(relation, &scope, asked)?;
        }
        let relation = self.unranked(relation)?;
        Ok(Inner { relation, scope, items, conditions })
    }
}

/// A query in an expression that is a value.
fn scalar_in(expr: &Expr) -> Option<(Nested, Span)> {
    let mut found = None;
    expr.visit(&mut |it| match &it.kind {
        ExprKind::Query(nested) if nested.asks == Asks::Value && found.is_none() => {
            found = Some(((**nested).clone(), it.span));
        }
        _ => {}
    });
    found
}

/// The select a query is, if its rows are those of its source that a condition holds for.
fn plain_select(query: &Query) -> Option<&SelectQuery> {
    let Body::Select(select) = &query.body else { return None };
    let mut plain = query.limit.is_none()
        && query.order_by.is_empty()
        && matches!(select.group, Group::None)
        && select.having.is_none()
        && !select.from.is_empty();
    for item in &select.items {
        if let Item::Column { expr, .. } = item {
            expr.visit(&mut |it| plain &= !matches!(it.kind, ExprKind::Aggregate(_)));
        }
    }
    plain.then_some(select)
}
