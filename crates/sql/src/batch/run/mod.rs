//! A plan at work: each step gives all its rows at once, in an order that is always the same.

#![expect(
    clippy::disallowed_types,
    reason = "what a query within an expression came to is kept while its row is only read; no \
              component keeps it"
)]

mod fold;
mod frame;
mod group;
mod inner;
mod join;
mod key;
mod recursion;
mod set;
mod window;

use core::cell::{Cell, RefCell};

use self::inner::Answered;
use self::join::Index;
use super::plan::{PARAMETER, Plan, Slice, Step};
use super::{Line, Table};
use crate::eval::{Fault, Row, eval};
use crate::exec::calls::{SortKey, sort_order};
use crate::exec::key::KeyMap;
use crate::expr::{Expr, ExprKind, Name, Span};
use crate::limits::{ROWS_AT_ONCE_MAX, STEPS_MAX, TEXT_BYTES_MAX, VALUES_MAX};
use crate::problem::Problem;
use crate::rules::Rules;
use crate::value::Value;

/// The rows a plan comes to.
///
/// # Errors
/// A value that cannot be computed, or a limit that is reached.
pub(super) fn run(plan: &Plan, tables: &[Table], now_micros: i64) -> Result<Vec<Line>, Problem> {
    let run = Run {
        plan,
        tables,
        now_micros,
        commons: plan.commons.iter().map(|_| RefCell::default()).collect(),
        answered: plan.inner.iter().map(|_| RefCell::default()).collect(),
        indexes: (0..plan.lookups).map(|_| RefCell::default()).collect(),
        steps: Cell::new(0),
        bytes: Cell::new(0),
        kept: Cell::new(0),
        stopped: RefCell::default(),
    };
    run.rows(&plan.root, &[])
}

/// What is known while a plan is at work.
struct Run<'a> {
    plan: &'a Plan,
    tables: &'a [Table],
    now_micros: i64,
    /// The rows of the queries of `WITH`, once they are asked for.
    commons: Vec<RefCell<Option<Vec<Line>>>>,
    /// What queries within expressions came to, by their arguments.
    answered: Vec<RefCell<KeyMap<Answered>>>,
    /// Tables by keys.
    indexes: Vec<RefCell<Option<Index>>>,
    /// Rows looked at so far.
    steps: Cell<u64>,
    /// Bytes of texts that were made so far.
    bytes: Cell<u64>,
    /// Values that answers of queries within expressions hold together.
    kept: Cell<usize>,
    /// What is wrong within a query within an expression.
    stopped: RefCell<Option<Problem>>,
}

/// What a step gives.
type Made<T> = Result<T, Problem>;

/// What an expression stands over: a row, and the arguments of its query.
struct At<'a> {
    run: &'a Run<'a>,
    values: &'a [Value],
    arguments: &'a [Value],
}

impl Row for At<'_> {
    /// Names are bound before.
    fn column(&self, _path: &[Name]) -> Value {
        Value::Null
    }

    fn slot(&self, index: u32) -> Value {
        let found = match index {
            PARAMETER.. => self.arguments.get((index - PARAMETER) as usize),
            _ => self.values.get(index as usize),
        };
        found.cloned().unwrap_or(Value::Null)
    }

    fn inner(&self, query: u32, arguments: &[Value]) -> Result<Value, Fault> {
        self.run.inner(query as usize, arguments).map_err(|problem| {
            let (span, message) = (problem.span, problem.message.clone());
            self.run.stopped.borrow_mut().get_or_insert(problem);
            Fault { span, message }
        })
    }

    fn now_micros(&self) -> i64 {
        self.run.now_micros
    }

    fn rules(&self) -> &'static Rules {
        &Rules::REDSHIFT
    }
}

impl Run<'_> {
    /// All rows of a step.
    fn rows(&self, step: &Step, arguments: &[Value]) -> Made<Vec<Line>> {
        Ok(match step {
            Step::One => vec![Line::from([])],
            Step::Table(index) => {
                let rows = &self.tables[*index].rows;
                self.spend(rows.len(), Span::default())?;
                rows.clone()
            }
            Step::Common(number) => self.common(*number)?,
            Step::Values(rows) => {
                let row = |row: &Vec<Expr>| self.values(row, &[], arguments);
                rows.iter().map(row).collect::<Made<Vec<Line>>>()?
            }
            Step::Lookup(lookup) => self.looked_up(lookup, arguments)?,
            Step::Filter(from, conditions) => {
                let rows = self.rows(from, arguments)?;
                let span = conditions.first().map_or(Span::default(), |it| it.span);
                self.spend(rows.len(), span)?;
                let mut kept = Vec::new();
                for row in rows {
                    if self.all_hold(conditions, &row, arguments)? {
                        kept.push(row);
                    }
                }
                kept
            }
            Step::Project(from, exprs) => {
                let rows = self.rows(from, arguments)?;
                let span = exprs.first().map_or(Span::default(), |it| it.span);
                self.spend(rows.len(), span)?;
                self.bound(rows.len(), exprs.len(), span)?;
                let row = |row: &Line| self.values(exprs, row, arguments);
                rows.iter().map(row).collect::<Made<Vec<Line>>>()?
            }
            Step::Join(join) => self.join(join, arguments)?,
            Step::Group(group) => self.group(group, arguments)?,
            Step::Window(window) => self.window(window, arguments)?,
            Step::Apply(apply) => self.apply(apply, arguments)?,
            Step::Recursion(recursion) => self.recursion(recursion)?,
            Step::Distinct(from, keys) if keys.is_empty() => {
                set::distinct(self.rows(from, arguments)?)
            }
            Step::Distinct(from, keys) => {
                let rows = self.rows(from, arguments)?;
                self.first_of_each(rows, keys, arguments)?
            }
            Step::Set(set) => self.set(set, arguments)?,
            Step::Sort(from, keys) => {
                let rows = self.rows(from, arguments)?;
                self.sorted(rows, keys, arguments)?
            }
            Step::Slice(slice) => self.slice(slice, arguments)?,
        })
    }

    /// The rows of a query of `WITH`: made once.
    fn common(&self, number: usize) -> Made<Vec<Line>> {
        if let Some(rows) = &*self.commons[number].borrow() {
            self.spend(rows.len(), Span::default())?;
            return Ok(rows.clone());
        }
        let rows = self.rows(&self.plan.commons[number], &[])?;
        *self.commons[number].borrow_mut() = Some(rows.clone());
        Ok(rows)
    }

    fn slice(&self, slice: &Slice, arguments: &[Value]) -> Made<Vec<Line>> {
        let mut rows = self.rows(&slice.from, arguments)?;
        let offset = usize::try_from(slice.offset).unwrap_or(usize::MAX).min(rows.len());
        rows.drain(..offset);
        if let Some(limit) = slice.limit {
            rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        }
        Ok(rows)
    }

    /// Rows in order; equal ones as they came.
    fn sorted(&self, rows: Vec<Line>, keys: &[SortKey], arguments: &[Value]) -> Made<Vec<Line>> {
        let mut keyed = Vec::with_capacity(rows.len());
        for row in rows {
            keyed.push((self.sort_values(keys, &row, arguments)?, row));
        }
        base::order::sort_by(&mut keyed, |a, b| sort_order(keys, &a.0, &b.0));
        Ok(keyed.into_iter().map(|it| it.1).collect())
    }

    fn sort_values(
        &self,
        keys: &[SortKey],
        values: &[Value],
        arguments: &[Value],
    ) -> Made<Vec<Value>> {
        keys.iter().map(|key| self.value(&key.expr, values, arguments)).collect()
    }

    /// Expressions over a row.
    fn values(&self, exprs: &[Expr], values: &[Value], arguments: &[Value]) -> Made<Line> {
        let value = |expr: &Expr| {
            let found = self.value(expr, values, arguments)?;
            if !matches!(expr.kind, ExprKind::Slot(_)) {
                self.written(&found, expr.span)?;
            }
            Ok(found)
        };
        exprs.iter().map(value).collect()
    }

    /// Counts the bytes of new texts.
    fn written(&self, value: &Value, span: Span) -> Made<()> {
        let bytes = self.bytes.get().saturating_add(value.text_bytes());
        self.bytes.set(bytes);
        if bytes <= TEXT_BYTES_MAX {
            return Ok(());
        }
        let message = format!("The query makes more than {TEXT_BYTES_MAX} bytes of texts");
        Err(Problem::new("SQL-178", span, message, "Make shorter texts, or of fewer rows"))
    }

    /// Whether all of these conditions hold.
    fn all_hold(&self, conditions: &[Expr], values: &[Value], arguments: &[Value]) -> Made<bool> {
        for condition in conditions {
            if !self.holds(condition, values, arguments)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether a condition holds; unknown does not.
    fn holds(&self, condition: &Expr, values: &[Value], arguments: &[Value]) -> Made<bool> {
        Ok(self.value(condition, values, arguments)? == Value::Boolean(true))
    }

    /// An expression over a row.
    fn value(&self, expr: &Expr, values: &[Value], arguments: &[Value]) -> Made<Value> {
        eval(expr, &At { run: self, values, arguments }).map_err(|fault| {
            let inside = self.stopped.borrow_mut().take();
            inside.unwrap_or_else(|| failed(fault.span, fault.message))
        })
    }

    /// Counts rows that are looked at.
    fn spend(&self, rows: usize, span: Span) -> Made<()> {
        let steps = self.steps.get().saturating_add(rows as u64 + 1);
        self.steps.set(steps);
        if steps <= STEPS_MAX {
            return Ok(());
        }
        let message = format!("The query looks at more than {STEPS_MAX} rows");
        let help = "Join by what is equal, and filter before joining";
        Err(Problem::new("SQL-178", span, message, help))
    }

    /// Whether so many rows may be there at once.
    fn bound(&self, rows: usize, width: usize, span: Span) -> Made<()> {
        let values = rows.saturating_mul(width);
        if rows <= ROWS_AT_ONCE_MAX && values <= VALUES_MAX {
            return Ok(());
        }
        let message = format!(
            "More than {ROWS_AT_ONCE_MAX} rows or {VALUES_MAX} values come out here at once"
        );
        let help = "Select fewer columns, filter before joining, or join by what is equal";
        Err(Problem::new("SQL-178", span, message, help))
    }
}

/// A value that cannot be computed.
fn failed(span: Span, message: impl Into<String>) -> Problem {
    let help = "Leave out the rows it fails for, or write CASE WHEN … THEN … END around it";
    Problem::new("SQL-176", span, message, help)
}
