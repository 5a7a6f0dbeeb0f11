//! Numbers that were seen: one bit each.

/// A set of numbers from zero on, most of which are in it.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    words: Vec<u64>,
    pub(super) count: u64,
}

impl Seen {
    /// Whether the number is a new one.
    pub(super) fn insert(&mut self, number: u64) -> bool {
        let at = usize::try_from(number / 64).expect("a run has far less than 2^37 records");
        if self.words.len() <= at {
            self.words.resize(at + 1, 0);
        }
        let bit = 1 << (number % 64);
        let is_new = self.words[at] & bit == 0;
        self.words[at] |= bit;
        self.count += u64::from(is_new);
        is_new
    }

    /// Bytes of memory, about.
    pub(super) fn memory(&self) -> u64 {
        8 * self.words.len() as u64
    }
}
