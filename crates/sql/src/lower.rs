//! Types made plain in the tree, where values alone do not tell them: in Flink a whole number
//! wraps around at the end of its type, and beside a decimal it has that type's digits (facts,
//! analytics §3.1, "Expressions").

use crate::check::{check_bound_by, digits, number};
use crate::expr::{BinaryOp, Expr, ExprKind, UnaryOp};
use crate::function::Function;
use crate::rules::{Overflow, Rules};
use crate::types::{Class, DataType};

/// The same bound expression over values of these types, with its types made plain. Nothing changes
/// in a dialect where nothing wraps around.
#[must_use]
pub fn lower(expr: &Expr, slots: &[Option<DataType>], rules: &Rules) -> Expr {
    if rules.overflow == Overflow::Faults {
        return expr.clone();
    }
    lowered(expr, &|expr| check_bound_by(expr, slots, rules, &mut Vec::new()), rules)
}

type TypeOf<'a> = &'a dyn Fn(&Expr) -> Option<DataType>;

fn lowered(expr: &Expr, type_of: TypeOf<'_>, rules: &Rules) -> Expr {
    expr.replaced(&mut |node| match &node.kind {
        ExprKind::Binary(op, left, right) => {
            let is_number = matches!(
                op,
                BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply | BinaryOp::Divide
            );
            let (a, b) = (type_of(left), type_of(right));
            let found =
                a.zip(b).filter(|_| is_number).and_then(|(a, b)| number(*op, a, b, rules))?;
            let left = exact(lowered(left, type_of, rules), a?, found, rules);
            let right = exact(lowered(right, type_of, rules), b?, found, rules);
            let kind = ExprKind::Binary(*op, left.into(), right.into());
            Some(narrowed(Expr::new(kind, node.span), found))
        }
        ExprKind::Unary(UnaryOp::Minus, inner) => {
            let found = type_of(node)?;
            let kind = ExprKind::Unary(UnaryOp::Minus, lowered(inner, type_of, rules).into());
            Some(narrowed(Expr::new(kind, node.span), found))
        }
        ExprKind::Case { operand, branches, otherwise } => {
            let found = type_of(node);
            let same = |it: &Expr| alike(lowered(it, type_of, rules), type_of(it), found);
            let operand = operand.as_ref().map(|it| lowered(it, type_of, rules).into());
            let pair = |(when, then): &(Expr, Expr)| (lowered(when, type_of, rules), same(then));
            let branches = branches.iter().map(pair).collect();
            let otherwise = otherwise.as_ref().map(|it| same(it).into());
            Some(Expr::new(ExprKind::Case { operand, branches, otherwise }, node.span))
        }
        ExprKind::Call { function, arguments } if is_choice(*function) => {
            let found = type_of(node);
            let same = |it: &Expr| alike(lowered(it, type_of, rules), type_of(it), found);
            let (function, arguments) = (*function, arguments.iter().map(same).collect());
            Some(Expr::new(ExprKind::Call { function, arguments }, node.span))
        }
        ExprKind::Aggregate(call) => {
            let mut call = call.clone();
            for argument in call.arguments.iter_mut().chain(&mut call.filter) {
                *argument = lowered(argument, type_of, rules);
            }
            Some(Expr::new(ExprKind::Aggregate(call), node.span))
        }
        _ => None,
    })
}

/// Functions that give one of their arguments.
fn is_choice(function: Function) -> bool {
    matches!(function, Function::Coalesce | Function::Greatest | Function::Least | Function::If)
}

/// A number among others that is the result, in the type all of them have.
fn alike(expr: Expr, own: Option<DataType>, found: Option<DataType>) -> Expr {
    match (own, found) {
        (Some(DataType::Decimal { scale, .. }), Some(DataType::Decimal { scale: other, .. }))
            if scale == other =>
        {
            expr
        }
        (Some(own), Some(found))
            if own != found
                && own.class() == Class::Number
                && matches!(found, DataType::Decimal { .. } | DataType::Double) =>
        {
            let span = expr.span;
            Expr::new(ExprKind::Cast(expr.into(), found), span)
        }
        _ => expr,
    }
}

/// A whole number beside a decimal, with the digits of its type.
fn exact(expr: Expr, own: DataType, result: DataType, rules: &Rules) -> Expr {
    match (own.whole(), result, digits(own, rules)) {
        (Some(_), DataType::Decimal { .. }, Some((precision, scale))) => {
            let (span, target) = (expr.span, DataType::Decimal { precision, scale });
            Expr::new(ExprKind::Cast(expr.into(), target), span)
        }
        _ => expr,
    }
}

/// A result that may leave its type.
fn narrowed(expr: Expr, found: DataType) -> Expr {
    match found {
        DataType::TinyInt | DataType::SmallInt | DataType::Integer => {
            let (span, function) = (expr.span, Function::Narrow(found));
            Expr::new(ExprKind::Call { function, arguments: vec![expr] }, span)
        }
        _ => expr,
    }
}
