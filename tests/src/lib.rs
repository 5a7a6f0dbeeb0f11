//! What the tests share: reading our own sources.

pub mod source;
