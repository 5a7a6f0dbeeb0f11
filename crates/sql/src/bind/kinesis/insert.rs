//! What a pump inserts: the columns of a query into those of a stream.

use super::expr::at;
use super::from::count;
use super::query::Relation;
use super::scope::{Column, ROWTIME};
use super::{Binder, Planned};
use crate::ast::Insert;
use crate::dialect::Dialect;
use crate::exec::NodeId;
use crate::exec::operator::{Coerce, Project, Stream};
use crate::expr::{Expr, ExprKind, Span};
use crate::problem::Problem;
use crate::value::Value;

impl Binder {
    /// The rows of a query as rows of a stream.
    pub(super) fn coerced(
        &mut self,
        mut relation: Relation,
        insert: &Insert,
        target: &[Column],
    ) -> Planned<NodeId> {
        let names: Vec<String> = if insert.columns.is_empty() {
            target.iter().map(|it| it.name.clone()).collect()
        } else {
            insert.columns.iter().map(|it| Dialect::Kinesis.folded(it)).collect()
        };
        let slots = slots(&relation.columns, names.len(), insert)?;
        for name in &names {
            if name != ROWTIME && target.iter().all(|it| it.name != *name) {
                let message = format!("The stream has no column `{name}`");
                let known: Vec<&str> = target.iter().map(|it| it.name.as_str()).collect();
                let help = format!("Its columns are: {}", known.join(", "));
                return Err(Problem::new("SQL-040", insert.target.span, message, help));
            }
        }
        if let Some(place) = names.iter().position(|it| it == ROWTIME)
            && relation.columns[slots[place] as usize].name != ROWTIME
        {
            let time = Some(at(ExprKind::Slot(slots[place]), insert.span));
            let project = Project { filter: None, values: None, time };
            relation.node = self.add(project, &[relation.node], insert.span)?;
            relation.node = self.add(Stream::new(1), &[relation.node], insert.span)?;
        }
        let mut values = Vec::new();
        for column in target {
            let place = names.iter().position(|it| *it == column.name);
            values.push(match place.and_then(|it| slots.get(it)) {
                None => at(ExprKind::Literal(Value::Null), insert.span),
                Some(slot) => {
                    converted(*slot, &relation.columns[*slot as usize], column, insert.span)?
                }
            });
        }
        let required = (0..).zip(target).filter(|(_, it)| it.not_null);
        let required: Vec<(u32, String)> = required.map(|(at, it)| (at, it.name.clone())).collect();
        let is_same = |(slot, value): (u32, &Expr)| value.kind == ExprKind::Slot(slot);
        let same = relation.columns.len() == target.len() && (0..).zip(&values).all(is_same);
        if same && required.is_empty() {
            return Ok(relation.node);
        }
        let coerce = Coerce { values: values.into(), required: required.into() };
        self.add(coerce, &[relation.node], insert.span)
    }
}

/// Which columns of the query are inserted: all, or all but the time of the row.
fn slots(columns: &[Column], wanted: usize, insert: &Insert) -> Planned<Vec<u32>> {
    let all = || 0..count(columns.len());
    if columns.len() == wanted {
        return Ok(all().collect());
    }
    let others: Vec<u32> = all().filter(|it| columns[*it as usize].name != ROWTIME).collect();
    if others.len() == wanted {
        return Ok(others);
    }
    let message = format!("The query has {} columns, {wanted} are inserted", columns.len());
    let help = "Select one for each column, or list the columns behind the name of the stream";
    Err(Problem::new("SQL-052", insert.span, message, help))
}

fn converted(slot: u32, from: &Column, to: &Column, span: Span) -> Planned<Expr> {
    let value = at(ExprKind::Slot(slot), span);
    match (from.data_type, to.data_type) {
        (Some(given), Some(wanted)) if given.class() != wanted.class() => {
            let message = format!("`{}` is {given}, the column `{}` {wanted}", from.name, to.name);
            let help = format!("Write CAST({} AS {wanted})", from.name);
            Err(Problem::new("SQL-053", span, message, help))
        }
        (given, Some(wanted)) if given != Some(wanted) => {
            Ok(at(ExprKind::Cast(value.into(), wanted), span))
        }
        _ => Ok(value),
    }
}
