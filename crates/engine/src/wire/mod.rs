//! Bytes other programs read and write inside a record's data.

pub mod kpl;
mod protobuf;
