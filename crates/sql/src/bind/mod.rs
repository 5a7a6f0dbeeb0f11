//! From statements to operators: names looked up, types checked, operators wired.

pub mod flink;
