//! What the tests share: random scenarios and our own sources.

pub mod generate;
pub mod source;
