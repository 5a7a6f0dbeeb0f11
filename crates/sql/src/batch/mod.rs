//! One query of finite tables, answered at once: `SELECT` as Amazon Redshift has it.
//!
//! ```text
//! text ─ parse_script ─► ast::Query ─ bind ─► Plan ─ run ─► Answer
//!          (problems)         (problems)       (the first fault)
//! ```
//!
//! - [`bind`]: names become places in a row, types are checked, each clause becomes a step. All
//!   problems are told.
//! - [`plan`]: the steps. [`run`]: each step makes all its rows from those of the step before.
//! - A query within an expression is a plan of its own; what it takes from the row around it are
//!   its arguments, and for equal arguments it is answered once.
//!
//! Rows keep the order they came in wherever SQL leaves it open, so an answer is a function of its
//! tables. Everything is bounded by [`crate::limits`].

mod bind;
mod load;
mod plan;
mod run;

use std::sync::Arc;

use serde_json::Value as Json;

use crate::dialect::Dialect;
use crate::feed::json_of;
use crate::parse::parse_script;
use crate::problem::Problem;
use crate::types::DataType;
use crate::value::Value;

/// A table a query may read.
#[derive(Clone, Debug)]
pub struct Table {
    /// Its name; capitals and small letters are the same.
    pub name: String,
    /// Its columns with their types.
    pub columns: Vec<(String, DataType)>,
    /// Its rows, each as long as the columns.
    pub rows: Vec<Line>,
}

/// The values of a row; sharing them costs a count.
pub type Line = Arc<[Value]>;

/// What a query comes to.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The names of its columns; two may be the same.
    pub columns: Vec<String>,
    /// Its rows.
    pub rows: Vec<Line>,
}

/// Answers a query; `now_micros` is what `GETDATE()` says.
///
/// # Errors
/// Everything that is wrong with the text (`SQL-001` to `SQL-024`, `SQL-160` to `SQL-182`), or the
/// first value that cannot be computed.
#[inline(never)]
pub fn run(text: &str, tables: &[Table], now_micros: i64) -> Result<Answer, Vec<Problem>> {
    let (script, problems) = parse_script(text, Dialect::Batch);
    if !problems.is_empty() {
        return Err(problems);
    }
    let (plan, columns) = bind::bind(&script, tables)?;
    let rows = run::run(&plan, tables, now_micros).map_err(|problem| vec![problem])?;
    Ok(Answer { columns, rows })
}

impl Answer {
    /// Its rows as JSON objects; where two columns have one name, the later one has a number.
    #[must_use]
    pub fn json_lines(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for name in &self.columns {
            let numbered = (1..).map(|it| format!("{name}_{it}"));
            let mut free = core::iter::once(name.clone()).chain(numbered);
            names.extend(free.find(|it| !names.contains(it)));
        }
        let names: Vec<String> = names.into_iter().map(|it| Json::String(it).to_string()).collect();
        let line = |row: &Line| {
            let members = names.iter().zip(&**row);
            let members = members.map(|(name, value)| format!("{name}:{}", json_of(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        };
        self.rows.iter().map(line).collect()
    }
}

#[cfg(test)]
mod random_tests;
#[cfg(test)]
mod tests;
