//! Expressions of queries: names become slots, functions of the script become their bodies.

use super::scope::Scope;
use super::{Binder, Planned};
use crate::ast::{Over, WindowSpec};
use crate::check::check_bound;
use crate::dialect::Dialect;
use crate::expr::{AggregateCall, BinaryOp, Expr, ExprKind, Name, Span, Truth};
use crate::limits::EXPRESSION_NODES_MAX;
use crate::problem::Problem;
use crate::types::{Class, DataType};
use crate::value::Value;

/// A function of the script.
#[derive(Clone, Debug)]
pub(super) struct Function {
    pub name: String,
    pub parameters: Vec<DataType>,
    pub returns: DataType,
    /// `RETURNS NULL ON NULL INPUT`.
    pub null_on_null: bool,
    /// What it gives, with its parameters as slots.
    pub body: Expr,
}

/// Tallest tree once functions are taken apart: whoever walks it needs as much stack.
const HEIGHT_MAX: u16 = 200;

impl Binder {
    /// An expression over a row. Aggregates stay, with what is inside them bound.
    pub(super) fn expr(&mut self, expr: &Expr, scope: &Scope) -> Planned<Expr> {
        let mut failed = None;
        let bound = expr.replaced(&mut |node| {
            let found = match &node.kind {
                ExprKind::Column(path) => {
                    scope.slot(path, node.span).map(|slot| at(ExprKind::Slot(slot), node.span))
                }
                ExprKind::User { name, arguments } => self.call(name, arguments, node.span, scope),
                ExprKind::Aggregate(call) => self
                    .inside(call, scope)
                    .map(|call| at(ExprKind::Aggregate(call.into()), node.span)),
                _ => return None,
            };
            Some(found.unwrap_or_else(|problem| {
                self.tell(&mut failed, problem);
                at(ExprKind::Literal(Value::Null), node.span)
            }))
        });
        match failed {
            None => Ok(bound),
            Some(problem) => Err(problem),
        }
    }

    /// Keeps the first problem of an expression to be returned, and tells the others at once.
    fn tell(&mut self, first: &mut Option<Problem>, problem: Problem) {
        match first {
            None => *first = Some(problem),
            Some(_) => self.problems.push(problem),
        }
    }

    /// An expression over a row, without aggregates, with its type.
    pub(super) fn scalar(
        &mut self,
        expr: &Expr,
        (scope, width): (&Scope, u32),
        place: &str,
    ) -> Planned<(Expr, Option<DataType>)> {
        let bound = self.expr(expr, scope)?;
        if let Some((name, span)) = first_aggregate(&bound) {
            let message = format!("{name} cannot stand in {place}");
            let help = "Conditions on aggregates stand in HAVING; or aggregate in a query inside";
            return Err(Problem::new("SQL-043", span, message, help));
        }
        let found = self.checked(&bound, &scope.types(width))?;
        Ok((bound, found))
    }

    /// A condition over a row.
    pub(super) fn condition(
        &mut self,
        expr: &Expr,
        scope: (&Scope, u32),
        place: &str,
    ) -> Planned<Expr> {
        let (bound, found) = self.scalar(expr, scope, place)?;
        is_condition(found, expr.span, place)?;
        Ok(bound)
    }

    /// The type of a bound expression.
    pub(super) fn checked(
        &mut self,
        expr: &Expr,
        types: &[Option<DataType>],
    ) -> Planned<Option<DataType>> {
        let mut problems = Vec::new();
        let found = check_bound(expr, types, &mut problems);
        problems.extend(super::log::misplaced(expr));
        let mut problems = problems.into_iter();
        match problems.next() {
            None => Ok(found),
            Some(first) => {
                self.problems.extend(problems);
                Err(first)
            }
        }
    }

    /// What stands inside an aggregate.
    fn inside(&mut self, call: &AggregateCall, scope: &Scope) -> Planned<AggregateCall> {
        let mut bound = AggregateCall { arguments: Vec::new(), ..call.clone() };
        for argument in &call.arguments {
            let argument = self.expr(argument, scope)?;
            if let Some((name, span)) = first_aggregate(&argument) {
                let message = format!("{name} cannot stand inside {}", call.name);
                let help = "Compute it in a query inside, and aggregate its rows";
                return Err(Problem::new("SQL-043", span, message, help));
            }
            bound.arguments.push(argument);
        }
        if let Some(Over::Inline(spec)) = &call.over {
            let partition: Planned<Vec<Expr>> =
                spec.partition.iter().map(|it| self.expr(it, scope)).collect();
            let spec = WindowSpec { partition: partition?, ..spec.as_ref().clone() };
            bound.over = Some(Over::Inline(spec.into()));
        }
        Ok(bound)
    }

    /// A call of a function of the script: its body, with the arguments in the places of the
    /// parameters.
    fn call(
        &mut self,
        name: &Name,
        arguments: &[Expr],
        span: Span,
        scope: &Scope,
    ) -> Planned<Expr> {
        let folded = Dialect::Kinesis.folded(name);
        let Some(function) = self.functions.iter().rfind(|it| it.name == folded).cloned() else {
            let near = self
                .functions
                .iter()
                .find(|it| it.name.starts_with(&folded[..1.min(folded.len())]));
            let help = near.map_or_else(
                || "Check the spelling, or write CREATE FUNCTION in front".to_owned(),
                |near| format!("Perhaps {} is meant", near.name),
            );
            let message = format!("There is no function `{}`", name.text);
            return Err(Problem::new("SQL-054", span, message, help));
        };
        if function.parameters.len() != arguments.len() {
            let (wanted, given) = (function.parameters.len(), arguments.len());
            let message = format!("{folded} takes {wanted} arguments, not {given}");
            let help = "Give it as many as CREATE FUNCTION says";
            return Err(Problem::new("SQL-055", span, message, help));
        }
        let mut values = Vec::new();
        for (argument, target) in arguments.iter().zip(&function.parameters) {
            let argument = self.expr(argument, scope)?;
            let (kind, span) = (ExprKind::Cast(argument.into(), *target), span);
            values.push(at(kind, span));
        }
        let nodes = nodes_with(&function.body, &values);
        let mut body = if nodes <= EXPRESSION_NODES_MAX {
            function.body.replaced(&mut |node| match node.kind {
                ExprKind::Slot(index) => values.get(index as usize).cloned(),
                _ => None,
            })
        } else {
            return Err(too_large(span));
        };
        if function.null_on_null {
            body = unless_null(&values, body, span);
        }
        let whole = at(ExprKind::Cast(body.into(), function.returns), span);
        if whole.height() > HEIGHT_MAX { Err(too_large(span)) } else { Ok(whole) }
    }
}

/// A node at a place.
pub(super) fn at(kind: ExprKind, span: Span) -> Expr {
    Expr::new(kind, span)
}

/// Whether a type can be a condition.
pub(super) fn is_condition(found: Option<DataType>, span: Span, place: &str) -> Planned<()> {
    match found {
        Some(other) if other.class() != Class::Boolean => {
            let message = format!("{place} takes a condition, not {other}");
            Err(Problem::new("SQL-065", span, message, "Compare it with something: `a > 0`"))
        }
        _ => Ok(()),
    }
}

/// The first aggregate in an expression, and where it stands.
pub(super) fn first_aggregate(expr: &Expr) -> Option<(String, Span)> {
    let mut found = None;
    expr.visit(&mut |node| {
        if let ExprKind::Aggregate(call) = &node.kind
            && found.is_none()
        {
            found = Some((call.name.clone(), node.span));
        }
    });
    found
}

/// How many nodes a body has once its parameters stand in it.
fn nodes_with(body: &Expr, values: &[Expr]) -> usize {
    let count = |expr: &Expr| {
        let mut nodes = 0_usize;
        expr.visit(&mut |_| nodes += 1);
        nodes
    };
    let sizes: Vec<usize> = values.iter().map(count).collect();
    let mut nodes = 0_usize;
    body.visit(&mut |node| {
        let own = match node.kind {
            ExprKind::Slot(index) => sizes.get(index as usize).copied().unwrap_or(1),
            _ => 1,
        };
        nodes = nodes.saturating_add(own);
    });
    nodes
}

fn too_large(span: Span) -> Problem {
    let message = "With its functions taken apart the expression is too large";
    Problem::new("SQL-061", span, message, "Call fewer functions inside each other")
}

/// `CASE WHEN a IS NULL OR b IS NULL THEN NULL ELSE body END`.
fn unless_null(values: &[Expr], body: Expr, span: Span) -> Expr {
    let tests = values.iter().map(|value| {
        let value = Box::new(value.clone());
        at(ExprKind::Is { value, truth: Truth::Null, negated: false }, span)
    });
    let Some(any) =
        tests.reduce(|a, b| at(ExprKind::Binary(BinaryOp::Or, a.into(), b.into()), span))
    else {
        return body;
    };
    let branches = vec![(any, at(ExprKind::Literal(Value::Null), span))];
    at(ExprKind::Case { operand: None, branches, otherwise: Some(body.into()) }, span)
}
