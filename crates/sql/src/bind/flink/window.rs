//! Windows: the table functions, and the older ones inside of `GROUP BY`.

use super::call::constant;
use super::relation::{
    Field, PendingSession, Relation, Scope, Time, WindowSlots, slot_expr, slot_of,
};
use super::{Planned, Planner, absent};
use crate::ast::query::{Group, TableArgument, TableFunction};
use crate::exec::operator::{Assign, SessionRows, Windows};
use crate::expr::{Expr, ExprKind, Span};
use crate::problem::Problem;
use crate::types::DataType;
use crate::value::Value;

/// The longest window, a hundred years: far below what 64 bits of microseconds can count.
const LENGTH_MICROS_MAX: i64 = 100 * 365 * 86_400 * 1_000_000;
/// Most windows one row may belong to.
const WINDOWS_AT_ONCE_MAX: i64 = 10_000;

/// A window function: which, its time column, its lengths in the order of the dialect.
struct Window<'a> {
    name: &'a str,
    time: u32,
    lengths: Vec<i64>,
    span: Span,
}

impl Planner {
    /// `TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECONDS)` and its kin.
    pub(super) fn window_function(&mut self, function: &TableFunction) -> Planned<Relation> {
        let name = function.name.text.to_uppercase();
        let order: &[&str] = match name.as_str() {
            "TUMBLE" => &["DATA", "TIMECOL", "SIZE", "OFFSET"],
            "HOP" => &["DATA", "TIMECOL", "SLIDE", "SIZE", "OFFSET"],
            "CUMULATE" => &["DATA", "TIMECOL", "STEP", "SIZE", "OFFSET"],
            "SESSION" => &["DATA", "TIMECOL", "GAP"],
            _ => return Err(absent(function.span, &format!("The table function {name}"))),
        };
        let mut arguments: Vec<Option<&TableArgument>> = vec![None; order.len()];
        for (index, (named, argument)) in function.arguments.iter().enumerate() {
            let at = match named {
                Some(named) => order.iter().position(|it| named.text.eq_ignore_ascii_case(it)),
                None => Some(index),
            };
            match at.and_then(|it| arguments.get_mut(it)) {
                Some(place) => *place = Some(argument),
                None => return Err(wrong_arguments(&name, order, function.span)),
            }
        }
        let (Some(data), Some(TableArgument::Descriptor(columns))) = (arguments[0], arguments[1])
        else {
            return Err(wrong_arguments(&name, order, function.span));
        };
        let (relation, source, partition) = match data {
            TableArgument::Table { name, partition } => {
                (self.named(name)?, Some(name.last().text.clone()), &partition[..])
            }
            TableArgument::Expr(Expr { kind: ExprKind::Query(nested), .. }) => {
                (self.query(&nested.query)?, None, &[][..])
            }
            _ => return Err(wrong_arguments(&name, order, function.span)),
        };
        let relation = self.unranked(relation)?;
        let scope = relation.scope(source);
        let time = scope.slot(columns, function.span)?;
        let mut lengths = Vec::new();
        for argument in arguments[2..].iter().flatten() {
            let TableArgument::Expr(expr) = argument else {
                return Err(wrong_arguments(&name, order, function.span));
            };
            lengths.push(length(expr)?);
        }
        let least = order.len() - 2 - usize::from(order.contains(&"OFFSET"));
        if lengths.len() < least {
            return Err(wrong_arguments(&name, order, function.span));
        }
        let mut keys = Vec::new();
        for key in partition {
            keys.push(self.bind(key, &scope)?);
        }
        let window = Window { name: &name, time, lengths, span: function.span };
        self.windowed(relation, &window, keys)
    }

    /// Puts `window_start`, `window_end` and `window_time` behind the columns.
    fn windowed(
        &mut self,
        relation: Relation,
        window: &Window<'_>,
        partition: Vec<Expr>,
    ) -> Planned<Relation> {
        let span = window.span;
        let column = &relation.fields[window.time as usize];
        if column.time == Time::None {
            let message = format!("`{}` is no time attribute", column.name);
            let help = "Write WATERMARK FOR it in CREATE TABLE, and pass it through as it is";
            return Err(Problem::new("SQL-116", span, message, help));
        }
        let has_event = relation.fields.iter().any(|it| it.time == Time::Event);
        if column.time == Time::Processing && has_event {
            return Err(absent(span, "Processing time beside a watermark"));
        }
        if relation.updates {
            let message = "A window cannot be over a query that changes its rows";
            let help = "Put the window first, and aggregate behind it";
            return Err(Problem::new("SQL-116", span, message, help));
        }
        let from = u32::try_from(relation.fields.len()).unwrap_or(u32::MAX);
        let mut fields = relation.fields;
        for (name, time) in
            [("window_start", Time::None), ("window_end", Time::None), ("window_time", Time::Event)]
        {
            let data_type = Some(DataType::Timestamp);
            fields.push(Field { name: name.to_owned(), data_type, time });
        }
        let slots = Some(WindowSlots { start: from, end: from + 1 });
        let mut made = Relation::new(relation.node, fields);
        made.window = slots;
        let bad = |message: &str, help: &str| Err(Problem::new("SQL-117", span, message, help));
        if window.lengths.iter().enumerate().any(|(at, it)| *it <= 0 && !window.is_offset(at)) {
            return bad("A window has no length", "Write an INTERVAL above 0");
        }
        if window.lengths.iter().any(|it| it.saturating_abs() > LENGTH_MICROS_MAX) {
            return bad("A window is longer than a century", "Write a shorter INTERVAL");
        }
        let windows = match (window.name, &window.lengths[..]) {
            ("SESSION", [gap, ..]) => {
                made.session = Some(PendingSession { time: window.time, gap: *gap, partition });
                return Ok(made);
            }
            ("TUMBLE", [size, ..]) => Windows::Tumble { size: *size },
            ("HOP", [slide, size, ..]) => Windows::Hop { slide: *slide, size: *size },
            (_, [step, size, ..]) => Windows::Cumulate { step: *step, size: *size },
            _ => return bad("A length is missing", "Write all of them"),
        };
        if let Windows::Hop { slide: every, size } | Windows::Cumulate { step: every, size } =
            windows
            && size % every != 0
        {
            return bad(
                "The size is no multiple of the slide or step",
                "Choose a size that is a multiple, such as 5 and 10 seconds",
            );
        }
        if windows.at_once() > WINDOWS_AT_ONCE_MAX {
            return bad("A row belongs to too many windows", "Use a longer slide or step");
        }
        let offset = window.lengths.get(window.offset_at()).copied().unwrap_or(0);
        made.node = self.add(Assign { time: window.time, windows, offset }, &[relation.node]);
        Ok(made)
    }

    /// Rows of sessions with the columns of their windows, where they are not grouped by these.
    pub(super) fn settled(&mut self, mut relation: Relation, span: Span) -> Relation {
        if let Some(PendingSession { time, gap, partition }) = relation.session.take() {
            let rows = SessionRows::new((time, gap), partition, span);
            relation.node = self.add(rows, &[relation.node]);
        }
        relation
    }

    /// A window inside of `GROUP BY`: the relation has its columns then.
    pub(super) fn group_window(
        &mut self,
        relation: Relation,
        scope: &Scope,
        keys: &[Expr],
    ) -> Planned<Relation> {
        let mut partition = Vec::new();
        let mut found = None;
        for key in keys {
            match window_call(key) {
                None => partition.push(key),
                Some(_) if found.is_some() => {
                    let message = "There is a window already";
                    let help = "Group by one window";
                    return Err(Problem::new("SQL-117", key.span, message, help));
                }
                Some(call) => found = Some((call, key.span)),
            }
        }
        let Some(((name, arguments), span)) = found else { return Ok(relation) };
        let Some((time, lengths)) = arguments.split_first() else {
            return Err(wrong_arguments(&name, &["time column", "length"], span));
        };
        let bound = self.bind(time, scope)?;
        let Some(time) = slot_of(&bound) else {
            let message = "A window is over a column";
            return Err(Problem::new("SQL-116", span, message, "Name the time attribute alone"));
        };
        let lengths = lengths.iter().map(length).collect::<Planned<Vec<i64>>>()?;
        let wanted = if name == "HOP" { 2 } else { 1 };
        if lengths.len() < wanted {
            return Err(wrong_arguments(&name, &["time column", "length"], span));
        }
        let mut keys = Vec::new();
        if name == "SESSION" {
            for key in partition {
                keys.push(self.bind(key, scope)?);
            }
        }
        self.windowed(relation, &Window { name: &name, time, lengths, span }, keys)
    }

    /// `TUMBLE_START(…)` and its kin, in the place of which the columns of the window stand.
    pub(super) fn windows_named(
        &self,
        expr: &Expr,
        relation: &Relation,
        group: &Group,
    ) -> Planned<Expr> {
        let Group::By(keys, _) = group else { return Ok(expr.clone()) };
        let Some((own, lengths)) = keys.iter().find_map(window_call) else {
            return Ok(expr.clone());
        };
        let from = u32::try_from(relation.fields.len()).unwrap_or(u32::MAX);
        let mut wrong = None;
        let made = super::call::replace(expr, &mut |it| {
            let ExprKind::User { name, arguments } = &it.kind else { return None };
            let name = name.text.to_uppercase();
            let (window, what) = name.split_once('_')?;
            if !["TUMBLE", "HOP", "SESSION"].contains(&window) {
                return None;
            }
            if window != own || arguments != lengths {
                let message = format!("{name} is of another window than that behind GROUP BY");
                let help = "Write the same arguments in both";
                wrong.get_or_insert(Problem::new("SQL-117", it.span, message, help));
            }
            // Its columns come behind those of the relation.
            let slot = match what {
                "START" => from,
                "END" => from + 1,
                "ROWTIME" => from + 2,
                _ => return None,
            };
            Some(slot_expr(slot, it.span))
        });
        wrong.map_or(Ok(made), Err)
    }
}

impl Window<'_> {
    fn offset_at(&self) -> usize {
        if self.name == "TUMBLE" { 1 } else { 2 }
    }

    fn is_offset(&self, at: usize) -> bool {
        self.name != "SESSION" && at == self.offset_at()
    }
}

/// The window an expression of `GROUP BY` is, with its arguments.
pub(super) fn window_call(expr: &Expr) -> Option<(String, &[Expr])> {
    let ExprKind::User { name, arguments } = &expr.kind else { return None };
    let name = name.text.to_uppercase();
    ["TUMBLE", "HOP", "SESSION"].contains(&name.as_str()).then_some((name, arguments))
}

fn length(expr: &Expr) -> Planned<i64> {
    match constant(expr)? {
        Value::Interval(micros) => Ok(micros),
        _ => {
            let message = "The length of a window is an interval";
            Err(Problem::new("SQL-117", expr.span, message, "Write INTERVAL '10' SECOND"))
        }
    }
}

fn wrong_arguments(name: &str, order: &[&str], span: Span) -> Problem {
    let message = format!("{name} takes {}", order.join(", "));
    let help = "Write TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND)";
    Problem::new("SQL-117", span, message, help)
}
