//! Expressions: columns by their folded names, times of rows, functions by one table.

use super::from::From;
use super::group::Grouped;
use super::items::aggregate;
use super::{ToFlink, cut_of, fold, named};
use crate::ast::query::OrderItem;
use crate::ast::window::{Bound, Exclude, Frame, FrameUnit, Over, WindowSpec};
use crate::bind::kinesis::{ROWTIME, is_bare_time};
use crate::expr::{AggregateCall, BinaryOp, Expr, ExprKind, Name, Span, Truth, UnaryOp};
use crate::limits::EXPRESSION_NODES_MAX;
use crate::translate::tree::{NOWHERE, binary, cast, column, either, node, whole};
use crate::value::Value;

/// Tallest expression: whoever walks it needs as much stack.
const HEIGHT_MAX: u16 = 200;

/// Where an expression stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'p> {
    pub from: &'p From,
    pub grouped: Option<&'p Grouped>,
}

impl ToFlink<'_> {
    pub(super) fn expr(&mut self, expr: &Expr, place: &Place<'_>) -> Expr {
        let mut divides = None;
        let made = expr.replaced(&mut |it| {
            if let Some(grouped) = place.grouped
                && grouped.cut.is_some()
                && !matches!(&it.kind, ExprKind::Column(path) if path.len() == 1)
                && !(grouped.own_time && says_own_time(it))
                && cut_of(it) == grouped.cut
            {
                return Some(grouped.start());
            }
            match &it.kind {
                ExprKind::Column(path) => Some(self.column(path, place)),
                ExprKind::Call { function, arguments } => {
                    let made = arguments.iter().map(|it| self.expr(it, place)).collect();
                    Some(self.call(*function, made, it.span))
                }
                ExprKind::User { name, arguments } => {
                    Some(self.own_function(name, arguments, it.span, place))
                }
                ExprKind::Aggregate(call) => Some(self.aggregate(call, it.span, place)),
                ExprKind::Binary(BinaryOp::Divide, _, by) => {
                    let safe = matches!(&by.kind, ExprKind::Literal(it) if !is_zero(it));
                    divides = divides.or_else(|| (!safe).then_some(it.span));
                    None
                }
                _ => None,
            }
        });
        if let Some(span) = divides {
            self.made.note(
                span,
                "A division by zero sends the row to error_stream here; in Flink it ends the job \
                 for whole numbers, and gives Infinity for DOUBLE. NULLIF(…, 0) gives NULL",
            );
        }
        made
    }

    fn column(&mut self, path: &[Name], place: &Place<'_>) -> Expr {
        let (from, name) = (place.from, path.last().map(fold).unwrap_or_default());
        if let [one] = path
            && let Some((_, value)) = self.arguments.iter().find(|it| it.0 == fold(one))
        {
            return value.clone();
        }
        let source = match path {
            [.., source, _] => from.source(&fold(source)),
            _ if name == ROWTIME => None,
            _ => from.with_column(&name),
        };
        match (source, place.grouped) {
            (_, Some(grouped)) if name == ROWTIME => grouped.end(),
            (Some(source), None) if name == ROWTIME => from.time(source),
            (None, None) if name == ROWTIME => from.row_time(),
            (Some(source), _) => {
                let shown = source.known(&name).map_or(name.as_str(), |it| it.0.as_str());
                from.column(source, named(shown))
            }
            (None, _) => column([named(&name)]),
        }
    }

    /// A call of a function of the script: its body.
    fn own_function(
        &mut self,
        name: &Name,
        arguments: &[Expr],
        span: Span,
        place: &Place<'_>,
    ) -> Expr {
        let folded = fold(name);
        let values: Vec<Expr> = arguments.iter().map(|it| self.expr(it, place)).collect();
        // A function sees those in front of it.
        let seen = &self.functions[..self.seen.min(self.functions.len())];
        let at = seen.iter().rposition(|it| fold(it.name.last()) == folded);
        let function = at.map(|it| self.functions[it]);
        let Some((at, function)) =
            at.zip(function).filter(|it| it.1.parameters.len() == values.len())
        else {
            self.made.note(span, format!("Nothing is known of the function {folded}"));
            return node(ExprKind::User { name: name.clone(), arguments: values });
        };
        let mut pairs = Vec::new();
        for ((parameter, value), written) in function.parameters.iter().zip(values).zip(arguments) {
            let same = place.from.type_of(written) == Some(parameter.data_type);
            let value = if same { value } else { cast(value, parameter.data_type) };
            pairs.push((fold(&parameter.name), value));
        }
        if nodes_with(&function.body, &pairs) > EXPRESSION_NODES_MAX {
            return self.too_large(span);
        }
        let tests = pairs.iter().map(|(_, value)| {
            let (value, truth) = (Box::new(value.clone()), Truth::Null);
            node(ExprKind::Is { value, truth, negated: false })
        });
        let any = tests.reduce(|a, b| binary(BinaryOp::Or, a, b));
        let outer = core::mem::replace(&mut self.arguments, pairs);
        let seen = core::mem::replace(&mut self.seen, at);
        let mut body = self.expr(&function.body, place);
        (self.arguments, self.seen) = (outer, seen);
        if let Some(any) = any.filter(|_| function.null_on_null) {
            body = either(any, node(ExprKind::Literal(Value::Null)), Some(body));
        }
        let whole = cast(body, function.returns);
        if whole.height() > HEIGHT_MAX { self.too_large(span) } else { whole }
    }

    fn too_large(&mut self, span: Span) -> Expr {
        self.made.note(span, "With its functions taken apart the expression is too large");
        node(ExprKind::Literal(Value::Null))
    }

    /// A function over many rows.
    fn aggregate(&mut self, call: &AggregateCall, span: Span, place: &Place<'_>) -> Expr {
        let arguments: Vec<Expr> = call.arguments.iter().map(|it| self.expr(it, place)).collect();
        let mut made = AggregateCall { arguments, ..call.clone() };
        match call.name.as_str() {
            "ANY" | "SOME" | "EVERY" => {
                let every = call.name == "EVERY";
                let Some(of) = made.arguments.pop() else {
                    return node(ExprKind::Literal(Value::Null));
                };
                let of = if every { node(ExprKind::Unary(UnaryOp::Not, of.into())) } else { of };
                let mut count = aggregate("COUNT", Vec::new(), false, None);
                if let ExprKind::Aggregate(count) = &mut count.kind {
                    count.filter = Some(of);
                }
                let op = if every { BinaryOp::Equal } else { BinaryOp::Greater };
                return binary(op, count, whole(0));
            }
            "FIRST_VALUE" | "LAST_VALUE" if !call.ignore_nulls => {
                let text = format!("{} passes over NULL in Flink", call.name);
                self.made.note(span, text);
            }
            "EXP_AVG" | "NTH_VALUE" => {
                let name = &call.name;
                let nearest = "Compute it in a user-defined aggregate function";
                self.made.note(span, format!("{name} has no equivalent. {nearest}"));
            }
            "LAG" => self.made.note(
                span,
                "LAG goes back over all rows of a key in Flink, not over those of the window",
            ),
            _ => {}
        }
        // Flink says nothing of NULL in its own names.
        made.ignore_nulls = false;
        made.over = call.over.as_ref().map(|over| match over {
            Over::Inline(spec) => Over::Inline(self.spec(spec, place, call.name == "LAG").into()),
            Over::Named(name, _) => Over::Named(named(&fold(name)), NOWHERE),
        });
        node(ExprKind::Aggregate(made.into()))
    }

    /// A sliding window, ordered by time.
    pub(super) fn spec(
        &mut self,
        spec: &WindowSpec,
        place: &Place<'_>,
        without_frame: bool,
    ) -> WindowSpec {
        let expr = place.from.carried_time();
        let frame = match &spec.frame {
            _ if without_frame => None,
            None => {
                let (start, end) = (Bound::UnboundedPreceding, Bound::CurrentRow);
                let (unit, exclude) = (FrameUnit::Rows, Exclude::NoOthers);
                Some(Frame { unit, start, end, exclude, span: NOWHERE })
            }
            Some(frame) => {
                if frame.unit == FrameUnit::Range {
                    self.made.note(
                        frame.span,
                        "Rows of one moment see each other in a RANGE window of Flink, whichever \
                         came first",
                    );
                }
                Some(frame.clone())
            }
        };
        WindowSpec {
            base: None,
            partition: spec.partition.iter().map(|it| self.expr(it, place)).collect(),
            order: vec![OrderItem { expr, descending: false, nulls_first: None }],
            frame,
            span: NOWHERE,
        }
    }
}

/// How many nodes a body has once its parameters stand in it.
fn nodes_with(body: &Expr, pairs: &[(String, Expr)]) -> usize {
    let count = |expr: &Expr| {
        let mut nodes = 0_usize;
        expr.visit(&mut |_| nodes += 1);
        nodes
    };
    let mut nodes = 0_usize;
    body.visit(&mut |it| {
        let value = match &it.kind {
            ExprKind::Column(path) => pairs.iter().find(|pair| pair.0 == fold(&path[0])),
            _ => None,
        };
        nodes = nodes.saturating_add(value.map_or(1, |it| count(&it.1)));
    });
    nodes
}

fn says_own_time(expr: &Expr) -> bool {
    let mut says_so = false;
    expr.visit(&mut |node| says_so |= is_bare_time(node));
    says_so
}

fn is_zero(value: &Value) -> bool {
    match value {
        Value::Integer(number) => *number == 0,
        Value::Decimal(number) => number.unscaled == 0,
        Value::Double(number) => *number == 0.0,
        Value::Null => true,
        _ => false,
    }
}
