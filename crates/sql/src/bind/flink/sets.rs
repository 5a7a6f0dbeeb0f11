//! `GROUPING SETS`, `ROLLUP` and `CUBE`: rows are told apart by the set of keys as well.

use super::call::replace;
use super::relation::{Field, Relation, Scope, Time, slot_expr};
use super::{Planned, Planner, absent};
use crate::ast::query::Group;
use crate::exec::operator::Expand;
use crate::expr::{Expr, ExprKind, Span};
use crate::problem::Problem;
use crate::types::DataType;
use crate::value::Value;

/// Most sets of one `GROUP BY`: each row comes as often.
const SETS_MAX: usize = 64;

/// What rows are grouped by in turn.
#[derive(Debug)]
pub(super) struct Sets {
    /// All keys, bound, in the order they are written.
    pub keys: Vec<Expr>,
    /// Which of the keys each set has.
    sets: Vec<Vec<usize>>,
    span: Span,
}

impl Planner {
    /// The sets of keys a query is grouped by, if there are several.
    pub(super) fn sets(&mut self, scope: &Scope, group: &Group) -> Planned<Option<Sets>> {
        let Group::Sets(items, span) = group else { return Ok(None) };
        let (mut keys, mut sets) = (Vec::<Expr>::new(), vec![Vec::new()]);
        for item in items {
            let mut own = Vec::new();
            for set in item {
                let mut places = Vec::new();
                for key in set {
                    if super::window::window_call(key).is_some() {
                        return Err(absent(key.span, "This window beside several sets of keys"));
                    }
                    let bound = self.bind(key, scope)?;
                    places.push(keys.iter().position(|it| *it == bound).unwrap_or(keys.len()));
                    if places.last() == Some(&keys.len()) {
                        keys.push(bound);
                    }
                }
                own.push(places);
            }
            let beside = |set: &Vec<usize>| -> Vec<Vec<usize>> {
                own.iter().map(|more| [&set[..], &more[..]].concat()).collect()
            };
            sets = sets.iter().flat_map(beside).collect();
            if sets.len() > SETS_MAX {
                let message = format!("There are more than {SETS_MAX} sets of keys");
                let help = "Write those that are needed behind GROUPING SETS";
                return Err(Problem::new("SQL-117", *span, message, help));
            }
        }
        Ok(Some(Sets { keys, sets, span: *span }))
    }

    /// `GROUPING(a, b)`: a bit for each key, which is 1 where the set of a row has not got it.
    pub(super) fn groupings(
        &mut self,
        expr: &Expr,
        (relation, scope): (&Relation, &Scope),
        sets: Option<&Sets>,
    ) -> Planned<Expr> {
        let Some(sets) = sets else { return Ok(expr.clone()) };
        let number = u32::try_from(relation.fields.len()).unwrap_or(u32::MAX);
        let mut wrong = None;
        let made = replace(expr, &mut |it| {
            let ExprKind::User { name, arguments } = &it.kind else { return None };
            if !["GROUPING", "GROUPING_ID"].iter().any(|word| name.text.eq_ignore_ascii_case(word))
            {
                return None;
            }
            let mut places = Vec::new();
            for argument in arguments {
                let bound = self.bind(argument, scope);
                match bound.map(|bound| sets.keys.iter().position(|key| *key == bound)) {
                    Ok(Some(place)) => places.push(place),
                    Ok(None) => {
                        let message = "GROUPING takes what stands behind GROUP BY";
                        let help = "Write one of the keys";
                        let problem = Problem::new("SQL-108", argument.span, message, help);
                        wrong.get_or_insert(problem);
                    }
                    Err(problem) => {
                        wrong.get_or_insert(problem);
                    }
                }
            }
            let literal = |it: i64, span| Expr::new(ExprKind::Literal(Value::Integer(it)), span);
            let branches = (0..).zip(&sets.sets).map(|(at, set)| {
                let bit = |all: i64, key| (all << 1) | i64::from(!set.contains(key));
                (literal(at, it.span), literal(places.iter().fold(0, bit), it.span))
            });
            let operand = Some(slot_expr(number, it.span).into());
            let kind = ExprKind::Case { operand, branches: branches.collect(), otherwise: None };
            let bits = Expr::new(kind, it.span);
            Some(Expr::new(ExprKind::Cast(bits.into(), DataType::BigInt), it.span))
        });
        wrong.map_or(Ok(made), Err)
    }

    /// Each row once for each set: behind its values the number of the set, and the keys that not
    /// every set has, NULL where it has not. Gives what is grouped by then, for each key and the
    /// number.
    pub(super) fn expanded(
        &mut self,
        relation: Relation,
        sets: &Sets,
    ) -> Planned<(Relation, Vec<Expr>)> {
        let span = sets.span;
        let mut fields = relation.fields.clone();
        let mut slot = u32::try_from(fields.len()).unwrap_or(u32::MAX);
        let number = slot_expr(slot, span);
        let data_type = Some(DataType::Integer);
        fields.push(Field { name: String::new(), data_type, time: Time::None });
        let (mut grouped, mut varying) = (Vec::new(), Vec::new());
        for (at, key) in sets.keys.iter().enumerate() {
            if sets.sets.iter().all(|set| set.contains(&at)) {
                grouped.push(key.clone());
                continue;
            }
            slot += 1;
            grouped.push(slot_expr(slot, key.span));
            varying.push(at);
            let data_type = self.type_of(key, &relation)?;
            fields.push(Field { name: String::new(), data_type, time: Time::None });
        }
        grouped.push(number);
        let values = (0..).zip(&sets.sets).map(|(at, set)| {
            let literal = |it| Expr::new(ExprKind::Literal(it), span);
            let keys = varying.iter().map(|key| match set.contains(key) {
                true => sets.keys[*key].clone(),
                false => literal(Value::Null),
            });
            core::iter::once(literal(Value::Integer(at))).chain(keys).collect()
        });
        let expand = Expand { sets: values.collect() };
        let node = self.add(expand, &[relation.node]);
        Ok((Relation { node, fields, ..relation }, grouped))
    }
}
