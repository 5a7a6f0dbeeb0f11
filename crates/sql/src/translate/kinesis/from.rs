//! Sources of queries: streams, views where they are read, windows, and joins of them.

use super::expr::Place;
use super::window::{Window, WindowKind};
use super::{Role, Time, ToKinesis};
use crate::ast::ObjectName;
use crate::ast::query::{
    Alias, Body, Group, Item, Join, JoinKind, Query, SelectQuery, TableArgument, TableFunction,
    TableRef,
};
use crate::ast::window::{Bound, Exclude, Frame, FrameUnit, Over, WindowSpec};
use crate::expr::{BinaryOp, Expr, ExprKind, Name, Span};
use crate::limits::NESTING_MAX;
use crate::translate::tree::{NOWHERE, interval, object};
use crate::value::Value;

/// What stands behind `FROM`.
#[derive(Clone, Debug)]
pub(super) struct From {
    /// As the Kinesis dialect has it.
    pub source: TableRef,
    pub sources: Vec<Source>,
    /// The window its rows are in.
    pub window: Option<Window>,
}

/// One source and its columns.
#[derive(Clone, Debug)]
pub(super) struct Source {
    /// What it is called.
    pub name: String,
    /// The same in the Kinesis dialect.
    pub shown: Name,
    pub columns: Vec<String>,
    /// The columns that are the time of its rows.
    pub times: Vec<String>,
    /// Those that are `ROWTIME` and nothing else: no column has them.
    pub rowtimes: Vec<String>,
    pub is_table: bool,
}

impl<'a> ToKinesis<'a> {
    /// What stands behind `FROM`; the condition of a comma list stands behind `WHERE`.
    pub(super) fn from(&mut self, select: &'a SelectQuery) -> Option<From> {
        let span = select.span;
        let Some((first, others)) = select.from.split_first() else {
            self.absent(span, "A query without FROM", "Every query reads a stream");
            return None;
        };
        let mut left = self.source_of(first)?;
        for (index, other) in others.iter().enumerate() {
            let right = self.source_of(other)?;
            let on = select.filter.as_ref().filter(|_| index + 1 == others.len());
            left = self.joined(left, right, (JoinKind::Inner, on), span)?;
        }
        Some(left)
    }

    fn source_of(&mut self, source: &'a TableRef) -> Option<From> {
        match source {
            TableRef::Named { name, alias, .. } => {
                let called = alias.as_ref().map_or(name.last(), |it| &it.name);
                self.named_source(name, called)
            }
            TableRef::Query { query, alias, span, .. } => {
                let name = alias.as_ref().map(|it| it.name.clone());
                self.inner(query, name, *span)
            }
            TableRef::Function { function, alias } => {
                self.window_function(function, alias.as_ref().map(|it| &it.name))
            }
            TableRef::Match { pattern, .. } => {
                let nearest = "Join the stream with itself over windows, one for each row";
                self.absent(pattern.span, "MATCH_RECOGNIZE", nearest);
                None
            }
            TableRef::Join(join) => {
                let Join { left, right, kind, on, using, span, .. } = join.as_ref();
                if !using.is_empty() {
                    self.absent(*span, "USING", "Write ON a.id = b.id");
                }
                let looked_up = match right {
                    TableRef::Named { system_time: Some(time), name, .. } => {
                        Some((time.span, name))
                    }
                    _ => None,
                };
                if let Some((span, name)) = looked_up
                    && self.table(name.last()).is_none_or(|it| it.role != Role::Reference)
                {
                    let nearest = "A reference table is the same for all rows; join the stream of \
                                   changes over a window";
                    self.absent(span, "A table with versions", nearest);
                    return None;
                }
                let left = self.source_of(left)?;
                let right = self.source_of(right)?;
                self.joined(left, right, (*kind, on.as_ref()), *span)
            }
        }
    }

    /// Whether one more query may stand inside: a view stands wherever it is read, and what it
    /// reads in it.
    pub(super) fn may_enter(&mut self) -> bool {
        self.inner_queries += 1;
        self.depth <= NESTING_MAX && self.inner_queries <= INNER_QUERIES_MAX
    }

    /// A table, or a view as a query inside.
    fn named_source(&mut self, name: &ObjectName, called: &Name) -> Option<From> {
        let text = &name.last().text;
        if let Some(at) = self.commons.iter().rposition(|it| it.name.text == *text) {
            let common = self.commons[at];
            let behind = self.commons.split_off(at);
            let made = self.inner(&common.query, Some(called.clone()), name.span);
            self.commons.extend(behind);
            return made.map(|it| self.renamed(it, &common.columns));
        }
        if let Some(view) = self.views.iter().rfind(|it| it.name.last().text == *text).copied() {
            let commons = core::mem::take(&mut self.commons);
            let made = self.inner(&view.query, Some(called.clone()), name.span);
            self.commons = commons;
            return made.map(|it| self.renamed(it, &view.columns));
        }
        let Some(table) = self.table(name.last()).cloned() else {
            self.absent(name.span, &format!("The table {text}, which nothing creates,"), "");
            return None;
        };
        let own = self.stream_of(&table);
        let alias = Some(called).filter(|it| it.text != own || it.text != *text);
        let alias = alias.map(|it| Alias { name: self.named(&it.text), columns: Vec::new() });
        let source = TableRef::Named {
            name: object(self.named(&own)),
            over: None,
            system_time: None,
            alias,
        };
        let time = match &table.time {
            Time::Column(name, _) => Some(name.clone()),
            Time::Arrival(name) => name.clone(),
        };
        let columns: Vec<String> = table.columns.iter().map(|it| it.0.clone()).collect();
        let rowtimes: Vec<String> =
            columns.iter().filter(|it| table.is_time(it)).cloned().collect();
        let times = rowtimes.iter().cloned().chain(time).collect();
        let is_table = table.role == Role::Reference;
        let (name, window) = (called.text.clone(), None);
        let shown = self.named(&name);
        let sources = vec![Source { name, shown, columns, times, rowtimes, is_table }];
        Some(From { source, sources, window })
    }

    /// A query inside whose columns have these names.
    fn renamed(&self, mut from: From, names: &[Name]) -> From {
        let (Some(source), TableRef::Query { query, .. }) =
            (from.sources.first_mut(), &mut from.source)
        else {
            return from;
        };
        for (column, name) in source.columns.iter_mut().zip(names) {
            for time in source.times.iter_mut().filter(|it| *it == column) {
                time.clone_from(&name.text);
            }
            column.clone_from(&name.text);
        }
        let names: Vec<Name> = names.iter().map(|it| self.named(&it.text)).collect();
        rename(&mut query.body, &names);
        from
    }

    /// A query as a source.
    fn inner(&mut self, query: &'a Query, name: Option<Name>, span: Span) -> Option<From> {
        self.depth += 1;
        if !self.may_enter() {
            self.absent(span, "So deep a query", "");
            return None;
        }
        let columns = self.columns_of_query(query);
        let (made, times) = self.query(query)?;
        self.depth -= 1;
        let called = name.unwrap_or_else(|| crate::translate::tree::plain("inside"));
        let alias = Some(Alias { name: self.named(&called.text), columns: Vec::new() });
        let source = TableRef::Query { query: made.into(), lateral: false, alias, span: NOWHERE };
        let (name, rowtimes, is_table) = (called.text, Vec::new(), false);
        let shown = self.named(&name);
        let sources = vec![Source { name, shown, columns, times, rowtimes, is_table }];
        Some(From { source, sources, window: None })
    }

    /// `TUMBLE(TABLE t, DESCRIPTOR(ts), …)`: the table, and how its time is cut.
    fn window_function(
        &mut self,
        function: &'a TableFunction,
        alias: Option<&'a Name>,
    ) -> Option<From> {
        let kind = function.name.text.to_ascii_uppercase();
        let mut table = None;
        let mut lengths = Vec::new();
        for (named, argument) in &function.arguments {
            match argument {
                TableArgument::Table { name, .. } => table = Some(name),
                TableArgument::Expr(Expr { kind: ExprKind::Literal(value), .. }) => {
                    let named = named.as_ref().map(|it| it.text.to_ascii_uppercase());
                    if let Value::Interval(micros) = value {
                        lengths.push((named, *micros));
                    }
                }
                TableArgument::Descriptor(_)
                | TableArgument::Cursor(_)
                | TableArgument::Expr(_) => {}
            }
        }
        let name = table?;
        let mut from = self.named_source(name, alias.unwrap_or(name.last()))?;
        from.window = Window::of(&kind, &lengths, function.span);
        let Some(window) = &from.window else {
            self.absent(function.span, &format!("The function {kind}"), "");
            return None;
        };
        self.told(&window.clone());
        self.chained(&from, function.span);
        Some(from)
    }

    /// Says what is different about windows of windows.
    pub(super) fn chained(&mut self, from: &From, span: Span) {
        let TableRef::Query { query, .. } = &from.source else { return };
        if matches!(&query.body, Body::Select(it) if !matches!(it.group, Group::None)) {
            self.made.note(
                span,
                "What comes out of a window has its end as ROWTIME, so the next window takes it \
                 for the time behind; Flink takes it for the last millisecond before",
            );
        }
    }

    /// Says what a window of Flink becomes.
    pub(super) fn told(&mut self, window: &Window) {
        let text = match window.kind {
            WindowKind::Tumble if window.offset == 0 => return,
            WindowKind::Tumble => {
                "STEP has no offset: windows begin at multiples of their length here"
            }
            WindowKind::Hop => {
                "A hopping window has no equivalent. A sliding window comes nearest: it tells the \
                 last so much time with every row, not every so often"
            }
            WindowKind::Cumulate => {
                "A cumulating window has no equivalent: here is the whole window alone, without \
                 the steps before its end"
            }
            WindowKind::Session => {
                "A session window has no equivalent. A stagger window comes nearest: it opens with \
                 the first row of a key as well, but closes after a fixed time"
            }
        };
        self.made.note(window.span, text);
    }

    /// Two sources side by side: bounds of their times become windows.
    fn joined(
        &mut self,
        left: From,
        right: From,
        (kind, on): (JoinKind, Option<&'a Expr>),
        span: Span,
    ) -> Option<From> {
        if left.window.is_some() || right.window.is_some() {
            let nearest = "Join the streams over windows first, and group what comes out";
            self.absent(span, "A join of windows", nearest);
            return None;
        }
        let mut sources = left.sources;
        let split = sources.len();
        sources.extend(right.sources);
        let mut from = From { source: left.source.clone(), sources, window: None };
        let mut bounds = Bounds { low: None, high: None };
        let mut rest = Vec::new();
        if let Some(on) = on {
            let mut parts = Vec::new();
            crate::bind::flink::conjuncts(on, &mut parts);
            for part in parts {
                if !bounds.take(&part, &from, split) {
                    rest.push(part);
                }
            }
        }
        let place = Place { from: &from, grouped: false };
        let rest: Vec<Expr> = rest.iter().map(|it| self.expr(it, &place)).collect();
        let has_table = from.sources.iter().any(|it| it.is_table);
        let (mut first, mut second) = (left.source, right.source);
        if !has_table {
            // Distance left - right between low and high: who comes later finds the other one in
            // its window.
            let (low, high) = match (bounds.low, bounds.high) {
                (Some(low), Some(high)) => (low, high),
                _ => {
                    self.made.note(
                        span,
                        "A join of streams needs a window: rows of the last hour are joined here",
                    );
                    (-HOUR_MICROS, HOUR_MICROS)
                }
            };
            if low > 0 || high < 0 {
                self.made.note(
                    span,
                    "A window begins at the current row: rows that are nearer than the join wants \
                     are joined as well",
                );
            }
            let windows =
                over(&mut first, low.min(0).saturating_neg()) && over(&mut second, high.max(0));
            if !windows {
                let nearest = "Put each side into a stream of its own first, by a pump";
                self.absent(span, "A join of queries", nearest);
            }
        }
        let on = crate::translate::tree::all(rest);
        let kind = if on.is_none() { JoinKind::Cross } else { kind };
        let kind = if kind == JoinKind::Cross && on.is_some() { JoinKind::Inner } else { kind };
        let (using, span) = (Vec::new(), NOWHERE);
        let (left, right, natural) = (first, second, false);
        let join = Join { left, right, kind, on, using, natural, span };
        from.source = TableRef::Join(join.into());
        Some(from)
    }
}

/// Gives the columns of a query these names.
fn rename(body: &mut Body, names: &[Name]) {
    match body {
        Body::Select(select) => {
            for (item, name) in select.items.iter_mut().zip(names) {
                if let Item::Column { alias, .. } = item {
                    *alias = Some(name.clone());
                }
            }
        }
        Body::Set { left, .. } => rename(left, names),
        Body::Nested(query) => rename(&mut query.body, names),
        Body::Values { .. } => {}
    }
}

/// Most queries inside others, in all of a script.
const INNER_QUERIES_MAX: u32 = 1_000;
const HOUR_MICROS: i64 = 3_600_000_000;

/// Gives a stream a window; the current moment alone when it is nothing. A query cannot have one.
fn over(source: &mut TableRef, micros: i64) -> bool {
    let TableRef::Named { over, .. } = source else { return false };
    let start = match micros {
        0 => Bound::CurrentRow,
        _ => Bound::Preceding(interval(micros)),
    };
    let (unit, end, exclude) = (FrameUnit::Range, Bound::CurrentRow, Exclude::NoOthers);
    let frame = Some(Frame { unit, start, end, exclude, span: NOWHERE });
    let (partition, order, span) = (Vec::new(), Vec::new(), NOWHERE);
    let spec = WindowSpec { base: None, partition, order, frame, span };
    *over = Some(Over::Inline(spec.into()).into());
    true
}

/// How far the time of the left may be from that of the right.
struct Bounds {
    low: Option<i64>,
    high: Option<i64>,
}

impl Bounds {
    /// Takes what a condition says of the times of both sides, if it says that.
    fn take(&mut self, condition: &Expr, from: &From, split: usize) -> bool {
        let ExprKind::Binary(op, a, b) = &condition.kind else { return false };
        let Some(((one, plus), (other, more))) = moment(a, from).zip(moment(b, from)) else {
            return false;
        };
        // one + plus op other + more
        let mut apart = more.saturating_sub(plus);
        let mut op = *op;
        match (one < split, other < split) {
            (true, false) => {}
            (false, true) => {
                apart = apart.saturating_neg();
                op = match op {
                    BinaryOp::Less => BinaryOp::Greater,
                    BinaryOp::LessEqual => BinaryOp::GreaterEqual,
                    BinaryOp::Greater => BinaryOp::Less,
                    BinaryOp::GreaterEqual => BinaryOp::LessEqual,
                    other => other,
                };
            }
            _ => return false,
        }
        match op {
            BinaryOp::Equal => (self.low, self.high) = (Some(apart), Some(apart)),
            BinaryOp::LessEqual => self.high = Some(apart),
            BinaryOp::Less => self.high = Some(apart.saturating_sub(1_000)),
            BinaryOp::GreaterEqual => self.low = Some(apart),
            BinaryOp::Greater => self.low = Some(apart.saturating_add(1_000)),
            _ => return false,
        }
        true
    }
}

/// A time of a source, and so many microseconds more.
fn moment(expr: &Expr, from: &From) -> Option<(usize, i64)> {
    let time = |expr: &Expr| {
        let ExprKind::Column(path) = &expr.kind else { return None };
        let (name, source) = (path.last()?, path.iter().rev().nth(1));
        from.sources.iter().position(|it| {
            source.is_none_or(|source| source.text == it.name) && it.times.contains(&name.text)
        })
    };
    if let Some(source) = time(expr) {
        return Some((source, 0));
    }
    let ExprKind::Binary(op, a, b) = &expr.kind else { return None };
    let ExprKind::Literal(Value::Interval(micros)) = b.kind else { return None };
    match op {
        BinaryOp::Add => Some((time(a)?, micros)),
        BinaryOp::Subtract => Some((time(a)?, micros.saturating_neg())),
        _ => None,
    }
}
