//! Sliding windows.

use super::Parser;
use super::lex::TokenKind;
use super::operator::level;
use crate::ast::{Bound, Exclude, Frame, FrameUnit, NamedWindow, Over, WindowSpec};
use crate::expr::{Expr, Span};
use crate::problem::Problem;

impl Parser<'_> {
    /// What stands behind `OVER`.
    pub(super) fn over(&mut self) -> Result<Over, Problem> {
        if self.is_sign("(") {
            return Ok(Over::Inline(self.window_spec()?.into()));
        }
        let span = self.token().span;
        Ok(Over::Named(self.name("a window: its name or `(`")?, span))
    }

    /// `w AS (…), v AS (…)`.
    pub(super) fn named_windows(&mut self) -> Result<Vec<NamedWindow>, Problem> {
        let mut windows = Vec::new();
        loop {
            let name = self.name("the name of a window")?;
            self.want_word("AS")?;
            windows.push(NamedWindow { name, spec: self.window_spec()? });
            if !self.take_sign(",") {
                return Ok(windows);
            }
        }
    }

    fn window_spec(&mut self) -> Result<WindowSpec, Problem> {
        let from = self.token().span;
        self.want_sign("(")?;
        let begins = ["PARTITION", "ORDER", "RANGE", "ROWS", "GROUPS"];
        let named = self.dialect.is_finite()
            && !self.is_sign(")")
            && !begins.iter().any(|word| self.is_word(word));
        let base = if named { Some(self.name("the name of a window")?) } else { None };
        let partition = self.partition_by()?;
        let order = self.order_by()?;
        let frame = self.frame()?;
        self.want_sign(")")?;
        Ok(WindowSpec { base, partition, order, frame, span: from.to(self.last_span()) })
    }

    /// `PARTITION BY a, b`, which may be left out.
    pub(super) fn partition_by(&mut self) -> Result<Vec<Expr>, Problem> {
        if !self.take_word("PARTITION") {
            return Ok(Vec::new());
        }
        self.want_word("BY")?;
        self.exprs()
    }

    fn frame(&mut self) -> Result<Option<Frame>, Problem> {
        let from = self.token().span;
        let unit = if self.take_word("RANGE") {
            FrameUnit::Range
        } else if self.take_word("ROWS") {
            FrameUnit::Rows
        } else if self.dialect.is_finite() && self.take_word("GROUPS") {
            FrameUnit::Groups
        } else {
            return Ok(None);
        };
        let between = self.take_word("BETWEEN");
        let start = self.bound()?;
        let end = if between {
            self.want_word("AND")?;
            self.bound()?
        } else {
            Bound::CurrentRow
        };
        let exclude = self.exclude()?;
        Ok(Some(Frame { unit, start, end, exclude, span: from.to(self.last_span()) }))
    }

    /// `EXCLUDE TIES`, which may be left out.
    fn exclude(&mut self) -> Result<Exclude, Problem> {
        if !self.dialect.is_finite() || !self.take_word("EXCLUDE") {
            return Ok(Exclude::NoOthers);
        }
        let found = Exclude::ALL
            .into_iter()
            .find(|(_, words)| words.split(' ').next().is_some_and(|first| self.take_word(first)));
        let (exclude, words) = found.ok_or_else(|| self.expected("`CURRENT ROW` or `TIES`"))?;
        words.split(' ').nth(1).map_or(Ok(()), |second| self.want_word(second))?;
        Ok(exclude)
    }

    fn bound(&mut self) -> Result<Bound, Problem> {
        if self.take_word("CURRENT") {
            self.want_word("ROW")?;
            return Ok(Bound::CurrentRow);
        }
        if self.take_word("UNBOUNDED") {
            return Ok(match self.direction()? {
                Direction::Preceding => Bound::UnboundedPreceding,
                Direction::Following => Bound::UnboundedFollowing,
            });
        }
        let distance = self.at_level(level::SUM)?;
        Ok(match self.direction()? {
            Direction::Preceding => Bound::Preceding(distance),
            Direction::Following => Bound::Following(distance),
        })
    }

    fn direction(&mut self) -> Result<Direction, Problem> {
        if self.take_word("PRECEDING") {
            return Ok(Direction::Preceding);
        }
        if self.take_word("FOLLOWING") {
            return Ok(Direction::Following);
        }
        Err(self.expected("`PRECEDING` or `FOLLOWING`"))
    }

    /// Where the tokens since a place stand.
    pub(super) fn since(&self, from: Span) -> Span {
        from.to(self.last_span())
    }

    /// Whether a word stands here, and a parenthesis opens behind it.
    pub(super) fn opens_behind(&self, word: &str) -> bool {
        self.is_word(word) && self.token_behind().kind == TokenKind::Sign("(")
    }

    /// Whether a parenthesis opens here, and a word stands in it.
    pub(super) fn opens_with(&self, word: &str) -> bool {
        self.token().kind == TokenKind::Sign("(") && self.is_word_token(self.token_behind(), word)
    }
}

enum Direction {
    Preceding,
    Following,
}
