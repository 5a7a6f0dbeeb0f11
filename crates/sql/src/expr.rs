//! Expressions as trees, every node with its place in the text.

use crate::ast::Over;
use crate::ast::query::{OrderItem, Query};
use crate::function::Function;
use crate::types::DataType;
use crate::value::Value;

/// Bytes `from..to` of the text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// First byte.
    pub from: u32,
    /// One past the last byte.
    pub to: u32,
}

impl Span {
    /// From the beginning of one place to the end of another.
    #[must_use]
    pub fn to(self, last: Self) -> Self {
        Self { from: self.from, to: last.to }
    }
}

/// A name: quoted ones are taken letter by letter, others match in any case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// As written, without quotes.
    pub text: String,
    /// Whether it stood in double quotes.
    pub quoted: bool,
}

/// An expression and where it stands. Two of them are equal wherever they stand.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands.
    pub span: Span,
    /// Nodes on the longest way down, this one included: what recursion needs of the stack.
    height: u16,
}

impl PartialEq for Expr {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

/// The forms of an expression.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// A constant.
    Literal(Value),
    /// A column, with the parts before it: `orders.gate`.
    Column(Vec<Name>),
    /// `-a`, `NOT a`.
    Unary(UnaryOp, Box<Expr>),
    /// `a + b`.
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    /// `a [NOT] LIKE b [ESCAPE c]`.
    Like {
        /// The text.
        value: Box<Expr>,
        /// With `%` for any text and `_` for any character.
        pattern: Box<Expr>,
        /// The character that makes the next one stand for itself.
        escape: Option<Box<Expr>>,
        /// `NOT LIKE`.
        negated: bool,
    },
    /// `a [NOT] BETWEEN [SYMMETRIC] b AND c`.
    Between {
        /// What is asked for.
        value: Box<Expr>,
        /// One end, included.
        low: Box<Expr>,
        /// The other end, included.
        high: Box<Expr>,
        /// The ends may stand in either order.
        symmetric: bool,
        /// `NOT BETWEEN`.
        negated: bool,
    },
    /// `a [NOT] IN (b, c)`.
    In {
        /// What is asked for.
        value: Box<Expr>,
        /// The list.
        list: Vec<Expr>,
        /// `NOT IN`.
        negated: bool,
    },
    /// `a IS [NOT] NULL` and its kin.
    Is {
        /// What is asked for.
        value: Box<Expr>,
        /// What it may be.
        truth: Truth,
        /// `IS NOT`.
        negated: bool,
    },
    /// `FLOOR(a)`.
    Call {
        /// Which function.
        function: Function,
        /// Its arguments, in the order they are written.
        arguments: Vec<Expr>,
    },
    /// `CASE [a] WHEN b THEN c … ELSE d END`.
    Case {
        /// What the branches are compared with; without it they are conditions.
        operand: Option<Box<Expr>>,
        /// Conditions with their results.
        branches: Vec<(Expr, Expr)>,
        /// When none holds; NULL when left out.
        otherwise: Option<Box<Expr>>,
    },
    /// `CAST(a AS VARCHAR(4))`.
    Cast(Box<Expr>, DataType),
    /// A value of the row by its index, once names are bound; [`TIME_SLOT`] is its time.
    Slot(u32),
    /// `COUNT(*)`, `SUM(a) OVER w`: in queries only.
    Aggregate(Box<AggregateCall>),
    /// A call of what is no function of the language: in queries only, until names are bound.
    User {
        /// Its name.
        name: Name,
        /// Its arguments.
        arguments: Vec<Expr>,
    },
    /// A query within an expression: in queries only, until names are bound.
    Query(Box<Nested>),
    /// A query within an expression, once names are bound.
    Inner {
        /// Its number.
        query: u32,
        /// The type of what it gives.
        gives: Option<DataType>,
        /// What it is given of the row around it.
        arguments: Vec<Expr>,
    },
}

/// A query within an expression.
#[derive(Clone, Debug)]
pub struct Nested {
    /// What is asked of it.
    pub asks: Asks,
    /// The query.
    pub query: Query,
}

/// What is asked of a query within an expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Asks {
    /// `(SELECT …)`: its value.
    Value,
    /// `EXISTS (SELECT …)`: whether it has rows.
    Exists,
    /// `a [NOT] IN (SELECT …)`: whether a value is among its own.
    Among {
        /// What is asked for.
        value: Expr,
        /// `NOT IN`.
        negated: bool,
    },
    /// `a < ANY (SELECT …)`, `a < ALL (SELECT …)`: how a value compares with its own.
    Compared {
        /// What is compared.
        value: Expr,
        /// How: one of the six comparisons.
        op: BinaryOp,
        /// With all of them, not with one at least.
        all: bool,
    },
}

impl Asks {
    /// What stands in front of the query.
    #[must_use]
    pub fn value(&self) -> Option<&Expr> {
        match self {
            Self::Among { value, .. } | Self::Compared { value, .. } => Some(value),
            Self::Value | Self::Exists => None,
        }
    }
}

impl PartialEq for Nested {
    /// As written: two of them are one, wherever they stand.
    fn eq(&self, other: &Self) -> bool {
        crate::print::print_nested(self) == crate::print::print_nested(other)
    }
}

/// The index that stands for the time of the row itself: `ROWTIME`.
pub const TIME_SLOT: u32 = u32::MAX;

/// A function over many rows.
#[derive(Clone, Debug)]
pub struct AggregateCall {
    /// Its name, in capitals.
    pub name: String,
    /// Its arguments; none for `COUNT(*)`.
    pub arguments: Vec<Expr>,
    /// `DISTINCT`.
    pub distinct: bool,
    /// `FILTER (WHERE …)`.
    pub filter: Option<Expr>,
    /// `IGNORE NULLS`.
    pub ignore_nulls: bool,
    /// `FROM LAST`.
    pub from_last: bool,
    /// `WITHIN GROUP (ORDER BY …)`.
    pub within: Vec<OrderItem>,
    /// The sliding window it is taken over; without one it is about a group.
    pub over: Option<Over>,
}

impl PartialEq for AggregateCall {
    /// As written: two of them are one, wherever they stand.
    fn eq(&self, other: &Self) -> bool {
        crate::print::print_aggregate(self) == crate::print::print_aggregate(other)
    }
}

/// Operators with one operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOp {
    /// `-`.
    Minus,
    /// `NOT`.
    Not,
    /// `+`.
    Plus,
}

/// Operators with two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinaryOp {
    /// `+`.
    Add,
    /// `AND`.
    And,
    /// `||`.
    Concat,
    /// `IS DISTINCT FROM`.
    Distinct,
    /// `/`.
    Divide,
    /// `=`.
    Equal,
    /// `>`.
    Greater,
    /// `>=`.
    GreaterEqual,
    /// `<`.
    Less,
    /// `<=`.
    LessEqual,
    /// `*`.
    Multiply,
    /// `IS NOT DISTINCT FROM`.
    NotDistinct,
    /// `<>`.
    NotEqual,
    /// `OR`.
    Or,
    /// `-`.
    Subtract,
}

/// What `IS` asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    /// `IS NULL`.
    Null,
    /// `IS TRUE`.
    True,
    /// `IS FALSE`.
    False,
    /// `IS UNKNOWN`.
    Unknown,
}

/// What a row becomes: `*, price * quantity AS total`.
#[derive(Clone, Debug, PartialEq)]
pub struct Select {
    /// In order.
    pub items: Vec<SelectItem>,
}

/// One item of a select list.
#[derive(Clone, Debug, PartialEq)]
pub enum SelectItem {
    /// `*`: every column.
    All,
    /// An expression and what its column is called.
    Column {
        /// What it is.
        expr: Expr,
        /// The name behind `AS`.
        alias: Option<Name>,
    },
}

impl Expr {
    /// A node above its children.
    #[must_use]
    pub fn new(kind: ExprKind, span: Span) -> Self {
        let mut expr = Self { kind, span, height: 0 };
        let mut below = 0;
        expr.each(&mut |child| below = below.max(child.height));
        expr.height = below.saturating_add(1);
        expr
    }

    /// Nodes on the longest way down.
    #[must_use]
    pub fn height(&self) -> u16 {
        self.height
    }

    /// Visits this expression and everything inside it, outermost first.
    pub fn visit<'a>(&'a self, see: &mut dyn FnMut(&'a Self)) {
        see(self);
        self.each(&mut |child| child.visit(see));
    }

    /// The same tree with some nodes in the place of others: `with` is asked from the outside in,
    /// and what it gives is not looked into.
    ///
    /// What stands inside an aggregate stays as it is.
    #[must_use]
    pub fn replaced(&self, with: &mut dyn FnMut(&Self) -> Option<Self>) -> Self {
        if let Some(other) = with(self) {
            return other;
        }
        let mut one = |expr: &Self| Box::new(expr.replaced(with));
        let kind = match &self.kind {
            ExprKind::Literal(_)
            | ExprKind::Column(_)
            | ExprKind::Slot(_)
            | ExprKind::Aggregate(_) => self.kind.clone(),
            ExprKind::Unary(op, inner) => ExprKind::Unary(*op, one(inner)),
            ExprKind::Cast(inner, target) => ExprKind::Cast(one(inner), *target),
            ExprKind::Is { value, truth, negated } => {
                ExprKind::Is { value: one(value), truth: *truth, negated: *negated }
            }
            ExprKind::Binary(op, left, right) => ExprKind::Binary(*op, one(left), one(right)),
            ExprKind::Like { value, pattern, escape, negated } => ExprKind::Like {
                value: one(value),
                pattern: one(pattern),
                escape: escape.as_ref().map(|it| one(it)),
                negated: *negated,
            },
            ExprKind::Between { value, low, high, symmetric, negated } => ExprKind::Between {
                value: one(value),
                low: one(low),
                high: one(high),
                symmetric: *symmetric,
                negated: *negated,
            },
            ExprKind::Case { operand, branches, otherwise } => ExprKind::Case {
                operand: operand.as_ref().map(|it| one(it)),
                branches: {
                    let pair = |(a, b): &(Self, Self)| (a.replaced(with), b.replaced(with));
                    branches.iter().map(pair).collect()
                },
                otherwise: otherwise.as_ref().map(|it| Box::new(it.replaced(with))),
            },
            ExprKind::In { value, list, negated } => ExprKind::In {
                value: one(value),
                list: list.iter().map(|it| it.replaced(with)).collect(),
                negated: *negated,
            },
            ExprKind::Call { function, arguments } => ExprKind::Call {
                function: *function,
                arguments: arguments.iter().map(|it| it.replaced(with)).collect(),
            },
            ExprKind::Inner { query, gives, arguments } => ExprKind::Inner {
                query: *query,
                gives: *gives,
                arguments: arguments.iter().map(|it| it.replaced(with)).collect(),
            },
            ExprKind::Query(nested) => ExprKind::Query(Box::new(Nested {
                asks: match &nested.asks {
                    Asks::Among { value, negated } => {
                        Asks::Among { value: value.replaced(with), negated: *negated }
                    }
                    Asks::Compared { value, op, all } => {
                        Asks::Compared { value: value.replaced(with), op: *op, all: *all }
                    }
                    asks => asks.clone(),
                },
                query: nested.query.clone(),
            })),
            ExprKind::User { name, arguments } => ExprKind::User {
                name: name.clone(),
                arguments: arguments.iter().map(|it| it.replaced(with)).collect(),
            },
        };
        Self::new(kind, self.span)
    }

    /// The expressions right below, in the order they are written.
    fn each<'a>(&'a self, see: &mut dyn FnMut(&'a Self)) {
        match &self.kind {
            ExprKind::Literal(_) | ExprKind::Column(_) | ExprKind::Slot(_) => {}
            ExprKind::Unary(_, inner)
            | ExprKind::Cast(inner, _)
            | ExprKind::Is { value: inner, .. } => see(inner),
            ExprKind::Binary(_, left, right) => {
                see(left);
                see(right);
            }
            ExprKind::Like { value, pattern, escape, .. } => {
                see(value);
                see(pattern);
                escape.iter().for_each(|escape| see(escape));
            }
            ExprKind::Between { value, low, high, .. } => {
                see(value);
                see(low);
                see(high);
            }
            ExprKind::In { value, list, .. } => {
                see(value);
                list.iter().for_each(see);
            }
            ExprKind::Call { arguments, .. }
            | ExprKind::User { arguments, .. }
            | ExprKind::Inner { arguments, .. } => {
                arguments.iter().for_each(see);
            }
            ExprKind::Query(nested) => {
                nested.asks.value().into_iter().for_each(see);
            }
            ExprKind::Aggregate(aggregate) => {
                aggregate.arguments.iter().for_each(&mut *see);
                aggregate.within.iter().for_each(|it| see(&it.expr));
                aggregate.filter.iter().for_each(&mut *see);
                if let Some(Over::Inline(spec)) = &aggregate.over {
                    spec.each(see);
                }
            }
            ExprKind::Case { operand, branches, otherwise } => {
                operand.iter().for_each(|operand| see(operand));
                for (condition, result) in branches {
                    see(condition);
                    see(result);
                }
                otherwise.iter().for_each(|otherwise| see(otherwise));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_visit_sees_every_node_once() {
        let text = "CASE a WHEN b + c THEN d LIKE e ESCAPE f ELSE g BETWEEN h AND i END IS NULL \
                    OR CAST(j AS DATE) IN (k, -UPPER(l))";
        let expr = crate::parse_expr(text).unwrap();
        let mut columns = String::new();
        expr.visit(&mut |expr| {
            if let ExprKind::Column(path) = &expr.kind {
                columns.push_str(&path[0].text);
            }
        });
        assert_eq!(columns, "abcdefghijkl");
    }

    #[test]
    fn a_tree_knows_its_height() {
        let height = |text| crate::parse_expr(text).unwrap().height();
        assert_eq!([height("a"), height("a + b"), height("-(a + b) * c")], [1, 2, 4]);
    }
}
