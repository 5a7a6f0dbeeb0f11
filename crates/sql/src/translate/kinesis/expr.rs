//! Expressions: columns in capitals, times as `ROWTIME`, functions by one table.

use super::from::{From, Source};
use super::window::{WindowKind, end_of};
use super::{Table, Time, ToKinesis};
use crate::ast::window::{FrameUnit, Over, WindowSpec};
use crate::bind::kinesis::ROWTIME;
use crate::expr::{AggregateCall, BinaryOp, Expr, ExprKind, Name, Span};
use crate::function::Function;
use crate::translate::tree::{
    NOWHERE, call, cast, column, either, interval, later, node, plain, source, whole,
};

/// Where an expression stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'p> {
    pub from: &'p From,
    pub grouped: bool,
}

impl Place<'static> {
    /// Among the columns of a table, as they come.
    pub(super) fn of_table(table: &Table<'_>, shown: Name) -> OfTable {
        let time = match &table.time {
            Time::Arrival(name) => name.clone(),
            Time::Column(..) => None,
        };
        let times: Vec<String> = time.into_iter().collect();
        let columns = table.columns.iter().map(|it| it.0.clone()).collect();
        let (name, is_table, rowtimes) = (shown.text.clone(), false, times.clone());
        let source_of = source(shown.clone(), None);
        let sources = vec![Source { name, shown, columns, rowtimes, times, is_table }];
        OfTable(From { source: source_of, sources, window: None })
    }
}

/// The columns of a table alone.
pub(super) struct OfTable(From);

impl OfTable {
    pub(super) fn place(&self) -> Place<'_> {
        Place { from: &self.0, grouped: false }
    }
}

impl Place<'_> {
    /// `s.ROWTIME`.
    pub(super) fn rowtime(&self) -> Expr {
        let first = self.from.sources.iter().find(|it| !it.is_table);
        let name = first.map_or_else(|| plain(ROWTIME), |it| it.shown.clone());
        column([name, plain(ROWTIME)])
    }

    /// Where the window of a row begins.
    pub(super) fn step(&self) -> Expr {
        let size = self.from.window.as_ref().map_or(1, |it| it.size);
        call(Function::Step, vec![self.rowtime(), interval(size)])
    }

    /// Whether an expression is the time of the rows.
    pub(super) fn is_time(&self, expr: &Expr) -> bool {
        let ExprKind::Column(path) = &expr.kind else { return false };
        let Some(name) = path.last() else { return false };
        self.from.sources.iter().any(|it| it.times.contains(&name.text))
    }

    /// An end of the window a row is in.
    fn end(&self, end: &str) -> Option<Expr> {
        let window = self.from.window.as_ref()?;
        let (size, millisecond) = (window.size, 1_000);
        Some(match (window.kind, end) {
            (WindowKind::Tumble | WindowKind::Cumulate, "window_start") => self.step(),
            (WindowKind::Tumble | WindowKind::Cumulate, "window_end") => later(self.step(), size),
            (WindowKind::Tumble | WindowKind::Cumulate, _) => {
                later(later(self.step(), size), -millisecond)
            }
            (_, "window_start") => later(column([plain(ROWTIME)]), -size),
            (_, _) => column([plain(ROWTIME)]),
        })
    }
}

impl ToKinesis<'_> {
    pub(super) fn expr(&mut self, expr: &Expr, place: &Place<'_>) -> Expr {
        expr.replaced(&mut |it| {
            if let Some(end) = end_of(it).and_then(|end| place.end(end)) {
                return Some(end);
            }
            match &it.kind {
                ExprKind::Column(path) => Some(self.column(path, place)),
                ExprKind::Call { function, arguments } => {
                    let made = arguments.iter().map(|it| self.expr(it, place)).collect();
                    Some(self.call(*function, made, it.span))
                }
                ExprKind::User { name, arguments } => {
                    let text = format!("The function {}", name.text);
                    if name.text.eq_ignore_ascii_case("PROCTIME") && arguments.is_empty() {
                        return Some(place.rowtime());
                    }
                    self.absent(it.span, &text, "");
                    None
                }
                ExprKind::Aggregate(call) => Some(self.aggregate(call, it.span, place)),
                ExprKind::Query(_) => {
                    self.absent(it.span, "A query within an expression", "Write a join");
                    None
                }
                ExprKind::Binary(BinaryOp::Divide, _, by)
                    if !matches!(by.kind, ExprKind::Literal(_)) =>
                {
                    self.made.note(
                        it.span,
                        "A division by zero ends the job in Flink for whole numbers, and gives \
                         Infinity for DOUBLE; here its row goes to error_stream",
                    );
                    None
                }
                ExprKind::Cast(value, target) => {
                    Some(cast(self.expr(value, place), super::narrowed(*target)))
                }
                _ => None,
            }
        })
    }

    fn column(&self, path: &[Name], place: &Place<'_>) -> Expr {
        let Some(name) = path.last() else { return column([]) };
        let source = path.iter().rev().nth(1).map(|it| it.text.as_str());
        let is_it = |it: &&Source| {
            source.is_none_or(|source| source == it.name) && it.columns.contains(&name.text)
        };
        let found = place.from.sources.iter().find(is_it);
        if let Some(found) = found.filter(|it| it.rowtimes.contains(&name.text)) {
            if place.grouped {
                return column([plain(ROWTIME)]);
            }
            return column([found.shown.clone(), plain(ROWTIME)]);
        }
        let qualified = place.from.sources.len() > 1;
        match found.filter(|_| qualified) {
            Some(found) => column([found.shown.clone(), self.named(&name.text)]),
            None => column([self.named(&name.text)]),
        }
    }

    /// A function over many rows.
    fn aggregate(&mut self, call: &AggregateCall, span: Span, place: &Place<'_>) -> Expr {
        let name = call.name.as_str();
        let nearest = match name {
            "ROW_NUMBER" | "RANK" | "DENSE_RANK" => Some(
                "TOP_K_ITEMS_TUMBLING tells the most frequent items of a window; GROUP_RANK ranks \
                 the rows of one ROWTIME",
            ),
            "LISTAGG" => Some("Rows stay apart"),
            _ if call.distinct => {
                Some("COUNT_DISTINCT_ITEMS_TUMBLING counts the different items of a window")
            }
            _ => None,
        };
        if let Some(nearest) = nearest {
            let shown =
                if call.distinct { format!("{name}(DISTINCT …)") } else { name.to_owned() };
            self.absent(span, &shown, nearest);
        }
        let mut made = AggregateCall { over: None, filter: None, ..call.clone() };
        made.arguments = call.arguments.iter().map(|it| self.expr(it, place)).collect();
        if let Some(filter) = &call.filter {
            let condition = self.expr(filter, place);
            let value = made.arguments.first().cloned().unwrap_or_else(|| whole(1));
            made.arguments.splice(..made.arguments.len().min(1), [either(condition, value, None)]);
        }
        // In Flink the first and last value are never NULL.
        made.ignore_nulls |= matches!(name, "FIRST_VALUE" | "LAST_VALUE");
        made.over = call.over.as_ref().map(|over| match over {
            Over::Inline(spec) => Over::Inline(self.spec(spec, place).into()),
            Over::Named(name, _) => Over::Named(self.named(&name.text), NOWHERE),
        });
        node(ExprKind::Aggregate(made.into()))
    }

    /// A sliding window: the order of a stream is its own.
    pub(super) fn spec(&mut self, spec: &WindowSpec, place: &Place<'_>) -> WindowSpec {
        if spec.frame.as_ref().is_none_or(|it| it.unit == FrameUnit::Range) {
            self.made.note(
                spec.span,
                "Rows of one moment see each other in a RANGE window of Flink; here each sees \
                 those before it",
            );
        }
        if let Some(first) = spec.order.first()
            && (!place.is_time(&first.expr) || first.descending)
        {
            self.absent(first.expr.span, "A window that is not ordered by time", "");
        }
        WindowSpec {
            base: None,
            partition: spec.partition.iter().map(|it| self.expr(it, place)).collect(),
            order: Vec::new(),
            frame: spec.frame.clone(),
            span: NOWHERE,
        }
    }
}
