//! Rows that the script itself has: `VALUES`, and the one row of a `SELECT` without `FROM`.
//!
//! They come before anything else comes, and no more of them will.

use super::call::constant;
use super::relation::{Field, Relation, Scope, Time};
use super::{Planned, Planner};
use crate::exec::operator::Union;
use crate::exec::{Graph, NodeId, On, Row};
use crate::expr::{Expr, ExprKind, Span};
use crate::problem::Problem;
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
            // The type that has room for all.
            let truth = Expr::new(ExprKind::Literal(Value::Boolean(true)), span);
            let branches = bound.iter().map(|row| (truth.clone(), row[column].clone())).collect();
            let kind = ExprKind::Case { operand: None, branches, otherwise: None };
            let data_type = self.type_of(&Expr::new(kind, span), &nothing)?;
            fields.push(Field { name: format!("EXPR${column}"), data_type, time: Time::None });
        }
        let node = self.add(Union::new(1), &[]);
        self.given.push(Given { node, rows: given });
        Ok(Relation::new(node, fields))
    }
}
