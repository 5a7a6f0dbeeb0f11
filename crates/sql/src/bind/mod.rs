//! From statements to operators: names looked up, types checked, operators wired. One folder for
//! each dialect.

pub mod flink;
pub mod kinesis;
