//! A script that runs: records go in one by one, and rows come out when they are due.
//!
//! All of it is plain data: a running script can be cloned at any moment, and the clone goes on as
//! the first one does. A checkpoint is such a clone.

mod door;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use self::door::{Door, Reader};
use crate::ast::{ColumnDef, CreateStream, ObjectName, Script, Statement, StatementKind};
use crate::bind::{flink, kinesis};
use crate::dialect::Dialect;
use crate::exec::{Graph, On, Row};
use crate::expr::{Name, Span};
use crate::feed::json_of;
use crate::input::Schema;
use crate::parse::parse_script;
use crate::print::text_of;
use crate::problem::Problem;
use crate::types::DataType;
use crate::value::Value;

pub use crate::bind::kinesis::{Column, ReferenceTable};
pub use crate::exec::track::{Late, Track, Window};

/// The source of a SQL application (facts, analytics §1.1).
#[derive(Clone, Debug)]
pub struct Source {
    /// What its streams are called, with `_001`, `_002`, … behind it.
    pub prefix: String,
    /// How many streams there are, 1 to 64: the shards of the source are shared out among them.
    pub parallelism: u32,
    /// What its records look like.
    pub schema: Schema,
    /// Whether records come from shards: a Firehose stream has none.
    pub has_shards: bool,
}

/// Records go in here.
#[derive(Clone, Debug)]
pub struct Input {
    /// The stream or table.
    pub name: String,
    /// Its columns: `ROWTIME` and computed ones are not among them.
    pub columns: Vec<Column>,
    /// What stands behind `WITH`, in Flink.
    pub options: Vec<(String, String)>,
    /// The place of the time column among the columns, where rows bring their time.
    pub time: Option<u32>,
    /// Whether that time is when the stream took the record.
    pub is_arrival: bool,
}

/// Rows come out here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// The stream or table; `result` for a query that is no `INSERT`.
    pub name: String,
    /// The names of its columns.
    pub columns: Vec<String>,
    /// What stands behind `WITH`, in Flink.
    pub options: Vec<(String, String)>,
    /// The columns behind `PARTITIONED BY`, in Flink.
    pub partitions: Vec<String>,
    /// Whether rows may be taken back (`-U`, `-D`).
    pub updates: bool,
}

/// What is known of a record beside its data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Arrival<'a> {
    /// When it gets here, in microseconds since 1970: `ROWTIME`, or processing time.
    pub time_micros: i64,
    /// When the stream took it, in microseconds since 1970.
    pub approximate_arrival_micros: i64,
    /// Its shard, such as `shardId-000000000000`.
    pub shard: &'a str,
    /// Its partition key.
    pub partition_key: &'a str,
    /// Its sequence number.
    pub sequence_number: &'a str,
}

/// What became of a record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pushed {
    /// Rows that went in.
    pub rows: u32,
    /// Rows that are none of the schema: told by `error_stream`, passed over, or the end of a job.
    pub refused: u32,
}

/// A row that came out.
#[derive(Clone, Debug, PartialEq)]
pub struct Out {
    /// Where: the place among [`Live::outputs`].
    pub output: usize,
    /// The row.
    pub row: Row,
}

/// A running script.
#[derive(Clone, Debug)]
pub struct Live {
    dialect: Dialect,
    graph: Graph,
    inputs: Arc<[Input]>,
    outputs: Arc<[Output]>,
    warnings: Arc<[Problem]>,
    doors: Vec<Door>,
    /// After how long without a record an input holds the others up no more, in microseconds.
    idle_micros: Option<i64>,
    /// The latest time that was told.
    now: i64,
}

/// The columns a source has behind those of its schema (facts, analytics §1.2).
const ARRIVAL_COLUMNS: [(&str, DataType); 4] = [
    ("APPROXIMATE_ARRIVAL_TIME", DataType::Timestamp),
    ("SHARD_ID", DataType::Varchar(64)),
    ("PARTITION_KEY", DataType::Varchar(512)),
    ("SEQUENCE_NUMBER", DataType::Varchar(128)),
];

impl Live {
    /// A SQL application: its source streams are made, the script makes the others.
    ///
    /// # Errors
    /// Everything that is wrong with the script.
    #[inline(never)]
    pub fn kinesis(
        script: &str,
        source: &Source,
        tables: Vec<ReferenceTable>,
    ) -> Result<Self, Vec<Problem>> {
        let (mut script, problems) = parse_script(script, Dialect::Kinesis);
        if !problems.is_empty() {
            return Err(problems);
        }
        let names: Vec<String> = (1..=source.parallelism.max(1))
            .map(|it| format!("{}_{it:03}", source.prefix))
            .collect();
        let streams = names.iter().map(|name| source_stream(name, source));
        script.statements.splice(0..0, streams);
        let mut live = Self::of_kinesis(&script, &names, tables)?;
        let reader = Reader::Source(Arc::new(source.schema.clone()), source.has_shards);
        for door in &mut live.doors {
            door.reader = reader.clone();
        }
        Ok(live)
    }

    /// A script of the Kinesis dialect that makes all its streams itself.
    pub(crate) fn of_kinesis(
        script: &Script,
        names: &[String],
        tables: Vec<ReferenceTable>,
    ) -> Result<Self, Vec<Problem>> {
        let kinesis::Job { graph, inputs, outputs } = kinesis::bind(script, names, tables)?;
        let doors = inputs.iter().map(|it| Door::new(it.node, Reader::Rows)).collect();
        let inputs = inputs.into_iter().map(|it| {
            let kinesis::Input { name, columns, .. } = it;
            let options = Vec::new();
            Input { name, columns, options, time: None, is_arrival: false }
        });
        let outputs = outputs.into_iter().map(|it| {
            let (name, columns) = (it.name, it.columns);
            Output { name, columns, options: Vec::new(), partitions: Vec::new(), updates: false }
        });
        Ok(Self {
            dialect: Dialect::Kinesis,
            graph,
            inputs: inputs.collect(),
            outputs: outputs.collect(),
            warnings: [].into(),
            doors,
            idle_micros: None,
            now: i64::MIN,
        })
    }

    /// A Flink job.
    ///
    /// # Errors
    /// Everything that is wrong with the script.
    #[inline(never)]
    pub fn flink(script: &str) -> Result<Self, Vec<Problem>> {
        let (script, problems) = parse_script(script, Dialect::Flink);
        if !problems.is_empty() {
            return Err(problems);
        }
        let flink::Job { graph, inputs, outputs, warnings, idle_micros } = flink::bind(&script)?;
        let doors = inputs.iter().map(Door::of_table).collect();
        let inputs = inputs.into_iter().map(|it| {
            let flink::Input { name, columns, options, time, metadata, .. } = it;
            let is_arrival =
                metadata.iter().any(|(slot, key)| time == Some(*slot) && key == "timestamp");
            let column =
                |(name, data_type)| Column { name, data_type: Some(data_type), not_null: false };
            let columns = columns.into_iter().map(column).collect();
            Input { name, columns, options, time, is_arrival }
        });
        let outputs = outputs.into_iter().map(|it| {
            let flink::Output { name, columns, partitions, options, updates } = it;
            Output { name, columns, options, partitions, updates }
        });
        Ok(Self {
            dialect: Dialect::Flink,
            graph,
            inputs: inputs.collect(),
            outputs: outputs.collect(),
            warnings: warnings.into(),
            doors,
            idle_micros,
            now: i64::MIN,
        })
    }

    /// Where records go in, in the order of the source streams, or of the tables as they are read.
    #[must_use]
    pub fn inputs(&self) -> &[Input] {
        &self.inputs
    }

    /// Where rows come out. In the Kinesis dialect every stream that is no source, `error_stream`
    /// the last; in Flink one for each `INSERT` or query.
    #[must_use]
    pub fn outputs(&self) -> &[Output] {
        &self.outputs
    }

    /// What runs, but not for ever.
    #[must_use]
    pub fn warnings(&self) -> &[Problem] {
        &self.warnings
    }

    /// A record comes in: its rows by the schema, each settled before the next (facts, analytics
    /// §1.2). What does not fit becomes a row of `error_stream`; a Flink job fails of it, unless
    /// its table says `'json.ignore-parse-errors' = 'true'`.
    pub fn push(&mut self, input: usize, arrival: &Arrival<'_>, data: &[u8]) -> Pushed {
        let mut pushed = Pushed::default();
        let Some(door) = self.doors.get(input) else { return pushed };
        // ROWTIME and processing time have milliseconds.
        let time = arrival.time_micros - arrival.time_micros.rem_euclid(1_000);
        let ignores = door.ignores_errors;
        for row in door.read(arrival, data) {
            match row {
                Ok(values) => {
                    pushed.rows += 1;
                    self.row(input, time, values, On::Bound);
                }
                Err(_) if ignores => pushed.refused += 1,
                Err(why) => {
                    pushed.refused += 1;
                    self.refuse(time, &String::from_utf8_lossy(data), why, On::Bound);
                }
            }
        }
        pushed
    }

    /// A row comes in.
    pub(crate) fn row(&mut self, input: usize, time: i64, values: Vec<Value>, on: On) {
        let Some(door) = self.doors.get_mut(input) else { return };
        self.now = self.now.max(time);
        door.heard = self.now;
        self.graph.set_processing(self.now);
        let node = door.node;
        if self.dialect.rows_move_the_clock() {
            self.graph.advance(node, 0, time, on);
        }
        let row = Row { rules: self.dialect.rules(), ..Row::insert(time, values) };
        self.graph.push(node, 0, row, on);
        self.pass_over_idle();
    }

    /// A record is told to be none, as a preprocessor does: a row of `error_stream`, or the end of
    /// a Flink job.
    pub fn fail(&mut self, time_micros: i64, data: &[u8], why: &str) {
        let time = time_micros - time_micros.rem_euclid(1_000);
        self.refuse(time, &String::from_utf8_lossy(data), why.to_owned(), On::Bound);
    }

    /// A row is none.
    pub(crate) fn refuse(&mut self, time: i64, data: &str, why: String, on: On) {
        let data = Value::Text(data.into());
        self.graph.refuse(
            Row { rules: self.dialect.rules(), ..Row::insert(time, [data]) },
            why,
            on,
        );
    }

    /// Time goes on without a record: a rowtime bound of the Kinesis dialect; in Flink processing
    /// time, and inputs that are idle hold the others up no more.
    pub fn advance(&mut self, time_micros: i64) {
        let time = time_micros - time_micros.rem_euclid(1_000);
        if time <= self.now {
            return;
        }
        self.now = time;
        for door in &mut self.doors {
            if door.heard == i64::MIN {
                door.heard = time;
            }
            if self.dialect == Dialect::Kinesis || door.is_processing {
                self.graph.advance(door.node, 0, time, On::Bound);
            }
        }
        self.pass_over_idle();
    }

    /// No row before this time will come into one input.
    pub(crate) fn bound_of(&mut self, input: usize, time: i64, on: On) {
        if let Some(door) = self.doors.get(input) {
            self.graph.advance(door.node, 0, time, on);
        }
    }

    /// No row before this time will come any more.
    pub(crate) fn bound(&mut self, time: i64, on: On) {
        for door in &self.doors {
            self.graph.advance(door.node, 0, time, on);
        }
    }

    /// Nothing more will come. A Flink job ends with the last watermark.
    pub fn end(&mut self) {
        if self.dialect == Dialect::Flink {
            self.bound(i64::MAX, On::End);
        }
    }

    /// `table.exec.source.idle-timeout`: inputs without a record for so long follow the others
    /// (facts, analytics §3.1).
    fn pass_over_idle(&mut self) {
        let Some(most) = self.idle_micros else { return };
        let is_idle =
            |door: &Door| door.heard != i64::MIN && self.now.saturating_sub(door.heard) >= most;
        let events = || self.doors.iter().filter(|it| !it.is_processing);
        let active = events().filter(|it| !is_idle(it)).map(|it| self.graph.clock_of(it.node));
        let Some(clock) = active.min() else { return };
        let idle: Vec<_> = events().filter(|it| is_idle(it)).map(|it| it.node).collect();
        for node in idle {
            self.graph.advance(node, 0, clock, On::Bound);
        }
    }

    /// The rows that came out since the last time, in order.
    pub fn take(&mut self) -> Vec<Out> {
        let out = |it: crate::exec::Emitted| Out { output: it.sink.0 as usize, row: it.row };
        self.graph.take().into_iter().map(out).collect()
    }

    /// As [`Live::take`], with what made each of them come out.
    pub(crate) fn emitted(&mut self) -> Vec<crate::exec::Emitted> {
        self.graph.take()
    }

    /// The time a row of an input will have, where a column says it.
    pub(crate) fn time_of(&self, input: usize, values: Vec<Value>) -> Option<i64> {
        self.graph.time_of(self.doors.get(input)?.node, &Row::flink(0, values))
    }

    /// What can be seen of it: windows, the clock and late rows.
    #[must_use]
    pub fn track(&self) -> Track {
        Track { clock: self.clock(), ..self.graph.track() }
    }

    /// The clock of the input that is the farthest behind; `i64::MIN` before there is one.
    #[must_use]
    pub fn clock(&self) -> i64 {
        let clocks = (0..self.doors.len()).map(|it| self.clock_of(it));
        clocks.min().unwrap_or(i64::MIN)
    }

    /// Rows that came too late so far.
    #[must_use]
    pub fn late(&self) -> Late {
        self.graph.late()
    }

    /// The clock of one input: its newest rowtime bound, or its watermark; `i64::MIN` before.
    #[must_use]
    pub fn clock_of(&self, input: usize) -> i64 {
        let clock = self.doors.get(input).map_or(i64::MIN, |it| self.graph.clock_of(it.node));
        let is_watermark = self.dialect == Dialect::Flink && clock != i64::MIN && clock != i64::MAX;
        // What is at a watermark is late already: a clock is the first moment that is not.
        if is_watermark { clock - crate::exec::operator::MILLISECOND } else { clock }
    }

    /// About how many bytes of state it keeps.
    #[must_use]
    pub fn state_bytes(&self) -> u64 {
        self.graph.track().state_bytes
    }

    /// Why it has ended early, if it has: a limit is reached, or a Flink job has failed.
    #[must_use]
    pub fn stopped(&self) -> Option<&Problem> {
        self.graph.stopped()
    }

    /// A row as a JSON object.
    #[must_use]
    pub fn json(&self, out: &Out) -> String {
        let columns = self.outputs.get(out.output).map_or(&[][..], |it| &it.columns);
        let members = columns.iter().zip(&*out.row.values).map(|(name, value)| {
            let name = serde_json::Value::String(name.clone());
            let value = match value {
                Value::Timestamp(_) => serde_json::Value::String(self.text(value)).to_string(),
                _ => json_of(value),
            };
            format!("{name}:{value}")
        });
        format!("{{{}}}", members.collect::<Vec<_>>().join(","))
    }

    /// A row as columns with a comma between them; a column with a comma, a quote or the end of a
    /// line in it stands in double quotes.
    #[must_use]
    pub fn csv(&self, out: &Out) -> String {
        let field = |value: &Value| match value {
            Value::Null => String::new(),
            _ => {
                let text = self.text(value);
                let is_plain = !text.contains([',', '"', '\n', '\r']);
                if is_plain { text } else { format!("\"{}\"", text.replace('"', "\"\"")) }
            }
        };
        out.row.values.iter().map(field).collect::<Vec<_>>().join(",")
    }

    /// A value as text. Flink leaves out zeros at the end of a second.
    fn text(&self, value: &Value) -> String {
        let text = text_of(value);
        match (self.dialect, value) {
            (Dialect::Flink, Value::Timestamp(_)) if text.contains('.') => {
                text.trim_end_matches('0').trim_end_matches('.').to_owned()
            }
            _ => text,
        }
    }
}

/// The statement that makes a source stream: all names are quoted (facts, analytics §1.2).
fn source_stream(name: &str, source: &Source) -> Statement {
    let span = Span::default();
    let quoted = |text: &str| Name { text: text.to_owned(), quoted: true };
    let def = |name: &str, data_type: DataType| ColumnDef {
        name: quoted(name),
        data_type,
        not_null: false,
        span,
    };
    let own = source.schema.columns.iter().map(|it| def(&it.name, it.data_type));
    let added = added_columns(&source.schema, source.has_shards);
    let columns = own.chain(added.map(|(name, data_type, _)| def(name, data_type))).collect();
    let name = ObjectName { parts: vec![quoted(name)], span };
    let stream = CreateStream { replace: false, name, columns, description: None };
    Statement { kind: StatementKind::CreateStream(stream), span }
}

/// The columns behind those of a schema, with their places: those it has none of that name for.
fn added_columns(
    schema: &Schema,
    has_shards: bool,
) -> impl Iterator<Item = (&'static str, DataType, usize)> {
    let count = if has_shards { ARRIVAL_COLUMNS.len() } else { 1 };
    let is_free = |name: &str| schema.columns.iter().all(|it| it.name != name);
    let added = ARRIVAL_COLUMNS.into_iter().enumerate().take(count);
    added.filter(move |(_, it)| is_free(it.0)).map(|(place, (name, kind))| (name, kind, place))
}
