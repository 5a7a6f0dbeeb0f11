//! `OVER`: aggregates over the rows before each row, and `ROW_NUMBER`.

use super::call::{calls_of, constant};
use super::query::Items;
use super::relation::{Field, Relation, Scope, Time, slot_expr, slot_of, time_of};
use super::{Planned, Planner, absent};
use crate::ast::query::SelectQuery;
use crate::ast::window::{Bound, Frame, FrameUnit, Over, WindowSpec};
use crate::exec::calls::Calls;
use crate::exec::operator::{self, Reach};
use crate::expr::{AggregateCall, Expr, Span};
use crate::lower::lower;
use crate::problem::Problem;
use crate::rules::Rules;
use crate::value::Value;

/// A window behind `OVER`, bound.
#[derive(Clone, Debug, PartialEq)]
struct Sliding {
    partition: Vec<Expr>,
    /// The event time it is ordered by; none for processing time.
    time: Option<u32>,
    reach: Reach,
}

impl Planner {
    /// A query with functions over sliding windows.
    pub(super) fn over(
        &mut self,
        relation: &Relation,
        scope: &Scope,
        select: &SelectQuery,
        items: Items,
    ) -> Planned<Relation> {
        let exprs: Vec<Expr> = items.iter().map(|it| it.1.clone()).collect();
        let calls = calls_of(&exprs);
        let ranks = ["ROW_NUMBER", "RANK", "DENSE_RANK"];
        if let Some((call, span)) = calls.iter().find(|it| ranks.contains(&it.0.name.as_str())) {
            if call.name != "ROW_NUMBER" {
                return Err(absent(*span, &call.name));
            }
            let spec = self.spec(call, select, *span)?;
            return self.numbered(relation, scope, &items, (&spec, *span));
        }
        let mut window: Option<Sliding> = None;
        let mut bound = Vec::new();
        let mut call_slots = Vec::new();
        let width = u32::try_from(relation.fields.len()).unwrap_or(u32::MAX);
        let mut fields = relation.fields.clone();
        for (slot, (call, span)) in (width..).zip(&calls) {
            let spec = self.spec(call, select, *span)?;
            let sliding = self.sliding(call, &spec, relation, scope)?;
            if window.as_ref().is_some_and(|it| *it != sliding) {
                let message = "All windows of one SELECT must be the same";
                let help = "Name one behind WINDOW, or compute the other in an outer query";
                return Err(Problem::new("SQL-118", spec.span, message, help));
            }
            let retracts = matches!(sliding.reach, Reach::Time(_) | Reach::Rows(_));
            let plain = AggregateCall { over: None, ..call.clone() };
            let (made, data_type) = self.call(&plain, relation, (*span, retracts))?;
            fields.push(Field { name: String::new(), data_type, time: Time::None });
            call_slots.push((call.clone(), slot));
            bound.push(made);
            window = Some(sliding);
        }
        let Some(Sliding { partition, time, reach }) = window else {
            return Err(absent(select.span, "This window"));
        };
        let over = operator::Over::new(time, (partition, reach), Calls(bound.into()), select.span);
        let node = self.add(over, &[relation.node]);
        let columns = (0..width).map(|slot| (slot_expr(slot, select.span), slot));
        let columns: Vec<(Expr, u32)> = columns.collect();
        let mut made = Relation::new(node, fields);
        made.window = relation.window;
        let mut computed = Items::new();
        for (name, expr) in items {
            let expr = self.regrouped(&expr, &columns, &call_slots)?;
            computed.push((name, lower(&expr, &made.types(), &Rules::FLINK)));
        }
        self.project(&made, None, &computed)
    }

    /// The window of a call, wherever it is written.
    fn spec(&self, call: &AggregateCall, select: &SelectQuery, span: Span) -> Planned<WindowSpec> {
        match &call.over {
            Some(Over::Inline(spec)) => Ok((**spec).clone()),
            Some(Over::Named(name, at)) => {
                let found = select.windows.iter().find(|it| it.name.text == name.text);
                found.map(|it| it.spec.clone()).ok_or_else(|| {
                    let message = format!("There is no window `{}`", name.text);
                    Problem::new("SQL-118", *at, message, "Name it behind WINDOW")
                })
            }
            None => {
                let message = format!("{} beside windows needs one too", call.name);
                Err(Problem::new("SQL-118", span, message, "Write OVER (…) behind it"))
            }
        }
    }

    fn sliding(
        &mut self,
        call: &AggregateCall,
        spec: &WindowSpec,
        relation: &Relation,
        scope: &Scope,
    ) -> Planned<Sliding> {
        let bad = |message: &str, help: &str| Problem::new("SQL-118", spec.span, message, help);
        if relation.updates {
            return Err(bad("A window cannot slide over rows that change", "Aggregate outside"));
        }
        let keys = self.sort_keys(&spec.order, scope)?;
        let [key] = &keys[..] else {
            return Err(bad("A window is ordered by one column", "ORDER BY the time attribute"));
        };
        let time = match time_of(&key.expr, relation) {
            Time::Event => slot_of(&key.expr),
            Time::Processing => None,
            Time::None => {
                let help = "ORDER BY the time attribute";
                return Err(bad("A window is ordered by time only", help));
            }
        };
        if key.descending {
            return Err(bad("A window is ordered upwards only", "Leave out DESC"));
        }
        let mut partition = Vec::new();
        for expr in &spec.partition {
            partition.push(self.bind(expr, scope)?);
        }
        let reach = match &spec.frame {
            _ if call.name == "LAG" => Reach::AllTime,
            None => Reach::AllTime,
            Some(frame) => reach(frame)?,
        };
        Ok(Sliding { partition, time, reach })
    }
}

fn reach(frame: &Frame) -> Planned<Reach> {
    let bad = |message: &str, help: &str| Problem::new("SQL-118", frame.span, message, help);
    if !matches!(frame.end, Bound::CurrentRow) {
        return Err(bad("A window ends at the current row", "Write AND CURRENT ROW"));
    }
    match (&frame.start, frame.unit) {
        (_, FrameUnit::Groups) => Err(bad("GROUPS is not simulated", "Write ROWS or RANGE")),
        (Bound::UnboundedPreceding, FrameUnit::Range) => Ok(Reach::AllTime),
        (Bound::UnboundedPreceding, FrameUnit::Rows) => Ok(Reach::AllRows),
        (Bound::Preceding(expr), unit) => match (constant(expr)?, unit) {
            (Value::Interval(micros), FrameUnit::Range) => Ok(Reach::Time(micros)),
            (Value::Integer(rows), FrameUnit::Rows) if rows >= 0 => {
                Ok(Reach::Rows(u64::try_from(rows).unwrap_or_default()))
            }
            _ => Err(bad("RANGE takes an interval, ROWS a number", "ROWS 2 PRECEDING")),
        },
        (Bound::CurrentRow, FrameUnit::Rows) => Ok(Reach::Rows(0)),
        (Bound::CurrentRow, FrameUnit::Range) => Ok(Reach::Time(0)),
        (Bound::Following(_) | Bound::UnboundedFollowing, _) => {
            Err(bad("A window cannot look ahead", "Begin it with PRECEDING"))
        }
    }
}
