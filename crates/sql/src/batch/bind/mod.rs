//! From a query as written to its steps. Problems are collected: what is wrong becomes NULL of an
//! unknown type, and reading goes on.

mod call;
mod expr;
mod from;
mod group;
mod implied;
mod push;
mod query;
mod recursion;
mod scope;
mod select;
mod window;

use self::scope::{Column, Scope};
use super::Table;
use super::plan::{Plan, Step};
use crate::ast::{Script, StatementKind};
use crate::expr::{Expr, ExprKind, Span};
use crate::limits::PROBLEMS_MAX;
use crate::problem::Problem;
use crate::types::DataType;
use crate::value::Value;

/// The steps of the only query of a script, and the names of its columns.
///
/// # Errors
/// Everything that is wrong with it.
pub(super) fn bind(script: &Script, tables: &[Table]) -> Result<(Plan, Vec<String>), Vec<Problem>> {
    let [statement] = &script.statements[..] else {
        let span = script.statements.get(1).map_or(Span::default(), |it| it.span);
        return Err(vec![no_query(span, "One query is answered at a time")]);
    };
    let StatementKind::Query(query) = &statement.kind else {
        return Err(vec![no_query(statement.span, "Tables can only be queried here")]);
    };
    let mut binder = Binder { tables, ..Binder::default() };
    let relation = binder.query(query);
    let Binder { mut plan, mut problems, .. } = binder;
    plan.root = relation.step;
    if problems.is_empty() {
        let names = relation.scope.star.iter().map(|it| relation.scope.name(*it)).collect();
        return Ok((plan, names));
    }
    base::order::sort_by_key(&mut problems, |it| it.span);
    problems.dedup();
    problems.truncate(PROBLEMS_MAX);
    Err(problems)
}

fn no_query(span: Span, message: &str) -> Problem {
    Problem::new("SQL-160", span, message, "Write one SELECT, WITH or VALUES")
}

/// What has been read so far.
#[derive(Debug, Default)]
struct Binder<'a> {
    tables: &'a [Table],
    plan: Plan,
    /// Queries of `WITH` that can be seen here.
    commons: Vec<Visible>,
    /// The queries around this one, the nearest last.
    around: Vec<Around>,
    problems: Vec<Problem>,
    depth: u32,
    /// Nodes of expressions that stand in the place of names so far.
    expanded: usize,
}

/// A query of `WITH`.
#[derive(Clone, Debug)]
struct Visible {
    name: String,
    columns: Vec<Column>,
    number: usize,
    /// Whether something has named it.
    named: bool,
}

/// The query around one within an expression.
#[derive(Debug)]
struct Around {
    scope: Scope,
    /// What the inner query takes from its rows.
    arguments: Vec<(Expr, Option<DataType>)>,
}

/// What a query gives.
#[derive(Debug, Default)]
struct Relation {
    step: Step,
    scope: Scope,
}

impl Binder<'_> {
    fn tell(
        &mut self,
        code: &'static str,
        span: Span,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.problems.push(Problem::new(code, span, message, help));
    }

    /// There are more of something than there may be.
    fn too_many(&mut self, span: Span, what: &str, most: usize) {
        let message = format!("There are more than {most} {what} here");
        self.tell("SQL-178", span, message, "Write fewer of them");
    }

    /// Redshift or its neighbours have it, this has not.
    fn absent(&mut self, span: Span, what: &str) {
        self.tell(
            "SQL-179",
            span,
            format!("{what} is not simulated"),
            "Write the query without it",
        );
    }
}

/// NULL in the place of what is wrong.
fn nothing(span: Span) -> Expr {
    Expr::new(ExprKind::Literal(Value::Null), span)
}

fn slot(index: u32, span: Span) -> Expr {
    Expr::new(ExprKind::Slot(index), span)
}

fn count(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}
