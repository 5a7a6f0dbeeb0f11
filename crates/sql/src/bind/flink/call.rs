//! Expressions of a query: names become places in a row, calls of aggregate functions are found.

use super::relation::{Relation, Scope, slot_expr};
use super::{Planned, Planner};
use crate::agg::{self, Aggregate, AggregateFunction};
use crate::check::check_bound_by;
use crate::exec::calls::Call;
use crate::expr::{AggregateCall, Expr, ExprKind, Span, TIME_SLOT};
use crate::lower::lower;
use crate::problem::Problem;
use crate::rules::{Nulls, Rules};
use crate::types::{Class, DataType};
use crate::value::Value;

impl Planner {
    /// The expression with places instead of names.
    pub(super) fn bind(&mut self, expr: &Expr, scope: &Scope) -> Planned<Expr> {
        let mut wrong = None;
        let bound = replace(expr, &mut |it| match &it.kind {
            ExprKind::Column(path) => match scope.slot(path, it.span) {
                Ok(slot) => Some(slot_expr(slot, it.span)),
                Err(problem) => {
                    wrong.get_or_insert(problem);
                    None
                }
            },
            ExprKind::User { .. } if super::table::is_proctime(it) => {
                Some(slot_expr(TIME_SLOT, it.span))
            }
            ExprKind::User { name, .. } => {
                wrong.get_or_insert_with(|| no_function(&name.text, it.span));
                None
            }
            ExprKind::Query(_) => {
                wrong.get_or_insert_with(|| {
                    let message = "A query inside of this expression is not simulated";
                    let help = "Let it stand alone behind WHERE or AND, or join with it";
                    Problem::new("SQL-104", it.span, message, help)
                });
                None
            }
            _ => None,
        });
        match wrong {
            Some(problem) => Err(problem),
            None => Ok(lower(&bound, &scope.types(), &Rules::FLINK)),
        }
    }

    /// A condition over a relation.
    pub(super) fn condition(&mut self, bound: &Expr, relation: &Relation) -> Planned<()> {
        if let Some(call) = calls_of(core::slice::from_ref(bound)).first() {
            let message = format!("{} is about many rows: it cannot stand here", call.0.name);
            let help = "Write conditions on aggregates behind HAVING";
            return Err(Problem::new("SQL-106", bound.span, message, help));
        }
        let found = self.type_of(bound, relation)?;
        match found {
            Some(found) if found.class() != Class::Boolean => {
                let message = format!("A condition is true or false, this is {found}");
                Err(Problem::new("SQL-107", bound.span, message, "Compare it with something"))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// The type of a bound expression over a relation.
    pub(super) fn type_of(
        &mut self,
        bound: &Expr,
        relation: &Relation,
    ) -> Planned<Option<DataType>> {
        let mut problems = Vec::new();
        let found = check_bound_by(bound, &relation.types(), &Rules::FLINK, &mut problems);
        if problems.is_empty() { Ok(found) } else { Err(problems.swap_remove(0)) }
    }

    /// A call of an aggregate function as an operator needs it.
    pub(super) fn call(
        &mut self,
        call: &AggregateCall,
        relation: &Relation,
        (span, retracts): (Span, bool),
    ) -> Planned<(Call, Option<DataType>)> {
        let (function, least, most) = match call.name.as_str() {
            "COUNT" if call.arguments.is_empty() => (AggregateFunction::CountRows, 0, 0),
            "ROW_NUMBER" => (AggregateFunction::CountRows, 0, 0),
            name => agg::find(name).ok_or_else(|| no_function(name, span))?,
        };
        if !(least..=most).contains(&call.arguments.len()) {
            let message = format!("{} cannot take {} arguments", call.name, call.arguments.len());
            return Err(Problem::new("SQL-108", span, message, format!("It takes {least}")));
        }
        if let Some((inner, span)) = calls_of(&call.arguments).first() {
            let message = format!("{} cannot stand inside {}", inner.name, call.name);
            let help = "Compute it in an inner query first";
            return Err(Problem::new("SQL-106", *span, message, help));
        }
        let argument = call.arguments.first().cloned();
        let data_type = match &argument {
            Some(argument) => self.type_of(argument, relation)?,
            None => None,
        };
        if let (Some(wanted), Some(found)) = (function.takes(), data_type)
            && found.class() != wanted
        {
            let message = format!("{} takes {}, not {found}", call.name, wanted.word());
            return Err(Problem::new("SQL-109", span, message, "Use CAST(… AS …) first"));
        }
        let mut aggregate = Aggregate::new(function, data_type, Rules::FLINK);
        aggregate.distinct = call.distinct;
        aggregate.retracts = retracts;
        aggregate.from_last = call.from_last;
        if call.ignore_nulls {
            aggregate.nulls = Nulls::Ignore;
        }
        for argument in call.arguments.iter().skip(1) {
            aggregate.constants.push(constant(argument)?);
        }
        if let Some(filter) = &call.filter {
            self.condition(filter, relation)?;
        }
        let result = aggregate.result();
        Ok((Call { aggregate, argument, filter: call.filter.clone() }, result))
    }
}

/// The same tree with some nodes in the place of others, inside of aggregates too.
pub(super) fn replace(expr: &Expr, with: &mut dyn FnMut(&Expr) -> Option<Expr>) -> Expr {
    expr.replaced(&mut |it| {
        if let Some(other) = with(it) {
            return Some(other);
        }
        let ExprKind::Aggregate(call) = &it.kind else { return None };
        let mut made = (**call).clone();
        made.arguments = call.arguments.iter().map(|it| replace(it, with)).collect();
        made.filter = call.filter.as_ref().map(|it| replace(it, with));
        Some(Expr::new(ExprKind::Aggregate(Box::new(made)), it.span))
    })
}

/// The different calls of aggregate functions in some expressions, in the order they stand.
pub(super) fn calls_of(exprs: &[Expr]) -> Vec<(AggregateCall, Span)> {
    let mut found: Vec<(AggregateCall, Span)> = Vec::new();
    for expr in exprs {
        expr.visit(&mut |it| {
            if let ExprKind::Aggregate(call) = &it.kind
                && !found.iter().any(|other| other.0 == **call)
            {
                found.push(((**call).clone(), it.span));
            }
        });
    }
    found
}

/// A value that is the same for every row.
pub(super) fn constant(expr: &Expr) -> Planned<Value> {
    let nothing = crate::exec::Row::flink(0, Vec::new());
    let mut fixed = true;
    expr.visit(&mut |it| {
        fixed &= !matches!(
            it.kind,
            ExprKind::Slot(_)
                | ExprKind::Column(_)
                | ExprKind::Aggregate(_)
                | ExprKind::User { .. }
        );
    });
    if !fixed {
        let message = "Only a constant can stand here";
        return Err(Problem::new("SQL-110", expr.span, message, "Write a number or an INTERVAL"));
    }
    crate::eval::eval(expr, &nothing).map_err(|fault| {
        Problem::new("SQL-110", fault.span, fault.message, "Write a number or an INTERVAL")
    })
}

fn no_function(name: &str, span: Span) -> Problem {
    let message = format!("There is no function `{name}`, or it is not simulated");
    Problem::new("SQL-111", span, message, "Check the spelling, or use another function")
}
