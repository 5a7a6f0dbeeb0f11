//! Making records: when they are born, their keys, their payloads.

pub mod arrival;
mod envelope;
pub mod key;
pub mod replay;
pub mod shape;
pub mod size;
pub mod source;
pub mod template;
