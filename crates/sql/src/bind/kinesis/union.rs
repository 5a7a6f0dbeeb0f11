//! `UNION ALL`, and the order of what it unites.

use super::expr::at;
use super::from::From;
use super::query::{Relation, all_of, gather_of};
use super::scope::Column;
use super::{Binder, Planned};
use crate::ast::query::OrderItem;
use crate::check::common_type;
use crate::exec::NodeId;
use crate::exec::operator::{Merge, Project};
use crate::expr::{Expr, ExprKind, Span};
use crate::problem::Problem;
use crate::rules::Rules;

impl Binder {
    /// The rows of two queries in the order of their times.
    pub(super) fn union(
        &mut self,
        left: Relation,
        right: &Relation,
        span: Span,
    ) -> Planned<Relation> {
        if left.columns.len() != right.columns.len() {
            let (a, b) = (left.columns.len(), right.columns.len());
            let message = format!("The queries of UNION ALL have {a} and {b} columns");
            return Err(Problem::new("SQL-052", span, message, "Select as many in each"));
        }
        let mut columns = left.columns.clone();
        for (a, b) in columns.iter_mut().zip(&right.columns) {
            if let (Some(first), Some(second)) = (a.data_type, b.data_type) {
                a.data_type = common_type(first, second, &Rules::KINESIS);
                if a.data_type.is_none() {
                    let message =
                        format!("`{}` is {first} in one query and {second} in another", a.name);
                    return Err(Problem::new("SQL-053", span, message, "Use CAST(… AS …) in one"));
                }
            }
        }
        let sides = [self.widened(&left, &columns, span)?, self.widened(right, &columns, span)?];
        let node = self.add(Merge::new(2, span), &sides, span)?;
        let cuts = left.cuts.into_iter().filter(|it| right.cuts.contains(it)).collect();
        Ok(Relation { node, columns, cuts })
    }

    /// The rows of a query as those of columns that are wider, if some are.
    fn widened(&mut self, of: &Relation, columns: &[Column], span: Span) -> Planned<NodeId> {
        let pairs = of.columns.iter().zip(columns);
        if pairs.clone().all(|(a, b)| a.data_type == b.data_type) {
            return Ok(of.node);
        }
        let values = (0..).zip(pairs).map(|(slot, (a, b))| {
            let value = at(ExprKind::Slot(slot), span);
            match b.data_type.filter(|_| a.data_type != b.data_type) {
                Some(wider) => at(ExprKind::Cast(value.into(), wider), span),
                None => value,
            }
        });
        let values = Some(values.collect::<Vec<Expr>>().into());
        self.add(Project { filter: None, values, time: None }, &[of.node], span)
    }

    /// `ORDER BY` behind `UNION ALL`: over the columns of the queries, or their `ROWTIME`.
    pub(super) fn united_order(
        &mut self,
        relation: Relation,
        order: &[OrderItem],
        span: Span,
    ) -> Planned<Relation> {
        let (node, columns) = (relation.node, relation.columns.clone());
        let from = From::of(None, relation);
        let mut items = Vec::new();
        all_of(&from, None, span, &mut items);
        let mut keys = Vec::new();
        for item in order {
            let expr = match &item.expr.kind {
                ExprKind::Literal(_) => self.sort_expr(&item.expr, &items, &from)?,
                _ => self.scalar(&item.expr, (&from.scope, from.width), "ORDER BY")?.0,
            };
            keys.push(item.by(expr));
        }
        let gather = gather_of(&keys, items.len(), &from)?;
        let values = items.into_iter().map(|it| it.expr);
        let values: Vec<Expr> = values.chain(keys.into_iter().map(|it| it.expr)).collect();
        let project = Project { filter: None, values: Some(values.into()), time: None };
        let node = self.add(project, &[node], span)?;
        let node = self.gathered(node, gather, columns.len(), span)?;
        Ok(Relation { node, columns, cuts: Vec::new() })
    }
}
