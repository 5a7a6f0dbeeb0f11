//! Where rows come from: tables, views, sub-queries, window functions and joins of them.

use super::relation::{Relation, Scope};
use super::{Planned, Planner, absent, no_table};
use crate::ast::ObjectName;
use crate::ast::query::{Alias, SelectQuery, TableRef};
use crate::expr::{BinaryOp, Expr, ExprKind};
use crate::problem::Problem;

impl Planner {
    /// What stands behind `FROM`, and what of `WHERE` is still to be done.
    pub(super) fn from(
        &mut self,
        select: &SelectQuery,
        filter: Option<Expr>,
    ) -> Planned<(Relation, Scope, Option<Expr>)> {
        match &select.from[..] {
            [] => Ok((self.values(&[Vec::new()], select.span)?, Scope::default(), filter)),
            [one] => {
                let (relation, scope) = self.source(one)?;
                Ok((relation, scope, filter))
            }
            [first, rest @ ..] => {
                // The condition of a join may stand behind WHERE: the last join has them all.
                let (mut relation, mut scope) = self.source(first)?;
                for (index, source) in rest.iter().enumerate() {
                    let last = index + 1 == rest.len();
                    let on = if last { filter.clone() } else { None };
                    let right = self.source(source)?;
                    let kind = crate::ast::query::JoinKind::Inner;
                    let sides = ((relation, scope), right);
                    (relation, scope) = self.join(sides, kind, on.as_ref(), select.span)?;
                }
                Ok((relation, scope, None))
            }
        }
    }

    /// One source, and the names of its columns.
    pub(super) fn source(&mut self, source: &TableRef) -> Planned<(Relation, Scope)> {
        match source {
            TableRef::Named { name, system_time, alias, over } => {
                if let Some(time) = system_time {
                    return Err(absent(time.span, "FOR SYSTEM_TIME AS OF without a join"));
                }
                if over.is_some() {
                    return Err(absent(name.span, "OVER behind a table"));
                }
                let relation = self.named(name)?;
                self.aliased(relation, alias.as_ref(), Some(&name.last().text))
            }
            TableRef::Query { query, alias, .. } => {
                let relation = self.query(query)?;
                self.aliased(relation, alias.as_ref(), None)
            }
            TableRef::Function { function, alias } => {
                let relation = self.window_function(function)?;
                self.aliased(relation, alias.as_ref(), None)
            }
            TableRef::Match { source, pattern, alias } => {
                let (relation, _) = self.source(source)?;
                let relation = self.unranked(relation)?;
                let found = self.pattern(&relation, pattern)?;
                self.aliased(found, alias.as_ref(), None)
            }
            TableRef::Join(join) => {
                let left = self.source(&join.left)?;
                if let TableRef::Named { name, system_time: Some(time), alias, .. } = &join.right {
                    return self.temporal(left, (name, time, alias.as_ref()), join);
                }
                let right = self.source(&join.right)?;
                if !join.using.is_empty() {
                    return self.join_using((left, right), join);
                }
                self.join((left, right), join.kind, join.on.as_ref(), join.span)
            }
        }
    }

    /// A table, a view or a query of `WITH`.
    pub(super) fn named(&mut self, name: &ObjectName) -> Planned<Relation> {
        let text = &name.last().text;
        if let Some(at) = self.commons.iter().rposition(|it| it.name.text == *text) {
            let common = self.commons[at].clone();
            // A query of WITH sees those before it.
            let behind = self.commons.split_off(at);
            let relation = self.query(&common.query);
            self.commons.extend(behind);
            return self.renamed(relation?, &common.columns, name);
        }
        if let Some(view) = self.views.iter().rfind(|it| it.name.last().text == *text).cloned() {
            let commons = core::mem::take(&mut self.commons);
            let relation = self.query(&view.query);
            self.commons = commons;
            return self.renamed(relation?, &view.columns, name);
        }
        match self.table(name).cloned() {
            Some(table) => self.scan(&table),
            None => Err(no_table(name)),
        }
    }

    fn renamed(
        &mut self,
        mut relation: Relation,
        columns: &[crate::expr::Name],
        at: &ObjectName,
    ) -> Planned<Relation> {
        if columns.is_empty() {
            return Ok(relation);
        }
        if columns.len() != relation.fields.len() {
            let message = format!("{} columns have {} names", relation.fields.len(), columns.len());
            return Err(Problem::new("SQL-102", at.span, message, "Name each column once"));
        }
        for (field, name) in relation.fields.iter_mut().zip(columns) {
            field.name.clone_from(&name.text);
        }
        Ok(relation)
    }

    fn aliased(
        &mut self,
        mut relation: Relation,
        alias: Option<&Alias>,
        name: Option<&String>,
    ) -> Planned<(Relation, Scope)> {
        if let Some(alias) = alias {
            for (field, name) in relation.fields.iter_mut().zip(&alias.columns) {
                field.name.clone_from(&name.text);
            }
        }
        let name = alias.map(|it| &it.name.text).or(name).cloned();
        let scope = relation.scope(name);
        Ok((relation, scope))
    }
}

/// The conditions that `AND` joins.
pub(crate) fn conjuncts(expr: &Expr, out: &mut Vec<Expr>) {
    match &expr.kind {
        ExprKind::Binary(BinaryOp::And, left, right) => {
            conjuncts(left, out);
            conjuncts(right, out);
        }
        ExprKind::Between { value, low, high, symmetric: false, negated: false } => {
            let side = |op, end: &Expr| {
                Expr::new(ExprKind::Binary(op, value.clone(), Box::new(end.clone())), expr.span)
            };
            out.push(side(BinaryOp::GreaterEqual, low));
            out.push(side(BinaryOp::LessEqual, high));
        }
        _ => out.push(expr.clone()),
    }
}

/// Conditions joined by `AND` again.
pub(super) fn all_of(conditions: Vec<Expr>) -> Option<Expr> {
    conditions.into_iter().reduce(|left, right| {
        let span = left.span.to(right.span);
        Expr::new(ExprKind::Binary(BinaryOp::And, left.into(), right.into()), span)
    })
}
