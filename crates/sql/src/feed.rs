//! A script over timed rows: JSON objects in, JSON lines out.
//!
//! Several inputs are merged by their time, ties in the order they are given. Each row settles
//! before the next one comes, so a row that comes out knows which row, bound or end made it.

use base::calendar::Civil;
use serde_json::{Map, Value as Json};

use crate::bind::kinesis::{self, Column, ReferenceTable};
use crate::dialect::Dialect;
use crate::exec::{Emitted, On};
use crate::input::column_of;
use crate::live::{Input, Live, Output};
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
    /// A last bound in microseconds since 1970: no row before it will come any more. The Kinesis
    /// dialect alone has bounds.
    pub until: Option<i64>,
    /// The input goes on: without it a Flink script ends with the last watermark.
    pub open: bool,
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
    let (script, problems) = parse_script(script, Dialect::Kinesis);
    if !problems.is_empty() {
        return Err(Refusal::Script(problems));
    }
    let declared = kinesis::stream_names(&script);
    let mut names = Vec::new();
    for input in &feed.inputs {
        let exact = declared.iter().find(|it| **it == input.name);
        let near = || declared.iter().find(|it| it.eq_ignore_ascii_case(&input.name));
        let why = || Refusal::Input(format!("the script creates no stream `{}`", input.name));
        names.push(exact.or_else(near).ok_or_else(why)?.clone());
    }
    let tables = feed.tables.iter().map(TextTable::typed).collect();
    let mut live = Live::of_kinesis(&script, &names, tables).map_err(Refusal::Script)?;
    let mut heads = Heads::new(feed, &|_, row| {
        member(row, "ROWTIME").and_then(Json::as_str).and_then(timestamp_of)
    })?;
    let mut index = 0;
    while let Some((input, time, row)) = heads.next()? {
        let on = On::Row(index);
        match values(&live.inputs()[input].columns, row) {
            Ok(values) => live.row(input, time, values, on),
            Err(why) => {
                live.bound_of(input, time, on);
                live.refuse(time, &Json::Object(row.clone()).to_string(), why, on);
            }
        }
        tell(&mut live, see)?;
        index += 1;
    }
    if let Some(until) = feed.until {
        live.bound(until, On::Bound);
        tell(&mut live, see)?;
    }
    Ok(())
}

/// Runs a script of the Flink dialect; each row that comes out is given to `see` at once. Gives
/// back what it warns of: queries that keep state without end.
///
/// The member `ROWTIME` of a row is the processing time of a table without a time column.
///
/// # Errors
/// As for [`run_kinesis`].
#[inline(never)]
pub fn run_flink(
    script: &str,
    feed: &Feed,
    see: &mut dyn FnMut(Line<'_>),
) -> Result<Vec<Problem>, Refusal> {
    let mut live = Live::flink(script).map_err(Refusal::Script)?;
    let tables: Vec<Input> = live.inputs().to_vec();
    let mut inputs = Vec::new();
    for input in &feed.inputs {
        let found = tables.iter().position(|it| it.name.eq_ignore_ascii_case(&input.name));
        let why =
            || Refusal::Input(format!("no query of the script reads a table `{}`", input.name));
        inputs.push(found.ok_or_else(why)?);
    }
    let empty = live.clone();
    let time = |input: usize, row: &Map<String, Json>| {
        let number = inputs[input];
        let input = &tables[number];
        // A row without a time goes before those that have one.
        let name = input.time.map_or("ROWTIME", |slot| &input.columns[slot as usize].name);
        let json = member(row, name);
        if input.time.is_none() && json.is_none() {
            // A computed column may be the time.
            let values = values(&input.columns, row).ok();
            let time = values.and_then(|it| empty.time_of(number, it));
            return Some(time.unwrap_or(i64::MIN));
        }
        json.and_then(|json| match json {
            Json::String(text) => timestamp_of(text),
            _ => Some(i64::MIN),
        })
    };
    let mut merged = Vec::new();
    let mut heads = Heads::new(feed, &time)?;
    while let Some(head) = heads.next()? {
        merged.push(head);
    }
    tell(&mut live, see)?;
    for (index, (input, time, row)) in (0..).zip(merged) {
        let values = values(&tables[inputs[input]].columns, row).map_err(Refusal::Input)?;
        let time = if time == i64::MIN { 0 } else { time };
        live.row(inputs[input], time, values, On::Row(index));
        tell(&mut live, see)?;
    }
    if !feed.open {
        live.end();
        tell(&mut live, see)?;
    }
    Ok(live.warnings().to_vec())
}

/// Gives away what came out, unless the run has ended early.
fn tell(live: &mut Live, see: &mut dyn FnMut(Line<'_>)) -> Result<(), Refusal> {
    for emitted in live.emitted() {
        let Output { name, columns, .. } = &live.outputs()[emitted.sink.0 as usize];
        see(Line { stream: name, columns, emitted: &emitted });
    }
    live.stopped().cloned().map_or(Ok(()), |why| Err(Refusal::Script(vec![why])))
}

/// A member of a row; a name fits in its own case before others.
fn member<'a>(row: &'a Map<String, Json>, name: &str) -> Option<&'a Json> {
    row.get(name).or_else(|| {
        let fits = |(key, _): &(&String, &Json)| key.eq_ignore_ascii_case(name);
        row.iter().find(fits).map(|(_, value)| value)
    })
}

/// The time of a row of an input, if it has one.
type TimeOf<'a> = &'a dyn Fn(usize, &Map<String, Json>) -> Option<i64>;

/// The next row of each input.
struct Heads<'a> {
    feed: &'a Feed,
    time_of: TimeOf<'a>,
    /// How many rows of each input are taken.
    taken: Vec<usize>,
    /// The time of the next row of each.
    times: Vec<Option<i64>>,
}

/// An input, the time of its row, and the row.
type Head<'a> = (usize, i64, &'a Map<String, Json>);

impl<'a> Heads<'a> {
    fn new(feed: &'a Feed, time_of: TimeOf<'a>) -> Result<Self, Refusal> {
        let taken = vec![0; feed.inputs.len()];
        let mut heads = Self { feed, time_of, taken, times: Vec::new() };
        for input in 0..feed.inputs.len() {
            let time = heads.time(input)?;
            heads.times.push(time);
        }
        Ok(heads)
    }

    /// The earliest of them, and among equals that of the first input.
    fn next(&mut self) -> Result<Option<Head<'a>>, Refusal> {
        let known = self.times.iter().enumerate().filter_map(|(input, it)| Some(((*it)?, input)));
        let Some((time, input)) = known.min() else { return Ok(None) };
        let row = &self.feed.inputs[input].rows[self.taken[input]];
        self.taken[input] += 1;
        self.times[input] = self.time(input)?;
        Ok(Some((input, time, row)))
    }

    /// The time of the next row of an input.
    fn time(&self, input: usize) -> Result<Option<i64>, Refusal> {
        let (rows, row) = (&self.feed.inputs[input], self.taken[input]);
        let Some(found) = rows.rows.get(row) else { return Ok(None) };
        (self.time_of)(input, found).map(Some).ok_or_else(|| {
            let (name, line) = (&rows.name, row + 1);
            Refusal::Input(format!(
                "row {line} of `{name}` has no time such as \"ROWTIME\": \"2026-03-01T10:00:05Z\""
            ))
        })
    }
}

/// The members of a row as columns of a schema (facts, analytics §1.2).
fn values(columns: &[Column], row: &Map<String, Json>) -> Result<Vec<Value>, String> {
    let mut values = Vec::with_capacity(columns.len());
    for column in columns {
        let value = match (member(row, &column.name), column.data_type) {
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

impl TextTable {
    /// The same with the narrowest types that hold it: whole numbers, doubles, or text.
    #[must_use]
    pub fn typed(&self) -> ReferenceTable {
        let text = self;
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
            columns.push(Column {
                name: name.clone(),
                data_type: Some(data_type),
                not_null: false,
            });
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
