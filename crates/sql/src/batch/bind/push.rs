//! Conditions go where they spare most: to one side of a join, to its keys, or to a table that is
//! looked up by them.

use crate::ast::query::JoinKind;
use crate::batch::plan::{Join, Lookup, PARAMETER, Plan, Step};
use crate::expr::{BinaryOp, Expr, ExprKind};

/// What an expression is about.
#[derive(Clone, Copy, Debug, Default)]
struct About {
    /// Its first column and the one behind its last.
    columns: Option<(u32, u32)>,
    /// Whether it takes arguments.
    arguments: bool,
    /// Whether there is a query in it.
    nested: bool,
}

/// Rows a condition holds for.
pub(super) fn filtered(step: Step, condition: &Expr, plan: &mut Plan) -> Step {
    let mut step = step;
    for part in parts(condition) {
        step = pushed(step, part, plan);
    }
    step
}

fn pushed(step: Step, condition: Expr, plan: &mut Plan) -> Step {
    let about = about(&condition);
    match step {
        Step::Join(mut join) if !about.nested => {
            let (left, _) = join.widths;
            let inner = matches!(join.kind, JoinKind::Inner | JoinKind::Cross);
            match about.columns {
                Some((_, to)) if to <= left && (inner || join.kind == JoinKind::Left) => {
                    let side = core::mem::take(&mut join.left);
                    join.left = pushed(side, condition, plan);
                    Step::Join(join)
                }
                Some((from, _)) if from >= left && (inner || join.kind == JoinKind::Right) => {
                    let side = core::mem::take(&mut join.right);
                    join.right = pushed(side, moved(&condition, left), plan);
                    Step::Join(join)
                }
                Some(_) if inner => {
                    join.require(&condition);
                    Step::Join(join)
                }
                _ => Step::Filter(Box::new(Step::Join(join)), vec![condition]),
            }
        }
        Step::Filter(inner, mut others) => match *inner {
            // What lies below may take it: a join, a table that is looked up.
            Step::Join(_) | Step::Table(_) | Step::Common(_) | Step::Lookup(_) => {
                match pushed(*inner, condition, plan) {
                    Step::Filter(inner, mut more) => {
                        others.append(&mut more);
                        Step::Filter(inner, others)
                    }
                    step => Step::Filter(Box::new(step), others),
                }
            }
            inner => {
                others.push(condition);
                Step::Filter(Box::new(inner), others)
            }
        },
        Step::Table(_) | Step::Common(_) | Step::Lookup(_) => match equal(&condition) {
            Some((key, with)) => looked_up(step, key, with, plan),
            None => Step::Filter(Box::new(step), vec![condition]),
        },
        step => Step::Filter(Box::new(step), vec![condition]),
    }
}

fn looked_up(step: Step, key: Expr, with: Expr, plan: &mut Plan) -> Step {
    match step {
        Step::Lookup(mut lookup) => {
            lookup.keys.push(key);
            lookup.with.push(with);
            Step::Lookup(lookup)
        }
        from => {
            let number = plan.lookups;
            plan.lookups += 1;
            Step::Lookup(Box::new(Lookup { number, from, keys: vec![key], with: vec![with] }))
        }
    }
}

/// An expression of columns alone that must equal one of arguments alone.
fn equal(condition: &Expr) -> Option<(Expr, Expr)> {
    let ExprKind::Binary(BinaryOp::Equal, left, right) = &condition.kind else { return None };
    let (a, b) = (about(left), about(right));
    if a.nested || b.nested {
        return None;
    }
    let keys = |it: About| it.columns.is_some() && !it.arguments;
    let given = |it: About| it.columns.is_none() && it.arguments;
    match () {
        () if keys(a) && given(b) => Some(((**left).clone(), (**right).clone())),
        () if keys(b) && given(a) => Some(((**right).clone(), (**left).clone())),
        () => None,
    }
}

impl Join {
    /// What must hold for rows side by side.
    pub(super) fn require(&mut self, condition: &Expr) {
        if self.kind == JoinKind::Cross {
            self.kind = JoinKind::Inner;
        }
        for part in parts(condition) {
            match self.key(&part) {
                Some(key) => self.keys.push(key),
                None => self.conditions.push(part),
            }
        }
    }

    /// An expression of each side that must be equal.
    fn key(&self, condition: &Expr) -> Option<(Expr, Expr)> {
        let ExprKind::Binary(BinaryOp::Equal, a, b) = &condition.kind else { return None };
        let width = self.widths.0;
        let side = |it: &Expr| {
            let about = about(it);
            match about.columns {
                Some((_, to)) if to <= width && !about.nested => Some(false),
                Some((from, _)) if from >= width && !about.nested => Some(true),
                _ => None,
            }
        };
        match (side(a)?, side(b)?) {
            (false, true) => Some(((**a).clone(), moved(b, width))),
            (true, false) => Some(((**b).clone(), moved(a, width))),
            _ => None,
        }
    }
}

/// What `AND` stands between.
fn parts(condition: &Expr) -> Vec<Expr> {
    match &condition.kind {
        ExprKind::Binary(BinaryOp::And, left, right) => {
            let mut all = parts(left);
            all.extend(parts(right));
            all
        }
        _ => vec![condition.clone()],
    }
}

fn about(expr: &Expr) -> About {
    let mut about = About::default();
    expr.visit(&mut |it| match it.kind {
        ExprKind::Slot(index) if index >= PARAMETER => about.arguments = true,
        ExprKind::Slot(index) => {
            let (from, to) = about.columns.unwrap_or((index, index + 1));
            about.columns = Some((from.min(index), to.max(index + 1)));
        }
        ExprKind::Inner { .. } => about.nested = true,
        _ => {}
    });
    about
}

/// Over the right side alone, whose columns begin at this place.
fn moved(expr: &Expr, by: u32) -> Expr {
    expr.replaced(&mut |it| match it.kind {
        ExprKind::Slot(index) if index < PARAMETER => {
            Some(super::slot(index.saturating_sub(by), it.span))
        }
        _ => None,
    })
}
