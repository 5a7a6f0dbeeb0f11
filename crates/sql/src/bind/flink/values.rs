//! Rows that the script itself has: `VALUES`, and the one row of a `SELECT` without `FROM`.
//!
//! They come before anything else comes, and no more of them will.

use super::call::constant;
use super::query::Items;
use super::relation::{Field, Relation, Scope, Time, slot_expr};
use super::{Planned, Planner};
use crate::exec::operator::Union;
use crate::exec::{Graph, NodeId, On, Row};
use crate::expr::{Expr, ExprKind, Span};
use crate::problem::Problem;
use crate::types::{Class, DataType};
use crate::value::Value;

/// Rows that are there from the beginning.
#[derive(Debug)]
pub(super) struct Given {
    node: NodeId,
    rows: Vec<Vec<Value>>,
}

impl Given {
    /// Brings them in.
    pub(super) fn give(self, graph: &mut Graph) {
        for values in self.rows {
            graph.push(self.node, 0, Row::flink(i64::MIN, values), On::Bound);
        }
        graph.advance(self.node, 0, i64::MAX, On::Bound);
    }
}

impl Planner {
    /// The type that has room for all of some values.
    fn common_type(
        &mut self,
        values: &mut dyn Iterator<Item = Expr>,
        relation: &Relation,
        span: Span,
    ) -> Planned<Option<DataType>> {
        let truth = Expr::new(ExprKind::Literal(Value::Boolean(true)), span);
        let branches = values.map(|it| (truth.clone(), it)).collect();
        let kind = ExprKind::Case { operand: None, branches, otherwise: None };
        self.type_of(&Expr::new(kind, span), relation)
    }

    /// Both sides of a union with columns of the same types.
    pub(super) fn alike(
        &mut self,
        (left, right): (Relation, Relation),
        span: Span,
    ) -> Planned<(Relation, Relation)> {
        let fields = left.fields.iter().chain(&right.fields).cloned().collect();
        let both = Relation::new(left.node, fields);
        let mut types = Vec::new();
        for (slot, other) in (0..).zip(left.fields.len()..both.fields.len()) {
            let other = u32::try_from(other).unwrap_or(u32::MAX);
            let mut pair = [slot, other].into_iter().map(|it| slot_expr(it, span));
            types.push(self.common_type(&mut pair, &both, span)?);
        }
        let mut sides = [left, right];
        for side in &mut sides {
            let mut items = Items::new();
            let mut moved = false;
            for (slot, (field, found)) in (0..).zip(side.fields.iter().zip(&types)) {
                let mut expr = slot_expr(slot, span);
                if let (Some(own), Some(found)) = (field.data_type, *found)
                    && own != found
                    && own.class() == Class::Number
                {
                    expr = Expr::new(ExprKind::Cast(expr.into(), found), span);
                    moved = true;
                }
                items.push((field.name.clone(), expr));
            }
            if moved {
                *side = self.project(side, None, &items)?;
            }
        }
        let [left, right] = sides;
        Ok((left, right))
    }

    /// `VALUES (1, 'a'), (2, 'b')`.
    pub(super) fn values(&mut self, rows: &[Vec<Expr>], span: Span) -> Planned<Relation> {
        let nothing = Relation::new(NodeId(0), Vec::new());
        let width = rows.first().map_or(0, Vec::len);
        let (mut bound, mut given) = (Vec::new(), Vec::new());
        for row in rows {
            if row.len() != width {
                let message = format!("A row has {} values, the first {width}", row.len());
                let help = "Write as many values in each row";
                return Err(Problem::new("SQL-102", span, message, help));
            }
            let row: Planned<Vec<Expr>> =
                row.iter().map(|it| self.bind(it, &Scope::default())).collect();
            let row = row?;
            given.push(row.iter().map(constant).collect::<Planned<Vec<Value>>>()?);
            bound.push(row);
        }
        let mut fields = Vec::new();
        for column in 0..width {
            let mut values = bound.iter().map(|row: &Vec<Expr>| row[column].clone());
            let data_type = self.common_type(&mut values, &nothing, span)?;
            fields.push(Field { name: format!("EXPR${column}"), data_type, time: Time::None });
        }
        let node = self.add(Union::new(1), &[]);
        self.given.push(Given { node, rows: given });
        Ok(Relation::new(node, fields))
    }
}
