//! Windows of Flink as the Kinesis dialect has them.

use crate::expr::{Expr, ExprKind, Span};
use crate::value::Value;

/// A window that rows are in.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Window {
    pub kind: WindowKind,
    /// How long it is; of a session the gap.
    pub size: i64,
    pub offset: i64,
    pub span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WindowKind {
    Tumble,
    Hop,
    Cumulate,
    Session,
}

impl Window {
    /// A window function with its lengths, which may have names.
    pub(super) fn of(kind: &str, lengths: &[(Option<String>, i64)], span: Span) -> Option<Self> {
        let named = |name: &str, place: usize| {
            let by_name = lengths.iter().find(|it| it.0.as_deref() == Some(name));
            by_name.or_else(|| lengths.get(place).filter(|it| it.0.is_none())).map(|it| it.1)
        };
        let (kind, size, offset) = match kind {
            "TUMBLE" => (WindowKind::Tumble, named("SIZE", 0), named("OFFSET", 1)),
            "HOP" => (WindowKind::Hop, named("SIZE", 1), named("OFFSET", 2)),
            "CUMULATE" => (WindowKind::Cumulate, named("SIZE", 1), named("OFFSET", 2)),
            "SESSION" => (WindowKind::Session, named("GAP", 0), None),
            _ => return None,
        };
        Some(Self { kind, size: size?, offset: offset.unwrap_or(0), span })
    }

    /// A window inside of `GROUP BY`: `TUMBLE(ts, INTERVAL '1' MINUTE)`.
    pub(super) fn of_call(expr: &Expr) -> Option<Self> {
        let ExprKind::User { name, arguments } = &expr.kind else { return None };
        let lengths = arguments.iter().skip(1).filter_map(|it| match it.kind {
            ExprKind::Literal(Value::Interval(micros)) => Some((None, micros)),
            _ => None,
        });
        Self::of(&name.text.to_ascii_uppercase(), &lengths.collect::<Vec<_>>(), expr.span)
    }
}

/// Which end of a window an expression is: `window_start`, `TUMBLE_END(…)`.
pub(super) fn end_of(expr: &Expr) -> Option<&'static str> {
    let name = match &expr.kind {
        ExprKind::Column(path) => path.last()?.text.as_str(),
        ExprKind::User { name, .. } => {
            let upper = name.text.to_ascii_uppercase();
            let (kind, end) = upper.split_once('_')?;
            if !["TUMBLE", "HOP", "SESSION"].contains(&kind) {
                return None;
            }
            return match end {
                "START" => Some("window_start"),
                "END" => Some("window_end"),
                "ROWTIME" | "PROCTIME" => Some("window_time"),
                _ => None,
            };
        }
        _ => return None,
    };
    ["window_start", "window_end", "window_time"].into_iter().find(|it| *it == name)
}
