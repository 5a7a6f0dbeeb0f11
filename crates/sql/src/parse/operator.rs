//! Operators, by how tightly they bind.

use super::Parser;
use super::lex::{Token, TokenKind};
use crate::expr::{Asks, BinaryOp, Expr, ExprKind, Truth, UnaryOp};
use crate::function::Function;
use crate::problem::Problem;

/// How tightly operators bind, loosest first; the printer asks as well.
pub(crate) mod level {
    /// `OR`.
    pub(crate) const OR: u8 = 1;
    /// `AND`.
    pub(crate) const AND: u8 = 2;
    /// `NOT`.
    pub(crate) const NOT: u8 = 3;
    /// `IS …`.
    pub(crate) const IS: u8 = 4;
    /// `=` and its kin.
    pub(crate) const COMPARISON: u8 = 5;
    /// `BETWEEN`, `IN`, `LIKE`.
    pub(crate) const RANGE: u8 = 6;
    /// `+` and `-`.
    pub(crate) const SUM: u8 = 7;
    /// `*`, `/` and `||`.
    pub(crate) const PRODUCT: u8 = 8;
    /// A sign before a number.
    pub(crate) const SIGN: u8 = 9;
}

/// An operator behind an operand.
#[derive(Clone, Copy)]
enum Behind {
    Binary(BinaryOp),
    /// `%`.
    Rest,
    /// `::` of Redshift.
    Cast,
    Is,
    Between,
    In,
    Like,
    /// `ILIKE` of Redshift: capitals and small letters are the same.
    LikeAnyCase,
    Similar,
    /// `~` of Redshift: a regular expression fits somewhere; `!~` that it does not.
    Regexp(bool),
}

impl BinaryOp {
    /// How tightly it binds.
    #[must_use]
    pub fn level(self) -> u8 {
        match self {
            Self::Or => level::OR,
            Self::And => level::AND,
            Self::Distinct | Self::NotDistinct => level::IS,
            Self::Equal
            | Self::Greater
            | Self::GreaterEqual
            | Self::Less
            | Self::LessEqual
            | Self::NotEqual => level::COMPARISON,
            Self::Add | Self::Subtract => level::SUM,
            Self::Concat | Self::Divide | Self::Multiply => level::PRODUCT,
        }
    }
}

impl Parser<'_> {
    /// An expression, up to what cannot belong to it.
    pub(super) fn expr(&mut self) -> Result<Expr, Problem> {
        self.at_level(level::OR)
    }

    /// An expression of operators that bind at least so tightly.
    pub(super) fn at_level(&mut self, least: u8) -> Result<Expr, Problem> {
        self.descend()?;
        let mut left = self.prefix()?;
        while let Some((operator, words)) = self.operator(least) {
            let negated = words > 1;
            self.at += words;
            left = self.apply(operator, left, negated)?;
        }
        self.depth -= 1;
        Ok(left)
    }

    fn prefix(&mut self) -> Result<Expr, Problem> {
        let from = self.token().span;
        let (op, least) = if self.take_word("NOT") {
            (UnaryOp::Not, level::NOT)
        } else if self.take_sign("-") {
            (UnaryOp::Minus, level::SIGN)
        } else if self.take_sign("+") {
            (UnaryOp::Plus, level::SIGN)
        } else {
            return self.primary();
        };
        let operand = self.at_level(least)?;
        self.node(ExprKind::Unary(op, operand.into()), from)
    }

    /// The operator that stands here, if it binds tightly enough, and how many words it has.
    fn operator(&self, least: u8) -> Option<(Behind, usize)> {
        let token = self.token();
        let found = match token.kind {
            TokenKind::Sign("%") if self.dialect.has_rest_sign() => (Behind::Rest, 1),
            TokenKind::Sign("::") => (Behind::Cast, 1),
            TokenKind::Sign(sign @ ("~" | "!~")) => (Behind::Regexp(sign == "!~"), 1),
            TokenKind::Sign(sign) => (Behind::Binary(sign_operator(sign)?), 1),
            TokenKind::Word if self.is_word("NOT") => (self.word_operator(self.token_behind())?, 2),
            TokenKind::Word => (self.word_operator(token)?, 1),
            _ => return None,
        };
        let level = match found {
            (Behind::Binary(op), 1) => op.level(),
            (Behind::Is, 1) => level::IS,
            (Behind::Rest, _) => level::PRODUCT,
            (Behind::Cast, _) => level::SIGN + 1,
            // `NOT` stands before three of them only.
            (Behind::Binary(_) | Behind::Is, _) => return None,
            (
                Behind::Between
                | Behind::In
                | Behind::Like
                | Behind::LikeAnyCase
                | Behind::Similar
                | Behind::Regexp(_),
                _,
            ) => level::RANGE,
        };
        (level >= least).then_some(found)
    }

    fn word_operator(&self, token: &Token) -> Option<Behind> {
        let words = [
            ("OR", Behind::Binary(BinaryOp::Or)),
            ("AND", Behind::Binary(BinaryOp::And)),
            ("IS", Behind::Is),
            ("BETWEEN", Behind::Between),
            ("IN", Behind::In),
            ("LIKE", Behind::Like),
            ("SIMILAR", Behind::Similar),
        ];
        if self.dialect.is_finite() && self.is_word_token(token, "ILIKE") {
            return Some(Behind::LikeAnyCase);
        }
        words.into_iter().find(|(word, _)| self.is_word_token(token, word)).map(|(_, it)| it)
    }

    fn apply(&mut self, operator: Behind, left: Expr, negated: bool) -> Result<Expr, Problem> {
        let (from, value) = (left.span, Box::new(left));
        let kind = match operator {
            Behind::Binary(op) if op.level() == level::COMPARISON && self.is_quantified() => {
                let all = self.is_word("ALL");
                self.at += 1;
                let value = *value;
                self.nested(match (op, all) {
                    (BinaryOp::Equal, false) => Asks::Among { value, negated: false },
                    (BinaryOp::NotEqual, true) => Asks::Among { value, negated: true },
                    _ => Asks::Compared { value, op, all },
                })?
            }
            Behind::Binary(op) => {
                ExprKind::Binary(op, value, self.at_level(op.level() + 1)?.into())
            }
            Behind::Rest => {
                let arguments = vec![*value, self.at_level(level::PRODUCT + 1)?];
                ExprKind::Call { function: Function::Mod, arguments }
            }
            Behind::Cast => ExprKind::Cast(value, self.data_type()?),
            Behind::Is => self.is(value)?,
            Behind::Between => {
                let symmetric = self.take_word("SYMMETRIC");
                if !symmetric {
                    self.take_word("ASYMMETRIC");
                }
                let low = self.at_level(level::SUM)?.into();
                self.want_word("AND")?;
                let high = self.at_level(level::SUM)?.into();
                ExprKind::Between { value, low, high, symmetric, negated }
            }
            Behind::In => {
                if self.opens_query() {
                    let value = *value;
                    self.nested(Asks::Among { value, negated })?
                } else {
                    self.want_sign("(")?;
                    ExprKind::In { value, list: self.list()?, negated }
                }
            }
            Behind::Like | Behind::LikeAnyCase => {
                let any_case = matches!(operator, Behind::LikeAnyCase);
                let small = |it: Expr| if any_case { in_small_letters(it) } else { it };
                let value = small(*value).into();
                let pattern = small(self.at_level(level::SUM)?).into();
                let escape = if self.take_word("ESCAPE") {
                    Some(self.at_level(level::SUM)?.into())
                } else {
                    None
                };
                ExprKind::Like { value, pattern, escape, negated }
            }
            Behind::Regexp(negated) => {
                let arguments = vec![*value, self.at_level(level::SUM)?];
                let function = Function::Regexp;
                self.negated(ExprKind::Call { function, arguments }, negated)
            }
            Behind::Similar => {
                self.want_word("TO")?;
                let mut arguments = vec![*value, self.at_level(level::SUM)?];
                if self.take_word("ESCAPE") {
                    arguments.push(self.at_level(level::SUM)?);
                }
                let function = Function::Similar;
                self.negated(ExprKind::Call { function, arguments }, negated)
            }
        };
        self.node(kind, from)
    }

    /// Whether `ANY (SELECT …)`, `SOME` or `ALL` stands here.
    fn is_quantified(&self) -> bool {
        self.dialect.nests_queries()
            && ["ANY", "SOME", "ALL"].iter().any(|word| self.opens_behind(word))
            && self.tokens.get(self.at + 2).is_some_and(|it| {
                ["SELECT", "WITH", "VALUES"].iter().any(|word| self.is_word_token(it, word))
            })
    }

    /// What stands behind `IS`.
    fn is(&mut self, value: Box<Expr>) -> Result<ExprKind, Problem> {
        let negated = self.take_word("NOT");
        if self.take_word("JSON") {
            return Ok(self.is_json(*value, negated));
        }
        if self.take_word("DISTINCT") {
            self.want_word("FROM")?;
            let op = if negated { BinaryOp::NotDistinct } else { BinaryOp::Distinct };
            return Ok(ExprKind::Binary(op, value, self.at_level(level::COMPARISON)?.into()));
        }
        for truth in [Truth::Null, Truth::True, Truth::False, Truth::Unknown] {
            if self.take_word(truth.word()) {
                return Ok(ExprKind::Is { value, truth, negated });
            }
        }
        Err(self.expected("`NULL`, `TRUE`, `FALSE`, `UNKNOWN` or `DISTINCT FROM`"))
    }

    /// Expressions up to the closing parenthesis, at least one.
    pub(super) fn list(&mut self) -> Result<Vec<Expr>, Problem> {
        let mut list = vec![self.expr()?];
        while self.take_sign(",") {
            list.push(self.expr()?);
        }
        self.want_sign(")")?;
        Ok(list)
    }
}

/// `LOWER(a)`.
fn in_small_letters(expr: Expr) -> Expr {
    let span = expr.span;
    Expr::new(ExprKind::Call { function: Function::Lower, arguments: vec![expr] }, span)
}

fn sign_operator(sign: &str) -> Option<BinaryOp> {
    Some(match sign {
        "+" => BinaryOp::Add,
        "-" => BinaryOp::Subtract,
        "*" => BinaryOp::Multiply,
        "/" => BinaryOp::Divide,
        "||" => BinaryOp::Concat,
        "=" => BinaryOp::Equal,
        "<>" | "!=" => BinaryOp::NotEqual,
        "<" => BinaryOp::Less,
        "<=" => BinaryOp::LessEqual,
        ">" => BinaryOp::Greater,
        ">=" => BinaryOp::GreaterEqual,
        _ => return None,
    })
}

impl Truth {
    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Null => "NULL",
            Self::True => "TRUE",
            Self::False => "FALSE",
            Self::Unknown => "UNKNOWN",
        }
    }
}
