//! `GROUP BY`: rows become groups, and everything behind stands over these.

use super::expr::{Beside, CALLS_MAX, calls_of, replace};
use super::scope::{Column, Found, Scope, same};
use super::select::{Bound, Ordering};
use super::{Binder, count, nothing, slot};
use crate::ast::query::{Group, SelectQuery};
use crate::batch::plan::{self, Fold, Step};
use crate::expr::{AggregateCall, Expr, ExprKind, Span};

/// Sets of keys of one query: each is a pass over its rows.
const SETS_MAX: usize = 64;

impl Binder<'_> {
    /// Groups, if there are any: by `GROUP BY`, or because there are aggregates.
    pub(super) fn grouped(
        &mut self,
        select: &SelectQuery,
        (step, scope): (Step, Scope),
        bound: &mut Bound,
    ) -> (Step, Scope) {
        let (keys, sets, span) = self.keys(select, &scope, bound);
        let calls = calls_of(&bound.exprs(), |it| it.over.is_none());
        if calls.len() >= CALLS_MAX {
            self.too_many(span, "aggregates", CALLS_MAX);
        }
        let is_plain = matches!(select.group, Group::None) && select.having.is_none();
        if is_plain && calls.is_empty() {
            return (step, scope);
        }
        let types = scope.types();
        let mut made: Vec<Column> = Vec::new();
        for key in &keys {
            let data_type = self.type_of(key, &types);
            let column = match key.kind {
                ExprKind::Slot(index) => scope.columns.get(index as usize).cloned(),
                _ => None,
            };
            made.push(Column { data_type, ..column.unwrap_or_default() });
        }
        let (mut folds, mut places) = (Vec::new(), Vec::new());
        for (call, span) in &calls {
            let (fold, data_type) = match call.name.as_str() {
                "GROUPING" => (self.grouping(call, &keys, *span), Some(crate::DataType::Integer)),
                _ => self.call(call, &types, *span),
            };
            places.push(count(made.len()));
            made.push(Column { data_type, ..Column::default() });
            folds.push(fold);
        }
        let mut wrong: Vec<Span> = Vec::new();
        bound.each(&mut |expr| {
            replace(expr, &mut |it| {
                if let Some(at) = keys.iter().position(|key| key == it) {
                    return Some(slot(count(at), it.span));
                }
                match &it.kind {
                    ExprKind::Aggregate(call) if call.over.is_none() => {
                        let at = calls.iter().position(|(other, _)| *other == **call)?;
                        Some(slot(places[at], it.span))
                    }
                    ExprKind::Slot(index) if *index < plan::PARAMETER => {
                        wrong.push(it.span);
                        Some(nothing(it.span))
                    }
                    _ => None,
                }
            })
        });
        for span in wrong {
            let message = "This column differs within a group";
            let help = "Name it behind GROUP BY, or put it into an aggregate such as MAX";
            self.tell("SQL-166", span, message, help);
        }
        let group = plan::Group { from: step, keys, sets, calls: folds, span };
        let scope = Scope { open: scope.open, ..Scope::of(made) };
        (Step::Group(Box::new(group)), scope)
    }

    /// All keys once, and which of them each set has.
    fn keys(
        &mut self,
        select: &SelectQuery,
        scope: &Scope,
        bound: &Bound,
    ) -> (Vec<Expr>, Vec<Vec<usize>>, Span) {
        let mut keys: Vec<Expr> = Vec::new();
        let mut sets: Vec<Vec<usize>> = vec![Vec::new()];
        let span = match &select.group {
            Group::None => select.span,
            Group::By(items, span) => {
                for item in items {
                    let at = self.key(item, scope, bound, &mut keys);
                    sets[0].push(at);
                }
                *span
            }
            Group::Sets(items, span) => {
                for item in items {
                    let mut own: Vec<Vec<usize>> = Vec::new();
                    for set in item {
                        let set = set.iter().map(|it| self.key(it, scope, bound, &mut keys));
                        own.push(set.collect());
                    }
                    let beside = |set: &Vec<usize>| {
                        let set = set.clone();
                        own.iter().map(move |more| [&set[..], &more[..]].concat())
                    };
                    sets = sets.iter().flat_map(beside).collect();
                    if sets.len() > SETS_MAX {
                        self.too_many(*span, "sets of keys", SETS_MAX);
                        sets.truncate(SETS_MAX);
                    }
                }
                *span
            }
            Group::Stagger { span, .. } => {
                self.absent(*span, "WINDOWED BY STAGGER");
                *span
            }
        };
        (keys, sets, span)
    }

    /// The place of a key: the number of an item, a column, the name of an item, or an expression.
    fn key(&mut self, item: &Expr, scope: &Scope, bound: &Bound, keys: &mut Vec<Expr>) -> usize {
        let named = match &item.kind {
            ExprKind::Column(path) if scope.find(path) == Found::Nothing => match &path[..] {
                [name] => bound.items.iter().position(|it| same(&it.0, name)),
                _ => None,
            },
            _ => None,
        };
        let expr = match (named, self.ordinal(item, bound.items.len(), "GROUP BY")) {
            (Some(at), _) | (None, Ordering::Column(at)) => bound.items[at].1.clone(),
            (None, Ordering::Wrong) => nothing(item.span),
            (None, Ordering::Expr) => self.expr(item, scope, Beside::default()),
        };
        let expr = self.refuse_calls(&Expr::new(expr.kind, item.span), "GROUP BY");
        keys.iter().position(|it| *it == expr).unwrap_or_else(|| {
            keys.push(expr);
            keys.len() - 1
        })
    }

    fn grouping(&mut self, call: &AggregateCall, keys: &[Expr], span: Span) -> plan::Call {
        let mut places = Vec::new();
        for argument in &call.arguments {
            match keys.iter().position(|it| it == argument) {
                Some(at) => places.push(at),
                None => {
                    let message = "GROUPING takes what stands behind GROUP BY";
                    self.tell("SQL-169", argument.span, message, "Write one of the keys");
                }
            }
        }
        let (argument, filter, order) = (None, None, Vec::new());
        plan::Call { fold: Fold::Grouping(places), argument, filter, order, span }
    }
}
