//! A queue of fixed capacity that forgets its oldest entry.

use std::collections::VecDeque;

/// Keeps the newest `capacity` entries, oldest first.
#[derive(Clone, Debug)]
pub struct Ring<T> {
    entries: VecDeque<T>,
    capacity: u32,
}

impl<T> Ring<T> {
    /// An empty ring; allocates on first use.
    #[must_use]
    pub fn new(capacity: u32) -> Self {
        Self { entries: VecDeque::new(), capacity }
    }

    /// Adds the newest entry and returns the one forgotten for it, if any.
    pub fn push(&mut self, entry: T) -> Option<T> {
        let full = self.entries.len() >= self.capacity as usize;
        let forgotten = if full { self.entries.pop_front() } else { None };
        if self.capacity > 0 {
            self.entries.push_back(entry);
        }
        forgotten
    }

    /// Oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> + ExactSizeIterator {
        self.entries.iter()
    }

    /// Oldest first, to be changed in place.
    pub fn iter_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut T> {
        self.entries.iter_mut()
    }

    /// The newest entry.
    #[must_use]
    pub fn last(&self) -> Option<&T> {
        self.entries.back()
    }

    /// The newest entry, to be changed in place.
    pub fn last_mut(&mut self) -> Option<&mut T> {
        self.entries.back_mut()
    }

    /// Removes the oldest entry.
    pub fn pop_oldest(&mut self) -> Option<T> {
        self.entries.pop_front()
    }

    /// How many entries are held.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether nothing is held.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.entries.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forgets_the_oldest() {
        let mut ring = Ring::new(2);
        assert_eq!(ring.push(1), None);
        assert_eq!(ring.push(2), None);
        assert_eq!(ring.push(3), Some(1));
        assert_eq!(ring.iter().copied().collect::<Vec<_>>(), [2, 3]);
    }
}
