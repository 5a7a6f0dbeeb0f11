//! A script over timed rows: JSON objects in, JSON lines out.
//!
//! Several inputs are merged by their time, ties in the order they are given. Each row settles
//! before the next one comes, so a row that comes out knows which row, bound or end made it.

use base::calendar::Civil;
use serde_json::{Map, Value as Json};

use crate::bind::kinesis::{self, Column, ReferenceTable};
use crate::dialect::Dialect;
use crate::exec::{Emitted, On, Row};
use crate::input::column_of;
use crate::parse::{parse_script, timestamp_of};
use crate::print::text_of;
use crate::problem::Problem;
use crate::types::{DataType, LENGTH_MAX};
use crate::value::Value;

/// Rows for one stream, in order.
#[derive(Clone, Debug)]
pub struct Rows {
    /// The stream.
    pub name: String,
    /// Its rows, as JSON objects.
    pub rows: Vec<Map<String, Json>>,
}

/// A reference table as text.
#[derive(Clone, Debug)]
pub struct TextTable {
    /// Its name.
    pub name: String,
    /// The names of its columns.
    pub columns: Vec<String>,
    /// The texts of its rows, as many as there are columns.
    pub rows: Vec<Vec<String>>,
}

/// Everything a script is run over.
#[derive(Clone, Debug, Default)]
pub struct Feed {
    /// The inputs, in the order they were given.
    pub inputs: Vec<Rows>,
    /// The reference tables.
    pub tables: Vec<TextTable>,
    /// A last bound in microseconds since 1970: no row before it will come any more.
    pub until: Option<i64>,
}

/// A row that came out.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    /// The stream it came out of.
    pub stream: &'a str,
    /// The names of its columns.
    pub columns: &'a [String],
    /// The row and what made it come out.
    pub emitted: &'a Emitted,
}

/// Why a script does not run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The script is wrong, at these places.
    Script(Vec<Problem>),
    /// The input is wrong.
    Input(String),
}

/// Runs a script of the Kinesis dialect; each row that comes out is given to `see` at once.
///
/// # Errors
/// The script or the input is wrong, or a limit is reached on the way: what came out before stays
/// true.
#[inline(never)]
pub fn run_kinesis(
    script: &str,
    feed: &Feed,
    see: &mut dyn FnMut(Line<'_>),
) -> Result<(), Refusal> {
    let (script, mut problems) = parse_script(script, Dialect::Kinesis);
    let tables = feed.tables.iter().map(table).collect();
    let declared = kinesis::stream_names(&script);
    let mut names = Vec::new();
    for input in &feed.inputs {
        let exact = declared.iter().find(|it| **it == input.name);
        let near = || declared.iter().find(|it| it.eq_ignore_ascii_case(&input.name));
        match exact.or_else(near) {
            Some(name) => names.push(name.clone()),
            None if !problems.is_empty() => {}
            None => {
                let why = format!("the script creates no stream `{}`", input.name);
                return Err(Refusal::Input(why));
            }
        }
    }
    // What can be read is looked at, even beside what cannot.
    let bound = kinesis::bind(&script, &names, tables);
    let mut job = match bound {
        Ok(job) if problems.is_empty() => job,
        Ok(_) => return Err(Refusal::Script(problems)),
        Err(_) if !problems.is_empty() => return Err(Refusal::Script(problems)),
        Err(found) => {
            problems.extend(found);
            return Err(Refusal::Script(problems));
        }
    };
    let mut tell = |job: &mut kinesis::Job| -> Result<(), Refusal> {
        for emitted in job.graph.take() {
            let sink = &job.outputs[emitted.sink.0 as usize];
            see(Line { stream: &sink.name, columns: &sink.columns, emitted: &emitted });
        }
        let stopped = job.graph.stopped().cloned();
        stopped.map_or(Ok(()), |why| Err(Refusal::Script(vec![why])))
    };
    let mut heads = Heads::new(feed)?;
    let mut index = 0;
    while let Some((input, time, row)) = heads.next()? {
        let (node, on) = (job.inputs[input].node, On::Row(index));
        job.graph.advance(node, 0, time, on);
        match values(&job.inputs[input].columns, row) {
            Ok(values) => job.graph.push(node, 0, Row::insert(time, values), on),
            Err(why) => {
                let data = Value::Text(Json::Object(row.clone()).to_string().into());
                job.graph.refuse(Row::insert(time, [data]), why, on);
            }
        }
        tell(&mut job)?;
        index += 1;
    }
    if let Some(until) = feed.until {
        for input in 0..job.inputs.len() {
            job.graph.advance(job.inputs[input].node, 0, until, On::Bound);
        }
        tell(&mut job)?;
    }
    Ok(())
}

/// The next row of each input.
struct Heads<'a> {
    feed: &'a Feed,
    /// How many rows of each input are taken.
    taken: Vec<usize>,
    /// The time of the next row of each.
    times: Vec<Option<i64>>,
}

/// An input, the time of its row, and the row.
type Head<'a> = (usize, i64, &'a Map<String, Json>);

impl<'a> Heads<'a> {
    fn new(feed: &'a Feed) -> Result<Self, Refusal> {
        let taken = vec![0; feed.inputs.len()];
        let times: Result<Vec<Option<i64>>, Refusal> =
            (0..feed.inputs.len()).map(|input| time_of(feed, input, 0)).collect();
        Ok(Self { feed, taken, times: times? })
    }

    /// The earliest of them, and among equals that of the first input.
    fn next(&mut self) -> Result<Option<Head<'a>>, Refusal> {
        let known = self.times.iter().enumerate().filter_map(|(input, it)| Some(((*it)?, input)));
        let Some((time, input)) = known.min() else { return Ok(None) };
        let row = &self.feed.inputs[input].rows[self.taken[input]];
        self.taken[input] += 1;
        self.times[input] = time_of(self.feed, input, self.taken[input])?;
        Ok(Some((input, time, row)))
    }
}

fn time_of(feed: &Feed, input: usize, row: usize) -> Result<Option<i64>, Refusal> {
    let rows = &feed.inputs[input];
    let Some(found) = rows.rows.get(row) else { return Ok(None) };
    let time = found.get("ROWTIME").and_then(Json::as_str).and_then(timestamp_of);
    time.map(Some).ok_or_else(|| {
        let (name, line) = (&rows.name, row + 1);
        Refusal::Input(format!(
            "row {line} of `{name}` has no \"ROWTIME\" such as \"2026-03-01T10:00:05Z\""
        ))
    })
}

/// The members of a row as columns of a schema (facts, analytics §1.2).
fn values(columns: &[Column], row: &Map<String, Json>) -> Result<Vec<Value>, String> {
    let mut values = Vec::with_capacity(columns.len());
    for column in columns {
        let member = row.get(&column.name).or_else(|| {
            let fits = |(key, _): &(&String, &Json)| key.eq_ignore_ascii_case(&column.name);
            row.iter().find(fits).map(|(_, value)| value)
        });
        let value = match (member, column.data_type) {
            (Some(json), Some(data_type)) => {
                let found = column_of(json, data_type);
                found.map_err(|why| format!("Column `{}`: {why}", column.name))?
            }
            _ => Value::Null,
        };
        if column.not_null && value == Value::Null {
            return Err(format!("`{}` cannot be NULL", column.name));
        }
        values.push(value);
    }
    Ok(values)
}

/// A table of texts, with the narrowest types that hold them: whole numbers, doubles, or text.
fn table(text: &TextTable) -> ReferenceTable {
    let cells = |index: usize| text.rows.iter().filter_map(move |row| row.get(index));
    let mut columns = Vec::new();
    for (index, name) in text.columns.iter().enumerate() {
        let all = |fits: fn(&str) -> bool| cells(index).all(|it| it.is_empty() || fits(it));
        let data_type = if all(|it| it.parse::<i64>().is_ok()) {
            DataType::BigInt
        } else if all(|it| it.parse::<f64>().is_ok_and(f64::is_finite)) {
            DataType::Double
        } else {
            DataType::Varchar(LENGTH_MAX)
        };
        columns.push(Column { name: name.clone(), data_type: Some(data_type), not_null: false });
    }
    let cell = |(column, text): (&Column, &String)| match column.data_type {
        _ if text.is_empty() => Value::Null,
        Some(DataType::BigInt) => text.parse().map_or(Value::Null, Value::Integer),
        Some(DataType::Double) => text.parse().map_or(Value::Null, Value::Double),
        _ => Value::Text(text.as_str().into()),
    };
    let rows = text.rows.iter().map(|row| columns.iter().zip(row).map(cell).collect());
    ReferenceTable { name: text.name.clone(), rows: rows.collect(), columns }
}

impl Line<'_> {
    /// As a line of JSON: `{"stream": …, "op": …, "rowtime": …, "on": …, "row": {…}}`.
    #[must_use]
    pub fn json(&self) -> String {
        let row = self.columns.iter().zip(&*self.emitted.row.values);
        let row: Vec<String> =
            row.map(|(name, value)| format!("{}:{}", quoted(name), json_of(value))).collect();
        format!(
            r#"{{"stream":{},"op":"{}","rowtime":{},"on":{},"row":{{{}}}}}"#,
            quoted(self.stream),
            self.emitted.row.op.text(),
            rowtime(self.emitted.row.time),
            match self.emitted.on {
                On::Row(index) => index.to_string(),
                On::Bound => "\"bound\"".to_owned(),
                On::End => "\"end\"".to_owned(),
            },
            row.join(","),
        )
    }
}

fn quoted(text: &str) -> String {
    Json::String(text.to_owned()).to_string()
}

/// ISO 8601 to the millisecond; a row without a time has none.
fn rowtime(micros: i64) -> String {
    // The year 9999 is the last one that is written with four digits.
    if (-62_135_596_800_000_000..=253_402_300_799_999_999).contains(&micros) {
        format!("\"{}Z\"", Civil::at(micros, 0).text())
    } else {
        "null".to_owned()
    }
}

/// A value as JSON: numbers and truth values as such, all else as its text.
#[must_use]
pub fn json_of(value: &Value) -> String {
    let text = text_of(value);
    match value {
        Value::Null | Value::Boolean(_) | Value::Integer(_) | Value::Decimal(_) => text,
        Value::Real(_) | Value::Double(_) if text != "null" && is_number(&text) => text,
        _ => quoted(&text),
    }
}

fn is_number(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit())
}
