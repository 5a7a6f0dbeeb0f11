//! Queries: what is selected, from where, grouped and ordered how.

use super::ObjectName;
use super::pattern::MatchRecognize;
use super::window::{NamedWindow, Over};
use crate::expr::{Expr, Name, Span};

/// A query with what stands around it.
#[derive(Clone, Debug)]
pub struct Query {
    /// `WITH name AS (query), …`, in order.
    pub with: Vec<Common>,
    /// `WITH RECURSIVE`: a query may name itself.
    pub recursive: bool,
    /// Selects and unions.
    pub body: Body,
    /// `ORDER BY`.
    pub order_by: Vec<OrderItem>,
    /// `WITHIN INTERVAL …` of a T-sort in the Kinesis dialect.
    pub within: Option<Expr>,
    /// `LIMIT` or `FETCH FIRST`.
    pub limit: Option<Expr>,
    /// `OFFSET`.
    pub offset: Option<Expr>,
    /// Where it stands.
    pub span: Span,
}

/// A query with a name, for one statement.
#[derive(Clone, Debug)]
pub struct Common {
    /// Its name.
    pub name: Name,
    /// Names for its columns.
    pub columns: Vec<Name>,
    /// The query.
    pub query: Query,
}

/// One select, or several united.
#[derive(Clone, Debug)]
pub enum Body {
    /// `SELECT …`.
    Select(Box<SelectQuery>),
    /// `… UNION [ALL] …` and its kin.
    Set {
        /// What becomes of the rows of both.
        op: SetOp,
        /// What comes first.
        left: Box<Self>,
        /// What comes behind.
        right: Box<Self>,
        /// `ALL`: equal rows stay.
        all: bool,
        /// Where the word stands.
        span: Span,
    },
    /// A query in parentheses.
    Nested(Box<Query>),
    /// `VALUES (1, 'a'), (2, 'b')`.
    Values {
        /// The rows.
        rows: Vec<Vec<Expr>>,
        /// Where it stands.
        span: Span,
    },
}

/// What becomes of the rows of two queries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetOp {
    /// `UNION`: the rows of both.
    Union,
    /// `INTERSECT`: the rows both have.
    Intersect,
    /// `EXCEPT`: the rows only the first one has.
    Except,
}

/// `SELECT … FROM …` up to its `QUALIFY` clause.
#[derive(Clone, Debug)]
pub struct SelectQuery {
    /// `SELECT STREAM`.
    pub stream: bool,
    /// `DISTINCT`.
    pub distinct: bool,
    /// `DISTINCT ON (a, b)`: the first row for each of these.
    pub distinct_on: Vec<Expr>,
    /// `TOP 5`: how many rows at the most.
    pub top: Option<Expr>,
    /// What is selected.
    pub items: Vec<Item>,
    /// Where from; several with commas between them are a cross join.
    pub from: Vec<TableRef>,
    /// `WHERE`.
    pub filter: Option<Expr>,
    /// `GROUP BY` or `WINDOWED BY STAGGER`.
    pub group: Group,
    /// `HAVING`.
    pub having: Option<Expr>,
    /// `WINDOW w AS (…)`.
    pub windows: Vec<NamedWindow>,
    /// `QUALIFY`: which rows stay, by functions over windows.
    pub qualify: Option<Expr>,
    /// Where it stands.
    pub span: Span,
}

/// One item of a select list.
#[derive(Clone, Debug)]
pub enum Item {
    /// `*`.
    All(Span),
    /// `orders.*`.
    AllOf(Name, Span),
    /// An expression and what its column is called.
    Column {
        /// What it is.
        expr: Expr,
        /// The name behind `AS`.
        alias: Option<Name>,
    },
}

/// How rows are grouped.
#[derive(Clone, Debug)]
pub enum Group {
    /// Not at all, or as one if there are aggregates.
    None,
    /// `GROUP BY a, b`.
    By(Vec<Expr>, Span),
    /// `GROUP BY GROUPING SETS (…)`, `ROLLUP (…)`, `CUBE (…)`: for each item its sets of keys.
    Sets(Vec<Vec<Vec<Expr>>>, Span),
    /// `WINDOWED BY STAGGER (PARTITION BY a, b RANGE INTERVAL '1' MINUTE)`.
    Stagger {
        /// One window for each combination of these.
        partition: Vec<Expr>,
        /// How long it stays open.
        range: Expr,
        /// Where it stands.
        span: Span,
    },
}

/// One key of `ORDER BY`.
#[derive(Clone, Debug)]
pub struct OrderItem {
    /// What is ordered by; a whole number counts the columns from 1.
    pub expr: Expr,
    /// `DESC`.
    pub descending: bool,
    /// `NULLS FIRST` or `NULLS LAST`.
    pub nulls_first: Option<bool>,
}

/// Where rows come from.
#[derive(Clone, Debug)]
pub enum TableRef {
    /// A stream, table or view.
    Named {
        /// Its name.
        name: ObjectName,
        /// `OVER (…)`: the window of one side of a join in the Kinesis dialect.
        over: Option<Box<Over>>,
        /// `FOR SYSTEM_TIME AS OF e`.
        system_time: Option<Box<Expr>>,
        /// What it is called here.
        alias: Option<Alias>,
    },
    /// `(query) AS a`.
    Query {
        /// The query.
        query: Box<Query>,
        /// `LATERAL`.
        lateral: bool,
        /// What it is called here.
        alias: Option<Alias>,
        /// Where it stands.
        span: Span,
    },
    /// `TABLE(TUMBLE(…))`.
    Function {
        /// Which, with its arguments.
        function: TableFunction,
        /// What it is called here.
        alias: Option<Alias>,
    },
    /// `a MATCH_RECOGNIZE (…)`.
    Match {
        /// Where the rows come from.
        source: Box<Self>,
        /// What is looked for.
        pattern: Box<MatchRecognize>,
        /// What it is called here.
        alias: Option<Alias>,
    },
    /// `a JOIN b ON …`.
    Join(Box<Join>),
}

/// What a source is called within its query.
#[derive(Clone, Debug)]
pub struct Alias {
    /// Its name.
    pub name: Name,
    /// Names for its columns.
    pub columns: Vec<Name>,
}

/// Two sources side by side.
#[derive(Clone, Debug)]
pub struct Join {
    /// The first.
    pub left: TableRef,
    /// The second.
    pub right: TableRef,
    /// Which rows without a partner stay.
    pub kind: JoinKind,
    /// `ON`; a cross join has none.
    pub on: Option<Expr>,
    /// `USING (a, b)` in the place of `ON`.
    pub using: Vec<Name>,
    /// `NATURAL`: `USING` all columns both sides have.
    pub natural: bool,
    /// Where it stands.
    pub span: Span,
}

/// Which rows without a partner stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JoinKind {
    /// None.
    Inner,
    /// Those of the left.
    Left,
    /// Those of the right.
    Right,
    /// Those of both sides.
    Full,
    /// There is no condition.
    Cross,
}

/// A function that gives rows.
#[derive(Clone, Debug)]
pub struct TableFunction {
    /// Its name.
    pub name: Name,
    /// Its arguments, in order.
    pub arguments: Vec<(Option<Name>, TableArgument)>,
    /// Where it stands.
    pub span: Span,
}

/// An argument of a function that gives rows.
#[derive(Clone, Debug)]
pub enum TableArgument {
    /// `TABLE orders PARTITION BY k`.
    Table {
        /// Which.
        name: ObjectName,
        /// One by one for these.
        partition: Vec<Expr>,
    },
    /// `DESCRIPTOR(ts)`.
    Descriptor(Vec<Name>),
    /// `CURSOR(SELECT STREAM …)`.
    Cursor(Box<Query>),
    /// Any expression.
    Expr(Expr),
}
