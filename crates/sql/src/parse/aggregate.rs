//! Functions over many rows, with what may stand behind them.

use super::lex::TokenKind;
use super::{Parser, Scope};
use crate::expr::{AggregateCall, ExprKind, Name};
use crate::function::{self, Known};
use crate::problem::Problem;

/// Functions over the rows of a window that no group has.
static OF_WINDOWS: [&str; 3] = ["DENSE_RANK", "RANK", "ROW_NUMBER"];

/// Functions over many rows that only a table with an end has.
pub(crate) static OF_FINITE_TABLES: [&str; 14] = [
    "ANY_VALUE",
    "BOOL_AND",
    "BOOL_OR",
    "CUME_DIST",
    "GROUPING",
    "LEAD",
    "MEDIAN",
    "NTILE",
    "PERCENTILE_CONT",
    "PERCENTILE_DISC",
    "PERCENT_RANK",
    "RATIO_TO_REPORT",
    "STRING_AGG",
    "LISTAGG",
];

impl Parser<'_> {
    /// Whether a name stands for a function over many rows here.
    pub(super) fn is_aggregate(&self, name: &str) -> bool {
        self.scope == Scope::Script
            && (function::find(name, self.dialect.rules()) == Known::Aggregate
                || OF_WINDOWS.contains(&name)
                || (self.dialect.is_finite() && OF_FINITE_TABLES.contains(&name)))
    }

    /// `COUNT(*)`, `SUM(DISTINCT a) FILTER (WHERE b) OVER w`; the name is the next token.
    pub(super) fn aggregate(&mut self, name: &str) -> Result<ExprKind, Problem> {
        self.at += 2;
        let distinct = self.take_word("DISTINCT");
        if !distinct {
            self.take_word("ALL");
        }
        let (mut ignore_nulls, mut within) = (false, Vec::new());
        let arguments = if self.take_sign(")") {
            Vec::new()
        } else if !distinct && self.take_sign("*") {
            self.want_sign(")")?;
            Vec::new()
        } else {
            let mut arguments = vec![self.expr()?];
            while self.take_sign(",") {
                arguments.push(self.expr()?);
            }
            ignore_nulls = self.nulls()?;
            if self.dialect.is_finite() {
                within = self.order_by()?;
            }
            self.want_sign(")")?;
            arguments
        };
        let mut from_last = false;
        if self.is_word("FROM") {
            let behind = self.token_behind();
            from_last = self.is_word_token(behind, "LAST");
            let takes = from_last || self.is_word_token(behind, "FIRST");
            self.at += if takes { 2 } else { 0 };
        }
        ignore_nulls |= self.nulls()?;
        if self.dialect.is_finite() && self.is_word("WITHIN") {
            self.at += 1;
            self.want_word("GROUP")?;
            self.want_sign("(")?;
            within = self.order_by()?;
            self.want_sign(")")?;
        }
        let mut filter = None;
        if self.is_word("FILTER") && self.token_behind().kind == TokenKind::Sign("(") {
            self.at += 2;
            self.want_word("WHERE")?;
            filter = Some(self.expr()?);
            self.want_sign(")")?;
        }
        let over = if self.take_word("OVER") { Some(self.over()?) } else { None };
        let name = name.to_owned();
        Ok(ExprKind::Aggregate(Box::new(AggregateCall {
            name,
            arguments,
            distinct,
            filter,
            ignore_nulls,
            from_last,
            within,
            over,
        })))
    }

    /// `IGNORE NULLS` or `RESPECT NULLS`, if one of them stands here.
    fn nulls(&mut self) -> Result<bool, Problem> {
        let ignore = self.take_word("IGNORE");
        if ignore || self.take_word("RESPECT") {
            self.want_word("NULLS")?;
        }
        Ok(ignore)
    }

    /// A call of what may be a function of the script; the name is the next token.
    pub(super) fn user_call(&mut self) -> Result<ExprKind, Problem> {
        let name = match &self.token().kind {
            TokenKind::Quoted(text) => Name { text: text.clone(), quoted: true },
            _ => Name { text: self.slice().to_owned(), quoted: false },
        };
        self.at += 2;
        let arguments = if self.take_sign(")") { Vec::new() } else { self.list()? };
        Ok(ExprKind::User { name, arguments })
    }
}
