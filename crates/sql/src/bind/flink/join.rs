//! Joins: which one it is follows from what the condition says of times and windows.

use super::from::{all_of, conjuncts};
use super::rank::mirrored;
use super::relation::{Field, Part, Relation, Scope, Time, slot_expr, slot_of};
use super::table::primary_key;
use super::{Planned, Planner};
use crate::ast::ObjectName;
use crate::ast::query::{Alias, Join, JoinKind};
use crate::exec::join::{Gives, JoinShape};
use crate::exec::operator::{
    IntervalJoin, MILLISECOND, Project, RegularJoin, SemiJoin, TemporalJoin, WindowJoin,
};
use crate::expr::{BinaryOp, Expr, ExprKind, Span};
use crate::function::Function;
use crate::problem::Problem;
use crate::value::Value;

/// A planned source with the names of its columns.
type Source = (Relation, Scope);

/// What a condition says.
#[derive(Debug, Default)]
struct Said {
    /// Pairs that are equal: of the left, and of the right as its own row has it.
    equal: Vec<(Expr, Expr)>,
    /// Time of the left minus time of the right: columns, least and most.
    apart: Option<(u32, u32, i64, i64)>,
    rest: Vec<Expr>,
}

impl Planner {
    /// Two sources side by side.
    pub(super) fn join(
        &mut self,
        ((left, left_scope), (right, right_scope)): (Source, Source),
        kind: JoinKind,
        on: Option<&Expr>,
        span: Span,
    ) -> Planned<Source> {
        let (left, right) = (self.unranked(left)?, self.unranked(right)?);
        let (both, scope) = beside(&left, left_scope, &right, right_scope);
        let on = on.map(|it| self.bind(it, &scope)).transpose()?;
        if let Some(on) = &on {
            self.condition(on, &both)?;
        }
        let mut said = said_of(on.as_ref(), (&left, &right));
        let stays = [
            matches!(kind, JoinKind::Left | JoinKind::Full),
            matches!(kind, JoinKind::Right | JoinKind::Full),
        ];
        let windows = same_windows(&mut said, &left, &right);
        let widths = [left.fields.len(), right.fields.len()];
        let keys: (Vec<Expr>, Vec<Expr>) = said.equal.into_iter().unzip();
        let shape = |condition| {
            let (gives, nulls_meet) = (Gives::Pairs, false);
            JoinShape { keys: keys.into(), condition, stays, widths, gives, nulls_meet }
        };
        let mut made = both;
        let from = [left.node, right.node];
        let bounds = said.apart.filter(|it| it.2 > i64::MIN && it.3 < i64::MAX);
        match (windows, bounds) {
            (Some(windows), _) => {
                let shape = shape(all_of(said.rest));
                made.node = self.add(WindowJoin::new(shape, windows, span), &from);
                made.window = left.window;
            }
            (None, Some((a, b, low, high))) if !left.updates && !right.updates => {
                let shape = shape(all_of(said.rest));
                let join = IntervalJoin::new(shape, [a, b], (low, high), span);
                made.node = self.add(join, &from);
            }
            (None, _) => {
                // Bounds that bind nothing in time are conditions like others.
                let condition = if said.apart.is_some() { on } else { all_of(said.rest) };
                self.keeps(span, "The rows of both sides");
                made.node =
                    self.add(RegularJoin::new(shape(condition), self.lasting(), span), &from);
                made.updates = stays != [false; 2] || left.updates || right.updates;
                made.fields.iter_mut().for_each(|it| it.time = Time::None);
            }
        }
        Ok((made, scope))
    }

    /// `a JOIN b FOR SYSTEM_TIME AS OF a.ts ON a.k = b.k`.
    pub(super) fn temporal(
        &mut self,
        (left, left_scope): Source,
        (name, time, alias): (&ObjectName, &Expr, Option<&Alias>),
        join: &Join,
    ) -> Planned<Source> {
        let left = self.unranked(left)?;
        let right = self.named(name)?;
        let right = self.unranked(right)?;
        let bad = |span: Span, message: &str, help: &str| {
            Err(Problem::new("SQL-120", span, message, help))
        };
        let bound = self.bind(time, &left_scope)?;
        let of_left = slot_of(&bound).map(|it| (it, left.fields[it as usize].time));
        let versions = right.fields.iter().position(|it| it.time == Time::Event);
        let times = match (of_left, versions.and_then(|it| u32::try_from(it).ok())) {
            (None | Some((_, Time::None)), _) => {
                let help = "Name that of the left side";
                return bad(time.span, "AS OF needs a time attribute", help);
            }
            (Some((_, Time::Processing)), _) => None,
            (Some((_, Time::Event)), None) => {
                let help = "Give it a WATERMARK and a PRIMARY KEY, or rank it by its time";
                return bad(name.span, "This table has no versions", help);
            }
            (Some((of_left, Time::Event)), Some(of_right)) => {
                if self.table(name).is_some_and(|it| primary_key(it).is_empty()) {
                    let help = "Write PRIMARY KEY (…) NOT ENFORCED into CREATE TABLE";
                    return bad(name.span, "A table with versions needs a key", help);
                }
                Some([of_left, of_right])
            }
        };
        let alias = alias.map_or(&name.last().text, |it| &it.name.text).clone();
        let right_scope = right.scope(Some(alias));
        let (both, scope) = beside(&left, left_scope, &right, right_scope);
        let on = join.on.as_ref().map(|it| self.bind(it, &scope)).transpose()?;
        if let Some(on) = &on {
            self.condition(on, &both)?;
        }
        let said = said_of(on.as_ref(), (&left, &right));
        let widths = [left.fields.len(), right.fields.len()];
        let keys: (Vec<Expr>, Vec<Expr>) = said.equal.into_iter().unzip();
        let stays = match join.kind {
            JoinKind::Left => [true, false],
            JoinKind::Inner => [false, false],
            JoinKind::Right | JoinKind::Full | JoinKind::Cross => {
                let help = "Write JOIN or LEFT JOIN";
                return bad(join.span, "Only the left side may stay alone here", help);
            }
        };
        let condition = all_of(said.rest);
        let (keys, gives, nulls_meet) = (keys.into(), Gives::Pairs, false);
        let shape = JoinShape { keys, condition, stays, widths, gives, nulls_meet };
        let mut made = both;
        let join = TemporalJoin::new(shape, times, join.span);
        made.node = self.add(join, &[left.node, right.node]);
        made.updates = left.updates;
        for field in made.fields.iter_mut().skip(left.fields.len()) {
            field.time = Time::None;
        }
        Ok((made, scope))
    }

    /// `a JOIN b USING (k, …)`: a column that both have is one, and stands in front.
    pub(super) fn join_using(&mut self, sides: (Source, Source), join: &Join) -> Planned<Source> {
        let span = join.span;
        let ((left, left_scope), (right, right_scope)) = &sides;
        let width = u32::try_from(left.fields.len()).unwrap_or(u32::MAX);
        let both = width.saturating_add(u32::try_from(right.fields.len()).unwrap_or(u32::MAX));
        let (mut on, mut merged, mut hidden) = (Vec::new(), Vec::new(), Vec::new());
        for name in &join.using {
            let path = core::slice::from_ref(name);
            let (a, b) = (left_scope.slot(path, span)?, right_scope.slot(path, span)?);
            let field = left.fields[a as usize].clone();
            let sides = [slot_expr(a, span), slot_expr(b.saturating_add(width), span)];
            let [one, other] = sides.clone().map(Box::new);
            on.push(Expr::new(ExprKind::Binary(BinaryOp::Equal, one, other), span));
            let kind = ExprKind::Call { function: Function::Coalesce, arguments: sides.into() };
            merged.push((Field { time: Time::None, ..field }, Expr::new(kind, span)));
            hidden.extend([a, b.saturating_add(width)]);
        }
        let (made, mut scope) = self.join(sides, join.kind, all_of(on).as_ref(), span)?;
        let values = (0..both).map(|slot| slot_expr(slot, span));
        let values = values.chain(merged.iter().map(|it| it.1.clone())).collect();
        let project = Project { filter: None, values: Some(values), time: None };
        let mut made = Relation { node: self.add(project, &[made.node]), ..made };
        let fields: Vec<Field> = merged.into_iter().map(|it| it.0).collect();
        made.fields.extend(fields.iter().cloned());
        scope.hidden.extend(hidden);
        scope.parts.insert(0, Part { name: None, from: both, fields });
        Ok((made, scope))
    }

    /// The rows of the left that have a partner on the right, or those that have none.
    pub(super) fn semi_join(
        &mut self,
        (left, right): (Relation, Relation),
        on: Option<&Expr>,
        (gives, span): (Gives, Span),
    ) -> Planned<Relation> {
        let mut said = said_of(on, (&left, &right));
        let windows = same_windows(&mut said, &left, &right);
        let (keys, rest): (Vec<_>, Vec<_>) = match (windows, said.apart) {
            // No such join is bounded by time.
            (None, Some(_)) => (Vec::new(), on.cloned().into_iter().collect()),
            _ => (said.equal, said.rest),
        };
        let (a, b): (Vec<Expr>, Vec<Expr>) = keys.into_iter().unzip();
        let shape = JoinShape {
            keys: [a, b],
            condition: all_of(rest),
            stays: [false; 2],
            widths: [left.fields.len(), right.fields.len()],
            gives,
            nulls_meet: false,
        };
        let updates = left.updates || right.updates;
        let from = [left.node, right.node];
        if let Some(windows) = windows {
            let node = self.add(WindowJoin::new(shape, windows, span), &from);
            return Ok(Relation { node, ..left });
        }
        self.keeps(span, "The rows of both sides");
        let node = self.add(SemiJoin::new(shape, self.lasting(), span), &from);
        let mut made = Relation { node, updates: updates || gives == Gives::Unmet, ..left };
        made.fields.iter_mut().for_each(|it| it.time = Time::None);
        Ok(made)
    }

    /// The rows both sides have, or those only the left has: each once.
    pub(super) fn shared(
        &mut self,
        (left, right): (Relation, Relation),
        (gives, span): (Gives, Span),
    ) -> Relation {
        let width = left.fields.len();
        let key: Vec<Expr> = (0..).take(width).map(|it| slot_expr(it, span)).collect();
        let keys = [key.clone(), key];
        let (condition, stays, widths) = (None, [false; 2], [width; 2]);
        let shape = JoinShape { keys, condition, stays, widths, gives, nulls_meet: true };
        self.keeps(span, "The rows of both sides");
        let join = SemiJoin::new(shape, self.lasting(), span);
        let updates = left.updates || right.updates || gives == Gives::Unmet;
        let node = self.add(join, &[left.node, right.node]);
        Relation { node, updates, ..left }
    }
}

/// Takes a condition over both sides apart.
fn said_of(on: Option<&Expr>, (left, right): (&Relation, &Relation)) -> Said {
    let mut conditions = Vec::new();
    if let Some(on) = on {
        conjuncts(on, &mut conditions);
    }
    let width = u32::try_from(left.fields.len()).unwrap_or(u32::MAX);
    let mut said = Said::default();
    for condition in conditions {
        if let Some(apart) = times_apart(&condition, left, right, said.apart) {
            said.apart = Some(apart);
            continue;
        }
        match &condition.kind {
            ExprKind::Binary(BinaryOp::Equal, a, b) => {
                match (side_of(a, width), side_of(b, width)) {
                    (Some(0), Some(1)) => said.equal.push(((**a).clone(), moved(b, width))),
                    (Some(1), Some(0)) => said.equal.push(((**b).clone(), moved(a, width))),
                    _ => said.rest.push(condition),
                }
            }
            _ => said.rest.push(condition),
        }
    }
    said
}

/// Both rows as one.
pub(super) fn beside(
    left: &Relation,
    left_scope: Scope,
    right: &Relation,
    right_scope: Scope,
) -> (Relation, Scope) {
    let width = u32::try_from(left.fields.len()).unwrap_or(u32::MAX);
    let fields = left.fields.iter().chain(&right.fields).cloned().collect();
    let mut both = Relation::new(left.node, fields);
    both.updates = left.updates || right.updates;
    (both, left_scope.beside(right_scope, width))
}

/// The side all columns of an expression are of.
pub(super) fn side_of(expr: &Expr, width: u32) -> Option<usize> {
    let mut sides = [false; 2];
    expr.visit(&mut |it| {
        if let Some(slot) = slot_of(it) {
            sides[usize::from(slot >= width)] = true;
        }
    });
    match sides {
        [true, false] => Some(0),
        [false, true] => Some(1),
        _ => None,
    }
}

/// An expression of the right side over its own row.
pub(super) fn moved(expr: &Expr, width: u32) -> Expr {
    expr.replaced(&mut |it| {
        let slot = slot_of(it)?;
        Some(slot_expr(slot.saturating_sub(width), it.span))
    })
}

/// Takes the equality of the windows out of what is equal, if both are.
fn same_windows(said: &mut Said, left: &Relation, right: &Relation) -> Option<[(u32, u32); 2]> {
    let (a, b) = (left.window?, right.window?);
    let at = |said: &Said, one: u32, other: u32| {
        let same = |it: &(Expr, Expr)| slot_of(&it.0) == Some(one) && slot_of(&it.1) == Some(other);
        said.equal.iter().position(same)
    };
    let start = at(said, a.start, b.start)?;
    at(said, a.end, b.end)?;
    said.equal.remove(start);
    let end = at(said, a.end, b.end)?;
    said.equal.remove(end);
    Some([(a.start, a.end), (b.start, b.end)])
}

/// How far apart a condition allows the times of both sides to be, beside what is known already.
fn times_apart(
    condition: &Expr,
    left: &Relation,
    right: &Relation,
    known: Option<(u32, u32, i64, i64)>,
) -> Option<(u32, u32, i64, i64)> {
    let ExprKind::Binary(op, a, b) = &condition.kind else { return None };
    let (mut op, (mut one, mut plus), (mut other, mut other_plus)) = (*op, moment(a)?, moment(b)?);
    let width = u32::try_from(left.fields.len()).ok()?;
    if one >= width {
        op = mirrored(op)?;
        core::mem::swap(&mut one, &mut other);
        core::mem::swap(&mut plus, &mut other_plus);
    }
    let other = other.checked_sub(width)?;
    let is_time = |relation: &Relation, slot: u32| {
        relation.fields.get(slot as usize).is_some_and(|it| it.time == Time::Event)
    };
    if !is_time(left, one) || !is_time(right, other) {
        return None;
    }
    // left + plus op right + other_plus
    let apart = other_plus.checked_sub(plus)?;
    let (low, high) = match op {
        BinaryOp::Equal => (apart, apart),
        BinaryOp::LessEqual => (i64::MIN, apart),
        BinaryOp::Less => (i64::MIN, apart.saturating_sub(MILLISECOND)),
        BinaryOp::GreaterEqual => (apart, i64::MAX),
        BinaryOp::Greater => (apart.saturating_add(MILLISECOND), i64::MAX),
        _ => return None,
    };
    match known {
        None => Some((one, other, low, high)),
        Some((a, b, least, most)) if (a, b) == (one, other) => {
            Some((a, b, low.max(least), high.min(most)))
        }
        Some(_) => None,
    }
}

/// A column plus some microseconds.
fn moment(expr: &Expr) -> Option<(u32, i64)> {
    if let Some(slot) = slot_of(expr) {
        return Some((slot, 0));
    }
    let ExprKind::Binary(op, a, b) = &expr.kind else { return None };
    let ExprKind::Literal(Value::Interval(micros)) = b.kind else { return None };
    match op {
        BinaryOp::Add => Some((slot_of(a)?, micros)),
        BinaryOp::Subtract => Some((slot_of(a)?, micros.checked_neg()?)),
        _ => None,
    }
}
