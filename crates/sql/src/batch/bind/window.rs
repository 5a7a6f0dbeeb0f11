//! Functions over windows.

use core::ops::RangeInclusive;

use super::expr::{calls_of, replace};
use super::query::sort_key;
use super::scope::Scope;
use super::select::Bound;
use super::{Binder, count, slot};
use crate::ast::Over;
use crate::ast::window::{self, FrameUnit, WindowSpec};
use crate::batch::plan::{Edge, Frame, Place, Slide, Sliding, Step, Window};
use crate::expr::{AggregateCall, Expr, ExprKind, Span};
use crate::types::{Class, DataType};
use crate::value::Value;

/// Functions over windows of one query: the step of each may stand inside the next.
const WINDOWS_MAX: usize = 50;

impl Binder<'_> {
    /// Values of windows behind those of each row, if any are asked for.
    pub(super) fn windowed(
        &mut self,
        step: Step,
        scope: Scope,
        bound: &mut Bound,
    ) -> (Step, Scope) {
        let calls = calls_of(&bound.exprs(), |_| true);
        if calls.is_empty() {
            return (step, scope);
        }
        if calls.len() > WINDOWS_MAX {
            self.too_many(calls[0].1, "functions over windows", WINDOWS_MAX);
            return (step, scope);
        }
        let (mut step, mut scope, mut places) = (step, scope, Vec::new());
        for (call, span) in &calls {
            let Some(Over::Inline(spec)) = &call.over else { continue };
            let types = scope.types();
            for expr in spec.partition.iter().chain(spec.order.iter().map(|it| &it.expr)) {
                self.refuse_calls(expr, "OVER");
                self.type_of(expr, &types);
            }
            let (sliding, gives) = self.sliding(call, spec, &types, *span);
            places.push(count(scope.columns.len()));
            scope = Self::widened(&scope, vec![gives]);
            let order = spec.order.iter().map(|it| sort_key(it, it.expr.clone())).collect();
            let partition = spec.partition.clone();
            step = beside(step, partition, order, sliding);
        }
        bound.each(&mut |expr| {
            replace(expr, &mut |it| {
                let ExprKind::Aggregate(call) = &it.kind else { return None };
                let at = calls.iter().position(|(other, _)| *other == **call)?;
                Some(slot(*places.get(at)?, it.span))
            })
        });
        (step, scope)
    }

    fn sliding(
        &mut self,
        call: &AggregateCall,
        spec: &WindowSpec,
        types: &[Option<DataType>],
        span: Span,
    ) -> (Sliding, Option<DataType>) {
        let ordered = !spec.order.is_empty();
        let frame = match &spec.frame {
            Some(frame) => self.frame(frame, spec, types),
            None if ordered => Frame::SO_FAR,
            None => Frame::WHOLE,
        };
        let (wanted, what, gives) = self.slide(call, types, span);
        let arguments = call.arguments.len();
        if !wanted.contains(&arguments) {
            let message = format!("{} cannot take {arguments} arguments", call.name);
            let help = format!("It takes {} to {}", wanted.start(), wanted.end());
            self.tell("SQL-169", span, message, help);
        }
        for argument in &call.arguments {
            self.refuse_calls(argument, &call.name);
        }
        let needs = ["RANK", "DENSE_RANK", "PERCENT_RANK", "CUME_DIST", "NTILE", "LAG", "LEAD"];
        if needs.contains(&call.name.as_str()) && !ordered {
            let message = format!("{} needs an order", call.name);
            self.tell("SQL-174", span, message, "Write OVER (ORDER BY …)");
        }
        (Sliding { what, frame, span }, gives)
    }

    /// What a function computes, how many arguments it takes, and the type of what it gives.
    fn slide(
        &mut self,
        call: &AggregateCall,
        types: &[Option<DataType>],
        span: Span,
    ) -> (RangeInclusive<usize>, Slide, Option<DataType>) {
        let whole = Some(DataType::BigInt);
        let first = call.arguments.first().cloned();
        let arguments = call.arguments.len();
        match (call.name.as_str(), first) {
            ("ROW_NUMBER", None) => (0..=0, Slide::RowNumber, whole),
            ("RANK", None) => (0..=0, Slide::Rank, whole),
            ("DENSE_RANK", None) => (0..=0, Slide::DenseRank, whole),
            ("PERCENT_RANK", None) => (0..=0, Slide::PercentRank, Some(DataType::Double)),
            ("CUME_DIST", None) => (0..=0, Slide::CumeDist, Some(DataType::Double)),
            ("NTILE", Some(tiles)) => (1..=1, Slide::Ntile(tiles), whole),
            ("LAG" | "LEAD", Some(value)) => {
                let by = call.arguments.get(1).cloned();
                if by.iter().filter_map(|it| self.type_of(it, types)).any(|it| it.whole().is_none())
                {
                    let message = format!("{} goes a whole number of rows", call.name);
                    self.tell("SQL-169", span, message, "Write such as LAG(a, 2)");
                }
                let onwards = call.name == "LEAD";
                let default = call.arguments.get(2).cloned();
                let gives = self.type_of(&value, types);
                let ignore_nulls = call.ignore_nulls;
                (1..=3, Slide::Offset { value, by, onwards, default, ignore_nulls }, gives)
            }
            ("FIRST_VALUE" | "LAST_VALUE" | "NTH_VALUE", Some(value)) => {
                let place = match call.name.as_str() {
                    "FIRST_VALUE" => Place::First,
                    "LAST_VALUE" => Place::Last,
                    _ => match call.arguments.get(1).and_then(|it| self.constant(it)) {
                        Some(Value::Integer(at @ 1..)) => {
                            Place::Nth(usize::try_from(at).unwrap_or(usize::MAX))
                        }
                        _ => Place::Nth(0),
                    },
                };
                let gives = self.type_of(&value, types);
                let most = if matches!(place, Place::Nth(_)) { 2 } else { 1 };
                let ignore_nulls = call.ignore_nulls;
                (most..=most, Slide::Nth { value, place, ignore_nulls }, gives)
            }
            ("RATIO_TO_REPORT", Some(value)) => {
                if self.type_of(&value, types).is_some_and(|it| it.class() != Class::Number) {
                    let message = "RATIO_TO_REPORT takes a number";
                    self.tell("SQL-169", span, message, "Use CAST(… AS …) first");
                }
                (1..=1, Slide::Ratio(value), Some(DataType::Double))
            }
            ("ROW_NUMBER" | "RANK" | "DENSE_RANK" | "PERCENT_RANK" | "CUME_DIST", Some(_)) => {
                (0..=0, Slide::RowNumber, whole)
            }
            ("NTILE" | "LAG" | "LEAD" | "FIRST_VALUE" | "LAST_VALUE" | "NTH_VALUE", None)
            | ("RATIO_TO_REPORT", None) => (1..=1, Slide::RowNumber, None),
            _ => {
                let (made, gives) = self.call(call, types, span);
                (arguments..=arguments, Slide::Fold(made), gives)
            }
        }
    }

    fn frame(
        &mut self,
        frame: &window::Frame,
        spec: &WindowSpec,
        types: &[Option<DataType>],
    ) -> Frame {
        let (start, end) = (self.edge(&frame.start), self.edge(&frame.end));
        let rank = |it: &Edge| match it {
            Edge::UnboundedPreceding => 0,
            Edge::Preceding(_) => 1,
            Edge::CurrentRow => 2,
            Edge::Following(_) => 3,
            Edge::UnboundedFollowing => 4,
        };
        let mut told = None;
        if rank(&start) > rank(&end) || rank(&start) == 4 || rank(&end) == 0 {
            told = Some(("A window ends behind where it begins", "Exchange both ends"));
        }
        for edge in [&start, &end] {
            let (Edge::Preceding(by) | Edge::Following(by)) = edge else { continue };
            let order = match &spec.order[..] {
                [item] => self.type_of(&item.expr, types).map(DataType::class),
                _ => None,
            };
            let fits = match (frame.unit, by) {
                (FrameUnit::Rows | FrameUnit::Groups, Value::Integer(by)) => *by >= 0,
                (FrameUnit::Range, Value::Interval(by)) => {
                    *by >= 0 && order.is_none_or(|it| it != Class::Number)
                }
                (FrameUnit::Range, Value::Months(by)) => {
                    *by >= 0 && order.is_none_or(|it| it != Class::Number)
                }
                (FrameUnit::Range, by) => {
                    by.float().is_some_and(|it| it >= 0.0)
                        && order.is_none_or(|it| it == Class::Number)
                }
                _ => false,
            };
            if !fits {
                let help =
                    "ROWS takes a number of rows; RANGE what is added to the order, from zero";
                told = Some(("This is no distance in a window", help));
            }
            if frame.unit == FrameUnit::Range && spec.order.len() != 1 {
                told = Some(("A distance needs one key of order", "Write ORDER BY and one key"));
            }
        }
        if frame.unit == FrameUnit::Groups && spec.order.is_empty() {
            told = Some(("GROUPS needs an order", "Write ORDER BY"));
        }
        if let Some((message, help)) = told {
            self.tell("SQL-174", frame.span, message, help);
        }
        Frame { unit: frame.unit, start, end, exclude: frame.exclude }
    }

    fn edge(&mut self, bound: &window::Bound) -> Edge {
        let mut value = |expr: &Expr| self.constant(expr).unwrap_or(Value::Integer(0));
        match bound {
            window::Bound::UnboundedPreceding => Edge::UnboundedPreceding,
            window::Bound::Preceding(expr) => Edge::Preceding(value(expr)),
            window::Bound::CurrentRow => Edge::CurrentRow,
            window::Bound::Following(expr) => Edge::Following(value(expr)),
            window::Bound::UnboundedFollowing => Edge::UnboundedFollowing,
        }
    }
}

/// One more function; where the window is cut and ordered as the one before, the rows are sorted
/// once.
fn beside(
    step: Step,
    partition: Vec<Expr>,
    order: Vec<crate::exec::calls::SortKey>,
    sliding: Sliding,
) -> Step {
    let same = |window: &Window| {
        let keys = |a: &crate::exec::calls::SortKey, b: &crate::exec::calls::SortKey| {
            a.expr == b.expr && a.descending == b.descending && a.nulls_first == b.nulls_first
        };
        window.partition == partition
            && window.order.len() == order.len()
            && window.order.iter().zip(&order).all(|(a, b)| keys(a, b))
    };
    match step {
        Step::Window(mut window) if same(&window) => {
            window.calls.push(sliding);
            Step::Window(window)
        }
        from => Step::Window(Box::new(Window { from, partition, order, calls: vec![sliding] })),
    }
}
