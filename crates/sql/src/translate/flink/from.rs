//! Sources of queries: tables, views, queries inside, and joins of them.

use super::expr::Place;
use super::query::{Shape, body_of};
use super::{Columns, Role, TIME, ToFlink, fold, named};
use crate::ast::query::{Alias, Join, JoinKind, TableRef};
use crate::ast::window::{Bound, FrameUnit, Over};
use crate::ast::{NamedWindow, StatementKind};
use crate::bind::kinesis::ROWTIME;
use crate::expr::{BinaryOp, Expr, ExprKind, Name, Span};
use crate::translate::kinds;
use crate::translate::tree::{self, NOWHERE, all, binary, column, either, later, plain};
use crate::types::DataType;
use crate::value::Value;

/// What stands behind `FROM`.
#[derive(Clone, Debug)]
pub(super) struct From {
    /// As Flink has it.
    pub source: TableRef,
    pub sources: Vec<Source>,
}

/// One source and its columns.
#[derive(Clone, Debug)]
pub(super) struct Source {
    /// What it is called, folded.
    pub name: String,
    pub columns: Columns,
    /// Whether all columns are known.
    pub whole: bool,
    /// Whether it has a time: a reference table has none.
    pub timed: bool,
}

/// A source with its window in a join.
struct Side {
    from: From,
    reach: Reach,
}

/// How long rows of a side are joined with those of the other one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    Micros(i64),
    Always,
}

impl From {
    /// A column of a source: with the source in front where there are several.
    pub(super) fn column(&self, source: &Source, name: Name) -> Expr {
        if self.sources.len() == 1 { column([name]) } else { column([named(&source.name), name]) }
    }

    /// The time of a source.
    pub(super) fn time(&self, source: &Source) -> Expr {
        self.column(source, plain(TIME))
    }

    /// The source a name is about.
    pub(super) fn source(&self, name: &str) -> Option<&Source> {
        self.sources.iter().find(|it| it.name == name)
    }

    /// The source a column is of.
    pub(super) fn with_column(&self, name: &str) -> Option<&Source> {
        let has = |it: &&Source| it.known(name).is_some();
        self.sources.iter().find(has).or_else(|| self.sources.iter().find(|it| !it.whole))
    }

    /// The time of the rows: the later one of a join.
    pub(super) fn row_time(&self) -> Expr {
        let mut times = self.sources.iter().filter(|it| it.timed).map(|it| self.time(it));
        let Some(first) = times.next() else { return column([plain(TIME)]) };
        times.fold(first, |a, b| {
            either(binary(BinaryOp::GreaterEqual, a.clone(), b.clone()), a, Some(b))
        })
    }

    /// The time column that a view of these rows has.
    pub(super) fn carried_time(&self) -> Expr {
        let timed = self.sources.iter().find(|it| it.timed);
        timed.map_or_else(|| column([plain(TIME)]), |it| self.time(it))
    }

    /// Whether an expression is a time column.
    pub(super) fn is_time(&self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Column(path) => path.last().is_some_and(|it| it.text == TIME),
            _ => false,
        }
    }

    /// The type of an expression of the Kinesis dialect that is a column.
    pub(super) fn type_of(&self, expr: &Expr) -> Option<DataType> {
        let ExprKind::Column(path) = &expr.kind else { return None };
        let name = fold(path.last()?);
        if name == ROWTIME {
            return Some(DataType::Timestamp);
        }
        self.with_column(&name)?.known(&name)?.1
    }
}

impl Source {
    /// A column by its name. Those of a reference table are called as in its file, where nobody
    /// thinks of capitals.
    pub(super) fn known(&self, name: &str) -> Option<&(String, Option<DataType>)> {
        let near = |it: &&(String, _)| !self.timed && it.0.eq_ignore_ascii_case(name);
        self.columns.iter().find(|it| it.0 == name).or_else(|| self.columns.iter().find(near))
    }
}

impl<'a> ToFlink<'a> {
    pub(super) fn from(
        &mut self,
        sources: &'a [TableRef],
        windows: &'a [NamedWindow],
    ) -> Option<From> {
        let (first, others) = sources.split_first()?;
        let mut left = self.side(first, windows)?;
        for other in others {
            let right = self.side(other, windows)?;
            left = self.joined(left, right, (JoinKind::Cross, None), NOWHERE);
        }
        Some(left.from)
    }

    fn side(&mut self, source: &'a TableRef, windows: &'a [NamedWindow]) -> Option<Side> {
        match source {
            TableRef::Named { name, over, alias, .. } => {
                let known = self.known(name)?;
                let (own, columns) = (known.name.clone(), known.columns.clone());
                let (whole, timed) = (known.whole, known.role != Role::Table);
                let called = alias.as_ref().map_or_else(|| own.clone(), |it| fold(&it.name));
                let alias = Some(named(&called)).filter(|_| called != own);
                let source = tree::source(named(&own), alias);
                let sources = vec![Source { name: called, columns, whole, timed }];
                let reach = over.as_deref().map(|it| self.reach(it, windows));
                let reach = reach.unwrap_or(Reach::Micros(0));
                Some(Side { from: From { source, sources }, reach })
            }
            TableRef::Query { query, alias, span, .. } => {
                let (query, columns) = self.query(query, &Shape::carrying())?;
                let name = alias.as_ref().map(|it| fold(&it.name)).unwrap_or_default();
                Some(self.inner(query, columns, name, *span))
            }
            TableRef::Function { function, alias } => {
                let (query, columns) = self.table_function(function)?;
                let name = alias.as_ref().map(|it| fold(&it.name)).unwrap_or_default();
                Some(self.inner(query, columns, name, function.span))
            }
            TableRef::Match { .. } => None,
            TableRef::Join(join) => {
                let Join { left, right, kind, on, span, .. } = join.as_ref();
                let left = self.side(left, windows)?;
                let right = self.side(right, windows)?;
                Some(self.joined(left, right, (*kind, on.as_ref()), *span))
            }
        }
    }

    /// A query as a source.
    fn inner(
        &mut self,
        query: crate::ast::query::Query,
        columns: Columns,
        name: String,
        span: Span,
    ) -> Side {
        let query = tree::query(body_of(query)).into();
        let shown = Some(name.as_str()).filter(|it| !it.is_empty());
        let alias = shown.map(|it| Alias { name: named(it), columns: Vec::new() });
        let source = TableRef::Query { query, lateral: false, alias, span };
        let columns = columns.into_iter().filter(|it| it.0 != ROWTIME).collect();
        let sources = vec![Source { name, columns, whole: true, timed: true }];
        Side { from: From { source, sources }, reach: Reach::Micros(0) }
    }

    fn reach(&mut self, over: &Over, windows: &[NamedWindow]) -> Reach {
        let spec = match over {
            Over::Inline(spec) => Some(spec.as_ref()),
            Over::Named(name, _) => {
                windows.iter().find(|it| fold(&it.name) == fold(name)).map(|it| &it.spec)
            }
        };
        let Some(frame) = spec.and_then(|it| it.frame.as_ref()) else { return Reach::Always };
        match (&frame.start, frame.unit) {
            (Bound::CurrentRow, FrameUnit::Range) => Reach::Micros(0),
            (
                Bound::Preceding(Expr { kind: ExprKind::Literal(Value::Interval(micros)), .. }),
                FrameUnit::Range,
            ) => Reach::Micros(*micros),
            (_, FrameUnit::Rows) => {
                self.made.note(
                    frame.span,
                    "A join over the last rows has no equivalent. Bound it in time: RANGE \
                     INTERVAL … PRECEDING",
                );
                Reach::Always
            }
            _ => Reach::Always,
        }
    }

    /// Two sources side by side. Of two streams each row is joined with those of the other one's
    /// window (facts, analytics §2.6): the distance of their times is bounded on both sides.
    fn joined(
        &mut self,
        left: Side,
        right: Side,
        (kind, on): (JoinKind, Option<&'a Expr>),
        span: Span,
    ) -> Side {
        let (a, b) = (left.from, right.from);
        let mut sources = a.sources;
        let split = sources.len();
        sources.extend(b.sources);
        let mut from = From { source: a.source.clone(), sources };
        let place = Place { from: &from, grouped: None };
        let on = on.map(|it| self.expr(it, &place));
        let timed = |it: &&Source| it.timed;
        let first = from.sources[..split].iter().find(timed);
        let second = from.sources[split..].iter().find(timed);
        let times = first.zip(second).map(|(a, b)| (from.time(a), from.time(b)));
        let reach = match (left.reach, right.reach) {
            _ if second.is_none() => left.reach,
            _ if first.is_none() => right.reach,
            (Reach::Micros(a), Reach::Micros(b)) => Reach::Micros(a.min(b)),
            _ => Reach::Micros(0),
        };
        if from.sources.iter().filter(timed).count() > 2 {
            self.made.note(
                span,
                "A row of a third stream meets what is in the windows of both others; here it is \
                 bound to the time of the first one alone",
            );
        }
        let near = match times {
            None => {
                self.made.note(
                    span,
                    "A join with a reference table is a regular join here: Flink keeps the rows of \
                     the stream, and joins them again when the table changes. With a connector \
                     that can look up rows (JDBC, DynamoDB) write FOR SYSTEM_TIME AS OF a \
                     PROCTIME() column",
                );
                None
            }
            Some(times) => self.near(times, (left.reach, right.reach), span),
        };
        let on = all(on.into_iter().chain(near));
        let kind = match (kind, &on) {
            (JoinKind::Cross, Some(_)) => JoinKind::Inner,
            (kind, _) => kind,
        };
        let (using, natural, span) = (Vec::new(), false, NOWHERE);
        let join = Join { left: a.source, right: b.source, kind, on, using, natural, span };
        from.source = TableRef::Join(join.into());
        Side { from, reach }
    }

    /// How far the times of two rows may be apart that meet.
    fn near(&mut self, (a, b): (Expr, Expr), reach: (Reach, Reach), span: Span) -> Option<Expr> {
        let (Reach::Micros(before), Reach::Micros(behind)) = reach else {
            self.made.note(
                span,
                "A join without a bound in time keeps the rows of both sides for ever in Flink: \
                 set table.exec.state.ttl",
            );
            return None;
        };
        let (low, high) = (later(a.clone(), -behind), later(a, before));
        Some(tree::node(ExprKind::Between {
            value: b.into(),
            low: low.into(),
            high: high.into(),
            symmetric: false,
            negated: false,
        }))
    }

    /// The columns a script uses of a source it does not create: those with its name in front, and
    /// those without one where no other source can have them.
    pub(super) fn used_columns(&self, name: &str) -> Columns {
        let mut found = Columns::new();
        for (kind, _) in kinds(self.script) {
            let query = match kind {
                StatementKind::CreatePump(pump) => &pump.insert.query,
                StatementKind::CreateView(view) => &view.query,
                _ => continue,
            };
            self.used_in(query, name, &mut found);
        }
        found
    }

    fn used_in(&self, query: &'a crate::ast::query::Query, name: &str, found: &mut Columns) {
        super::query::each_select(query, &mut |select| {
            let mut called: Vec<(String, String)> = Vec::new();
            for source in &select.from {
                tree::each_source(source, &mut |it| {
                    if let TableRef::Named { name, alias, .. } = it {
                        let own = fold(name.last());
                        let alias = alias.as_ref().map_or_else(|| own.clone(), |it| fold(&it.name));
                        called.push((alias, own));
                    }
                });
            }
            let mine: Vec<&String> =
                called.iter().filter(|it| it.1 == name).map(|it| &it.0).collect();
            if mine.is_empty() {
                return;
            }
            let others = called.iter().filter(|it| it.1 != name);
            let others: Vec<_> = others
                .filter_map(|it| self.known.iter().find(|known| known.name == it.1))
                .collect();
            let elsewhere =
                |column: &str| others.iter().any(|it| it.columns.iter().any(|it| it.0 == column));
            super::query::each_expr(select, &mut |expr| {
                let ExprKind::Column(path) = &expr.kind else { return };
                let Some(column) = path.last().map(fold).filter(|it| it != ROWTIME) else { return };
                let is_mine = match &path[..] {
                    [.., source, _] => mine.contains(&&fold(source)),
                    _ => !elsewhere(&column),
                };
                if is_mine && found.iter().all(|it| it.0 != column) {
                    found.push((column, None));
                }
            });
        });
    }
}
