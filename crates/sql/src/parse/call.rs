//! Calls of functions, with the words some have among their arguments.

use super::lex::TokenKind;
use super::operator::level;
use super::{Parser, Scope};
use crate::dialect::Dialect;
use crate::expr::{BinaryOp, Expr, ExprKind, UnaryOp};
use crate::function::{self, Function, JsonKind, Known, Nothing, Period, Side, Wrapper};
use crate::problem::Problem;

impl Parser<'_> {
    /// A call of a function; its name is the next token.
    pub(super) fn call(&mut self, name: &str) -> Result<ExprKind, Problem> {
        let span = self.token().span;
        let bad = |code, message: String, help: String| Problem::new(code, span, message, help);
        if self.dialect.is_finite()
            && let Some(rewritten) = self.rewritten(name)?
        {
            return Ok(rewritten);
        }
        let (function, least, most) = match function::find(name, self.dialect.rules()) {
            Known::Here(Function::LogParse(_), ..) if self.scope == Scope::Row => {
                let help = "Here there is one value at a time; take the text apart downstream";
                return Err(bad("SQL-012", format!("{name} gives a record"), help.to_owned()));
            }
            Known::Here(function, least, most) => (function, least, most),
            _ if name == "TRY_CAST" && self.dialect == Dialect::Flink => return self.try_cast(),
            _ if self.is_aggregate(name) => return self.aggregate(name),
            Known::Aggregate => {
                let help = "Here there is one row at a time; aggregate them downstream";
                return Err(bad("SQL-012", format!("{name} is about many rows"), help.to_owned()));
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
        let (function, arguments) = self.arguments(function, name)?;
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

    /// `TRY_CAST(a AS INT)`.
    fn try_cast(&mut self) -> Result<ExprKind, Problem> {
        self.at += 2;
        let value = self.expr()?;
        self.want_word("AS")?;
        let function = Function::TryCast(self.data_type()?);
        self.want_sign(")")?;
        Ok(ExprKind::Call { function, arguments: vec![value] })
    }

    /// Arguments up to the closing parenthesis, with the words some functions have between them.
    fn arguments(
        &mut self,
        function: Function,
        name: &str,
    ) -> Result<(Function, Vec<Expr>), Problem> {
        if self.take_sign(")") {
            return Ok((function, Vec::new()));
        }
        match function {
            Function::Trim(_) => return self.trim(),
            Function::Extract(_) if name == "EXTRACT" => return self.extract(),
            Function::Extract(_) if name == "DATE_PART" => return self.date_part(),
            Function::Redshift(it) if it.unit().is_some() => return self.dated(it),
            Function::TimestampDiff(_) | Function::TimestampAdd(_) => {
                let unit = self.unit()?;
                self.want_sign(",")?;
                let function = match function {
                    Function::TimestampDiff(_) => Function::TimestampDiff(unit),
                    _ => Function::TimestampAdd(unit),
                };
                return Ok((function, self.list()?));
            }
            Function::Position => {
                let part = self.at_level(level::SUM)?;
                self.want_word("IN")?;
                let text = self.expr()?;
                self.want_sign(")")?;
                return Ok((function, vec![part, text]));
            }
            Function::JsonValue(..) | Function::JsonQuery(..) | Function::JsonExists(_) => {
                return self.json(function);
            }
            Function::JsonObject => return self.json_object(),
            _ => {}
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

    /// `EXTRACT(HOUR FROM a)`; some parts are functions of their own.
    fn extract(&mut self) -> Result<(Function, Vec<Expr>), Problem> {
        let parts = [
            ("DOW", Function::DayOfWeek),
            ("DOY", Function::DayOfYear),
            ("EPOCH", Function::Epoch),
        ];
        let finite = self.dialect.is_finite();
        let own = parts.into_iter().find(|(word, _)| !finite && self.take_word(word));
        let function = match own {
            Some((_, function)) => function,
            None if finite => self.part()?,
            None => Function::Extract(self.unit()?),
        };
        self.want_word("FROM")?;
        Ok((function, self.list()?))
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

    /// `JSON_VALUE(a, path RETURNING INT NULL ON EMPTY ERROR ON ERROR)` and its kin. A returned
    /// type is a cast around the call.
    fn json(&mut self, function: Function) -> Result<(Function, Vec<Expr>), Problem> {
        let mut arguments = vec![self.expr()?];
        self.want_sign(",")?;
        arguments.push(self.expr()?);
        let returned = if self.take_word("RETURNING") { Some(self.data_type()?) } else { None };
        let mut wrapper = Wrapper::Without;
        if self.is_word("WITH") || self.is_word("WITHOUT") {
            let with = self.take_word("WITH");
            self.at += usize::from(!with);
            wrapper = match (with, self.take_word("CONDITIONAL")) {
                (false, _) => Wrapper::Without,
                (true, true) => Wrapper::Conditional,
                (true, false) => Wrapper::Unconditional,
            };
            self.take_word("UNCONDITIONAL");
            self.take_word("ARRAY");
            self.want_word("WRAPPER")?;
        }
        let unless = match function {
            Function::JsonExists(unless) => unless,
            _ => Nothing::Null,
        };
        let (mut empty, mut error) = (Nothing::Null, unless);
        while !self.is_sign(")") {
            let (nothing, default) = self.nothing()?;
            self.want_word("ON")?;
            if self.take_word("EMPTY") {
                empty = nothing;
            } else {
                self.want_word("ERROR")?;
                error = nothing;
            }
            arguments.extend(default);
        }
        self.want_sign(")")?;
        let function = match function {
            Function::JsonValue(..) => Function::JsonValue(empty, error, returned),
            Function::JsonExists(_) => Function::JsonExists(error),
            _ => Function::JsonQuery(wrapper, empty, error),
        };
        Ok((function, arguments))
    }

    /// `JSON_OBJECT(KEY 'a' VALUE b, …)`: names and values in turn.
    fn json_object(&mut self) -> Result<(Function, Vec<Expr>), Problem> {
        let mut arguments = Vec::new();
        loop {
            self.take_word("KEY");
            arguments.push(self.expr()?);
            self.want_word("VALUE")?;
            arguments.push(self.expr()?);
            if !self.take_sign(",") {
                self.want_sign(")")?;
                return Ok((Function::JsonObject, arguments));
            }
        }
    }

    /// What there is instead: `NULL`, `DEFAULT a`.
    fn nothing(&mut self) -> Result<(Nothing, Option<Expr>), Problem> {
        if self.take_word("DEFAULT") {
            return Ok((Nothing::Default, Some(self.expr()?)));
        }
        if self.take_word("EMPTY") {
            let is_object = self.take_word("OBJECT");
            if !is_object {
                self.want_word("ARRAY")?;
            }
            let empty = if is_object { Nothing::EmptyObject } else { Nothing::EmptyArray };
            return Ok((empty, None));
        }
        let words = [Nothing::Null, Nothing::Error, Nothing::True, Nothing::False];
        let found = words.into_iter().find(|it| self.take_word(it.word()));
        let unknown = || self.is_word("UNKNOWN").then_some(Nothing::Null);
        let found = found.or_else(unknown);
        self.at += usize::from(self.is_word("UNKNOWN"));
        found.map(|it| (it, None)).ok_or_else(|| self.expected("`NULL`, `ERROR` or `DEFAULT`"))
    }

    /// What stands behind `IS [NOT] JSON`.
    pub(super) fn is_json(&mut self, value: Expr, negated: bool) -> ExprKind {
        let kind = JsonKind::ALL.into_iter().find(|kind| self.take_word(kind.word()));
        let function = Function::IsJson(kind.unwrap_or(JsonKind::Value));
        self.negated(ExprKind::Call { function, arguments: vec![value] }, negated)
    }

    /// A condition, or its opposite.
    pub(super) fn negated(&self, kind: ExprKind, negated: bool) -> ExprKind {
        if !negated {
            return kind;
        }
        ExprKind::Unary(UnaryOp::Not, Expr::new(kind, self.last_span()).into())
    }

    /// What stands in parentheses: `(a)`; `(a - b) SECOND`; `(a, b) OVERLAPS (c, d)`, where one
    /// predicate may follow another (AWS SQL reference, "Temporal Predicates").
    pub(super) fn parenthesized(&mut self) -> Result<Expr, Problem> {
        let from = self.token().span;
        if self.take_word("PERIOD") && !self.is_sign("(") {
            return Err(self.expected("`(`"));
        }
        self.want_sign("(")?;
        let first = self.expr()?;
        if !self.take_sign(",") {
            self.want_sign(")")?;
            return self.qualified(first);
        }
        let mut left = [first, self.expr()?];
        self.want_sign(")")?;
        let mut all: Option<Expr> = None;
        while let Some(period) = self.take_period() {
            let (right, is_point) = self.period(period)?;
            let function = Function::Period(period);
            let arguments = left.iter().cloned().chain(right.iter().cloned()).collect();
            let next = self.node(ExprKind::Call { function, arguments }, from)?;
            let joined = match all {
                None => next,
                Some(before) => {
                    let kind = ExprKind::Binary(BinaryOp::And, before.into(), next.into());
                    self.node(kind, from)?
                }
            };
            all = Some(joined);
            let Ok(next_left) = <[Expr; 2]>::try_from(right) else { break };
            left = next_left;
            if is_point {
                break;
            }
        }
        all.ok_or_else(|| self.expected("`OVERLAPS`, `CONTAINS` or another word about periods"))
    }

    /// `(a - b) SECOND`: the difference of two moments, counted in a unit.
    fn qualified(&mut self, inner: Expr) -> Result<Expr, Problem> {
        let unit = function::Unit::ALL.into_iter().any(|unit| self.is_word(unit.word()));
        let Expr { kind: ExprKind::Binary(BinaryOp::Subtract, left, right), span, .. } = &inner
        else {
            return Ok(inner);
        };
        if !unit {
            return Ok(inner);
        }
        let arguments = vec![left.as_ref().clone(), right.as_ref().clone()];
        let span = *span;
        let (_, unit) = self.qualifier()?;
        self.node(ExprKind::Call { function: Function::Span(unit), arguments }, span)
    }

    /// The predicate about periods that stands here.
    fn take_period(&mut self) -> Option<Period> {
        let (period, words) = Period::ALL.into_iter().find(|(_, words)| {
            let (first, second) = words.split_once(' ').unwrap_or((words, ""));
            self.is_word(first)
                && (second.is_empty() || self.is_word_token(self.token_behind(), second))
        })?;
        self.at += words.split(' ').count();
        Some(period)
    }

    /// The period behind a predicate: two ends, or behind `CONTAINS` perhaps one moment.
    fn period(&mut self, period: Period) -> Result<(Vec<Expr>, bool), Problem> {
        let named = self.take_word("PERIOD");
        if !named && !self.is_sign("(") && period == Period::Contains {
            return Ok((vec![self.at_level(level::SUM)?], true));
        }
        self.want_sign("(")?;
        let mut ends = vec![self.expr()?];
        if period != Period::Contains || self.is_sign(",") {
            self.want_sign(",")?;
            ends.push(self.expr()?);
        }
        self.want_sign(")")?;
        let is_point = ends.len() == 1;
        Ok((ends, is_point))
    }

    /// Whether a row or period may begin here.
    pub(super) fn is_period(&self) -> bool {
        self.is_word("PERIOD") && self.token_behind().kind == TokenKind::Sign("(")
    }
}
