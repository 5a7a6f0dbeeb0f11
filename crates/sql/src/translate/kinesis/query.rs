//! Queries: what is selected, grouped, united and ordered.

use super::ToKinesis;
use super::expr::Place;
use super::from::From;
use super::window::{Window, WindowKind, end_of};
use crate::ast::NamedWindow;
use crate::ast::query::{Body, Group, Item, OrderItem, Query, SelectQuery, SetOp, TableRef};
use crate::ast::window::{Bound, Exclude, Frame, FrameUnit, Over, WindowSpec};
use crate::expr::{Expr, ExprKind, Name};
use crate::translate::tree::{self, NOWHERE, interval, plain};

impl<'a> ToKinesis<'a> {
    /// A query, and which of its columns are the time of its rows.
    pub(super) fn query(&mut self, query: &'a Query) -> Option<(Query, Vec<String>)> {
        let commons = self.commons.len();
        self.commons.extend(&query.with);
        if let Some(limit) = query.limit.as_ref().or(query.offset.as_ref()) {
            self.absent(
                limit.span,
                "LIMIT",
                "A stream has no first rows; TOP_K_ITEMS_TUMBLING \
                                              tells the most frequent items of a window",
            );
        }
        let made = self.body(&query.body, &query.order_by);
        self.commons.truncate(commons);
        made
    }

    fn body(&mut self, body: &'a Body, order: &'a [OrderItem]) -> Option<(Query, Vec<String>)> {
        match body {
            Body::Select(select) => self.select(select, order),
            Body::Nested(query) => self.query(query),
            Body::Values { span, .. } => {
                self.absent(*span, "VALUES", "Rows come from a source");
                None
            }
            Body::Set { op, left, right, all, span } => {
                if !all || *op != SetOp::Union {
                    self.absent(*span, "A union of different rows, or less", "Write UNION ALL");
                }
                let (left, times) = self.body(left, &[])?;
                let (right, _) = self.body(right, &[])?;
                Some((tree::query(tree::union_all(left.body, right.body)), times))
            }
        }
    }

    fn select(
        &mut self,
        select: &'a SelectQuery,
        order: &'a [OrderItem],
    ) -> Option<(Query, Vec<String>)> {
        let mut from = self.from(select)?;
        let keys: &[Expr] = match &select.group {
            Group::By(keys, _) => keys,
            _ => &[],
        };
        if let Some(window) = keys.iter().find_map(Window::of_call) {
            self.told(&window);
            self.chained(&from, window.span);
            from.window = Some(window);
        }
        let grouped = self.is_grouped(select, &mut from);
        let place = Place { from: &from, grouped };
        let mut items = Vec::new();
        for one in &select.items {
            self.item(one, &place, &mut items);
        }
        let mut made = tree::select(items, from.source.clone());
        made.stream = true;
        if let Group::Sets(_, span) = &select.group {
            self.absent(*span, "GROUPING SETS", "One pump for each set of keys does it");
        }
        if let Some(qualify) = &select.qualify {
            self.absent(qualify.span, "QUALIFY", "Write WHERE in a query around it");
        }
        if select.distinct {
            self.absent(
                select.span,
                "DISTINCT without a time",
                "SELECT STREAM DISTINCT FLOOR(s.ROWTIME TO MINUTE), … tells each row once a minute",
            );
        }
        let filter = select.filter.as_ref().filter(|_| select.from.len() < 2);
        made.filter = filter.map(|it| self.expr(it, &place));
        made.having = select.having.as_ref().map(|it| self.expr(it, &place));
        for window in &select.windows {
            let spec = self.spec(&window.spec, &place);
            made.windows.push(NamedWindow { name: self.named(&window.name.text), spec });
        }
        if grouped {
            self.grouped(&mut made, keys, &place);
        }
        let mut query = tree::query(Body::Select(made.into()));
        query.order_by = self.order(order, &place);
        let times = self.times(select, &place);
        Some((query, times))
    }

    /// Whether rows are put together; without a window they get one, and it is said.
    fn is_grouped(&mut self, select: &'a SelectQuery, from: &mut From) -> bool {
        let mut aggregates = false;
        super::super::flink::each_expr(select, &mut |expr| {
            if let ExprKind::Aggregate(call) = &expr.kind {
                aggregates |= call.over.is_none();
            }
        });
        let span = match &select.group {
            Group::By(_, span) => *span,
            _ => select.span,
        };
        let grouped = aggregates || !matches!(select.group, Group::None);
        let by_window = match &select.group {
            Group::By(keys, _) => {
                keys.iter().any(|it| end_of(it).is_some() || Window::of_call(it).is_some())
            }
            _ => false,
        };
        if grouped && !(by_window && from.window.is_some()) {
            self.made.note(
                span,
                "Groups that are never ended, and told again with every row, have no equivalent: \
                 here they are told once a minute",
            );
            let kind = WindowKind::Tumble;
            from.window = Some(Window { kind, size: 60_000_000, offset: 0, span });
        }
        grouped
    }

    /// `GROUP BY` as the window wants it.
    fn grouped(&mut self, made: &mut SelectQuery, keys: &'a [Expr], place: &Place<'_>) {
        let Some(window) = &place.from.window else { return };
        let plain_keys: Vec<Expr> = keys
            .iter()
            .filter(|it| end_of(it).is_none() && Window::of_call(it).is_none())
            .map(|it| self.expr(it, place))
            .collect();
        match window.kind {
            WindowKind::Tumble | WindowKind::Cumulate => {
                let all = core::iter::once(place.step()).chain(plain_keys).collect();
                made.group = Group::By(all, NOWHERE);
            }
            WindowKind::Session => {
                let (partition, range) = (plain_keys, interval(window.size));
                if partition.is_empty() {
                    self.absent(window.span, "A session over all rows", "Give it a key");
                }
                made.group = Group::Stagger { partition, range, span: NOWHERE };
            }
            WindowKind::Hop => {
                let start = Bound::Preceding(interval(window.size));
                let (unit, end, span) = (FrameUnit::Range, Bound::CurrentRow, NOWHERE);
                let frame = Some(Frame { unit, start, end, exclude: Exclude::NoOthers, span });
                let (base, partition, order) = (None, plain_keys, Vec::new());
                let spec = WindowSpec { base, partition, order, frame, span };
                made.windows.push(NamedWindow { name: plain("W"), spec });
                for item in &mut made.items {
                    if let Item::Column { expr, .. } = item {
                        *expr = slid(expr);
                    }
                }
                if let Some(having) = made.having.take() {
                    self.absent(having.span, "HAVING of a hopping window", "");
                }
            }
        }
    }

    fn item(&mut self, one: &'a Item, place: &Place<'_>, items: &mut Vec<Item>) {
        match one {
            Item::All(_) | Item::AllOf(..) => {
                let only = match one {
                    Item::AllOf(name, _) => Some(&name.text),
                    _ => None,
                };
                for source in &place.from.sources {
                    if only.is_some_and(|it| source.name != *it) {
                        continue;
                    }
                    for name in &source.columns {
                        let path = vec![plain(&source.name), plain(name)];
                        let expr = self.expr(&tree::column(path), place);
                        items.push(tree::item(expr, Some(self.named(name))));
                    }
                }
                if place.from.window.is_some() && only.is_none() {
                    for name in ["window_start", "window_end", "window_time"] {
                        let expr = self.expr(&tree::column([plain(name)]), place);
                        items.push(tree::item(expr, Some(self.named(name))));
                    }
                }
            }
            Item::Column { expr, alias } => {
                let name = alias.as_ref().or_else(|| own_name(expr));
                let alias = name.map(|it| self.named(&it.text));
                let expr = self.expr(expr, place);
                items.push(tree::item(expr, alias));
            }
        }
    }

    /// `ORDER BY` of the time column.
    fn order(&mut self, order: &'a [OrderItem], place: &Place<'_>) -> Vec<OrderItem> {
        let Some(first) = order.first() else { return Vec::new() };
        if !place.is_time(&first.expr) || first.descending {
            let nearest = "A stream is ordered by FLOOR(s.ROWTIME TO MINUTE) or such first";
            self.absent(first.expr.span, "ORDER BY of no time", nearest);
            return Vec::new();
        }
        let by_time = OrderItem { expr: place.rowtime(), descending: false, nulls_first: None };
        let mut made = vec![by_time];
        for item in &order[1..] {
            let expr = self.expr(&item.expr, place);
            made.push(OrderItem { expr, ..item.clone() });
        }
        made
    }

    /// Which of the columns of a query are the time of its rows.
    fn times(&self, select: &SelectQuery, place: &Place<'_>) -> Vec<String> {
        let mut times = Vec::new();
        for item in &select.items {
            match item {
                Item::All(_) | Item::AllOf(..) => {
                    times.extend(place.from.sources.iter().flat_map(|it| it.times.clone()));
                }
                Item::Column { expr, alias } => {
                    let name = alias.as_ref().or_else(|| own_name(expr));
                    let windows = place.from.window.is_some();
                    if (place.is_time(expr) || (windows && end_of(expr) == Some("window_time")))
                        && let Some(name) = name
                    {
                        times.push(name.text.clone());
                    }
                }
            }
        }
        times
    }

    /// The names of the columns of a query of Flink.
    pub(super) fn columns_of_query(&mut self, query: &'a Query) -> Vec<String> {
        if !self.may_enter() {
            return Vec::new();
        }
        self.depth += 1;
        let mut body = &query.body;
        let columns = loop {
            match body {
                Body::Set { left, .. } => body = left,
                Body::Nested(query) => body = &query.body,
                Body::Values { .. } => break Vec::new(),
                Body::Select(select) => break self.columns_of_select(select, query),
            }
        };
        self.depth -= 1;
        columns
    }

    fn columns_of_select(&mut self, select: &'a SelectQuery, query: &'a Query) -> Vec<String> {
        let mut columns = Vec::new();
        for (index, item) in select.items.iter().enumerate() {
            match item {
                Item::All(_) | Item::AllOf(..) => {
                    for source in &select.from {
                        self.columns_of_source(source, query, &mut columns);
                    }
                }
                Item::Column { expr, alias } => {
                    let name = alias.as_ref().or_else(|| own_name(expr));
                    columns
                        .push(name.map_or_else(|| format!("EXPR${index}"), |it| it.text.clone()));
                }
            }
        }
        columns
    }

    fn columns_named(&mut self, name: &Name, query: &'a Query, out: &mut Vec<String>) {
        let mut commons = query.with.iter().chain(self.commons.iter().copied());
        let common = commons.find(|it| it.name.text == name.text).map(|it| &it.query);
        let view = self.views.iter().find(|it| it.name.last().text == name.text).copied();
        if let Some(inner) = common.or_else(|| view.map(|it| &it.query)) {
            out.extend(self.columns_of_query(inner));
        } else if let Some(table) = self.table(name) {
            out.extend(table.columns.iter().map(|it| it.0.clone()));
        }
    }

    fn columns_of_source(&mut self, source: &'a TableRef, query: &'a Query, out: &mut Vec<String>) {
        match source {
            TableRef::Named { name, .. } => self.columns_named(name.last(), query, out),
            TableRef::Query { query, .. } => out.extend(self.columns_of_query(query)),
            TableRef::Function { function, .. } => {
                for (_, argument) in &function.arguments {
                    if let crate::ast::query::TableArgument::Table { name, .. } = argument {
                        self.columns_named(name.last(), query, out);
                    }
                }
                out.extend(["window_start", "window_end", "window_time"].map(str::to_owned));
            }
            TableRef::Join(join) => {
                self.columns_of_source(&join.left, query, out);
                self.columns_of_source(&join.right, query, out);
            }
            TableRef::Match { .. } => {}
        }
    }
}

/// The name a column has without `AS`.
fn own_name(expr: &Expr) -> Option<&Name> {
    match &expr.kind {
        ExprKind::Column(path) => path.last(),
        _ => None,
    }
}

/// Aggregates over the window `W`.
fn slid(expr: &Expr) -> Expr {
    expr.replaced(&mut |it| match &it.kind {
        ExprKind::Aggregate(call) if call.over.is_none() => {
            let mut call = call.clone();
            call.over = Some(Over::Named(plain("W"), NOWHERE));
            Some(Expr::new(ExprKind::Aggregate(call), it.span))
        }
        _ => None,
    })
}
