//! Expressions as trees, every node with its place in the text.

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

/// An expression and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands.
    pub span: Span,
}

/// The forms of an expression.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// A constant.
    Literal(Value),
    /// A column, with the parts before it: `orders.gate`.
    Column(Vec<String>),
    /// `-a`, `NOT a`.
    Unary(UnaryOp, Box<Expr>),
    /// `a + b`.
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    /// `FLOOR(a)`.
    Call {
        /// The name as written.
        name: String,
        /// Its arguments.
        arguments: Vec<Expr>,
    },
    /// `CASE WHEN a THEN b … ELSE c END`.
    Case {
        /// Conditions with their results.
        branches: Vec<(Expr, Expr)>,
        /// When none holds; NULL when left out.
        otherwise: Option<Box<Expr>>,
    },
    /// `CAST(a AS VARCHAR(4))`.
    Cast(Box<Expr>, DataType),
    /// `a IS NULL`, or `a IS NOT NULL` when the flag is set.
    IsNull(Box<Expr>, bool),
}

/// Operators with one operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOp {
    /// `-`.
    Minus,
    /// `NOT`.
    Not,
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
    /// `LIKE`.
    Like,
    /// `*`.
    Multiply,
    /// `<>`.
    NotEqual,
    /// `OR`.
    Or,
    /// `-`.
    Subtract,
}

impl Expr {
    /// Visits this expression and everything inside it, outermost first.
    pub fn visit<'a>(&'a self, see: &mut dyn FnMut(&'a Self)) {
        see(self);
        match &self.kind {
            ExprKind::Literal(_) | ExprKind::Column(_) => {}
            ExprKind::Unary(_, inner) | ExprKind::Cast(inner, _) | ExprKind::IsNull(inner, _) => {
                inner.visit(see);
            }
            ExprKind::Binary(_, left, right) => {
                left.visit(see);
                right.visit(see);
            }
            ExprKind::Call { arguments, .. } => {
                arguments.iter().for_each(|argument| argument.visit(see));
            }
            ExprKind::Case { branches, otherwise } => {
                for (condition, result) in branches {
                    condition.visit(see);
                    result.visit(see);
                }
                if let Some(otherwise) = otherwise {
                    otherwise.visit(see);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_visit_sees_every_node_once() {
        let at = |kind| Expr { kind, span: Span::default() };
        let column = |name: &str| at(ExprKind::Column(vec![name.to_owned()]));
        let sum = at(ExprKind::Binary(BinaryOp::Add, column("a").into(), column("b").into()));
        let case = at(ExprKind::Case {
            branches: vec![(at(ExprKind::IsNull(sum.into(), false)), column("c"))],
            otherwise: None,
        });
        let mut columns = Vec::new();
        case.visit(&mut |expr| {
            if let ExprKind::Column(name) = &expr.kind {
                columns.push(name[0].as_str());
            }
        });
        assert_eq!(columns, ["a", "b", "c"]);
    }
}
