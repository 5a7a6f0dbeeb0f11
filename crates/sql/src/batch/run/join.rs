//! Rows side by side: by keys where something must be equal, otherwise each with each.

use core::iter::repeat_n;
use std::rc::Rc;

use super::key::key_of;
use super::{Made, Run};
use crate::ast::query::JoinKind;
use crate::batch::Line;
use crate::batch::plan::{Apply, Join, Lookup};
use crate::exec::key::{Key, KeyMap};
use crate::expr::Expr;
use crate::value::Value;

/// Rows by their keys.
pub(super) struct Index {
    rows: Vec<Line>,
    places: Rc<KeyMap<Vec<usize>>>,
}

impl Run<'_> {
    pub(super) fn join(&self, join: &Join, arguments: &[Value]) -> Made<Vec<Line>> {
        let left = self.rows(&join.left, arguments)?;
        let right = self.rows(&join.right, arguments)?;
        let keys: Vec<&Expr> = join.keys.iter().map(|it| &it.1).collect();
        let index = match keys[..] {
            [] => None,
            _ => Some(self.index(&right, &keys, arguments)?),
        };
        let all: Vec<usize> = (0..right.len()).collect();
        let keys: Vec<&Expr> = join.keys.iter().map(|it| &it.0).collect();
        let (mut out, mut paired) = (Vec::new(), vec![false; right.len()]);
        let width = (join.widths.0 + join.widths.1) as usize;
        for row in &left {
            let found = match &index {
                None => &all[..],
                Some(index) => {
                    let key = self.key(&keys, row, arguments)?;
                    key.and_then(|it| index.get(&it)).map_or(&[][..], |it| it)
                }
            };
            self.spend(found.len(), join.span)?;
            let before = out.len();
            for place in found {
                let both: Line = row.iter().chain(&*right[*place]).cloned().collect();
                if self.all_hold(&join.conditions, &both, arguments)? {
                    paired[*place] = true;
                    out.push(both);
                }
            }
            if out.len() == before && matches!(join.kind, JoinKind::Left | JoinKind::Full) {
                let nothing = repeat_n(Value::Null, join.widths.1 as usize);
                out.push(row.iter().cloned().chain(nothing).collect());
            }
            self.bound(out.len(), width, join.span)?;
        }
        if matches!(join.kind, JoinKind::Right | JoinKind::Full) {
            for (row, _) in right.iter().zip(&paired).filter(|it| !it.1) {
                let nothing = repeat_n(Value::Null, join.widths.0 as usize);
                out.push(nothing.chain(row.iter().cloned()).collect());
            }
            self.bound(out.len(), width, join.span)?;
        }
        Ok(out)
    }

    /// Each row beside those a query gives for it.
    pub(super) fn apply(&self, apply: &Apply, arguments: &[Value]) -> Made<Vec<Line>> {
        let width = (apply.widths.0 + apply.widths.1) as usize;
        let mut out = Vec::new();
        for row in self.rows(&apply.left, arguments)? {
            let given = self.values(&apply.arguments, &row, arguments)?;
            let found = self.rows(&apply.right, &given)?;
            self.spend(found.len(), apply.span)?;
            let before = out.len();
            for other in found {
                let both: Line = row.iter().chain(&*other).cloned().collect();
                if self.all_hold(&apply.conditions, &both, arguments)? {
                    out.push(both);
                }
            }
            if out.len() == before && apply.keeps {
                let nothing = repeat_n(Value::Null, apply.widths.1 as usize);
                out.push(row.iter().cloned().chain(nothing).collect());
            }
            self.bound(out.len(), width, apply.span)?;
        }
        Ok(out)
    }

    /// The key of a row; none when a part of it is NULL, which equals nothing.
    fn key(&self, exprs: &[&Expr], row: &[Value], arguments: &[Value]) -> Made<Option<Key>> {
        let mut values = Vec::with_capacity(exprs.len());
        for expr in exprs {
            let value = self.value(expr, row, arguments)?;
            if value == Value::Null {
                return Ok(None);
            }
            values.push(value);
        }
        Ok(Some(key_of(&values)))
    }

    fn index(
        &self,
        rows: &[Line],
        keys: &[&Expr],
        arguments: &[Value],
    ) -> Made<KeyMap<Vec<usize>>> {
        let mut index: KeyMap<Vec<usize>> = KeyMap::default();
        for (place, row) in rows.iter().enumerate() {
            if let Some(key) = self.key(keys, row, arguments)? {
                index.entry(key).or_default().push(place);
            }
        }
        Ok(index)
    }

    /// Rows of a table whose keys are as the arguments say: they are looked through once.
    pub(super) fn looked_up(&self, lookup: &Lookup, arguments: &[Value]) -> Made<Vec<Line>> {
        let cell = &self.indexes[lookup.number];
        if cell.borrow().is_none() {
            let rows = self.rows(&lookup.from, &[])?;
            let keys: Vec<&Expr> = lookup.keys.iter().collect();
            let places = Rc::new(self.index(&rows, &keys, &[])?);
            *cell.borrow_mut() = Some(Index { rows, places });
        }
        let with: Vec<&Expr> = lookup.with.iter().collect();
        let Some(key) = self.key(&with, &[], arguments)? else { return Ok(Vec::new()) };
        let borrowed = cell.borrow();
        let Some(index) = &*borrowed else { return Ok(Vec::new()) };
        let places = index.places.get(&key).map_or(&[][..], |it| it);
        let rows = places.iter().map(|it| index.rows[*it].clone()).collect::<Vec<Line>>();
        self.spend(rows.len(), lookup.keys.first().map_or_else(Default::default, |it| it.span))?;
        Ok(rows)
    }
}
