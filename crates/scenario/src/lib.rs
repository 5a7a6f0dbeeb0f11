//! The scenario document: what a person drew, as plain data.
//!
//! Kinds with their settings and ports, edits, validation, the file format with migrations, data
//! sets and the link codec. Nothing here runs: no engine, no pixels, no mouse.

pub mod data;
pub mod document;
pub mod edit;
pub mod endpoint;
pub mod filter;
pub mod format;
pub mod kind;
pub mod limits;
pub mod link;
pub mod migrate;
pub mod pattern;
pub mod policy;
pub mod ports;
pub mod price;
pub mod raw;
pub mod reference;
pub mod script;
pub mod template;
pub mod validate;

pub use data::{DataSet, DataSets};
pub use document::{Document, Edge, End, Node, Point};
pub use edit::{Edit, Reach};
pub use kind::{Config, KindSpec};
pub use script::{Action, Fault, FaultKind, KmsFault, Scheduled};

#[cfg(test)]
mod examples_tests;
