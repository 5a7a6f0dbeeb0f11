//! `ROW_NUMBER`: what is ranked is not known to be a deduplication, the first rows of a window or
//! the first rows ever until the query around says which ranks it wants.

use super::from::{all_of, conjuncts};
use super::query::Items;
use super::relation::{
    Field, PendingRank, Relation, Scope, Time, WindowSlots, slot_expr, slot_of, time_of,
};
use super::{Planned, Planner};
use crate::agg::{Aggregate, AggregateFunction};
use crate::ast::window::WindowSpec;
use crate::exec::calls::{Call, Calls, SortKey};
use crate::exec::operator::{Dedup, Keep, Over, Project, Rank, Reach, Told, WindowRank};
use crate::expr::{BinaryOp, Expr, ExprKind, Span};
use crate::problem::Problem;
use crate::rules::Rules;
use crate::types::DataType;
use crate::value::Value;

impl Planner {
    /// A select list with `ROW_NUMBER`: ranked once it is known how far.
    pub(super) fn numbered(
        &mut self,
        relation: &Relation,
        scope: &Scope,
        items: &Items,
        (spec, span): (&WindowSpec, Span),
    ) -> Planned<Relation> {
        let is_rank = |expr: &Expr| matches!(expr.kind, ExprKind::Aggregate(_));
        let count = u32::try_from(items.len()).unwrap_or(u32::MAX);
        let Some(column) = items.iter().position(|it| is_rank(&it.1)) else {
            return Err(wants_places(span));
        };
        let column = u32::try_from(column).unwrap_or(u32::MAX);
        // The other columns first, then what is partitioned and ordered by.
        let mut rows: Items = items.iter().filter(|it| !is_rank(&it.1)).cloned().collect();
        if rows.len() + 1 != items.len() {
            return Err(wants_places(span));
        }
        let slots = (0..count).map(|it| if it > column { it - 1 } else { it }).collect();
        let place = |rows: &mut Items, expr: Expr| {
            let at = rows.iter().position(|it| it.1 == expr).unwrap_or_else(|| {
                rows.push((String::new(), expr));
                rows.len() - 1
            });
            slot_expr(u32::try_from(at).unwrap_or(u32::MAX), span)
        };
        let mut partition = Vec::new();
        let mut in_window = [None, None];
        for expr in &spec.partition {
            let bound = self.bind(expr, scope)?;
            let slot = slot_of(&bound);
            let placed = place(&mut rows, bound);
            if let (Some(slot), Some(window)) = (slot, relation.window)
                && (slot == window.start || slot == window.end)
            {
                in_window[usize::from(slot == window.end)] = slot_of(&placed);
            } else {
                partition.push(placed);
            }
        }
        let window = match in_window {
            [Some(start), Some(end)] => Some(WindowSlots { start, end }),
            [Some(one), None] | [None, Some(one)] => {
                partition.push(slot_expr(one, span));
                None
            }
            [None, None] => None,
        };
        let mut order = Vec::new();
        let mut time = None;
        let keys = self.sort_keys(&spec.order, scope)?;
        for key in &keys {
            let kind = time_of(&key.expr, relation);
            let expr = place(&mut rows, key.expr.clone());
            if let (Some(slot), 1) = (slot_of(&expr), keys.len())
                && kind != Time::None
            {
                time = Some((slot, kind, key.descending));
            }
            order.push(SortKey { expr, ..key.clone() });
        }
        let width = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        let made = self.project(relation, None, &rows)?;
        let mut fields = made.fields.clone();
        fields.truncate(items.len() - 1);
        let name = items[column as usize].0.clone();
        let rank = Field { name, data_type: Some(DataType::BigInt), time: Time::None };
        fields.insert(column as usize, rank);
        let rank = PendingRank { partition, order, column, slots, width, window, time, span };
        Ok(Relation { fields, rank: Some(rank), ..made })
    }

    /// Rows of a query that is not asked for certain ranks, nor for groups of sessions.
    pub(super) fn unranked(&mut self, relation: Relation) -> Planned<Relation> {
        if relation.rank.is_some() {
            return self.ranked(relation, None, &Items::new());
        }
        Ok(self.settled(relation, Span::default()))
    }

    /// The ranks a condition wants, and what else it says.
    pub(super) fn ranked(
        &mut self,
        relation: Relation,
        filter: Option<&Expr>,
        items: &Items,
    ) -> Planned<Relation> {
        let Some(rank) = relation.rank.clone() else { return Ok(relation) };
        let mut conditions = Vec::new();
        if let Some(filter) = filter {
            conjuncts(filter, &mut conditions);
        }
        let (mut from, mut to) = (1, u64::MAX);
        let mut rest = Vec::new();
        for condition in conditions {
            match places(&condition, rank.column) {
                Some((low, high)) => (from, to) = (low.max(from), high.min(to)),
                None => rest.push(condition),
            }
        }
        let asks = |expr: &Expr| {
            let mut found = false;
            expr.visit(&mut |it| found |= slot_of(it) == Some(rank.column));
            found
        };
        let asked = items.iter().any(|it| asks(&it.1)) || rest.iter().any(asks);
        // A single place is a constant: nobody needs to compute it.
        let wanted = asked && from != to;
        let mut made = self.rank_operator(&relation, &rank, (from, to), wanted)?;
        let width = rank.width;
        let values = (0..).zip(&rank.slots).map(|(column, slot)| {
            if column != rank.column {
                return slot_expr(*slot, rank.span);
            }
            match i64::try_from(from) {
                Ok(place) if from == to => {
                    Expr::new(ExprKind::Literal(Value::Integer(place)), rank.span)
                }
                _ => slot_expr(width, rank.span),
            }
        });
        let project = Project { filter: None, values: Some(values.collect()), time: None };
        made.node = self.add(project, &[made.node]);
        let Some(filter) = all_of(rest) else { return Ok(made) };
        self.condition(&filter, &made)?;
        let project = Project { filter: Some(filter), values: None, time: None };
        let node = self.add(project, &[made.node]);
        Ok(Relation { node, ..made })
    }

    /// The operator that gives these ranks; the rank is behind the values of its rows.
    fn rank_operator(
        &mut self,
        relation: &Relation,
        rank: &PendingRank,
        (from, to): (u64, u64),
        wanted: bool,
    ) -> Planned<Relation> {
        let span = rank.span;
        let (partition, order) = (rank.partition.clone(), rank.order.clone());
        let mut made = relation.clone();
        made.rank = None;
        if to == u64::MAX {
            let Some((time, kind, false)) = rank.time else { return Err(wants_places(span)) };
            let function = AggregateFunction::CountRows;
            let aggregate = Aggregate::new(function, None, Rules::FLINK);
            let call = Call { aggregate, argument: None, filter: None };
            let time = (kind == Time::Event).then_some(time);
            let reach = (partition, Reach::AllRows);
            let over = Over::new(time, reach, Calls([call].into()), span);
            made.node = self.add(over, &[relation.node]);
            return Ok(made);
        }
        if from == 0 || from > to {
            return Err(wants_places(span));
        }
        if let Some(window) = rank.window {
            let slots = (window.start, window.end);
            let ranks = WindowRank::new(slots, (partition, order), (from, to), span);
            made.node = self.add(ranks, &[relation.node]);
            return Ok(made);
        }
        self.keeps(span, "Ranked rows");
        if let (Some((slot, kind, descending)), (1, 1), false, false) =
            (rank.time, (from, to), wanted, relation.updates)
        {
            let keep = match (kind, descending) {
                (Time::Event, false) => Keep::Earliest(slot),
                (Time::Event, true) => Keep::Latest(slot),
                (_, false) => Keep::FirstCome,
                (_, true) => Keep::LastCome,
            };
            made.updates = descending;
            made.node =
                self.add(Dedup::new(partition, keep, self.lasting(), span), &[relation.node]);
            return Ok(made);
        }
        let told = match (wanted || from > 1, to) {
            (true, _) => Told::Places,
            (false, 1) if !relation.updates => Told::One,
            (false, _) => Told::Rows,
        };
        let rows = Rank::new(
            (partition, order),
            (from, to),
            told,
            (relation.updates, self.lasting()),
            span,
        );
        made.node = self.add(rows, &[relation.node]);
        made.updates = true;
        Ok(made)
    }
}

/// The ranks a condition allows, if it is about nothing else.
fn places(condition: &Expr, column: u32) -> Option<(u64, u64)> {
    let ExprKind::Binary(op, left, right) = &condition.kind else { return None };
    let number = |expr: &Expr| match &expr.kind {
        ExprKind::Literal(Value::Integer(it)) => u64::try_from(*it).ok(),
        _ => None,
    };
    let (op, number) = if slot_of(left) == Some(column) {
        (*op, number(right)?)
    } else if slot_of(right) == Some(column) {
        (mirrored(*op)?, number(left)?)
    } else {
        return None;
    };
    match op {
        BinaryOp::Equal => Some((number, number)),
        BinaryOp::LessEqual => Some((1, number)),
        BinaryOp::Less => Some((1, number.saturating_sub(1))),
        BinaryOp::GreaterEqual => Some((number, u64::MAX)),
        BinaryOp::Greater => Some((number.saturating_add(1), u64::MAX)),
        _ => None,
    }
}

/// The same comparison read from the right.
pub(super) fn mirrored(op: BinaryOp) -> Option<BinaryOp> {
    Some(match op {
        BinaryOp::Equal => BinaryOp::Equal,
        BinaryOp::Less => BinaryOp::Greater,
        BinaryOp::LessEqual => BinaryOp::GreaterEqual,
        BinaryOp::Greater => BinaryOp::Less,
        BinaryOp::GreaterEqual => BinaryOp::LessEqual,
        _ => return None,
    })
}

fn wants_places(span: Span) -> Problem {
    let message = "ROW_NUMBER needs to know which ranks are wanted";
    let help = "Write it in an inner query, and WHERE rank <= 10 around it";
    Problem::new("SQL-119", span, message, help)
}
