//! Sources of a query: streams, reference tables, views, queries, and joins of them.

use super::expr::at;
use super::query::Relation;
use super::scope::{Scope, Source};
use super::window::reach_of;
use super::{Binder, Planned, ReferenceTable, absent};
use crate::ast::query::{Join, JoinKind, TableRef};
use crate::ast::{NamedWindow, ObjectName};
use crate::dialect::Dialect;
use crate::exec::NodeId;
use crate::exec::operator::{Back, Lookup, Side, StreamJoin, Unmatched};
use crate::expr::{BinaryOp, Expr, ExprKind, Span, TIME_SLOT};
use crate::problem::Problem;
use crate::types::{Class, DataType};

/// What stands behind `FROM`.
#[derive(Clone, Debug)]
pub(super) struct From {
    pub kind: Kind,
    pub scope: Scope,
    /// Values of a row.
    pub width: u32,
    /// Its window in a join.
    pub window: Option<Back>,
}

/// What rows come from.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    Stream(NodeId),
    Table(ReferenceTable),
}

impl From {
    /// What a query inside gives.
    fn of(name: Option<String>, relation: Relation) -> Self {
        let (width, kind) = (relation.width(), Kind::Stream(relation.node));
        let scope = Scope::with_cuts(name, relation.columns, relation.cuts);
        Self { kind, scope, width, window: None }
    }
}

impl Binder {
    pub(super) fn from(
        &mut self,
        refs: &[TableRef],
        windows: &[NamedWindow],
        span: Span,
    ) -> Planned<From> {
        let [first, others @ ..] = refs else {
            let message = "The query has no FROM";
            return Err(Problem::new("SQL-056", span, message, "Select from a stream"));
        };
        let mut left = self.source(first, windows)?;
        for other in others {
            let right = self.source(other, windows)?;
            left = self.join(left, right, (JoinKind::Cross, None), span)?;
        }
        Ok(left)
    }

    fn source(&mut self, source: &TableRef, windows: &[NamedWindow]) -> Planned<From> {
        match source {
            TableRef::Named { name, over, system_time, alias } => {
                if let Some(expr) = system_time {
                    return Err(absent(expr.span, "FOR SYSTEM_TIME AS OF"));
                }
                let called = alias.as_ref().map_or(name.last(), |it| &it.name);
                let mut from = self.named(name, Dialect::Kinesis.folded(called))?;
                if let Some(over) = over {
                    from.window = Some(reach_of(over, windows)?);
                }
                Ok(from)
            }
            TableRef::Query { query, alias, .. } => {
                let relation = self.nested(query)?;
                let name = alias.as_ref().map(|it| Dialect::Kinesis.folded(&it.name));
                Ok(From::of(name, relation))
            }
            TableRef::Function { function, alias } => {
                let relation = self.table_function(function)?;
                let name = alias.as_ref().map(|it| Dialect::Kinesis.folded(&it.name));
                Ok(From::of(name, relation))
            }
            TableRef::Match { pattern, .. } => Err(absent(pattern.span, "MATCH_RECOGNIZE")),
            TableRef::Join(join) => {
                let Join { left, right, kind, on, span, .. } = join.as_ref();
                let left = self.source(left, windows)?;
                let right = self.source(right, windows)?;
                self.join(left, right, (*kind, on.as_ref()), *span)
            }
        }
    }

    /// A stream, reference table or view by its name.
    fn named(&mut self, name: &ObjectName, called: String) -> Planned<From> {
        let folded = Dialect::Kinesis.folded(name.last());
        if folded.eq_ignore_ascii_case("error_stream") {
            let message = "`error_stream` cannot be queried";
            let help = "Choose it as an output of the application instead";
            return Err(Problem::new("SQL-049", name.span, message, help));
        }
        if let Some(index) = self.streams.iter().position(|it| it.name == folded && it.is_made) {
            self.reads.push(index);
            let stream = &self.streams[index];
            let columns = stream.columns.clone();
            let (node, width) = (stream.node, count(columns.len()));
            let scope = Scope::of(Some(called), columns);
            return Ok(From { kind: Kind::Stream(node), scope, width, window: None });
        }
        // The names of a table are those of its file, where nobody thinks of capitals.
        let exact = self.tables.iter().find(|it| it.name == folded);
        let near = || self.tables.iter().find(|it| it.name.eq_ignore_ascii_case(&folded));
        if let Some(table) = exact.or_else(near).cloned() {
            let (columns, width) = (table.columns.clone(), count(table.columns.len()));
            let (name, cuts) = (Some(called), Vec::new());
            let source = Source { name, columns, first: 0, time: None, cuts };
            let scope = Scope { sources: vec![source] };
            return Ok(From { kind: Kind::Table(table), scope, width, window: None });
        }
        if let Some(view) =
            self.views.iter().rfind(|it| Dialect::Kinesis.folded(it.name.last()) == folded).cloned()
        {
            let mut relation = self.nested(&view.query)?;
            for (column, name) in relation.columns.iter_mut().zip(&view.columns) {
                column.name = Dialect::Kinesis.folded(name);
            }
            return Ok(From::of(Some(called), relation));
        }
        Err(self.no_stream(name))
    }

    pub(super) fn no_stream(&self, name: &ObjectName) -> Problem {
        let folded = Dialect::Kinesis.folded(name.last());
        let near = self.streams.iter().find(|it| it.name.eq_ignore_ascii_case(&folded));
        let help = match near {
            Some(near) if near.name != folded => {
                format!("There is \"{}\": write it so, in double quotes", near.name)
            }
            _ => "Write CREATE STREAM in front of what uses it".to_owned(),
        };
        let message = format!("There is no stream, table or view `{folded}`");
        Problem::new("SQL-042", name.span, message, help)
    }

    fn join(
        &mut self,
        left: From,
        right: From,
        (kind, on): (JoinKind, Option<&Expr>),
        span: Span,
    ) -> Planned<From> {
        match (&left.kind, &right.kind) {
            (Kind::Stream(node), Kind::Table(table)) => {
                let unmatched = match kind {
                    JoinKind::Inner | JoinKind::Cross => Unmatched::Go,
                    JoinKind::Left => Unmatched::Stay,
                    JoinKind::Right | JoinKind::Full => {
                        let what = "A join that keeps rows of a reference table";
                        return Err(absent(span, what));
                    }
                };
                let (node, table) = (*node, table.clone());
                self.lookup(node, &table, (left, right), (unmatched, on), span)
            }
            (Kind::Table(_), Kind::Stream(_)) => {
                let swapped = match kind {
                    JoinKind::Left => JoinKind::Right,
                    JoinKind::Right => JoinKind::Left,
                    other => other,
                };
                let mut joined = self.join(right, left, (swapped, on), span)?;
                // The sources stay in the order they are written.
                joined.scope.sources.rotate_right(1);
                Ok(joined)
            }
            (Kind::Stream(a), Kind::Stream(b)) => {
                let nodes = (*a, *b);
                self.stream_join(nodes, (left, right), (kind, on), span)
            }
            (Kind::Table(_), Kind::Table(_)) => Err(absent(span, "A join of two tables")),
        }
    }

    fn lookup(
        &mut self,
        node: NodeId,
        table: &ReferenceTable,
        (left, right): (From, From),
        (unmatched, on): (Unmatched, Option<&Expr>),
        span: Span,
    ) -> Planned<From> {
        let (split, width) = (left.width, left.width + right.width);
        let scope = beside(left.scope, right.scope, split);
        let on = on.map(|on| self.condition(on, (&scope, width), "ON")).transpose()?;
        let types = scope.types(width);
        let Conjuncts { keys, rest } = self.conjuncts(on, split, (TIME_SLOT, TIME_SLOT), &types);
        let made =
            Lookup::new(&table.rows, table.columns.len(), (keys.0, &keys.1), rest, unmatched);
        let lookup = made.map_err(|message| {
            Problem::new("SQL-059", span, message, "Compare columns of the table as they are")
        })?;
        let node = self.add(lookup, &[node], span)?;
        Ok(From { kind: Kind::Stream(node), scope, width, window: None })
    }

    fn stream_join(
        &mut self,
        nodes: (NodeId, NodeId),
        (mut left, mut right): (From, From),
        (kind, on): (JoinKind, Option<&Expr>),
        span: Span,
    ) -> Planned<From> {
        if left.window.is_none() && right.window.is_none() {
            let message = "Neither stream of this join has a window";
            let help = "Write one behind a stream: OVER (RANGE INTERVAL '1' MINUTE PRECEDING)";
            return Err(Problem::new("SQL-059", span, message, help));
        }
        materialize(&mut left);
        materialize(&mut right);
        let split = left.width + 1;
        let width = split + right.width + 1;
        let widths = [left.width as usize, right.width as usize];
        let times = (left.width, width - 1);
        let windows = [left.window, right.window];
        let scope = beside(left.scope, right.scope, split);
        let on = on.map(|on| self.condition(on, (&scope, width), "ON")).transpose()?;
        let types = scope.types(width);
        let Conjuncts { keys, rest } = self.conjuncts(on, split, times, &types);
        let stays = |other| kind == other || kind == JoinKind::Full;
        let side = |index: usize, keys, stays| {
            Side::new(stay_of(windows[index]), keys, stays, widths[index])
        };
        let sides =
            [side(0, keys.0, stays(JoinKind::Left)), side(1, keys.1, stays(JoinKind::Right))];
        let node = self.add(StreamJoin::new(sides, rest, span), &[nodes.0, nodes.1], span)?;
        Ok(From { kind: Kind::Stream(node), scope, width, window: None })
    }

    /// Takes a condition apart: what must be equal on both sides, and the rest.
    fn conjuncts(
        &mut self,
        on: Option<Expr>,
        split: u32,
        times: (u32, u32),
        types: &[Option<DataType>],
    ) -> Conjuncts {
        let mut parts = Vec::new();
        if let Some(on) = on {
            apart(on, &mut parts);
        }
        let mut found = Conjuncts { keys: (Vec::new(), Vec::new()), rest: None };
        for part in parts {
            let key = match &part.kind {
                ExprKind::Binary(BinaryOp::Equal, a, b) => {
                    match (side_of(a, split), side_of(b, split)) {
                        (Some(0), Some(1)) => Some((a, b)),
                        (Some(1), Some(0)) => Some((b, a)),
                        _ => None,
                    }
                }
                _ => None,
            };
            let key = key.filter(|(a, b)| {
                let mut type_of = |expr: &Expr| self.checked(expr, types).ok().flatten();
                alike(type_of(a), type_of(b))
            });
            if let Some((left, right)) = key {
                found.keys.0.push(shifted(left, 0, times.0));
                found.keys.1.push(shifted(right, split, times.1));
                continue;
            }
            let span = part.span;
            found.rest = Some(match found.rest.take() {
                None => part,
                Some(rest) => at(ExprKind::Binary(BinaryOp::And, rest.into(), part.into()), span),
            });
        }
        found
    }
}

/// A condition taken apart.
struct Conjuncts {
    keys: (Vec<Expr>, Vec<Expr>),
    rest: Option<Expr>,
}

fn apart(expr: Expr, out: &mut Vec<Expr>) {
    match expr.kind {
        ExprKind::Binary(BinaryOp::And, left, right) => {
            apart(*left, out);
            apart(*right, out);
        }
        _ => out.push(expr),
    }
}

/// Which side of a join an expression is about, if it is about one.
fn side_of(expr: &Expr, split: u32) -> Option<usize> {
    let (mut left, mut right) = (false, false);
    expr.visit(&mut |node| {
        if let ExprKind::Slot(slot) = node.kind {
            left |= slot < split || slot == TIME_SLOT;
            right |= slot >= split;
        }
    });
    match (left, right) {
        (true, false) => Some(0),
        (false, true) => Some(1),
        _ => None,
    }
}

/// Whether values of two types are equal when they are the same: keys are not converted.
fn alike(a: Option<DataType>, b: Option<DataType>) -> bool {
    let (Some(a), Some(b)) = (a, b) else { return false };
    match a.class() {
        Class::Number => (a.whole().is_some() && b.whole().is_some()) || a == b,
        class => class == b.class(),
    }
}

/// An expression over one side alone.
fn shifted(expr: &Expr, by: u32, time: u32) -> Expr {
    expr.replaced(&mut |node| match node.kind {
        ExprKind::Slot(slot) if slot == time => Some(at(ExprKind::Slot(TIME_SLOT), node.span)),
        ExprKind::Slot(slot) => Some(at(ExprKind::Slot(slot - by), node.span)),
        _ => None,
    })
}

/// In a join of streams the time of each is a value behind its columns.
fn materialize(from: &mut From) {
    for source in &mut from.scope.sources {
        source.time = source.time.map(|it| if it == TIME_SLOT { from.width } else { it });
    }
}

/// Both sides in one row; the right one begins at `split`.
fn beside(mut left: Scope, right: Scope, split: u32) -> Scope {
    left.sources.extend(right.sources.into_iter().map(|source| Source {
        first: source.first + split,
        time: source.time.map(|it| it + split),
        ..source
    }));
    left
}

/// How long rows stay in the window of a side, and how many.
fn stay_of(window: Option<Back>) -> (i64, Option<u64>) {
    match window {
        None => (0, None),
        Some(Back::Micros(micros)) => (micros, None),
        Some(Back::Rows(rows)) => (i64::MAX, Some(rows)),
        Some(Back::All) => (i64::MAX, None),
    }
}

/// A number of columns.
pub(super) fn count(columns: usize) -> u32 {
    u32::try_from(columns).unwrap_or(u32::MAX - 1)
}
