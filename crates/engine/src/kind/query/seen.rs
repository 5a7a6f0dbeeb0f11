//! What is remembered of a query to be shown: the newest rows of each of its streams, the records
//! that came in lately, and the lines of its text that matter.

use std::borrow::Cow;
use std::collections::VecDeque;

use base::Time;
use sql::exec::Row;
use sql::live::Output;
use sql::print::text_of;
use sql::{Dialect, Value};

use crate::batch::Record;
use crate::snapshot::{Sheet, Table, WindowTrack};

/// Rows that are kept of each stream.
const ROWS_MAX: usize = 100;
/// Seconds whose colours are kept: an hour, the longest window AWS recommends (facts, analytics
/// §1.1).
pub(super) const SECONDS: u32 = 3_600;
/// Rows of one moment that are kept.
pub(super) const NEWEST_MAX: usize = 100;

/// A stream that rows come out of.
#[derive(Clone, Debug)]
pub(super) struct Shown {
    pub name: String,
    columns: Vec<String>,
    /// Each row says what it does to those before it, as in Flink.
    is_changelog: bool,
    pub total: u64,
    newest: VecDeque<Row>,
}

/// A record that came in.
#[derive(Clone, Debug)]
pub(super) struct Arrived {
    pub record: Record,
    /// When, by the query's own time of arrival.
    pub time: i64,
    pub at: Time,
    pub slot: u8,
}

/// Finds the time that a record tells, by its data.
pub(in crate::kind) type FindTime<'a> = &'a dyn Fn(&Record, &[u8]) -> Option<i64>;

/// What the owner of a query tells of it.
#[derive(Clone, Copy)]
pub(in crate::kind) struct Face<'a> {
    /// As the service names it.
    pub state: &'static str,
    /// How far reading is behind.
    pub behind_micros: u64,
    /// What the time of arrival is called.
    pub arrival_name: &'static str,
    /// What the clock is called.
    pub clock_name: &'static str,
    /// The column of the data that tells a time, and how to find it in a record.
    pub event: Option<(&'a str, FindTime<'a>)>,
    /// Whether the clock of the query is that of the data, as in Flink.
    pub runs_by_event: bool,
}

impl Shown {
    pub(super) fn new(output: &Output, dialect: Dialect) -> Self {
        Self {
            name: output.name.clone(),
            columns: output.columns.clone(),
            is_changelog: dialect == Dialect::Flink,
            total: 0,
            newest: VecDeque::new(),
        }
    }

    pub(super) fn is_errors(&self) -> bool {
        self.name == Table::ERRORS
    }

    pub(super) fn note(&mut self, row: &Row) {
        self.total += 1;
        if self.newest.len() >= ROWS_MAX {
            self.newest.pop_front();
        }
        self.newest.push_back(row.clone());
    }

    pub(super) fn table(&self, count: usize) -> Table {
        let first = if self.is_changelog { "op" } else { "ROWTIME" };
        let names = self.columns.iter().map(|name| Cow::Owned(name.clone()));
        let columns = core::iter::once(Cow::Borrowed(first)).chain(names).collect();
        let skip = self.newest.len().saturating_sub(count);
        let row = |row: &Row| {
            let first = match self.is_changelog {
                true => row.op.text().to_owned(),
                false => text_of(&Value::Timestamp(row.time)),
            };
            core::iter::once(first).chain(row.values.iter().map(text_of)).collect()
        };
        let rows = self.newest.iter().skip(skip).map(row).collect();
        Table { name: self.name.clone(), total: self.total, sheet: Sheet { columns, rows } }
    }
}

/// The first lines of the query of a script: from its first `SELECT` on, without comments.
pub(super) fn lines(code: &str) -> Vec<String> {
    let plain = code.lines().map(|line| line.split("--").next().unwrap_or_default().trim());
    let mut written: Vec<&str> = plain.filter(|line| !line.is_empty()).collect();
    let begins = |line: &str| line.to_ascii_uppercase().find("SELECT");
    let from = written.iter().position(|line| begins(line).is_some()).unwrap_or(0);
    if let Some(line) = written.get_mut(from) {
        *line = &line[begins(line).unwrap_or(0)..];
    }
    let lines = written.iter().skip(from).take(WindowTrack::LINES_MAX);
    lines.map(|line| (*line).to_owned()).collect()
}

/// What kind of windows a script has; empty without any.
pub(super) fn windows(code: &str, dialect: Dialect) -> &'static str {
    const KINESIS: [(&str, &str); 4] =
        [("STAGGER", "stagger"), ("OVER", "sliding"), ("STEP", "tumbling"), ("FLOOR", "tumbling")];
    const FLINK: [(&str, &str); 6] = [
        ("TUMBLE", "tumbling"),
        ("HOP", "hopping"),
        ("CUMULATE", "cumulating"),
        ("SESSION", "session"),
        ("MATCH_RECOGNIZE", "pattern"),
        ("OVER", "sliding"),
    ];
    let known: &[_] = if dialect == Dialect::Kinesis { &KINESIS } else { &FLINK };
    let words: Vec<&str> = code
        .lines()
        .map(|line| line.split("--").next().unwrap_or_default())
        .flat_map(|line| line.split(|it: char| !it.is_ascii_alphanumeric() && it != '_'))
        .collect();
    let has = |word: &str| words.iter().any(|it| it.eq_ignore_ascii_case(word));
    known.iter().find(|(word, _)| has(word)).map_or("", |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &str = "CREATE STREAM D (A INTEGER); -- OVER there\n\
        CREATE PUMP P AS INSERT INTO D\n  SELECT STREAM A -- all\n  FROM S\n\
        GROUP BY STEP(S.ROWTIME BY INTERVAL '1' MINUTE), A\nHAVING TRUE;\n";

    #[test]
    fn a_card_shows_the_query_and_its_windows() {
        let expected =
            ["SELECT STREAM A", "FROM S", "GROUP BY STEP(S.ROWTIME BY INTERVAL '1' MINUTE), A"];
        assert_eq!(lines(CODE), expected);
        assert_eq!(windows(CODE, Dialect::Kinesis), "tumbling");
        assert_eq!(windows("SELECT STREAM A FROM S", Dialect::Kinesis), "");
        assert_eq!(windows("FROM TABLE(HOP(TABLE s))", Dialect::Flink), "hopping");
    }
}
