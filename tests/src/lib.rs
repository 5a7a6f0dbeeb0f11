//! What the tests share: random scenarios, the promises every run keeps, and our own sources.

pub mod bench;
pub mod generate;
pub mod golden;
mod roles;
mod shipping;
pub mod shrink;
pub mod source;
mod unrest;
pub mod vopr;

/// What native runs convert and compress with.
pub const FORMATS: engine::Formats = engine::Formats::new(formats::call);
