//! Bytes other programs read and write inside a record's data.

pub(crate) mod http;
pub mod kpl;
mod protobuf;
