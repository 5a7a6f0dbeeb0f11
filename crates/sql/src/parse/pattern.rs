//! `MATCH_RECOGNIZE`, clause by clause.

use super::Parser;
use crate::ast::pattern::{AfterMatch, MatchRecognize, PatternItem};
use crate::expr::ExprKind;
use crate::problem::Problem;
use crate::value::Value;

impl Parser<'_> {
    /// What stands behind `MATCH_RECOGNIZE`.
    pub(super) fn match_recognize(&mut self) -> Result<MatchRecognize, Problem> {
        let from = self.here();
        self.want_sign("(")?;
        let partition = self.partition_by()?;
        let order = self.order_by()?;
        let mut measures = Vec::new();
        if self.take_word("MEASURES") {
            loop {
                let expr = self.expr()?;
                self.want_word("AS")?;
                measures.push((expr, self.name("the name of a measure")?));
                if !self.take_sign(",") {
                    break;
                }
            }
        }
        if self.take_word("ONE") {
            ["ROW", "PER", "MATCH"].iter().try_for_each(|word| self.want_word(word))?;
        }
        let after =
            if self.take_word("AFTER") { self.after_match()? } else { AfterMatch::ToNextRow };
        self.want_word("PATTERN")?;
        self.want_sign("(")?;
        let mut pattern = vec![self.pattern_item()?];
        while !self.take_sign(")") {
            pattern.push(self.pattern_item()?);
        }
        let within = if self.take_word("WITHIN") { Some(self.expr()?) } else { None };
        let mut define = Vec::new();
        if self.take_word("DEFINE") {
            loop {
                let variable = self.name("a variable of the pattern")?;
                self.want_word("AS")?;
                define.push((variable, self.expr()?));
                if !self.take_sign(",") {
                    break;
                }
            }
        }
        self.want_sign(")")?;
        let span = self.since(from);
        Ok(MatchRecognize { partition, order, measures, after, pattern, within, define, span })
    }

    fn after_match(&mut self) -> Result<AfterMatch, Problem> {
        self.want_word("MATCH")?;
        self.want_word("SKIP")?;
        if self.take_word("PAST") {
            self.want_word("LAST")?;
            self.want_word("ROW")?;
            return Ok(AfterMatch::PastLastRow);
        }
        self.want_word("TO")?;
        if self.take_word("NEXT") {
            self.want_word("ROW")?;
            return Ok(AfterMatch::ToNextRow);
        }
        if self.take_word("FIRST") {
            return self.name("a variable of the pattern").map(AfterMatch::ToFirst);
        }
        self.take_word("LAST");
        self.name("a variable of the pattern").map(AfterMatch::ToLast)
    }

    /// `A`, `A+`, `A*?`, `A{2,3}`.
    fn pattern_item(&mut self) -> Result<PatternItem, Problem> {
        let from = self.here();
        let variable = self.name("a variable of the pattern")?;
        let (least, most) = if self.take_sign("+") {
            (1, None)
        } else if self.take_sign("*") {
            (0, None)
        } else if self.take_sign("?") {
            (0, Some(1))
        } else if self.take_sign("{") {
            let least = if self.is_sign(",") { 0 } else { self.times()? };
            let most = if !self.take_sign(",") {
                Some(least)
            } else if self.is_sign("}") {
                None
            } else {
                Some(self.times()?)
            };
            self.want_sign("}")?;
            (least, most)
        } else {
            (1, Some(1))
        };
        let reluctant = self.take_sign("?");
        Ok(PatternItem { variable, least, most, reluctant, span: self.since(from) })
    }

    fn times(&mut self) -> Result<u32, Problem> {
        let place = self.here();
        match self.number()? {
            ExprKind::Literal(Value::Integer(it)) if it <= 1_000 => {
                Ok(u32::try_from(it).unwrap_or_default())
            }
            _ => {
                let message = "This is no number of rows";
                Err(Problem::new("SQL-033", place, message, "Write 0 to 1000"))
            }
        }
    }
}
