//! `WITH RECURSIVE`: a query that names itself.

use super::scope::{Column, Scope};
use super::{Binder, Relation, Visible, slot};
use crate::ast::query::{Body, Common, SetOp};
use crate::batch::plan::{Recursion, Step};
use crate::expr::{Expr, ExprKind};
use crate::types::{Class, DataType, LENGTH_MAX};

impl Binder<'_> {
    /// `first UNION ALL again`, where `again` may name the query; any other query as it is.
    pub(super) fn recursive(&mut self, common: &Common) -> Relation {
        let query = &common.query;
        let Body::Set { op: SetOp::Union, left, right, all, span } = &query.body else {
            return self.query(query);
        };
        if !query.with.is_empty() || query.limit.is_some() || !query.order_by.is_empty() {
            return self.query(query);
        }
        let first = self.body(left);
        let open = first.scope.open;
        let mut columns = first.scope.clone().called(None, &common.columns).columns;
        columns.iter_mut().for_each(as_long_as_it_gets);
        let number = self.plan.commons.len();
        self.plan.commons.push(Step::One);
        let name = crate::Dialect::Batch.folded(&common.name);
        let seen = columns.clone();
        self.commons.push(Visible { name, columns: seen, number, named: false });
        let begin = self.plan.commons.len();
        let again = self.body(right);
        let inside = (begin, self.plan.commons.len());
        if !self.commons.pop().is_some_and(|it| it.named) {
            return self.set((SetOp::Union, *all), first, again, *span);
        }
        if again.scope.star.len() != columns.len() && !open && !again.scope.open {
            let (a, b) = (columns.len(), again.scope.star.len());
            let message = format!("The query begins with {a} columns and goes on with {b}");
            self.tell("SQL-170", *span, message, "Select as many columns on both sides");
        }
        let mut exprs = Vec::new();
        for (column, place) in columns.iter().zip(&again.scope.star) {
            let found = again.scope.data_type(*place);
            self.one_type(column.data_type, found, *span);
            let own = slot(*place, *span);
            exprs.push(match column.data_type {
                Some(wanted) if found != column.data_type => {
                    Expr::new(ExprKind::Cast(own.into(), wanted), *span)
                }
                _ => own,
            });
        }
        let begun = super::from::narrowed(first.step, &first.scope, *span);
        let again = Step::Project(Box::new(again.step), exprs);
        let recursion = Recursion { number, first: begun, again, all: *all, inside, span: *span };
        let step = Step::Recursion(Box::new(recursion));
        Relation { step, scope: Scope { open, ..Scope::of(columns) } }
    }
}

/// Texts grow while a query goes on.
fn as_long_as_it_gets(column: &mut Column) {
    column.source = None;
    if column.data_type.is_some_and(|it| it.class() == Class::Text) {
        column.data_type = Some(DataType::Varchar(LENGTH_MAX));
    }
}
