//! How much a script and a run of it may take. Reaching a bound is a diagnostic, never a hang.

use crate::expr::Span;
use crate::problem::Problem;

/// Statements of a script: one in a hundred bytes of the longest text.
pub const STATEMENTS_MAX: usize = 1_000;
/// Columns of a stream (facts, analytics §1.1).
pub const COLUMNS_MAX: usize = 1_000;
/// Problems told of one text: whoever has more mends the first ones first.
pub const PROBLEMS_MAX: usize = 100;
/// Operators of a graph; as many may stand behind one another, and that is what the stack takes.
pub const NODES_MAX: usize = 400;
/// Queries inside each other, views and functions taken apart.
pub const NESTING_MAX: u32 = 32;
/// Nodes of an expression once functions are taken apart: one may call another twice.
pub const EXPRESSION_NODES_MAX: usize = 10_000;
/// Rows one operator keeps: an hour of 1,000 rows a second is four times this.
pub const ROWS_KEPT_MAX: usize = 1_000_000;
/// Groups, keys or windows one operator keeps.
pub const GROUPS_MAX: usize = 1_000_000;
/// Rows one event may bring out, as a join of everything with everything would.
pub const ROWS_AT_ONCE_MAX: usize = 1_000_000;
/// Ways of a row from one operator to another that each row which comes in may bring about on the
/// average: a join without a key over an hour of a row a second takes as many.
pub const STEPS_A_ROW: u64 = 20_000;
/// How many of them are there at first and at most: those of a few seconds.
pub const STEPS_AHEAD: u64 = 20_000_000;

/// Values the rows of one step of a finite query hold together: each takes about 48 bytes.
pub const VALUES_MAX: usize = 4_000_000;
/// Bytes of texts a finite query makes in all.
pub const TEXT_BYTES_MAX: u64 = 64 << 20;
/// Rows a finite query looks at in all; every row of a join without a key counts for each of the
/// other side.
pub const STEPS_MAX: u64 = 50_000_000;

/// Rounds of a query that names itself: as many as days in 270 years.
pub const ROUNDS_MAX: usize = 100_000;

/// An operator keeps more than it may.
#[must_use]
pub fn too_much(span: Span, what: &str, most: usize) -> Problem {
    let message = format!("More than {most} {what} are kept here");
    Problem::new("SQL-080", span, message, "Use a shorter window, or fewer keys")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_told() {
        let told = too_much(Span::default(), "groups", GROUPS_MAX);
        assert_eq!(
            (told.code, told.message.as_str()),
            ("SQL-080", "More than 1000000 groups are kept here",)
        );
    }
}
