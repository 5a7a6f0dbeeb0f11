//! `rivulet sql`: one script over timed rows, or one query of tables; a line of JSON for each row
//! that comes out.

use std::fs;
use std::path::Path;

use clap::ValueEnum;
use scenario::DataSet;
use serde_json::{Value, json};
use sql::batch;
use sql::feed::{Feed, Line, Refusal, Rows, TextTable, run_flink, run_kinesis};
use sql::problem::{Problem, line_and_column};

use crate::input::{list, printable};
use crate::output::{Reader, complain, say};
use crate::{Outcome, Stop};

/// What `sql` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct SqlArgs {
    /// The dialect of the script
    #[arg(long, value_enum)]
    dialect: Dialect,
    /// A file of statements
    script: String,
    /// Rows of a stream or table: a file of JSON objects, one a line; for queries of tables a CSV
    /// file with a line of names as well
    #[arg(long, value_name = "NAME=FILE", value_parser = named)]
    input: Vec<(String, String)>,
    /// A reference table: a CSV file with a line of names
    #[arg(long, value_name = "NAME=FILE", value_parser = named)]
    reference: Vec<(String, String)>,
    /// A last bound of the clock, such as 2026-03-01T10:05:00Z
    #[arg(long, value_name = "TIME", value_parser = moment)]
    until: Option<i64>,
    /// The input goes on: no last watermark
    #[arg(long)]
    open: bool,
    /// Tell what is wrong with the script as lines of JSON as well
    #[arg(long)]
    json: bool,
    /// Print the script in the other dialect instead, and on stderr what differs there
    #[arg(long)]
    translate: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Dialect {
    /// Kinesis Data Analytics for SQL
    Kinesis,
    /// Apache Flink SQL
    Flink,
    /// One query of finite tables, as Amazon Redshift reads it
    Batch,
}

fn named(text: &str) -> Result<(String, String), String> {
    let (name, file) = text.split_once('=').ok_or("write NAME=FILE")?;
    Ok((name.to_owned(), file.to_owned()))
}

fn moment(text: &str) -> Result<i64, String> {
    base::calendar::parse(text).ok_or_else(|| "write such as 2026-03-01T10:05:00Z".to_owned())
}

/// Runs a script to the end of its input.
pub(crate) fn sql(args: &SqlArgs) -> Outcome {
    let script = read(&args.script)?;
    if args.translate {
        return translated(&script, args.dialect);
    }
    if args.dialect == Dialect::Batch {
        return query(args, &script);
    }
    let mut feed = Feed { until: args.until, open: args.open, ..Feed::default() };
    for (name, file) in &args.input {
        feed.inputs.push(Rows { name: name.clone(), rows: rows(file)? });
    }
    for (name, file) in &args.reference {
        feed.tables.push(table(name, file)?);
    }
    let mut told = Ok(Reader::There);
    let mut see = |line: Line<'_>| {
        if matches!(told, Ok(Reader::There)) {
            told = say(&line.json());
        }
    };
    let outcome = match args.dialect {
        Dialect::Kinesis | Dialect::Batch => run_kinesis(&script, &feed, &mut see),
        Dialect::Flink => run_flink(&script, &feed, &mut see)
            .map(|warnings| warnings.iter().for_each(|it| warn(&script, it))),
    };
    told?;
    outcome.map_err(|refusal| match refusal {
        Refusal::Input(why) => Stop::Input(printable(&why)),
        Refusal::Script(problems) => refused(args, &script, &problems),
    })
}

/// Answers a query of tables. `GETDATE()` is the moment of `--until`.
fn query(args: &SqlArgs, script: &str) -> Outcome {
    let mut tables = Vec::new();
    for (name, file) in args.input.iter().chain(&args.reference) {
        let is_csv = Path::new(file).extension().is_some_and(|it| it.eq_ignore_ascii_case("csv"));
        tables.push(if is_csv {
            let TextTable { name, columns, rows } = table(name, file)?;
            batch::Table::of_texts(&name, &columns, &rows)
        } else {
            batch::Table::of_json(name, &rows(file)?)
        });
    }
    let answer = batch::run(script, &tables, args.until.unwrap_or(0))
        .map_err(|problems| refused(args, script, &problems))?;
    for line in answer.json_lines() {
        if matches!(say(&line)?, Reader::Gone) {
            break;
        }
    }
    Ok(())
}

fn refused(args: &SqlArgs, script: &str, problems: &[Problem]) -> Stop {
    Stop::Input(if args.json { as_json(script, problems) } else { as_text(script, problems) })
}

/// Prints a script in the other dialect.
fn translated(script: &str, from: Dialect) -> Outcome {
    let from = match from {
        Dialect::Kinesis => sql::Dialect::Kinesis,
        Dialect::Flink => sql::Dialect::Flink,
        Dialect::Batch => sql::Dialect::Batch,
    };
    let translation = sql::translate::translate(script, from);
    for note in &translation.notes {
        let place = note.place.map(|it| line_and_column(script, it));
        let place =
            place.map_or(String::new(), |(line, column)| format!(" line {line}, column {column}:"));
        complain(&printable(&format!("note:{place} {}", note.text)));
    }
    if translation.text.is_empty() && !translation.notes.is_empty() {
        return Err(Stop::Input("the script cannot be translated".to_owned()));
    }
    say(translation.text.trim_end()).map(drop)
}

fn read(file: &str) -> Result<String, Stop> {
    let bytes = fs::read(file).map_err(|why| Stop::Input(format!("cannot read {file}: {why}")))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn rows(file: &str) -> Result<Vec<serde_json::Map<String, Value>>, Stop> {
    let text = read(file)?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let rows = lines.map(|(index, line)| match serde_json::from_str(line) {
        Ok(Value::Object(row)) => Ok(row),
        Ok(_) => Err(Stop::Input(format!("{file}, line {}: not a JSON object", index + 1))),
        Err(why) => Err(Stop::Input(format!("{file}, line {}: {why}", index + 1))),
    });
    rows.collect()
}

fn table(name: &str, file: &str) -> Result<TextTable, Stop> {
    let text = read(file)?;
    let (set, warnings) = DataSet::parse(&file_name(file), text.as_bytes())
        .map_err(|findings| Stop::Input(list(&findings)))?;
    warnings.iter().for_each(|it| complain(&printable(&it.to_string())));
    let columns = set.columns.clone();
    let cells = set.cells.chunks(columns.len().max(1));
    let rows = cells.map(|row| row.iter().map(|it| it.to_string()).collect()).collect();
    Ok(TextTable { name: name.to_owned(), columns, rows })
}

fn file_name(file: &str) -> String {
    Path::new(file).file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// What a script does that does not go well for ever.
fn warn(script: &str, problem: &Problem) {
    let (line, column) = line_and_column(script, problem.span);
    let Problem { code, message, help, .. } = problem;
    let text = format!("warning[{code}] line {line}, column {column}: {message}\n  help: {help}");
    complain(&printable(&text));
}

/// Each problem with its place and what to do.
fn as_text(script: &str, problems: &[Problem]) -> String {
    let told = problems.iter().map(|it| {
        let (line, column) = line_and_column(script, it.span);
        let Problem { code, message, help, .. } = it;
        printable(&format!("error[{code}] line {line}, column {column}: {message}\n  help: {help}"))
    });
    told.collect::<Vec<_>>().join("\n")
}

fn as_json(script: &str, problems: &[Problem]) -> String {
    let told = problems.iter().map(|it| {
        let (line, column) = line_and_column(script, it.span);
        let (message, help) = (&it.message, &it.help);
        json!({ "code": it.code, "line": line, "column": column, "message": message, "help": help })
            .to_string()
    });
    told.collect::<Vec<_>>().join("\n")
}
