//! `DISTINCT`, `UNION` and its kin.

use super::key::key_of;
use super::{Made, Run};
use crate::ast::query::SetOp;
use crate::batch::Line;
use crate::batch::plan::Set;
use crate::exec::key::KeyMap;
use crate::expr::Expr;
use crate::value::Value;

/// The first of equal rows.
pub(super) fn distinct(rows: Vec<Line>) -> Vec<Line> {
    let mut seen: KeyMap<()> = KeyMap::default();
    let mut kept = rows;
    kept.retain(|row| seen.insert(key_of(row), ()).is_none());
    kept
}

impl Run<'_> {
    /// The first row for each value of these.
    pub(super) fn first_of_each(
        &self,
        rows: Vec<Line>,
        keys: &[Expr],
        arguments: &[Value],
    ) -> Made<Vec<Line>> {
        let (mut seen, mut kept) = (KeyMap::<()>::default(), Vec::new());
        for row in rows {
            let key = self.values(keys, &row, arguments)?;
            if seen.insert(key_of(&key), ()).is_none() {
                kept.push(row);
            }
        }
        Ok(kept)
    }

    /// The rows of two steps. With `ALL` as often as both have them, or as the second leaves them.
    pub(super) fn set(&self, set: &Set, arguments: &[Value]) -> Made<Vec<Line>> {
        let mut left = self.rows(&set.left, arguments)?;
        let right = self.rows(&set.right, arguments)?;
        self.spend(left.len() + right.len(), set.span)?;
        if set.op == SetOp::Union {
            let width = left.first().or(right.first()).map_or(0, |it| it.len());
            self.bound(left.len() + right.len(), width, set.span)?;
            left.extend(right);
            return Ok(if set.all { left } else { distinct(left) });
        }
        let mut counts: KeyMap<usize> = KeyMap::default();
        for row in &right {
            *counts.entry(key_of(row)).or_default() += 1;
        }
        let left = if set.all { left } else { distinct(left) };
        let mut kept = Vec::new();
        for row in left {
            let count = counts.get_mut(&key_of(&row)).filter(|it| **it > 0);
            let shared = count.is_some();
            if let Some(count) = count {
                *count -= usize::from(set.all);
            }
            if shared == (set.op == SetOp::Intersect) {
                kept.push(row);
            }
        }
        Ok(kept)
    }
}
