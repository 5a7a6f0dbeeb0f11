//! Functions that give rows: counts of items are windows in Flink, the others have no equivalent.

use super::group::nested;
use super::query::Shape;
use super::{Columns, TIME, ToFlink, named};
use crate::ast::query::{Body, Group, OrderItem, Query, TableArgument, TableFunction, TableRef};
use crate::ast::window::{Over, WindowSpec};
use crate::expr::{AggregateCall, BinaryOp, Expr, ExprKind, Truth};
use crate::translate::tree::{self, NOWHERE, binary, column, interval, item, node, plain, whole};
use crate::types::DataType;
use crate::value::Value;

impl<'a> ToFlink<'a> {
    /// What a function gives, as a query.
    pub(super) fn table_function(
        &mut self,
        function: &'a TableFunction,
    ) -> Option<(Query, Columns)> {
        let name = function.name.text.to_ascii_uppercase();
        let nearest = match name.as_str() {
            "TOP_K_ITEMS_TUMBLING" | "COUNT_DISTINCT_ITEMS_TUMBLING" => {
                return self.counted(function, &name);
            }
            "GROUP_RANK" => {
                "ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY …) ranks the \
                 rows of a window"
            }
            _ => {
                "Managed Service for Apache Flink computes scores in a DataStream or Table API \
                 program; AWS publishes a random cut forest in Java"
            }
        };
        self.made.absent(function.span, &name, nearest)
    }

    fn counted(&mut self, function: &'a TableFunction, name: &str) -> Option<(Query, Columns)> {
        let [(_, TableArgument::Cursor(query)), rest @ ..] = &function.arguments[..] else {
            return None;
        };
        let constants: Vec<&Value> = rest.iter().filter_map(|it| constant(&it.1)).collect();
        let (text, most, seconds) = match constants[..] {
            [Value::Text(text), Value::Integer(most), Value::Integer(seconds)] => {
                (text, Some(*most), *seconds)
            }
            [Value::Text(text), Value::Integer(seconds)] => (text, None, *seconds),
            _ => return None,
        };
        let (query, columns) = self.query(query, &Shape::carrying())?;
        let has = |name: &str| columns.iter().any(|it| it.0 == name);
        let called = if has(text) { text.to_string() } else { text.to_uppercase() };
        let query =
            TableRef::Query { query: query.into(), lateral: false, alias: None, span: NOWHERE };
        let width = interval(seconds.saturating_mul(1_000_000));
        let source = self.windowed("TUMBLE", query, &[width], Vec::new());
        let subject = column([named(&called)]);
        let windows = ["window_start", "window_end", "window_time"];
        let windows: Vec<Expr> = windows.into_iter().map(|it| column([plain(it)])).collect();
        let one = |it: &Expr| item(it.clone(), None);
        if name.starts_with("COUNT") {
            let name = "NUMBER_OF_DISTINCT_ITEMS";
            let counted = aggregate("COUNT", vec![subject], true, None);
            let time = item(windows[2].clone(), Some(plain(TIME)));
            let mut select = tree::select(vec![item(counted, Some(plain(name))), time], source);
            select.group = Group::By(windows, NOWHERE);
            let columns = vec![(name.to_owned(), Some(DataType::BigInt))];
            return Some((tree::query(Body::Select(select.into())), columns));
        }
        let mut items: Vec<_> = windows.iter().map(one).collect();
        items.push(item(subject.clone(), Some(plain("ITEM"))));
        items.push(item(aggregate("COUNT", Vec::new(), false, None), Some(plain("ITEM_COUNT"))));
        let mut counts = tree::select(items, source);
        let (value, truth) = (Box::new(subject.clone()), Truth::Null);
        counts.filter = Some(node(ExprKind::Is { value, truth, negated: true }));
        counts.group = Group::By(windows.iter().cloned().chain([subject]).collect(), NOWHERE);
        let most = most.unwrap_or(1);
        let select = top(counts, &windows, most);
        let text = Some(DataType::Varchar(1_024));
        let columns =
            vec![("ITEM".to_owned(), text), ("ITEM_COUNT".to_owned(), Some(DataType::BigInt))];
        Some((tree::query(Body::Select(select.into())), columns))
    }
}

/// The items there are most of, of equals the smaller first.
fn top(
    counts: crate::ast::query::SelectQuery,
    windows: &[Expr],
    most: i64,
) -> crate::ast::query::SelectQuery {
    let by = |name: &str, descending| OrderItem {
        expr: column([plain(name)]),
        descending,
        nulls_first: None,
    };
    let spec = WindowSpec {
        base: None,
        partition: windows[..2].to_vec(),
        order: vec![by("ITEM_COUNT", true), by("ITEM", false)],
        frame: None,
        span: NOWHERE,
    };
    let rank = aggregate("ROW_NUMBER", Vec::new(), false, Some(Over::Inline(spec.into())));
    let items = vec![crate::ast::query::Item::All(NOWHERE), item(rank, Some(plain("place")))];
    let ranked = tree::select(items, nested(counts));
    let shown = ["ITEM", "ITEM_COUNT"].map(|it| item(column([plain(it)]), None));
    let time = item(windows[2].clone(), Some(plain(TIME)));
    let mut select = tree::select(shown.into_iter().chain([time]).collect(), nested(ranked));
    let place = column([plain("place")]);
    select.filter = Some(binary(BinaryOp::LessEqual, place, whole(most)));
    select
}

/// A function over many rows.
pub(super) fn aggregate(
    name: &str,
    arguments: Vec<Expr>,
    distinct: bool,
    over: Option<Over>,
) -> Expr {
    node(ExprKind::Aggregate(Box::new(AggregateCall {
        name: name.to_owned(),
        arguments,
        distinct,
        filter: None,
        ignore_nulls: false,
        from_last: false,
        within: Vec::new(),
        over,
    })))
}

fn constant(argument: &TableArgument) -> Option<&Value> {
    match argument {
        TableArgument::Expr(Expr { kind: ExprKind::Literal(value), .. }) => Some(value),
        _ => None,
    }
}
