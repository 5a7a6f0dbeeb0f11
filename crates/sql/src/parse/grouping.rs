//! `GROUP BY` with several sets of keys: `GROUPING SETS`, `ROLLUP` and `CUBE`.

use super::{Parser, too_deep};
use crate::expr::Expr;
use crate::problem::Problem;

/// Most sets one item stands for: those of a cube of five keys.
const SETS_MAX: usize = 32;

/// An item of `GROUP BY`: its sets of keys.
type Sets = Vec<Vec<Expr>>;

/// The key an item is, if it is no more than that.
pub(super) fn plain_key(sets: &Sets) -> Option<Expr> {
    match &sets[..] {
        [keys] if keys.len() == 1 => keys.first().cloned(),
        _ => None,
    }
}

impl Parser<'_> {
    /// What stands behind `GROUP BY`.
    pub(super) fn grouping_items(&mut self) -> Result<Vec<Sets>, Problem> {
        let mut items = Vec::new();
        loop {
            self.grouping_item(&mut items)?;
            if !self.take_sign(",") {
                return Ok(items);
            }
        }
    }

    fn grouping_item(&mut self, items: &mut Vec<Sets>) -> Result<(), Problem> {
        let from = self.here();
        let is_call = self.token_behind().kind == super::lex::TokenKind::Sign("(");
        let sets = if is_call && self.take_word("ROLLUP") {
            let keys = self.key_lists()?;
            (0..=keys.len()).rev().map(|count| keys[..count].concat()).collect()
        } else if is_call && self.take_word("CUBE") {
            let keys = self.key_lists()?;
            if keys.len() > 5 {
                return Err(too_deep(from));
            }
            let chosen = |set: usize| {
                let kept = keys
                    .iter()
                    .enumerate()
                    .filter(|(at, _)| set & (1 << (keys.len() - 1 - at)) != 0);
                kept.flat_map(|(_, keys)| keys.clone()).collect()
            };
            (0..1_usize << keys.len()).rev().map(chosen).collect()
        } else if self.is_word("GROUPING") && self.is_word_token(self.token_behind(), "SETS") {
            self.at += 2;
            self.sets()?
        } else {
            vec![vec![self.expr()?]]
        };
        if sets.len() > SETS_MAX {
            return Err(too_deep(from));
        }
        items.push(sets);
        Ok(())
    }

    /// `((a, b), a, ())`.
    fn sets(&mut self) -> Result<Sets, Problem> {
        self.want_sign("(")?;
        let mut sets = Vec::new();
        loop {
            let mut inner = Vec::new();
            if self.is_sign("(") {
                inner.push(vec![self.key_list()?]);
            } else {
                self.descend()?;
                self.grouping_item(&mut inner)?;
                self.depth -= 1;
            }
            sets.extend(inner.concat());
            if !self.take_sign(",") {
                self.want_sign(")")?;
                return Ok(sets);
            }
        }
    }

    /// `(a, (b, c))`: keys that come and go together stand in parentheses.
    fn key_lists(&mut self) -> Result<Vec<Vec<Expr>>, Problem> {
        self.want_sign("(")?;
        let mut lists = Vec::new();
        loop {
            lists.push(if self.is_sign("(") { self.key_list()? } else { vec![self.expr()?] });
            if !self.take_sign(",") {
                self.want_sign(")")?;
                return Ok(lists);
            }
        }
    }

    /// `(a, b)` or `()`.
    fn key_list(&mut self) -> Result<Vec<Expr>, Problem> {
        self.want_sign("(")?;
        if self.take_sign(")") { Ok(Vec::new()) } else { self.list() }
    }
}
