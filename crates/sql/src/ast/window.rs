//! Sliding windows: `OVER (…)`, `OVER w` and `WINDOW w AS (…)`.

use super::OrderItem;
use crate::expr::{Expr, Name, Span};

/// Which window an aggregate, or a side of a join, is taken over.
#[derive(Clone, Debug)]
pub enum Over {
    /// One of the `WINDOW` clause.
    Named(Name, Span),
    /// One that stands here.
    Inline(Box<WindowSpec>),
}

/// A window of the `WINDOW` clause.
#[derive(Clone, Debug)]
pub struct NamedWindow {
    /// What it is called.
    pub name: Name,
    /// What it is.
    pub spec: WindowSpec,
}

/// What stands between the parentheses of a window.
#[derive(Clone, Debug)]
pub struct WindowSpec {
    /// The named window it goes on with.
    pub base: Option<Name>,
    /// `PARTITION BY`.
    pub partition: Vec<Expr>,
    /// `ORDER BY`.
    pub order: Vec<OrderItem>,
    /// How far it reaches.
    pub frame: Option<Frame>,
    /// Where it stands.
    pub span: Span,
}

/// How far a window reaches.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Rows or time.
    pub unit: FrameUnit,
    /// Where it begins.
    pub start: Bound,
    /// Where it ends: at the current row unless it says otherwise.
    pub end: Bound,
    /// What is left out of it.
    pub exclude: Exclude,
    /// Where it stands.
    pub span: Span,
}

/// What a window leaves out around the row it is of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Exclude {
    /// Nothing.
    #[default]
    NoOthers,
    /// The row.
    CurrentRow,
    /// The row and those of the same order.
    Group,
    /// Those of the same order, but not the row.
    Ties,
}

/// What a window is measured in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameUnit {
    /// By time.
    Range,
    /// By the number of rows.
    Rows,
    /// By the number of different values of the order.
    Groups,
}

/// One end of a window.
#[derive(Clone, Debug)]
pub enum Bound {
    /// `UNBOUNDED PRECEDING`.
    UnboundedPreceding,
    /// `INTERVAL '1' MINUTE PRECEDING`, `2 PRECEDING`.
    Preceding(Expr),
    /// `CURRENT ROW`.
    CurrentRow,
    /// `2 FOLLOWING`.
    Following(Expr),
    /// `UNBOUNDED FOLLOWING`.
    UnboundedFollowing,
}

impl Exclude {
    /// Each with its words.
    pub const ALL: [(Self, &str); 4] = [
        (Self::NoOthers, "NO OTHERS"),
        (Self::CurrentRow, "CURRENT ROW"),
        (Self::Group, "GROUP"),
        (Self::Ties, "TIES"),
    ];
}

impl WindowSpec {
    /// Visits the expressions right inside, in order.
    pub fn each<'a>(&'a self, see: &mut dyn FnMut(&'a Expr)) {
        self.partition.iter().for_each(&mut *see);
        self.order.iter().for_each(|item| see(&item.expr));
        if let Some(frame) = &self.frame {
            for bound in [&frame.start, &frame.end] {
                if let Bound::Preceding(expr) | Bound::Following(expr) = bound {
                    see(expr);
                }
            }
        }
    }
}
