//! `GROUP BY` and `WINDOWED BY STAGGER`: aggregates of windows.

use super::expr::{at, first_aggregate};
use super::from::{From, count};
use super::{Binder, Planned, absent};
use crate::agg::{self, Aggregate, AggregateFunction};
use crate::ast::query::Group;
use crate::eval::eval;
use crate::exec::calls::{Call, Calls};
use crate::exec::operator::{Rise, Stagger, Tumble};
use crate::exec::width::Width;
use crate::exec::{Node, NodeId, Row};
use crate::expr::{AggregateCall, BinaryOp, Expr, ExprKind, Span, TIME_SLOT};
use crate::function::Function;
use crate::problem::Problem;
use crate::rules::{Nulls, Rules};
use crate::types::DataType;
use crate::value::Value;

/// What the rows of a group can say: its keys and its aggregates.
#[derive(Debug)]
pub(super) struct Grouping {
    /// Bound keys, and where their values are.
    keys: Vec<(Expr, u32)>,
    calls: Vec<(AggregateCall, Call)>,
    /// Values in front of those of the aggregates.
    pub width: u32,
    kind: Kind,
    key_types: Vec<Option<DataType>>,
    span: Span,
}

#[derive(Debug)]
enum Kind {
    Tumbling(Width),
    /// For as long as `MONOTONIC(e)` stays the same.
    Rising(Expr),
    Stagger(i64),
}

/// Where the time of a row of a group is said to be: it is no key, whatever is grouped by.
pub(super) const OWN_TIME_SLOT: u32 = TIME_SLOT - 1;

/// How a bound expression cuts time, if it does: it rises with `ROWTIME` alone.
pub(super) fn width_of(expr: &Expr) -> Option<Width> {
    let is_time = |expr: &Expr| expr.kind == ExprKind::Slot(TIME_SLOT);
    match &expr.kind {
        ExprKind::Slot(TIME_SLOT) => Some(Width::Moment),
        ExprKind::Call { function: Function::FloorTo(unit), arguments } => {
            arguments.first().filter(|it| is_time(it)).map(|_| Width::of_unit(*unit))
        }
        ExprKind::Call { function: Function::Step, arguments } => match &arguments[..] {
            [time, step] if is_time(time) => match step.kind {
                ExprKind::Literal(Value::Interval(micros @ 1..)) => Some(Width::Micros(micros)),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    }
}

/// Whether the query promises that it never falls.
fn is_promised(expr: &Expr) -> bool {
    matches!(&expr.kind, ExprKind::Call { function: Function::Monotonic, .. })
}

/// How `FLOOR((s.ROWTIME - TIMESTAMP '1970-01-01 00:00:00') SECOND / 10 TO SECOND)` cuts time: the
/// way to windows of so many seconds before there was `STEP` (AWS developer guide, "Tumbling
/// Windows").
fn seconds_of(expr: &Expr) -> Option<Width> {
    let ExprKind::Call { function: Function::FloorTo(unit), arguments } = &expr.kind else {
        return None;
    };
    let (span, by) = match &arguments.first()?.kind {
        ExprKind::Binary(BinaryOp::Divide, span, by) => match by.kind {
            ExprKind::Literal(Value::Integer(by @ 1..)) => (span.as_ref(), by),
            _ => return None,
        },
        _ => (arguments.first()?, 1),
    };
    let ExprKind::Call { function: Function::Span(_), arguments } = &span.kind else { return None };
    match &arguments[..] {
        [time, from]
            if time.kind == ExprKind::Slot(TIME_SLOT)
                && from.kind == ExprKind::Literal(Value::Timestamp(0)) =>
        {
            unit.micros()?.checked_mul(by).map(Width::Micros)
        }
        _ => None,
    }
}

impl Binder {
    /// How the rows are grouped, if they are.
    pub(super) fn grouping(&mut self, group: &Group, from: &From) -> Planned<Option<Grouping>> {
        let scope = (&from.scope, from.width);
        match group {
            Group::None => Ok(None),
            Group::Sets(_, span) => Err(absent(*span, "GROUPING SETS, ROLLUP or CUBE")),
            Group::By(exprs, span) => {
                let mut width = None;
                let (mut keys, mut key_types) = (Vec::new(), Vec::new());
                for expr in exprs {
                    let (bound, found) = self.scalar(expr, scope, "GROUP BY")?;
                    let Some(cut) = width_of(&bound) else {
                        if let ExprKind::Slot(slot) = bound.kind {
                            width = width.or(from.scope.cut(slot));
                        }
                        // It is a time of its own, and what it cuts is closed by the clock.
                        width = width.or(seconds_of(&bound));
                        keys.push((bound, count(key_types.len()) + 1));
                        key_types.push(found);
                        continue;
                    };
                    if width.is_some_and(|it| it != cut) {
                        let message = "Two expressions of ROWTIME stand in GROUP BY";
                        let help = "Keep one of them; the other may be of an event time";
                        return Err(Problem::new("SQL-064", expr.span, message, help));
                    }
                    width = Some(cut);
                    keys.push((bound, 0));
                }
                let promised = keys.iter().map(|it| &it.0).find(|it| is_promised(it)).cloned();
                let kind = match (width, promised) {
                    (Some(width), _) => Kind::Tumbling(width),
                    (None, Some(rising)) => Kind::Rising(rising),
                    (None, None) => return Err(no_time(*span)),
                };
                let first = 1 + count(key_types.len());
                let calls = Vec::new();
                Ok(Some(Grouping { keys, calls, width: first, kind, key_types, span: *span }))
            }
            Group::Stagger { partition, range, span } => {
                let ExprKind::Literal(Value::Interval(micros @ 1..)) = range.kind else {
                    let message = "The range of a stagger window is not a constant above zero";
                    let help = "Write RANGE INTERVAL '1' MINUTE";
                    return Err(Problem::new("SQL-062", range.span, message, help));
                };
                let (mut keys, mut key_types) = (Vec::new(), Vec::new());
                for expr in partition {
                    let (bound, found) = self.scalar(expr, scope, "PARTITION BY")?;
                    keys.push((bound, count(key_types.len())));
                    key_types.push(found);
                }
                let width = count(keys.len());
                let (kind, calls) = (Kind::Stagger(micros), Vec::new());
                Ok(Some(Grouping { keys, calls, width, kind, key_types, span: *span }))
            }
        }
    }

    /// An expression over a row of a group: keys and aggregates in the places of slots.
    pub(super) fn over_group(
        &mut self,
        bound: &Expr,
        grouping: &mut Grouping,
        from: &From,
    ) -> Planned<Expr> {
        let types = from.scope.types(from.width);
        let mut failed = None;
        let made = bound.replaced(&mut |node| {
            if let Some((_, slot)) = grouping.keys.iter().find(|(key, _)| key == node) {
                return Some(at(ExprKind::Slot(*slot), node.span));
            }
            let problem = match &node.kind {
                ExprKind::Aggregate(call) => {
                    match self.grouped(call, grouping, &types, node.span) {
                        Ok(slot) => return Some(at(ExprKind::Slot(slot), node.span)),
                        Err(problem) => problem,
                    }
                }
                // The time of the row about to be produced (facts, analytics §2.1).
                ExprKind::Slot(TIME_SLOT | OWN_TIME_SLOT) => {
                    return Some(at(ExprKind::Slot(TIME_SLOT), node.span));
                }
                ExprKind::Slot(slot) => not_grouped(from, *slot, node.span),
                _ => return None,
            };
            failed.get_or_insert(problem);
            Some(at(ExprKind::Literal(Value::Null), node.span))
        });
        failed.map_or(Ok(made), Err)
    }

    /// Where the value of an aggregate is.
    fn grouped(
        &mut self,
        call: &AggregateCall,
        grouping: &mut Grouping,
        types: &[Option<DataType>],
        span: Span,
    ) -> Planned<u32> {
        if call.over.is_some() {
            let message = format!("{} OVER a window stands in a query with groups", call.name);
            let help = "Group in a query inside, and slide over its rows";
            return Err(Problem::new("SQL-043", span, message, help));
        }
        let known = grouping.calls.iter().position(|(it, _)| it == call);
        let place = match known {
            Some(place) => place,
            None => {
                let made = self.aggregate(call, types, span)?;
                grouping.calls.push((call.clone(), made));
                grouping.calls.len() - 1
            }
        };
        Ok(grouping.width + count(place))
    }

    /// An aggregate function as it is called.
    pub(super) fn aggregate(
        &mut self,
        call: &AggregateCall,
        types: &[Option<DataType>],
        span: Span,
    ) -> Planned<Call> {
        if call.distinct {
            let message = format!("{}(DISTINCT …) is not allowed over a stream", call.name);
            let help = "Use COUNT_DISTINCT_ITEMS_TUMBLING, or group twice: first by the column";
            return Err(Problem::new("SQL-047", span, message, help));
        }
        if call.filter.is_some() {
            return Err(absent(span, "FILTER"));
        }
        let is_star = call.name == "COUNT" && call.arguments.is_empty();
        let (function, least, most) = match agg::find(&call.name) {
            _ if is_star => (AggregateFunction::CountRows, 0, 0),
            Some(found) => found,
            None => return Err(absent(span, &format!("{} OVER", call.name))),
        };
        if !(least..=most).contains(&call.arguments.len()) {
            let message = format!("{} cannot take {} arguments", call.name, call.arguments.len());
            let help = format!("It takes {least} to {most}");
            return Err(Problem::new("SQL-055", span, message, help));
        }
        let argument = call.arguments.first().cloned();
        let found = match &argument {
            Some(argument) => self.checked(argument, types)?,
            None => None,
        };
        if let (Some(wanted), Some(found)) = (function.takes(), found)
            && wanted != found.class()
        {
            let message = format!("{} takes {}, not {found}", call.name, wanted.word());
            return Err(Problem::new("SQL-055", span, message, "Use CAST(… AS …) first"));
        }
        let mut aggregate = Aggregate::new(function, found, Rules::KINESIS);
        if call.ignore_nulls {
            aggregate.nulls = Nulls::Ignore;
        }
        aggregate.from_last = call.from_last;
        for constant in call.arguments.iter().skip(1) {
            let Some(value) = constant_of(constant) else {
                let message = format!("{} takes constants behind its first argument", call.name);
                return Err(Problem::new("SQL-062", constant.span, message, "Write a number"));
            };
            aggregate.constants.push(value);
        }
        Ok(Call { aggregate, argument, filter: None })
    }
}

impl Grouping {
    /// The types of the values of a group.
    pub(super) fn types(&self) -> Vec<Option<DataType>> {
        let start = match self.kind {
            Kind::Tumbling(_) | Kind::Rising(_) => Some(Some(DataType::Timestamp)),
            Kind::Stagger(_) => None,
        };
        let calls = self.calls.iter().map(|(_, call)| call.aggregate.result());
        start.into_iter().chain(self.key_types.iter().copied()).chain(calls).collect()
    }

    /// Whether the first value of a group is the beginning of its window.
    pub(super) fn has_start(&self) -> bool {
        !matches!(self.kind, Kind::Stagger(_))
    }

    /// Puts the operator behind the rows.
    pub(super) fn wire(self, binder: &mut Binder, node: NodeId) -> Planned<NodeId> {
        let calls: Vec<Call> = self.calls.into_iter().map(|(_, call)| call).collect();
        let calls = Calls(calls.into());
        let operator: Node = match self.kind {
            Kind::Tumbling(width) => {
                let keys = self.keys.into_iter().filter(|(_, slot)| *slot > 0);
                let keys = keys.map(|(key, _)| key).collect();
                Tumble::new(width, keys, calls, self.span).into()
            }
            Kind::Rising(rising) => {
                let keys = self.keys.into_iter().map(|(key, _)| key).collect();
                Rise::new(rising, keys, calls, self.span).into()
            }
            Kind::Stagger(range) => {
                let keys = self.keys.into_iter().map(|(key, _)| key).collect();
                Stagger::new(range, keys, calls, self.span).into()
            }
        };
        binder.add(operator, &[node], self.span)
    }
}

/// A query of a stream that aggregates without a window.
pub(super) fn no_time(span: Span) -> Problem {
    let message = "Groups of a stream never end: no expression here rises with ROWTIME";
    let help = "Add STEP(s.ROWTIME BY INTERVAL '60' SECOND) or FLOOR(s.ROWTIME TO MINUTE) to \
                GROUP BY; of two streams that are joined, ROWTIME alone";
    Problem::new("SQL-045", span, message, help)
}

/// An aggregate in a query without groups, if there is one.
pub(super) fn ungrouped(bound: &Expr) -> Option<Problem> {
    let (_, span) = first_aggregate(bound)?;
    Some(no_time(span))
}

/// The value of an expression over no row.
fn constant_of(expr: &Expr) -> Option<Value> {
    let mut is_constant = true;
    expr.visit(&mut |node| is_constant &= !matches!(node.kind, ExprKind::Slot(_)));
    eval(expr, &Row::insert(0, Vec::new())).ok().filter(|_| is_constant)
}

fn not_grouped(from: &From, slot: u32, span: Span) -> Problem {
    let columns = from.scope.sources.iter().flat_map(|it| (it.first..).zip(&it.columns));
    let name = columns.into_iter().find(|(at, _)| *at == slot).map(|(_, it)| it.name.as_str());
    let name = name.unwrap_or("ROWTIME");
    let message = format!("`{name}` is neither grouped by nor inside an aggregate");
    let help = format!("Add {name} to GROUP BY, or write MAX({name})");
    Problem::new("SQL-044", span, message, help)
}
