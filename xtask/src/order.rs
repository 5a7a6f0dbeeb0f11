//! In which order the functions of a module compress best.
//!
//! Gzip finds a piece again when it came within the last 32 KiB, and the code is twenty times as
//! long. So each function follows those that it repeats most of, for its length; docs/budgets.md
//! says what that is worth.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Bytes that count as a piece.
const PIECE_BYTES: usize = 6;
/// A piece that more functions have tells little about any.
const HOLDERS_MAX: usize = 100;
/// How far is looked back: less than gzip does, for what is near costs less.
const WINDOW_BYTES: usize = 24_000;
/// What a function costs beside what it repeats.
const FUNCTION_BYTES: usize = 30;

/// The bodies as they were written last, and what all others repeat of them.
struct Window {
    /// The functions that have a piece, by piece.
    holders: Vec<Vec<usize>>,
    /// The pieces of a function.
    pieces: Vec<Vec<usize>>,
    /// The length of a function.
    bytes: Vec<usize>,
    /// The functions within, the oldest first.
    within: VecDeque<usize>,
    /// How many functions within have a piece.
    seen: Vec<u32>,
    /// How many pieces of a function are within.
    repeated: Vec<u64>,
}

/// The places of the bodies in the order to write them.
pub(crate) fn order(bodies: &[&[u8]]) -> Vec<usize> {
    let mut window = Window::new(bodies);
    let mut open: BTreeSet<usize> = (0..bodies.len()).collect();
    let mut order = Vec::with_capacity(bodies.len());
    while let Some(&body) = open.iter().max_by_key(|&&body| (window.gain(body), usize::MAX - body))
    {
        open.remove(&body);
        window.push(body);
        order.push(body);
    }
    order
}

impl Window {
    fn new(bodies: &[&[u8]]) -> Self {
        let mut all: BTreeMap<&[u8], BTreeSet<usize>> = BTreeMap::new();
        for (body, code) in bodies.iter().enumerate() {
            for piece in code.windows(PIECE_BYTES) {
                all.entry(piece).or_default().insert(body);
            }
        }
        let shared = all.into_values().filter(|it| (2..=HOLDERS_MAX).contains(&it.len()));
        let holders: Vec<Vec<usize>> = shared.map(|it| it.into_iter().collect()).collect();
        let mut pieces = vec![Vec::new(); bodies.len()];
        for (piece, holders) in holders.iter().enumerate() {
            for &body in holders {
                pieces[body].push(piece);
            }
        }
        Self {
            seen: vec![0; holders.len()],
            holders,
            pieces,
            bytes: bodies.iter().map(|code| code.len()).collect(),
            within: VecDeque::new(),
            repeated: vec![0; bodies.len()],
        }
    }

    /// Favours what repeats much, and what repeats a large share of itself.
    fn gain(&self, body: usize) -> u128 {
        let (repeated, bytes) = (u128::from(self.repeated[body]), self.bytes[body]);
        (repeated.pow(3) << 32) / ((bytes + FUNCTION_BYTES) as u128).pow(2)
    }

    fn push(&mut self, body: usize) {
        self.within.push_back(body);
        for &piece in &self.pieces[body] {
            self.seen[piece] += 1;
            if self.seen[piece] == 1 {
                for &holder in &self.holders[piece] {
                    self.repeated[holder] += 1;
                }
            }
        }
        let mut bytes: usize = self.within.iter().map(|&body| self.bytes[body]).sum();
        while bytes > WINDOW_BYTES
            && self.within.len() > 1
            && let Some(oldest) = self.within.pop_front()
        {
            bytes -= self.bytes[oldest];
            for &piece in &self.pieces[oldest] {
                self.seen[piece] -= 1;
                if self.seen[piece] == 0 {
                    for &holder in &self.holders[piece] {
                        self.repeated[holder] -= 1;
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::order;

    /// Each body is written once, the same way each time, and like follows like.
    #[test]
    fn an_order_is_a_permutation_and_always_the_same() {
        let bodies: [&[u8]; 10] = [
            b"local.get 0 i32.add end",
            b"",
            b"call 7 drop return",
            b"local.get 0 i32.add end",
            b"end",
            b"f64.const 1 f64.mul end",
            b"call 7 drop return call 9",
            b"f64.const 1 f64.mul f64.sqrt end",
            b"",
            b"unreachable",
        ];
        let first = order(&bodies);
        let mut places = first.clone();
        places.sort_unstable();
        assert_eq!(places, (0..bodies.len()).collect::<Vec<_>>());
        assert_eq!(order(&bodies), first);
        let at = |body: usize| first.iter().position(|it| *it == body).expect("it is there");
        for (one, other) in [(0, 3), (2, 6), (5, 7)] {
            assert_eq!(at(one).abs_diff(at(other)), 1, "{one} and {other} repeat each other");
        }
        assert!(order(&[]).is_empty());
    }
}
