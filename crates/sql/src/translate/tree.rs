//! Small trees that translations are put together from.

use crate::ast::ObjectName;
use crate::ast::query::{Alias, Body, Group, Item, Query, SelectQuery, SetOp, TableRef};
use crate::expr::{BinaryOp, Expr, ExprKind, Name, Span};
use crate::function::Function;
use crate::types::DataType;
use crate::value::Value;

/// Nowhere in the text: what a translation has put there.
pub(super) const NOWHERE: Span = Span { from: 0, to: 0 };

/// A node.
pub(super) fn node(kind: ExprKind) -> Expr {
    Expr::new(kind, NOWHERE)
}

/// A column by the parts of its name.
pub(super) fn column(path: impl IntoIterator<Item = Name>) -> Expr {
    node(ExprKind::Column(path.into_iter().collect()))
}

/// A name that needs no quotes.
pub(super) fn plain(text: &str) -> Name {
    Name { text: text.to_owned(), quoted: false }
}

/// A whole number.
pub(super) fn whole(number: i64) -> Expr {
    node(ExprKind::Literal(Value::Integer(number)))
}

/// A text.
pub(super) fn text(text: &str) -> Expr {
    node(ExprKind::Literal(Value::Text(text.into())))
}

/// A span of time.
pub(super) fn interval(micros: i64) -> Expr {
    node(ExprKind::Literal(Value::Interval(micros)))
}

/// `a op b`.
pub(super) fn binary(op: BinaryOp, left: Expr, right: Expr) -> Expr {
    node(ExprKind::Binary(op, left.into(), right.into()))
}

/// A moment so much later; the moment itself when it is nothing.
pub(super) fn later(moment: Expr, micros: i64) -> Expr {
    match micros {
        0 => moment,
        1.. => binary(BinaryOp::Add, moment, interval(micros)),
        _ => binary(BinaryOp::Subtract, moment, interval(micros.saturating_neg())),
    }
}

/// All of these conditions, if there are any.
pub(super) fn all(conditions: impl IntoIterator<Item = Expr>) -> Option<Expr> {
    conditions.into_iter().reduce(|a, b| binary(BinaryOp::And, a, b))
}

/// A call.
pub(super) fn call(function: Function, arguments: Vec<Expr>) -> Expr {
    node(ExprKind::Call { function, arguments })
}

/// A call of a function that no table of ours has.
pub(super) fn named_call(name: &str, arguments: Vec<Expr>) -> Expr {
    node(ExprKind::User { name: plain(name), arguments })
}

/// `CAST(a AS type)`.
pub(super) fn cast(value: Expr, target: DataType) -> Expr {
    node(ExprKind::Cast(value.into(), target))
}

/// `CASE WHEN a THEN b ELSE c END`.
pub(super) fn either(condition: Expr, result: Expr, otherwise: Option<Expr>) -> Expr {
    let branches = vec![(condition, result)];
    node(ExprKind::Case { operand: None, branches, otherwise: otherwise.map(Into::into) })
}

/// A name of one part.
pub(super) fn object(name: Name) -> ObjectName {
    ObjectName { parts: vec![name], span: NOWHERE }
}

/// A stream, table or view.
pub(super) fn source(name: Name, alias: Option<Name>) -> TableRef {
    let alias = alias.map(|name| Alias { name, columns: Vec::new() });
    TableRef::Named { name: object(name), over: None, system_time: None, alias }
}

/// A query of its body alone.
pub(super) fn query(body: Body) -> Query {
    Query {
        with: Vec::new(),
        recursive: false,
        body,
        order_by: Vec::new(),
        within: None,
        limit: None,
        offset: None,
        span: NOWHERE,
    }
}

/// `SELECT items FROM source`.
pub(super) fn select(items: Vec<Item>, from: TableRef) -> SelectQuery {
    SelectQuery {
        stream: false,
        distinct: false,
        distinct_on: Vec::new(),
        top: None,
        items,
        from: vec![from],
        filter: None,
        group: Group::None,
        having: None,
        windows: Vec::new(),
        qualify: None,
        span: NOWHERE,
    }
}

/// An item of a select list with its name.
pub(super) fn item(expr: Expr, alias: Option<Name>) -> Item {
    let same = |name: &Name| match &expr.kind {
        ExprKind::Column(path) => path.last().is_some_and(|it| it.text == name.text),
        _ => false,
    };
    let alias = alias.filter(|it| !same(it));
    Item::Column { expr, alias }
}

/// `left UNION ALL right`.
pub(super) fn union_all(left: Body, right: Body) -> Body {
    let (left, right, op) = (left.into(), right.into(), SetOp::Union);
    Body::Set { op, left, right, all: true, span: NOWHERE }
}

/// What stands in a comma list of sources and in joins, from left to right.
pub(super) fn each_source<'a>(source: &'a TableRef, see: &mut dyn FnMut(&'a TableRef)) {
    see(source);
    match source {
        TableRef::Join(join) => {
            each_source(&join.left, see);
            each_source(&join.right, see);
        }
        TableRef::Match { source, .. } => each_source(source, see),
        TableRef::Query { query, .. } => sources_of(query, see),
        TableRef::Function { function, .. } => {
            for (_, argument) in &function.arguments {
                if let crate::ast::query::TableArgument::Cursor(query) = argument {
                    sources_of(query, see);
                }
            }
        }
        TableRef::Named { .. } => {}
    }
}

/// Every source of a query, those of queries inside included.
pub(super) fn sources_of<'a>(query: &'a Query, see: &mut dyn FnMut(&'a TableRef)) {
    for common in &query.with {
        sources_of(&common.query, see);
    }
    sources_of_body(&query.body, see);
}

fn sources_of_body<'a>(body: &'a Body, see: &mut dyn FnMut(&'a TableRef)) {
    match body {
        Body::Select(select) => select.from.iter().for_each(|it| each_source(it, see)),
        Body::Set { left, right, .. } => {
            sources_of_body(left, see);
            sources_of_body(right, see);
        }
        Body::Nested(query) => sources_of(query, see),
        Body::Values { .. } => {}
    }
}
