//! Values and how often each is there, sorted. In pieces, so that coming and going costs little
//! even with a million of them.

use core::cmp::Ordering;

use crate::value::Value;

/// Most entries of a piece; a fuller one is cut in two.
const PIECE_MAX: usize = 512;

/// Values with their counts, ascending.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bag {
    /// None is empty.
    pieces: Vec<Vec<(Value, u64)>>,
    count: u64,
}

impl Bag {
    /// How many values, equal ones included.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// How many different values.
    #[must_use]
    pub fn distinct(&self) -> u64 {
        self.pieces.iter().map(|piece| piece.len() as u64).sum()
    }

    /// The smallest and the largest.
    #[must_use]
    pub fn ends(&self) -> Option<(&Value, &Value)> {
        let first = self.pieces.first()?.first()?;
        let last = self.pieces.last()?.last()?;
        Some((&first.0, &last.0))
    }

    /// Values with their counts, ascending.
    pub fn iter(&self) -> impl Iterator<Item = (&Value, u64)> {
        self.pieces.iter().flatten().map(|(value, count)| (value, *count))
    }

    /// The values there are most of, at most so many; of equals the smaller first.
    #[must_use]
    pub fn top(&self, most: u32) -> Vec<(&Value, u64)> {
        let mut all: Vec<(&Value, u64)> = self.iter().collect();
        base::order::sort_by(&mut all, |a, b| b.1.cmp(&a.1));
        all.truncate(most as usize);
        all
    }

    /// Puts one in, or so many; how many of it there were before.
    pub fn add(&mut self, value: &Value, times: u64) -> u64 {
        self.count += times;
        let piece = self.piece_of(value);
        let Some(entries) = self.pieces.get_mut(piece) else {
            self.pieces.push(vec![(value.clone(), times)]);
            return 0;
        };
        match entries.binary_search_by(|it| it.0.order(value)) {
            Ok(at) => {
                let before = entries[at].1;
                entries[at].1 += times;
                before
            }
            Err(at) => {
                entries.insert(at, (value.clone(), times));
                if entries.len() > PIECE_MAX {
                    let upper = entries.split_off(PIECE_MAX / 2);
                    self.pieces.insert(piece + 1, upper);
                }
                0
            }
        }
    }

    /// Takes one out; how many of it are left, none when it was not there.
    pub fn remove(&mut self, value: &Value) -> Option<u64> {
        let piece = self.piece_of(value);
        let entries = self.pieces.get_mut(piece)?;
        let at = entries.binary_search_by(|it| it.0.order(value)).ok()?;
        self.count -= 1;
        entries[at].1 -= 1;
        let left = entries[at].1;
        if left == 0 {
            entries.remove(at);
            if entries.is_empty() {
                self.pieces.remove(piece);
            }
        }
        Some(left)
    }

    /// The piece a value is in or belongs into: the last that begins with it or before it.
    fn piece_of(&self, value: &Value) -> usize {
        let begins_before = |piece: &Vec<(Value, u64)>| {
            piece.first().is_some_and(|it| it.0.order(value) != Ordering::Greater)
        };
        self.pieces.partition_point(begins_before).saturating_sub(1)
    }
}
