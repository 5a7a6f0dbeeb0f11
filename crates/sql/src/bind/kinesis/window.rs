//! Sliding windows of queries and joins (facts, analytics §2.5).

use super::scope::Scope;
use super::{Binder, Planned};
use crate::ast::{Bound, Frame, FrameUnit, NamedWindow, Over, WindowSpec};
use crate::dialect::Dialect;
use crate::exec::calls::{Call, Calls};
use crate::exec::operator::{Back, SlidingWindow};
use crate::expr::{AggregateCall, Expr, ExprKind, Name, Span};
use crate::problem::Problem;
use crate::types::DataType;
use crate::value::Value;

/// The windows of a query and what is computed over each.
#[derive(Debug, Default)]
pub(super) struct Windows {
    found: Vec<Window>,
}

#[derive(Debug)]
struct Window {
    partition: Vec<Expr>,
    back: Back,
    /// What is computed, as written and as called.
    calls: Vec<(AggregateCall, Call)>,
}

impl Windows {
    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Where an aggregate's value is behind so many values of a row.
    pub(super) fn slot(&self, call: &AggregateCall, width: u32) -> Option<u32> {
        let mut all = self.found.iter().flat_map(|it| &it.calls);
        let place = all.position(|(it, _)| it == call)?;
        Some(width + u32::try_from(place).unwrap_or(u32::MAX - width))
    }

    /// The types of the values, in order.
    pub(super) fn types(&self) -> impl Iterator<Item = Option<DataType>> {
        self.found.iter().flat_map(|it| &it.calls).map(|(_, call)| call.aggregate.result())
    }

    pub(super) fn operators(self) -> Vec<SlidingWindow> {
        let made = self.found.into_iter().map(|Window { partition, back, calls }| {
            let calls: Vec<Call> = calls.into_iter().map(|(_, call)| call).collect();
            SlidingWindow::new(partition, back, Calls(calls.into()))
        });
        made.collect()
    }
}

impl Binder {
    /// Collects the aggregates over sliding windows in a bound expression.
    pub(super) fn collect_windows(
        &mut self,
        expr: &Expr,
        (scope, width): (&Scope, u32),
        named: &[NamedWindow],
        windows: &mut Windows,
    ) -> Planned<()> {
        let mut calls: Vec<(&AggregateCall, Span)> = Vec::new();
        expr.visit(&mut |node| {
            if let ExprKind::Aggregate(call) = &node.kind
                && call.over.is_some()
            {
                calls.push((call, node.span));
            }
        });
        for (call, span) in calls {
            if windows.slot(call, width).is_some() {
                continue;
            }
            let Some(over) = &call.over else { continue };
            let back = reach_of(over, named)?;
            // What stands inside an aggregate is bound already, a named window is not.
            let partition: Vec<Expr> = match over {
                Over::Inline(spec) => spec.partition.clone(),
                Over::Named(name, span) => {
                    let spec = named_window(name, *span, named)?;
                    let bound: Planned<Vec<Expr>> =
                        spec.partition.iter().map(|it| self.expr(it, scope)).collect();
                    bound?
                }
            };
            let mut made = self.aggregate(call, &scope.types(width), span)?;
            made.aggregate.retracts = back != Back::All;
            let same =
                windows.found.iter_mut().find(|it| it.partition == partition && it.back == back);
            match same {
                Some(window) => window.calls.push((call.clone(), made)),
                None => {
                    let calls = vec![(call.clone(), made)];
                    windows.found.push(Window { partition, back, calls });
                }
            }
        }
        Ok(())
    }
}

fn named_window<'a>(name: &Name, span: Span, named: &'a [NamedWindow]) -> Planned<&'a WindowSpec> {
    let folded = Dialect::Kinesis.folded(name);
    let found = named.iter().find(|it| Dialect::Kinesis.folded(&it.name) == folded);
    found.map(|it| &it.spec).ok_or_else(|| {
        let message = format!("There is no window `{folded}`");
        let help = format!("Write WINDOW {folded} AS (…) at the end of the query");
        Problem::new("SQL-060", span, message, help)
    })
}

/// How far a window reaches.
///
/// # Errors
/// There is no such window, or it does not end at the current row.
pub(super) fn reach_of(over: &Over, named: &[NamedWindow]) -> Planned<Back> {
    let spec = match over {
        Over::Inline(spec) => spec,
        Over::Named(name, span) => named_window(name, *span, named)?,
    };
    let Some(frame) = &spec.frame else { return Ok(Back::All) };
    if !matches!(frame.end, Bound::CurrentRow) {
        let message = "A sliding window ends at the current row";
        let help = "Write BETWEEN … PRECEDING AND CURRENT ROW: what follows is not known yet";
        return Err(Problem::new("SQL-048", frame.span, message, help));
    }
    back_of(frame)
}

fn back_of(frame: &Frame) -> Planned<Back> {
    let distance = match &frame.start {
        Bound::UnboundedPreceding => return Ok(Back::All),
        Bound::CurrentRow if frame.unit == FrameUnit::Range => return Ok(Back::Micros(0)),
        Bound::CurrentRow => return Ok(Back::Rows(0)),
        Bound::Preceding(distance) => &distance.kind,
        Bound::Following(_) | Bound::UnboundedFollowing => {
            let message = "A sliding window begins before the current row";
            let help = "Write RANGE INTERVAL '1' MINUTE PRECEDING, or ROWS 2 PRECEDING";
            return Err(Problem::new("SQL-048", frame.span, message, help));
        }
    };
    match (frame.unit, distance) {
        (FrameUnit::Range, ExprKind::Literal(Value::Interval(micros @ 1..))) => {
            Ok(Back::Micros(*micros))
        }
        (FrameUnit::Rows, ExprKind::Literal(Value::Integer(rows @ 1..))) => {
            Ok(Back::Rows(rows.unsigned_abs()))
        }
        _ => {
            let message = "How far the window reaches back is not a constant above zero";
            let help = "Write RANGE INTERVAL '1' MINUTE PRECEDING or ROWS 2 PRECEDING; for the row \
                        alone CURRENT ROW";
            Err(Problem::new("SQL-062", frame.span, message, help))
        }
    }
}
