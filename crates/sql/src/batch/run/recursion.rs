//! Queries that name themselves: each round makes rows of those of the round before.

use super::key::key_of;
use super::{Made, Run};
use crate::batch::Line;
use crate::batch::plan::Recursion;
use crate::exec::key::KeyMap;
use crate::limits::ROUNDS_MAX;
use crate::problem::Problem;

impl Run<'_> {
    /// All rows of all rounds.
    pub(super) fn recursion(&self, recursion: &Recursion) -> Made<Vec<Line>> {
        let Recursion { number, first, again, all, inside, span } = recursion;
        let mut seen: KeyMap<()> = KeyMap::default();
        let mut new = |mut rows: Vec<Line>| {
            rows.retain(|row| *all || seen.insert(key_of(row), ()).is_none());
            rows
        };
        let mut latest = new(self.rows(first, &[])?);
        let mut found = latest.clone();
        for _ in 0..ROUNDS_MAX {
            if latest.is_empty() {
                return Ok(found);
            }
            *self.commons[*number].borrow_mut() = Some(latest);
            self.forget(*inside);
            latest = new(self.rows(again, &[])?);
            found.extend(latest.iter().cloned());
            self.spend(latest.len(), *span)?;
            self.bound(found.len(), latest.first().map_or(0, |it| it.len()), *span)?;
        }
        let message = format!("After {ROUNDS_MAX} rounds there are still new rows");
        let help = "Write a WHERE that ends it, such as WHERE n < 100";
        Err(Problem::new("SQL-178", *span, message, help))
    }

    /// What was found about the rows of the round before.
    fn forget(&self, inside: (usize, usize)) {
        self.commons[inside.0..inside.1].iter().for_each(|it| *it.borrow_mut() = None);
        self.answered.iter().for_each(|it| it.borrow_mut().clear());
        self.indexes.iter().for_each(|it| *it.borrow_mut() = None);
        self.kept.set(0);
    }
}
