//! `SELECT`, in the order its clauses are computed: `FROM`, `WHERE`, groups, `HAVING`, windows,
//! `QUALIFY`, the list, `DISTINCT`, `ORDER BY`.

use super::expr::Beside;
use super::push::filtered;
use super::query::{aligned, sort_key};
use super::scope::{Column, Scope, same};
use super::{Binder, Relation, count, nothing, slot};
use crate::ast::query::{Item, OrderItem, SelectQuery};
use crate::batch::plan::Step;
use crate::exec::calls::SortKey;
use crate::expr::{Expr, ExprKind, Span};
use crate::limits::COLUMNS_MAX;
use crate::types::DataType;

/// What a key of `GROUP BY` or `ORDER BY` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ordering {
    /// The number of a column, from 0.
    Column(usize),
    /// An expression.
    Expr,
    /// A number, but of no column: told already.
    Wrong,
}

/// The parts of a select that stand over the same row, bound.
#[derive(Debug, Default)]
pub(super) struct Bound {
    /// What is selected, with the names.
    pub items: Vec<(String, Expr)>,
    pub having: Option<Expr>,
    pub qualify: Option<Expr>,
    /// What is ordered by, and is no column.
    pub order: Vec<(Ordering, Expr)>,
    /// `DISTINCT ON`.
    pub distinct: Vec<(Ordering, Expr)>,
}

impl Bound {
    /// Every expression, to be looked at.
    pub(super) fn exprs(&self) -> Vec<&Expr> {
        let items = self.items.iter().map(|it| &it.1);
        let order = self.order.iter().chain(&self.distinct).map(|it| &it.1);
        items.chain(&self.having).chain(&self.qualify).chain(order).collect()
    }

    /// Every expression, to be changed.
    pub(super) fn each(&mut self, change: &mut dyn FnMut(&Expr) -> Expr) {
        let items = self.items.iter_mut().map(|it| &mut it.1);
        let order = self.order.iter_mut().chain(&mut self.distinct).map(|it| &mut it.1);
        for expr in items.chain(&mut self.having).chain(&mut self.qualify).chain(order) {
            *expr = change(expr);
        }
    }
}

impl Binder<'_> {
    pub(super) fn select(&mut self, select: &SelectQuery, order: &[OrderItem]) -> Relation {
        let Relation { mut step, mut scope } = self.from(&select.from);
        if let Some(filter) = &select.filter {
            let bound = self.expr(filter, &scope, Beside::default());
            let bound = self.refuse_calls(&bound, "WHERE");
            self.condition(&bound, &scope.types());
            step = self.filtered(step, &bound, &scope);
        }
        let mut bound = self.bound(select, order, &scope);
        (step, scope) = self.grouped(select, (step, scope), &mut bound);
        bound.each(&mut |it| self.implied(it, &scope.types()));
        if let Some(having) = &bound.having {
            self.condition(having, &scope.types());
            step = Step::Filter(Box::new(step), vec![having.clone()]);
        }
        (step, scope) = self.windowed(step, scope, &mut bound);
        bound.each(&mut |it| self.implied(it, &scope.types()));
        if let Some(qualify) = &bound.qualify {
            self.condition(qualify, &scope.types());
            step = Step::Filter(Box::new(step), vec![qualify.clone()]);
        }
        let relation = self.projected(select, order, (step, scope), &bound);
        self.slice(relation, select.top.as_ref(), None)
    }

    /// Rows a condition over a scope holds for.
    fn filtered(&mut self, step: Step, bound: &Expr, scope: &Scope) -> Step {
        let bound = self.aligned(bound, &scope.types());
        filtered(step, &bound, &mut self.plan)
    }

    /// The same condition with its sides brought to types whose equal values are the same as keys.
    pub(super) fn aligned(&mut self, bound: &Expr, types: &[Option<DataType>]) -> Expr {
        // What is wrong is told already.
        let told = self.problems.len();
        let bound = aligned(bound, &mut |it| self.type_of(it, types));
        self.problems.truncate(told);
        bound
    }

    /// Everything that stands over rows, groups or windows.
    fn bound(&mut self, select: &SelectQuery, order: &[OrderItem], scope: &Scope) -> Bound {
        let mut bound = Bound::default();
        for item in &select.items {
            self.item(item, select, scope, &mut bound.items);
            if bound.items.len() > COLUMNS_MAX {
                self.too_many(select.span, "columns", COLUMNS_MAX);
                bound.items.truncate(COLUMNS_MAX);
                break;
            }
        }
        let items = core::mem::take(&mut bound.items);
        let beside = Beside { aliases: &items, select: Some(select) };
        bound.having = select.having.as_ref().map(|it| self.expr(it, scope, beside));
        bound.qualify = select.qualify.as_ref().map(|it| self.expr(it, scope, beside));
        for item in order {
            bound.order.push(self.place(&item.expr, "ORDER BY", scope, beside));
        }
        for key in &select.distinct_on {
            bound.distinct.push(self.place(key, "DISTINCT ON", scope, beside));
        }
        Bound { items, ..bound }
    }

    /// What rows are ordered or told apart by: an item, by its number, its name or what it is, or
    /// something else.
    fn place(
        &mut self,
        key: &Expr,
        clause: &str,
        scope: &Scope,
        beside: Beside<'_>,
    ) -> (Ordering, Expr) {
        let items = beside.aliases;
        let place = self.ordinal(key, items.len(), clause);
        let named = |path: &[crate::expr::Name]| match path {
            [name] => items.iter().position(|it| same(&it.0, name)),
            _ => None,
        };
        match (&key.kind, place) {
            (ExprKind::Column(path), _) if let Some(at) = named(path) => {
                (Ordering::Column(at), nothing(key.span))
            }
            (_, Ordering::Expr) => {
                let expr = self.expr(key, scope, beside);
                match items.iter().position(|it| it.1 == expr) {
                    Some(at) => (Ordering::Column(at), nothing(key.span)),
                    None => (Ordering::Expr, expr),
                }
            }
            (_, place) => (place, nothing(key.span)),
        }
    }

    fn item(
        &mut self,
        item: &Item,
        select: &SelectQuery,
        scope: &Scope,
        items: &mut Vec<(String, Expr)>,
    ) {
        match item {
            Item::All(span) => {
                if select.from.is_empty() {
                    let help = "Add FROM and a table";
                    self.tell("SQL-164", *span, "`*` stands for no columns here", help);
                }
                items.extend(scope.star.iter().map(|it| (scope.name(*it), slot(*it, *span))));
            }
            Item::AllOf(source, span) => {
                if !scope.has_source(source) && !scope.open {
                    let message = format!("There is no table `{}` here", source.text);
                    let help = "Write the name or the alias of a table behind FROM";
                    self.tell("SQL-164", *span, message, help);
                }
                let own = scope.of_source(source);
                items.extend(own.map(|it| (scope.name(it), slot(it, *span))));
            }
            Item::Column { expr, alias } => {
                let beside = Beside { aliases: items, select: Some(select) };
                let bound = self.expr(expr, scope, beside);
                let name = match (alias, &bound.kind) {
                    (Some(alias), _) => crate::Dialect::Batch.folded(alias),
                    (None, ExprKind::Slot(slot)) if !scope.name(*slot).is_empty() => {
                        scope.name(*slot)
                    }
                    (None, _) => name_of(expr),
                };
                items.push((name, bound));
            }
        }
    }

    /// The list, without equal rows perhaps, in order.
    fn projected(
        &mut self,
        select: &SelectQuery,
        order: &[OrderItem],
        (step, scope): (Step, Scope),
        bound: &Bound,
    ) -> Relation {
        let types = scope.types();
        let (mut exprs, mut columns) = (Vec::new(), Vec::new());
        for (name, expr) in &bound.items {
            let data_type = self.type_of(expr, &types);
            columns.push(Column { name: name.clone(), data_type, ..Column::default() });
            exprs.push(expr.clone());
        }
        let shown = count(exprs.len());
        let mut keys: Vec<SortKey> = Vec::new();
        for (item, (place, expr)) in order.iter().zip(&bound.order) {
            if *place == Ordering::Expr && select.distinct {
                let message = "What DISTINCT rows are ordered by is not selected";
                self.tell("SQL-181", item.expr.span, message, "Select it as well");
            }
            let key = self.shown(*place, expr, item.expr.span, &types, &mut exprs);
            keys.extend(key.map(|it| sort_key(item, it)));
        }
        let mut distinct = Vec::new();
        for (key, (place, expr)) in select.distinct_on.iter().zip(&bound.distinct) {
            distinct.extend(self.shown(*place, expr, key.span, &types, &mut exprs));
        }
        let hidden = count(exprs.len()) > shown;
        let mut step = Step::Project(Box::new(step), exprs);
        if select.distinct {
            step = Step::Distinct(Box::new(step), Vec::new());
        }
        if !keys.is_empty() {
            step = Step::Sort(Box::new(step), keys);
        }
        if !distinct.is_empty() {
            step = Step::Distinct(Box::new(step), distinct);
        }
        if hidden {
            let shown = (0..shown).map(|it| slot(it, Span::default())).collect();
            step = Step::Project(Box::new(step), shown);
        }
        Relation { step, scope: Scope { open: scope.open, ..Scope::of(columns) } }
    }

    /// The column of a key of `ORDER BY` or `DISTINCT ON`: one that is selected, or one more.
    fn shown(
        &mut self,
        place: Ordering,
        expr: &Expr,
        span: Span,
        types: &[Option<DataType>],
        exprs: &mut Vec<Expr>,
    ) -> Option<Expr> {
        match place {
            Ordering::Column(at) => Some(slot(count(at), span)),
            Ordering::Wrong => None,
            Ordering::Expr => {
                self.type_of(expr, types);
                exprs.push(expr.clone());
                Some(slot(count(exprs.len() - 1), span))
            }
        }
    }

    /// New columns behind those there are.
    pub(super) fn widened(scope: &Scope, types: Vec<Option<DataType>>) -> Scope {
        let mut made = scope.clone();
        let column = |data_type| Column { data_type, merged: true, ..Column::default() };
        made.columns.extend(types.into_iter().map(column));
        made
    }
}

/// What a column is called that nobody named: the function it comes from, as in `PostgreSQL`.
fn name_of(expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Column(path) => path.last().map(|it| it.text.clone()).unwrap_or_default(),
        ExprKind::Aggregate(call) => call.name.to_lowercase(),
        ExprKind::Call { function, .. } => function.name().to_lowercase(),
        ExprKind::Case { .. } => "case".to_owned(),
        ExprKind::Cast(inner, _) => name_of(inner),
        ExprKind::Query(nested) => match nested.asks {
            crate::expr::Asks::Exists => "exists".to_owned(),
            _ => "?column?".to_owned(),
        },
        _ => "?column?".to_owned(),
    }
}
