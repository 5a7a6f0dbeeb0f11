//! Where rows come from.

use super::scope::{Column, Found, Scope, same};
use super::{Binder, Relation, count, slot};
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
            let right = self.source(source);
            all = self.joined(all, right, JoinKind::Cross, Span::default());
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
            TableRef::Query { query, lateral, alias, span } => {
                if *lateral {
                    self.absent(*span, "LATERAL");
                }
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
        let common = self.commons.iter().rfind(|it| same(&it.name, last)).cloned();
        let (step, columns) = if let Some(common) = common.filter(|_| name.parts.len() == 1) {
            (Step::Common(common.number), common.columns)
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
        let (left, right) = (self.source(&join.left), self.source(&join.right));
        for column in &right.scope.columns {
            if let Some(source) = &column.source
                && left.scope.columns.iter().any(|it| it.source.as_ref() == Some(source))
            {
                let message = format!("Two sources are called `{source}`");
                self.tell(
                    "SQL-182",
                    join.span,
                    message,
                    "Give each a name of its own: `orders AS o`",
                );
                break;
            }
        }
        if !join.using.is_empty() {
            return self.using(join, left, right);
        }
        let mut both = self.joined(left, right, join.kind, join.span);
        if let Some(on) = &join.on {
            let bound = self.expr(on, &both.scope, super::expr::Beside::default());
            let bound = self.refuse_calls(&bound, "ON");
            self.condition(&bound, &both.scope.types());
            if let Step::Join(made) = &mut both.step {
                made.require(&bound);
            }
        }
        both
    }

    fn joined(&mut self, left: Relation, right: Relation, kind: JoinKind, span: Span) -> Relation {
        let widths = (count(left.scope.columns.len()), count(right.scope.columns.len()));
        let scope = left.scope.beside(right.scope);
        let (left, right, keys) = (left.step, right.step, Vec::new());
        let conditions = Vec::new();
        let join = plan::Join { left, right, kind, keys, conditions, widths, span };
        Relation { step: Step::Join(Box::new(join)), scope }
    }

    /// `USING (a, b)`: the columns of both sides become one that comes first.
    fn using(&mut self, join: &Join, left: Relation, right: Relation) -> Relation {
        let width = count(left.scope.columns.len());
        let mut pairs = Vec::new();
        for name in &join.using {
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
            made.require(&bound);
            self.condition(&bound, &both.scope.types());
        }
        self.merged(both, &pairs, join.span)
    }

    fn merged(&mut self, both: Relation, pairs: &[(Name, u32, u32)], span: Span) -> Relation {
        let Relation { step, mut scope } = both;
        let width = count(scope.columns.len());
        let mut exprs: Vec<Expr> = (0..width).map(|it| slot(it, span)).collect();
        let mut star = Vec::new();
        for (name, a, b) in pairs {
            // What one side lacks the other has.
            let (function, arguments) = (Function::Coalesce, vec![slot(*a, span), slot(*b, span)]);
            star.push(count(exprs.len()));
            exprs.push(Expr::new(ExprKind::Call { function, arguments }, span));
            let data_type = scope.data_type(*a).or(scope.data_type(*b));
            for side in [*a, *b] {
                scope.columns[side as usize].merged = true;
            }
            let name = crate::Dialect::Batch.folded(name);
            scope.columns.push(Column { source: None, name, data_type, merged: false });
        }
        let own = |it: &u32| !pairs.iter().any(|(_, a, b)| a == it || b == it);
        star.extend(scope.star.iter().copied().filter(own));
        scope.star = star;
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

/// Rows nothing is known about, in the place of what is wrong.
fn unknown() -> Relation {
    Relation { step: Step::One, scope: Scope { open: true, ..Scope::default() } }
}
