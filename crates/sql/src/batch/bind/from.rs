//! Where rows come from.

use super::scope::{Column, Found, Scope, same};
use super::{Around, Binder, Relation, count, slot};
use crate::ast::ObjectName;
use crate::ast::query::{Alias, Join, JoinKind, TableRef};
use crate::batch::plan::{self, Step};
use crate::expr::{Expr, ExprKind, Name, Span};
use crate::function::Function;

/// Sources with commas between them: each stands inside the next.
const SOURCES_MAX: usize = 50;

impl Binder<'_> {
    /// What stands behind `FROM`; without it there is one row.
    pub(super) fn from(&mut self, sources: &[TableRef]) -> Relation {
        let mut sources = sources.iter();
        let Some(first) = sources.next() else { return Relation::default() };
        let mut all = self.source(first);
        if sources.len() > SOURCES_MAX {
            self.too_many(Span::default(), "tables", SOURCES_MAX);
            return all;
        }
        for source in sources {
            let (kind, span) = (JoinKind::Cross, place_of(source));
            all = match source {
                TableRef::Query { lateral: true, .. } => self.applied(all, source, kind, span),
                _ => {
                    let right = self.source(source);
                    self.joined(all, right, kind, span)
                }
            };
        }
        all
    }

    fn source(&mut self, source: &TableRef) -> Relation {
        match source {
            TableRef::Named { name, over, system_time, alias } => {
                if over.is_some() || system_time.is_some() {
                    self.absent(name.span, "A table at a moment or over a window");
                }
                self.named(name, alias.as_ref())
            }
            TableRef::Query { query, alias, span, .. } => {
                let inner = self.query(query);
                self.called(inner, alias.as_ref(), *span)
            }
            TableRef::Function { function, .. } => {
                self.absent(function.span, "A function that gives rows");
                unknown()
            }
            TableRef::Match { pattern, .. } => {
                self.absent(pattern.span, "MATCH_RECOGNIZE");
                unknown()
            }
            TableRef::Join(join) => self.join(join),
        }
    }

    fn named(&mut self, name: &ObjectName, alias: Option<&Alias>) -> Relation {
        let last = name.last();
        let common = self.commons.iter_mut().rfind(|it| same(&it.name, last));
        let (step, columns) = if let Some(common) = common.filter(|_| name.parts.len() == 1) {
            common.named = true;
            (Step::Common(common.number), common.columns.clone())
        } else if let Some(index) = self.tables.iter().position(|it| same(&it.name, last)) {
            let typed = |(name, data_type): &(String, _)| Column {
                name: name.clone(),
                data_type: Some(*data_type),
                ..Column::default()
            };
            (Step::Table(index), self.tables[index].columns.iter().map(typed).collect())
        } else {
            let names: Vec<&str> = self.tables.iter().map(|it| it.name.as_str()).collect();
            let help = match names[..] {
                [] => "There is no table at all".to_owned(),
                _ => format!("There is {}", names.join(", ")),
            };
            self.tell("SQL-161", name.span, format!("There is no table `{}`", last.text), help);
            return unknown();
        };
        let alias = alias.cloned();
        let alias = alias.unwrap_or(Alias { name: last.clone(), columns: Vec::new() });
        self.called(Relation { step, scope: Scope::of(columns) }, Some(&alias), name.span)
    }

    /// Under the name it has here. Only the columns `*` stands for go on.
    fn called(&mut self, inner: Relation, alias: Option<&Alias>, span: Span) -> Relation {
        let Relation { step, scope } = inner;
        let names = alias.map_or(&[][..], |it| &it.columns);
        if names.len() > scope.star.len() && !scope.open {
            let message = format!("There are {} columns here", scope.star.len());
            self.tell("SQL-170", span, message, "Name no more columns than there are");
        }
        let step = narrowed(step, &scope, span);
        Relation { step, scope: scope.called(alias.map(|it| &it.name), names) }
    }

    fn join(&mut self, join: &Join) -> Relation {
        let left = self.source(&join.left);
        let mut both = if let TableRef::Query { lateral: true, .. } = join.right {
            self.applied(left, &join.right, join.kind, join.span)
        } else {
            let right = self.source(&join.right);
            self.told_apart(&left.scope, &right.scope, join.span);
            let shared = if join.natural { shared(&left.scope, &right.scope) } else { Vec::new() };
            let names = if join.natural { &shared } else { &join.using };
            if !names.is_empty() {
                return self.using(join, names, left, right);
            }
            self.joined(left, right, join.kind, join.span)
        };
        if let Some(on) = &join.on {
            let bound = self.expr(on, &both.scope, super::expr::Beside::default());
            let bound = self.refuse_calls(&bound, "ON");
            self.condition(&bound, &both.scope.types());
            let bound = self.aligned(&bound, &both.scope.types());
            match &mut both.step {
                Step::Join(made) => made.require(&bound),
                Step::Apply(made) => made.conditions.push(bound),
                _ => {}
            }
        }
        both
    }

    /// Two sources need two names.
    fn told_apart(&mut self, left: &Scope, right: &Scope, span: Span) {
        let called = |it: &&String| left.columns.iter().any(|own| own.source.as_ref() == Some(it));
        if let Some(name) = right.columns.iter().filter_map(|it| it.source.as_ref()).find(called) {
            let message = format!("Two sources are called `{name}`");
            self.tell("SQL-182", span, message, "Give each a name of its own: `orders AS o`");
        }
    }

    /// `LATERAL (SELECT …)`: a query that sees the row on its left.
    fn applied(
        &mut self,
        left: Relation,
        source: &TableRef,
        kind: JoinKind,
        span: Span,
    ) -> Relation {
        if matches!(kind, JoinKind::Right | JoinKind::Full) {
            self.absent(span, "LATERAL on a side all rows of stay");
        }
        self.around.push(Around { scope: left.scope.clone(), arguments: Vec::new() });
        let right = self.source(source);
        let around = self.around.pop();
        self.told_apart(&left.scope, &right.scope, span);
        let arguments = around.map(|it| it.arguments).unwrap_or_default();
        let apply = plan::Apply {
            left: left.step,
            right: right.step,
            arguments: arguments.into_iter().map(|it| it.0).collect(),
            keeps: kind == JoinKind::Left,
            conditions: Vec::new(),
            widths: (count(left.scope.columns.len()), count(right.scope.columns.len())),
            span,
        };
        let scope = left.scope.beside(right.scope);
        Relation { step: Step::Apply(Box::new(apply)), scope }
    }

    fn joined(&mut self, left: Relation, right: Relation, kind: JoinKind, span: Span) -> Relation {
        let widths = (count(left.scope.columns.len()), count(right.scope.columns.len()));
        let scope = left.scope.beside(right.scope);
        let (left, right, keys) = (left.step, right.step, Vec::new());
        let conditions = Vec::new();
        let join = plan::Join { left, right, kind, keys, conditions, widths, span };
        Relation { step: Step::Join(Box::new(join)), scope }
    }

    /// `USING (a, b)`: the columns of both sides become one, where the left one stands.
    fn using(&mut self, join: &Join, names: &[Name], left: Relation, right: Relation) -> Relation {
        let width = count(left.scope.columns.len());
        let mut pairs = Vec::new();
        for name in names {
            let path = core::slice::from_ref(name);
            match (left.scope.find(path), right.scope.find(path)) {
                (Found::At(a), Found::At(b)) => pairs.push((name.clone(), a, b + width)),
                _ if left.scope.open || right.scope.open => {}
                _ => {
                    let message = format!("Each side of USING has one column `{}`", name.text);
                    self.tell("SQL-162", join.span, message, "Write ON and what is equal");
                }
            }
        }
        let mut both = self.joined(left, right, join.kind, join.span);
        let Step::Join(made) = &mut both.step else { return both };
        for (_, a, b) in &pairs {
            let equal = crate::expr::BinaryOp::Equal;
            let sides = (slot(*a, join.span), slot(*b, join.span));
            let kind = ExprKind::Binary(equal, sides.0.into(), sides.1.into());
            let bound = Expr::new(kind, join.span);
            self.condition(&bound, &both.scope.types());
            made.require(&self.aligned(&bound, &both.scope.types()));
        }
        self.merged(both, &pairs, join.span)
    }

    fn merged(&mut self, both: Relation, pairs: &[(Name, u32, u32)], span: Span) -> Relation {
        let Relation { step, mut scope } = both;
        let width = count(scope.columns.len());
        let mut exprs: Vec<Expr> = (0..width).map(|it| slot(it, span)).collect();
        for (name, a, b) in pairs {
            // What one side lacks the other has.
            let (function, arguments) = (Function::Coalesce, vec![slot(*a, span), slot(*b, span)]);
            for place in &mut scope.star {
                *place = if place == a { count(exprs.len()) } else { *place };
            }
            exprs.push(Expr::new(ExprKind::Call { function, arguments }, span));
            let data_type = scope.data_type(*a).or(scope.data_type(*b));
            for side in [*a, *b] {
                scope.columns[side as usize].merged = true;
            }
            let name = crate::Dialect::Batch.folded(name);
            scope.columns.push(Column { source: None, name, data_type, merged: false });
        }
        scope.star.retain(|it| !pairs.iter().any(|(_, _, b)| b == it));
        Relation { step: Step::Project(Box::new(step), exprs), scope }
    }
}

/// Only the columns `*` stands for, in its order.
pub(super) fn narrowed(step: Step, scope: &Scope, span: Span) -> Step {
    let all: Vec<u32> = (0..count(scope.columns.len())).collect();
    if scope.star == all {
        return step;
    }
    Step::Project(Box::new(step), scope.star.iter().map(|it| slot(*it, span)).collect())
}

/// Where a source stands.
fn place_of(source: &TableRef) -> Span {
    match source {
        TableRef::Named { name, .. } => name.span,
        TableRef::Query { span, .. } => *span,
        TableRef::Function { function, .. } => function.span,
        TableRef::Match { source, .. } => place_of(source),
        TableRef::Join(join) => place_of(&join.left).to(join.span),
    }
}

/// The names of columns both sides have.
fn shared(left: &Scope, right: &Scope) -> Vec<Name> {
    let name = |it: &u32| Name { text: left.name(*it), quoted: true };
    let both = |it: &Name| right.find(core::slice::from_ref(it)) != Found::Nothing;
    left.star.iter().map(name).filter(both).collect()
}

/// Rows nothing is known about, in the place of what is wrong.
fn unknown() -> Relation {
    Relation { step: Step::One, scope: Scope { open: true, ..Scope::default() } }
}
