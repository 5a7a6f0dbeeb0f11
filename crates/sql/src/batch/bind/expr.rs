//! Expressions: names become places, queries within them become plans of their own.

use super::scope::{Found, Scope, ambiguous, missing};
use super::{Around, Binder, count, nothing, slot};
use crate::ast::Over;
use crate::ast::query::{OrderItem, SelectQuery};
use crate::ast::window::{NamedWindow, WindowSpec};
use crate::batch::plan::{Ask, Inner, PARAMETER, Step};
use crate::check::check_bound_by;
use crate::expr::{AggregateCall, Asks, Expr, ExprKind, Name, Nested, Span};
use crate::limits::EXPRESSION_NODES_MAX;
use crate::problem::Problem;
use crate::rules::Rules;
use crate::types::{Class, DataType};
use crate::value::Value;

/// Different functions over many rows of one query: each is compared with each.
pub(super) const CALLS_MAX: usize = 500;
/// Nodes that names of a query may stand for together, and how deep those of one may be.
const EXPANDED_MAX: usize = 10 * EXPRESSION_NODES_MAX;
const HEIGHT_MAX: u16 = 100;

/// What names mean beside columns: the items that were selected before, and named windows.
#[derive(Clone, Copy, Default)]
pub(super) struct Beside<'a> {
    /// Names with bound expressions (Redshift guide, "Lateral column alias references").
    pub aliases: &'a [(String, Expr)],
    pub select: Option<&'a SelectQuery>,
}

impl Binder<'_> {
    /// The expression with places instead of names.
    pub(super) fn expr(&mut self, expr: &Expr, scope: &Scope, beside: Beside<'_>) -> Expr {
        let bound = expr.replaced(&mut |it| match &it.kind {
            ExprKind::Column(path) => Some(self.column(path, it.span, scope, beside)),
            ExprKind::User { name, .. } => {
                let message =
                    format!("There is no function `{}`, or it is not simulated", name.text);
                let help = "Check the spelling, or use another function";
                self.tell("SQL-168", it.span, message, help);
                Some(nothing(it.span))
            }
            ExprKind::Query(nested) => Some(self.nested(nested, it.span, scope, beside)),
            ExprKind::Aggregate(call) => {
                let call = self.bound_call(call, scope, beside);
                Some(Expr::new(ExprKind::Aggregate(Box::new(call)), it.span))
            }
            _ => None,
        });
        self.implied(&bound, &scope.types())
    }

    fn column(&mut self, path: &[Name], span: Span, scope: &Scope, beside: Beside<'_>) -> Expr {
        match scope.find(path) {
            Found::At(index) => return slot(index, span),
            Found::Several => {
                self.problems.push(ambiguous(path, span));
                return nothing(span);
            }
            Found::Nothing => {}
        }
        if let [name] = path
            && let Some(item) = beside.aliases.iter().find(|it| super::scope::same(&it.0, name))
        {
            let mut nodes = 0;
            item.1.visit(&mut |_| nodes += 1);
            self.expanded = self.expanded.saturating_add(nodes);
            if self.expanded <= EXPANDED_MAX && item.1.height() <= HEIGHT_MAX {
                return item.1.clone();
            }
            let message = "Names stand for expressions that are too long together";
            self.tell("SQL-180", span, message, "Compute them in a query inside FROM");
            return nothing(span);
        }
        match self.around_it(path, span, self.around.len()) {
            Ok(Some(found)) => found.0,
            Ok(None) if scope.open || self.around.iter().any(|it| it.scope.open) => nothing(span),
            Ok(None) => {
                self.problems.push(missing(path, span));
                nothing(span)
            }
            Err(problem) => {
                self.problems.push(problem);
                nothing(span)
            }
        }
    }

    /// A column of a query around the one at this depth: it becomes an argument of each query in
    /// between.
    fn around_it(
        &mut self,
        path: &[Name],
        span: Span,
        depth: usize,
    ) -> Result<Option<(Expr, Option<DataType>)>, Problem> {
        let Some(outer) = depth.checked_sub(1) else { return Ok(None) };
        let found = match self.around[outer].scope.find(path) {
            Found::At(index) => (slot(index, span), self.around[outer].scope.data_type(index)),
            Found::Several => return Err(ambiguous(path, span)),
            Found::Nothing => match self.around_it(path, span, outer)? {
                Some(found) => found,
                None => return Ok(None),
            },
        };
        let arguments = &mut self.around[outer].arguments;
        let at = arguments.iter().position(|it| it.0 == found.0).unwrap_or_else(|| {
            arguments.push(found.clone());
            arguments.len() - 1
        });
        Ok(Some((slot(PARAMETER | count(at), span), found.1)))
    }

    /// The arguments and windows of a function over many rows.
    fn bound_call(
        &mut self,
        call: &AggregateCall,
        scope: &Scope,
        beside: Beside<'_>,
    ) -> AggregateCall {
        let mut made = call.clone();
        let windows = beside.select.map_or(&[][..], |it| &it.windows);
        let spec = match &call.over {
            Some(Over::Named(name, span)) => Some(self.window(name, *span, windows)),
            Some(Over::Inline(spec)) => Some(self.whole(spec, windows)),
            None => None,
        };
        made.over = spec.map(|it| Over::Inline(Box::new(it)));
        mapped(&made, &mut |it| self.expr(it, scope, beside))
    }

    /// A window of the `WINDOW` clause.
    fn window(&mut self, name: &Name, span: Span, windows: &[NamedWindow]) -> WindowSpec {
        if let Some(at) = windows.iter().position(|it| super::scope::same(&it.name.text, name)) {
            return self.whole(&windows[at].spec, &windows[..at]);
        }
        let message = format!("There is no window `{}`", name.text);
        self.tell("SQL-175", span, message, "Name it behind WINDOW");
        let (partition, order) = (Vec::new(), Vec::new());
        WindowSpec { base: None, partition, order, frame: None, span }
    }

    /// A window with what it takes from the one it goes on with.
    fn whole(&mut self, spec: &WindowSpec, windows: &[NamedWindow]) -> WindowSpec {
        let Some(base) = &spec.base else { return spec.clone() };
        let base = self.window(base, spec.span, windows);
        let partition = if spec.partition.is_empty() { &base.partition } else { &spec.partition };
        WindowSpec {
            base: None,
            partition: partition.clone(),
            order: if spec.order.is_empty() { base.order } else { spec.order.clone() },
            frame: spec.frame.clone().or(base.frame),
            span: spec.span,
        }
    }

    /// A query within an expression.
    fn nested(&mut self, nested: &Nested, span: Span, scope: &Scope, beside: Beside<'_>) -> Expr {
        let value = nested.asks.value().map(|it| self.expr(it, scope, beside));
        self.around.push(Around { scope: scope.clone(), arguments: Vec::new() });
        let mut relation = self.query(&nested.query);
        let around = self.around.pop();
        let columns = relation.scope.star.len();
        let asks = match &nested.asks {
            Asks::Value => Ask::Value,
            Asks::Exists => Ask::Exists,
            Asks::Among { negated, .. } => Ask::Among { negated: *negated },
            Asks::Compared { op, all, .. } => Ask::Compared { op: *op, all: *all },
        };
        if asks != Ask::Exists && columns != 1 && !relation.scope.open {
            let message = format!("A query here has one column, this one has {columns}");
            self.tell("SQL-170", nested.query.span, message, "Select one column");
        }
        let mut own = relation.scope.star.first().and_then(|it| relation.scope.data_type(*it));
        let mut value = value;
        if let Some(value) = &mut value {
            let found = self.type_of(value, &scope.types());
            let moment = DataType::Timestamp;
            let cast = |it: Expr| Expr::new(ExprKind::Cast(it.clone().into(), moment), it.span);
            if (found, own) == (Some(DataType::Date), Some(moment)) {
                *value = cast(value.clone());
            } else if (found, own) == (Some(moment), Some(DataType::Date)) {
                let only = relation.scope.star.iter().map(|it| cast(slot(*it, span))).collect();
                relation.step = Step::Project(Box::new(relation.step), only);
                own = Some(moment);
            }
        }
        if let Some(value) = &value
            && let (Some(a), Some(b)) = (self.type_of(value, &scope.types()), own)
            && a.class() != b.class()
            && !is_read_as_moment(a, b)
        {
            let message = format!("{a} cannot be among values of {b}");
            self.tell("SQL-171", span, message, "Use CAST(… AS …) to bring both to one type");
        }
        let gives = if asks == Ask::Value { own } else { Some(DataType::Boolean) };
        let query = count(self.plan.inner.len());
        self.plan.inner.push(Inner { asks, root: relation.step, span: nested.query.span });
        let taken = around.map(|it| it.arguments).unwrap_or_default();
        let arguments = value.into_iter().chain(taken.into_iter().map(|it| it.0)).collect();
        Expr::new(ExprKind::Inner { query, gives, arguments }, span)
    }

    /// The type of a bound expression over values of these types.
    pub(super) fn type_of(&mut self, expr: &Expr, types: &[Option<DataType>]) -> Option<DataType> {
        let around = self.around.last();
        let known = |it: u32| around?.arguments.get((it - PARAMETER) as usize)?.1;
        let typed = expr.replaced(&mut |it| match it.kind {
            ExprKind::Slot(index) if index >= PARAMETER => {
                let null = Box::new(nothing(it.span));
                known(index).map(|found| Expr::new(ExprKind::Cast(null, found), it.span))
            }
            _ => None,
        });
        check_bound_by(&typed, types, &Rules::REDSHIFT, &mut self.problems)
    }

    /// A bound condition over values of these types.
    pub(super) fn condition(&mut self, expr: &Expr, types: &[Option<DataType>]) {
        if let Some(found) = self.type_of(expr, types)
            && found.class() != Class::Boolean
        {
            let message = format!("A condition is true or false, this is {found}");
            self.tell("SQL-167", expr.span, message, "Compare it with something");
        }
    }

    /// Functions over many rows cannot stand here.
    pub(super) fn refuse_calls(&mut self, expr: &Expr, clause: &str) -> Expr {
        let mut bound = Vec::new();
        expr.visit(&mut |it| {
            if let ExprKind::Aggregate(call) = &it.kind {
                bound.push((call.name.clone(), it.span));
            }
        });
        for (name, span) in &bound {
            let help = match clause {
                "WHERE" => {
                    "Write conditions on aggregates behind HAVING, on windows behind QUALIFY"
                }
                _ => "Compute it in a query inside FROM",
            };
            let message = format!("{name} is about many rows: it cannot stand in {clause}");
            self.tell("SQL-165", *span, message, help);
        }
        if bound.is_empty() { expr.clone() } else { nothing(expr.span) }
    }

    /// A value that is the same for every row.
    pub(super) fn constant(&mut self, expr: &Expr) -> Option<Value> {
        let nothing =
            crate::exec::Row { rules: &Rules::REDSHIFT, ..crate::exec::Row::insert(0, Vec::new()) };
        let mut fixed = true;
        expr.visit(&mut |it| {
            fixed &= !matches!(
                it.kind,
                ExprKind::Slot(_)
                    | ExprKind::Column(_)
                    | ExprKind::Aggregate(_)
                    | ExprKind::Query(_)
                    | ExprKind::Inner { .. }
                    | ExprKind::User { .. }
            );
        });
        let found = if fixed { crate::eval::eval(expr, &nothing).ok() } else { None };
        if found.is_none() {
            let help = "Write a number, a text or an INTERVAL";
            self.tell("SQL-173", expr.span, "Only a constant can stand here", help);
        }
        found
    }
}

/// Whether one is a text and the other a moment it is read as.
pub(super) fn is_read_as_moment(a: DataType, b: DataType) -> bool {
    let moment = |it: DataType| matches!(it.class(), Class::Date | Class::Time | Class::Timestamp);
    (a.class() == Class::Text && moment(b)) || (b.class() == Class::Text && moment(a))
}

/// The same call of other expressions.
pub(super) fn mapped(call: &AggregateCall, with: &mut dyn FnMut(&Expr) -> Expr) -> AggregateCall {
    let order = |items: &[OrderItem], with: &mut dyn FnMut(&Expr) -> Expr| {
        let item = |it: &OrderItem| OrderItem { expr: with(&it.expr), ..it.clone() };
        items.iter().map(item).collect::<Vec<OrderItem>>()
    };
    let mut made = call.clone();
    made.arguments = call.arguments.iter().map(&mut *with).collect();
    made.filter = call.filter.as_ref().map(&mut *with);
    made.within = order(&call.within, with);
    if let Some(Over::Inline(spec)) = &call.over {
        let partition = spec.partition.iter().map(&mut *with).collect();
        let order = order(&spec.order, with);
        let spec = WindowSpec { partition, order, ..(**spec).clone() };
        made.over = Some(Over::Inline(Box::new(spec)));
    }
    made
}

/// The same tree with some nodes in the place of others, inside of functions over many rows too.
pub(super) fn replace(expr: &Expr, with: &mut dyn FnMut(&Expr) -> Option<Expr>) -> Expr {
    expr.replaced(&mut |it| {
        if let Some(other) = with(it) {
            return Some(other);
        }
        let ExprKind::Aggregate(call) = &it.kind else { return None };
        let call = mapped(call, &mut |it| replace(it, with));
        Some(Expr::new(ExprKind::Aggregate(Box::new(call)), it.span))
    })
}

/// The different functions over many rows in some expressions, those inside others too.
pub(super) fn calls_of(
    exprs: &[&Expr],
    is_wanted: impl Fn(&AggregateCall) -> bool,
) -> Vec<(AggregateCall, Span)> {
    let mut found: Vec<(AggregateCall, Span)> = Vec::new();
    for expr in exprs {
        expr.visit(&mut |it| {
            if let ExprKind::Aggregate(call) = &it.kind
                && is_wanted(call)
                && found.len() < CALLS_MAX
                && !found.iter().any(|other| other.0 == **call)
            {
                found.push(((**call).clone(), it.span));
            }
        });
    }
    found
}
