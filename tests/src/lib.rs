//! What the tests share: random scenarios, the promises every run keeps, and our own sources.

pub mod bench;
mod flink;
pub mod generate;
pub mod golden;
pub mod queries;
mod roles;
mod shipping;
pub mod shrink;
pub mod source;
mod unrest;
pub mod vopr;

/// What native runs convert and compress with.
pub const FORMATS: engine::Formats = engine::Formats::new(formats::call);
