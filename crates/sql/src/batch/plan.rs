//! The steps of a query: each makes rows of the rows before it.
//!
//! Expressions stand over the values of a row, by their places; from [`PARAMETER`] on a place is an
//! argument of the query the step belongs to.

use crate::agg::Aggregate;
use crate::ast::query::{JoinKind, SetOp};
use crate::ast::window::{Exclude, FrameUnit};
use crate::exec::calls::SortKey;
use crate::expr::{BinaryOp, Expr, Span};
use crate::value::Value;

/// The first place that is no column but an argument.
pub(super) const PARAMETER: u32 = 1 << 30;

/// A query with all that it needs.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// What makes its rows.
    pub root: Step,
    /// The queries of `WITH`, by their numbers.
    pub commons: Vec<Step>,
    /// The queries within expressions, by their numbers.
    pub inner: Vec<Inner>,
    /// How many tables are looked up by keys.
    pub lookups: usize,
}

/// A query within an expression.
#[derive(Debug)]
pub(super) struct Inner {
    /// What it is asked.
    pub asks: Ask,
    /// What makes its rows.
    pub root: Step,
    /// Where it stands.
    pub span: Span,
}

/// What a query within an expression is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ask {
    /// Its only value.
    Value,
    /// Whether it has rows.
    Exists,
    /// Whether its first argument is among its values.
    Among {
        /// Or is not.
        negated: bool,
    },
    /// Whether its first argument compares so with one of its values, or with all of them.
    Compared {
        /// One of the six comparisons.
        op: BinaryOp,
        /// With all.
        all: bool,
    },
}

/// A step.
#[derive(Debug, Default)]
pub(super) enum Step {
    /// One row without values.
    #[default]
    One,
    /// The rows of a table.
    Table(usize),
    /// The rows of a query of `WITH`.
    Common(usize),
    /// Rows as written.
    Values(Vec<Vec<Expr>>),
    /// Rows of a table whose keys are as the arguments say.
    Lookup(Box<Lookup>),
    /// Rows all of these conditions hold for.
    Filter(Box<Self>, Vec<Expr>),
    /// New values from those of each row.
    Project(Box<Self>, Vec<Expr>),
    /// Rows side by side.
    Join(Box<Join>),
    /// Each row beside those of a query that is given of it.
    Apply(Box<Apply>),
    /// Rows made of rows until there are no more.
    Recursion(Box<Recursion>),
    /// One row for each group.
    Group(Box<Group>),
    /// Each row with values of the rows around it behind its own.
    Window(Box<Window>),
    /// The first row for each value of these; of equal rows when there are none.
    Distinct(Box<Self>, Vec<Expr>),
    /// The rows of two steps.
    Set(Box<Set>),
    /// In order.
    Sort(Box<Self>, Vec<SortKey>),
    /// Some of them.
    Slice(Box<Slice>),
}

/// Rows of a table found by keys.
#[derive(Debug)]
pub(super) struct Lookup {
    /// Its number among all.
    pub number: usize,
    /// A table or a query of `WITH`.
    pub from: Step,
    /// What is compared, over a row.
    pub keys: Vec<Expr>,
    /// With what, over the arguments.
    pub with: Vec<Expr>,
}

/// Two steps side by side.
#[derive(Debug)]
pub(super) struct Join {
    pub left: Step,
    pub right: Step,
    pub kind: JoinKind,
    /// What must be equal: over the left row, and over the right row.
    pub keys: Vec<(Expr, Expr)>,
    /// What must hold beside it, over the values of both.
    pub conditions: Vec<Expr>,
    /// How many values each side has.
    pub widths: (u32, u32),
    pub span: Span,
}

/// A step for each row of another.
#[derive(Debug)]
pub(super) struct Apply {
    pub left: Step,
    pub right: Step,
    /// What the right is given, over the left row.
    pub arguments: Vec<Expr>,
    /// Whether a left row without a partner stays.
    pub keeps: bool,
    /// What must hold, over the values of both.
    pub conditions: Vec<Expr>,
    /// How many values each side has.
    pub widths: (u32, u32),
    pub span: Span,
}

/// A query of `WITH` that names itself.
#[derive(Debug)]
pub(super) struct Recursion {
    /// The number under which it sees its latest rows.
    pub number: usize,
    pub first: Step,
    /// What makes more rows of the latest ones.
    pub again: Step,
    /// Equal rows stay.
    pub all: bool,
    /// The numbers of the queries of `WITH` within: they are answered anew each time.
    pub inside: (usize, usize),
    pub span: Span,
}

/// Groups of rows.
#[derive(Debug)]
pub(super) struct Group {
    pub from: Step,
    pub keys: Vec<Expr>,
    /// Which keys each row is grouped by, in turn; the others are NULL there.
    pub sets: Vec<Vec<usize>>,
    pub calls: Vec<Call>,
    pub span: Span,
}

/// A function over the rows of a group or a window.
#[derive(Debug)]
pub(super) struct Call {
    pub fold: Fold,
    pub argument: Option<Expr>,
    pub filter: Option<Expr>,
    /// `WITHIN GROUP (ORDER BY …)`.
    pub order: Vec<SortKey>,
    pub span: Span,
}

/// What it computes.
#[derive(Debug)]
pub(super) enum Fold {
    /// What streams compute as well.
    Aggregate(Aggregate),
    /// The value at a part of the way through the order.
    Percentile {
        /// From 0 to 1.
        at: f64,
        /// Between two values one is made; otherwise the later one is taken.
        continuous: bool,
    },
    /// `GROUPING(a, b)`: which of these keys the row is not grouped by, a bit each.
    Grouping(Vec<usize>),
}

/// Functions over windows that are cut and ordered alike.
#[derive(Debug)]
pub(super) struct Window {
    pub from: Step,
    pub partition: Vec<Expr>,
    pub order: Vec<SortKey>,
    pub calls: Vec<Sliding>,
}

/// One function over a window.
#[derive(Debug)]
pub(super) struct Sliding {
    pub what: Slide,
    pub frame: Frame,
    pub span: Span,
}

/// What it computes.
#[derive(Debug)]
pub(super) enum Slide {
    /// An aggregate of the frame.
    Fold(Call),
    /// `ROW_NUMBER`.
    RowNumber,
    /// `RANK`.
    Rank,
    /// `DENSE_RANK`.
    DenseRank,
    /// `PERCENT_RANK`.
    PercentRank,
    /// `CUME_DIST`.
    CumeDist,
    /// `NTILE(n)`.
    Ntile(Expr),
    /// `LAG(a, n, b)` and, with a sign, `LEAD`.
    Offset {
        value: Expr,
        /// How many rows.
        by: Option<Expr>,
        /// `LEAD`: onwards, not back.
        onwards: bool,
        default: Option<Expr>,
        ignore_nulls: bool,
    },
    /// `FIRST_VALUE(a)` and its kin.
    Nth { value: Expr, place: Place, ignore_nulls: bool },
    /// `RATIO_TO_REPORT(a)`: the part of the sum of the partition.
    Ratio(Expr),
}

/// Which row of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    First,
    Last,
    /// Counted from 1.
    Nth(usize),
}

/// How far a window reaches.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    pub unit: FrameUnit,
    pub start: Edge,
    pub end: Edge,
    pub exclude: Exclude,
}

/// One end of it.
#[derive(Clone, Debug)]
pub(super) enum Edge {
    UnboundedPreceding,
    Preceding(Value),
    CurrentRow,
    Following(Value),
    UnboundedFollowing,
}

/// `UNION` and its kin.
#[derive(Debug)]
pub(super) struct Set {
    pub op: SetOp,
    pub all: bool,
    pub left: Step,
    pub right: Step,
    pub span: Span,
}

/// `LIMIT` and `OFFSET`.
#[derive(Debug)]
pub(super) struct Slice {
    pub from: Step,
    pub limit: Option<u64>,
    pub offset: u64,
}

impl Frame {
    /// All rows of the partition.
    pub(super) const WHOLE: Self = Self {
        unit: FrameUnit::Rows,
        start: Edge::UnboundedPreceding,
        end: Edge::UnboundedFollowing,
        exclude: Exclude::NoOthers,
    };

    /// Up to the last row of the same order.
    pub(super) const SO_FAR: Self =
        Self { unit: FrameUnit::Range, end: Edge::CurrentRow, ..Self::WHOLE };
}
