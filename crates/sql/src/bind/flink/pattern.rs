//! `MATCH_RECOGNIZE`: variables, what their conditions look up, and what a match gives.

use super::call::{calls_of, constant};
use super::relation::{Field, Relation, Scope, Time, slot_expr, slot_of};
use super::{Planned, Planner, absent};
use crate::ast::pattern::{AfterMatch, MatchRecognize};
use crate::check::check_bound;
use crate::exec::calls::Calls;
use crate::exec::operator::{Look, Pattern, PatternPlan, PatternVariable, Skip, What};
use crate::expr::{AggregateCall, Expr, ExprKind, Name, Span};
use crate::problem::Problem;
use crate::types::{Class, DataType};
use crate::value::Value;

/// What conditions and measures look up, while it is collected.
struct Looks<'a> {
    relation: &'a Relation,
    scope: Scope,
    variables: Vec<String>,
    looks: Vec<Look>,
    types: Vec<Option<DataType>>,
    /// The time of a row.
    time: u32,
}

impl Planner {
    /// A source with a pattern behind it.
    pub(super) fn pattern(
        &mut self,
        relation: &Relation,
        pattern: &MatchRecognize,
    ) -> Planned<Relation> {
        if relation.updates {
            return Err(wrong(pattern.span, "Patterns are of rows that only come", "Use a table"));
        }
        let scope = relation.scope(None);
        let mut order = self.sort_keys(&pattern.order, &scope)?;
        let time = order.first().filter(|it| !it.descending).and_then(|it| slot_of(&it.expr));
        let time = time.filter(|it| relation.fields[*it as usize].time == Time::Event);
        let Some(time) = time else {
            let help = "Write ORDER BY and the time attribute first";
            return Err(wrong(pattern.span, "A pattern is of rows in the order of time", help));
        };
        order.remove(0);
        let mut partition = Vec::new();
        let mut fields = Vec::new();
        for expr in &pattern.partition {
            let bound = self.bind(expr, &scope)?;
            let Some(slot) = slot_of(&bound) else {
                return Err(absent(expr.span, "PARTITION BY an expression"));
            };
            fields.push(Field { time: Time::None, ..relation.fields[slot as usize].clone() });
            partition.push(bound);
        }
        let names = pattern.pattern.iter().map(|it| it.variable.text.clone());
        let variables: Vec<String> = names.collect();
        let (looks, types) = (Vec::new(), Vec::new());
        let mut looks = Looks { relation, scope, variables, looks, types, time };
        let found = self.variables(pattern, &mut looks)?;
        let mut measures = Vec::new();
        for (expr, name) in &pattern.measures {
            let (bound, data_type, time) = self.measure(expr, &mut looks)?;
            fields.push(Field { name: name.text.clone(), data_type, time });
            measures.push(bound);
        }
        let within = match &pattern.within {
            None => None,
            Some(expr) => match constant(expr)? {
                Value::Interval(micros) => Some(micros),
                _ => return Err(wrong(expr.span, "WITHIN takes an interval", "INTERVAL '1' HOUR")),
            },
        };
        let skip = match &pattern.after {
            AfterMatch::PastLastRow => Skip::PastLast,
            AfterMatch::ToNextRow => Skip::ToNext,
            AfterMatch::ToFirst(name) => Skip::ToFirst(looks.variable(name, pattern.span)?),
            AfterMatch::ToLast(name) => Skip::ToLast(looks.variable(name, pattern.span)?),
        };
        if within.is_none() && found.iter().any(|it| it.most == u32::MAX) {
            self.keeps(pattern.span, "Rows of a pattern without WITHIN");
        }
        let looks = looks.looks;
        let then = order;
        let variables = found;
        let span = pattern.span;
        let plan =
            PatternPlan { time, then, partition, variables, looks, measures, skip, within, span };
        let node = self.add(Pattern::new(plan), &[relation.node]);
        Ok(Relation::new(node, fields))
    }

    fn variables(
        &mut self,
        pattern: &MatchRecognize,
        looks: &mut Looks<'_>,
    ) -> Planned<Vec<PatternVariable>> {
        let mut found = Vec::new();
        for item in &pattern.pattern {
            let most = item.most.unwrap_or(u32::MAX);
            if most == 0 || item.least > most {
                return Err(wrong(item.span, "This matches no row", "Write {1,3} or +"));
            }
            let define = pattern.define.iter().find(|it| it.0.text == item.variable.text);
            let condition = match define {
                None => None,
                Some((_, expr)) => {
                    let (bound, data_type, _) = self.measure(expr, looks)?;
                    if data_type.is_some_and(|it| it.class() != Class::Boolean) {
                        let message = "A condition is true or false";
                        return Err(wrong(expr.span, message, "Compare it with something"));
                    }
                    Some(bound)
                }
            };
            let reluctant = item.reluctant;
            found.push(PatternVariable { least: item.least, most, reluctant, condition });
        }
        let greedy = |it: &PatternVariable| !it.reluctant && it.least != it.most;
        if let (Some(last), Some(item)) = (found.last(), pattern.pattern.last())
            && greedy(last)
        {
            let message = "A greedy variable cannot be the last of a pattern";
            return Err(wrong(item.span, message, "Put a variable behind it, or write `*?`"));
        }
        Ok(found)
    }

    /// An expression over a match: over what it looks up in its rows.
    fn measure(
        &mut self,
        expr: &Expr,
        looks: &mut Looks<'_>,
    ) -> Planned<(Expr, Option<DataType>, Time)> {
        let mut problem = None;
        let mut time = Time::None;
        let bound = expr.replaced(&mut |it| {
            let found = match &it.kind {
                ExprKind::Column(_) => self.last_of(it, 0, looks),
                ExprKind::Aggregate(call) => self.all_of_variable(call, it.span, looks),
                ExprKind::User { name, arguments } => {
                    let name = name.text.to_uppercase();
                    if name == "MATCH_ROWTIME" {
                        if it == expr {
                            time = Time::Event;
                        }
                        let slot = slot_expr(looks.time, it.span);
                        Ok(looks.push(None, What::Last(slot, 0), Some(DataType::Timestamp)))
                    } else {
                        self.navigation(&name, arguments, it.span, looks)
                    }
                }
                _ => return None,
            };
            match found {
                Ok(slot) => Some(slot_expr(slot, it.span)),
                Err(why) => {
                    problem.get_or_insert(why);
                    None
                }
            }
        });
        if let Some(problem) = problem {
            return Err(problem);
        }
        let mut problems = Vec::new();
        let data_type = check_bound(&bound, &looks.types, &mut problems);
        if problems.is_empty() {
            Ok((bound, data_type, time))
        } else {
            Err(problems.swap_remove(0))
        }
    }

    /// `FIRST(a.x, 1)` and `LAST(a.x)`.
    fn navigation(
        &mut self,
        name: &str,
        arguments: &[Expr],
        span: Span,
        looks: &mut Looks<'_>,
    ) -> Planned<u32> {
        let places = match arguments.get(1) {
            None => 0,
            Some(expr) => match constant(expr)? {
                Value::Integer(it) => usize::try_from(it).unwrap_or_default(),
                _ => return Err(wrong(expr.span, "This is no number of rows", "Write 1")),
            },
        };
        match (name, arguments) {
            ("LAST", [expr, ..]) => self.last_of(expr, places, looks),
            ("FIRST", [expr, ..]) => {
                let (variable, bound, data_type) = self.of_variable(expr, looks)?;
                Ok(looks.push(variable, What::First(bound, places), data_type))
            }
            _ => {
                let message = format!("There is no function {name} in patterns");
                Err(wrong(span, &message, "Use FIRST, LAST or an aggregate"))
            }
        }
    }

    fn last_of(&mut self, expr: &Expr, places: usize, looks: &mut Looks<'_>) -> Planned<u32> {
        let (variable, bound, data_type) = self.of_variable(expr, looks)?;
        Ok(looks.push(variable, What::Last(bound, places), data_type))
    }

    fn all_of_variable(
        &mut self,
        call: &AggregateCall,
        span: Span,
        looks: &mut Looks<'_>,
    ) -> Planned<u32> {
        let mut made = call.clone();
        let mut variable = None;
        for argument in &mut made.arguments {
            let (found, bound, _) = self.of_variable(argument, looks)?;
            variable = variable.or(found);
            *argument = bound;
        }
        let relation = looks.relation;
        let (call, data_type) = self.call(&made, relation, (span, false))?;
        Ok(looks.push(variable, What::All(Calls([call].into())), data_type))
    }

    /// An expression over the rows of one variable, and which that is.
    fn of_variable(
        &mut self,
        expr: &Expr,
        looks: &mut Looks<'_>,
    ) -> Planned<(Option<usize>, Expr, Option<DataType>)> {
        if let Some((call, span)) = calls_of(core::slice::from_ref(expr)).first() {
            let message = format!("{} cannot stand inside another one", call.name);
            return Err(wrong(*span, &message, "Look up a column"));
        }
        let mut variable: Option<usize> = None;
        let mut problem = None;
        let plain = expr.replaced(&mut |it| {
            let ExprKind::Column(path) = &it.kind else { return None };
            if let [name, rest @ ..] = &path[..]
                && !rest.is_empty()
            {
                match looks.variable(name, it.span) {
                    Ok(found) if variable.is_none_or(|it| it == found) => variable = Some(found),
                    Ok(_) => {
                        let message = "Two variables stand in one look-up";
                        problem.get_or_insert(wrong(it.span, message, "Look up each by itself"));
                    }
                    Err(why) => {
                        problem.get_or_insert(why);
                    }
                }
                return Some(Expr::new(ExprKind::Column(rest.to_vec()), it.span));
            }
            None
        });
        if let Some(problem) = problem {
            return Err(problem);
        }
        let bound = self.bind(&plain, &looks.scope)?;
        let data_type = self.type_of(&bound, looks.relation)?;
        Ok((variable, bound, data_type))
    }
}

impl Looks<'_> {
    fn push(&mut self, variable: Option<usize>, what: What, data_type: Option<DataType>) -> u32 {
        self.looks.push(Look { variable, what });
        self.types.push(data_type);
        u32::try_from(self.looks.len() - 1).unwrap_or(u32::MAX)
    }

    fn variable(&self, name: &Name, span: Span) -> Planned<usize> {
        self.variables.iter().position(|it| *it == name.text).ok_or_else(|| {
            let message = format!("The pattern has no variable `{}`", name.text);
            wrong(span, &message, "Write a variable of PATTERN")
        })
    }
}

fn wrong(span: Span, message: &str, help: &str) -> Problem {
    Problem::new("SQL-121", span, message, help)
}
