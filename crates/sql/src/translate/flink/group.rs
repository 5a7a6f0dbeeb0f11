//! `GROUP BY` and `WINDOWED BY STAGGER`: windows of Flink.

use super::expr::Place;
use super::from::From;
use super::{Cut, TIME, ToFlink, cut_of, named};
use crate::ast::StatementKind;
use crate::ast::query::{Body, Common, Group, TableArgument, TableFunction, TableRef};
use crate::bind::kinesis::names_own_time;
use crate::expr::{Expr, ExprKind};
use crate::translate::tree::{self, NOWHERE, column, named_call, object, plain};

/// Groups in windows.
#[derive(Clone, Debug)]
pub(super) struct Grouped {
    /// How time is cut, in tumbling windows.
    pub cut: Option<Cut>,
    /// Whether the window stands inside of `GROUP BY`: a join has no name that a window function
    /// could take.
    pub by_call: bool,
    /// Whether `ROWTIME` alone is the end of the window in expressions too.
    pub own_time: bool,
    /// The time column.
    time: Expr,
}

impl Grouped {
    /// Where a window begins.
    pub(super) fn start(&self) -> Expr {
        self.bound("window_start", "TUMBLE_START")
    }

    /// Where a window ends: the time of its rows in the Kinesis dialect.
    pub(super) fn end(&self) -> Expr {
        self.bound("window_end", "TUMBLE_END")
    }

    /// The time column of its rows.
    pub(super) fn time(&self) -> Expr {
        self.bound("window_time", "TUMBLE_ROWTIME")
    }

    fn bound(&self, name: &str, function: &str) -> Expr {
        if self.by_call { named_call(function, self.arguments()) } else { column([plain(name)]) }
    }

    /// The arguments of the older window functions.
    fn arguments(&self) -> Vec<Expr> {
        let lengths = self.cut.map(Cut::lengths).unwrap_or_default();
        core::iter::once(self.time.clone()).chain(lengths.into_iter().take(1)).collect()
    }
}

impl<'a> ToFlink<'a> {
    /// How rows are grouped, if they are, and what they are read from then.
    pub(super) fn grouped(
        &mut self,
        group: &'a Group,
        mut from: From,
    ) -> Option<(From, Option<Grouped>)> {
        let (time, own_time) = (from.carried_time(), names_own_time(group));
        match group {
            Group::None | Group::Sets(..) => Some((from, None)),
            Group::By(keys, span) => {
                let Some(cut) = keys.iter().find_map(cut_of) else {
                    self.made.note(
                        *span,
                        "No window of Flink has this length: the groups are kept, and told again \
                         when they change",
                    );
                    return Some((from, None));
                };
                let by_call = from.sources.len() > 1;
                self.chained(&from, *span);
                if !by_call {
                    from.source = self.windowed("TUMBLE", from.source, &cut.lengths(), Vec::new());
                }
                Some((from, Some(Grouped { cut: Some(cut), by_call, own_time, time })))
            }
            Group::Stagger { partition, range, span } => {
                self.made.note(
                    *span,
                    "A stagger window has no equivalent. SESSION comes nearest: it opens with the \
                     first row of a key as well, but stays open until no row has come for so long. \
                     For events that come late, TUMBLE over the time of the event with a watermark \
                     that waits is what Flink has",
                );
                let place = Place { from: &from, grouped: None };
                let keys: Vec<Expr> = partition.iter().map(|it| self.expr(it, &place)).collect();
                let plain = |it: &Expr| matches!(it.kind, ExprKind::Column(_));
                if from.sources.len() > 1 {
                    return self.made.absent(*span, "A stagger window over a join", "");
                }
                let (function, keys) =
                    if keys.iter().all(plain) { ("SESSION", keys) } else { ("TUMBLE", Vec::new()) };
                let source = from.source.clone();
                from.source = self.windowed(function, source, core::slice::from_ref(range), keys);
                Some((from, Some(Grouped { cut: None, by_call: false, own_time, time })))
            }
        }
    }

    /// Says what is different about windows of windows.
    fn chained(&mut self, from: &From, span: crate::expr::Span) {
        let of_windows = match &from.source {
            TableRef::Query { query, .. } => is_grouped(&query.body),
            TableRef::Named { name, .. } => self.made.statements().any(|it| match it {
                StatementKind::CreateView(view) => {
                    view.name.last().text == name.last().text && is_grouped(&view.query.body)
                }
                _ => false,
            }),
            _ => false,
        };
        if of_windows {
            self.made.note(
                span,
                "What comes out of a window has its end as ROWTIME here, so the next window takes \
                 it for the time behind; Flink takes it for the last millisecond before",
            );
        }
    }

    /// A window function over a source. It takes a name: a query gets one by `WITH`.
    pub(super) fn windowed(
        &mut self,
        function: &str,
        source: TableRef,
        lengths: &[Expr],
        partition: Vec<Expr>,
    ) -> TableRef {
        let name = match source {
            TableRef::Named { name, .. } => name,
            TableRef::Query { query, .. } => {
                let name = named(&format!("windowed_{}", self.commons.len() + 1));
                let columns = Vec::new();
                self.commons.push(Common { name: name.clone(), columns, query: *query });
                object(name)
            }
            other => return other,
        };
        let lengths = lengths.iter().map(|it| (None, TableArgument::Expr(it.clone())));
        let table = (None, TableArgument::Table { name, partition });
        let time = (None, TableArgument::Descriptor(vec![plain(TIME)]));
        let arguments = [table, time].into_iter().chain(lengths).collect();
        let function = TableFunction { name: plain(function), arguments, span: NOWHERE };
        TableRef::Function { function, alias: None }
    }

    /// What is grouped by; `timed` when the time column of the windows is asked for.
    pub(super) fn group(&mut self, group: &'a Group, place: &Place<'_>, timed: bool) -> Group {
        let keys = match group {
            Group::None | Group::Sets(..) => return Group::None,
            Group::By(keys, _) => keys,
            Group::Stagger { partition, .. } => partition,
        };
        let mut made = Vec::new();
        if let Some(grouped) = place.grouped {
            if grouped.by_call {
                made.push(named_call("TUMBLE", grouped.arguments()));
            } else {
                let time = timed.then(|| plain("window_time"));
                let columns = [plain("window_start"), plain("window_end")].into_iter().chain(time);
                made.extend(columns.map(|it| column([it])));
            }
        }
        for key in keys {
            let is_window = place.grouped.is_some_and(|it| it.cut.is_some());
            if !(is_window && cut_of(key).is_some()) {
                made.push(self.expr(key, place));
            }
        }
        Group::By(made, NOWHERE)
    }
}

fn is_grouped(body: &Body) -> bool {
    matches!(body, Body::Select(select) if !matches!(select.group, Group::None))
}

/// Counts behind windows of so many seconds, as a query inside.
pub(super) fn nested(select: crate::ast::query::SelectQuery) -> TableRef {
    let query = tree::query(Body::Select(select.into())).into();
    TableRef::Query { query, lateral: false, alias: None, span: NOWHERE }
}
