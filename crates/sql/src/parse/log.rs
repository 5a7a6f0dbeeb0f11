//! Descriptions of the columns of a log: `'date TYPE DATE, code TYPE INTEGER START 10 FOR 3'`.

use super::{Parser, Scope};
use crate::dialect::Dialect;
use crate::expr::Name;
use crate::problem::Problem;
use crate::types::DataType;

/// A column of a line of a log.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct LogColumn {
    pub name: Name,
    /// Text unless it says so.
    pub data_type: Option<DataType>,
    /// Which character it begins with, counted from 0, and how many it has.
    pub place: Option<(u32, Option<u32>)>,
}

/// Reads the description of columns (AWS SQL reference, `FIXED_COLUMN_LOG_PARSE` and
/// `VARIABLE_COLUMN_LOG_PARSE`).
///
/// # Errors
/// It is none.
pub(crate) fn parse_log_columns(text: &str) -> Result<Vec<LogColumn>, Problem> {
    let mut parser = Parser::new(text, Dialect::Kinesis, Scope::Script);
    if !parser.problems.is_empty() {
        return Err(parser.problems.swap_remove(0));
    }
    let mut columns = Vec::new();
    loop {
        let name = parser.name("the name of a column")?;
        let data_type = if parser.take_word("TYPE") { Some(parser.data_type()?) } else { None };
        if parser.take_word("NOT") {
            parser.want_word("NULL")?;
        }
        let place = if parser.take_word("START") {
            let start = parser.length()?;
            let length = if parser.take_word("FOR") { Some(parser.length()?) } else { None };
            Some((start, length))
        } else {
            None
        };
        columns.push(LogColumn { name, data_type, place });
        if !parser.take_sign(",") {
            parser.end()?;
            return Ok(columns);
        }
    }
}
