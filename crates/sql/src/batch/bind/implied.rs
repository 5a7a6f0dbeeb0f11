//! What an expression leaves out because its types say it: a day beside a moment is one, a text
//! constant beside a number is one, days are counted up and down (Redshift guide, "Type
//! compatibility and conversion").

use super::Binder;
use crate::check::number;
use crate::expr::{BinaryOp, Expr, ExprKind, Span, UnaryOp};
use crate::function::{Function, Redshift, Unit};
use crate::rules::Rules;
use crate::types::{Class, DataType, LENGTH_MAX};
use crate::value::Value;

/// The types of values an expression stands over.
type Types<'a> = &'a [Option<DataType>];

impl Binder<'_> {
    /// The bound expression with what it leaves out.
    pub(super) fn implied(&mut self, expr: &Expr, types: Types<'_>) -> Expr {
        // Problems are told when it is checked as it is then.
        let told = self.problems.len();
        let made = self.said(expr, types);
        self.problems.truncate(told);
        made
    }

    fn said(&mut self, expr: &Expr, types: Types<'_>) -> Expr {
        expr.replaced(&mut |it| {
            let kind = self.kind(&it.kind, it.span, types)?;
            Some(Expr::new(kind, it.span))
        })
    }

    fn kind(&mut self, kind: &ExprKind, span: Span, types: Types<'_>) -> Option<ExprKind> {
        Some(match kind {
            ExprKind::Binary(BinaryOp::And | BinaryOp::Or, ..) => return None,
            // A sum that is kept within its type already.
            ExprKind::Cast(inner, target) if matches!(inner.kind, ExprKind::Binary(..)) => {
                let inner = self.said(inner, types);
                match &inner.kind {
                    ExprKind::Cast(_, same) if same == target => inner.kind,
                    _ => ExprKind::Cast(inner.into(), *target),
                }
            }
            ExprKind::Binary(op, left, right) => {
                let [left, right] = self.both(left, right, types);
                self.pair(*op, left, right, span, types)
            }
            ExprKind::Between { value, low, high, symmetric, negated } => {
                let mut all = vec![self.said(value, types), self.said(low, types)];
                all.push(self.said(high, types));
                self.alike(&mut all, types);
                let (high, low) = (Box::new(all.pop()?), Box::new(all.pop()?));
                let value = Box::new(all.pop()?);
                let (symmetric, negated) = (*symmetric, *negated);
                ExprKind::Between { value, low, high, symmetric, negated }
            }
            ExprKind::In { value, list, negated } => {
                let mut list: Vec<Expr> = list.iter().map(|it| self.said(it, types)).collect();
                list.push(self.said(value, types));
                self.alike(&mut list, types);
                let value = Box::new(list.pop()?);
                ExprKind::In { value, list, negated: *negated }
            }
            ExprKind::Case { operand, branches, otherwise } => {
                let mut results: Vec<Expr> =
                    branches.iter().map(|it| self.said(&it.1, types)).collect();
                results.extend(otherwise.iter().map(|it| self.said(it, types)));
                self.alike(&mut results, types);
                let mut conditions: Vec<Expr> =
                    branches.iter().map(|it| self.said(&it.0, types)).collect();
                if let Some(operand) = operand {
                    conditions.push(self.said(operand, types));
                    self.alike(&mut conditions, types);
                }
                let operand = operand.as_ref().and_then(|_| conditions.pop()).map(Box::new);
                let otherwise = otherwise.as_ref().and_then(|_| results.pop()).map(Box::new);
                let branches = conditions.into_iter().zip(results).collect();
                ExprKind::Case { operand, branches, otherwise }
            }
            ExprKind::Call { function, arguments } => {
                let mut arguments: Vec<Expr> =
                    arguments.iter().map(|it| self.said(it, types)).collect();
                let most = Function::Redshift(Redshift::Greatest);
                let least = Function::Redshift(Redshift::Least);
                if [Function::Coalesce, Function::NullIf, most, least].contains(function) {
                    self.alike(&mut arguments, types);
                }
                ExprKind::Call { function: *function, arguments }
            }
            _ => return None,
        })
    }

    fn both(&mut self, left: &Expr, right: &Expr, types: Types<'_>) -> [Expr; 2] {
        [self.said(left, types), self.said(right, types)]
    }

    /// An operator between two operands.
    fn pair(
        &mut self,
        op: BinaryOp,
        left: Expr,
        right: Expr,
        span: Span,
        types: Types<'_>,
    ) -> ExprKind {
        let found = [self.type_of(&left, types), self.type_of(&right, types)];
        let plain = |left: Expr, right: Expr| ExprKind::Binary(op, left.into(), right.into());
        let sums = matches!(op, BinaryOp::Add | BinaryOp::Subtract);
        match (op, found.map(|it| it.map(DataType::class))) {
            (BinaryOp::Concat, _) => plain(as_text(left, found[0]), as_text(right, found[1])),
            (BinaryOp::Multiply | BinaryOp::Divide, _) => kept(plain(left, right), found, span, op),
            (_, [Some(Class::Number), Some(Class::Number)]) if sums => {
                kept(plain(left, right), found, span, op)
            }
            (BinaryOp::Add, [Some(Class::Date), Some(Class::Number)]) => days(left, right),
            (BinaryOp::Add, [Some(Class::Number), Some(Class::Date)]) => days(right, left),
            (BinaryOp::Subtract, [Some(Class::Date), Some(Class::Number)]) => {
                let span = right.span;
                days(left, Expr::new(ExprKind::Unary(UnaryOp::Minus, right.into()), span))
            }
            (BinaryOp::Subtract, [Some(Class::Date), Some(Class::Date)]) => {
                let function = Function::Redshift(Redshift::DateDiff(Unit::Day));
                ExprKind::Call { function, arguments: vec![right, left] }
            }
            (
                BinaryOp::Subtract,
                [Some(Class::Date | Class::Timestamp), Some(Class::Date | Class::Timestamp)],
            ) => {
                let function = Function::Span(Unit::Second);
                ExprKind::Call { function, arguments: vec![left, right] }
            }
            (_, [Some(Class::Date), Some(Class::Interval | Class::Months)]) if sums => {
                plain(as_type(left, DataType::Timestamp), right)
            }
            (BinaryOp::Add, [Some(Class::Interval | Class::Months), Some(Class::Date)]) => {
                plain(left, as_type(right, DataType::Timestamp))
            }
            (BinaryOp::Add | BinaryOp::Subtract, _) => plain(left, right),
            _ => {
                let mut sides = vec![left, right];
                self.alike(&mut sides, types);
                let right = sides.pop();
                let left = sides.pop();
                match (left, right) {
                    (Some(left), Some(right)) => plain(left, right),
                    _ => ExprKind::Literal(Value::Null),
                }
            }
        }
    }

    /// Values that are compared, or results of one expression: days beside moments are moments,
    /// text constants beside something else are such.
    fn alike(&mut self, exprs: &mut [Expr], types: Types<'_>) {
        let found: Vec<Option<DataType>> = exprs.iter().map(|it| self.type_of(it, types)).collect();
        let is = |class: Class| move |it: &&DataType| it.class() == class;
        let moment = found.iter().flatten().any(|it| it.class() == Class::Timestamp);
        let other = found.iter().flatten().find(|it| !is(Class::Text)(it)).copied();
        for (expr, own) in exprs.iter_mut().zip(found) {
            let text = matches!(expr.kind, ExprKind::Literal(Value::Text(_)));
            let target = match (own.map(DataType::class), other.map(DataType::class)) {
                (Some(Class::Date), _) if moment => DataType::Timestamp,
                (Some(Class::Text), Some(Class::Number)) if text => match other {
                    Some(it) if it.whole().is_some() => DataType::BigInt,
                    _ => DataType::Double,
                },
                (Some(Class::Text), Some(Class::Boolean)) if text => DataType::Boolean,
                _ => continue,
            };
            *expr = as_type(expr.clone(), target);
        }
    }
}

fn as_type(expr: Expr, target: DataType) -> Expr {
    let span = expr.span;
    Expr::new(ExprKind::Cast(expr.into(), target), span)
}

fn as_text(expr: Expr, found: Option<DataType>) -> Expr {
    match found.map(DataType::class) {
        Some(Class::Number | Class::Date | Class::Time | Class::Timestamp) => {
            as_type(expr, DataType::Varchar(LENGTH_MAX))
        }
        _ => expr,
    }
}

/// So many days later.
fn days(date: Expr, by: Expr) -> ExprKind {
    let (function, span) = (Function::Redshift(Redshift::DateAdd(Unit::Day)), date.span);
    let moved = ExprKind::Call { function, arguments: vec![by, date] };
    ExprKind::Cast(Expr::new(moved, span).into(), DataType::Date)
}

/// What two numbers of at most 32 bits come to has as many (Redshift guide, "Computations with
/// numeric values").
fn kept(kind: ExprKind, found: [Option<DataType>; 2], span: Span, op: BinaryOp) -> ExprKind {
    let [Some(left), Some(right)] = found else { return kind };
    let small = |it: DataType| it.whole().is_some() && it != DataType::BigInt;
    let whole = number(op, left, right, &Rules::REDSHIFT).is_some_and(|it| it.whole().is_some());
    if !whole || !small(left) || !small(right) {
        return kind;
    }
    ExprKind::Cast(Expr::new(kind, span).into(), DataType::Integer)
}
