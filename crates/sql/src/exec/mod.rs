//! Queries at work: rows go through a graph of operators, and time goes with them.
//!
//! An operator is told two things: a row came ([`Operator::push`]), and no row before this moment
//! will come any more ([`Operator::advance`]). What it says goes the same way: rows, clocks and
//! faults, in order. A clock of `t` promises that every row still to come has a time of `t` or
//! later. A rowtime bound of the Kinesis dialect is that; a watermark of Flink is it one
//! millisecond earlier, because rows at the watermark are late already.
//!
//! State is plain data: a graph can be cloned at any moment and goes on as the first one does.
//! Nothing goes in the order of a hash, and everything is bounded ([`crate::limits`]).

pub mod calls;
pub mod forest;
pub mod graph;
mod groups;
pub mod join;
pub mod key;
pub mod lasting;
pub mod operator;
pub mod output;
pub mod sessions;
pub mod track;
pub mod width;

use std::sync::Arc;

use crate::eval;
use crate::expr::{Name, TIME_SLOT};
use crate::rules::Rules;
use crate::value::Value;

pub use graph::{Emitted, Graph, NodeId, On, SinkId};
pub use lasting::Lasting;
pub use operator::{Node, Operator};
pub use output::{Event, Failure, Output};
pub use track::{Late, Track, Window};

/// What a row does to the rows before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// It is new.
    Insert,
    /// It is what an update takes away.
    UpdateBefore,
    /// It is what an update puts in its place.
    UpdateAfter,
    /// It takes a row away.
    Delete,
}

/// A row on its way. Cloning it costs a count: its values are shared.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// What it does to the rows before it; the Kinesis dialect only inserts.
    pub op: Op,
    /// Its time in microseconds since 1970: `ROWTIME`, or the time attribute.
    pub time: i64,
    /// Its values, by the index of the column.
    pub values: Arc<[Value]>,
    /// What its dialect answers about values.
    pub rules: &'static Rules,
}

impl Op {
    /// As Flink's changelog writes it.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Insert => "+I",
            Self::UpdateBefore => "-U",
            Self::UpdateAfter => "+U",
            Self::Delete => "-D",
        }
    }

    /// Whether it puts a row there, rather than taking one away.
    #[must_use]
    pub fn adds(self) -> bool {
        matches!(self, Self::Insert | Self::UpdateAfter)
    }
}

impl Row {
    /// A new row of the Kinesis dialect.
    #[must_use]
    pub fn insert(time: i64, values: impl Into<Arc<[Value]>>) -> Self {
        Self { op: Op::Insert, time, values: values.into(), rules: &Rules::KINESIS }
    }

    /// A new row of the Flink dialect.
    #[must_use]
    pub fn flink(time: i64, values: impl Into<Arc<[Value]>>) -> Self {
        Self { rules: &Rules::FLINK, ..Self::insert(time, values) }
    }

    /// About how many bytes it has: texts what they are, everything else eight.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        let bytes = |value: &Value| match value {
            Value::Text(text) => text.len(),
            Value::Bytes(bytes) => bytes.len(),
            _ => 8,
        };
        self.values.iter().map(bytes).sum::<usize>() as u64
    }

    /// The same moment and the same change with other values.
    #[must_use]
    pub fn with(&self, values: impl Into<Arc<[Value]>>) -> Self {
        Self { values: values.into(), ..self.clone() }
    }
}

impl eval::Row for Row {
    /// Names are bound before rows come.
    fn column(&self, _path: &[Name]) -> Value {
        Value::Null
    }

    fn slot(&self, index: u32) -> Value {
        if index == TIME_SLOT {
            return Value::Timestamp(self.time);
        }
        self.values.get(index as usize).cloned().unwrap_or(Value::Null)
    }

    fn now_micros(&self) -> i64 {
        self.time
    }

    fn rules(&self) -> &'static Rules {
        self.rules
    }
}
