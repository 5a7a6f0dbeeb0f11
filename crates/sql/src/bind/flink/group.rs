//! `GROUP BY`: in windows, in sessions, or without end.

use super::call::calls_of;
use super::query::Items;
use super::relation::{Field, PendingSession, Relation, Scope, Time, WindowSlots, slot_of};
use super::window::window_call;
use super::{Planned, Planner, absent};
use crate::ast::query::{Group, SelectQuery};
use crate::exec::calls::Calls;
use crate::exec::operator::{self, Session, WindowGroup};
use crate::expr::{AggregateCall, Expr, Span};
use crate::lower::lower;
use crate::problem::Problem;
use crate::rules::Rules;
use crate::types::DataType;

/// What rows are grouped by, and what is computed of each group.
struct Grouping {
    keys: Vec<Expr>,
    calls: Calls,
    /// Where each key is in the rows of the operator.
    key_slots: Vec<(Expr, u32)>,
    call_slots: Vec<(AggregateCall, u32)>,
    fields: Vec<Field>,
}

impl Planner {
    /// A query with groups, or with aggregates over everything.
    pub(super) fn group(
        &mut self,
        relation: Relation,
        scope: &Scope,
        select: &SelectQuery,
        items: Items,
    ) -> Planned<Relation> {
        let (written, span): (&[Expr], Span) = match &select.group {
            Group::None => (&[], select.span),
            Group::By(keys, span) => (keys, *span),
            Group::Sets(_, span) => (&[], *span),
            Group::Stagger { span, .. } => return Err(absent(*span, "WINDOWED BY STAGGER")),
        };
        let sets = self.sets(scope, &select.group)?;
        let having = match &select.having {
            Some(having) => {
                let having = self.windows_named(having, &relation, &select.group)?;
                let having = self.groupings(&having, (&relation, scope), sets.as_ref())?;
                Some(self.bind(&having, scope)?)
            }
            None => None,
        };
        let older = written.iter().any(|it| window_call(it).is_some());
        let relation = self.group_window(relation, scope, written)?;
        let (relation, mut keys) = match &sets {
            Some(sets) => self.expanded(relation, sets)?,
            None => (relation, Vec::new()),
        };
        for key in written.iter().filter(|it| window_call(it).is_none()) {
            let bound = self.bind(key, scope)?;
            if let Some(call) = calls_of(core::slice::from_ref(&bound)).first() {
                let message = format!("{} cannot stand behind GROUP BY", call.0.name);
                let help = "Group by what a row has itself";
                return Err(Problem::new("SQL-106", key.span, message, help));
            }
            keys.push(bound);
        }
        let mut exprs: Vec<Expr> = items.iter().map(|it| it.1.clone()).collect();
        exprs.extend(having.clone());
        let calls = calls_of(&exprs);
        if let Some((call, span)) = calls.iter().find(|it| it.0.over.is_some()) {
            return Err(absent(*span, &format!("{} OVER beside GROUP BY", call.name)));
        }
        let has = |slot: u32| keys.iter().any(|it| slot_of(it) == Some(slot));
        let window = relation.window.filter(|it| older || (has(it.start) && has(it.end)));
        let (relation, window) = match &relation.session {
            Some(session) if window.is_none() || !groups_of(session, &keys, older, window) => {
                (self.settled(relation, span), None)
            }
            _ => (relation, window),
        };
        let mut grouping = self.grouping(&relation, &keys, &calls, window)?;
        // What is selected has the keys as they are written.
        for (key, now) in sets.iter().flat_map(|it| it.keys.iter().zip(&keys)) {
            let slot = grouping.key_slots.iter().find(|it| it.0 == *now).map(|it| it.1);
            grouping.key_slots.extend(slot.map(|slot| (key.clone(), slot)));
        }
        let made = self.grouped(relation, window, &grouping, span)?;
        let mut over_groups = Items::new();
        for (name, expr) in items {
            let expr = self.regrouped(&expr, &grouping.key_slots, &grouping.call_slots)?;
            // Only now the types of the aggregates are known.
            let expr = lower(&expr, &made.types(), &Rules::FLINK);
            over_groups.push((name, expr));
        }
        let having = having
            .map(|it| self.regrouped(&it, &grouping.key_slots, &grouping.call_slots))
            .transpose()?
            .map(|it| lower(&it, &made.types(), &Rules::FLINK));
        self.project(&made, having, &over_groups)
    }

    /// Keys and calls, and where the operator puts them: keys, results, then the window.
    fn grouping(
        &mut self,
        relation: &Relation,
        keys: &[Expr],
        calls: &[(AggregateCall, Span)],
        window: Option<WindowSlots>,
    ) -> Planned<Grouping> {
        let of_window = |expr: &Expr| {
            let slot = slot_of(expr)?;
            window.filter(|it| (it.start..=it.start + 2).contains(&slot)).map(|it| slot - it.start)
        };
        let plain: Vec<Expr> = keys.iter().filter(|it| of_window(it).is_none()).cloned().collect();
        let mut fields = Vec::new();
        let mut key_slots = Vec::new();
        for (slot, key) in (0..).zip(&plain) {
            let data_type = self.type_of(key, relation)?;
            fields.push(Field { name: String::new(), data_type, time: Time::None });
            key_slots.push((key.clone(), slot));
        }
        let mut bound = Vec::new();
        let mut call_slots = Vec::new();
        for (call, span) in calls {
            let (made, data_type) = self.call(call, relation, (*span, relation.updates))?;
            let slot = u32::try_from(fields.len()).unwrap_or(u32::MAX);
            fields.push(Field { name: String::new(), data_type, time: Time::None });
            call_slots.push((call.clone(), slot));
            bound.push(made);
        }
        if let Some(window) = window {
            let from = u32::try_from(fields.len()).unwrap_or(u32::MAX);
            for (index, time) in (0..).zip([Time::None, Time::None, Time::Event]) {
                let data_type = Some(DataType::Timestamp);
                fields.push(Field { name: String::new(), data_type, time });
                let of_input = super::relation::slot_expr(window.start + index, Span::default());
                key_slots.push((of_input, from + index));
            }
        }
        Ok(Grouping { keys: plain, calls: Calls(bound.into()), key_slots, call_slots, fields })
    }

    fn grouped(
        &mut self,
        relation: Relation,
        window: Option<WindowSlots>,
        grouping: &Grouping,
        span: Span,
    ) -> Planned<Relation> {
        let Grouping { keys, calls, fields, .. } = grouping;
        let (keys, calls) = (keys.clone(), calls.clone());
        let from = u32::try_from(fields.len()).unwrap_or(u32::MAX).saturating_sub(3);
        let slots = WindowSlots { start: from, end: from + 1 };
        let Some(window) = window else {
            if !keys.is_empty() {
                self.keeps(span, "Groups");
            }
            let node =
                self.add(operator::Group::new(keys, calls, self.lasting(), span), &[relation.node]);
            let mut made = Relation::new(node, fields.clone());
            made.updates = true;
            return Ok(made);
        };
        let node = match relation.session {
            Some(session) => {
                let time = (session.time, session.gap);
                self.add(Session::new(time, session.partition, keys, calls, span), &[relation.node])
            }
            None => {
                if relation.updates {
                    return Err(absent(span, "A window over rows that change"));
                }
                let ends = (window.start, window.end);
                self.add(WindowGroup::new(ends, keys, calls, span), &[relation.node])
            }
        };
        let mut made = Relation::new(node, fields.clone());
        made.window = Some(slots);
        Ok(made)
    }
}

/// Whether keys are those of the sessions and their window: then each session is a group.
fn groups_of(
    session: &PendingSession,
    keys: &[Expr],
    older: bool,
    window: Option<WindowSlots>,
) -> bool {
    let of_window = |key: &&Expr| {
        let slot = slot_of(key).zip(window);
        slot.is_some_and(|(slot, it)| (it.start..=it.start + 2).contains(&slot))
    };
    let plain = || keys.iter().filter(|it| !of_window(it));
    older
        || plain().all(|it| session.partition.contains(it))
            && session.partition.iter().all(|it| plain().any(|key| key == it))
}
