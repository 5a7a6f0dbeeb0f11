//! What is wrong with a script, as far as it can be known without running it.

use sql::Dialect;
use sql::ast::Script;
use sql::bind::kinesis;
use sql::live::Live;
use sql::problem::{Problem, line_and_column};

use super::around::Around;
use super::place::unit_of;
use crate::hud::{CodeProblem, Grade};

/// A script that was looked at.
#[derive(Clone, Debug, Default)]
pub(super) struct Findings {
    /// As far as it could be read.
    pub script: Script,
    /// It does not run with these.
    pub errors: Vec<Problem>,
    /// It runs in spite of these.
    pub warnings: Vec<Problem>,
}

/// Reads a script and binds it to what its application has.
#[inline(never)]
pub(super) fn check(text: &str, dialect: Dialect, around: &Around) -> Findings {
    let (script, errors) = sql::parse_script(text, dialect);
    if !errors.is_empty() {
        return Findings { script, errors, warnings: Vec::new() };
    }
    let bound = match dialect {
        Dialect::Kinesis => match &around.bound_to {
            Some((source, tables)) => {
                Live::kinesis(text, source, tables.clone()).map(|_live| Vec::new())
            }
            None => kinesis::bind(&script, &[], Vec::new()).map(|_job| Vec::new()),
        },
        Dialect::Flink => Live::flink(text).map(|live| live.warnings().to_vec()),
        // Only the rows of the moment say what it could bind to.
        Dialect::Batch => Ok(Vec::new()),
    };
    match bound {
        Ok(warnings) => Findings { script, errors: Vec::new(), warnings },
        Err(errors) => Findings { script, errors, warnings: Vec::new() },
    }
}

impl Findings {
    /// Errors and warnings with their places in the text, in its order.
    pub(super) fn problems(&self, text: &str) -> Vec<CodeProblem> {
        let graded = |grade: Grade| move |it: &Problem| problem_of(it, text, grade);
        let errors = self.errors.iter().map(graded(Grade::Error));
        let mut all: Vec<CodeProblem> =
            errors.chain(self.warnings.iter().map(graded(Grade::Warning))).collect();
        base::order::sort_by_key(&mut all, |it| it.units);
        all
    }
}

pub(crate) fn problem_of(it: &Problem, text: &str, grade: Grade) -> CodeProblem {
    let (line, column) = line_and_column(text, it.span);
    let units = (unit_of(text, it.span.from), unit_of(text, it.span.to.max(it.span.from)));
    CodeProblem {
        code: it.code,
        grade,
        line,
        column,
        units,
        message: it.message.as_str().into(),
        help: it.help.as_str().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_has_its_place_in_the_editor() {
        let text = "CREATE STREAM S (\"é🌊\" INTEGER);\n\
                    CREATE STREAM O (A INTEGER);\n\
                    CREATE PUMP P AS INSERT INTO O SELECT STREAM nope FROM S;\n\
                    CREATE PUMP Q AS INSERT INTO O SELECT STREAM \"é🌊\" FROM T;";
        let found = check(text, Dialect::Kinesis, &Around::default());
        let problems = found.problems(text);
        let places: Vec<(u32, u32, &str)> =
            problems.iter().map(|it| (it.line, it.column, it.code)).collect();
        assert_eq!(places, [(3, 46, "SQL-040"), (4, 56, "SQL-042")]);
        let units: Vec<u16> = text.encode_utf16().collect();
        let words = problems.iter().map(|it| {
            String::from_utf16(&units[it.units.0 as usize..it.units.1 as usize]).unwrap()
        });
        assert_eq!(words.collect::<Vec<_>>(), ["nope", "T"]);
    }

    #[test]
    fn a_query_that_keeps_its_state_runs_with_a_warning() {
        let text = "CREATE TABLE t (k STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts);\n\
                    SELECT k, COUNT(*) FROM t GROUP BY k;";
        let found = check(text, Dialect::Flink, &Around::default());
        assert!(found.errors.is_empty());
        assert_eq!(found.problems(text)[0].grade, Grade::Warning);
    }
}
