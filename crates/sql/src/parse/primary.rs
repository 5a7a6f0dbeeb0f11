//! What operators stand between: constants, columns, calls, `CASE` and `CAST`.

use super::lex::TokenKind;
use super::{Parser, Scope, is_reserved, literal};
use crate::expr::{Asks, Expr, ExprKind, Name, Nested};
use crate::function::{self, Known};
use crate::problem::Problem;
use crate::value::Value;

impl Parser<'_> {
    pub(super) fn primary(&mut self) -> Result<Expr, Problem> {
        let from = self.token().span;
        let kind = match &self.token().kind {
            TokenKind::Number => self.number()?,
            TokenKind::Text(text) => {
                let kind = literal::text(text);
                self.at += 1;
                kind
            }
            TokenKind::Bytes(bytes) => {
                let kind = ExprKind::Literal(Value::Bytes(bytes.as_slice().into()));
                self.at += 1;
                kind
            }
            TokenKind::Sign("(") if self.opens_query() => self.nested(Asks::Value)?,
            TokenKind::Sign("(") => return self.parenthesized(),
            TokenKind::Word if self.is_period() => return self.parenthesized(),
            TokenKind::Quoted(_) if self.calls_quoted() => self.user_call()?,
            TokenKind::Quoted(_) => self.column()?,
            TokenKind::Word => self.word()?,
            TokenKind::Sign(_) | TokenKind::End => return Err(self.expected("an expression")),
        };
        self.node(kind, from)
    }

    /// Whether a function of the script is called that has a quoted name.
    fn calls_quoted(&self) -> bool {
        self.dialect.says_stream()
            && self.scope == Scope::Script
            && self.token_behind().kind == TokenKind::Sign("(")
    }

    /// What a word begins.
    fn word(&mut self) -> Result<ExprKind, Problem> {
        for (word, value) in [
            ("NULL", Value::Null),
            ("TRUE", Value::Boolean(true)),
            ("FALSE", Value::Boolean(false)),
        ] {
            if self.take_word(word) {
                return Ok(ExprKind::Literal(value));
            }
        }
        if self.dialect.nests_queries() && self.is_word("EXISTS") {
            self.at += 1;
            return self.nested(Asks::Exists);
        }
        // Exact here, which is within the 2 % that are promised.
        if self.dialect.is_finite()
            && self.is_word("APPROXIMATE")
            && self.token_behind().kind == TokenKind::Word
        {
            self.at += 1;
        }
        if self.take_word("CASE") {
            return self.case();
        }
        if self.take_word("CAST") {
            return self.cast();
        }
        if let Some(literal) = self.time_literal()? {
            return Ok(literal);
        }
        let name = self.slice().to_ascii_uppercase();
        if self.token_behind().kind == TokenKind::Sign("(") && !is_reserved(&name) {
            return self.call(&name);
        }
        match function::find(&name, self.dialect.rules()) {
            Known::Here(function, ..) if function.is_bare() => {
                self.at += 1;
                Ok(ExprKind::Call { function, arguments: Vec::new() })
            }
            _ if name == "SELECT" && self.scope == Scope::Script => {
                let message = "A query stands where a value is expected";
                let help = "Join what it reads, and compare columns";
                Err(Problem::new("SQL-010", self.here(), message, help))
            }
            _ if self.is_taken(&name) => Err(self.expected("an expression")),
            _ => self.column(),
        }
    }

    /// `orders."gate"`; behind a point any word will do.
    fn column(&mut self) -> Result<ExprKind, Problem> {
        let mut path = Vec::new();
        loop {
            let name = match &self.token().kind {
                TokenKind::Quoted(text) => Name { text: text.clone(), quoted: true },
                TokenKind::Word => Name { text: self.slice().to_owned(), quoted: false },
                _ => return Err(self.expected("a name behind the point")),
            };
            path.push(name);
            self.at += 1;
            if !self.take_sign(".") {
                return Ok(ExprKind::Column(path));
            }
        }
    }

    /// A query in parentheses.
    pub(super) fn nested(&mut self, asks: Asks) -> Result<ExprKind, Problem> {
        self.want_sign("(")?;
        let query = self.query()?;
        self.want_sign(")")?;
        Ok(ExprKind::Query(Box::new(Nested { asks, query })))
    }

    /// Whether a parenthesis opens here, and a query stands in it.
    pub(super) fn opens_query(&self) -> bool {
        self.dialect.nests_queries()
            && ["SELECT", "WITH", "VALUES"].iter().any(|word| self.opens_with(word))
    }

    fn case(&mut self) -> Result<ExprKind, Problem> {
        let operand = if self.is_word("WHEN") { None } else { Some(self.expr()?.into()) };
        let mut branches = Vec::new();
        while self.take_word("WHEN") {
            let condition = self.expr()?;
            self.want_word("THEN")?;
            branches.push((condition, self.expr()?));
        }
        if branches.is_empty() {
            return Err(self.expected("`WHEN`"));
        }
        let otherwise = if self.take_word("ELSE") { Some(self.expr()?.into()) } else { None };
        self.want_word("END")?;
        Ok(ExprKind::Case { operand, branches, otherwise })
    }

    fn cast(&mut self) -> Result<ExprKind, Problem> {
        self.want_sign("(")?;
        let value = self.expr()?;
        self.want_word("AS")?;
        let target = self.data_type()?;
        self.want_sign(")")?;
        Ok(ExprKind::Cast(value.into(), target))
    }
}
