//! Queries: what stands around `SELECT`.

use super::expr::{Beside, is_read_as_moment};
use super::scope::{Column, Scope};
use super::select::Ordering;
use super::{Binder, Relation, Visible, count, nothing, slot};
use crate::ast::query::{Body, OrderItem, Query, SetOp};
use crate::batch::plan::{Set, Slice, Step};
use crate::check::common_type;
use crate::exec::calls::SortKey;
use crate::expr::{Expr, ExprKind, Name, Span};
use crate::limits::NESTING_MAX;
use crate::rules::Rules;
use crate::types::DataType;
use crate::value::Value;

impl Binder<'_> {
    /// A query with what stands around it.
    pub(super) fn query(&mut self, query: &Query) -> Relation {
        self.depth += 1;
        if self.depth > NESTING_MAX {
            let message = "Too many queries stand inside each other";
            self.tell("SQL-180", query.span, message, "Take some of them out");
            self.depth -= 1;
            return Relation { scope: Scope { open: true, ..Scope::default() }, step: Step::One };
        }
        let visible = self.commons.len();
        self.commons(query);
        if let Some(within) = &query.within {
            self.absent(within.span, "WITHIN");
        }
        let relation = match &query.body {
            Body::Select(select) => self.select(select, &query.order_by),
            body => {
                let relation = self.body(body);
                self.ordered(relation, &query.order_by)
            }
        };
        let relation = self.sliced(relation, query);
        self.commons.truncate(visible);
        self.depth -= 1;
        relation
    }

    /// The queries of `WITH`: each sees those before it, and no row around.
    fn commons(&mut self, query: &Query) {
        for common in &query.with {
            let around = core::mem::take(&mut self.around);
            let made = match query.recursive {
                true => self.recursive(common),
                false => self.query(&common.query),
            };
            self.around = around;
            let scope = made.scope;
            if common.columns.len() > scope.star.len() && !scope.open {
                let message = format!("This query has {} columns", scope.star.len());
                let help = "Name no more columns than there are";
                self.tell("SQL-170", common.query.span, message, help);
            }
            let open = scope.open;
            let mut columns = scope.called(None, &common.columns).columns;
            for column in &mut columns {
                column.source = None;
            }
            if open && columns.is_empty() {
                // What is wrong with it is told already.
                columns.push(Column::default());
            }
            let number = self.plan.commons.len();
            self.plan.commons.push(made.step);
            let name = crate::Dialect::Batch.folded(&common.name);
            self.commons.push(Visible { name, columns, number, named: false });
        }
    }

    pub(super) fn body(&mut self, body: &Body) -> Relation {
        match body {
            Body::Select(select) => self.select(select, &[]),
            Body::Nested(query) => self.query(query),
            Body::Values { rows, span } => self.values(rows, *span),
            Body::Set { op, left, right, all, span } => {
                let (left, right) = (self.body(left), self.body(right));
                self.set((*op, *all), left, right, *span)
            }
        }
    }

    fn values(&mut self, rows: &[Vec<Expr>], span: Span) -> Relation {
        let width = rows.first().map_or(0, Vec::len);
        let nowhere = Scope::default();
        let mut types: Vec<Option<DataType>> = vec![None; width];
        let mut bound = Vec::new();
        for row in rows {
            if row.len() != width {
                let at = row.first().map_or(span, |it| it.span);
                let message = format!("The first row has {width} values, this has {}", row.len());
                self.tell("SQL-170", at, message, "Write as many in each row");
                continue;
            }
            let mut values = Vec::new();
            for (index, value) in row.iter().enumerate() {
                let value = self.expr(value, &nowhere, Beside::default());
                let value = self.refuse_calls(&value, "VALUES");
                let found = self.type_of(&value, &[]);
                types[index] = self.one_type(types[index], found, value.span);
                values.push(value);
            }
            bound.push(values);
        }
        for values in &mut bound {
            for (value, wanted) in values.iter_mut().zip(&types) {
                *value = self.brought_to(value, *wanted, &[]);
            }
        }
        let column = |(index, data_type): (usize, Option<DataType>)| Column {
            name: format!("column{}", index + 1),
            data_type,
            ..Column::default()
        };
        let columns = types.into_iter().enumerate().map(column).collect();
        Relation { step: Step::Values(bound), scope: Scope::of(columns) }
    }

    pub(super) fn set(
        &mut self,
        (op, all): (SetOp, bool),
        left: Relation,
        right: Relation,
        span: Span,
    ) -> Relation {
        let open = left.scope.open || right.scope.open;
        let (a, b) = (left.scope.star.len(), right.scope.star.len());
        if a != b {
            if !open {
                let message = format!("One side has {a} columns, the other {b}");
                self.tell("SQL-170", span, message, "Select as many columns on both sides");
            }
            return Relation { scope: Scope { open: true, ..left.scope }, step: Step::One };
        }
        let (mut columns, mut sides) = (Vec::new(), [Vec::new(), Vec::new()]);
        for (x, y) in left.scope.star.iter().zip(&right.scope.star) {
            let found = [left.scope.data_type(*x), right.scope.data_type(*y)];
            let data_type = self.one_type(found[0], found[1], span);
            for (side, place) in [*x, *y].into_iter().enumerate() {
                let own = slot(place, span);
                sides[side].push(match data_type {
                    Some(wanted) if found[side] != data_type && found[side].is_some() => {
                        Expr::new(ExprKind::Cast(own.into(), wanted), span)
                    }
                    _ => own,
                });
            }
            let name = left.scope.name(*x);
            columns.push(Column { name, data_type, ..Column::default() });
        }
        let [x, y] = sides;
        let left = Step::Project(Box::new(left.step), x);
        let right = Step::Project(Box::new(right.step), y);
        let step = Step::Set(Box::new(Set { op, all, left, right, span }));
        Relation { step, scope: Scope { open, ..Scope::of(columns) } }
    }

    /// The type both fit.
    pub(super) fn one_type(
        &mut self,
        a: Option<DataType>,
        b: Option<DataType>,
        span: Span,
    ) -> Option<DataType> {
        let (Some(first), Some(second)) = (a, b) else { return a.or(b) };
        let days = |it: DataType| matches!(it, DataType::Date | DataType::Timestamp);
        let found = match days(first) && days(second) && first != second {
            true => Some(DataType::Timestamp),
            false => common_type(first, second, &Rules::REDSHIFT),
        };
        if found.is_none() {
            let message = format!("{first} and {second} stand in one column");
            self.tell("SQL-171", span, message, "Use CAST(… AS …) to bring both to one type");
        }
        found
    }

    /// The expression as this type.
    fn brought_to(
        &mut self,
        expr: &Expr,
        wanted: Option<DataType>,
        types: &[Option<DataType>],
    ) -> Expr {
        let found = self.type_of(expr, types);
        match (wanted, found) {
            (Some(wanted), Some(found)) if wanted != found => {
                Expr::new(ExprKind::Cast(expr.clone().into(), wanted), expr.span)
            }
            _ => expr.clone(),
        }
    }

    /// The rows of a query that is no `SELECT` in order: by its columns only.
    fn ordered(&mut self, relation: Relation, order: &[OrderItem]) -> Relation {
        if order.is_empty() {
            return relation;
        }
        let Relation { step, scope } = relation;
        let step = super::from::narrowed(step, &scope, Span::default());
        let scope = Scope { open: scope.open, ..scope.called(None, &[]) };
        let mut keys = Vec::new();
        for item in order {
            let expr = match self.ordinal(&item.expr, scope.star.len(), "ORDER BY") {
                Ordering::Column(place) => slot(count(place), item.expr.span),
                Ordering::Wrong => nothing(item.expr.span),
                Ordering::Expr => {
                    let bound = self.expr(&item.expr, &scope, Beside::default());
                    self.refuse_calls(&bound, "ORDER BY")
                }
            };
            self.type_of(&expr, &scope.types());
            keys.push(sort_key(item, expr));
        }
        Relation { step: Step::Sort(Box::new(step), keys), scope }
    }

    /// Whether a key is the number of a column, counted from 1.
    pub(super) fn ordinal(&mut self, expr: &Expr, columns: usize, clause: &str) -> Ordering {
        let ExprKind::Literal(Value::Integer(number)) = expr.kind else { return Ordering::Expr };
        match usize::try_from(number) {
            Ok(place) if (1..=columns).contains(&place) => Ordering::Column(place - 1),
            _ => {
                let message = format!("{clause} {number}: there are {columns} columns");
                self.tell("SQL-172", expr.span, message, "Count the columns from 1, or name one");
                Ordering::Wrong
            }
        }
    }

    fn sliced(&mut self, relation: Relation, query: &Query) -> Relation {
        let is_all = |expr: &Expr| match &expr.kind {
            ExprKind::Column(path) => {
                matches!(&path[..], [Name { text, .. }] if text.eq_ignore_ascii_case("all"))
            }
            kind => matches!(kind, ExprKind::Literal(Value::Null)),
        };
        let limit = query.limit.as_ref().filter(|it| !is_all(it));
        self.slice(relation, limit, query.offset.as_ref())
    }

    /// Some of the rows.
    pub(super) fn slice(
        &mut self,
        relation: Relation,
        limit: Option<&Expr>,
        offset: Option<&Expr>,
    ) -> Relation {
        let limit = limit.and_then(|it| self.rows_said(it));
        let offset = offset.and_then(|it| self.rows_said(it));
        if limit.is_none() && offset.is_none() {
            return relation;
        }
        let Relation { step, scope } = relation;
        let slice = Slice { from: step, limit, offset: offset.unwrap_or(0) };
        Relation { step: Step::Slice(Box::new(slice)), scope }
    }

    fn rows_said(&mut self, expr: &Expr) -> Option<u64> {
        match self.constant(expr)? {
            Value::Integer(number @ 0..) => u64::try_from(number).ok(),
            _ => {
                let help = "Write such as LIMIT 10";
                self.tell("SQL-173", expr.span, "This is no number of rows", help);
                None
            }
        }
    }
}

/// Where NULL stands unless it is said: behind all others (Redshift guide, "ORDER BY clause").
pub(super) fn sort_key(item: &OrderItem, expr: Expr) -> SortKey {
    let descending = item.descending;
    SortKey { expr, descending, nulls_first: item.nulls_first.unwrap_or(descending) }
}

/// Texts beside moments are read as such, decimals beside floats are floats: so that equal values
/// are the same as keys.
pub(super) fn aligned(expr: &Expr, type_of: &mut dyn FnMut(&Expr) -> Option<DataType>) -> Expr {
    use crate::expr::BinaryOp::{And, Equal};
    let ExprKind::Binary(op @ (And | Equal), left, right) = &expr.kind else {
        return expr.clone();
    };
    if *op == And {
        let sides = (aligned(left, type_of), aligned(right, type_of));
        let kind = ExprKind::Binary(And, sides.0.into(), sides.1.into());
        return Expr::new(kind, expr.span);
    }
    let (Some(a), Some(b)) = (type_of(left), type_of(right)) else { return expr.clone() };
    let cast = |it: &Expr, to: DataType| Expr::new(ExprKind::Cast(it.clone().into(), to), it.span);
    let decimal = |it: DataType| matches!(it, DataType::Decimal { .. });
    let (mut sides, text) = (((**left).clone(), (**right).clone()), crate::types::Class::Text);
    match () {
        () if is_read_as_moment(a, b) && a.class() == text => sides.0 = cast(left, b),
        () if is_read_as_moment(a, b) => sides.1 = cast(right, a),
        () if a.is_float() && decimal(b) => sides.1 = cast(right, DataType::Double),
        () if b.is_float() && decimal(a) => sides.0 = cast(left, DataType::Double),
        () => {}
    }
    let kind = ExprKind::Binary(Equal, sides.0.into(), sides.1.into());
    Expr::new(kind, expr.span)
}
