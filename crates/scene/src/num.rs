//! Whole numbers to pixels and back: the only casts of this crate.

/// A count as a coordinate; exact up to 2^53, which no drawn number passes.
#[expect(clippy::cast_precision_loss, reason = "pixels need no more than 53 bits")]
pub(crate) fn float(n: u64) -> f64 {
    n as f64
}

/// The length of a list as a coordinate.
#[expect(clippy::cast_precision_loss, reason = "pixels need no more than 53 bits")]
pub(crate) fn len(n: usize) -> f64 {
    n as f64
}

/// The length of a list as a number to be said.
pub(crate) fn count(n: usize) -> u64 {
    n.try_into().unwrap_or(u64::MAX)
}

/// How many whole times something fits; zero for what is not a positive number.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "float casts saturate, and lists are shorter than 2^32"
)]
pub(crate) fn whole(n: f64) -> usize {
    n.max(0.0) as usize
}

/// A coordinate of the document, rounded to its grid of whole units.
#[expect(clippy::cast_possible_truncation, reason = "float casts saturate")]
pub(crate) fn grid(n: f64) -> i32 {
    n.round() as i32
}
