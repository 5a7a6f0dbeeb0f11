//! Sources of a query: streams, reference tables, views, queries, and joins of them.

use super::expr::at;
use super::query::Relation;
use super::scope::{Scope, Source};
use super::window::reach_of;
use super::{Binder, Planned, ReferenceTable, absent};
use crate::ast::query::{Alias, Join, JoinKind, TableRef};
use crate::ast::{NamedWindow, ObjectName};
use crate::dialect::Dialect;
use crate::exec::NodeId;
use crate::exec::operator::{Back, Lookup, Side, StreamJoin, Unmatched};
use crate::expr::{BinaryOp, Expr, ExprKind, Span, TIME_SLOT};
use crate::problem::Problem;
use crate::types::{Class, DataType};
use crate::value::Value;

/// What stands behind `FROM`.
#[derive(Clone, Debug)]
pub(super) struct From {
    pub kind: Kind,
    pub scope: Scope,
    /// Values of a row.
    pub width: u32,
    /// Its window in a join.
    pub window: Option<Back>,
    /// Of streams that are joined already: where the time of each is, and how long its rows stay.
    stays: Vec<(u32, i64)>,
}

/// What rows come from.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    Stream(NodeId),
    Table(ReferenceTable),
}

impl From {
    fn new(kind: Kind, scope: Scope, width: u32) -> Self {
        Self { kind, scope, width, window: None, stays: Vec::new() }
    }

    /// What a query inside gives.
    pub(super) fn of(name: Option<String>, relation: Relation) -> Self {
        let (width, kind) = (relation.width(), Kind::Stream(relation.node));
        let scope = Scope::with_cuts(name, relation.columns, relation.cuts);
        Self::new(kind, scope, width)
    }

    /// The same called otherwise: `AS t (a, b)`.
    fn called(mut self, alias: Option<&Alias>, span: Span) -> Planned<Self> {
        let (Some(alias), Some(source)) = (alias, self.scope.sources.first_mut()) else {
            return Ok(self);
        };
        source.name = Some(Dialect::Kinesis.folded(&alias.name));
        let (given, there) = (alias.columns.len(), source.columns.len());
        if given > 0 && given != there {
            let message = format!("{given} names stand for {there} columns");
            let help = "Name every column but ROWTIME, or none";
            return Err(Problem::new("SQL-052", span, message, help));
        }
        for (column, name) in source.columns.iter_mut().zip(&alias.columns) {
            column.name = Dialect::Kinesis.folded(name);
        }
        Ok(self)
    }

    /// The same of the rows of a join that this is a side of, its values beginning at a slot.
    fn stays_behind(&self, first: u32) -> Vec<(u32, i64)> {
        match self.window {
            Some(Back::Micros(reach)) if self.stays.is_empty() => vec![(first + self.width, reach)],
            _ => self.stays.iter().map(|(time, reach)| (first + time, *reach)).collect(),
        }
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
                let mut from = self.named(name)?;
                if let Some(over) = over {
                    from.window = Some(reach_of(over, windows)?);
                }
                from.called(alias.as_ref(), name.span)
            }
            TableRef::Query { query, alias, span, .. } => {
                From::of(None, self.nested(query)?).called(alias.as_ref(), *span)
            }
            TableRef::Function { function, alias } => {
                From::of(None, self.table_function(function)?).called(alias.as_ref(), function.span)
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
    fn named(&mut self, name: &ObjectName) -> Planned<From> {
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
            let scope = Scope::of(Some(folded), columns);
            return Ok(From::new(Kind::Stream(node), scope, width));
        }
        // The names of a table are those of its file, where nobody thinks of capitals.
        let exact = self.tables.iter().find(|it| it.name == folded);
        let near = || self.tables.iter().find(|it| it.name.eq_ignore_ascii_case(&folded));
        if let Some(table) = exact.or_else(near).cloned() {
            let (columns, width) = (table.columns.clone(), count(table.columns.len()));
            let (name, cuts) = (Some(folded), Vec::new());
            let source = Source { name, columns, first: 0, time: None, cuts };
            let scope = Scope { sources: vec![source] };
            return Ok(From::new(Kind::Table(table), scope, width));
        }
        if let Some(view) =
            self.views.iter().rfind(|it| Dialect::Kinesis.folded(it.name.last()) == folded).cloned()
        {
            let mut relation = self.nested(&view.query)?;
            for (column, name) in relation.columns.iter_mut().zip(&view.columns) {
                column.name = Dialect::Kinesis.folded(name);
            }
            return Ok(From::of(Some(folded), relation));
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
                        let message = "The join keeps rows of a reference table, which have no \
                                       ROWTIME";
                        let help = "Write LEFT JOIN with the stream in front of it, or JOIN";
                        return Err(Problem::new("SQL-056", span, message, help));
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
        let (window, stays) = (left.window, left.stays);
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
        Ok(From { kind: Kind::Stream(node), scope, width, window, stays })
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
        let window = match windows {
            [Some(Back::Micros(a)), Some(Back::Micros(b))] => Some(Back::Micros(a.min(b))),
            _ => None,
        };
        let stays = [left.stays_behind(0), right.stays_behind(split)].concat();
        let present = left.stays.iter().map(|it| (times.1, it.0, it.1));
        let present = present.chain(right.stays.iter().map(|it| (times.0, it.0 + split, it.1)));
        let present: Vec<Expr> = present.map(|it| is_present(it, span)).collect();
        let firsts = left.scope.sources.len();
        let mut scope = beside(left.scope, right.scope, split);
        let on = on.map(|on| self.condition(on, (&scope, width), "ON")).transpose()?;
        let types = scope.types(width);
        let on = on.into_iter().chain(present).reduce(and);
        let Conjuncts { keys, rest } = self.conjuncts(on, split, times, &types);
        if matches!(kind, JoinKind::Inner | JoinKind::Cross) {
            // A row without a window is met at its own moment, so that is the time of the pair.
            for (index, source) in scope.sources.iter_mut().enumerate() {
                let (side, time) = if index < firsts { (0, times.0) } else { (1, times.1) };
                source.time = source.time.map(|it| match windows[side] {
                    None if it == time => TIME_SLOT,
                    _ => it,
                });
            }
        }
        let stays_when = |other| kind == other || kind == JoinKind::Full;
        let side = |index: usize, keys, stays| {
            Side::new(stay_of(windows[index]), keys, stays, widths[index])
        };
        let sides = [
            side(0, keys.0, stays_when(JoinKind::Left)),
            side(1, keys.1, stays_when(JoinKind::Right)),
        ];
        let node = self.add(StreamJoin::new(sides, rest, span), &[nodes.0, nodes.1], span)?;
        let stays = if window.is_some() { stays } else { Vec::new() };
        Ok(From { kind: Kind::Stream(node), scope, width, window, stays })
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
            found.rest = found.rest.take().into_iter().chain([part]).reduce(and);
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

fn and(a: Expr, b: Expr) -> Expr {
    let span = b.span;
    at(ExprKind::Binary(BinaryOp::And, a.into(), b.into()), span)
}

/// Whether a row of a stream that is joined already is in its window still when another one comes:
/// both times, and how long it stays.
fn is_present((other, time, reach): (u32, u32, i64), span: Span) -> Expr {
    let slot = |slot| at(ExprKind::Slot(slot), span).into();
    let reach = at(ExprKind::Literal(Value::Interval(reach)), span).into();
    let end = at(ExprKind::Binary(BinaryOp::Add, slot(time), reach), span).into();
    at(ExprKind::Binary(BinaryOp::LessEqual, slot(other), end), span)
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
