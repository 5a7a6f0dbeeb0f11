//! What operators stand between: constants, columns, calls, `CASE` and `CAST`.

use super::lex::TokenKind;
use super::operator::level;
use super::{Parser, Scope, is_reserved, literal};
use crate::expr::{Expr, ExprKind, Name};
use crate::function::{self, Function, Known, Side};
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
            TokenKind::Sign("(") => {
                self.at += 1;
                let inner = self.expr()?;
                self.want_sign(")")?;
                return Ok(inner);
            }
            TokenKind::Quoted(_) => self.column()?,
            TokenKind::Word => self.word()?,
            TokenKind::Sign(_) | TokenKind::End => return Err(self.expected("an expression")),
        };
        self.node(kind, from)
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
        match function::find(&name) {
            Known::Here(function, ..) if function.is_bare() => {
                self.at += 1;
                Ok(ExprKind::Call { function, arguments: Vec::new() })
            }
            _ if is_reserved(&name) => Err(self.expected("an expression")),
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

    fn call(&mut self, name: &str) -> Result<ExprKind, Problem> {
        let span = self.token().span;
        let bad = |code, message: String, help: String| Problem::new(code, span, message, help);
        let (function, least, most) = match function::find(name) {
            Known::Here(function, least, most) => (function, least, most),
            _ if self.is_aggregate(name) => return self.aggregate(name),
            Known::Aggregate => {
                let help = "Here there is one row at a time; aggregate them downstream";
                return Err(bad("SQL-012", format!("{name} is about many rows"), help.to_owned()));
            }
            Known::Absent => {
                let help = "Use another function".to_owned();
                return Err(bad("SQL-012", format!("{name} is not simulated"), help));
            }
            Known::Unknown(_) if self.scope == Scope::Script => return self.user_call(),
            Known::Unknown(near) => {
                let help = near.map_or_else(
                    || "Check the spelling".to_owned(),
                    |near| format!("Perhaps {near} is meant"),
                );
                let message = format!("There is no function `{}`", super::shortened(self.slice()));
                return Err(bad("SQL-016", message, help));
            }
        };
        self.at += 2;
        let (function, arguments) = self.arguments(function)?;
        let count = arguments.len();
        if !(least..=most).contains(&count) {
            let help = match (least, most) {
                (0, 0) => format!("Write {name} alone"),
                _ if least == most => format!("It takes {least}"),
                _ => format!("It takes {least} to {most}"),
            };
            let message = format!("{name} cannot take {count} arguments");
            return Err(bad("SQL-017", message, help));
        }
        Ok(ExprKind::Call { function, arguments })
    }

    /// Arguments up to the closing parenthesis, with the words some functions have between them.
    fn arguments(&mut self, function: Function) -> Result<(Function, Vec<Expr>), Problem> {
        if self.take_sign(")") {
            return Ok((function, Vec::new()));
        }
        if let Function::Trim(_) = function {
            return self.trim();
        }
        if let Function::Extract(_) = function {
            let unit = self.unit()?;
            self.want_word("FROM")?;
            let arguments = self.list()?;
            return Ok((Function::Extract(unit), arguments));
        }
        if function == Function::Position {
            let part = self.at_level(level::SUM)?;
            self.want_word("IN")?;
            let text = self.expr()?;
            self.want_sign(")")?;
            return Ok((function, vec![part, text]));
        }
        let mut arguments = vec![self.expr()?];
        let rounds = match function {
            Function::Ceil => Some(Function::CeilTo as fn(_) -> _),
            Function::Floor => Some(Function::FloorTo as fn(_) -> _),
            _ => None,
        };
        if let Some(rounds) = rounds.filter(|_| self.is_word("TO")) {
            self.at += 1;
            let unit = self.unit()?;
            self.want_sign(")")?;
            return Ok((rounds(unit), arguments));
        }
        let words: &[&str] = match function {
            Function::Overlay => &["PLACING", "FROM", "FOR"],
            Function::Substring => &["FROM", "FOR"],
            Function::Step => &["BY"],
            _ => &[],
        };
        let mut words = words.iter();
        while self.take_sign(",") || words.next().is_some_and(|word| self.take_word(word)) {
            arguments.push(self.expr()?);
        }
        self.want_sign(")")?;
        Ok((function, arguments))
    }

    /// `TRIM(a)`, `TRIM(a FROM b)`, `TRIM(LEADING a FROM b)`, `TRIM(LEADING FROM b)`: the text
    /// comes first among the arguments.
    fn trim(&mut self) -> Result<(Function, Vec<Expr>), Problem> {
        let side = Side::ALL.into_iter().find(|side| self.take_word(side.word()));
        let function = Function::Trim(side.unwrap_or(Side::Both));
        let arguments = if side.is_some() && self.take_word("FROM") {
            vec![self.expr()?]
        } else {
            let first = self.expr()?;
            if side.is_none() && self.is_sign(")") {
                vec![first]
            } else {
                self.want_word("FROM")?;
                vec![self.expr()?, first]
            }
        };
        self.want_sign(")")?;
        Ok((function, arguments))
    }
}
